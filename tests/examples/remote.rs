//! `cargo run --features remote --example remote` does what it says.

use std::process::Output;

use quiltt_session::{SessionSigner, SigningSecret};
use serde_json::json;
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{body_json, header, method, path},
};

use super::{PROFILE as USER, SECRET, example};

async fn run(server: &MockServer, arguments: &[&str], environment: &[(&'static str, &str)]) -> Output {
    let mut command = example("remote");
    command.args(arguments).env_remove("QUILTT_API_SECRET").env_remove("QUILTT_SIGNING_SECRET");
    command.env("QUILTT_AUTH_URL", server.uri()).envs(environment.iter().copied());
    tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap()
}

/// A Quiltt that takes only the token that it issues itself, and tells how often it has to issue it.
async fn quiltt(created: u64) -> (MockServer, String) {
    let signer = SessionSigner::builder(SigningSecret::from_bytes(SECRET).unwrap()).build().unwrap();
    let session = signer.mint(USER.parse().unwrap()).unwrap();
    let body = json!({ "token": session.token(), "userId": USER, "expiration": session.expires_at() });
    let key = json!({ "id": "api_10", "environment": { "id": "env_10" } });
    let bearer = format!("Bearer {}", session.token());
    let server = MockServer::start().await;
    let mocks = [
        Mock::given(method("POST"))
            .and(path("/v1/users/sessions"))
            .and(header("authorization", "Bearer demo-api-secret"))
            .and(body_json(json!({ "userId": USER })))
            .respond_with(ResponseTemplate::new(201).set_body_json(&body))
            .expect(created),
        Mock::given(method("POST"))
            .and(path("/v1/introspect/api_key"))
            .respond_with(ResponseTemplate::new(200).set_body_json(key)),
        Mock::given(method("GET"))
            .and(header("authorization", &bearer))
            .respond_with(ResponseTemplate::new(200).set_body_json(&body)),
        Mock::given(method("GET")).respond_with(ResponseTemplate::new(401)),
        Mock::given(method("DELETE"))
            .and(header("authorization", &bearer))
            .respond_with(ResponseTemplate::new(204))
            .expect(created),
    ];
    for mock in mocks {
        server.register(mock).await;
    }
    (server, session.id().to_string())
}

#[tokio::test(flavor = "multi_thread")]
async fn it_creates_checks_and_revokes() {
    let (server, id) = quiltt(1).await;
    let output = run(&server, &[USER], &[("QUILTT_API_SECRET", "demo-api-secret")]).await;
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{output:?}");
    assert!(text.starts_with(&format!("session {id} for {USER}\ngood until ")), "{text}");
    assert!(text.ends_with("revoked\n"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn it_falls_back_to_the_network_if_a_signed_session_is_refused() {
    let (server, id) = quiltt(1).await;
    let secrets = [("QUILTT_API_SECRET", "demo-api-secret"), ("QUILTT_SIGNING_SECRET", SECRET)];
    let output = run(&server, &[USER], &secrets).await;
    assert!(output.status.success(), "{output:?}");
    assert!(String::from_utf8_lossy(&output.stdout).starts_with(&format!("session {id} for {USER}\n")));
}

#[tokio::test(flavor = "multi_thread")]
async fn it_says_which_secret_is_missing() {
    let (server, _) = quiltt(0).await;
    let output = run(&server, &[], &[]).await;
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(
        String::from_utf8_lossy(&output.stderr),
        "error: expected a secret in the environment variable QUILTT_API_SECRET, found it unset\n"
    );
}
