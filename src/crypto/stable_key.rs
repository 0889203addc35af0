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

use std::time::Duration;

use uuid::{Builder, Uuid};
use zeroize::Zeroizing;

use super::{Key, Sha256Key, wipe_stack};
use crate::time::UnixTime;

pub(crate) struct StableKey(Sha256Key);

impl StableKey {
    /// `claims` are those that all tokens of the signer share, as a JSON object.
    pub(crate) fn new(secret: &Key, ttl: Duration, backdating: Duration, claims: &str) -> Self {
        const LABEL: &[u8] = b"quiltt-session stable v2\0";
        let numbers = [ttl, backdating].map(|duration| duration.as_secs().to_be_bytes());
        let text = [LABEL, numbers.as_flattened(), claims.as_bytes()].concat();
        let key = Self(Sha256Key::new(&Zeroizing::new(secret.tag(&text))));
        wipe_stack();
        key
    }

    /// A UUID of version 8 (RFC 9562 §5.8) from all that tells one session of the signer from another.
    pub(crate) fn session_id(&self, profile: Uuid, window_start: UnixTime, generation: u64, window: u64) -> Uuid {
        let (first, second) = profile.as_u64_pair();
        let mut message = [0; 40];
        let numbers = [first, second, window_start.as_secs(), generation, window].map(u64::to_be_bytes);
        message.copy_from_slice(numbers.as_flattened());
        let tag = self.0.tag(&message);
        let mut id = [0; 16];
        let (start, _) = tag.split_at(id.len());
        id.copy_from_slice(start);
        Builder::from_custom_bytes(id).into_uuid()
    }
}

/// How far `profile`'s windows are shifted, in seconds: less than `window`.
///
/// It spreads load and decides nothing, so it needs no key: the same multiplication by an odd number, the golden ratio's
/// fraction of 2¹²⁸, that spreads what a hash table holds (Fibonacci hashing). UUIDs that count up are spread too.
pub(crate) fn offset(profile: Uuid, window: u64) -> u64 {
    const GOLDEN: u128 = 0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835;
    let fraction = profile.as_u128().wrapping_mul(GOLDEN) >> 64;
    // The fraction is below 2⁶⁴, so this part of the window is below the window.
    (fraction.wrapping_mul(window.into()) >> 64) as u64
}
