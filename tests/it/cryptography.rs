//! A signer names its crypto provider, and tokens are the same with each provider.

use std::time::Duration;

use quiltt_session::{PayloadOrder, ProfileId, SessionSigner, SigningSecret, TokenVersion, UnixTime};
use uuid::Uuid;

#[test]
fn of_several_cryptographies_the_strictest_signs() {
    let provider = if cfg!(any(feature = "aws-lc-rs", feature = "fips")) {
        "AWS-LC"
    } else if cfg!(feature = "ring") {
        "ring"
    } else {
        "RustCrypto"
    };
    let crypto = SessionSigner::builder(SigningSecret::demo()).build().unwrap().crypto();
    assert_eq!((crypto.provider(), crypto.is_fips()), (provider, cfg!(feature = "fips")));
    assert!(crypto.to_string().starts_with(&format!("{provider} {}", crypto.version())), "{crypto}");
    println!("signed with the cryptography of {crypto}");
}

/// Of ring and `sha2`, which do not say theirs.
#[test]
fn the_series_is_that_of_the_manifest() {
    let crypto = SessionSigner::builder(SigningSecret::demo()).build().unwrap().crypto();
    let (name, series) = match crypto.provider() {
        "RustCrypto" => crypto.version().split_once(' ').unwrap(),
        "ring" => ("ring", crypto.version()),
        _ => return,
    };
    let manifest = include_str!("../../Cargo.toml");
    let lines = manifest.lines().filter(|line| line.starts_with(&format!("{name} = ")) && line.contains("optional"));
    let requirements: Vec<_> = lines.map(|line| line.split('"').nth(1).unwrap()).collect();
    assert!(matches!(requirements[..], [requirement] if requirement.starts_with(series)), "{requirements:?}, {crypto}");
}

/// One number for all of them, which this test has to find with each cryptography.
#[test]
fn tokens_ids_and_fingerprints_of_4000_random_signers_are_the_same_whoever_signs() {
    const KNOWN: u128 = 0x6cd3_fb25_81c5_f220_23d9_b8f4_0c7a_7f39;

    let mut random = Random(1);
    let mut found = Fold(0x6c62_272e_07bb_0142_62b8_2175_6295_c58d);
    for _ in 0..4000 {
        let signer = random.signer();
        let now = UnixTime::from_secs(1_700_000_000 + random.below(100_000_000)).unwrap();
        let members: [_; 5] = [(); 5].map(|()| (ProfileId::from(random.uuid()), random.uuid().into()));
        let (profile, id) = members[0];
        found.add(&signer.fingerprint());
        found.add(signer.mint_at(profile, now, id).unwrap().token());
        let own = signer.session(profile).issued_at(now).id(id).claim("device", random.text(900));
        found.add(own.mint().unwrap().token());
        let count = 1 + random.below(5) as usize;
        signer.mint_batch_at(&members[..count], now).unwrap().iter().for_each(|session| found.add(session.token()));
        let stable = signer.stable(Duration::from_secs(1 + random.below(600))).unwrap().generation(random.next());
        let stable = stable.mint_at(profile, now).unwrap();
        found.add(&stable.id().to_string());
        found.add(stable.token());
    }
    assert_eq!(found.0, KNOWN, "{:#034x}", found.0);
}

/// The same numbers on each run (SplitMix64).
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    /// Of few digits now and then.
    fn uuid(&mut self) -> Uuid {
        let number = u128::from(self.next()) << 64 | u128::from(self.next());
        Uuid::from_u128(if self.below(5) == 0 { number >> self.below(128) } else { number })
    }

    fn text(&mut self, most: u64) -> String {
        "x".repeat(self.below(most) as usize)
    }

    fn signer(&mut self) -> SessionSigner {
        let secret: Vec<u8> = (0..64 + self.below(137)).map(|_| self.next() as u8).collect();
        let secret = SigningSecret::options().allow_lookalike().from_bytes(secret).unwrap();
        let version = TokenVersion::ALL[self.below(4) as usize];
        let mut builder = SessionSigner::builder(secret)
            .version(version)
            .issuer(format!("i{}", self.text(256)))
            .ttl(Duration::from_secs(1200 + self.below(100_000)))
            .backdate(Duration::from_secs(self.below(601)));
        if self.below(2) == 0 {
            builder = builder.payload(PayloadOrder::AsIssued);
        }
        if self.below(4) == 0 {
            builder = builder.header_type();
        }
        if self.below(2) == 0 {
            builder = builder.api_key(self.uuid().into());
        }
        if self.below(2) == 0 && matches!(version, TokenVersion::V4 | TokenVersion::V6) {
            builder = builder.organization(self.uuid().into()).environment(self.uuid().into());
        }
        if self.below(4) == 0 {
            builder = builder.claim("plan", self.text(1000));
        }
        builder.build().unwrap()
    }
}

/// Hashes texts into one number (FNV-1a, 128 bits, a line break behind each text).
struct Fold(u128);

impl Fold {
    fn add(&mut self, text: &str) {
        for byte in text.bytes().chain([b'\n']) {
            self.0 = (self.0 ^ u128::from(byte)).wrapping_mul(0x0100_0000_0000_0000_0000_0000_013b);
        }
    }
}
