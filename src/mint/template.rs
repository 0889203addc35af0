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
    form::{Form, Particulars},
    moment::{Carry, MomentText, USUAL_LENGTH},
    payload::{Members, PayloadOrder, Validity},
    signature::{self, signature},
    wide::{BatchLanes, Wide},
};
use crate::{
    crypto::{BLOCK_LENGTH, Key, Mac, TRAILER_LENGTH},
    sharded::Sharded,
    token::{
        base64::{ascii, encode, encoded_length},
        header::Header,
        version::Layout,
    },
};

/// What is the same in all tokens of one signer.
pub(crate) struct Template {
    pub(crate) key: Key,
    /// The header, a dot and the constant members, in base64url.
    pub(super) text: String,
    /// The end of the constant members, which waits to be encoded.
    carry: Carry,
    /// Has taken in `text`.
    pub(super) mac: Mac,
    /// What follows a moment.
    form: Form,
    /// How it is spelled in vectors, and which.
    pub(super) wide: Wide,
    /// The last second in which this core minted a token.
    moments: Sharded<Option<Moment>>,
}

impl Template {
    pub(crate) fn new(
        key: Key,
        lanes: BatchLanes,
        header: Header,
        order: PayloadOrder,
        layout: &'static Layout,
        members: &Members,
    ) -> Self {
        let json = opening(header, order, layout, members);
        let (groups, carry) = json.as_bytes().as_chunks::<3>();
        let text = format!("{}.{}", header.segment(), encode(groups.as_flattened()));
        let mut mac = key.start();
        mac.update(text.as_bytes());
        let form = Form::new(order, layout, members);
        let wide = Wide::detect(lanes, &form);
        Self { key, text, carry: Carry::from(carry), mac, form, wide, moments: Sharded::default() }
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

    /// [`sign_into`](Self::sign_into) without what is in [`wide`](super::wide).
    pub(crate) fn sign_plainly(&self, moment: &Moment, particulars: Particulars<'_>, token: &mut String) {
        dispatch!(Level::new(), simd => self.sign_form(simd, moment, particulars, token));
    }

    #[inline(always)]
    pub(super) fn sign_form<S: Simd>(
        &self,
        simd: S,
        moment: &Moment,
        particulars: Particulars<'_>,
        token: &mut String,
    ) {
        let start = token.len();
        token.reserve(self.max_length(particulars.claims));
        self.write_signing_input(simd, &moment.text, particulars, &mut |text| token.push_str(ascii(text)));
        let (_, text) = token.as_bytes().split_at(start);
        let tag = self.key.tag_text(&moment.mac, text);
        token.push_str(ascii(signature(simd, &tag).as_bytes()));
    }

    /// Writes all of a token but its signature.
    #[inline(always)]
    pub(crate) fn write_signing_input<S: Simd>(
        &self,
        simd: S,
        moment: &MomentText,
        particulars: Particulars<'_>,
        write: &mut impl FnMut(&[u8]),
    ) {
        write(self.text.as_bytes());
        write(moment.as_bytes());
        self.form.write(simd, moment, particulars, write);
    }

    /// The most characters that a token has, with `claims` of its own.
    pub(crate) fn max_length(&self, claims: &str) -> usize {
        [self.text.len(), MomentText::MAX_LENGTH, self.form.max_length(claims), signature::LENGTH].iter().sum()
    }

    /// What follows the template's text.
    pub(crate) fn moment_text(&self, validity: Validity) -> MomentText {
        MomentText::new(&self.carry, self.form.order, validity)
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

/// The JSON before the times.
fn opening(header: Header, order: PayloadOrder, layout: &Layout, members: &Members) -> String {
    match order {
        PayloadOrder::Aligned => {
            let members = format!("{},", members.joined());
            let spaces = spaces(header, members.len(), Form::usual_tail_length(layout));
            format!("{{{:spaces$}{members}", "")
        }
        PayloadOrder::AsIssued => "{".to_owned(),
    }
}

/// How many spaces to put after the payload's opening brace: the fewest for which a mint hashes the fewest blocks, and
/// the whole token fills no more blocks than without them.
#[expect(
    clippy::arithmetic_side_effects,
    reason = "lengths of at most some thousand bytes; no block count is below another's"
)]
fn spaces(header: Header, members: usize, tail: usize) -> usize {
    /// More would come around to the same place in a block.
    const MOST: usize = BLOCK_LENGTH / 4 * 3;

    let header = header.segment().len() + ".".len();
    let head = |spaces: usize| "{".len() + spaces + members + USUAL_LENGTH;
    let all_blocks =
        |spaces: usize| (header + encoded_length(head(spaces) + tail) + TRAILER_LENGTH).div_ceil(BLOCK_LENGTH);
    let kept_blocks = |spaces: usize| (header + head(spaces) / 3 * 4) / BLOCK_LENGTH;
    let (mut best, blocks) = (0, all_blocks(0));
    for spaces in (0..MOST).filter(|&spaces| all_blocks(spaces) == blocks) {
        if kept_blocks(spaces) > kept_blocks(best) {
            best = spaces;
        }
    }
    best
}

#[cfg(test)]
#[cfg(not(any(feature = "aws-lc-rs", feature = "fips", feature = "ring")))]
#[expect(clippy::arithmetic_side_effects, reason = "a test may stop on the spot")]
mod tests {
    use std::time::Duration;

    use uuid::Uuid;

    use super::*;
    use crate::{SigningSecret, TokenVersion, UnixTime, crypto::rustcrypto::hmac::tests::compressions};

    /// What a mint costs but for the first in a second, how many blocks its signing input fills, and how many of them the
    /// spaces are to blame for.
    fn compressions_and_blocks(
        header: Header,
        order: PayloadOrder,
        layout: &'static Layout,
        issuer: &str,
    ) -> [usize; 3] {
        let key = Key::new(&SigningSecret::demo());
        let members = Members { parties: format!(",\"iss\":\"{issuer}\""), ..Members::default() };
        let template = Template::new(key, BatchLanes::default(), header, order, layout, &members);
        let issued_at = UnixTime::from_secs(1_700_000_000).unwrap();
        let validity = Validity::new(issued_at, Duration::from_secs(86_400), Duration::ZERO).unwrap();
        let particulars = Particulars { profile: Uuid::max().into(), session_id: Uuid::nil().into(), claims: "" };
        let mut token = String::new();
        template.sign_into(&template.moment(validity), particulars, &mut token);
        let again = || template.sign_into(&template.moment(validity), particulars, &mut String::new());
        let compressions = compressions(again);

        let blocks = |length: usize| (length + 17).div_ceil(128);
        let (signing_input, _) = token.rsplit_once('.').unwrap();
        let spaces = opening(header, order, layout, &members).matches(' ').count();
        let json = (signing_input.len() - header.segment().len() - 1) * 3 / 4;
        let unpadded = header.segment().len() + 1 + encoded_length(json - spaces);
        [compressions, blocks(signing_input.len()), blocks(signing_input.len()) - blocks(unpadded)]
    }

    const HEADERS: [Header; 2] = [Header::Quiltts, Header::Typed];

    #[test]
    fn every_mint_costs_two_compressions_and_no_verifier_pays_for_it() {
        // Version 1 has a UUID for the profile: one character too many for a single block.
        for (version, least) in TokenVersion::ALL.into_iter().zip([3, 2, 2, 2]) {
            for (length, header) in (20..400).flat_map(|length| HEADERS.map(|header| (length, header))) {
                let [compressions, _, spare] =
                    compressions_and_blocks(header, PayloadOrder::Aligned, version.layout(), &"x".repeat(length));
                assert_eq!((compressions, spare), (least, 0), "{version:?} {length} {header:?}");
            }
        }
    }

    /// The session id stands in the first of them, so that there is nothing to share.
    #[test]
    fn in_quiltts_order_every_mint_costs_its_blocks_and_the_second_hash() {
        for version in TokenVersion::ALL {
            for (length, header) in (20..400).flat_map(|length| HEADERS.map(|header| (length, header))) {
                let [compressions, blocks, spare] =
                    compressions_and_blocks(header, PayloadOrder::AsIssued, version.layout(), &"x".repeat(length));
                assert_eq!((compressions, spare), (blocks + 1, 0), "{version:?} {length} {header:?}");
            }
        }
    }
}
