//! A signer refuses every claim for which its own verifier would refuse the token.

use proptest::{collection::vec, prelude::*, sample::select};
use quiltt_session::{ClaimError, JsonFault, MintError, SessionVerifier, SigningSecret, VerifiedSession};
use serde::{Serialize, Serializer, ser::SerializeStruct};
use serde_json::{Value, json, value::RawValue};
use uuid::Uuid;

use crate::{
    forge::{self, NOW, at},
    strategies::{minting, settings, text, value},
    twin::{Minting, Settings},
};

/// Names that Quiltt or serde_json keeps for itself, some near them, and one that is free.
#[rustfmt::skip]
const NAMES: [&str; 12] = [
    "sub", "eid", "aid", "rol", "exp", "", "ROL", "$serde_json::private::Number", "$serde_json::private::RawValue",
    "$serde_json::private::", "$serde_json::private", "plan",
];

/// The value of a claim.
#[derive(Clone, Debug)]
enum Given {
    Value(Value),
    Raw(Box<RawValue>),
    /// Text that serde_json writes unread, for a type that poses as its `RawValue`.
    Posing(String),
}

impl Given {
    /// The text as JSON, right or not.
    fn json(text: String) -> Self {
        match RawValue::from_string(text.clone()) {
            Ok(json) => Self::Raw(json),
            Err(_) => Self::Posing(text),
        }
    }
}

impl Serialize for Given {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Value(value) => value.serialize(serializer),
            Self::Raw(json) => json.serialize(serializer),
            Self::Posing(text) => {
                const NAME: &str = "$serde_json::private::RawValue";
                let mut raw = serializer.serialize_struct(NAME, 1)?;
                raw.serialize_field(NAME, text)?;
                raw.end()
            }
        }
    }
}

/// JSON, and texts that are nearly JSON.
#[rustfmt::skip]
const TEXTS: [&str; 30] = [
    "1", "-0", "1e400", "[-1e400]", "18446744073709551616", "\"\\ud800\"", "\"\\ud83d\\ude00\"", "\"?~é\"", "\"\\~\"",
    " {\"a\" : [1, null]} ", "{\"a\":1,\"\\u0061\":1}", "[[[[[[[1]]]]]]]", "[[[[[[[[1]]]]]]]]",
    "{\"$serde_json::private::Number\":\"1\"}", "{\"$serde_json::private::Number\":\"1\",\"a\":1}",
    "{\"$serde_json::private::RawValue\":\"1\"}", "{\"\\u0024serde_json::private::RawValue\":\"1\"}",
    "1,\"eid\":\"env_10\"", "\"\",\"eid\":\"env_10\"", "{},\"rol\":\"super-admin\"", "1},{", "1}", "", "é",
    "null,\"eid\":\"env_10\"", "[],\"eid\":\"env_10\"", " 1 ,\"eid\":\"env_10\"", "1},{\"sub\":\"p_10\"", " ", "nonsense",
];

fn given() -> impl Strategy<Value = Given> {
    prop_oneof![
        value().prop_map(Given::Value),
        select(TEXTS.to_vec()).prop_map(|text| Given::json(text.to_owned())),
        value().prop_map(|value| Given::json(value.to_string())),
        any::<String>().prop_map(Given::json),
    ]
}

fn claims() -> impl Strategy<Value = Vec<(String, Given)>> {
    let name = prop_oneof![select(NAMES.to_vec()).prop_map(str::to_owned), text(), "[a-c]"];
    vec((name, given()), 0..3)
}

/// Mints a session with these claims, the signer's and the session's own, and returns the verified session, if the claims are taken.
fn verified(
    settings: &Settings,
    minting: &Minting,
    [constant, own]: [&[(String, Given)]; 2],
) -> Option<VerifiedSession> {
    let builder = constant.iter().fold(settings.builder(), |builder, (name, value)| builder.claim(name, value));
    let signer = builder.build().ok()?;
    let request = signer.session(minting.profile()).id(minting.session_id()).issued_at(minting.now());
    let request = own.iter().fold(request, |request, (name, value)| request.claim(name, value));
    let session = request.mint().ok()?;
    let secret = SigningSecret::from_bytes(&settings.secret).unwrap();
    let verifier = SessionVerifier::builder(secret).issuer(&settings.issuer).audience(&settings.audience);
    Some(verifier.build().unwrap().verify_at(session.token(), minting.now()).unwrap())
}

proptest! {
    #[test]
    fn whatever_mints_verifies_and_says_nothing_that_was_not_asked_for(
        settings in settings(), minting in minting(), constant in claims(), own in claims(),
    ) {
        let (settings, minting) = (Settings { custom: vec![], ..settings }, Minting { custom: vec![], ..minting });
        if let Some(session) = verified(&settings, &minting, [&constant, &own]) {
            prop_assert_eq!(session.id(), minting.session_id());
            prop_assert_eq!(session.user_id(), minting.profile());
            prop_assert_eq!(session.environment_id().map(Uuid::from), settings.environment);
            let names = session.custom_claims().map(|(name, _)| name);
            let sorted = Settings { custom: constant.iter().map(|(name, _)| (name.clone(), Value::Null)).collect(), ..settings };
            let constant = sorted.sorted_custom().into_iter().map(|(name, _)| name.as_str());
            prop_assert!(names.eq(constant.chain(own.iter().map(|(name, _)| name.as_str()))));
        }
    }
}

/// Gives the text to `claim` as JSON, and returns the value that a verifier reads.
fn minted(text: &str) -> Result<Value, MintError> {
    let signer = forge::signer();
    let request = signer.session(forge::profile()).issued_at(at(NOW)).claim("x", Given::json(text.to_owned()));
    let session = forge::verify(request.mint()?.token()).unwrap();
    Ok(session.custom("x").unwrap().clone())
}

#[test]
fn json_of_the_callers_own_is_taken_as_it_is_if_a_verifier_takes_it() {
    for (text, value) in [
        (" {\"a\" : [1, null]} ", json!({"a": [1, null]})),
        ("[[[[[[[1]]]]]]]", json!([[[[[[[1]]]]]]])),
        ("\"?~é\"", json!("?~é")),
        ("\"\\ud83d\\ude00\"", json!("😀")),
    ] {
        assert_eq!(minted(text), Ok(value), "{text}");
    }
    for text in ["{\"a\":1,\"a\":1}", "1,\"eid\":\"env_10\"", "\"\\~\"", ""] {
        let refused = ClaimError::Json { name: "x".into(), fault: JsonFault::NotJson };
        assert_eq!(minted(text), Err(refused.into()), "{text}");
    }
    for (text, reason) in [
        ("1e400", "expected finite numbers up to 1.7976931348623157e308, found another"),
        ("\"\\ud800\"", "expected whole characters, found half a surrogate pair"),
        ("[[[[[[[[1]]]]]]]]", "expected at most 7 levels of arrays and objects, found more"),
        (
            "{\"a\":-9007199254740992}",
            "expected integers up to 2^53 - 1 either way, found a greater one: give it as text",
        ),
        ("[{\"a\\u0000\":1}]", "expected names and texts without U+0000, found one"),
    ] {
        assert_eq!(minted(text).unwrap_err().to_string(), format!("{reason} for \"x\""), "{text}");
    }
}
