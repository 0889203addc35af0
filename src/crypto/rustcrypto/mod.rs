//! HMAC on states of SHA-512 and SHA-256 that are kept here; the compressions are `sha2`'s, and, for several messages side by
//! side, our own.

pub(crate) mod hmac;
#[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
pub(crate) mod lanes;
#[cfg(any(target_arch = "x86", target_arch = "x86_64", all(target_arch = "aarch64", target_endian = "little")))]
pub(crate) mod message;
mod prefix;
mod sha256;
mod sha512;
pub(crate) mod text;

#[cfg(feature = "remote")]
pub(crate) use rustls::crypto::ring as tls;

pub(crate) use self::{
    hmac::{Key, Mac},
    prefix::{Prefix, Signed},
    sha256::Sha256Key,
};
use super::description::Crypto;
use crate::error::RandomError;

pub(crate) fn fill_random(bytes: &mut [u8]) -> Result<(), RandomError> {
    getrandom::fill(bytes).map_err(|_| RandomError)
}

/// Of `sha2` the series is known, to which Cargo holds it; the release it does not say.
pub(super) const fn description() -> Crypto {
    Crypto { provider: "RustCrypto", version: "sha2 0.11", is_fips: false }
}
