//! The fast path mints, byte for byte, what the slow and obvious twin mints.

mod twin;

use proptest::{collection::vec, option, prelude::*, sample::select};
use quiltt_session::TokenVersion;
use serde_json::{Value, json};
use twin::{Minting, Settings};
use uuid::Uuid;

fn uuid() -> impl Strategy<Value = Uuid> {
    prop_oneof![
        4 => any::<u128>().prop_map(Uuid::from_u128),
        // Ids of few digits.
        1 => (any::<u128>(), 0_u32..128).prop_map(|(number, shift)| Uuid::from_u128(number >> shift)),
    ]
}

/// Texts with much of what has to be escaped.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![any::<String>(), "[>?~\u{7f}\"\\\\\u{e9}\u{1f600}a-z\n]{0,20}"]
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        text().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(text(), inner, 0..4).prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

/// Claims whose names start with `prefix`, so that none is reserved, empty or in both lists.
fn custom(prefix: &'static str) -> impl Strategy<Value = Vec<(String, Value)>> {
    prop::collection::btree_map(text(), value(), 0..3)
        .prop_map(move |claims| claims.into_iter().map(|(name, value)| (format!("{prefix}{name}"), value)).collect())
}

prop_compose! {
    fn settings()(
        secret in vec(any::<u8>(), 64..200).prop_filter("random enough", |secret| {
            secret.iter().any(|byte| *byte != secret[0]) && std::str::from_utf8(secret).is_err()
        }),
        version in select(TokenVersion::ALL.to_vec()),
        api_key in option::of(uuid()),
        organization in option::of(uuid()),
        environment in option::of(uuid()),
        issuer in "[ -~\u{e9}]{1,40}",
        audience in "[ -~]{1,20}",
        ttl in 1_u64..=2_147_483,
        custom in custom("x"),
    ) -> Settings {
        let has_claims = version >= TokenVersion::V4;
        Settings {
            secret, version, api_key, issuer, audience, ttl, custom,
            organization: organization.filter(|_| has_claims),
            environment: environment.filter(|_| has_claims),
        }
    }
}

prop_compose! {
    fn minting()(
        profile in uuid(),
        session_id in uuid(),
        issued_at in prop_oneof![
            4 => 1_600_000_000_u64..2_000_000_000,
            1 => 0_u64..=253_402_300_799 - 2_147_483,
            1 => select(vec![0, 9, 999_999_999, 1_000_000_000, 9_999_999_999, 10_000_000_000, 253_400_153_316]),
        ],
        custom in prop_oneof![3 => Just(vec![]), 1 => custom("y")],
    ) -> Minting {
        Minting { profile, session_id, issued_at, custom }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn every_way_to_mint_equals_the_twin(settings in settings(), mintings in vec(minting(), 1..4)) {
        let signer = settings.builder().build().unwrap();
        for minting in &mintings {
            let twin = settings.token(minting);
            let request = signer
                .session(minting.profile())
                .id(minting.session_id())
                .issued_at(minting.issued_at());
            let request = minting.custom.iter().fold(request, |request, (name, value)| request.claim(name, value));
            let session = request.mint().unwrap();
            prop_assert_eq!(session.token(), &twin);
            if minting.custom.is_empty() {
                let session = signer.mint_at(minting.profile(), minting.issued_at(), minting.session_id()).unwrap();
                prop_assert_eq!(session.token(), &twin);
            }
        }
    }

    #[test]
    fn mint_and_mint_into_equal_the_twin_for_the_id_and_time_that_they_drew(
        settings in settings(),
        profile in uuid(),
        before in text(),
    ) {
        let signer = settings.builder().build().unwrap();
        let twin = |id: quiltt_session::SessionId, expires_at: quiltt_session::UnixTime| {
            let issued_at = expires_at.as_secs() - settings.ttl;
            settings.token(&Minting { profile, session_id: id.uuid(), issued_at, custom: vec![] })
        };
        let session = signer.mint(profile.into()).unwrap();
        prop_assert_eq!(session.token(), twin(session.id(), session.expires_at()));
        let mut buffer = before.clone();
        let session = signer.mint_into(profile.into(), &mut buffer).unwrap();
        let expected = twin(session.id(), session.expires_at());
        prop_assert_eq!(session.token(), &expected);
        prop_assert_eq!(buffer, before + &expected);
    }
}

#[test]
fn a_claim_of_each_awkward_kind_equals_the_twin() {
    let settings = Settings {
        secret: (0..64).map(|byte| byte | 0x80).collect(),
        version: TokenVersion::V6,
        api_key: None,
        organization: None,
        environment: None,
        issuer: "a>b?c~d".into(),
        audience: "é".into(),
        ttl: 60,
        custom: vec![("a\"\\\u{7f}".into(), json!({"é": [1.5, -0.0, 1e300, u64::MAX, i64::MIN, "😀~"]}))],
    };
    let minting = Minting { profile: Uuid::nil(), session_id: Uuid::max(), issued_at: 0, custom: vec![] };
    let signer = settings.builder().build().unwrap();
    let session = signer.mint_at(minting.profile(), minting.issued_at(), minting.session_id()).unwrap();
    assert_eq!(session.token(), settings.token(&minting));
}
