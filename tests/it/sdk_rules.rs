//! Every token keeps the rules of Quiltt's SDKs, checked by hand as the SDKs check them.

use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
use proptest::prelude::*;
use serde_json::Value;

use crate::strategies::{minting, settings};

/// `^(?:[\w-]+\.){2}[\w-]+$`
fn has_three_segments(token: &str) -> bool {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    let segments: Vec<_> = token.split('.').collect();
    segments.len() == 3 && segments.iter().all(|segment| !segment.is_empty() && segment.bytes().all(is_word))
}

/// The payload as JavaScript's `JSON.parse(atob(segment))` reads it: base64 of the other alphabet, each byte a character.
fn payload_through_atob(token: &str) -> Value {
    let segment = token.split('.').nth(1).unwrap();
    assert!(segment.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{segment}");
    let bytes = STANDARD_NO_PAD.decode(segment).unwrap();
    let text: String = bytes.into_iter().map(char::from).collect();
    serde_json::from_str(&text).unwrap()
}

/// How many seconds the client's clock may be behind the signer's.
const CLOCK_DIFFERENCE: u64 = 600;

proptest! {
    #[test]
    fn every_token_of_every_signer_suits_the_sdks(settings in settings(), minting in minting()) {
        let signer = settings.builder().build().unwrap();
        let request = signer.session(minting.profile()).id(minting.session_id()).issued_at(minting.now());
        let request = minting.custom.iter().fold(request, |request, (name, value)| request.claim(name, value));
        let session = request.mint().unwrap();
        let token = session.token();
        prop_assert!(has_three_segments(token), "{}", token);
        let is_quiltts = token.starts_with("eyJhbGciOiJIUzUxMiJ9.");
        prop_assert!(is_quiltts || settings.has_header_type, "the header is Quiltt's own, to the byte, unless asked otherwise");
        let claims = payload_through_atob(token);
        let exp = claims["exp"].as_u64().unwrap();
        prop_assert_eq!(exp, session.expires_at().as_secs());
        let milliseconds = (exp + CLOCK_DIFFERENCE - minting.now) * 1000;
        prop_assert!(milliseconds < 1 << 31, "the SDK's timer holds 31 bits of milliseconds");
        let environment = session.environment_id().map(|id| Value::from(id.to_string()));
        prop_assert_eq!(claims.get("eid"), environment.as_ref());
        prop_assert_eq!(&claims["iss"], &settings.issuer);
        for (name, value) in settings.custom.iter().chain(&minting.custom) {
            let found = claims.get(name);
            // `atob()` would garble text; serde_json reads some floats back one bit off, so only text is compared.
            prop_assert!(if value.is_string() { found == Some(value) } else { found.is_some() }, "{}", name);
        }
    }
}
