//! Every text is the id that the naive twin reads, or is refused for the same reason at the same place; and each id has
//! one spelling as a global id and reads back from it.
#![no_main]

use std::{
    fmt::{Debug, Display},
    str::FromStr,
};

use libfuzzer_sys::fuzz_target;
use quiltt_session::{ApiKeyId, EnvironmentId, OrganizationId, ParseIdError, ProfileId, SessionId};
use quiltt_session_fuzz::global_id::{self, Refusal};
use serde::{Serialize, de::DeserializeOwned};
use uuid::Uuid;

fuzz_target!(|input: &[u8]| {
    if let Ok(text) = str::from_utf8(input) {
        let accepted = [
            check_text::<ProfileId>(text),
            check_text::<ApiKeyId>(text),
            check_text::<EnvironmentId>(text),
            check_text::<OrganizationId>(text),
        ];
        let kinds = accepted.iter().filter(|is_accepted| **is_accepted).count();
        let is_uuid = check_text::<SessionId>(text);
        assert_eq!(kinds, if is_uuid { 4 } else { kinds.min(1) }, "a global id has one kind, a UUID has none");
    }
    // The last bytes count, so that short inputs are short ids.
    let number = input.iter().fold(0_u128, |number, byte| number << 8 | u128::from(*byte));
    check_uuid::<ProfileId>(number);
    check_uuid::<ApiKeyId>(number);
    check_uuid::<EnvironmentId>(number);
    check_uuid::<OrganizationId>(number);
    check_uuid::<SessionId>(number);
});

/// What the five types have in common.
trait Id:
    Copy
    + Debug
    + Display
    + DeserializeOwned
    + FromStr<Err = ParseIdError>
    + From<Uuid>
    + Into<Uuid>
    + PartialEq
    + Serialize
{
    fn expected(text: &str) -> Result<Uuid, Refusal>;
    fn printed(uuid: Uuid) -> String;
    fn encoded(self) -> String;
}

macro_rules! global_id {
    ($name:ident, $prefix:literal) => {
        impl Id for $name {
            fn expected(text: &str) -> Result<Uuid, Refusal> {
                global_id::parse($prefix, text)
            }

            fn printed(uuid: Uuid) -> String {
                global_id::print($prefix, uuid)
            }

            fn encoded(self) -> String {
                self.encode(&mut [0xff; Self::MAX_LENGTH]).to_owned()
            }
        }
    };
}

global_id!(ProfileId, "p_1");
global_id!(ApiKeyId, "api_1");
global_id!(EnvironmentId, "env_1");
global_id!(OrganizationId, "org_1");

impl Id for SessionId {
    fn expected(text: &str) -> Result<Uuid, Refusal> {
        global_id::parse_uuid(text)
    }

    fn printed(uuid: Uuid) -> String {
        uuid.to_string()
    }

    fn encoded(self) -> String {
        self.uuid().to_string()
    }
}

/// Whether the text is such an id.
fn check_text<I: Id>(text: &str) -> bool {
    let parsed = text.parse::<I>();
    let found = parsed.map(Into::into).map_err(|error| (error.reason(), error.position()));
    assert_eq!(found, I::expected(text));
    let deserialized: Result<I, _> = serde_json::from_value(text.into());
    assert_eq!(deserialized.ok(), parsed.ok());
    match parsed {
        Ok(id) => {
            let uuid: Uuid = id.into();
            assert!(text == id.to_string() || text.eq_ignore_ascii_case(&uuid.to_string()), "{id} has two spellings");
            check_uuid::<I>(uuid.as_u128());
        }
        Err(error) => assert!(text.is_char_boundary(error.position()), "{error}"),
    }
    parsed.is_ok()
}

fn check_uuid<I: Id>(number: u128) {
    let uuid = Uuid::from_u128(number);
    let id = I::from(uuid);
    let text = id.to_string();
    assert_eq!(text, I::printed(uuid));
    assert_eq!(text, id.encoded());
    assert_eq!(text, serde_json::to_value(id).unwrap());
    assert!(format!("{id:?}").contains(&text));
    assert_eq!(text.parse(), Ok(id));
    assert_eq!(id.into(), uuid);
}
