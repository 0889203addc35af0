//! The client: its settings, and one method for each call of Quiltt's guide.

use std::{fmt, sync::Arc, time::Duration};

use reqwest::{
    Method,
    header::{CONTENT_TYPE, HeaderValue},
};
use rustls::{
    RootCertStore,
    pki_types::{CertificateDer, pem::PemObject},
};

use super::{
    api_key::ApiKey,
    api_secret::ApiSecret,
    error::{RemoteConfigError, RemoteError},
    headers::retry_after,
    members::{BodyError, Members},
    refusal::{FieldMessages, RateLimit, Refusal},
    request::NewSession,
    session::{RemoteSession, token_header},
    transport::{BaseUrl, Call, Reply, Timeouts, Transport},
};
use crate::{time::UnixTime, token::untrusted::UntrustedToken};

/// Creates, checks and revokes sessions over the network, with the secret of an API key.
///
/// Clones of a client share its connections. At most 128 calls are under way at once; further calls wait. Every call ends in
/// time, reads at most 64 KiB, follows no redirect, and runs as a task of its own in a tokio runtime with I/O and time enabled.
/// One runtime is best: no connection is kept from one runtime to another. A test that pauses tokio's clock sees calls time
/// out at once.
///
/// | method | Quiltt's call | credential | repeated if no connection was made | repeated after a broken one, or 502 to 504 | gives |
/// |---|---|---|---|---|---|
/// | [`create_session`](Self::create_session) | `POST /v1/users/sessions` | API secret | yes | no | [`RemoteSession`] |
/// | [`check`](Self::check) | `GET /v1/users/session` | token | yes | yes | [`RemoteSession`] |
/// | [`introspect`](Self::introspect) | `POST /v1/introspect/session_token` | token | yes | yes | [`RemoteSession`] |
/// | [`revoke`](Self::revoke) | `DELETE /v1/users/session` | token | yes | yes | [`Revocation`] |
/// | [`api_key`](Self::api_key) | `POST /v1/introspect/api_key` | API secret | yes | yes | [`ApiKey`] |
///
/// Between attempts the client waits 50 to 100 ms, then 100 to 200 ms and so on up to 2 s, or for as long as a `Retry-After`
/// says; never past the end of the call. No time-out and no 429 is retried.
///
/// # Security
///
/// The API secret is wiped when the last clone is dropped; [`ApiSecret`] lists the copies that are not. No `Debug` and no
/// error shows the API secret or a token. Dropping a call's future closes its connection; whether Quiltt did what was asked is
/// then unknown.
///
/// # Examples
///
/// ```no_run
/// use quiltt_session::{ApiSecret, NewSession, QuilttAuth, Revocation};
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let auth = QuilttAuth::new(ApiSecret::from_env("QUILTT_API_SECRET")?)?;
/// let session = auth.create_session(NewSession::for_new_user()).await?.into_session()?;
/// assert_eq!(auth.check(session.token()).await?.session().user_id(), session.user_id());
/// assert_eq!(auth.revoke(session.token()).await?, Revocation::Revoked);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct QuilttAuth {
    secret: Arc<ApiSecret>,
    transport: Arc<Transport>,
}

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

    /// Creates a session, and a new user beside if the session is for one.
    ///
    /// # Errors
    ///
    /// An API secret or attributes that Quiltt refuses, a user id that is taken, an eleventh session for
    /// a user within an hour, or anything else of [`RemoteError`]. After a time-out or a broken connection the session
    /// may exist all the same.
    pub async fn create_session(&self, new: NewSession) -> Result<RemoteSession, RemoteError> {
        let reply = self.ask((Method::POST, "/v1/users/sessions"), self.secret.expose(), Some(new.to_json())).await?;
        Ok(RemoteSession::read(json(&reply)?, None, new.user_id())?)
    }

    /// Checks a session token, as a client of Quiltt's would.
    ///
    /// # Errors
    ///
    /// [`RemoteError::NotAuthenticated`] if the token is wrong, expired or revoked, or anything else of [`RemoteError`].
    pub async fn check(&self, token: &str) -> Result<RemoteSession, RemoteError> {
        self.session_of((Method::GET, "/v1/users/session"), token).await
    }

    /// Checks a session token through Quiltt's introspection, whose answer is that of [`check`](Self::check).
    ///
    /// # Errors
    ///
    /// As for [`check`](Self::check).
    pub async fn introspect(&self, token: &str) -> Result<RemoteSession, RemoteError> {
        self.session_of((Method::POST, "/v1/introspect/session_token"), token).await
    }

    /// Revokes a session: Quiltt refuses its token from then on. A token that was not active is no error.
    ///
    /// Quiltt documents 204. A 200 with no body, or with a JSON object that reports no error, is taken as well. Whether
    /// Quiltt lets self-signed sessions be revoked is not public.
    ///
    /// # Errors
    ///
    /// - [`RemoteError::NotAuthenticated`] if the token is refused (401) after an attempt that failed half-way, such as with
    ///   a 502, or without Quiltt's own JSON: whether the session was revoked just now, or was not active before, is not
    ///   known; [`check`](Self::check) tells whether Quiltt still takes the token;
    /// - [`RemoteError::UnexpectedStatus`] for a 202, or a 200 that reports an error; [`RemoteError::Body`] for a 200 with
    ///   a page of a captive portal;
    /// - or anything else of [`RemoteError`].
    pub async fn revoke(&self, token: &str) -> Result<Revocation, RemoteError> {
        let reply = self.send((Method::DELETE, "/v1/users/session"), token, None).await?;
        match refuse_failure(&reply, token) {
            Ok(()) => confirm_revocation(&reply, token),
            Err(RemoteError::NotAuthenticated(refusal)) if is_quiltts(&reply) && !reply.is_repetition => {
                Ok(Revocation::NotActive(refusal))
            }
            Err(error) => Err(error),
        }
    }

    /// Returns the API key's own id and environment, which a signer needs for `cid` and `eid`, and more that Quiltt tells.
    ///
    /// # Errors
    ///
    /// An API secret that Quiltt refuses, or anything else of [`RemoteError`].
    pub async fn api_key(&self) -> Result<ApiKey, RemoteError> {
        let reply = self.ask((Method::POST, "/v1/introspect/api_key"), self.secret.expose(), None).await?;
        Ok(ApiKey::from_json(json(&reply)?)?)
    }

    /// Returns Quiltt's time as of the last answer to this client or a clone, from the header `Date` (RFC 9110 §6.6.1); `None`
    /// before the first answer that has one.
    ///
    /// If this host's clock is ahead of that time, Quiltt takes new tokens for not yet valid:
    /// [`backdate`](crate::SessionSignerBuilder::backdate) helps.
    #[must_use]
    pub fn server_time(&self) -> Option<UnixTime> {
        self.transport.server_time()
    }

    async fn session_of(&self, endpoint: Endpoint, token: &str) -> Result<RemoteSession, RemoteError> {
        let reply = self.ask(endpoint, token, None).await?;
        Ok(RemoteSession::read(json(&reply)?, Some(token), None)?)
    }

    /// Returns the reply if its status is a success.
    async fn ask(&self, endpoint: Endpoint, credential: &str, body: Option<Vec<u8>>) -> Result<Reply, RemoteError> {
        let reply = self.send(endpoint, credential, body).await?;
        refuse_failure(&reply, credential)?;
        Ok(reply)
    }

    /// Returns the reply, whatever its status is. `credential`: a token, or the API secret, which always fits a header.
    async fn send(&self, endpoint: Endpoint, credential: &str, body: Option<Vec<u8>>) -> Result<Reply, RemoteError> {
        const INVALID: RemoteError = RemoteError::InvalidToken { max: UntrustedToken::MAX_LENGTH };

        let (method, path) = endpoint;
        let authorization = token_header(credential).ok_or(INVALID)?;
        self.transport.send(Call { method, path, authorization, body }).await
    }
}

impl fmt::Debug for QuilttAuth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("QuilttAuth")
            .field("base_url", &self.transport.base_url)
            .field("timeouts", &self.transport.timeouts)
            .field("retries", &self.transport.retries)
            .finish_non_exhaustive()
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
        Ok(QuilttAuth { secret: Arc::new(self.secret), transport: Arc::new(transport) })
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

/// The outcome of [`QuilttAuth::revoke`](crate::QuilttAuth::revoke); either way Quiltt does not take the token.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "the token may not have been active, so that nothing was revoked"]
#[non_exhaustive]
pub enum Revocation {
    /// Quiltt says that the session is revoked.
    Revoked,
    /// Quiltt refused the token (401) at the first attempt: the token is wrong, expired or revoked already, so this call has
    /// revoked nothing.
    NotActive(
        /// Quiltt's words.
        Refusal,
    ),
}

/// Method and path of a call.
type Endpoint = (Method, &'static str);

/// Returns the error that a status stands for, unless the status is a success.
fn refuse_failure(reply: &Reply, credential: &str) -> Result<(), RemoteError> {
    let refusal = || Refusal::read(&reply.body, credential);
    Err(match reply.status.as_u16() {
        200..=299 => return Ok(()),
        status @ (401 | 403 | 409) if !may_be_quiltts(reply) => RemoteError::NotQuiltt { status },
        401 => RemoteError::NotAuthenticated(refusal()),
        403 => RemoteError::Forbidden(refusal()),
        409 => RemoteError::Conflict(refusal()),
        422 => RemoteError::Validation(FieldMessages::read(&reply.body, credential)),
        429 => RemoteError::RateLimited(RateLimit::read(&reply.headers, refusal())),
        status @ 500..=599 => {
            RemoteError::Server { status, retry_after: retry_after(&reply.headers), refusal: refusal() }
        }
        status => RemoteError::UnexpectedStatus { status, refusal: refusal() },
    })
}

/// Whether Quiltt may have sent the reply: a JSON object, or nothing at all.
fn may_be_quiltts(reply: &Reply) -> bool {
    json(reply).is_ok_and(|body| body.is_empty() || Members::read(body).is_ok())
}

/// Whether the reply has the form of Quiltt's own errors.
fn is_quiltts(reply: &Reply) -> bool {
    Members::read(&reply.body).is_ok_and(|members| members.text("message").is_some())
}

/// Takes a successful reply for a revocation only if that reply is documented, or reports no error.
fn confirm_revocation(reply: &Reply, token: &str) -> Result<Revocation, RemoteError> {
    let is_clean = match reply.status.as_u16() {
        204 => true,
        200 => reply.body.is_empty() || !Members::read(json(reply)?)?.report_an_error(),
        _ => false,
    };
    match is_clean {
        true => Ok(Revocation::Revoked),
        false => Err(RemoteError::UnexpectedStatus {
            status: reply.status.as_u16(),
            refusal: Refusal::read(&reply.body, token),
        }),
    }
}

/// Returns the body if its type is JSON's, or if the reply names no type.
fn json(reply: &Reply) -> Result<&[u8], BodyError> {
    let is_json = |value: &HeaderValue| {
        let Ok(text) = value.to_str() else { return false };
        let essence = text.split_once(';').map_or(text, |(essence, _parameters)| essence);
        essence.trim().eq_ignore_ascii_case("application/json")
    };
    match reply.headers.get(CONTENT_TYPE) {
        Some(value) if !is_json(value) => Err(BodyError::ContentType),
        _ => Ok(&reply.body),
    }
}
