//! All that touches the key: HMAC-SHA512 of one message or of several side by side, and what is derived from the secret.

pub(crate) mod fingerprint;
pub(crate) mod hmac;
pub(crate) mod lanes;
pub(crate) mod message;
pub(crate) mod prefix;
pub(crate) mod sha512;
pub(crate) mod stable_key;
pub(crate) mod width;
