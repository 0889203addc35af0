//! Tokens of a release that each later release must mint from the same arguments: during a deployment replicas of two releases
//! serve side by side, and stable sessions must not change.

use std::time::Duration;

use quiltt_session::{ConfigError, PayloadOrder, SessionSigner, SessionSignerBuilder, SigningSecret};
use serde_json::Value;

use crate::forge::at;

/// Never changed: a release adds a file of its own.
const RELEASES: [&str; 1] = [include_str!("../vectors/frozen-0.1.json")];

#[test]
fn tokens_are_those_of_the_releases_before() {
    println!("{} frozen tokens", check());
}

/// Returns the number of frozen tokens; panics at the first that differs. `tests/edge` calls this too.
pub(crate) fn check() -> usize {
    RELEASES.into_iter().map(check_release).sum()
}

fn check_release(release: &str) -> usize {
    let vectors: Vec<Value> = serde_json::from_str(release).unwrap();
    let (minted, refused): (Vec<_>, Vec<_>) = vectors.iter().partition(|vector| number(vector, "ttl") <= LONGEST);
    assert!(minted.len() >= 40);
    for vector in minted {
        assert_eq!(token(vector), text(vector, "token"), "{vector}");
    }
    for vector in refused {
        let error = builder(vector).build().unwrap_err();
        assert_eq!(
            error,
            ConfigError::Time { setting: "time to live", found: seconds(vector, "ttl"), min: 1, max: LONGEST }
        );
        verify(vector);
    }
    vectors.len()
}

/// The greatest time to live, in seconds. Some of the first tokens lived longer, which left no room for a signer's clock that is
/// ahead of the client's.
const LONGEST: u64 = 2_146_883;

/// The sessions that there are go on.
fn verify(vector: &Value) {
    let mut settings = vector.clone();
    settings["ttl"] = LONGEST.into();
    let verifier = signer(&settings).verifier().build().unwrap();
    verifier.verify_at(text(vector, "token"), at(number(vector, "now"))).unwrap();
}

fn token(vector: &Value) -> String {
    let signer = signer(vector);
    let (profile, now) = (text(vector, "profile").parse().unwrap(), at(number(vector, "now")));
    match vector.get("window") {
        Some(_) => {
            let stable = signer.stable(seconds(vector, "window")).unwrap();
            stable.generation(number(vector, "generation")).mint_at(profile, now).unwrap().into_token()
        }
        None => signer.mint_at(profile, now, text(vector, "sessionId").parse().unwrap()).unwrap().into_token(),
    }
}

fn signer(vector: &Value) -> SessionSigner {
    builder(vector).build().unwrap()
}

fn builder(vector: &Value) -> SessionSignerBuilder {
    let secret = SigningSecret::options().allow_lookalike().from_bytes(text(vector, "secret")).unwrap();
    let builder = SessionSigner::builder(secret)
        .version(serde_json::from_value(vector["version"].clone()).unwrap())
        .issuer(text(vector, "issuer"))
        .audience(text(vector, "audience"))
        .ttl(seconds(vector, "ttl"))
        .backdate(seconds(vector, "backdate"))
        .payload(match text(vector, "payload") {
            "aligned" => PayloadOrder::Aligned,
            "as-issued" => PayloadOrder::AsIssued,
            other => panic!("{other}"),
        });
    let builder = with_ids(builder, vector);
    let claims = vector["claims"].as_object().unwrap();
    claims.iter().fold(builder, |builder, (name, value)| builder.claim(name, value))
}

fn with_ids(mut builder: SessionSignerBuilder, vector: &Value) -> SessionSignerBuilder {
    let id = |name| vector[name].as_str();
    if let Some(id) = id("apiKey") {
        builder = builder.api_key(id.parse().unwrap());
    }
    if let Some(id) = id("organization") {
        builder = builder.organization(id.parse().unwrap());
    }
    if let Some(id) = id("environment") {
        builder = builder.environment(id.parse().unwrap());
    }
    builder
}

fn text<'v>(vector: &'v Value, name: &str) -> &'v str {
    vector[name].as_str().unwrap()
}

fn number(vector: &Value, name: &str) -> u64 {
    vector[name].as_u64().unwrap()
}

fn seconds(vector: &Value, name: &str) -> Duration {
    Duration::from_secs(number(vector, name))
}
