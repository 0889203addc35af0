//! The errors of a client and of a call. No variant holds a secret or a token, so each may be logged.

use std::{error::Error as StdError, io, iter, time::Duration};

use thiserror::Error;

use super::{
    members::BodyError,
    refusal::{FieldMessages, RateLimit, Refusal, one_line, try_again},
    session::DisagreementError,
};

/// A call to Quiltt failed.
///
/// Quiltt documents 401, 403, 409, 422 and 429. The status decides the variant; only a body that is not JSON makes some of
/// them [`NotQuiltt`](Self::NotQuiltt).
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
    /// 401: the API secret or the session token is wrong, expired or revoked; perhaps by this very call, if that was a repeated
    /// [`revoke`](crate::QuilttAuth::revoke).
    #[error("expected a credential that Quiltt takes, found it refused (401){}", .0.suffix())]
    NotAuthenticated(Refusal),
    /// 403: the credential is good, but not for this.
    #[error("expected an API key that may do this, found it forbidden (403){}", .0.suffix())]
    Forbidden(Refusal),
    /// 409: a conflict with existing data, such as a user with the same id.
    #[error("expected no conflict with what Quiltt has, found one (409){}", .0.suffix())]
    Conflict(Refusal),
    /// 422: a request, as a rule its attributes, that Quiltt does not take, and why.
    #[error("expected a request that Quiltt takes, found it refused (422){}", .0.suffix())]
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
        /// The words that came with the status.
        refusal: Refusal,
    },
    /// Any other status, such as a redirect: none is followed.
    #[error("expected a status that Quiltt documents, found {status}{}", .refusal.suffix())]
    UnexpectedStatus {
        /// The status.
        status: u16,
        /// The words that came with the status.
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
    /// A success with another body than Quiltt documents. Quiltt may have done what was asked.
    #[error(transparent)]
    Body(#[from] BodyError),
    /// The text passed as a token cannot be one: nothing was sent.
    #[error("expected a token of 1 to {max} visible ASCII characters, found another text")]
    InvalidToken {
        /// The maximum length, in bytes.
        max: usize,
    },
    /// The answer contradicts itself or what was asked; from [`RemoteSession::into_session`](crate::RemoteSession::into_session).
    #[error(transparent)]
    Disagreement(#[from] DisagreementError),
    /// The call was polled where no tokio runtime is, or its runtime was shut down.
    #[error("expected to run in a tokio runtime, found none")]
    NoRuntime,
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

/// A connection could not be made or did not last.
///
/// The error's text ends with the cause in the words of the system, TLS or the proxy, and shows no URL and no header.
#[derive(Debug, Error)]
#[error("{reason}: {cause}")]
pub struct TransportError {
    reason: TransportReason,
    cause: String,
}

impl TransportError {
    /// How far the connection came, which tells whether Quiltt may have done what was asked.
    #[must_use]
    pub const fn reason(&self) -> TransportReason {
        self.reason
    }
}

/// How far a connection came; see [`TransportError`].
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
