//! Claims as a caller may give them, and claims that no verifier takes.

#![allow(dead_code, reason = "tests and fuzzer use a share each")]

use serde::{Serialize, Serializer, ser::SerializeStruct};
use serde_json::{Value, value::RawValue};

/// Names that Quiltt or serde_json keeps for itself, some near them, and one that is free.
#[rustfmt::skip]
pub(crate) const NAMES: [&str; 12] = [
    "sub", "eid", "aid", "rol", "exp", "", "ROL", "$serde_json::private::Number", "$serde_json::private::RawValue",
    "$serde_json::private::", "$serde_json::private", "plan",
];

/// The value of a claim.
#[derive(Clone, Debug)]
pub(crate) enum Given {
    Value(Value),
    Raw(Box<RawValue>),
    /// Text that serde_json writes unread, for a type that poses as its `RawValue`.
    Posing(String),
}

impl Given {
    /// The text as JSON, right or not.
    pub(crate) fn json(text: String) -> Self {
        match RawValue::from_string(text.clone()) {
            Ok(json) => Self::Raw(json),
            Err(_) => Self::Posing(text),
        }
    }
}

impl Serialize for Given {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Value(value) => value.serialize(serializer),
            Self::Raw(json) => json.serialize(serializer),
            Self::Posing(text) => {
                const NAME: &str = "$serde_json::private::RawValue";
                let mut raw = serializer.serialize_struct(NAME, 1)?;
                raw.serialize_field(NAME, text)?;
                raw.end()
            }
        }
    }
}
