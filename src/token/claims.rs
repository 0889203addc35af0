//! The claims of a session, read strictly and written as Quiltt writes them.

use std::fmt;

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{self, DeserializeSeed, MapAccess, Visitor},
    ser::SerializeMap,
};
use serde_json::Value;
use uuid::Uuid;

use super::{
    ascii_json,
    strict_json::{self, Name},
    version::{IdForm, Layout, TokenVersion},
};
use crate::{
    error::{ConfigError, ParseIdError, ParseTokenError, Segment},
    id::{ApiKeyId, EnvironmentId, OrganizationId, ProfileId, SessionId},
    time::UnixTime,
};

/// The claims of one session token, typed.
///
/// Serialising writes them in the order in which Quiltt issues them, so a published payload comes back byte for byte;
/// custom claims follow in the order in which they were read. Reading is strict: all of `nbf`, `iat`, `jti`, `iss`,
/// `aud`, `exp` and `ver` must be there, the ids are those of the version, a wrong type is an error and never 'absent',
/// and no name comes twice.
///
/// # Examples
///
/// ```
/// use quiltt_session::{Claims, TokenVersion};
///
/// let payload = r#"{"nbf":1671822912,"iat":1671822912,"jti":"4551ca49-c002-4d9b-92ec-465018e28fdc","iss":"auth.quiltt.io","aud":"api.quiltt.io","exp":1671909312,"ver":2,"did":"api_17NOEwVGcvyOqplnQdD27gY","uid":"p_11ewrVkEnd7LIvSVAmt8XL5"}"#;
/// let claims: Claims = serde_json::from_str(payload)?;
/// assert_eq!(claims.version(), TokenVersion::V2);
/// assert_eq!(claims.expires_at().to_string(), "2022-12-24T19:15:12Z");
/// assert_eq!(serde_json::to_string(&claims)?, payload);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Claims {
    version: TokenVersion,
    not_before: UnixTime,
    issued_at: UnixTime,
    expires_at: UnixTime,
    id: SessionId,
    issuer: String,
    audience: String,
    user_id: Option<ProfileId>,
    api_key_id: Option<ApiKeyId>,
    organization_id: Option<OrganizationId>,
    environment_id: Option<EnvironmentId>,
    custom: Vec<(String, Value)>,
}

impl Claims {
    /// `ver`, a number: which claims carry the ids. It is Quiltt's own claim, not one of RFC 7519.
    #[must_use]
    pub const fn version(&self) -> TokenVersion {
        self.version
    }

    /// `nbf`: not valid before this second (RFC 7519 §4.1.5). The same as `iat` in Quiltt's tokens.
    #[must_use]
    pub const fn not_before(&self) -> UnixTime {
        self.not_before
    }

    /// `iat`: issued at this second (RFC 7519 §4.1.6).
    #[must_use]
    pub const fn issued_at(&self) -> UnixTime {
        self.issued_at
    }

    /// `exp`: not valid from this second on (RFC 7519 §4.1.4). A day after `iat` in Quiltt's tokens.
    #[must_use]
    pub const fn expires_at(&self) -> UnixTime {
        self.expires_at
    }

    /// `jti`: the session's id (RFC 7519 §4.1.7). A UUID of version 4 in Quiltt's tokens.
    #[must_use]
    pub const fn id(&self) -> SessionId {
        self.id
    }

    /// `iss`: who issued the token (RFC 7519 §4.1.1). `auth.quiltt.io` in Quiltt's tokens.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// `aud`: whom the token is for (RFC 7519 §4.1.3). One string, `api.quiltt.io` in Quiltt's; a list is refused.
    #[must_use]
    pub fn audience(&self) -> &str {
        &self.audience
    }

    /// `sub` (RFC 7519 §4.1.2) or, in versions 1 and 2, `uid`: the user. Some of version 2 were issued without.
    #[must_use]
    pub const fn user_id(&self) -> Option<ProfileId> {
        self.user_id
    }

    /// `cid`, in versions 2 and 4 `did`, in version 1 `aid`: the API key (in version 1 the app).
    #[must_use]
    pub const fn api_key_id(&self) -> Option<ApiKeyId> {
        self.api_key_id
    }

    /// `oid`, from version 4 on: the organization.
    #[must_use]
    pub const fn organization_id(&self) -> Option<OrganizationId> {
        self.organization_id
    }

    /// `eid`, from version 4 on: the environment, which Quiltt's SDKs compare with the one that they are set to.
    #[must_use]
    pub const fn environment_id(&self) -> Option<EnvironmentId> {
        self.environment_id
    }

    /// The value of a claim that Quiltt gives no meaning; `None` for those that it does.
    #[must_use]
    pub fn custom(&self, name: &str) -> Option<&Value> {
        self.custom_claims().find(|(other, _)| *other == name).map(|(_, value)| value)
    }

    /// All claims that Quiltt gives no meaning, in the order of the token.
    pub fn custom_claims(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.custom.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// Reads a payload, repeated names at any depth refused.
    pub(crate) fn from_json(payload: &[u8]) -> Result<Self, ParseTokenError> {
        const NOT_AN_OBJECT: ParseTokenError = ParseTokenError::NotJsonObject(Segment::Payload);

        // Checked once and as a whole, UTF-8 costs a fraction of what serde_json pays to check each string.
        let text = str::from_utf8(payload).map_err(|_| NOT_AN_OBJECT)?;
        let mut wrong_claim = None;
        let mut deserializer = serde_json::Deserializer::from_str(text);
        let members = Reader { wrong_claim: &mut wrong_claim, payload }
            .deserialize(&mut deserializer)
            .and_then(|members| deserializer.end().map(|()| members));
        match members {
            Ok(members) => members.typed(),
            // A wrong claim is the answer only if the whole payload is JSON: what is behind it was not read yet.
            Err(error) if error.is_data() && strict_json::names_are_unique(payload) => {
                Err(wrong_claim.unwrap_or(NOT_AN_OBJECT))
            }
            Err(_) => Err(NOT_AN_OBJECT),
        }
    }
}

impl Serialize for Claims {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let layout = self.version.layout();
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("nbf", &self.not_before)?;
        map.serialize_entry("iat", &self.issued_at)?;
        map.serialize_entry("jti", &self.id)?;
        map.serialize_entry("iss", &self.issuer)?;
        map.serialize_entry("aud", &self.audience)?;
        map.serialize_entry("exp", &self.expires_at)?;
        map.serialize_entry("ver", &self.version)?;
        let profile_first = layout.profile == "sub";
        if profile_first {
            serialize_id(&mut map, layout.profile, layout.form, self.user_id)?;
        }
        serialize_id(&mut map, layout.api_key, layout.form, self.api_key_id)?;
        if !profile_first {
            serialize_id(&mut map, layout.profile, layout.form, self.user_id)?;
        }
        for (name, id) in [
            (layout.organization, self.organization_id.map(|id| id.to_string())),
            (layout.environment, self.environment_id.map(|id| id.to_string())),
        ] {
            if let (Some(name), Some(id)) = (name, id) {
                map.serialize_entry(name, &id)?;
            }
        }
        for (name, value) in &self.custom {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

fn serialize_id<M: SerializeMap, I: Serialize + Into<Uuid>>(
    map: &mut M,
    name: &str,
    form: IdForm,
    id: Option<I>,
) -> Result<(), M::Error> {
    match (id, form) {
        (None, _) => Ok(()),
        (Some(id), IdForm::Global) => map.serialize_entry(name, &id),
        (Some(id), IdForm::Uuid) => map.serialize_entry(name, &SessionId::from_uuid(id.into())),
    }
}

impl<'de> Deserialize<'de> for Claims {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Reader { wrong_claim: &mut None, payload: &[] }.deserialize(deserializer)?.typed().map_err(de::Error::custom)
    }
}

/// The members of a payload, each of the right JSON type; what the ids mean depends on `ver`, which may come last.
#[derive(Default)]
struct Members<'de> {
    not_before: Option<UnixTime>,
    issued_at: Option<UnixTime>,
    expires_at: Option<UnixTime>,
    id: Option<SessionId>,
    issuer: Option<String>,
    audience: Option<String>,
    version: Option<u64>,
    ids: [Option<Name<'de>>; ID_CLAIMS.len()],
    custom: Vec<(String, Value)>,
}

/// Every claim that carries an id in some version.
const ID_CLAIMS: [&str; 7] = ["aid", "uid", "did", "cid", "sub", "oid", "eid"];

/// Whether some version of Quiltt's tokens gives `name` a meaning.
pub(crate) fn is_reserved(name: &str) -> bool {
    matches!(name, "nbf" | "iat" | "jti" | "iss" | "aud" | "exp" | "ver") || ID_CLAIMS.contains(&name)
}

impl Members<'_> {
    fn typed(mut self) -> Result<Claims, ParseTokenError> {
        let version = TokenVersion::from_number(self.version.ok_or(ParseTokenError::MissingClaim("ver"))?)
            .ok_or(ParseTokenError::InvalidClaim { name: "ver", expected: "one of 1, 2, 4 and 6" })?;
        let layout = version.layout();
        let claims = Claims {
            version,
            user_id: self.id(Some(layout.profile), layout, ProfileId::parse_global, ProfileId::parse_bare)?,
            api_key_id: self.id(Some(layout.api_key), layout, ApiKeyId::parse_global, ApiKeyId::parse_bare)?,
            organization_id: self.id(
                layout.organization,
                layout,
                OrganizationId::parse_global,
                OrganizationId::parse_bare,
            )?,
            environment_id: self.id(
                layout.environment,
                layout,
                EnvironmentId::parse_global,
                EnvironmentId::parse_bare,
            )?,
            not_before: self.not_before.ok_or(ParseTokenError::MissingClaim("nbf"))?,
            issued_at: self.issued_at.ok_or(ParseTokenError::MissingClaim("iat"))?,
            expires_at: self.expires_at.ok_or(ParseTokenError::MissingClaim("exp"))?,
            id: self.id.ok_or(ParseTokenError::MissingClaim("jti"))?,
            issuer: self.issuer.take().ok_or(ParseTokenError::MissingClaim("iss"))?,
            audience: self.audience.take().ok_or(ParseTokenError::MissingClaim("aud"))?,
            custom: std::mem::take(&mut self.custom),
        };
        match ID_CLAIMS.iter().zip(&self.ids).find(|(_, left)| left.is_some()) {
            Some((name, _)) => Err(ParseTokenError::UnexpectedClaim(name)),
            None => Ok(claims),
        }
    }

    /// Takes the id out of the claim `name`, in the form that the version uses.
    fn id<I>(
        &mut self,
        name: Option<&'static str>,
        layout: &Layout,
        global: fn(&str) -> Result<I, ParseIdError>,
        bare: fn(&str) -> Result<I, ParseIdError>,
    ) -> Result<Option<I>, ParseTokenError> {
        let Some(name) = name else { return Ok(None) };
        let slot = ID_CLAIMS.iter().zip(&mut self.ids).find(|(other, _)| **other == name);
        let Some(Name(text)) = slot.and_then(|(_, id)| id.take()) else { return Ok(None) };
        let (parse, expected) = match layout.form {
            IdForm::Global => (global, "a global id of the right kind"),
            IdForm::Uuid => (bare, "a hyphenated UUID"),
        };
        parse(&text).map(Some).map_err(|_| ParseTokenError::InvalidClaim { name, expected })
    }
}

/// Reads [`Members`].
struct Reader<'r> {
    /// Which claim was of the wrong type: serde's own errors cannot carry it.
    wrong_claim: &'r mut Option<ParseTokenError>,
    /// All that is read, as far as that is known.
    payload: &'r [u8],
}

impl<'de> DeserializeSeed<'de> for Reader<'_> {
    type Value = Members<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Members<'de>, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Reader<'_> {
    type Value = Members<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object of claims")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<Members<'de>, A::Error> {
        const SECONDS: &str = "an integer from 0 to 253402300799";
        let mut members = Members::default();
        while let Some(Name(name)) = map.next_key()? {
            match &*name {
                "nbf" => self.read(&mut map, &mut members.not_before, "nbf", SECONDS)?,
                "iat" => self.read(&mut map, &mut members.issued_at, "iat", SECONDS)?,
                "exp" => self.read(&mut map, &mut members.expires_at, "exp", SECONDS)?,
                "jti" => self.read(&mut map, &mut members.id, "jti", "a hyphenated UUID")?,
                "iss" => self.read(&mut map, &mut members.issuer, "iss", "a string")?,
                "aud" => self.read(&mut map, &mut members.audience, "aud", "a string")?,
                "ver" => self.read(&mut map, &mut members.version, "ver", "one of 1, 2, 4 and 6")?,
                _ => match ID_CLAIMS.iter().zip(&mut members.ids).find(|(other, _)| **other == name) {
                    Some((name, id)) => self.read(&mut map, id, name, "a string")?,
                    None if members.custom.iter().any(|(other, _)| *other == name) => {
                        return Err(de::Error::custom("repeated name"));
                    }
                    None => {
                        if members.custom.is_empty() {
                            self.check_inner_names()?;
                        }
                        members.custom.push((name.into_owned(), next_finite(&mut map)?));
                    }
                },
            }
        }
        Ok(members)
    }
}

fn next_finite<'de, A: MapAccess<'de>>(map: &mut A) -> Result<Value, A::Error> {
    let value = map.next_value()?;
    if !strict_json::is_finite(&value) {
        return Err(de::Error::custom("number out of range"));
    }
    Ok(value)
}

impl Reader<'_> {
    /// Refuses what the claims of the caller's own, which may be of any type, could hide, or how deep they could nest.
    fn check_inner_names<E: de::Error>(&self) -> Result<(), E> {
        if strict_json::has_inner_brackets(self.payload) && !strict_json::names_are_unique(self.payload) {
            return Err(de::Error::custom("repeated name"));
        }
        Ok(())
    }

    fn read<'de, A: MapAccess<'de>, T: Deserialize<'de>>(
        &mut self,
        map: &mut A,
        slot: &mut Option<T>,
        name: &'static str,
        expected: &'static str,
    ) -> Result<(), A::Error> {
        if slot.is_some() {
            return Err(de::Error::custom("repeated name"));
        }
        let value = map.next_value().inspect_err(|_| {
            *self.wrong_claim = Some(ParseTokenError::InvalidClaim { name, expected });
        })?;
        *slot = Some(value);
        Ok(())
    }
}

/// The issuer of Quiltt's own tokens.
pub(crate) const DEFAULT_ISSUER: &str = "auth.quiltt.io";
/// The audience of Quiltt's own tokens.
pub(crate) const DEFAULT_AUDIENCE: &str = "api.quiltt.io";

/// Most bytes of either in a token, so that whatever a signer mints is short enough for a verifier.
const MAX_ISSUER_LENGTH: usize = 256;

/// Checks the value of `claim`, either of the two.
pub(crate) fn check_issuer_or_audience(claim: &'static str, value: &str) -> Result<(), ConfigError> {
    const QUOTES: usize = 2;
    match ascii_json::string(value).len().saturating_sub(QUOTES) {
        1..=MAX_ISSUER_LENGTH => Ok(()),
        found => Err(ConfigError::Name { claim, found, max: MAX_ISSUER_LENGTH }),
    }
}
