//! What `doctor` asks Quiltt itself, if it is given an API key's secret.

use std::{env, io};

use quiltt_session::{
    ApiKey, ApiKeyId, ApiSecret, EnvironmentId, QuilttAuth, RemoteError, SecretError, Session, TokenVersion,
};
use tokio::runtime::{Builder, Runtime};
use uuid::Uuid;

use crate::{
    output::{Mark, printable},
    report::Report,
};

/// The environment variable that holds the API key's secret.
const SECRET_VARIABLE: &str = "QUILTT_API_SECRET";

/// The environment variable with another address than Quiltt's, for tests and proxies.
const URL_VARIABLE: &str = "QUILTT_AUTH_URL";

/// What is compared with Quiltt's answers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Subject {
    pub(crate) api_key: Option<ApiKeyId>,
    pub(crate) environment: Option<EnvironmentId>,
    pub(crate) token_version: TokenVersion,
    /// Whether the profile is a random one.
    pub(crate) is_new_user: bool,
}

/// Looks up the API key, and asks whether Quiltt takes the session; says nothing if there is no API secret.
pub(crate) fn check(subject: Subject, session: Option<&Session>, report: &mut Report) -> io::Result<()> {
    let secret = match ApiSecret::from_env(SECRET_VARIABLE) {
        Err(SecretError::EnvironmentUnset { .. }) => return Ok(()),
        outcome => outcome,
    };
    report.section("what Quiltt says")?;
    let (auth, runtime) = match secret.map_err(|error| format!("API secret: {error}")).and_then(connect) {
        Ok(client) => client,
        Err(reason) => return report.add(Mark::Fail, &printable(&reason)),
    };
    if let Ok(url) = env::var(URL_VARIABLE) {
        report.add(Mark::Note, &printable(&format!("{url} is asked, not Quiltt: see {URL_VARIABLE}")))?;
    }
    check_api_key(runtime.block_on(auth.api_key()), subject, report)?;
    match session {
        Some(session) => check_session(&runtime, &auth, session, subject, report),
        None => Ok(()),
    }
}

/// A client, and what its calls run in; nothing is sent.
fn connect(secret: ApiSecret) -> Result<(QuilttAuth, Runtime), String> {
    let builder = QuilttAuth::builder(secret);
    let builder = match env::var(URL_VARIABLE) {
        Ok(url) => builder.base_url(url),
        Err(env::VarError::NotPresent) => builder,
        Err(env::VarError::NotUnicode(_)) => {
            return Err(format!("expected a URL in {URL_VARIABLE}, found bytes that are not text"));
        }
    };
    let auth = builder.build().map_err(|error| error.to_string())?;
    let runtime = Builder::new_current_thread().enable_all().build();
    Ok((auth, runtime.map_err(|error| format!("cannot make network calls: {error}"))?))
}

fn check_api_key(answer: Result<ApiKey, RemoteError>, subject: Subject, report: &mut Report) -> io::Result<()> {
    let key = match answer {
        Ok(key) => key,
        Err(error @ (RemoteError::NotAuthenticated(_) | RemoteError::Forbidden(_))) => {
            let text = format!("API key: {error}; check {SECRET_VARIABLE}, and its environment: sandbox or production");
            return report.add(Mark::Fail, &printable(&text));
        }
        Err(error) => return report.add(Mark::Fail, &printable(&format!("API key: {error}; {LATER}"))),
    };
    compare("api-key", key.id(), subject.api_key, report)?;
    if subject.token_version >= TokenVersion::V4 {
        compare("environment", key.environment().id(), subject.environment, report)?;
    }
    Ok(())
}

/// Compares an id of the API key with the one that was given for tokens.
fn compare<I>(kind: &str, known: I, given: Option<I>, report: &mut Report) -> io::Result<()>
where
    I: Copy + ToString + Into<Uuid> + PartialEq,
{
    let known_text = known.to_string();
    match given {
        Some(given) if given == known => report.add(Mark::Pass, &format!("{kind:<12}  {known_text} is the API key's")),
        Some(given) => {
            let text = format!(
                "{kind:<12}  expected {known_text}, the API key's, found {}: mend --{kind}, or take another API key",
                given.to_string()
            );
            report.add(Mark::Fail, &text)
        }
        None => report.add(Mark::Note, &format!("{kind:<12}  not given; the API key's is --{kind} {known_text}")),
    }
}

fn check_session(
    runtime: &Runtime,
    auth: &QuilttAuth,
    session: &Session,
    subject: Subject,
    report: &mut Report,
) -> io::Result<()> {
    let answer = runtime.block_on(auth.check(session.token()));
    match answer.and_then(|answer| Ok(answer.into_session()?)) {
        Ok(_) => report.add(Mark::Pass, "Quiltt takes the token"),
        // Whether Quiltt knows users that it has never seen is not public.
        Err(error @ RemoteError::NotAuthenticated(_)) if subject.is_new_user => {
            let text = format!("token: {error}; its profile is a random one: ask for an existing one with --profile");
            report.add(Mark::Note, &printable(&text))
        }
        Err(error @ (RemoteError::NotAuthenticated(_) | RemoteError::Forbidden(_))) => {
            report.add(Mark::Fail, &printable(&format!("token: {error}; see the list below")))
        }
        Err(error) => report.add(Mark::Fail, &printable(&format!("token: {error}; {LATER}"))),
    }
}

/// What to do where neither secret nor token is at fault.
const LATER: &str = "check the network, and try again later";
