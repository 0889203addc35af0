//! The fast path mints, byte for byte, the tokens of the slow and obvious twin.

use std::{collections::HashSet, time::Duration};

use proptest::{collection::vec, prelude::*};
use quiltt_session::{
    BatchLanes, PayloadOrder, ProfileId, SessionBatch, SessionId, SessionSigner, SignOut, TokenVersion,
};
use serde_json::Value;
use uuid::Uuid;

use crate::{
    forge::{self, NOW, SECRET, at, builder, id},
    oracle,
    strategies::{minting, settings, stable, text, uuid},
    twin::{Minting, Settings, Stable},
};

proptest! {
    /// Of every version, order, subset of ids, constant and own claims, and length of the times. A million of them:
    /// `PROPTEST_CASES=20000 cargo test --release --test it template_equals_twin`
    ///
    /// What a signer keeps never shows in the token of another second or signer: jwx#1694, GHSA-rp9m-7r4c-75qg (a cached header lost
    /// a member; a cache answered for another key).
    #[test]
    fn every_way_to_mint_equals_the_twin(
        settings in settings(), minting in minting(), ids in vec((uuid(), uuid()), 0..20), stable in stable(),
        before in text(),
    ) {
        let signer = settings.builder().build().unwrap();
        prop_assert_eq!(signer.fingerprint(), forge::fingerprint(&settings.secret));
        assert_request_equals_twin(&signer, &settings, &minting);
        assert_drawn_equal_twin(&signer, &settings, minting.profile(), before);
        assert_seconds_equal_twin(&signer, &settings, &minting);
        let ids: Vec<_> = ids.into_iter().map(|(profile, id)| (ProfileId::from(profile), SessionId::from(id))).collect();
        assert_batches_equal_twin(&settings, &ids, &minting);
        if settings.ttl > 1 {
            let profiles: Vec<_> = ids.iter().take(9).map(|&(profile, _)| profile).collect();
            let window = stable.window.min(settings.ttl / 2);
            assert_stable_equal_twin(&signer, &settings, &profiles, &Stable { window, ..stable });
        }
    }
}

/// A session with claims of its own, whose start is taken as it is, whatever the signer backdates. The signer's verifier takes
/// the session, and `jsonwebtoken` reads the same claims.
fn assert_request_equals_twin(signer: &SessionSigner, settings: &Settings, minting: &Minting) {
    let request = signer.session(minting.profile()).id(minting.session_id()).issued_at(minting.now());
    let request = minting.custom.iter().fold(request, |request, (name, value)| request.claim(name, value));
    let not_backdated = Settings { backdating: 0, ..settings.clone() };
    let session = request.mint().unwrap();
    assert_eq!(session.token(), not_backdated.token(minting));

    let verified = signer.verifier().build().unwrap().verify_at(session.token(), minting.now()).unwrap();
    assert_eq!((verified.id(), verified.user_id()), (minting.session_id(), minting.profile()));
    let starts_at = verified.expires_at().as_secs() - settings.ttl;
    assert_eq!([verified.not_before(), verified.issued_at()], [at(starts_at); 2]);
    assert_eq!((verified.expires_at(), verified.version()), (session.expires_at(), settings.version));
    assert_eq!((verified.issuer(), verified.audience()), (&*settings.issuer, &*settings.audience));
    let ids = [verified.api_key_id().map(Uuid::from), verified.organization_id().map(Uuid::from)];
    assert_eq!(ids, [settings.api_key, settings.organization]);
    assert_eq!(verified.environment_id().map(Uuid::from), settings.environment);
    let claims = oracle::decode(session.token(), &settings.secret, &settings.issuer, &settings.audience).unwrap();
    assert_eq!(Value::from(claims), serde_json::to_value(&verified).unwrap());
}

/// Sessions whose id and time the signer draws: `mint`, `mint_into` behind a text that stays as it was, and `mint_batch`.
fn assert_drawn_equal_twin(signer: &SessionSigner, settings: &Settings, profile: ProfileId, before: String) {
    let twin = |id, expires_at| settings.token(&plain(profile, id, expires_at - settings.ttl));
    let session = signer.mint(profile).unwrap();
    assert_eq!(session.token(), twin(session.id(), session.expires_at().as_secs()));
    let mut buffer = before.clone();
    let session = signer.mint_into(profile, &mut buffer).unwrap();
    let expected = twin(session.id(), session.expires_at().as_secs());
    assert_eq!(session.token(), expected);
    assert_eq!(buffer, before + &expected);
    let batch = signer.mint_batch(&[profile; 3]).unwrap();
    for session in &batch {
        assert_eq!(session.token(), twin(session.id(), session.expires_at().as_secs()));
        assert_eq!(session.id().uuid().get_version_num(), 4);
    }
    assert_eq!(batch.iter().map(|session| session.id()).collect::<HashSet<_>>().len(), batch.len());
}

/// A second, the next one, and, as a clock that goes back reads it, the first again.
fn assert_seconds_equal_twin(signer: &SessionSigner, settings: &Settings, minting: &Minting) {
    for now in [minting.now, minting.now + 1, minting.now] {
        let session = signer.mint_at(minting.profile(), at(now), minting.session_id()).unwrap();
        assert_eq!(session.token(), settings.token(&plain(minting.profile(), minting.session_id(), now)));
    }
}

/// One by one, and in a batch at every width.
fn assert_batches_equal_twin(settings: &Settings, ids: &[(ProfileId, SessionId)], at: &Minting) {
    let twins: Vec<_> = ids.iter().map(|&(profile, id)| settings.token(&plain(profile, id, at.now))).collect();
    for lanes in [BatchLanes::Eight, BatchLanes::Four, BatchLanes::One] {
        let signer = settings.builder().batch_lanes(lanes).build().unwrap();
        let batch = signer.mint_batch_at(ids, at.now()).unwrap();
        assert_eq!(tokens(&batch), twins, "{lanes:?}");
        assert!(batch.get(ids.len()).is_none());
        for (place, &(profile, id)) in ids.iter().enumerate() {
            let (single, session) = (signer.mint_at(profile, at.now(), id).unwrap(), batch.get(place).unwrap());
            assert_eq!(single.token(), twins[place]);
            assert_eq!(serde_json::to_value(session).unwrap(), serde_json::to_value(single).unwrap());
        }
    }
}

/// Stable sessions, one by one and in a batch; at the end of its window each is renewed.
fn assert_stable_equal_twin(signer: &SessionSigner, settings: &Settings, profiles: &[ProfileId], stable: &Stable) {
    let minter = signer.stable(Duration::from_secs(stable.window)).unwrap().generation(stable.generation);
    let minter = minter.after(SignOut::from_secs(stable.sign_out).unwrap());
    let now = at(stable.now);
    let twins: Vec<_> = profiles.iter().map(|profile| settings.stable(profile.uuid(), stable)).collect();
    for (&profile, twin) in profiles.iter().zip(&twins) {
        assert_eq!(minter.mint_at(profile, now).unwrap().token(), settings.token(twin));
        assert_eq!(minter.renews_at(profile, now).unwrap().as_secs(), twin.now + stable.window);
    }
    let twins: Vec<_> = twins.iter().map(|twin| settings.token(twin)).collect();
    assert_eq!(tokens(&minter.mint_batch_at(profiles, now).unwrap()), twins);
}

fn tokens(batch: &SessionBatch) -> Vec<String> {
    batch.iter().map(|session| session.token().to_owned()).collect()
}

/// A session without claims of its own.
fn plain(profile: ProfileId, id: SessionId, now: u64) -> Minting {
    Minting { profile: profile.uuid(), session_id: id.uuid(), now, custom: vec![] }
}

/// The spaces before the constant claims are as many for a claim of 96 characters more, which fill three quarters of a
/// block of SHA-512.
#[test]
fn for_every_length_of_the_constant_claims_the_token_equals_the_twin() {
    for (version, length) in TokenVersion::ALL.into_iter().flat_map(|version| (1..=96).map(move |n| (version, n))) {
        let settings = Settings {
            secret: SECRET.into(),
            version,
            api_key: None,
            organization: None,
            environment: None,
            issuer: "x".repeat(length),
            audience: "api.quiltt.io".into(),
            ttl: 60,
            backdating: 0,
            has_header_type: false,
            payload: PayloadOrder::Aligned,
            custom: vec![],
        };
        let minting = plain(Uuid::max().into(), Uuid::nil().into(), NOW);
        let signer = settings.builder().build().unwrap();
        let session = signer.mint_at(minting.profile(), minting.now(), minting.session_id()).unwrap();
        assert_eq!(session.token(), settings.token(&minting), "{version:?}, {length}");
    }
}

/// README states both numbers.
#[test]
fn aligned_tokens_of_version_6_with_all_ids_are_70_characters_longer() {
    let length = |order| {
        let builder = builder().payload(order).api_key(Uuid::max().into()).organization(Uuid::max().into());
        let signer = builder.environment(Uuid::max().into()).build().unwrap();
        signer.mint_at(Uuid::max().into(), at(NOW), id()).unwrap().token().len()
    };
    assert_eq!(length(PayloadOrder::Aligned) - length(PayloadOrder::AsIssued), 70);
    assert_eq!(length(PayloadOrder::AsIssued), 498);
}
