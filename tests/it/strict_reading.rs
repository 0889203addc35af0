//! The library's reader reads the payloads that the fuzz targets' slow reader reads, to the same claims, and refuses all others.

use proptest::{collection::vec, prelude::*, sample::select};
use quiltt_session::{Claims, UntrustedToken};
use serde_json::Value;

use crate::{forge, hostile, reading};

/// Reads a payload in a token, and through serde, as the twin does.
fn assert_equals_twin(payload: &[u8]) {
    let token = format!("{}.{}.AA", forge::base64(forge::HEADER), forge::base64(payload));
    // Too long for a token, or empty.
    let Ok(token) = UntrustedToken::parse(&token) else { return };
    let claims = token.untrusted_claims().ok();
    let found = claims.as_ref().map(|claims| serde_json::to_value(claims).unwrap());
    assert_eq!(found, reading::claims(payload).map(Value::from), "{}", payload.escape_ascii());
    let through_serde = serde_json::from_slice::<Claims>(payload);
    assert_eq!(through_serde.ok(), claims, "{}", payload.escape_ascii());
}

/// Values of each JSON type, right and wrong.
#[rustfmt::skip]
const VALUES: [&str; 62] = [
    "[0.5,-1,true,false,null,\"a\"]", "[1,2", "[-]", "-.5", "-0.5", "0.", "1.5e", "[1,[]]", "[\"a\\u0062\"]",
    "[\"é\"]", "12345678901234567890", "[true,]", "0", "-0", "1", "01", "-1", "+1", "1.", ".5", "1.5", "1e3", "1E+3",
    "1e", "-", "0x1", "1_0", "NaN", "1e400", "-1e400", "0e999", "1.7976931348623157e308", "1.7976931348623159e308",
    "9999999999999999999", "18446744073709551615", "18446744073709551616", "253402300799", "253402300800",
    "1700000000", "1700000000.0", "00", "1-2", "null", "true", "false", "nul", "tru", "True", "[]", "{}", "[1,]",
    "[,1]", "[1 2]", "{\"a\":1,}", "{\"a\" 1}", "[{\"a\":1,\"\\u0061\":2}]", "[[[[[[[1]]]]]]]", "[[[[[[[[1]]]]]]]]",
    "{\"$serde_json::private::Number\":\"1\"}", "{ \"$serde_json::private::\\u004eumber\" : \"\\u0031\" }",
    "{\"$serde_json::private::Number\":\"1\",\"a\":1}", "{\"$serde_json::private::RawValue\":\"1\"}",
];
#[rustfmt::skip]
const TEXTS: [&str; 24] = [
    "", "a", "é", "𝄞", "\\u00e9", "\\ud834\\udd1e", "\\ud834", "\\udd1e", "\\ud834\\u0061", "\\\"", "\\\\", "\\/",
    "\\b\\f\\n\\r\\t", "\\a", "\\u12", "\\", "\t", "\u{0}", "\u{7f}", "p_1B", "4551ca49-c002-4d9b-92ec-465018e28fdc",
    "auth.quiltt.io", "12345678", "1234567\\u0038 and more than a word",
];
#[rustfmt::skip]
const NAMES: [&str; 39] = [
    "xyz", "Xyz", "$x", "sUb", "two words", "Sub", "ſub", "iſs", "\\u017fub", "ID", "ıss", "nbf", "iat", "jti", "iss",
    "aud", "exp", "ver", "sub", "cid", "oid", "eid", "did", "uid", "aid", "rol", "x", "y", "", "x\\u0079", "xy",
    "\\u0065xp", "é", "\\u00e9", "ex", "expp", "$serde_json::private::Number", "a\"b", "a\\\"b",
];
const SPACES: [&str; 8] = ["", "", "", " ", "\n\t\r ", "\u{b}", "\u{a0}", "\u{feff}"];

fn text(texts: &'static [&'static str]) -> impl Strategy<Value = String> {
    select(texts).prop_map(|text| format!("\"{text}\""))
}

fn member() -> impl Strategy<Value = String> {
    let value = prop_oneof![3 => select(&VALUES[..]).prop_map(str::to_owned), 2 => text(&TEXTS)];
    let spaces = || select(&SPACES[..]);
    (text(&NAMES), value, spaces(), spaces(), spaces(), spaces())
        .prop_map(|(name, value, a, b, c, d)| format!("{a}{name}{b}:{c}{value}{d}"))
}

/// Members of a valid payload, some of them in another order or left out, and others among them.
fn payload() -> impl Strategy<Value = String> {
    let own: Vec<_> = forge::PAYLOAD.trim_matches(['{', '}']).split(',').map(str::to_owned).collect();
    let kept = prop_oneof![4 => Just(own.clone()), 1 => prop::sample::subsequence(own.clone(), 0..=own.len())];
    (kept, vec(member(), 0..4), vec(member(), 0..20), prop::bool::weighted(0.2))
        .prop_flat_map(|(kept, few, many, are_many)| {
            Just([kept, if are_many { many } else { few }].concat()).prop_shuffle()
        })
        .prop_map(|members| format!("{{{}}}", members.join(",")))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(ProptestConfig::default().cases * 8))]

    #[test]
    fn whatever_the_members_are(payload in payload()) {
        assert_equals_twin(payload.as_bytes());
    }

    #[test]
    fn whatever_one_claim_says(name in select(&NAMES[..]), value in prop_oneof![select(&VALUES[..]).prop_map(str::to_owned), text(&TEXTS)]) {
        assert_equals_twin(forge::with_claim(name, &value).as_bytes());
    }

    #[test]
    fn whatever_byte_is_changed(
        payload in payload(), place: prop::sample::Index, byte in prop_oneof![any::<u8>(), select(&b"\"\\{}[],:0-.e n\0\x1f"[..])], kind in 0..3,
    ) {
        let mut payload = payload.into_bytes();
        let place = place.index(payload.len());
        match kind {
            0 => payload[place] = byte,
            1 => payload.insert(place, byte),
            _ => payload.truncate(place),
        }
        assert_equals_twin(&payload);
    }
}

#[test]
fn whatever_the_hostile_corpus_says_whole_and_without_one_byte() {
    for payload in hostile::corpus().iter().map(hostile::Case::payload) {
        assert_equals_twin(&payload);
        for place in (0..payload.len().min(600)).step_by(3) {
            assert_equals_twin(&[&payload[..place], &payload[place + 1..]].concat());
        }
    }
}

/// As doubles, some of those with a fraction are whole.
#[test]
fn however_the_number_of_a_time_is_written() {
    #[rustfmt::skip]
    const NUMBERS: [&str; 27] = [
        "1767225600", "1767225600.0", "1.7672256e9", "1.7672256E+9", "17672256000000e-4", "0.0017672256e12", "0", "0.0", "0e999",
        "0.00e-999999999999", "1767225600.25", "0.999999999999999999999", "1767225600.00000000000000000001",
        "1767225600.99999999999999999999", "253402300799.5", "17672256002500e-4", "1e-400", "1e-99999999999", "-1", "-0", "-0.5",
        "-1e-9", "253402300800", "2.534023008e11", "1e12", "1e300", "1e99999999999",
    ];
    for (name, number) in ["nbf", "iat", "exp"].into_iter().flat_map(|name| NUMBERS.map(|number| (name, number))) {
        assert_equals_twin(forge::with_claim(name, number).as_bytes());
    }
}

/// The library compares names by their first characters first, so these names begin alike.
#[test]
fn whichever_two_names_are_the_same() {
    for count in [2, 3, 11, 12, 13, 40] {
        for (first, second) in [(0, 1), (0, count - 1), (count / 2, count - 1)] {
            for stem in ["", "a", "abcd"] {
                let mut names: Vec<_> = (0..count).map(|number| format!("{stem}{number}")).collect();
                names[first] = names[second].clone();
                let members: Vec<_> = names.iter().map(|name| format!("\"{name}\":0")).collect();
                assert_equals_twin(format!("{{{}}}", members.join(",")).as_bytes());
                assert_equals_twin(forge::with_claim("x", &format!("{{{}}}", members.join(","))).as_bytes());
            }
        }
    }
}
