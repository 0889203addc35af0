//! Each status that Quiltt documents is an error of its own, with all that came along.

use std::time::Duration;

use quiltt_session::{NewSession, RemoteError, Revocation};
use serde_json::{Value, json};
use wiremock::ResponseTemplate;

use super::{answering, auth, errors, session};

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
            | (500, RemoteError::Server { status: 500, refusal, .. })
            | (503, RemoteError::Server { status: 503, refusal, .. }) => refusal,
            (429, RemoteError::RateLimited(limit)) => limit.refusal(),
            _ => panic!("{error:?}"),
        };
        assert_eq!(found.message(), Some("Unauthenticated"));
        assert_eq!(found.instruction(), Some("Check your API key"));
        assert_eq!(found.error_id(), Some("err_123"));
    }
}

#[tokio::test]
async fn validation_names_the_fields() {
    let answer = json!({ "phone": ["is invalid", "is too short"], "email": ["has already been taken"] });
    let error = create(ResponseTemplate::new(422).set_body_json(answer)).await;
    assert_eq!(
        error.to_string(),
        "expected a request that Quiltt takes, found it refused (422): \
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
async fn a_rate_limit_says_when_to_try_again() {
    let answer = ResponseTemplate::new(429)
        .insert_header("Ratelimit-Limit", "10")
        .insert_header("Ratelimit-Remaining", "0")
        .insert_header("Ratelimit-Reset", "3600")
        .set_body_string("slow down");
    let error = create(answer.clone()).await;
    assert_eq!(error.to_string(), "expected fewer calls, found too many (429)");
    let RemoteError::RateLimited(limit) = error else { panic!("{error:?}") };
    assert_eq!((limit.limit(), limit.remaining()), (Some(10), Some(0)));
    assert_eq!(limit.retry_after(), None, "Quiltt does not say what Ratelimit-Reset means");

    let error = create(answer.insert_header("Retry-After", "30")).await;
    assert_eq!(error.to_string(), "expected fewer calls, found too many (429): try again in 30 s");
    let RemoteError::RateLimited(limit) = error else { panic!("{error:?}") };
    assert_eq!(limit.retry_after(), Some(Duration::from_secs(30)));

    let error = create(ResponseTemplate::new(429)).await;
    let RemoteError::RateLimited(limit) = error else { panic!("{error:?}") };
    assert_eq!((limit.retry_after(), limit.limit(), limit.remaining()), (None, None, None));
}

/// A content delivery network's page, a captive portal's, a firewall's line.
#[tokio::test]
async fn what_stands_before_quiltt_judges_no_credential() {
    for (body, kind) in
        [("<html>Access denied</html>", "text/html"), ("error code: 1020", "text/plain"), ("[]", "application/json")]
    {
        for status in [401, 403, 409] {
            let server = answering(ResponseTemplate::new(status).set_body_raw(body, kind)).await;
            let auth = auth(&server.uri());
            let revoking = auth.revoke(session().token()).await.unwrap_err();
            for error in errors(&auth).await.into_iter().chain([revoking]) {
                assert!(matches!(error, RemoteError::NotQuiltt { status: found } if found == status), "{error:?}");
                assert!(error.to_string().contains(&format!("({status}) of something before it")), "{error}");
            }
        }
    }
}

#[tokio::test]
async fn a_session_is_revoked_only_if_the_answer_says_so() {
    let outcome = async |answer: ResponseTemplate| {
        let server = answering(answer).await;
        auth(&server.uri()).revoke(session().token()).await
    };
    let ok = || ResponseTemplate::new(200);
    for answer in [ResponseTemplate::new(204), ok(), ok().set_body_json(json!({})), ok().set_body_json(super::body())] {
        assert_eq!(outcome(answer).await.unwrap(), Revocation::Revoked);
    }
    for answer in [
        json!({ "error": "maintenance" }),
        json!({ "errors": ["maintenance"] }),
        json!({ "error_description": "maintenance" }),
        json!({ "message": "maintenance", "instruction": "Try later" }),
        json!({ "success": false }),
    ] {
        let error = outcome(ok().set_body_json(&answer)).await.unwrap_err();
        assert!(matches!(error, RemoteError::UnexpectedStatus { status: 200, .. }), "{error:?} for {answer}");
    }
    for answer in
        [ok().set_body_raw("<html>Welcome to the hotel</html>", "text/html"), ok().set_body_json(json!(["ok"]))]
    {
        let error = outcome(answer).await.unwrap_err();
        assert!(matches!(error, RemoteError::Body(_)), "{error:?}");
    }
    for status in [201, 202, 206] {
        let error = outcome(ResponseTemplate::new(status)).await.unwrap_err();
        assert!(matches!(error, RemoteError::UnexpectedStatus { status: found, .. } if found == status), "{error:?}");
    }
}

#[tokio::test]
async fn a_token_is_said_not_to_be_active_only_in_quiltts_own_words() {
    for answer in [
        ResponseTemplate::new(401),
        ResponseTemplate::new(401).set_body_json(json!({})),
        ResponseTemplate::new(401).set_body_json(json!({ "error": "proxy login required" })),
    ] {
        let server = answering(answer).await;
        let error = auth(&server.uri()).revoke(session().token()).await.unwrap_err();
        assert!(matches!(error, RemoteError::NotAuthenticated(_)), "{error:?}");
    }
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
    let auth = auth(&server.uri());
    for error in errors(&auth).await {
        assert!(matches!(error, RemoteError::NotAuthenticated(_)), "{error:?}");
    }
    let Revocation::NotActive(refusal) = auth.revoke(session().token()).await.unwrap() else {
        panic!("it was revoked")
    };
    assert_eq!((refusal.message(), refusal.error_id()), (Some("Unauthenticated"), Some("err_123")));
    assert_eq!(super::requests(&server).await, 5);
}

#[tokio::test]
async fn what_cannot_be_a_token_is_not_sent() {
    let server = answering(ResponseTemplate::new(204)).await;
    let auth = auth(&server.uri());
    let long = "a".repeat(8193);
    for text in ["", " ", "a b", "a\r\nx-evil: 1", "a\n", "tök", &long] {
        let error = auth.revoke(text).await.unwrap_err();
        assert!(matches!(error, RemoteError::InvalidToken { max: 8192 }), "{error:?}");
    }
    assert_eq!(super::requests(&server).await, 0);
}
