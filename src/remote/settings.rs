//! The settings of a client, with the error of each.

use std::{
    error::Error as StdError,
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use reqwest::Url;
use rustls::{
    RootCertStore,
    pki_types::{CertificateDer, pem::PemObject},
};
use thiserror::Error;

use super::{
    api_secret::ApiSecret,
    client::QuilttAuth,
    transport::{Timeouts, Transport},
};

impl QuilttAuth {
    /// Builds a client with the default settings; nothing is sent.
    ///
    /// # Errors
    ///
    /// A system without root certificates, or a proxy of the environment that is no URL.
    pub fn new(secret: ApiSecret) -> Result<Self, RemoteConfigError> {
        Self::builder(secret).build()
    }

    /// Starts to build a client with other settings, such as a shorter time-out or a test server's address.
    pub fn builder(secret: ApiSecret) -> QuilttAuthBuilder {
        QuilttAuthBuilder {
            secret,
            base_url: BaseUrl::DEFAULT.to_owned(),
            timeouts: Timeouts { connect: Duration::from_secs(5), call: Duration::from_secs(15) },
            retries: 2,
            roots: None,
        }
    }
}

/// Settings of a [`QuilttAuth`].
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use quiltt_session::{ApiSecret, QuilttAuth};
///
/// let auth = QuilttAuth::builder(ApiSecret::from_bytes("demo-api-secret")?)
///     .base_url("http://127.0.0.1:8080")
///     .timeout(Duration::from_secs(5))
///     .retries(0)
///     .build()?;
/// assert!(format!("{auth:?}").contains("http://127.0.0.1:8080"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
#[must_use]
pub struct QuilttAuthBuilder {
    secret: ApiSecret,
    base_url: String,
    timeouts: Timeouts,
    retries: u32,
    /// Empty if one of the certificates could not be read.
    roots: Option<RootCertStore>,
}

impl QuilttAuthBuilder {
    /// The address before the paths of the calls, for tests and proxies. `https://auth.quiltt.io` unless set.
    ///
    /// Plain http is taken for this machine only: 127.0.0.0/8, `[::1]`, and `localhost` without a look-up of the name. The
    /// proxy of the environment (`HTTPS_PROXY`, or else `ALL_PROXY`, but for the hosts in `NO_PROXY`) is used for https,
    /// through a tunnel; SOCKS is not built in.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = url.into();
        self
    }

    /// The longest time to make a connection: above 0 and up to an hour. 5 s unless set.
    pub const fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.timeouts.connect = timeout;
        self
    }

    /// The longest time of a call, with all its retries: above 0 and up to an hour. 15 s unless set.
    pub const fn timeout(mut self, timeout: Duration) -> Self {
        self.timeouts.call = timeout;
        self
    }

    /// The most retries of a call, where retries are safe (see [`QuilttAuth`]): at most 10; 0 turns them off. 2 unless set.
    pub const fn retries(mut self, retries: u32) -> Self {
        self.retries = retries;
        self
    }

    /// The root certificates to trust instead of the system's, in PEM: for a container without any, or for a company whose
    /// proxy answers with certificates of its own. Unless set, the system's are trusted; on Linux and BSD, the environment
    /// variables `SSL_CERT_FILE` and `SSL_CERT_DIR` replace those.
    pub fn root_certificates(mut self, pem: impl AsRef<[u8]>) -> Self {
        self.roots = Some(read_roots(pem.as_ref()).unwrap_or_else(RootCertStore::empty));
        self
    }

    /// Builds the client; nothing is sent.
    ///
    /// # Errors
    ///
    /// - `http://auth.quiltt.io`, `auth.quiltt.io` or `https://user@auth.quiltt.io`: not https, no URL, a user name;
    /// - a time-out of 0 or of more than an hour;
    /// - more than 10 retries;
    /// - root certificates that are none, or a proxy of the environment that is no URL;
    /// - a system without root certificates, if calls go over https and none were given.
    pub fn build(self) -> Result<QuilttAuth, RemoteConfigError> {
        let base_url = BaseUrl::parse(&self.base_url).map_err(|found| RemoteConfigError::BaseUrl { found })?;
        check_timeout(self.timeouts.connect)?;
        check_timeout(self.timeouts.call)?;
        if self.retries > MAX_RETRIES {
            return Err(RemoteConfigError::Retries { found: self.retries, max: MAX_RETRIES });
        }
        if self.roots.as_ref().is_some_and(RootCertStore::is_empty) {
            return Err(RemoteConfigError::RootCertificates);
        }
        let transport = Transport::new(base_url, self.timeouts, self.retries, self.roots)?;
        Ok(QuilttAuth::of(Arc::new(self.secret), transport))
    }
}

/// A [`QuilttAuth`](crate::QuilttAuth) cannot be built from these settings.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum RemoteConfigError {
    /// An address that no credential may be sent to.
    #[error("expected a base URL such as https://auth.quiltt.io, found {found}")]
    BaseUrl {
        /// What is wrong with the address, which may have a password in it.
        found: &'static str,
    },
    /// A time-out of 0, or of more than an hour.
    #[error("expected a time-out above 0 and of at most {max:?}, found {found:?}")]
    Timeout {
        /// The value that was set.
        found: Duration,
        /// The maximum time-out.
        max: Duration,
    },
    /// More retries than any outage asks for.
    #[error("expected at most {max} retries, found {found}")]
    Retries {
        /// The value that was set.
        found: u32,
        /// The maximum number of retries.
        max: u32,
    },
    /// A proxy of the environment that is no URL: calls would go past that proxy.
    #[error("expected the URL of a proxy, such as http://proxy.example:3128, in {variable}, found something else")]
    Proxy {
        /// The name of the environment variable; the value may have a password in it.
        variable: &'static str,
    },
    /// Root certificates that cannot be read.
    #[error("expected root certificates in PEM, found none or one that cannot be read")]
    RootCertificates,
    /// TLS cannot be set up, as where the system has no root certificates.
    #[error("cannot set up TLS: does the system have root certificates?")]
    Tls(
        /// The error of TLS.
        #[source]
        Box<dyn StdError + Send + Sync>,
    ),
    /// The feature `fips` is on, and rustls does not report that AWS-LC's FIPS module does all of its cryptography.
    #[error("expected TLS of AWS-LC's FIPS module, as the feature `fips` demands, found another")]
    Fips,
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

const MAX_RETRIES: u32 = 10;
const MAX_TIMEOUT: Duration = Duration::from_secs(3600);

const fn check_timeout(timeout: Duration) -> Result<(), RemoteConfigError> {
    if timeout.is_zero() || timeout.as_nanos() > MAX_TIMEOUT.as_nanos() {
        return Err(RemoteConfigError::Timeout { found: timeout, max: MAX_TIMEOUT });
    }
    Ok(())
}

fn read_roots(pem: &[u8]) -> Option<RootCertStore> {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(pem) {
        roots.add(certificate.ok()?).ok()?;
    }
    Some(roots)
}

/// The name that means this machine (RFC 6761 §6.3), whatever a resolver says.
pub(crate) const LOCALHOST: &str = "localhost";

/// The addresses of [`LOCALHOST`]; port 0 leaves the URL's port as it is.
pub(crate) const LOOPBACK: [SocketAddr; 2] =
    [SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0), SocketAddr::new(IpAddr::V6(Ipv6Addr::LOCALHOST), 0)];

fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host == LOCALHOST || address.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

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
