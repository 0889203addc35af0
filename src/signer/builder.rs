//! The settings of a signer: everything that can be wrong with them is said when it is built.

use std::{borrow::Borrow, fmt, time::Duration};

use serde::Serialize;
use uuid::Uuid;

use super::SessionSigner;
use crate::{
    ascii_json,
    batch::{BatchLanes, LaneKey, Width},
    custom::CustomClaims,
    error::{ClaimError, ConfigError},
    id::{ApiKeyId, EnvironmentId, OrganizationId, SessionId},
    mac::Key,
    parties::{self, DEFAULT_AUDIENCE, DEFAULT_ISSUER},
    secret::SigningSecret,
    session::SessionFormat,
    stable_key::StableKey,
    template::Template,
    version::{IdForm, TokenVersion},
};

impl SessionSigner {
    /// Starts to build a signer. The secret may be given or lent; if given, it is wiped when the signer is built.
    ///
    /// # Examples
    ///
    /// ```
    /// # use quiltt_session::*;
    /// # let secret = SigningSecret::from_bytes("quiltt-session-demo-secret--never-use-in-production-0123456789ab")?;
    /// let signer = SessionSigner::builder(&secret).build()?;
    /// let verifier = SessionVerifier::builder(&secret).build()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn builder(secret: impl Borrow<SigningSecret>) -> SessionSignerBuilder {
        SessionSignerBuilder {
            key: Key::new(secret.borrow()),
            lane_key: LaneKey::new(secret.borrow()),
            stable_key: StableKey::new(secret.borrow()),
            lanes: BatchLanes::default(),
            version: TokenVersion::default(),
            api_key: None,
            organization: None,
            environment: None,
            ttl: DEFAULT_TTL,
            issuer: DEFAULT_ISSUER.to_owned(),
            audience: DEFAULT_AUDIENCE.to_owned(),
            format: SessionFormat::default(),
            claims: Ok(CustomClaims::default()),
        }
    }
}

/// Settings of a [`SessionSigner`].
///
/// Quiltt does not publish which claims it demands of a self-signed token. The defaults are what its own tokens look
/// like; confirm them when you get your secret.
#[must_use]
pub struct SessionSignerBuilder {
    key: Key,
    lane_key: LaneKey,
    stable_key: StableKey,
    lanes: BatchLanes,
    version: TokenVersion,
    api_key: Option<ApiKeyId>,
    organization: Option<OrganizationId>,
    environment: Option<EnvironmentId>,
    ttl: Duration,
    issuer: String,
    audience: String,
    format: SessionFormat,
    claims: Result<CustomClaims, ClaimError>,
}

impl SessionSignerBuilder {
    /// The version of the tokens: which claims carry the ids. [`TokenVersion::V6`] unless set.
    pub const fn version(mut self, version: TokenVersion) -> Self {
        self.version = version;
        self
    }

    /// The API key's id, in `cid`, `did` or `aid`. Left out unless set.
    pub const fn api_key(mut self, id: ApiKeyId) -> Self {
        self.api_key = Some(id);
        self
    }

    /// The organization's id, in `oid` (from version 4 on). Left out unless set.
    pub const fn organization(mut self, id: OrganizationId) -> Self {
        self.organization = Some(id);
        self
    }

    /// The environment's id, in `eid` (from version 4 on). Left out unless set. Quiltt's SDKs compare it with theirs.
    pub const fn environment(mut self, id: EnvironmentId) -> Self {
        self.environment = Some(id);
        self
    }

    /// How long a session lives: whole seconds from 1 to 2 147 483. A day unless set, as in Quiltt's tokens.
    pub const fn ttl(mut self, ttl: Duration) -> Self {
        self.ttl = ttl;
        self
    }

    /// The claim `iss`. `auth.quiltt.io` unless set.
    pub fn issuer(mut self, issuer: impl Into<String>) -> Self {
        self.issuer = issuer.into();
        self
    }

    /// The claim `aud`. `api.quiltt.io` unless set.
    pub fn audience(mut self, audience: impl Into<String>) -> Self {
        self.audience = audience.into();
        self
    }

    /// The JSON form of the sessions. [`SessionFormat::Standard`] unless set.
    pub const fn session_format(mut self, format: SessionFormat) -> Self {
        self.format = format;
        self
    }

    /// How many tokens of a batch to sign side by side, at most. As many as the processor can unless set.
    pub const fn batch_lanes(mut self, lanes: BatchLanes) -> Self {
        self.lanes = lanes;
        self
    }

    /// A claim of your own in every token. Text is escaped to ASCII, as Quiltt's JavaScript SDK needs it.
    ///
    /// # Examples
    ///
    /// ```
    /// # use quiltt_session::*;
    /// # let secret = SigningSecret::from_bytes("quiltt-session-demo-secret--never-use-in-production-0123456789ab")?;
    /// let signer = SessionSigner::builder(&secret).claim("region", "eu").claim("flags", [1, 2]).build()?;
    ///
    /// let error = SessionSigner::builder(&secret).claim("sub", "someone else").build().unwrap_err();
    /// assert_eq!(error.to_string(), "expected a name that Quiltt does not use, found the reserved \"sub\"");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn claim(mut self, name: &str, value: impl Serialize) -> Self {
        self.claims = self.claims.and_then(|mut claims| {
            claims.add(None, name, &value)?;
            Ok(claims)
        });
        self
    }

    /// Builds the signer.
    ///
    /// # Errors
    ///
    /// - a time to live of 0, 1.5 s or 30 days: not in whole seconds from 1 to 2 147 483;
    /// - an empty issuer or audience, or one above 256 bytes;
    /// - an organization or environment with version 1 or 2, which have no claim for it;
    /// - a custom claim with a reserved name, given twice, not JSON, or of more than 4096 bytes with the others.
    pub fn build(self) -> Result<SessionSigner, ConfigError> {
        check_ttl(self.ttl).map_err(|max| ConfigError::Ttl { found: self.ttl, max })?;
        parties::check("iss", &self.issuer)?;
        parties::check("aud", &self.audience)?;
        let mut members = self.members()?;
        let constant_claims = self.claims?;
        members.push_str(constant_claims.json());
        Ok(SessionSigner {
            template: Template::new(&self.key, self.version.layout(), &members),
            lane_key: self.lane_key,
            stable_key: self.stable_key,
            width: Width::detect(self.lanes),
            ttl: self.ttl,
            environment: self.environment,
            format: self.format,
            constant_claims,
            new_id: SessionId::random,
        })
    }

    /// The constant claims but the custom ones, as JSON members with a comma before each.
    fn members(&self) -> Result<String, ConfigError> {
        let layout = self.version.layout();
        let no_claim = |id| ConfigError::NoClaimFor { id, version: self.version.number() };
        let mut members = String::new();
        ascii_json::push_member(&mut members, "iss", &ascii_json::string(&self.issuer));
        ascii_json::push_member(&mut members, "aud", &ascii_json::string(&self.audience));
        ascii_json::push_member(&mut members, "ver", &self.version.number().to_string());
        let mut push_id = |name, uuid: Uuid, global: &str| {
            let id = match layout.form {
                IdForm::Uuid => ascii_json::string(&uuid.to_string()),
                IdForm::Global => ascii_json::string(global),
            };
            ascii_json::push_member(&mut members, name, &id);
        };
        if let Some(id) = self.api_key {
            push_id(layout.api_key, id.uuid(), &id.to_string());
        }
        if let Some(id) = self.organization {
            push_id(layout.organization.ok_or_else(|| no_claim("organization"))?, id.uuid(), &id.to_string());
        }
        if let Some(id) = self.environment {
            push_id(layout.environment.ok_or_else(|| no_claim("environment"))?, id.uuid(), &id.to_string());
        }
        Ok(members)
    }
}

impl fmt::Debug for SessionSignerBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionSignerBuilder")
            .field("version", &self.version)
            .field("api_key", &self.api_key)
            .field("organization", &self.organization)
            .field("environment", &self.environment)
            .field("ttl", &self.ttl)
            .field("issuer", &self.issuer)
            .field("audience", &self.audience)
            .field("format", &self.format)
            .finish_non_exhaustive()
    }
}

const DEFAULT_TTL: Duration = Duration::from_secs(86_400);
/// 2³¹ - 1 ms in seconds: a session that expires later overflows the timer of Quiltt's JavaScript SDK, which then
/// forgets it at once.
const MAX_TTL_SECS: u64 = 2_147_483;

/// On failure, the greatest time to live in seconds.
pub(super) const fn check_ttl(ttl: Duration) -> Result<(), u64> {
    match (ttl.as_secs(), ttl.subsec_nanos()) {
        (1..=MAX_TTL_SECS, 0) => Ok(()),
        _ => Err(MAX_TTL_SECS),
    }
}
