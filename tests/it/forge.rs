//! The tests' secrets, signer and verifier; tokens made by hand, from any header, payload and key; verdicts as texts.

#![allow(dead_code, reason = "each fuzz target uses its share")]

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey};
use quiltt_session::{
    ParseTokenError, ProfileId, SessionId, SessionSigner, SessionSignerBuilder, SessionVerifier, SigningSecret,
    UnixTime, VerifiedSession, VerifyError,
};

/// 64 letters and digits, of which no eight in a row come twice.
pub(crate) const SECRET: &str = include_str!("../vectors/secret.txt").trim_ascii_end();
pub(crate) const OTHER_SECRET: &str = "hT4mYq0ZdR7uKx2WcN9vLbS5eGpJ8aFi6oQkX1yDzMwC3rVtHnBgUsEjAlIfOPTK";
/// The text of [`SigningSecret::demo`].
pub(crate) const DEMO: &str = "quiltt-session-demo-secret--never-use-in-production-0123456789ab";
pub(crate) const PROFILE: &str = "p_12VnSaRRxyP12Sl9rLZg8n1";
/// [`PROFILE`] as version 1 has it.
pub(crate) const PROFILE_UUID: &str = "52909e05-e1cb-4e45-b273-2b7b5d1f9bff";
pub(crate) const ENVIRONMENT: &str = "env_1Bx4omNvZgKao2OqGshImD";
pub(crate) const HEADER: &str = r#"{"alg":"HS512"}"#;
/// When [`PAYLOAD`] was issued.
pub(crate) const NOW: u64 = 1_700_000_000;
/// The claims of a valid session, at [`NOW`] and for a day from then.
pub(crate) const PAYLOAD: &str = r#"{"nbf":1700000000,"iat":1700000000,"jti":"4551ca49-c002-4d9b-92ec-465018e28fdc","iss":"auth.quiltt.io","aud":"api.quiltt.io","exp":1700086400,"ver":6,"sub":"p_12VnSaRRxyP12Sl9rLZg8n1"}"#;

/// Bytes as random as a secret's; each call gives the same.
pub(crate) fn noise() -> impl Iterator<Item = u8> {
    (1_u64..).map(|place| {
        let mixed = place.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb).to_be_bytes()[0]
    })
}

pub(crate) fn secret() -> SigningSecret {
    SigningSecret::from_bytes(SECRET).unwrap()
}

/// Whether the secret consists of these bytes: nothing shows them, but an independent MAC can tell.
pub(crate) fn signs_as(secret: &SigningSecret, bytes: &[u8]) -> bool {
    let token = SessionSigner::builder(secret).build().unwrap().mint_at(profile(), at(NOW), id()).unwrap().into_token();
    token == signed(token.rsplit_once('.').unwrap().0, bytes)
}

pub(crate) fn builder() -> SessionSignerBuilder {
    SessionSigner::builder(secret())
}

pub(crate) fn signer() -> SessionSigner {
    builder().build().unwrap()
}

pub(crate) fn verifier() -> SessionVerifier {
    SessionVerifier::builder(secret()).build().unwrap()
}

pub(crate) fn profile() -> ProfileId {
    PROFILE.parse().unwrap()
}

/// The session id of [`PAYLOAD`].
pub(crate) fn id() -> SessionId {
    "4551ca49-c002-4d9b-92ec-465018e28fdc".parse().unwrap()
}

pub(crate) fn at(secs: u64) -> UnixTime {
    UnixTime::from_secs(secs).unwrap()
}

/// Verifies a token at [`NOW`].
pub(crate) fn verify(token: &str) -> Result<VerifiedSession, VerifyError> {
    verifier().verify_at(token, at(NOW))
}

/// Signs the payload with the verifier's secret, and verifies the token at [`NOW`].
pub(crate) fn verify_payload(payload: impl AsRef<[u8]>) -> Result<VerifiedSession, VerifyError> {
    verify(&token(HEADER, payload))
}

/// A payload whose claim `name` has this JSON as its value.
pub(crate) fn with_claim(name: &str, json: &str) -> String {
    payload_with([(name, Some(json))])
}

/// [`PAYLOAD`] with each of these claims set to the given JSON, or left out.
pub(crate) fn payload_with<'a>(edits: impl IntoIterator<Item = (&'a str, Option<&'a str>)>) -> String {
    let mut members: Vec<String> = PAYLOAD.trim_matches(['{', '}']).split(',').map(str::to_owned).collect();
    for (name, json) in edits {
        members.retain(|member| !member.starts_with(&format!("\"{name}\":")));
        members.extend(json.map(|json| format!("\"{name}\":{json}")));
    }
    format!("{{{}}}", members.join(","))
}

/// A token of this header and payload, with a right signature.
pub(crate) fn token(header: impl AsRef<[u8]>, payload: impl AsRef<[u8]>) -> String {
    signed(&format!("{}.{}", base64(header), base64(payload)), SECRET)
}

/// The signing input with its HS512 tag.
pub(crate) fn signed(signing_input: &str, secret: impl AsRef<[u8]>) -> String {
    format!("{signing_input}.{}", tag(signing_input, secret.as_ref(), Algorithm::HS512))
}

/// The tag in base64url, from an implementation that shares nothing with the crate's.
pub(crate) fn tag(message: impl AsRef<[u8]>, secret: &[u8], algorithm: Algorithm) -> String {
    // `jsonwebtoken` takes no empty key; HMAC pads both keys to the same block of zeros.
    let key = EncodingKey::from_secret(if secret.is_empty() { &[0] } else { secret }).unwrap();
    jsonwebtoken::crypto::sign(message.as_ref(), &key, algorithm).unwrap()
}

/// The tag's bytes.
pub(crate) fn mac(message: impl AsRef<[u8]>, secret: &[u8], algorithm: Algorithm) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(tag(message, secret, algorithm)).unwrap()
}

/// The fingerprint of a secret, as `tests/vectors/fingerprint.py` computes it.
pub(crate) fn fingerprint(secret: &[u8]) -> String {
    hex(&mac("quiltt-session fingerprint v1\0", secret, Algorithm::HS512)[..8])
}

pub(crate) fn base64(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// `segment` with `bits` of its last character's six turned over.
pub(crate) fn respelled(segment: &str, bits: usize) -> String {
    const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let (start, last) = segment.split_at(segment.len() - 1);
    let value = ALPHABET.find(last).unwrap() ^ bits;
    format!("{start}{}", &ALPHABET[value..=value])
}

/// `valid`, or the error's code, and the debug text of the reason why a text is no token.
pub(crate) fn verdict(result: &Result<VerifiedSession, VerifyError>) -> String {
    let Err(error) = result else { return "valid".to_owned() };
    let code = error.code();
    match error {
        VerifyError::Token(ParseTokenError::InvalidClaim { name, .. }) => format!("{code}: InvalidClaim({name:?})"),
        VerifyError::Token(reason) => format!("{code}: {reason:?}"),
        _ => code.to_owned(),
    }
}
