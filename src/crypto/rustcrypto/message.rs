//! What a MAC goes on with, written where it is hashed.

use super::{
    hmac::{Key, Mac, compress},
    sha512::Block,
    text::pad,
};
use crate::crypto::{BLOCK_LENGTH, Tag};

/// What goes on where a MAC stands: at most three blocks with their padding. Behind it is room for what is written
/// there once it is hashed.
#[derive(Clone)]
pub(crate) struct Message {
    pub(super) bytes: [u8; Self::CAPACITY],
    /// Where the text begins that the MAC has not seen.
    pub(super) start: usize,
    pub(super) end: usize,
}

impl Message {
    const CAPACITY: usize = 4 * BLOCK_LENGTH;

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

    /// With its padding, where `hashed` bytes came before it.
    #[inline(always)]
    pub(super) fn padded(&mut self, hashed: usize) -> &[Block] {
        pad(&mut self.bytes, self.end, hashed)
    }
}

impl Mac {
    /// To go on with, as often as one likes.
    #[inline(always)]
    pub(crate) fn message(&self) -> Message {
        let (mut bytes, (rest, _)) = ([0; Message::CAPACITY], self.rest.split_at(self.rest_length));
        let (start, _) = bytes.split_at_mut(rest.len());
        start.copy_from_slice(rest);
        Message { bytes, start: rest.len(), end: rest.len() }
    }
}

impl Key {
    /// The tag of what `mac` has taken in and `message` goes on with.
    #[inline]
    pub(crate) fn tag_message(&self, mac: &Mac, message: &mut Message) -> Tag {
        let mut state = *mac.state;
        compress(&mut state, message.padded(mac.hashed));
        self.outer_hash(&state)
    }
}
