//! The calls that `doctor` makes, advice about calls that fail, and the server's clock.

use std::{io, time::Duration};

use quiltt_session::{ApiKey, ApiSecret, QuilttAuth, RemoteError, RemoteSession, Session, UnixTime};
use tokio::runtime::{Builder, Runtime};

use super::Report;
use crate::{duration, output::Mark, settings::TokenSettings};

/// A client of Quiltt's, the runtime of its calls, and the drift of this clock.
#[derive(Debug)]
pub(crate) struct Client {
    auth: QuilttAuth,
    runtime: Runtime,
    drift: Option<Drift>,
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
        Ok(Self { auth, runtime, drift: None })
    }

    pub(crate) fn api_key(&mut self) -> Result<ApiKey, RemoteError> {
        self.timed(|client| client.runtime.block_on(client.auth.api_key()))
    }

    /// Whether Quiltt takes the session.
    pub(crate) fn check(&mut self, session: &Session) -> Result<RemoteSession, RemoteError> {
        self.timed(|client| client.runtime.block_on(client.auth.check(session.token())))
    }

    /// Makes a call, and compares the clocks if the call brought the first answer: a later call may end without an answer, and
    /// would leave the time of an earlier one.
    fn timed<T>(&mut self, call: impl FnOnce(&Self) -> T) -> T {
        let before = UnixTime::now();
        let answer = call(self);
        if let (None, Ok(before), Some(server), Ok(after)) =
            (self.drift, before, self.auth.server_time(), UnixTime::now())
        {
            self.drift = Some(Drift::new(before, server, after));
        }
        answer
    }

    pub(crate) fn report_clock(&self, token: &TokenSettings, report: &mut Report) -> io::Result<()> {
        let (mark, text) = match self.drift {
            Some(drift) => drift.in_words(token.backdate),
            None => (Mark::Note, "clock: not checked, for no answer told the server's time".to_owned()),
        };
        report.add(mark, &text)
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

/// How far this clock is from a server's, at least.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Drift {
    None,
    Ahead(Duration),
    Behind(Duration),
}

/// Whole seconds are all that a server tells.
const TOLERANCE: Duration = Duration::from_secs(2);
/// The most that a signer backdates by.
const MOST_BACKDATED: u64 = 600;

impl Drift {
    /// The server wrote its time down after `before` and before `after`.
    fn new(before: UnixTime, server: UnixTime, after: UnixTime) -> Self {
        let is_much = |drift: &Duration| *drift > TOLERANCE;
        let ahead = before.duration_since(server).filter(is_much).map(Self::Ahead);
        let behind = || server.duration_since(after).filter(is_much).map(Self::Behind);
        ahead.or_else(behind).unwrap_or(Self::None)
    }

    /// Returns the outcome for tokens that are backdated by `backdated`.
    fn in_words(self, backdated: Duration) -> (Mark, String) {
        let drifted = |drift, word| format!("clock: {} {word} the server's", duration::in_words(drift));
        match self {
            Self::None => (Mark::Pass, "clock: within seconds of the server's".to_owned()),
            Self::Behind(drift) => {
                let drifted = drifted(drift, "behind");
                (Mark::Fail, format!("{drifted}, so tokens expire that much too early: set it with NTP"))
            }
            Self::Ahead(drift) => {
                let (mark, advice) = ahead(drift, backdated);
                (mark, format!("{}, {advice}", drifted(drift, "ahead of")))
            }
        }
    }
}

fn ahead(drift: Duration, backdated: Duration) -> (Mark, String) {
    if drift <= backdated {
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
