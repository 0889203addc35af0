//! The claims of a token as they were signed: each value as it stands there, members in their order.

use std::{error::Error, fmt};

use quiltt_session::{Claims, UntrustedToken};
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{MapAccess, Visitor},
};
use serde_json::value::RawValue;

/// The members of a JSON object, in their order, each value with its own white space and digits.
pub(crate) struct Members(Vec<(String, Box<RawValue>)>);

/// Returns the payload of `token`: Quiltt's claims in Quiltt's order, then the other claims in the payload's order. `claims` were
/// read from `token`, so every claim is there.
pub(crate) fn claims(token: &UntrustedToken<'_>, claims: &Claims) -> serde_json::Result<Members> {
    let Members(mut signed) = serde_json::from_slice(token.untrusted_payload_json())?;
    let Members(in_order) = serde_json::from_str(&serde_json::to_string(claims)?)?;
    let place = |name: &str| in_order.iter().position(|(other, _)| other == name);
    signed.sort_by_key(|(name, _)| place(name));
    Ok(Members(signed))
}

impl Serialize for Members {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

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

/// Returns header, payload and claims of a token for people. The payload is there byte for byte, but for white space in words.
pub(crate) fn in_words(token: &str) -> Result<String, Box<dyn Error>> {
    let token = UntrustedToken::parse(token)?;
    let header = str::from_utf8(token.untrusted_header_json())?;
    let payload = visible(str::from_utf8(token.untrusted_payload_json())?);
    let claims = serde_json::to_string_pretty(&claims(&token, &token.untrusted_claims()?)?)?;
    Ok(format!("header {header}\npayload as signed {payload}\nclaims as they read {claims}"))
}

/// As many spaces as nobody counts on a screen.
const MANY: usize = 4;

/// Returns the text with words for white space that nobody would see.
fn visible(payload: &str) -> String {
    let mut text = String::with_capacity(payload.len());
    for run in payload.as_bytes().chunk_by(|left, right| left == right) {
        match run {
            [b' ', ..] if run.len() >= MANY => text.push_str(&format!("({} spaces)", run.len())),
            [b'\n', ..] => text.push_str(&"(newline)".repeat(run.len())),
            [b'\r', ..] => text.push_str(&"(carriage return)".repeat(run.len())),
            [b'\t', ..] => text.push_str(&"(tab)".repeat(run.len())),
            // A payload is ASCII.
            _ => text.extend(run.iter().copied().map(char::from)),
        }
    }
    text
}
