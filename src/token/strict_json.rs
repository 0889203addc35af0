//! JSON objects that name each member once, and nest no deeper than a small stack allows.
//!
//! RFC 8259 leaves repeated names to the reader, and readers differ: a token could state one user to a proxy and another
//! to the service behind it. RFC 7519 §4 lets a reader refuse; this crate does, at every depth, escapes decoded.
//!
//! Texts and numbers stay where they stand until it is known what they are for. Escapes, and numbers that are more than a
//! few digits, are serde_json's to judge.

use std::{borrow::Cow, collections::HashSet};

use serde_json::{Number, Value};

/// Most arrays and objects inside each other, the outermost included.
///
/// Reading them recurses, and running out of stack aborts the process. serde_json's own limit of 128 takes more than a
/// thread of 64 KiB has; in a build without optimisation, with `arbitrary_precision` and `preserve_order`, 8 is sure to fit.
pub(crate) const MAX_DEPTH: usize = 8;

/// The members of one JSON object, in their order: no name twice at any depth, no more than [`MAX_DEPTH`] levels, every
/// number a finite double.
pub(crate) struct Object<'j>(Vec<Member<'j>>);

type Member<'j> = (Cow<'j, str>, Json<'j>);

/// The value of a member.
pub(crate) enum Json<'j> {
    Null,
    Bool(bool),
    /// As it is written.
    Number(&'j str),
    Text(Cow<'j, str>),
    Array(Vec<Self>),
    Object(Object<'j>),
}

impl<'j> Object<'j> {
    /// Reads JSON in UTF-8; `None` for anything but one such object.
    pub(crate) fn read(json: &'j [u8]) -> Option<Self> {
        let mut members = vec![];
        read_members(json, |name, value, _| members.push((name.clone(), value)))?;
        Some(Self(members))
    }

    /// Takes a member's value out; those that are left keep their order.
    pub(crate) fn take(&mut self, name: &str) -> Option<Json<'j>> {
        let place = self.0.iter().position(|(other, _)| other == name)?;
        Some(self.0.remove(place).1)
    }
}

impl<'j> IntoIterator for Object<'j> {
    type Item = Member<'j>;
    type IntoIter = std::vec::IntoIter<Member<'j>>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl From<Json<'_>> for Value {
    #[expect(clippy::expect_used, reason = "a number is one to serde_json too")]
    fn from(json: Json<'_>) -> Self {
        match json {
            Json::Null => Self::Null,
            Json::Bool(value) => value.into(),
            Json::Number(text) => Self::Number(text.parse().expect("a number")),
            Json::Text(text) => text.into(),
            Json::Array(items) => items.into_iter().map(Self::from).collect(),
            Json::Object(members) => {
                members.into_iter().map(|(name, value)| (name.into_owned(), Self::from(value))).collect()
            }
        }
    }
}

/// Hands over each member of the object that [`Object::read`] reads, as it comes: name, value, and the text of both.
///
/// What comes behind it may still be wrong: then the answer is `None`, and nothing that was handed over counts.
pub(crate) fn read_members<'j>(json: &'j [u8], each: impl FnMut(&Cow<'j, str>, Json<'j>, &'j str)) -> Option<()> {
    let mut reader = Reader::new(str::from_utf8(json).ok()?);
    reader.object(MAX_DEPTH.checked_sub(1)?, each)?;
    reader.has_ended().then_some(())
}

/// Whether this is one value that [`Object::read`] takes for a member's, and nothing else.
pub(crate) fn is_value(json: &str) -> bool {
    let mut reader = Reader::new(json);
    MAX_DEPTH.checked_sub(1).and_then(|levels| reader.value(levels)).is_some() && reader.has_ended()
}

/// Whether serde_json keeps the name for itself: no object here has it.
pub(crate) fn is_private(name: &str) -> bool {
    name.starts_with(PRIVATE)
}

/// Where another crate turns on serde_json's `arbitrary_precision`, a number comes as an object with this one member.
pub(crate) const NUMBER: &str = "$serde_json::private::Number";
/// What names begin with to which serde_json gives a meaning. With `raw_value`, a text behind one is read as JSON, unseen
/// by all checks here.
const PRIVATE: &str = "$serde_json::private::";

struct Reader<'j> {
    json: &'j str,
    /// What is still to be read.
    rest: &'j [u8],
}

impl<'j> Reader<'j> {
    const fn new(json: &'j str) -> Self {
        Self { json, rest: json.as_bytes() }
    }

    /// An object whose values may have so many levels.
    #[inline]
    fn object(&mut self, levels: usize, mut each: impl FnMut(&Cow<'j, str>, Json<'j>, &'j str)) -> Option<()> {
        self.take(b'{')?;
        if self.take(b'}').is_some() {
            return Some(());
        }
        let mut names = Names { names: Vec::with_capacity(USUAL_MEMBERS), bits: 0, in_doubt: false };
        loop {
            self.skip_space();
            let start = self.place();
            let name = self.name()?;
            if is_private(&name) {
                return None;
            }
            let value = self.value(levels)?;
            each(&name, value, self.json.get(start..self.place())?);
            names.push(name);
            if self.take(b',').is_none() {
                break;
            }
        }
        self.take(b'}').filter(|()| !names.has_repeated())
    }

    #[inline(never)]
    fn object_inside(&mut self, levels: usize) -> Option<Object<'j>> {
        let mut members = vec![];
        self.object(levels, |name, value, _| members.push((name.clone(), value)))?;
        Some(Object(members))
    }

    /// A value that may have so many levels.
    #[inline(always)]
    fn value(&mut self, levels: usize) -> Option<Json<'j>> {
        self.skip_space();
        match self.rest.first()? {
            b'"' => self.text().map(Json::Text),
            b'{' => self.object_of_a_number().or_else(|| self.object_inside(levels.checked_sub(1)?).map(Json::Object)),
            b'[' => self.array(levels.checked_sub(1)?).map(Json::Array),
            b'n' => self.literal("null", Json::Null),
            b't' => self.literal("true", Json::Bool(true)),
            b'f' => self.literal("false", Json::Bool(false)),
            _ => self.number().map(Json::Number),
        }
    }

    /// An object inside that serde_json could take for a number: one to all other readers, so no number here. Its text
    /// is a number's all the same, whatever features serde_json has.
    #[inline(never)]
    fn object_of_a_number(&mut self) -> Option<Json<'j>> {
        let mut ahead = Reader { ..*self };
        ahead.take(b'{')?;
        let name = ahead.name().filter(|name| name == NUMBER)?;
        ahead.skip_space();
        let number = ahead.text().filter(|text| is_number(text))?;
        ahead.take(b'}')?;
        *self = ahead;
        Some(Json::Object(Object(vec![(name, Json::Text(number))])))
    }

    #[inline(never)]
    fn array(&mut self, levels: usize) -> Option<Vec<Json<'j>>> {
        self.take(b'[')?;
        let mut items = vec![];
        if self.take(b']').is_some() {
            return Some(items);
        }
        loop {
            items.push(self.value(levels)?);
            if self.take(b',').is_none() {
                return self.take(b']').map(|()| items);
            }
        }
    }

    #[inline(never)]
    fn literal(&mut self, literal: &str, value: Json<'j>) -> Option<Json<'j>> {
        self.rest = self.rest.strip_prefix(literal.as_bytes())?;
        Some(value)
    }

    #[inline(always)]
    fn number(&mut self) -> Option<&'j str> {
        let count = |is_part: fn(&u8) -> bool| self.rest.iter().take_while(|byte| is_part(byte)).count();
        let digits = count(u8::is_ascii_digit);
        let is_part = |byte: &u8| matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E');
        // So many digits that are not behind a zero need no second look.
        let is_plain = match self.rest {
            [b'0', ..] => digits == 1,
            _ => matches!(digits, 1..20),
        } && !self.rest.get(digits).is_some_and(is_part);
        let text = self.advance(if is_plain { digits } else { count(is_part) })?;
        (is_plain || is_number(text)).then_some(text)
    }

    /// A name and the colon behind it.
    #[inline(always)]
    fn name(&mut self) -> Option<Cow<'j, str>> {
        self.skip_space();
        // As all names of Quiltt's claims are written.
        if let Some([b'"', name @ .., b'"', b':']) = self.rest.first_chunk::<6>()
            && name.iter().all(is_plain)
        {
            let name = self.advance(6)?.get(1..4)?;
            return Some(Cow::Borrowed(name));
        }
        let name = self.text()?;
        self.take(b':').map(|()| name)
    }

    #[inline(always)]
    fn text(&mut self) -> Option<Cow<'j, str>> {
        let [b'"', rest @ ..] = self.rest else { return None };
        self.rest = rest;
        let length = plain_length(rest);
        match rest.get(length..)? {
            [b'"', rest @ ..] => {
                let start = self.place();
                self.rest = rest;
                self.json.get(start..start.saturating_add(length)).map(Cow::Borrowed)
            }
            [b'\\', ..] => self.escaped_text().map(Cow::Owned),
            _ => None,
        }
    }

    /// From behind the first quote on.
    #[cold]
    fn escaped_text(&mut self) -> Option<String> {
        let mut length = 0_usize;
        loop {
            let step = match self.rest.get(length)? {
                b'"' => break,
                b'\\' => 2,
                _ => 1,
            };
            length = length.saturating_add(step);
        }
        let text = self.advance(length)?;
        self.take(b'"')?;
        serde_json::from_str(&["\"", text, "\""].concat()).ok()
    }

    /// Goes on behind this byte, and white space before it, if it comes next.
    #[inline]
    fn take(&mut self, byte: u8) -> Option<()> {
        self.skip_space();
        let (first, rest) = self.rest.split_first()?;
        if *first != byte {
            return None;
        }
        self.rest = rest;
        Some(())
    }

    #[inline]
    fn skip_space(&mut self) {
        while let [b' ' | b'\n' | b'\t' | b'\r', rest @ ..] = self.rest {
            self.rest = rest;
        }
    }

    /// Goes on behind so many bytes, and returns them.
    #[inline]
    fn advance(&mut self, length: usize) -> Option<&'j str> {
        let start = self.place();
        self.rest = self.rest.get(length..)?;
        self.json.get(start..self.place())
    }

    #[inline]
    const fn place(&self) -> usize {
        self.json.len().saturating_sub(self.rest.len())
    }

    fn has_ended(mut self) -> bool {
        self.skip_space();
        self.rest.is_empty()
    }
}

/// How many bytes stand before the next quote, backslash or control character.
#[inline]
fn plain_length(bytes: &[u8]) -> usize {
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    let (words, rest) = bytes.as_chunks();
    for (word, place) in words.iter().zip((0_usize..).step_by(8)) {
        let word = u64::from_le_bytes(*word);
        // The highest bit of each byte below `bound`. What is borrowed spoils the bytes behind one that is found, only.
        let below = |word: u64, bound: u8| word.wrapping_sub(ONES.wrapping_mul(bound.into())) & !word;
        let is = |byte: u8| below(word ^ ONES.wrapping_mul(byte.into()), 1);
        let stops = (is(b'"') | is(b'\\') | below(word, b' ')) & ONES.wrapping_mul(0x80);
        if stops != 0 {
            return place.saturating_add((stops.trailing_zeros() >> 3) as usize);
        }
    }
    words.as_flattened().len().saturating_add(rest.iter().take_while(|byte| is_plain(byte)).count())
}

/// Whether the byte stands for itself in a text.
const fn is_plain(byte: &u8) -> bool {
    !matches!(byte, b'"' | b'\\' | ..b' ')
}

/// Whether the text is a JSON number, and finite.
pub(crate) fn is_number(text: &str) -> bool {
    text.parse::<Number>().is_ok_and(|number| number.as_f64().is_some())
}

/// The names in one object.
struct Names<'j> {
    names: Vec<Cow<'j, str>>,
    /// A bit for each, and whether two had the same: those of Quiltt's claims have not.
    bits: u64,
    in_doubt: bool,
}

impl<'j> Names<'j> {
    #[inline]
    fn push(&mut self, name: Cow<'j, str>) {
        let hash = match *name.as_bytes() {
            [first, second, third, ..] => {
                first.wrapping_mul(81).wrapping_add(second.wrapping_mul(9)).wrapping_add(third)
            }
            _ => 0,
        };
        let bit = 1_u64.rotate_left(hash.into());
        self.in_doubt |= self.bits & bit != 0;
        self.bits |= bit;
        self.names.push(name);
    }

    fn has_repeated(&self) -> bool {
        let mut seen = HashSet::new();
        self.in_doubt && !self.names.iter().all(|name| seen.insert(name))
    }
}

/// Room for all claims that a token of Quiltt's has.
const USUAL_MEMBERS: usize = 12;

#[cfg(test)]
#[expect(clippy::arithmetic_side_effects, reason = "a test may stop on the spot")]
mod tests {
    use proptest::{collection::vec, prelude::*, sample::select};
    use serde_json::Map;

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
