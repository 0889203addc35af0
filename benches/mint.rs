//! The time of a mint, beside a bare HMAC and beside `jsonwebtoken`: `cargo bench --bench mint`.
//!
//! The ids of groups and cases are read by tools; don't change them. Ratios within one run mean something, absolute
//! times depend on the machine. Each case asserts its result once before it is timed.

use std::{
    hint::black_box,
    thread,
    time::{Duration, Instant},
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use criterion::{BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main, measurement::WallTime};
use fearless_simd::{Level, Simd, SimdInt, u64x4, u64x8};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use quiltt_session::{
    BatchLanes, PayloadOrder, ProfileId, SessionId, SessionRequest, SessionSigner, SessionSignerBuilder,
    SessionVerifier, SigningSecret, UnixTime,
};
use ring::hmac;
use sha2::block_api::compress512;
use uuid::Uuid;

/// The compression function itself, which the crate keeps to itself.
#[path = "../src/crypto/rustcrypto/sha512.rs"]
mod sha512;

/// The claims that `jsonwebtoken` signs and reads.
#[expect(dead_code, unreachable_pub, reason = "shared with benches/peers; read, and dropped")]
#[path = "peers/src/claims.rs"]
mod claims;

use claims::{Four, Nothing, One, Own, Sixteen, now};
use sha512::compress;

/// Any will do.
const START: [u64; 8] = [1, 2, 3, 4, 5, 6, 7, 8];

const SECRET: &str = include_str!("../tests/vectors/secret.txt").trim_ascii_end();
const API_KEY: &str = "api_11gKT7OFCTrIx1YA3M0zfS5";
const ORGANIZATION: &str = "org_1WCfTognxqNqfz8qrH12uH";
const ENVIRONMENT: &str = "env_1Bx4omNvZgKao2OqGshImD";
const ISSUER: &str = "auth.quiltt.io";
const AUDIENCE: &str = "api.quiltt.io";

fn secret() -> SigningSecret {
    SigningSecret::from_bytes(SECRET).unwrap()
}

fn profile() -> ProfileId {
    "p_12VnSaRRxyP12Sl9rLZg8n1".parse().unwrap()
}

/// Building a secret from 64 letters and digits, which no rule refuses, so that all are gone through; `Reloading` does so
/// whenever a file changes.
fn secrets(criterion: &mut Criterion) {
    assert_eq!(secret().warnings(), []);
    let mut group = group(criterion, "secret");
    group.bench_function("from_bytes", |bencher| bencher.iter(|| SigningSecret::from_bytes(black_box(SECRET))));
    group.finish();
}

/// A signer of tokens of version 6 with all ids.
fn builder() -> SessionSignerBuilder {
    SessionSigner::builder(secret())
        .api_key(API_KEY.parse().unwrap())
        .organization(ORGANIZATION.parse().unwrap())
        .environment(ENVIRONMENT.parse().unwrap())
}

fn signer() -> SessionSigner {
    builder().build().unwrap()
}

fn verifier() -> SessionVerifier {
    SessionVerifier::builder(secret()).build().unwrap()
}

/// `jsonwebtoken` at its best: key, header and settings are kept, the profile is at hand as text, and each session reads the
/// clock and draws a UUID of `uuid/fast-rng`.
struct Rival {
    header: Header,
    signing_key: EncodingKey,
    verifying_key: DecodingKey,
    validation: Validation,
}

impl Rival {
    fn new() -> Self {
        let mut header = Header::new(Algorithm::HS512);
        header.typ = None;
        let mut validation = Validation::new(Algorithm::HS512);
        validation.set_issuer(&[ISSUER]);
        validation.set_audience(&[AUDIENCE]);
        validation.validate_nbf = true;
        validation.leeway = 0;
        let signing_key = EncodingKey::from_secret(SECRET.as_bytes()).unwrap();
        let verifying_key = DecodingKey::from_secret(SECRET.as_bytes()).unwrap();
        Self { header, signing_key, verifying_key, validation }
    }

    fn mint(&self, own: &impl Own, start: u64, profile: &str) -> String {
        jsonwebtoken::encode(&self.header, &own.with_session(start, profile), &self.signing_key).unwrap()
    }

    fn bench_mint(&self, group: &mut Group<'_>, name: &str, own: &impl Own) {
        let profile = profile().to_string();
        assert_has(&self.mint(own, now(), &profile), own);
        group.bench_function(name, |bencher| bencher.iter(|| self.mint(black_box(own), now(), black_box(&profile))));
    }

    fn bench_verify<O: Own>(&self, group: &mut Group<'_>, name: &str, tokens: &[String]) {
        let decode = |token: &str| jsonwebtoken::decode::<O::Read>(token, &self.verifying_key, &self.validation);
        assert!(tokens.iter().all(|token| decode(token).is_ok()));
        bench_each(group, name, tokens, |token| decode(token).map(|token| token.claims));
    }
}

type Group<'c> = BenchmarkGroup<'c, WallTime>;

/// A group whose element is one token, unless a case sets another throughput.
fn group<'c>(criterion: &'c mut Criterion, name: &str) -> Group<'c> {
    let mut group = criterion.benchmark_group(name);
    group.throughput(Throughput::Elements(1));
    group
}

/// The act on one token after the other.
fn bench_each<T>(group: &mut Group<'_>, name: &str, tokens: &[String], act: impl Fn(&str) -> T) {
    let mut tokens = tokens.iter().cycle();
    group.bench_function(name, |bencher| bencher.iter(|| act(black_box(tokens.next().unwrap()))));
}

fn mint(criterion: &mut Criterion) {
    let (signer, verifier, profile) = (signer(), verifier(), profile());
    let mut group = group(criterion, "mint");

    assert!(verifier.verify(signer.mint(profile).unwrap().token()).is_ok());
    group.bench_function("session", |bencher| bencher.iter(|| signer.mint(black_box(profile))));

    mint_into(&mut group, &signer);

    // Each in another second, as where few tokens are minted.
    let mut now = UnixTime::now().unwrap().as_secs();
    let id = SessionId::random().unwrap();
    group.bench_function("new_second", |bencher| {
        bencher.iter(|| {
            now += 1;
            signer.mint_at(black_box(profile), UnixTime::from_secs(now).unwrap(), id)
        });
    });

    let now = UnixTime::now().unwrap();
    assert!(verifier.verify(signer.mint_at(profile, now, id).unwrap().token()).is_ok());
    group.bench_function("at", |bencher| bencher.iter(|| signer.mint_at(black_box(profile), now, id)));

    let signer = builder().payload(PayloadOrder::AsIssued).build().unwrap();
    assert!(verifier.verify(signer.mint(profile).unwrap().token()).is_ok());
    group.bench_function("as_issued", |bencher| bencher.iter(|| signer.mint(black_box(profile))));
    group.finish();
}

/// The case `into`; gives the length of a token.
fn mint_into(group: &mut Group<'_>, signer: &SessionSigner) -> usize {
    let mut token = String::with_capacity(1024);
    signer.mint_into(profile(), &mut token).unwrap();
    assert!(verifier().verify(&token).is_ok());
    let profile = profile();
    group.bench_function("into", |bencher| {
        bencher.iter(|| {
            token.clear();
            signer.mint_into(black_box(profile), &mut token).map(|session| session.id())
        });
    });
    token.len()
}

/// Quiltt's own order, in which nothing that is hashed can be kept; `jsonwebtoken` signs the same payload beside it.
fn as_issued(criterion: &mut Criterion) {
    let (signer, verifier) = (builder().payload(PayloadOrder::AsIssued).build().unwrap(), verifier());
    let mut group = group(criterion, "as_issued");

    let length = mint_into(&mut group, &signer);

    let profiles: Vec<ProfileId> = (0..1000).map(numbered).collect();
    assert!(signer.mint_batch(&profiles).unwrap().iter().all(|session| verifier.verify(session.token()).is_ok()));
    group.throughput(Throughput::Elements(1000));
    group.bench_function("n1000", |bencher| bencher.iter(|| signer.mint_batch(black_box(&profiles))));
    group.finish();

    let rival = Rival::new();
    assert_eq!(rival.mint(&Nothing {}, now(), &profile().to_string()).len(), length);
    rival.bench_mint(&mut self::group(criterion, "peer"), "jsonwebtoken_as_issued", &Nothing {});
}

fn floor(criterion: &mut Criterion) {
    let session = signer().mint(profile()).unwrap();
    let (message, tag) = session.token().rsplit_once('.').unwrap();
    let key = hmac::Key::new(hmac::HMAC_SHA512, SECRET.as_bytes());
    let mut group = group(criterion, "floor");

    assert_eq!(URL_SAFE_NO_PAD.encode(hmac::sign(&key, message.as_bytes())), tag);
    group.bench_function("ring_hmac", |bencher| bencher.iter(|| hmac::sign(&key, black_box(message.as_bytes()))));
    // The least that any HMAC-SHA512 costs: the message's last block, and the second hash.
    let (mut state, blocks) = (START, [[3; 128]; 2]);
    group.bench_function("two_compressions", |bencher| {
        bencher.iter(|| {
            for block in black_box(&blocks) {
                compress512(&mut state, std::slice::from_ref(block));
            }
        });
    });
    group.bench_function("ring_hmac_cold", |bencher| {
        bencher.iter(|| {
            let key = hmac::Key::new(hmac::HMAC_SHA512, black_box(SECRET.as_bytes()));
            hmac::sign(&key, black_box(message.as_bytes()))
        });
    });
    group.finish();
}

fn peer(criterion: &mut Criterion) {
    Rival::new().bench_mint(&mut group(criterion, "peer"), "jsonwebtoken", &Nothing {});
}

/// How many tokens a case of verifying goes through, each another user's.
const TOKENS: usize = 1024;

/// Each library verifies tokens of its own: the spaces in ours are no burden to the other's.
fn verify(criterion: &mut Criterion) {
    let (rival, signer, verifier, now) = (Rival::new(), signer(), verifier(), now());
    let at = |number: usize, seconds: u64| {
        let started = UnixTime::from_secs(now - number as u64 % seconds).unwrap();
        signer.mint_at(numbered(number), started, SessionId::random().unwrap()).unwrap().into_token()
    };
    let session = (0..TOKENS).map(|number| at(number, 1)).collect();
    let seconds = (0..TOKENS).map(|number| at(number, 64)).collect();
    let foreign = |number| rival.mint(&Nothing {}, now - number as u64 % 64, &numbered(number).to_string());
    let foreign: Vec<String> = (0..TOKENS).map(foreign).collect();
    let mut group = group(criterion, "verify");
    for (name, tokens) in [("session", session), ("seconds", seconds), ("foreign", foreign.clone())] {
        assert!(tokens.iter().all(|token| verifier.verify(token).is_ok()));
        bench_each(&mut group, name, &tokens, |token| verifier.verify(token));
    }
    rival.bench_verify::<Nothing>(&mut group, "jsonwebtoken", &foreign);
    group.finish();
}

fn numbered(number: usize) -> ProfileId {
    ProfileId::from_uuid(Uuid::from_u128((number as u128 + 1).wrapping_mul(GOLDEN)))
}

/// A thousand sessions at once, at each width; an element is a token.
fn batch(criterion: &mut Criterion) {
    let profiles: Vec<ProfileId> = (0..1000).map(numbered).collect();
    let verifier = verifier();
    let mut group = criterion.benchmark_group("batch");
    group.throughput(Throughput::Elements(1000));
    let widths = [("n1000", BatchLanes::Eight), ("n1000_avx2", BatchLanes::Four), ("n1000_portable", BatchLanes::One)];
    for (name, lanes) in widths {
        let signer = builder().batch_lanes(lanes).build().unwrap();
        let batch = signer.mint_batch(&profiles).unwrap();
        assert!(batch.iter().all(|session| verifier.verify(session.token()).is_ok()));
        group.bench_function(name, |bencher| bencher.iter(|| signer.mint_batch(black_box(&profiles))));
    }
    // From how many tokens on a batch beats a loop.
    let signer = signer();
    for count in [1, 2, 3, 4, 8, 16, 64] {
        let profiles = &profiles[..count];
        group.throughput(Throughput::Elements(count as u64));
        group.bench_function(format!("sizes/{count}"), |bencher| {
            bencher.iter(|| signer.mint_batch(black_box(profiles)))
        });
        group.bench_function(format!("loop/{count}"), |bencher| {
            bencher.iter(|| profiles.iter().map(|&profile| signer.mint(profile)).collect::<Result<Vec<_>, _>>());
        });
    }
    group.finish();
}

/// Spreads numbers over 128 bits, as random UUIDs are.
const GOLDEN: u128 = 0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835;

/// The bare compressions that a token of a batch needs, two, in eight lanes or as many as there are; an element is a
/// token.
fn lanes(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("floor");
    let level = Level::new();
    if let Some(simd) = level.as_avx512() {
        bench_lanes::<_, u64x8<_>>(&mut group, 8, simd);
    } else if let Some(simd) = level.as_avx2() {
        bench_lanes::<_, u64x4<_>>(&mut group, 4, simd);
    }
    group.finish();
}

fn bench_lanes<S: Simd, W: SimdInt<S, Element = u64>>(group: &mut Group<'_>, lanes: u64, simd: S) {
    let mut state = START.map(|word| W::splat(simd, word));
    let block = [W::splat(simd, 3); 16];
    let mut run = || {
        simd.vectorize(
            #[inline(always)]
            || {
                compress(&mut state, black_box(&block));
                compress(&mut state, black_box(&block));
            },
        );
    };
    run();
    group.throughput(Throughput::Elements(lanes));
    group.bench_function("sha512_lanes", |bencher| bencher.iter(&mut run));
    black_box(state);
}

/// A stable session for another profile each time; its HMAC and window come on top of a mint.
fn stable(criterion: &mut Criterion) {
    let (signer, verifier) = (signer(), verifier());
    let stable = signer.stable(Duration::from_secs(3600)).unwrap();
    let mut number = 0_u128;
    let mut profile = || {
        number = number.wrapping_add(GOLDEN);
        ProfileId::from_uuid(Uuid::from_u128(number))
    };
    let mut token = String::with_capacity(1024);
    stable.mint_into(profile(), &mut token).unwrap();
    assert!(verifier.verify(&token).is_ok());
    let mut group = group(criterion, "stable");
    group.bench_function("into", |bencher| {
        bencher.iter(|| {
            token.clear();
            stable.mint_into(profile(), &mut token).map(|session| session.id())
        });
    });
    // A plain mint after each stable one: the signer must still keep the second's shared text.
    group.throughput(Throughput::Elements(2));
    group.bench_function("mixed", |bencher| {
        bencher.iter(|| {
            token.clear();
            let stable = stable.mint_into(profile(), &mut token).map(|session| session.id());
            (stable, signer.mint_into(profile(), &mut token).map(|session| session.id()))
        });
    });
    group.finish();
}

fn parts(criterion: &mut Criterion) {
    let mut group = group(criterion, "parts");

    let profile = profile();
    let mut buffer = [0; ProfileId::MAX_LENGTH];
    assert_eq!(profile.encode(&mut buffer), "p_12VnSaRRxyP12Sl9rLZg8n1");
    group.bench_function("id", |bencher| bencher.iter(|| black_box(profile).encode(&mut buffer).len()));

    let (tail, mut coded) = ([b'x'; 72 + 64], [0; 256]);
    assert_eq!(URL_SAFE_NO_PAD.encode_slice(tail, &mut coded), Ok(182));
    group.bench_function("base64", |bencher| {
        bencher.iter(|| URL_SAFE_NO_PAD.encode_slice(black_box(tail), &mut coded));
    });

    assert_ne!(SessionId::random(), SessionId::random());
    group.bench_function("random", |bencher| bencher.iter(SessionId::random));

    assert!(UnixTime::now().is_ok());
    group.bench_function("clock", |bencher| bencher.iter(UnixTime::now));
    group.finish();
}

/// Mints on several threads at once; an element is a token.
fn threads(criterion: &mut Criterion) {
    let (signer, profile) = (signer(), profile());
    let mut group = criterion.benchmark_group("threads");
    for count in [1_u64, 2] {
        group.throughput(Throughput::Elements(count));
        group.bench_function(count.to_string(), |bencher| {
            bencher.iter_custom(|rounds| time_threads(&signer, profile, count, rounds));
        });
    }
    group.finish();
}

/// How long `threads` threads take to mint `rounds` tokens each: the mean, so that starting them does not count.
fn time_threads(signer: &SessionSigner, profile: ProfileId, threads: u64, rounds: u64) -> Duration {
    let mint = || {
        let mut token = String::with_capacity(1024);
        let start = Instant::now();
        for _ in 0..rounds {
            token.clear();
            black_box(signer.mint_into(black_box(profile), &mut token)).unwrap();
        }
        start.elapsed()
    };
    let total: Duration = thread::scope(|scope| {
        let running: Vec<_> = (0..threads).map(|_| scope.spawn(mint)).collect();
        running.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    total.div_f64(threads as f64)
}

/// How the cost grows with the number of custom claims, constant ones and those of one session.
fn growth(criterion: &mut Criterion) {
    let (verifier, profile) = (verifier(), profile());
    let mut group = group(criterion, "claims");
    for count in [0, 1, 4, 16] {
        let names: Vec<String> = (0..count).map(|number| format!("claim{number}")).collect();
        let signer = names.iter().fold(builder(), |builder, name| builder.claim(name, "a value of 20 bytes.")).build();
        let signer = signer.unwrap();
        assert!(verifier.verify(signer.mint(profile).unwrap().token()).is_ok());
        group.bench_function(format!("constant/{count}"), |bencher| bencher.iter(|| signer.mint(black_box(profile))));

        let signer = self::signer();
        let mint = || {
            let request = signer.session(black_box(profile));
            names.iter().fold(request, |request, name| request.claim(name, "a value of 20 bytes.")).mint()
        };
        assert!(verifier.verify(mint().unwrap().token()).is_ok());
        group.bench_function(format!("session/{count}"), |bencher| bencher.iter(mint));
    }
    group.finish();
}

/// Claims of a user's own, minted each by itself or as a type, and read back as a type; beside `jsonwebtoken`, which takes
/// them in one type with the others.
fn own_claims(criterion: &mut Criterion) {
    let mut group = group(criterion, "own_claims");
    let (rival, one, four, sixteen) = (Rival::new(), One::default(), Four::default(), Sixteen::default());
    mint_own(&mut group, "claim/1", &one, |request| black_box(&one).each(request));
    mint_own(&mut group, "claim/4", &four, |request| black_box(&four).each(request));
    mint_own(&mut group, "claim/16", &sixteen, |request| black_box(&sixteen).each(request));
    mint_own(&mut group, "claims/16", &sixteen, |request| request.claims(black_box(&sixteen)));
    rival.bench_mint(&mut group, "jsonwebtoken/1", &one);
    rival.bench_mint(&mut group, "jsonwebtoken/4", &four);
    rival.bench_mint(&mut group, "jsonwebtoken/16", &sixteen);
    verify_own(&mut group, "4", &rival, &four);
    verify_own(&mut group, "16", &rival, &sixteen);
    group.finish();
}

/// A session that [`verifier`] takes, with just these claims of a user's own.
fn assert_has<O: Own>(token: &str, own: &O) {
    assert_eq!(verifier().verify(token).unwrap().custom_as::<O>().unwrap(), *own);
}

fn mint_own(
    group: &mut Group<'_>,
    name: &str,
    own: &impl Own,
    add: impl for<'s> Fn(SessionRequest<'s>) -> SessionRequest<'s>,
) {
    let (signer, profile) = (signer(), profile());
    let mint = || add(signer.session(black_box(profile))).mint();
    assert_has(mint().unwrap().token(), own);
    group.bench_function(name, |bencher| bencher.iter(mint));
}

/// Tokens of one second, as in `verify/session`.
fn verify_own<O: Own>(group: &mut Group<'_>, count: &str, rival: &Rival, own: &O) {
    let (signer, verifier, at) = (signer(), verifier(), UnixTime::now().unwrap());
    let mint = |number| signer.session(numbered(number)).issued_at(at).claims(own).mint().unwrap().into_token();
    let tokens: Vec<String> = (0..TOKENS).map(mint).collect();
    tokens.iter().for_each(|token| assert_has(token, own));
    bench_each(group, &format!("verify/{count}"), &tokens, |token| verifier.verify(token).unwrap().custom_as::<O>());

    let foreign = |number| rival.mint(own, now(), &numbered(number).to_string());
    let tokens: Vec<String> = (0..TOKENS).map(foreign).collect();
    rival.bench_verify::<O>(group, &format!("jsonwebtoken_verify/{count}"), &tokens);
}

criterion_group!(
    benches, secrets, mint, as_issued, floor, peer, batch, lanes, stable, verify, parts, threads, growth, own_claims
);
criterion_main!(benches);
