//! Minting sessions: one, many, or the same one everywhere.

pub(crate) mod batch;
pub(crate) mod batch_signing;
pub(crate) mod custom_claims;
pub(crate) mod form;
pub(crate) mod moment;
pub(crate) mod payload;
pub(crate) mod self_test;
pub(crate) mod session;
pub(crate) mod sign_out;
pub(crate) mod signature;
pub(crate) mod signer;
pub(crate) mod stable;
pub(crate) mod stack_text;
pub(crate) mod template;
pub(crate) mod wide;
