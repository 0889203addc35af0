//! The current second's share of a token, kept between mints.
//!
//! One slot for each core, so that threads on different cores do not wait for each other. A thread never waits at all:
//! if it finds its slot taken, it works the moment out for itself. What is kept depends on nothing but the signer and
//! the times, so it changes how long a mint takes and never what it returns.

use std::{
    cell::Cell,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use crate::template::{Moment, Validity};

/// The last moment that each slot's threads used.
pub(crate) struct Moments(Box<[Slot]>);

/// On cache lines of its own; x86 fetches them in pairs.
#[repr(align(128))]
#[derive(Default)]
struct Slot(Mutex<Option<Moment>>);

impl Moments {
    pub(crate) fn new() -> Self {
        let cores = thread::available_parallelism().map_or(1, usize::from);
        Self((0..cores).map(|_| Slot::default()).collect())
    }

    /// The moment of `validity`, made if it is not the one kept.
    pub(crate) fn at(&self, validity: Validity, make: impl FnOnce() -> Moment) -> Moment {
        let slot = thread_number().checked_rem(self.0.len()).and_then(|number| self.0.get(number));
        let Some(Ok(mut kept)) = slot.map(|slot| slot.0.try_lock()) else { return make() };
        if let Some(moment) = kept.as_ref().filter(|moment| moment.validity == validity) {
            return moment.clone();
        }
        kept.insert(make()).clone()
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
