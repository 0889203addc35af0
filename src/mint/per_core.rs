//! What was worked out last, kept for whoever needs it next.
//!
//! One slot for each core, so that threads on different cores do not wait for each other. A thread never waits at all:
//! if it finds its slot taken, it does without.

use std::{
    cell::Cell,
    sync::{
        Mutex, MutexGuard,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

/// A value for each core.
pub(crate) struct PerCore<T>(Box<[Slot<T>]>);

/// On cache lines of its own; x86 fetches them in pairs.
#[repr(align(128))]
struct Slot<T>(Mutex<T>);

impl<T> PerCore<T> {
    /// With a new value in each slot.
    pub(crate) fn new(make: impl Fn() -> T) -> Self {
        let cores = thread::available_parallelism().map_or(1, usize::from);
        Self((0..cores).map(|_| Slot(Mutex::new(make()))).collect())
    }

    /// This thread's slot, unless another one has it.
    pub(crate) fn try_lock(&self) -> Option<MutexGuard<'_, T>> {
        let slot = self.0.get(thread_number().checked_rem(self.0.len())?)?;
        slot.0.try_lock().ok()
    }
}

/// A number that no two threads share until the numbers run out.
fn thread_number() -> usize {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    thread_local! {
        static NUMBER: Cell<Option<usize>> = const { Cell::new(None) };
    }
    NUMBER.get().unwrap_or_else(|| {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        NUMBER.set(Some(number));
        number
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_keeps_its_number_and_shares_it_with_no_other() {
        let number = thread_number();
        assert_eq!(thread_number(), number);
        let others = [(); 2].map(|()| thread::spawn(thread_number).join().unwrap());
        assert!(!others.contains(&number) && others[0] != others[1], "{number} {others:?}");
    }

    #[test]
    fn a_thread_finds_its_value_again_and_never_waits_for_its_slot() {
        let kept = PerCore::new(|| 1);
        let mut slot = kept.try_lock().unwrap();
        *slot = 2;
        assert!(kept.try_lock().is_none());
        drop(slot);
        assert_eq!(kept.try_lock().as_deref(), Some(&2));
    }
}
