//! Every replica computes the same session, with no store and no coordination: `template_equals_twin` compares each with that of
//! a slow reference implementation.

use std::{sync::Arc, time::Duration};

use quiltt_session::{ConfigError, MintError, ProfileId, SessionSigner, SignOut, StableSigner, TimeError, UnixTime};
use uuid::Uuid;

use crate::forge::{self, NOW, at, noise, signer};

const HOUR: Duration = Duration::from_secs(3600);

fn profile(number: u128) -> ProfileId {
    // Not one after the other.
    ProfileId::from_uuid(Uuid::from_u128(number.wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835)))
}

#[test]
fn a_minter_that_owns_or_shares_its_signer_mints_what_one_that_borrows_it_does() {
    let (borrowed, shared) = (signer(), Arc::new(signer()));
    let borrowed = borrowed.stable(HOUR).unwrap();
    let owned: StableSigner<SessionSigner> = StableSigner::new(signer(), HOUR).unwrap();
    let shared: StableSigner<Arc<SessionSigner>> = StableSigner::new(shared, HOUR).unwrap();
    for generation in [0, 7] {
        let token = |stable: StableSigner<&SessionSigner>| {
            stable.generation(generation).mint_at(profile(1), at(NOW)).unwrap().into_token()
        };
        assert_eq!(token(owned.as_ref()), token(borrowed));
        assert_eq!(token(shared.as_ref()), token(borrowed));
    }
    assert_eq!(owned.generation(2).as_ref().mint_at(profile(1), at(NOW)).unwrap().id(), {
        borrowed.generation(2).mint_at(profile(1), at(NOW)).unwrap().id()
    });
    let too_long = StableSigner::new(signer(), Duration::from_secs(43_201)).map(drop);
    let found = Duration::from_secs(43_201);
    assert_eq!(too_long, Err(ConfigError::Time { setting: "window", found, min: 1, max: 43_200 }));
    let of_a_second = forge::builder().ttl(Duration::from_secs(1)).build().unwrap();
    assert_eq!(
        of_a_second.stable(Duration::from_secs(1)).unwrap_err().to_string(),
        "expected a window in whole seconds from 1 to 0, found 1s: half the time to live, since each token has to outlive \
         the next window"
    );
}

#[test]
fn the_token_is_pinned_so_that_releases_agree_with_each_other() {
    let signer = signer();
    let stable = signer.stable(HOUR).unwrap().generation(7);
    let session = stable.mint_at(forge::profile(), at(NOW)).unwrap();
    assert_eq!(session.id().to_string(), PINNED_ID);
    assert_eq!(session.expires_at().as_secs() - 86_400, PINNED_START);
    let stable = stable.after(SignOut::from_secs(NOW).unwrap());
    assert_eq!(stable.mint_at(forge::profile(), at(NOW)).unwrap().id().to_string(), PINNED_ID_AFTER_A_SIGN_OUT);
}

/// Computed by `tests/vectors/stable.py`, which shares no code with this crate.
const PINNED_ID: &str = "f757fb5f-5e27-8528-b6da-d20d34e1c812";
const PINNED_ID_AFTER_A_SIGN_OUT: &str = "6aa59e80-c138-8aeb-b250-00006553f100";
const PINNED_START: u64 = 1_699_998_546;

#[test]
fn with_the_systems_clock_every_way_gives_the_same_token() {
    let signer = signer();
    // So long that no window ends between two calls, but for one profile in some thousand; so ask again.
    let stable = signer.stable(Duration::from_secs(43_200)).unwrap();
    let same = |number| {
        let mut buffer = String::from("x");
        let id = stable.mint_into(profile(number), &mut buffer).unwrap().id();
        let session = stable.mint(profile(number)).unwrap();
        let batch = stable.mint_batch(&[profile(number)]).unwrap();
        buffer[1..] == *session.token() && id == session.id() && batch.get(0).unwrap().token() == session.token()
    };
    assert!(same(1) || same(2));
}

#[test]
fn a_window_that_began_before_1970_is_an_error() {
    let signer = signer();
    let stable = signer.stable(HOUR).unwrap();
    let shifted = (0..1000).map(profile).find(|&profile| stable.mint_at(profile, UnixTime::EPOCH).is_err()).unwrap();
    assert_eq!(stable.mint_at(shifted, UnixTime::EPOCH).unwrap_err(), MintError::Clock(TimeError::BeforeEpoch));
    assert_eq!(stable.mint_at(shifted, UnixTime::MAX).unwrap_err(), MintError::ExpiryTooLate);
    let batch = |now| stable.mint_batch_at(&[profile(1), shifted], now).unwrap_err();
    assert_eq!(batch(UnixTime::EPOCH), MintError::Clock(TimeError::BeforeEpoch));
    assert_eq!(batch(UnixTime::MAX), MintError::ExpiryTooLate);
}

#[test]
fn roll_overs_are_spread_evenly_over_the_window() {
    const BINS: usize = 60;
    const PROFILES: u32 = 60_000;
    let signer = signer();
    let stable = signer.stable(HOUR).unwrap();
    let mut noise = noise();
    let kinds: [&mut dyn FnMut(u128) -> Uuid; 3] = [
        &mut |_| Uuid::from_bytes(std::array::from_fn(|_| noise.next().unwrap())),
        // One after the other, and as UUIDs of version 7, one each millisecond.
        &mut Uuid::from_u128,
        &mut |number| Uuid::from_u128(((0x018e_f74e_5aa1 + number) << 80) | 0x7684_86ca_d2c0_a444_7bb5),
    ];
    for kind in kinds {
        let mut bins = [0_u32; BINS];
        for number in 0..PROFILES {
            let renews_at = stable.renews_at(kind(number.into()).into(), at(NOW)).unwrap().as_secs();
            bins[usize::try_from(renews_at % 3600).unwrap() * BINS / 3600] += 1;
        }
        let expected = f64::from(PROFILES) / BINS as f64;
        let chi_square: f64 = bins.iter().map(|&count| (f64::from(count) - expected).powi(2) / expected).sum();
        // 59 degrees of freedom: 117 is exceeded once in a hundred thousand. Numbers in sequence spread better than random.
        assert!(chi_square < 117.0, "{chi_square}");
    }
}
