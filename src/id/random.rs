//! Random bytes for ids, drawn from the crypto provider in blocks, one block for each thread.
//!
//! A system call for each id would cost a third of a mint. A block is read front to back, and no byte twice. A forked child
//! inherits its parent's block, so the child drops the block: a handler that the C library runs in the child of every `fork`
//! marks the block stale. SECURITY.md names the copies of a process that no handler sees.

use std::cell::RefCell;

use forkguard::Guard;

use crate::{crypto::fill_random, error::RandomError};

/// Bytes of an id.
const ID_LENGTH: usize = 16;
/// Bytes of a block: 64 ids. Larger ones are no faster per id, and leave more ids waiting in memory.
const BLOCK_LENGTH: usize = 64 * ID_LENGTH;

/// Returns the bytes of an id.
pub(crate) fn id_bytes() -> Result<[u8; ID_LENGTH], RandomError> {
    BLOCK
        .try_with(|block| block.try_borrow_mut().ok()?.as_mut().map(|block| block.take()))
        .ok()
        .flatten()
        .unwrap_or_else(unbuffered)
}

/// Returns the bytes of `count` ids, of a few from the block, of many from one call to the operating system.
pub(crate) fn all_id_bytes(count: usize) -> Result<Vec<[u8; ID_LENGTH]>, RandomError> {
    /// Fewer ids than this cost less from the block than by a call.
    const FEW: usize = 16;
    let mut ids = vec![[0; ID_LENGTH]; count];
    if count < FEW {
        for id in &mut ids {
            *id = id_bytes()?;
        }
    } else {
        system(ids.as_flattened_mut())?;
    }
    Ok(ids)
}

thread_local! {
    /// `None` on platforms that cannot notice a fork: every id is drawn by itself there.
    static BLOCK: RefCell<Option<Block>> = RefCell::new(Guard::try_new().ok().map(Block::new));
}

/// Random bytes that wait to be used.
struct Block {
    bytes: [u8; BLOCK_LENGTH],
    /// The offset of the first byte that was not used yet.
    next: usize,
    fork: Guard,
}

impl Block {
    const fn new(fork: Guard) -> Self {
        Self { bytes: [0; BLOCK_LENGTH], next: BLOCK_LENGTH, fork }
    }

    #[expect(clippy::expect_used, reason = "a full block has an id")]
    fn take(&mut self) -> Result<[u8; ID_LENGTH], RandomError> {
        if self.fork.detected_fork() {
            self.next = BLOCK_LENGTH;
        }
        if let Some(id) = self.advance() {
            return Ok(id);
        }
        system(&mut self.bytes)?;
        self.next = 0;
        Ok(self.advance().expect("the block was filled just now"))
    }

    fn advance(&mut self) -> Option<[u8; ID_LENGTH]> {
        let (id, _) = self.bytes.get(self.next..)?.split_first_chunk()?;
        self.next = self.next.saturating_add(ID_LENGTH);
        Some(*id)
    }
}

fn system(bytes: &mut [u8]) -> Result<(), RandomError> {
    #[cfg(test)]
    if let Some(source) = tests::SOURCE.get() {
        return source(bytes);
    }
    fill_random(bytes)
}

fn unbuffered() -> Result<[u8; ID_LENGTH], RandomError> {
    let mut id = [0; ID_LENGTH];
    system(&mut id)?;
    Ok(id)
}

#[cfg(test)]
pub(crate) mod tests {
    use std::{cell::Cell, collections::HashSet};

    use super::*;

    type Source = fn(&mut [u8]) -> Result<(), RandomError>;

    thread_local! {
        /// What this thread's operating system is.
        pub(super) static SOURCE: Cell<Option<Source>> = const { Cell::new(None) };
    }

    /// Lets this thread draw its bytes from `source`, while `act` runs.
    pub(crate) fn with_source<T>(source: Source, act: impl FnOnce() -> T) -> T {
        let empty = || BLOCK.with_borrow_mut(|block| block.iter_mut().for_each(|block| block.next = BLOCK_LENGTH));
        empty();
        SOURCE.set(Some(source));
        let result = act();
        SOURCE.set(None);
        empty();
        result
    }

    #[test]
    fn a_failing_source_is_an_error_and_uses_nothing_up() {
        assert_eq!(with_source(|_| Err(RandomError), id_bytes), Err(RandomError));
        with_source(counting, || {
            SOURCE.set(Some(|_| Err(RandomError)));
            assert_eq!(id_bytes(), Err(RandomError));
            SOURCE.set(Some(counting));
            assert_eq!(id_bytes(), Ok([0; ID_LENGTH]));
        });
    }

    #[test]
    fn a_source_that_fails_half_way_gives_no_stale_bytes() {
        let fails: Source = |bytes| {
            bytes.iter_mut().take(100).for_each(|byte| *byte = 9);
            Err(RandomError)
        };
        assert_eq!(with_source(fails, || [id_bytes(), id_bytes()]), [Err(RandomError); 2]);
        assert_eq!(with_source(fails, || all_id_bytes(64)), Err(RandomError));
    }

    /// Fills each id with its number.
    fn counting(bytes: &mut [u8]) -> Result<(), RandomError> {
        (0_u8..).zip(bytes.chunks_exact_mut(ID_LENGTH)).for_each(|(number, id)| id.fill(number));
        Ok(())
    }

    #[test]
    fn each_byte_of_a_block_is_given_once_and_in_order() {
        with_source(counting, || {
            for (number, _) in (0_u8..).zip(0..BLOCK_LENGTH / ID_LENGTH) {
                assert_eq!(id_bytes(), Ok([number; ID_LENGTH]));
            }
            SOURCE.set(Some(|bytes| {
                bytes.fill(255);
                Ok(())
            }));
            assert_eq!(id_bytes(), Ok([255; ID_LENGTH]));
        });
    }

    #[test]
    fn a_few_ids_come_from_the_block_and_many_from_one_call() {
        with_source(counting, || {
            assert_eq!(id_bytes(), Ok([0; ID_LENGTH]));
            assert_eq!(all_id_bytes(2).unwrap(), [[1; ID_LENGTH], [2; ID_LENGTH]]);
            let many = all_id_bytes(200).unwrap();
            assert_eq!(many.iter().map(|id| id[0]).collect::<Vec<_>>(), Vec::from_iter(0..200));
            assert_eq!(id_bytes(), Ok([3; ID_LENGTH]));
        });
    }

    #[test]
    fn where_no_block_can_be_kept_each_id_is_drawn_by_itself() {
        assert_ne!(unbuffered().unwrap(), unbuffered().unwrap());
        assert_ne!(unbuffered().unwrap(), [0; ID_LENGTH]);
    }

    #[test]
    fn ids_of_one_thread_do_not_repeat() {
        let one_by_one = (0..10_000).map(|_| id_bytes().unwrap());
        let ids: HashSet<_> = one_by_one.chain(all_id_bytes(10).unwrap()).chain(all_id_bytes(1000).unwrap()).collect();
        assert_eq!(ids.len(), 11_010);
    }
}
