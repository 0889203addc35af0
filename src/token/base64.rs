//! The base64url of a token's segments, without padding (RFC 7515 §2).

use base64::{DecodeError, Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use fearless_simd::Simd;

/// Characters that this many bytes become.
#[expect(clippy::arithmetic_side_effects, reason = "lengths of at most some thousand bytes")]
pub(crate) const fn encoded_length(bytes: usize) -> usize {
    (bytes * 4).div_ceil(3)
}

/// Text of any length.
pub(crate) fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Appends what the text says: canonical, without padding (RFC 4648 §3.5).
pub(crate) fn decode_into(text: &str, bytes: &mut Vec<u8>) -> Result<(), DecodeError> {
    engine::DECODER.decode_vec(text, bytes)
}

/// The crate's engine in vectors, where it has one: a sixteenth of a verification. Its verdicts are the plain one's.
#[cfg(any(target_arch = "x86_64", all(target_arch = "aarch64", target_feature = "neon")))]
mod engine {
    use std::sync::LazyLock;

    use base64::engine::{Simd, general_purpose::NO_PAD};

    pub(super) static DECODER: LazyLock<Simd> = LazyLock::new(|| Simd::url_safe(NO_PAD));
}
#[cfg(not(any(target_arch = "x86_64", all(target_arch = "aarch64", target_feature = "neon"))))]
mod engine {
    pub(super) use base64::engine::general_purpose::URL_SAFE_NO_PAD as DECODER;
}

/// Encodes `WORDS` times six bytes to eight characters each; two more bytes are read, and not used.
///
/// What is encoded in each mint is short and its length nearly constant, so this takes a third of the time of a call to
/// [`encode`], which has to be ready for any length. Words are independent of each other and there is no table, so the
/// compiler works on as many at once as the processor's vectors hold; the argument says which it may use.
#[inline(always)]
#[expect(clippy::expect_used, reason = "there are eight bytes from the start of each word on, as is asserted")]
pub(crate) fn encode_words<S: Simd, const BYTES: usize, const WORDS: usize>(
    _: S,
    bytes: &[u8; BYTES],
) -> [[u8; 8]; WORDS] {
    const { assert!(BYTES >= WORDS * 6 + 2) };
    let mut words = [0; WORDS];
    for (number, word) in words.iter_mut().enumerate() {
        let (_, rest) = bytes.split_at(number.saturating_mul(6));
        *word = u64::from_be_bytes(*rest.first_chunk().expect("eight bytes")) >> 16;
    }
    for word in &mut words {
        *word = characters(sextets(*word));
    }
    words.map(u64::to_be_bytes)
}

/// Spreads 48 bits over eight bytes, six bits to each: halves, quarters, eighths.
#[inline(always)]
const fn sextets(word: u64) -> u64 {
    let word = ((word & 0xffff_ff00_0000) << 8) | (word & 0x00ff_ffff);
    let word = ((word & 0x00ff_f000_00ff_f000) << 4) | (word & 0x0000_0fff_0000_0fff);
    ((word & 0x0fc0_0fc0_0fc0_0fc0) << 2) | (word & 0x003f_003f_003f_003f)
}

/// Turns each byte, of six bits, into its character of base64url (RFC 4648 §5).
#[inline(always)]
const fn characters(sextets: u64) -> u64 {
    let upper_case = sextets.wrapping_add(bytes(b'A'));
    let lower_case = upper_case.wrapping_add(from(sextets, 26) & bytes(b'a' - b'A' - 26));
    let digits = lower_case.wrapping_sub(from(sextets, 52) & bytes(b'a' + 26 - b'0'));
    let minus = digits.wrapping_sub(from(sextets, 62) & bytes(b'0' + 10 - b'-'));
    minus.wrapping_add(from(sextets, 63) & bytes(b'_' - b'-' - 1))
}

/// `0x7f` in each byte that is `least` or more, `0` in the others; bytes have six bits.
#[inline(always)]
const fn from(sextets: u64, least: u8) -> u64 {
    let reached = sextets.wrapping_add(bytes(0x80_u8.wrapping_sub(least))) & bytes(0x80);
    reached.wrapping_sub(reached >> 7)
}

/// Eight times the same byte.
#[inline(always)]
const fn bytes(byte: u8) -> u64 {
    u64::from_ne_bytes([byte; 8])
}

/// What was encoded, as text.
#[inline]
#[expect(clippy::expect_used, reason = "each of the characters stands in the alphabet")]
pub(crate) fn ascii(encoded: &[u8]) -> &str {
    str::from_utf8(encoded).expect("base64 is ASCII")
}

#[cfg(test)]
mod tests {
    use fearless_simd::{Level, dispatch};
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_sextet_becomes_its_character_in_every_place() {
        let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        for (sextet, character) in (0_u8..).zip(alphabet) {
            assert_eq!(characters(bytes(sextet)), bytes(*character));
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2048))]

        #[test]
        fn vectors_decode_what_the_plain_engine_decodes_and_refuse_what_it_refuses(
            bytes in proptest::collection::vec(any::<u8>(), 0..400),
            place: prop::sample::Index,
            changed in prop_oneof![Just(None), any::<char>().prop_map(Some), "[-_A-Za-z0-9+/= .]".prop_map(|text| text.chars().next())],
        ) {
            let mut text: Vec<char> = URL_SAFE_NO_PAD.encode(&bytes).chars().collect();
            if let (Some(changed), false) = (changed, text.is_empty()) {
                let place = place.index(text.len());
                text[place] = changed;
            }
            let text = String::from_iter(text);
            let mut decoded = vec![];
            let verdict = decode_into(&text, &mut decoded).map(|()| decoded);
            prop_assert_eq!(verdict.ok(), URL_SAFE_NO_PAD.decode(&text).ok());
        }

        #[test]
        fn words_are_what_the_base64_crate_writes(bytes: [u8; 32]) {
            let words: [_; 5] = dispatch!(Level::new(), simd => encode_words(simd, &bytes));
            prop_assert_eq!(ascii(words.as_flattened()), URL_SAFE_NO_PAD.encode(&bytes[..30]));
        }
    }
}
