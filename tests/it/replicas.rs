//! Whole deployments, simulated: many replicas, clocks that differ, a day of requests.

use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

use quiltt_session::{ProfileId, SessionSigner, SessionVerifier, SigningSecret};
use uuid::Uuid;

use crate::forge::{NOW, SECRET, at};

const DAY: u64 = 86_400;

/// The same numbers in every run (SplitMix64).
pub(crate) struct Numbers(pub(crate) u64);

impl Numbers {
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % bound
    }

    fn shuffled(&mut self, count: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..count).collect();
        for place in (1..count).rev() {
            order.swap(place, usize::try_from(self.below(place as u64 + 1)).unwrap());
        }
        order
    }
}

/// One secret for each name.
fn secret(name: &str) -> SigningSecret {
    SigningSecret::from_bytes(format!("{SECRET}{name}")).unwrap()
}

fn profile(number: u64) -> ProfileId {
    ProfileId::from_uuid(Uuid::from_u128(u128::from(number).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835)))
}

#[test]
fn a_profile_has_one_session_per_window_however_many_replicas_serve_it() {
    const REPLICAS: usize = 50;
    const PROFILES: u64 = 10_000;
    const REQUESTS: u64 = 40;
    const WINDOW: u64 = 3600;
    let mut numbers = Numbers(7);
    let signers: Vec<_> = (0..REPLICAS).map(|_| SessionSigner::builder(secret("old")).build().unwrap()).collect();
    // Clocks at most two seconds apart.
    let lag: Vec<u64> = (0..REPLICAS).map(|_| numbers.below(3)).collect();
    let mut most = 0;
    let mut sessions = 0;
    for number in 0..PROFILES {
        let mut seen = HashSet::new();
        for _ in 0..REQUESTS {
            let replica = usize::try_from(numbers.below(REPLICAS as u64)).unwrap();
            let now = at(NOW + numbers.below(DAY) - lag[replica]);
            let stable = signers[replica].stable(Duration::from_secs(WINDOW)).unwrap();
            seen.insert(stable.mint_at(profile(number), now).unwrap().id());
        }
        most = most.max(seen.len() as u64);
        sessions += seen.len() as u64;
    }
    let allowed = DAY / WINDOW + 1;
    println!(
        "{PROFILES} profiles, {REPLICAS} replicas, {REQUESTS} requests per profile and day, windows of {WINDOW} s: \
         {:.1} sessions per profile on average and {most} at most ({allowed} allowed); plain minting makes {REQUESTS}",
        sessions as f64 / PROFILES as f64,
    );
    assert!(most <= allowed, "{most}");
    // So many requests meet nearly each of 24 windows: 24 · (1 - (23/24)⁴⁰) = 19.6.
    assert!(sessions > PROFILES * 19);
}

/// What one replica signs with and takes.
struct Replica {
    signer: SessionSigner,
    verifier: SessionVerifier,
}

impl Replica {
    fn new(active: &str, previous: &[&str]) -> Self {
        let signer = SessionSigner::builder(secret(active)).build().unwrap();
        let verifier = SessionVerifier::builder(secret(active));
        let verifier = previous.iter().fold(verifier, |verifier, name| verifier.also_accept(secret(name)));
        Self { signer, verifier: verifier.build().unwrap() }
    }
}

#[test]
fn a_rolling_rotation_of_the_secret_refuses_no_valid_session_at_any_step() {
    const REPLICAS: usize = 100;
    const SESSIONS: u64 = 10_000;
    let mut numbers = Numbers(11);
    let mut replicas: Vec<_> = (0..REPLICAS).map(|_| Replica::new("old", &[])).collect();
    // Verifiers first, then signers, then, when no token of the old secret is alive any more, drop it.
    let steps: [(&str, &[&str], u64); 3] = [("old", &["new"], 0), ("new", &["old"], 0), ("new", &[], DAY)];
    let mut now = NOW;
    let mut alive: HashMap<u64, (String, u64)> = HashMap::new();
    let mut verified = 0;
    for (active, previous, pause) in steps {
        now += pause;
        for (done, replica) in numbers.shuffled(REPLICAS).into_iter().enumerate() {
            replicas[replica] = Replica::new(active, previous);
            for request in 0..SESSIONS / 300 {
                let any = |numbers: &mut Numbers| usize::try_from(numbers.below(REPLICAS as u64)).unwrap();
                let session =
                    replicas[any(&mut numbers)].signer.mint_at(profile(request), at(now), Uuid::new_v4().into());
                let session = session.unwrap();
                alive.insert(numbers.below(500), (session.token().to_owned(), session.expires_at().as_secs()));
                // This one, and one from before, at any replica.
                let old = alive.values().nth(done % alive.len()).unwrap();
                for (token, expires_at) in [&(session.token().to_owned(), u64::MAX), old] {
                    let verdict = replicas[any(&mut numbers)].verifier.verify_at(token, at(now));
                    assert_eq!(verdict.is_ok(), *expires_at > now, "{verdict:?}");
                    verified += u64::from(verdict.is_ok());
                }
            }
            now += 5;
        }
    }
    assert!(verified >= SESSIONS, "{verified}");
}

#[test]
fn rotating_signers_before_verifiers_does_refuse_sessions() {
    let early = Replica::new("new", &["old"]);
    let late = Replica::new("old", &[]);
    let session = early.signer.mint_at(profile(1), at(NOW), Uuid::new_v4().into()).unwrap();
    assert!(late.verifier.verify_at(session.token(), at(NOW)).is_err(), "or the order would not matter");
}
