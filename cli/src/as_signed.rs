//! The claims of a token as they were signed: numbers digit for digit, members in their order.

use std::fmt;

use quiltt_session::{Claims, UntrustedToken};
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{MapAccess, Visitor},
};
use serde_json::value::RawValue;

/// A JSON value. Its texts are decoded; its numbers keep their digits.
pub(crate) enum AsSigned {
    Text(String),
    Array(Vec<Self>),
    Object(Vec<(String, Self)>),
    /// A number or literal.
    Other(Box<RawValue>),
}

/// Returns the payload of `token`: Quiltt's claims in Quiltt's order, then the other claims in the payload's order. `claims` were
/// read from `token`, so every claim is there, at most eight levels deep.
pub(crate) fn claims(token: &UntrustedToken<'_>, claims: &Claims) -> serde_json::Result<AsSigned> {
    let Members(mut signed) = serde_json::from_slice(token.untrusted_payload_json())?;
    let Members(in_order) = serde_json::from_str(&serde_json::to_string(claims)?)?;
    let place = |name: &str| in_order.iter().position(|(other, _)| other == name);
    signed.sort_by_key(|(name, _)| place(name));
    of_members(signed)
}

impl AsSigned {
    fn of(raw: Box<RawValue>) -> serde_json::Result<Self> {
        let json = raw.get();
        match json.bytes().next() {
            Some(b'"') => serde_json::from_str(json).map(Self::Text),
            Some(b'[') => {
                let items: Vec<Box<RawValue>> = serde_json::from_str(json)?;
                items.into_iter().map(Self::of).collect::<Result<_, _>>().map(Self::Array)
            }
            Some(b'{') => serde_json::from_str(json).and_then(|Members(members)| of_members(members)),
            _ => Ok(Self::Other(raw)),
        }
    }
}

fn of_members(members: Vec<(String, Box<RawValue>)>) -> serde_json::Result<AsSigned> {
    let members = members.into_iter().map(|(name, value)| Ok((name, AsSigned::of(value)?)));
    members.collect::<Result<_, _>>().map(AsSigned::Object)
}

impl Serialize for AsSigned {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => serializer.serialize_str(text),
            Self::Array(items) => serializer.collect_seq(items),
            Self::Object(members) => serializer.collect_map(members.iter().map(|(name, value)| (name, value))),
            Self::Other(json) => json.serialize(serializer),
        }
    }
}

/// The members of an object, in their order.
struct Members(Vec<(String, Box<RawValue>)>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;

        impl<'de> Visitor<'de> for InOrder {
            type Value = Members;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = vec![];
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(InOrder)
    }
}
