//! The versions of Quiltt's tokens: which claim carries which id.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::Value;
use uuid::Uuid;

use crate::error::ParseSettingError;

/// The version of a token's claims: the claim `ver`, which decides the names and forms of the ids.
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
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum TokenVersion {
    /// 2021: bare UUIDs.
    V1 = 1,
    /// 2022: global ids.
    V2 = 2,
    /// 2023: the user in `sub`, organization and environment.
    V4 = 4,
    /// 2025: the API key in `cid`.
    #[default]
    V6 = 6,
}

impl TokenVersion {
    /// All versions, oldest first.
    pub const ALL: [Self; 4] = [Self::V1, Self::V2, Self::V4, Self::V6];

    /// The value of the claim `ver`, a number as observed in all of Quiltt's tokens.
    #[must_use]
    pub const fn number(self) -> u64 {
        self as u64
    }

    /// The version whose `ver` is `number`, if it is known.
    #[must_use]
    pub fn from_number(number: u64) -> Option<Self> {
        Self::ALL.into_iter().find(|version| version.number() == number)
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
        const UNKNOWN: ParseSettingError = ParseSettingError { expected: "one of the token versions 1, 2, 4 and 6" };

        Self::ALL.into_iter().find(|version| version.to_string() == text).ok_or(UNKNOWN)
    }
}

/// Reads the number, or the same as a text: configuration may come from a file or from an environment variable.
impl<'de> Deserialize<'de> for TokenVersion {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = match Value::deserialize(deserializer)? {
            Value::String(text) => text,
            number => number.to_string(),
        };
        text.parse().map_err(de::Error::custom)
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

impl IdForm {
    pub(crate) fn text(self, id: impl ToString + Into<Uuid>) -> String {
        match self {
            Self::Uuid => id.into().to_string(),
            Self::Global => id.to_string(),
        }
    }
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
