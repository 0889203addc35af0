//! JSON objects that name each member once, and nest no deeper than a small stack allows.
//!
//! RFC 8259 leaves repeated names to the reader, and readers differ: a token could state one user to a proxy and another
//! to the service behind it. RFC 7519 §4 lets a reader refuse; this crate does, at every depth, escapes decoded.

use std::{borrow::Cow, collections::HashSet, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{self, DeserializeSeed, MapAccess, SeqAccess, Visitor},
};
use serde_json::{Map, Number, Value};

/// Most arrays and objects inside each other, the outermost included.
///
/// Reading them recurses, and running out of stack aborts the process. serde_json's own limit of 128 takes more than a
/// thread of 64 KiB has; in a build without optimisation, with `arbitrary_precision` and `preserve_order`, 8 is sure to fit.
pub(crate) const MAX_DEPTH: usize = 8;

/// The members of one JSON object, in their order: no name twice at any depth, no more than [`MAX_DEPTH`] levels, every
/// number a finite double.
pub(crate) struct Object<'de>(Vec<(Cow<'de, str>, Json<'de>)>);

impl<'de> Object<'de> {
    /// Reads JSON in UTF-8; `None` for anything but one such object.
    pub(crate) fn read(json: &'de [u8]) -> Option<Self> {
        // Checked once and as a whole, UTF-8 costs a fraction of what serde_json pays to check each string.
        serde_json::from_str(str::from_utf8(json).ok()?).ok()
    }

    /// Takes a member out; those that are left keep their order.
    pub(crate) fn take(&mut self, name: &str) -> Option<Json<'de>> {
        let place = self.0.iter().position(|(other, _)| other == name)?;
        Some(self.0.remove(place).1)
    }
}

/// The value of a member. Nearly all claims are texts, which stay where they are until it is known what they are for.
pub(crate) enum Json<'de> {
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

impl<'de> IntoIterator for Object<'de> {
    type Item = (Cow<'de, str>, Json<'de>);
    type IntoIter = std::vec::IntoIter<Self::Item>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'de> Deserialize<'de> for Object<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ObjectVisitor)
    }
}

/// Whether this is one value that [`Object::read`] takes for a member's, and nothing else.
pub(crate) fn is_value(json: &str) -> bool {
    let mut json = serde_json::Deserializer::from_str(json);
    let value = Strict { levels: MAX_DEPTH - 1 }.deserialize(&mut json);
    value.is_ok() && json.end().is_ok()
}

/// Whether serde_json keeps the name for itself: no object here has it.
pub(crate) fn is_private(name: &str) -> bool {
    name.starts_with(PRIVATE)
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
    if is_private(name) { Err(E::custom("a name of serde_json's own")) } else { Ok(()) }
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

#[cfg(test)]
#[expect(clippy::arithmetic_side_effects, reason = "a test may stop on the spot")]
mod tests {
    use proptest::{collection::vec, prelude::*, sample::select};

    use super::*;

    fn reads(json: &str) -> bool {
        Object::read(json.as_bytes()).is_some()
    }

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
            let object = Object::read(json.as_bytes());
            prop_assert_eq!(object.is_some(), expected, "{}", json);
            if let Some(object) = object {
                let members: Map<_, _> = object.into_iter().map(|(name, value)| (name.into_owned(), value.into())).collect();
                prop_assert_eq!(Value::from(members), serde_json::from_str::<Value>(&json).unwrap());
            }
        }

        #[test]
        fn a_repeated_name_is_found_among_few_and_among_many(count in 2_usize..40, first: usize, second: usize) {
            let mut names: Vec<_> = (0..count).map(|number| format!("\"{number}\":0")).collect();
            let is_read = |names: &[String]| reads(&format!("{{{}}}", names.join(",")));
            prop_assert!(is_read(&names));
            let (first, second) = (first % count, second % count);
            names[first] = names[second].clone();
            prop_assert_eq!(is_read(&names), first == second);
        }
    }

    proptest! {
        #[test]
        fn a_value_is_one_that_a_member_may_have(value in written(), before in "[ \n]?", after in "[ \n,:1}\\]\"]?") {
            let json = [before, value.json(), after].concat();
            // Read with another member behind it, the value cannot have ended the object, nor have begun a member.
            let object = format!("{{\"x\":{json},\"y\":0}}");
            let is_member = Object::read(object.as_bytes()).is_some_and(|object| object.into_iter().count() == 2);
            prop_assert_eq!(is_value(&json), is_member, "{}", json);
        }
    }

    #[test]
    fn members_are_taken_by_name_and_the_others_keep_their_order() {
        let mut object = Object::read(br#"{"z":1,"\u0061":2,"m":3,"b":null}"#).unwrap();
        let mut take = |name| object.take(name).map(Value::from);
        assert_eq!([take("a"), take("a"), take("b")], [Some(2.into()), None, Some(Value::Null)]);
        assert_eq!(object.into_iter().map(|(name, _)| name).collect::<Vec<_>>(), ["z", "m"]);
    }

    #[test]
    fn depth_is_limited_brackets_are_not() {
        let array = |depth| ["[".repeat(depth), "]".repeat(depth)].concat();
        let object = |depth| ["{\"a\":".repeat(depth), "{}".into(), "}".repeat(depth)].concat();
        assert!(reads(&format!("{{\"a\":{}}}", array(MAX_DEPTH - 1))) && reads(&object(MAX_DEPTH - 1)));
        assert!(!reads(&format!("{{\"a\":{}}}", array(MAX_DEPTH))) && !reads(&object(MAX_DEPTH)));
        assert!(reads(&format!("{{\"a\":[{}[]]}}", "[],".repeat(MAX_DEPTH))));
        assert!(reads(&format!("{{\"a\":\"{}\"}}", "[".repeat(MAX_DEPTH))));
        assert!(reads(&format!("{{\"a\":{}1{}}}", "[".repeat(MAX_DEPTH - 1), "]".repeat(MAX_DEPTH - 1))));
    }

    #[test]
    fn names_that_serde_json_gives_a_meaning_mean_nothing_else() {
        let inner = |name: &str, value: &str| {
            let json = format!("{{\"a\":{{\"{name}\":{value}}}}}");
            Object::read(json.as_bytes()).and_then(|mut object| object.take("a")).map(Value::from)
        };
        for number in ["1", "-1.5e3"] {
            let value = inner(NUMBER, &format!("\"{number}\"")).unwrap();
            assert!(!value.is_number(), "to other readers it is an object: {value}");
        }
        for value in ["1", "\"\"", "\"a\"", "\"1e400\"", "\"NaN\"", "\"+1\"", "\"1\",\"a\":1", "null"] {
            assert_eq!(inner(NUMBER, value), None, "{value}");
        }
        for name in [&format!("{PRIVATE}RawValue"), "\\u0024serde_json::private::RawValue", PRIVATE] {
            assert_eq!(inner(name, "\"[]\""), None);
            assert!(!reads(&format!("{{\"{name}\":\"[]\"}}")));
        }
        assert!(!reads(&format!("{{\"{NUMBER}\":\"1\"}}")));
    }

    #[test]
    fn what_is_not_one_json_object_is_refused() {
        let deep = [vec![b'['; 4096], vec![b']'; 4096]].concat();
        let not_objects = [
            &b""[..],
            b"{",
            b"1",
            b"null",
            b"\"a\"",
            b"[]",
            b"{} {}",
            b"{},",
            b"{\"a\":\xff}",
            b"{\"a\":\"\xff\"}",
            b"{\"\xff\":1}",
            b"{\"a\":1e400}",
            b"{\"a\":[-1e400]}",
            b"{\"a\":\"\\ud800\"}",
            b"\xef\xbb\xbf{}",
            &deep,
        ];
        for json in not_objects {
            assert!(Object::read(json).is_none(), "{}", json.escape_ascii());
        }
        assert!(reads(" {\n} ") && reads("{\"a\":-0}"));
    }
}
