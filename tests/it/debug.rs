//! `Debug` shows the settings and ids that one looks for in a log; `secrecy` tests that `Debug` shows no secret and no token.

use std::{fmt::Debug, time::Duration};

use quiltt_session::{Claims, ProfileId, SessionId, SessionSignerBuilder, SessionVerifier, UntrustedToken};
use uuid::Uuid;

use crate::forge::{self, ENVIRONMENT, NOW, at, profile};

fn builder() -> SessionSignerBuilder {
    forge::builder().environment(ENVIRONMENT.parse().unwrap())
}

fn id() -> SessionId {
    SessionId::from_uuid(Uuid::nil())
}

#[track_caller]
fn assert_debug(value: impl Debug, expected: &str) {
    assert_eq!(format!("{value:?}"), expected);
}

#[test]
fn ids_and_times_show_as_they_are_written() {
    assert_debug(profile(), "ProfileId(p_12VnSaRRxyP12Sl9rLZg8n1)");
    assert_debug(id(), "SessionId(00000000-0000-0000-0000-000000000000)");
    assert_debug(at(1_700_000_000), "UnixTime(2023-11-14T22:13:20Z)");
}

#[test]
fn a_secret_shows_its_length_and_nothing_else() {
    assert_debug(forge::secret(), "SigningSecret(512 bits)");
    assert_eq!(format!("{:#?}", forge::secret()), "SigningSecret(512 bits)");
}

#[test]
fn signers_show_their_settings() {
    assert_debug(
        builder(),
        "SessionSignerBuilder { version: V6, api_key: None, organization: None, environment: \
         Some(EnvironmentId(env_1Bx4omNvZgKao2OqGshImD)), ttl: 86400s, backdating: 0ns, issuer: \
         \"auth.quiltt.io\", audience: \"api.quiltt.io\", header: Quiltts, payload: Aligned, format: Standard, .. }",
    );
    let signer = builder().build().unwrap();
    let settings = "SessionSigner { ttl: 86400s, environment: Some(EnvironmentId(env_1Bx4omNvZgKao2OqGshImD)), format: \
                    Standard, .. }";
    assert_debug(&signer, settings);
    assert_debug(
        signer.session(profile()).id(id()),
        "SessionRequest { profile: ProfileId(p_12VnSaRRxyP12Sl9rLZg8n1), ttl: None, id: \
         Some(SessionId(00000000-0000-0000-0000-000000000000)), issued_at: None, .. }",
    );
    let stable = signer.stable(Duration::from_secs(60)).unwrap().generation(2);
    assert_debug(
        stable,
        &format!(
            "StableSigner {{ signer: {settings}, window: 60, generation: 2, sign_out: SignOut(UnixTime(1970-01-01T00:00:00Z)) }}"
        ),
    );
}

#[test]
fn verifiers_show_how_many_secrets_they_take() {
    let builder = || SessionVerifier::builder(forge::secret()).also_accept(forge::secret());
    assert_debug(
        builder().build().unwrap(),
        "SessionVerifier { secrets: 2, issuer: \"auth.quiltt.io\", audience: \"api.quiltt.io\", versions: [V1, V2, V4, \
         V6], leeway: 0ns, not_before: Demanded, environment: None, api_key: None, organization: None, max_lifetime: None }",
    );
    assert!(format!("{:?}", builder()).contains("keys: [Key(..), Key(..)]"));
}

#[test]
fn sessions_and_tokens_show_all_but_the_token() {
    let signer = builder().build().unwrap();
    let session = signer.mint_at(profile(), at(NOW), id()).unwrap();
    let details = "{ id: SessionId(00000000-0000-0000-0000-000000000000), user_id: \
                   ProfileId(p_12VnSaRRxyP12Sl9rLZg8n1), expires_at: UnixTime(2023-11-15T22:13:20Z), environment_id: \
                   Some(EnvironmentId(env_1Bx4omNvZgKao2OqGshImD)), .. }";
    assert_debug(&session, &format!("Session {details}"));
    assert_debug(session.as_ref(), &format!("Session {details}"));
    assert_debug(
        signer.mint_batch_at(&[(profile(), id())], at(NOW)).unwrap(),
        "SessionBatch { len: 1, environment_id: Some(EnvironmentId(env_1Bx4omNvZgKao2OqGshImD)), .. }",
    );
    assert_debug(
        UntrustedToken::parse("eyJhbGciOiJIUzUxMiJ9.e30.AAAA").unwrap(),
        "UntrustedToken { signing_input_length: 24, .. }",
    );
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
    assert_debug(session.claims(), claims);
    let session_text = format!("VerifiedSession {{ claims: {claims}, user_id: {:?}, secret_index: 0 }}", profile());
    assert_debug(&session, &session_text);
    let pretty = format!("{:#?} {session:#?}", session.claims());
    assert_eq!(personal.iter().find(|value| pretty.contains(*value)), None, "in {pretty}");
}

#[test]
fn errors_of_serde_say_what_was_expected() {
    let claims = serde_json::from_str::<Claims>("[]").unwrap_err().to_string();
    assert_eq!(claims, "expected one JSON object without repeated names in the payload, found something else");
    let profile = serde_json::from_str::<ProfileId>("1").unwrap_err().to_string();
    assert_eq!(profile, "invalid type: integer `1`, expected a profile id (p_1… or a UUID) at line 1 column 1");
    let session = serde_json::from_str::<SessionId>("null").unwrap_err().to_string();
    assert_eq!(session, "invalid type: null, expected a hyphenated UUID at line 1 column 4");
}
