//! A session that Quiltt created or knows, and whether all that it says fits together.

use std::{error::Error as StdError, fmt};

use thiserror::Error;

use crate::mint::session::Session;

/// A [`Session`] as Quiltt answered it, with all that contradicts it.
///
/// The token says again what the answer says, and both say again what was asked. In honest answers all agrees, so
/// [`into_session`](Self::into_session) is what a backend wants; what was answered can be looked at before. Nothing here
/// verifies the token: that it came over TLS from Quiltt is all that speaks for it. There is no `Serialize`, so that no
/// client is answered with a session that was not looked at.
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
    pub(crate) const fn new(session: Session, disagreements: Vec<Disagreement>) -> Self {
        Self { session, disagreements }
    }

    /// The session. Its user and expiry are those of the answer, its id that of the token.
    #[must_use]
    pub const fn session(&self) -> &Session {
        &self.session
    }

    /// What disagrees; nothing, as a rule.
    #[must_use]
    pub fn disagreements(&self) -> &[Disagreement] {
        &self.disagreements
    }

    /// The session, if all agrees.
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

    /// The session, whatever disagrees: to revoke it, say.
    #[must_use]
    pub fn into_session_despite_disagreements(self) -> Session {
        self.session
    }
}

/// A contradiction in a session that Quiltt answered; see [`RemoteSession`].
///
/// What is not said contradicts nothing: an answer without `userUuid`, or a token that names no user, as some of version
/// 2 were issued.
///
/// # Examples
///
/// ```no_run
/// # use quiltt_session::*;
/// # async fn example(auth: &QuilttAuth, token: &str) -> Result<(), RemoteError> {
/// let answer = auth.check(token).await?;
/// let is_for_another = answer.disagreements().contains(&Disagreement::RequestedToken);
/// assert!(!is_for_another, "a proxy answered with somebody else's session");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Error)]
#[non_exhaustive]
pub enum Disagreement {
    /// The token of the answer is not the one that was asked about.
    #[error("another token than was asked about")]
    RequestedToken,
    /// The user of the answer is not the one that the session was asked for.
    #[error("another user than was asked for")]
    RequestedUser,
    /// The token's claims cannot be read, so they cannot be compared either.
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
///
/// # Examples
///
/// ```no_run
/// # use quiltt_session::*;
/// # async fn example(auth: &QuilttAuth, token: &str) -> Result<(), RemoteError> {
/// if let Err(error) = auth.check(token).await?.into_session() {
///     eprintln!("{error}"); // such as: expected a session that agrees with itself, found another user in the token
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DisagreementError {
    disagreements: Vec<Disagreement>,
}

impl DisagreementError {
    /// All that disagrees; at least one.
    #[must_use]
    pub fn disagreements(&self) -> &[Disagreement] {
        &self.disagreements
    }
}

impl fmt::Display for DisagreementError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("expected a session that agrees with itself, found ")?;
        for (number, disagreement) in self.disagreements.iter().enumerate() {
            let separator = if number == 0 { "" } else { "; " };
            write!(f, "{separator}{disagreement}")?;
        }
        Ok(())
    }
}

impl StdError for DisagreementError {}
