//! The headers of an answer: numbers, dates, and the time to wait.

use std::time::{Duration, SystemTime};

use reqwest::header::{DATE, HeaderMap, HeaderName, RETRY_AFTER};

/// `Retry-After` (RFC 9110 §10.2.3), in whole seconds, rounded up, and at most a day: a number of seconds, or a date. A date
/// is compared with the answer's own `Date`, or with this host's clock if there is none; a date in the past means 0.
pub(crate) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds = number(headers, RETRY_AFTER).or_else(|| {
        let now = date(headers, DATE).unwrap_or_else(SystemTime::now);
        Some(seconds_between(now, date(headers, RETRY_AFTER)?))
    })?;
    Some(Duration::from_secs(seconds.min(MAX_RETRY_AFTER)))
}

/// A header of decimal digits. A number beyond 64 bits is the greatest.
pub(crate) fn number(headers: &HeaderMap, name: HeaderName) -> Option<u64> {
    let text = headers.get(name)?.to_str().ok()?.trim();
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().unwrap_or(u64::MAX))
}

/// A header that is a date, in any of the three forms of RFC 9110 §5.6.7.
pub(crate) fn date(headers: &HeaderMap, name: HeaderName) -> Option<SystemTime> {
    httpdate::parse_http_date(headers.get(name)?.to_str().ok()?.trim()).ok()
}

/// Whole seconds, rounded up; 0 if `end` is not after `start`.
fn seconds_between(start: SystemTime, end: SystemTime) -> u64 {
    let wait = end.duration_since(start).unwrap_or(Duration::ZERO);
    wait.as_secs().saturating_add(u64::from(wait.subsec_nanos() > 0))
}

/// Seconds. Callers can add a day to any time.
const MAX_RETRY_AFTER: u64 = 86_400;

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderValue;

    use super::*;

    fn asked(headers: &[(&'static str, &str)]) -> Option<u64> {
        let pair = |&(name, value): &(&'static str, &str)| {
            (HeaderName::from_static(name), HeaderValue::from_str(value).unwrap())
        };
        Some(retry_after(&headers.iter().map(pair).collect())?.as_secs())
    }

    #[test]
    fn retry_after_is_seconds_or_a_date_in_any_form_of_rfc_9110_and_at_most_a_day() {
        for (value, expected) in [
            ("0", Some(0)),
            ("120", Some(120)),
            ("86401", Some(86_400)),
            ("18446744073709551615", Some(86_400)),
            ("99999999999999999999999999", Some(86_400)),
            ("Sun, 06 Nov 1994 08:50:37 GMT", Some(60)),
            ("Sunday, 06-Nov-94 08:50:37 GMT", Some(60)),
            ("Sun Nov  6 08:50:37 1994", Some(60)),
            ("Sun, 06 Nov 1994 08:49:36 GMT", Some(0)),
            ("Sat, 06 Nov 2094 08:49:36 GMT", Some(86_400)),
            ("-1", None),
            ("+1", None),
            ("1.5", None),
            ("soon", None),
            ("", None),
        ] {
            // The date in RFC 9110's own example, whatever the time is here.
            let date = ("date", "Sun, 06 Nov 1994 08:49:37 GMT");
            assert_eq!(asked(&[date, ("retry-after", value)]), expected, "{value:?}");
        }
        assert_eq!(asked(&[]), None);
    }

    #[test]
    fn without_a_date_of_the_answer_a_date_is_compared_with_this_clock_and_rounded_up() {
        let later = |seconds| SystemTime::now().checked_add(Duration::from_secs(seconds)).unwrap();
        let wait = asked(&[("retry-after", &httpdate::fmt_http_date(later(600)))]).unwrap();
        assert!((590..=600).contains(&wait), "{wait}");
        // Half a second from now is written as a whole one: a caller that rounds down comes too early.
        let now = SystemTime::UNIX_EPOCH.checked_add(Duration::from_millis(1_500)).unwrap();
        assert_eq!(seconds_between(now, SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(3)).unwrap()), 2);
    }
}
