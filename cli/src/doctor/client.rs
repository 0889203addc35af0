//! The calls that `doctor` makes, and what to do about those that fail.

use std::io;

use quiltt_session::{ApiKey, ApiSecret, QuilttAuth, RemoteError, RemoteSession, Session, UnixTime};
use tokio::runtime::{Builder, Runtime};

use super::drift::Drift;
use crate::{output::Mark, report::Report, settings::TokenSettings};

/// A client of Quiltt's, what its calls run in, and what it learned of the clock.
#[derive(Debug)]
pub(crate) struct Client {
    auth: QuilttAuth,
    runtime: Runtime,
    drift: Option<Drift>,
}

impl Client {
    /// Nothing is sent yet.
    pub(crate) fn connect(api_secret: Option<ApiSecret>, auth_url: Option<&str>) -> Result<Self, String> {
        // Calls about tokens do not send it.
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

    /// Compares the clocks around a call. The first answer counts: before it, no other's time can be taken for its.
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

/// What to do where Quiltt did not answer as it should.
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
