//! HMAC-SHA512 (RFC 2104, RFC 4868), the signature of HS512 (RFC 7518 §3.2), on ring.

use std::fmt;

use ring::hmac;

use crate::secret::SigningSecret;

/// Bytes of a tag.
pub(crate) const TAG_LENGTH: usize = 64;

/// A secret made ready: both of HMAC's padded keys are absorbed.
#[derive(Clone)]
pub(crate) struct Key(hmac::Key);

impl Key {
    pub(crate) fn new(secret: &SigningSecret) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA512, secret.expose()))
    }

    /// A MAC that has absorbed nothing but the key.
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
    pub(crate) fn absorb(&mut self, message: &[u8]) {
        self.0.update(message);
    }

    pub(crate) fn finish(self) -> [u8; TAG_LENGTH] {
        let mut bytes = [0; TAG_LENGTH];
        bytes.iter_mut().zip(self.0.sign().as_ref()).for_each(|(byte, tagged)| *byte = *tagged);
        bytes
    }
}
