//! From when until when a session is valid, and for how long it may be.

use std::time::Duration;

use crate::{
    error::{ConfigError, MintError},
    time::{TimeError, UnixTime},
};

/// From when until when a session is valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Validity {
    pub(crate) issued_at: UnixTime,
    pub(crate) expires_at: UnixTime,
}

impl Validity {
    /// From `backdating` before `now` until `ttl` after it.
    pub(crate) fn new(now: UnixTime, ttl: Duration, backdating: Duration) -> Result<Self, MintError> {
        let issued_at = now.checked_sub(backdating).ok_or(TimeError::BeforeEpoch)?;
        let expires_at = now.checked_add(ttl).ok_or(MintError::ExpiryTooLate)?;
        Ok(Self { issued_at, expires_at })
    }
}

/// 2³¹ - 1 ms in seconds, less what a client's clock may be behind: a session that expires later overflows the timer of
/// Quiltt's JavaScript SDK, which then forgets it at once.
const MAX_TTL_SECS: u64 = 2_147_483 - MAX_CLOCK_DIFFERENCE_SECS;

/// On failure, the greatest time to live in seconds.
pub(crate) const fn check_ttl(ttl: Duration) -> Result<(), u64> {
    match (ttl.as_secs(), ttl.subsec_nanos()) {
        (1..=MAX_TTL_SECS, 0) => Ok(()),
        _ => Err(MAX_TTL_SECS),
    }
}

/// More than any clock that is set by NTP is off; the verifiers' greatest leeway too.
const MAX_CLOCK_DIFFERENCE_SECS: u64 = 600;
const MAX_BACKDATING: Duration = Duration::from_secs(MAX_CLOCK_DIFFERENCE_SECS);

pub(crate) fn check_backdating(backdating: Duration) -> Result<(), ConfigError> {
    if backdating > MAX_BACKDATING || backdating.subsec_nanos() != 0 {
        return Err(ConfigError::Backdating { found: backdating, max: MAX_BACKDATING.as_secs() });
    }
    Ok(())
}
