//! The one function of `tests/it/forge.rs` that `frozen` calls.

use quiltt_session::UnixTime;

pub(crate) fn at(seconds: u64) -> UnixTime {
    UnixTime::from_secs(seconds).unwrap()
}
