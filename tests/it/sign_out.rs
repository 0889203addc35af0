//! After a sign-out no token minted before it opens anything, and the next login works at once.

use std::{collections::HashMap, time::Duration};

use proptest::{collection::vec, prelude::*};
use quiltt_session::{
    ProfileId, Session, SessionSigner, SessionVerifier, SignOut, SigningSecret, TimeError, UnixTime, VerifiedSession,
    VerifyError,
};
use uuid::Uuid;

use crate::forge::{self, NOW, SECRET, at, signer};

// A deployment at random, and the obvious model: at a sign-out, all tokens that the user was given so far are dead.

/// How far clocks are apart, in seconds: the clocks of the replicas, and of the store that forgets sign-outs.
const LEEWAY: u64 = 5;
const WINDOW: u64 = 60;
const TTL: u64 = 240;
const REPLICAS: usize = 3;
const USERS: usize = 2;

#[derive(Clone, Copy, Debug)]
enum Act {
    Wait(u64),
    /// Until the store forgets a sign-out.
    WaitForTheStore,
    /// With a sign-out, on this replica, between the session and the answer.
    Login(usize, usize, Kind, Option<usize>),
    /// A client shows the `n`th token of all that were given, and gets the next one if the token is good.
    Refresh(usize, usize, Kind),
    /// A job mints without a look at the sign-outs.
    Batch(usize, usize, Kind),
    /// With another one at once, on this replica.
    SignOut(usize, usize, Option<usize>),
    /// One replica takes its next secret, or waits for the others.
    Rotate(usize),
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    Stable,
    Random,
}

fn act() -> impl Strategy<Value = Act> {
    let kind = || prop_oneof![Just(Kind::Stable), Just(Kind::Random)];
    let beside = || prop_oneof![3 => Just(None), 1 => (0..REPLICAS).prop_map(Some)];
    prop_oneof![
        2 => prop_oneof![0..=2 * LEEWAY, 0..=2 * WINDOW, 0..=2 * TTL].prop_map(Act::Wait),
        1 => Just(Act::WaitForTheStore),
        4 => (0..REPLICAS, 0..USERS, kind(), beside()).prop_map(|(at, user, kind, out)| Act::Login(at, user, kind, out)),
        2 => (0..REPLICAS, any::<usize>(), kind()).prop_map(|(at, token, kind)| Act::Refresh(at, token, kind)),
        1 => (0..REPLICAS, 0..USERS, kind()).prop_map(|(at, user, kind)| Act::Batch(at, user, kind)),
        2 => (0..REPLICAS, 0..USERS, beside()).prop_map(|(at, user, other)| Act::SignOut(at, user, other)),
        1 => (0..REPLICAS).prop_map(Act::Rotate),
    ]
}

proptest! {
    #[test]
    fn after_a_sign_out_no_token_minted_before_it_opens_anything_and_the_next_login_works_at_once(
        ahead in any::<[u64; REPLICAS + 1]>(),
        backdating in prop_oneof![Just(0), Just(30)],
        acts in vec(act(), 1..40),
    ) {
        let mut deployment = Deployment::new(ahead.map(|ahead| ahead % (LEEWAY + 1)), backdating);
        for act in acts {
            deployment.perform(act);
            deployment.check();
        }
    }
}

struct Deployment {
    now: u64,
    /// By how much the clocks of the replicas, and last that of the store, are ahead.
    ahead: [u64; REPLICAS + 1],
    backdating: u64,
    /// Which of the secrets each replica signs with.
    secrets: [usize; REPLICAS],
    /// Of each secret.
    keys: Vec<(SessionSigner, SessionVerifier)>,
    store: HashMap<usize, SignOut>,
    given: Vec<Given>,
}

/// A token that a user was given.
struct Given {
    user: usize,
    token: String,
    is_dead: bool,
    /// Whether the sign-outs were looked at.
    is_from_login: bool,
}

impl Deployment {
    fn new(ahead: [u64; REPLICAS + 1], backdating: u64) -> Self {
        let (now, secrets, keys) = (NOW, [0; REPLICAS], Vec::new());
        let mut deployment = Self { now, ahead, backdating, secrets, keys, store: HashMap::new(), given: Vec::new() };
        deployment.add_keys();
        deployment
    }

    /// Signs with one secret; takes the one before and the next as well.
    fn add_keys(&mut self) {
        let number = self.keys.len();
        let secret = |number: usize| SigningSecret::from_bytes(format!("{SECRET}{number}")).unwrap();
        let signer = SessionSigner::builder(secret(number)).ttl(Duration::from_secs(TTL));
        let signer = signer.backdate(Duration::from_secs(self.backdating)).build().unwrap();
        let verifier = signer.verifier().leeway(Duration::from_secs(LEEWAY)).also_accept(secret(number + 1));
        let verifier = verifier.also_accept(secret(number.saturating_sub(1))).build().unwrap();
        self.keys.push((signer, verifier));
    }

    fn perform(&mut self, act: Act) {
        match act {
            Act::Wait(seconds) => self.wait(seconds),
            Act::WaitForTheStore => {
                let next = self.store.values().map(|sign_out| keep_until(*sign_out)).min();
                self.wait(next.map_or(0, |next| next.saturating_sub(self.clock(REPLICAS).as_secs())));
            }
            Act::Login(replica, user, kind, beside) => self.login(replica, user, kind, beside),
            Act::Refresh(replica, token, kind) => {
                let given = token.checked_rem(self.given.len()).map(|place| &self.given[place]);
                if let Some(given) = given.filter(|given| self.opens(replica, given)) {
                    self.login(replica, given.user, kind, None);
                }
            }
            Act::Batch(replica, user, kind) => {
                let session = self.mint(replica, user, kind, SignOut::NEVER);
                self.give(user, &session, false);
            }
            Act::SignOut(replica, user, other) => {
                let all = [Some(replica), other].into_iter().flatten();
                let at_once: Vec<_> = all.map(|replica| self.next_sign_out(replica, user)).collect();
                at_once.into_iter().for_each(|sign_out| self.sign_out(user, sign_out));
            }
            Act::Rotate(replica) => {
                let oldest = *self.secrets.iter().min().unwrap();
                self.secrets[replica] = oldest + 1;
                if self.keys.len() < oldest + 2 {
                    self.add_keys();
                }
            }
        }
    }

    fn wait(&mut self, seconds: u64) {
        self.now += seconds;
        let store = self.clock(REPLICAS).as_secs();
        self.store.retain(|_, sign_out| keep_until(*sign_out) > store);
    }

    /// As the guide says; `beside` signs the user out after the session was minted.
    fn login(&mut self, replica: usize, user: usize, kind: Kind, beside: Option<usize>) {
        let sign_out = self.last_sign_out(user);
        let session = self.mint(replica, user, kind, sign_out);
        self.give(user, &session, true);
        if let Some(other) = beside {
            let next = self.next_sign_out(other, user);
            self.sign_out(user, next);
        }
        if self.last_sign_out(user) == sign_out {
            let given = self.given.iter().find(|given| given.token == session.token()).unwrap();
            assert!(!given.is_dead, "a login gave a token that was signed out of");
            assert!((0..REPLICAS).all(|replica| self.opens(replica, given)), "a login did not work at once");
        }
    }

    fn mint(&self, replica: usize, user: usize, kind: Kind, sign_out: SignOut) -> Session {
        let ((signer, _), now) = (&self.keys[self.secrets[replica]], self.clock(replica));
        let stable = signer.stable(Duration::from_secs(WINDOW)).unwrap().after(sign_out);
        let session = match kind {
            Kind::Stable => stable.mint_at(profile(user), now),
            Kind::Random => signer.mint_at(profile(user), now, sign_out.session_id().unwrap()),
        };
        session.unwrap()
    }

    fn give(&mut self, user: usize, session: &Session, is_from_login: bool) {
        let token = session.token().to_owned();
        match self.given.iter_mut().find(|given| given.token == token) {
            Some(given) => given.is_from_login |= is_from_login,
            None => self.given.push(Given { user, token, is_dead: false, is_from_login }),
        }
    }

    fn last_sign_out(&self, user: usize) -> SignOut {
        self.store.get(&user).copied().unwrap_or(SignOut::NEVER)
    }

    fn next_sign_out(&self, replica: usize, user: usize) -> SignOut {
        self.last_sign_out(user).next(self.clock(replica), Duration::from_secs(LEEWAY)).unwrap()
    }

    fn sign_out(&mut self, user: usize, sign_out: SignOut) {
        let greater = self.last_sign_out(user).max(sign_out);
        self.store.insert(user, greater);
        self.given.iter_mut().filter(|given| given.user == user).for_each(|given| given.is_dead = true);
    }

    fn check(&self) {
        for given in &self.given {
            for replica in 0..REPLICAS {
                let opens = self.opens(replica, given);
                assert!(!(given.is_dead && opens), "a token that was signed out of opens");
                let is_good = given.is_from_login && !given.is_dead && self.verify(replica, given).is_ok();
                assert!(opens || !is_good, "a token was ended by no sign-out");
            }
        }
    }

    fn opens(&self, replica: usize, given: &Given) -> bool {
        self.verify(replica, given).is_ok_and(|session| !session.is_ended_by(self.last_sign_out(given.user)))
    }

    fn verify(&self, replica: usize, given: &Given) -> Result<VerifiedSession, VerifyError> {
        self.keys[self.secrets[replica]].1.verify_at(&given.token, self.clock(replica))
    }

    /// Of a replica, or of the store.
    fn clock(&self, replica: usize) -> UnixTime {
        at(self.now + self.ahead[replica])
    }
}

fn keep_until(sign_out: SignOut) -> u64 {
    sign_out.keep_until(Duration::from_secs(TTL), Duration::from_secs(LEEWAY)).as_secs()
}

fn profile(user: usize) -> ProfileId {
    ProfileId::from_uuid(Uuid::from_u128(user as u128 * 0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835))
}

#[test]
fn each_sign_out_is_later_than_the_one_before_whatever_the_clock_reads() {
    let first = SignOut::NEVER.next(at(NOW), Duration::from_secs(10)).unwrap();
    assert_eq!(first.as_secs(), NOW + 10);
    assert_eq!(first.next(at(NOW), Duration::from_secs(10)).unwrap().as_secs(), NOW + 11);
    assert_eq!(first.next(UnixTime::EPOCH, Duration::ZERO).unwrap().as_secs(), NOW + 11);
    assert_eq!(first.next(at(NOW + 60), Duration::from_secs(10)).unwrap().as_secs(), NOW + 70);
    assert!(SignOut::NEVER.next(UnixTime::EPOCH, Duration::ZERO).unwrap() > SignOut::NEVER);
}

#[test]
fn a_fraction_of_a_second_counts_as_a_whole_one() {
    let sign_out = SignOut::NEVER.next(at(NOW), Duration::from_millis(1)).unwrap();
    assert_eq!(sign_out.as_secs(), NOW + 1);
    let until = |ttl, leeway| sign_out.keep_until(Duration::from_millis(ttl), Duration::from_millis(leeway)).as_secs();
    assert_eq!(until(60_000, 5_000), NOW + 1 + 60 + 2 * 5);
    assert!(until(60_001, 5_000) > NOW + 1 + 60 + 2 * 5);
    assert!(until(60_000, 5_001) >= NOW + 1 + 60 + 2 * 6);
}

#[test]
fn past_the_year_9999_there_is_no_sign_out_and_nothing_has_to_be_kept_for_longer() {
    let last = SignOut::from_secs(UnixTime::MAX.as_secs()).unwrap();
    assert_eq!(last.next(at(NOW), Duration::ZERO), Err(TimeError::TooLate));
    assert_eq!(SignOut::NEVER.next(UnixTime::MAX, Duration::from_secs(1)), Err(TimeError::TooLate));
    assert_eq!(SignOut::NEVER.next(at(NOW), Duration::MAX), Err(TimeError::TooLate));
    assert_eq!(SignOut::from_secs(UnixTime::MAX.as_secs() + 1), Err(TimeError::TooLate));
    for (ttl, leeway) in [(1, 0), (0, 1), (u64::MAX, u64::MAX)] {
        assert_eq!(last.keep_until(Duration::from_secs(ttl), Duration::from_secs(leeway)), UnixTime::MAX);
    }
}

#[test]
fn it_is_stored_as_a_number_or_as_json_and_is_read_back() {
    for secs in [0, 1, NOW, UnixTime::MAX.as_secs()] {
        let sign_out = SignOut::from_secs(secs).unwrap();
        assert_eq!(sign_out.as_secs(), secs);
        assert_eq!(serde_json::to_string(&sign_out).unwrap(), secs.to_string());
        assert_eq!(serde_json::from_str::<SignOut>(&secs.to_string()).unwrap(), sign_out);
    }
    for json in ["-1", "1.0", "\"1\"", "null", "253402300800"] {
        assert!(serde_json::from_str::<SignOut>(json).is_err(), "{json}");
    }
}

#[test]
fn only_an_id_of_version_8_that_ends_in_the_number_is_one_of_after_the_sign_out() {
    let sign_out = SignOut::from_secs(NOW).unwrap();
    let is_ended = |id: &str, issued_at: u64| {
        let session = signer().mint_at(forge::profile(), at(issued_at), id.parse().unwrap()).unwrap();
        forge::verifier().verify_at(session.token(), at(issued_at)).unwrap().is_ended_by(sign_out)
    };
    // 1 700 000 000 is 0x6553f100.
    for (id, ended) in [
        ("4551ca49-c002-8d9b-92ec-00006553f100", false),
        ("00000000-0000-8000-8000-00006553f100", false),
        ("4551ca49-c002-8d9b-92ec-00006553f101", true),
        ("4551ca49-c002-8d9b-92ec-00016553f100", true),
        ("4551ca49-c002-4d9b-92ec-00006553f100", true),
        ("4551ca49-c002-8d9b-d2ec-00006553f100", true),
        ("00000000-0000-0000-0000-00006553f100", true),
    ] {
        assert_eq!(is_ended(id, NOW), ended, "{id}");
        assert_eq!(is_ended(id, NOW - 86_000), ended, "{id}");
        assert!(!is_ended(id, NOW + 1), "{id}: later than the sign-out");
    }
}

#[test]
fn the_random_id_after_a_sign_out_ends_in_its_number_and_shares_nothing_else_with_another() {
    let sign_outs = [NOW, NOW + 1].map(|secs| SignOut::from_secs(secs).unwrap());
    let [one, other] = sign_outs.map(|sign_out| {
        let (start, end) = sign_out.session_id().unwrap().uuid().as_u64_pair();
        assert_eq!(end % (1 << 48), sign_out.as_secs());
        start
    });
    assert_ne!(one, other);
    assert_eq!(SignOut::NEVER.session_id().unwrap().uuid().get_version_num(), 4);
}
