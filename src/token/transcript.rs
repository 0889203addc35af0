//! What serde hands over, as the JSON that says it: names as often as they come, for the one strict reader to judge.

use std::fmt;

use serde::{
    Deserializer,
    de::{self, DeserializeSeed, MapAccess, SeqAccess, Visitor},
};
use serde_json::{Map, Number, Value};

use super::strict_json::{MAX_DEPTH, NUMBER, is_number};

pub(crate) fn transcribe<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let mut json = String::new();
    deserializer.deserialize_map(Transcript { json: &mut json, levels: MAX_DEPTH })?;
    Ok(json)
}

/// What a value is appended to, and how many levels it may have: reading it recurses.
struct Transcript<'t> {
    json: &'t mut String,
    levels: usize,
}

impl Transcript<'_> {
    fn push(&mut self, value: impl Into<Value>) {
        self.json.push_str(&value.into().to_string());
    }

    /// For a value inside an array or object.
    fn inside<E: de::Error>(&mut self) -> Result<Transcript<'_>, E> {
        let levels = self.levels.checked_sub(1).ok_or_else(|| E::custom("nested too deep"))?;
        Ok(Transcript { json: self.json, levels })
    }

    fn end(&mut self, bracket: char) {
        if self.json.ends_with(',') {
            self.json.pop();
        }
        self.json.push(bracket);
    }
}

impl<'de> DeserializeSeed<'de> for Transcript<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Transcript<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object of claims")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        let mut next = map.next_key::<String>()?;
        if next.as_deref() == Some(NUMBER) {
            return transcribe_number(map, self.json);
        }
        let mut inside = self.inside()?;
        inside.json.push('{');
        while let Some(name) = next {
            inside.push(name);
            inside.json.push(':');
            map.next_value_seed(Transcript { json: inside.json, ..inside })?;
            inside.json.push(',');
            next = map.next_key()?;
        }
        inside.end('}');
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut seq: A) -> Result<(), A::Error> {
        let mut inside = self.inside()?;
        inside.json.push('[');
        while seq.next_element_seed(Transcript { json: inside.json, ..inside })?.is_some() {
            inside.json.push(',');
        }
        inside.end(']');
        Ok(())
    }

    fn visit_bool<E>(mut self, value: bool) -> Result<(), E> {
        self.push(value);
        Ok(())
    }

    fn visit_i64<E>(mut self, number: i64) -> Result<(), E> {
        self.push(number);
        Ok(())
    }

    fn visit_u64<E>(mut self, number: u64) -> Result<(), E> {
        self.push(number);
        Ok(())
    }

    fn visit_f64<E: de::Error>(mut self, number: f64) -> Result<(), E> {
        self.push(Number::from_f64(number).ok_or_else(|| E::custom("no finite number"))?);
        Ok(())
    }

    fn visit_str<E>(mut self, text: &str) -> Result<(), E> {
        self.push(text);
        Ok(())
    }

    fn visit_unit<E>(mut self) -> Result<(), E> {
        self.push(Value::Null);
        Ok(())
    }
}

/// The member [`NUMBER`], whose name was read, and which must be the only one.
fn transcribe_number<'de, A: MapAccess<'de>>(mut map: A, json: &mut String) -> Result<(), A::Error> {
    map.next_value_seed(NumberText(json))?;
    match map.next_key::<String>()? {
        None => Ok(()),
        Some(_) => Err(de::Error::custom("a name of serde_json's own")),
    }
}

/// Reads the text behind [`NUMBER`]. A number's own is handed over; one that is lent stands in the JSON, so that the
/// object is one to all other readers and must not become a number here.
struct NumberText<'t>(&'t mut String);

impl<'de> DeserializeSeed<'de> for NumberText<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_string(self)
    }
}

impl Visitor<'_> for NumberText<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number as text")
    }

    fn visit_string<E: de::Error>(self, text: String) -> Result<(), E> {
        // Written without quotes, so nothing else may pass.
        let number = is_number(&text).then_some(text).ok_or_else(|| E::custom("no finite number"))?;
        self.0.push_str(&number);
        Ok(())
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<(), E> {
        let member = Map::from_iter([(NUMBER.to_owned(), text.into())]);
        self.0.push_str(&Value::from(member).to_string());
        Ok(())
    }
}
