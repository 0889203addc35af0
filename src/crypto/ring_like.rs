//! AWS-LC or ring: the library's own contexts keep the text that messages share, and nothing here computes a hash.

#[cfg(any(feature = "aws-lc-rs", feature = "fips"))]
use aws_lc_rs as library;
#[cfg(not(any(feature = "aws-lc-rs", feature = "fips")))]
use ring as library;

use library::{
    hmac,
    rand::{SecureRandom, SystemRandom},
};

use fearless_simd::Level;

use super::{
    message::{Message, TAG_LENGTH, Tag},
    provider::Crypto,
};
use crate::error::RandomError;

/// A secret made ready; on the heap, so that a move copies no key.
#[derive(Clone)]
pub(crate) struct Key(Box<hmac::Key>);

impl Key {
    #[inline(never)]
    pub(super) fn from_bytes(secret: &[u8]) -> Self {
        Self(Box::new(hmac::Key::new(hmac::HMAC_SHA512, secret)))
    }

    /// A MAC that has taken in nothing but the key.
    pub(crate) fn start(&self) -> Mac {
        Mac(hmac::Context::with_key(&self.0))
    }

    /// The tag of the text that `mac` has taken in, followed by `text`.
    pub(crate) fn tag_behind(&self, mut mac: Mac, text: &[u8]) -> Tag {
        mac.update(text);
        let mut tag = [0; TAG_LENGTH];
        tag.copy_from_slice(mac.0.sign().as_ref());
        tag
    }

    /// Writes the tags of the text that `mac` has taken in, followed by each message.
    pub(crate) fn tag_messages<const BLOCKS: usize>(&self, _: Level, mac: &Mac, messages: &mut [Message<BLOCKS>]) {
        for message in messages {
            let (text, _) = message.blocks.as_flattened().split_at(message.end);
            message.tag = self.tag_behind(mac.clone(), text);
        }
    }
}

/// A MAC part-way through its message. A clone goes on from where the original stood.
#[derive(Clone)]
pub(crate) struct Mac(hmac::Context);

impl Mac {
    pub(crate) fn update(&mut self, text: &[u8]) {
        self.0.update(text);
    }

    /// Starts a message that goes on here.
    pub(crate) fn start<const BLOCKS: usize>(&self, message: &mut Message<BLOCKS>) {
        message.start_behind(b"");
    }
}

/// For HMAC-SHA256.
pub(crate) struct Sha256Key(Box<hmac::Key>);

impl Sha256Key {
    pub(crate) fn new(key: &[u8; 64]) -> Self {
        Self(Box::new(hmac::Key::new(hmac::HMAC_SHA256, key)))
    }

    pub(crate) fn tag(&self, message: &[u8]) -> [u8; 32] {
        let mut tag = [0; 32];
        tag.copy_from_slice(hmac::sign(&self.0, message).as_ref());
        tag
    }
}

pub(crate) fn fill_random(bytes: &mut [u8]) -> Result<(), RandomError> {
    SystemRandom::new().fill(bytes).map_err(|_| RandomError)
}

#[cfg(all(feature = "remote", any(feature = "aws-lc-rs", feature = "fips")))]
pub(crate) use rustls::crypto::aws_lc_rs as tls;
#[cfg(all(feature = "remote", not(any(feature = "aws-lc-rs", feature = "fips"))))]
pub(crate) use rustls::crypto::ring as tls;

#[cfg(any(feature = "aws-lc-rs", feature = "fips"))]
pub(super) fn description() -> Crypto {
    // In an inner scope, so that the library's function comes before its stand-in below.
    use library::*;

    Crypto { provider: "AWS-LC", version: awslc_version(), is_fips: try_fips_mode().is_ok() }
}

/// In the place of `aws_lc_rs::awslc_version`, which is newer than the last release with version 3 of the FIPS module, to
/// which a policy may hold.
#[allow(dead_code, reason = "it depends on the release")]
#[cfg(any(feature = "aws-lc-rs", feature = "fips"))]
const fn awslc_version() -> &'static str {
    "of aws-lc-rs before 1.18"
}

/// ring does not say its release; Cargo holds the series.
#[cfg(not(any(feature = "aws-lc-rs", feature = "fips")))]
pub(super) const fn description() -> Crypto {
    Crypto { provider: "ring", version: "0.17", is_fips: false }
}

/// How many messages are tagged side by side.
pub(crate) const fn lanes(_: Level) -> usize {
    1
}

/// The library does not say how many blocks it takes in.
#[cfg(test)]
pub(crate) fn compressions(act: impl FnOnce()) -> Option<usize> {
    act();
    None
}
