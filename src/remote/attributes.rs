//! The attributes of a user, checked where the rule is published.
//!
//! Attributes are personal data, so no `Debug` prints one.

use std::{collections::BTreeMap, fmt, str::FromStr};

use serde::{Serialize, Serializer};
use serde_json::Value;
use thiserror::Error;
use time::{Date, Month, format_description::well_known::Iso8601};

/// A telephone number in the form of ITU-T E.164: `+`, then 2 to 15 digits of which the first is not 0.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct PhoneNumber(String);

impl FromStr for PhoneNumber {
    type Err = AttributeError;

    fn from_str(text: &str) -> Result<Self, AttributeError> {
        match text.as_bytes() {
            [b'+', b'1'..=b'9', rest @ ..] if matches!(rest.len(), 1..=14) && rest.iter().all(u8::is_ascii_digit) => {
                Ok(Self(text.to_owned()))
            }
            _ => Err(AttributeError::Phone),
        }
    }
}

impl fmt::Display for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// A date of birth: a day of the Gregorian calendar, from year 0 to 9999.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BirthDate(Date);

impl BirthDate {
    /// The date with this year, month (1 to 12) and day of the month.
    ///
    /// # Errors
    ///
    /// A day that the calendar does not have, such as 30 February.
    pub fn new(year: u16, month: u8, day: u8) -> Result<Self, AttributeError> {
        if year > 9999 {
            return Err(AttributeError::Date);
        }
        let month = Month::try_from(month).map_err(|_| AttributeError::Date)?;
        Date::from_calendar_date(year.into(), month, day).map(Self).map_err(|_| AttributeError::Date)
    }
}

impl FromStr for BirthDate {
    type Err = AttributeError;

    /// Reads `YYYY-MM-DD`.
    fn from_str(text: &str) -> Result<Self, AttributeError> {
        let date = Date::parse(text, &Iso8601::DATE).ok().map(Self);
        // ISO 8601 has other forms of a date as well.
        date.filter(|date| date.to_string() == text).ok_or(AttributeError::Date)
    }
}

/// Writes `YYYY-MM-DD`.
impl fmt::Display for BirthDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.0.year(), u8::from(self.0.month()), self.0.day())
    }
}

impl Serialize for BirthDate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A postal address. The lists of countries and states that Quiltt takes are not public, so no text is checked.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Address {
    /// Street and number.
    pub line1: String,
    /// Flat, floor or company; left out if `None`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line2: Option<String>,
    /// City or town.
    pub city: String,
    /// State, province or region.
    pub state: String,
    /// ZIP or postal code.
    pub postal_code: String,
    /// The country's code, such as `US`.
    pub country_code: String,
}

/// A backend's own data about a user: 1 to 50 keys, each with a JSON value.
///
/// # Examples
///
/// ```
/// use quiltt_session::{AttributeError, Metadata};
///
/// assert!(Metadata::new([("crmId", "42"), ("plan", "gold")]).is_ok());
/// assert_eq!(Metadata::new([("crmId", 42), ("crmId", 43)]), Err(AttributeError::MetadataRepeated));
/// ```
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Metadata(BTreeMap<String, Value>);

impl Metadata {
    /// The maximum number of keys.
    pub const MAX_KEYS: usize = 50;

    /// The metadata with these keys and values.
    ///
    /// # Errors
    ///
    /// No key, more than 50, or one of them twice.
    pub fn new<K: Into<String>, V: Into<Value>>(
        entries: impl IntoIterator<Item = (K, V)>,
    ) -> Result<Self, AttributeError> {
        let mut keys = BTreeMap::new();
        for (key, value) in entries {
            if keys.insert(key.into(), value.into()).is_some() {
                return Err(AttributeError::MetadataRepeated);
            }
            if keys.len() > Self::MAX_KEYS {
                return Err(AttributeError::MetadataKeys { max: Self::MAX_KEYS });
            }
        }
        if keys.is_empty() {
            return Err(AttributeError::MetadataKeys { max: Self::MAX_KEYS });
        }
        Ok(Self(keys))
    }
}

impl fmt::Debug for Metadata {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Metadata({} keys)", self.0.len())
    }
}

macro_rules! hide {
    ($($type:ident)*) => {$(
        impl fmt::Debug for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($type), "(..)"))
            }
        }
    )*};
}
hide!(PhoneNumber BirthDate Address);

/// An attribute of a user is not of the published form. The attribute is not shown: it is personal data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum AttributeError {
    /// A telephone number that is not in the form of E.164.
    #[error("expected a telephone number such as +14155550100 (E.164), found another form")]
    Phone,
    /// A date that the calendar does not have, or of another form.
    #[error("expected a date of the calendar such as 1990-12-31, found something else")]
    Date,
    /// No metadata key, or too many.
    #[error("expected 1 to {max} metadata keys, found another number")]
    MetadataKeys {
        /// The maximum number of keys.
        max: usize,
    },
    /// The same metadata key twice.
    #[error("expected each metadata key once, found one twice")]
    MetadataRepeated,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_e_164_is_a_phone_number() {
        for text in ["+12", "+14155550100", "+123456789012345"] {
            assert_eq!(text.parse::<PhoneNumber>().unwrap().to_string(), text);
        }
        for text in
            ["", "+", "+1", "14155550100", "+04155550100", "+1234567890123456", "+1 415", "+1415a", "+١٢٣", "+12\n"]
        {
            assert_eq!(text.parse::<PhoneNumber>(), Err(AttributeError::Phone), "{text:?}");
        }
    }

    #[test]
    fn only_days_of_the_calendar_in_one_form_are_dates() {
        for text in ["1990-12-31", "2000-02-29", "0000-01-01", "9999-12-31"] {
            assert_eq!(text.parse::<BirthDate>().unwrap().to_string(), text);
        }
        for text in [
            "",
            "1990",
            "1990-1-2",
            "90-01-02",
            "1990-13-01",
            "1990-00-01",
            "1990-01-00",
            "1990-02-30",
            "1900-02-29",
            "+990-01-01",
            "1990-01-01T00:00:00Z",
            "1990/01/01",
            "01-02-1990",
            "1990-01-0١",
        ] {
            assert_eq!(text.parse::<BirthDate>(), Err(AttributeError::Date), "{text:?}");
        }
        assert_eq!(BirthDate::new(10_000, 1, 1), Err(AttributeError::Date));
    }

    #[test]
    fn metadata_has_1_to_50_keys() {
        let of = |keys: usize| Metadata::new((0..keys).map(|key| (key.to_string(), key)));
        assert!(of(1).is_ok() && of(50).is_ok());
        for keys in [0, 51] {
            assert_eq!(of(keys), Err(AttributeError::MetadataKeys { max: 50 }));
        }
    }
}
