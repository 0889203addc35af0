//! No text that leaves the crate carries a secret, and no text but the token's own carries a token.

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
    forge::{self, hex},
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

fn assert_no_trace(canary: &str, text: &str) {
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
fn the_search_finds_a_trace_in_every_form() {
    let inside = [b"\x00", CANARY.as_bytes(), b"\x00"].concat();
    for text in [
        format!("x{CANARY}"),
        CANARY[20..28].to_owned(),
        hex(&inside),
        hex(&inside).to_uppercase(),
        STANDARD.encode(&inside),
        URL_SAFE_NO_PAD.encode(&inside[1..]),
        format!("{inside:?}"),
    ] {
        assert!(traces(CANARY).iter().any(|trace| text.contains(trace)), "{text}");
    }
}

#[test]
fn no_debug_text_carries_the_secret() {
    let secret = SigningSecret::from_bytes(CANARY).unwrap();
    let builder = || SessionSigner::builder(&secret).claim("a", 1);
    let signer = builder().build().unwrap();
    let verifier = || SessionVerifier::builder(&secret).also_accept(&secret);
    let session = signer.mint(forge::profile()).unwrap();
    let request = signer.session(session.user_id()).claim("b", 2);
    let verified = verifier().build().unwrap().verify(session.token()).unwrap();
    let token = UntrustedToken::parse(session.token()).unwrap();
    let options = SigningSecret::options();
    let things: [&dyn Debug; 13] = [
        &secret,
        &options,
        &builder(),
        &signer,
        &signer.stable(Duration::from_secs(60)).unwrap(),
        &request,
        &verifier(),
        &verifier().build().unwrap(),
        &session,
        &session.as_ref(),
        &token,
        &verified,
        &verified.claims(),
    ];
    for thing in things {
        assert_no_trace(CANARY, &format!("{thing:?} {thing:#?}"));
    }
    assert_no_trace(CANARY, &serde_json::to_string(&session).unwrap());
    assert_no_trace(CANARY, &serde_json::to_string(verified.claims()).unwrap());
    assert_no_trace(CANARY, &String::from_utf8_lossy(token.untrusted_payload_json()));
}

#[test]
fn no_error_carries_the_secret_that_it_refused() {
    let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("secrecy-{}", std::process::id()));
    std::fs::write(&path, format!("{CANARY}\n")).unwrap();
    let jwt = format!("eyJ{CANARY}.{CANARY}.{CANARY}");
    for secret in [
        SigningSecret::from_bytes(&CANARY[..63]),
        short(&CANARY[..31]),
        SigningSecret::from_bytes(CANARY.repeat(65)),
        SigningSecret::from_bytes(format!("{CANARY} ")),
        SigningSecret::from_bytes(format!("\"{CANARY}\"")),
        SigningSecret::from_bytes(format!("-----BEGIN {CANARY}")),
        SigningSecret::from_bytes(format!("{{\"kty\":\"{CANARY}\"}}")),
        SigningSecret::from_bytes(jwt),
        SigningSecret::from_bytes(format!("{{\"a\":\"{CANARY}\"}}")),
        SigningSecret::from_bytes(format!("SECRET={CANARY}")),
        SigningSecret::from_bytes(format!("<{CANARY}>")),
        SigningSecret::from_bytes(format!("changeme{CANARY}")),
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

#[test]
fn no_debug_text_carries_a_token_or_its_tag() {
    let signer = forge::signer();
    let session = signer.mint(forge::profile()).unwrap();
    let verified = forge::verifier().verify(session.token()).unwrap();
    let token = UntrustedToken::parse(session.token()).unwrap();
    let things: [&dyn Debug; 4] = [&session, &session.as_ref(), &token, &verified];
    let batch = signer.mint_batch(&[forge::profile()]).unwrap();
    let batched = batch.get(0).unwrap();
    let batch_things: [&dyn Debug; 3] = [&batch, &batch.iter(), &batched];
    let all = things.map(|thing| (thing, session.token())).into_iter();
    for (thing, token) in all.chain(batch_things.map(|thing| (thing, batched.token()))) {
        let text = format!("{thing:?} {thing:#?}");
        let (input, tag) = token.rsplit_once('.').unwrap();
        for part in [input, tag] {
            let found = part.as_bytes().windows(8).find(|window| text.contains(str::from_utf8(window).unwrap()));
            assert_eq!(found, None, "in {text}");
        }
    }
}
