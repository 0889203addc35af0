//! How a token is put together with as little work as possible.
//!
//! A token is `base64url(header) . base64url(payload) . base64url(HMAC-SHA512(the two before))`. Of one signer's tokens
//! nearly all is the same, so the payload's members are ordered by how often they change:
//!
//! ```text
//! {␠…␠"iss":…,"aud":…,"ver":…,ids,custom,  │ "nbf":…,"iat":…,"exp":…,"jti":"  │ …","sub":"…",session's own claims}
//!  never: Template                         │ once a second: Moment             │ every token: the tail
//! ```
//!
//! Template and moment keep their text in base64url, and a MAC that has taken it in; a mint writes, encodes and hashes
//! the tail only. The order of members carries no meaning in JSON (RFC 8259 §4).
//!
//! # Why the spaces
//!
//! Time goes into SHA-512's compressions, one for each 128 bytes. JSON allows white space after the opening brace
//! (RFC 8259 §2); as many spaces stand there as make the tail start with a block of its own. Then a mint costs two
//! compressions, the tail's block and HMAC's outer hash, which is the least that any HMAC can cost; without the spaces
//! it costs three. They never make a token need more blocks than without, so verifying it costs the same, and an
//! unpadded token of version 6 with all ids grows from 498 characters to 568. `docs/performance.md` has the measurements.

use fearless_simd::{Level, Simd, dispatch};

use super::{
    per_core::PerCore,
    signature,
    stack_text::StackText,
    tail::{CARRY_LENGTH, Carry, Tail},
    validity::Validity,
    wide_tail::{self, WideTail},
};
use crate::{
    crypto::{
        hmac::{Key, Mac},
        message::{Message, TRAILER_LENGTH},
        sha512::BLOCK_LENGTH,
        width::Width,
    },
    id::{ProfileId, SessionId},
    token::{
        base64::{ascii, encode, encode_words, encoded_length},
        header,
        version::Layout,
    },
};

/// What is the same in all tokens of one signer.
pub(crate) struct Template {
    key: Key,
    /// The header, a dot and the constant members, in base64url.
    text: String,
    /// The end of the constant members, which waits to be encoded.
    carry: Carry,
    /// Has taken in `text`.
    mac: Mac,
    layout: &'static Layout,
    wide_tail: Option<WideTail>,
    width: Width,
    /// The last second in which this core minted a token.
    moments: PerCore<Option<Moment>>,
}

impl Template {
    /// `members` are the constant claims, with commas between.
    pub(crate) fn new(key: Key, width: Width, layout: &'static Layout, members: &str) -> Self {
        let members = format!("{members},");
        let spaces = spaces(members.len(), Tail::usual_length(layout));
        let json = format!("{{{:spaces$}{members}", "");
        let (groups, carry) = json.as_bytes().as_chunks::<3>();
        let text = format!("{}.{}", header::SEGMENT, encode(groups.as_flattened()));
        let mut mac = key.start();
        mac.update(text.as_bytes());
        let wide_tail = WideTail::new(layout);
        Self { key, text, carry: Carry::from(carry), mac, layout, wide_tail, width, moments: PerCore::new(|| None) }
    }

    /// What is the same in all tokens of this validity, kept for this core's next mint.
    #[inline]
    pub(crate) fn moment(&self, validity: Validity) -> Moment {
        let Some(mut kept) = self.moments.try_lock() else { return self.moment_apart(validity) };
        match &*kept {
            Some(moment) if moment.validity == validity => moment.clone(),
            _ => kept.insert(self.moment_apart(validity)).clone(),
        }
    }

    /// The same for times that no other token is likely to have: what this core keeps stays as it is.
    pub(crate) fn moment_apart(&self, validity: Validity) -> Moment {
        let text = self.moment_text(validity);
        let mut mac = self.mac.clone();
        mac.update(text.as_bytes());
        Moment { validity, text, mac }
    }

    /// Appends the token of a session; allocates only if `token` lacks capacity.
    #[inline]
    pub(crate) fn sign_into(&self, moment: &Moment, profile: ProfileId, session_id: SessionId, token: &mut String) {
        self.sign_at_width(self.width, moment, profile, session_id, token);
    }

    /// [`sign_into`](Self::sign_into) with other vectors than the batches', or none.
    pub(crate) fn sign_at_width(
        &self,
        width: Width,
        moment: &Moment,
        profile: ProfileId,
        session_id: SessionId,
        token: &mut String,
    ) {
        let mut message = moment.mac.message();
        match width {
            #[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
            Width::Eight(simd) => simd.vectorize(
                #[inline(always)]
                || self.sign_message(simd, moment, session_id, profile, &mut message),
            ),
            #[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
            Width::Four(simd) => simd.vectorize(
                #[inline(always)]
                || self.sign_message(simd, moment, session_id, profile, &mut message),
            ),
            Width::One => {
                let tail = self.tail(&moment.text, session_id, profile);
                dispatch!(Level::new(), simd => tail.append_to(simd, &mut message));
                let tag = self.key.tag_message(&moment.mac, &mut message);
                dispatch!(Level::new(), simd => signature::append_to(simd, &tag, &mut message));
            }
        }
        self.push_all(moment, &[ascii(message.text())], token);
    }

    /// The token of a session with claims of its own: members, each with a comma before it.
    pub(crate) fn sign_with_claims(
        &self,
        moment: &Moment,
        profile: ProfileId,
        session_id: SessionId,
        claims: &str,
    ) -> String {
        let tail = self.tail(&moment.text, session_id, profile);
        let tail = encode(&[tail.unclosed(), claims.as_bytes(), b"}"].concat());
        let mut mac = moment.mac.clone();
        mac.update(tail.as_bytes());
        let mut token = String::new();
        self.push_all(moment, &[&tail, ".", &encode(&self.key.finish(&mac))], &mut token);
        token
    }

    #[inline(always)]
    fn sign_message<S: Simd>(
        &self,
        simd: S,
        moment: &Moment,
        session_id: SessionId,
        profile: ProfileId,
        message: &mut Message,
    ) {
        self.append_tail(simd, &moment.text, session_id, profile, message);
        let tag = self.key.tag_message(&moment.mac, message);
        wide_tail::append_signature(simd, &tag, message);
    }

    /// Appends what follows the moment, up to the signature's dot.
    #[inline(always)]
    pub(crate) fn append_tail<S: Simd>(
        &self,
        simd: S,
        moment: &MomentText,
        session_id: SessionId,
        profile: ProfileId,
        message: &mut Message,
    ) {
        match &self.wide_tail {
            Some(tail) => tail.append_to(simd, moment.carry.as_bytes().len(), session_id, profile, message),
            None => self.tail(moment, session_id, profile).append_to(simd, message),
        }
    }

    /// Whether there is a wide tail, which writes another byte from now on.
    #[cfg(test)]
    pub(crate) fn corrupt_wide_tail(&mut self) -> bool {
        self.wide_tail.as_mut().map(WideTail::corrupt).is_some()
    }

    /// Appends a token: what it shares with others, and `parts`.
    fn push_all(&self, moment: &Moment, parts: &[&str], token: &mut String) {
        let shared = [self.text.as_str(), moment.text.as_str()];
        token.reserve(shared.iter().chain(parts).map(|part| part.len()).sum());
        shared.iter().chain(parts).for_each(|part| token.push_str(part));
    }

    /// The start of every token.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Has taken in [`text`](Self::text).
    pub(crate) const fn mac(&self) -> &Mac {
        &self.mac
    }

    pub(crate) const fn width(&self) -> Width {
        self.width
    }

    pub(crate) const fn key(&self) -> &Key {
        &self.key
    }

    /// What follows [`text`](Self::text).
    pub(crate) fn moment_text(&self, validity: Validity) -> MomentText {
        let mut json = StackText::<{ MOMENT_WORDS * 6 + 2 }>::from(self.carry.as_bytes());
        let mut digits = itoa::Buffer::new();
        let issued_at = digits.format(validity.issued_at.as_secs()).as_bytes();
        for part in [b"\"nbf\":", issued_at, b",\"iat\":", issued_at, b",\"exp\":"] {
            json.push(part);
        }
        json.push(digits.format(validity.expires_at.as_secs()).as_bytes());
        json.push(b",\"jti\":\"");

        let (groups, carry) = json.as_bytes().as_chunks::<3>();
        let words: [_; MOMENT_WORDS] = dispatch!(Level::new(), simd => encode_words(simd, json.padded()));
        let text = StackText::prefix(&words, encoded_length(groups.as_flattened().len()));
        MomentText { text, carry: Carry::from(carry) }
    }

    #[inline(always)]
    fn tail(&self, moment: &MomentText, session_id: SessionId, profile: ProfileId) -> Tail {
        Tail::new(&moment.carry, session_id, self.layout, profile)
    }
}

/// What is the same in all tokens of one signer and one second.
#[derive(Clone)]
pub(crate) struct Moment {
    pub(crate) validity: Validity,
    pub(crate) text: MomentText,
    /// Has taken in the template's text and this.
    pub(crate) mac: Mac,
}

/// The text of a moment, in base64url.
#[derive(Clone)]
pub(crate) struct MomentText {
    text: StackText<{ Self::MAX_LENGTH }>,
    /// The end of the moment's JSON, which waits to be encoded with the tail.
    carry: Carry,
}

impl MomentText {
    /// The greatest length.
    pub(crate) const MAX_LENGTH: usize = MOMENT_WORDS * 8;

    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.text.as_bytes()
    }

    pub(crate) fn as_str(&self) -> &str {
        ascii(self.text.as_bytes())
    }
}

/// The JSON of a moment with times of twelve digits.
const MOMENT_LENGTH: usize = r#""nbf":253402300799,"iat":253402300799,"exp":253402300799,"jti":""#.len();
const MOMENT_WORDS: usize = (CARRY_LENGTH + MOMENT_LENGTH).div_ceil(6);
/// The JSON of a moment from 2001 to 2286, when times have ten digits.
const USUAL_MOMENT_LENGTH: usize = MOMENT_LENGTH - 6;

/// How many spaces to put after the payload's opening brace: the fewest for which a mint hashes the fewest blocks, and
/// the whole token fills no more blocks than without them.
#[expect(
    clippy::arithmetic_side_effects,
    reason = "lengths of at most some thousand bytes; no block count is below another's"
)]
fn spaces(members: usize, tail: usize) -> usize {
    /// More would come around to the same place in a block.
    const MOST: usize = BLOCK_LENGTH / 4 * 3;

    let head = |spaces: usize| "{".len() + spaces + members + USUAL_MOMENT_LENGTH;
    let all_blocks = |spaces: usize| {
        (header::SEGMENT.len() + 1 + encoded_length(head(spaces) + tail) + TRAILER_LENGTH).div_ceil(BLOCK_LENGTH)
    };
    let kept_blocks = |spaces: usize| (header::SEGMENT.len() + 1 + head(spaces) / 3 * 4) / BLOCK_LENGTH;
    let (mut best, blocks) = (0, all_blocks(0));
    for spaces in (0..MOST).filter(|&spaces| all_blocks(spaces) == blocks) {
        if kept_blocks(spaces) > kept_blocks(best) {
            best = spaces;
        }
    }
    best
}

#[cfg(test)]
#[expect(clippy::arithmetic_side_effects, reason = "a test may stop on the spot")]
mod tests {
    use std::time::Duration;

    use uuid::Uuid;

    use super::*;
    use crate::{BatchLanes, SigningSecret, TokenVersion, UnixTime, crypto::hmac::tests::compressions};

    /// What a mint costs but for the first in a second, and how many blocks more than without its spaces a token fills.
    fn compressions_and_spare_blocks(layout: &'static Layout, members: &str) -> (usize, usize) {
        let key = Key::new(&SigningSecret::demo());
        let template = Template::new(key, Width::detect(BatchLanes::default()), layout, members);
        let issued_at = UnixTime::from_secs(1_700_000_000).unwrap();
        let validity = Validity::new(issued_at, Duration::from_secs(86_400), Duration::ZERO).unwrap();
        let (profile, session_id) = (Uuid::max().into(), Uuid::nil().into());
        let mut token = String::new();
        template.sign_into(&template.moment(validity), profile, session_id, &mut token);
        let again = || template.sign_into(&template.moment(validity), profile, session_id, &mut String::new());
        let compressions = compressions(again);

        let blocks = |length: usize| (length + 17).div_ceil(128);
        let (signing_input, _) = token.rsplit_once('.').unwrap();
        let spaces = spaces(members.len() + 1, Tail::usual_length(layout));
        let json = (signing_input.len() - header::SEGMENT.len() - 1) * 3 / 4;
        let unpadded = header::SEGMENT.len() + 1 + encoded_length(json - spaces);
        (compressions, blocks(signing_input.len()) - blocks(unpadded))
    }

    #[test]
    fn every_mint_costs_two_compressions_and_no_verifier_pays_for_it() {
        // Version 1 has a UUID for the profile: one character too many for a single block.
        for (version, least) in TokenVersion::ALL.into_iter().zip([3, 2, 2, 2]) {
            for length in 20..400 {
                let members = format!("\"iss\":\"{}\"", "x".repeat(length));
                assert_eq!(
                    compressions_and_spare_blocks(version.layout(), &members),
                    (least, 0),
                    "{version:?} {length}"
                );
            }
        }
    }
}
