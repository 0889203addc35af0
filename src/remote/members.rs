//! The members of Quiltt's JSON: strict in the types of members that are used, lenient in missing and new members.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use thiserror::Error;

use super::refusal::MESSAGES;
use crate::token::json;

/// The members of a JSON object.
pub(crate) struct Members(Map<String, Value>);

impl Members {
    /// Reads an object. Repeated names at any depth and more than eight levels are refused.
    pub(crate) fn read(json: &[u8]) -> Result<Self, BodyError> {
        json::members(json).map_err(|_| BodyError::NotJsonObject)?;
        serde_json::from_slice(json).map(Self).map_err(|_| BodyError::NotJsonObject)
    }

    /// Reads a member. `null` counts as absent; any other value of the wrong type is an error.
    pub(crate) fn optional<T: DeserializeOwned>(
        &self,
        name: &'static str,
        expected: &'static str,
    ) -> Result<Option<T>, BodyError> {
        // serde's own error could show the value.
        let read = |value| T::deserialize(value).map_err(|_| BodyError::InvalidMember { name, expected });
        self.value(name).map(read).transpose()
    }

    pub(crate) fn required<T: DeserializeOwned>(
        &self,
        name: &'static str,
        expected: &'static str,
    ) -> Result<T, BodyError> {
        self.optional(name, expected)?.ok_or(BodyError::MissingMember(name))
    }

    /// Reads a member that is an object itself.
    pub(crate) fn object(&self, name: &'static str) -> Result<Self, BodyError> {
        self.required(name, "an object").map(Self)
    }

    /// Whether there is a member for errors, or one that is `false`, such as `{"success":false}`.
    pub(crate) fn report_an_error(&self) -> bool {
        let is_named = |name: &&str| self.value(name).is_some();
        MESSAGES.iter().chain(&["errors", "errorId"]).any(is_named) || self.0.values().any(|value| *value == false)
    }

    /// Returns a member's text, to be compared with another. Any other value is the empty text, which equals none.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.value(name).map(|value| value.as_str().unwrap_or_default())
    }

    fn value(&self, name: &str) -> Option<&Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }
}

/// The body of a success is not as Quiltt documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum BodyError {
    /// Longer than any answer of Quiltt's; the rest was not read.
    #[error("expected a body of at most {max} bytes, found more")]
    TooLong {
        /// The maximum length, in bytes.
        max: usize,
    },
    /// A `Content-Type` other than JSON's, as of a captive portal's page.
    #[error("expected a body of the type application/json, found another one")]
    ContentType,
    /// Not one JSON object.
    #[error("expected a JSON object as the body, found something else")]
    NotJsonObject,
    /// A member that is required and not there.
    #[error("expected the member {0:?} in the body, found none")]
    MissingMember(
        /// The name of the member.
        &'static str,
    ),
    /// A member of the wrong type or form; never read as absent.
    #[error("expected the member {name:?} of the body to be {expected}, found something else")]
    InvalidMember {
        /// The name of the member.
        name: &'static str,
        /// The type or form that the member must have.
        expected: &'static str,
    },
}
