//! The API key as Quiltt describes it: the ids that a signer needs.

use std::fmt;

use serde_json::{Map, Value};

use super::members::{BodyError, Members};
use crate::id::{ApiKeyId, EnvironmentId};

/// The API key that a [`QuilttAuth`](crate::QuilttAuth) calls with.
///
/// A [`SessionSigner`](crate::SessionSigner) puts the key's id into `cid`, and the environment's id into `eid`.
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
#[derive(Clone, Debug, PartialEq)]
pub struct ApiKey {
    id: ApiKeyId,
    name: Option<String>,
    api_version: Option<String>,
    metadata: Option<Private>,
    environment: ApiKeyEnvironment,
}

impl ApiKey {
    /// The key's id, which is no secret.
    #[must_use]
    pub const fn id(&self) -> ApiKeyId {
        self.id
    }

    /// The name that the customer gave.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// The version of Quiltt's API that the key is pinned to, as text. Whether Quiltt sends a text or a number is not public.
    #[must_use]
    pub fn api_version(&self) -> Option<&str> {
        self.api_version.as_deref()
    }

    /// The customer's own data.
    #[must_use]
    pub fn metadata(&self) -> Option<&Map<String, Value>> {
        self.metadata.as_ref().map(|Private(metadata)| metadata)
    }

    /// The environment of the key.
    #[must_use]
    pub const fn environment(&self) -> &ApiKeyEnvironment {
        &self.environment
    }

    /// Reads an answer of Quiltt's, `{id,name,apiVersion,metadata,environment{…}}`, of which only the ids are required: for
    /// tests, and for answers that were kept.
    ///
    /// # Errors
    ///
    /// No JSON object, no `id`, no `environment` with an `id`, or a wrong type.
    pub fn from_json(body: &[u8]) -> Result<Self, BodyError> {
        let members = Members::read(body)?;
        Ok(Self {
            id: members.required("id", "an API key id (api_1… or a UUID)")?,
            name: members.optional("name", "a string")?,
            api_version: version(&members)?,
            metadata: members.optional("metadata", "an object")?.map(Private),
            environment: ApiKeyEnvironment::read(&members.object("environment")?)?,
        })
    }
}

/// The environment of an [`ApiKey`], such as a customer's sandbox.
#[derive(Clone, Debug, PartialEq)]
pub struct ApiKeyEnvironment {
    id: EnvironmentId,
    mode: Option<String>,
    name: Option<String>,
    metadata: Option<Private>,
}

impl ApiKeyEnvironment {
    /// The environment's id: a signer puts it into `eid`, and Quiltt's SDKs compare it with theirs.
    #[must_use]
    pub const fn id(&self) -> EnvironmentId {
        self.id
    }

    /// The kind of environment: `TEST`, `SANDBOX` or `PRODUCTION` by the OpenAPI text (2026-04-01).
    #[must_use]
    pub fn mode(&self) -> Option<&str> {
        self.mode.as_deref()
    }

    /// The name that the customer gave.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// The customer's own data.
    #[must_use]
    pub fn metadata(&self) -> Option<&Map<String, Value>> {
        self.metadata.as_ref().map(|Private(metadata)| metadata)
    }

    fn read(members: &Members) -> Result<Self, BodyError> {
        Ok(Self {
            id: members.required("id", "an environment id (env_1… or a UUID)")?,
            mode: members.optional("mode", "a string")?,
            name: members.optional("name", "a string")?,
            metadata: members.optional("metadata", "an object")?.map(Private),
        })
    }
}

/// Metadata. `Debug` hides it: a customer's data belongs in no log.
#[derive(Clone, PartialEq)]
struct Private(Map<String, Value>);

impl fmt::Debug for Private {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} keys", self.0.len())
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
