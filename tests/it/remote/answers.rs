//! An answer may lack or add members; members that are there are read strictly and compared with each other.

use quiltt_session::{ApiKey, BodyError, Disagreement, NewSession, RemoteError, RemoteSession};
use serde_json::{Value, json};
use wiremock::ResponseTemplate;

use super::{ENVIRONMENT, USER, USER_UUID, answering, auth, body, session, signer, user};
use crate::forge::{NOW, at, base64};

async fn create(answer: &Value) -> Result<RemoteSession, RemoteError> {
    create_with(&answer.to_string(), "application/json").await
}

/// Creates a session at a server with this answer of this type.
async fn create_with(answer: &str, kind: &str) -> Result<RemoteSession, RemoteError> {
    let server = answering(ResponseTemplate::new(201).set_body_raw(answer, kind)).await;
    auth(&server.uri()).create_session(NewSession::for_user(user())).await
}

/// The body with some members replaced; `Null` takes one out.
fn with<const N: usize>(members: [(&str, Value); N]) -> Value {
    let mut body = body();
    for (name, value) in members {
        match value {
            Value::Null => drop(body.as_object_mut().unwrap().remove(name)),
            value => body[name] = value,
        }
    }
    body
}

/// A token with these claims, which nobody signed.
fn token(claims: impl ToString) -> String {
    format!("eyJhbGciOiJIUzUxMiJ9.{}.AAAA", base64(claims.to_string()))
}

#[tokio::test]
async fn todays_form_needs_no_uuid_and_no_environment_and_may_have_more() {
    let lean = with([("userUuid", Value::Null), ("environmentId", Value::Null), ("expiresAt", Value::Null)]);
    let nulls = json!({ "token": session().token(), "userId": USER, "expiration": 1_700_086_400, "userUuid": null, "environmentId": null, "id": null });
    let more = with([("scopes", json!(["a"])), ("region", json!({ "name": "us" }))]);
    for answer in [lean, nulls, more] {
        let read = create(&answer).await.unwrap().into_session().unwrap();
        assert_eq!(serde_json::to_value(&read).unwrap(), serde_json::to_value(session()).unwrap());
    }
}

#[test]
fn an_answer_that_was_kept_is_read_as_one_that_arrives() {
    let read = |answer: Value| RemoteSession::from_json(answer.to_string().as_bytes());
    let session = read(body()).unwrap().into_session().unwrap();
    assert_eq!(serde_json::to_value(&session).unwrap(), serde_json::to_value(super::session()).unwrap());
    assert_eq!(session.issued_at(), super::session().issued_at());
    let other = read(with([("userId", json!("p_10"))])).unwrap();
    let both = [Disagreement::User, Disagreement::UserUuid];
    assert_eq!(other.disagreements(), both);
    assert_eq!(other.into_session().unwrap_err().disagreements(), both);
    assert_eq!(read(with([("token", Value::Null)])).unwrap_err(), BodyError::MissingMember("token"));

    let key = ApiKey::from_json(br#"{"id":"api_10","metadata":{"private":1},"environment":{"id":"env_10"}}"#).unwrap();
    assert_eq!((key.id().to_string(), key.environment().id().to_string()), ("api_10".into(), "env_10".into()));
    assert_eq!(
        format!("{key:?}"),
        "ApiKey { id: ApiKeyId(api_10), name: None, api_version: None, metadata: Some(1 keys), \
         environment: ApiKeyEnvironment { id: EnvironmentId(env_10), mode: None, name: None, metadata: None } }"
    );
    assert_eq!(ApiKey::from_json(b"{}").unwrap_err(), BodyError::MissingMember("id"));
}

#[tokio::test]
async fn the_form_of_2021_is_read_and_passed_on_in_todays() {
    let answer =
        json!({ "id": session().id(), "expiration": 1_700_086_400, "userId": USER_UUID, "token": session().token() });
    let read = create(&answer).await.unwrap().into_session().unwrap();
    assert_eq!(serde_json::to_value(&read).unwrap(), serde_json::to_value(session()).unwrap());
}

#[tokio::test]
async fn a_check_need_not_repeat_the_token() {
    let server = answering(ResponseTemplate::new(200).set_body_json(with([("token", Value::Null)]))).await;
    let checked = auth(&server.uri()).check(session().token()).await.unwrap().into_session().unwrap();
    assert_eq!(checked.token(), session().token());
}

#[tokio::test]
async fn each_contradiction_is_named() {
    const OTHER: &str = "p_171dFj1jSknZiR3VZOHKcol";
    const OTHER_UUID: &str = "e6dd0bda-7384-4d88-866b-2e5aa1b2c693";
    let foreign = signer().build().unwrap().mint_at(OTHER.parse().unwrap(), at(NOW), session().id()).unwrap();
    let bare = token(json!({}));
    let repeated = token(r#"{"exp":1,"exp":1}"#);
    let id = session().id();
    let odd = token(json!({ "jti": id, "exp": 1_700_086_400, "sub": 1, "eid": "env_1" }));
    let old = token(json!({ "jti": id, "exp": 1_700_086_400, "uid": USER, "ver": 99 }));
    for (answer, expected) in [
        (with([("expiration", json!(1_700_086_401))]), &[Disagreement::Expiry, Disagreement::ExpiresAt][..]),
        (with([("token", json!(foreign.token()))]), &[Disagreement::User]),
        (with([("userId", json!(OTHER))]), &[Disagreement::RequestedUser, Disagreement::User, Disagreement::UserUuid]),
        (
            with([("userId", json!(OTHER)), ("userUuid", json!(OTHER_UUID)), ("token", json!(foreign.token()))]),
            &[Disagreement::RequestedUser],
        ),
        (with([("environmentId", json!("env_10"))]), &[Disagreement::Environment]),
        (with([("id", json!(OTHER_UUID))]), &[Disagreement::SessionId]),
        (with([("id", json!(7))]), &[Disagreement::SessionId]),
        (with([("userUuid", json!(OTHER_UUID))]), &[Disagreement::UserUuid]),
        (with([("userUuid", json!(false))]), &[Disagreement::UserUuid]),
        (with([("expiresAt", json!("2023-11-15T22:13:21Z"))]), &[Disagreement::ExpiresAt]),
        (with([("expiresAt", json!("tomorrow"))]), &[Disagreement::ExpiresAt]),
        (with([("expiresAt", json!("2023-11-16T00:13:20.750+02:00"))]), &[]),
        (with([("token", json!(bare)), ("id", json!(OTHER_UUID))]), &[Disagreement::Expiry]),
        (with([("token", json!(repeated)), ("id", json!(OTHER_UUID))]), &[Disagreement::UnreadableToken]),
        (with([("token", json!("opaque")), ("id", json!(OTHER_UUID))]), &[Disagreement::UnreadableToken]),
        (
            with([("token", json!(odd)), ("environmentId", Value::Null)]),
            &[Disagreement::User, Disagreement::Environment],
        ),
        (with([("token", json!(old))]), &[]),
    ] {
        let read = create(&answer).await.unwrap();
        assert_eq!(read.disagreements(), expected, "{answer}");
        assert_eq!(read.clone().into_session().is_ok(), expected.is_empty());
        assert_eq!(read.session().token(), answer["token"]);
        assert_eq!(read.into_session_despite_disagreements().expires_at().as_secs(), answer["expiration"]);
    }
}

#[tokio::test]
async fn another_token_than_was_asked_about_is_a_contradiction() {
    let server = answering(ResponseTemplate::new(200).set_body_json(body())).await;
    let asked = signer().build().unwrap().mint(user()).unwrap();
    let answer = auth(&server.uri()).check(asked.token()).await.unwrap();
    let error = RemoteError::from(answer.into_session().unwrap_err());
    assert_eq!(
        error.to_string(),
        "expected a session that agrees with itself, found another token than was asked about"
    );
}

#[tokio::test]
async fn what_is_used_must_be_there_and_of_the_right_type() {
    let invalid = |name, expected| BodyError::InvalidMember { name, expected };
    let seconds = "an integer from 0 to 253402300799";
    let profile = "a profile id (p_1… or a UUID)";
    let visible = "1 to 8192 visible ASCII characters";
    for (answer, expected) in [
        (with([("token", Value::Null)]), BodyError::MissingMember("token")),
        (with([("token", json!(1))]), invalid("token", "a string")),
        (with([("token", json!(""))]), invalid("token", visible)),
        (with([("userId", Value::Null)]), BodyError::MissingMember("userId")),
        (with([("userId", json!("env_10"))]), invalid("userId", profile)),
        (with([("userId", json!(1))]), invalid("userId", profile)),
        (with([("expiration", Value::Null)]), BodyError::MissingMember("expiration")),
        (with([("expiration", json!("1700086400"))]), invalid("expiration", seconds)),
        (with([("expiration", json!(1_700_086_400.0))]), invalid("expiration", seconds)),
        (with([("expiration", json!(-1))]), invalid("expiration", seconds)),
        (with([("environmentId", json!(1))]), invalid("environmentId", "an environment id (env_1… or a UUID)")),
        (with([("token", json!("opaque"))]), BodyError::MissingMember("id")),
        (with([("token", json!("opaque")), ("id", json!("x"))]), invalid("id", "a hyphenated UUID")),
    ] {
        let error = create(&answer).await.unwrap_err();
        assert!(matches!(error, RemoteError::Body(found) if found == expected), "{error:?} for {answer}");
    }
}

#[tokio::test]
async fn every_session_that_is_read_fits_a_header() {
    let token = session().into_token();
    let longest = format!("{token}{}", "a".repeat(8192 - token.len()));
    for text in [&token, "opaque~!", &longest] {
        let answer = with([("token", json!(text)), ("id", json!(session().id()))]);
        let read = create(&answer).await.unwrap().into_session_despite_disagreements();
        assert_eq!(read.authorization(), format!("Bearer {text}"));
    }
    for text in ["", " ", "a b", "a\r\nx-evil: 1", "t\u{f6}k", &format!("{token}\n"), &format!("{longest}a")] {
        let answer = with([("token", json!(text)), ("id", json!(session().id()))]);
        let error = create(&answer).await.unwrap_err();
        assert_eq!(
            error.to_string(),
            "expected the member \"token\" of the body to be 1 to 8192 visible ASCII characters, found something else"
        );
    }
}

#[tokio::test]
async fn an_api_key_without_its_ids_does_not_fit() {
    for (answer, expected) in [
        (json!({}), BodyError::MissingMember("id")),
        (json!({ "id": "api_10" }), BodyError::MissingMember("environment")),
        (
            json!({ "id": "api_10", "environment": "env_10" }),
            BodyError::InvalidMember { name: "environment", expected: "an object" },
        ),
        (
            json!({ "id": "api_10", "apiVersion": [], "environment": { "id": ENVIRONMENT } }),
            BodyError::InvalidMember { name: "apiVersion", expected: "a string or a number" },
        ),
    ] {
        let server = answering(ResponseTemplate::new(200).set_body_json(&answer)).await;
        let error = auth(&server.uri()).api_key().await.unwrap_err();
        assert!(matches!(error, RemoteError::Body(found) if found == expected), "{error:?} for {answer}");
    }
}

#[tokio::test]
async fn only_json_is_read() {
    let json = body().to_string();
    for kind in ["application/json", "application/json; charset=utf-8", "Application/JSON;charset=utf-8"] {
        assert!(create_with(&json, kind).await.is_ok(), "{kind}");
    }
    for kind in ["text/html", "text/plain", "application/jsonp", "application/octet-stream"] {
        let error = create_with(&json, kind).await.unwrap_err();
        assert!(matches!(error, RemoteError::Body(BodyError::ContentType)), "{kind}: {error:?}");
    }
    for text in ["", "[]", "null", "{", "{} {}", "<html>"] {
        let error = create_with(text, "application/json").await.unwrap_err();
        assert!(matches!(error, RemoteError::Body(BodyError::NotJsonObject)), "{text}: {error:?}");
    }
}

#[tokio::test]
async fn the_clients_and_its_clones_know_the_servers_time_of_the_last_answer_whatever_that_was() {
    let answer = |date: &str| ResponseTemplate::new(401).insert_header("date", date);
    let server = answering(answer("Tue, 14 Nov 2023 22:13:20 GMT")).await;
    let auth = auth(&server.uri());
    assert_eq!(auth.server_time(), None);
    assert!(auth.clone().api_key().await.is_err());
    assert_eq!(auth.server_time(), Some(at(NOW)));
    for date in ["yesterday", "Fri, 14 Nov 1969 22:13:20 GMT"] {
        let server = answering(answer(date)).await;
        let auth = super::auth(&server.uri());
        assert!(auth.api_key().await.is_err());
        assert_eq!(auth.server_time(), None, "{date}");
    }
}
