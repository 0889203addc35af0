//! Minting sessions: one, many, or the same one everywhere.

pub(crate) mod batch;
pub(crate) mod batch_signing;
pub(crate) mod builder;
pub(crate) mod constant_claims;
pub(crate) mod form;
pub(crate) mod moment;
pub(crate) mod payload_order;
pub(crate) mod request;
pub(crate) mod self_test;
pub(crate) mod session;
pub(crate) mod signature;
pub(crate) mod signer;
pub(crate) mod stable;
pub(crate) mod stack_text;
pub(crate) mod template;
pub(crate) mod validity;
pub(crate) mod wide;
