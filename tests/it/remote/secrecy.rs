//! No error, `Debug` or cause shows a secret, a token or a user's data, whatever a server says.

use std::{fmt::Debug, time::Duration};

use quiltt_session::{Address, ApiSecret, BirthDate, Metadata, NewSession, PhoneNumber, QuilttAuth};
use serde_json::json;
use wiremock::{Mock, MockServer, Request, ResponseTemplate, matchers::any};

use super::{
    base64, errors,
    server::{self, Act},
    session, user,
};
use crate::secrecy::texts;

const CANARY: &str = "canary-api-secret-7f3a";

fn client(url: &str) -> QuilttAuth {
    impatient_client(url, Duration::from_secs(60))
}

fn impatient_client(url: &str, time_out: Duration) -> QuilttAuth {
    let secret = ApiSecret::from_bytes(CANARY).unwrap();
    QuilttAuth::builder(secret).base_url(url).timeout(time_out).retries(0).build().unwrap()
}

#[track_caller]
fn assert_quiet(text: &str) {
    let token = session().into_token();
    let bytes = |secret: &str| format!("{:?}", secret.as_bytes()).trim_matches(['[', ']']).to_owned();
    for secret in [CANARY, &token].into_iter().chain(token.split('.')) {
        let presented = encoded(&format!("Bearer {secret}"));
        for form in [secret.to_owned(), bytes(secret)].into_iter().chain(encoded(secret)).chain(presented) {
            assert!(!text.contains(&form), "{text}");
        }
    }
}

/// A text as hexadecimal, base64url and percent-encoding.
fn encoded(text: &str) -> [String; 3] {
    let each = |escape: &str| text.bytes().map(|byte| format!("{escape}{byte:02x}")).collect();
    [each(""), base64(text), each("%")]
}

/// Every call fails against this server, and no error shows a thing.
async fn assert_errors_are_quiet(url: &str) {
    let auth = client(url);
    for error in errors(&auth).await {
        assert_quiet(&texts(&error));
    }
    // Here a 401 is no error, but it shows as much.
    let revoked = auth.revoke(session().token()).await;
    assert_quiet(&revoked.map_or_else(|error| texts(&error), |revocation| format!("{revocation:#?}")));
}

/// A server that repeats the credential and the body that a client sent.
async fn echo(status: u16) -> MockServer {
    let server = MockServer::start().await;
    let answer = move |request: &Request| {
        let sent = request.headers["authorization"].to_str().unwrap().to_owned();
        let body = json!({
            "message": format!("bad header {sent}"),
            "instruction": format!("do not send '{sent}'\r\nset-cookie: {}", session().token()),
            "errorId": encoded(&sent).join(" "),
            "token": { &sent: &sent },
            &sent: [&sent],
        });
        ResponseTemplate::new(status)
            .insert_header("location", format!("https://example.com/?{}", sent.replace(' ', "+")))
            .insert_header("x-echo", sent)
            .set_body_json(body)
    };
    Mock::given(any()).respond_with(answer).mount(&server).await;
    server
}

#[tokio::test]
async fn no_error_shows_what_a_server_says_back() {
    for status in [302, 400, 401, 403, 404, 409, 422, 429, 500, 503] {
        assert_errors_are_quiet(&echo(status).await.uri()).await;
    }
    let server = echo(401).await;
    let error = client(&server.uri()).api_key().await.unwrap_err();
    assert!(error.to_string().contains("bad header Bearer [redacted]"), "{error}");
    assert!(!error.to_string().contains(['\r', '\n']), "{error:?}");
}

#[tokio::test]
async fn no_error_shows_a_token_that_does_not_fit_its_answer() {
    let token = session().into_token();
    for answer in [
        json!({ "token": token, "userId": token, "expiration": 1 }),
        json!({ "token": token, "userId": user(), "expiration": token }),
        json!({ "token": [token], "userId": user(), "expiration": 1 }),
        json!({ "token": token, "userId": user(), "expiration": 1, "environmentId": token }),
        json!([token]),
    ] {
        let server = super::answering(ResponseTemplate::new(200).set_body_json(answer)).await;
        let error = client(&server.uri()).create_session(NewSession::for_new_user()).await.unwrap_err();
        assert_quiet(&texts(&error));
    }
}

#[tokio::test]
async fn no_error_of_a_connection_shows_what_was_sent() {
    assert_errors_are_quiet("http://127.0.0.1:1").await;
    let token = session().into_token();
    let (url, _) = server::start([Act::Write(String::new())]).await;
    let error = impatient_client(&url, Duration::from_millis(200)).check(&token).await.unwrap_err();
    assert_quiet(&texts(&error));
    for act in [
        Act::WriteAndClose(String::new()),
        Act::WriteAndClose(format!("Bearer {CANARY} {token}\r\n\r\n")),
        Act::WriteAndClose(format!("HTTP/1.1 200 {CANARY}\r\n{token}\r\n\r\n")),
        Act::WriteAndClose(format!("HTTP/1.1 200 OK\r\ncontent-length: {token}{CANARY}\r\n\r\n")),
        Act::WriteAndClose(format!("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n{token}{CANARY}\r\n")),
    ] {
        let (url, _) = server::start([act]).await;
        let (auth, session) = (client(&url), session());
        for error in [auth.check(session.token()).await.unwrap_err(), auth.api_key().await.unwrap_err()] {
            assert_quiet(&texts(&error));
        }
    }
    for text in [format!("{token} "), format!("{CANARY}\n")] {
        assert_quiet(&texts(&client("http://127.0.0.1:1").check(&text).await.unwrap_err()));
    }
}

#[tokio::test]
async fn no_error_shows_the_url_that_was_called() {
    let (broken, _) = server::start([Act::WriteAndClose(String::new())]).await;
    for url in [&broken, "http://127.0.0.1:1"] {
        let text = texts(&client(&format!("{url}/private")).api_key().await.unwrap_err());
        assert!(!text.contains("private") && !text.contains("/v1/"), "{text}");
    }
}

#[tokio::test]
async fn no_debug_shows_a_secret_or_a_token() {
    let answer = json!({ "token": session().token(), "userId": user(), "expiration": 1_700_086_400 });
    let server = super::answering(ResponseTemplate::new(200).set_body_json(answer)).await;
    let auth = client(&server.uri());
    let builder = QuilttAuth::builder(ApiSecret::from_bytes(CANARY).unwrap());
    let created = auth.create_session(NewSession::for_new_user()).await.unwrap();
    for shown in [&auth as &dyn Debug, &builder, &ApiSecret::from_bytes(CANARY).unwrap(), &created] {
        assert_quiet(&format!("{shown:?} {shown:#?}"));
    }
    for bad in [format!("{CANARY}\n"), format!("'{CANARY}'"), format!("a {CANARY}"), CANARY.repeat(500)] {
        let error = ApiSecret::from_bytes(&bad).unwrap_err();
        assert_quiet(&format!("{error} {error:?}"));
    }
    let error = QuilttAuth::builder(ApiSecret::from_bytes(CANARY).unwrap())
        .base_url(format!("https://user:{CANARY}@auth.quiltt.io"))
        .build()
        .unwrap_err();
    assert_quiet(&format!("{error} {error:?}"));
}

#[test]
fn no_debug_shows_a_users_data() {
    let address = Address {
        line1: "secret street".into(),
        line2: None,
        city: "secret city".into(),
        state: "secret state".into(),
        postal_code: "secret code".into(),
        country_code: "secret country".into(),
    };
    let phone: PhoneNumber = "+14155550100".parse().unwrap();
    let date: BirthDate = "1990-12-31".parse().unwrap();
    let metadata = Metadata::new([("secret key", "secret value")]).unwrap();
    let new = NewSession::for_new_user()
        .email("secret@example.com")
        .name("secret name")
        .names("secret first", "secret last")
        .phone(phone.clone())
        .date_of_birth(date)
        .address(address.clone())
        .metadata(metadata.clone());
    let shown: [(&dyn Debug, &str); 6] = [
        (&new, "NewSession { user_id: None, .. }"),
        (&address, "Address(..)"),
        (&phone, "PhoneNumber(..)"),
        (&date, "BirthDate(..)"),
        (&metadata, "Metadata(1 keys)"),
        (&ApiSecret::from_bytes(CANARY).unwrap(), "ApiSecret(22 bytes)"),
    ];
    for (shown, expected) in shown {
        assert_eq!(format!("{shown:?}"), expected);
        let text = format!("{shown:#?}");
        for part in ["secret", "4155550100", "1990"] {
            assert!(!text.contains(part), "{text}");
        }
    }
    for error in [
        "+1650253000x".parse::<PhoneNumber>().unwrap_err(),
        "1990-02-31".parse::<BirthDate>().unwrap_err(),
        Metadata::new([("secret key", 1), ("secret key", 2)]).unwrap_err(),
    ] {
        let text = format!("{error} {error:?}");
        assert!(!text.contains("secret") && !text.contains("650253000") && !text.contains("1990-02"), "{text}");
    }
}
