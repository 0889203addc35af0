//! What the targets hold the library against. Nothing here calls it: the twins are slow and obvious, and the oracle is
//! another implementation.

pub mod global_id;
pub mod oracle;
pub mod reading;
pub mod secret_rules;
