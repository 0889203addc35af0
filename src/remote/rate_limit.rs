//! When to try again, as the headers of a 429 tell it.

use std::time::{Duration, SystemTime};

use reqwest::header::{HeaderMap, RETRY_AFTER};

use super::{refusal::Refusal, server_time::http_date};

/// What came with a 429.
///
/// Quiltt publishes neither the body nor the meaning of the headers. `Retry-After` is read as in RFC 9110 §10.2.3. A
/// `Ratelimit-Reset` of up to a thousand million is taken for seconds from now, a greater one for seconds since 1970.
///
/// # Examples
///
/// ```no_run
/// # use quiltt_session::*;
/// # async fn example(auth: &QuilttAuth, profile: ProfileId) {
/// if let Err(RemoteError::RateLimited(limit)) = auth.create_session(NewSession::for_user(profile)).await {
///     eprintln!("{:?} of {:?} sessions left", limit.remaining(), limit.limit());
/// }
/// # }
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RateLimit {
    retry_after: Option<Duration>,
    limit: Option<u64>,
    remaining: Option<u64>,
    refusal: Refusal,
}

impl RateLimit {
    /// How long to wait: `Retry-After`, or else `Ratelimit-Reset`.
    #[must_use]
    pub const fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }

    /// How many calls are allowed: `Ratelimit-Limit`.
    #[must_use]
    pub const fn limit(&self) -> Option<u64> {
        self.limit
    }

    /// How many of them are left: `Ratelimit-Remaining`.
    #[must_use]
    pub const fn remaining(&self) -> Option<u64> {
        self.remaining
    }

    /// The body, if it has the form of Quiltt's other errors.
    #[must_use]
    pub const fn refusal(&self) -> &Refusal {
        &self.refusal
    }

    pub(crate) fn read(headers: &HeaderMap, refusal: Refusal, now: SystemTime) -> Self {
        Self {
            retry_after: retry_after(headers, now).or_else(|| reset(headers, now)),
            limit: number(headers, "ratelimit-limit"),
            remaining: number(headers, "ratelimit-remaining"),
            refusal,
        }
    }

    /// The same for the end of an error's text.
    pub(crate) fn suffix(&self) -> String {
        let wait = self.retry_after.map(|wait| format!(": try again in {} s", wait.as_secs()));
        wait.unwrap_or_default() + &self.refusal.suffix()
    }
}

/// `Retry-After`: seconds, or a date (RFC 9110 §5.6.7); one that has passed means at once.
pub(crate) fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Some(seconds) = whole_number(text) {
        return Some(Duration::from_secs(seconds));
    }
    Some(http_date(text)?.duration_since(now).unwrap_or_default())
}

/// Above it, a number of seconds is no time to wait but a moment after 2001.
const FIRST_MOMENT: u64 = 1_000_000_000;

fn reset(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let seconds = Duration::from_secs(number(headers, "ratelimit-reset")?);
    if seconds.as_secs() <= FIRST_MOMENT {
        return Some(seconds);
    }
    let now = now.duration_since(SystemTime::UNIX_EPOCH).ok()?;
    Some(seconds.saturating_sub(now))
}

fn number(headers: &HeaderMap, name: &str) -> Option<u64> {
    whole_number(headers.get(name)?.to_str().ok()?.trim())
}

fn whole_number(text: &str) -> Option<u64> {
    text.parse().ok().filter(|_| text.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use reqwest::header::{HeaderName, HeaderValue};

    use super::*;

    /// 1994-11-06T08:49:37Z, the date in RFC 9110's own example.
    const NOW: Duration = Duration::from_secs(784_111_777);

    fn wait(headers: &[(&'static str, &'static str)]) -> Option<Duration> {
        let pair = |&(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value));
        let headers = headers.iter().map(pair).collect();
        let now = SystemTime::UNIX_EPOCH.checked_add(NOW).unwrap();
        RateLimit::read(&headers, Refusal::default(), now).retry_after()
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        for (value, expected) in [
            ("0", Some(0)),
            ("120", Some(120)),
            ("18446744073709551615", Some(u64::MAX)),
            ("Sun, 06 Nov 1994 08:50:37 GMT", Some(60)),
            ("Sun, 06 Nov 1994 08:49:36 GMT", Some(0)),
            ("-1", None),
            ("+1", None),
            ("1.5", None),
            ("soon", None),
            ("", None),
        ] {
            assert_eq!(wait(&[("retry-after", value)]), expected.map(Duration::from_secs), "{value:?}");
        }
    }

    #[test]
    fn a_reset_is_seconds_from_now_or_a_moment() {
        assert_eq!(wait(&[("ratelimit-reset", "3600")]), Some(Duration::from_secs(3600)));
        assert_eq!(wait(&[("ratelimit-reset", "1784111777")]), Some(Duration::from_secs(1_000_000_000)));
        assert_eq!(wait(&[("ratelimit-reset", "3600"), ("retry-after", "5")]), Some(Duration::from_secs(5)));
        assert_eq!(wait(&[("ratelimit-reset", "3600"), ("retry-after", "soon")]), Some(Duration::from_secs(3600)));
        assert_eq!(wait(&[]), None);
    }
}
