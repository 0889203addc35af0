//! A setting, a claim or a time is refused exactly if the documentation says so, for the first reason in the documented order.

use std::{collections::HashSet, time::Duration};

use proptest::{collection::vec, option, prelude::*, sample::select};
use quiltt_session::{ClaimError, ConfigError, JsonFault, MintError, SessionVerifier, TimeError};
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::{
    forge::{self, at},
    strategies::{minting, settings, text, uuid, value},
    twin::{Minting, Settings},
};

const LAST_SECOND: u64 = 253_402_300_799;
const LONGEST_TTL: u64 = 2_146_883;
const LONGEST_BACKDATING: u64 = 600;
const RESERVED: [&str; 15] =
    ["nbf", "iat", "jti", "iss", "aud", "exp", "ver", "aid", "uid", "did", "cid", "sub", "oid", "eid", "rol"];

/// Whole seconds up to `most`, and now and then others.
fn seconds(most: u64) -> impl Strategy<Value = Duration> {
    prop_oneof![
        6 => (1..=most).prop_map(Duration::from_secs),
        2 => select(vec![0, most, most + 1, u64::MAX]).prop_map(Duration::from_secs),
        1 => (0..=most, 1..1_000_000_000_u32).prop_map(|(secs, nanos)| Duration::new(secs, nanos)),
    ]
}

/// An issuer or audience, now and then as long as the limit or nearly so.
fn name() -> impl Strategy<Value = String> {
    let lengths = select(vec![0, 21, 22, 42, 43, 128, 129, 256, 257]);
    let repeated = (select(vec!["x", "~", "\"", "é", "😀"]), lengths).prop_map(|(text, count)| text.repeat(count));
    prop_oneof![6 => "[ -~é]{1,40}", 1 => repeated]
}

/// The name of a claim; of names that some reader takes for others, some in another case.
fn claim_name() -> impl Strategy<Value = String> {
    let others = ["__proto__", "constructor", "", "a\0", "plan", "desk", "é", "a\"b", "$serde_json::private::Number"];
    let known = select([&RESERVED[..], &others].concat());
    let turned = (known, prop_oneof![Just(0), any::<u32>()]).prop_map(|(name, turns)| {
        let turn = |(place, letter): (usize, char)| match (turns >> place & 3, letter) {
            (1, 's') => "ſ".to_owned(),
            (1, 'k') => "\u{212a}".to_owned(),
            (2, letter) => letter.to_uppercase().collect(),
            (_, letter) => letter.to_string(),
        };
        name.chars().enumerate().map(turn).collect()
    });
    prop_oneof![4 => "[a-z]{3}", 1 => text(), 2 => turned]
}

/// The value of a claim, now and then one that some reader would mistake.
fn claim_value() -> impl Strategy<Value = Value> {
    let wrong = prop_oneof![
        select(vec![9_007_199_254_740_992_u64, u64::MAX]).prop_map(Value::from),
        select(vec![-9_007_199_254_740_992_i64, i64::MIN]).prop_map(Value::from),
        Just(Value::from("a\0")),
        (1000..5000_usize).prop_map(|length| "x".repeat(length).into()),
        (5..9).prop_map(|levels| (0..levels).fold(Value::from(1), |value, _| Value::from(vec![value]))),
    ];
    let inside = (wrong, 0..3).prop_map(|(value, place)| match place {
        0 => value,
        1 => Value::from(vec![1.into(), value]),
        _ => serde_json::json!({ "a": 1, "b": { "c": value } }),
    });
    prop_oneof![8 => value(), 1 => inside]
}

fn claims() -> impl Strategy<Value = Vec<(String, Value)>> {
    vec((claim_name(), claim_value()), 0..4)
}

prop_compose! {
    fn any_settings()(
        settings in settings(), issuer in name(), audience in name(), organization in option::weighted(0.2, uuid()),
        environment in option::weighted(0.2, uuid()), custom in claims(),
    ) -> Settings {
        Settings { issuer, audience, organization, environment, custom, ..settings }
    }
}

prop_compose! {
    fn any_minting()(
        minting in minting(), custom in claims(),
        now in prop_oneof![3 => Just(None), 1 => prop_oneof![0..700_u64, LAST_SECOND - 700..=LAST_SECOND].prop_map(Some)],
    ) -> Minting {
        Minting { now: now.unwrap_or(minting.now), custom, ..minting }
    }
}

proptest! {
    #[test]
    fn whatever_is_asked_for_is_refused_exactly_as_documented(
        settings in any_settings(), minting in any_minting(), ttl in seconds(LONGEST_TTL),
        backdating in seconds(LONGEST_BACKDATING), own_ttl in option::of(seconds(LONGEST_TTL)), others in settings(),
        is_repeated: bool,
    ) {
        let verifier = SessionVerifier::builder(forge::secret()).issuer(&settings.issuer).audience(&settings.audience);
        prop_assert_eq!(verifier.build().err(), name_error(&settings));

        let built = settings.builder().ttl(ttl).backdate(backdating).build();
        match (built.as_ref().err().cloned(), config_error(&settings, ttl, backdating)) {
            (Some(ConfigError::Claim(found)), Some(ConfigError::Claim(expected))) => {
                assert_mint_error(Some(found.into()), Some(expected.into()));
            }
            (found, expected) => prop_assert_eq!(found, expected),
        }
        // Where there is no such signer, another one is asked for the session.
        let (settings, ttl, backdating, signer) = match built {
            Ok(signer) => (settings, ttl, backdating, signer),
            Err(_) => {
                let [ttl, backdating] = [others.ttl, others.backdating].map(Duration::from_secs);
                let signer = others.builder().build().unwrap();
                (others, ttl, backdating, signer)
            }
        };

        let repeated = settings.custom.first().filter(|_| is_repeated).map(|(name, _)| (name.to_uppercase(), 1.into()));
        let minting = Minting { custom: minting.custom.into_iter().chain(repeated).collect(), ..minting };

        let request = signer.session(minting.profile()).id(minting.session_id()).issued_at(minting.now());
        let request = own_ttl.into_iter().fold(request, |request, ttl| request.ttl(ttl));
        let request = minting.custom.iter().fold(request, |request, (name, value)| request.claim(name, value));
        assert_mint_error(request.mint().err(), mint_error(&settings, &minting, own_ttl.unwrap_or(ttl)));

        let object: Map<_, _> = minting.custom.iter().cloned().collect();
        let error = signer.session(minting.profile()).issued_at(minting.now()).claims(&object).mint().err();
        let minting = Minting { custom: object.into_iter().collect(), ..minting };
        assert_mint_error(error, mint_error(&settings, &minting, ttl));

        let begins_early = minting.now < backdating.as_secs();
        let plain_error = begins_early
            .then_some(MintError::Clock(TimeError::BeforeEpoch))
            .or((minting.now + ttl.as_secs() > LAST_SECOND).then_some(MintError::ExpiryTooLate));
        let session = (minting.profile(), minting.session_id());
        prop_assert_eq!(signer.mint_at(session.0, at(minting.now), session.1).err(), plain_error.clone());
        for batch in [&[][..], &[session; 9]] {
            prop_assert_eq!(signer.mint_batch_at(batch, at(minting.now)).err(), plain_error.clone());
        }
    }
}

/// Claims that are too large may be refused for what else is wrong with their beginning.
fn assert_mint_error(found: Option<MintError>, expected: Option<MintError>) {
    match (&found, &expected) {
        (
            Some(MintError::Claim(ClaimError::Json { name, .. })),
            Some(MintError::Claim(ClaimError::TooLarge { name: other, .. })),
        ) if name == other => {}
        _ => assert_eq!(found, expected),
    }
}

/// The error with which the signer must be refused.
fn config_error(settings: &Settings, ttl: Duration, backdating: Duration) -> Option<ConfigError> {
    let is_wrong_backdating = backdating > Duration::from_secs(LONGEST_BACKDATING) || backdating.subsec_nanos() > 0;
    let wrong_backdating =
        ConfigError::Time { setting: "backdating", found: backdating, min: 0, max: LONGEST_BACKDATING };
    let id_error = |id, uuid: Option<Uuid>| {
        let version = settings.version.number();
        (uuid.is_some() && version < 4).then_some(ConfigError::NoClaimFor { id, version })
    };
    is_wrong(ttl)
        .then_some(ConfigError::Time { setting: "time to live", found: ttl, min: 1, max: LONGEST_TTL })
        .or(is_wrong_backdating.then_some(wrong_backdating))
        .or_else(|| name_error(settings))
        .or_else(|| id_error("organization", settings.organization))
        .or_else(|| id_error("environment", settings.environment))
        .or_else(|| claim_error(&settings.custom).map(ConfigError::Claim))
}

fn name_error(settings: &Settings) -> Option<ConfigError> {
    [("iss", &settings.issuer), ("aud", &settings.audience)].into_iter().find_map(|(claim, name)| {
        let found = escaped_length(&Value::from(name.as_str()).to_string()) - 2;
        (!(1..=256).contains(&found)).then_some(ConfigError::Name { claim, found, max: 256 })
    })
}

/// The error with which the session must be refused.
fn mint_error(settings: &Settings, minting: &Minting, ttl: Duration) -> Option<MintError> {
    let is_late = minting.now + ttl.as_secs().min(LONGEST_TTL) > LAST_SECOND;
    is_wrong(ttl)
        .then_some(MintError::Ttl { found: ttl, max: LONGEST_TTL })
        .or_else(|| claim_error(settings.custom.iter().chain(&minting.custom)).map(MintError::Claim))
        .or(is_late.then_some(MintError::ExpiryTooLate))
}

fn is_wrong(ttl: Duration) -> bool {
    ttl < Duration::from_secs(1) || ttl > Duration::from_secs(LONGEST_TTL) || ttl.subsec_nanos() > 0
}

/// The error for the first of these claims that cannot go into a token with the claims before it.
fn claim_error<'c>(claims: impl IntoIterator<Item = &'c (String, Value)>) -> Option<ClaimError> {
    let (mut names, mut length) = (HashSet::new(), 0);
    for (name, value) in claims {
        let owned = || name.clone();
        length += escaped_length(&format!(",{}:{value}", Value::from(owned())));
        let error = match name.as_str() {
            name if name.contains('\0') => ClaimError::Json { name: owned(), fault: JsonFault::Nul },
            "" => ClaimError::EmptyName,
            name if RESERVED.contains(&folded(name).as_str()) => ClaimError::Reserved { name: owned() },
            "__proto__" | "constructor" => ClaimError::PrivateName { name: owned() },
            name if name.starts_with("$serde_json::private::") => ClaimError::PrivateName { name: owned() },
            name if !names.insert(folded(name)) => ClaimError::Duplicate { name: owned() },
            _ if length > 4096 => ClaimError::TooLarge { name: owned(), max: 4096 },
            _ => match fault(value, 7) {
                Some(fault) => ClaimError::Json { name: owned(), fault },
                None => continue,
            },
        };
        return Some(error);
    }
    None
}

/// The name in the eyes of a reader that does not look at case.
fn folded(name: &str) -> String {
    let lower = |character: char| {
        let lower: Vec<_> = if character == 'ſ' { vec!['s'] } else { character.to_lowercase().collect() };
        if let [lower] = lower[..] { lower } else { character }
    };
    name.chars().map(lower).collect()
}

/// The first fault in the JSON's order that a verifier would refuse or other readers mistake.
fn fault(value: &Value, levels: usize) -> Option<JsonFault> {
    if levels == 0 && (value.is_array() || value.is_object()) {
        return Some(JsonFault::Depth { max: 7 });
    }
    let inside = |value| fault(value, levels - 1);
    let nul = |text: &str| text.contains('\0').then_some(JsonFault::Nul);
    match value {
        Value::Number(number) => {
            let is_small = |number: i64| number.unsigned_abs() < 1 << 53;
            let is_integer = number.is_i64() || number.is_u64();
            (is_integer && !number.as_i64().is_some_and(is_small)).then_some(JsonFault::Integer)
        }
        Value::String(text) => nul(text),
        Value::Array(items) => items.iter().find_map(inside),
        Value::Object(members) => members.iter().find_map(|(name, value)| nul(name).or_else(|| inside(value))),
        Value::Null | Value::Bool(_) => None,
    }
}

/// The length of this JSON once it has nothing that `atob()` would spoil.
fn escaped_length(json: &str) -> usize {
    let is_plain = |character: char| character.is_ascii() && !">?~\u{7f}".contains(character);
    json.chars().map(|character| if is_plain(character) { 1 } else { 6 * character.len_utf16() }).sum()
}
