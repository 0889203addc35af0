//! Signs as many tokens of a batch at a time as the vectors have lanes.

use std::{array, borrow::Cow, mem};

use fearless_simd::Simd;

use super::tail::{ENCODED_LENGTH, WideTail, append_signature};
use crate::{
    crypto::rustcrypto::{
        lanes::{self, Vector},
        message::Message,
        text::Text,
    },
    mint::{
        batch_signing::Entry,
        moment::MomentText,
        signature::{self, signature},
        template::{Moment, Template},
    },
    token::base64::ascii,
};

impl Template {
    #[inline(always)]
    pub(super) fn sign_groups<S: Simd, V: Vector<S, N>, const N: usize>(
        &self,
        simd: S,
        tail: Option<&WideTail>,
        shared: Option<&Moment>,
        entries: &mut [Entry],
        tokens: &mut String,
    ) {
        const { assert!(MomentText::MAX_LENGTH + 2 * ENCODED_LENGTH <= Message::MAX_LENGTH) };
        let Some(tail) = tail else {
            return self.sign_forms::<S, V, N>(simd, shared, entries, tokens);
        };
        let (mac, opening) = match shared {
            Some(moment) => (&moment.mac, ascii(moment.text.as_bytes())),
            None => (&self.mac, ""),
        };
        let mut messages = array::from_fn::<_, N, _>(|_| mac.message());
        for group in entries.chunks_mut(N) {
            messages.iter_mut().for_each(Message::clear);
            for (message, entry) in messages.iter_mut().zip(&*group) {
                match shared {
                    Some(moment) => tail.append_to(simd, &moment.text.carry, entry.particulars(), message),
                    None => {
                        let moment = self.moment_text(entry.validity);
                        message.append(moment.as_bytes(), moment.as_bytes().len());
                        tail.append_to(simd, &moment.carry, entry.particulars(), message);
                    }
                }
            }
            let tags = lanes::tags::<S, V, _, N>(simd, &self.key, mac, &mut messages);
            for ((entry, message), tag) in group.iter_mut().zip(&mut messages).zip(&tags) {
                append_signature(simd, tag, message);
                tokens.push_str(&self.text);
                tokens.push_str(opening);
                tokens.push_str(ascii(message.text()));
                entry.end = tokens.len();
            }
        }
    }

    #[inline(always)]
    #[expect(clippy::expect_used, reason = "each of the characters stands in the alphabet, or is a dot")]
    fn sign_forms<S: Simd, V: Vector<S, N>, const N: usize>(
        &self,
        simd: S,
        shared: Option<&Moment>,
        entries: &mut [Entry],
        tokens: &mut String,
    ) {
        let mac = shared.map_or(&self.mac, |moment| &moment.mac);
        // As bytes, in which a signature can be put where it belongs.
        let mut bytes = mem::take(tokens).into_bytes();
        for group in entries.chunks_mut(N) {
            let mut places = [(0, 0); N];
            for (entry, place) in group.iter_mut().zip(&mut places) {
                let start = bytes.len().saturating_add(mac.blocks_length());
                let own = || Cow::Owned(self.moment_text(entry.validity));
                let moment = shared.map_or_else(own, |moment| Cow::Borrowed(&moment.text));
                let write = &mut |text: &[u8]| bytes.extend_from_slice(text);
                self.write_signing_input(simd, &moment, entry.particulars(), write);
                *place = (start, bytes.len());
                entry.end = bytes.len().saturating_add(signature::LENGTH);
                bytes.resize(entry.end, b'.');
            }
            let mut messages = places.map(|(start, end)| {
                let (text, _) = bytes.split_at(end);
                let (_, text) = text.split_at(start);
                Text::new(text)
            });
            let tags = lanes::tags::<S, V, _, N>(simd, &self.key, mac, &mut messages);
            for (_, ((_, end), tag)) in group.iter().zip(places.iter().zip(&tags)) {
                let (_, room) = bytes.split_at_mut(*end);
                let (room, _) = room.split_at_mut(signature::LENGTH);
                room.copy_from_slice(signature(simd, tag).as_bytes());
            }
        }
        *tokens = String::from_utf8(bytes).expect("base64 is ASCII");
    }
}
