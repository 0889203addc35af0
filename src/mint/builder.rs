//! The settings of a signer: everything that can be wrong with them is said when it is built.

use std::{borrow::Borrow, fmt, time::Duration};

use serde::Serialize;

use super::{
    constant_claims::ConstantClaims,
    payload_order::PayloadOrder,
    self_test,
    session::SessionFormat,
    signer::SessionSigner,
    template::Template,
    validity::{check_backdating, check_ttl},
    wide::BatchLanes,
};
use crate::{
    crypto::{Key, description::Crypto, stable_key::StableKey},
    error::{ClaimError, ConfigError},
    id::{ApiKeyId, EnvironmentId, OrganizationId},
    secret::SigningSecret,
    token::{custom_claims::CustomClaims, header::Header, version::TokenVersion},
};

impl SessionSigner {
    /// Starts to build a signer. The secret may be given or lent; if given, it is wiped when the signer is built.
    pub fn builder(secret: impl Borrow<SigningSecret>) -> SessionSignerBuilder {
        SessionSignerBuilder {
            key: Key::new(secret.borrow()),
            lanes: BatchLanes::default(),
            constant: ConstantClaims::default(),
            custom: Ok(CustomClaims::default()),
            ttl: DEFAULT_TTL,
            backdating: Duration::ZERO,
            header: Header::default(),
            payload: PayloadOrder::default(),
            format: SessionFormat::default(),
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
    constant: ConstantClaims,
    custom: Result<CustomClaims, ClaimError>,
    ttl: Duration,
    backdating: Duration,
    header: Header,
    payload: PayloadOrder,
    format: SessionFormat,
}

impl SessionSignerBuilder {
    /// The version of the tokens: which claims carry the ids. [`TokenVersion::V6`] unless set.
    pub const fn version(mut self, version: TokenVersion) -> Self {
        self.constant.version = version;
        self
    }

    /// The API key's id, in `cid`, `did` or `aid` as the version has it. Left out unless set.
    ///
    /// It is no secret. With the feature `remote`, `QuilttAuth::api_key` tells it.
    pub const fn api_key(mut self, id: ApiKeyId) -> Self {
        self.constant.api_key = Some(id);
        self
    }

    /// The organization's id, in `oid` (from version 4 on). Left out unless set.
    pub const fn organization(mut self, id: OrganizationId) -> Self {
        self.constant.organization = Some(id);
        self
    }

    /// The environment's id, in `eid` (from version 4 on). Left out unless set. Quiltt's SDKs compare it with theirs.
    pub const fn environment(mut self, id: EnvironmentId) -> Self {
        self.constant.environment = Some(id);
        self
    }

    /// How long a session lives: whole seconds from 1 to 2 146 883. A day unless set, as in Quiltt's tokens.
    ///
    /// The timer of Quiltt's JavaScript SDK counts milliseconds in 31 bits; a session beyond that it forgets at once.
    pub const fn ttl(mut self, ttl: Duration) -> Self {
        self.ttl = ttl;
        self
    }

    /// How long before it is minted a session begins: `nbf` and `iat` are that much earlier, `exp` is not. Whole seconds from
    /// 0 to 600; none unless set.
    ///
    /// A token of a clock that is a second ahead of its verifier's is refused as not yet valid, unless that verifier grants
    /// leeway. Whether Quiltt does is not public; half a minute covers the clocks of most machines.
    pub const fn backdate(mut self, by: Duration) -> Self {
        self.backdating = by;
        self
    }

    /// The order of a token's claims. [`PayloadOrder::Aligned`] unless set.
    pub const fn payload(mut self, order: PayloadOrder) -> Self {
        self.payload = order;
        self
    }

    /// Writes `"typ":"JWT"` into the header, for readers that demand it: Quiltt's own tokens have no `typ`, and nor do these
    /// unless told so. RFC 7519 §5.1 leaves it out at will.
    ///
    /// Stable sessions keep their ids, though their tokens differ as strings.
    pub const fn header_type(mut self) -> Self {
        self.header = Header::Typed;
        self
    }

    /// The claim `iss`. `auth.quiltt.io` unless set, as in Quiltt's tokens.
    ///
    /// It has 1 to 256 bytes as it stands in a token, where a character that has to be escaped takes 2, 6 or 12.
    pub fn issuer(mut self, issuer: impl Into<String>) -> Self {
        self.constant.issuer = issuer.into();
        self
    }

    /// The claim `aud`, with the same limits as [`issuer`](Self::issuer). `api.quiltt.io` unless set, as in Quiltt's
    /// tokens.
    pub fn audience(mut self, audience: impl Into<String>) -> Self {
        self.constant.audience = audience.into();
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
    /// Integers beyond ±(2^53 − 1) and U+0000 are refused, since readers round the one, and some refuse the token for the
    /// other: give such numbers as text. What your own `serde_json::Value` has rounded already cannot be seen.
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
        self.custom = self.custom.and_then(|mut claims| {
            claims.add(None, name, &value)?;
            Ok(claims)
        });
        self
    }

    /// Builds the signer.
    ///
    /// # Errors
    ///
    /// - a time to live of 0, 1.5 s or 30 days: not in whole seconds from 1 to 2 146 883;
    /// - sessions backdated by 0.5 s or 601 s;
    /// - an empty issuer or audience, or one above 256 bytes;
    /// - an organization or environment with version 1 or 2, which have no claim for it;
    /// - [`SessionFormat::Api`] without an environment;
    /// - a custom claim with a reserved name, given twice, not JSON, or of more than 4096 bytes with the others;
    /// - vector code that signs a known group otherwise than plain code does;
    /// - with the feature `fips`, an AWS-LC that is not its FIPS module.
    pub fn build(self) -> Result<SessionSigner, ConfigError> {
        Crypto::checked()?;
        check_ttl(self.ttl).map_err(|max| ConfigError::Ttl { found: self.ttl, max })?;
        check_backdating(self.backdating)?;
        let mut members = self.constant.members()?;
        if self.format == SessionFormat::Api && self.constant.environment.is_none() {
            return Err(ConfigError::NoEnvironment);
        }
        let custom = self.custom?;
        members.custom.push_str(custom.json());
        let claims = format!("{{{}}}", members.joined());
        let stable_key = StableKey::new(&self.key, self.ttl, self.backdating, &claims);
        let layout = self.constant.version.layout();
        let template = Template::new(self.key, self.lanes, self.header, self.payload, layout, &members);
        if !self_test::passes(&template) {
            return Err(ConfigError::SelfTest);
        }
        Ok(SessionSigner {
            template,
            stable_key,
            constant: self.constant,
            custom,
            ttl: self.ttl,
            backdating: self.backdating,
            format: self.format,
        })
    }
}

impl fmt::Debug for SessionSignerBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionSignerBuilder")
            .field("version", &self.constant.version)
            .field("api_key", &self.constant.api_key)
            .field("organization", &self.constant.organization)
            .field("environment", &self.constant.environment)
            .field("ttl", &self.ttl)
            .field("backdating", &self.backdating)
            .field("issuer", &self.constant.issuer)
            .field("audience", &self.constant.audience)
            .field("header", &self.header)
            .field("payload", &self.payload)
            .field("format", &self.format)
            .finish_non_exhaustive()
    }
}

const DEFAULT_TTL: Duration = Duration::from_secs(86_400);
