//! JSON that all readers read alike: each name once, few levels, whole characters, finite numbers.
//!
//! RFC 8259 leaves repeated names to the reader, and readers differ: a token could state one user to a proxy and another
//! to the service behind it. RFC 7519 §4 lets a reader refuse; this crate does, at every depth, escapes decoded.
//!
//! serde_json checks the syntax, and decodes strings. The checked text is then read piece by piece, without recursion, so that
//! numbers keep their digits.

use std::{borrow::Cow, collections::HashSet};

use serde::de::IgnoredAny;

use crate::error::{JsonFault, ParseTokenError, Segment};

/// Most arrays and objects inside each other, the outermost included.
///
/// Other readers recurse, and so does whoever makes values of what is read: running out of stack aborts the process.
pub(crate) const MAX_DEPTH: usize = 8;

/// A member of an object.
pub(crate) struct Member<'j> {
    pub(crate) name: Cow<'j, str>,
    /// The JSON of the value.
    pub(crate) value: &'j str,
    /// Name, colon and value as they are written.
    pub(crate) text: &'j str,
}

impl Member<'_> {
    /// Cuts off `rest`, the JSON behind the member, and white space and commas before it.
    fn end_before(&mut self, rest: &str) {
        for text in [&mut self.value, &mut self.text] {
            let length = text.len().saturating_sub(rest.len());
            *text = text.get(..length).unwrap_or(text).trim_end_matches(BETWEEN);
        }
    }
}

/// Returns the members of one JSON object in UTF-8, in their order.
pub(crate) fn members(json: &[u8]) -> Result<Vec<Member<'_>>, JsonFault> {
    if json.starts_with(b"\xef\xbb\xbf") {
        return Err(JsonFault::ByteOrderMark);
    }
    let json = str::from_utf8(json).map_err(|_| JsonFault::NotJson)?;
    let members = read(json, MAX_DEPTH, false)?;
    if json.trim_start_matches(BETWEEN).starts_with('{') { Ok(members) } else { Err(JsonFault::NotObject) }
}

/// Returns the [`members`] of a segment.
pub(crate) fn segment(json: &[u8], segment: Segment) -> Result<Vec<Member<'_>>, ParseTokenError> {
    members(json).map_err(|fault| ParseTokenError::Json { segment, fault })
}

/// Checks a value of a signer's claims, which may have `levels` of arrays and objects, and nothing that other readers mistake.
pub(crate) fn check_own(json: &str, levels: usize) -> Result<(), JsonFault> {
    read(json, levels, true).map(drop)
}

/// Whether a number is no integer, or one that doubles tell from all others (RFC 8259 §6): up to 2^53 - 1.
pub(crate) fn is_exact(number: &str) -> bool {
    const GREATEST: u64 = 9_007_199_254_740_991;

    let digits = number.strip_prefix('-').unwrap_or(number);
    let is_integer = || digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.len() < 16 || !is_integer() || digits.parse::<u64>().is_ok_and(|integer| integer <= GREATEST)
}

/// Whether serde_json, in some build or other, takes the value behind this name for a number, or for JSON in JSON that no check
/// here has seen.
pub(crate) fn is_private(name: &str) -> bool {
    name.starts_with("$serde_json::private::")
}

/// Whether a reader that matches names without regard to case, as those of Go and .NET, takes the two for one: by simple
/// case folding, in which `ſ` is `s` and the Kelvin sign `k`.
pub(crate) fn is_same_name(one: &str, other: &str) -> bool {
    if one.is_ascii() && other.is_ascii() {
        return one.eq_ignore_ascii_case(other);
    }
    one.chars().map(folded).eq(other.chars().map(folded))
}

fn folded(character: char) -> char {
    let mut lower = character.to_lowercase();
    match (character, lower.next(), lower.next()) {
        ('ſ', ..) => 's',
        (_, Some(lower), None) => lower,
        _ => character,
    }
}

/// The characters between the pieces of valid JSON.
const BETWEEN: [char; 6] = [' ', '\n', '\t', '\r', ':', ','];

/// Reads one value of at most `levels` arrays and objects inside each other, of a signer's own claims if `is_own`. Returns the
/// members of the outermost object.
fn read(json: &str, levels: usize, is_own: bool) -> Result<Vec<Member<'_>>, JsonFault> {
    serde_json::from_str::<IgnoredAny>(json).map_err(|_| JsonFault::NotJson)?;
    let (mut members, mut names, mut rest) = (Vec::<Member<'_>>::new(), Vec::<HashSet<_>>::new(), json);
    loop {
        rest = rest.trim_start_matches(BETWEEN);
        let (piece, behind) = rest.split_at(length(rest));
        match piece.as_bytes() {
            [] => return Ok(members),
            [b'{' | b'[', ..] if names.len() == levels => return Err(JsonFault::Depth { max: levels }),
            [b'{' | b'[', ..] => names.push(HashSet::new()),
            [b'}' | b']', ..] => {
                names.pop();
                if let (true, Some(last)) = (names.is_empty(), members.last_mut()) {
                    last.end_before(rest);
                }
            }
            [b'"', ..] => {
                let text = text(piece).ok_or(JsonFault::Surrogate)?;
                if is_own && text.contains('\0') {
                    return Err(JsonFault::Nul);
                }
                if let Some(value) = behind.trim_start().strip_prefix(':') {
                    if names.len() == 1 {
                        if let Some(last) = members.last_mut() {
                            last.end_before(rest);
                        }
                        members.push(Member { name: text.clone(), value: value.trim_start(), text: rest });
                    }
                    let is_new = names.last_mut().is_some_and(|names| names.insert(text.clone()));
                    if !is_new || is_private(&text) {
                        return Err(JsonFault::NotJson);
                    }
                }
            }
            [b'-' | b'0'..=b'9', ..] => {
                if !piece.parse().is_ok_and(f64::is_finite) {
                    return Err(JsonFault::Number);
                }
                if is_own && !is_exact(piece) {
                    return Err(JsonFault::Integer);
                }
            }
            _ => {}
        }
        rest = behind;
    }
}

/// How long the first piece of valid JSON is: a bracket, a string with its quotes, a number or a literal name.
fn length(json: &str) -> usize {
    match json.as_bytes() {
        [b'{' | b'}' | b'[' | b']', ..] => 1,
        [b'"', string @ ..] => {
            let mut is_escaped = false;
            let ends = |byte: &u8| {
                let is_end = *byte == b'"' && !is_escaped;
                is_escaped = *byte == b'\\' && !is_escaped;
                is_end
            };
            string.iter().position(ends).map_or(json.len(), |length| length.saturating_add(2))
        }
        _ => json.find([',', '}', ']', ' ', '\n', '\t', '\r']).unwrap_or(json.len()),
    }
}

/// Decodes a JSON string; `None` for another value, or half a surrogate pair.
pub(crate) fn text(string: &str) -> Option<Cow<'_, str>> {
    match string.strip_prefix('"')?.strip_suffix('"')? {
        plain if !plain.contains('\\') => Some(Cow::Borrowed(plain)),
        _ => serde_json::from_str(string).ok().map(Cow::Owned),
    }
}

#[cfg(test)]
#[expect(clippy::arithmetic_side_effects, reason = "a test may stop on the spot")]
mod tests {
    use proptest::{collection::vec, prelude::*, sample::select};
    use serde_json::{Map, Value};

    use super::*;

    /// JSON as it is written, names as often as they come.
    #[derive(Clone, Debug)]
    enum Written {
        Scalar(&'static str),
        Array(Vec<Self>),
        Object(Vec<(&'static str, Self)>),
    }

    impl Written {
        fn json(&self) -> String {
            match self {
                Self::Scalar(json) => (*json).to_owned(),
                Self::Array(items) => format!("[{}]", items.iter().map(Self::json).collect::<Vec<_>>().join(",")),
                Self::Object(members) => {
                    let member = |(name, value): &(&str, Self)| format!("{name}:{}", value.json());
                    format!("{{{}}}", members.iter().map(member).collect::<Vec<_>>().join(", "))
                }
            }
        }

        fn depth(&self) -> usize {
            match self {
                Self::Scalar(_) => 0,
                Self::Array(items) => 1 + items.iter().map(Self::depth).max().unwrap_or(0),
                Self::Object(members) => 1 + members.iter().map(|(_, value)| value.depth()).max().unwrap_or(0),
            }
        }

        /// Sorts all names and looks for neighbours.
        fn repeats_a_name(&self) -> bool {
            match self {
                Self::Scalar(_) => false,
                Self::Array(items) => items.iter().any(Self::repeats_a_name),
                Self::Object(members) => {
                    let mut names: Vec<String> =
                        members.iter().map(|(name, _)| serde_json::from_str(name).unwrap()).collect();
                    names.sort();
                    names.windows(2).any(|pair| pair[0] == pair[1])
                        || members.iter().any(|(_, value)| value.repeats_a_name())
                }
            }
        }
    }

    fn written() -> impl Strategy<Value = Written> {
        let scalars = ["null", "true", "-1", "1.5e3", "\"\"", "\"{\\\"a\\\":1,\\\"a\\\":1}\"", "18446744073709551616"];
        let names = ["\"a\"", "\"\\u0061\"", "\"b\"", "\"c\"", "\"d\"", "\"\"", "\"é\"", "\"\\u00e9\"", "\"a\\u0000\""];
        select(scalars.to_vec()).prop_map(Written::Scalar).prop_recursive(10, 40, 4, move |inner| {
            prop_oneof![
                vec(inner.clone(), 0..4).prop_map(Written::Array),
                vec((select(names.to_vec()), inner), 0..4).prop_map(Written::Object),
            ]
        })
    }

    proptest! {
        #[test]
        fn an_object_is_read_if_it_is_shallow_and_repeats_no_name_and_then_as_serde_json_does(value in written()) {
            let json = value.json();
            let is_strict = value.depth() <= MAX_DEPTH && !value.repeats_a_name();
            let expected = matches!(value, Written::Object(_)) && is_strict;
            let object = members(json.as_bytes());
            prop_assert_eq!(object.is_ok(), expected, "{}", json);
            if let (Ok(members), Written::Object(written)) = (object, value) {
                let texts = written.iter().map(|(name, value)| format!("{name}:{}", value.json()));
                prop_assert!(members.iter().map(|member| member.text).eq(texts));
                let value = |member: &Member<'_>| serde_json::from_str::<Value>(member.value).unwrap();
                let members: Map<_, _> = members.iter().map(|member| (member.name.to_string(), value(member))).collect();
                prop_assert_eq!(Value::from(members), serde_json::from_str::<Value>(&json).unwrap());
            }
        }

        #[test]
        fn a_value_is_checked_as_one_that_a_member_has(value in written(), before in "[ \n]?", after in "[ \n,:1}\\]\"]?") {
            let json = [before, value.json(), after].concat();
            // Read with another member behind it, the value cannot have ended the object, nor have begun a member.
            let object = format!("{{\"x\":{json},\"y\":0}}");
            let is_member = members(object.as_bytes()).is_ok_and(|members| members.len() == 2);
            let is_misread = ["18446744073709551616", "a\\u0000"].iter().any(|piece| json.contains(piece));
            prop_assert_eq!(check_own(&json, MAX_DEPTH - 1).is_ok(), is_member && !is_misread, "{}", json);
        }
    }

    #[test]
    fn what_is_refused_has_a_name() {
        let nested = |depth: usize| ["[".repeat(depth), "]".repeat(depth)].concat();
        for (json, fault) in [
            (nested(9).as_str(), JsonFault::Depth { max: 8 }),
            ("1e400", JsonFault::Number),
            ("[1,-1e999]", JsonFault::Number),
            (r#""\ud800""#, JsonFault::Surrogate),
            (r#""\udc00\ud800""#, JsonFault::Surrogate),
            (r#""\ud800\ud800\udc00""#, JsonFault::Surrogate),
            (r#"{"\ud83d":1}"#, JsonFault::Surrogate),
            (r#""\ud83d\ude00 \\ud800 \ud83dx""#, JsonFault::Surrogate),
            ("-9007199254740992", JsonFault::Integer),
            (r#"{"a":[null,{"b":18446744073709551616}]}"#, JsonFault::Integer),
            ("[1,2 ,-123456789012345678901234567890]", JsonFault::Integer),
            (r#""a\u0000""#, JsonFault::Nul),
            (r#"{"\u0000":1}"#, JsonFault::Nul),
            (r#"[{"a":{"b\u0000c":1}}]"#, JsonFault::Nul),
            (r#"["\\u0000","\u0001","\u00000"]"#, JsonFault::Nul),
            ("inf", JsonFault::NotJson),
            ("{\"a\":1,\"a\":2}", JsonFault::NotJson),
            ("\"", JsonFault::NotJson),
            ("\"\\u", JsonFault::NotJson),
            ("", JsonFault::NotJson),
        ] {
            assert_eq!(check_own(json, 8), Err(fault), "{json}");
        }
        for json in [
            nested(8).as_str(),
            r#"["9007199254740993",1e300,9007199254740993.5,12345678901234567890e0,-0,true]"#,
            r#"["\\u0000","\u0001","\\\\u0000","\"9007199254740993"]"#,
            r#""\ud83d\ude00 \\ud800""#,
            "9007199254740991",
        ] {
            assert_eq!(check_own(json, 8), Ok(()), "{json}");
        }
        assert_eq!(members(b"\xef\xbb\xbf{}").err(), Some(JsonFault::ByteOrderMark));
        assert_eq!(members(b" [{}]").err(), Some(JsonFault::NotObject));
    }
}
