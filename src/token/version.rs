//! The versions of Quiltt's tokens: which claim carries which id.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::error::ParseSettingError;

/// The version of a token's claims: their `ver`, and with it the names and forms of the ids.
///
/// | version | profile | API key | organization | environment | ids are | observed |
/// |---|---|---|---|---|---|---|
/// | `V1` | `uid` | `aid` | | | bare UUIDs | 2021 |
/// | `V2` | `uid` | `did` | | | global ids | 2022 |
/// | `V4` | `sub` | `did` | `oid` | `eid` | global ids | 2023 |
/// | `V6` | `sub` | `cid` | `oid` | `eid` | global ids | 2025 |
///
/// Versions 3 and 5 were never seen. Which of them Quiltt takes in a self-signed token is not public: ask when you get
/// your secret.
///
/// # Examples
///
/// ```
/// use quiltt_session::TokenVersion;
///
/// assert_eq!(TokenVersion::default(), TokenVersion::V6);
/// assert_eq!(TokenVersion::V6.number(), 6);
/// assert_eq!(TokenVersion::from_number(3), None);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum TokenVersion {
    /// 2021: bare UUIDs.
    V1,
    /// 2022: global ids.
    V2,
    /// 2023: the user in `sub`, organization and environment.
    V4,
    /// 2025: the API key in `cid`.
    #[default]
    V6,
}

impl TokenVersion {
    /// All versions, oldest first.
    pub const ALL: [Self; 4] = [Self::V1, Self::V2, Self::V4, Self::V6];

    /// The value of the claim `ver`, a number as observed in all of Quiltt's tokens.
    #[must_use]
    pub const fn number(self) -> u64 {
        match self {
            Self::V1 => 1,
            Self::V2 => 2,
            Self::V4 => 4,
            Self::V6 => 6,
        }
    }

    /// The version whose `ver` is `number`, if it is known.
    #[must_use]
    pub const fn from_number(number: u64) -> Option<Self> {
        match number {
            1 => Some(Self::V1),
            2 => Some(Self::V2),
            4 => Some(Self::V4),
            6 => Some(Self::V6),
            _ => None,
        }
    }

    pub(crate) const fn layout(self) -> &'static Layout {
        match self {
            Self::V1 => &V1,
            Self::V2 => &V2,
            Self::V4 => &V4,
            Self::V6 => &V6,
        }
    }
}

/// Writes the number, as the claim `ver` has it.
impl fmt::Display for TokenVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.number().fmt(f)
    }
}

/// Reads the number.
impl FromStr for TokenVersion {
    type Err = ParseSettingError;

    fn from_str(text: &str) -> Result<Self, ParseSettingError> {
        Self::ALL.into_iter().find(|version| version.to_string() == text).ok_or(UNKNOWN)
    }
}

const EXPECTED: &str = "one of the token versions 1, 2, 4 and 6";
const UNKNOWN: ParseSettingError = ParseSettingError::new(EXPECTED);

/// Reads the number, or the same as a text: configuration may come from a file or from an environment variable.
impl<'de> Deserialize<'de> for TokenVersion {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NumberOrText)
    }
}

struct NumberOrText;

impl de::Visitor<'_> for NumberOrText {
    type Value = TokenVersion;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(EXPECTED)
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<TokenVersion, E> {
        TokenVersion::from_number(number).ok_or_else(|| E::custom(UNKNOWN))
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<TokenVersion, E> {
        number.to_string().parse().map_err(E::custom)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<TokenVersion, E> {
        text.parse().map_err(E::custom)
    }
}

/// Writes the number.
impl Serialize for TokenVersion {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(self.number())
    }
}

/// The names of the claims that carry ids, and the form of the ids in them.
pub(crate) struct Layout {
    pub(crate) profile: &'static str,
    /// What stands between session id and profile in a token of ours.
    pub(crate) profile_key: &'static [u8; PROFILE_KEY_LENGTH],
    pub(crate) api_key: &'static str,
    pub(crate) organization: Option<&'static str>,
    pub(crate) environment: Option<&'static str>,
    pub(crate) form: IdForm,
}

impl Layout {
    /// Whether Quiltt's own tokens have the profile before the API key.
    pub(crate) fn is_profile_first(&self) -> bool {
        self.profile == "sub"
    }
}

pub(crate) const PROFILE_KEY_LENGTH: usize = 9;

/// How a token writes an id.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum IdForm {
    /// A hyphenated UUID.
    Uuid,
    /// `p_1…`
    Global,
}

const V1: Layout = Layout {
    profile: "uid",
    profile_key: br#"","uid":""#,
    api_key: "aid",
    organization: None,
    environment: None,
    form: IdForm::Uuid,
};
const V2: Layout = Layout { api_key: "did", form: IdForm::Global, ..V1 };
const V4: Layout =
    Layout { profile: "sub", profile_key: br#"","sub":""#, organization: Some("oid"), environment: Some("eid"), ..V2 };
const V6: Layout = Layout { api_key: "cid", ..V4 };
