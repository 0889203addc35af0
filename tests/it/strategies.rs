//! Signers and sessions of every kind, for properties.

use proptest::{collection::vec, option, prelude::*, sample::select};
use quiltt_session::{PayloadOrder, TokenVersion};
use serde_json::Value;
use uuid::Uuid;

use crate::{
    forge::NOW,
    twin::{Minting, Settings, Stable},
};

pub(crate) fn uuid() -> impl Strategy<Value = Uuid> {
    prop_oneof![
        4 => any::<u128>().prop_map(Uuid::from_u128),
        // Ids of few digits, and those where a digit more begins.
        1 => (any::<u128>(), 0_u32..128).prop_map(|(number, shift)| Uuid::from_u128(number >> shift)),
        1 => (0_u32..22, 0_u128..3).prop_map(|(power, step)| Uuid::from_u128(62_u128.pow(power) + step - 1)),
        1 => select(vec![Uuid::nil(), Uuid::max()]),
    ]
}

/// Texts with many characters that have to be escaped.
pub(crate) fn text() -> impl Strategy<Value = String> {
    prop_oneof![any::<String>(), "[>?~\u{7f}\"\\\\\u{e9}\u{1f600}a-z\n]{0,20}"]
}

pub(crate) fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-9_007_199_254_740_991..=9_007_199_254_740_991_i64).prop_map(Value::from),
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
    pub(crate) fn settings()(
        secret in vec(any::<u8>(), 64..200).prop_filter("random enough", |secret| {
            secret.iter().any(|byte| *byte != secret[0]) && std::str::from_utf8(secret).is_err()
        }),
        version in select(TokenVersion::ALL.to_vec()),
        api_key in option::of(uuid()),
        organization in option::of(uuid()),
        environment in option::of(uuid()),
        issuer in "[ -~\u{e9}]{1,40}",
        audience in "[ -~]{1,20}",
        ttl in 1_u64..=2_146_883,
        backdating in prop_oneof![Just(0), 1_u64..=600],
        has_header_type in any::<bool>(),
        payload in select(vec![PayloadOrder::Aligned, PayloadOrder::Aligned, PayloadOrder::AsIssued]),
        custom in custom("x"),
    ) -> Settings {
        let has_claims = version >= TokenVersion::V4;
        Settings {
            secret, version, api_key, issuer, audience, ttl, backdating, has_header_type, payload, custom,
            organization: organization.filter(|_| has_claims),
            environment: environment.filter(|_| has_claims),
        }
    }
}

prop_compose! {
    pub(crate) fn minting()(
        profile in uuid(),
        session_id in uuid(),
        now in prop_oneof![
            4 => 1_600_000_000_u64..2_000_000_000,
            1 => 600_u64..=253_402_300_799 - 2_147_483,
            1 => select(vec![600, 999_999_999, 1_000_000_599, 1_000_000_000, 9_999_999_999, 10_000_000_000, 253_400_153_316]),
        ],
        custom in prop_oneof![3 => Just(vec![]), 1 => custom("y")],
    ) -> Minting {
        Minting { profile, session_id, now, custom }
    }
}

prop_compose! {
    pub(crate) fn stable()(
        window in 1_u64..=43_200,
        generation: u64,
        sign_out in prop_oneof![Just(0), NOW - 100_000..NOW + 100_000],
        now in prop_oneof![NOW - 50_000..NOW + 50_000, 100_000_u64..4_000_000_000],
    ) -> Stable {
        Stable { window, generation, sign_out, now }
    }
}
