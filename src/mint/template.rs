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
//! Template and second keep their text in base64url, and a MAC behind that text; a mint writes, encodes and hashes
//! the tail only. The order of members carries no meaning in JSON (RFC 8259 §4).
//!
//! # Why the spaces
//!
//! Time goes into SHA-512's compressions, one for each 128 bytes. JSON allows white space after the opening brace
//! (RFC 8259 §2); as many spaces stand there as make the tail start with a block of its own. Then a mint costs two
//! compressions, the tail's block and HMAC's outer hash, which is the least that any HMAC can cost; without the spaces
//! it costs three. A token never needs more blocks because of the spaces, so a verification costs the same, and an
//! unpadded token of version 6 with all ids grows from 498 characters to 568. `docs/performance.md` has the measurements.

use std::{array, borrow::Cow, iter, slice, time::Duration};

use fearless_simd::Level;
use uuid::Uuid;

use super::{
    batch::Entry,
    payload::{End, Frame, Ids, Members, PayloadOrder, Times, Validity, Waiting, opening},
    tail::{self, BatchLanes, Tail},
};
use crate::{
    crypto::{Key, MAX_LANES, Mac, Message, TAG_LENGTH, lanes},
    sharded::Sharded,
    time::UnixTime,
    token::{
        base64::{ascii, encode, encode_into, encode_parts, encoded_length},
        header::Header,
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
    /// Whether all is signed without vectors.
    is_plain: bool,
    /// The last second in which this core minted a token.
    seconds: Sharded<Option<Second>>,
}

/// The text that all tokens of one signer and second share.
#[derive(Clone)]
pub(crate) struct Second {
    pub(crate) validity: Validity,
    times: Times,
    /// Has taken in the template's text and that of the times.
    mac: Mac,
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
        let (groups, waiting) = json.as_bytes().as_chunks::<3>();
        let text = format!("{}.{}", header.segment(), encode(groups.as_flattened()));
        let mut mac = key.start();
        mac.update(text.as_bytes());
        let vectors = tail::vectors(lanes);
        Self {
            key,
            text,
            waiting: Waiting::from(waiting),
            mac,
            frame: Frame::new(order, layout, members),
            tail: vectors.and_then(|vectors| Tail::new(vectors, order, layout)),
            vectors,
            is_plain: lanes == BatchLanes::One,
            seconds: Sharded::default(),
        }
    }

    /// Acts on the [`Second`] of this validity, which this core keeps for its next mint. Another thread of this core makes its
    /// own meanwhile.
    #[inline]
    pub(crate) fn with_second<T>(&self, validity: Validity, act: impl FnOnce(&Second) -> T) -> T {
        let (mut kept, mut apart) = (self.seconds.try_lock(), None);
        act(match kept.as_deref_mut().unwrap_or(&mut apart) {
            Some(second) if second.validity == validity => second,
            slot => slot.insert(self.second_apart(validity)),
        })
    }

    /// The [`Second`] of times that no other token is likely to have; the kept one stays as it was.
    pub(crate) fn second_apart(&self, validity: Validity) -> Second {
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

    /// Appends the token of a session, and allocates only if there is no room.
    #[inline]
    pub(crate) fn sign_into(&self, second: &Second, ids: Ids, claims: &str, token: &mut String) {
        match &self.tail {
            Some(tail) if claims.is_empty() => self.sign(tail, second, ids, token),
            _ if self.is_plain || !self.frame.is_short(claims) => self.sign_plainly(second, ids, claims, token),
            _ => self.sign(&(&self.frame, claims), second, ids, token),
        }
    }

    #[inline(always)]
    fn sign<const BLOCKS: usize>(&self, end: &impl End<BLOCKS>, second: &Second, ids: Ids, token: &mut String) {
        let mut message = second.mac.message();
        end.append_to(iter::once((&second.times, ids, &mut message)));
        let tag = self.key.tag_message(&second.mac, &mut message);
        tail::append_signatures(self.vectors, slice::from_ref(&tag), slice::from_mut(&mut message));
        let parts = [self.text.as_str(), ascii(second.times.text.as_bytes()), message.text()];
        token.reserve(parts.iter().map(|part| part.len()).sum());
        parts.iter().for_each(|part| token.push_str(part));
    }

    /// The obvious twin of [`sign_into`](Self::sign_into), without vectors and for claims of any length.
    fn sign_plainly(&self, second: &Second, ids: Ids, claims: &str, token: &mut String) {
        token.reserve(self.max_length(claims));
        token.push_str(&self.text);
        token.push_str(ascii(second.times.text.as_bytes()));
        let start = token.len();
        self.frame.with_parts(&second.times, ids, claims, |parts| encode_parts(parts, token));
        let (_, rest) = token.split_at(start);
        let tag = self.key.tag_behind(second.mac.clone(), rest.as_bytes());
        token.push('.');
        encode_into(&tag, token);
    }

    /// Appends the tokens of several sessions, and notes in each entry where its token ends. All are of the second `shared`,
    /// if there is one. There is room.
    pub(crate) fn sign_batch(&self, shared: Option<&Second>, entries: &mut [Entry], tokens: &mut String) {
        // Alone in its group, a token would wait for empty lanes.
        let vectors = self.vectors.filter(|vectors| lanes(*vectors) > 1 && entries.len() > 1);
        match (&self.tail, vectors) {
            (Some(tail), Some(vectors)) => self.sign_groups(vectors, tail, shared, entries, tokens),
            (None, Some(vectors)) if self.frame.is_short("") => {
                self.sign_groups(vectors, &(&self.frame, ""), shared, entries, tokens);
            }
            _ => self.sign_singly(shared, entries, tokens),
        }
    }

    /// As many at a time as the vectors have lanes.
    fn sign_groups<const BLOCKS: usize>(
        &self,
        vectors: Level,
        end: &impl End<BLOCKS>,
        shared: Option<&Second>,
        entries: &mut [Entry],
        tokens: &mut String,
    ) {
        let (mac, opening) = match shared {
            Some(second) => (&second.mac, ascii(second.times.text.as_bytes())),
            None => (&self.mac, ""),
        };
        let mut messages = array::from_fn::<_, MAX_LANES, _>(|_| mac.message());
        let (messages, _) = messages.split_at_mut(lanes(vectors));
        let mut tags = [[0; TAG_LENGTH]; MAX_LANES];
        for group in entries.chunks_mut(messages.len()) {
            messages.iter_mut().for_each(Message::clear);
            let sessions = messages.iter_mut().zip(&*group);
            match shared {
                Some(second) => end.append_to(sessions.map(|(message, entry)| (&second.times, entry.ids, message))),
                None => sessions.for_each(|(message, entry)| {
                    let times = self.times(entry.validity);
                    message.append(times.text.as_bytes(), times.text.as_bytes().len());
                    end.append_to(iter::once((&times, entry.ids, message)));
                }),
            }
            self.key.tag_messages(vectors, mac, messages, &mut tags);
            tail::append_signatures(Some(vectors), &tags, messages);
            for (entry, message) in group.iter_mut().zip(&*messages) {
                tokens.push_str(&self.text);
                tokens.push_str(opening);
                tokens.push_str(message.text());
                entry.end = tokens.len();
            }
        }
    }

    fn sign_singly(&self, shared: Option<&Second>, entries: &mut [Entry], tokens: &mut String) {
        for entry in entries {
            let apart = || Cow::Owned(self.second_apart(entry.validity));
            self.sign_into(&shared.map_or_else(apart, Cow::Borrowed), entry.ids, "", tokens);
            entry.end = tokens.len();
        }
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
        let ids = [0, 61, u128::MAX, 0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835].map(Uuid::from_u128);
        let pairs = ids.into_iter().zip(ids.into_iter().rev()).chain(ids.into_iter().zip(ids));
        let entry = |(session, profile): (Uuid, Uuid)| Entry {
            ids: Ids { profile: profile.into(), session: session.into() },
            validity,
            end: 0,
        };
        let mut entries: Vec<_> = pairs.map(entry).collect();
        let (mut plain, mut single, mut batch) = (String::new(), String::new(), String::new());
        let second = self.second_apart(validity);
        for entry in &entries {
            self.sign_plainly(&second, entry.ids, "", &mut plain);
            self.sign_into(&second, entry.ids, "", &mut single);
        }
        self.sign_batch(Some(&second), &mut entries, &mut batch);
        plain == single && plain == batch
    }
}

#[cfg(test)]
#[expect(clippy::arithmetic_side_effects, reason = "a test may stop on the spot")]
mod tests {
    use super::*;
    use crate::{SigningSecret, TokenVersion, crypto::compressions};

    /// What a mint costs but for the first in a second, how many blocks its signing input fills, and how many of them the
    /// spaces are to blame for.
    fn compressions_and_blocks(
        header: Header,
        order: PayloadOrder,
        layout: &'static Layout,
        issuer: &str,
    ) -> (Option<usize>, [usize; 2]) {
        let key = Key::new(&SigningSecret::demo());
        let members = Members { parties: format!(",\"iss\":\"{issuer}\""), ..Members::default() };
        let template = Template::new(key, BatchLanes::default(), header, order, layout, &members);
        let issued_at = UnixTime::from_secs(1_700_000_000).unwrap();
        let validity = Validity::new(issued_at, Duration::from_secs(86_400), Duration::ZERO).unwrap();
        let ids = Ids { profile: Uuid::max().into(), session: Uuid::nil().into() };
        let mut token = String::new();
        template.sign_into(&template.second_apart(validity), ids, "", &mut token);
        let again = || template.with_second(validity, |second| template.sign_into(second, ids, "", &mut String::new()));
        again();
        let compressions = compressions(again);

        let blocks = |length: usize| (length + 17).div_ceil(128);
        let (signing_input, _) = token.rsplit_once('.').unwrap();
        let spaces = opening(header, order, layout, &members).matches(' ').count();
        let json = (signing_input.len() - header.segment().len() - 1) * 3 / 4;
        let unpadded = header.segment().len() + 1 + encoded_length(json - spaces);
        (compressions, [blocks(signing_input.len()), blocks(signing_input.len()) - blocks(unpadded)])
    }

    const LANES: [BatchLanes; 3] = [BatchLanes::Eight, BatchLanes::Four, BatchLanes::One];

    #[test]
    fn it_passes_for_every_version_and_width_and_fails_where_vectors_write_another_byte() {
        let members = Members { parties: r#","iss":"a""#.into(), ..Members::default() };
        for (version, lanes) in TokenVersion::ALL.into_iter().flat_map(|version| LANES.map(|lanes| (version, lanes))) {
            for order in [PayloadOrder::Aligned, PayloadOrder::AsIssued] {
                let key = Key::new(&SigningSecret::demo());
                let mut template = Template::new(key, lanes, Header::default(), order, version.layout(), &members);
                assert!(template.passes_self_test(), "{version:?} {lanes:?} {order:?}");
                let differs = template.tail.as_mut().map(Tail::corrupt).is_some();
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
        let template = Template::new(key, BatchLanes::default(), Header::default(), order, layout, &members);
        let ids = Ids { profile: Uuid::max().into(), session: Uuid::nil().into() };
        let mint = |secs| {
            let time = UnixTime::from_secs(secs).unwrap();
            let mut token = String::new();
            let validity = Validity { issued_at: time, expires_at: time };
            template.with_second(validity, |second| template.sign_into(second, ids, "", &mut token));
            token
        };
        let alone = [1_700_000_000, 1_700_000_001].map(mint);
        let taken = template.seconds.try_lock().unwrap();
        assert_eq!([1_700_000_000, 1_700_000_001].map(mint), alone);
        assert_eq!(taken.as_ref().map(|second| second.validity.issued_at.as_secs()), Some(1_700_000_001));
    }

    const HEADERS: [Header; 2] = [Header::Quiltts, Header::Typed];

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
