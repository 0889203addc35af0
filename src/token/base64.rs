//! The base64url of a token's segments, without padding (RFC 7515 §2).

use std::io::Write;

use base64::{DecodeError, Engine, engine::general_purpose::URL_SAFE_NO_PAD, write::EncoderStringWriter};

/// Characters that this many bytes become.
#[expect(clippy::arithmetic_side_effects, reason = "lengths of at most some thousand bytes")]
pub(crate) const fn encoded_length(bytes: usize) -> usize {
    (bytes * 4).div_ceil(3)
}

/// Text of any length.
pub(crate) fn encode(bytes: &[u8]) -> String {
    engine::ENGINE.encode(bytes)
}

/// Appends text of any length.
pub(crate) fn encode_into(bytes: &[u8], text: &mut String) {
    engine::ENGINE.encode_string(bytes, text);
}

/// Writes text at the start of the room that there is, which has to be enough, and says how much.
#[inline]
#[expect(clippy::expect_used, reason = "callers know the greatest length")]
pub(crate) fn encode_slice(bytes: &[u8], room: &mut [u8]) -> usize {
    engine::ENGINE.encode_slice(bytes, room).expect("room for the text")
}

/// Appends the text of parts, as if they were one.
#[expect(clippy::expect_used, reason = "a string takes all that is written")]
pub(crate) fn encode_parts(parts: &[&[u8]], text: &mut String) {
    let mut writer = EncoderStringWriter::from_consumer(text, &URL_SAFE_NO_PAD);
    parts.iter().for_each(|part| writer.write_all(part).expect("a string takes all"));
}

/// Appends the bytes that the text encodes: canonically, without padding (RFC 4648 §3.5).
pub(crate) fn decode_into(text: &str, bytes: &mut Vec<u8>) -> Result<(), DecodeError> {
    engine::ENGINE.decode_vec(text, bytes)
}

/// The engine in vectors, where `base64` has one: a sixteenth of a verification. Texts and verdicts equal the plain engine's.
#[cfg(any(target_arch = "x86_64", all(target_arch = "aarch64", target_feature = "neon")))]
mod engine {
    use std::sync::LazyLock;

    use base64::engine::{Simd, general_purpose::NO_PAD};

    pub(super) static ENGINE: LazyLock<Simd> = LazyLock::new(|| Simd::url_safe(NO_PAD));
}
#[cfg(not(any(target_arch = "x86_64", all(target_arch = "aarch64", target_feature = "neon"))))]
mod engine {
    pub(super) use base64::engine::general_purpose::URL_SAFE_NO_PAD as ENGINE;
}

/// What was encoded, as text.
#[inline]
#[expect(clippy::expect_used, reason = "each of the characters stands in the alphabet")]
pub(crate) fn ascii(encoded: &[u8]) -> &str {
    str::from_utf8(encoded).expect("base64 is ASCII")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(ProptestConfig::default().cases.saturating_mul(8)))]

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
        fn vectors_and_parts_encode_as_the_plain_engine_does(start: Vec<u8>, middle: Vec<u8>, end: Vec<u8>) {
            let bytes = [&start[..], &middle, &end].concat();
            let expected = URL_SAFE_NO_PAD.encode(&bytes);
            let (mut whole, mut parts, mut room) = (String::from("a."), String::from("a."), [b'x'; 1024]);
            encode_into(&bytes, &mut whole);
            encode_parts(&[&start, &middle, &end], &mut parts);
            let (text, rest) = room.split_at_mut(expected.len());
            prop_assert_eq!(encode_slice(&bytes, text), expected.len());
            prop_assert_eq!(ascii(text), &expected);
            prop_assert!(rest.iter().all(|byte| *byte == b'x'));
            prop_assert_eq!(encode(&bytes), &*expected);
            prop_assert_eq!([whole, parts], [(); 2].map(|()| format!("a.{expected}")));
        }
    }
}
