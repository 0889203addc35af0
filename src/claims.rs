//! The claims of a session, read strictly and written as Quiltt writes them.

use std::fmt;

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{self, DeserializeSeed, MapAccess, Visitor},
    ser::SerializeMap,
};
use serde_json::Value;
use uuid::Uuid;

use crate::{
    error::{ParseIdError, ParseTokenError, Segment},
    id::{ApiKeyId, EnvironmentId, OrganizationId, ProfileId, SessionId},
    strict_json::{self, Name},
    time::UnixTime,
    version::{IdForm, Layout, TokenVersion},
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
    session_id: SessionId,
    issuer: String,
    audience: String,
    profile: Option<ProfileId>,
    api_key: Option<ApiKeyId>,
    organization: Option<OrganizationId>,
    environment: Option<EnvironmentId>,
    custom: Vec<(String, Value)>,
}

impl Claims {
    /// `ver`, a number: which claims carry the ids. It is Quiltt's own claim, not one of RFC 7519.
    ///
    /// # Examples
    ///
    /// ```
    /// # use quiltt_session::*;
    /// # let payload = r#"{"nbf":1671822912,"iat":1671822912,"jti":"4551ca49-c002-4d9b-92ec-465018e28fdc",
    /// # "iss":"auth.quiltt.io","aud":"api.quiltt.io","exp":1671909312,"ver":2,
    /// # "did":"api_17NOEwVGcvyOqplnQdD27gY","uid":"p_11ewrVkEnd7LIvSVAmt8XL5"}"#;
    /// let claims: Claims = serde_json::from_str(payload)?;
    /// assert_eq!(claims.version(), TokenVersion::V2);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[must_use]
    pub const fn version(&self) -> TokenVersion {
        self.version
    }

    /// `nbf`: not valid before this second (RFC 7519 §4.1.5). The same as `iat` in Quiltt's tokens.
    ///
    /// # Examples
    ///
    /// ```
    /// # use quiltt_session::*;
    /// # let payload = r#"{"nbf":1671822912,"iat":1671822912,"jti":"4551ca49-c002-4d9b-92ec-465018e28fdc",
    /// # "iss":"auth.quiltt.io","aud":"api.quiltt.io","exp":1671909312,"ver":2,
    /// # "did":"api_17NOEwVGcvyOqplnQdD27gY","uid":"p_11ewrVkEnd7LIvSVAmt8XL5"}"#;
    /// let claims: Claims = serde_json::from_str(payload)?;
    /// assert_eq!(claims.not_before(), claims.issued_at());
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[must_use]
    pub const fn not_before(&self) -> UnixTime {
        self.not_before
    }

    /// `iat`: issued at this second (RFC 7519 §4.1.6).
    ///
    /// # Examples
    ///
    /// ```
    /// # use quiltt_session::*;
    /// # let payload = r#"{"nbf":1671822912,"iat":1671822912,"jti":"4551ca49-c002-4d9b-92ec-465018e28fdc",
    /// # "iss":"auth.quiltt.io","aud":"api.quiltt.io","exp":1671909312,"ver":2,
    /// # "did":"api_17NOEwVGcvyOqplnQdD27gY","uid":"p_11ewrVkEnd7LIvSVAmt8XL5"}"#;
    /// let claims: Claims = serde_json::from_str(payload)?;
    /// assert_eq!(claims.issued_at().as_secs(), 1_671_822_912);
    /// assert_eq!(claims.issued_at().to_string(), "2022-12-23T19:15:12Z");
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[must_use]
    pub const fn issued_at(&self) -> UnixTime {
        self.issued_at
    }

    /// `exp`: not valid from this second on (RFC 7519 §4.1.4). A day after `iat` in Quiltt's tokens.
    ///
    /// # Examples
    ///
    /// ```
    /// # use quiltt_session::*;
    /// # let payload = r#"{"nbf":1671822912,"iat":1671822912,"jti":"4551ca49-c002-4d9b-92ec-465018e28fdc",
    /// # "iss":"auth.quiltt.io","aud":"api.quiltt.io","exp":1671909312,"ver":2,
    /// # "did":"api_17NOEwVGcvyOqplnQdD27gY","uid":"p_11ewrVkEnd7LIvSVAmt8XL5"}"#;
    /// let claims: Claims = serde_json::from_str(payload)?;
    /// assert_eq!(claims.expires_at().as_secs() - claims.issued_at().as_secs(), 86_400);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[must_use]
    pub const fn expires_at(&self) -> UnixTime {
        self.expires_at
    }

    /// `jti`: the session's id (RFC 7519 §4.1.7). A UUID of version 4 in Quiltt's tokens.
    ///
    /// # Examples
    ///
    /// ```
    /// # use quiltt_session::*;
    /// # let payload = r#"{"nbf":1671822912,"iat":1671822912,"jti":"4551ca49-c002-4d9b-92ec-465018e28fdc",
    /// # "iss":"auth.quiltt.io","aud":"api.quiltt.io","exp":1671909312,"ver":2,
    /// # "did":"api_17NOEwVGcvyOqplnQdD27gY","uid":"p_11ewrVkEnd7LIvSVAmt8XL5"}"#;
    /// let claims: Claims = serde_json::from_str(payload)?;
    /// assert_eq!(claims.session_id().to_string(), "4551ca49-c002-4d9b-92ec-465018e28fdc");
    /// assert_eq!(claims.session_id().uuid().get_version_num(), 4);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[must_use]
    pub const fn session_id(&self) -> SessionId {
        self.session_id
    }

    /// `iss`: who issued the token (RFC 7519 §4.1.1). `auth.quiltt.io` in Quiltt's tokens.
    ///
    /// # Examples
    ///
    /// ```
    /// # use quiltt_session::*;
    /// # let payload = r#"{"nbf":1671822912,"iat":1671822912,"jti":"4551ca49-c002-4d9b-92ec-465018e28fdc",
    /// # "iss":"auth.quiltt.io","aud":"api.quiltt.io","exp":1671909312,"ver":2,
    /// # "did":"api_17NOEwVGcvyOqplnQdD27gY","uid":"p_11ewrVkEnd7LIvSVAmt8XL5"}"#;
    /// let claims: Claims = serde_json::from_str(payload)?;
    /// assert_eq!(claims.issuer(), "auth.quiltt.io");
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// `aud`: whom the token is for (RFC 7519 §4.1.3). One string, `api.quiltt.io` in Quiltt's; a list is refused.
    ///
    /// # Examples
    ///
    /// ```
    /// # use quiltt_session::*;
    /// # let payload = r#"{"nbf":1671822912,"iat":1671822912,"jti":"4551ca49-c002-4d9b-92ec-465018e28fdc",
    /// # "iss":"auth.quiltt.io","aud":"api.quiltt.io","exp":1671909312,"ver":2,
    /// # "did":"api_17NOEwVGcvyOqplnQdD27gY","uid":"p_11ewrVkEnd7LIvSVAmt8XL5"}"#;
    /// let claims: Claims = serde_json::from_str(payload)?;
    /// assert_eq!(claims.audience(), "api.quiltt.io");
    ///
    /// let list = payload.replace(r#""api.quiltt.io""#, r#"["api.quiltt.io"]"#);
    /// assert!(serde_json::from_str::<Claims>(&list).is_err());
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[must_use]
    pub fn audience(&self) -> &str {
        &self.audience
    }

    /// `sub` (RFC 7519 §4.1.2) or, in versions 1 and 2, `uid`: the user. Some of version 2 were issued without.
    ///
    /// # Examples
    ///
    /// ```
    /// # use quiltt_session::*;
    /// # let payload = r#"{"nbf":1671822912,"iat":1671822912,"jti":"4551ca49-c002-4d9b-92ec-465018e28fdc",
    /// # "iss":"auth.quiltt.io","aud":"api.quiltt.io","exp":1671909312,"ver":2,
    /// # "did":"api_17NOEwVGcvyOqplnQdD27gY","uid":"p_11ewrVkEnd7LIvSVAmt8XL5"}"#;
    /// let claims: Claims = serde_json::from_str(payload)?;
    /// assert_eq!(claims.profile(), Some("p_11ewrVkEnd7LIvSVAmt8XL5".parse()?));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub const fn profile(&self) -> Option<ProfileId> {
        self.profile
    }

    /// `cid`, in versions 2 and 4 `did`, in version 1 `aid`: the API key (in version 1 the app).
    ///
    /// # Examples
    ///
    /// ```
    /// # use quiltt_session::*;
    /// # let payload = r#"{"nbf":1671822912,"iat":1671822912,"jti":"4551ca49-c002-4d9b-92ec-465018e28fdc",
    /// # "iss":"auth.quiltt.io","aud":"api.quiltt.io","exp":1671909312,"ver":2,
    /// # "did":"api_17NOEwVGcvyOqplnQdD27gY","uid":"p_11ewrVkEnd7LIvSVAmt8XL5"}"#;
    /// let claims: Claims = serde_json::from_str(payload)?;
    /// assert_eq!(claims.api_key(), Some("api_17NOEwVGcvyOqplnQdD27gY".parse()?));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub const fn api_key(&self) -> Option<ApiKeyId> {
        self.api_key
    }

    /// `oid`, from version 4 on: the organization.
    ///
    /// # Examples
    ///
    /// ```
    /// # use quiltt_session::*;
    /// # let payload = r#"{"nbf":1700000000,"iat":1700000000,"jti":"4551ca49-c002-4d9b-92ec-465018e28fdc",
    /// # "iss":"auth.quiltt.io","aud":"api.quiltt.io","exp":1700086400,"ver":6,"sub":"p_12VnSaRRxyP12Sl9rLZg8n1",
    /// # "oid":"org_1WCfTognxqNqfz8qrH12uH","eid":"env_1Bx4omNvZgKao2OqGshImD","plan":"gold","seats":3}"#;
    /// let claims: Claims = serde_json::from_str(payload)?;
    /// assert_eq!(claims.organization(), Some("org_1WCfTognxqNqfz8qrH12uH".parse()?));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub const fn organization(&self) -> Option<OrganizationId> {
        self.organization
    }

    /// `eid`, from version 4 on: the environment, which Quiltt's SDKs compare with the one that they are set to.
    ///
    /// # Examples
    ///
    /// ```
    /// # use quiltt_session::*;
    /// # let payload = r#"{"nbf":1700000000,"iat":1700000000,"jti":"4551ca49-c002-4d9b-92ec-465018e28fdc",
    /// # "iss":"auth.quiltt.io","aud":"api.quiltt.io","exp":1700086400,"ver":6,"sub":"p_12VnSaRRxyP12Sl9rLZg8n1",
    /// # "oid":"org_1WCfTognxqNqfz8qrH12uH","eid":"env_1Bx4omNvZgKao2OqGshImD","plan":"gold","seats":3}"#;
    /// let claims: Claims = serde_json::from_str(payload)?;
    /// let ours: EnvironmentId = "env_1Bx4omNvZgKao2OqGshImD".parse()?;
    /// assert_eq!(claims.environment(), Some(ours));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub const fn environment(&self) -> Option<EnvironmentId> {
        self.environment
    }

    /// The value of a claim that Quiltt gives no meaning; `None` for those that it does.
    ///
    /// # Examples
    ///
    /// ```
    /// # use quiltt_session::*;
    /// # let payload = r#"{"nbf":1700000000,"iat":1700000000,"jti":"4551ca49-c002-4d9b-92ec-465018e28fdc",
    /// # "iss":"auth.quiltt.io","aud":"api.quiltt.io","exp":1700086400,"ver":6,"sub":"p_12VnSaRRxyP12Sl9rLZg8n1",
    /// # "oid":"org_1WCfTognxqNqfz8qrH12uH","eid":"env_1Bx4omNvZgKao2OqGshImD","plan":"gold","seats":3}"#;
    /// let claims: Claims = serde_json::from_str(payload)?;
    /// assert_eq!(claims.custom("plan").and_then(|plan| plan.as_str()), Some("gold"));
    /// assert_eq!(claims.custom("sub"), None);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[must_use]
    pub fn custom(&self, name: &str) -> Option<&Value> {
        self.custom_claims().find(|(other, _)| *other == name).map(|(_, value)| value)
    }

    /// All claims that Quiltt gives no meaning, in the order of the token.
    ///
    /// # Examples
    ///
    /// ```
    /// # use quiltt_session::*;
    /// # let payload = r#"{"nbf":1700000000,"iat":1700000000,"jti":"4551ca49-c002-4d9b-92ec-465018e28fdc",
    /// # "iss":"auth.quiltt.io","aud":"api.quiltt.io","exp":1700086400,"ver":6,"sub":"p_12VnSaRRxyP12Sl9rLZg8n1",
    /// # "oid":"org_1WCfTognxqNqfz8qrH12uH","eid":"env_1Bx4omNvZgKao2OqGshImD","plan":"gold","seats":3}"#;
    /// let claims: Claims = serde_json::from_str(payload)?;
    /// let names: Vec<&str> = claims.custom_claims().map(|(name, _)| name).collect();
    /// assert_eq!(names, ["plan", "seats"]);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
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
        map.serialize_entry("jti", &self.session_id)?;
        map.serialize_entry("iss", &self.issuer)?;
        map.serialize_entry("aud", &self.audience)?;
        map.serialize_entry("exp", &self.expires_at)?;
        map.serialize_entry("ver", &self.version)?;
        let profile_first = layout.profile == "sub";
        if profile_first {
            serialize_id(&mut map, layout.profile, layout.form, self.profile)?;
        }
        serialize_id(&mut map, layout.api_key, layout.form, self.api_key)?;
        if !profile_first {
            serialize_id(&mut map, layout.profile, layout.form, self.profile)?;
        }
        for (name, id) in [
            (layout.organization, self.organization.map(|id| id.to_string())),
            (layout.environment, self.environment.map(|id| id.to_string())),
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
    session_id: Option<SessionId>,
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
            profile: self.id(Some(layout.profile), layout, ProfileId::parse_global, ProfileId::parse_bare)?,
            api_key: self.id(Some(layout.api_key), layout, ApiKeyId::parse_global, ApiKeyId::parse_bare)?,
            organization: self.id(
                layout.organization,
                layout,
                OrganizationId::parse_global,
                OrganizationId::parse_bare,
            )?,
            environment: self.id(layout.environment, layout, EnvironmentId::parse_global, EnvironmentId::parse_bare)?,
            not_before: self.not_before.ok_or(ParseTokenError::MissingClaim("nbf"))?,
            issued_at: self.issued_at.ok_or(ParseTokenError::MissingClaim("iat"))?,
            expires_at: self.expires_at.ok_or(ParseTokenError::MissingClaim("exp"))?,
            session_id: self.session_id.ok_or(ParseTokenError::MissingClaim("jti"))?,
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
                "jti" => self.read(&mut map, &mut members.session_id, "jti", "a hyphenated UUID")?,
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
