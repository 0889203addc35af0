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

#[cfg(test)]
mod tests {
    use super::*;

    fn both(number: &str) -> (Option<u64>, Option<u64>) {
        let seconds = |cut| read(number, cut).map(UnixTime::as_secs);
        (seconds(Cut::Down), seconds(Cut::Up))
    }

    #[test]
    fn a_fraction_is_cut_down_or_up_and_never_rounded() {
        assert_eq!(both("1767225600.25"), (Some(1_767_225_600), Some(1_767_225_601)));
        assert_eq!(both("0.999999999999999999999"), (Some(0), Some(1)));
        // As doubles these are whole.
        assert_eq!(both("1767225600.00000000000000000001"), (Some(1_767_225_600), Some(1_767_225_601)));
        assert_eq!(both("1767225600.99999999999999999999"), (Some(1_767_225_600), Some(1_767_225_601)));
        assert_eq!(both("253402300799.5"), (Some(253_402_300_799), None));
        assert_eq!(both("17672256002500e-4"), (Some(1_767_225_600), Some(1_767_225_601)));
        assert_eq!(both("1e-400"), (Some(0), Some(1)));
        assert_eq!(both("1e-99999999999"), (Some(0), Some(1)));
    }

    #[test]
    fn a_whole_second_is_one_however_it_is_written() {
        for number in
            ["1767225600", "1767225600.0", "1.7672256e9", "1.7672256E+9", "17672256000000e-4", "0.0017672256e12"]
        {
            assert_eq!(both(number), (Some(1_767_225_600), Some(1_767_225_600)), "{number}");
        }
        for zero in ["0", "0.0", "0e999", "0.00e-999999999999"] {
            assert_eq!(both(zero), (Some(0), Some(0)), "{zero}");
        }
    }

    #[test]
    fn what_is_before_1970_or_past_9999_is_no_time() {
        for number in ["-1", "-0", "-0.5", "-1e-9", "253402300800", "2.534023008e11", "1e12", "1e300", "1e99999999999"]
        {
            assert_eq!(both(number), (None, None), "{number}");
        }
    }
}
