//! What tells one secret from another and gives neither away.

use super::{Key, Tag};
use crate::secret::SigningSecret;

/// The tag of a fixed text: of a secret it tells no more than any token that is signed with it.
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
    /// Sixteen hexadecimal digits that another secret does not have, to log at start-up: hosts that show the same one sign
    /// with the same secret, whatever its [encoding](crate::SecretEncoding), and others do not, because a shell ate a `$` of it,
    /// say, or a line was cut. [`SessionSigner::fingerprint`](crate::SessionSigner::fingerprint) gives the same.
    ///
    /// They are the first eight bytes of the HMAC-SHA512 of `quiltt-session fingerprint v1` and a NUL under the secret
    /// (`tests/vectors/fingerprint.py`), and do not change with a release.
    ///
    /// # Security
    ///
    /// Whoever reads it can try guesses of the secret on it, as on any token. There is nothing to guess in a random one.
    ///
    /// # Examples
    ///
    /// ```
    /// use quiltt_session::SigningSecret;
    ///
    /// assert_eq!(SigningSecret::demo().fingerprint(), "6f5bd9652e922a3d");
    /// ```
    #[must_use]
    pub fn fingerprint(&self) -> String {
        Fingerprint::of(&Key::new(self)).text()
    }
}

/// Whether a file still has the content that it had. HMAC pads with NULs and hashes what is long, so other contents can
/// be the same key, but none of this length.
#[cfg(feature = "reload")]
#[derive(PartialEq)]
pub(crate) struct ContentMark(usize, Fingerprint);

#[cfg(feature = "reload")]
impl ContentMark {
    pub(crate) fn of(content: &[u8]) -> Self {
        Self(content.len(), Fingerprint::of(&Key::from_bytes(content)))
    }
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
