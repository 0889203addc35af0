//! `Debug` shows the settings and ids that one looks for in a log; `secrecy` tests that `Debug` shows no secret and no token.

use std::{fmt::Debug, time::Duration};

use quiltt_session::{Claims, ProfileId, SessionId, SessionVerifier, UntrustedToken};

use crate::forge::{self, ENVIRONMENT, NOW, at, id, profile};

#[test]
fn each_type_shows_its_settings_or_ids() {
    let environment = "EnvironmentId(env_1Bx4omNvZgKao2OqGshImD)";
    let builder = || forge::builder().environment(ENVIRONMENT.parse().unwrap());
    let signer = builder().build().unwrap();
    let session = signer.mint_at(profile(), at(NOW), id()).unwrap();
    let verifier = || SessionVerifier::builder(forge::secret()).also_accept(forge::secret());
    let shown: [(&dyn Debug, &[&str]); 14] = [
        (&profile(), &["ProfileId(p_12VnSaRRxyP12Sl9rLZg8n1)"]),
        (&id(), &["SessionId(4551ca49-c002-4d9b-92ec-465018e28fdc)"]),
        (&at(NOW), &["UnixTime(2023-11-14T22:13:20Z)"]),
        (&forge::secret(), &["SigningSecret(512 bits)"]),
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
        (&signer.mint_batch_at(&[(profile(), id())], at(NOW)).unwrap(), &["SessionBatch { len: 1", environment]),
        (&UntrustedToken::parse("eyJhbGciOiJIUzUxMiJ9.e30.AAAA").unwrap(), &["signing_input_length: 24"]),
    ];
    for (value, parts) in shown {
        let text = format!("{value:?}");
        assert_eq!(parts.iter().find(|part| !text.contains(**part)), None, "in {text}");
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
