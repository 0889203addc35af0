//! What stable sessions are derived from: their ids, and where a profile's windows begin.
//!
//! ```text
//! key = HMAC-SHA512(secret, "quiltt-session stable v2" NUL ‖ TTL ‖ backdating ‖ constant claims)
//! jti = UUID version 8 of HMAC-SHA256(key, profile ‖ start of the window ‖ generation ‖ window)
//! ```
//!
//! Numbers have eight bytes, the most significant first, and count seconds; a profile is the 16 bytes of its UUID; the
//! constant claims are those of an aligned payload as JSON, without white space, whichever order is signed. No label can be
//! taken for the signing input of a token, which starts with `eyJ`.

use std::{slice, time::Duration};

use sha2::block_api::compress256;
use uuid::Builder;
use zeroize::Zeroizing;

use super::hmac::{Key, TAG_LENGTH, wipe_stack};
use crate::{
    id::{ProfileId, SessionId},
    time::UnixTime,
};

/// The states of HMAC-SHA256 behind its inner and outer padded key, which is as long as a block; wiped on drop.
pub(crate) struct StableKey(Box<Zeroizing<[State; 2]>>);

type State = [u32; 8];
const BLOCK_LENGTH: usize = 64;

impl StableKey {
    /// `claims` are those that all tokens of the signer share, as a JSON object.
    pub(crate) fn new(secret: &Key, ttl: Duration, backdating: Duration, claims: &str) -> Self {
        const LABEL: &[u8] = b"quiltt-session stable v2\0";
        let numbers = [ttl, backdating].map(|duration| duration.as_secs().to_be_bytes());
        let mut mac = secret.start();
        for part in [LABEL, numbers.as_flattened(), claims.as_bytes()] {
            mac.update(part);
        }
        let mut block: Zeroizing<[u8; TAG_LENGTH]> = Zeroizing::new(secret.finish(&mac));
        let mut key = Self(Box::new(Zeroizing::new([INITIAL; 2])));
        for (state, pad) in key.0.iter_mut().zip([0x36, 0x5c]) {
            block.iter_mut().for_each(|byte| *byte ^= pad);
            compress256(state, slice::from_ref(&block));
            block.iter_mut().for_each(|byte| *byte ^= pad);
        }
        wipe_stack();
        key
    }

    /// A UUID of version 8 (RFC 9562 §5.8) from all that tells one session of the signer from another: one block.
    pub(crate) fn session_id(
        &self,
        profile: ProfileId,
        window_start: UnixTime,
        generation: u64,
        window: u64,
    ) -> SessionId {
        const BITS: u64 = (BLOCK_LENGTH + 5 * 8) as u64 * 8;
        let (first, second) = profile.uuid().as_u64_pair();
        let message = [first, second, window_start.as_secs(), generation, window, 1 << 63, 0, BITS];
        let [inner, outer] = &**self.0;
        let inner = behind(inner, message.map(u64::to_be_bytes).as_flattened());
        let outer =
            behind(outer, [inner, TRAILER].map(|half| half.map(u32::to_be_bytes)).as_flattened().as_flattened());
        let [first, second, third, fourth, ..] = outer.map(u128::from);
        let start = first << 96 | second << 64 | third << 32 | fourth;
        SessionId::from_uuid(Builder::from_custom_bytes(start.to_be_bytes()).into_uuid())
    }
}

/// What follows the digest in the one block of HMAC's second hash: a bit, and the length in bits.
const TRAILER: State = [1 << 31, 0, 0, 0, 0, 0, 0, (64 + 32) * 8];

/// The state behind one more block.
fn behind(state: &State, block: &[u8]) -> State {
    let (block, _) = block.as_chunks();
    let mut state = *state;
    compress256(&mut state, block);
    state
}

/// How far `profile`'s windows are shifted, in seconds: less than `window`.
///
/// It spreads load and decides nothing, so it needs no key: the same multiplication by an odd number, the golden ratio's
/// fraction of 2¹²⁸, that spreads what a hash table holds (Fibonacci hashing). UUIDs that count up are spread too.
pub(crate) fn offset(profile: ProfileId, window: u64) -> u64 {
    const GOLDEN: u128 = 0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835;
    let fraction = profile.uuid().as_u128().wrapping_mul(GOLDEN) >> 64;
    // The fraction is below 2⁶⁴, so this part of the window is below the window.
    (fraction.wrapping_mul(window.into()) >> 64) as u64
}

/// Before the first block (FIPS 180-4 §5.3.3).
const INITIAL: State =
    [0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19];
