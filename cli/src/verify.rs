//! `quiltt-session verify`: exit 0 and the claims, or exit 1 and the reason.

use std::{io, iter, time::Duration};

use clap::Args;
use quiltt_session::{
    ApiKeyId, EnvironmentId, OrganizationId, SessionVerifier, SessionVerifierBuilder, SigningSecret, TokenVersion,
    UnixTime, UntrustedToken, VerifyError,
};

use crate::{
    as_signed, duration,
    failure::Failure,
    output,
    secret::{FoundSecret, OtherSecrets, SecretSettings},
    settings::{self, PartySettings, set, version_parser},
    token::{self, TokenArgument},
};

#[derive(Args, Debug)]
#[command(
    after_help = "Exit codes: 0 the token is good, 1 the token or the secret is refused, 2 malformed usage or no secret."
)]
pub(crate) struct Options {
    #[command(flatten)]
    token: TokenArgument,

    /// Verify as if it were this time: 2023-11-14T22:13:20Z or seconds since 1970 [default: now]
    #[arg(long, value_name = "TIME", value_parser = settings::parse_time)]
    at: Option<UnixTime>,

    /// How far the clocks of signer and verifier may be apart, at most 600s
    #[arg(long, value_name = "DURATION", default_value = "0s", value_parser = duration::parse)]
    leeway: Duration,

    /// Accept tokens without `nbf` as well: they begin when they were issued
    #[arg(long)]
    allow_missing_not_before: bool,

    /// The maximum lifetime of a token, from `iat` to `exp`, whoever signed it [default: not checked]
    #[arg(long, value_name = "DURATION", value_parser = duration::parse)]
    max_lifetime: Option<Duration>,

    /// The only environment whose tokens pass: env_… or a UUID [default: not checked]
    #[arg(long, value_name = "ID")]
    environment: Option<EnvironmentId>,

    /// The only API key whose tokens pass: api_… or a UUID [default: not checked]
    #[arg(long, value_name = "ID")]
    api_key: Option<ApiKeyId>,

    /// The only organization whose tokens pass: org_… or a UUID [default: not checked]
    #[arg(long, value_name = "ID")]
    organization: Option<OrganizationId>,

    /// The only version whose tokens pass [default: all four]
    #[arg(long, value_name = "VERSION", value_parser = version_parser())]
    token_version: Option<TokenVersion>,

    #[command(flatten)]
    parties: PartySettings,

    #[command(flatten)]
    secret: SecretSettings,

    #[command(flatten)]
    others: OtherSecrets,
}

pub(crate) fn run(options: Options) -> Result<(), Failure> {
    let found = if options.secret.is_demo() { None } else { Some(options.secret.find()?) };
    let secret = found.as_ref().map_or_else(|| options.secret.read(), FoundSecret::accept)?;
    let others = options.others.accept(&options.secret)?;
    let verifier = options.verifier(&secret, &others)?;
    let text = options.token.read()?;
    // The token may be minted only while standard input is read.
    let now = options.at.map_or_else(UnixTime::now, Ok)?;
    let session = verifier.verify_at(&text, now).map_err(|error| {
        let reason = match error {
            VerifyError::BadSignature => {
                format!(
                    "{error}: {}",
                    options.explain_signature(&text, found.as_ref(), iter::once(&secret).chain(&others))
                )
            }
            _ => token::explain_refusal(&text, &error, now),
        };
        Failure::Failed(format!("token refused: {reason}"))
    })?;
    if !others.is_empty()
        && let Some(source) = options.sources().nth(session.secret_index())
    {
        output::complain(format_args!("note: signed with the secret in {source}"));
    }
    let signed = UntrustedToken::parse(&text).map_err(|error| Failure::Failed(error.to_string()))?;
    Ok(output::print_json(&as_signed::claims(&signed, session.claims()).map_err(io::Error::from)?)?)
}

impl Options {
    fn verifier(&self, first: &SigningSecret, others: &[SigningSecret]) -> Result<SessionVerifier, Failure> {
        let mut builder = self.parties.verifier(first).leeway(self.leeway);
        for secret in others {
            builder = builder.also_accept(secret);
        }
        if self.allow_missing_not_before {
            builder = builder.allow_missing_not_before();
        }
        builder = set(builder, SessionVerifierBuilder::max_lifetime, self.max_lifetime);
        builder = set(builder, SessionVerifierBuilder::environment, self.environment);
        builder = set(builder, SessionVerifierBuilder::api_key, self.api_key);
        builder = set(builder, SessionVerifierBuilder::organization, self.organization);
        builder = set(builder, SessionVerifierBuilder::version, self.token_version);
        Ok(builder.build()?)
    }

    /// Returns the cause of a bad signature. `found`: `None` for the demo secret.
    fn explain_signature<'s>(
        &self,
        token: &str,
        found: Option<&FoundSecret<'_>>,
        tried: impl Iterator<Item = &'s SigningSecret>,
    ) -> String {
        if let Some(why) = token::no_session_of_quiltts(token) {
            return format!("no session of Quiltt's: {why}");
        }
        let signed = |secret: &SigningSecret| {
            let verifier = SessionVerifier::builder(secret).build();
            verifier.is_ok_and(|verifier| verifier.verify_at(token, UnixTime::EPOCH) != Err(VerifyError::BadSignature))
        };
        let Some(found) = found else {
            return "the token was signed with another secret than the demo secret, or changed since".to_owned();
        };
        if let Some((encoding, _)) = found.other_encodings().find(|(_, secret)| signed(secret)) {
            return format!("it is good with --secret-encoding {encoding}");
        }
        if signed(&SigningSecret::demo()) {
            return "the token was signed with the demo secret: see --demo".to_owned();
        }
        if let Some(how) = found.garbled(signed) {
            return format!("it is good with the secret in {} {how}", self.secret.source());
        }
        let tried = self
            .sources()
            .zip(tried)
            .map(|(source, secret)| format!("{source} (fingerprint {})", secret.fingerprint()));
        format!(
            "the token was signed with another secret than the one in {}, in whatever encoding, or changed since",
            tried.collect::<Vec<_>>().join(" or the one in ")
        )
    }

    /// Returns the places of the secrets, in the order in which the verifier has them.
    fn sources(&self) -> impl Iterator<Item = String> {
        let others = self.others.also_secret_file.iter().map(|path| path.display().to_string());
        iter::once(self.secret.source()).chain(others)
    }
}
