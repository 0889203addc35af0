//! What all tokens of one signer say, but for the caller's own claims.

use uuid::Uuid;

use crate::{
    error::ConfigError,
    id::{ApiKeyId, EnvironmentId, OrganizationId},
    token::{
        ascii_json,
        claims::{self, DEFAULT_AUDIENCE, DEFAULT_ISSUER},
        version::{IdForm, TokenVersion},
    },
};

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
