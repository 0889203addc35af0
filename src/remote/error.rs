//! What can go wrong over the network, one enum per act.
//!
//! No variant holds a secret or a token, so any of them can be logged.

use std::{error::Error as StdError, io, iter, time::Duration};

use thiserror::Error;

use super::{
    refusal::{FieldMessages, RateLimit, Refusal, one_line, try_again},
    session::DisagreementError,
};

/// A call to Quiltt did not give what was asked.
///
/// The statuses are those that Quiltt documents for its calls. Whatever the body says, the status decides the variant.
///
/// # Examples
///
/// ```
/// # use quiltt_session::*;
/// # #[tokio::main]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let secret = ApiSecret::from_bytes("demo-api-secret")?;
/// let auth = QuilttAuth::builder(secret).base_url("http://127.0.0.1:8080").build()?;
/// let error = auth.check("no token").await.unwrap_err();
/// assert_eq!(error.to_string(), "expected a token of 1 to 8192 visible ASCII characters, found another text");
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum RemoteError {
    /// 401: the API secret or the session token is wrong, expired or revoked; perhaps by this very call, if it is a
    /// [`revoke`](crate::QuilttAuth::revoke) that was repeated.
    #[error("expected a credential that Quiltt takes, found it refused (401){}", .0.suffix())]
    NotAuthenticated(Refusal),
    /// 403: the credential is good, but not for this.
    #[error("expected an API key that may do this, found it forbidden (403){}", .0.suffix())]
    Forbidden(Refusal),
    /// 409: in the way of what is there already, such as a user with the same id.
    #[error("expected no conflict with what Quiltt has, found one (409){}", .0.suffix())]
    Conflict(Refusal),
    /// 422: attributes that Quiltt does not take, and why.
    #[error("{}", .0.in_words())]
    Validation(FieldMessages),
    /// 429: too many calls; 10 sessions an hour and 20 a day are documented for each profile.
    #[error("expected fewer calls, found too many (429){}", .0.suffix())]
    RateLimited(RateLimit),
    /// 500 to 599: Quiltt, or a proxy before it, failed.
    #[error("expected Quiltt to answer, found that it failed ({status}){}{}", try_again(*.retry_after), .refusal.suffix())]
    Server {
        /// The status.
        status: u16,
        /// How long to wait, as for a [`RateLimit`].
        retry_after: Option<Duration>,
        /// What came with it.
        refusal: Refusal,
    },
    /// Any other status, such as a redirect: none is followed.
    #[error("expected a status that Quiltt documents, found {status}{}", .refusal.suffix())]
    UnexpectedStatus {
        /// The status.
        status: u16,
        /// What came with it.
        refusal: Refusal,
    },
    /// 401, 403 or 409 with a body that is not JSON, such as the page of a firewall, proxy or captive portal: Quiltt has
    /// not judged the credential.
    #[error("expected Quiltt to answer, found an answer ({status}) of something before it, such as a proxy")]
    NotQuiltt {
        /// The status.
        status: u16,
    },
    /// No connection, or one that broke.
    #[error(transparent)]
    Transport(#[from] TransportError),
    /// The whole call, with its retries, took too long. Quiltt may have done what was asked all the same.
    #[error("expected an answer within {limit:?}, found none")]
    TimedOut {
        /// The time-out that was set.
        limit: Duration,
    },
    /// A success whose body is not what Quiltt documents. Quiltt may have done what was asked.
    #[error(transparent)]
    Body(#[from] BodyError),
    /// The text passed as a token cannot be one: nothing was sent.
    #[error("expected a token of 1 to {max} visible ASCII characters, found another text")]
    InvalidToken {
        /// The greatest length taken, in bytes.
        max: usize,
    },
    /// The answer contradicts itself or what was asked; from [`RemoteSession::into_session`](crate::RemoteSession::into_session).
    #[error(transparent)]
    Disagreement(#[from] DisagreementError),
    /// The call was polled where no tokio runtime is, or its runtime was shut down.
    #[error("expected to run in a tokio runtime, found none")]
    NoRuntime,
}

/// A connection could not be made or did not last.
///
/// The text ends with the cause, as the system, TLS or the proxy names it; it names no URL and no header.
///
/// # Examples
///
/// ```
/// # use quiltt_session::*;
/// # #[tokio::main]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
/// # let secret = ApiSecret::from_bytes("demo-api-secret")?;
/// # let auth = QuilttAuth::builder(secret).base_url(format!("http://127.0.0.1:{port}")).retries(0).build()?;
/// // Nobody listens at this client's base URL.
/// let error = auth.api_key().await.unwrap_err();
/// assert!(matches!(error, RemoteError::Transport(_)));
/// assert!(error.to_string().starts_with("expected a connection, found that none can be made: "));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Error)]
#[error("{reason}: {cause}")]
pub struct TransportError {
    reason: TransportReason,
    cause: String,
}

impl TransportError {
    /// How far it came, and with it whether Quiltt may have done what was asked.
    #[must_use]
    pub const fn reason(&self) -> TransportReason {
        self.reason
    }
}

/// How far a connection came; see [`TransportError`].
///
/// # Examples
///
/// ```no_run
/// # use quiltt_session::*;
/// # async fn example(auth: &QuilttAuth) {
/// if let Err(RemoteError::Transport(error)) = auth.create_session(NewSession::for_new_user()).await {
///     let may_exist = error.reason() == TransportReason::Interrupted;
///     eprintln!("{error}{}", if may_exist { ": the user may exist all the same" } else { "" });
/// }
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum TransportReason {
    /// Not made: the name is unknown, the connection refused or too slow. Nothing was sent.
    #[error("expected a connection, found that none can be made")]
    Connect,
    /// Not trusted: no TLS, or a certificate that is not for this host. Nothing was sent.
    #[error("expected a server that TLS can trust, found another one")]
    Tls,
    /// Broken before the answer was complete. Quiltt may have done what was asked all the same.
    #[error("expected a whole answer, found the connection broken")]
    Interrupted,
}

impl From<reqwest::Error> for TransportError {
    fn from(error: reqwest::Error) -> Self {
        let error = error.without_url();
        let reason = match error.is_connect() {
            true if causes(&error).any(|cause| cause.is::<rustls::Error>()) => TransportReason::Tls,
            true => TransportReason::Connect,
            false => TransportReason::Interrupted,
        };
        let cause = causes(&error).last().map(ToString::to_string);
        Self { reason, cause: one_line(&cause.unwrap_or_else(|| error.to_string())) }
    }
}

/// The error and its causes. An `io::Error` leaves the error that it wraps out of its `source()`.
fn causes<'e>(error: &'e (dyn StdError + 'static)) -> impl Iterator<Item = &'e (dyn StdError + 'static)> {
    iter::successors(Some(error), |&error| match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        Some(wrapped) => Some(wrapped),
        None => error.source(),
    })
}

/// The body of a success is not what Quiltt documents.
///
/// # Examples
///
/// ```
/// use quiltt_session::{BodyError, RemoteError};
///
/// let error = RemoteError::from(BodyError::MissingMember("userId"));
/// assert_eq!(error.to_string(), "expected the member \"userId\" in the body, found none");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum BodyError {
    /// Longer than any answer of Quiltt's; the rest was not read.
    #[error("expected a body of at most {max} bytes, found more")]
    TooLong {
        /// The greatest length taken, in bytes.
        max: usize,
    },
    /// A `Content-Type` other than JSON's, as of a captive portal's page.
    #[error("expected a body of the type application/json, found another one")]
    ContentType,
    /// Not one JSON object.
    #[error("expected a JSON object as the body, found something else")]
    NotJsonObject,
    /// A member that is required and not there.
    #[error("expected the member {0:?} in the body, found none")]
    MissingMember(
        /// The name of the member.
        &'static str,
    ),
    /// A member of the wrong type or form; never read as absent.
    #[error("expected the member {name:?} of the body to be {expected}, found something else")]
    InvalidMember {
        /// The name of the member.
        name: &'static str,
        /// What it has to be.
        expected: &'static str,
    },
}

/// A [`QuilttAuth`](crate::QuilttAuth) cannot be built from these settings.
///
/// # Examples
///
/// ```
/// # use quiltt_session::*;
/// let secret = ApiSecret::from_bytes("demo-api-secret")?;
/// let error = QuilttAuth::builder(secret).base_url("https://user@auth.quiltt.io").build().unwrap_err();
/// assert!(matches!(error, RemoteConfigError::BaseUrl(BaseUrlReason::Credentials)));
/// # Ok::<(), SecretError>(())
/// ```
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum RemoteConfigError {
    /// An address that no credential may be sent to.
    #[error("expected a base URL such as https://auth.quiltt.io, found {0}")]
    BaseUrl(
        /// What is wrong with it.
        BaseUrlReason,
    ),
    /// A time-out of nothing, or of more than an hour.
    #[error("expected a time-out above 0 and of at most {max:?}, found {found:?}")]
    Timeout {
        /// What was asked for.
        found: Duration,
        /// The greatest time-out.
        max: Duration,
    },
    /// More retries than any outage asks for.
    #[error("expected at most {max} retries, found {found}")]
    Retries {
        /// What was asked for.
        found: u32,
        /// The greatest number.
        max: u32,
    },
    /// A proxy of the environment that is no URL: calls would pass it by.
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
        /// What TLS said.
        #[source]
        Box<dyn StdError + Send + Sync>,
    ),
    /// The feature `fips` is on, and rustls does not report that AWS-LC's FIPS module does all of its cryptography.
    #[error("expected TLS of AWS-LC's FIPS module, as the feature `fips` demands, found another")]
    Fips,
}

/// Why a base URL was refused; see [`RemoteConfigError::BaseUrl`].
///
/// # Examples
///
/// ```
/// # use quiltt_session::*;
/// # let secret = ApiSecret::from_bytes("demo-api-secret")?;
/// let reason = match QuilttAuth::builder(secret).base_url("http://auth.quiltt.io").build() {
///     Err(RemoteConfigError::BaseUrl(reason)) => Some(reason),
///     _ => None,
/// };
/// assert_eq!(reason, Some(BaseUrlReason::PlainHttp), "the secret would travel in the clear");
/// # Ok::<(), SecretError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum BaseUrlReason {
    /// No URL with a host.
    #[error("no URL with a host")]
    NotAUrl,
    /// Neither https nor http.
    #[error("another scheme")]
    Scheme,
    /// Plain http to a host other than 127.0.0.0/8, `[::1]` or `localhost`: the secret would travel in the clear.
    #[error("plain http to another machine")]
    PlainHttp,
    /// A user name or password: the only credentials are the API secret and tokens.
    #[error("a user name or password")]
    Credentials,
    /// A query or fragment, which paths cannot be appended to.
    #[error("a query or fragment")]
    QueryOrFragment,
}

/// An attribute of a user is not of the published form. What it was is not told: it is personal data.
///
/// # Examples
///
/// ```
/// use quiltt_session::PhoneNumber;
///
/// let error = "415-555-0100".parse::<PhoneNumber>().unwrap_err();
/// assert_eq!(error.to_string(), "expected a telephone number such as +14155550100 (E.164), found another form");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum AttributeError {
    /// A telephone number that is not in the form of E.164.
    #[error("expected a telephone number such as +14155550100 (E.164), found another form")]
    Phone,
    /// A date that the calendar does not have, or of another form.
    #[error("expected a date of the calendar such as 1990-12-31, found something else")]
    Date,
    /// No metadata key, or too many.
    #[error("expected 1 to {max} metadata keys, found another number")]
    MetadataKeys {
        /// The greatest number of keys.
        max: usize,
    },
    /// The same metadata key twice.
    #[error("expected each metadata key once, found one twice")]
    MetadataRepeated,
}
