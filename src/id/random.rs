//! Random bytes for ids, drawn from the operating system in blocks, one block per thread.
//!
//! One system call per id would cost a third of a whole mint. A block is read front to back and no byte is used
//! twice. A forked child inherits its parent's memory, block included, so the block is dropped there: a handler that
//! the C library runs in the child of every `fork` marks it stale. SECURITY.md names the copies that it does not see.

use std::cell::RefCell;

use forkguard::Guard;

use crate::error::RandomError;

/// Bytes of an id.
const ID_LENGTH: usize = 16;
/// Bytes of a block: 64 ids. Larger ones are no faster per id, and leave more ids waiting in memory.
const BLOCK_LENGTH: usize = 64 * ID_LENGTH;

/// Sixteen bytes from the operating system's generator that nobody else is given.
pub(crate) fn id_bytes() -> Result<[u8; ID_LENGTH], RandomError> {
    BLOCK
        .try_with(|block| block.try_borrow_mut().ok()?.as_mut().map(|block| block.take(system)))
        .ok()
        .flatten()
        .unwrap_or_else(unbuffered)
}

/// Bytes of as many ids, in one call to the operating system; of a few, in none.
pub(crate) fn all_id_bytes(count: usize) -> Result<Vec<[u8; ID_LENGTH]>, RandomError> {
    /// What costs less from the block than a call of its own.
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
    /// `None` where fork cannot be noticed: there every id is drawn by itself.
    static BLOCK: RefCell<Option<Block>> = RefCell::new(Guard::try_new().ok().map(Block::new));
}

/// Random bytes that wait to be used.
struct Block {
    bytes: [u8; BLOCK_LENGTH],
    /// The bytes before it are used up.
    next: usize,
    fork: Guard,
}

impl Block {
    const fn new(fork: Guard) -> Self {
        Self { bytes: [0; BLOCK_LENGTH], next: BLOCK_LENGTH, fork }
    }

    #[expect(clippy::expect_used, reason = "a full block has an id")]
    fn take(&mut self, source: impl Source) -> Result<[u8; ID_LENGTH], RandomError> {
        if self.fork.detected_fork() {
            self.next = BLOCK_LENGTH;
        }
        if let Some(id) = self.advance() {
            return Ok(id);
        }
        source(&mut self.bytes)?;
        self.next = 0;
        Ok(self.advance().expect("the block was filled just now"))
    }

    fn advance(&mut self) -> Option<[u8; ID_LENGTH]> {
        let (id, _) = self.bytes.get(self.next..)?.split_first_chunk()?;
        self.next = self.next.saturating_add(ID_LENGTH);
        Some(*id)
    }
}

/// Where random bytes come from; tests pass sources that fail or count.
trait Source: FnOnce(&mut [u8]) -> Result<(), RandomError> {}
impl<F: FnOnce(&mut [u8]) -> Result<(), RandomError>> Source for F {}

fn system(bytes: &mut [u8]) -> Result<(), RandomError> {
    getrandom::fill(bytes).map_err(|_| RandomError)
}

fn unbuffered() -> Result<[u8; ID_LENGTH], RandomError> {
    let mut id = [0; ID_LENGTH];
    system(&mut id)?;
    Ok(id)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn block() -> Block {
        Block::new(Guard::try_new().unwrap())
    }

    #[test]
    fn a_failing_source_is_an_error_and_uses_nothing_up() {
        let mut block = block();
        assert_eq!(block.take(|_| Err(RandomError)), Err(RandomError));
        assert_eq!(
            block.take(|bytes| {
                bytes.fill(7);
                Ok(())
            }),
            Ok([7; ID_LENGTH])
        );
    }

    #[test]
    fn a_source_that_fails_half_way_gives_no_stale_bytes() {
        let mut block = block();
        for _ in 0..BLOCK_LENGTH / ID_LENGTH {
            block
                .take(|bytes| {
                    bytes.fill(7);
                    Ok(())
                })
                .unwrap();
        }
        let fails = |bytes: &mut [u8]| {
            bytes[..100].fill(9);
            Err(RandomError)
        };
        assert_eq!(block.take(fails), Err(RandomError));
        assert_eq!(block.take(fails), Err(RandomError));
    }

    #[test]
    fn each_byte_of_a_block_is_given_once_and_in_order() {
        let mut block = block();
        let counting = |bytes: &mut [u8]| {
            for (number, id) in (0_u8..).zip(bytes.chunks_exact_mut(ID_LENGTH)) {
                id.fill(number);
            }
            Ok(())
        };
        for (number, _) in (0_u8..).zip(0..BLOCK_LENGTH / ID_LENGTH) {
            assert_eq!(block.take(counting), Ok([number; ID_LENGTH]));
        }
        assert_eq!(
            block.take(|bytes| {
                bytes.fill(255);
                Ok(())
            }),
            Ok([255; ID_LENGTH])
        );
    }

    #[test]
    fn where_no_block_can_be_kept_each_id_is_drawn_by_itself() {
        assert_ne!(unbuffered().unwrap(), unbuffered().unwrap());
        assert_ne!(unbuffered().unwrap(), [0; ID_LENGTH]);
    }

    #[test]
    fn ids_of_one_thread_do_not_repeat() {
        let ids: HashSet<_> = (0..10_000).map(|_| id_bytes().unwrap()).collect();
        assert_eq!(ids.len(), 10_000);
    }
}
