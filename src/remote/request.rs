//! What is asked of Quiltt: a session, for a new user or an old one.

use std::fmt;

use serde::{Serialize, Serializer, ser::SerializeMap};

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
/// Each attribute is left out unless set; set twice, the last one counts. What Quiltt demands of a text, such as an
/// email address, is checked by Quiltt where the rule is not public.
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
///     r#"{"userId":"p_12VnSaRRxyP12Sl9rLZg8n1","phone":"+14155550100","dateOfBirth":"1990-12-31","metadata":{"crmId":"42"}}"#
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq)]
#[must_use = "a new session is nothing until it is created"]
pub struct NewSession {
    user: User,
    email: Option<String>,
    phone: Option<PhoneNumber>,
    name: Option<String>,
    names: Option<Names>,
    date_of_birth: Option<BirthDate>,
    address: Option<Address>,
    metadata: Option<Metadata>,
}

impl NewSession {
    /// For a user that Quiltt has yet to create, under an id that Quiltt picks.
    pub const fn for_new_user() -> Self {
        Self::of(User::New)
    }

    /// For a user that Quiltt has yet to create, under an id that the backend picks.
    pub const fn for_new_user_with_id(id: ProfileId) -> Self {
        Self::of(User::NewWithId(id))
    }

    /// For a user that Quiltt knows; attributes that are set as well are updated.
    pub const fn for_user(id: ProfileId) -> Self {
        Self::of(User::Existing(id))
    }

    /// The user's email address: the attribute `email`.
    pub fn email(mut self, email: impl Into<String>) -> Self {
        self.email = Some(email.into());
        self
    }

    /// The user's telephone number: the attribute `phone`.
    pub fn phone(mut self, phone: PhoneNumber) -> Self {
        self.phone = Some(phone);
        self
    }

    /// The user's name, in one piece: the attribute `name`.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// The user's given name and family name: the attribute `names`.
    pub fn names(mut self, first: impl Into<String>, last: impl Into<String>) -> Self {
        self.names = Some(Names { first: first.into(), last: last.into() });
        self
    }

    /// The user's date of birth: the attribute `dateOfBirth`.
    pub const fn date_of_birth(mut self, date: BirthDate) -> Self {
        self.date_of_birth = Some(date);
        self
    }

    /// The user's postal address: the attribute `address`.
    pub fn address(mut self, address: Address) -> Self {
        self.address = Some(address);
        self
    }

    /// What the backend wants kept with the user: the attribute `metadata`.
    pub fn metadata(mut self, metadata: Metadata) -> Self {
        self.metadata = Some(metadata);
        self
    }

    /// The user that the session must be for, unless Quiltt picks the id.
    pub(crate) const fn user_id(&self) -> Option<ProfileId> {
        match self.user {
            User::New => None,
            User::NewWithId(id) | User::Existing(id) => Some(id),
        }
    }

    /// The body of the call.
    #[expect(clippy::expect_used, reason = "texts and JSON values always serialise")]
    pub(crate) fn to_json(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("texts and JSON values serialise")
    }

    const fn of(user: User) -> Self {
        Self {
            user,
            email: None,
            phone: None,
            name: None,
            names: None,
            date_of_birth: None,
            address: None,
            metadata: None,
        }
    }
}

/// Shows who it is for and none of the attributes: they are personal data.
impl fmt::Debug for NewSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewSession").field("user", &self.user).finish_non_exhaustive()
    }
}

/// Writes the body of Quiltt's `POST /v1/users/sessions`.
impl Serialize for NewSession {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        match self.user {
            User::New => {}
            User::NewWithId(id) => map.serialize_entry("uuid", &format_args!("{}", id.uuid()))?,
            User::Existing(id) => map.serialize_entry("userId", &id)?,
        }
        entry(&mut map, "email", self.email.as_ref())?;
        entry(&mut map, "phone", self.phone.as_ref())?;
        entry(&mut map, "name", self.name.as_ref())?;
        entry(&mut map, "names", self.names.as_ref())?;
        entry(&mut map, "dateOfBirth", self.date_of_birth.as_ref())?;
        entry(&mut map, "address", self.address.as_ref())?;
        entry(&mut map, "metadata", self.metadata.as_ref())?;
        map.end()
    }
}

/// Whom a session is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum User {
    New,
    NewWithId(ProfileId),
    Existing(ProfileId),
}

#[derive(Clone, PartialEq, Eq)]
struct Names {
    first: String,
    last: String,
}

impl Serialize for Names {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut names = serializer.serialize_map(Some(2))?;
        names.serialize_entry("first", &self.first)?;
        names.serialize_entry("last", &self.last)?;
        names.end()
    }
}

fn entry<M: SerializeMap>(map: &mut M, name: &str, value: Option<&impl Serialize>) -> Result<(), M::Error> {
    value.map_or(Ok(()), |value| map.serialize_entry(name, value))
}
