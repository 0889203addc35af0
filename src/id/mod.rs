//! The ids in a token: typed global ids (`p_1…`) and the session's own UUID.

pub(crate) mod base62;
pub(crate) mod random;

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use uuid::{Builder, Uuid, fmt::Hyphenated};

use crate::error::{ParseIdError, ParseIdReason, RandomError};

/// What all kinds of ids have: conversions, text and serde. The inherent `encode` writes the text, of at most `$length` bytes.
macro_rules! id {
    ($name:ident, $length:expr, $expected:expr, $parse:expr) => {
        impl From<Uuid> for $name {
            fn from(uuid: Uuid) -> Self {
                Self(uuid)
            }
        }

        impl From<$name> for Uuid {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.encode(&mut [0; $length]))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }

        impl FromStr for $name {
            type Err = ParseIdError;

            fn from_str(text: &str) -> Result<Self, ParseIdError> {
                let parse: fn(&str) -> Result<Uuid, ReasonAt> = $parse;
                parse(text).map(Self).map_err(|(reason, position)| ParseIdError {
                    expected: $expected,
                    reason,
                    position,
                })
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.encode(&mut [0; $length]))
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_str(Text($expected, str::parse))
            }
        }
    };
}

/// Declares one kind of global id.
macro_rules! global_id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal, $kind:literal, $example:literal, $uuid:literal) => {
        $(#[$doc])*
        ///
        /// `Display` and serde write the global id: a prefix, the version digit `1` and the UUID as a base-62 number
        /// without leading zeros (`global_id-v1`, observed in Quiltt's tokens and documentation). `FromStr` and serde
        /// read the global id or a hyphenated UUID, of any RFC 9562 version or none.
        ///
        /// # Examples
        ///
        /// ```
        #[doc = concat!("use quiltt_session::", stringify!($name), ";")]
        /// use uuid::Uuid;
        ///
        #[doc = concat!("let id: ", stringify!($name), " = ", stringify!($uuid), ".parse()?;")]
        #[doc = concat!("assert_eq!(id.to_string(), ", stringify!($example), ");")]
        #[doc = concat!("assert_eq!(id, ", stringify!($name), "::from_uuid(Uuid::parse_str(", stringify!($uuid), ")?));")]
        /// # Ok::<(), Box<dyn std::error::Error>>(())
        /// ```
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Uuid);

        impl $name {
            /// The start of every global id of this kind, up to and with the version digit.
            pub const PREFIX: &'static str = $prefix;
            /// The maximum length of the global id, in bytes.
            pub const MAX_LENGTH: usize = $prefix.len() + base62::MAX_DIGITS;

            /// The id of the record that has this UUID, of any version or none.
            #[must_use]
            pub const fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// The UUID of the record, which is the number behind the prefix of the global id.
            #[must_use]
            pub const fn uuid(&self) -> Uuid {
                self.0
            }

            /// Writes the global id into the caller's buffer, and returns the text; never allocates.
            pub fn encode<'b>(&self, buffer: &'b mut [u8; Self::MAX_LENGTH]) -> &'b str {
                encode(Self::PREFIX, self.0, buffer)
            }

            /// Reads the global id only, as in tokens from version 2 on.
            pub(crate) fn parse_global(text: &[u8]) -> Option<Self> {
                parse_global(Self::PREFIX, text).ok().map(Self)
            }
        }

        id!($name, Self::MAX_LENGTH, concat!($kind, " (", $prefix, "… or a UUID)"), |text| parse(Self::PREFIX, text));
    };
}

global_id! {
    /// The id of one of the customer's users: a *profile* in Quiltt's API, `userId` on the wire.
    ProfileId, "p_1", "a profile id", "p_12VnSaRRxyP12Sl9rLZg8n1", "52909e05-e1cb-4e45-b273-2b7b5d1f9bff"
}
global_id! {
    /// The id of an API key.
    ApiKeyId, "api_1", "an API key id", "api_11gKT7OFCTrIx1YA3M0zfS5", "374a2938-8aed-42aa-970f-580faa85b089"
}
global_id! {
    /// The id of an environment, such as a customer's sandbox.
    EnvironmentId, "env_1", "an environment id", "env_1Bx4omNvZgKao2OqGshImD", "06559c18-7e0d-4a45-b3a3-b0853af1d9fd"
}
global_id! {
    /// The id of an organization: a customer of Quiltt's.
    OrganizationId, "org_1", "an organization id", "org_1WCfTognxqNqfz8qrH12uH", "11111111-1111-1111-1111-111111111111"
}

impl ProfileId {
    /// The id of a profile that does not exist yet, from a random UUID (version 4), as Quiltt picks one for a new user.
    ///
    /// # Errors
    ///
    /// The operating system gives no random bytes.
    pub fn random() -> Result<Self, RandomError> {
        SessionId::random().map(|id| Self(id.0))
    }
}

/// The id of a session: its token's `jti`, a hyphenated UUID (version 4 in all of Quiltt's tokens).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionId(Uuid);

impl SessionId {
    /// The id with this UUID, of any version or none.
    #[must_use]
    pub const fn from_uuid(uuid: Uuid) -> Self {
        Self(uuid)
    }

    /// A random id: a UUID of version 4 (RFC 9562 §5.4).
    ///
    /// # Errors
    ///
    /// The operating system gives no random bytes; there is no weaker source.
    pub fn random() -> Result<Self, RandomError> {
        random::id_bytes().map(Self::from_random)
    }

    /// `count` random ids, drawn in one call to the operating system.
    pub(crate) fn random_batch(count: usize) -> Result<Vec<Self>, RandomError> {
        Ok(random::all_id_bytes(count)?.into_iter().map(Self::from_random).collect())
    }

    /// Sets the version and variant bits of RFC 9562 §5.4.
    fn from_random(bytes: [u8; 16]) -> Self {
        Self(Builder::from_random_bytes(bytes).into_uuid())
    }

    /// The id as a UUID.
    #[must_use]
    pub const fn uuid(&self) -> Uuid {
        self.0
    }

    pub(crate) fn encode<'b>(&self, buffer: &'b mut [u8; Hyphenated::LENGTH]) -> &'b str {
        self.0.hyphenated().encode_lower(buffer)
    }
}

id!(SessionId, Hyphenated::LENGTH, "a hyphenated UUID", parse_uuid);

/// Why a text was refused, and the offset in bytes.
type ReasonAt = (ParseIdReason, usize);

/// Writes the global id into the buffer, which has room for the longest, and returns the text.
#[inline]
#[expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a prefix and digits, which are ASCII, fit the buffer"
)]
fn encode<'b>(prefix: &str, uuid: Uuid, buffer: &'b mut [u8]) -> &'b str {
    let (digits, zeros) = base62::encode(uuid.as_u128());
    let digits = &digits[zeros..];
    let length = prefix.len().saturating_add(digits.len());
    let (id, _) = buffer.split_at_mut(length);
    let (head, body) = id.split_at_mut(prefix.len());
    head.copy_from_slice(prefix.as_bytes());
    body.copy_from_slice(digits);
    str::from_utf8(id).expect("prefix and digits are ASCII")
}

fn parse(prefix: &str, text: &str) -> Result<Uuid, ReasonAt> {
    if text.contains('_') { parse_global(prefix, text.as_bytes()) } else { parse_uuid(text) }
}

/// `prefix` is the kind's name, an underscore and the version digit.
fn parse_global(prefix: &str, text: &[u8]) -> Result<Uuid, ReasonAt> {
    let Some(digits) = text.strip_prefix(prefix.as_bytes()) else {
        let kind = prefix.trim_end_matches('1');
        return Err(match text.strip_prefix(kind.as_bytes()) {
            None => (ParseIdReason::WrongKind, 0),
            Some([]) => (ParseIdReason::Empty, kind.len()),
            Some(_) => (ParseIdReason::UnknownVersion, kind.len()),
        });
    };
    base62::decode(digits)
        .map(Uuid::from_u128)
        .map_err(|(reason, position)| (reason, prefix.len().saturating_add(position)))
}

/// The hyphenated form only, as in Quiltt's tokens and documentation.
fn parse_uuid(text: &str) -> Result<Uuid, ReasonAt> {
    // Of texts of this length, `uuid` takes the hyphenated form only.
    if text.len() == Hyphenated::LENGTH
        && let Ok(uuid) = Uuid::try_parse(text)
    {
        return Ok(uuid);
    }
    Err(uuid_reason(text))
}

fn uuid_reason(text: &str) -> ReasonAt {
    if text.is_empty() {
        return (ParseIdReason::Empty, 0);
    }
    for (position, byte) in text.bytes().enumerate() {
        let fits = match position {
            8 | 13 | 18 | 23 => byte == b'-',
            0..=35 => byte.is_ascii_hexdigit(),
            _ => false,
        };
        if !fits {
            return (ParseIdReason::InvalidUuid, position);
        }
    }
    (ParseIdReason::InvalidUuid, text.len())
}

/// Reads an id from text: what is expected, and how.
struct Text<T>(&'static str, fn(&str) -> Result<T, ParseIdError>);

impl<T> de::Visitor<'_> for Text<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
        (self.1)(text).map_err(E::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_message_says_what_was_expected_and_found_and_where() {
        assert_eq!(
            "api_10".parse::<ProfileId>().unwrap_err().to_string(),
            "expected a profile id (p_1… or a UUID), found another prefix at position 0"
        );
    }

    #[test]
    fn text_is_padded_as_the_formatter_asks() {
        let id = ProfileId::from_uuid(Uuid::nil());
        assert_eq!(format!("{id:>6}|{id:<6}"), "  p_10|p_10  ");
    }
}
