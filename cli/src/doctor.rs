//! `quiltt-session doctor`: checks, in the order in which things go wrong.

use std::{error::Error, io};

use clap::Args;
use quiltt_session::{
    ProfileId, SecretError, Session, SessionFormat, SigningSecret, TimeError, TokenVersion, UnixTime, UntrustedToken,
};
use uuid::Uuid;

#[cfg(feature = "remote")]
use crate::online::{self, Subject};
use crate::{
    failure::Failure,
    output::{self, Mark, printable},
    report::Report,
    sdk,
    settings::{Encoding, SecretSettings, TokenSettings},
};

/// The arguments of `doctor`.
#[derive(Args, Debug)]
pub(crate) struct Options {
    /// The user's profile: p_… or a UUID [default: a new random one]
    #[arg(long, value_name = "ID")]
    profile: Option<ProfileId>,

    #[command(flatten)]
    token: TokenSettings,

    #[command(flatten)]
    secret: SecretSettings,
}

#[cfg(feature = "remote")]
impl Options {
    const fn subject(&self) -> Subject {
        let TokenSettings { api_key, environment, token_version, .. } = self.token;
        Subject { api_key, environment, token_version, is_new_user: self.profile.is_none() }
    }
}

/// Each check reports for itself; a check that needs what another could not get is left out.
pub(crate) fn run(options: Options) -> Result<(), Failure> {
    let mut report = Report::default();
    let secret = check_secret(&options.secret, &mut report)?;
    let now = check_clock(UnixTime::now(), &mut report)?;
    let profile = options.profile.map_or_else(ProfileId::random, Ok)?;
    check_ids(profile, &options.token, &mut report)?;
    #[cfg(feature = "remote")]
    let subject = options.subject();
    let session = match (secret, now) {
        (Some(secret), Some(now)) => Some(check_token(profile, options.token, &secret, now, &mut report)?),
        _ => None,
    };
    if let Some(session) = &session {
        compare(session, &mut report)?;
    }
    #[cfg(feature = "remote")]
    online::check(subject, session.as_ref(), &mut report)?;
    advise(&mut report)?;
    report.verdict()
}

/// Length, white space, quotes and other formats are checked by the library; what is left is a wrong encoding.
fn check_secret(settings: &SecretSettings, report: &mut Report) -> Result<Option<SigningSecret>, Failure> {
    const SECTION: &str = "signing secret";

    if let Some((secret, note)) = settings.demo() {
        report.section(SECTION)?;
        report.add(Mark::Note, &note)?;
        return Ok(Some(secret));
    }
    let encoding = settings.secret_encoding;
    let outcome = settings.read_as(encoding)?;
    report.section(SECTION)?;
    let secret = match outcome {
        Ok(secret) => secret,
        Err(error) => {
            report.add(Mark::Fail, &settings.explain(&error))?;
            return Ok(None);
        }
    };
    let (bits, source) = (secret.bits(), settings.source());
    report.add(Mark::Pass, &format!("{bits} bits, read as {} from {source}", encoding.name()))?;
    report.add(Mark::Pass, "no white space or quotes around it; no PEM, JWK or JWT")?;
    for warning in secret.warnings() {
        report.add(Mark::Note, &warning.to_string())?;
    }
    if let Some((other, bits)) = other_reading(settings)? {
        let name = other.name();
        let text = format!("it also reads as {name}, of {bits} bits: ask Quiltt, and try --secret-encoding {name}");
        report.add(Mark::Note, &text)?;
    }
    Ok(Some(secret))
}

/// The strictest other encoding in which the secret can be read, and its length then.
fn other_reading(settings: &SecretSettings) -> Result<Option<(Encoding, usize)>, Failure> {
    let others: &[Encoding] = match settings.secret_encoding {
        Encoding::Raw => &[Encoding::Hex, Encoding::Base64, Encoding::Base64url],
        Encoding::Base64 | Encoding::Base64url => &[Encoding::Hex],
        Encoding::Hex => &[],
    };
    for &other in others {
        match settings.read_as(other)? {
            Ok(secret) => return Ok(Some((other, secret.bits()))),
            // A pipe can be read but once, and is empty now.
            Err(SecretError::FileEmpty { .. }) => return Ok(None),
            Err(SecretError::TooShort { have_bits, .. }) => return Ok(Some((other, have_bits))),
            Err(_) => {}
        }
    }
    Ok(None)
}

/// 2025-01-01: no clock that is right shows less.
const EARLIEST: u64 = 1_735_689_600;

fn check_clock(now: Result<UnixTime, TimeError>, report: &mut Report) -> io::Result<Option<UnixTime>> {
    report.section("clock")?;
    match now {
        Ok(now) if now.as_secs() < EARLIEST => {
            report.add(Mark::Fail, &format!("{now}: the clock was never set; set it, best with NTP"))?;
        }
        Ok(now) => {
            report.add(Mark::Pass, &format!("{now}; compare: curl -sI https://auth.quiltt.io | grep -i ^date"))?
        }
        Err(error) => report.add(Mark::Fail, &error.to_string())?,
    }
    Ok(now.ok())
}

fn check_ids(profile: ProfileId, token: &TokenSettings, report: &mut Report) -> io::Result<()> {
    report.section("ids")?;
    let has_all = token.token_version >= TokenVersion::V4;
    for (kind, id, is_expected) in [
        ("profile", Some(both_forms(profile)), true),
        ("api-key", token.api_key.map(both_forms), true),
        ("organization", token.organization.map(both_forms), has_all),
        ("environment", token.environment.map(both_forms), has_all),
    ] {
        match id {
            Some(id) => report.add(Mark::Pass, &format!("{kind:<12}  {id}"))?,
            None if is_expected => {
                let text = format!("{kind:<12}  not given; Quiltt's own tokens name theirs: see --{kind}");
                report.add(Mark::Note, &text)?;
            }
            None => {}
        }
    }
    Ok(())
}

fn both_forms(id: impl ToString + Into<Uuid>) -> String {
    format!("{:<26}  {}", id.to_string(), id.into())
}

fn check_token(
    profile: ProfileId,
    settings: TokenSettings,
    secret: &SigningSecret,
    now: UnixTime,
    report: &mut Report,
) -> Result<Session, Failure> {
    report.section("token")?;
    let verifier = settings.verifier(secret)?;
    let environment = settings.environment;
    let signer = settings.signer(secret, SessionFormat::default())?;
    let session = signer.session(profile).issued_at(now).mint()?;
    match verifier.verify_at(session.token(), now) {
        Ok(_) => report.add(Mark::Pass, &format!("minted and verified; valid until {}", session.expires_at()))?,
        Err(error) => report.add(Mark::Fail, &format!("minted, but not verified: {error}"))?,
    }
    for rule in sdk::rules(session.token(), now, environment) {
        report.add(rule.outcome, &format!("{}; found {}", rule.rule, rule.found))?;
    }
    Ok(session)
}

/// Shows the token's content, without a signature: a report is passed on, and a token must not be.
fn compare(session: &Session, report: &mut Report) -> Result<(), Failure> {
    report.section("compare with what Quiltt told you")?;
    let (header, claims) = content(session.token())
        .map_err(|error| Failure::Failed(format!("the token that was just minted cannot be read: {error}")))?;
    let text = format!("header {header}\nclaims {claims}\n{COMPARISON}");
    Ok(text.lines().try_for_each(|line| output::print_styled(&format!("  {}\n", printable(line))))?)
}

/// Header and claims of a token, as JSON.
fn content(token: &str) -> Result<(String, String), Box<dyn Error>> {
    let token = UntrustedToken::parse(token)?;
    let header = str::from_utf8(token.untrusted_header_json())?.to_owned();
    Ok((header, serde_json::to_string_pretty(&token.untrusted_claims()?)?))
}

const COMPARISON: &str = "\
Which claims Quiltt demands of a self-signed token is not public; these defaults are its own tokens'.
Ask it for: the encoding of the secret, the token version, the ids, issuer, audience, longest TTL.";

/// What can make Quiltt refuse a token that passes all checks.
const CHECKLIST: [&str; 6] = [
    "the request: `Authorization: Bearer TOKEN`, one space, no quotes, no newline",
    "the secret: the one for self-signed sessions, of this environment, in the right encoding",
    "the clock: within seconds of Quiltt's, and the token not expired (`quiltt-session inspect`)",
    "the ids: API key, organization and environment belong together, sandbox or production",
    "the claims: version, issuer and audience as Quiltt told you",
    "the profile: it exists, and its sessions were not revoked",
];

fn advise(report: &mut Report) -> io::Result<()> {
    report.section("if Quiltt answers 401, check in this order")?;
    for (number, item) in (1..).zip(CHECKLIST) {
        output::print_styled(&format!("  {number}. {item}\n"))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_was_never_set_fails_the_check() {
        let verdict = |clocks: &[_]| {
            let mut report = Report::default();
            clocks.iter().for_each(|&now| assert!(check_clock(now, &mut report).is_ok()));
            report.verdict()
        };
        assert!(verdict(&[UnixTime::from_secs(EARLIEST)]).is_ok());
        let wrong = [UnixTime::from_secs(EARLIEST - 1), Ok(UnixTime::EPOCH), Err(TimeError::BeforeEpoch)];
        assert!(wrong.iter().all(|&now| verdict(&[now]).is_err()));
        let Err(Failure::Failed(reason)) = verdict(&wrong) else { panic!("three checks failed") };
        assert!(reason.starts_with("3 checks failed"), "{reason}");
    }
}
