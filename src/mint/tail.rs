//! The tail of an aligned token in vectors, and signatures; [`Frame`](super::payload::Frame) is the tail's obvious twin.
//!
//! ```text
//! session id, 16 bytes ─> 32 nibbles ───────────┬─> digits, the JSON's end ─┐    two swizzles      two halves
//! profile, a number ─> 2 + 4 × 5 base-62 digits ┘   `"}`: source, 64 bytes  ├─> put the JSON in ─> of 64
//! dash, `","sub":"p_1`, the waiting bytes: constants, 64 bytes ─────────────┘    base64's order      characters
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

use fearless_simd::{Bytes, Level, Simd, SimdBase, SimdCombine, SimdInto, u8x16, u8x32, u8x64, u32x16, u64x4};
use uuid::fmt::Hyphenated;

use super::payload::{End, Entry, PayloadOrder, Times, Waiting};
use crate::{
    crypto::{Message, TAG_LENGTH},
    id::{ProfileId, base62},
    token::{
        base64::encoded_length,
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
    constants: [u8; 64],
}

// Where things stand in the two vectors that are put together: first the source, then the constants.
const HIGH_NIBBLES: usize = 0;
const LOW_NIBBLES: usize = 16;
const DIGITS: usize = 32;
const DASH: usize = 64;
const KEY: usize = 65;
/// The end of `"jti":"`, of which so many bytes wait for the session id.
const WAITING: usize = 80;

const PREFIX: &[u8] = ProfileId::PREFIX.as_bytes();
/// Bytes of JSON, and characters of base64, in one vector.
const JSON_LENGTH: usize = 48;
const ENCODED_LENGTH: usize = 64;

/// Bytes of a dot and a tag in base64url.
pub(crate) const SIGNATURE_LENGTH: usize = 1 + encoded_length(TAG_LENGTH);

impl Tail {
    /// For layouts that write a profile as a global id, and last.
    pub(crate) fn new(order: PayloadOrder, layout: &Layout) -> Option<Self> {
        let mut constants = [0; 64];
        let key_end = KEY + PROFILE_KEY_LENGTH;
        for (place, part) in [(DASH, &b"-"[..]), (KEY, layout.profile_key), (key_end, PREFIX), (WAITING, b":\"")] {
            put(&mut constants, place, part);
        }
        (order == PayloadOrder::Aligned && layout.form == IdForm::Global).then_some(Self { constants })
    }

    #[cfg(test)]
    pub(super) fn corrupt(&mut self) {
        self.constants.iter_mut().for_each(|byte| *byte ^= 1);
    }
}

impl End<BLOCKS> for Tail {
    #[inline(always)]
    #[expect(clippy::indexing_slicing, reason = "no more is waiting than there are places for")]
    fn append_to<S: Simd>(&self, simd: S, times: &Times, entry: &Entry, message: &mut Message<BLOCKS>) {
        const LONGEST: usize = Hyphenated::LENGTH + PROFILE_KEY_LENGTH + ProfileId::MAX_LENGTH + "\"}".len();
        let waiting = times.waiting.as_bytes().len();
        let (source, zeros) = source(simd, entry);
        let constants: u8x64<S> = self.constants.simd_into(simd);
        let [first, second] = &PLACES[waiting];
        let first: u8x64<S> = characters(simd, source.concat_swizzle_dyn(constants, *first));
        let second: u8x64<S> = characters(simd, source.concat_swizzle_dyn(constants, *second));
        message.append(&<[u8; 64]>::from(first), ENCODED_LENGTH);
        message.append(&<[u8; 64]>::from(second), encoded_length(waiting + LONGEST - zeros) - ENCODED_LENGTH);
    }
}

/// Blocks of a message with times, a tail and a signature.
const BLOCKS: usize = {
    assert!(Times::MAX_LENGTH + 2 * ENCODED_LENGTH <= Message::<4>::MAX_LENGTH);
    4
};

/// Appends a dot and the tag to a message that was hashed.
#[inline(always)]
pub(crate) fn append_signature<S: Simd, const BLOCKS: usize>(simd: S, message: &mut Message<BLOCKS>) {
    const FIRST: [u8; 64] = in_base64s_order(&sequence(0));
    /// Characters behind the tag are not counted.
    const SECOND: [u8; 64] = in_base64s_order(&sequence(JSON_LENGTH));
    let tag: u8x64<S> = message.tag.simd_into(simd);
    let zeros: u8x64<S> = u8x64::splat(simd, 0);
    let first: u8x64<S> = characters(simd, tag.concat_swizzle_dyn(zeros, FIRST));
    let second: u8x64<S> = characters(simd, tag.concat_swizzle_dyn(zeros, SECOND));
    message.append(b".", 1);
    message.append(&<[u8; 64]>::from(first), ENCODED_LENGTH);
    message.append(&<[u8; 64]>::from(second), const { encoded_length(TAG_LENGTH) - ENCODED_LENGTH });
}

/// Returns the digits of both ids, and behind them the JSON's end; and how many leading zeros of the profile are left out.
#[inline(always)]
fn source<S: Simd>(simd: S, entry: &Entry) -> (u8x64<S>, usize) {
    let bytes: u8x16<S> = entry.session.uuid().into_bytes().simd_into(simd);
    let nibbles: u8x32<S> = (bytes >> 4).combine(bytes & u8x16::splat(simd, 15));
    let table: u8x32<S> = u8x32::block_splat(HEXADECIMAL.simd_into(simd));
    let session: u8x32<S> = table.swizzle_dyn_within_blocks(nibbles);
    let (digits, zeros) = digits(simd, entry.profile.uuid().as_u128());
    let in_a_row = u8x32::from_slice(simd, &IN_A_ROW[zeros..zeros + 32]);
    let profile: u8x32<S> = digits.bitcast::<u8x32<S>>().swizzle_dyn(in_a_row);
    let table: u8x64<S> = BASE62.simd_into(simd);
    (table.swizzle_dyn(session.combine(profile)) | u8x64::from_slice(simd, &END[zeros..zeros + 64]), zeros)
}

/// Returns the 22 base-62 digits of a number, in the bytes that [`IN_A_ROW`] reads, and how many of them are leading zeros.
#[inline(always)]
fn digits<S: Simd>(simd: S, number: u128) -> (u64x4<S>, usize) {
    /// Bits behind the point of a fraction of 62⁵ whose whole part is a digit.
    const BITS: u32 = 55;
    const SCALE: u64 = (1 << BITS) / 62_u64.pow(4) + 1;
    const NO_DIGIT: u64 = 62 << 40;

    let (high, halves) = split(number);
    let halves: u64x4<S> = halves.simd_into(simd);
    let mask = u64x4::splat(simd, (1 << BITS) - 1);
    let mut fraction = halves * u64x4::splat(simd, SCALE);
    let first = high / 62;
    let mut digits: u64x4<S> = [first << 40 | (high - first * 62) << 48, NO_DIGIT, 0, 0].simd_into(simd);
    digits |= fraction >> BITS;
    for place in [8, 16, 24, 32] {
        // 62 times is 64 times less twice.
        fraction &= mask;
        fraction = (fraction << 6) - (fraction << 1);
        digits |= (fraction >> BITS) << place;
    }
    // One of 400 million numbers has more than one leading zero.
    (digits, if high > 0 { usize::from(high < 62) } else { base62::encode(number).1 })
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

/// For each number of waiting bytes: where the bytes of both halves of a tail come from.
const PLACES: [[[u8; 64]; 2]; Waiting::CAPACITY + 1] = [places(0), places(1), places(2)];

const fn places(waiting: usize) -> [[u8; 64]; 2] {
    let mut halves = [[0; JSON_LENGTH]; 2];
    let mut byte = 0;
    while byte < 2 * JSON_LENGTH {
        halves[byte / JSON_LENGTH][byte % JSON_LENGTH] = place(waiting, byte) as u8;
        byte += 1;
    }
    let [first, second] = &halves;
    [in_base64s_order(first), in_base64s_order(second)]
}

/// Where a byte of the JSON stands.
const fn place(waiting: usize, byte: usize) -> usize {
    const KEY_AT: usize = Hyphenated::LENGTH;
    const DIGITS_AT: usize = KEY_AT + PROFILE_KEY_LENGTH + PREFIX.len();
    if byte < waiting {
        return WAITING + Waiting::CAPACITY - waiting + byte;
    }
    match byte - waiting {
        8 | 13 | 18 | 23 => DASH,
        byte if byte < KEY_AT => {
            let dashes = (byte > 8) as usize + (byte > 13) as usize + (byte > 18) as usize + (byte > 23) as usize;
            let nibble = byte - dashes;
            [HIGH_NIBBLES, LOW_NIBBLES][nibble % 2] + nibble / 2
        }
        byte if byte < DIGITS_AT => KEY + byte - KEY_AT,
        byte => DIGITS + byte - DIGITS_AT,
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

/// From the number of leading zeros on: puts the other digits of a number one behind the other, and behind them the byte that is no
/// digit. Two digits stand in spare bytes of the first word, that byte in the second, then five digits in each word.
const IN_A_ROW: [u8; base62::MAX_DIGITS + 32] = {
    let mut places = [8 + 5; base62::MAX_DIGITS + 32];
    [places[0], places[1]] = [5, 6];
    let mut digit = 0;
    while digit < 20 {
        places[2 + digit] = (digit / 5 * 8 + digit % 5) as u8;
        digit += 1;
    }
    places
};

/// From the number of leading zeros on: the JSON's end behind the digits.
const END: [u8; base62::MAX_DIGITS + 64] = {
    let mut json = [0; base62::MAX_DIGITS + 64];
    [json[DIGITS + base62::MAX_DIGITS], json[DIGITS + base62::MAX_DIGITS + 1]] = *b"\"}";
    json
};

/// The digits of base 62, and NUL for no digit.
const BASE62: [u8; 64] = {
    let mut table = [0; 64];
    put(&mut table, 0, base62::ALPHABET);
    table
};

/// Where the hexadecimal digits stand among them.
const HEXADECIMAL: [u8; 16] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 36, 37, 38, 39, 40, 41];

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
        #![proptest_config(ProptestConfig::with_cases(ProptestConfig::default().cases.saturating_mul(16)))]

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
        let (expected, expected_zeros) = base62::encode(number);
        assert_eq!((&digits[..], zeros), (&expected[..], expected_zeros), "{number}");
    }
}
