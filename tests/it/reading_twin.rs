//! Payloads read as slowly and plainly as can be: through serde, into values of serde_json. `strict_reading` holds the
//! library's reader to what this one reads, and to the error that it answers.

use std::{borrow::Cow, collections::HashSet, fmt, str::FromStr};

use quiltt_session::{
    ApiKeyId, Claims, EnvironmentId, OrganizationId, ParseTokenError, ProfileId, Segment, SessionId, TokenVersion,
    UnixTime,
};
use serde::{
    Deserialize, Deserializer,
    de::{self, DeserializeSeed, MapAccess, SeqAccess, Visitor},
};
use serde_json::{Map, Number, Value};
use uuid::Uuid;

/// What a payload says.
#[derive(Debug, PartialEq)]
pub(crate) struct Read {
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

impl Read {
    pub(crate) fn from_json(payload: &[u8]) -> Result<Self, ParseTokenError> {
        let object = Object::read(payload).ok_or(ParseTokenError::NotJsonObject(Segment::Payload))?;
        let mut members = Members::default();
        for (name, value) in object.0 {
            members.add(name, value)?;
        }
        members.typed()
    }
}

impl From<&Claims> for Read {
    fn from(claims: &Claims) -> Self {
        Self {
            version: claims.version(),
            not_before: claims.not_before(),
            issued_at: claims.issued_at(),
            expires_at: claims.expires_at(),
            id: claims.id(),
            issuer: claims.issuer().to_owned(),
            audience: claims.audience().to_owned(),
            user_id: claims.user_id(),
            api_key_id: claims.api_key_id(),
            organization_id: claims.organization_id(),
            environment_id: claims.environment_id(),
            custom: claims.custom_claims().map(|(name, value)| (name.to_owned(), value.clone())).collect(),
        }
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
    version: Option<TokenVersion>,
    ids: [Option<Cow<'de, str>>; ID_CLAIMS.len()],
    custom: Vec<(String, Value)>,
}

/// Every claim that carries an id in some version.
const ID_CLAIMS: [&str; 7] = ["aid", "uid", "did", "cid", "sub", "oid", "eid"];

/// An administrator's role in the types of Quiltt's SDK (`@quiltt/core` 6.1.0), as `aid` is an administrator there. No
/// token of a user was ever seen with it, so none is taken: whoever reads it elsewhere must not take a user for more.
const ROLE: &str = "rol";

impl<'de> Members<'de> {
    fn add(&mut self, name: Cow<'de, str>, value: Json<'de>) -> Result<(), ParseTokenError> {
        match &*name {
            "nbf" => self.not_before = Some(time("nbf", &value, f64::ceil)?),
            "iat" => self.issued_at = Some(time("iat", &value, f64::ceil)?),
            "exp" => self.expires_at = Some(time("exp", &value, f64::floor)?),
            "jti" => self.id = Some(text("jti", value)?.parse().map_err(|_| invalid("jti", UUID))?),
            "iss" => self.issuer = Some(text("iss", value)?.into_owned()),
            "aud" => self.audience = Some(audience(value)?),
            "ver" => self.version = Some(version(&value)?),
            ROLE => return Err(ParseTokenError::UnexpectedClaim(ROLE)),
            _ => match ID_CLAIMS.iter().zip(&mut self.ids).find(|(other, _)| **other == name) {
                Some((name, id)) => *id = Some(text(name, value)?),
                None => self.custom.push((name.into_owned(), value.into())),
            },
        }
        Ok(())
    }

    fn typed(mut self) -> Result<Read, ParseTokenError> {
        let version = self.version.ok_or(ParseTokenError::MissingClaim("ver"))?;
        let (user, api_key, organization, environment) = match version {
            TokenVersion::V1 => ("uid", "aid", None, None),
            TokenVersion::V2 => ("uid", "did", None, None),
            TokenVersion::V4 => ("sub", "did", Some("oid"), Some("eid")),
            _ => ("sub", "cid", Some("oid"), Some("eid")),
        };
        let is_bare = version == TokenVersion::V1;
        let read = Read {
            version,
            user_id: self.id(Some(user), is_bare)?,
            api_key_id: self.id(Some(api_key), is_bare)?,
            organization_id: self.id(organization, is_bare)?,
            environment_id: self.id(environment, is_bare)?,
            not_before: self.not_before.ok_or(ParseTokenError::MissingClaim("nbf"))?,
            issued_at: self.issued_at.ok_or(ParseTokenError::MissingClaim("iat"))?,
            expires_at: self.expires_at.ok_or(ParseTokenError::MissingClaim("exp"))?,
            id: self.id.ok_or(ParseTokenError::MissingClaim("jti"))?,
            issuer: self.issuer.ok_or(ParseTokenError::MissingClaim("iss"))?,
            audience: self.audience.ok_or(ParseTokenError::MissingClaim("aud"))?,
            custom: self.custom,
        };
        match ID_CLAIMS.iter().zip(&self.ids).find(|(_, left)| left.is_some()) {
            Some((name, _)) => Err(ParseTokenError::UnexpectedClaim(name)),
            None => Ok(read),
        }
    }

    /// Takes the id out of the claim `name`, in the form that the version uses.
    fn id<I: FromStr + From<Uuid>>(
        &mut self,
        name: Option<&'static str>,
        is_bare: bool,
    ) -> Result<Option<I>, ParseTokenError> {
        let Some(name) = name else { return Ok(None) };
        let slot = ID_CLAIMS.iter().zip(&mut self.ids).find(|(other, _)| **other == name);
        let Some(text) = slot.and_then(|(_, id)| id.take()) else { return Ok(None) };
        let (id, expected) = if is_bare {
            (text.parse::<SessionId>().ok().map(|id| id.uuid().into()), UUID)
        } else {
            (text.parse().ok().filter(|_| text.contains('_')), "a global id of the right kind")
        };
        id.map(Some).ok_or(invalid(name, expected))
    }
}

const fn invalid(name: &'static str, expected: &'static str) -> ParseTokenError {
    ParseTokenError::InvalidClaim { name, expected }
}

const UUID: &str = "a hyphenated UUID (RFC 9562 §4)";

/// By way of a double, which is exact enough for the few digits that the tests write; `numeric_date` has its own for more.
fn time(name: &'static str, value: &Json<'_>, cut: fn(f64) -> f64) -> Result<UnixTime, ParseTokenError> {
    let Json::Other(Value::Number(number)) = value else { return Err(invalid(name, SECONDS)) };
    let cut = |seconds: f64| (seconds.is_sign_positive() && seconds < 1e12).then(|| cut(seconds) as u64);
    let seconds = number.as_u64().or_else(|| number.as_f64().and_then(cut));
    seconds.and_then(|seconds| UnixTime::from_secs(seconds).ok()).ok_or(invalid(name, SECONDS))
}

const SECONDS: &str = "a number of seconds from 0 to 253402300799";

fn audience(value: Json<'_>) -> Result<String, ParseTokenError> {
    match Value::from(value) {
        Value::String(text) => Ok(text),
        Value::Array(items) if items.len() == 1 && items[0].is_string() => Ok(items[0].as_str().unwrap().to_owned()),
        _ => Err(invalid("aud", "one string, alone or in an array")),
    }
}

fn version(value: &Json<'_>) -> Result<TokenVersion, ParseTokenError> {
    integer(value).and_then(TokenVersion::from_number).ok_or(invalid("ver", "one of 1, 2, 4 and 6"))
}

fn integer(value: &Json<'_>) -> Option<u64> {
    if let Json::Other(Value::Number(number)) = value { number.as_u64() } else { None }
}

fn text<'de>(name: &'static str, value: Json<'de>) -> Result<Cow<'de, str>, ParseTokenError> {
    if let Json::Text(text) = value { Ok(text) } else { Err(invalid(name, "a string")) }
}

/// Most arrays and objects inside each other, the outermost included.
///
/// Reading them recurses, and running out of stack aborts the process. serde_json's own limit of 128 takes more than a
/// thread of 64 KiB has; in a build without optimisation, with `arbitrary_precision` and `preserve_order`, 8 is sure to fit.
const MAX_DEPTH: usize = 8;

/// The members of one JSON object, in their order: no name twice at any depth, no more than [`MAX_DEPTH`] levels, every
/// number a finite double.
struct Object<'de>(Vec<(Cow<'de, str>, Json<'de>)>);

impl<'de> Object<'de> {
    /// Reads JSON in UTF-8; `None` for anything but one such object.
    fn read(json: &'de [u8]) -> Option<Self> {
        // Checked once and as a whole, UTF-8 costs a fraction of what serde_json pays to check each string.
        serde_json::from_str(str::from_utf8(json).ok()?).ok()
    }
}

/// The value of a member. Nearly all claims are texts, which stay where they are until it is known what they are for.
enum Json<'de> {
    Text(Cow<'de, str>),
    Other(Value),
}

impl From<Json<'_>> for Value {
    fn from(json: Json<'_>) -> Self {
        match json {
            Json::Text(text) => text.into(),
            Json::Other(value) => value,
        }
    }
}

impl<'de> Deserialize<'de> for Object<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ObjectVisitor)
    }
}

struct ObjectVisitor;

impl<'de> Visitor<'de> for ObjectVisitor {
    type Value = Object<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Read by those who deserialise claims; nobody else is shown it.
        f.write_str("a JSON object of claims")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object<'de>, A::Error> {
        let mut members = Vec::with_capacity(USUAL_MEMBERS);
        while let Some(Name(name)) = map.next_key()? {
            refuse_private(&name)?;
            members.push((name, map.next_value_seed(Strict { levels: MAX_DEPTH - 1 })?));
        }
        if has_repeated_name(&members) { Err(repeated_name()) } else { Ok(Object(members)) }
    }
}

/// Room for all claims that a token of Quiltt's has; up to so many names, comparing each with each is the fastest.
const USUAL_MEMBERS: usize = 12;

fn has_repeated_name(members: &[(Cow<'_, str>, Json<'_>)]) -> bool {
    let mut names = members.iter().map(|(name, _)| &**name);
    if members.len() > USUAL_MEMBERS {
        let mut seen = HashSet::with_capacity(members.len());
        return !names.all(|name| seen.insert(name));
    }
    while let Some(name) = names.next() {
        if names.clone().any(|other| other == name) {
            return true;
        }
    }
    false
}

/// Reads any value of a strict object, which may have so many levels.
#[derive(Clone, Copy)]
struct Strict {
    levels: usize,
}

impl Strict {
    /// For what is inside an array or object.
    fn inside<E: de::Error>(self) -> Result<Self, E> {
        let levels = self.levels.checked_sub(1).ok_or_else(|| E::custom("nested too deep"))?;
        Ok(Self { levels })
    }
}

impl<'de> DeserializeSeed<'de> for Strict {
    type Value = Json<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Json<'de>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict {
    type Value = Json<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON without repeated names")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Json<'de>, A::Error> {
        let mut next = map.next_key()?;
        if matches!(&next, Some(Name(name)) if name == NUMBER) {
            return only_member(map).map(Json::Other);
        }
        let inside = self.inside()?;
        let mut members = Map::new();
        while let Some(Name(name)) = next {
            refuse_private(&name)?;
            if members.insert(name.into_owned(), map.next_value_seed(inside)?.into()).is_some() {
                return Err(repeated_name());
            }
            next = map.next_key()?;
        }
        Ok(Json::Other(members.into()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Json<'de>, A::Error> {
        let inside = self.inside()?;
        let mut items = Vec::<Value>::new();
        while let Some(item) = seq.next_element_seed(inside)? {
            items.push(item.into());
        }
        Ok(Json::Other(items.into()))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json<'de>, E> {
        Ok(Json::Other(value.into()))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Json<'de>, E> {
        Ok(Json::Other(number.into()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Json<'de>, E> {
        Ok(Json::Other(number.into()))
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<Json<'de>, E> {
        Number::from_f64(number).map(|number| Json::Other(number.into())).ok_or_else(|| E::custom("no finite number"))
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Json<'de>, E> {
        Ok(Json::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Json<'de>, E> {
        Ok(Json::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_unit<E>(self) -> Result<Json<'de>, E> {
        Ok(Json::Other(Value::Null))
    }
}

/// Where another crate turns on serde_json's `arbitrary_precision`, a number comes as an object with this one member.
const NUMBER: &str = "$serde_json::private::Number";
/// What names begin with to which serde_json gives a meaning. With `raw_value`, a text behind one is read as JSON, unseen
/// by all checks here.
const PRIVATE: &str = "$serde_json::private::";

fn refuse_private<E: de::Error>(name: &str) -> Result<(), E> {
    if name.starts_with(PRIVATE) { Err(E::custom("a name of serde_json's own")) } else { Ok(()) }
}

fn repeated_name<E: de::Error>() -> E {
    E::custom("repeated name")
}

/// What the member [`NUMBER`] says, which must be the only one.
fn only_member<'de, A: MapAccess<'de>>(mut map: A) -> Result<Value, A::Error> {
    let value = map.next_value_seed(NumberText)?;
    match map.next_key::<Name<'_>>()? {
        None => Ok(value),
        Some(_) => Err(de::Error::custom("a name of serde_json's own")),
    }
}

/// Reads the text behind [`NUMBER`]. A number's own is handed over; one that is lent stands in the JSON, so that the
/// object is one to all other readers and must not become a number here.
struct NumberText;

impl NumberText {
    fn number<E: de::Error>(text: &str) -> Result<Number, E> {
        let number = text.parse::<Number>().ok().filter(|number| number.as_f64().is_some());
        number.ok_or_else(|| E::custom("no finite number"))
    }
}

impl<'de> DeserializeSeed<'de> for NumberText {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_string(self)
    }
}

impl Visitor<'_> for NumberText {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number as text")
    }

    fn visit_string<E: de::Error>(self, text: String) -> Result<Value, E> {
        Self::number(&text).map(Value::Number)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Value, E> {
        Self::number::<E>(text)?;
        Ok(Map::from_iter([(NUMBER.to_owned(), text.into())]).into())
    }
}

/// The name of a member, borrowed from the JSON unless it has escapes.
struct Name<'de>(Cow<'de, str>);

impl<'de> Deserialize<'de> for Name<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(NameVisitor)
    }
}

struct NameVisitor;

impl<'de> Visitor<'de> for NameVisitor {
    type Value = Name<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_borrowed_str<E>(self, name: &'de str) -> Result<Name<'de>, E> {
        Ok(Name(Cow::Borrowed(name)))
    }

    fn visit_str<E>(self, name: &str) -> Result<Name<'de>, E> {
        Ok(Name(Cow::Owned(name.to_owned())))
    }
}
