//! The tail of an aligned token in vectors, and signatures; [`Frame`](super::payload::Frame) is the tail's obvious twin.
//!
//! ```text
//! session id, 16 bytes ─> 32 nibbles ─> hexadecimal digits ─┐
//! profile, a number ─> 2 + 4 × 5 digits ─> base-62 digits ──┼─> source, 64 bytes ─┐    two swizzles      two halves
//!                                       the JSON's end `"}` ┘                     ├─> put the JSON in ─> of 64
//! dash, `","sub":"p_1`, the waiting bytes: constants, 64 bytes ─────────────────────┘    base64's order      characters
//! ```
//!
//! Nothing goes through memory on the way: bytes that were written one by one and are read as a vector cost more than all
//! of this.

#![expect(
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::indexing_slicing,
    reason = "vectors wrap around; tables are computed by the compiler; each sum and product says why it fits"
)]

use fearless_simd::{
    Bytes, Level, Simd, SimdBase, SimdCombine, SimdInto, dispatch, u8x16, u8x32, u8x64, u32x16, u64x4,
};
use uuid::fmt::Hyphenated;

use super::payload::{End, Ids, PayloadOrder, Times, Waiting};
use crate::{
    crypto::{Message, TAG_LENGTH, Tag},
    id::{ProfileId, base62},
    token::{
        base64::{encode_slice, encoded_length},
        version::{IdForm, Layout, PROFILE_KEY_LENGTH},
    },
};

/// How many tokens of a batch to sign side by side, at most. The tokens are the same whatever the width, and the widest that
/// the processor can do is the fastest, so this is for benches and tests only.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum BatchLanes {
    /// Eight with AVX-512, else as with `Four`.
    #[default]
    Eight,
    /// Four with AVX2, else one after the other; on 64-bit ARM, each is put together in NEON.
    Four,
    /// One after the other, and without vectors, on any processor.
    One,
}

/// The vectors of this processor that are faster than plain code, up to `most`.
///
/// With AVX2 or AVX-512 the tokens of a batch are signed side by side too. On 64-bit ARM they are signed one by one, since lanes
/// of two words take more instructions than the processor's own for SHA-512.
pub(crate) fn vectors(most: BatchLanes) -> Option<Level> {
    let level = Level::new();
    #[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
    return match most {
        BatchLanes::Eight => level.as_avx512().map(Level::Avx512).or_else(|| vectors(BatchLanes::Four)),
        BatchLanes::Four => level.as_avx2().map(Level::Avx2),
        BatchLanes::One => None,
    };
    #[cfg(not(any(target_arch = "x86", target_arch = "x86_64")))]
    return (most != BatchLanes::One && cfg!(all(target_arch = "aarch64", target_endian = "little"))).then_some(level);
}

/// The bytes that all tails of a layout share.
pub(crate) struct Tail {
    vectors: Level,
    /// For each number of bytes that wait before the session id, at the end of `"jti":"`.
    constants: [[u8; 64]; Waiting::CAPACITY + 1],
}

// Where things stand in the two vectors that are put together: first the source, then the constants.
const HIGH_NIBBLES: usize = 0;
const LOW_NIBBLES: usize = 16;
const DIGITS: usize = 32;
const END: usize = DIGITS + base62::MAX_DIGITS;
const DASH: usize = 64;
const KEY: usize = 65;
const WAITING: usize = 80;

const PREFIX: &[u8] = ProfileId::PREFIX.as_bytes();
/// Bytes of JSON, and characters of base64, in one vector.
const JSON_LENGTH: usize = 48;
const ENCODED_LENGTH: usize = 64;

/// Bytes of a dot and a tag in base64url.
pub(crate) const SIGNATURE_LENGTH: usize = 1 + encoded_length(TAG_LENGTH);

impl Tail {
    /// For layouts that write a profile as a global id, and last.
    pub(crate) fn new(vectors: Level, order: PayloadOrder, layout: &Layout) -> Option<Self> {
        let mut constants = [0; 64];
        let parts = [(DASH, &b"-"[..]), (KEY, layout.profile_key), (KEY + PROFILE_KEY_LENGTH, PREFIX)];
        for (place, part) in parts {
            put(&mut constants, place, part);
        }
        let mut all = [constants; Waiting::CAPACITY + 1];
        let [_, one, two] = &mut all;
        put(one, WAITING, b"\"");
        put(two, WAITING, b":\"");
        (order == PayloadOrder::Aligned && layout.form == IdForm::Global).then_some(Self { vectors, constants: all })
    }

    #[cfg(test)]
    pub(super) fn corrupt(&mut self) {
        self.constants.as_flattened_mut().iter_mut().for_each(|byte| *byte ^= 1);
    }

    #[inline(always)]
    #[expect(clippy::indexing_slicing, reason = "no more is waiting than there are arrangements")]
    fn append<S: Simd>(&self, simd: S, times: &Times, ids: Ids, message: &mut Message<BLOCKS>) {
        let waiting = times.waiting.as_bytes().len();
        let (source, zeros) = source(simd, ids);
        let constants: u8x64<S> = self.constants[waiting].simd_into(simd);
        let [first, second] = &ARRANGEMENTS[waiting];
        let moves: u8x64<S> = second.moves.simd_into(simd);
        let moved: u8x64<S> = moves & u8x64::splat(simd, zeros);
        let second: u8x64<S> = SimdInto::<u8x64<S>, S>::simd_into(second.places, simd) + moved;
        let first: u8x64<S> = characters(simd, source.concat_swizzle_dyn(constants, first.places));
        let second: u8x64<S> = characters(simd, source.concat_swizzle_dyn(constants, second));
        const LONGEST: usize = Hyphenated::LENGTH + PROFILE_KEY_LENGTH + ProfileId::MAX_LENGTH + "\"}".len();
        let length = encoded_length(waiting + LONGEST - usize::from(zeros));
        message.append(&<[u8; 64]>::from(first), ENCODED_LENGTH);
        message.append(&<[u8; 64]>::from(second), length - ENCODED_LENGTH);
    }
}

/// Blocks of a message with times, a tail and a signature.
const BLOCKS: usize = {
    assert!(Times::MAX_LENGTH + 2 * ENCODED_LENGTH <= Message::<4>::MAX_LENGTH);
    4
};

impl End<BLOCKS> for Tail {
    #[inline]
    fn append_to<'m>(&self, sessions: impl Iterator<Item = (&'m Times, Ids, &'m mut Message<BLOCKS>)>) {
        dispatch!(self.vectors, simd => {
            for (times, ids, message) in sessions {
                self.append(simd, times, ids, message);
            }
        });
    }
}

/// Appends a dot and the tag to each message that was hashed.
#[inline(always)]
pub(crate) fn append_signatures<const BLOCKS: usize>(
    vectors: Option<Level>,
    tags: &[Tag],
    messages: &mut [Message<BLOCKS>],
) {
    let signed = messages.iter_mut().zip(tags);
    match vectors {
        Some(vectors) => dispatch!(vectors, simd => {
            for (message, tag) in signed {
                append_signature(simd, tag, message);
            }
        }),
        None => {
            for (message, tag) in signed {
                message.append(b".", 1);
                let length = encode_slice(tag, message.room());
                message.grow(length);
            }
        }
    }
}

#[inline(always)]
fn append_signature<S: Simd, const BLOCKS: usize>(simd: S, tag: &Tag, message: &mut Message<BLOCKS>) {
    const FIRST: [u8; 64] = in_base64s_order(&sequence(0));
    /// Characters behind the tag are not counted.
    const SECOND: [u8; 64] = in_base64s_order(&sequence(JSON_LENGTH));
    let tag: u8x64<S> = (*tag).simd_into(simd);
    let zeros: u8x64<S> = u8x64::splat(simd, 0);
    let first: u8x64<S> = characters(simd, tag.concat_swizzle_dyn(zeros, FIRST));
    let second: u8x64<S> = characters(simd, tag.concat_swizzle_dyn(zeros, SECOND));
    message.append(b".", 1);
    message.append(&<[u8; 64]>::from(first), ENCODED_LENGTH);
    message.append(&<[u8; 64]>::from(second), const { encoded_length(TAG_LENGTH) - ENCODED_LENGTH });
}

/// Digits of both ids and the JSON's end, and how many leading zeros stand before the profile's digits.
#[inline(always)]
fn source<S: Simd>(simd: S, ids: Ids) -> (u8x64<S>, u8) {
    const HEXADECIMAL: [u8; 16] = *b"0123456789abcdef";
    let bytes: u8x16<S> = ids.session.uuid().into_bytes().simd_into(simd);
    let nibbles: u8x32<S> = (bytes >> 4).combine(bytes & u8x16::splat(simd, 15));
    let table: u8x32<S> = u8x32::block_splat(HEXADECIMAL.simd_into(simd));
    let hexadecimal: u8x32<S> = table.swizzle_dyn_within_blocks(nibbles);

    let (digits, zeros) = digits(simd, ids.profile.uuid().as_u128());
    let digits: u8x32<S> = digits.bitcast::<u8x32<S>>().swizzle_dyn(IN_A_ROW);
    let table: u8x64<S> = BASE62.simd_into(simd);
    let source: u8x64<S> = hexadecimal.combine(digits);
    let characters: u8x64<S> = table.swizzle_dyn(source & u8x64::splat(simd, 63));
    let (is_base62, end): (u8x64<S>, u8x64<S>) = (IS_BASE62.simd_into(simd), END_OF_JSON.simd_into(simd));
    let is_hexadecimal: u8x64<S> = IS_HEXADECIMAL.simd_into(simd);
    ((characters & is_base62) | (source & is_hexadecimal) | end, zeros)
}

/// The 22 base-62 digits of a number, in the bytes that [`IN_A_ROW`] reads, and how many of them are leading zeros.
#[inline(always)]
fn digits<S: Simd>(simd: S, number: u128) -> (u64x4<S>, u8) {
    /// Bits behind the point of a fraction of 62⁵ whose whole part is a digit.
    const BITS: u32 = 55;
    const SCALE: u64 = (1 << BITS) / 62_u64.pow(4) + 1;
    const MASK: u64 = (1 << BITS) - 1;

    let (high, halves) = split(number);
    let halves: u64x4<S> = halves.simd_into(simd);
    let mask = u64x4::splat(simd, MASK);
    let mut fraction = halves * u64x4::splat(simd, SCALE);
    let first = high / 62;
    let mut digits: u64x4<S> = [first << 40 | (high - first * 62) << 48, 0, 0, 0].simd_into(simd);
    digits |= fraction >> BITS;
    // Written out: a closure would not have the processor's vectors. 62 times is 64 times less twice.
    fraction &= mask;
    fraction = (fraction << 6) - (fraction << 1);
    digits |= (fraction >> BITS) << 8;
    fraction &= mask;
    fraction = (fraction << 6) - (fraction << 1);
    digits |= (fraction >> BITS) << 16;
    fraction &= mask;
    fraction = (fraction << 6) - (fraction << 1);
    digits |= (fraction >> BITS) << 24;
    fraction &= mask;
    fraction = (fraction << 6) - (fraction << 1);
    digits |= (fraction >> BITS) << 32;
    (digits, if high > 0 { u8::from(high < 62) } else { zeros_of_small(number) })
}

/// One of 400 million numbers has more than one leading zero.
#[cold]
fn zeros_of_small(number: u128) -> u8 {
    let (_, length) = base62::encode(number);
    (base62::MAX_DIGITS - length) as u8
}

/// The first two digits of a number, as a number, and four times the five that follow.
#[inline(always)]
fn split(number: u128) -> (u64, [u64; 4]) {
    const LIMB: u64 = 62_u64.pow(10);
    const HALF: u64 = 62_u64.pow(5);
    let rest = divided_by_limb(number);
    let high = (rest >> 10) as u64 / 31_u64.pow(10);
    // Both fit 64 bits, so the bits lost above do not matter.
    let low = (number as u64).wrapping_sub((rest as u64).wrapping_mul(LIMB));
    let middle = (rest as u64).wrapping_sub(high.wrapping_mul(LIMB));
    (high, [middle / HALF, middle % HALF, low / HALF, low % HALF])
}

/// Divides by 62¹⁰ = 2¹⁰ · 31¹⁰: a shift, and a multiplication with the reciprocal of the odd part.
///
/// The reciprocal is rounded up by less than 1, times the divisor: less than 2⁵⁰. The dividend has 118 bits, so the error
/// stays below 2¹⁶⁸, and the quotient is exact as long as it stays below 2¹⁷⁷ (Granlund and Montgomery 1994).
#[inline(always)]
fn divided_by_limb(number: u128) -> u128 {
    const ODD: u128 = 31_u128.pow(10);
    const SHIFT: u32 = 49;
    /// 2¹⁷⁷ / 31¹⁰, rounded up, by long division.
    const RECIPROCAL: u128 = {
        let (mut quotient, mut rest, mut bit) = (0_u128, 1_u128 << SHIFT, 0);
        while bit < 128 {
            rest <<= 1;
            quotient <<= 1;
            if rest >= ODD {
                rest -= ODD;
                quotient |= 1;
            }
            bit += 1;
        }
        quotient + 1
    };
    const HIGH: u128 = RECIPROCAL >> 64;
    const LOW: u128 = RECIPROCAL & u64::MAX as u128;
    let number = number >> 10;
    let (high, low) = (number >> 64, number & u128::from(u64::MAX));
    // The upper half of the product, in four parts.
    let first = high * LOW + ((low * LOW) >> 64);
    let second = low * HIGH + (first & u128::from(u64::MAX));
    (high * HIGH + (first >> 64) + (second >> 64)) >> SHIFT
}

/// The characters of 48 bytes that stand [in base64's order](in_base64s_order).
#[inline(always)]
fn characters<S: Simd>(simd: S, bytes: u8x64<S>) -> u8x64<S> {
    const ALPHABET: [u8; 64] = *b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let groups: u32x16<S> = bytes.bitcast();
    let sextets = ((groups >> 18) & u32x16::splat(simd, 0x3f))
        | ((groups >> 4) & u32x16::splat(simd, 0x3f00))
        | ((groups << 10) & u32x16::splat(simd, 0x3f_0000))
        | ((groups << 24) & u32x16::splat(simd, 0x3f00_0000));
    let table: u8x64<S> = ALPHABET.simd_into(simd);
    table.swizzle_dyn(sextets.bitcast::<u8x64<S>>())
}

/// Where the 48 bytes of half a tail come from.
struct Arrangement {
    places: [u8; 64],
    /// 255 where leading zeros move the place.
    moves: [u8; 64],
}

const ARRANGEMENTS: [[Arrangement; 2]; Waiting::CAPACITY + 1] = [arrangements(0), arrangements(1), arrangements(2)];

const fn arrangements(waiting: usize) -> [Arrangement; 2] {
    [arrangement(waiting, 0), arrangement(waiting, JSON_LENGTH)]
}

/// For the bytes of JSON from `from` on.
const fn arrangement(waiting: usize, from: usize) -> Arrangement {
    let (mut places, mut moves) = ([0; JSON_LENGTH], [0; JSON_LENGTH]);
    let mut byte = 0;
    while byte < JSON_LENGTH {
        let (place, is_moved) = place(waiting, from + byte);
        places[byte] = place as u8;
        moves[byte] = if is_moved { 255 } else { 0 };
        byte += 1;
    }
    Arrangement { places: in_base64s_order(&places), moves: in_base64s_order(&moves) }
}

/// Where a byte of the JSON stands, and whether leading zeros move it.
const fn place(waiting: usize, byte: usize) -> (usize, bool) {
    const KEY_AT: usize = Hyphenated::LENGTH;
    const DIGITS_AT: usize = KEY_AT + PROFILE_KEY_LENGTH + PREFIX.len();
    if byte < waiting {
        return (WAITING + byte, false);
    }
    match byte - waiting {
        8 | 13 | 18 | 23 => (DASH, false),
        byte if byte < KEY_AT => {
            let dashes = (byte > 8) as usize + (byte > 13) as usize + (byte > 18) as usize + (byte > 23) as usize;
            let nibble = byte - dashes;
            ([HIGH_NIBBLES, LOW_NIBBLES][nibble % 2] + nibble / 2, false)
        }
        byte if byte < DIGITS_AT => (KEY + byte - KEY_AT, false),
        byte => (DIGITS + byte - DIGITS_AT, true),
    }
}

/// Each three bytes in four, the last first, as a little-endian word reads them.
const fn in_base64s_order(bytes: &[u8; JSON_LENGTH]) -> [u8; 64] {
    let mut ordered = [0; 64];
    let mut group = 0;
    while group < JSON_LENGTH / 3 {
        let mut byte = 0;
        while byte < 3 {
            ordered[4 * group + byte] = bytes[3 * group + 2 - byte];
            byte += 1;
        }
        group += 1;
    }
    ordered
}

/// The places from `from` on.
const fn sequence(from: usize) -> [u8; JSON_LENGTH] {
    let mut places = [0; JSON_LENGTH];
    let mut byte = 0;
    while byte < JSON_LENGTH {
        places[byte] = (from + byte) as u8;
        byte += 1;
    }
    places
}

/// Puts the digits of a number one behind the other: two in spare bytes of the first word, then five of each.
const IN_A_ROW: [u8; 32] = {
    let mut places = [0; 32];
    places[0] = 5;
    places[1] = 6;
    let mut digit = 0;
    while digit < 20 {
        places[2 + digit] = (digit / 5 * 8 + digit % 5) as u8;
        digit += 1;
    }
    places
};

/// The 62 digits, and two bytes that no digit reads.
const BASE62: [u8; 64] = {
    let mut table = [0; 64];
    put(&mut table, 0, base62::ALPHABET);
    table
};

const IS_HEXADECIMAL: [u8; 64] = mask(HIGH_NIBBLES, DIGITS);
const IS_BASE62: [u8; 64] = mask(DIGITS, END);
const END_OF_JSON: [u8; 64] = {
    let mut json = [0; 64];
    put(&mut json, END, b"\"}");
    json
};

const fn mask(from: usize, to: usize) -> [u8; 64] {
    let mut mask = [0; 64];
    let mut byte = from;
    while byte < to {
        mask[byte] = 255;
        byte += 1;
    }
    mask
}

/// Copies, where places count the bytes of both vectors.
const fn put(vector: &mut [u8; 64], place: usize, text: &[u8]) {
    let mut byte = 0;
    while byte < text.len() {
        vector[place % 64 + byte] = text[byte];
        byte += 1;
    }
}

#[cfg(test)]
mod tests {
    use fearless_simd::{Level, dispatch};
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_around_every_power_of_62_and_of_its_limbs_split_as_long_division_does() {
        const LIMB: u128 = 62_u128.pow(10);
        let powers = (0..=21).map(|power| 62_u128.pow(power));
        let multiples = (1..2000).flat_map(|times| [LIMB * times, LIMB * LIMB * (times % 62), u128::MAX / times]);
        for near in powers.chain(multiples) {
            for number in [near.saturating_sub(1), near, near.saturating_add(1)] {
                assert_eq!(divided_by_limb(number), number / LIMB, "{number}");
                assert_digits(number);
            }
        }
        assert_digits(0);
        assert_digits(u128::MAX);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4096))]

        #[test]
        fn the_digits_of_any_number_are_those_of_the_plain_code(number: u128, shift in 0_u32..128) {
            assert_digits(number >> shift);
        }
    }

    /// On the baseline's vectors, which every processor has; the self-test and the batches' twins use the others.
    fn assert_digits(number: u128) {
        let (words, zeros) = dispatch!(Level::baseline(), simd => {
            let (digits, zeros) = digits(simd, number);
            (<[u64; 4]>::from(digits), zeros)
        });
        let bytes = words.map(u64::to_le_bytes);
        let digits: Vec<u8> = IN_A_ROW[..base62::MAX_DIGITS]
            .iter()
            .map(|place| base62::ALPHABET[usize::from(bytes.as_flattened()[usize::from(*place)])])
            .collect();
        let (expected, length) = base62::encode(number);
        assert_eq!(digits[usize::from(zeros)..], expected[..length], "{number}");
        assert!(digits[..usize::from(zeros)].iter().all(|digit| *digit == b'0'));
    }
}
