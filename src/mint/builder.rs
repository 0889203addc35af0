//! The settings of a signer: everything that can be wrong with them is said when it is built.

use std::{borrow::Borrow, fmt, time::Duration};

use serde::Serialize;
use uuid::Uuid;

use super::{self_test, session::SessionFormat, signer::SessionSigner, template::Template, validity::check_ttl};
use crate::{
    crypto::{
        hmac::Key,
        stable_key::StableKey,
        width::{BatchLanes, Width},
    },
    error::{ClaimError, ConfigError},
    id::{ApiKeyId, EnvironmentId, OrganizationId},
    secret::SigningSecret,
    token::{
        ascii_json,
        claims::{self, DEFAULT_AUDIENCE, DEFAULT_ISSUER},
        custom_claims::CustomClaims,
        version::{IdForm, TokenVersion},
    },
};

impl SessionSigner {
    /// Starts to build a signer. The secret may be given or lent; if given, it is wiped when the signer is built.
    pub fn builder(secret: impl Borrow<SigningSecret>) -> SessionSignerBuilder {
        SessionSignerBuilder {
            key: Key::new(secret.borrow()),
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
///
/// # Examples
///
/// ```
/// # use quiltt_session::*;
/// # let secret = SigningSecret::demo();
/// let signer = SessionSigner::builder(&secret)
///     .version(TokenVersion::V4)
///     .api_key("api_11gKT7OFCTrIx1YA3M0zfS5".parse()?)
///     .environment("env_1Bx4omNvZgKao2OqGshImD".parse()?)
///     .build()?;
/// let session = signer.mint(ProfileId::random()?)?;
/// let claims = UntrustedToken::parse(session.token())?.untrusted_claims()?;
/// assert_eq!(claims.api_key_id(), Some("api_11gKT7OFCTrIx1YA3M0zfS5".parse()?));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub struct SessionSignerBuilder {
    key: Key,
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

    /// The API key's id, in `cid`, `did` or `aid` as the version has it. Left out unless set.
    ///
    /// It is no secret. With the feature `remote`, `QuilttAuth::api_key` tells it.
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
    ///
    /// The timer of Quiltt's JavaScript SDK counts milliseconds in 31 bits; a session beyond that it forgets at once.
    pub const fn ttl(mut self, ttl: Duration) -> Self {
        self.ttl = ttl;
        self
    }

    /// The claim `iss`. `auth.quiltt.io` unless set, as in Quiltt's tokens.
    ///
    /// It has 1 to 256 bytes as it stands in a token, where a character that has to be escaped takes 2, 6 or 12.
    pub fn issuer(mut self, issuer: impl Into<String>) -> Self {
        self.issuer = issuer.into();
        self
    }

    /// The claim `aud`, with the same limits as [`issuer`](Self::issuer). `api.quiltt.io` unless set, as in Quiltt's
    /// tokens.
    pub fn audience(mut self, audience: impl Into<String>) -> Self {
        self.audience = audience.into();
        self
    }

    /// The JSON form of the sessions; the tokens are the same. [`SessionFormat::Standard`] unless set.
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
    /// # let secret = SigningSecret::demo();
    /// let signer = SessionSigner::builder(&secret).claim("region", "eu").claim("flags", [1, 2]).build()?;
    /// let session = signer.mint(ProfileId::random()?)?;
    /// let claims = UntrustedToken::parse(session.token())?.untrusted_claims()?;
    /// assert_eq!(claims.custom("flags"), Some(&[1, 2].into()));
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
    /// - a custom claim with a reserved name, given twice, not JSON, or of more than 4096 bytes with the others;
    /// - vector code that signs a known group otherwise than plain code does.
    pub fn build(self) -> Result<SessionSigner, ConfigError> {
        check_ttl(self.ttl).map_err(|max| ConfigError::Ttl { found: self.ttl, max })?;
        claims::check_issuer_or_audience("iss", &self.issuer)?;
        claims::check_issuer_or_audience("aud", &self.audience)?;
        let mut members = self.members()?;
        let constant_claims = self.claims?;
        members.push_str(constant_claims.json());
        // Each member comes with a comma before it, and there is at least the issuer's.
        let (_, members) = members.split_at(1);
        let stable_key = StableKey::new(&self.key, self.ttl, Duration::ZERO, &format!("{{{members}}}"));
        let template = Template::new(self.key, Width::detect(self.lanes), self.version.layout(), members);
        if !self_test::passes(&template) {
            return Err(ConfigError::SelfTest);
        }
        Ok(SessionSigner {
            template,
            stable_key,
            ttl: self.ttl,
            environment: self.environment,
            format: self.format,
            constant_claims,
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
