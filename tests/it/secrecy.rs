//! No text that leaves the crate carries a secret, and no text but the token's own carries a token; `Debug` shows the settings and
//! ids that one looks for in a log.

use std::{
    borrow::Borrow,
    error::Error,
    fmt::{Debug, Display},
    ops::Deref,
    time::Duration,
};

use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use quiltt_session::*;
use serde::{Serialize, de::DeserializeOwned};
use static_assertions::{assert_impl_all, assert_not_impl_any};

use crate::{
    forge::{self, ENVIRONMENT, NOW, at, hex, id, profile},
    secrets::{read, short},
};

/// The secret that no text may show: no eight of its characters stand in a message by chance.
const CANARY: &str = forge::SECRET;

assert_not_impl_any!(SigningSecret: Clone, Copy, Display, ToString, PartialEq, PartialOrd, std::hash::Hash);
assert_not_impl_any!(SigningSecret: Serialize, DeserializeOwned, AsRef<[u8]>, AsRef<str>, Borrow<[u8]>, Borrow<str>);
assert_not_impl_any!(SigningSecret: Deref, Into<Vec<u8>>, Into<String>, IntoIterator, Default);
assert_not_impl_any!(Session: Display, ToString);
assert_not_impl_any!(UntrustedToken<'static>: Display, ToString, Serialize);

macro_rules! assert_shared_between_threads {
    ($($type:ty)*) => { $(assert_impl_all!($type: Send, Sync, Unpin, Debug);)* };
}
assert_shared_between_threads! {
    SigningSecret SecretOptions SecretEncoding SecretWarning
    ProfileId ApiKeyId EnvironmentId OrganizationId SessionId UnixTime TokenVersion Claims
    SessionSigner SessionSignerBuilder SessionRequest<'static> Session SessionRef<'static> SessionFormat
    UntrustedToken<'static> SessionVerifier SessionVerifierBuilder VerifiedSession
    SecretError ParseIdError ParseIdReason TimeError RandomError ClaimError ConfigError MintError
    Segment ParseTokenError VerifyError
}

/// Every form of a part of the canary in a text: eight characters in a row of the canary, of its hexadecimal
/// digits or of its base64, wherever that starts.
fn traces(canary: &str) -> Vec<String> {
    let bytes = canary.as_bytes();
    let mut forms = vec![canary.to_owned(), hex(bytes), hex(bytes).to_uppercase(), format!("{bytes:?}")];
    for start in 0..3 {
        forms.push(STANDARD.encode(&bytes[start..]));
        forms.push(URL_SAFE_NO_PAD.encode(&bytes[start..]));
    }
    // As a list of numbers, a few of them would be a coincidence.
    let windows = |form: &String| {
        let length = if form.starts_with('[') { 30 } else { 8 };
        form.as_bytes().windows(length).map(|window| String::from_utf8(window.to_vec()).unwrap()).collect::<Vec<_>>()
    };
    forms.iter().flat_map(windows).collect()
}

pub(crate) fn assert_no_trace(canary: &str, text: &str) {
    let trace = traces(canary).into_iter().find(|trace| text.contains(trace));
    assert_eq!(trace, None, "in {text}");
}

/// Everything that an error says: `Debug` in both forms, `Display`, and its causes.
pub(crate) fn texts(error: &(dyn Error + 'static)) -> String {
    let mut text = String::new();
    let mut next = Some(error);
    while let Some(error) = next {
        text += &format!("{error} {error:#} {error:?} {error:#?} ");
        next = error.source();
    }
    text
}

#[test]
fn each_debug_text_shows_settings_or_ids_and_no_secret_token_or_tag() {
    let environment = "EnvironmentId(env_1Bx4omNvZgKao2OqGshImD)";
    let builder = || forge::builder().environment(ENVIRONMENT.parse().unwrap());
    let signer = builder().build().unwrap();
    let session = signer.mint_at(profile(), at(NOW), id()).unwrap();
    let verifier = || SessionVerifier::builder(forge::secret()).also_accept(forge::secret());
    let batch = signer.mint_batch_at(&[(profile(), id())], at(NOW)).unwrap();
    let shown: [(&dyn Debug, &[&str]); 16] = [
        (&profile(), &["ProfileId(p_12VnSaRRxyP12Sl9rLZg8n1)"]),
        (&id(), &["SessionId(4551ca49-c002-4d9b-92ec-465018e28fdc)"]),
        (&at(NOW), &["UnixTime(2023-11-14T22:13:20Z)"]),
        (&forge::secret(), &["SigningSecret(512 bits)"]),
        (&SigningSecret::options(), &["SecretOptions"]),
        (&builder(), &["version: V6", environment, "ttl: 86400s", "issuer: \"auth.quiltt.io\"", "payload: Aligned"]),
        (&signer, &["SessionSigner {", "ttl: 86400s", environment, "format: Standard"]),
        (&signer.session(profile()).id(id()), &["SessionRequest {", "p_12VnSaRRxyP12Sl9rLZg8n1", "4551ca49-c002"]),
        (&signer.stable(Duration::from_secs(60)).unwrap().generation(2), &["ttl: 86400s", "window: 60, generation: 2"]),
        (&verifier(), &["keys: [Key(..), Key(..)]"]),
        (
            &verifier().build().unwrap(),
            &["keys: [Key(..), Key(..)]", "issuer: \"auth.quiltt.io\"", "leeway: 0ns", "any_version: true"],
        ),
        (&session, &["Session {", "4551ca49-c002", "p_12VnSaRRxyP12Sl9rLZg8n1", "2023-11-15T22:13:20Z", environment]),
        (&session.as_ref(), &["Session {", "4551ca49-c002", "p_12VnSaRRxyP12Sl9rLZg8n1", "2023-11-15T22:13:20Z"]),
        (&batch, &["SessionBatch { len: 1", environment]),
        (&batch.iter(), &[]),
        (&UntrustedToken::parse(session.token()).unwrap(), &["signing_input_length: "]),
    ];
    assert_eq!(batch.get(0).unwrap().token(), session.token());
    for (value, parts) in shown {
        let text = format!("{value:?} {value:#?}");
        assert_eq!(parts.iter().find(|part| !text.contains(**part)), None, "in {text}");
        assert_no_trace(CANARY, &text);
        // All but the header, which all tokens share.
        let mut parts_of_token = session.token().as_bytes()[20..].windows(8);
        assert_eq!(parts_of_token.find(|part| text.contains(str::from_utf8(part).unwrap())), None, "in {text}");
    }
}

#[test]
fn claims_show_which_of_ones_own_there_are_and_not_what_they_say() {
    let personal = ["ada@example.com", "1815", "Marylebone"];
    let payload = forge::payload_with([
        ("email", Some("\"ada@example.com\"")),
        ("born", Some("1815")),
        ("address", Some("{\"Marylebone\":[\"Marylebone\"]}")),
    ]);
    let session = forge::verify_payload(&payload).unwrap();
    let claims = "Claims { version: V6, not_before: UnixTime(2023-11-14T22:13:20Z), issued_at: \
                  UnixTime(2023-11-14T22:13:20Z), expires_at: UnixTime(2023-11-15T22:13:20Z), id: \
                  SessionId(4551ca49-c002-4d9b-92ec-465018e28fdc), issuer: \"auth.quiltt.io\", audience: \
                  \"api.quiltt.io\", user_id: Some(ProfileId(p_12VnSaRRxyP12Sl9rLZg8n1)), api_key_id: None, \
                  organization_id: None, environment_id: None, custom: [\"email\", \"born\", \"address\"] }";
    assert_eq!(format!("{:?}", session.claims()), claims);
    let session_text = format!("VerifiedSession {{ claims: {claims}, user_id: {:?}, secret_index: 0 }}", profile());
    assert_eq!(format!("{session:?}"), session_text);
    let pretty = format!("{:#?} {session:#?}", session.claims());
    assert_eq!(personal.iter().find(|value| pretty.contains(*value)), None, "in {pretty}");
}

#[test]
fn errors_of_serde_say_what_was_expected() {
    let claims = serde_json::from_str::<Claims>("[]").unwrap_err().to_string();
    assert_eq!(claims, "expected a JSON object, found another value, in the payload");
    let profile = serde_json::from_str::<ProfileId>("1").unwrap_err().to_string();
    assert_eq!(profile, "invalid type: integer `1`, expected a profile id (p_1… or a UUID) at line 1 column 1");
    let session = serde_json::from_str::<SessionId>("null").unwrap_err().to_string();
    assert_eq!(session, "invalid type: null, expected a hyphenated UUID at line 1 column 4");
}

#[test]
fn no_error_carries_the_secret_that_it_refused() {
    let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("secrecy-{}", std::process::id()));
    std::fs::write(&path, format!("{CANARY}\n")).unwrap();
    for secret in [
        SigningSecret::from_bytes(&CANARY[..63]),
        short(&CANARY[..31]),
        SigningSecret::from_bytes(CANARY.repeat(65)),
        SigningSecret::from_bytes(format!("{CANARY} ")),
        SigningSecret::from_bytes(format!("\"{CANARY}\"")),
        SigningSecret::from_bytes(format!("{CANARY}\u{200b}")),
        SigningSecret::from_bytes(CANARY.bytes().flat_map(|byte| [byte, 0]).collect::<Vec<_>>()),
        SigningSecret::from_bytes(CANARY[..8].repeat(8)),
        SigningSecret::from_bytes(format!("{}{}", &CANARY[..60], "\0".repeat(8))),
        read(SecretEncoding::Hex, CANARY),
        read(SecretEncoding::Base64, format!("{CANARY}-")),
        read(SecretEncoding::Base64Url, format!("{CANARY}+")),
        read(SecretEncoding::Base64, &CANARY[..40]),
        SigningSecret::from_file(path),
        SigningSecret::from_file(format!("/no/such/{CANARY}")),
        SigningSecret::from_file(CANARY),
        SigningSecret::from_file(format!("{}/{}", &CANARY[..32], &CANARY[32..])),
    ] {
        assert_no_trace(CANARY, &texts(&secret.unwrap_err()));
    }
}

/// An API key's secret and signing secrets of 40 bytes, in the alphabets that vendors use.
const SHORT_CANARIES: [&str; 6] = [
    "sk_live_51H8xT2pQ9vLm",
    "hT4mYq0ZdR7uKx2WcN9vLbS5eGpJ8aFi6oQkX1yD",
    "aFQ0bVlxMFpkUjd1S3gyV2NOOXZMYlM1ZUdwSjhhRmk2b1FrWDF5RA==",
    "Zk3+/Vq0Tn/8rLw2+Xc5/uHy7Gb1/sPd4Mj6eRa9",
    "68543486d597100764522f4b1957636e3976c62f5365 ",
    "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXPABCD2345",
];

#[test]
fn a_secret_in_the_place_of_a_variables_name_or_a_path_is_described_and_not_shown() {
    for canary in SHORT_CANARIES {
        for place in [canary.to_owned(), format!("./{canary}"), format!("/run/secrets/{canary}"), format!("/{canary}")]
        {
            let errors = [SigningSecret::from_file(&place).unwrap_err(), SigningSecret::from_env(&place).unwrap_err()];
            for error in errors {
                assert_no_trace(canary, &texts(&error));
                assert!(error.to_string().contains(" bytes that look like no name)"), "{error}");
            }
            #[cfg(feature = "remote")]
            for error in [ApiSecret::from_file(&place).unwrap_err(), ApiSecret::from_env(&place).unwrap_err()] {
                assert_no_trace(canary, &texts(&error));
            }
        }
    }
}

#[test]
fn names_of_variables_are_shown() {
    for name in ["QUILTT_SIGNING_SECRET", "quiltt_secret2", "OAUTH2_AUTHENTICATION_KEY", "Secret_20261130", "S3"] {
        let error = SigningSecret::from_env(name).unwrap_err();
        assert_eq!(error, SecretError::EnvironmentUnset { name: name.to_owned() });
    }
}

#[test]
fn no_error_carries_the_id_or_claim_that_it_refused() {
    for id in [CANARY.to_owned(), format!("p_1{CANARY}"), format!("p_{CANARY}"), format!("{CANARY}_1")] {
        assert_no_trace(CANARY, &texts(&id.parse::<ProfileId>().unwrap_err()));
        assert_no_trace(CANARY, &texts(&id.parse::<SessionId>().unwrap_err()));
    }
    let claim = forge::signer().session(forge::profile()).claim("a", CANARY.repeat(65)).mint();
    assert_no_trace(CANARY, &texts(&claim.unwrap_err()));
    let issuer = SessionSigner::builder(forge::secret()).issuer(CANARY.repeat(5)).build();
    assert_no_trace(CANARY, &texts(&issuer.unwrap_err()));
}

#[test]
fn no_error_carries_the_token_that_it_refused() {
    let text = format!("\"{CANARY}\"");
    let mut tokens = vec![
        CANARY.to_owned(),
        format!("{CANARY}.{CANARY}.{CANARY}"),
        format!("{CANARY}.{CANARY}.{CANARY}="),
        CANARY.repeat(200),
        forge::token(format!("{{\"alg\":{text}}}"), forge::PAYLOAD),
        forge::token(format!("{{\"alg\":\"HS512\",\"typ\":{text}}}"), forge::PAYLOAD),
        forge::token(format!("{{{text}:1,{text}:2}}"), forge::PAYLOAD),
        forge::token(forge::HEADER, format!("{{{text}:1,{text}:2}}")),
        forge::token(forge::HEADER, format!("{{{text}")),
    ];
    for name in ["nbf", "iat", "jti", "iss", "aud", "exp", "ver", "sub", "cid", "did"] {
        tokens.push(forge::token(forge::HEADER, forge::with_claim(name, &text)));
    }
    for token in tokens {
        let error = forge::verify(&token).unwrap_err();
        assert_no_trace(CANARY, &texts(&error));
        if let Ok(token) = UntrustedToken::parse(&token) {
            assert_no_trace(CANARY, &format!("{token:?} {token:#?}"));
        }
    }
}
