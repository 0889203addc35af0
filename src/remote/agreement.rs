//! Whether an answer, its token and what was asked say the same.

use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use super::{members::Members, session::Disagreement};
use crate::{
    id::{EnvironmentId, ProfileId, SessionId},
    mint::session::Session,
    time::UnixTime,
    token::untrusted::UntrustedToken,
};

/// What was asked, as far as the answer should say the same.
#[derive(Clone, Copy, Default)]
pub(crate) struct Asked<'a> {
    pub(crate) token: Option<&'a str>,
    pub(crate) user_id: Option<ProfileId>,
}

/// All that contradicts `session`, which was read from `answer`.
pub(crate) fn check(session: &Session, answer: &Members, token: &TokenClaims, asked: Asked<'_>) -> Vec<Disagreement> {
    let is_user = |id: &str| id.parse() == Ok(session.user_id());
    let is_environment = |id: &str| session.environment_id().is_some_and(|same| id.parse() == Ok(same));
    let expires_at = session.expires_at();
    [
        (Disagreement::RequestedToken, asked.token.is_none_or(|asked| asked == session.token())),
        (Disagreement::RequestedUser, asked.user_id.is_none_or(|asked| asked == session.user_id())),
        (Disagreement::UnreadableToken, token.is_readable()),
        (Disagreement::Expiry, !token.is_readable() || token.expires_at() == Some(expires_at)),
        (Disagreement::User, token.user_id().is_none_or(is_user)),
        (Disagreement::Environment, token.text("eid").is_none_or(is_environment)),
        (Disagreement::SessionId, answer.text("id").is_none_or(|id| id.parse() == Ok(session.id()))),
        (Disagreement::UserUuid, answer.text("userUuid").is_none_or(is_user)),
        (Disagreement::ExpiresAt, answer.text("expiresAt").is_none_or(|time| moment(time) == Some(expires_at))),
    ]
    .into_iter()
    .filter_map(|(disagreement, agrees)| (!agrees).then_some(disagreement))
    .collect()
}

/// What a token says of itself. Nothing of it is trusted; it is only compared. Unlike [`crate::Claims`] it makes no
/// demands, so that a version of tokens to come is no reason to fail.
pub(crate) struct TokenClaims(Option<Members>);

impl TokenClaims {
    pub(crate) fn read(token: &str) -> Self {
        let token = UntrustedToken::parse(token).ok();
        let payload = token.as_ref().map(UntrustedToken::untrusted_payload_json);
        Self(payload.and_then(|json| Members::read(json).ok()))
    }

    pub(crate) fn session_id(&self) -> Option<SessionId> {
        self.text("jti")?.parse().ok()
    }

    pub(crate) fn environment_id(&self) -> Option<EnvironmentId> {
        self.text("eid")?.parse().ok()
    }

    const fn is_readable(&self) -> bool {
        self.0.is_some()
    }

    fn user_id(&self) -> Option<&str> {
        self.text("sub").or_else(|| self.text("uid"))
    }

    fn expires_at(&self) -> Option<UnixTime> {
        self.0.as_ref()?.optional("exp", "seconds").ok()?
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.0.as_ref()?.text(name)
    }
}

/// A time in ISO 8601 as RFC 3339 profiles it, rounded down to a second.
fn moment(text: &str) -> Option<UnixTime> {
    let time = OffsetDateTime::parse(text, &Rfc3339).ok()?;
    UnixTime::from_secs(u64::try_from(time.unix_timestamp()).ok()?).ok()
}
