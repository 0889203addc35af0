//! The times of a token: JSON numbers (RFC 7519 §2, NumericDate), as whole seconds.

use crate::time::UnixTime;

/// How a fraction of a second is rounded, so that no token lives longer or begins earlier than its claims say.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Cut {
    /// For `exp`.
    Down,
    /// For `nbf` and `iat`.
    Up,
}

/// Digits of the last second that there is, 253402300799.
const MAX_DIGITS: i64 = 12;

/// Returns the second that a JSON number names, whichever way it is written: exactly, digit by digit and by no double.
///
/// `None` for a number with a minus sign, even `-0`, for one past the year 9999, and for JSON that is no number.
#[inline(always)]
pub(crate) fn read(number: &str, cut: Cut) -> Option<UnixTime> {
    let seconds = if let Ok(whole) = number.parse() { whole } else { exact(number, cut)? };
    UnixTime::from_secs(seconds).ok()
}

#[cold]
fn exact(number: &str, cut: Cut) -> Option<u64> {
    if !number.starts_with(|first: char| first.is_ascii_digit()) {
        return None;
    }
    let (mantissa, exponent) = number.split_once(['e', 'E']).unwrap_or((number, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = [whole, fraction].concat();
    let significant = digits.trim_start_matches('0');
    if significant.is_empty() {
        return Some(0);
    }
    // An exponent beyond 32 bits moves the point past all digits that a token has room for, as the last one within does.
    let limit = if exponent.starts_with('-') { i32::MIN } else { i32::MAX };
    let exponent = i64::from(exponent.parse().unwrap_or(limit));
    let length = |digits: &str| i64::try_from(digits.len()).ok();
    let point = length(significant)?.checked_sub(length(fraction)?)?.checked_add(exponent)?;
    if point > MAX_DIGITS {
        return None;
    }
    let point = usize::try_from(point.max(0)).ok()?;
    let padded = format!("{significant:0<point$}");
    let (seconds, fraction) = padded.split_at(point);
    let seconds: u64 = if seconds.is_empty() { 0 } else { seconds.parse().ok()? };
    let is_cut = fraction.bytes().any(|digit| digit != b'0');
    seconds.checked_add(u64::from(is_cut && cut == Cut::Up))
}
