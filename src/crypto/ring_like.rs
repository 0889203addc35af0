//! AWS-LC or ring: what texts share is kept in its own contexts, and nothing here computes a hash.

#[cfg(any(feature = "aws-lc-rs", feature = "fips"))]
use aws_lc_rs as library;
#[cfg(not(any(feature = "aws-lc-rs", feature = "fips")))]
use ring as library;

use library::{
    hmac,
    rand::{SecureRandom, SystemRandom},
};

use super::{TAG_LENGTH, Tag, description::Crypto};
use crate::error::RandomError;

/// A secret made ready; on the heap, so that it is not copied where it is moved.
#[derive(Clone)]
pub(crate) struct Key(Box<hmac::Key>);

impl Key {
    #[inline(never)]
    pub(super) fn from_bytes(secret: &[u8]) -> Self {
        Self(Box::new(hmac::Key::new(hmac::HMAC_SHA512, secret)))
    }

    pub(crate) fn tag(&self, text: &[u8]) -> Tag {
        let mut tag = [0; TAG_LENGTH];
        tag.copy_from_slice(hmac::sign(&self.0, text).as_ref());
        tag
    }

    /// A MAC that has taken in nothing but the key.
    pub(crate) fn start(&self) -> Mac {
        Mac { context: hmac::Context::with_key(&self.0), length: 0 }
    }

    /// The tag of a text of whose start `mac` has taken in as much as it has.
    pub(crate) fn tag_text(&self, mac: &Mac, text: &[u8]) -> Tag {
        let (_, rest) = text.split_at(mac.length);
        let mut context = mac.context.clone();
        context.update(rest);
        let mut tag = [0; TAG_LENGTH];
        tag.copy_from_slice(context.sign().as_ref());
        tag
    }
}

/// A MAC part-way through its message. A clone goes on from where the original stood.
#[derive(Clone)]
pub(crate) struct Mac {
    context: hmac::Context,
    /// How many bytes the context has taken in.
    length: usize,
}

impl Mac {
    pub(crate) fn update(&mut self, text: &[u8]) {
        self.context.update(text);
        self.length = self.length.saturating_add(text.len());
    }
}

/// Nothing: texts are verified as a whole.
#[derive(Default)]
pub(crate) struct Prefix;

/// A message whose tag was right.
pub(crate) struct Signed {
    /// The place of the key among those that were tried.
    pub(crate) key_index: usize,
}

impl Prefix {
    /// Whether `tag` is the message's, under which of the keys.
    pub(crate) fn verify(&self, keys: &[Key], message: &[u8], tag: &Tag) -> Option<Signed> {
        let key_index = keys.iter().position(|key| hmac::verify(&key.0, message, tag).is_ok())?;
        Some(Signed { key_index })
    }

    pub(crate) const fn keep(&mut self, _: &Signed, _: &[u8]) {}
}

/// For HMAC-SHA256.
pub(crate) struct Sha256Key(Box<hmac::Key>);

impl Sha256Key {
    pub(crate) fn new(key: &[u8; 64]) -> Self {
        Self(Box::new(hmac::Key::new(hmac::HMAC_SHA256, key)))
    }

    pub(crate) fn tag(&self, message: &[u8; 40]) -> [u8; 32] {
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
    // In an inner scope, so that what the library has comes before what stands in for it here.
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

/// Of ring the series is known, to which Cargo holds it; the release it does not say.
#[cfg(not(any(feature = "aws-lc-rs", feature = "fips")))]
pub(super) const fn description() -> Crypto {
    Crypto { provider: "ring", version: "0.17", is_fips: false }
}
