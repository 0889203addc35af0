//! How far this clock is from a server's.

use std::time::Duration;

use quiltt_session::UnixTime;

use crate::{duration, output::Mark};

/// How far this clock is from a server's, at least.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Drift {
    None,
    Ahead(Duration),
    Behind(Duration),
}

/// Whole seconds are all that a server tells.
const TOLERANCE: Duration = Duration::from_secs(2);
/// The most that a signer backdates by.
const MOST_BACKDATED: u64 = 600;

impl Drift {
    /// The server wrote its time down after `before` and before `after`.
    pub(crate) fn new(before: UnixTime, server: UnixTime, after: UnixTime) -> Self {
        let is_much = |drift: &Duration| *drift > TOLERANCE;
        let ahead = before.duration_since(server).filter(is_much).map(Self::Ahead);
        let behind = || server.duration_since(after).filter(is_much).map(Self::Behind);
        ahead.or_else(behind).unwrap_or(Self::None)
    }

    /// What it means for tokens that are backdated by so much.
    pub(crate) fn in_words(self, backdated: Duration) -> (Mark, String) {
        let drifted = |drift, word| format!("clock: {} {word} the server's", duration::in_words(drift));
        match self {
            Self::None => (Mark::Pass, "clock: within seconds of the server's".to_owned()),
            Self::Behind(drift) => {
                let drifted = drifted(drift, "behind");
                (Mark::Fail, format!("{drifted}, so tokens expire that much too early: set it with NTP"))
            }
            Self::Ahead(drift) => {
                let (mark, advice) = ahead(drift, backdated);
                (mark, format!("{}, {advice}", drifted(drift, "ahead of")))
            }
        }
    }
}

fn ahead(drift: Duration, backdated: Duration) -> (Mark, String) {
    if drift <= backdated {
        return (Mark::Note, "which --backdate covers; set it with NTP all the same".to_owned());
    }
    let secs = drift.as_secs();
    if secs > MOST_BACKDATED {
        return (Mark::Fail, format!("more than --backdate covers ({MOST_BACKDATED}s): set it with NTP"));
    }
    let enough = secs.saturating_add(30).min(MOST_BACKDATED);
    let advice = "where tokens are not valid yet when they arrive: set it with NTP, and pass --backdate";
    (Mark::Fail, format!("{advice} {enough}s until then"))
}
