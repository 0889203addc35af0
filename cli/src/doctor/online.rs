//! The section of `doctor` that asks Quiltt: about the API key, if its secret is there, and about new tokens.

use std::io;

use quiltt_session::{ApiKey, ApiSecret, SecretError, SigningSecret, TokenVersion};
use uuid::Uuid;

use super::{
    API_SECRET_VARIABLE, Options, Report,
    acceptance::Asking,
    client::{Client, advice, is_final},
    variations::KnownIds,
};
use crate::{
    failure::Failure,
    output::{Mark, printable},
    settings::TokenSettings,
};

/// Asks Quiltt, and says which of API secret, ids, profile and signing secret is missing. `secret`: `None` for a signing secret that
/// was refused, and for the demo secret.
pub(crate) fn check(options: &Options, secret: Option<&SigningSecret>, report: &mut Report) -> Result<(), Failure> {
    let Options { profile, token, auth_url, .. } = options;
    report.section("what Quiltt says")?;
    let api_secret = match ApiSecret::from_env(API_SECRET_VARIABLE) {
        Ok(api_secret) => Some(api_secret),
        Err(SecretError::EnvironmentUnset { .. }) => None,
        Err(error) => return Ok(report.add(Mark::Fail, &printable(&format!("API secret: {error}")))?),
    };
    let has_api_secret = api_secret.is_some();
    if !has_api_secret && !token.has_ids() {
        let text = format!("not asked: that takes {API_SECRET_VARIABLE} or ids, and --profile with one that exists");
        return Ok(report.add(Mark::Note, &text)?);
    }
    let mut client = match Client::connect(api_secret, auth_url.as_deref()) {
        Ok(client) => client,
        Err(reason) => return Ok(report.add(Mark::Fail, &printable(&reason))?),
    };
    if let Some(url) = auth_url {
        report.add(Mark::Note, &printable(&format!("{url} is asked, not Quiltt: see --auth-url")))?;
    }
    let known = match has_api_secret.then(|| client.api_key()).transpose() {
        Ok(key) => key.map(|key| compare_ids(&key, token, report)).transpose()?,
        Err(error) => {
            report.add(Mark::Fail, &printable(&format!("API key: {error}; {}", advice(&error))))?;
            if is_final(&error) {
                return Ok(());
            }
            None
        }
    };
    match (profile, secret) {
        (&Some(profile), Some(secret)) => Asking { profile, given: token, secret, known }.run(&mut client, report)?,
        (None, Some(_)) => {
            report.add(Mark::Note, "not asked about tokens: that takes a profile that exists, see --profile")?;
        }
        (_, None) => report.add(Mark::Note, "not asked about tokens: that takes a signing secret of your own")?,
    }
    Ok(client.report_clock(token, report)?)
}

/// Compares the ids of the API key with the given ones, and returns those of the API key.
fn compare_ids(key: &ApiKey, token: &TokenSettings, report: &mut Report) -> io::Result<KnownIds> {
    let known = KnownIds { api_key: key.id(), environment: key.environment().id() };
    compare("api-key", known.api_key, token.api_key, report)?;
    if token.token_version >= TokenVersion::V4 {
        compare("environment", known.environment, token.environment, report)?;
    }
    Ok(known)
}

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
