//! Reading what Quiltt answers: strict in the type of what is used, lenient in what is missing or new.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::{
    agreement::{self, Asked, TokenClaims},
    error::BodyError,
    session::RemoteSession,
};
use crate::{
    id::ProfileId,
    session::{Details, Session, SessionFormat},
};

/// Reads a session, in today's form or in that of 2021.
pub(crate) fn session(body: &[u8], asked: Asked<'_>) -> Result<RemoteSession, BodyError> {
    let members = Members::read(body)?;
    let token: String = match (members.optional("token", "a string")?, asked.token) {
        (Some(token), _) => token,
        (None, Some(token)) => token.to_owned(),
        (None, None) => return Err(BodyError::MissingMember("token")),
    };
    let claims = TokenClaims::read(&token);
    let details = Details {
        id: match claims.session_id() {
            Some(id) => id,
            None => members.required("id", "a hyphenated UUID")?,
        },
        user_id: members.required("userId", "a profile id (p_1… or a UUID)")?,
        expires_at: members.required("expiration", "an integer from 0 to 253402300799")?,
        environment_id: members
            .optional("environmentId", "an environment id (env_1… or a UUID)")?
            .or_else(|| claims.environment_id()),
        format: format(&members),
    };
    let session = Session::new(token, details);
    let disagreements = agreement::check(&session, &members, &claims, asked);
    Ok(RemoteSession::new(session, disagreements))
}

/// The form of the answer, so that a backend passes on what it would have passed on before.
fn format(members: &Members) -> SessionFormat {
    match members.text("userId") {
        Some(id) if !id.starts_with(ProfileId::PREFIX) => SessionFormat::Legacy,
        _ => SessionFormat::Standard,
    }
}

/// The members of a JSON object.
pub(crate) struct Members(Map<String, Value>);

impl Members {
    pub(crate) fn read(json: &[u8]) -> Result<Self, BodyError> {
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

    /// The text, to be compared with another: what is there but no text is empty, and so equals none.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.value(name).map(|value| value.as_str().unwrap_or_default())
    }

    fn value(&self, name: &str) -> Option<&Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }
}
