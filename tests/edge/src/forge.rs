//! What `frozen` takes from the other tests.

use quiltt_session::UnixTime;

pub(crate) fn at(seconds: u64) -> UnixTime {
    UnixTime::from_secs(seconds).unwrap()
}
