//! Of a secret in use, memory has HMAC's states alone, as SECURITY.md says; of a dropped secret, nothing.
//!
//! Only this test may run in its process: others would have secrets of their own.
#![cfg(target_os = "linux")]

mod search;

use std::{hint::black_box, io::Write, time::Duration};

use base64::{Engine, engine::general_purpose::STANDARD};
use quiltt_session::{ProfileId, SecretEncoding, SecretError, SessionSigner, SessionVerifier, SigningSecret};
use zeroize::Zeroizing;

use search::{MASK, Search};

#[test]
fn of_a_dropped_secret_nothing_stays_whatever_its_length_and_source() {
    for length in [64, 129, 1000] {
        let search = search(length);
        // From where a secret comes, makes no difference to how its length is dealt with.
        let sources = if length == 64 { &SOURCES[..] } else { &SOURCES[..1] };
        for (source, read) in sources {
            let case = format!("{source}, {} bytes", length);
            let secret = read(length).unwrap();
            let alive = search.found();
            assert!(alive.contains(&"secret"), "{case}: the search finds a secret where there is one");
            assert!(!alive.contains(&"hexadecimal") && !alive.contains(&"base64"), "{case}: {alive:?}");

            let signer = SessionSigner::builder(&secret).build().unwrap();
            let verifier = SessionVerifier::builder(&secret).build().unwrap();
            drop(secret);
            use_each_path(&signer, &verifier);
            assert_eq!(search.found(), ["inner state", "outer state"], "{case}: used");

            drop((signer, verifier));
            assert_eq!(left(&search), [""; 0], "{case}: dropped");
        }
        #[cfg(feature = "reload")]
        assert_eq!(found_while_watched(&search, length), [""; 0], "watched");
    }
}

/// Finds traces of a secret whose file is watched; the value that was built keeps only a number.
#[cfg(feature = "reload")]
fn found_while_watched(search: &Search, length: usize) -> Vec<&'static str> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(&secret(length)).unwrap();
    let reloading = quiltt_session::Reloading::builder([file.path()])
        .every(Duration::ZERO)
        .build(|secret, _| Ok::<_, SecretError>(secret.bits()))
        .unwrap();
    assert_eq!(*reloading.current(), length * 8);
    left(search)
}

/// The traces that are found, without those that SECURITY.md names.
fn left(search: &Search) -> Vec<&'static str> {
    /// ring wipes nothing.
    const STATES_STAY: bool = cfg!(all(feature = "ring", not(any(feature = "aws-lc-rs", feature = "fips"))));
    /// An unoptimised build has larger frames than the part of the stack that is wiped.
    const OUTER_STATE_STAYS: bool = cfg!(debug_assertions) || STATES_STAY;

    let mut left = search.found();
    left.retain(|name| !(STATES_STAY && *name == "inner state" || OUTER_STATE_STAYS && *name == "outer state"));
    left
}

fn use_each_path(signer: &SessionSigner, verifier: &SessionVerifier) {
    let profile = ProfileId::random().unwrap();
    let session = signer.mint(profile).unwrap();
    verifier.verify(session.token()).unwrap();
    signer.mint_batch(&[profile; 9]).unwrap();
    signer.session(profile).claim("plan", "gold").mint().unwrap();
    signer.stable(Duration::from_secs(60)).unwrap().mint(profile).unwrap();
}

type Read = fn(usize) -> Result<SigningSecret, SecretError>;

/// The environment is left out: its own copy stays, as SECURITY.md says.
const SOURCES: [(&str, Read); 4] = [
    ("bytes", |length| SigningSecret::from_bytes(secret(length))),
    ("hexadecimal", |length| read(SecretEncoding::Hex, hexadecimal(length))),
    ("base64", |length| read(SecretEncoding::Base64, base64(length))),
    ("file", |length| {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(&secret(length)).unwrap();
        SigningSecret::from_file(file.path())
    }),
];

fn read(encoding: SecretEncoding, text: Zeroizing<Vec<u8>>) -> Result<SigningSecret, SecretError> {
    SigningSecret::options().encoding(encoding).from_bytes(text)
}

fn search(length: usize) -> Search {
    let mut search = Search::default();
    search.add("secret", &secret(length));
    search.add("hexadecimal", &hexadecimal(length));
    search.add("base64", &base64(length));
    search.add_masked_words("inner state", &masked(length, "inner").unwrap());
    search.add_masked_words("outer state", &masked(length, "outer").unwrap());
    for pad in [0x36, 0x5c] {
        let pad_of_word = u64::from_ne_bytes([pad; 8]);
        match masked(length, "hash") {
            None => search.add_both_ways("padded key", &padded(length, pad)),
            Some(hash) => search.add_masked_words("padded key", &hash.map(|word| word ^ pad_of_word)),
        }
    }
    if let Some(hash) = masked(length, "hash") {
        search.add_masked_words("hash", &hash);
    }
    search
}

/// The states behind HMAC's padded keys (`inner`, `outer`), and what takes the place of a secret that is longer than a block
/// (`hash`), with the mask over it: each is as good as the secret.
fn masked(length: usize, name: &str) -> Option<[u64; 8]> {
    let start = format!("{length} {name} ");
    let words = include_str!("../vectors/hmac_state.txt").lines().find_map(|line| line.strip_prefix(&start))?;
    let words = words.split(' ').map(|word| u64::from_str_radix(word.trim_start_matches("0x"), 16).unwrap());
    Some(words.collect::<Vec<_>>().try_into().unwrap())
}

/// The secret's bytes are nowhere in this program: the function computes them, and the caller wipes them.
fn secret(length: usize) -> Zeroizing<Vec<u8>> {
    let mut secret = Zeroizing::new(Vec::with_capacity(length));
    secret.extend((0..length).map(|place| black_box((place % 256 * (151 + place / 256 * 8) + 89) as u8) ^ MASK));
    secret
}

fn hexadecimal(length: usize) -> Zeroizing<Vec<u8>> {
    let mut text = Zeroizing::new(Vec::with_capacity(2 * length));
    secret(length).iter().for_each(|byte| write!(text, "{byte:02x}").unwrap());
    text
}

fn base64(length: usize) -> Zeroizing<Vec<u8>> {
    let mut text = Zeroizing::new(vec![0; length.div_ceil(3) * 4]);
    STANDARD.encode_slice(secret(length), &mut text).unwrap();
    text
}

/// The part of HMAC's padded key that depends on the secret (RFC 2104 §2).
fn padded(length: usize, pad: u8) -> Zeroizing<Vec<u8>> {
    let mut key = secret(length);
    key.iter_mut().for_each(|byte| *byte ^= pad);
    key
}
