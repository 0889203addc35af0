//! A minted session, and its JSON as Quiltt's own API answers it.

use std::fmt;

use serde::{Serialize, Serializer, ser::SerializeStruct};
use uuid::Uuid;

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
/// # let secret = SigningSecret::from_bytes("quiltt-session-demo-secret--never-use-in-production-0123456789ab")?;
/// let signer = SessionSigner::builder(&secret).session_format(SessionFormat::Legacy).build()?;
/// let json = serde_json::to_value(signer.mint("p_12VnSaRRxyP12Sl9rLZg8n1".parse()?)?)?;
/// assert_eq!(json["userId"], "52909e05-e1cb-4e45-b273-2b7b5d1f9bff");
/// assert_eq!(json.get("expiresAt"), None);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum SessionFormat {
    /// Today's: `{"id","token","userId","userUuid","environmentId","expiration","expiresAt"}`, where `userId` is a
    /// global id, and `environmentId` is left out when unknown.
    #[default]
    Standard,
    /// The form of 2021: `{"id","expiration","userId","token"}`, where `userId` is a UUID.
    Legacy,
}

/// A session: the token, and what a client wants to know of it.
///
/// It serialises as Quiltt's own API answers, so a backend can pass it on as it stands. `Debug` hides the token.
///
/// # Examples
///
/// ```
/// # use quiltt_session::*;
/// # let secret = SigningSecret::from_bytes("quiltt-session-demo-secret--never-use-in-production-0123456789ab")?;
/// # let signer = SessionSigner::builder(secret).build()?;
/// let profile: ProfileId = "p_12VnSaRRxyP12Sl9rLZg8n1".parse()?;
/// let session = signer.mint_at(profile, UnixTime::from_secs(1_700_000_000)?, SessionId::from_uuid(uuid::Uuid::nil()))?;
/// let json = serde_json::to_value(&session)?;
/// assert_eq!(json["userId"], "p_12VnSaRRxyP12Sl9rLZg8n1");
/// assert_eq!(json["userUuid"], "52909e05-e1cb-4e45-b273-2b7b5d1f9bff");
/// assert_eq!(json["expiration"], 1_700_086_400);
/// assert_eq!(json["expiresAt"], "2023-11-15T22:13:20Z");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Session {
    token: String,
    details: Details,
}

impl Session {
    pub(crate) const fn new(token: String, details: Details) -> Self {
        Self { token, details }
    }

    /// The session's id: the token's `jti`. It is no secret, so it may go into a log, where the token must not.
    ///
    /// # Examples
    ///
    /// ```
    /// # use quiltt_session::*;
    /// # let secret = SigningSecret::from_bytes("quiltt-session-demo-secret--never-use-in-production-0123456789ab")?;
    /// # let signer = SessionSigner::builder(&secret).build()?;
    /// # let verifier = SessionVerifier::builder(&secret).build()?;
    /// let session = signer.mint(ProfileId::random()?)?;
    /// println!("minted session {}", session.id());
    /// assert_eq!(verifier.verify(session.token())?.id(), session.id());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub const fn id(&self) -> SessionId {
        self.details.id
    }

    /// The token: what a client sends as `Authorization: Bearer …`.
    ///
    /// # Examples
    ///
    /// ```
    /// # use quiltt_session::*;
    /// # let secret = SigningSecret::from_bytes("quiltt-session-demo-secret--never-use-in-production-0123456789ab")?;
    /// # let signer = SessionSigner::builder(&secret).build()?;
    /// let session = signer.mint(ProfileId::random()?)?;
    /// let url = format!("wss://api.quiltt.io/websockets?token={}", session.token());
    /// assert!(session.token().bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte)));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn token(&self) -> &str {
        &self.token
    }

    /// The token, without a copy.
    ///
    /// # Examples
    ///
    /// ```
    /// # use quiltt_session::*;
    /// # let secret = SigningSecret::from_bytes("quiltt-session-demo-secret--never-use-in-production-0123456789ab")?;
    /// # let signer = SessionSigner::builder(&secret).build()?;
    /// # let verifier = SessionVerifier::builder(&secret).build()?;
    /// let session = signer.mint(ProfileId::random()?)?;
    /// let (id, token) = (session.id(), session.into_token());
    /// assert_eq!(verifier.verify(&token)?.id(), id);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn into_token(self) -> String {
        self.token
    }

    /// The user's profile: the token's `sub`, or `uid` in versions 1 and 2.
    ///
    /// # Examples
    ///
    /// ```
    /// # use quiltt_session::*;
    /// # let secret = SigningSecret::from_bytes("quiltt-session-demo-secret--never-use-in-production-0123456789ab")?;
    /// # let signer = SessionSigner::builder(&secret).build()?;
    /// let session = signer.mint("52909e05-e1cb-4e45-b273-2b7b5d1f9bff".parse()?)?;
    /// assert_eq!(session.user_id().to_string(), "p_12VnSaRRxyP12Sl9rLZg8n1");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub const fn user_id(&self) -> ProfileId {
        self.details.user_id
    }

    /// The second from which on the token is refused: its `exp` (RFC 7519 §4.1.4).
    ///
    /// # Examples
    ///
    /// ```
    /// # use quiltt_session::*;
    /// # let secret = SigningSecret::from_bytes("quiltt-session-demo-secret--never-use-in-production-0123456789ab")?;
    /// # let signer = SessionSigner::builder(&secret).build()?;
    /// # let profile: ProfileId = "p_12VnSaRRxyP12Sl9rLZg8n1".parse()?;
    /// let now = UnixTime::from_secs(1_700_000_000)?;
    /// let session = signer.mint_at(profile, now, SessionId::random()?)?;
    /// assert_eq!(session.expires_at().as_secs(), 1_700_086_400);
    /// assert_eq!(session.expires_at().to_string(), "2023-11-15T22:13:20Z");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub const fn expires_at(&self) -> UnixTime {
        self.details.expires_at
    }

    /// The environment, if the signer was given one: the token's `eid`.
    ///
    /// # Examples
    ///
    /// ```
    /// # use quiltt_session::*;
    /// # let secret = SigningSecret::from_bytes("quiltt-session-demo-secret--never-use-in-production-0123456789ab")?;
    /// let environment: EnvironmentId = "env_1Bx4omNvZgKao2OqGshImD".parse()?;
    /// let signer = SessionSigner::builder(&secret).environment(environment).build()?;
    /// assert_eq!(signer.mint(ProfileId::random()?)?.environment_id(), Some(environment));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub const fn environment_id(&self) -> Option<EnvironmentId> {
        self.details.environment_id
    }

    /// The same session, borrowed: for code that takes those of batches and of
    /// [`mint_into`](crate::SessionSigner::mint_into) as well.
    ///
    /// # Examples
    ///
    /// ```
    /// # use quiltt_session::*;
    /// # let secret = SigningSecret::from_bytes("quiltt-session-demo-secret--never-use-in-production-0123456789ab")?;
    /// # let signer = SessionSigner::builder(&secret).build()?;
    /// # let now = UnixTime::from_secs(1_700_000_000)?;
    /// # let session = signer.mint_at("p_12VnSaRRxyP12Sl9rLZg8n1".parse()?, now, SessionId::random()?)?;
    /// fn line(session: SessionRef<'_>) -> String {
    ///     format!("{} until {}", session.user_id(), session.expires_at())
    /// }
    /// assert_eq!(line(session.as_ref()), "p_12VnSaRRxyP12Sl9rLZg8n1 until 2023-11-15T22:13:20Z");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn as_ref(&self) -> SessionRef<'_> {
        SessionRef { token: &self.token, details: self.details }
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.details.debug("Session", f)
    }
}

impl Serialize for Session {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.details.serialize(&self.token, serializer)
    }
}

/// A session whose token stands in somebody else's buffer, with the same accessors and JSON as [`Session`].
///
/// [`SessionSigner::mint_into`](crate::SessionSigner::mint_into) and [`SessionBatch`](crate::SessionBatch) give it.
/// `Debug` hides the token.
///
/// # Examples
///
/// ```
/// # use quiltt_session::*;
/// # let secret = SigningSecret::from_bytes("quiltt-session-demo-secret--never-use-in-production-0123456789ab")?;
/// # let signer = SessionSigner::builder(&secret).build()?;
/// let mut buffer = String::with_capacity(512);
/// let session = signer.mint_into("p_12VnSaRRxyP12Sl9rLZg8n1".parse()?, &mut buffer)?;
/// assert_eq!(serde_json::to_value(session)?["userId"], "p_12VnSaRRxyP12Sl9rLZg8n1");
/// assert_eq!(session.token().len(), buffer.len());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy)]
pub struct SessionRef<'a> {
    token: &'a str,
    details: Details,
}

impl<'a> SessionRef<'a> {
    pub(crate) const fn new(token: &'a str, details: Details) -> Self {
        Self { token, details }
    }

    /// The session's id: the token's `jti`.
    ///
    /// # Examples
    ///
    /// ```
    /// # use quiltt_session::*;
    /// # let secret = SigningSecret::from_bytes("quiltt-session-demo-secret--never-use-in-production-0123456789ab")?;
    /// # let signer = SessionSigner::builder(&secret).build()?;
    /// let batch = signer.mint_batch(&[ProfileId::random()?, ProfileId::random()?])?;
    /// let ids: Vec<SessionId> = batch.iter().map(|session| session.id()).collect();
    /// assert_ne!(ids[0], ids[1]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub const fn id(&self) -> SessionId {
        self.details.id
    }

    /// The token: what a client sends as `Authorization: Bearer …`. It lives as long as the buffer.
    ///
    /// # Examples
    ///
    /// ```
    /// # use quiltt_session::*;
    /// # let secret = SigningSecret::from_bytes("quiltt-session-demo-secret--never-use-in-production-0123456789ab")?;
    /// # let signer = SessionSigner::builder(&secret).build()?;
    /// let mut header = String::from("Bearer ");
    /// let token = signer.mint_into(ProfileId::random()?, &mut header)?.token();
    /// assert!(token.starts_with("eyJhbGciOiJIUzUxMiJ9."), "without what stood there before");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub const fn token(&self) -> &'a str {
        self.token
    }

    /// The user's profile: the token's `sub`, or `uid` in versions 1 and 2.
    ///
    /// # Examples
    ///
    /// ```
    /// # use quiltt_session::*;
    /// # let secret = SigningSecret::from_bytes("quiltt-session-demo-secret--never-use-in-production-0123456789ab")?;
    /// # let signer = SessionSigner::builder(&secret).build()?;
    /// let profiles = [ProfileId::random()?, ProfileId::random()?];
    /// let batch = signer.mint_batch(&profiles)?;
    /// assert!(batch.iter().map(|session| session.user_id()).eq(profiles));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub const fn user_id(&self) -> ProfileId {
        self.details.user_id
    }

    /// The second from which on the token is refused: its `exp` (RFC 7519 §4.1.4).
    ///
    /// # Examples
    ///
    /// ```
    /// # use quiltt_session::*;
    /// # let secret = SigningSecret::from_bytes("quiltt-session-demo-secret--never-use-in-production-0123456789ab")?;
    /// # let signer = SessionSigner::builder(&secret).build()?;
    /// # let profile: ProfileId = "p_12VnSaRRxyP12Sl9rLZg8n1".parse()?;
    /// # let id: SessionId = "4551ca49-c002-4d9b-92ec-465018e28fdc".parse()?;
    /// let batch = signer.mint_batch_at(&[(profile, id)], UnixTime::from_secs(1_700_000_000)?)?;
    /// assert!(batch.iter().all(|session| session.expires_at().as_secs() == 1_700_086_400));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub const fn expires_at(&self) -> UnixTime {
        self.details.expires_at
    }

    /// The environment, if the signer was given one: the token's `eid`.
    ///
    /// # Examples
    ///
    /// ```
    /// # use quiltt_session::*;
    /// # let secret = SigningSecret::from_bytes("quiltt-session-demo-secret--never-use-in-production-0123456789ab")?;
    /// # let signer = SessionSigner::builder(&secret).build()?;
    /// let batch = signer.mint_batch(&[ProfileId::random()?])?;
    /// assert!(batch.iter().all(|session| session.environment_id().is_none()), "the signer was given none");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub const fn environment_id(&self) -> Option<EnvironmentId> {
        self.details.environment_id
    }

    /// A session of its own, with a copy of the token: to keep it longer than the buffer.
    ///
    /// # Examples
    ///
    /// ```
    /// # use quiltt_session::*;
    /// # let secret = SigningSecret::from_bytes("quiltt-session-demo-secret--never-use-in-production-0123456789ab")?;
    /// # let signer = SessionSigner::builder(&secret).build()?;
    /// let mut buffer = String::new();
    /// let session = signer.mint_into(ProfileId::random()?, &mut buffer)?.to_session();
    /// assert_eq!(session.token(), buffer);
    /// buffer.clear();
    /// assert_eq!(session.token().split('.').count(), 3);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn to_session(&self) -> Session {
        Session { token: self.token.to_owned(), details: self.details }
    }
}

impl fmt::Debug for SessionRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.details.debug("SessionRef", f)
    }
}

impl Serialize for SessionRef<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.details.serialize(self.token, serializer)
    }
}

/// All of a session but its token.
#[derive(Clone, Copy)]
pub(crate) struct Details {
    pub(crate) id: SessionId,
    pub(crate) user_id: ProfileId,
    pub(crate) expires_at: UnixTime,
    pub(crate) environment_id: Option<EnvironmentId>,
    pub(crate) format: SessionFormat,
}

impl Details {
    fn debug(&self, name: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct(name)
            .field("id", &self.id)
            .field("user_id", &self.user_id)
            .field("expires_at", &self.expires_at)
            .field("environment_id", &self.environment_id)
            .finish_non_exhaustive()
    }

    fn serialize<S: Serializer>(&self, token: &str, serializer: S) -> Result<S::Ok, S::Error> {
        match self.format {
            SessionFormat::Standard => self.serialize_standard(token, serializer),
            SessionFormat::Legacy => self.serialize_legacy(token, serializer),
        }
    }

    fn serialize_standard<S: Serializer>(&self, token: &str, serializer: S) -> Result<S::Ok, S::Error> {
        let mut session = serializer.serialize_struct("Session", if self.environment_id.is_some() { 7 } else { 6 })?;
        session.serialize_field("id", &self.id)?;
        session.serialize_field("token", token)?;
        session.serialize_field("userId", &self.user_id)?;
        session.serialize_field("userUuid", &Hyphenated(self.user_id.uuid()))?;
        match &self.environment_id {
            Some(id) => session.serialize_field("environmentId", id)?,
            None => session.skip_field("environmentId")?,
        }
        session.serialize_field("expiration", &self.expires_at)?;
        session.serialize_field("expiresAt", &format_args!("{}", self.expires_at))?;
        session.end()
    }

    fn serialize_legacy<S: Serializer>(&self, token: &str, serializer: S) -> Result<S::Ok, S::Error> {
        let mut session = serializer.serialize_struct("Session", 4)?;
        session.serialize_field("id", &self.id)?;
        session.serialize_field("expiration", &self.expires_at)?;
        session.serialize_field("userId", &Hyphenated(self.user_id.uuid()))?;
        session.serialize_field("token", token)?;
        session.end()
    }
}

/// Serialises a UUID as text.
struct Hyphenated(Uuid);

impl Serialize for Hyphenated {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.hyphenated().encode_lower(&mut Uuid::encode_buffer()))
    }
}
