//! The blocks of the last good token, and the MACs behind them, so that no verifier hashes these blocks again.
//!
//! Tokens of one signer start with the same blocks: two for the signer's life, three within a second. HMAC covers every
//! byte all the same: its state behind a block depends on the key and on the blocks up to there, and nothing else.

use constant_time_eq::{constant_time_eq_64, constant_time_eq_n};

use super::{
    Key, Mac,
    message::{BLOCK_LENGTH, Block, Tag},
};

/// Most blocks that are kept; a token of version 6 with all ids has three whole ones.
const MOST: usize = 4;

/// The first whole blocks of a message that was signed, and the MACs behind them.
pub(crate) struct Prefix {
    /// The place of the key under which the blocks were hashed.
    key_index: usize,
    length: usize,
    blocks: [Block; MOST],
    macs: [Option<Mac>; MOST],
    /// The MACs behind further blocks of the message that is verified. Here, so that a forged token allocates nothing; and not on
    /// the stack, where those of AWS-LC take kilobytes.
    fresh: [Option<Mac>; MOST],
}

/// A message whose tag was right.
pub(crate) struct Signed {
    /// The place of the key among those that were tried.
    pub(crate) key_index: usize,
    /// How many of the message's first blocks are kept.
    known: usize,
    /// How many are not.
    fresh: usize,
}

impl Default for Prefix {
    fn default() -> Self {
        let (macs, fresh) = ([const { None }; MOST], [const { None }; MOST]);
        Self { key_index: 0, length: 0, blocks: [[0; BLOCK_LENGTH]; MOST], macs, fresh }
    }
}

impl Prefix {
    /// Whether `tag` is the message's, under which of the keys.
    pub(crate) fn verify(&mut self, keys: &[Key], message: &[u8], tag: &Tag) -> Option<Signed> {
        keys.iter().enumerate().find_map(|(index, key)| self.verify_with(index, key, message, tag))
    }

    fn verify_with(&mut self, key_index: usize, key: &Key, message: &[u8], tag: &Tag) -> Option<Signed> {
        let (blocks, _) = message.as_chunks();
        let (blocks, _) = blocks.split_at(blocks.len().min(MOST));
        let known = if key_index == self.key_index { self.known(blocks) } else { 0 };
        let behind = known.checked_sub(1).and_then(|last| self.macs.get(last)?.clone());
        let mut mac = behind.unwrap_or_else(|| key.start());
        for (block, behind) in blocks.iter().skip(known).zip(&mut self.fresh) {
            mac.update(block);
            *behind = Some(mac.clone());
        }
        let (_, rest) = message.split_at(blocks.as_flattened().len());
        let right = key.tag_behind(mac, rest);
        constant_time_eq_64(&right, tag).then_some(Signed {
            key_index,
            known,
            fresh: blocks.len().saturating_sub(known),
        })
    }

    /// How many of a message's first blocks are those that are kept, each compared in constant time.
    fn known(&self, blocks: &[Block]) -> usize {
        let (kept, _) = self.blocks.split_at(self.length);
        kept.iter().zip(blocks).take_while(|(kept, block)| constant_time_eq_n(kept, block)).count()
    }

    /// Keeps the blocks of the message that [`verify`](Self::verify) found `signed`, which must not have been refused since.
    pub(crate) fn keep(&mut self, signed: Signed, message: &[u8]) {
        if signed.fresh == 0 {
            return;
        }
        let (blocks, _) = message.as_chunks();
        let fresh = blocks.iter().skip(signed.known).zip(&mut self.fresh);
        let places = self.blocks.iter_mut().zip(&mut self.macs).skip(signed.known);
        places.zip(fresh).for_each(|((kept, mac), (block, fresh))| (*kept, *mac) = (*block, fresh.take()));
        self.key_index = signed.key_index;
        self.length = blocks.len().min(MOST);
    }
}

#[cfg(test)]
#[expect(clippy::arithmetic_side_effects, reason = "a test may stop on the spot")]
mod tests {
    use proptest::{collection::vec, prelude::*};

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(ProptestConfig::default().cases / 4))]

        /// Messages that share blocks, and change one, in any order, under either key.
        #[test]
        fn whatever_is_kept_the_verdict_is_that_of_the_whole_message(
            messages in vec((0_u8..3, 0_usize..6, 0_usize..700, any::<bool>(), any::<bool>()), 1..20),
        ) {
            let keys = [&[1; 64], &[2; 64]].map(|secret| Key::from_bytes(secret));
            let mut kept = Prefix::default();
            for (filling, changed, length, is_second, is_forged) in messages {
                let mut message = vec![7; length];
                let changed = changed * BLOCK_LENGTH;
                message.iter_mut().skip(changed).for_each(|byte| *byte = filling);
                let key_index = usize::from(is_second);
                let mut tag = keys[key_index].tag(&message);
                tag[usize::from(filling)] ^= u8::from(is_forged);
                let signed = kept.verify(&keys, &message, &tag);
                prop_assert_eq!(signed.as_ref().map(|signed| signed.key_index), (!is_forged).then_some(key_index));
                if let Some(signed) = signed {
                    kept.keep(signed, &message);
                }
            }
        }
    }
}
