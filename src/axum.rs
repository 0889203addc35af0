//! Sessions in axum: [`VerifiedSession`] as an extractor, [`Session`] and [`ClientSession`] as
//! responses (feature `axum`).

use std::sync::Arc;

use axum_core::{
    extract::{FromRef, FromRequestParts, OptionalFromRequestParts},
    response::{IntoResponse, Response},
};
use http::{
    HeaderMap, StatusCode,
    header::{AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, WWW_AUTHENTICATE},
    request::Parts,
};
use serde::Serialize;
use thiserror::Error;

use crate::{
    error::{CustomClaimsError, ParseTokenError, VerifyError},
    mint::session::{ClientSession, Session},
    token::untrusted::UntrustedToken,
    verify::{SessionVerifier, VerifiedSession},
};

const JSON: &str = "application/json";

/// The session of a request: its `Authorization: Bearer …`, verified at the system clock's time (feature `axum`).
///
/// The state has, or is, the `Arc<SessionVerifier>`. Where requests' headers are logged, the layer
/// `SetSensitiveRequestHeadersLayer` of tower-http, outside of the one that logs, keeps tokens out.
///
/// # Errors
///
/// No such header, `Basic …`, two of them, or a token that the verifier refuses: see [`SessionRejection`].
///
/// # Examples
///
/// ```
/// # use quiltt_session::*;
/// use std::sync::Arc;
///
/// use axum::{Router, routing::get};
///
/// async fn me(session: VerifiedSession) -> String {
///     session.user_id().to_string()
/// }
/// let verifier = SessionVerifier::builder(SigningSecret::demo()).build()?;
/// let router: Router = Router::new().route("/me", get(me)).with_state(Arc::new(verifier));
/// # Ok::<(), ConfigError>(())
/// ```
impl<S: Send + Sync> FromRequestParts<S> for VerifiedSession
where
    Arc<SessionVerifier>: FromRef<S>,
{
    type Rejection = SessionRejection;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, SessionRejection> {
        verified(&parts.headers, &Arc::from_ref(state))
    }
}

/// `Option<VerifiedSession>`: `None` for a request without a header `Authorization`; a bad one is refused all the same.
impl<S: Send + Sync> OptionalFromRequestParts<S> for VerifiedSession
where
    Arc<SessionVerifier>: FromRef<S>,
{
    type Rejection = SessionRejection;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Option<Self>, SessionRejection> {
        match verified(&parts.headers, &Arc::from_ref(state)) {
            Err(SessionRejection::Missing) => Ok(None),
            result => result.map(Some),
        }
    }
}

fn verified(headers: &HeaderMap, verifier: &SessionVerifier) -> Result<VerifiedSession, SessionRejection> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let value = values.next().ok_or(SessionRejection::Missing)?;
    if values.next().is_some() {
        return Err(SessionRejection::Several);
    }
    let token = UntrustedToken::from_authorization(value).map_err(VerifyError::from)?;
    Ok(verifier.verify_untrusted(&token)?)
}

/// Why a request has no [`VerifiedSession`] (feature `axum`).
///
/// As a response it is 401 with Quiltt's JSON for errors, `{"message","instruction"}`, and `WWW-Authenticate: Bearer
/// error="invalid_token"`; without the `error` where no token came, and 400 with `error="invalid_request"` where several
/// headers did (RFC 6750 §3.1). The reason is for your log alone: a forger reads the same bytes whatever was wrong with a
/// token. If this machine's own clock fails, the response is 500.
///
/// # Examples
///
/// A body of your own, and the reason in the log:
///
/// ```
/// use axum::{http::StatusCode, response::IntoResponse};
/// use quiltt_session::{SessionRejection, VerifiedSession};
///
/// async fn me(session: Result<VerifiedSession, SessionRejection>) -> Result<String, impl IntoResponse> {
///     session.map(|session| session.user_id().to_string()).map_err(|reason| {
///         eprintln!("refused: {reason}");
///         (StatusCode::UNAUTHORIZED, "sign in first")
///     })
/// }
/// # let router = axum::Router::<std::sync::Arc<quiltt_session::SessionVerifier>>::new();
/// # router.route("/", axum::routing::get(me));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SessionRejection {
    /// No header `Authorization`.
    #[error("expected a header \"Authorization\", found none")]
    Missing,
    /// More than one header `Authorization`: which of them counts would be a guess.
    #[error("expected one header \"Authorization\", found several")]
    Several,
    /// No valid session in the header: another scheme than `Bearer`, or a token that the verifier refuses.
    #[error(transparent)]
    Refused(#[from] VerifyError),
    /// A valid session with other claims of your own than [`custom_as`](crate::Claims::custom_as) was to read.
    #[error(transparent)]
    CustomClaims(#[from] CustomClaimsError),
    /// A valid session that was signed out of or revoked: for an extractor of your own, since no verifier knows.
    #[error("expected a session that goes on, found a revoked one")]
    Revoked,
}

impl SessionRejection {
    /// The reason in a word that stays the same in all versions: `no_credentials`, `several_headers`, `bad_claims`,
    /// `revoked`, or that of [`VerifyError::code`].
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Missing => "no_credentials",
            Self::Several => "several_headers",
            Self::Refused(error) => error.code(),
            Self::CustomClaims(_) => "bad_claims",
            Self::Revoked => "revoked",
        }
    }
}

impl IntoResponse for SessionRejection {
    fn into_response(self) -> Response {
        use ParseTokenError::{NoCredentials, NotBearer};

        let (status, challenge, body) = match self {
            Self::Refused(VerifyError::Clock(_)) => {
                let body = r#"{"message":"Internal server error","instruction":"Try again later"}"#;
                return (StatusCode::INTERNAL_SERVER_ERROR, [(CONTENT_TYPE, JSON)], body).into_response();
            }
            Self::Several => (StatusCode::BAD_REQUEST, r#"Bearer error="invalid_request""#, SEVERAL),
            Self::Missing | Self::Refused(VerifyError::Token(NoCredentials | NotBearer)) => {
                (StatusCode::UNAUTHORIZED, "Bearer", UNAUTHENTICATED)
            }
            Self::Refused(_) | Self::CustomClaims(_) | Self::Revoked => {
                (StatusCode::UNAUTHORIZED, r#"Bearer error="invalid_token""#, UNAUTHENTICATED)
            }
        };
        (status, [(WWW_AUTHENTICATE, challenge), (CONTENT_TYPE, JSON)], body).into_response()
    }
}

const SEVERAL: &str = r#"{"message":"Bad request","instruction":"Send one header `Authorization`, not several"}"#;
const UNAUTHENTICATED: &str =
    r#"{"message":"Unauthenticated","instruction":"Send a session's token: `Authorization: Bearer TOKEN`"}"#;

/// 201 with the session's JSON, which no cache may keep, whatever the method: `(StatusCode::OK, session)` is 200 (feature
/// `axum`).
impl<T: AsRef<str>> IntoResponse for Session<T> {
    fn into_response(self) -> Response {
        session_response(StatusCode::CREATED, &self)
    }
}

/// 200 with the session's JSON, which no cache may keep (feature `axum`).
impl<T: AsRef<str>> IntoResponse for ClientSession<T> {
    fn into_response(self) -> Response {
        session_response(StatusCode::OK, &self)
    }
}

#[expect(clippy::expect_used, reason = "a session is an object of texts and numbers")]
fn session_response(status: StatusCode, session: &impl Serialize) -> Response {
    let body = serde_json::to_vec(session).expect("a session is JSON");
    (status, [(CONTENT_TYPE, JSON), (CACHE_CONTROL, "no-store")], body).into_response()
}
