//! The network flows, against real servers on loopback.
#![cfg(feature = "remote")]

mod answers;
mod connections;
mod flows;
mod refusals;
mod retries;
mod secrecy;
mod server;
mod tls;

use quiltt_session::{
    ApiSecret, ProfileId, QuilttAuth, QuilttAuthBuilder, Session, SessionSigner, SessionSignerBuilder, SigningSecret,
    UnixTime,
};
use serde_json::{Value, json};
use wiremock::{Mock, MockServer, ResponseTemplate, matchers::any};

const API_SECRET: &str = "demo-api-secret";
const USER: &str = "p_12VnSaRRxyP12Sl9rLZg8n1";
const USER_UUID: &str = "52909e05-e1cb-4e45-b273-2b7b5d1f9bff";
const ENVIRONMENT: &str = "env_1Bx4omNvZgKao2OqGshImD";

fn builder(url: &str) -> QuilttAuthBuilder {
    QuilttAuth::builder(ApiSecret::from_bytes(API_SECRET).unwrap()).base_url(url)
}

fn auth(url: &str) -> QuilttAuth {
    builder(url).build().unwrap()
}

fn user() -> ProfileId {
    USER.parse().unwrap()
}

fn signer() -> SessionSignerBuilder {
    let secret = SigningSecret::from_bytes("quiltt-session-demo-secret--never-use-in-production-0123456789ab");
    SessionSigner::builder(secret.unwrap()).environment(ENVIRONMENT.parse().unwrap())
}

/// A session of [`USER`] as Quiltt would issue it; always the same.
fn session() -> Session {
    let id = "4551ca49-c002-4d9b-92ec-465018e28fdc".parse().unwrap();
    signer().build().unwrap().mint_at(user(), UnixTime::from_secs(1_700_000_000).unwrap(), id).unwrap()
}

/// Today's form of the session's JSON.
fn body() -> Value {
    json!({
        "token": session().token(),
        "userId": USER,
        "userUuid": USER_UUID,
        "environmentId": ENVIRONMENT,
        "expiration": 1_700_086_400,
        "expiresAt": "2023-11-15T22:13:20Z",
    })
}

/// A server that answers everything the same.
async fn answering(answer: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(answer).mount(&server).await;
    server
}

async fn requests(server: &MockServer) -> usize {
    server.received_requests().await.unwrap().len()
}
