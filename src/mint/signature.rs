//! The last segment of a token: a tag in base64url.

use fearless_simd::Simd;

use super::stack_text::StackText;
use crate::{
    crypto::{TAG_LENGTH, Tag},
    token::base64::{encode_words, encoded_length},
};

/// A dot and a tag in base64url.
pub(crate) const LENGTH: usize = 1 + encoded_length(TAG_LENGTH);

const WORDS: usize = TAG_LENGTH.div_ceil(6);

pub(crate) type Signature = StackText<{ 1 + WORDS * 8 }>;

/// A dot and the tag.
#[inline(always)]
pub(crate) fn signature<S: Simd>(simd: S, tag: &Tag) -> Signature {
    let mut padded = [0; WORDS * 6 + 2];
    let (start, _) = padded.split_at_mut(TAG_LENGTH);
    start.copy_from_slice(tag);
    let words: [[u8; 8]; WORDS] = encode_words(simd, &padded);
    let (text, _) = words.as_flattened().split_at(const { encoded_length(TAG_LENGTH) });
    let mut signature = Signature::from(b".");
    signature.push(text);
    signature
}
