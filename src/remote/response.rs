//! Reading what Quiltt answers: strict in the type of what is used, lenient in what is missing or new.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use super::{
    error::BodyError,
    session::{Disagreement, RemoteSession},
};
use crate::{
    id::{ProfileId, SessionId},
    session::{Details, Session, SessionFormat},
    strict_json,
    time::UnixTime,
    untrusted::UntrustedToken,
};

/// The members of an answer.
pub(crate) struct Members(Map<String, Value>);

impl Members {
    pub(crate) fn read(body: &[u8]) -> Result<Self, BodyError> {
        serde_json::from_slice(body).map(Self).map_err(|_| BodyError::NotJsonObject)
    }

    /// `null` is as good as absent; any other value of the wrong type is an error.
    pub(crate) fn optional<T: DeserializeOwned>(
        &self,
        name: &'static str,
        expected: &'static str,
    ) -> Result<Option<T>, BodyError> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(None),
            // Its own error could show the value.
            Some(value) => T::deserialize(value).map(Some).map_err(|_| BodyError::InvalidMember { name, expected }),
        }
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

    /// The value, unless it is absent or `null`.
    fn value(&self, name: &str) -> Option<&Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }
}

/// What was asked, as far as the answer should say the same.
#[derive(Clone, Copy, Default)]
pub(crate) struct Asked<'a> {
    pub(crate) token: Option<&'a str>,
    pub(crate) user_id: Option<ProfileId>,
}

/// Reads a session, in today's form or in that of 2021.
pub(crate) fn session(body: &[u8], asked: Asked<'_>) -> Result<RemoteSession, BodyError> {
    let members = Members::read(body)?;
    let token: String = match (members.optional("token", "a string")?, asked.token) {
        (Some(token), _) => token,
        (None, Some(token)) => token.to_owned(),
        (None, None) => return Err(BodyError::MissingMember("token")),
    };
    let claims = Claims::read(&token);
    let details = Details {
        id: match claims.session_id {
            Some(id) => id,
            None => members.required("id", "a hyphenated UUID")?,
        },
        user_id: members.required("userId", "a profile id (p_1… or a UUID)")?,
        expires_at: members.required("expiration", "an integer from 0 to 253402300799")?,
        environment_id: members
            .optional("environmentId", "an environment id (env_1… or a UUID)")?
            .or_else(|| claims.environment_id.as_deref()?.parse().ok()),
        format: format(&members),
    };
    let disagreements = disagreements(&members, &token, &details, &claims, asked);
    Ok(RemoteSession::new(Session::new(token, details), disagreements))
}

/// The form of the answer, so that a backend passes on what it would have passed on before.
fn format(members: &Members) -> SessionFormat {
    match members.value("userId").and_then(Value::as_str) {
        Some(id) if !id.starts_with(ProfileId::PREFIX) => SessionFormat::Legacy,
        _ => SessionFormat::Standard,
    }
}

/// What the token says of itself. Nothing of it is trusted; it is only compared. Unlike [`crate::Claims`] it makes no
/// demands, so that a version of tokens to come is no reason to fail.
#[derive(Default)]
struct Claims {
    readable: bool,
    session_id: Option<SessionId>,
    user_id: Option<String>,
    expires_at: Option<UnixTime>,
    environment_id: Option<String>,
}

impl Claims {
    fn read(token: &str) -> Self {
        Self::payload(token).map(|claims| Self::of(&claims)).unwrap_or_default()
    }

    fn payload(token: &str) -> Option<Members> {
        let token = UntrustedToken::parse(token).ok()?;
        let json = token.untrusted_payload_json();
        if !strict_json::names_are_unique(json) {
            return None;
        }
        Members::read(json).ok()
    }

    fn of(claims: &Members) -> Self {
        let text = |name| claims.value(name).map(|id| id.as_str().unwrap_or_default().to_owned());
        Self {
            readable: true,
            session_id: claims.optional("jti", "").ok().flatten(),
            user_id: text("sub").or_else(|| text("uid")),
            expires_at: claims.optional("exp", "").ok().flatten(),
            environment_id: text("eid"),
        }
    }
}

fn disagreements(
    members: &Members,
    token: &str,
    details: &Details,
    claims: &Claims,
    asked: Asked<'_>,
) -> Vec<Disagreement> {
    let text_is =
        |name, same: &dyn Fn(&str) -> bool| members.value(name).is_none_or(|value| value.as_str().is_some_and(same));
    let same_user = |id: &str| id.parse() == Ok(details.user_id);
    let same_environment = |id: &str| details.environment_id.is_some_and(|same| id.parse() == Ok(same));
    let claim_is = |claim: &Option<String>, same: &dyn Fn(&str) -> bool| claim.as_deref().is_none_or(same);
    [
        (Disagreement::RequestedToken, asked.token.is_none_or(|asked| asked == token)),
        (Disagreement::RequestedUser, asked.user_id.is_none_or(|asked| asked == details.user_id)),
        (Disagreement::UnreadableToken, claims.readable),
        (Disagreement::Expiry, !claims.readable || claims.expires_at == Some(details.expires_at)),
        (Disagreement::User, claim_is(&claims.user_id, &same_user)),
        (Disagreement::Environment, claim_is(&claims.environment_id, &same_environment)),
        (Disagreement::SessionId, text_is("id", &|id| id.parse() == Ok(details.id))),
        (Disagreement::UserUuid, text_is("userUuid", &same_user)),
        (Disagreement::ExpiresAt, text_is("expiresAt", &|time| moment(time) == Some(details.expires_at))),
    ]
    .into_iter()
    .filter_map(|(disagreement, agrees)| (!agrees).then_some(disagreement))
    .collect()
}

/// A time in ISO 8601 as RFC 3339 profiles it, rounded down to a second.
fn moment(text: &str) -> Option<UnixTime> {
    let time = OffsetDateTime::parse(text, &Rfc3339).ok()?;
    UnixTime::from_secs(u64::try_from(time.unix_timestamp()).ok()?).ok()
}
