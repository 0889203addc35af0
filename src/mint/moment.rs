//! What the payloads of one second share: its times.

use fearless_simd::{Level, dispatch};

use super::{
    payload::{PayloadOrder, Validity},
    stack_text::StackText,
};
use crate::token::base64::{encode_words, encoded_length};

/// Bytes of JSON that may wait for more to fill a group of three.
pub(crate) const CARRY_LENGTH: usize = 2;

/// JSON that waits for more to fill a group of three bytes.
pub(crate) type Carry = StackText<CARRY_LENGTH>;

/// A time in seconds.
pub(crate) type Digits = StackText<12>;

/// The text of a moment, in base64url.
#[derive(Clone)]
pub(crate) struct MomentText {
    text: StackText<{ Self::MAX_LENGTH }>,
    /// The end of the moment's JSON, which waits to be encoded with the session id.
    pub(crate) carry: Carry,
    /// Where the expiry stands apart from the other times: it.
    pub(crate) expires_at: Digits,
}

impl MomentText {
    /// The greatest length.
    pub(crate) const MAX_LENGTH: usize = WORDS * 8;

    /// Behind JSON that was carried over.
    pub(crate) fn new(carry: &Carry, order: PayloadOrder, validity: Validity) -> Self {
        let mut json = StackText::<{ WORDS * 6 + 2 }>::from(carry.as_bytes());
        let mut digits = itoa::Buffer::new();
        let issued_at = digits.format(validity.issued_at.as_secs()).as_bytes();
        for part in [b"\"nbf\":", issued_at, b",\"iat\":", issued_at] {
            json.push(part);
        }
        let mut expires_at = Digits::from(digits.format(validity.expires_at.as_secs()).as_bytes());
        if order == PayloadOrder::Aligned {
            json.push(b",\"exp\":");
            json.push(expires_at.as_bytes());
            expires_at = Digits::from(b"");
        }
        json.push(b",\"jti\":\"");

        let (groups, carry) = json.as_bytes().as_chunks::<3>();
        let words: [_; WORDS] = dispatch!(Level::new(), simd => encode_words(simd, json.padded()));
        let text = StackText::prefix(&words, encoded_length(groups.as_flattened().len()));
        Self { text, carry: Carry::from(carry), expires_at }
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.text.as_bytes()
    }
}

/// The JSON of a moment with times of twelve digits.
const LENGTH: usize = r#""nbf":253402300799,"iat":253402300799,"exp":253402300799,"jti":""#.len();
const WORDS: usize = (CARRY_LENGTH + LENGTH).div_ceil(6);
/// The JSON of a moment from 2001 to 2286, when times have ten digits.
pub(crate) const USUAL_LENGTH: usize = LENGTH - 6;
