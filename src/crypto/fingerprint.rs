//! Whether two contents of a secret file are the same, without keeping one of them (feature `reload`).

use super::hmac::{Key, Tag};

/// The tag of a fixed text, and of the content's length, under the content: of a secret it tells no more than any token
/// that is signed with it. A plain hash would not do, since HMAC takes SHA-512 of a long secret for the secret.
#[derive(PartialEq)]
pub(crate) struct Fingerprint(Tag);

impl Fingerprint {
    pub(crate) fn of(content: &[u8]) -> Self {
        const LABEL: &[u8] = b"quiltt-session fingerprint v1\0"; // no token's signing input, which starts with `eyJ`

        let key = Key::from_bytes(content);
        let mut mac = key.start();
        mac.update(LABEL);
        // HMAC pads with NULs and hashes what is long, so other contents can be the same key, but none of this length.
        mac.update(&content.len().to_be_bytes());
        Self(key.finish(&mac))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contents_that_are_the_same_key_have_fingerprints_of_their_own() {
        let long = [7; 200];
        let hashed = ring::digest::digest(&ring::digest::SHA512, &long);
        assert!(Fingerprint::of(&long) == Fingerprint::of(&long.clone()));
        assert!(Fingerprint::of(&long) != Fingerprint::of(hashed.as_ref()));
        assert!(Fingerprint::of(b"secret") != Fingerprint::of(b"secret\0"));
        assert!(Fingerprint::of(b"secret") != Fingerprint::of(b"secreT"));
    }
}
