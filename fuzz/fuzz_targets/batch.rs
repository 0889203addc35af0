//! A batch of any width holds, byte for byte, the sessions that are minted one by one, stable ones included, or fails as
//! the first of those fails.
#![no_main]

use std::time::Duration;

use arbitrary::{Arbitrary, Unstructured};
use libfuzzer_sys::fuzz_target;
use quiltt_session::{
    BatchLanes, MintError, ProfileId, Session, SessionBatch, SessionId, SessionSigner, SigningSecret, TokenVersion,
    UnixTime,
};
use uuid::Uuid;

fuzz_target!(|input: Input| {
    for lanes in [BatchLanes::Eight, BatchLanes::Four, BatchLanes::One] {
        let signer = input.signer(lanes);
        check(&signer, &input);
        check_stable(&signer, &input);
    }
});

#[derive(Arbitrary, Debug)]
struct Input {
    #[arbitrary(with = |bytes: &mut Unstructured<'_>| bytes.choose(&TokenVersion::ALL).copied())]
    version: TokenVersion,
    api_key: Option<u128>,
    environment: Option<u128>,
    /// How long a custom claim is, so that tokens fill any number of blocks and any part of the last.
    padding: u8,
    #[arbitrary(with = |bytes: &mut Unstructured<'_>| bytes.int_in_range(1..=2_146_883))]
    ttl: u64,
    #[arbitrary(with = |bytes: &mut Unstructured<'_>| bytes.int_in_range(0..=253_402_300_799))]
    now: u64,
    window: u32,
    generation: u64,
    ids: Vec<Ids>,
}

#[derive(Arbitrary, Debug)]
struct Ids {
    profile: u128,
    session: u128,
    /// Takes digits off the profile's id, so that lengths differ within a group of lanes.
    #[arbitrary(with = |bytes: &mut Unstructured<'_>| bytes.int_in_range(0..=127))]
    shift: u32,
}

impl Input {
    fn signer(&self, lanes: BatchLanes) -> SessionSigner {
        let mut builder = SessionSigner::builder(SigningSecret::demo())
            .batch_lanes(lanes)
            .version(self.version)
            .claim("padding", "x".repeat(self.padding.into()))
            .ttl(Duration::from_secs(self.ttl));
        if let Some(id) = self.api_key {
            builder = builder.api_key(Uuid::from_u128(id).into());
        }
        if let Some(id) = self.environment.filter(|_| self.version >= TokenVersion::V4) {
            builder = builder.environment(Uuid::from_u128(id).into());
        }
        builder.build().unwrap()
    }

    fn now(&self) -> UnixTime {
        UnixTime::from_secs(self.now).unwrap()
    }

    fn ids(&self) -> Vec<(ProfileId, SessionId)> {
        let ids = |ids: &Ids| (Uuid::from_u128(ids.profile >> ids.shift).into(), Uuid::from_u128(ids.session).into());
        self.ids.iter().map(ids).collect()
    }
}

fn check(signer: &SessionSigner, input: &Input) {
    let ids = input.ids();
    let batch = signer.mint_batch_at(&ids, input.now());
    let singles = ids.iter().map(|&(profile, session_id)| signer.mint_at(profile, input.now(), session_id));
    // A batch of none fails as well, if its time is impossible.
    let nobody = signer.mint_at(Uuid::nil().into(), input.now(), Uuid::nil().into());
    assert_same(batch, nobody.and_then(|_| singles.collect()));
}

fn check_stable(signer: &SessionSigner, input: &Input) {
    let Ok(stable) = signer.stable(Duration::from_secs(input.window.into())) else {
        return assert!(input.window == 0 || u64::from(input.window) > input.ttl / 2);
    };
    let stable = stable.generation(input.generation);
    let profiles: Vec<ProfileId> = input.ids().into_iter().map(|(profile, _)| profile).collect();
    let singles = profiles.iter().map(|&profile| stable.mint_at(profile, input.now()));
    assert_same(stable.mint_batch_at(&profiles, input.now()), singles.collect());
}

fn assert_same(batch: Result<SessionBatch, MintError>, singles: Result<Vec<Session>, MintError>) {
    let (batch, singles) = match (batch, singles) {
        (Ok(batch), Ok(singles)) => (batch, singles),
        (batch, singles) => return assert_eq!(batch.err(), singles.err()),
    };
    assert_eq!(batch.len(), singles.len());
    for (session, single) in batch.iter().zip(&singles) {
        assert_eq!(session.token(), single.token());
    }
    assert_eq!(serde_json::to_string(&batch).unwrap(), serde_json::to_string(&singles).unwrap());
}
