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
    moment::{CARRY_LENGTH, Carry, Digits, MomentText},
    payload::{Members, PayloadOrder},
    stack_text::StackText,
};
use crate::{
    id::{ProfileId, SessionId},
    token::{
        base64::{ascii, encode, encode_words, encoded_length},
        version::{IdForm, Layout, PROFILE_KEY_LENGTH},
    },
};

/// What a session says that others of its second do not.
#[derive(Clone, Copy)]
pub(crate) struct Particulars<'c> {
    pub(crate) profile: ProfileId,
    pub(crate) session_id: SessionId,
    /// Of its own: members, each with a comma before it.
    pub(crate) claims: &'c str,
}

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
    pub(crate) fn new(order: PayloadOrder, layout: &'static Layout, members: &Members) -> Self {
        let [_, key @ ..] = layout.profile_key;
        let key = ascii(key);
        let Members { parties, version, api_key, scope, custom } = members;
        let (before, behind) = if layout.is_profile_first() { ("", &**api_key) } else { (&**api_key, "") };
        let [middle, before_profile, end] = match order {
            PayloadOrder::Aligned => [String::new(), format!("\"{key}"), "\"".to_owned()],
            PayloadOrder::AsIssued => [
                format!("\"{parties},\"exp\":"),
                format!("{version}{before}{key}"),
                format!("\"{behind}{scope}{custom}"),
            ],
        };
        Self { order, layout, middle: Constant::new(middle), before_profile, end: Constant::new(end) }
    }

    /// Writes what follows a moment, in base64url.
    #[inline(always)]
    pub(crate) fn write<S: Simd>(
        &self,
        simd: S,
        moment: &MomentText,
        particulars: Particulars<'_>,
        write: &mut impl FnMut(&[u8]),
    ) {
        let Particulars { profile, session_id, claims } = particulars;
        let mut hole = Hole::from(moment.carry.as_bytes());
        hole.push(&hyphenated(session_id.uuid()));
        self.middle.write(simd, &mut hole, write);
        hole.push(moment.expires_at.as_bytes());
        hole.push(self.before_profile.as_bytes());
        match self.layout.form {
            IdForm::Uuid => hole.push(&hyphenated(profile.uuid())),
            IdForm::Global => hole.push(profile.encode(&mut [0; ProfileId::MAX_LENGTH]).as_bytes()),
        }
        self.end.write(simd, &mut hole, write);
        if claims.is_empty() {
            hole.push(b"}");
            write_encoded(simd, &hole, write);
        } else {
            write(encode(&[hole.as_bytes(), claims.as_bytes(), b"}"].concat()).as_bytes());
        }
    }

    /// The most characters that [`write`](Self::write) writes.
    pub(crate) fn max_length(&self, claims: &str) -> usize {
        let constants = [self.middle.json.as_str(), &self.before_profile, &self.end.json, claims, "}"].map(str::len);
        let holes = [CARRY_LENGTH, Hyphenated::LENGTH, Digits::MAX_LENGTH, Hyphenated::LENGTH];
        encoded_length(constants.iter().chain(&holes).sum())
    }

    /// The length of the longest aligned JSON behind a moment.
    pub(crate) const fn usual_tail_length(layout: &Layout) -> usize {
        const OTHERS: usize = Hyphenated::LENGTH + PROFILE_KEY_LENGTH + "\"}".len();
        let profile = match layout.form {
            IdForm::Uuid => Hyphenated::LENGTH,
            IdForm::Global => ProfileId::MAX_LENGTH,
        };
        OTHERS.saturating_add(profile)
    }
}

/// JSON that all of a signer's tokens have, encoded ahead.
struct Constant {
    json: String,
    /// By how many of its bytes a group is waiting for.
    by_lead: [Option<(String, Carry)>; 3],
}

impl Constant {
    fn new(json: String) -> Self {
        let by_lead = [0, 1, 2].map(|lead| {
            let (groups, carry) = json.as_bytes().get(lead..)?.as_chunks::<3>();
            Some((encode(groups.as_flattened()), Carry::from(carry)))
        });
        Self { json, by_lead }
    }

    /// Fills the hole's last group, writes both, and leaves in the hole what waits for more.
    #[inline(always)]
    #[expect(clippy::indexing_slicing, reason = "a group waits for at most two bytes")]
    fn write<S: Simd>(&self, simd: S, hole: &mut Hole, write: &mut impl FnMut(&[u8])) {
        let lead = hole.as_bytes().len().wrapping_mul(2) % 3;
        let Some((text, carry)) = &self.by_lead[lead] else { return hole.push(self.json.as_bytes()) };
        let (start, _) = self.json.as_bytes().split_at(lead);
        hole.push(start);
        write_encoded(simd, hole, write);
        write(text.as_bytes());
        *hole = Hole::from(carry.as_bytes());
    }
}

/// What is filled in, with its neighbours' bytes that share a group of three with it.
type Hole = StackText<{ CHUNKS * CHUNK_LENGTH + 2 }>;

const CHUNK_LENGTH: usize = 48;
const CHUNKS: usize = HOLE_LENGTH.div_ceil(CHUNK_LENGTH);
/// The longest: with the expiry, and both ids of version 1.
const HOLE_LENGTH: usize =
    CARRY_LENGTH + r#"253402300799,"ver":1,"aid":"","uid":"""#.len() + 2 * Hyphenated::LENGTH + CARRY_LENGTH;

/// Writes a hole in base64url.
#[inline(always)]
#[expect(clippy::expect_used, reason = "a hole has room for whole chunks and two bytes more")]
fn write_encoded<S: Simd>(simd: S, hole: &Hole, write: &mut impl FnMut(&[u8])) {
    let mut text = [[[0; 8]; CHUNK_LENGTH / 6]; CHUNKS];
    let (mut rest, length) = (&hole.padded()[..], hole.as_bytes().len());
    for chunk in text.iter_mut().take(length.div_ceil(CHUNK_LENGTH)) {
        *chunk = encode_words::<_, { CHUNK_LENGTH + 2 }, _>(simd, rest.first_chunk().expect("a chunk"));
        (_, rest) = rest.split_at(CHUNK_LENGTH);
    }
    let (text, _) = text.as_flattened().as_flattened().split_at(encoded_length(length));
    write(text);
}

#[inline(always)]
fn hyphenated(uuid: Uuid) -> [u8; Hyphenated::LENGTH] {
    let mut text = [0; Hyphenated::LENGTH];
    uuid.hyphenated().encode_lower(&mut text);
    text
}
