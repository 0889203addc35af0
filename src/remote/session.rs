//! A session that Quiltt created or knows: read, and compared with its token and with the request.

use reqwest::header::HeaderValue;
use thiserror::Error;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use super::members::{BodyError, Members};
use crate::{
    http::bearer,
    id::ProfileId,
    mint::session::{Details, Session, SessionFormat},
    time::UnixTime,
    token::untrusted::UntrustedToken,
};

/// A [`Session`] that Quiltt answered, with all contradictions in the answer.
///
/// The token repeats parts of the answer, and both repeat parts of the request. In honest answers all agree, so a backend wants
/// [`into_session`](Self::into_session); [`disagreements`](Self::disagreements) lists the contradictions before. Nothing here
/// verifies the token: TLS with Quiltt is all that speaks for the token. There is no `Serialize`, so that no client is answered
/// with a session that nobody looked at.
///
/// # Examples
///
/// ```no_run
/// # use quiltt_session::*;
/// # async fn create(auth: &QuilttAuth) -> Result<Session, RemoteError> {
/// let answer = auth.create_session(NewSession::for_new_user()).await?;
/// for disagreement in answer.disagreements() {
///     eprintln!("session {}: {disagreement}", answer.session().id());
/// }
/// Ok(answer.into_session()?)
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use = "the session may contradict itself or what was asked"]
pub struct RemoteSession {
    session: Session,
    disagreements: Vec<Disagreement>,
}

impl RemoteSession {
    /// Reads an answer of Quiltt's, in today's form or in that of 2021, and compares it with no request: for tests, and for
    /// answers that were kept. A minted [`Session`] serialises in today's form.
    ///
    /// # Errors
    ///
    /// No JSON object, a member that is missing (`token`, `userId`, `expiration`), or a wrong type.
    pub fn from_json(body: &[u8]) -> Result<Self, BodyError> {
        Self::read(body, None, None)
    }

    /// The session: user and expiry of the answer, id of the token.
    #[must_use]
    pub const fn session(&self) -> &Session {
        &self.session
    }

    /// The contradictions; none, as a rule.
    #[must_use]
    pub fn disagreements(&self) -> &[Disagreement] {
        &self.disagreements
    }

    /// The session, if nothing contradicts it.
    ///
    /// # Errors
    ///
    /// A token for another user or of another expiry than the answer says, or anything else of [`Disagreement`].
    pub fn into_session(self) -> Result<Session, DisagreementError> {
        match self.disagreements.is_empty() {
            true => Ok(self.session),
            false => Err(DisagreementError { disagreements: self.disagreements }),
        }
    }

    /// The session, whatever contradicts it: to revoke the session, say.
    #[must_use]
    pub fn into_session_despite_disagreements(self) -> Session {
        self.session
    }

    /// Reads a session, in today's form or in that of 2021. `token` and `user`: those that were asked about.
    pub(crate) fn read(body: &[u8], token: Option<&str>, user: Option<ProfileId>) -> Result<Self, BodyError> {
        let (answer, asked) = (Members::read(body)?, token);
        let token: Option<String> = answer.optional("token", "a string")?;
        let token = token.or_else(|| asked.map(str::to_owned)).ok_or(BodyError::MissingMember("token"))?;
        if token_header(&token).is_none() {
            return Err(BodyError::InvalidMember { name: "token", expected: "1 to 8192 visible ASCII characters" });
        }
        let claims = untrusted_claims(&token);
        let claim = |name| claims.as_ref()?.text(name);
        let details = Details {
            id: match claim("jti").and_then(|id| id.parse().ok()) {
                Some(id) => id,
                None => answer.required("id", "a hyphenated UUID")?,
            },
            user_id: answer.required("userId", "a profile id (p_1… or a UUID)")?,
            issued_at: claims.as_ref().and_then(|claims| claims.optional("iat", "seconds").ok()?),
            expires_at: answer.required("expiration", "an integer from 0 to 253402300799")?,
            environment_id: answer
                .optional("environmentId", "an environment id (env_1… or a UUID)")?
                .or_else(|| claim("eid")?.parse().ok()),
            format: SessionFormat::Standard,
        };
        let session = Session { token, details };
        let disagreements = disagreements(&session, &answer, claims.as_ref(), asked, user);
        Ok(Self { session, disagreements })
    }
}

/// A contradiction in a session that Quiltt answered; see [`RemoteSession`].
///
/// A missing member contradicts nothing: an answer without `userUuid`, or a token without a user, such as some of version 2.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Error)]
#[non_exhaustive]
pub enum Disagreement {
    /// The token of the answer is not the one that was asked about.
    #[error("another token than was asked about")]
    RequestedToken,
    /// The user of the answer is not the one that the session was asked for.
    #[error("another user than was asked for")]
    RequestedUser,
    /// The token's claims cannot be read, so nothing can be compared with them.
    #[error("a token whose claims cannot be read")]
    UnreadableToken,
    /// The token's `exp` is missing, or is not the answer's `expiration`.
    #[error("another expiry in the token")]
    Expiry,
    /// The token's `sub` or `uid` is not the answer's `userId`.
    #[error("another user in the token")]
    User,
    /// The token's `eid` is not the answer's `environmentId`.
    #[error("another environment in the token")]
    Environment,
    /// The token's `jti` is not the answer's `id`.
    #[error("another session id in the token")]
    SessionId,
    /// The answer's `userUuid` is not its `userId`.
    #[error("another user in the member \"userUuid\"")]
    UserUuid,
    /// The answer's `expiresAt` is not its `expiration`.
    #[error("another expiry in the member \"expiresAt\"")]
    ExpiresAt,
}

/// A session contradicts itself or what was asked; see [`RemoteSession`](crate::RemoteSession).
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error(
    "expected a session that agrees with itself, found {}",
    .disagreements.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
)]
pub struct DisagreementError {
    disagreements: Vec<Disagreement>,
}

impl DisagreementError {
    /// The contradictions; at least one.
    #[must_use]
    pub fn disagreements(&self) -> &[Disagreement] {
        &self.disagreements
    }
}

/// Returns the header that presents a credential; `None` for a text that no header or token can be.
pub(crate) fn token_header(token: &str) -> Option<HeaderValue> {
    if token.len() <= UntrustedToken::MAX_LENGTH { bearer(token) } else { None }
}

/// Reads a token's claims, to compare and not to trust them. Unlike [`crate::Claims`], no claim is required, so that tokens of
/// later versions can be read.
fn untrusted_claims(token: &str) -> Option<Members> {
    Members::read(UntrustedToken::parse(token).ok()?.untrusted_payload_json()).ok()
}

/// Returns the contradictions of `session`, which was read from `answer`. `token` and `user`: those that were asked about.
fn disagreements(
    session: &Session,
    answer: &Members,
    claims: Option<&Members>,
    token: Option<&str>,
    user: Option<ProfileId>,
) -> Vec<Disagreement> {
    let claim = |name| claims?.text(name);
    let is_user = |id: &str| id.parse() == Ok(session.user_id());
    let is_environment = |id: &str| session.environment_id().is_some_and(|same| id.parse() == Ok(same));
    let expires_at = session.expires_at();
    let is_expiry = |claims: &Members| claims.optional("exp", "seconds") == Ok(Some(expires_at));
    [
        (Disagreement::RequestedToken, token.is_none_or(|asked| asked == session.token())),
        (Disagreement::RequestedUser, user.is_none_or(|asked| asked == session.user_id())),
        (Disagreement::UnreadableToken, claims.is_some()),
        (Disagreement::Expiry, claims.is_none_or(is_expiry)),
        (Disagreement::User, claim("sub").or_else(|| claim("uid")).is_none_or(is_user)),
        (Disagreement::Environment, claim("eid").is_none_or(is_environment)),
        (Disagreement::SessionId, answer.text("id").is_none_or(|id| id.parse() == Ok(session.id()))),
        (Disagreement::UserUuid, answer.text("userUuid").is_none_or(is_user)),
        (Disagreement::ExpiresAt, answer.text("expiresAt").is_none_or(|time| rfc_3339(time) == Some(expires_at))),
    ]
    .into_iter()
    .filter_map(|(disagreement, agrees)| (!agrees).then_some(disagreement))
    .collect()
}

/// A time in ISO 8601 as RFC 3339 profiles it, rounded down to a second.
fn rfc_3339(text: &str) -> Option<UnixTime> {
    let time = OffsetDateTime::parse(text, &Rfc3339).ok()?;
    UnixTime::from_secs(u64::try_from(time.unix_timestamp()).ok()?).ok()
}
