//! The base64url of a token's segments, without padding (RFC 7515 §2), into the caller's buffer.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

/// Characters that this many bytes become.
#[expect(clippy::arithmetic_side_effects, reason = "lengths of at most some thousand bytes")]
pub(crate) const fn coded_length(bytes: usize) -> usize {
    (bytes * 4).div_ceil(3)
}

/// Writes to the start of `coded`, which the caller made long enough, and returns the length.
#[inline]
pub(crate) fn encode(bytes: &[u8], coded: &mut [u8]) -> usize {
    let length = URL_SAFE_NO_PAD.encode_slice(bytes, coded);
    debug_assert!(length.is_ok(), "the buffer was sized for this text");
    length.unwrap_or(0)
}

/// What [`encode`] wrote, as text.
#[inline]
pub(crate) fn ascii(coded: &[u8]) -> &str {
    let text = str::from_utf8(coded);
    debug_assert!(text.is_ok(), "base64 is ASCII");
    text.unwrap_or_default()
}
