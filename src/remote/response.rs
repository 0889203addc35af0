//! Reading the session that Quiltt answers.

use reqwest::header::HeaderValue;

use super::{
    agreement::{self, Asked, TokenClaims},
    error::BodyError,
    members::Members,
    session::RemoteSession,
};
use crate::{
    http::bearer,
    id::ProfileId,
    mint::session::{Details, Session, SessionFormat},
    token::untrusted::UntrustedToken,
};

impl RemoteSession {
    /// Reads what Quiltt answers, in today's form or in that of 2021, as if it had been asked for nothing in particular:
    /// for tests, and for answers that were kept. A [`Session`] that was minted serialises so.
    ///
    /// # Errors
    ///
    /// No JSON object, a member that is missing (`token`, `userId`, `expiration`), or a wrong type.
    ///
    /// # Examples
    ///
    /// ```
    /// # use quiltt_session::*;
    /// # let secret = SigningSecret::demo();
    /// let minted = SessionSigner::builder(&secret).build()?.mint(ProfileId::random()?)?;
    /// let answer = RemoteSession::from_json(&serde_json::to_vec(&minted)?)?;
    /// assert_eq!(answer.into_session()?.token(), minted.token());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn from_json(body: &[u8]) -> Result<Self, BodyError> {
        session(body, Asked::default())
    }
}

/// Reads a session, in today's form or in that of 2021.
pub(crate) fn session(body: &[u8], asked: Asked<'_>) -> Result<RemoteSession, BodyError> {
    let members = Members::read(body)?;
    let token: String = match (members.optional("token", "a string")?, asked.token) {
        (Some(token), _) => token,
        (None, Some(token)) => token.to_owned(),
        (None, None) => return Err(BodyError::MissingMember("token")),
    };
    if token_header(&token).is_none() {
        return Err(BodyError::InvalidMember { name: "token", expected: "1 to 8192 visible ASCII characters" });
    }
    let claims = TokenClaims::read(&token);
    let details = Details {
        id: match claims.session_id() {
            Some(id) => id,
            None => members.required("id", "a hyphenated UUID")?,
        },
        user_id: members.required("userId", "a profile id (p_1… or a UUID)")?,
        expires_at: members.required("expiration", "an integer from 0 to 253402300799")?,
        environment_id: members
            .optional("environmentId", "an environment id (env_1… or a UUID)")?
            .or_else(|| claims.environment_id()),
        format: format(&members),
    };
    let session = Session::new(token, details);
    let disagreements = agreement::check(&session, &members, &claims, asked);
    Ok(RemoteSession::new(session, disagreements))
}

/// The header that presents a session token; `None` for a text that cannot be a token, whether a caller or a server has it.
pub(crate) fn token_header(token: &str) -> Option<HeaderValue> {
    if token.len() <= UntrustedToken::MAX_LENGTH { bearer(token) } else { None }
}

/// The form of the answer, so that a backend passes on what it would have passed on before.
fn format(members: &Members) -> SessionFormat {
    match members.text("userId") {
        Some(id) if !id.starts_with(ProfileId::PREFIX) => SessionFormat::Legacy,
        _ => SessionFormat::Standard,
    }
}
