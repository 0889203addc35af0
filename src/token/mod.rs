//! The format of a token, written and read strictly; nothing here knows a key.

pub(crate) mod ascii_json;
pub(crate) mod base64;
pub(crate) mod claims;
mod flat;
pub(crate) mod header;
pub(crate) mod json;
mod numeric_date;
pub(crate) mod untrusted;
pub(crate) mod version;
