//! The end of a payload: all of it that differs between the tokens of one second.
//!
//! Everything in it has a fixed place, so that writing it is a handful of moves without a loop.

use fearless_simd::Simd;
use uuid::{Uuid, fmt::Hyphenated};

use super::stack_text::StackText;
use crate::{
    crypto::message::Message,
    id::{ProfileId, SessionId},
    token::{
        base64::{encode_words, encoded_length},
        version::{IdForm, Layout, PROFILE_KEY_LENGTH},
    },
};

/// Bytes of JSON that may be carried into a tail.
pub(crate) const CARRY_LENGTH: usize = 2;

/// JSON from before the tail, which waits for more to fill a group of three bytes.
pub(crate) type Carry = StackText<CARRY_LENGTH>;

/// JSON from the session id on: `…","sub":"p_1…"}`, behind what was carried into it.
pub(crate) struct Tail {
    bytes: [u8; BUFFER_LENGTH],
    /// Where it starts; the carry stands right before the session id.
    start: usize,
    /// Where it ends, brace included.
    end: usize,
}

const SESSION_ID: usize = CARRY_LENGTH;
const KEY: usize = SESSION_ID + Hyphenated::LENGTH;
const PROFILE: usize = KEY + PROFILE_KEY_LENGTH;
/// With a UUID for the profile, which is longer than a global id.
const LONGEST: usize = PROFILE + Hyphenated::LENGTH + CLOSING.len();
const CLOSING: &[u8; 2] = br#""}"#;
const WORDS: usize = LONGEST.div_ceil(6);
/// Room to read whole words from any start, and two bytes more.
const BUFFER_LENGTH: usize = CARRY_LENGTH + WORDS * 6 + 2;

impl Tail {
    /// The length of the longest tail of a layout that nothing is carried into.
    pub(crate) const fn usual_length(layout: &Layout) -> usize {
        let profile = match layout.form {
            IdForm::Uuid => Hyphenated::LENGTH,
            IdForm::Global => ProfileId::MAX_LENGTH,
        };
        const OTHERS: usize = PROFILE - CARRY_LENGTH + CLOSING.len();
        OTHERS.saturating_add(profile)
    }

    #[inline(always)]
    pub(crate) fn new(carry: &Carry, session_id: SessionId, layout: &Layout, profile: ProfileId) -> Self {
        let mut bytes = [0; BUFFER_LENGTH];
        put(&mut bytes, SESSION_ID, &hyphenated(session_id.uuid()));
        put(&mut bytes, KEY, layout.profile_key);
        let length = match layout.form {
            IdForm::Uuid => {
                put(&mut bytes, PROFILE, &hyphenated(profile.uuid()));
                Hyphenated::LENGTH
            }
            IdForm::Global => {
                let mut id = [0; ProfileId::MAX_LENGTH];
                let length = profile.encode(&mut id).len();
                put(&mut bytes, PROFILE, &id);
                length
            }
        };
        let closing = PROFILE.saturating_add(length);
        put(&mut bytes, closing, CLOSING);
        let carry = carry.as_bytes();
        let start = SESSION_ID.saturating_sub(carry.len());
        let (before, _) = bytes.split_at_mut(SESSION_ID);
        let (_, room) = before.split_at_mut(start);
        room.copy_from_slice(carry);
        Self { bytes, start, end: closing.saturating_add(CLOSING.len()) }
    }

    /// The JSON without its closing brace.
    pub(crate) fn unclosed(&self) -> &[u8] {
        let (text, _) = self.bytes.split_at(self.end.saturating_sub(1));
        let (_, text) = text.split_at(self.start);
        text
    }

    /// Appends the tail in base64url.
    #[inline(always)]
    #[expect(clippy::expect_used, reason = "the buffer has room to read whole words from any start")]
    pub(crate) fn append_to<S: Simd>(&self, simd: S, message: &mut Message) {
        let (_, bytes) = self.bytes.split_at(self.start);
        let bytes: &[u8; WORDS * 6 + 2] = bytes.first_chunk().expect("a carry is at most two bytes");
        let words: [[u8; 8]; WORDS] = encode_words(simd, bytes);
        message.append(words.as_flattened(), encoded_length(self.end.saturating_sub(self.start)));
    }

    /// The greatest length in base64url.
    pub(crate) const MAX_LENGTH: usize = WORDS * 8;
}

#[inline(always)]
fn hyphenated(uuid: Uuid) -> [u8; Hyphenated::LENGTH] {
    let mut text = [0; Hyphenated::LENGTH];
    uuid.hyphenated().encode_lower(&mut text);
    text
}

#[inline(always)]
fn put<const N: usize>(bytes: &mut [u8; BUFFER_LENGTH], place: usize, text: &[u8; N]) {
    let (_, room) = bytes.split_at_mut(place);
    let (room, _) = room.split_at_mut(N);
    room.copy_from_slice(text);
}
