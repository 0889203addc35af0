//! Signs the tokens of a batch, group by group.

use fearless_simd::Simd;

use super::{
    Entry,
    lanes::{LaneKey, Message, Start, Vector},
    width::Width,
};
use crate::{
    coding::ascii,
    signature::Signature,
    tail::CodedTail,
    template::{Opening, Template, Validity, Variables},
};

/// What all tokens of a batch share.
pub(crate) struct Signing<'s> {
    pub(crate) template: &'s Template,
    pub(crate) key: &'s LaneKey,
    pub(crate) width: Width,
    pub(crate) validity: Validity,
}

impl Signing<'_> {
    /// Appends the tokens of `entries` to `tokens`, and notes in each entry where its token ends.
    pub(crate) fn sign(&self, entries: &mut [Entry], tokens: &mut String) {
        let opening = self.template.opening(self.validity);
        let longest = [opening.text.len(), CodedTail::MAX_LENGTH, Signature::LENGTH].iter().sum::<usize>();
        tokens.reserve(longest.saturating_mul(entries.len()));
        match self.width {
            #[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
            Width::Eight(simd) => {
                let start = self.key.start(opening.text.as_bytes());
                simd.vectorize(
                    #[inline(always)]
                    || self.sign_groups::<_, fearless_simd::u64x8<_>, 8>(simd, &start, &opening, entries, tokens),
                );
            }
            #[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
            Width::Four(simd) => {
                let start = self.key.start(opening.text.as_bytes());
                simd.vectorize(
                    #[inline(always)]
                    || self.sign_groups::<_, fearless_simd::u64x4<_>, 4>(simd, &start, &opening, entries, tokens),
                );
            }
            Width::One => self.sign_singly(entries, tokens),
        }
    }

    fn sign_singly(&self, entries: &mut [Entry], tokens: &mut String) {
        for entry in entries {
            let Entry { profile, session_id, .. } = *entry;
            let variables = Variables { profile, session_id, validity: self.validity, custom: "" };
            self.template.sign_into(&variables, tokens);
            entry.end = tokens.len();
        }
    }

    #[inline(always)]
    fn sign_groups<S: Simd, V: Vector<S, N>, const N: usize>(
        &self,
        simd: S,
        start: &Start<'_>,
        opening: &Opening,
        entries: &mut [Entry],
        tokens: &mut String,
    ) {
        const { assert!(CodedTail::MAX_LENGTH <= Message::MAX_TAIL) };
        let mut messages = start.messages::<N>();
        // The lanes of a short last group that have no entry sign once more what they signed before.
        for group in entries.chunks_mut(N) {
            for (message, entry) in messages.iter_mut().zip(&*group) {
                let tail = self.template.tail(opening, entry.session_id, entry.profile);
                message.complete(tail.coded_with(simd).as_bytes());
            }
            let tags = start.tags::<S, V, N>(simd, &mut messages);
            for ((entry, message), tag) in group.iter_mut().zip(&messages).zip(&tags) {
                tokens.push_str(&opening.text);
                tokens.push_str(ascii(message.tail()));
                tokens.push_str(Signature::new_with(simd, tag).as_str());
                entry.end = tokens.len();
            }
        }
    }
}
