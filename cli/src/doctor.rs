//! `quiltt-session doctor`: checks, in the order in which things go wrong.

#[cfg(feature = "remote")]
mod acceptance;
#[cfg(feature = "remote")]
mod client;
#[cfg(feature = "remote")]
mod online;
#[cfg(feature = "remote")]
mod variations;

use std::io;

use clap::Args;
use quiltt_session::{ProfileId, Session, SessionId, SigningSecret, TimeError, TokenVersion, UnixTime};
use uuid::Uuid;

use crate::{
    as_signed,
    failure::Failure,
    output::{self, Mark, Title, printable},
    sdk,
    secret::{Encoding, FIRST_LINE, OtherSecrets, SecretSettings},
    settings::TokenSettings,
};

#[derive(Args, Debug)]
#[command(
    after_help = "Exit codes: 0 no check failed (a note is no failure), 1 a check is marked FAIL, 2 malformed usage or no secret."
)]
pub(crate) struct Options {
    /// The user's profile: p_… or a UUID; one that exists, if Quiltt is to be asked [default: a new random one]
    #[arg(long, value_name = "ID")]
    profile: Option<ProfileId>,

    /// Do not ask Quiltt
    #[arg(long)]
    offline: bool,

    /// Ask this address in Quiltt's place, such as a proxy; the API key's secret and tokens of the profile go there
    #[arg(long, value_name = "URL", conflicts_with = "offline")]
    auth_url: Option<String>,

    #[command(flatten)]
    token: TokenSettings,

    #[command(flatten)]
    secret: SecretSettings,

    #[command(flatten)]
    others: OtherSecrets,
}

/// Each check reports for itself; a check that needs what another could not get is left out.
pub(crate) fn run(options: Options) -> Result<(), Failure> {
    // Settings that no signer takes are refused before anything is reported.
    options.token.signer(&SigningSecret::demo()).build()?;
    let mut report = Report::default();
    let secret = check_secret(&options.secret, &mut report)?;
    check_others(&options.others, &options.secret, &mut report)?;
    let now = check_clock(UnixTime::now(), &mut report)?;
    let profile = options.profile.map_or_else(ProfileId::random, Ok)?;
    check_ids(profile, &options.token, &mut report)?;
    if let (Some(secret), Some(now)) = (&secret, now) {
        let session = check_token(profile, &options.token, secret, now, &mut report)?;
        compare(&session, &mut report)?;
    }
    if !options.offline {
        ask_quiltt(&options, secret.as_ref().filter(|_| now.is_some()), &mut report)?;
    }
    advise(&mut report)?;
    report.verdict()
}

/// The environment variable that holds the API key's secret.
const API_SECRET_VARIABLE: &str = "QUILTT_API_SECRET";

#[cfg(feature = "remote")]
fn ask_quiltt(options: &Options, secret: Option<&SigningSecret>, report: &mut Report) -> Result<(), Failure> {
    let secret = secret.filter(|_| !options.secret.is_demo());
    online::check(options, secret, report)
}

#[cfg(not(feature = "remote"))]
fn ask_quiltt(options: &Options, _: Option<&SigningSecret>, report: &mut Report) -> Result<(), Failure> {
    let (mark, given) = match (&options.auth_url, std::env::var_os(API_SECRET_VARIABLE)) {
        (Some(_), _) => (Mark::Fail, "--auth-url is given".to_owned()),
        (None, Some(_)) => (Mark::Note, format!("{API_SECRET_VARIABLE} is set")),
        (None, None) => return Ok(()),
    };
    report.section("what Quiltt says")?;
    Ok(report.add(mark, &format!("{given}; install with --features remote to ask Quiltt"))?)
}

/// Length, white space, quotes and other formats are checked by the library; what is left is a wrong encoding.
fn check_secret(settings: &SecretSettings, report: &mut Report) -> Result<Option<SigningSecret>, Failure> {
    const SECTION: &str = "signing secret";

    if let Some((secret, note)) = settings.demo() {
        report.section(SECTION)?;
        report.add(Mark::Note, &note)?;
        return Ok(Some(secret));
    }
    let found = settings.find()?;
    report.section(SECTION)?;
    let secret = match found.read() {
        Ok(secret) => secret,
        Err(error) => {
            report.add(Mark::Fail, &found.explain(&error))?;
            return Ok(None);
        }
    };
    let encoding = settings.secret_encoding;
    let (bits, source) = (secret.bits(), settings.source());
    report.add(Mark::Pass, &format!("{bits} bits, read as {encoding} from {source}"))?;
    let fingerprint = secret.fingerprint();
    if let Some(option) = settings.expecting(&fingerprint) {
        let text =
            format!("fingerprint {fingerprint}, which all hosts of this secret show; to take no other: {option}");
        report.add(Mark::Pass, &text)?;
        found.carrier_notes().iter().try_for_each(|note| report.add(Mark::Note, note))?;
    } else {
        report.add(Mark::Pass, &format!("fingerprint {fingerprint}, as expected"))?;
    }
    for warning in secret.warnings() {
        report.add(Mark::Note, &warning.to_string())?;
    }
    if let Some((other, secret)) = found.other_encodings().find(|(other, _)| other.is_stricter_than(encoding)) {
        let bits = secret.bits();
        let text = format!("it also reads as {other}, of {bits} bits: ask Quiltt, and try --secret-encoding {other}");
        report.add(Mark::Note, &text)?;
    }
    if encoding == Encoding::Raw && found.may_be_a_first_line() && found.is_marked_as_base64() {
        report.add(Mark::Note, FIRST_LINE)?;
    }
    Ok(Some(secret))
}

/// The other secrets of a rotation.
fn check_others(others: &OtherSecrets, settings: &SecretSettings, report: &mut Report) -> io::Result<()> {
    for path in &others.also_secret_file {
        let found = settings.find_in(path);
        match found.read() {
            Ok(secret) => {
                let (bits, fingerprint) = (secret.bits(), secret.fingerprint());
                report.add(
                    Mark::Pass,
                    &format!("also {bits} bits, fingerprint {fingerprint}, from {}", path.display()),
                )?;
                for warning in secret.warnings() {
                    report.add(Mark::Note, &format!("{}: {warning}", path.display()))?;
                }
            }
            Err(error) => report.add(Mark::Fail, &found.explain(&error))?,
        }
    }
    Ok(())
}

/// Shows the clock, which only another one could check.
fn check_clock(now: Result<UnixTime, TimeError>, report: &mut Report) -> io::Result<Option<UnixTime>> {
    report.section("clock")?;
    match now {
        Ok(now) => {
            let text = format!("{now}, not checked here; compare: curl -sI https://auth.quiltt.io | grep -i ^date");
            report.add(Mark::Note, &text)?;
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
    settings: &TokenSettings,
    secret: &SigningSecret,
    now: UnixTime,
    report: &mut Report,
) -> Result<Session, Failure> {
    report.section("token")?;
    let signer = settings.signer(secret).build()?;
    let session = signer.mint_at(profile, now, SessionId::random()?)?;
    match signer.verifier().build()?.verify_at(session.token(), now) {
        Ok(_) => {
            let (until, crypto) = (session.expires_at(), signer.crypto());
            report.add(Mark::Pass, &format!("minted and verified; valid until {until}; cryptography: {crypto}"))?;
        }
        Err(error) => report.add(Mark::Fail, &format!("minted, but not verified: {error}"))?,
    }
    for rule in sdk::rules(session.token(), now, settings.environment) {
        report.add(rule.outcome, &format!("{}; found {}", rule.rule, rule.found))?;
    }
    Ok(session)
}

/// Shows the token's content, without a signature: a report is passed on, and a token must not be.
fn compare(session: &Session, report: &mut Report) -> Result<(), Failure> {
    report.section("compare with what Quiltt told you")?;
    let content = as_signed::in_words(session.token())
        .map_err(|error| Failure::Failed(format!("the token that was just minted cannot be read: {error}")))?;
    let lines = content.lines().chain(COMPARISON.lines());
    Ok(lines.map(|line| format!("  {}", printable(line))).try_for_each(|line| report.line(&line))?)
}

const COMPARISON: &str = "\
Which claims Quiltt demands of a self-signed token is not public; these defaults are its own tokens'.
Ask it for: the encoding of the secret, the token version, the ids, issuer, audience, longest TTL.";

/// What can make Quiltt refuse a token that passes all checks.
const CHECKLIST: [&str; 6] = [
    "the request: `Authorization: Bearer TOKEN`, one space, no quotes, no newline",
    "the secret: the one for self-signed sessions, of this environment, in the right encoding",
    "the clock: not ahead of Quiltt's (else --backdate 30s), and the token not expired (`quiltt-session inspect`)",
    "the ids: API key, organization and environment belong together, sandbox or production",
    "the claims: version, issuer and audience as Quiltt told you; their order as in its own (--payload as-issued)",
    "the profile: it exists, and its session was not revoked, which a stable one remains until a sign-out ends it here",
];

fn advise(report: &mut Report) -> io::Result<()> {
    report.section("if Quiltt answers 401, check in this order")?;
    for (number, item) in (1..).zip(CHECKLIST) {
        report.line(&format!("  {number}. {item}"))?;
    }
    Ok(())
}

/// Writes the outcome of each check as it comes, and counts the failures.
#[derive(Debug, Default)]
pub(crate) struct Report {
    sections: usize,
    failures: usize,
}

impl Report {
    pub(crate) fn section(&mut self, title: &'static str) -> io::Result<()> {
        let blank_line = if self.sections == 0 { "" } else { "\n" };
        self.sections += 1;
        self.line(&format!("{blank_line}{}", Title(title)))
    }

    pub(crate) fn add(&mut self, outcome: Mark, text: &str) -> io::Result<()> {
        if outcome == Mark::Fail {
            self.failures += 1;
        }
        self.line(&format!("  {outcome}  {text}"))
    }

    /// Writes a line that is no check. If nobody reads any more, the checks still go on, since the exit code is their verdict.
    pub(crate) fn line(&self, text: &str) -> io::Result<()> {
        output::unless_closed(output::print_styled(&format!("{text}\n")))
    }

    /// Returns a failure if a check failed.
    pub(crate) fn verdict(self) -> Result<(), Failure> {
        let checks = match self.failures {
            0 => return Ok(()),
            1 => "1 check".to_owned(),
            many => format!("{many} checks"),
        };
        Err(Failure::Failed(format!("{checks} failed: mend what is marked FAIL, then run this again")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_was_never_set_fails_the_check() {
        let verdict = |now| {
            let mut report = Report::default();
            assert!(check_clock(now, &mut report).is_ok());
            report.verdict()
        };
        assert!(verdict(UnixTime::now()).is_ok());
        let unset = TimeError::ClockUnset { found: UnixTime::EPOCH };
        assert!([unset, TimeError::BeforeEpoch].iter().all(|&error| verdict(Err(error)).is_err()));
    }
}
