//! What is derived from the secret: fingerprints, which tell one secret from another and give neither away, and the ids of
//! stable sessions.
//!
//! ```text
//! fingerprint = the first 8 bytes of HMAC-SHA512(secret, "quiltt-session fingerprint v1" NUL), in hexadecimal digits
//! key = HMAC-SHA512(secret, "quiltt-session stable v2" NUL ‖ TTL ‖ backdating ‖ constant claims)
//! jti = UUID version 8 of HMAC-SHA256(key, profile ‖ start of the window ‖ generation ‖ sign-out and window)
//! ```
//!
//! Numbers have eight bytes, the most significant first, and count seconds; sign-out and window share eight, as 38 and 26
//! bits, which are 0 for no sign-out; a profile is the 16 bytes of its UUID; the constant claims are those of an aligned
//! payload as JSON, without white space, whichever order is signed. No label can be taken for the signing input of a token,
//! which starts with `eyJ`.

use std::time::Duration;

use uuid::{Builder, Uuid};
use zeroize::Zeroizing;

use super::{Key, Tag, chosen::Sha256Key, wipe_stack};
use crate::{secret::SigningSecret, time::UnixTime};

/// The tag of a fixed text. A tag tells no more of the secret than any token does.
#[derive(PartialEq)]
pub(crate) struct Fingerprint(Tag);

impl Fingerprint {
    pub(crate) fn of(key: &Key) -> Self {
        const LABEL: &[u8] = b"quiltt-session fingerprint v1\0"; // no token's signing input, which starts with `eyJ`

        Self(key.tag(LABEL))
    }

    /// Sixteen hexadecimal digits, the first eight bytes: short enough to compare by eye.
    pub(crate) fn text(&self) -> String {
        self.0.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
    }
}

impl SigningSecret {
    /// Sixteen hexadecimal digits that another secret does not have, to log at start-up: hosts with the same fingerprint sign
    /// with the same secret, whatever its [encoding](crate::SecretEncoding). One whose shell ate a `$` of the secret has another.
    ///
    /// The digits are the first eight bytes of the HMAC-SHA512 of `quiltt-session fingerprint v1` and a NUL under the secret
    /// (`tests/vectors/fingerprint.py`), and do not change with a release. As on any token, a reader can try guesses of the
    /// secret on them; a random secret cannot be guessed.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        Fingerprint::of(&Key::new(self)).text()
    }
}

/// Tells whether a file's content has changed. HMAC pads with NULs and hashes long keys, so other contents can be the same key,
/// but none of the same length.
#[cfg(feature = "reload")]
#[derive(PartialEq)]
pub(crate) struct ContentMark(usize, Fingerprint);

#[cfg(feature = "reload")]
impl ContentMark {
    pub(crate) fn of(content: &[u8]) -> Self {
        Self(content.len(), Fingerprint::of(&Key::from_bytes(content)))
    }
}

/// The key from which the ids of stable sessions are derived.
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
    pub(crate) fn session_id(&self, profile: Uuid, start: UnixTime, generation: u64, sign_out_and_window: u64) -> Uuid {
        let (first, second) = profile.as_u64_pair();
        let numbers = [first, second, start.as_secs(), generation, sign_out_and_window].map(u64::to_be_bytes);
        let tag = self.0.tag(numbers.as_flattened());
        let mut id = [0; 16];
        let (start, _) = tag.split_at(id.len());
        id.copy_from_slice(start);
        Builder::from_custom_bytes(id).into_uuid()
    }
}

/// How far `profile`'s windows are shifted, in seconds: less than `window`.
///
/// The shift spreads load and decides nothing, so no key is needed: a multiplication by an odd number, the golden ratio's
/// fraction of 2¹²⁸, as hash tables spread their keys (Fibonacci hashing). UUIDs that count up are spread too.
pub(crate) fn offset(profile: Uuid, window: u64) -> u64 {
    const GOLDEN: u128 = 0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835;
    let fraction = profile.as_u128().wrapping_mul(GOLDEN) >> 64;
    // The fraction is below 2⁶⁴, so this part of the window is below the window.
    (fraction.wrapping_mul(window.into()) >> 64) as u64
}

#[cfg(all(test, feature = "reload"))]
mod tests {
    use super::*;

    #[test]
    fn contents_that_are_the_same_key_have_marks_of_their_own() {
        let long = [7; 200];
        let hashed = ring::digest::digest(&ring::digest::SHA512, &long);
        assert!(ContentMark::of(&long) == ContentMark::of(&long.clone()));
        assert!(ContentMark::of(&long) != ContentMark::of(hashed.as_ref()));
        assert!(ContentMark::of(b"secret") != ContentMark::of(b"secret\0"));
        assert!(ContentMark::of(b"secret") != ContentMark::of(b"secreT"));
    }
}
