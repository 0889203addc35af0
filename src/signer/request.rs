//! One session with options of its own.

use std::{fmt, time::Duration};

use serde::Serialize;

use super::{SessionSigner, builder::check_ttl};
use crate::{
    custom::CustomClaims,
    error::{ClaimError, MintError},
    id::{ProfileId, SessionId},
    session::Session,
    template::Validity,
    time::UnixTime,
};

impl SessionSigner {
    /// Starts a session with options of its own.
    ///
    /// # Examples
    ///
    /// ```
    /// # use quiltt_session::*;
    /// # let secret = SigningSecret::from_bytes("quiltt-session-demo-secret--never-use-in-production-0123456789ab")?;
    /// # let signer = SessionSigner::builder(secret).build()?;
    /// use std::time::Duration;
    ///
    /// let session = signer
    ///     .session(ProfileId::random()?)
    ///     .ttl(Duration::from_secs(600))
    ///     .claim("device", "kiosk")
    ///     .mint()?;
    /// let claims = UntrustedToken::parse(session.token())?.untrusted_claims()?;
    /// assert_eq!(claims.custom("device"), Some(&"kiosk".into()));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn session(&self, profile: ProfileId) -> SessionRequest<'_> {
        SessionRequest {
            signer: self,
            profile,
            ttl: None,
            id: None,
            issued_at: None,
            claims: Ok(CustomClaims::default()),
        }
    }
}

/// A session in the making: see [`SessionSigner::session`]. What is wrong with its options is said by
/// [`mint`](Self::mint).
///
/// # Examples
///
/// ```
/// # use quiltt_session::*;
/// # let secret = SigningSecret::from_bytes("quiltt-session-demo-secret--never-use-in-production-0123456789ab")?;
/// # let signer = SessionSigner::builder(&secret).build()?;
/// let request = signer.session("p_12VnSaRRxyP12Sl9rLZg8n1".parse()?).claim("device", "kiosk");
/// let session = request.mint()?;
/// assert_eq!(session.user_id().to_string(), "p_12VnSaRRxyP12Sl9rLZg8n1");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use = "a session request does nothing until it is minted"]
pub struct SessionRequest<'s> {
    signer: &'s SessionSigner,
    profile: ProfileId,
    ttl: Option<Duration>,
    id: Option<SessionId>,
    issued_at: Option<UnixTime>,
    claims: Result<CustomClaims, ClaimError>,
}

impl SessionRequest<'_> {
    /// How long this session lives: whole seconds from 1 to 2 147 483. The signer's time to live unless set.
    ///
    /// # Examples
    ///
    /// ```
    /// # use quiltt_session::*;
    /// # let secret = SigningSecret::from_bytes("quiltt-session-demo-secret--never-use-in-production-0123456789ab")?;
    /// # let signer = SessionSigner::builder(&secret).build()?;
    /// # let profile: ProfileId = "p_12VnSaRRxyP12Sl9rLZg8n1".parse()?;
    /// use std::time::Duration;
    ///
    /// // Ten minutes for a visitor at a kiosk, whatever the signer gives to others.
    /// let request = signer.session(profile).ttl(Duration::from_secs(600));
    /// let session = request.issued_at(UnixTime::from_secs(1_700_000_000)?).mint()?;
    /// assert_eq!(session.expires_at().as_secs(), 1_700_000_600);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub const fn ttl(mut self, ttl: Duration) -> Self {
        self.ttl = Some(ttl);
        self
    }

    /// The session's id, its `jti`: one that the back end has stored, say. Random unless set.
    ///
    /// # Examples
    ///
    /// ```
    /// # use quiltt_session::*;
    /// # let secret = SigningSecret::from_bytes("quiltt-session-demo-secret--never-use-in-production-0123456789ab")?;
    /// # let signer = SessionSigner::builder(&secret).build()?;
    /// # let profile: ProfileId = "p_12VnSaRRxyP12Sl9rLZg8n1".parse()?;
    /// let id: SessionId = "4551ca49-c002-4d9b-92ec-465018e28fdc".parse()?;
    /// assert_eq!(signer.session(profile).id(id).mint()?.id(), id);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub const fn id(mut self, id: SessionId) -> Self {
        self.id = Some(id);
        self
    }

    /// When the session starts: its `iat` and `nbf`. Now, unless set.
    ///
    /// # Examples
    ///
    /// ```
    /// # use quiltt_session::*;
    /// # let secret = SigningSecret::from_bytes("quiltt-session-demo-secret--never-use-in-production-0123456789ab")?;
    /// # let signer = SessionSigner::builder(&secret).build()?;
    /// # let profile: ProfileId = "p_12VnSaRRxyP12Sl9rLZg8n1".parse()?;
    /// let session = signer.session(profile).issued_at(UnixTime::from_secs(1_671_822_912)?).mint()?;
    /// assert_eq!(session.expires_at().to_string(), "2022-12-24T19:15:12Z");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub const fn issued_at(mut self, time: UnixTime) -> Self {
        self.issued_at = Some(time);
        self
    }

    /// A claim of your own in this token, beside those of the signer.
    ///
    /// Text is escaped to ASCII, as Quiltt's JavaScript SDK needs it; whoever reads the JSON gets it back as it was.
    ///
    /// # Examples
    ///
    /// ```
    /// # use quiltt_session::*;
    /// # let secret = SigningSecret::from_bytes("quiltt-session-demo-secret--never-use-in-production-0123456789ab")?;
    /// # let signer = SessionSigner::builder(&secret).build()?;
    /// # let profile: ProfileId = "p_12VnSaRRxyP12Sl9rLZg8n1".parse()?;
    /// # let verifier = SessionVerifier::builder(&secret).build()?;
    /// let session = signer.session(profile).claim("device", "Kiosk in Zürich").mint()?;
    /// let verified = verifier.verify(session.token())?;
    /// assert_eq!(verified.claims().custom("device"), Some(&"Kiosk in Zürich".into()));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn claim(mut self, name: &str, value: impl Serialize) -> Self {
        self.claims = self.claims.and_then(|mut claims| {
            claims.add(Some(&self.signer.constant_claims), name, &value)?;
            Ok(claims)
        });
        self
    }

    /// Mints the session.
    ///
    /// # Errors
    ///
    /// - as for [`SessionSigner::mint`], as far as clock and randomness are asked at all;
    /// - a time to live of 0, 1.5 s or 30 days: not in whole seconds from 1 to 2 147 483;
    /// - a custom claim with a reserved name, given twice, not JSON, or of more than 4096 bytes with the others.
    ///
    /// # Examples
    ///
    /// ```
    /// # use quiltt_session::*;
    /// # let secret = SigningSecret::from_bytes("quiltt-session-demo-secret--never-use-in-production-0123456789ab")?;
    /// # let signer = SessionSigner::builder(&secret).build()?;
    /// # let profile: ProfileId = "p_12VnSaRRxyP12Sl9rLZg8n1".parse()?;
    /// let error = signer.session(profile).claim("exp", 0).mint().unwrap_err();
    /// assert_eq!(error.to_string(), "expected a name that Quiltt does not use, found the reserved \"exp\"");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn mint(self) -> Result<Session, MintError> {
        let ttl = self.ttl.unwrap_or(self.signer.ttl);
        check_ttl(ttl).map_err(|max| MintError::Ttl { found: ttl, max })?;
        let claims = self.claims?;
        let issued_at = self.issued_at.map_or_else(UnixTime::now, Ok)?;
        let validity = Validity::new(issued_at, ttl)?;
        let id = self.id.map_or_else(self.signer.new_id, Ok)?;
        Ok(self.signer.sign_with(self.profile, validity, id, claims.json()))
    }
}

impl fmt::Debug for SessionRequest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionRequest")
            .field("profile", &self.profile)
            .field("ttl", &self.ttl)
            .field("id", &self.id)
            .field("issued_at", &self.issued_at)
            .finish_non_exhaustive()
    }
}
