//! One session of version 6 with all ids, minted and verified by each library.
//!
//! The ids of groups and cases are read by tools; don't change them. Each case asserts its result once before it is timed:
//! a minted token must verify with quiltt-session and have every claim, and a verifier must refuse what the rules of the
//! [crate](quiltt_session_peers) say. LiveKit's SDK, which signs another token, is in `livekit.rs`.

use std::hint::black_box;

use criterion::{BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main, measurement::WallTime};
use jsonwebtoken_12::{Algorithm, EncodingKey, Header};
use quiltt_session::{
    ProfileId, SessionSigner, SessionSignerBuilder, SessionVerifier, SigningSecret, TokenVersion, UnixTime,
};
use quiltt_session_peers::{
    API_KEY, AUDIENCE, ENVIRONMENT, ISSUER, ORGANIZATION, PROFILE, Peer, SECRET,
    claims::{Nothing, Own, now},
    jsonwebtoken::{Jsonwebtoken10, Jsonwebtoken11, Jsonwebtoken12},
    jwt_compact::JwtCompact,
    jwt_simple::JwtSimple,
    oxitoken::Oxitoken,
};

type Group<'c> = BenchmarkGroup<'c, WallTime>;

fn builder(secret: &str) -> SessionSignerBuilder {
    SessionSigner::builder(SigningSecret::from_bytes(secret).unwrap())
        .api_key(API_KEY.parse().unwrap())
        .organization(ORGANIZATION.parse().unwrap())
        .environment(ENVIRONMENT.parse().unwrap())
}

fn verifier() -> SessionVerifier {
    SessionVerifier::builder(SigningSecret::from_bytes(SECRET).unwrap()).build().unwrap()
}

fn profile() -> ProfileId {
    PROFILE.parse().unwrap()
}

/// That the token is a session of this profile, valid for a day, with all the claims.
fn assert_is_session(token: &str, profile: ProfileId) {
    let session = verifier().verify(token).unwrap();
    let claims = session.claims();
    assert_eq!(session.user_id(), profile);
    assert_eq!(session.id().uuid().get_version_num(), 4);
    assert_eq!(session.expires_at().as_secs() - claims.issued_at().as_secs(), 86_400);
    assert_eq!((claims.not_before(), claims.version()), (claims.issued_at(), TokenVersion::V6));
    assert_eq!((claims.issuer(), claims.audience()), (ISSUER, AUDIENCE));
    assert_eq!(session.api_key_id().unwrap().to_string(), API_KEY);
    assert_eq!(session.organization_id().unwrap().to_string(), ORGANIZATION);
    assert_eq!(session.environment_id().unwrap().to_string(), ENVIRONMENT);
    assert_eq!(claims.custom_claims().count(), 0);
}

fn mint(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("peers");
    mint_ours(&mut group);
    mint_theirs::<Jsonwebtoken12>(&mut group);
    mint_theirs::<Jsonwebtoken11>(&mut group);
    mint_theirs::<Jsonwebtoken10>(&mut group);
    mint_theirs::<JwtSimple>(&mut group);
    mint_theirs::<JwtCompact>(&mut group);
    mint_theirs::<Oxitoken>(&mut group);
    group.finish();
}

fn mint_ours(group: &mut Group<'_>) {
    let (signer, profile) = (builder(SECRET).build().unwrap(), profile());
    group.throughput(Throughput::Elements(1));

    let mut token = String::with_capacity(1024);
    signer.mint_into(profile, &mut token).unwrap();
    assert_is_session(&token, profile);
    group.bench_function("quiltt-session/into", |bencher| {
        bencher.iter(|| {
            token.clear();
            signer.mint_into(black_box(profile), &mut token).map(|session| session.id())
        });
    });

    assert_is_session(signer.mint(profile).unwrap().token(), profile);
    group.bench_function("quiltt-session/mint", |bencher| bencher.iter(|| signer.mint(black_box(profile))));

    // An element is a token, so this too compares with the others.
    let profiles = [profile; 1000];
    signer.mint_batch(&profiles).unwrap().iter().for_each(|session| assert_is_session(session.token(), profile));
    group.throughput(Throughput::Elements(1000));
    group.bench_function("quiltt-session/batch", |bencher| bencher.iter(|| signer.mint_batch(black_box(&profiles))));
    group.throughput(Throughput::Elements(1));
}

fn mint_theirs<P: Peer>(group: &mut Group<'_>) {
    let peer = P::new();
    let token = peer.mint(PROFILE);
    assert_is_session(&token, profile());
    assert_ne!(token, peer.mint(PROFILE), "{}: each token has an id of its own", P::NAME);
    group.bench_function(P::NAME, |bencher| bencher.iter(|| peer.mint(black_box(PROFILE))));
}

/// How many tokens each library goes through, each another session's.
const TOKENS: u64 = 1024;

fn verify(criterion: &mut Criterion) {
    // The tokens are jsonwebtoken's, shorter than ours, of different seconds, a minute old: oxitoken takes none of this second.
    let mut header = Header::new(Algorithm::HS512);
    header.typ = None;
    let key = EncodingKey::from_secret(SECRET.as_bytes()).unwrap();
    let claims = |number| Nothing {}.with_session(now() - 60 - number % 64, PROFILE);
    let encode = |number| jsonwebtoken_12::encode(&header, &claims(number), &key).unwrap();
    let tokens: Vec<String> = (0..TOKENS).map(encode).collect();
    let mut group = criterion.benchmark_group("peers_verify");
    group.throughput(Throughput::Elements(1));

    let verifier = verifier();
    let user = |token: &str| Some(verifier.verify(token).ok()?.user_id().to_string());
    verify_all(&mut group, "quiltt-session", &tokens, user);
    // What a back end has to verify as a rule: tokens of one signer, which share their first blocks.
    let (signer, minute_ago) = (builder(SECRET).build().unwrap(), UnixTime::now().unwrap().as_secs() - 60);
    let mint =
        |number| signer.session(profile()).issued_at(UnixTime::from_secs(minute_ago - number % 64).unwrap()).mint();
    let own: Vec<String> = (0..TOKENS).map(|number| mint(number).unwrap().into_token()).collect();
    verify_all(&mut group, "quiltt-session/own", &own, user);
    verify_theirs::<Jsonwebtoken12>(&mut group, &tokens);
    verify_theirs::<Jsonwebtoken11>(&mut group, &tokens);
    verify_theirs::<Jsonwebtoken10>(&mut group, &tokens);
    verify_theirs::<JwtSimple>(&mut group, &tokens);
    verify_theirs::<JwtCompact>(&mut group, &tokens);
    verify_theirs::<Oxitoken>(&mut group, &tokens);
    group.finish();
}

fn verify_theirs<P: Peer>(group: &mut Group<'_>, tokens: &[String]) {
    let peer = P::new();
    verify_all(group, P::NAME, tokens, |token| peer.verify(token));
}

fn verify_all(group: &mut Group<'_>, name: &str, tokens: &[String], verify: impl Fn(&str) -> Option<String>) {
    assert_verifies(name, &tokens[0], &verify);
    assert!(tokens.iter().all(|token| verify(token).is_some()), "{name}");
    let mut tokens = tokens.iter().cycle();
    group.bench_function(name, |bencher| bencher.iter(|| verify(black_box(tokens.next().unwrap()))));
}

/// That the token is taken, and that none is whose signature, times, issuer or audience is wrong.
fn assert_verifies(name: &str, token: &str, verify: impl Fn(&str) -> Option<String>) {
    assert_eq!(verify(token).as_deref(), Some(PROFILE), "{name}");
    let now = UnixTime::now().unwrap().as_secs();
    let mint = |builder: SessionSignerBuilder, start| {
        let start = UnixTime::from_secs(start).unwrap();
        builder.build().unwrap().session(profile()).issued_at(start).mint().unwrap().into_token()
    };
    let minute_ago = now - 60;
    assert!(verify(&mint(builder(SECRET), minute_ago)).is_some(), "{name}");
    for (token, flaw) in [
        (mint(builder(&SECRET.to_uppercase()), minute_ago), "another secret"),
        (mint(builder(SECRET), now - 86_410), "expired"),
        (mint(builder(SECRET), now + 60), "not yet valid"),
        (mint(builder(SECRET).issuer("auth.example.org"), minute_ago), "another issuer"),
        (mint(builder(SECRET).audience("api.example.org"), minute_ago), "another audience"),
    ] {
        assert_eq!(verify(&token), None, "{name}: {flaw}");
    }
}

criterion_group!(benches, mint, verify);
criterion_main!(benches);
