//! How a client is built: everything that can be wrong with its settings is said here.

use std::{sync::Arc, time::Duration};

use rustls::{
    RootCertStore,
    pki_types::{CertificateDer, pem::PemObject},
};

use super::{
    api_secret::ApiSecret,
    base_url::BaseUrl,
    client::QuilttAuth,
    error::RemoteConfigError,
    transport::{Timeouts, Transport},
};

impl QuilttAuth {
    /// A client with the default settings; nothing is sent.
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
    /// Empty if one could not be read.
    roots: Option<RootCertStore>,
}

impl QuilttAuthBuilder {
    /// What the paths of the calls are appended to, for tests and proxies. `https://auth.quiltt.io` unless set.
    ///
    /// Plain http is taken for this machine only: 127.0.0.0/8, `[::1]` and `localhost`, which is then not looked up. The
    /// proxy of the environment (`HTTPS_PROXY`, or else `ALL_PROXY`, but for the hosts in `NO_PROXY`) is used for https,
    /// through a tunnel; SOCKS is not built in.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = url.into();
        self
    }

    /// How long one connection may take to be made: above 0 and up to an hour. 5 s unless set.
    pub const fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.timeouts.connect = timeout;
        self
    }

    /// How long one call may take, with all its retries: above 0 and up to an hour. 15 s unless set.
    pub const fn timeout(mut self, timeout: Duration) -> Self {
        self.timeouts.call = timeout;
        self
    }

    /// How often a call may be repeated where that is safe (see [`QuilttAuth`]): at most 10; 0 turns it off. 2 unless set.
    pub const fn retries(mut self, retries: u32) -> Self {
        self.retries = retries;
        self
    }

    /// The root certificates to trust instead of the system's, in PEM: where there are none, as in a container without a
    /// base image, or where a company's proxy answers with certificates of its own. Without a call of this, the environment
    /// variable `SSL_CERT_FILE` or `SSL_CERT_DIR` replaces the system's on Linux and BSD.
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
        let base_url = BaseUrl::parse(&self.base_url).map_err(RemoteConfigError::BaseUrl)?;
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
