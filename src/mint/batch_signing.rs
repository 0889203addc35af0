//! Signs the tokens of a batch, group by group.

use fearless_simd::Simd;

use super::{
    signature::Signature,
    tail::EncodedTail,
    template::{MomentText, Template, Variables},
    validity::Validity,
};
use crate::{
    crypto::{
        lanes::{LaneKey, Message, Vector},
        width::Width,
    },
    id::{ProfileId, SessionId},
    token::base64::ascii,
};

/// One session of a batch.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry {
    pub(crate) profile: ProfileId,
    pub(crate) session_id: SessionId,
    pub(crate) validity: Validity,
    /// Where its token ends in the buffer, once it is signed; it starts where the one before ends.
    pub(crate) end: usize,
}

impl Entry {
    pub(crate) const fn new(profile: ProfileId, session_id: SessionId, validity: Validity) -> Self {
        Self { profile, session_id, validity, end: 0 }
    }
}

/// What all tokens of a batch share.
pub(crate) struct Signing<'s> {
    pub(crate) template: &'s Template,
    pub(crate) key: &'s LaneKey,
    pub(crate) width: Width,
}

impl Signing<'_> {
    /// Appends the tokens of `entries` to `tokens`, and notes in each entry where its token ends.
    pub(crate) fn sign(&self, entries: &mut [Entry], tokens: &mut String) {
        let longest = [self.template.text().len(), MomentText::MAX_LENGTH, EncodedTail::MAX_LENGTH, Signature::LENGTH]
            .iter()
            .sum::<usize>();
        tokens.reserve(longest.saturating_mul(entries.len()));
        match self.width {
            #[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
            Width::Eight(simd) => simd.vectorize(
                #[inline(always)]
                || self.sign_groups::<_, fearless_simd::u64x8<_>, 8>(simd, entries, tokens),
            ),
            #[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
            Width::Four(simd) => simd.vectorize(
                #[inline(always)]
                || self.sign_groups::<_, fearless_simd::u64x4<_>, 4>(simd, entries, tokens),
            ),
            Width::One => self.sign_singly(entries, tokens),
        }
    }

    fn sign_singly(&self, entries: &mut [Entry], tokens: &mut String) {
        for entry in entries {
            let Entry { profile, session_id, validity, .. } = *entry;
            self.template.sign_into(&Variables { profile, session_id, validity, custom: "", is_usual: true }, tokens);
            entry.end = tokens.len();
        }
    }

    #[inline(always)]
    fn sign_groups<S: Simd, V: Vector<S, N>, const N: usize>(
        &self,
        simd: S,
        entries: &mut [Entry],
        tokens: &mut String,
    ) {
        let shared = self.shared_moment(simd, entries);
        let opening = [self.template.text().as_bytes(), shared.as_ref().map_or(&[], MomentText::as_bytes)].concat();
        let start = self.key.start(&opening);
        let opening = ascii(&opening);
        let mut messages = start.messages::<N>();
        // The lanes of a short last group that have no entry sign once more what they signed before.
        for group in entries.chunks_mut(N) {
            for (message, entry) in messages.iter_mut().zip(&*group) {
                self.complete(simd, shared.as_ref(), entry, message);
            }
            let tags = start.tags::<S, V, N>(simd, &mut messages);
            for ((entry, message), tag) in group.iter_mut().zip(&messages).zip(&tags) {
                tokens.push_str(opening);
                tokens.push_str(ascii(message.tail()));
                tokens.push_str(Signature::new_with(simd, tag).as_str());
                entry.end = tokens.len();
            }
        }
    }

    /// The moment of all entries, if it is the same.
    #[inline(always)]
    fn shared_moment<S: Simd>(&self, simd: S, entries: &[Entry]) -> Option<MomentText> {
        let validity = entries.first()?.validity;
        let is_shared = entries.iter().all(|entry| entry.validity == validity);
        is_shared.then(|| self.template.moment_text(simd, validity))
    }

    /// Puts into a message what follows the opening of all messages.
    #[inline(always)]
    fn complete<S: Simd>(&self, simd: S, shared: Option<&MomentText>, entry: &Entry, message: &mut Message) {
        const { assert!(MomentText::MAX_LENGTH + EncodedTail::MAX_LENGTH <= Message::MAX_TAIL) };
        if let Some(moment) = shared {
            let tail = self.template.tail(moment, entry.session_id, entry.profile);
            message.complete(&[tail.encoded_with(simd).as_bytes()]);
        } else {
            let moment = self.template.moment_text(simd, entry.validity);
            let tail = self.template.tail(&moment, entry.session_id, entry.profile);
            message.complete(&[moment.as_bytes(), tail.encoded_with(simd).as_bytes()]);
        }
    }
}
