//! Settings that several commands share: what goes into a token.

use std::time::Duration;

use clap::{Args, ValueEnum, builder::PossibleValuesParser, builder::TypedValueParser};
use quiltt_session::{
    ApiKeyId, EnvironmentId, OrganizationId, PayloadOrder, SessionSigner, SessionSignerBuilder, SessionVerifier,
    SessionVerifierBuilder, SigningSecret, TokenVersion, UnixTime,
};
use serde_json::value::RawValue;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use crate::duration;

const DEFAULT_ISSUER: &str = "auth.quiltt.io";
const DEFAULT_AUDIENCE: &str = "api.quiltt.io";

/// What goes into a token besides the profile.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Token")]
pub(crate) struct TokenSettings {
    /// The API key's id: api_… or a UUID
    #[arg(long, value_name = "ID")]
    pub(crate) api_key: Option<ApiKeyId>,

    /// The organization's id: org_… or a UUID
    #[arg(long, value_name = "ID")]
    pub(crate) organization: Option<OrganizationId>,

    /// The environment's id: env_… or a UUID
    #[arg(long, value_name = "ID")]
    pub(crate) environment: Option<EnvironmentId>,

    /// Which claims hold the ids; 6 is the latest seen
    #[arg(long, value_name = "VERSION", default_value = "6", value_parser = version_parser())]
    pub(crate) token_version: TokenVersion,

    /// How long a session lives: 90s, 15m, 24h, 7d, 1d12h or plain seconds, at most 2146883 [default: 24h]
    #[arg(long, value_name = "DURATION", value_parser = duration::parse)]
    pub(crate) ttl: Option<Duration>,

    /// How long before it is minted a session begins, for a verifier whose clock is behind: at most 600s
    #[arg(long, value_name = "DURATION", default_value = "0s", value_parser = duration::parse)]
    pub(crate) backdate: Duration,

    /// The order of the claims, which means nothing in JSON
    #[arg(long, value_name = "ORDER", value_enum, default_value_t)]
    pub(crate) payload: Payload,

    /// Write `"typ":"JWT"` into the header, which Quiltt's own tokens do not have, for readers that demand it
    #[arg(long)]
    header_type: bool,

    /// A claim of your own, such as 'plan="gold"' or 'seats=3'; may be repeated
    #[arg(long = "claim", value_name = "NAME=JSON", value_parser = parse_claim)]
    claims: Vec<CustomClaim>,

    #[command(flatten)]
    parties: PartySettings,
}

impl TokenSettings {
    /// A signer with these settings, yet to be built.
    pub(crate) fn signer(&self, secret: &SigningSecret) -> SessionSignerBuilder {
        let mut builder = SessionSigner::builder(secret)
            .version(self.token_version)
            .backdate(self.backdate)
            .payload(self.payload.into())
            .issuer(&self.parties.issuer)
            .audience(&self.parties.audience);
        if self.header_type {
            builder = builder.header_type();
        }
        builder = set(builder, SessionSignerBuilder::ttl, self.ttl);
        builder = set(builder, SessionSignerBuilder::api_key, self.api_key);
        builder = set(builder, SessionSignerBuilder::organization, self.organization);
        builder = set(builder, SessionSignerBuilder::environment, self.environment);
        for (name, value) in &self.claims {
            builder = builder.claim(name, value);
        }
        builder
    }

    /// Whether a token is as long-lived as any other, and says nothing that is not varied by `doctor`.
    #[cfg(feature = "remote")]
    pub(crate) fn is_plain(&self) -> bool {
        let PartySettings { issuer, audience } = &self.parties;
        let is_usual = issuer == DEFAULT_ISSUER && audience == DEFAULT_AUDIENCE;
        is_usual && self.claims.is_empty() && self.ttl.is_none()
    }

    /// Whether any id but the profile's was given.
    #[cfg(feature = "remote")]
    pub(crate) const fn has_ids(&self) -> bool {
        self.api_key.is_some() || self.organization.is_some() || self.environment.is_some()
    }
}

/// Returns the builder with `value`, if there is one, in `setting`.
pub(crate) fn set<B, V>(builder: B, setting: impl FnOnce(B, V) -> B, value: Option<V>) -> B {
    match value {
        Some(value) => setting(builder, value),
        None => builder,
    }
}

/// The order of a payload's claims.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Payload {
    /// What changes least comes first, behind spaces: faster to mint
    #[default]
    Aligned,
    /// As observed in Quiltt's own tokens, without spaces
    AsIssued,
}

impl From<Payload> for PayloadOrder {
    fn from(payload: Payload) -> Self {
        match payload {
            Payload::Aligned => Self::Aligned,
            Payload::AsIssued => Self::AsIssued,
        }
    }
}

/// Who issues a token, and for whom.
#[derive(Args, Clone, Debug)]
pub(crate) struct PartySettings {
    /// The claim `iss`
    #[arg(long, value_name = "TEXT", default_value = DEFAULT_ISSUER)]
    issuer: String,

    /// The claim `aud`
    #[arg(long, value_name = "TEXT", default_value = DEFAULT_AUDIENCE)]
    audience: String,
}

impl PartySettings {
    /// A verifier for tokens of this issuer and audience.
    pub(crate) fn verifier(&self, secret: &SigningSecret) -> SessionVerifierBuilder {
        SessionVerifier::builder(secret).issuer(&self.issuer).audience(&self.audience)
    }
}

/// Reads seconds since 1970, or RFC 3339 without fractions, which no token can state.
pub(crate) fn parse_time(text: &str) -> Result<UnixTime, String> {
    const EXPECTED: &str = "expected seconds since 1970 or RFC 3339 without fractions, \
                            such as 1700000000 or 2023-11-14T22:13:20Z";

    let secs = match whole_number(text) {
        Some(secs) => secs,
        None => rfc_3339(text).ok_or(EXPECTED)?.try_into().map_err(|_| "expected a time from 1970 on".to_owned())?,
    };
    UnixTime::from_secs(secs)
        .map_err(|_| format!("expected at most {} seconds, the year 9999", UnixTime::MAX.as_secs()))
}

/// A number of digits alone: Rust's own reader takes a plus before them.
pub(crate) fn whole_number(text: &str) -> Option<u64> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

/// Seconds since 1970. What RFC 3339 leaves open is refused: another separator than `T`, small letters, a second 60.
fn rfc_3339(text: &str) -> Option<i64> {
    let is_strict = text.as_bytes().get(10) == Some(&b'T')
        && text.bytes().all(|byte| byte.is_ascii_digit() || b"-:+TZ".contains(&byte));
    let time = OffsetDateTime::parse(text, &Rfc3339).ok()?;
    (is_strict && time.nanosecond() == 0).then(|| time.unix_timestamp())
}

/// A name, and the JSON of its value as it was written.
type CustomClaim = (String, Box<RawValue>);

fn parse_claim(text: &str) -> Result<CustomClaim, String> {
    const EXPECTED: &str = "expected NAME=JSON, where text stands in double quotes: --claim 'plan=\"gold\"'";

    let (name, value) = text.split_once('=').ok_or(EXPECTED)?;
    let value = serde_json::from_str(value).map_err(|_| EXPECTED)?;
    Ok((name.to_owned(), value))
}

pub(crate) fn version_parser() -> impl TypedValueParser<Value = TokenVersion> {
    PossibleValuesParser::new(["1", "2", "4", "6"]).try_map(|number| number.parse())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_token_version_can_be_chosen() {
        for version in TokenVersion::ALL {
            let parser = version_parser();
            let number = version.number().to_string();
            assert_eq!(parser.parse_ref(&clap::Command::new("test"), None, number.as_ref()).ok(), Some(version));
        }
    }
}
