//! Each status that Quiltt documents is an error of its own, with all that came along.

use std::time::Duration;

use quiltt_session::{NewSession, RemoteError, Revocation, UnixTime};
use serde_json::{Value, json};
use wiremock::ResponseTemplate;

use super::{answering, auth, builder, session, user};

async fn create(answer: ResponseTemplate) -> RemoteError {
    let server = answering(answer).await;
    auth(&server.uri()).create_session(NewSession::for_new_user()).await.unwrap_err()
}

fn refusal() -> Value {
    json!({ "message": "Unauthenticated", "instruction": "Check your API key", "errorId": "err_123" })
}

#[tokio::test]
async fn each_status_is_its_own_error_and_says_what_quiltt_said() {
    for (status, expected) in [
        (401, "expected a credential that Quiltt takes, found it refused (401)"),
        (403, "expected an API key that may do this, found it forbidden (403)"),
        (409, "expected no conflict with what Quiltt has, found one (409)"),
        (429, "expected fewer calls, found too many (429)"),
        (500, "expected Quiltt to answer, found that it failed (500)"),
        (503, "expected Quiltt to answer, found that it failed (503)"),
        (404, "expected a status that Quiltt documents, found 404"),
    ] {
        let error = create(ResponseTemplate::new(status).set_body_json(refusal())).await;
        assert_eq!(error.to_string(), format!("{expected}: Unauthenticated: Check your API key [error id err_123]"),);
        let found = match (status, &error) {
            (401, RemoteError::NotAuthenticated(refusal))
            | (403, RemoteError::Forbidden(refusal))
            | (409, RemoteError::Conflict(refusal))
            | (404, RemoteError::UnexpectedStatus { status: 404, refusal })
            | (500, RemoteError::Server { status: 500, refusal })
            | (503, RemoteError::Server { status: 503, refusal }) => refusal,
            (429, RemoteError::RateLimited(limit)) => limit.refusal(),
            _ => panic!("{error:?}"),
        };
        assert_eq!(found.message(), Some("Unauthenticated"));
        assert_eq!(found.instruction(), Some("Check your API key"));
        assert_eq!(found.error_id(), Some("err_123"));
    }
}

#[tokio::test]
async fn an_error_without_an_id_is_read_all_the_same() {
    let answer = json!({ "message": "Unauthenticated", "instruction": "Check your API key" });
    let error = create(ResponseTemplate::new(401).set_body_json(answer)).await;
    let RemoteError::NotAuthenticated(refusal) = error else { panic!("{error:?}") };
    assert_eq!((refusal.message(), refusal.error_id()), (Some("Unauthenticated"), None));
}

#[tokio::test]
async fn validation_names_the_fields() {
    let answer = json!({ "phone": ["is invalid", "is too short"], "email": ["has already been taken"] });
    let error = create(ResponseTemplate::new(422).set_body_json(answer)).await;
    assert_eq!(
        error.to_string(),
        "expected attributes that Quiltt takes, found others (422): \
         email has already been taken: phone is invalid, is too short"
    );
    let RemoteError::Validation(fields) = error else { panic!("{error:?}") };
    assert_eq!(fields.of("phone"), ["is invalid", "is too short"]);
    assert_eq!(fields.iter().map(|(field, _)| field).collect::<Vec<_>>(), ["email", "phone"]);
}

#[tokio::test]
async fn a_message_about_the_whole_request_is_no_attribute() {
    let answer = json!({ "message": "Unprocessable", "instruction": "Send JSON", "errorId": "e1" });
    let error = create(ResponseTemplate::new(422).set_body_json(answer)).await;
    let reason = "expected a request that Quiltt takes, found it refused (422): Unprocessable: Send JSON [error id e1]";
    assert_eq!(error.to_string(), reason);
    let RemoteError::Validation(fields) = error else { panic!("{error:?}") };
    assert_eq!((fields.iter().count(), fields.refusal().message()), (0, Some("Unprocessable")));
}

#[tokio::test]
async fn an_error_of_three_thousand_fields_stays_short() {
    let fields: serde_json::Map<_, _> =
        (0..3000).map(|number| (format!("f{number}"), json!(["\u{202e}bad"]))).collect();
    let error = create(ResponseTemplate::new(422).set_body_json(fields)).await;
    let text = error.to_string();
    assert!(text.len() < 300 && text.ends_with("… and 2992 more") && !text.contains('\u{202e}'), "{text}");
    let RemoteError::Validation(fields) = error else { panic!("{error:?}") };
    assert_eq!(fields.iter().count(), 3000);
}

#[tokio::test]
async fn a_rate_limit_says_when_to_try_again() {
    let answer = ResponseTemplate::new(429)
        .insert_header("Ratelimit-Limit", "10")
        .insert_header("Ratelimit-Remaining", "0")
        .insert_header("Ratelimit-Reset", "3600")
        .set_body_string("slow down");
    let error = create(answer.clone()).await;
    assert_eq!(error.to_string(), "expected fewer calls, found too many (429): try again in 3600 s");
    let RemoteError::RateLimited(limit) = error else { panic!("{error:?}") };
    assert_eq!((limit.limit(), limit.remaining()), (Some(10), Some(0)));
    assert_eq!(limit.retry_after(), Some(Duration::from_secs(3600)));

    let error = create(answer.insert_header("Retry-After", "30")).await;
    let RemoteError::RateLimited(limit) = error else { panic!("{error:?}") };
    assert_eq!(limit.retry_after(), Some(Duration::from_secs(30)));

    let error = create(ResponseTemplate::new(429)).await;
    let RemoteError::RateLimited(limit) = error else { panic!("{error:?}") };
    assert_eq!((limit.retry_after(), limit.limit(), limit.remaining()), (None, None, None));
}

#[tokio::test]
async fn a_reset_may_be_a_moment() {
    let later = UnixTime::now().unwrap().as_secs() + 600;
    let error = create(ResponseTemplate::new(429).insert_header("Ratelimit-Reset", later.to_string())).await;
    let RemoteError::RateLimited(limit) = error else { panic!("{error:?}") };
    let wait = limit.retry_after().unwrap();
    assert!(wait > Duration::from_secs(500) && wait <= Duration::from_secs(600), "{wait:?}");
}

#[tokio::test]
async fn the_status_decides_whatever_the_body_is() {
    let long = "x".repeat(10 * 1024 * 1024);
    for body in ["", "<html>Bad Gateway</html>", "{", "[1]", r#"{"message":1}"#, &long] {
        let error = create(ResponseTemplate::new(500).set_body_raw(body, "text/html")).await;
        assert_eq!(error.to_string(), "expected Quiltt to answer, found that it failed (500)");
        let error = create(ResponseTemplate::new(422).set_body_raw(body, "text/html")).await;
        assert!(matches!(error, RemoteError::Validation(_)), "{error:?}");
    }
}

#[tokio::test]
async fn every_call_says_that_it_was_not_authenticated() {
    let server = answering(ResponseTemplate::new(401).set_body_json(refusal())).await;
    let (auth, session) = (auth(&server.uri()), session());
    let token = session.token();
    for error in [
        auth.create_session(NewSession::for_user(user())).await.unwrap_err(),
        auth.check(token).await.unwrap_err(),
        auth.introspect(token).await.unwrap_err(),
        auth.api_key().await.unwrap_err(),
    ] {
        assert!(matches!(error, RemoteError::NotAuthenticated(_)), "{error:?}");
    }
    let Revocation::NotActive(refusal) = auth.revoke(token).await.unwrap() else { panic!("it was revoked") };
    assert_eq!((refusal.message(), refusal.error_id()), (Some("Unauthenticated"), Some("err_123")));
    assert_eq!(super::requests(&server).await, 5);
}

#[tokio::test]
async fn what_cannot_be_a_token_is_not_sent() {
    let server = answering(ResponseTemplate::new(204)).await;
    let auth = builder(&server.uri()).build().unwrap();
    let long = "a".repeat(8193);
    for text in ["", " ", "a b", "a\r\nx-evil: 1", "a\n", "tök", &long] {
        let error = auth.revoke(text).await.unwrap_err();
        assert!(matches!(error, RemoteError::InvalidToken { max: 8192 }), "{error:?}");
    }
    assert_eq!(super::requests(&server).await, 0);
}
