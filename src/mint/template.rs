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
    signature::Signature,
    stack_text::StackText,
    tail::{CARRY_LENGTH, Carry, Tail},
    validity::Validity,
};
use crate::{
    crypto::hmac::{Key, Mac},
    id::{ProfileId, SessionId},
    token::{
        base64::{ascii, encode, encode_words, encoded_length},
        header,
        version::Layout,
    },
};

/// What is the same in all tokens of one signer.
pub(crate) struct Template {
    /// The header, a dot and the constant members, in base64url.
    text: String,
    /// The end of the constant members, which waits to be encoded.
    carry: Carry,
    /// Has taken in `text`.
    mac: Mac,
    layout: &'static Layout,
    /// The moment of the last second in which a token was minted.
    moments: PerCore<Validity, Moment>,
}

/// What differs from token to token.
#[derive(Clone, Copy)]
pub(crate) struct Variables<'a> {
    pub(crate) profile: ProfileId,
    pub(crate) session_id: SessionId,
    pub(crate) validity: Validity,
    /// More members, each with a comma before it.
    pub(crate) custom: &'a str,
    /// Whether more tokens of this validity are likely to follow, so that what they share is worth keeping.
    pub(crate) is_usual: bool,
}

impl Template {
    /// `members` are the constant claims, with a comma before each.
    pub(crate) fn new(key: &Key, layout: &'static Layout, members: &str) -> Self {
        let spaces = spaces(members.len(), Tail::usual_length(layout));
        let members = members.strip_prefix(',').unwrap_or_default();
        let json = format!("{{{:spaces$}{members},", "");
        let (groups, carry) = json.as_bytes().as_chunks::<3>();
        let mut encoded = vec![0; encoded_length(json.len())];
        let length = encode(groups.as_flattened(), &mut encoded);
        let text = format!("{}.{}", header::SEGMENT, ascii(encoded.get(..length).unwrap_or_default()));
        let mut mac = key.start();
        mac.update(text.as_bytes());
        Self { text, carry: Carry::from(carry), mac, layout, moments: PerCore::new() }
    }

    /// Appends the token for these variables; allocates only if `token` lacks capacity or there are custom claims.
    pub(crate) fn sign_into(&self, variables: &Variables<'_>, token: &mut String) {
        let make = || self.moment(variables.validity);
        let moment = if variables.is_usual { self.moments.at(variables.validity, make) } else { make() };
        let tail = self.tail(&moment.text, variables.session_id, variables.profile);
        if variables.custom.is_empty() {
            self.finish_into(&moment, tail.encoded().as_bytes(), token);
        } else {
            let tail = [tail.unclosed(), variables.custom.as_bytes(), b"}"].concat();
            let mut encoded = vec![0; encoded_length(tail.len())];
            encode(&tail, &mut encoded);
            self.finish_into(&moment, &encoded, token);
        }
    }

    /// The start of every token.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// What follows [`text`](Self::text).
    #[inline(always)]
    pub(crate) fn moment_text<S: Simd>(&self, simd: S, validity: Validity) -> MomentText {
        let mut json = StackText::<{ MOMENT_WORDS * 6 + 2 }>::from(self.carry.as_bytes());
        let mut digits = itoa::Buffer::new();
        let issued_at = digits.format(validity.issued_at.as_secs()).as_bytes();
        for part in [b"\"nbf\":", issued_at, b",\"iat\":", issued_at, b",\"exp\":"] {
            json.push(part);
        }
        json.push(digits.format(validity.expires_at.as_secs()).as_bytes());
        json.push(b",\"jti\":\"");

        let (groups, carry) = json.as_bytes().as_chunks::<3>();
        let words = encode_words(simd, json.padded());
        MomentText { words, length: encoded_length(groups.as_flattened().len()), carry: Carry::from(carry) }
    }

    /// What follows the moment, up to the signature's dot.
    #[inline(always)]
    pub(crate) fn tail(&self, moment: &MomentText, session_id: SessionId, profile: ProfileId) -> Tail {
        Tail::new(&moment.carry, session_id, self.layout, profile)
    }

    fn moment(&self, validity: Validity) -> Moment {
        let text = dispatch!(Level::new(), simd => self.moment_text(simd, validity));
        let mut mac = self.mac.clone();
        mac.update(text.as_bytes());
        Moment { text, mac }
    }

    /// Signs, and appends all parts to `token`; `encoded` is the tail in base64url.
    fn finish_into(&self, moment: &Moment, encoded: &[u8], token: &mut String) {
        let mut mac = moment.mac.clone();
        mac.update(encoded);
        let signature = Signature::new(&mac.finish());
        let moment_text = moment.text.as_bytes();
        token.reserve([self.text.len(), moment_text.len(), encoded.len(), Signature::LENGTH].iter().sum());
        token.push_str(&self.text);
        token.push_str(ascii(moment_text));
        token.push_str(ascii(encoded));
        token.push_str(signature.as_str());
    }
}

/// What is the same in all tokens of one signer and one second.
#[derive(Clone)]
struct Moment {
    text: MomentText,
    /// Has taken in the template's text and this.
    mac: Mac,
}

/// The text of a moment, in base64url.
#[derive(Clone)]
pub(crate) struct MomentText {
    words: [[u8; 8]; MOMENT_WORDS],
    length: usize,
    /// The end of the moment's JSON, which waits to be encoded with the tail.
    carry: Carry,
}

impl MomentText {
    /// The greatest length.
    pub(crate) const MAX_LENGTH: usize = MOMENT_WORDS * 8;

    #[inline(always)]
    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.words.as_flattened().get(..self.length).unwrap_or_default()
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
    /// SHA-512's block, and what padding and length take at the end of its input (FIPS 180-4 §5.1.2).
    const BLOCK: usize = 128;
    const TRAILER: usize = 1 + 16;
    /// More would come around to the same place in a block.
    const MOST: usize = BLOCK / 4 * 3;

    let head = |spaces: usize| "{".len() + spaces + members + USUAL_MOMENT_LENGTH;
    let all_blocks =
        |spaces: usize| (header::SEGMENT.len() + 1 + encoded_length(head(spaces) + tail) + TRAILER).div_ceil(BLOCK);
    let kept_blocks = |spaces: usize| (header::SEGMENT.len() + 1 + head(spaces) / 3 * 4) / BLOCK;
    (0..MOST)
        .filter(|&spaces| all_blocks(spaces) == all_blocks(0))
        .min_by_key(|&spaces| all_blocks(spaces) - kept_blocks(spaces))
        .unwrap_or(0)
}

#[cfg(test)]
#[expect(clippy::arithmetic_side_effects, reason = "a test may stop on the spot")]
mod tests {
    use std::time::Duration;

    use uuid::Uuid;

    use super::*;
    use crate::{SigningSecret, TokenVersion, UnixTime};

    fn compressions_and_spare_blocks(layout: &'static Layout, members: &str) -> (usize, usize) {
        let secret = SigningSecret::from_hex("0123456789abcdef".repeat(8)).unwrap();
        let template = Template::new(&Key::new(&secret), layout, members);
        let issued_at = UnixTime::from_secs(1_700_000_000).unwrap();
        let validity = Validity::new(issued_at, Duration::from_secs(86_400)).unwrap();
        let (profile, session_id) = (Uuid::max().into(), Uuid::nil().into());
        let mut token = String::new();
        template.sign_into(&Variables { profile, session_id, validity, custom: "", is_usual: true }, &mut token);
        let blocks = |length: usize| (length + 17).div_ceil(128);
        let (signing_input, _) = token.rsplit_once('.').unwrap();
        let kept = (template.text.len() + template.moment(validity).text.as_bytes().len()) / 128;
        let spaces = spaces(members.len(), Tail::usual_length(layout));
        let json = (signing_input.len() - header::SEGMENT.len() - 1) * 3 / 4;
        let unpadded = header::SEGMENT.len() + 1 + encoded_length(json - spaces);
        // The outer hash of HMAC is one more.
        let compressions = blocks(signing_input.len()) - kept + 1;
        (compressions, blocks(signing_input.len()) - blocks(unpadded))
    }

    #[test]
    fn every_mint_costs_two_compressions_and_no_verifier_pays_for_it() {
        // Version 1 has a UUID for the profile: one character too many for a single block.
        for (version, least) in TokenVersion::ALL.into_iter().zip([3, 2, 2, 2]) {
            for length in 20..400 {
                let members = format!(",\"iss\":\"{}\"", "x".repeat(length));
                assert_eq!(
                    compressions_and_spare_blocks(version.layout(), &members),
                    (least, 0),
                    "{version:?} {length}"
                );
            }
        }
    }
}
