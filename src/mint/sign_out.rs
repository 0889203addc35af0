//! When a user last signed out, and which sessions that ended.

use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::{Builder, Uuid};

use crate::{
    error::RandomError,
    id::SessionId,
    time::{TimeError, UnixTime},
};

/// When a user last signed out: one number, which ends all sessions that the user had.
///
/// A user has a token of each login and of each window of [stable sessions](crate::StableSigner), and nobody has a list of
/// them. So an application keeps one `SignOut` for each user, [`NEVER`](Self::NEVER) at first, where all replicas read the
/// newest. A change of password and a stolen token are sign-outs too.
///
/// | when | what to do |
/// |---|---|
/// | a user signs out | store [`next`](Self::next), unless the stored number is greater by now |
/// | a token comes in | verify the token, then refuse it if [`VerifiedSession::is_ended_by`] the user's `SignOut` |
/// | a user logs in | read the `SignOut` with the password; mint with [`StableSigner::after`], or with an id of [`session_id`](Self::session_id); read it again, and refuse the login if it has changed |
///
/// The number is a time, [seconds since 1970](Self::as_secs). Ended are all sessions that began up to then (`iat`), but for
/// those that were minted after the sign-out: their ids have the number as last 48 bits. So a login works in the second of the
/// sign-out, in the same window, and on replicas that sign with another secret or have another clock. Sessions that were minted
/// without a look at the `SignOut`, in a batch, say, are good if they begin later than that second. A session that was minted to
/// begin in the future counts as minted then.
///
/// # Examples
///
/// ```
/// # use quiltt_session::*;
/// # use std::time::Duration;
/// const LEEWAY: Duration = Duration::from_secs(10); // as much as clocks differ
///
/// let signer = SessionSigner::builder(SigningSecret::demo()).build()?;
/// let (verifier, stable) = (signer.verifier().build()?, signer.stable(Duration::from_secs(7200))?);
/// let (profile, mut stored) = (ProfileId::random()?, SignOut::NEVER);
/// let before = [stable.after(stored).mint(profile)?, signer.mint(profile)?];
///
/// stored = stored.max(stored.next(UnixTime::now()?, LEEWAY)?);
///
/// let random = signer.mint_at(profile, UnixTime::now()?, stored.session_id()?)?;
/// for good in [stable.after(stored).mint(profile)?, random] {
///     assert!(!verifier.verify(good.token())?.is_ended_by(stored));
/// }
/// for ended in before {
///     assert!(verifier.verify(ended.token())?.is_ended_by(stored));
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// [`StableSigner::after`]: crate::StableSigner::after
/// [`VerifiedSession::is_ended_by`]: crate::VerifiedSession::is_ended_by
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SignOut(UnixTime);

impl SignOut {
    /// The user has not signed out, or so long ago that all tokens of the time have expired. 0 as a number.
    pub const NEVER: Self = Self(UnixTime::EPOCH);

    /// The sign-out with this number, as it was stored.
    ///
    /// # Errors
    ///
    /// `253402300800` or more: after the year 9999.
    pub fn from_secs(secs: u64) -> Result<Self, TimeError> {
        UnixTime::from_secs(secs).map(Self)
    }

    /// The number to store, in 38 bits: the last second, since 1970, of which sessions are ended.
    #[must_use]
    pub const fn as_secs(self) -> u64 {
        self.0.as_secs()
    }

    /// The sign-out at `now`, of a user whose last one was `self`.
    ///
    /// `leeway` is how far the clocks of any two replicas may be apart, the verifiers'
    /// [leeway](crate::SessionVerifierBuilder::leeway): a replica whose clock is ahead may have minted a session that begins
    /// so much later than `now`. A fraction of a second counts as a whole one. Each sign-out is at least a second later than the
    /// one before. Of two at once the greater counts, and ends what the other does.
    ///
    /// # Errors
    ///
    /// The sign-out would be after the year 9999.
    pub fn next(self, now: UnixTime, leeway: Duration) -> Result<Self, TimeError> {
        let last_begun = now.checked_add(rounded_up(leeway)).ok_or(TimeError::TooLate)?;
        let following = self.0.checked_add(Duration::from_secs(1)).ok_or(TimeError::TooLate)?;
        Ok(Self(last_begun.max(following)))
    }

    /// From when on a store may forget the sign-out, since each session that it ended has expired: the year 9999 at most.
    ///
    /// `ttl` is the longest time to live of the signers. The leeway counts twice: a verifier's clock may be that much behind the
    /// store's, and the verifier takes a token for that much longer.
    #[must_use]
    pub fn keep_until(self, ttl: Duration, leeway: Duration) -> UnixTime {
        let leeway_twice = rounded_up(leeway).saturating_mul(2);
        self.0.checked_add(rounded_up(ttl).saturating_add(leeway_twice)).unwrap_or(UnixTime::MAX)
    }

    /// A random id for a session that is minted after this sign-out: a UUID of version 8 (RFC 9562 §5.8) that ends in the
    /// number, or after [`NEVER`](Self::NEVER) one of version 4.
    ///
    /// # Errors
    ///
    /// The operating system gives no random bytes.
    pub fn session_id(self) -> Result<SessionId, RandomError> {
        Ok(self.mark(SessionId::random()?))
    }

    /// Whether sessions that begin at `time` are ended, unless they are marked.
    pub(super) fn reaches(self, time: UnixTime) -> bool {
        time <= self.0
    }

    pub(crate) fn ends(self, id: SessionId, issued_at: UnixTime) -> bool {
        self.reaches(issued_at) && self.mark(id) != id
    }

    /// `id` with the number as its last 48 bits, as the id of a session that was minted after this.
    pub(super) fn mark(self, id: SessionId) -> SessionId {
        const LAST_48: u64 = (1 << 48) - 1;
        if self == Self::NEVER {
            return id;
        }
        let (start, end) = id.uuid().as_u64_pair();
        let marked = Uuid::from_u64_pair(start, end & !LAST_48 | self.as_secs());
        SessionId::from_uuid(Builder::from_custom_bytes(marked.into_bytes()).into_uuid())
    }
}

/// Writes the number.
impl Serialize for SignOut {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for SignOut {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        UnixTime::deserialize(deserializer).map(Self)
    }
}

const fn rounded_up(duration: Duration) -> Duration {
    Duration::from_secs(duration.saturating_add(Duration::from_nanos(999_999_999)).as_secs())
}
