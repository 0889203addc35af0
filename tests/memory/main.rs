//! What stays in memory of a secret: while it is used HMAC's states, as SECURITY.md says, and nothing else ever.
//!
//! Only this test may run in its process: others would have secrets of their own.
#![cfg(target_os = "linux")]

mod search;

use std::{hint::black_box, io::Write, time::Duration};

use base64::{Engine, engine::general_purpose::STANDARD};
use quiltt_session::{ProfileId, SecretError, SessionSigner, SessionVerifier, SigningSecret};
use zeroize::Zeroizing;

use search::{MASK, Search};

#[test]
fn of_a_dropped_secret_nothing_stays_but_the_states_that_hmac_keeps() {
    let search = search();
    assert_eq!(search.found(), [""; 0], "before all");
    for (source, read) in SOURCES {
        let secret = read().unwrap();
        let alive = search.found();
        assert!(alive.contains(&"secret"), "{source}: the search finds a secret where there is one");
        assert!(!alive.contains(&"hexadecimal") && !alive.contains(&"base64"), "{source}: {alive:?}");

        let signer = SessionSigner::builder(&secret).build().unwrap();
        let verifier = SessionVerifier::builder(&secret).build().unwrap();
        drop(secret);
        assert_eq!(search.found(), HMAC_STATES, "{source}: built");
        use_each_path(&signer, &verifier);
        assert_eq!(search.found(), HMAC_STATES, "{source}: used");

        drop((signer, verifier));
        let left = search.found();
        assert!(left.iter().all(|name| HMAC_STATES.contains(name)), "{source}: {left:?}");
    }
}

fn use_each_path(signer: &SessionSigner, verifier: &SessionVerifier) {
    let profile = ProfileId::random().unwrap();
    let session = signer.mint(profile).unwrap();
    verifier.verify(session.token()).unwrap();
    signer.mint_batch(&[profile; 9]).unwrap();
    signer.stable(Duration::from_secs(60)).unwrap().mint(profile).unwrap();
}

type Read = fn() -> Result<SigningSecret, SecretError>;

/// The environment is left out: its own copy stays, as SECURITY.md says.
const SOURCES: [(&str, Read); 4] = [
    ("bytes", || SigningSecret::from_bytes(secret())),
    ("hexadecimal", || SigningSecret::from_hex(hexadecimal())),
    ("base64", || SigningSecret::from_base64(base64())),
    ("file", || {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(&secret()).unwrap();
        SigningSecret::from_file(file.path())
    }),
];

fn search() -> Search {
    let mut search = Search::default();
    search.add("secret", &secret());
    search.add("hexadecimal", &hexadecimal());
    search.add("base64", &base64());
    for pad in [0x36, 0x5c] {
        search.add("padded key", &padded(pad));
        // As SHA-512 reads it: in words whose most significant byte comes first.
        search.add("padded key", &byte_swapped(padded(pad)));
    }
    for (name, state) in HMAC_STATES.into_iter().zip(MASKED_STATES) {
        search.add_masked(name, state.map(u64::to_ne_bytes).as_flattened());
    }
    search
}

/// As good as the secret; ring keeps them and does not wipe them.
const HMAC_STATES: [&str; 2] = ["inner state", "outer state"];

/// From `tests/vectors/hmac_state.py`.
const MASKED_STATES: [[u64; 8]; 2] = [
    [
        0x67f0_1a2c_0318_1f52,
        0xefd4_c6ef_960a_2711,
        0x5948_10ab_d396_b3b2,
        0x9987_fc21_844a_642d,
        0x00cc_be91_f650_9058,
        0x2956_6c7b_afe3_6475,
        0xf79d_1fef_19e5_7bbf,
        0x2863_48b9_ee1e_a12f,
    ],
    [
        0xf1d7_ec73_5c47_1eb6,
        0x9d17_f90d_8209_1a12,
        0xec5b_1598_d936_fd22,
        0x6ee0_1295_72fe_61f2,
        0xee1d_4ccb_8d5b_55df,
        0x4b36_8c4d_6f3a_48a9,
        0xfb25_2e1c_e2ff_7fad,
        0x3912_bd5a_a9b6_ad41,
    ],
];

const LENGTH: usize = 64;

/// The secret is nowhere in this program: it is put together when it is needed, and wiped.
fn secret() -> Zeroizing<Vec<u8>> {
    let mut secret = Zeroizing::new(Vec::with_capacity(LENGTH));
    secret.extend((0..LENGTH).map(|place| black_box((place * 151 + 89) as u8) ^ MASK));
    secret
}

fn hexadecimal() -> Zeroizing<Vec<u8>> {
    let mut text = Zeroizing::new(Vec::with_capacity(2 * LENGTH));
    secret().iter().for_each(|byte| write!(text, "{byte:02x}").unwrap());
    text
}

fn base64() -> Zeroizing<Vec<u8>> {
    let mut text = Zeroizing::new(vec![0; LENGTH.div_ceil(3) * 4]);
    STANDARD.encode_slice(secret(), &mut text).unwrap();
    text
}

/// The part of HMAC's padded key that depends on the secret (RFC 2104 §2).
fn padded(pad: u8) -> Zeroizing<Vec<u8>> {
    let mut key = secret();
    key.iter_mut().for_each(|byte| *byte ^= pad);
    key
}

fn byte_swapped(mut text: Zeroizing<Vec<u8>>) -> Zeroizing<Vec<u8>> {
    text.chunks_exact_mut(8).for_each(<[u8]>::reverse);
    text
}
