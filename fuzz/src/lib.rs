//! Slow, obvious twins of the library, and another implementation as the oracle. Nothing here calls the library.

pub mod global_id;
pub mod oracle;
pub mod reading;
pub mod secret_rules;
