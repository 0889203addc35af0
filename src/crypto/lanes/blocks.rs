//! What a lane takes in.

use crate::crypto::{
    message::Message,
    sha512::{BLOCK_LENGTH, Block},
    text::{TRAILER_LENGTH, Text},
};

/// What SHA-512 takes in, block by block, to a message's end.
pub(crate) trait Blocks {
    /// Those that need no padding.
    fn whole(&self) -> &[Block];
    /// Puts the padding behind the others, where `hashed` bytes came before all: they.
    fn padded(&mut self, hashed: usize) -> &[Block];
    /// The block at `place`; if there are fewer, any.
    fn block(&self, place: usize) -> &Block;
}

impl Blocks for Text<'_> {
    #[inline(always)]
    fn whole(&self) -> &[Block] {
        self.whole
    }

    #[inline(always)]
    fn padded(&mut self, hashed: usize) -> &[Block] {
        self.padded(hashed)
    }

    #[inline(always)]
    fn block(&self, place: usize) -> &Block {
        let [first, second] = &self.end;
        self.whole.get(place).unwrap_or(if place == self.whole.len() { first } else { second })
    }
}

impl Blocks for Message {
    #[inline(always)]
    fn whole(&self) -> &[Block] {
        &[]
    }

    #[inline(always)]
    fn padded(&mut self, hashed: usize) -> &[Block] {
        self.padded(hashed)
    }

    #[inline(always)]
    #[expect(clippy::indexing_slicing, reason = "the longest message has three blocks, and there are four")]
    fn block(&self, place: usize) -> &Block {
        let (blocks, _) = self.bytes.as_chunks();
        &blocks[place]
    }
}

impl Message {
    /// The most that may be hashed, whatever the MAC has taken in.
    pub(crate) const MAX_LENGTH: usize = 3 * BLOCK_LENGTH - (BLOCK_LENGTH - 1) - TRAILER_LENGTH;

    /// Back to where the MAC stands.
    #[inline(always)]
    pub(crate) const fn clear(&mut self) {
        self.end = self.start;
    }
}
