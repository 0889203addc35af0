//! The end of a text, written into the blocks that are hashed; and the units of HMAC-SHA512.

/// Bytes that one compression of SHA-512 takes.
pub(crate) const BLOCK_LENGTH: usize = 128;

pub(crate) type Block = [u8; BLOCK_LENGTH];

/// Bytes of SHA-512's padding at least: a bit, and the length in 128 bits (FIPS 180-4 §5.1.2).
pub(crate) const TRAILER_LENGTH: usize = 1 + 16;

/// Bytes of a tag.
pub(crate) const TAG_LENGTH: usize = 64;

pub(crate) type Tag = [u8; TAG_LENGTH];

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
    /// The tag of both texts, once they are hashed.
    pub(crate) tag: Tag,
}

impl<const BLOCKS: usize> Message<BLOCKS> {
    /// The most bytes that may be hashed, whatever the MAC has taken in.
    pub(crate) const MAX_LENGTH: usize = BLOCKS * BLOCK_LENGTH - (BLOCK_LENGTH - 1) - TRAILER_LENGTH;

    /// Empty.
    #[inline(always)]
    pub(crate) const fn new() -> Self {
        Self { blocks: [[0; BLOCK_LENGTH]; BLOCKS], start: 0, end: 0, tag: [0; TAG_LENGTH] }
    }

    /// Starts anew behind `rest`, which a MAC has seen and not hashed yet: less than a block.
    #[inline(always)]
    pub(super) fn start_behind(&mut self, rest: &[u8]) {
        self.end = 0;
        self.append(rest, rest.len());
        self.start = rest.len();
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

    /// All that was appended, with its signature.
    #[inline(always)]
    #[expect(
        clippy::expect_used,
        reason = "what is signed is base64 and dots, and so is what stands behind a signature"
    )]
    pub(crate) fn text(&self) -> &str {
        // UTF-8 is checked word by word, so in whole words.
        let (words, _) = self.blocks.as_flattened().split_at(self.end.next_multiple_of(16));
        let (text, _) = str::from_utf8(words).expect("base64 is ASCII").split_at(self.end);
        let (_, text) = text.split_at(self.start);
        text
    }
}
