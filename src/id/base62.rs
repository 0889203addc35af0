//! The base-62 codec of Quiltt's global ids: 128 bits, most significant digit first, no leading zeros.

use crate::error::ParseIdReason;

/// The digits of `u128::MAX`: `7n42DGM5Tflk9n8mt7Fhc7`.
pub(crate) const MAX_DIGITS: usize = 22;

pub(crate) const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Digits in a limb: the most for which two limbs and a small head hold 128 bits.
const LIMB_DIGITS: usize = 10;
/// Digits in half a limb; 62⁵ fits 32 bits, so the four halves divide independently of each other.
const HALF_DIGITS: usize = 5;
/// Digits in front of two limbs.
const HEAD_DIGITS: usize = MAX_DIGITS - 2 * LIMB_DIGITS;
const LIMB: u128 = 62_u128.pow(10);
const HALF: u64 = 62_u64.pow(5);

/// Returns the digits of `number`, and how many of them are leading zeros.
#[inline]
pub(crate) fn encode(number: u128) -> ([u8; MAX_DIGITS], usize) {
    let low = (number % LIMB) as u64;
    let rest = number / LIMB;
    let middle = (rest % LIMB) as u64;
    let high = (rest / LIMB) as u32;

    let halves = [(middle / HALF) as u32, (middle % HALF) as u32, (low / HALF) as u32, (low % HALF) as u32];
    let mut digits = [0; MAX_DIGITS];
    let (head, tail) = digits.split_at_mut(HEAD_DIGITS);
    head.copy_from_slice(&digits_of::<HEAD_DIGITS>(high));
    tail.copy_from_slice(halves.map(digits_of::<HALF_DIGITS>).as_flattened());
    // The number zero keeps its last digit.
    let zeros = digits.iter().position(|&digit| digit != b'0').unwrap_or(MAX_DIGITS - 1);
    (digits, zeros)
}

#[expect(clippy::indexing_slicing, reason = "a remainder of 62 is an index into the 62 characters")]
fn digits_of<const LENGTH: usize>(mut number: u32) -> [u8; LENGTH] {
    let mut digits = [0; LENGTH];
    for digit in digits.iter_mut().rev() {
        *digit = ALPHABET[(number % 62) as usize];
        number /= 62;
    }
    digits
}

/// Returns the number of these digits, without leading zeros. On failure: the reason, and the offset of the character in bytes.
#[expect(clippy::indexing_slicing, reason = "each byte has a value")]
pub(crate) fn decode(digits: &[u8]) -> Result<u128, (ParseIdReason, usize)> {
    match digits {
        [] => return Err((ParseIdReason::Empty, 0)),
        [b'0', _, ..] => return Err((ParseIdReason::LeadingZero, 0)),
        _ => {}
    }
    // 21 digits cannot overflow, and are gathered in 64 bits at a time; a 22nd could.
    let (safe, rest) = digits.split_at(digits.len().min(MAX_DIGITS - 1));
    let mut number = 0_u128;
    for (limb, place) in safe.chunks(LIMB_DIGITS).zip((0_usize..).step_by(LIMB_DIGITS)) {
        let (mut value, mut scale, mut bits) = (0_u64, 1_u64, 0);
        for &digit in limb {
            let digit = VALUES[usize::from(digit)];
            value = value.wrapping_mul(62).wrapping_add(digit.into());
            scale = scale.wrapping_mul(62);
            bits |= digit;
        }
        // Only the value of a wrong character has this bit, so that a good limb is asked once.
        if bits & NO_DIGIT != 0 {
            (place..).zip(limb).try_for_each(|(position, &digit)| value_of(digit, position).map(drop))?;
        }
        number = number.wrapping_mul(scale.into()).wrapping_add(value.into());
    }
    for (position, &digit) in (safe.len()..).zip(rest) {
        let value = value_of(digit, position)?;
        number = number
            .checked_mul(62)
            .and_then(|number| number.checked_add(value.into()))
            .ok_or((ParseIdReason::Overflow, position))?;
    }
    Ok(number)
}

#[expect(clippy::indexing_slicing, reason = "each byte has a value")]
fn value_of(digit: u8, position: usize) -> Result<u64, (ParseIdReason, usize)> {
    match VALUES[usize::from(digit)] {
        NO_DIGIT => Err((ParseIdReason::InvalidCharacter, position)),
        value => Ok(value.into()),
    }
}

/// The value of a character that is no digit: a bit that no digit's value has.
const NO_DIGIT: u8 = 64;

/// The value of each character.
#[expect(clippy::indexing_slicing, reason = "computed by the compiler")]
const VALUES: [u8; 256] = {
    let mut values = [NO_DIGIT; 256];
    let mut value = 0;
    while value < 62 {
        values[ALPHABET[value as usize] as usize] = value;
        value += 1;
    }
    values
};
