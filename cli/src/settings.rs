//! Settings that several commands share: the secret, and what goes into a token.

use std::{
    env,
    path::{Path, PathBuf},
    time::Duration,
};

use clap::{Args, ValueEnum, builder::PossibleValuesParser, builder::TypedValueParser};
use quiltt_session::{
    ApiKeyId, ConfigError, EnvironmentId, OrganizationId, SecretEncoding, SecretError, SecretOptions, SessionFormat,
    SessionSigner, SessionVerifier, SessionVerifierBuilder, SigningSecret, TokenVersion, UnixTime,
};
use serde_json::value::RawValue;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use crate::{duration, failure::Failure, output};

/// Where the signing secret is, and how it is written down.
#[derive(Args, Debug)]
#[command(next_help_heading = "Signing secret")]
pub(crate) struct SecretSettings {
    /// File with the secret and nothing else, not even a newline [default: the value of QUILTT_SIGNING_SECRET]
    #[arg(long, value_name = "PATH")]
    secret_file: Option<PathBuf>,

    /// How the secret is written down
    #[arg(long, value_name = "ENCODING", value_enum, default_value_t)]
    pub(crate) secret_encoding: Encoding,

    /// Take a secret of 32 to 63 bytes, fewer than HS512 asks for (RFC 7518 §3.2)
    #[arg(long)]
    allow_short_secret: bool,

    /// Use the published demo secret, to try things out: everyone knows it, and Quiltt refuses what it signs
    #[arg(long, conflicts_with_all = ["secret_file", "secret_encoding", "allow_short_secret"])]
    demo: bool,
}

/// The environment variable that holds the secret.
const SECRET_VARIABLE: &str = "QUILTT_SIGNING_SECRET";

impl SecretSettings {
    /// Reads the secret, and warns of what should be mended.
    pub(crate) fn read(&self) -> Result<SigningSecret, Failure> {
        if let Some((secret, note)) = self.demo() {
            output::complain(format_args!("note: {note}"));
            return Ok(secret);
        }
        self.accept(self.read_as(self.secret_encoding)?, &self.source())
    }

    /// Reads one more secret, written down in the same way.
    pub(crate) fn read_also(&self, path: &Path) -> Result<SigningSecret, Failure> {
        self.accept(self.options(self.secret_encoding).from_file(path), &path.display().to_string())
    }

    /// The demo secret and what to say of it, if it was asked for; nothing else ever gives it.
    pub(crate) fn demo(&self) -> Option<(SigningSecret, String)> {
        let instead =
            if env::var_os(SECRET_VARIABLE).is_some() { ", not the one in QUILTT_SIGNING_SECRET" } else { "" };
        let note = format!("this is the demo secret{instead}; everyone knows it, and Quiltt will refuse its sessions");
        self.demo.then(|| (SigningSecret::demo(), note))
    }

    /// Whether the demo secret was asked for.
    pub(crate) const fn is_demo(&self) -> bool {
        self.demo
    }

    /// Reads the secret as if it were written in this encoding; fails at once if there is no secret to read.
    pub(crate) fn read_as(&self, encoding: Encoding) -> Result<Result<SigningSecret, SecretError>, Failure> {
        let options = self.options(encoding);
        match &self.secret_file {
            Some(path) => Ok(options.from_file(path)),
            None => match options.from_env(SECRET_VARIABLE) {
                Err(SecretError::EnvironmentUnset { .. }) => Err(Failure::Usage(format!(
                    "expected a signing secret, found none: pass --secret-file PATH or set {SECRET_VARIABLE}, \
                     or try it with --demo"
                ))),
                outcome => Ok(outcome),
            },
        }
    }

    fn options(&self, encoding: Encoding) -> SecretOptions {
        let options = SigningSecret::options().encoding(encoding.into());
        if self.allow_short_secret { options.allow_short() } else { options }
    }

    /// The secret, after its warnings; or a failure that names its source.
    fn accept(&self, outcome: Result<SigningSecret, SecretError>, source: &str) -> Result<SigningSecret, Failure> {
        let secret = outcome.map_err(|error| {
            let place = if names_its_source(&error) { String::new() } else { format!(" in {source}") };
            Failure::Failed(format!("signing secret{place}: {}", self.explain(&error)))
        })?;
        for warning in secret.warnings() {
            output::complain(format_args!("warning: signing secret in {source}: {warning}"));
        }
        Ok(secret)
    }

    /// Where the secret is, in words.
    pub(crate) fn source(&self) -> String {
        match &self.secret_file {
            Some(path) => path.display().to_string(),
            None => SECRET_VARIABLE.to_owned(),
        }
    }

    /// What is wrong with the secret, and what to do about it where the error does not say.
    pub(crate) fn explain(&self, error: &SecretError) -> String {
        match *error {
            SecretError::TooShort { have_bits, need_bits } => {
                format!("{error}{}", self.advise_on_length(have_bits, need_bits))
            }
            _ => format!("{error}{}", advice(error)),
        }
    }

    /// To decode a text makes it shorter, so another encoding is worth a look only where the text itself is long enough.
    const fn advise_on_length(&self, have_bits: usize, need_bits: usize) -> &'static str {
        let is_long_enough = self.secret_encoding.written_bits(have_bits) >= need_bits;
        match (is_long_enough, have_bits >= 256 && !self.allow_short_secret) {
            (true, true) => "; check --secret-encoding, or pass --allow-short-secret if it is all that Quiltt gave you",
            (true, false) => "; check --secret-encoding, and that the whole secret was copied",
            (false, true) => {
                "; check that the whole secret was copied, or pass --allow-short-secret if it is all that Quiltt gave you"
            }
            (false, false) => "; check that the whole secret was copied, or ask Quiltt for a longer one",
        }
    }
}

/// Whether it says which file or variable it is about; a file's is a path in which no secret is shown.
const fn names_its_source(error: &SecretError) -> bool {
    matches!(
        error,
        SecretError::File { .. }
            | SecretError::FileEmpty { .. }
            | SecretError::EnvironmentEmpty { .. }
            | SecretError::EnvironmentNotUnicode { .. }
    )
}

fn advice(error: &SecretError) -> &'static str {
    match error {
        SecretError::AllOneByte => "; ask Quiltt for a real one",
        SecretError::LooksLike("PEM" | "JWK" | "JWT") => "; ask Quiltt for the secret of your self-signed sessions",
        SecretError::NotInEncoding { .. } => "; check --secret-encoding, and that the whole secret was copied",
        SecretError::Demo => "; here that is --demo",
        SecretError::File { .. } => "; check the path and its permissions",
        _ => "",
    }
}

/// How the secret is written down.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Encoding {
    /// As it is, without any encoding
    #[default]
    Raw,
    /// RFC 4648 §4, padding optional
    Base64,
    /// RFC 4648 §5, padding optional
    Base64url,
    /// Hexadecimal digits of either case
    Hex,
}

impl Encoding {
    /// The name that the command line knows it by.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Raw => "raw",
            Self::Base64 => "base64",
            Self::Base64url => "base64url",
            Self::Hex => "hex",
        }
    }

    /// How long the text of a secret of this length is, at least.
    const fn written_bits(self, decoded_bits: usize) -> usize {
        match self {
            Self::Raw => decoded_bits,
            Self::Base64 | Self::Base64url => decoded_bits.saturating_mul(4) / 3,
            Self::Hex => decoded_bits.saturating_mul(2),
        }
    }
}

impl From<Encoding> for SecretEncoding {
    fn from(encoding: Encoding) -> Self {
        match encoding {
            Encoding::Raw => Self::Raw,
            Encoding::Base64 => Self::Base64,
            Encoding::Base64url => Self::Base64Url,
            Encoding::Hex => Self::Hex,
        }
    }
}

/// What goes into a token besides the profile.
#[derive(Args, Debug)]
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

    /// Which claims carry the ids; 6 is the latest seen
    #[arg(long, value_name = "VERSION", default_value = "6", value_parser = version_parser())]
    pub(crate) token_version: TokenVersion,

    /// How long a session lives: 90s, 15m, 24h, 7d, 1d12h or plain seconds, at most 2147483
    #[arg(long, value_name = "DURATION", default_value = "24h", value_parser = duration::parse)]
    ttl: Duration,

    /// A claim of your own, such as 'plan="gold"' or 'seats=3'; may be repeated
    #[arg(long = "claim", value_name = "NAME=JSON", value_parser = parse_claim)]
    claims: Vec<CustomClaim>,

    #[command(flatten)]
    parties: PartySettings,
}

impl TokenSettings {
    /// A signer with these settings.
    pub(crate) fn signer(self, secret: &SigningSecret, format: SessionFormat) -> Result<SessionSigner, ConfigError> {
        let mut builder = SessionSigner::builder(secret)
            .version(self.token_version)
            .ttl(self.ttl)
            .issuer(self.parties.issuer)
            .audience(self.parties.audience)
            .session_format(format);
        if let Some(id) = self.api_key {
            builder = builder.api_key(id);
        }
        if let Some(id) = self.organization {
            builder = builder.organization(id);
        }
        if let Some(id) = self.environment {
            builder = builder.environment(id);
        }
        for (name, value) in self.claims {
            builder = builder.claim(&name, value);
        }
        builder.build()
    }

    /// A verifier that takes what [`signer`](Self::signer) mints.
    pub(crate) fn verifier(&self, secret: &SigningSecret) -> Result<SessionVerifier, ConfigError> {
        self.parties.verifier(secret).build()
    }
}

/// Who issues a token, and for whom.
#[derive(Args, Clone, Debug)]
pub(crate) struct PartySettings {
    /// The claim `iss`
    #[arg(long, value_name = "TEXT", default_value = "auth.quiltt.io")]
    issuer: String,

    /// The claim `aud`
    #[arg(long, value_name = "TEXT", default_value = "api.quiltt.io")]
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

    let secs = match text.parse() {
        Ok(secs) => secs,
        Err(_) => rfc_3339(text).ok_or(EXPECTED)?.try_into().map_err(|_| "expected a time from 1970 on".to_owned())?,
    };
    UnixTime::from_secs(secs)
        .map_err(|_| format!("expected at most {} seconds, the year 9999", UnixTime::MAX.as_secs()))
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

fn version_parser() -> impl TypedValueParser<Value = TokenVersion> {
    PossibleValuesParser::new(["1", "2", "4", "6"]).try_map(|number| {
        let known = number.parse().ok().and_then(TokenVersion::from_number);
        known.ok_or("expected a known token version")
    })
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
