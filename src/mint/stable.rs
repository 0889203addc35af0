//! The same session for the same user, computed by every replica for itself.

use std::{borrow::Borrow, num::NonZeroU64, time::Duration};

use super::{
    batch::SessionBatch,
    payload::Entry,
    session::{Session, SessionRef},
    sign_out::SignOut,
    signer::SessionSigner,
};
use crate::{
    crypto::derive,
    error::{ConfigError, MintError},
    id::{ProfileId, SessionId},
    time::{TimeError, UnixTime},
};

/// Mints the same token for the same profile throughout a window of time, on every machine that has the same secret and
/// settings, with no store and no coordination: see [`SessionSigner::stable`].
///
/// Quiltt counts sessions, so back ends keep tokens in a cache that their replicas share. Stable sessions need none: within one
/// window `iat`, `nbf`, `exp` and `jti` follow from secret, profile, time, [sign-out](Self::after) and
/// [generation](Self::generation) alone.
///
/// - `iat` = `nbf` = the start of the window, or as much earlier as the signer [backdates]; `exp` = the start + the time to
///   live. So a token is valid for at least the time to live less the window.
/// - `jti` is a UUID of version 8 (RFC 9562 §5.8), the start of an HMAC-SHA256 under a key that is derived from the
///   secret: nobody else can predict more of the UUID than the sign-out at its end.
/// - Each profile's windows begin at an offset of its own, so that not all users need a new session at once.
///
/// All of a user's devices have the same token in a window, so revoking that token ends the session on all of them. Tokens of
/// the windows before stay good until they expire, or until the user signs out: see [`SignOut`].
///
/// Two replicas whose clocks differ may be one window apart for as long as they differ. Both tokens are valid then, but
/// the newer one may seem to come from the future to a verifier whose clock is behind: give that verifier
/// [leeway](crate::SessionVerifierBuilder::leeway), or [backdate][backdates]. A clock that goes back gives the earlier token
/// again.
///
/// [backdates]: crate::SessionSignerBuilder::backdate
///
/// # Examples
///
/// ```
/// # use quiltt_session::*;
/// # use std::time::Duration;
/// # let secret = SigningSecret::demo();
/// let one_replica = SessionSigner::builder(&secret).build()?;
/// let another = SessionSigner::builder(&secret).build()?;
/// let window = Duration::from_secs(3600);
///
/// let (profile, now) = (ProfileId::random()?, UnixTime::now()?);
/// let session = one_replica.stable(window)?.mint_at(profile, now)?;
/// assert_eq!(session.token(), another.stable(window)?.mint_at(profile, now)?.token());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct StableSigner<S> {
    signer: S,
    /// In seconds.
    window: NonZeroU64,
    generation: u64,
    sign_out: SignOut,
}

impl SessionSigner {
    /// Sessions that every replica computes alike, so that a profile needs only one in each `window`. The [`StableSigner`]
    /// borrows the signer; [`StableSigner::new`] makes one for an application's state.
    ///
    /// # Errors
    ///
    /// A window of 0, of 1.5 s, or of more than half the time to live: a token has to outlive the next window.
    pub fn stable(&self, window: Duration) -> Result<StableSigner<&Self>, ConfigError> {
        StableSigner::new(self, window)
    }
}

impl<S: Borrow<SessionSigner>> StableSigner<S> {
    /// [`SessionSigner::stable`] for a signer that is given away, or shared in an `Arc`.
    ///
    /// # Errors
    ///
    /// As for [`SessionSigner::stable`].
    #[expect(clippy::expect_used, clippy::missing_panics_doc, reason = "a window of no second was refused")]
    pub fn new(signer: S, window: Duration) -> Result<Self, ConfigError> {
        ConfigError::unless_within(1..=signer.borrow().ttl.as_secs() / 2, "window", window)?;
        let window = NonZeroU64::new(window.as_secs()).expect("a second or more");
        Ok(Self { signer, window, generation: 0, sign_out: SignOut::NEVER })
    }

    /// The same with a borrowed signer, to choose a sign-out or generation for one call.
    pub fn as_ref(&self) -> StableSigner<&SessionSigner> {
        let Self { ref signer, window, generation, sign_out } = *self;
        StableSigner { signer: signer.borrow(), window, generation, sign_out }
    }

    /// The sessions of a user who last signed out then: in windows that began up to the sign-out, others than before. After
    /// [`SignOut::NEVER`] unless set.
    #[must_use]
    pub fn after(mut self, sign_out: SignOut) -> Self {
        self.sign_out = sign_out;
        self
    }

    /// Counts the sessions of a window: the next number gives another one, and ends none ([`after`](Self::after) a sign-out they
    /// are ended). 0 unless set.
    #[must_use]
    pub fn generation(mut self, generation: u64) -> Self {
        self.generation = generation;
        self
    }

    /// The session of `profile` in the present window.
    ///
    /// # Errors
    ///
    /// The clock is before 1970, or the expiry would be after 9999.
    pub fn mint(&self, profile: ProfileId) -> Result<Session, MintError> {
        self.mint_at(profile, UnixTime::now()?)
    }

    /// The session of `profile` in the window that `now` is in.
    ///
    /// # Errors
    ///
    /// The window began before 1970, or the expiry would be after 9999.
    pub fn mint_at(&self, profile: ProfileId, now: UnixTime) -> Result<Session, MintError> {
        Ok(self.signer().sign(false, self.entry(profile, now)?, ""))
    }

    /// Like [`mint`](Self::mint), but appends the token to `token`, and allocates only if that lacks capacity.
    ///
    /// # Errors
    ///
    /// As for [`mint`](Self::mint); `token` is then as it was.
    pub fn mint_into<'t>(&self, profile: ProfileId, token: &'t mut String) -> Result<SessionRef<'t>, MintError> {
        Ok(self.signer().sign_into(false, self.entry(profile, UnixTime::now()?)?, "", token))
    }

    /// The sessions of many profiles in the present window, in one buffer.
    ///
    /// # Errors
    ///
    /// As for [`mint`](Self::mint); then there is no batch at all.
    pub fn mint_batch(&self, profiles: &[ProfileId]) -> Result<SessionBatch, MintError> {
        self.mint_batch_at(profiles, UnixTime::now()?)
    }

    /// The sessions of many profiles in the windows that `now` is in.
    ///
    /// # Errors
    ///
    /// As for [`mint_at`](Self::mint_at); then there is no batch at all.
    pub fn mint_batch_at(&self, profiles: &[ProfileId], now: UnixTime) -> Result<SessionBatch, MintError> {
        self.signer().sign_batch(false, profiles.iter().map(|&profile| self.entry(profile, now)))
    }

    /// The second from which on `profile` gets another token.
    ///
    /// # Errors
    ///
    /// As for [`mint_at`](Self::mint_at).
    pub fn renews_at(&self, profile: ProfileId, now: UnixTime) -> Result<UnixTime, MintError> {
        let start = self.window_start(profile, now)?;
        start.checked_add(Duration::from_secs(self.window.get())).ok_or(MintError::ExpiryTooLate)
    }

    fn signer(&self) -> &SessionSigner {
        self.signer.borrow()
    }

    fn entry(&self, profile: ProfileId, now: UnixTime) -> Result<Entry, MintError> {
        let start = self.window_start(profile, now)?;
        let validity = self.signer().validity(start)?;
        let sign_out = if self.sign_out.reaches(validity.issued_at) { self.sign_out } else { SignOut::NEVER };
        let sign_out_and_window = sign_out.as_secs() << 26 | self.window.get();
        let stable_key = &self.signer().stable_key;
        let session_id = stable_key.session_id(profile.uuid(), start, self.generation, sign_out_and_window);
        Ok(Entry::new(validity, profile, sign_out.mark(SessionId::from_uuid(session_id))))
    }

    fn window_start(&self, profile: ProfileId, now: UnixTime) -> Result<UnixTime, TimeError> {
        let offset = derive::offset(profile.uuid(), self.window.get());
        let since_first = now.as_secs().checked_sub(offset).ok_or(TimeError::BeforeEpoch)?;
        let into_window = since_first % self.window;
        UnixTime::from_secs(now.as_secs().saturating_sub(into_window))
    }
}
