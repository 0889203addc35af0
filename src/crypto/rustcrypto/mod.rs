//! HMAC on states of SHA-512 and SHA-256 that are kept here, so that the text which messages share is hashed once. The
//! compressions are `sha2`'s; for several messages side by side, our own.

mod lanes;
mod sha512;

use std::slice;

use fearless_simd::Level;
use sha2::{Digest, Sha256, Sha512};
use zeroize::Zeroizing;

#[cfg(feature = "remote")]
pub(crate) use rustls::crypto::ring as tls;

pub(crate) use self::lanes::lanes;
use self::sha512::State;
use super::{
    message::{BLOCK_LENGTH, Block, Message, TAG_LENGTH, TRAILER_LENGTH, Tag},
    provider::Crypto,
};
use crate::error::RandomError;

/// A secret made ready: the states behind HMAC's inner and outer padded key. The states are as good as the secret, so both
/// stay in one place, and are wiped on drop.
pub(crate) struct Key(Box<Zeroizing<[State; 2]>>);

impl Key {
    /// Pads the secret with zeros; one longer than a block is hashed first (RFC 2104 §2).
    #[inline(never)]
    pub(super) fn from_bytes(secret: &[u8]) -> Self {
        let hash = (secret.len() > BLOCK_LENGTH).then(|| Zeroizing::new(Tag::from(Sha512::digest(secret))));
        let secret = hash.as_ref().map_or(secret, |hash| hash.as_slice());
        let mut block = Zeroizing::new([0; BLOCK_LENGTH]);
        let (start, _) = block.split_at_mut(secret.len());
        start.copy_from_slice(secret);
        let mut key = Self::empty();
        for (state, pad) in key.0.iter_mut().zip([0x36, 0x5c]) {
            block.iter_mut().for_each(|byte| *byte ^= pad);
            compress(state, slice::from_ref(&block));
            block.iter_mut().for_each(|byte| *byte ^= pad);
        }
        key
    }

    /// To be filled where it stands.
    fn empty() -> Self {
        Self(Box::new(Zeroizing::new([INITIAL; 2])))
    }

    fn outer(&self) -> &State {
        let [_, outer] = &**self.0;
        outer
    }

    /// A MAC that has taken in nothing but the key.
    pub(crate) fn start(&self) -> Mac {
        let [inner, _] = &**self.0;
        Mac::behind(inner, BLOCK_LENGTH)
    }

    /// The tag of the text that `mac` has taken in, followed by `text`.
    pub(crate) fn tag_behind(&self, mut mac: Mac, text: &[u8]) -> Tag {
        mac.update(text);
        let mut message = Message::<2>::new();
        mac.start(&mut message);
        self.tag_message(&mac, &mut message)
    }

    /// Writes the tags of the text that `mac` has taken in, followed by each message: of one, or of as many as the vectors have
    /// [lanes](lanes()).
    #[inline]
    pub(crate) fn tag_messages<const BLOCKS: usize>(
        &self,
        vectors: Level,
        mac: &Mac,
        messages: &mut [Message<BLOCKS>],
    ) {
        if messages.len() > 1 && lanes::tag_messages(vectors, [&mac.state, self.outer()], mac.hashed, messages) {
            return;
        }
        for message in messages {
            message.tag = self.tag_message(mac, message);
        }
    }

    #[inline]
    fn tag_message<const BLOCKS: usize>(&self, mac: &Mac, message: &mut Message<BLOCKS>) -> Tag {
        let (mut inner, mut outer, mut digest) = (*mac.state, *self.outer(), Message::<1>::new());
        compress(&mut inner, message.padded(mac.hashed));
        digest.append(&to_bytes(&inner), TAG_LENGTH);
        compress(&mut outer, digest.padded(BLOCK_LENGTH));
        to_bytes(&outer)
    }
}

/// In place, so that no copy stays behind.
impl Clone for Key {
    fn clone(&self) -> Self {
        let mut key = Self::empty();
        key.0.copy_from_slice(self.0.as_slice());
        key
    }
}

/// A MAC part-way through its message: a state behind whole blocks, and the bytes behind the last of them. A clone goes on
/// from where the original stood.
#[derive(Clone)]
pub(crate) struct Mac {
    state: Zeroizing<State>,
    /// Bytes that `state` has taken in, the padded key's included.
    hashed: usize,
    /// `rest_length` bytes behind the last whole block.
    rest: Block,
    rest_length: usize,
}

impl Mac {
    fn behind(state: &State, hashed: usize) -> Self {
        Self { state: Zeroizing::new(*state), hashed, rest: [0; BLOCK_LENGTH], rest_length: 0 }
    }

    pub(crate) fn update(&mut self, text: &[u8]) {
        let (_, room) = self.rest.split_at_mut(self.rest_length);
        if text.len() < room.len() {
            let (start, _) = room.split_at_mut(text.len());
            start.copy_from_slice(text);
            self.rest_length = self.rest_length.saturating_add(text.len());
            return;
        }
        let (start, text) = text.split_at(room.len());
        room.copy_from_slice(start);
        let (blocks, rest) = text.as_chunks();
        compress(&mut self.state, slice::from_ref(&self.rest));
        compress(&mut self.state, blocks);
        self.hashed = self.hashed.saturating_add(BLOCK_LENGTH).saturating_add(blocks.as_flattened().len());
        let (start, _) = self.rest.split_at_mut(rest.len());
        start.copy_from_slice(rest);
        self.rest_length = rest.len();
    }

    /// Starts a message that goes on here.
    #[inline(always)]
    pub(crate) fn start<const BLOCKS: usize>(&self, message: &mut Message<BLOCKS>) {
        let (rest, _) = self.rest.split_at(self.rest_length);
        message.start_behind(rest);
    }
}

impl<const BLOCKS: usize> Message<BLOCKS> {
    /// Returns the padded blocks (FIPS 180-4 §5.1.2). `hashed`: bytes absorbed before, for the length field.
    #[inline(always)]
    #[expect(clippy::expect_used, reason = "the last block ends with the trailer, as is computed one line above")]
    fn padded(&mut self, hashed: usize) -> &[Block] {
        let blocks = self.end.saturating_add(TRAILER_LENGTH).div_ceil(BLOCK_LENGTH);
        let (blocks, _) = self.blocks.split_at_mut(blocks);
        let (_, padding) = blocks.as_flattened_mut().split_at_mut(self.end);
        let (zeros, bits) = padding.split_last_chunk_mut().expect("padding holds the length");
        *bits = (hashed.saturating_add(self.end) as u64).saturating_mul(8).to_be_bytes();
        zeros.fill(0);
        let one = zeros.first_mut().expect("padding starts with a bit");
        *one = 0x80;
        blocks
    }
}

/// Takes in whole blocks of one message.
fn compress(state: &mut State, blocks: &[Block]) {
    #[cfg(test)]
    COMPRESSIONS.set(COMPRESSIONS.get().saturating_add(blocks.len()));
    sha2::block_api::compress512(state, blocks);
}

fn to_bytes(state: &State) -> Tag {
    let mut bytes = [0; TAG_LENGTH];
    bytes.copy_from_slice(state.map(u64::to_be_bytes).as_flattened());
    bytes
}

/// Before the first block (FIPS 180-4 §5.3.5).
const INITIAL: State = [
    0x6a09_e667_f3bc_c908,
    0xbb67_ae85_84ca_a73b,
    0x3c6e_f372_fe94_f82b,
    0xa54f_f53a_5f1d_36f1,
    0x510e_527f_ade6_82d1,
    0x9b05_688c_2b3e_6c1f,
    0x1f83_d9ab_fb41_bd6b,
    0x5be0_cd19_137e_2179,
];

/// For HMAC-SHA256 (RFC 2104): two states of `sha2`, which it wipes, behind the inner and outer padded key of a block's length.
pub(crate) struct Sha256Key(Box<[Sha256; 2]>);

impl Sha256Key {
    pub(crate) fn new(key: &[u8; 64]) -> Self {
        let padded = |pad| Zeroizing::new(key.map(|byte| byte ^ pad));
        Self(Box::new([0x36, 0x5c].map(|pad| Sha256::new_with_prefix(padded(pad).as_slice()))))
    }

    pub(crate) fn tag(&self, message: &[u8]) -> [u8; 32] {
        let [inner, outer] = &*self.0;
        let digest = inner.clone().chain_update(message).finalize();
        outer.clone().chain_update(digest).finalize().into()
    }
}

pub(crate) fn fill_random(bytes: &mut [u8]) -> Result<(), RandomError> {
    getrandom::fill(bytes).map_err(|_| RandomError)
}

/// `sha2` does not say its release; Cargo holds the series.
pub(super) const fn description() -> Crypto {
    Crypto { provider: "RustCrypto", version: "sha2 0.11", is_fips: false }
}

#[cfg(test)]
thread_local! {
    /// How many blocks this thread has taken in.
    static COMPRESSIONS: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

/// How many blocks are taken in while `act` runs.
#[cfg(test)]
pub(crate) fn compressions(act: impl FnOnce()) -> Option<usize> {
    let before = COMPRESSIONS.get();
    act();
    COMPRESSIONS.get().checked_sub(before)
}
