//! What a payload says: its order, the claims that all tokens of one signer share, and its times.

use std::time::Duration;

use uuid::Uuid;

use crate::{
    error::{ConfigError, MintError},
    id::{ApiKeyId, EnvironmentId, OrganizationId},
    time::{TimeError, UnixTime},
    token::{
        ascii_json,
        claims::{self, DEFAULT_AUDIENCE, DEFAULT_ISSUER},
        version::{IdForm, TokenVersion},
    },
};

/// Which order the claims of a payload have, and whether spaces stand before them.
///
/// To whoever reads JSON both are the same (RFC 8259 §2, §4), so every JWT library takes both. Quiltt publishes no rule for
/// self-signed tokens; where one is refused and you hunt for the reason, or where yours should look like Quiltt's, take
/// `AsIssued`.
///
/// # Examples
///
/// ```
/// # use quiltt_session::*;
/// # let secret = SigningSecret::demo();
/// let signer = SessionSigner::builder(&secret).payload(PayloadOrder::AsIssued).build()?;
/// let session = signer.mint(ProfileId::random()?)?;
/// let token = UntrustedToken::parse(session.token())?;
/// let claims = token.untrusted_claims()?;
/// assert_eq!(token.untrusted_payload_json(), serde_json::to_vec(&claims)?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum PayloadOrder {
    /// What changes least comes first, behind as many spaces as let a mint cost two compressions of SHA-512. A token with
    /// all ids is 70 characters longer than `AsIssued`, which takes five (the bench `as_issued/into`).
    #[default]
    Aligned,
    /// As [`Claims`](crate::Claims) serialises: the order observed in Quiltt's tokens, without spaces. Claims of your own come
    /// last, as their JSON was given.
    AsIssued,
}

/// What all tokens of one signer say, but for the caller's own claims.
#[derive(Clone)]
pub(crate) struct ConstantClaims {
    pub(crate) version: TokenVersion,
    pub(crate) issuer: String,
    pub(crate) audience: String,
    pub(crate) api_key: Option<ApiKeyId>,
    pub(crate) organization: Option<OrganizationId>,
    pub(crate) environment: Option<EnvironmentId>,
}

impl Default for ConstantClaims {
    fn default() -> Self {
        Self {
            version: TokenVersion::default(),
            issuer: DEFAULT_ISSUER.to_owned(),
            audience: DEFAULT_AUDIENCE.to_owned(),
            api_key: None,
            organization: None,
            environment: None,
        }
    }
}

impl ConstantClaims {
    /// As JSON members, if all of them can go into a token.
    pub(crate) fn members(&self) -> Result<Members, ConfigError> {
        claims::check_issuer_or_audience("iss", &self.issuer)?;
        claims::check_issuer_or_audience("aud", &self.audience)?;
        let layout = self.version.layout();
        let no_claim = |id| ConfigError::NoClaimFor { id, version: self.version.number() };
        let mut members = Members::default();
        ascii_json::push_member(&mut members.parties, "iss", &ascii_json::string(&self.issuer));
        ascii_json::push_member(&mut members.parties, "aud", &ascii_json::string(&self.audience));
        ascii_json::push_member(&mut members.version, "ver", &self.version.number().to_string());
        let push_id = |members: &mut String, name, uuid: Uuid, global: &str| {
            let id = match layout.form {
                IdForm::Uuid => ascii_json::string(&uuid.to_string()),
                IdForm::Global => ascii_json::string(global),
            };
            ascii_json::push_member(members, name, &id);
        };
        if let Some(id) = self.api_key {
            push_id(&mut members.api_key, layout.api_key, id.uuid(), &id.to_string());
        }
        if let Some(id) = self.organization {
            let name = layout.organization.ok_or_else(|| no_claim("organization"))?;
            push_id(&mut members.scope, name, id.uuid(), &id.to_string());
        }
        if let Some(id) = self.environment {
            let name = layout.environment.ok_or_else(|| no_claim("environment"))?;
            push_id(&mut members.scope, name, id.uuid(), &id.to_string());
        }
        Ok(members)
    }
}

/// The constant claims in JSON, a comma before each, in groups that no order of a payload tears apart.
#[derive(Default)]
pub(crate) struct Members {
    /// Issuer and audience.
    pub(crate) parties: String,
    pub(crate) version: String,
    pub(crate) api_key: String,
    /// Organization and environment.
    pub(crate) scope: String,
    /// The caller's own.
    pub(crate) custom: String,
}

impl Members {
    /// All of them in the order of aligned payloads, with commas between.
    pub(crate) fn joined(&self) -> String {
        let Self { parties, version, api_key, scope, custom } = self;
        let members = [parties.as_str(), version, api_key, scope, custom].concat();
        // There is at least the issuer's.
        let (_, members) = members.split_at(1);
        members.to_owned()
    }
}

/// From when until when a session is valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Validity {
    pub(crate) issued_at: UnixTime,
    pub(crate) expires_at: UnixTime,
}

impl Validity {
    /// From `backdating` before `now` until `ttl` after it.
    pub(crate) fn new(now: UnixTime, ttl: Duration, backdating: Duration) -> Result<Self, MintError> {
        let issued_at = now.checked_sub(backdating).ok_or(TimeError::BeforeEpoch)?;
        let expires_at = now.checked_add(ttl).ok_or(MintError::ExpiryTooLate)?;
        Ok(Self { issued_at, expires_at })
    }
}

/// 2³¹ - 1 ms in seconds, less what a client's clock may be behind: a session that expires later overflows the timer of
/// Quiltt's JavaScript SDK, which then forgets it at once.
const MAX_TTL_SECS: u64 = 2_147_483 - MAX_CLOCK_DIFFERENCE_SECS;

/// On failure, the greatest time to live in seconds.
pub(crate) const fn check_ttl(ttl: Duration) -> Result<(), u64> {
    match (ttl.as_secs(), ttl.subsec_nanos()) {
        (1..=MAX_TTL_SECS, 0) => Ok(()),
        _ => Err(MAX_TTL_SECS),
    }
}

/// More than any clock that is set by NTP is off; the verifiers' greatest leeway too.
const MAX_CLOCK_DIFFERENCE_SECS: u64 = 600;
const MAX_BACKDATING: Duration = Duration::from_secs(MAX_CLOCK_DIFFERENCE_SECS);

pub(crate) fn check_backdating(backdating: Duration) -> Result<(), ConfigError> {
    if backdating > MAX_BACKDATING || backdating.subsec_nanos() != 0 {
        return Err(ConfigError::Backdating { found: backdating, max: MAX_BACKDATING.as_secs() });
    }
    Ok(())
}
