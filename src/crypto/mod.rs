//! All that touches the key: HMAC-SHA512 of one message or of several side by side, and what is derived from the secret.

pub(crate) mod fingerprint;
pub(crate) mod hmac;
#[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
pub(crate) mod lanes;
#[cfg(any(target_arch = "x86", target_arch = "x86_64", all(target_arch = "aarch64", target_endian = "little")))]
pub(crate) mod message;
pub(crate) mod prefix;
pub(crate) mod sha512;
pub(crate) mod stable_key;
pub(crate) mod text;
