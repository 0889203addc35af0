//! Claims of one's own come out as they went in; claims that a reader could take for others are refused.

use std::collections::{BTreeMap, HashMap};

use proptest::{collection::btree_map, prelude::*};
use quiltt_session::{ClaimError, JsonFault, MintError, Session};
use serde::{
    Deserialize, Serialize, Serializer,
    ser::{SerializeMap, SerializeSeq, SerializeStruct},
};
use serde_json::{Map, Value};

use crate::{
    forge::{self, NOW, at},
    strategies::value,
};

/// A session at [`NOW`] with these claims.
fn minted(claims: &(impl Serialize + ?Sized)) -> Result<Session, MintError> {
    forge::signer().session(forge::profile()).id(forge::id()).issued_at(at(NOW)).claims(claims).mint()
}

/// The claims of that session, as the JSON that a verifier finds.
fn json(claims: &(impl Serialize + ?Sized)) -> Result<String, MintError> {
    Ok(forge::verify(minted(claims)?.token()).unwrap().custom_json())
}

fn refused(value: impl Serialize) -> ClaimError {
    match forge::signer().session(forge::profile()).claim("x", value).mint() {
        Err(MintError::Claim(error)) => error,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_number_that_json_cannot_say_is_refused_at_any_depth() {
    #[derive(Serialize)]
    struct Score {
        value: Option<f32>,
    }
    #[derive(Serialize)]
    enum Kind {
        New(f64),
        Pair(f64, f64),
        Named { score: f32 },
    }
    let fault = ClaimError::Json { name: "x".to_owned(), fault: JsonFault::Number };
    for number in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let single = number as f32;
        assert_eq!(refused(number), fault);
        assert_eq!(refused(single), fault);
        assert_eq!(refused([number]), fault);
        assert_eq!(refused((1, vec![Some(single)])), fault);
        assert_eq!(refused(Score { value: Some(single) }), fault);
        assert_eq!(refused(BTreeMap::from([("a", [Score { value: Some(single) }])])), fault);
        assert_eq!(refused(Kind::New(number)), fault);
        assert_eq!(refused(Kind::Pair(0.5, number)), fault);
        assert_eq!(refused(Kind::Named { score: single }), fault);
    }
    assert_eq!(json(&HashMap::from([("x", Score { value: None })])).unwrap(), r#"{"x":{"value":null}}"#);
}

#[test]
fn replicas_that_take_their_claims_out_of_a_hash_map_agree_on_stable_sessions() {
    let hour = std::time::Duration::from_secs(3600);
    let claims = ["region", "plan", "tenant", "flags", "é"].map(|name| (name, name.len()));
    let tokens = (0..20).map(|turn| {
        let mut turned = claims;
        turned.rotate_left(turn % claims.len());
        // Each map has an order of its own.
        let map = HashMap::from(turned);
        let one_by_one = turned.into_iter().fold(forge::builder(), |builder, (name, value)| builder.claim(name, value));
        [forge::builder().claims(&map), one_by_one].map(|builder| {
            let signer = builder.build().unwrap();
            signer.stable(hour).unwrap().mint_at(forge::profile(), at(NOW)).unwrap().into_token()
        })
    });
    let mut tokens: Vec<_> = tokens.flatten().collect();
    tokens.dedup();
    assert_eq!(tokens.len(), 1);
}

proptest! {
    #[test]
    fn an_object_of_claims_is_each_of_its_members(members in btree_map("[a-z]{4}", value(), 0..6)) {
        let signer = forge::signer();
        let request = signer.session(forge::profile()).id(forge::id()).issued_at(at(NOW));
        let one_by_one = members.iter().fold(request, |request, (name, value)| request.claim(name, value)).mint().unwrap();
        let object = Map::from_iter(members);
        let session = minted(&object).unwrap();
        prop_assert_eq!(session.token(), one_by_one.token());
        let verified = forge::verify(one_by_one.token()).unwrap();
        // serde_json reads a float of many digits as its neighbour.
        let object: Value = serde_json::from_str(&Value::from(object).to_string()).unwrap();
        prop_assert_eq!(verified.custom_as::<Value>().unwrap(), object);
    }
}

#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
struct Unit;

#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
struct New(i128);

#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
struct Pair(bool, char);

#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
enum Kind {
    Nothing,
    Something(u8),
    Both(u16, i16),
    Named { first: i64, second: Option<f32> },
}

/// All that serde knows.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
struct Everything {
    unit: Unit,
    new: New,
    pair: Pair,
    kinds: Vec<Kind>,
    empty: Vec<()>,
    text: String,
    floats: (f32, f64, f64),
    numbers: BTreeMap<u64, u32>,
    flags: BTreeMap<bool, Option<()>>,
    letters: BTreeMap<char, [i8; 2]>,
    names: BTreeMap<String, u128>,
    #[serde(flatten)]
    others: BTreeMap<String, u8>,
}

fn everything() -> Everything {
    Everything {
        unit: Unit,
        new: New(-9_007_199_254_740_991),
        pair: Pair(true, 'é'),
        kinds: vec![Kind::Nothing, Kind::Something(1), Kind::Both(2, -3), Kind::Named { first: 4, second: Some(0.1) }],
        empty: vec![],
        text: "a\"\\/\u{1}\n\t~?>\u{7f}😀".to_owned(),
        floats: (1e10, -0.0, 1e300),
        numbers: BTreeMap::from([(u64::MAX, 1)]),
        flags: BTreeMap::from([(false, None)]),
        letters: BTreeMap::from([('"', [-1, 1])]),
        names: BTreeMap::from([(String::new(), 9_007_199_254_740_991), ("A".to_owned(), 1), ("a".to_owned(), 2)]),
        others: BTreeMap::from([("rest".to_owned(), 7)]),
    }
}

#[test]
fn whatever_serde_can_say_is_written_as_serde_json_does_and_comes_back() {
    let claims = everything();
    let session = minted(&claims).unwrap();
    let verified = forge::verify(session.token()).unwrap();
    let plain: String = verified.custom_json().chars().collect();
    assert!(plain.is_ascii() && !plain.contains(['>', '?', '~', '\u{7f}']));
    // Read as text alone, both say the same, but for escapes.
    let unescaped = plain.replace("\\u00e9", "é").replace("\\ud83d\\ude00", "😀").replace("\\u007e", "~");
    let unescaped = unescaped.replace("\\u003f", "?").replace("\\u003e", ">").replace("\\u007f", "\u{7f}");
    assert_eq!(unescaped, serde_json::to_string(&claims).unwrap());
    assert_eq!(verified.custom_as::<Everything>().unwrap(), claims);
    assert_eq!(json(&Kind::Something(1)).unwrap(), r#"{"Something":1}"#);
    assert_eq!(json(&Kind::Named { first: 1, second: None }).unwrap(), r#"{"Named":{"first":1,"second":null}}"#);
    assert_eq!(json(&()).err(), json(&1).err());
}

#[test]
fn claims_that_are_no_object_are_refused() {
    let error = Some(MintError::Claim(ClaimError::NotObject));
    assert_eq!(minted(&()).err(), error);
    assert_eq!(minted(&1).err(), error);
    assert_eq!(minted("text").err(), error);
    assert_eq!(minted(&[("a", 1)]).err(), error);
    assert_eq!(minted(&None::<Everything>).err(), error);
    assert_eq!(minted(&Kind::Nothing).err(), error);
    assert_eq!(minted(&serde_json::json!(null)).err(), error);
    assert_eq!(json(&serde_json::json!({})).unwrap(), "{}");
    assert_eq!(json(&Some(HashMap::from([("a", 1)]))).unwrap(), r#"{"a":1}"#);
}

/// A type that breaks serde's rules, by these calls.
struct Rude(&'static [Act]);

#[derive(Debug)]
enum Act {
    Name(&'static str),
    Value(&'static str),
    /// A value that fails, and nobody asks.
    Failure,
}

struct Failing;

impl Serialize for Failing {
    fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        Err(serde::ser::Error::custom("no"))
    }
}

impl Serialize for Rude {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for act in self.0 {
            let _ = match act {
                Act::Name(name) => map.serialize_key(name),
                Act::Value(value) => map.serialize_value(value),
                Act::Failure => map.serialize_value(&Failing),
            };
        }
        map.end()
    }
}

#[test]
fn a_type_that_breaks_the_rules_of_serde_is_refused() {
    struct Swallows;
    impl Serialize for Swallows {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let mut list = serializer.serialize_seq(None)?;
            let _ = list.serialize_element(&f64::NAN);
            list.serialize_element(&1)?;
            list.end()
        }
    }
    struct TwoValues;
    impl Serialize for TwoValues {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let mut raw = serializer.serialize_struct("$serde_json::private::RawValue", 2)?;
            raw.serialize_field("$serde_json::private::RawValue", "1")?;
            raw.serialize_field("$serde_json::private::RawValue", ",\"sub\":\"p_10\"")?;
            raw.end()
        }
    }
    let fault = ClaimError::Json { name: "x".to_owned(), fault: JsonFault::Number };
    assert_eq!(refused(Swallows), fault);
    let not_json = ClaimError::Json { name: "x".to_owned(), fault: JsonFault::NotJson };
    let acts: [&[Act]; 7] = [
        &[Act::Name("a"), Act::Value("b"), Act::Name("a"), Act::Value("b")],
        &[Act::Name("a")],
        &[Act::Value("a")],
        &[Act::Name("a"), Act::Name("b")],
        &[Act::Name("a"), Act::Value("b"), Act::Value("c")],
        &[Act::Name("a"), Act::Failure],
        &[Act::Value("sub"), Act::Name("a"), Act::Value("b")],
    ];
    for acts in acts {
        assert!(minted(&Rude(acts)).is_err(), "{acts:?}");
        assert_eq!(refused(Rude(acts)), not_json, "{acts:?}");
    }
    assert_eq!(refused(TwoValues), not_json);
    assert_eq!(refused(Failing), not_json);
    assert_eq!(refused(HashMap::from([([1], 1)])), not_json);
    assert!(minted(&HashMap::from([((), 1)])).is_err());
}

#[test]
fn the_error_names_the_claim_that_does_not_fit_and_shows_nothing_of_it() {
    #[derive(Deserialize, Debug)]
    #[expect(dead_code, reason = "only what does not fit counts")]
    struct Own {
        plan: String,
        seats: [u8; 2],
    }
    let session =
        minted(&serde_json::json!({"device": [{"a": "}"}], "plan": "gold", "seats": ["hunter2", 1]})).unwrap();
    let verified = forge::verify(session.token()).unwrap();
    let text = |json: &str| {
        let payload = forge::PAYLOAD.replace('}', &format!(",{json}}}"));
        forge::verify_payload(payload).unwrap().custom_as::<Own>().unwrap_err().to_string()
    };
    assert_eq!(verified.custom_as::<Own>().unwrap_err().to_string(), text(r#""plan":"gold","seats":["hunter2",1]"#));
    for (json, found) in [
        (r#""plan":"gold","seats":["hunter2",1]"#, "another \"seats\""),
        (r#""plan":5,"seats":[1,2]"#, "another \"plan\""),
        (r#""seats":[1,2]"#, "none that is named \"plan\""),
        (r#""plan":"gold""#, "none that is named \"seats\""),
        ("\"x\" : 1 , \"plan\" :\n\n \"a\" ,\n\"seats\":\n[1,\n \"hunter2\"]", "another \"seats\""),
    ] {
        assert_eq!(text(json), format!("expected claims that fit the type, found {found}"), "{json}");
    }
}
