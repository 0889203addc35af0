//! HTTP: one call, which is one exchange or, where that is safe, several.

use std::{sync::Arc, time::Duration};

use reqwest::{
    Client, ClientBuilder, Method,
    header::{ACCEPT, AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, HeaderValue},
    redirect,
};
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::BuilderVerifierExt;
use tokio::{
    runtime::Handle,
    sync::Semaphore,
    time::{Instant, sleep, timeout_at},
};

use super::{
    base_url::{BaseUrl, LOCALHOST, LOOPBACK},
    call::{Call, Reply},
    error::{BodyError, RemoteConfigError, RemoteError, TransportError},
    retry::{Retry, may_have_arrived},
    server_time::ServerTime,
};
use crate::crypto::{description::DEMANDS_FIPS, tls};

#[derive(Clone, Copy, Debug)]
pub(crate) struct Timeouts {
    pub(crate) connect: Duration,
    pub(crate) call: Duration,
}

/// A pool of connections to one address.
pub(crate) struct Transport {
    client: Client,
    pub(crate) base_url: BaseUrl,
    pub(crate) timeouts: Timeouts,
    pub(crate) retry: Retry,
    pub(crate) server_time: ServerTime,
    /// One permit for each call that may be under way, so that a burst waits instead of running out of sockets.
    turns: Semaphore,
}

impl Transport {
    pub(crate) fn new(base_url: BaseUrl, timeouts: Timeouts, retry: Retry) -> Result<Self, RemoteConfigError> {
        let client = client(&base_url, timeouts)?;
        let (server_time, turns) = (ServerTime::default(), Semaphore::new(MAX_CALLS));
        Ok(Self { client, base_url, timeouts, retry, server_time, turns })
    }

    /// Sends the call, repeats it where that is safe, and gives up when its time is over.
    #[expect(clippy::arithmetic_side_effects, reason = "the settings allow an hour at most")]
    pub(crate) async fn send(&self, call: Call) -> Result<Reply, RemoteError> {
        Handle::try_current().map_err(|_| RemoteError::NoRuntime)?;
        let limit = self.timeouts.call;
        let deadline = Instant::now() + limit;
        timeout_at(deadline, self.attempt(&call, deadline)).await.unwrap_or(Err(RemoteError::TimedOut { limit }))
    }

    #[expect(clippy::expect_used, reason = "the semaphore is never closed")]
    async fn attempt(&self, call: &Call, deadline: Instant) -> Result<Reply, RemoteError> {
        let _turn = self.turns.acquire().await.expect("nothing closes the semaphore");
        if deadline <= Instant::now() {
            // What comes too late is better not sent than sent and given up at once.
            return Err(RemoteError::TimedOut { limit: self.timeouts.call });
        }
        let mut is_repetition = false;
        let mut attempts: u32 = 0;
        loop {
            attempts = attempts.saturating_add(1);
            let outcome = self.exchange(call, is_repetition).await;
            let wait = self.retry.wait(attempts, call.is_repeatable, &outcome);
            // There is no point in a wait that outlasts the call.
            let left = deadline.saturating_duration_since(Instant::now());
            let Some(wait) = wait.filter(|&wait| wait < left) else { return outcome };
            is_repetition |= may_have_arrived(&outcome);
            sleep(wait).await;
        }
    }

    async fn exchange(&self, call: &Call, is_repetition: bool) -> Result<Reply, RemoteError> {
        let request = self
            .client
            .request(call.method.clone(), self.base_url.join(call.path))
            .header(AUTHORIZATION, call.authorization.clone())
            .header(ACCEPT, JSON);
        let request = match &call.body {
            Some(body) => request.header(CONTENT_TYPE, JSON).body(body.clone()),
            // RFC 9110 §8.6: a POST without content says so, and some servers insist.
            None if call.method == Method::POST => request.header(CONTENT_LENGTH, 0),
            None => request,
        };
        let mut response = request.send().await.map_err(TransportError::from)?;
        let (status, headers) = (response.status(), std::mem::take(response.headers_mut()));
        self.server_time.note(&headers);
        let body = match read(response).await {
            Err(error) if status.is_success() => return Err(error),
            // A refusal says enough without its body.
            body => body.unwrap_or_default(),
        };
        Ok(Reply { status, headers, body, is_repetition })
    }
}

/// A session's JSON has some 700 bytes.
const MAX_BODY: usize = 64 * 1024;
/// Far more than a backend needs at once: Quiltt gives each user 10 sessions an hour.
const MAX_CALLS: usize = 128;
/// Servers close idle connections after a minute or so; one that is closed while a call sets out fails it.
const MAX_IDLE: Duration = Duration::from_secs(30);
const JSON: HeaderValue = HeaderValue::from_static("application/json");

async fn read(mut response: reqwest::Response) -> Result<Vec<u8>, RemoteError> {
    const TOO_LONG: BodyError = BodyError::TooLong { max: MAX_BODY };
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(TransportError::from)? {
        if body.len().saturating_add(chunk.len()) > MAX_BODY {
            return Err(TOO_LONG.into());
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

fn client(base_url: &BaseUrl, timeouts: Timeouts) -> Result<Client, RemoteConfigError> {
    let builder = if base_url.is_plain() { plain()? } else { encrypted()? };
    builder
        .user_agent(concat!("quiltt-session/", env!("CARGO_PKG_VERSION")))
        .redirect(redirect::Policy::none())
        .retry(reqwest::retry::never())
        .connect_timeout(timeouts.connect)
        .pool_idle_timeout(MAX_IDLE)
        .build()
        .map_err(|error| RemoteConfigError::Tls(error.into()))
}

/// https with the system's root certificates. The crypto provider is named here and not taken from the process: which
/// one an application installs there, if any, is its own business.
fn encrypted() -> Result<ClientBuilder, RemoteConfigError> {
    let config = ClientConfig::builder_with_provider(Arc::new(tls::default_provider()))
        .with_safe_default_protocol_versions()
        .and_then(BuilderVerifierExt::with_platform_verifier)
        .map_err(|error| RemoteConfigError::Tls(error.into()))?
        .with_no_client_auth();
    if DEMANDS_FIPS && !config.fips() {
        return Err(RemoteConfigError::Fips);
    }
    Ok(Client::builder().tls_backend_preconfigured(config).https_only(true))
}

/// Plain http, for loopback. A proxy of the environment would carry the credential off in the clear, so none is asked;
/// and TLS, which nothing here should reach, trusts nobody.
fn plain() -> Result<ClientBuilder, RemoteConfigError> {
    let config = ClientConfig::builder_with_provider(Arc::new(tls::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| RemoteConfigError::Tls(error.into()))?
        .with_root_certificates(RootCertStore::empty())
        .with_no_client_auth();
    Ok(Client::builder().tls_backend_preconfigured(config).no_proxy().resolve_to_addrs(LOCALHOST, &LOOPBACK))
}

#[cfg(test)]
mod tests {
    use std::{io, net::TcpListener};

    use tokio::time::timeout;

    use super::*;
    use crate::http::bearer;

    #[tokio::test]
    async fn a_call_whose_turn_comes_too_late_is_not_sent() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let base_url = BaseUrl::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
        let timeouts = Timeouts { connect: Duration::from_secs(5), call: Duration::from_secs(15) };
        let transport = Transport::new(base_url, timeouts, Retry::new(0)).unwrap();
        let authorization = bearer("secret").unwrap();
        let call = Call { method: Method::POST, path: "/", authorization, body: None, is_repeatable: false };
        let outcome = timeout(Duration::from_secs(60), transport.attempt(&call, Instant::now())).await;
        assert!(matches!(outcome, Ok(Err(RemoteError::TimedOut { .. }))));
        assert_eq!(listener.accept().unwrap_err().kind(), io::ErrorKind::WouldBlock);
    }
}
