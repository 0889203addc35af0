//! One session with options of its own.

use std::{fmt, time::Duration};

use serde::Serialize;

use super::{
    session::Session,
    signer::SessionSigner,
    validity::{Validity, check_ttl},
};
use crate::{
    error::{ClaimError, MintError},
    id::{ProfileId, SessionId},
    time::UnixTime,
    token::custom_claims::CustomClaims,
};

impl SessionSigner {
    /// Starts a session with options of its own.
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
/// # let secret = SigningSecret::demo();
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
    /// How long this session lives: whole seconds from 1 to 2 146 883. The signer's time to live unless set.
    pub const fn ttl(mut self, ttl: Duration) -> Self {
        self.ttl = Some(ttl);
        self
    }

    /// The session's id, its `jti`: one that the back end has stored, say. Random unless set.
    pub const fn id(mut self, id: SessionId) -> Self {
        self.id = Some(id);
        self
    }

    /// When the session starts: its `iat` and `nbf`, as they are; the signer's [`backdate`](crate::SessionSignerBuilder::backdate)
    /// is for the clock. Now, unless set.
    pub const fn issued_at(mut self, time: UnixTime) -> Self {
        self.issued_at = Some(time);
        self
    }

    /// A claim of your own in this token, beside those of the signer.
    ///
    /// Text is escaped to ASCII, as Quiltt's JavaScript SDK needs it; whoever reads the JSON gets it back as it was.
    pub fn claim(mut self, name: &str, value: impl Serialize) -> Self {
        self.claims = self.claims.and_then(|mut claims| {
            claims.add(Some(&self.signer.custom), name, &value)?;
            Ok(claims)
        });
        self
    }

    /// Mints the session.
    ///
    /// # Errors
    ///
    /// - as for [`SessionSigner::mint`], as far as clock and randomness are asked at all;
    /// - a time to live of 0, 1.5 s or 30 days: not in whole seconds from 1 to 2 146 883;
    /// - a custom claim with a reserved name, given twice, not JSON, or of more than 4096 bytes with the others.
    pub fn mint(self) -> Result<Session, MintError> {
        let ttl = self.ttl.unwrap_or(self.signer.ttl);
        check_ttl(ttl).map_err(|max| MintError::Ttl { found: ttl, max })?;
        let claims = self.claims?;
        let validity = match self.issued_at {
            Some(time) => Validity::new(time, ttl, Duration::ZERO)?,
            None => Validity::new(UnixTime::now()?, ttl, self.signer.backdating)?,
        };
        let id = self.id.map_or_else(SessionId::random, Ok)?;
        let (signer, profile) = (self.signer, self.profile);
        let is_usual = self.ttl.is_none() && self.issued_at.is_none();
        let moment = if is_usual { signer.template.moment(validity) } else { signer.template.moment_apart(validity) };
        Ok(signer.sign(&moment, profile, id, claims.json()))
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
