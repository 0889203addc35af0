//! Each call sends what Quiltt documents, and reads what Quiltt answers.

use quiltt_session::{Address, Metadata, NewSession, Revocation};
use serde_json::{Value, json};
use wiremock::{MockServer, Request, ResponseTemplate};

use super::{API_SECRET, ENVIRONMENT, USER, USER_UUID, answering, auth, body, session, user};

/// The one request that the server had.
async fn request(server: &MockServer) -> Request {
    let mut requests = server.received_requests().await.unwrap();
    assert_eq!(requests.len(), 1);
    requests.remove(0)
}

fn header<'r>(request: &'r Request, name: &str) -> Option<&'r str> {
    request.headers.get(name).map(|value| value.to_str().unwrap())
}

/// Creates the session and returns the body that was sent for it.
async fn created(new: NewSession) -> Value {
    let server = answering(ResponseTemplate::new(201).set_body_json(body())).await;
    let answer = auth(&server.uri()).create_session(new).await.unwrap();
    assert_eq!(answer.disagreements(), []);
    let created = answer.into_session().unwrap();
    assert_eq!(serde_json::to_value(&created).unwrap(), serde_json::to_value(session()).unwrap());

    let request = assert_asked(&server, "POST", "/v1/users/sessions", API_SECRET).await;
    assert_eq!(header(&request, "content-type"), Some("application/json"));
    assert_eq!(header(&request, "accept"), Some("application/json"));
    assert_eq!(header(&request, "user-agent"), Some(concat!("quiltt-session/", env!("CARGO_PKG_VERSION"))));
    request.body_json().unwrap()
}

#[tokio::test]
async fn a_new_user_with_all_attributes() {
    let address = Address {
        line1: "1 Main Street".into(),
        line2: Some("Flat 2".into()),
        city: "Springfield".into(),
        state: "IL".into(),
        postal_code: "62701".into(),
        country_code: "US".into(),
    };
    let new = NewSession::for_new_user()
        .email("ada@example.com")
        .phone("+14155550100".parse().unwrap())
        .name("Ada Lovelace")
        .names("Ada", "Lovelace")
        .date_of_birth("1990-12-31".parse().unwrap())
        .address(address)
        .metadata(Metadata::new([("crmId", json!("42")), ("tags", json!(["a", 1]))]).unwrap());
    assert_eq!(
        created(new).await,
        json!({
            "email": "ada@example.com",
            "phone": "+14155550100",
            "name": "Ada Lovelace",
            "names": { "first": "Ada", "last": "Lovelace" },
            "dateOfBirth": "1990-12-31",
            "address": {
                "line1": "1 Main Street",
                "line2": "Flat 2",
                "city": "Springfield",
                "state": "IL",
                "postalCode": "62701",
                "countryCode": "US",
            },
            "metadata": { "crmId": "42", "tags": ["a", 1] },
        })
    );
}

#[tokio::test]
async fn a_session_is_created_for_a_new_user_one_with_an_id_of_ones_own_and_an_existing_one() {
    let updated = NewSession::for_user(user()).email("old@example.com").email("ada@example.com");
    for (new, sent) in [
        (NewSession::for_new_user(), json!({})),
        (NewSession::for_new_user_with_id(user()), json!({ "uuid": USER_UUID })),
        (NewSession::for_user(user()), json!({ "userId": USER })),
        (updated, json!({ "userId": USER, "email": "ada@example.com" })),
    ] {
        assert_eq!(created(new).await, sent);
    }
}

/// Asserts that the one request is this one, and returns it.
async fn assert_asked(server: &MockServer, method: &str, path: &str, credential: &str) -> Request {
    let request = request(server).await;
    assert_eq!((request.method.as_str(), request.url.path()), (method, path));
    assert_eq!(header(&request, "authorization"), Some(format!("Bearer {credential}").as_str()));
    request
}

#[tokio::test]
async fn checking_introspecting_and_revoking_send_the_token_and_no_body() {
    let (session, answer) = (session(), ResponseTemplate::new(200).set_body_json(body()));
    let server = answering(answer.clone()).await;
    let checked = auth(&server.uri()).check(session.token()).await.unwrap().into_session().unwrap();
    assert_eq!(serde_json::to_value(&checked).unwrap(), serde_json::to_value(&session).unwrap());
    let request = assert_asked(&server, "GET", "/v1/users/session", session.token()).await;
    assert_eq!((header(&request, "content-length"), header(&request, "content-type")), (None, None));
    assert_eq!(request.body, b"");

    let server = answering(answer).await;
    let known = auth(&server.uri()).introspect(session.token()).await.unwrap().into_session().unwrap();
    assert_eq!(known.user_id(), user());
    let request = assert_asked(&server, "POST", "/v1/introspect/session_token", session.token()).await;
    assert_eq!(header(&request, "content-length"), Some("0"));

    let server = answering(ResponseTemplate::new(204)).await;
    assert_eq!(auth(&server.uri()).revoke(session.token()).await.unwrap(), Revocation::Revoked);
    assert_asked(&server, "DELETE", "/v1/users/session", session.token()).await;
}

#[tokio::test]
async fn the_api_key_tells_what_a_signer_needs() {
    let answer = json!({
        "id": "api_11gKT7OFCTrIx1YA3M0zfS5",
        "name": "Back end",
        "apiVersion": 6,
        "metadata": { "team": "payments" },
        "environment": { "id": ENVIRONMENT, "mode": "SANDBOX", "name": "Demo", "metadata": {} },
    });
    let server = answering(ResponseTemplate::new(200).set_body_json(answer)).await;
    let key = auth(&server.uri()).api_key().await.unwrap();
    assert_eq!(key.id().to_string(), "api_11gKT7OFCTrIx1YA3M0zfS5");
    assert_eq!((key.name(), key.api_version()), (Some("Back end"), Some("6")));
    assert_eq!(key.metadata().unwrap()["team"], "payments");
    assert_eq!(key.environment().id().to_string(), ENVIRONMENT);
    assert_eq!((key.environment().mode(), key.environment().name()), (Some("SANDBOX"), Some("Demo")));
    assert_eq!(key.environment().metadata().map(|metadata| metadata.len()), Some(0));

    assert_asked(&server, "POST", "/v1/introspect/api_key", API_SECRET).await;
}
