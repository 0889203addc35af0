//! The end of a text, written into the blocks that are hashed.

use super::{BLOCK_LENGTH, Block, TRAILER_LENGTH};

/// The text behind a MAC's, at most `BLOCKS` blocks with its padding. Once hashed, a signature may be appended.
///
/// Aligned, because UTF-8 is checked word by word.
#[derive(Clone)]
#[repr(align(8))]
pub(crate) struct Message<const BLOCKS: usize> {
    pub(super) blocks: [Block; BLOCKS],
    /// Bytes in front that the MAC has seen.
    start: usize,
    pub(super) end: usize,
}

impl<const BLOCKS: usize> Message<BLOCKS> {
    /// The most bytes that may be hashed, whatever the MAC has taken in.
    pub(crate) const MAX_LENGTH: usize = BLOCKS * BLOCK_LENGTH - (BLOCK_LENGTH - 1) - TRAILER_LENGTH;

    /// Behind `rest`, which a MAC has seen and not hashed yet: less than a block.
    #[inline(always)]
    pub(super) fn behind(rest: &[u8]) -> Self {
        let mut message = Self { blocks: [[0; BLOCK_LENGTH]; BLOCKS], start: rest.len(), end: 0 };
        message.append(rest, rest.len());
        message
    }

    /// Appends the first `length` bytes of `text`. The other bytes are written behind, and do not count.
    #[inline(always)]
    pub(crate) fn append(&mut self, text: &[u8], length: usize) {
        let (room, _) = self.room().split_at_mut(text.len());
        room.copy_from_slice(text);
        self.grow(length);
    }

    /// The bytes behind the text.
    #[inline(always)]
    pub(crate) fn room(&mut self) -> &mut [u8] {
        let (_, room) = self.blocks.as_flattened_mut().split_at_mut(self.end);
        room
    }

    /// Appends the first `length` bytes of the [room](Self::room) as they are.
    #[inline(always)]
    pub(crate) const fn grow(&mut self, length: usize) {
        self.end = self.end.saturating_add(length);
    }

    /// All that was appended.
    #[inline(always)]
    #[expect(clippy::expect_used, reason = "what is signed is base64 and dots")]
    pub(crate) fn text(&self) -> &str {
        // From the start, which is aligned.
        let (bytes, _) = self.blocks.as_flattened().split_at(self.end);
        let (_, text) = str::from_utf8(bytes).expect("base64 is ASCII").split_at(self.start);
        text
    }

    /// Back to where the MAC stands.
    #[inline(always)]
    pub(crate) const fn clear(&mut self) {
        self.end = self.start;
    }
}
