//! Every text is the id that a slow reader reads, digit by digit, or is refused for the same reason at the same place; and each
//! id is written in one way, as a global id, and reads back from it.

use std::{
    fmt::{Debug, Display},
    str::FromStr,
};

use proptest::{prelude::*, sample::select};
use quiltt_session::{ApiKeyId, EnvironmentId, OrganizationId, ParseIdError, ProfileId, SessionId};
use serde::{Serialize, de::DeserializeOwned};
use uuid::Uuid;

use crate::{
    global_id::{self, Refusal},
    strategies::uuid,
};

trait Id: Copy + Debug + Display + PartialEq + FromStr<Err = ParseIdError> + From<Uuid> + Into<Uuid> {}
impl<T: Copy + Debug + Display + PartialEq + FromStr<Err = ParseIdError> + From<Uuid> + Into<Uuid>> Id for T {}

fn assert_reads<I: Id + DeserializeOwned>(text: &str, expected: Result<Uuid, Refusal>) {
    let parsed = text.parse::<I>();
    assert_eq!(parsed.map(Into::into).map_err(|error| (error.reason(), error.position())), expected, "{text:?}");
    assert_eq!(serde_json::from_value::<I>(text.into()).ok(), parsed.ok(), "{text:?}");
}

fn assert_writes<I: Id + Serialize>(uuid: Uuid, text: &str) {
    let id = I::from(uuid);
    assert_eq!((id.to_string().as_str(), text.parse()), (text, Ok(id)));
    assert_eq!(serde_json::to_value(id).unwrap(), text);
    assert!(format!("{id:?}").contains(text), "{id:?}");
}

/// Ids of each kind and none, right and nearly so.
fn text() -> impl Strategy<Value = String> {
    let prefix = select(vec!["p_1", "api_1", "env_1", "org_1", "p_", "p_2", "P_1", "acct_1", ""]);
    let greatest = "7n42DGM5Tflk9n8mt7Fhc7";
    let digits = prop_oneof![
        3 => "[0-9A-Za-z]{0,24}",
        1 => "0{0,2}[0-9A-Za-z-]{0,2}",
        1 => select(vec![greatest.to_owned(), greatest.replace("c7", "c8"), format!("{greatest}0")]),
    ];
    let form = prop_oneof![
        (prefix, digits).prop_map(|(prefix, digits)| prefix.to_owned() + &digits),
        uuid().prop_map(|uuid| uuid.to_string()),
        uuid().prop_map(|uuid| uuid.to_string().to_uppercase()),
    ];
    let change = prop::option::weighted(0.4, (0..36_usize, prop_oneof!["", "[ -~]", "[0-9a-f]{2}", "\\PC"]));
    prop_oneof![
        1 => any::<String>(),
        9 => (form, change).prop_map(|(mut text, change)| {
            if let Some((place, other)) = change.filter(|(place, _)| *place < text.len()) {
                text.replace_range(place..=place, &other);
            }
            text
        }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(ProptestConfig::default().cases * 8))]

    #[test]
    fn a_text_is_an_id_exactly_if_the_slow_reader_reads_one(text in text()) {
        assert_reads::<ProfileId>(&text, global_id::parse("p_1", &text));
        assert_reads::<ApiKeyId>(&text, global_id::parse("api_1", &text));
        assert_reads::<EnvironmentId>(&text, global_id::parse("env_1", &text));
        assert_reads::<OrganizationId>(&text, global_id::parse("org_1", &text));
        assert_reads::<SessionId>(&text, global_id::parse_uuid(&text));
    }

    #[test]
    fn an_id_is_written_as_the_slow_writer_does_and_reads_back(uuid in uuid()) {
        assert_writes::<ProfileId>(uuid, &global_id::print("p_1", uuid));
        assert_writes::<ApiKeyId>(uuid, &global_id::print("api_1", uuid));
        assert_writes::<EnvironmentId>(uuid, &global_id::print("env_1", uuid));
        assert_writes::<OrganizationId>(uuid, &global_id::print("org_1", uuid));
        assert_writes::<SessionId>(uuid, &uuid.to_string());
        let mut buffer = [0xff; ProfileId::MAX_LENGTH];
        prop_assert_eq!(ProfileId::from(uuid).encode(&mut buffer), global_id::print("p_1", uuid));
    }
}

#[test]
fn every_published_id_converts_both_ways() {
    let pairs = include_str!("../vectors/ids.tsv").lines().filter(|line| !line.starts_with('#'));
    for (id, uuid) in pairs.map(|line| line.split_once('\t').unwrap()) {
        let parsed = Uuid::parse_str(uuid).unwrap();
        for text in [id, uuid] {
            match id.split_once('_').unwrap().0 {
                "p" => assert_reads::<ProfileId>(text, Ok(parsed)),
                "env" => assert_reads::<EnvironmentId>(text, Ok(parsed)),
                other => panic!("{other}"),
            }
        }
        let prefix = &id[..=id.find("_1").unwrap() + 1];
        assert_eq!(global_id::print(prefix, parsed), id);
    }
}
