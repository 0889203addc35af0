//! A payload with holes, laid out once: what a mint has to fill in, and what stands around it.
//!
//! ```text
//!            opening         │ moment                          │ id │ middle             │ before profile │ profile │ end
//! Aligned    {␠…␠"iss":…,…,  │ "nbf":…,"iat":…,"exp":…,"jti":" │ …  │                    │ ","sub":"      │ p_1…    │ "
//! AsIssued   {               │ "nbf":…,"iat":…,"jti":"         │ …  │ ","iss":…,…,"exp": │ …,…,"sub":"    │ p_1…    │ ",…
//! ```
//!
//! Behind the end stand claims of a single session, and the closing brace. The session id and what has times or a profile
//! are holes. The opening and what shares the moment's second are kept by the [`Template`](super::template::Template).
//!
//! What never changes is encoded when the signer is built. Base64 goes by threes of bytes, so a [`Constant`] is kept for
//! each place in such a group at which it may begin: the digits before it are not always as many.

use fearless_simd::Simd;
use uuid::{Uuid, fmt::Hyphenated};

use super::{
    constant_claims::Members,
    payload_order::PayloadOrder,
    stack_text::StackText,
    template::{Digits, MomentText},
};
use crate::{
    id::{ProfileId, SessionId},
    token::{
        base64::{ascii, encode, encode_words, encoded_length},
        version::{IdForm, Layout, PROFILE_KEY_LENGTH},
    },
};

/// Bytes of JSON that may wait for more to fill a group of three.
pub(crate) const CARRY_LENGTH: usize = 2;

/// JSON that waits for more to fill a group of three bytes.
pub(crate) type Carry = StackText<CARRY_LENGTH>;

/// All of a payload that a signer's tokens share, but for its [`opening`](Self::opening), in the order of the payload.
pub(crate) struct Form {
    pub(crate) order: PayloadOrder,
    pub(crate) layout: &'static Layout,
    middle: Constant,
    /// What stands between the middle, or the times behind it, and the profile.
    before_profile: String,
    end: Constant,
}

impl Form {
    /// `custom` are the claims of the caller's own, with a comma before each.
    pub(crate) fn new(order: PayloadOrder, layout: &'static Layout, members: &Members, custom: &str) -> Self {
        let [_, key @ ..] = layout.profile_key;
        let key = ascii(key);
        let Members { parties, version, api_key, scope } = members;
        let (middle, before_profile, end) = match order {
            PayloadOrder::Aligned => (String::new(), format!("\"{key}"), "\"".to_owned()),
            PayloadOrder::AsIssued if layout.is_profile_first() => {
                (format!("\"{parties},\"exp\":"), format!("{version}{key}"), format!("\"{api_key}{scope}{custom}"))
            }
            PayloadOrder::AsIssued => {
                (format!("\"{parties},\"exp\":"), format!("{version}{api_key}{key}"), format!("\"{scope}{custom}"))
            }
        };
        Self { order, layout, middle: Constant::new(&middle), before_profile, end: Constant::new(&end) }
    }

    /// Appends what follows a moment, in base64url; `own` are members with a comma before each.
    #[inline(always)]
    pub(crate) fn push<S: Simd>(
        &self,
        simd: S,
        moment: &MomentText,
        session_id: SessionId,
        profile: ProfileId,
        own: &str,
        token: &mut impl Sink,
    ) {
        let mut hole = Hole::from(moment.carry.as_bytes());
        hole.push(&hyphenated(session_id.uuid()));
        self.middle.push(simd, &mut hole, token);
        hole.push(moment.expires_at.as_bytes());
        hole.push(self.before_profile.as_bytes());
        match self.layout.form {
            IdForm::Uuid => hole.push(&hyphenated(profile.uuid())),
            IdForm::Global => hole.push(profile.encode(&mut [0; ProfileId::MAX_LENGTH]).as_bytes()),
        }
        self.end.push(simd, &mut hole, token);
        if own.is_empty() {
            hole.push(b"}");
            push_encoded(simd, &hole, token);
        } else {
            token.push_text(&encode(&[hole.as_bytes(), own.as_bytes(), b"}"].concat()));
        }
    }

    /// The most characters that [`push`](Self::push) appends.
    pub(crate) fn max_length(&self, own: &str) -> usize {
        let constants = [self.middle.json.as_str(), &self.before_profile, &self.end.json, own, "}"].map(str::len);
        let holes = [CARRY_LENGTH, Hyphenated::LENGTH, Digits::MAX_LENGTH, profile_length(self.layout)];
        encoded_length(constants.iter().chain(&holes).sum())
    }

    /// The length of the longest aligned JSON behind a moment.
    pub(crate) const fn usual_tail_length(layout: &Layout) -> usize {
        const OTHERS: usize = Hyphenated::LENGTH + PROFILE_KEY_LENGTH + "\"}".len();
        OTHERS.saturating_add(profile_length(layout))
    }
}

/// Of the longest.
const fn profile_length(layout: &Layout) -> usize {
    match layout.form {
        IdForm::Uuid => Hyphenated::LENGTH,
        IdForm::Global => ProfileId::MAX_LENGTH,
    }
}

/// What tokens are appended to: the caller's string, or bytes that are made one when all of them are there.
pub(crate) trait Sink {
    fn push_text(&mut self, text: &str);
    /// Base64.
    fn push_encoded(&mut self, encoded: &[u8]);
}

impl Sink for String {
    #[inline(always)]
    fn push_text(&mut self, text: &str) {
        self.push_str(text);
    }

    #[inline(always)]
    fn push_encoded(&mut self, encoded: &[u8]) {
        self.push_str(ascii(encoded));
    }
}

impl Sink for Vec<u8> {
    #[inline(always)]
    fn push_text(&mut self, text: &str) {
        self.extend_from_slice(text.as_bytes());
    }

    #[inline(always)]
    fn push_encoded(&mut self, encoded: &[u8]) {
        self.extend_from_slice(encoded);
    }
}

/// JSON that all of a signer's tokens have, encoded ahead.
struct Constant {
    json: String,
    /// By how many of its bytes a group is waiting for.
    by_lead: [Option<Encoded>; 3],
}

struct Encoded {
    text: String,
    carry: Carry,
}

impl Constant {
    fn new(json: &str) -> Self {
        let by_lead = [0, 1, 2].map(|lead| {
            let (groups, carry) = json.as_bytes().get(lead..)?.as_chunks::<3>();
            Some(Encoded { text: encode(groups.as_flattened()), carry: Carry::from(carry) })
        });
        Self { json: json.to_owned(), by_lead }
    }

    /// Fills the hole's last group, appends both, and leaves in the hole what waits for more.
    #[inline(always)]
    #[expect(clippy::indexing_slicing, reason = "a group waits for at most two bytes")]
    fn push<S: Simd>(&self, simd: S, hole: &mut Hole, token: &mut impl Sink) {
        let lead = hole.as_bytes().len().wrapping_mul(2) % 3;
        let Some(encoded) = &self.by_lead[lead] else { return hole.push(self.json.as_bytes()) };
        let (start, _) = self.json.as_bytes().split_at(lead);
        hole.push(start);
        push_encoded(simd, hole, token);
        token.push_text(&encoded.text);
        *hole = Hole::from(encoded.carry.as_bytes());
    }
}

/// What is filled in, with its neighbours' bytes that share a group of three with it.
type Hole = StackText<{ CHUNKS * CHUNK_LENGTH + 2 }>;

const CHUNK_LENGTH: usize = 48;
const CHUNKS: usize = HOLE_LENGTH.div_ceil(CHUNK_LENGTH);
/// The longest: with the expiry, and both ids of version 1.
const HOLE_LENGTH: usize =
    CARRY_LENGTH + r#"253402300799,"ver":1,"aid":"","uid":"""#.len() + 2 * Hyphenated::LENGTH + CARRY_LENGTH;

/// Appends a hole in base64url.
#[inline(always)]
#[expect(clippy::expect_used, reason = "a hole has room for whole chunks and two bytes more")]
fn push_encoded<S: Simd>(simd: S, hole: &Hole, token: &mut impl Sink) {
    let mut text = [[[0; 8]; CHUNK_LENGTH / 6]; CHUNKS];
    let (mut rest, mut length) = (&hole.padded()[..], hole.as_bytes().len());
    let encoded = encoded_length(length);
    for chunk in &mut text {
        let bytes: &[u8; CHUNK_LENGTH + 2] = rest.first_chunk().expect("a chunk");
        *chunk = encode_words(simd, bytes);
        if length <= CHUNK_LENGTH {
            break;
        }
        (rest, length) = (rest.split_at(CHUNK_LENGTH).1, length.saturating_sub(CHUNK_LENGTH));
    }
    let (text, _) = text.as_flattened().as_flattened().split_at(encoded);
    token.push_encoded(text);
}

#[inline(always)]
fn hyphenated(uuid: Uuid) -> [u8; Hyphenated::LENGTH] {
    let mut text = [0; Hyphenated::LENGTH];
    uuid.hyphenated().encode_lower(&mut text);
    text
}
