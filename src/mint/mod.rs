//! Minting sessions: one, many, or the same one everywhere.

pub(crate) mod batch;
pub(crate) mod custom_claims;
pub(crate) mod payload;
pub(crate) mod session;
pub(crate) mod sign_out;
pub(crate) mod signer;
pub(crate) mod stable;
pub(crate) mod tail;
pub(crate) mod template;
