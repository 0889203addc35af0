//! A text as SHA-512 takes it in, in blocks with its padding.

use super::sha512::Block;
use crate::crypto::{BLOCK_LENGTH, TRAILER_LENGTH};

/// A text that stands elsewhere, of any length.
pub(crate) struct Text<'t> {
    /// The blocks that need no padding.
    pub(super) whole: &'t [Block],
    /// What is behind the whole blocks, and the padding.
    pub(super) end: [Block; 2],
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

    /// Puts the padding behind the others, where `hashed` bytes came before all: they.
    #[inline(always)]
    pub(super) fn padded(&mut self, hashed: usize) -> &[Block] {
        pad(self.end.as_flattened_mut(), self.rest, hashed.saturating_add(self.whole.as_flattened().len()))
    }
}

/// Puts SHA-512's padding behind the first `length` bytes of a buffer that has room for it, and returns the blocks;
/// `hashed` bytes came before it.
#[inline(always)]
#[expect(clippy::expect_used, reason = "the last block ends with the trailer by the reckoning one line above")]
pub(super) fn pad(buffer: &mut [u8], length: usize, hashed: usize) -> &[Block] {
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
