//! The fast path mints, byte for byte, what the slow and obvious twin mints.

use std::time::Duration;

use proptest::{collection::vec, prelude::*, strategy::ValueTree, test_runner::TestRunner};
use quiltt_session::{BatchLanes, PayloadOrder, ProfileId, SessionId, SessionSigner, SigningSecret, TokenVersion};
use serde_json::json;
use uuid::Uuid;

use crate::{
    forge::{NOW, OTHER_SECRET, SECRET, at},
    strategies::{minting, settings, text, uuid},
    twin::{Minting, Settings},
};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn every_way_to_mint_equals_the_twin(settings in settings(), mintings in vec(minting(), 1..4)) {
        let signer = settings.builder().build().unwrap();
        // A start of its own is taken as it is.
        let not_backdated = Settings { backdating: 0, ..settings.clone() };
        for minting in &mintings {
            let request = signer
                .session(minting.profile())
                .id(minting.session_id())
                .issued_at(minting.now());
            let request = minting.custom.iter().fold(request, |request, (name, value)| request.claim(name, value));
            let session = request.mint().unwrap();
            prop_assert_eq!(session.token(), not_backdated.token(minting));
            if minting.custom.is_empty() {
                let session = signer.mint_at(minting.profile(), minting.now(), minting.session_id()).unwrap();
                prop_assert_eq!(session.token(), settings.token(minting));
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
            let now = expires_at.as_secs() - settings.ttl;
            settings.token(&Minting { profile, session_id: id.uuid(), now, custom: vec![] })
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

/// Of every version, subset of ids, custom and own claims, width and length of the times.
#[test]
#[ignore = "takes minutes: cargo test --test it -- --ignored a_million"]
fn a_million_tokens_in_quiltts_order_equal_the_twin() {
    let mut runner = TestRunner::default();
    let mut count = 0;
    while count < 1_000_000 {
        let settings = settings().new_tree(&mut runner).unwrap().current();
        let settings = Settings { payload: PayloadOrder::AsIssued, ..settings };
        let not_backdated = Settings { backdating: 0, ..settings.clone() };
        let lanes = [BatchLanes::Eight, BatchLanes::Four, BatchLanes::One];
        let signers = lanes.map(|lanes| settings.builder().batch_lanes(lanes).build().unwrap());
        for _ in 0..8 {
            let first = minting().new_tree(&mut runner).unwrap().current();
            let mintings = vec((uuid(), uuid()), 1..40).new_tree(&mut runner).unwrap().current();
            let mintings: Vec<_> = mintings
                .into_iter()
                .map(|(profile, session_id)| Minting { profile, session_id, custom: vec![], ..first })
                .collect();
            let ids: Vec<_> = mintings.iter().map(|minting| (minting.profile(), minting.session_id())).collect();
            let tokens: Vec<_> = mintings.iter().map(|minting| settings.token(minting)).collect();
            for signer in &signers {
                let batch = signer.mint_batch_at(&ids, first.now()).unwrap();
                assert!(
                    batch.iter().map(|session| session.token()).eq(tokens.iter().map(String::as_str)),
                    "{settings:?}"
                );
                let request = signer.session(first.profile()).id(first.session_id()).issued_at(first.now());
                let request = first.custom.iter().fold(request, |request, (name, value)| request.claim(name, value));
                assert_eq!(request.mint().unwrap().token(), not_backdated.token(&first), "{settings:?}");
                count += ids.len() + 1;
            }
        }
    }
}

/// The spaces before the constant claims are as many for a claim of 96 characters more, which fill three quarters of a
/// block of SHA-512.
#[test]
fn for_every_length_of_the_constant_claims_the_token_equals_the_twin() {
    for (version, length) in TokenVersion::ALL.into_iter().flat_map(|version| (1..=96).map(move |n| (version, n))) {
        let settings = Settings { version, issuer: "x".repeat(length), ..plain_settings() };
        let minting = Minting { profile: Uuid::max(), session_id: Uuid::nil(), now: 1_700_000_000, custom: vec![] };
        let signer = settings.builder().build().unwrap();
        let session = signer.mint_at(minting.profile(), minting.now(), minting.session_id()).unwrap();
        assert_eq!(session.token(), settings.token(&minting), "{version:?}, {length}");
    }
}

fn plain_settings() -> Settings {
    Settings {
        secret: (0..64).map(|byte| byte | 0x80).collect(),
        version: TokenVersion::V6,
        api_key: None,
        organization: None,
        environment: None,
        issuer: "auth.quiltt.io".into(),
        audience: "api.quiltt.io".into(),
        ttl: 60,
        backdating: 0,
        has_header_type: false,
        payload: PayloadOrder::Aligned,
        custom: vec![],
    }
}

#[test]
fn a_claim_of_each_awkward_kind_equals_the_twin() {
    let settings = Settings {
        issuer: "a>b?c~d".into(),
        audience: "é".into(),
        custom: vec![(
            "a\"\\\u{7f}".into(),
            json!({"é": [1.5, -0.0, 1e300, (1_u64 << 53) - 1, 1 - (1_i64 << 53), "😀~"]}),
        )],
        ..plain_settings()
    };
    let minting = Minting { profile: Uuid::nil(), session_id: Uuid::max(), now: 0, custom: vec![] };
    let signer = settings.builder().build().unwrap();
    let session = signer.mint_at(minting.profile(), minting.now(), minting.session_id()).unwrap();
    assert_eq!(session.token(), settings.token(&minting));
}

/// jwx#1694, GHSA-rp9m-7r4c-75qg: a cached header lost a member; a cache answered for another key.
#[test]
fn what_a_signer_keeps_never_shows_in_the_token_of_another_signer_second_or_session() {
    let signer = |secret: &str, version, ttl| {
        SessionSigner::builder(SigningSecret::from_bytes(secret).unwrap())
            .version(version)
            .ttl(Duration::from_secs(ttl))
            .build()
            .unwrap()
    };
    let settings = [
        (SECRET, TokenVersion::V6, 60),
        (OTHER_SECRET, TokenVersion::V6, 60),
        (SECRET, TokenVersion::V2, 60),
        (SECRET, TokenVersion::V6, 61),
    ];
    let old = settings.map(|(secret, version, ttl)| signer(secret, version, ttl));
    for round in 0..200_u64 {
        let now = at(NOW + round % 3);
        let (profile, id) = (ProfileId::from_uuid(Uuid::from_u128(round.into())), SessionId::from_uuid(Uuid::max()));
        for (old, (secret, version, ttl)) in old.iter().zip(settings) {
            let new = signer(secret, version, ttl);
            let of = |signer: &SessionSigner| signer.mint_at(profile, now, id).unwrap().into_token();
            assert_eq!(of(old), of(&new));
            let custom = |signer: &SessionSigner| {
                signer.session(profile).id(id).issued_at(now).claim("round", round).mint().unwrap().into_token()
            };
            assert_eq!(custom(old), custom(&new));
        }
    }
}
