//! How a token is put together with as little work as possible.
//!
//! A token is `base64url(header) . base64url(payload) . base64url(HMAC-SHA512(the two before))`. Of one signer's tokens
//! nearly all is the same, so the payload's members are ordered by how often they change:
//!
//! ```text
//! {␠…␠"iss":…,"aud":…,"ver":…,ids,custom,  │ "nbf":…,"iat":…,"exp":…,"jti":"  │ …","sub":"…",session's own claims}
//!  never: Template                         │ once a second: Second             │ every token: the tail
//! ```
//!
//! Template and second keep their text in base64url, and a MAC behind the text; a mint writes, encodes and hashes the tail only.
//!
//! # Why the spaces
//!
//! Time goes into SHA-512's compressions, one for each 128 bytes. JSON allows white space after the opening brace
//! (RFC 8259 §2); as many spaces stand there as make the tail start with a block of its own. Then a mint costs two
//! compressions, the tail's block and HMAC's second hash, the least of any HMAC; without the spaces three. The spaces never add a
//! block, so a verification costs the same. `docs/performance.md` has the measurements.

use std::{array, slice, time::Duration};

use fearless_simd::{Level, Simd, dispatch};
use uuid::Uuid;

use super::{
    payload::{End, Entry, Frame, Members, PayloadOrder, Times, Validity, Waiting, opening},
    tail::{self, BatchLanes, Tail},
};
use crate::{
    crypto::{Key, MAX_LANES, Mac, Message, lanes},
    sharded::Sharded,
    time::UnixTime,
    token::{
        base64::{ascii, encode, encode_into, encoded_length},
        version::Layout,
    },
};

/// The text that all tokens of one signer share, and how the others are put together.
pub(crate) struct Template {
    pub(crate) key: Key,
    /// The header, a dot and the constant members, in base64url.
    text: String,
    /// The end of the constant members.
    waiting: Waiting,
    /// Has taken in `text`.
    mac: Mac,
    /// The JSON that follows a second's text.
    frame: Frame,
    /// The same JSON in vectors, where order and version allow it.
    tail: Option<Tail>,
    vectors: Option<Level>,
    /// The last second in which this core minted a token.
    seconds: Sharded<Option<Second>>,
}

/// The text that all tokens of one signer and second share.
struct Second {
    validity: Validity,
    times: Times,
    /// Has taken in the template's text and that of the times.
    mac: Mac,
}

impl Template {
    pub(crate) fn new(
        key: Key,
        lanes: BatchLanes,
        header: &str,
        order: PayloadOrder,
        layout: &'static Layout,
        members: &Members,
    ) -> Self {
        let json = opening(header, order, layout, members);
        let (groups, waiting) = json.as_bytes().as_chunks::<3>();
        let text = format!("{header}.{}", encode(groups.as_flattened()));
        let mut mac = key.start();
        mac.update(text.as_bytes());
        Self {
            key,
            text,
            waiting: Waiting::from(waiting),
            mac,
            frame: Frame::new(order, layout, members),
            tail: Tail::new(order, layout),
            vectors: tail::vectors(lanes),
            seconds: Sharded::default(),
        }
    }

    fn second(&self, validity: Validity) -> Second {
        let times = self.times(validity);
        let mut mac = self.mac.clone();
        mac.update(times.text.as_bytes());
        Second { validity, times, mac }
    }

    fn times(&self, validity: Validity) -> Times {
        Times::new(&self.waiting, self.frame.order, validity)
    }

    /// The most characters that a token has. `claims` are those of one session: members, each with a comma before it.
    pub(crate) fn max_length(&self, claims: &str) -> usize {
        let payload = encoded_length(self.frame.max_length(claims));
        [self.text.len(), Times::MAX_LENGTH, payload, tail::SIGNATURE_LENGTH].iter().sum()
    }

    /// Appends the tokens of several sessions, and notes in each entry where its token ends. `claims` are those of these sessions:
    /// members, each with a comma before it.
    ///
    /// `shares_times`: all have the times that other tokens of this second have, so this core keeps the [`Second`] for its next
    /// mint. Another thread of this core makes its own meanwhile.
    #[inline]
    pub(crate) fn sign(&self, shares_times: bool, entries: &mut [Entry], claims: &str, tokens: &mut String) {
        let Some(validity) = entries.first().map(|entry| entry.validity).filter(|_| shares_times) else {
            return self.sign_on(None, entries, claims, tokens);
        };
        let (mut kept, mut apart) = (self.seconds.try_lock(), None);
        let second = match kept.as_deref_mut().unwrap_or(&mut apart) {
            Some(second) if second.validity == validity => second,
            slot => slot.insert(self.second(validity)),
        };
        self.sign_on(Some(second), entries, claims, tokens);
    }

    /// All are of the second `shared`, if there is one.
    fn sign_on(&self, shared: Option<&Second>, entries: &mut [Entry], claims: &str, tokens: &mut String) {
        match (self.vectors, &self.tail) {
            (Some(vectors), Some(tail)) if claims.is_empty() => self.sign_in(vectors, tail, shared, entries, tokens),
            (Some(vectors), _) if self.frame.is_short(claims) => {
                self.sign_in(vectors, &(&self.frame, claims), shared, entries, tokens);
            }
            _ => entries.iter_mut().for_each(|entry| self.sign_plainly(shared, entry, claims, tokens)),
        }
    }

    /// In vectors: as many tokens side by side as there are lanes.
    #[inline(always)]
    fn sign_in<const BLOCKS: usize>(
        &self,
        vectors: Level,
        end: &impl End<BLOCKS>,
        shared: Option<&Second>,
        entries: &mut [Entry],
        tokens: &mut String,
    ) {
        let lanes = lanes(vectors);
        // Alone in its group, a token would wait for empty lanes.
        if entries.len() > 1 && lanes > 1 {
            let mut messages = array::from_fn::<_, MAX_LANES, _>(|_| Message::new());
            let (messages, _) = messages.split_at_mut(lanes);
            dispatch!(vectors, simd => self.sign_groups(simd, end, shared, messages, entries, tokens));
        } else {
            let message = &mut [Message::new()];
            dispatch!(vectors, simd => self.sign_groups(simd, end, shared, message, entries, tokens));
        }
    }

    /// As many tokens at a time as there are messages.
    #[inline(always)]
    fn sign_groups<S: Simd, const BLOCKS: usize>(
        &self,
        simd: S,
        end: &impl End<BLOCKS>,
        shared: Option<&Second>,
        messages: &mut [Message<BLOCKS>],
        entries: &mut [Entry],
        tokens: &mut String,
    ) {
        let (mac, opening) = match shared {
            Some(second) => (&second.mac, ascii(second.times.text.as_bytes())),
            None => (&self.mac, ""),
        };
        for group in entries.chunks_mut(messages.len()) {
            for (message, entry) in messages.iter_mut().zip(&*group) {
                mac.start(message);
                if let Some(second) = shared {
                    end.append_to(simd, &second.times, entry, message);
                } else {
                    let times = self.times(entry.validity);
                    message.append(times.text.as_bytes(), times.text.as_bytes().len());
                    end.append_to(simd, &times, entry, message);
                }
            }
            self.key.tag_messages(simd.level(), mac, messages);
            for (entry, message) in group.iter_mut().zip(&mut *messages) {
                tail::append_signature(simd, message);
                let parts = [&*self.text, opening, message.text()];
                tokens.reserve(parts.iter().map(|part| part.len()).sum());
                parts.iter().for_each(|part| tokens.push_str(part));
                entry.end = tokens.len();
            }
        }
    }

    /// The obvious twin of [`sign_in`](Self::sign_in), without vectors and for claims of any length.
    fn sign_plainly(&self, shared: Option<&Second>, entry: &mut Entry, claims: &str, token: &mut String) {
        let apart;
        let second = match shared {
            Some(second) => second,
            None => {
                apart = self.second(entry.validity);
                &apart
            }
        };
        token.reserve(self.max_length(claims));
        token.push_str(&self.text);
        token.push_str(ascii(second.times.text.as_bytes()));
        let start = token.len();
        self.frame.encode_into(&second.times, entry, claims, token);
        let (_, rest) = token.split_at(start);
        let tag = self.key.tag_behind(second.mac.clone(), rest.as_bytes());
        token.push('.');
        encode_into(&tag, token);
        entry.end = token.len();
    }

    /// Whether a known group gets the same tokens from plain code, from vectors one by one, and side by side: code that a
    /// compiler or a processor got wrong must stop, not sign. Where there are no vectors, nothing is compared.
    pub(crate) fn passes_self_test(&self) -> bool {
        if self.vectors.is_none() {
            return true;
        }
        // Times of ten digits, as until 2286.
        let Ok(validity) = Validity::new(UnixTime::RELEASE, Duration::from_secs(86_400), Duration::ZERO) else {
            return false;
        };
        // Of 1, 2, 3 and 22 digits, which end at each place of a group of base64.
        let ids = [0, 62, 62 * 62, u128::MAX, 0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835].map(Uuid::from_u128);
        let pairs = ids.into_iter().zip(ids.into_iter().rev()).chain(ids.into_iter().zip(ids));
        let entry = |(session, profile): (Uuid, Uuid)| Entry::new(validity, profile.into(), session.into());
        let mut entries: Vec<_> = pairs.map(entry).collect();
        let (mut plain, mut single, mut batch) = (String::new(), String::new(), String::new());
        for entry in &mut entries {
            self.sign_plainly(None, entry, "", &mut plain);
            self.sign(false, slice::from_mut(entry), "", &mut single);
        }
        self.sign(true, &mut entries, "", &mut batch);
        plain == single && plain == batch
    }
}

#[cfg(test)]
#[expect(clippy::arithmetic_side_effects, reason = "a test may stop on the spot")]
mod tests {
    use super::*;
    use crate::{SigningSecret, TokenVersion, crypto::compressions, token::header};

    /// What a mint costs but for the first in a second, how many blocks its signing input fills, and how many of them the
    /// spaces are to blame for.
    fn compressions_and_blocks(
        header: &str,
        order: PayloadOrder,
        layout: &'static Layout,
        issuer: &str,
    ) -> (Option<usize>, [usize; 2]) {
        let key = Key::new(&SigningSecret::demo());
        let members = Members { parties: format!(",\"iss\":\"{issuer}\""), ..Members::default() };
        let template = Template::new(key, BatchLanes::default(), header, order, layout, &members);
        let issued_at = UnixTime::from_secs(1_700_000_000).unwrap();
        let validity = Validity::new(issued_at, Duration::from_secs(86_400), Duration::ZERO).unwrap();
        let mut entry = Entry::new(validity, Uuid::max().into(), Uuid::nil().into());
        let mut token = String::new();
        let mut again = || {
            token.clear();
            template.sign(true, slice::from_mut(&mut entry), "", &mut token);
        };
        again();
        let compressions = compressions(again);

        let blocks = |length: usize| (length + 17).div_ceil(128);
        let (signing_input, _) = token.rsplit_once('.').unwrap();
        let spaces = opening(header, order, layout, &members).matches(' ').count();
        let json = (signing_input.len() - header.len() - 1) * 3 / 4;
        let unpadded = header.len() + 1 + encoded_length(json - spaces);
        (compressions, [blocks(signing_input.len()), blocks(signing_input.len()) - blocks(unpadded)])
    }

    const LANES: [BatchLanes; 3] = [BatchLanes::Eight, BatchLanes::Four, BatchLanes::One];

    #[test]
    fn it_passes_for_every_version_and_width_and_fails_where_vectors_write_another_byte() {
        let members = Members { parties: r#","iss":"a""#.into(), ..Members::default() };
        for (version, lanes) in TokenVersion::ALL.into_iter().flat_map(|version| LANES.map(|lanes| (version, lanes))) {
            for order in [PayloadOrder::Aligned, PayloadOrder::AsIssued] {
                let key = Key::new(&SigningSecret::demo());
                let mut template = Template::new(key, lanes, header::SEGMENT, order, version.layout(), &members);
                assert!(template.passes_self_test(), "{version:?} {lanes:?} {order:?}");
                let differs = template.tail.as_mut().map(Tail::corrupt).is_some() && template.vectors.is_some();
                assert_eq!(template.passes_self_test(), !differs, "{version:?} {lanes:?} {order:?}");
            }
        }
    }

    #[test]
    fn a_mint_that_finds_its_cores_slot_taken_gives_the_same_token_and_waits_for_nobody() {
        let key = Key::new(&SigningSecret::demo());
        let members = Members { parties: r#","iss":"a""#.into(), ..Members::default() };
        let layout = TokenVersion::default().layout();
        let order = PayloadOrder::default();
        let template = Template::new(key, BatchLanes::default(), header::SEGMENT, order, layout, &members);
        let mint = |secs| {
            let time = UnixTime::from_secs(secs).unwrap();
            let mut token = String::new();
            let mut entry =
                Entry::new(Validity { issued_at: time, expires_at: time }, Uuid::max().into(), Uuid::nil().into());
            template.sign(true, slice::from_mut(&mut entry), "", &mut token);
            token
        };
        let alone = [1_700_000_000, 1_700_000_001].map(mint);
        let taken = template.seconds.try_lock().unwrap();
        assert_eq!([1_700_000_000, 1_700_000_001].map(mint), alone);
        assert_eq!(taken.as_ref().map(|second| second.validity.issued_at.as_secs()), Some(1_700_000_001));
    }

    const HEADERS: [&str; 2] = [header::SEGMENT, header::TYPED_SEGMENT];

    #[test]
    fn every_mint_costs_two_compressions_and_no_verifier_pays_for_it() {
        // Version 1 has a UUID for the profile: one character too many for a single block.
        for (version, least) in TokenVersion::ALL.into_iter().zip([3, 2, 2, 2]) {
            for (length, header) in (20..400).flat_map(|length| HEADERS.map(|header| (length, header))) {
                let (compressions, [_, spare]) =
                    compressions_and_blocks(header, PayloadOrder::Aligned, version.layout(), &"x".repeat(length));
                assert_eq!((compressions.unwrap_or(least), spare), (least, 0), "{version:?} {length} {header:?}");
            }
        }
    }

    /// The session id stands in the first of them, so that there is nothing to share.
    #[test]
    fn in_quiltts_order_every_mint_costs_its_blocks_and_the_second_hash() {
        for version in TokenVersion::ALL {
            for (length, header) in (20..400).flat_map(|length| HEADERS.map(|header| (length, header))) {
                let (compressions, [blocks, spare]) =
                    compressions_and_blocks(header, PayloadOrder::AsIssued, version.layout(), &"x".repeat(length));
                assert_eq!(
                    (compressions.unwrap_or(blocks + 1), spare),
                    (blocks + 1, 0),
                    "{version:?} {length} {header:?}"
                );
            }
        }
    }
}
