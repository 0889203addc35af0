//! Which thread looks at the secret files: one at a time, while the others go on.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

/// Gives one thread the right to look. No thread waits for that right. Two kinds of holders never give it back: a thread whose look
/// hangs, as in a dead network mount, and in a forked process a thread that only the parent has. From both it is taken.
#[derive(Default)]
pub(crate) struct Turns {
    /// 0 while nobody looks; else, in the upper 32 bits, the process that looks, and in the lower 32 bits when its look began, in
    /// seconds since the start.
    holder: AtomicU64,
}

/// The right to look, until it is dropped.
pub(crate) struct Turn<'t> {
    turns: &'t Turns,
    holder: u64,
}

/// Seconds after which a look is said to hang. One on a slow disk takes far less.
const LATE: u64 = 30;
/// Seconds after which another thread may look: each look that hangs has taken a thread with it, so 24 threads a day at the most.
const GIVEN_UP: u64 = 3600;
/// Seconds since the start fit into so many bits for 136 years.
const TIME_BITS: u32 = 32;

impl Turns {
    /// Returns the turn, if no thread of this process looks at `now` (since the start), or one whose look is given up.
    pub(crate) fn take(&self, now: Duration) -> Option<Turn<'_>> {
        let before = self.holder.load(Ordering::Acquire);
        if is_of_this_process(before) && age(before, now) <= GIVEN_UP {
            return None;
        }
        let holder = holder_at(now);
        self.holder.compare_exchange(before, holder, Ordering::AcqRel, Ordering::Relaxed).ok()?;
        Some(Turn { turns: self, holder })
    }

    /// Whether a look hangs.
    pub(crate) fn is_stuck(&self, now: Duration) -> bool {
        let holder = self.holder.load(Ordering::Acquire);
        is_of_this_process(holder) && age(holder, now) > LATE
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        // Fails if this look was given up: the turn is another thread's by now.
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

/// The process's id, which is never zero. Where no process forks, one number does.
fn process() -> u32 {
    if cfg!(unix) { std::process::id() } else { 1 }
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
    fn who_does_not_come_back_is_told_of_and_given_up() {
        let turns = Turns::default();
        let hanging = turns.take(at(7)).unwrap();
        assert!(!turns.is_stuck(at(37)) && turns.is_stuck(at(38)));
        assert!(turns.take(at(3607)).is_none());
        let next = turns.take(at(3608)).unwrap();
        assert!(!turns.is_stuck(at(3608)) && turns.take(at(3608)).is_none());
        drop(hanging);
        assert!(turns.take(at(3608)).is_none(), "the turn of one that was given up is another's");
        drop(next);
        assert!(turns.take(at(3608)).is_some());
    }

    #[test]
    fn a_turn_of_another_process_is_nobodys() {
        let turns = Turns::default();
        turns.holder.store(u64::from(process() + 1) << TIME_BITS | 7, Ordering::Relaxed);
        assert!(!turns.is_stuck(at(1000)));
        let turn = turns.take(at(8)).unwrap();
        assert!(turns.take(at(8)).is_none() && !turns.is_stuck(at(8)));
        drop(turn);
        assert!(turns.take(at(8)).is_some());
    }
}
