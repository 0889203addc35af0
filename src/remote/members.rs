//! Reading what Quiltt answers: strict in the type of what is used, lenient in what is missing or new.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::{error::BodyError, refusal::MESSAGES};
use crate::token::json;

/// The members of a JSON object.
pub(crate) struct Members(Map<String, Value>);

impl Members {
    /// Repeated names are refused at any depth, and so is JSON more than eight levels deep.
    pub(crate) fn read(json: &[u8]) -> Result<Self, BodyError> {
        json::members(json).map_err(|_| BodyError::NotJsonObject)?;
        serde_json::from_slice(json).map(Self).map_err(|_| BodyError::NotJsonObject)
    }

    /// `null` is as good as absent; any other value of the wrong type is an error.
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

    /// An object inside.
    pub(crate) fn object(&self, name: &'static str) -> Result<Self, BodyError> {
        self.required(name, "an object").map(Self)
    }

    /// Whether there is a member for what went wrong, or one that is `false`, such as `{"success":false}`.
    pub(crate) fn report_an_error(&self) -> bool {
        let is_named = |name: &&str| self.value(name).is_some();
        MESSAGES.iter().chain(&["errors", "errorId"]).any(is_named) || self.0.values().any(|value| *value == false)
    }

    /// The text, to be compared with another: what is there but no text is empty, and so equals none.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.value(name).map(|value| value.as_str().unwrap_or_default())
    }

    fn value(&self, name: &str) -> Option<&Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }
}
