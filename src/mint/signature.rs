//! The last segment of a token: a tag in base64url.

use fearless_simd::{Level, Simd, dispatch};

use crate::{
    crypto::hmac::TAG_LENGTH,
    token::base64::{ascii, encode_words, encoded_length},
};

/// A dot and a tag in base64url.
pub(crate) struct Signature([u8; Self::LENGTH]);

const WORDS: usize = TAG_LENGTH.div_ceil(6);

impl Signature {
    pub(crate) const LENGTH: usize = 1 + encoded_length(TAG_LENGTH);

    pub(crate) fn new(tag: &[u8; TAG_LENGTH]) -> Self {
        dispatch!(Level::new(), simd => Self::new_with(simd, tag))
    }

    /// [`new`](Self::new) for callers that run with the processor's vectors already.
    #[inline(always)]
    pub(crate) fn new_with<S: Simd>(simd: S, tag: &[u8; TAG_LENGTH]) -> Self {
        let mut padded = [0; WORDS * 6 + 2];
        padded.iter_mut().zip(tag).for_each(|(byte, tagged)| *byte = *tagged);
        let words: [[u8; 8]; WORDS] = encode_words(simd, &padded);
        let mut signature = [b'.'; Self::LENGTH];
        signature.iter_mut().skip(1).zip(words.as_flattened()).for_each(|(byte, character)| *byte = *character);
        Self(signature)
    }

    #[inline(always)]
    pub(crate) fn as_str(&self) -> &str {
        ascii(&self.0)
    }
}
