//! HMAC-SHA512 from states behind whole blocks, so that what texts share is hashed once.

use std::slice;

use zeroize::Zeroizing;

use super::{
    sha512::{Block, INITIAL, State},
    text::Text,
};
use crate::crypto::{BLOCK_LENGTH, TAG_LENGTH, Tag};

/// A secret made ready: the states behind HMAC's inner and outer padded key. They are as good as the secret, so they stay
/// in one place, where they are wiped on drop.
pub(crate) struct Key(Box<Zeroizing<[State; 2]>>);

impl Key {
    /// Pads the secret with zeros, or hashes it first if it is longer than a block (RFC 2104 §2).
    #[inline(never)]
    pub(in crate::crypto) fn from_bytes(secret: &[u8]) -> Self {
        let mut block = Zeroizing::new([0; BLOCK_LENGTH]);
        match block.get_mut(..secret.len()) {
            Some(start) => start.copy_from_slice(secret),
            None => {
                let mut state = Zeroizing::new(INITIAL);
                hash(&mut state, 0, secret);
                let (start, _) = block.split_at_mut(TAG_LENGTH);
                start.copy_from_slice(Zeroizing::new(to_bytes(&state)).as_slice());
            }
        }
        let mut key = Self::empty();
        for (state, pad) in key.0.iter_mut().zip([0x36, 0x5c]) {
            block.iter_mut().for_each(|byte| *byte ^= pad);
            compress(state, slice::from_ref(&block));
            block.iter_mut().for_each(|byte| *byte ^= pad);
        }
        key
    }

    /// To be filled where it stands.
    fn empty() -> Self {
        Self(Box::new(Zeroizing::new([INITIAL; 2])))
    }

    pub(crate) fn inner(&self) -> &State {
        let [inner, _] = &**self.0;
        inner
    }

    pub(crate) fn outer(&self) -> &State {
        let [_, outer] = &**self.0;
        outer
    }

    /// A MAC that has taken in nothing but the key.
    pub(crate) fn start(&self) -> Mac {
        Mac { state: Zeroizing::new(*self.inner()), hashed: BLOCK_LENGTH, rest: [0; BLOCK_LENGTH], rest_length: 0 }
    }

    pub(crate) fn tag(&self, text: &[u8]) -> Tag {
        self.tag_behind(*self.inner(), BLOCK_LENGTH, text)
    }

    /// The tag of a text of whose start `mac` has taken in the whole blocks.
    #[inline]
    pub(crate) fn tag_text(&self, mac: &Mac, text: &[u8]) -> Tag {
        let (_, rest) = text.split_at(mac.blocks_length());
        self.tag_behind(*mac.state, mac.hashed, rest)
    }

    /// The tag of a message of which `state` has taken in whole blocks, `hashed` bytes with the padded key, and `rest` is
    /// what follows.
    pub(super) fn tag_behind(&self, mut state: State, hashed: usize, rest: &[u8]) -> Tag {
        hash(&mut state, hashed, rest);
        self.outer_hash(&state)
    }

    /// HMAC's second hash, over the first one's.
    #[inline]
    pub(super) fn outer_hash(&self, inner: &State) -> Tag {
        let block = [to_bytes(inner), TRAILER];
        let (block, _) = block.as_flattened().as_chunks();
        let mut state = *self.outer();
        compress(&mut state, block);
        to_bytes(&state)
    }
}

/// What follows the digest in the one block of HMAC's second hash: a bit, and the length in bits.
#[expect(clippy::cast_possible_truncation, reason = "1536 bits")]
const TRAILER: [u8; BLOCK_LENGTH - TAG_LENGTH] = {
    const BITS: usize = (BLOCK_LENGTH + TAG_LENGTH) * 8;
    let mut trailer = [0; BLOCK_LENGTH - TAG_LENGTH];
    trailer[0] = 0x80;
    [trailer[62], trailer[63]] = (BITS as u16).to_be_bytes();
    trailer
};

/// In place, so that no copy stays behind.
impl Clone for Key {
    fn clone(&self) -> Self {
        let mut key = Self::empty();
        key.0.copy_from_slice(self.0.as_slice());
        key
    }
}

/// A MAC part-way through its message: a state behind whole blocks, and what waits for more. A clone goes on from where
/// the original stood.
#[derive(Clone)]
pub(crate) struct Mac {
    pub(super) state: Zeroizing<State>,
    /// Bytes that `state` has taken in, the padded key's included.
    pub(super) hashed: usize,
    /// What follows the last whole block, in so many bytes.
    pub(super) rest: Block,
    pub(super) rest_length: usize,
}

impl Mac {
    pub(crate) fn update(&mut self, text: &[u8]) {
        let (_, room) = self.rest.split_at_mut(self.rest_length);
        if text.len() < room.len() {
            let (start, _) = room.split_at_mut(text.len());
            start.copy_from_slice(text);
            self.rest_length = self.rest_length.saturating_add(text.len());
            return;
        }
        let (start, text) = text.split_at(room.len());
        room.copy_from_slice(start);
        let (blocks, rest) = text.as_chunks();
        compress(&mut self.state, slice::from_ref(&self.rest));
        compress(&mut self.state, blocks);
        self.hashed = self.hashed.saturating_add(BLOCK_LENGTH).saturating_add(blocks.as_flattened().len());
        let (start, _) = self.rest.split_at_mut(rest.len());
        start.copy_from_slice(rest);
        self.rest_length = rest.len();
    }

    /// How much of a text this has taken in, in whole blocks.
    #[inline]
    pub(crate) const fn blocks_length(&self) -> usize {
        self.hashed.saturating_sub(BLOCK_LENGTH)
    }
}

/// Hashes a message to its end, behind `hashed` bytes.
fn hash(state: &mut State, hashed: usize, message: &[u8]) {
    let mut text = Text::new(message);
    compress(state, text.whole);
    compress(state, text.padded(hashed));
}

/// Takes in whole blocks.
pub(super) fn compress(state: &mut State, blocks: &[Block]) {
    #[cfg(test)]
    tests::count(blocks.len());
    sha2::block_api::compress512(state, blocks);
}

pub(super) fn to_bytes(state: &State) -> Tag {
    let mut bytes = [0; TAG_LENGTH];
    bytes.copy_from_slice(state.map(u64::to_be_bytes).as_flattened());
    bytes
}

#[cfg(test)]
#[expect(clippy::arithmetic_side_effects, reason = "a test may stop on the spot")]
pub(crate) mod tests {
    use std::cell::Cell;

    thread_local! {
        /// How many blocks this thread has taken in.
        static COMPRESSIONS: Cell<usize> = const { Cell::new(0) };
    }

    pub(super) fn count(blocks: usize) {
        COMPRESSIONS.set(COMPRESSIONS.get() + blocks);
    }

    /// How many blocks are taken in while `act` runs.
    pub(crate) fn compressions(act: impl FnOnce()) -> usize {
        let before = COMPRESSIONS.get();
        act();
        COMPRESSIONS.get() - before
    }
}
