//! The last value that was worked out, kept for whoever needs it next.
//!
//! One slot for each core, so that threads on different cores do not wait for each other. A thread never waits at all:
//! if it finds its slot taken, it works the value out for itself.

use std::{
    cell::Cell,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

/// A value for each core, good for one key: the same key must always make the same value.
pub(crate) struct PerCore<K, V>(Box<[Slot<K, V>]>);

/// On cache lines of its own; x86 fetches them in pairs.
#[repr(align(128))]
struct Slot<K, V>(Mutex<Option<(K, V)>>);

impl<K: PartialEq, V: Clone> PerCore<K, V> {
    pub(crate) fn new() -> Self {
        let cores = thread::available_parallelism().map_or(1, usize::from);
        Self((0..cores).map(|_| Slot(Mutex::new(None))).collect())
    }

    /// The value of `key`, made if it is not the one kept.
    pub(crate) fn at(&self, key: K, make: impl FnOnce() -> V) -> V {
        let slot = thread_number().checked_rem(self.0.len()).and_then(|number| self.0.get(number));
        let Some(Ok(mut kept)) = slot.map(|slot| slot.0.try_lock()) else { return make() };
        if let Some((_, value)) = kept.as_ref().filter(|(kept, _)| *kept == key) {
            return value.clone();
        }
        kept.insert((key, make())).1.clone()
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
    fn a_value_is_made_once_for_a_key_and_again_for_another() {
        let kept = PerCore::new();
        assert_eq!([kept.at(1, || "one"), kept.at(1, || "not asked"), kept.at(2, || "two")], ["one", "one", "two"]);
    }

    #[test]
    fn a_slot_that_is_taken_is_not_waited_for() {
        let kept = PerCore::new();
        let value = kept.at(1, || kept.at(1, || "made inside"));
        assert_eq!(value, "made inside");
    }
}
