//! JSON objects that name each member once.
//!
//! RFC 8259 leaves repeated names to the reader, and readers differ: a token could state one user to a proxy and another
//! to the service behind it. RFC 7519 §4 lets a reader refuse; this crate does, at every depth, escapes decoded.

use std::{borrow::Cow, collections::HashSet, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{self, MapAccess, SeqAccess, Visitor},
};

/// Whether `json` is one JSON value in UTF-8, nested at most 128 deep, in which no object repeats a name.
pub(crate) fn names_are_unique(json: &[u8]) -> bool {
    serde_json::from_slice::<UniqueNames>(json).is_ok()
}

/// Any JSON value without repeated names; the value itself is dropped.
struct UniqueNames;

impl<'de> Deserialize<'de> for UniqueNames {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(UniqueNamesVisitor)
    }
}

struct UniqueNamesVisitor;

impl<'de> Visitor<'de> for UniqueNamesVisitor {
    type Value = UniqueNames;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON without repeated names")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<UniqueNames, A::Error> {
        let mut names = HashSet::new();
        while let Some(Name(name)) = map.next_key()? {
            if !names.insert(name) {
                return Err(de::Error::custom("repeated name"));
            }
            map.next_value::<UniqueNames>()?;
        }
        Ok(UniqueNames)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<UniqueNames, A::Error> {
        while items.next_element::<UniqueNames>()?.is_some() {}
        Ok(UniqueNames)
    }

    fn visit_bool<E>(self, _: bool) -> Result<UniqueNames, E> {
        Ok(UniqueNames)
    }

    fn visit_i64<E>(self, _: i64) -> Result<UniqueNames, E> {
        Ok(UniqueNames)
    }

    fn visit_u64<E>(self, _: u64) -> Result<UniqueNames, E> {
        Ok(UniqueNames)
    }

    fn visit_f64<E>(self, _: f64) -> Result<UniqueNames, E> {
        Ok(UniqueNames)
    }

    fn visit_str<E>(self, _: &str) -> Result<UniqueNames, E> {
        Ok(UniqueNames)
    }

    fn visit_unit<E>(self) -> Result<UniqueNames, E> {
        Ok(UniqueNames)
    }
}

/// The name of a member, borrowed from the JSON unless it has escapes.
#[derive(PartialEq, Eq, Hash)]
pub(crate) struct Name<'de>(pub(crate) Cow<'de, str>);

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeated_names_are_found_at_every_depth_and_behind_escapes() {
        for json in [r#"{"a":1,"a":1}"#, r#"{"a":1,"\u0061":1}"#, r#"{"b":{"a":1,"a":2}}"#, r#"[0,[{"a":1,"a":2}]]"#] {
            assert!(!names_are_unique(json.as_bytes()), "{json}");
        }
    }

    #[test]
    fn the_same_name_in_two_objects_is_no_repetition() {
        for json in [r#"{"a":{"a":[{"a":1},{"a":1.5}]},"b":null}"#, "true", "-1", "\"a\"", "[]", "18446744073709551616"]
        {
            assert!(names_are_unique(json.as_bytes()), "{json}");
        }
    }

    #[test]
    fn what_is_not_one_json_value_is_refused() {
        let deep = [vec![b'['; 4096], vec![b']'; 4096]].concat();
        for json in [&b""[..], b"{", b"{} {}", b"{\"a\":\xff}", b"\"\xff\"", b"1e400", &deep] {
            assert!(!names_are_unique(json));
        }
    }
}
