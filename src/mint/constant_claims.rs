//! What all tokens of one signer say, but for the caller's own claims.

use uuid::Uuid;

use super::validity::Validity;
use crate::{
    error::ConfigError,
    id::{ApiKeyId, EnvironmentId, OrganizationId, ProfileId, SessionId},
    token::{
        ascii_json,
        claims::{self, Claims, Custom, DEFAULT_AUDIENCE, DEFAULT_ISSUER},
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
    /// As JSON members with a comma before each, if all of them can go into a token.
    pub(crate) fn members(&self) -> Result<String, ConfigError> {
        claims::check_issuer_or_audience("iss", &self.issuer)?;
        claims::check_issuer_or_audience("aud", &self.audience)?;
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

    /// Those of one session with them.
    pub(crate) fn claims(&self, validity: Validity, profile: ProfileId, id: SessionId) -> Claims {
        Claims {
            version: self.version,
            not_before: validity.issued_at,
            issued_at: validity.issued_at,
            expires_at: validity.expires_at,
            id,
            issuer: self.issuer.clone().into(),
            audience: self.audience.clone().into(),
            user_id: Some(profile),
            api_key_id: self.api_key,
            organization_id: self.organization,
            environment_id: self.environment,
            custom: Custom::default(),
        }
    }
}
