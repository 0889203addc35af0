//! The last result of a thread, kept for the next call that needs the same.
//!
//! There is a slot for each core, so that threads on different cores have slots of their own. No thread waits: one that finds its
//! slot taken does without.

use std::{
    cell::Cell,
    sync::{
        Mutex, MutexGuard, TryLockError,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

/// A value for each core.
pub(crate) struct Sharded<T>(Box<[Slot<T>]>);

/// On cache lines of its own; x86 fetches them in pairs.
#[derive(Default)]
#[repr(align(128))]
struct Slot<T>(Mutex<T>);

impl<T: Default> Sharded<T> {
    /// This thread's slot, unless another thread has it.
    #[inline]
    pub(crate) fn try_lock(&self) -> Option<MutexGuard<'_, T>> {
        let Slot(slot) = self.0.get(thread_number().checked_rem(self.0.len())?)?;
        match slot.try_lock() {
            Ok(value) => Some(value),
            Err(TryLockError::WouldBlock) => None,
            Err(TryLockError::Poisoned(poisoned)) => Some(renewed(slot, poisoned.into_inner())),
        }
    }
}

/// Resets the slot: a panic may have left half of a value.
#[cold]
fn renewed<'m, T: Default>(slot: &Mutex<T>, mut value: MutexGuard<'m, T>) -> MutexGuard<'m, T> {
    *value = T::default();
    slot.clear_poison();
    value
}

impl<T: Default> Default for Sharded<T> {
    fn default() -> Self {
        let cores = thread::available_parallelism().map_or(1, usize::from);
        Self((0..cores).map(|_| Slot::default()).collect())
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
    use std::panic::{AssertUnwindSafe, catch_unwind};

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
        let kept = Sharded::default();
        let mut slot = kept.try_lock().unwrap();
        *slot = 2;
        assert!(kept.try_lock().is_none());
        drop(slot);
        assert_eq!(kept.try_lock().as_deref(), Some(&2));
    }

    #[test]
    fn a_slot_that_a_panic_left_half_written_starts_anew_and_keeps_values_again() {
        let kept = Sharded::default();
        let panicked = catch_unwind(AssertUnwindSafe(|| {
            *kept.try_lock().unwrap() = 1;
            let mut slot = kept.try_lock().unwrap();
            *slot = 2;
            panic!("half-way");
        }));
        panicked.unwrap_err();
        assert_eq!(kept.try_lock().as_deref(), Some(&0));
        *kept.try_lock().unwrap() = 3;
        assert_eq!(kept.try_lock().as_deref(), Some(&3));
    }
}
