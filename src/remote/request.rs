//! The request for a session, for a new user or an old one.

use std::{collections::BTreeMap, fmt};

use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use super::attributes::{Address, BirthDate, Metadata, PhoneNumber};
use crate::id::ProfileId;

/// A session to be created by [`QuilttAuth::create_session`](crate::QuilttAuth::create_session).
///
/// | flow | written |
/// |---|---|
/// | new user | `NewSession::for_new_user()` |
/// | new user with attributes | `NewSession::for_new_user().email(…)` |
/// | new user with an id of your own | `NewSession::for_new_user_with_id(id)` |
/// | existing user | `NewSession::for_user(id)` |
/// | existing user, attributes updated | `NewSession::for_user(id).phone(…)` |
///
/// An attribute that is not set is left out; of one that is set twice, the last value counts. Texts whose rules are not public,
/// such as an email address, are checked by Quiltt alone.
///
/// # Examples
///
/// ```
/// use quiltt_session::{Metadata, NewSession, ProfileId};
///
/// let profile: ProfileId = "p_12VnSaRRxyP12Sl9rLZg8n1".parse()?;
/// let new = NewSession::for_user(profile)
///     .phone("+14155550100".parse()?)
///     .date_of_birth("1990-12-31".parse()?)
///     .metadata(Metadata::new([("crmId", "42")])?);
/// assert_eq!(
///     serde_json::to_string(&new)?,
///     r#"{"dateOfBirth":"1990-12-31","metadata":{"crmId":"42"},"phone":"+14155550100","userId":"p_12VnSaRRxyP12Sl9rLZg8n1"}"#
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq)]
#[must_use = "a new session is nothing until it is created"]
pub struct NewSession {
    /// The user that the session must be for, unless Quiltt picks the id.
    user_id: Option<ProfileId>,
    /// The user and the attributes, by names on the wire.
    members: BTreeMap<&'static str, Value>,
}

impl NewSession {
    /// For a user that Quiltt has yet to create, under an id that Quiltt picks.
    pub const fn for_new_user() -> Self {
        Self { user_id: None, members: BTreeMap::new() }
    }

    /// For a user that Quiltt has yet to create, under an id that the backend picks.
    pub fn for_new_user_with_id(id: ProfileId) -> Self {
        Self { user_id: Some(id), ..Self::for_new_user() }.with("uuid", id.uuid().to_string())
    }

    /// For a user that Quiltt knows; Quiltt updates the attributes that are set.
    pub fn for_user(id: ProfileId) -> Self {
        Self { user_id: Some(id), ..Self::for_new_user() }.with("userId", id)
    }

    /// The user's email address: the attribute `email`.
    pub fn email(self, email: impl Into<String>) -> Self {
        self.with("email", email.into())
    }

    /// The user's telephone number: the attribute `phone`.
    pub fn phone(self, phone: PhoneNumber) -> Self {
        self.with("phone", phone)
    }

    /// The user's name, in one piece: the attribute `name`.
    pub fn name(self, name: impl Into<String>) -> Self {
        self.with("name", name.into())
    }

    /// The user's given name and family name: the attribute `names`.
    pub fn names(self, first: impl Into<String>, last: impl Into<String>) -> Self {
        self.with("names", json!({ "first": first.into(), "last": last.into() }))
    }

    /// The user's date of birth: the attribute `dateOfBirth`.
    pub fn date_of_birth(self, date: BirthDate) -> Self {
        self.with("dateOfBirth", date)
    }

    /// The user's postal address: the attribute `address`.
    pub fn address(self, address: Address) -> Self {
        self.with("address", address)
    }

    /// The backend's own data about the user: the attribute `metadata`.
    pub fn metadata(self, metadata: Metadata) -> Self {
        self.with("metadata", metadata)
    }

    pub(crate) const fn user_id(&self) -> Option<ProfileId> {
        self.user_id
    }

    /// The body of the call.
    pub(crate) fn to_json(&self) -> Vec<u8> {
        json!(self.members).to_string().into_bytes()
    }

    #[expect(clippy::expect_used, reason = "texts and JSON values always serialise")]
    fn with(mut self, name: &'static str, value: impl Serialize) -> Self {
        self.members.insert(name, serde_json::to_value(value).expect("texts and JSON values serialise"));
        self
    }
}

/// Shows the user's id and no attribute: attributes are personal data.
impl fmt::Debug for NewSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewSession").field("user_id", &self.user_id).finish_non_exhaustive()
    }
}

/// Writes the body of Quiltt's `POST /v1/users/sessions`.
impl Serialize for NewSession {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.members.serialize(serializer)
    }
}
