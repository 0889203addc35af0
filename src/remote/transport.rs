//! HTTP: one call, which is one exchange or, where that is safe, several.

use std::{
    env, fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    panic::resume_unwind,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use http::Uri;
use reqwest::{
    Client, Method, StatusCode, Url,
    header::{ACCEPT, AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, DATE, HeaderMap, HeaderValue},
    redirect,
};
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::BuilderVerifierExt;
use tokio::{
    runtime::{Handle, Id},
    sync::Semaphore,
    task::JoinSet,
    time::{Instant, sleep, timeout_at},
};

use super::{
    error::{RemoteConfigError, RemoteError, TransportError, TransportReason},
    headers::{date, retry_after},
    members::BodyError,
};
use crate::{
    crypto::{DEMANDS_FIPS, tls},
    id::random,
    time::UnixTime,
};

/// The connections to one address.
pub(crate) struct Transport {
    tls: ClientConfig,
    pub(crate) base_url: BaseUrl,
    pub(crate) timeouts: Timeouts,
    pub(crate) retries: u32,
    /// The pool, and the runtime that runs its connections: in a runtime that nobody drives, every connection hangs.
    pool: Mutex<Option<(Id, Client)>>,
    /// One permit for each call that may be under way, so that a burst waits instead of running out of sockets.
    permits: Semaphore,
    /// Seconds since 1970 by the last `Date`; 0 before the first, for no server's clock shows 1970.
    server_time: AtomicU64,
}

impl Transport {
    /// `roots`: the root certificates to trust instead of the system's.
    pub(crate) fn new(
        base_url: BaseUrl,
        timeouts: Timeouts,
        retries: u32,
        roots: Option<RootCertStore>,
    ) -> Result<Self, RemoteConfigError> {
        let is_plain = base_url.is_plain();
        if !is_plain {
            refuse_unreadable_proxy()?;
        }
        // No call over plain http reaches TLS. To be safe, TLS then trusts nobody.
        let tls = tls_config(if is_plain { Some(RootCertStore::empty()) } else { roots })?;
        let (pool, permits, server_time) = (Mutex::new(None), Semaphore::new(MAX_CALLS), AtomicU64::new(0));
        Ok(Self { tls, base_url, timeouts, retries, pool, permits, server_time })
    }

    /// Sends the call, again where that is safe, and gives up when the time is over.
    ///
    /// The call runs in a task of its own: a caller that does not poll its future keeps no other call waiting. The set
    /// aborts the task when the future is dropped.
    #[expect(clippy::arithmetic_side_effects, reason = "the settings allow an hour at most")]
    pub(crate) async fn send(self: &Arc<Self>, call: Call) -> Result<Reply, RemoteError> {
        let runtime = Handle::try_current().map_err(|_| RemoteError::NoRuntime)?;
        let limit = self.timeouts.call;
        let (transport, deadline) = (Arc::clone(self), Instant::now() + limit);
        let mut task = JoinSet::new();
        task.spawn_on(async move { timeout_at(deadline, transport.attempt(&call, deadline)).await }, &runtime);
        match task.join_next().await {
            Some(Ok(outcome)) => outcome.unwrap_or(Err(RemoteError::TimedOut { limit })),
            Some(Err(error)) if error.is_panic() => resume_unwind(error.into_panic()),
            // The runtime was shut down.
            Some(Err(_)) | None => Err(RemoteError::NoRuntime),
        }
    }

    /// The `Date` of the last answer that had one.
    pub(crate) fn server_time(&self) -> Option<UnixTime> {
        UnixTime::from_secs(self.server_time.load(Ordering::Relaxed)).ok().filter(|&time| time != UnixTime::EPOCH)
    }

    #[expect(clippy::expect_used, reason = "the semaphore is never closed")]
    async fn attempt(&self, call: &Call, deadline: Instant) -> Result<Reply, RemoteError> {
        let _permit = self.permits.acquire().await.expect("nothing closes the semaphore");
        if deadline <= Instant::now() {
            // Sent now, the call would be given up at once, and Quiltt might do its work all the same.
            return Err(RemoteError::TimedOut { limit: self.timeouts.call });
        }
        let client = self.client(Handle::current().id())?;
        let mut is_repetition = false;
        let mut attempts: u32 = 0;
        loop {
            attempts = attempts.saturating_add(1);
            let outcome = self.exchange(&client, call, is_repetition).await;
            // There is no point in a wait that outlasts the call.
            let left = deadline.saturating_duration_since(Instant::now());
            let Some(wait) = self.wait(attempts, call, &outcome).filter(|&wait| wait < left) else { return outcome };
            is_repetition |= may_have_arrived(&outcome);
            sleep(wait).await;
        }
    }

    /// Returns the pool of this runtime. The pool of another runtime is dropped.
    fn client(&self, runtime: Id) -> Result<Client, TransportError> {
        let mut pool = self.pool.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((id, client)) = pool.as_ref()
            && *id == runtime
        {
            return Ok(client.clone());
        }
        let builder = Client::builder()
            .tls_backend_preconfigured(self.tls.clone())
            .user_agent(concat!("quiltt-session/", env!("CARGO_PKG_VERSION")))
            .redirect(redirect::Policy::none())
            .retry(reqwest::retry::never())
            .connect_timeout(self.timeouts.connect)
            .pool_idle_timeout(MAX_IDLE);
        // Over plain http, a proxy of the environment would read the credential.
        let builder = match self.base_url.is_plain() {
            true => builder.no_proxy().resolve_to_addrs(LOCALHOST, &LOOPBACK),
            false => builder.https_only(true),
        };
        let client = builder.build()?;
        *pool = Some((runtime, client.clone()));
        Ok(client)
    }

    async fn exchange(&self, client: &Client, call: &Call, is_repetition: bool) -> Result<Reply, RemoteError> {
        let request = client
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
        if let Some(time) = date(&headers, DATE).and_then(|time| UnixTime::try_from(time).ok()) {
            self.server_time.store(time.as_secs(), Ordering::Relaxed);
        }
        let body = match read(response).await {
            Err(error) if status.is_success() => return Err(error),
            // A refusal says enough without its body.
            body => body.unwrap_or_default(),
        };
        Ok(Reply { status, headers, body, is_repetition })
    }

    /// Returns the wait before the exchange is repeated; `None` if repeating is not safe or would not help.
    fn wait(&self, attempts: u32, call: &Call, outcome: &Result<Reply, RemoteError>) -> Option<Duration> {
        let (is_worth_it, asked) = match outcome {
            Ok(reply) => (matches!(reply.status.as_u16(), 502..=504), retry_after(&reply.headers)),
            Err(RemoteError::Transport(error)) => (error.reason() != TransportReason::Tls, None),
            Err(_) => (false, None),
        };
        let is_safe = !call.creates() || !may_have_arrived(outcome);
        let wait = (is_worth_it && is_safe && attempts <= self.retries).then(|| backoff(attempts, jitter()))?;
        Some(asked.map_or(wait, |asked| asked.max(wait)))
    }
}

/// The address before the paths of the calls.
#[derive(Clone)]
pub(crate) struct BaseUrl(Url);

impl BaseUrl {
    pub(crate) const DEFAULT: &'static str = "https://auth.quiltt.io";

    /// Returns what is wrong with the text if no credential may be sent there.
    pub(crate) fn parse(text: &str) -> Result<Self, &'static str> {
        const NO_URL: &str = "no URL with a host";

        let url = Url::parse(text).map_err(|_| NO_URL)?;
        let host = url.host_str().ok_or(NO_URL)?;
        match url.scheme() {
            "https" => {}
            "http" if is_loopback(host) => {}
            "http" => return Err("plain http to another machine"),
            _ => return Err("another scheme"),
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err("a user name or password");
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err("a query or fragment");
        }
        Ok(Self(url))
    }

    /// Whether calls are not encrypted; only loopback allows that.
    pub(crate) fn is_plain(&self) -> bool {
        self.0.scheme() == "http"
    }

    /// The URL of a call; `path` starts with a slash.
    pub(crate) fn join(&self, path: &str) -> Url {
        let mut url = self.0.clone();
        let prefix = self.0.path().trim_end_matches('/');
        url.set_path(&format!("{prefix}{path}"));
        url
    }
}

impl fmt::Debug for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str())
    }
}

/// The name that means this machine (RFC 6761 §6.3), whatever a resolver says.
const LOCALHOST: &str = "localhost";

/// The addresses of [`LOCALHOST`]; port 0 leaves the URL's port as it is.
const LOOPBACK: [SocketAddr; 2] =
    [SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0), SocketAddr::new(IpAddr::V6(Ipv6Addr::LOCALHOST), 0)];

fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host == LOCALHOST || address.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// The longest times that a connection and a whole call may take.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Timeouts {
    pub(crate) connect: Duration,
    pub(crate) call: Duration,
}

/// The request of a call.
pub(crate) struct Call {
    pub(crate) method: Method,
    pub(crate) path: &'static str,
    pub(crate) authorization: HeaderValue,
    pub(crate) body: Option<Vec<u8>>,
}

impl Call {
    /// Whether sending the request twice does more than sending it once. Only a call that creates a session has a body.
    const fn creates(&self) -> bool {
        self.body.is_some()
    }
}

/// The answer to a call.
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    /// Empty if reading failed and the status is an error: the status says enough.
    pub(crate) body: Vec<u8>,
    /// Whether an exchange before may have done what was asked.
    pub(crate) is_repetition: bool,
}

/// Whether Quiltt may have done what was asked; not without a connection.
fn may_have_arrived(outcome: &Result<Reply, RemoteError>) -> bool {
    match outcome {
        Err(RemoteError::Transport(error)) => error.reason() == TransportReason::Interrupted,
        _ => true,
    }
}

/// A session's JSON has some 700 bytes.
const MAX_BODY: usize = 64 * 1024;
/// Far more than a backend needs at once: Quiltt gives each user 10 sessions an hour.
const MAX_CALLS: usize = 128;
/// Servers close idle connections after a minute or so; a call on a connection that closes just then fails.
const MAX_IDLE: Duration = Duration::from_secs(30);
/// Half of the first wait and half of the longest.
const FIRST_HALF: Duration = Duration::from_millis(50);
const LONGEST_HALF: Duration = Duration::from_secs(1);
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

/// Doubles with each attempt up to a limit; the upper half is random, so that callers who failed together do not come back
/// together.
#[expect(clippy::arithmetic_side_effects, reason = "255 is not zero")]
fn backoff(attempts: u32, jitter: u8) -> Duration {
    let doubled = 2_u32.saturating_pow(attempts.saturating_sub(1));
    let half = FIRST_HALF.saturating_mul(doubled).min(LONGEST_HALF);
    half.saturating_add(half.saturating_mul(jitter.into()) / 255)
}

/// Nothing secret depends on the jitter, so without randomness all waits are the longest.
fn jitter() -> u8 {
    random::id_bytes().map_or(u8::MAX, |[byte, ..]| byte)
}

/// TLS that trusts `roots`, or the system's root certificates. The crypto provider is named here, not taken from the
/// process: the provider that an application installs there, if any, is the application's business.
fn tls_config(roots: Option<RootCertStore>) -> Result<ClientConfig, RemoteConfigError> {
    let failed = |error: rustls::Error| RemoteConfigError::Tls(error.into());
    let builder = ClientConfig::builder_with_provider(Arc::new(tls::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(failed)?;
    let builder = match roots {
        Some(roots) => builder.with_root_certificates(roots),
        None => builder.with_platform_verifier().map_err(failed)?,
    };
    let config = builder.with_no_client_auth();
    if DEMANDS_FIPS && !config.fips() {
        return Err(RemoteConfigError::Fips);
    }
    Ok(config)
}

/// Refuses a proxy of the environment that reqwest would ignore in silence. The order is reqwest's.
fn refuse_unreadable_proxy() -> Result<(), RemoteConfigError> {
    let first_set = |names: [&'static str; 2]| {
        let set = names.into_iter().find_map(|name| Some((name, env::var_os(name)?)));
        set.filter(|(_, value)| !value.is_empty())
    };
    match [["HTTPS_PROXY", "https_proxy"], ["ALL_PROXY", "all_proxy"]].into_iter().find_map(first_set) {
        Some((variable, value)) if !value.to_str().is_some_and(is_proxy) => Err(RemoteConfigError::Proxy { variable }),
        _ => Ok(()),
    }
}

/// SOCKS is not built in; a proxy of that scheme is an error when a connection is made.
fn is_proxy(text: &str) -> bool {
    const SCHEMES: [&str; 6] = ["http", "https", "socks4", "socks4a", "socks5", "socks5h"];
    let uri = text.parse::<Uri>().ok();
    uri.is_some_and(|uri| uri.authority().is_some() && uri.scheme_str().is_none_or(|scheme| SCHEMES.contains(&scheme)))
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
        let transport = Transport::new(base_url, timeouts, 0, None).unwrap();
        let call = Call { method: Method::POST, path: "/", authorization: bearer("secret").unwrap(), body: None };
        let outcome = timeout(Duration::from_secs(60), transport.attempt(&call, Instant::now())).await;
        assert!(matches!(outcome, Ok(Err(RemoteError::TimedOut { .. }))));
        assert_eq!(listener.accept().unwrap_err().kind(), io::ErrorKind::WouldBlock);
    }

    #[test]
    fn the_wait_doubles_up_to_its_limit_and_half_of_it_is_random() {
        for (attempts, millis) in [(1, 100), (2, 200), (3, 400), (5, 1600), (6, 2000), (u32::MAX, 2000)] {
            assert_eq!(backoff(attempts, u8::MAX), Duration::from_millis(millis));
            assert_eq!(backoff(attempts, 0), Duration::from_millis(millis / 2));
        }
    }

    #[test]
    fn https_goes_anywhere_and_http_to_this_machine_only() {
        for text in [
            "https://auth.quiltt.io",
            "http://127.0.0.1:8080",
            "http://127.9.9.9",
            "http://[::1]:1/",
            "http://LOCALHOST",
        ] {
            assert!(BaseUrl::parse(text).is_ok(), "{text}");
        }
        for text in [
            "http://auth.quiltt.io",
            "http://10.0.0.1",
            "http://0.0.0.0",
            "http://[::]",
            "http://[::ffff:10.0.0.1]",
            "http://localhost.example.com",
            "http://127.0.0.1.example.com",
            "http://localhost@example.com",
            "http://127.0.0.1%2eexample.com",
        ] {
            assert_eq!(BaseUrl::parse(text).unwrap_err(), "plain http to another machine", "{text}");
        }
    }

    #[test]
    fn what_is_no_base_is_refused_with_its_reason() {
        for (text, expected) in [
            ("", "no URL with a host"),
            ("auth.quiltt.io", "no URL with a host"),
            ("https://", "no URL with a host"),
            ("mailto:a@example.com", "no URL with a host"),
            ("ftp://example.com", "another scheme"),
            ("ws://127.0.0.1", "another scheme"),
            ("https://user@example.com", "a user name or password"),
            ("https://:word@example.com", "a user name or password"),
            ("https://example.com?token=1", "a query or fragment"),
            ("https://example.com#top", "a query or fragment"),
        ] {
            assert_eq!(BaseUrl::parse(text).unwrap_err(), expected, "{text}");
        }
    }

    #[test]
    fn paths_are_appended_below_the_base() {
        for (base, expected) in [
            ("https://auth.quiltt.io", "https://auth.quiltt.io/v1/users"),
            ("https://auth.quiltt.io/", "https://auth.quiltt.io/v1/users"),
            ("https://proxy.example/quiltt", "https://proxy.example/quiltt/v1/users"),
            ("https://proxy.example/quiltt/", "https://proxy.example/quiltt/v1/users"),
        ] {
            assert_eq!(BaseUrl::parse(base).unwrap().join("/v1/users").as_str(), expected);
        }
    }
}
