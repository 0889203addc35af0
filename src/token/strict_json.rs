//! JSON objects that name each member once, and nest no deeper than a small stack allows.
//!
//! RFC 8259 leaves repeated names to the reader, and readers differ: a token could state one user to a proxy and another
//! to the service behind it. RFC 7519 §4 lets a reader refuse; this crate does, at every depth, escapes decoded.

use std::{borrow::Cow, collections::HashSet, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{self, MapAccess, SeqAccess, Visitor},
};
use serde_json::{Number, Value};

/// Most arrays and objects inside each other, the outermost included.
///
/// Reading them recurses, and running out of stack aborts the process. serde_json's own limit of 128 takes more than a
/// thread of 64 KiB has; in a build without optimisation, with `arbitrary_precision` and `preserve_order`, 8 is sure to fit.
pub(crate) const MAX_DEPTH: usize = 8;

/// Whether `json` is one JSON value in UTF-8, nested at most [`MAX_DEPTH`] deep, in which no object repeats a name.
pub(crate) fn names_are_unique(json: &[u8]) -> bool {
    is_shallow(json) && serde_json::from_slice::<UniqueNames>(json).is_ok()
}

/// Whether there is a bracket beside the outermost: nearly no payload of a session has one.
pub(crate) fn has_inner_brackets(json: &[u8]) -> bool {
    json.iter().filter(|byte| matches!(byte, b'{' | b'[')).count() > 1
}

/// Whether `json`, as far as it is JSON, nests at most [`MAX_DEPTH`] deep.
fn is_shallow(json: &[u8]) -> bool {
    depth(json) <= MAX_DEPTH
}

fn depth(json: &[u8]) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    let mut bytes = json.iter();
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => skip_string(&mut bytes),
            b'{' | b'[' => depth = depth.saturating_add(1),
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    deepest
}

/// Goes on behind the closing quote.
fn skip_string(bytes: &mut std::slice::Iter<'_, u8>) {
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => return,
            b'\\' => drop(bytes.next()),
            _ => {}
        }
    }
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
            match &*name {
                NUMBER => return finite_number(map),
                RAW_VALUE => return Err(de::Error::custom("a name of serde_json's own")),
                _ => {}
            }
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

/// Where another crate turns on serde_json's `arbitrary_precision`, a number comes as an object with this one member.
const NUMBER: &str = "$serde_json::private::Number";
/// Where another crate turns on `raw_value`, a text behind this name is read as JSON, unseen by all checks here.
const RAW_VALUE: &str = "$serde_json::private::RawValue";

/// The rest of an object whose member [`NUMBER`] comes now.
fn finite_number<'de, A: MapAccess<'de>>(mut map: A) -> Result<UniqueNames, A::Error> {
    let Name(text) = map.next_value()?;
    let number = text.parse::<Number>().ok().filter(|number| number.as_f64().is_some());
    match (number, map.next_key::<Name>()?) {
        (Some(_), None) => Ok(UniqueNames),
        _ => Err(de::Error::custom("a name of serde_json's own")),
    }
}

/// Whether all numbers of a value are finite doubles, as they are unless another crate turns on `arbitrary_precision`.
pub(crate) fn is_finite(value: &Value) -> bool {
    match value {
        Value::Number(number) => number.as_f64().is_some(),
        Value::Array(items) => items.iter().all(is_finite),
        Value::Object(members) => members.values().all(is_finite),
        _ => true,
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
    fn depth_counts_open_brackets_outside_strings() {
        for (json, expected) in [
            ("", 0),
            ("1", 0),
            ("[]", 1),
            (r#"{"a":[{}],"b":[[[]]]}"#, 4),
            ("[[],[],[]]", 2),
            (r#"["[[[","\"[[["]"#, 1),
            (r#"["\\",[]]"#, 2),
            (r#"["[["#, 1),
            ("]]]][", 1),
        ] {
            assert_eq!(depth(json.as_bytes()), expected, "{json}");
        }
    }

    #[test]
    fn depth_is_limited_brackets_are_not() {
        let nested = |depth| ["[".repeat(depth), "]".repeat(depth)].concat();
        assert!(names_are_unique(nested(MAX_DEPTH).as_bytes()));
        assert!(!names_are_unique(nested(MAX_DEPTH + 1).as_bytes()));
        assert!(names_are_unique(format!("[{}[]]", "[],".repeat(MAX_DEPTH)).as_bytes()));
        assert!(names_are_unique(serde_json::json!(["[".repeat(MAX_DEPTH)]).to_string().as_bytes()));
    }

    #[test]
    fn names_that_serde_json_gives_a_meaning_mean_nothing_else() {
        let named = |name: &str, value: &str| names_are_unique(format!("{{\"{name}\":{value}}}").as_bytes());
        assert!(named(NUMBER, "\"1\"") && named(NUMBER, "\"-1.5e3\""));
        for value in ["1", "\"\"", "\"a\"", "\"1e400\"", "\"NaN\"", "\"+1\"", "\"1\",\"a\":1", "null"] {
            assert!(!named(NUMBER, value), "{value}");
        }
        assert!(!named(RAW_VALUE, "\"[]\"") && !named("\\u0024serde_json::private::RawValue", "\"[]\""));
    }

    #[test]
    fn what_is_not_one_json_value_is_refused() {
        let deep = [vec![b'['; 4096], vec![b']'; 4096]].concat();
        for json in [&b""[..], b"{", b"{} {}", b"{\"a\":\xff}", b"\"\xff\"", b"1e400", &deep] {
            assert!(!names_are_unique(json));
        }
    }
}
