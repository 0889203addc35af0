//! What stays in memory of a secret: while it is used HMAC's states, as SECURITY.md says, and afterwards nothing.
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
    for masked in &MASKED {
        let search = search(masked);
        // From where a secret comes, makes no difference to how its length is dealt with.
        let sources = if masked.length == 64 { &SOURCES[..] } else { &SOURCES[..1] };
        for (source, read) in sources {
            let case = format!("{source}, {} bytes", masked.length);
            let secret = read(masked.length).unwrap();
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
        assert_eq!(found_while_watched(&search, masked.length), [""; 0], "watched");
    }
}

/// A file that is watched is looked at, and what was built from it here keeps nothing.
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

/// What is found but for what SECURITY.md says.
fn left(search: &Search) -> Vec<&'static str> {
    /// ring wipes nothing.
    const STATES_STAY: bool = cfg!(all(feature = "ring", not(any(feature = "aws-lc-rs", feature = "fips"))));
    /// The frames of an unoptimised build are larger than what is wiped of the stack.
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

fn search(masked: &Masked) -> Search {
    let mut search = Search::default();
    search.add("secret", &secret(masked.length));
    search.add("hexadecimal", &hexadecimal(masked.length));
    search.add("base64", &base64(masked.length));
    search.add_masked_words("inner state", &masked.inner);
    search.add_masked_words("outer state", &masked.outer);
    for pad in [0x36, 0x5c] {
        let pad_of_word = u64::from_ne_bytes([pad; 8]);
        match masked.hash {
            None => search.add_both_ways("padded key", &padded(masked.length, pad)),
            Some(hash) => search.add_masked_words("padded key", &hash.map(|word| word ^ pad_of_word)),
        }
    }
    if let Some(hash) = masked.hash {
        search.add_masked_words("hash", &hash);
    }
    search
}

/// What is as good as a secret, with the mask over it.
struct Masked {
    /// The secret's, in bytes.
    length: usize,
    /// Behind HMAC's padded keys.
    inner: [u64; 8],
    outer: [u64; 8],
    /// What takes the place of a secret that is longer than a block.
    hash: Option<[u64; 8]>,
}

/// From `tests/vectors/hmac_state.py`.
const MASKED: [Masked; 3] = [
    Masked {
        length: 64,
        inner: [
            0x67f0_1a2c_0318_1f52,
            0xefd4_c6ef_960a_2711,
            0x5948_10ab_d396_b3b2,
            0x9987_fc21_844a_642d,
            0x00cc_be91_f650_9058,
            0x2956_6c7b_afe3_6475,
            0xf79d_1fef_19e5_7bbf,
            0x2863_48b9_ee1e_a12f,
        ],
        outer: [
            0xf1d7_ec73_5c47_1eb6,
            0x9d17_f90d_8209_1a12,
            0xec5b_1598_d936_fd22,
            0x6ee0_1295_72fe_61f2,
            0xee1d_4ccb_8d5b_55df,
            0x4b36_8c4d_6f3a_48a9,
            0xfb25_2e1c_e2ff_7fad,
            0x3912_bd5a_a9b6_ad41,
        ],
        hash: None,
    },
    Masked {
        length: 129,
        inner: [
            0xa54a_7559_038b_bdc5,
            0x19b0_fb96_c3d7_9827,
            0x4088_6d83_f25f_1be8,
            0xc107_40c7_aa47_a72e,
            0x6e15_4246_70c7_8400,
            0x1af5_abd3_0a1a_6b68,
            0x473a_ec55_6273_138b,
            0x9aa4_fd15_c39c_0352,
        ],
        outer: [
            0xc41e_e96f_c570_dfc0,
            0xd789_60cc_ea7d_97ee,
            0xddbb_87b2_d6e9_edec,
            0xd25f_dcf5_b405_c2de,
            0x1f62_a3a7_478a_8fa2,
            0xcd7f_742d_6720_18b3,
            0xa757_a75f_8d99_2acb,
            0xf8c5_7b21_c42e_95d0,
        ],
        hash: Some([
            0x9653_9c98_ccbb_0c18,
            0x96c3_f443_35e7_1088,
            0xbd02_c221_eeae_0a8f,
            0x4111_4bf5_b6b2_65bf,
            0xc960_29e6_5fc2_7c2a,
            0xc2b3_9bef_c6fb_d34b,
            0x8eb4_a144_42b2_faa3,
            0x6952_af89_865b_3176,
        ]),
    },
    Masked {
        length: 1000,
        inner: [
            0x6018_d22d_d43e_fb91,
            0xd7bb_dc3b_f01a_fa38,
            0x34ce_fa43_6329_696f,
            0x8904_2410_4edc_4829,
            0xa9ac_6fff_e34d_078f,
            0x19f3_a1e0_06fb_f2f6,
            0x4c83_9830_7a3c_90d1,
            0xfe9f_5307_a2fb_8e9d,
        ],
        outer: [
            0x8e60_75af_b8ab_7d59,
            0x8d17_f987_daf8_77f3,
            0x1d0b_e3ea_4465_2c81,
            0xb93a_2ae6_f37d_bbc5,
            0xe5d2_7c14_1b97_3a01,
            0x744c_c38d_f8be_a596,
            0x30d3_d53c_2561_4b20,
            0xeedf_b71d_dde6_ffe2,
        ],
        hash: Some([
            0xd4b3_3849_a24f_433e,
            0xdc14_3db2_89b7_237f,
            0xd9ca_ffc5_d0c7_6c04,
            0xa10b_673f_9fe7_0e55,
            0xda08_eadc_cd73_275b,
            0x76b6_0144_8909_d6ef,
            0x43e2_97e7_63d7_2517,
            0xb50e_7f9f_c655_1978,
        ]),
    },
];

/// The secret is nowhere in this program: it is put together when it is needed, and wiped.
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
