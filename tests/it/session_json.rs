//! A session's JSON is Quiltt's own, to the byte.

use std::time::Duration;

use quiltt_session::{ConfigError, Session, SessionFormat, SessionSignerBuilder};

use crate::forge::{ENVIRONMENT, NOW, at, builder, id, profile};

fn mint(builder: SessionSignerBuilder) -> Session {
    builder.build().unwrap().mint_at(profile(), at(NOW), id()).unwrap()
}

#[test]
fn todays_form_has_seven_members_in_this_order_and_leaves_an_unknown_environment_out() {
    let environment = r#""environmentId":"env_1Bx4omNvZgKao2OqGshImD","#;
    for (session, environment) in
        [(mint(builder().environment(ENVIRONMENT.parse().unwrap())), environment), (mint(builder()), "")]
    {
        let expected = format!(
            r#"{{"id":"4551ca49-c002-4d9b-92ec-465018e28fdc","token":"{}","userId":"p_12VnSaRRxyP12Sl9rLZg8n1","userUuid":"52909e05-e1cb-4e45-b273-2b7b5d1f9bff",{environment}"expiration":1700086400,"expiresAt":"2023-11-15T22:13:20Z"}}"#,
            session.token()
        );
        assert_eq!(serde_json::to_string(&session).unwrap(), expected);
        assert_eq!(serde_json::to_string(&session.as_ref()).unwrap(), expected);
        assert_eq!(serde_json::to_string(&session.as_ref().to_session()).unwrap(), expected);
    }
}

/// The schema `UserSession` of Quiltt's OpenAPI text of 2026-04-01: these six, all of them required, and no other.
#[test]
fn the_form_of_the_openapi_text_has_six_members_and_needs_an_environment() {
    let session = mint(builder().environment(ENVIRONMENT.parse().unwrap()).session_format(SessionFormat::Api));
    let expected = format!(
        r#"{{"token":"{}","userId":"p_12VnSaRRxyP12Sl9rLZg8n1","userUuid":"52909e05-e1cb-4e45-b273-2b7b5d1f9bff","environmentId":"env_1Bx4omNvZgKao2OqGshImD","expiration":1700086400,"expiresAt":"2023-11-15T22:13:20Z"}}"#,
        session.token()
    );
    assert_eq!(serde_json::to_string(&session).unwrap(), expected);
    let error = builder().session_format(SessionFormat::Api).build().unwrap_err();
    assert_eq!(error, ConfigError::NoEnvironment);
    assert_eq!(error.to_string(), "expected an environment, which SessionFormat::Api states, found none");
}

/// Clients in JavaScript read this JSON, so its form stays: each form of the session, and two numbers of seconds behind.
#[test]
fn a_clients_session_ends_with_the_seconds_that_are_left() {
    for format in [SessionFormat::Standard, SessionFormat::Api] {
        let session = mint(builder().environment(ENVIRONMENT.parse().unwrap()).session_format(format));
        let json = serde_json::to_string(&session).unwrap();
        for (now, renews_at, left) in [
            (NOW, NOW + 7200, r#""expiresIn":86400,"renewsIn":7200"#),
            (NOW + 7199, NOW + 7200, r#""expiresIn":79201,"renewsIn":1"#),
            (NOW + 86_401, NOW + 7200, r#""expiresIn":0,"renewsIn":0"#),
        ] {
            let for_client = session.as_ref().for_client(at(now), at(renews_at));
            let expected = format!("{},{left}}}", json.strip_suffix('}').unwrap());
            assert_eq!(serde_json::to_string(&for_client).unwrap(), expected, "{format:?}");
            assert!(!format!("{for_client:?}").contains(session.token()));
        }
    }
}

#[test]
fn the_accessors_say_what_the_json_says() {
    let session = mint(builder().environment(ENVIRONMENT.parse().unwrap()));
    let json = serde_json::to_value(&session).unwrap();
    assert_eq!(json["id"], session.id().to_string());
    assert_eq!(json["userId"], session.user_id().to_string());
    assert_eq!(json["environmentId"], session.environment_id().unwrap().to_string());
    assert_eq!(session.issued_at(), Some(at(NOW)));
    assert_eq!(json["expiration"], session.expires_at().as_secs());
    assert_eq!(json["expiresAt"], session.expires_at().to_string());
    assert_eq!(json["token"], session.clone().into_token());

    let signer = builder().backdate(Duration::from_secs(30)).build().unwrap();
    assert_eq!(signer.mint_at(profile(), at(NOW), id()).unwrap().issued_at(), Some(at(NOW - 30)));
    let batch = signer.mint_batch_at(&[(profile(), id())], at(NOW)).unwrap();
    assert_eq!(batch.iter().next().unwrap().issued_at(), Some(at(NOW - 30)));
}
