//! Time as a value: whole seconds since 1970, as in the claims `nbf`, `iat` and `exp`.

use std::{
    fmt,
    time::{Duration, SystemTime},
};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

/// A moment in whole seconds since 1970-01-01T00:00:00Z, up to the end of the year 9999.
///
/// It is the `NumericDate` of RFC 7519 §2 without fractions, as observed in all of Quiltt's tokens. `Display` writes
/// RFC 3339 in UTC; serde writes an integer and takes nothing but one (no float, text or negative number).
///
/// # Examples
///
/// ```
/// use quiltt_session::UnixTime;
///
/// let time = UnixTime::from_secs(1_671_822_912)?;
/// assert_eq!(time.to_string(), "2022-12-23T19:15:12Z");
/// assert_eq!(serde_json::to_string(&time)?, "1671822912");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnixTime(u64);

impl UnixTime {
    /// 1970-01-01T00:00:00Z.
    pub const EPOCH: Self = Self(0);
    /// 9999-12-31T23:59:59Z, the last second that RFC 3339 can write.
    pub const MAX: Self = Self(253_402_300_799);

    /// The time `secs` seconds after 1970.
    ///
    /// # Errors
    ///
    /// `253402300800` or more: after the year 9999.
    pub const fn from_secs(secs: u64) -> Result<Self, TimeError> {
        if secs > Self::MAX.0 {
            return Err(TimeError::TooLate);
        }
        Ok(Self(secs))
    }

    /// The system clock's time, rounded down to a second.
    ///
    /// # Errors
    ///
    /// A clock that reads a time before this release, or after 9999: never set, or 0, as in a Worker's global scope; no clock,
    /// as on `wasm32-unknown-unknown` without the feature `wasm_js`.
    pub fn now() -> Result<Self, TimeError> {
        let now = Self::try_from(system_time()?)?;
        if now < Self::RELEASE {
            return Err(TimeError::ClockUnset { found: now });
        }
        Ok(now)
    }

    /// 2026-11-01T00:00:00Z, when the month of this release began: a clock that reads less was never set.
    pub(crate) const RELEASE: Self = Self(1_793_491_200);

    /// Seconds since 1970.
    #[must_use]
    pub const fn as_secs(self) -> u64 {
        self.0
    }

    /// The time `duration` later, without its fraction of a second; `None` past the year 9999.
    #[must_use]
    pub fn checked_add(self, duration: Duration) -> Option<Self> {
        let secs = self.0.checked_add(duration.as_secs())?;
        Self::from_secs(secs).ok()
    }

    /// The time `duration` earlier, without its fraction of a second; `None` before 1970.
    #[must_use]
    pub fn checked_sub(self, duration: Duration) -> Option<Self> {
        self.0.checked_sub(duration.as_secs()).map(Self)
    }

    /// How long after `earlier` this is; `None` if it is before.
    #[must_use]
    pub fn duration_since(self, earlier: Self) -> Option<Duration> {
        self.0.checked_sub(earlier.0).map(Duration::from_secs)
    }
}

/// Rounds down to a second.
impl TryFrom<SystemTime> for UnixTime {
    type Error = TimeError;

    fn try_from(time: SystemTime) -> Result<Self, TimeError> {
        let since_epoch = time.duration_since(SystemTime::UNIX_EPOCH).map_err(|_| TimeError::BeforeEpoch)?;
        Self::from_secs(since_epoch.as_secs())
    }
}

impl From<UnixTime> for SystemTime {
    #[expect(clippy::expect_used, reason = "every system's time reaches beyond the year 9999")]
    fn from(time: UnixTime) -> Self {
        Self::UNIX_EPOCH.checked_add(Duration::from_secs(time.0)).expect("a time of the system")
    }
}

impl fmt::Display for UnixTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let secs = i64::try_from(self.0).map_err(|_| fmt::Error)?;
        let date = OffsetDateTime::from_unix_timestamp(secs).map_err(|_| fmt::Error)?;
        f.pad(&date.format(&Rfc3339).map_err(|_| fmt::Error)?)
    }
}

impl fmt::Debug for UnixTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "UnixTime({self})")
    }
}

impl Serialize for UnixTime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(self.0)
    }
}

impl<'de> Deserialize<'de> for UnixTime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let secs = u64::deserialize(deserializer)?;
        Self::from_secs(secs).map_err(de::Error::custom)
    }
}

/// A time is outside what tokens can state, 1970-01-01 to 9999-12-31, UTC, or cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TimeError {
    /// Before 1970.
    #[error("expected a time from 1970 on, found an earlier one: is the system clock set?")]
    BeforeEpoch,
    /// After the year 9999, which RFC 3339 cannot write.
    #[error("expected a time before the year 10000, found a later one: is the system clock set?")]
    TooLate,
    /// A clock before this release, so one that was never set; [`UnixTime::now`] alone refuses it.
    #[error(
        "expected a clock that is set, found {found}, a time before this release: \
         set the clock, best with NTP; in a Worker, mint inside a request"
    )]
    ClockUnset {
        /// What the clock reads.
        found: UnixTime,
    },
    /// No clock at all: `wasm32-unknown-unknown` has none unless the feature `wasm_js` brings that of a JavaScript host.
    #[error(
        "expected a system clock, found a platform without one: \
         give the time, or turn on the feature wasm_js on a JavaScript host"
    )]
    NoClock,
}

#[cfg(not(any(test, all(target_family = "wasm", target_os = "unknown"))))]
fn system_time() -> Result<SystemTime, TimeError> {
    Ok(SystemTime::now())
}

/// `SystemTime::now` panics here.
#[cfg(all(target_family = "wasm", target_os = "unknown", not(feature = "wasm_js")))]
fn system_time() -> Result<SystemTime, TimeError> {
    Err(TimeError::NoClock)
}

#[cfg(all(target_family = "wasm", target_os = "unknown", feature = "wasm_js"))]
fn system_time() -> Result<SystemTime, TimeError> {
    match js_sys::Date::now() / 1000.0 {
        seconds if seconds.is_nan() => Err(TimeError::NoClock),
        seconds if seconds < 0.0 => Err(TimeError::BeforeEpoch),
        seconds => Duration::try_from_secs_f64(seconds.trunc())
            .ok()
            .and_then(|since_epoch| SystemTime::UNIX_EPOCH.checked_add(since_epoch))
            .ok_or(TimeError::TooLate),
    }
}

#[cfg(test)]
use tests::system_time;

#[cfg(test)]
pub(crate) mod tests {
    use std::cell::Cell;

    use super::*;

    thread_local! {
        static STOPPED_AT: Cell<Option<SystemTime>> = const { Cell::new(None) };
    }

    pub(super) fn system_time() -> Result<SystemTime, TimeError> {
        Ok(STOPPED_AT.get().unwrap_or_else(SystemTime::now))
    }

    /// Lets this thread's clock read `time`, while `act` runs.
    pub(crate) fn with_clock_at<T>(time: SystemTime, act: impl FnOnce() -> T) -> T {
        STOPPED_AT.set(Some(time));
        let result = act();
        STOPPED_AT.set(None);
        result
    }

    /// Times that no clock may read.
    #[expect(clippy::arithmetic_side_effects, reason = "constants, far from the ends of SystemTime")]
    pub(crate) fn impossible_times() -> [(SystemTime, TimeError); 5] {
        let unset = |secs| {
            let found = UnixTime(secs);
            (SystemTime::from(found) + Duration::from_millis(999), TimeError::ClockUnset { found })
        };
        [
            (SystemTime::UNIX_EPOCH - STEP, TimeError::BeforeEpoch),
            unset(0),
            unset(1_577_836_800), // 2020, as firmware is built
            unset(UnixTime::RELEASE.0 - 1),
            (SystemTime::UNIX_EPOCH + Duration::from_secs(UnixTime::MAX.0 + 1), TimeError::TooLate),
        ]
    }

    /// The least that every clock can tell: Windows counts in it.
    const STEP: Duration = Duration::from_nanos(100);

    #[test]
    fn a_clock_before_this_release_or_after_9999_is_an_error() {
        for (time, error) in impossible_times() {
            assert_eq!(with_clock_at(time, UnixTime::now), Err(error));
        }
    }

    #[test]
    fn a_clock_within_is_rounded_down_to_a_second() {
        let last = SystemTime::UNIX_EPOCH + Duration::from_secs(UnixTime::MAX.0 + 1) - STEP;
        assert_eq!(with_clock_at(last, UnixTime::now), Ok(UnixTime::MAX));
        assert_eq!(with_clock_at(UnixTime::RELEASE.into(), UnixTime::now), Ok(UnixTime::RELEASE));
    }

    /// Once the changelog has a date; RELEASING.md says so too.
    #[test]
    fn the_earliest_clock_is_the_releases_month() {
        let sections = include_str!("../CHANGELOG.md").lines().filter_map(|line| line.strip_prefix("## ["));
        let (_, date) = sections.take(1).find_map(|section| section.split_once(" - ")).expect("a section");
        let month = date.get(..7).filter(|_| date != "unreleased");
        assert!(month.is_none_or(|month| UnixTime::RELEASE.to_string().starts_with(month)), "{date}");
    }

    #[test]
    fn the_whole_range_is_a_time_of_the_system_and_comes_back() {
        for time in [UnixTime::EPOCH, UnixTime(1), UnixTime(1_700_000_000), UnixTime::MAX] {
            assert_eq!(UnixTime::try_from(SystemTime::from(time)), Ok(time));
        }
    }

    #[test]
    fn differences_and_sums_end_where_time_does() {
        let (early, late) = (UnixTime(5), UnixTime(12));
        let seven = Duration::from_secs(7);
        assert_eq!(late.duration_since(early), Some(seven));
        assert_eq!(late.duration_since(late), Some(Duration::ZERO));
        assert_eq!(early.duration_since(late), None);
        assert_eq!(late.checked_sub(Duration::new(7, 999_999_999)), Some(early));
        assert_eq!(early.checked_sub(Duration::from_secs(5)), Some(UnixTime::EPOCH));
        assert_eq!(early.checked_sub(Duration::from_secs(6)), None);
        assert_eq!(UnixTime::MAX.checked_add(Duration::new(0, 999_999_999)), Some(UnixTime::MAX));
        assert_eq!(UnixTime::MAX.checked_add(Duration::from_secs(1)), None);
    }

    #[test]
    fn the_whole_range_prints_as_rfc_3339() {
        assert_eq!(UnixTime::EPOCH.to_string(), "1970-01-01T00:00:00Z");
        assert_eq!(UnixTime::MAX.to_string(), "9999-12-31T23:59:59Z");
    }

    #[test]
    fn only_integers_are_read() {
        for text in ["-1", "-0", "1.0", "1e3", "\"1\"", "null", "true", "[1]", "253402300800"] {
            assert!(serde_json::from_str::<UnixTime>(text).is_err(), "{text}");
        }
        assert_eq!(serde_json::from_str::<UnixTime>("0").unwrap(), UnixTime::EPOCH);
    }
}
