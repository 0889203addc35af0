//! The calls that `doctor` makes, advice about calls that fail, and the server's clock.

use std::{io, time::Duration};

use quiltt_session::{ApiKey, ApiSecret, QuilttAuth, RemoteError, RemoteSession, Session, UnixTime};
use tokio::runtime::{Builder, Runtime};

use super::Report;
use crate::{duration, output::Mark, settings::TokenSettings};

/// A client of Quiltt's, and the runtime of its calls.
#[derive(Debug)]
pub(crate) struct Client {
    auth: QuilttAuth,
    runtime: Runtime,
    /// Around the first answer: this clock's time before the call, the server's, this clock's after.
    times: Option<[UnixTime; 3]>,
}

impl Client {
    /// Nothing is sent yet.
    pub(crate) fn connect(api_secret: Option<ApiSecret>, auth_url: Option<&str>) -> Result<Self, String> {
        // Calls about tokens do not send the API secret.
        let api_secret =
            api_secret.map_or_else(|| ApiSecret::from_bytes("none"), Ok).map_err(|error| error.to_string())?;
        // As many calls as are announced, and no more.
        let builder = QuilttAuth::builder(api_secret).retries(0);
        let builder = if let Some(url) = auth_url { builder.base_url(url) } else { builder };
        let auth = builder.build().map_err(|error| error.to_string())?;
        let runtime = Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| format!("cannot make network calls: {error}"))?;
        Ok(Self { auth, runtime, times: None })
    }

    pub(crate) fn api_key(&mut self) -> Result<ApiKey, RemoteError> {
        self.timed(|client| client.runtime.block_on(client.auth.api_key()))
    }

    /// Whether Quiltt takes the session.
    pub(crate) fn check(&mut self, session: &Session) -> Result<RemoteSession, RemoteError> {
        self.timed(|client| client.runtime.block_on(client.auth.check(session.token())))
    }

    /// Makes a call, and keeps the times around the first answer: behind a later call that ends without an answer, the server's
    /// time is still an earlier answer's.
    fn timed<T>(&mut self, call: impl FnOnce(&Self) -> T) -> T {
        let before = UnixTime::now();
        let answer = call(self);
        if let (None, Ok(before), Some(server), Ok(after)) =
            (self.times, before, self.auth.server_time(), UnixTime::now())
        {
            self.times = Some([before, server, after]);
        }
        answer
    }

    pub(crate) fn report_clock(&self, token: &TokenSettings, report: &mut Report) -> io::Result<()> {
        let (mark, text) = match self.times {
            Some(times) => drift(times, token.backdate),
            None => (Mark::Note, "not checked, for no answer told the server's time".to_owned()),
        };
        report.add(mark, &format!("clock: {text}"))
    }
}

/// Returns what the reader can do about the error.
pub(crate) const fn advice(error: &RemoteError) -> &'static str {
    match error {
        RemoteError::NotAuthenticated(_) | RemoteError::Forbidden(_) => {
            "check QUILTT_API_SECRET, and its environment: sandbox or production"
        }
        RemoteError::RateLimited(_) => "try again later",
        _ => "check the network, and try again later",
    }
}

/// Whether further calls would fare no better.
pub(crate) const fn is_final(error: &RemoteError) -> bool {
    matches!(error, RemoteError::Transport(_) | RemoteError::TimedOut { .. } | RemoteError::RateLimited(_))
}

/// Whole seconds are all that a server tells.
const TOLERANCE: Duration = Duration::from_secs(2);
/// The most that a signer backdates by, in seconds.
const MOST_BACKDATED: u64 = 600;

/// Compares this clock, at `before` and `after`, with the server's between both. `backdate`: how much tokens are backdated by.
fn drift([before, server, after]: [UnixTime; 3], backdate: Duration) -> (Mark, String) {
    let by = |later: UnixTime, earlier| later.duration_since(earlier).filter(|drift| *drift > TOLERANCE);
    let (drift, word, mark, advice) = match (by(before, server), by(server, after)) {
        (None, None) => return (Mark::Pass, "within seconds of the server's".to_owned()),
        (None, Some(drift)) => {
            (drift, "behind", Mark::Fail, "so tokens expire that much too early: set it with NTP".to_owned())
        }
        (Some(drift), _) => {
            let (mark, advice) = ahead(drift, backdate);
            (drift, "ahead of", mark, advice)
        }
    };
    (mark, format!("{} {word} the server's, {advice}", duration::in_words(drift)))
}

fn ahead(drift: Duration, backdate: Duration) -> (Mark, String) {
    if drift <= backdate {
        return (Mark::Note, "which --backdate covers; set it with NTP all the same".to_owned());
    }
    let secs = drift.as_secs();
    if secs > MOST_BACKDATED {
        return (Mark::Fail, format!("more than --backdate covers ({MOST_BACKDATED}s): set it with NTP"));
    }
    let enough = secs.saturating_add(30).min(MOST_BACKDATED);
    let advice = "where tokens are not valid yet when they arrive: set it with NTP, and pass --backdate";
    (Mark::Fail, format!("{advice} {enough}s until then"))
}
