//! What time it was where the last answer came from.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::SystemTime,
};

use reqwest::header::{DATE, HeaderMap};
use time::{OffsetDateTime, format_description::well_known::Rfc2822};

use crate::time::UnixTime;

/// Seconds since 1970 by the last `Date`; 0 before the first, for no server's clock shows 1970.
#[derive(Default)]
pub(crate) struct ServerTime(AtomicU64);

impl ServerTime {
    /// Keeps the time of an answer, if that tells it.
    pub(crate) fn note(&self, headers: &HeaderMap) {
        if let Some(time) = date(headers) {
            self.0.store(time.as_secs(), Ordering::Relaxed);
        }
    }

    pub(crate) fn last(&self) -> Option<UnixTime> {
        UnixTime::from_secs(self.0.load(Ordering::Relaxed)).ok().filter(|&time| time != UnixTime::EPOCH)
    }
}

fn date(headers: &HeaderMap) -> Option<UnixTime> {
    http_date(headers.get(DATE)?.to_str().ok()?)?.try_into().ok()
}

/// The date of a header (RFC 9110 §5.6.7).
pub(crate) fn http_date(text: &str) -> Option<SystemTime> {
    OffsetDateTime::parse(text, &Rfc2822).ok().map(SystemTime::from)
}
