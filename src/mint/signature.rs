//! The last segment of a token: a tag in base64url.

use fearless_simd::Simd;

use crate::{
    crypto::{
        hmac::{TAG_LENGTH, Tag},
        message::Message,
    },
    token::base64::{encode_words, encoded_length},
};

/// A dot and a tag in base64url.
pub(crate) const LENGTH: usize = 1 + encoded_length(TAG_LENGTH);

const WORDS: usize = TAG_LENGTH.div_ceil(6);

/// Appends a dot and the tag to a message that was hashed.
#[inline(always)]
pub(crate) fn append_to<S: Simd>(simd: S, tag: &Tag, message: &mut Message) {
    let mut padded = [0; WORDS * 6 + 2];
    let (start, _) = padded.split_at_mut(TAG_LENGTH);
    start.copy_from_slice(tag);
    let words: [[u8; 8]; WORDS] = encode_words(simd, &padded);
    message.append(b".", 1);
    message.append(words.as_flattened(), const { encoded_length(TAG_LENGTH) });
}
