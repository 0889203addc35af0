//! What Quiltt tells of an API key: what a signer needs for its tokens.

use std::fmt;

use serde_json::{Map, Value};

use super::{error::BodyError, members::Members};
use crate::id::{ApiKeyId, EnvironmentId};

/// The API key that a [`QuilttAuth`](crate::QuilttAuth) calls with.
///
/// Its own id and that of its environment are what a [`SessionSigner`](crate::SessionSigner) puts into `cid` and `eid`.
///
/// # Examples
///
/// ```no_run
/// # use quiltt_session::*;
/// # async fn signer(auth: &QuilttAuth, secret: SigningSecret) -> Result<SessionSigner, Box<dyn std::error::Error>> {
/// let key = auth.api_key().await?;
/// Ok(SessionSigner::builder(secret).api_key(key.id()).environment(key.environment().id()).build()?)
/// # }
/// ```
#[derive(Clone, PartialEq)]
pub struct ApiKey {
    id: ApiKeyId,
    name: Option<String>,
    api_version: Option<String>,
    metadata: Option<Map<String, Value>>,
    environment: ApiKeyEnvironment,
}

impl ApiKey {
    /// The key's id; it is no secret.
    #[must_use]
    pub const fn id(&self) -> ApiKeyId {
        self.id
    }

    /// The name that the customer gave it.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// The version of Quiltt's API that it is pinned to; a number is given as text, for which of them it is, is not public.
    #[must_use]
    pub fn api_version(&self) -> Option<&str> {
        self.api_version.as_deref()
    }

    /// What the customer keeps with it.
    #[must_use]
    pub const fn metadata(&self) -> Option<&Map<String, Value>> {
        self.metadata.as_ref()
    }

    /// The environment that it belongs to.
    #[must_use]
    pub const fn environment(&self) -> &ApiKeyEnvironment {
        &self.environment
    }

    /// Reads what Quiltt answers, `{id,name,apiVersion,metadata,environment{…}}`, of which only the ids must be there:
    /// for tests, and for answers that were kept.
    ///
    /// # Errors
    ///
    /// No JSON object, no `id`, no `environment` with an `id`, or a wrong type.
    ///
    /// # Examples
    ///
    /// ```
    /// use quiltt_session::ApiKey;
    ///
    /// let key = ApiKey::from_json(br#"{"id":"api_10","environment":{"id":"env_10","mode":"SANDBOX"}}"#)?;
    /// assert_eq!(key.environment().mode(), Some("SANDBOX"));
    /// # Ok::<(), quiltt_session::BodyError>(())
    /// ```
    pub fn from_json(body: &[u8]) -> Result<Self, BodyError> {
        let members = Members::read(body)?;
        Ok(Self {
            id: members.required("id", "an API key id (api_1… or a UUID)")?,
            name: members.optional("name", "a string")?,
            api_version: version(&members)?,
            metadata: members.optional("metadata", "an object")?,
            environment: ApiKeyEnvironment::read(&members.object("environment")?)?,
        })
    }
}

/// Leaves the metadata out: what a customer keeps there is nobody else's to log.
impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiKey")
            .field("id", &self.id)
            .field("name", &self.name)
            .field("api_version", &self.api_version)
            .field("environment", &self.environment)
            .finish_non_exhaustive()
    }
}

/// The environment of an [`ApiKey`], such as a customer's sandbox.
///
/// # Examples
///
/// ```no_run
/// # use quiltt_session::*;
/// # async fn example(auth: &QuilttAuth) -> Result<(), RemoteError> {
/// let key = auth.api_key().await?;
/// let environment: &ApiKeyEnvironment = key.environment();
/// println!("environment {} ({})", environment.id(), environment.name().unwrap_or_default());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, PartialEq)]
pub struct ApiKeyEnvironment {
    id: EnvironmentId,
    mode: Option<String>,
    name: Option<String>,
    metadata: Option<Map<String, Value>>,
}

impl ApiKeyEnvironment {
    /// The environment's id: what a signer puts into `eid`, and what Quiltt's SDKs compare with theirs.
    #[must_use]
    pub const fn id(&self) -> EnvironmentId {
        self.id
    }

    /// What kind of environment it is: `TEST`, `SANDBOX` or `PRODUCTION` by the OpenAPI text (2026-04-01).
    #[must_use]
    pub fn mode(&self) -> Option<&str> {
        self.mode.as_deref()
    }

    /// The name that the customer gave it.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// What the customer keeps with it.
    #[must_use]
    pub const fn metadata(&self) -> Option<&Map<String, Value>> {
        self.metadata.as_ref()
    }

    fn read(members: &Members) -> Result<Self, BodyError> {
        Ok(Self {
            id: members.required("id", "an environment id (env_1… or a UUID)")?,
            mode: members.optional("mode", "a string")?,
            name: members.optional("name", "a string")?,
            metadata: members.optional("metadata", "an object")?,
        })
    }
}

/// Leaves the metadata out: what a customer keeps there is nobody else's to log.
impl fmt::Debug for ApiKeyEnvironment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiKeyEnvironment")
            .field("id", &self.id)
            .field("mode", &self.mode)
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

fn version(members: &Members) -> Result<Option<String>, BodyError> {
    const NAME: &str = "apiVersion";
    match members.optional(NAME, "a string or a number")? {
        None => Ok(None),
        Some(Value::String(version)) => Ok(Some(version)),
        Some(Value::Number(version)) => Ok(Some(version.to_string())),
        Some(_) => Err(BodyError::InvalidMember { name: NAME, expected: "a string or a number" }),
    }
}
