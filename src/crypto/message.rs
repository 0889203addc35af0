//! What a MAC goes on with, from a block's start on, and SHA-512's padding behind it.

use super::sha512::{BLOCK_LENGTH, Block};

/// What SHA-512 puts behind a message: a bit, and the length in 128 bits (FIPS 180-4 §5.1.2).
pub(crate) const TRAILER_LENGTH: usize = 1 + 16;

/// What SHA-512 takes in, block by block, to a message's end.
pub(crate) trait Blocks {
    /// Those that need no padding.
    fn whole(&self) -> &[Block] {
        &[]
    }
    /// Puts the padding behind the others, where `hashed` bytes came before all: they.
    fn padded(&mut self, hashed: usize) -> &[Block];
    /// The block at `place`; if there are fewer, any.
    fn block(&self, place: usize) -> &Block;
}

/// A text that stands elsewhere, of any length.
pub(crate) struct Text<'t> {
    whole: &'t [Block],
    /// What is behind the whole blocks, and the padding.
    end: [Block; 2],
    rest: usize,
}

impl<'t> Text<'t> {
    #[inline(always)]
    pub(crate) fn new(text: &'t [u8]) -> Self {
        let (whole, rest) = text.as_chunks();
        let mut end = [[0; BLOCK_LENGTH]; 2];
        let (start, _) = end.as_flattened_mut().split_at_mut(rest.len());
        start.copy_from_slice(rest);
        Self { whole, end, rest: rest.len() }
    }
}

impl Blocks for Text<'_> {
    #[inline(always)]
    fn whole(&self) -> &[Block] {
        self.whole
    }

    #[inline(always)]
    fn padded(&mut self, hashed: usize) -> &[Block] {
        pad(self.end.as_flattened_mut(), self.rest, hashed.saturating_add(self.whole.as_flattened().len()))
    }

    #[inline(always)]
    fn block(&self, place: usize) -> &Block {
        let [first, second] = &self.end;
        self.whole.get(place).unwrap_or(if place == self.whole.len() { first } else { second })
    }
}

/// What goes on where a MAC stands: at most three blocks with their padding. Behind it is room for what is written
/// there once it is hashed.
#[derive(Clone)]
pub(crate) struct Message {
    bytes: [u8; Self::CAPACITY],
    /// Where the text begins that the MAC has not seen.
    start: usize,
    end: usize,
}

impl Message {
    const CAPACITY: usize = 4 * BLOCK_LENGTH;
    /// The most that may be hashed, whatever the MAC has taken in.
    pub(crate) const MAX_LENGTH: usize = 3 * BLOCK_LENGTH - (BLOCK_LENGTH - 1) - TRAILER_LENGTH;

    /// That begins with what the MAC has not hashed yet, less than a block.
    #[inline(always)]
    pub(super) fn new(rest: &[u8]) -> Self {
        let mut message = Self { bytes: [0; Self::CAPACITY], start: rest.len(), end: rest.len() };
        let (start, _) = message.bytes.split_at_mut(rest.len());
        start.copy_from_slice(rest);
        message
    }

    /// Back to where the MAC stands.
    #[inline(always)]
    pub(crate) const fn clear(&mut self) {
        self.end = self.start;
    }

    /// Appends the first `length` bytes of `text`. The others are written behind them, and do not count.
    #[inline(always)]
    pub(crate) fn append(&mut self, text: &[u8], length: usize) {
        let (_, room) = self.bytes.split_at_mut(self.end);
        let (room, _) = room.split_at_mut(text.len());
        room.copy_from_slice(text);
        self.end = self.end.saturating_add(length);
    }

    /// All that was appended.
    #[inline(always)]
    pub(crate) fn text(&self) -> &[u8] {
        let (text, _) = self.bytes.split_at(self.end);
        let (_, text) = text.split_at(self.start);
        text
    }
}

impl Blocks for Message {
    #[inline(always)]
    fn padded(&mut self, hashed: usize) -> &[Block] {
        pad(&mut self.bytes, self.end, hashed)
    }

    #[inline(always)]
    #[expect(clippy::indexing_slicing, reason = "the longest message has three blocks, and there are four")]
    fn block(&self, place: usize) -> &Block {
        let (blocks, _) = self.bytes.as_chunks();
        &blocks[place]
    }
}

/// Puts SHA-512's padding behind the first `length` bytes of a buffer that has room for it, and returns the blocks;
/// `hashed` bytes came before it.
#[inline(always)]
#[expect(clippy::expect_used, reason = "the last block ends with the trailer by the reckoning one line above")]
pub(crate) fn pad(buffer: &mut [u8], length: usize, hashed: usize) -> &[Block] {
    let blocks = length.saturating_add(TRAILER_LENGTH).div_ceil(BLOCK_LENGTH);
    let (bytes, _) = buffer.split_at_mut(blocks.saturating_mul(BLOCK_LENGTH));
    let (_, padding) = bytes.split_at_mut(length);
    let (zeros, bits) = padding.split_last_chunk_mut().expect("padding holds the length");
    *bits = (hashed.saturating_add(length) as u64).saturating_mul(8).to_be_bytes();
    zeros.fill(0);
    let one = zeros.first_mut().expect("padding starts with a bit");
    *one = 0x80;
    let (blocks, _) = bytes.as_chunks();
    blocks
}
