//! Every token keeps the rules of Quiltt's SDKs, checked by hand as the SDKs check them.

use std::time::Duration;

use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
use proptest::prelude::*;
use quiltt_session::{ConfigError, MintError, SessionSigner};
use serde_json::Value;

use crate::{
    forge,
    strategies::{minting, settings},
};

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

/// What the client's clock may be behind the signer's, in seconds.
const CLOCK_DIFFERENCE: u64 = 600;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

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
            // Text is what `atob()` would garble; serde_json reads some floats back one bit off.
            prop_assert!(if value.is_string() { found == Some(value) } else { found.is_some() }, "{}", name);
        }
    }
}

#[test]
fn a_time_to_live_is_whole_seconds_from_1_to_what_the_timer_of_an_sdk_holds_whose_clock_is_behind() {
    let signer = forge::signer();
    for (ttl, fits) in [
        (Duration::ZERO, false),
        (Duration::from_nanos(1), false),
        (Duration::from_millis(999), false),
        (Duration::from_secs(1), true),
        (Duration::from_millis(1_500), false),
        (Duration::from_secs(86_400), true),
        (Duration::from_secs(2_146_883), true),
        (Duration::new(2_146_883, 1), false),
        (Duration::from_secs(2_146_884), false),
        (Duration::MAX, false),
    ] {
        let built = SessionSigner::builder(forge::secret()).ttl(ttl).build().map(drop);
        let minted = signer.session(forge::profile()).ttl(ttl).mint();
        if fits {
            assert_eq!(built, Ok(()));
            let claims = payload_through_atob(minted.unwrap().token());
            assert_eq!(claims["exp"].as_u64().unwrap() - claims["iat"].as_u64().unwrap(), ttl.as_secs());
        } else {
            assert_eq!(built, Err(ConfigError::Ttl { found: ttl, max: 2_146_883 }));
            assert_eq!(minted.unwrap_err(), MintError::Ttl { found: ttl, max: 2_146_883 });
        }
    }
}
