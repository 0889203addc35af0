//! Whose turn it is to look: one thread's of one process, for as long as a look should take.

use std::{
    sync::atomic::{AtomicU32, AtomicU64, Ordering},
    time::Duration,
};

/// Nobody waits for a turn, and nobody has one for good: no thread whose look hangs, as in a dead network mount, and no
/// process that was forked while another thread of its parent looked.
#[derive(Default)]
pub(crate) struct Turns {
    /// The process whose look goes on, and when it began; zero if none does.
    holder: AtomicU64,
    /// How many looks in a row were given up.
    given_up: AtomicU32,
}

/// The right to look, until it is dropped.
pub(crate) struct Turn<'t> {
    turns: &'t Turns,
    holder: u64,
}

/// What a look on a slow disk takes is far less.
const PATIENCE: u64 = 30;
/// Each look that hangs has taken a thread with it, so the next is tried after four times as long: seven in two days.
const GROWTH: u64 = 4;
/// Of a time since the start, in seconds: 136 years.
const TIME_BITS: u32 = 32;

impl Turns {
    /// The turn, if nobody looks at this time since the start, or if who does is given up.
    pub(crate) fn take(&self, now: Duration) -> Option<Turn<'_>> {
        let before = self.holder.load(Ordering::Acquire);
        let given_up = self.given_up.load(Ordering::Relaxed);
        let is_taken = is_of_this_process(before);
        if is_taken && age(before, now) <= PATIENCE.saturating_mul(GROWTH.saturating_pow(given_up)) {
            return None;
        }
        let holder = holder_at(now);
        self.holder.compare_exchange(before, holder, Ordering::AcqRel, Ordering::Relaxed).ok()?;
        self.given_up.store(if is_taken { given_up.saturating_add(1) } else { 0 }, Ordering::Relaxed);
        Some(Turn { turns: self, holder })
    }

    /// Whether a look has not ended that should have.
    pub(crate) fn is_stuck(&self, now: Duration) -> bool {
        let holder = self.holder.load(Ordering::Acquire);
        is_of_this_process(holder) && (self.given_up.load(Ordering::Relaxed) > 0 || age(holder, now) > PATIENCE)
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        // The files answer, so others need not wait for longer.
        self.turns.given_up.store(0, Ordering::Relaxed);
        // Unless this look was given up, and the turn is another's.
        let _ = self.turns.holder.compare_exchange(self.holder, 0, Ordering::AcqRel, Ordering::Relaxed);
    }
}

fn holder_at(now: Duration) -> u64 {
    u64::from(process()) << TIME_BITS | now.as_secs() & (u64::MAX >> TIME_BITS)
}

fn is_of_this_process(holder: u64) -> bool {
    holder >> TIME_BITS == u64::from(process())
}

fn age(holder: u64, now: Duration) -> u64 {
    now.as_secs().saturating_sub(holder & (u64::MAX >> TIME_BITS))
}

/// Never zero.
#[cfg(unix)]
fn process() -> u32 {
    std::process::id()
}

/// Where nothing forks.
#[cfg(not(unix))]
fn process() -> u32 {
    1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn a_turn_is_one_threads_until_it_ends() {
        let turns = Turns::default();
        let turn = turns.take(at(5)).unwrap();
        assert!(turns.take(at(5)).is_none() && turns.take(at(35)).is_none() && !turns.is_stuck(at(35)));
        drop(turn);
        assert!(turns.take(at(5)).is_some());
    }

    #[test]
    fn who_does_not_come_back_is_given_up_each_time_after_four_times_as_long() {
        let turns = Turns::default();
        let mut hanging = vec![turns.take(at(0)).unwrap()];
        let mut now = 0;
        for patience in [30, 120, 480, 1920] {
            assert!(turns.take(at(now + patience)).is_none());
            assert_eq!(turns.is_stuck(at(now + 30)), now > 0, "the first is late only then");
            now += patience + 1;
            assert!(turns.is_stuck(at(now)));
            hanging.push(turns.take(at(now)).unwrap());
        }
        // One that was given up comes back, and does not end the last one's turn.
        hanging.remove(0);
        assert!(turns.take(at(now + 30)).is_none());
        assert!(turns.take(at(now + 31)).is_some());
        drop(hanging);
        assert!(!turns.is_stuck(at(now + 32)));
    }

    #[test]
    fn a_turn_of_another_process_is_nobodys() {
        let turns = Turns::default();
        let parents = u64::from(process() + 1) << TIME_BITS | 7;
        turns.holder.store(parents, Ordering::Relaxed);
        turns.given_up.store(3, Ordering::Relaxed);
        assert!(!turns.is_stuck(at(1000)));
        let turn = turns.take(at(8)).unwrap();
        assert!(turns.take(at(8)).is_none() && !turns.is_stuck(at(8)));
        drop(turn);
        assert!(turns.take(at(8)).is_some());
    }
}
