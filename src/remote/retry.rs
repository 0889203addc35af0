//! When an exchange is repeated, and after which wait.

use std::time::{Duration, SystemTime};

use super::{
    call::Reply,
    error::{RemoteError, TransportReason},
    rate_limit,
};
use crate::id::random;

/// How often and how late an exchange is repeated.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Retry {
    limit: u32,
}

impl Retry {
    pub(crate) const fn new(limit: u32) -> Self {
        Self { limit }
    }

    /// How long to wait before the exchange is repeated after `attempts`; `None` if that is not safe or not worth it.
    pub(crate) fn wait(
        self,
        attempts: u32,
        is_repeatable: bool,
        outcome: &Result<Reply, RemoteError>,
    ) -> Option<Duration> {
        let worth_it = match outcome {
            Ok(reply) => matches!(reply.status.as_u16(), 502..=504),
            Err(RemoteError::Transport(error)) => error.reason() != TransportReason::Tls,
            Err(_) => false,
        };
        if attempts > self.limit || !worth_it || (may_have_arrived(outcome) && !is_repeatable) {
            return None;
        }
        let asked = outcome.as_ref().ok().and_then(|reply| rate_limit::retry_after(&reply.headers, SystemTime::now()));
        let wait = backoff(attempts, jitter());
        Some(asked.map_or(wait, |asked| asked.max(wait)))
    }
}

/// Whether Quiltt may have done what was asked; not so if there was no connection to ask over.
pub(crate) fn may_have_arrived(outcome: &Result<Reply, RemoteError>) -> bool {
    match outcome {
        Err(RemoteError::Transport(error)) => {
            !matches!(error.reason(), TransportReason::Connect | TransportReason::Tls)
        }
        _ => true,
    }
}

/// Half of the first wait and half of the longest.
const FIRST_HALF: Duration = Duration::from_millis(50);
const LONGEST_HALF: Duration = Duration::from_secs(1);

/// Doubles with each attempt up to a limit; the upper half of it is random, so that callers who failed together do not
/// come back together.
#[expect(clippy::arithmetic_side_effects, reason = "255 is not zero")]
fn backoff(attempts: u32, jitter: u8) -> Duration {
    let doubled = 2_u32.saturating_pow(attempts.saturating_sub(1));
    let half = FIRST_HALF.saturating_mul(doubled).min(LONGEST_HALF);
    half.saturating_add(half.saturating_mul(jitter.into()) / 255)
}

/// Nothing secret hangs on it, so without randomness there is just no jitter.
fn jitter() -> u8 {
    random::id_bytes().map_or(u8::MAX, |[byte, ..]| byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_doubles_up_to_its_limit_and_half_of_it_is_random() {
        for (attempts, millis) in [(1, 100), (2, 200), (3, 400), (5, 1600), (6, 2000), (u32::MAX, 2000)] {
            assert_eq!(backoff(attempts, u8::MAX), Duration::from_millis(millis));
            assert_eq!(backoff(attempts, 0), Duration::from_millis(millis / 2));
        }
    }
}
