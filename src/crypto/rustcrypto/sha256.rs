//! HMAC-SHA256 (RFC 2104), on two states of `sha2`, which it wipes.

use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// The states behind the inner and outer padded key, which is as long as a block.
pub(crate) struct Sha256Key(Box<[Sha256; 2]>);

impl Sha256Key {
    pub(crate) fn new(key: &[u8; 64]) -> Self {
        let padded = |pad| Zeroizing::new(key.map(|byte| byte ^ pad));
        Self(Box::new([0x36, 0x5c].map(|pad| Sha256::new_with_prefix(padded(pad).as_slice()))))
    }

    pub(crate) fn tag(&self, message: &[u8; 40]) -> [u8; 32] {
        let [inner, outer] = &*self.0;
        let digest = inner.clone().chain_update(message).finalize();
        outer.clone().chain_update(digest).finalize().into()
    }
}
