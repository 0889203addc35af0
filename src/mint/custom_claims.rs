//! The caller's own claims, checked while they are turned into JSON.

use std::{fmt, ops::Range};

use serde::{Serialize, Serializer, ser};
use serde_json::Value;

use crate::{
    error::{ClaimError, JsonFault},
    token::{
        ascii_json, claims,
        json::{self, MAX_DEPTH},
    },
};

/// Most bytes of JSON that the custom claims of one token may take, names and punctuation included.
const MAX_LENGTH: usize = 4096;

/// Members of a JSON object, each with a comma before it: `,"name":value…`.
#[derive(Clone, Default)]
#[cfg_attr(test, derive(PartialEq))]
pub(crate) struct CustomClaims {
    json: String,
    /// Where the names stand in the JSON, without their quotes.
    names: Vec<Range<usize>>,
    /// Whether a name is written with an escape, and has to be decoded to be compared.
    has_escapes: bool,
}

impl CustomClaims {
    pub(crate) fn json(&self) -> &str {
        &self.json
    }

    /// Adds a claim that neither `self` nor `others` has.
    pub(crate) fn with(self, others: &Self, name: &str, value: &impl Serialize) -> Result<Self, ClaimError> {
        Writer::new(self, others, 1).write(|writer| {
            writer.name(name)?;
            writer.put(value)
        })
    }

    /// Adds all members of an object.
    pub(crate) fn with_all(self, others: &Self, claims: &(impl Serialize + ?Sized)) -> Result<Self, ClaimError> {
        Writer::new(self, others, 0).write(|writer| claims.serialize(writer))
    }

    /// The claims in the order of their names: replicas may have built them from a `HashMap`.
    pub(crate) fn sorted(self) -> Self {
        let ends = self.names.iter().skip(1).map(before_name).chain([self.json.len()]);
        let mut members: Vec<_> = self.names.iter().zip(ends).collect();
        members.sort_by_key(|(name, _)| self.at(name));
        let mut sorted = Self { has_escapes: self.has_escapes, ..Self::default() };
        for (name, end) in members {
            let start = sorted.json.len().saturating_add(NAME_OFFSET);
            sorted.names.push(start..start.saturating_add(name.len()));
            sorted.json.push_str(self.at(&(before_name(name)..end)));
        }
        sorted
    }

    /// Whether one of these has the name, in any case. `is_escaped`: the name is written with an escape.
    fn has(&self, name: &str, is_escaped: bool) -> bool {
        self.names.iter().any(|place| match is_escaped || self.has_escapes {
            false => place.len() == name.len() && self.at(place).eq_ignore_ascii_case(name),
            true => json::is_same_name(&decoded(self.at(place)), name),
        })
    }

    fn at(&self, place: &Range<usize>) -> &str {
        &self.json[place.clone()]
    }
}

/// What the claims say may be personal data.
impl fmt::Debug for CustomClaims {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CustomClaims(..)")
    }
}

/// The comma and the quote before a name.
const NAME_OFFSET: usize = 2;

const fn before_name(name: &Range<usize>) -> usize {
    name.start.saturating_sub(NAME_OFFSET)
}

#[expect(clippy::expect_used, reason = "it was written as a string")]
fn decoded(name: &str) -> String {
    serde_json::from_str(&["\"", name, "\""].concat()).expect("a string")
}

/// A serializer of JSON that a verifier takes and that every usual reader reads alike.
struct Writer<'o> {
    claims: CustomClaims,
    /// Those of the signer, where `claims` are of a single session; else none.
    others: &'o CustomClaims,
    /// How many objects and arrays are open, the token's own included.
    depth: usize,
    /// Whether a name was written, and its value not yet.
    awaits_value: bool,
    /// A value that is JSON already, which serde_json hides in a structure with a name of its own.
    raw: Option<String>,
    refused: Option<ClaimError>,
}

impl<'o> Writer<'o> {
    fn new(mut claims: CustomClaims, others: &'o CustomClaims, depth: usize) -> Self {
        if claims.names.is_empty() {
            claims.json = String::with_capacity(USUAL_LENGTH);
            claims.names = Vec::with_capacity(USUAL_COUNT);
        }
        Self { claims, others, depth, awaits_value: false, raw: None, refused: None }
    }

    fn write(mut self, claims: impl FnOnce(&mut Self) -> fmt::Result) -> Result<CustomClaims, ClaimError> {
        match (claims(&mut self), self.refused.take()) {
            (Ok(()), None) => Ok(self.claims),
            (_, Some(error)) => Err(error),
            (Err(_), None) if self.depth == 0 => Err(ClaimError::NotObject),
            (Err(_), None) => Err(not_json(self.claim())),
        }
    }

    /// The first reason counts, for a `Serialize` may go on after a failure.
    fn refuse(&mut self, error: impl FnOnce(String) -> ClaimError) -> fmt::Result {
        let error = error(self.claim());
        self.refused.get_or_insert(error);
        Err(fmt::Error)
    }

    fn refuse_json(&mut self, fault: JsonFault) -> fmt::Result {
        self.refuse(|name| ClaimError::Json { name, fault })
    }

    /// The name of the last claim.
    fn claim(&self) -> String {
        self.claims.names.last().map_or_else(String::new, |name| decoded(self.claims.at(name)))
    }

    /// Writes a name and the colon behind it.
    fn name(&mut self, name: &str) -> fmt::Result {
        if self.awaits_value {
            return self.refuse(not_json);
        }
        self.separate('{');
        let start = self.claims.json.len().saturating_add(1);
        let is_escaped = ascii_json::push_string(&mut self.claims.json, name);
        let place = start..self.claims.json.len().saturating_sub(1);
        self.claims.json.push(':');
        self.awaits_value = true;
        if self.depth > 1 {
            return Ok(());
        }
        let error = self.name_error(name, is_escaped);
        self.claims.has_escapes |= is_escaped;
        self.claims.names.push(place);
        error.map_or(Ok(()), |error| self.refuse(error))
    }

    fn name_error(&self, name: &str, is_escaped: bool) -> Option<fn(String) -> ClaimError> {
        if is_escaped && name.contains('\0') {
            Some(|name| ClaimError::Json { name, fault: JsonFault::Nul })
        } else if name.is_empty() {
            Some(|_| ClaimError::EmptyName)
        } else if claims::reserved(name).is_some() {
            Some(|name| ClaimError::Reserved { name })
        } else if json::is_private(name) || matches!(name, "__proto__" | "constructor") {
            Some(|name| ClaimError::PrivateName { name })
        } else {
            let is_repeated = [&self.claims, self.others].iter().any(|claims| claims.has(name, is_escaped));
            is_repeated.then_some(|name| ClaimError::Duplicate { name })
        }
    }

    /// Writes the name of a map's member: a text, or what serde_json writes as one.
    fn key(&mut self, key: &(impl Serialize + ?Sized)) -> fmt::Result {
        let Ok(json) = serde_json::to_string(key) else { return self.refuse(not_json) };
        match (json.as_bytes(), serde_json::from_str::<String>(&json)) {
            (_, Ok(name)) => self.name(&name),
            ([b'-' | b'0'..=b'9' | b't' | b'f', ..], _) => self.name(&json),
            _ => self.refuse(not_json),
        }
    }

    fn open(&mut self, bracket: char) -> Result<&mut Self, fmt::Error> {
        match self.depth {
            0 if bracket == '[' => self.refuse(|_| ClaimError::NotObject)?,
            0 => {}
            MAX_DEPTH.. => self.refuse_json(JsonFault::Depth { max: MAX_LEVELS })?,
            _ => self.claims.json.push(bracket),
        }
        (self.depth, self.awaits_value) = (self.depth.saturating_add(1), false);
        Ok(self)
    }

    fn close(&mut self, bracket: char) -> fmt::Result {
        if let Some(json) = self.raw.take() {
            json::check_own(&json, MAX_LEVELS).or_else(|fault| self.refuse_json(fault))?;
            return self.push(|text| ascii_json::push_json(text, &json));
        }
        if self.awaits_value {
            return self.refuse(not_json);
        }
        self.depth = self.depth.saturating_sub(1);
        if self.depth > 0 {
            self.claims.json.push(bracket);
        }
        if self.depth != 1 {
            return Ok(());
        }
        // The value of a claim is complete, an array or object, in which a name could stand twice.
        let start = self.claims.names.last().map_or(0, |name| name.end.saturating_add("\":".len()));
        let (_, value) = self.claims.json.split_at(start);
        json::check_own(value, MAX_LEVELS).or_else(|fault| self.refuse_json(fault))
    }

    fn element(&mut self, value: &(impl Serialize + ?Sized)) -> fmt::Result {
        self.separate('[');
        self.put(value)
    }

    fn member(&mut self, name: &'static str, value: &(impl Serialize + ?Sized)) -> fmt::Result {
        if let Some(json) = &mut self.raw {
            if let Ok(Value::String(text)) = serde_json::to_value(value) {
                *json = text;
            }
            return Ok(());
        }
        self.name(name)?;
        self.put(value)
    }

    fn value(&mut self, value: &(impl Serialize + ?Sized)) -> fmt::Result {
        if self.awaits_value { self.put(value) } else { self.refuse(not_json) }
    }

    fn put(&mut self, value: &(impl Serialize + ?Sized)) -> fmt::Result {
        value.serialize(&mut *self).or_else(|_| self.refuse(not_json))
    }

    /// Writes a comma, unless nothing stands behind the bracket yet.
    fn separate(&mut self, bracket: char) {
        if self.depth == 1 || !self.claims.json.ends_with(bracket) {
            self.claims.json.push(',');
        }
    }

    fn float(&mut self, is_finite: bool, number: impl Serialize) -> fmt::Result {
        if !is_finite {
            return self.refuse_json(JsonFault::Number);
        }
        let number = serde_json::to_string(&number).map_err(|_| fmt::Error)?;
        self.push(|json| json.push_str(&number))
    }

    /// Writes a value that has none inside.
    fn push(&mut self, write: impl FnOnce(&mut String)) -> fmt::Result {
        if self.depth == 0 {
            return self.refuse(|_| ClaimError::NotObject);
        }
        self.awaits_value = false;
        write(&mut self.claims.json);
        let length = self.claims.json.len().saturating_add(self.others.json.len());
        if length > MAX_LENGTH { self.refuse(|name| ClaimError::TooLarge { name, max: MAX_LENGTH }) } else { Ok(()) }
    }
}

/// Room for the claims of most tokens: bytes of JSON, and names.
const USUAL_LENGTH: usize = 512;
const USUAL_COUNT: usize = 16;

/// The most levels of a claim's value: the token's own object is one.
const MAX_LEVELS: usize = MAX_DEPTH.saturating_sub(1);

fn not_json(name: String) -> ClaimError {
    ClaimError::Json { name, fault: JsonFault::NotJson }
}

macro_rules! integers {
    ($($method:ident($integer:ty))*) => { $(
        fn $method(self, integer: $integer) -> fmt::Result {
            let mut buffer = itoa::Buffer::new();
            let digits = buffer.format(integer);
            if !json::is_exact(digits) {
                return self.refuse_json(JsonFault::Integer);
            }
            self.push(|json| json.push_str(digits))
        }
    )* };
}

impl Serializer for &mut Writer<'_> {
    type Ok = ();
    type Error = fmt::Error;
    type SerializeSeq = Self;
    type SerializeTuple = Self;
    type SerializeTupleStruct = Self;
    type SerializeTupleVariant = Self;
    type SerializeMap = Self;
    type SerializeStruct = Self;
    type SerializeStructVariant = Self;

    integers! {
        serialize_i8(i8) serialize_i16(i16) serialize_i32(i32) serialize_i64(i64) serialize_i128(i128)
        serialize_u8(u8) serialize_u16(u16) serialize_u32(u32) serialize_u64(u64) serialize_u128(u128)
    }

    fn serialize_f32(self, number: f32) -> fmt::Result {
        self.float(number.is_finite(), number)
    }

    fn serialize_f64(self, number: f64) -> fmt::Result {
        self.float(number.is_finite(), number)
    }

    fn serialize_bool(self, value: bool) -> fmt::Result {
        self.push(|json| json.push_str(if value { "true" } else { "false" }))
    }

    fn serialize_char(self, character: char) -> fmt::Result {
        self.serialize_str(character.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, text: &str) -> fmt::Result {
        let mut is_escaped = false;
        self.push(|json| is_escaped = ascii_json::push_string(json, text))?;
        if is_escaped && text.contains('\0') { self.refuse_json(JsonFault::Nul) } else { Ok(()) }
    }

    fn serialize_bytes(self, bytes: &[u8]) -> fmt::Result {
        self.collect_seq(bytes)
    }

    fn serialize_none(self) -> fmt::Result {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> fmt::Result {
        value.serialize(self)
    }

    fn serialize_unit(self) -> fmt::Result {
        self.push(|json| json.push_str("null"))
    }

    fn serialize_unit_struct(self, _: &'static str) -> fmt::Result {
        self.serialize_unit()
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> fmt::Result {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> fmt::Result {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> fmt::Result {
        self.open('{')?.member(variant, value)?;
        self.close('}')
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Self, fmt::Error> {
        self.open('[')
    }

    fn serialize_tuple(self, _: usize) -> Result<Self, fmt::Error> {
        self.open('[')
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Self, fmt::Error> {
        self.open('[')
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Self, fmt::Error> {
        self.open('{')?.name(variant)?;
        self.open('[')
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Self, fmt::Error> {
        self.open('{')
    }

    fn serialize_struct(self, name: &'static str, _: usize) -> Result<Self, fmt::Error> {
        if !json::is_private(name) {
            return self.open('{');
        }
        self.raw = Some(String::new());
        Ok(self)
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Self, fmt::Error> {
        self.open('{')?.name(variant)?;
        self.open('{')
    }
}

/// The seven kinds of arrays and objects of serde; JSON has two.
macro_rules! compound {
    ($($kind:ident { $($method:ident($($name:ident: $type:ty)?) $write:ident)* } $($bracket:literal)*;)*) => { $(
        impl ser::$kind for &mut Writer<'_> {
            type Ok = ();
            type Error = fmt::Error;

            $(fn $method<T: Serialize + ?Sized>(&mut self, $($name: $type,)? value: &T) -> fmt::Result {
                self.$write($($name,)? value)
            })*

            fn end(self) -> fmt::Result {
                [$($bracket),*].into_iter().try_for_each(|bracket| self.close(bracket))
            }
        }
    )* };
}

compound! {
    SerializeSeq { serialize_element() element } ']';
    SerializeTuple { serialize_element() element } ']';
    SerializeTupleStruct { serialize_field() element } ']';
    SerializeTupleVariant { serialize_field() element } ']' '}';
    SerializeMap { serialize_key() key serialize_value() value } '}';
    SerializeStruct { serialize_field(name: &'static str) member } '}';
    SerializeStructVariant { serialize_field(name: &'static str) member } '}' '}';
}
