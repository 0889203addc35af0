//! A minted session, and its JSON as Quiltt's own API answers it.

use std::fmt;

use serde::{Serialize, Serializer, ser::SerializeStruct};

use super::payload::{Entry, Validity};
use crate::{
    id::{EnvironmentId, ProfileId, SessionId},
    time::UnixTime,
};

/// The JSON form of a [`Session`].
///
/// # Examples
///
/// ```
/// # use quiltt_session::*;
/// # let secret = SigningSecret::demo();
/// let signer = SessionSigner::builder(&secret)
///     .environment("env_1Bx4omNvZgKao2OqGshImD".parse()?)
///     .session_format(SessionFormat::Api)
///     .build()?;
/// let json = serde_json::to_value(signer.mint("p_12VnSaRRxyP12Sl9rLZg8n1".parse()?)?)?;
/// assert_eq!(json.get("id"), None);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum SessionFormat {
    /// What Quiltt's API answers, and `id`: `{"id","token","userId","userUuid","environmentId","expiration","expiresAt"}`, where `userId` is a
    /// global id, and `environmentId` is left out when unknown.
    #[default]
    Standard,
    /// Exactly that of Quiltt's OpenAPI text (2026-04-01): `Standard` without `id`, and never without `environmentId`, so
    /// the signer needs an [environment](crate::SessionSignerBuilder::environment).
    Api,
}

/// A session: the token, its ids and its times.
///
/// A session serialises as Quiltt's own API answers, with `id` besides ([`SessionFormat`]), for a back end to pass on. `Debug`
/// hides the token, which is a `String` or, of a [`SessionRef`], stands in somebody else's buffer.
///
/// # Examples
///
/// ```
/// # use quiltt_session::*;
/// # let secret = SigningSecret::demo();
/// # let signer = SessionSigner::builder(secret).build()?;
/// let profile: ProfileId = "p_12VnSaRRxyP12Sl9rLZg8n1".parse()?;
/// let session = signer.mint_at(profile, UnixTime::from_secs(1_700_000_000)?, SessionId::from_uuid(uuid::Uuid::nil()))?;
/// let json = serde_json::to_value(&session)?;
/// assert_eq!(json["userUuid"], "52909e05-e1cb-4e45-b273-2b7b5d1f9bff");
/// assert_eq!(json["expiresAt"], "2023-11-15T22:13:20Z");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy)]
pub struct Session<T = String> {
    pub(crate) token: T,
    pub(crate) details: Details,
}

/// A session whose token stands in a buffer: of [`SessionSigner::mint_into`](crate::SessionSigner::mint_into), or of a
/// [`SessionBatch`](crate::SessionBatch).
pub type SessionRef<'a> = Session<&'a str>;

impl<T> Session<T> {
    /// The session's id: the token's `jti`. The id is no secret, and may go into a log, where the token must not.
    #[must_use]
    pub const fn id(&self) -> SessionId {
        self.details.id
    }

    /// The user's profile: the token's `sub`, or `uid` in versions 1 and 2.
    #[must_use]
    pub const fn user_id(&self) -> ProfileId {
        self.details.user_id
    }

    /// The second in which the session begins: the token's `iat`. `None` only for an answer of Quiltt's whose token does
    /// not say.
    #[must_use]
    pub const fn issued_at(&self) -> Option<UnixTime> {
        self.details.issued_at
    }

    /// The second from which on the token is refused: its `exp` (RFC 7519 §4.1.4).
    #[must_use]
    pub const fn expires_at(&self) -> UnixTime {
        self.details.expires_at
    }

    /// The environment, if the signer was given one: the token's `eid`.
    #[must_use]
    pub const fn environment_id(&self) -> Option<EnvironmentId> {
        self.details.environment_id
    }

    /// The session with the seconds that are left at `now`. `renews_at`: when the client should ask for the next session;
    /// [`StableSigner::renews_at`](crate::StableSigner::renews_at) of a stable session, of any other well before `exp`.
    #[must_use]
    pub const fn for_client(self, now: UnixTime, renews_at: UnixTime) -> ClientSession<T> {
        ClientSession { session: self, now, renews_at }
    }
}

impl Session {
    /// The token: what a client sends as `Authorization: Bearer …`.
    #[must_use]
    pub fn token(&self) -> &str {
        &self.token
    }

    /// The token, without a copy.
    #[must_use]
    pub fn into_token(self) -> String {
        self.token
    }

    /// The same session, borrowed, as batches and [`mint_into`](crate::SessionSigner::mint_into) give them.
    #[must_use]
    pub fn as_ref(&self) -> SessionRef<'_> {
        Session { token: &self.token, details: self.details }
    }
}

impl<'a> SessionRef<'a> {
    /// The token: what a client sends as `Authorization: Bearer …`.
    #[must_use]
    pub const fn token(&self) -> &'a str {
        self.token
    }

    /// A session with a copy of the token, to keep longer than the buffer.
    #[must_use]
    pub fn to_session(&self) -> Session {
        Session { token: self.token.to_owned(), details: self.details }
    }
}

impl<T> fmt::Debug for Session<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("id", &self.id())
            .field("user_id", &self.user_id())
            .field("expires_at", &self.expires_at())
            .field("environment_id", &self.environment_id())
            .finish_non_exhaustive()
    }
}

impl<T: AsRef<str>> Serialize for Session<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.details.serialize(self.token.as_ref(), None, serializer)
    }
}

/// A session as a client keeps it: its JSON, and `expiresIn` and `renewsIn`, in seconds. [`Session::for_client`] makes one.
///
/// Seconds from the answer on are the same by every clock, so a client whose clock is wrong still knows how long the token is
/// good for, and when to ask for the next one. A time that has passed is 0.
///
/// # Examples
///
/// ```
/// # use quiltt_session::*;
/// # use std::time::Duration;
/// # let signer = SessionSigner::builder(SigningSecret::demo()).build()?;
/// # let (profile, now) = (ProfileId::random()?, UnixTime::from_secs(1_700_000_000)?);
/// let stable = signer.stable(Duration::from_secs(7200))?;
/// let session = stable.mint_at(profile, now)?.for_client(now, stable.renews_at(profile, now)?);
/// let json = serde_json::to_value(&session)?;
/// assert!((1..=7200).contains(&json["renewsIn"].as_u64().unwrap()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct ClientSession<T = String> {
    session: Session<T>,
    now: UnixTime,
    renews_at: UnixTime,
}

impl<T: AsRef<str>> Serialize for ClientSession<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let left = |time: UnixTime| time.as_secs().saturating_sub(self.now.as_secs());
        let left = [("expiresIn", left(self.session.expires_at())), ("renewsIn", left(self.renews_at))];
        self.session.details.serialize(self.session.token.as_ref(), Some(left), serializer)
    }
}

/// All of a session but its token.
#[derive(Clone, Copy)]
pub(crate) struct Details {
    pub(crate) id: SessionId,
    pub(crate) user_id: ProfileId,
    pub(crate) issued_at: Option<UnixTime>,
    pub(crate) expires_at: UnixTime,
    pub(crate) environment_id: Option<EnvironmentId>,
    pub(crate) format: SessionFormat,
}

/// The seconds that are left, with the names of their members.
type Left = [(&'static str, u64); 2];

impl Details {
    pub(super) const fn new(entry: &Entry, environment_id: Option<EnvironmentId>, format: SessionFormat) -> Self {
        let Entry { validity: Validity { issued_at, expires_at }, profile, session, .. } = *entry;
        Self { id: session, user_id: profile, issued_at: Some(issued_at), expires_at, environment_id, format }
    }

    fn serialize<S: Serializer>(&self, token: &str, left: Option<Left>, serializer: S) -> Result<S::Ok, S::Error> {
        let has_id = self.format == SessionFormat::Standard;
        let optional = [has_id, self.environment_id.is_some()].map(usize::from);
        let members = optional.into_iter().chain(left.map(|left| left.len())).fold(5, usize::saturating_add);
        let mut session = serializer.serialize_struct("Session", members)?;
        match has_id {
            true => session.serialize_field("id", &self.id)?,
            false => session.skip_field("id")?,
        }
        session.serialize_field("token", token)?;
        session.serialize_field("userId", &self.user_id)?;
        session.serialize_field("userUuid", &format_args!("{}", self.user_id.uuid()))?;
        match &self.environment_id {
            Some(id) => session.serialize_field("environmentId", id)?,
            None => session.skip_field("environmentId")?,
        }
        session.serialize_field("expiration", &self.expires_at)?;
        session.serialize_field("expiresAt", &format_args!("{}", self.expires_at))?;
        for (name, seconds) in left.iter().flatten() {
            session.serialize_field(name, seconds)?;
        }
        session.end()
    }
}
