//! The network flows, against real servers on loopback.

mod answers;
mod connections;
mod flows;
mod refusals;
mod retries;
mod secrecy;
mod server;
mod tls;

use quiltt_session::{
    ApiSecret, NewSession, QuilttAuth, QuilttAuthBuilder, RemoteError, Session, SessionSignerBuilder,
};
use serde_json::{Value, json};
use wiremock::{Mock, MockServer, ResponseTemplate, matchers::any};

use crate::forge::{
    self, ENVIRONMENT, NOW, PROFILE as USER, PROFILE_UUID as USER_UUID, at, base64, id, profile as user,
};

const API_SECRET: &str = "demo-api-secret";

fn builder(url: &str) -> QuilttAuthBuilder {
    QuilttAuth::builder(ApiSecret::from_bytes(API_SECRET).unwrap()).base_url(url)
}

fn auth(url: &str) -> QuilttAuth {
    builder(url).build().unwrap()
}

fn signer() -> SessionSignerBuilder {
    forge::builder().environment(ENVIRONMENT.parse().unwrap())
}

/// A session of [`USER`] as Quiltt would issue it; always the same.
fn session() -> Session {
    signer().build().unwrap().mint_at(user(), at(NOW), id()).unwrap()
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

/// The errors of all calls but `revoke`, on a client whose calls all fail.
async fn errors(auth: &QuilttAuth) -> [RemoteError; 4] {
    let (new, session) = (NewSession::for_user(user()), session());
    [
        auth.create_session(new).await.unwrap_err(),
        auth.check(session.token()).await.unwrap_err(),
        auth.introspect(session.token()).await.unwrap_err(),
        auth.api_key().await.unwrap_err(),
    ]
}

async fn requests(server: &MockServer) -> usize {
    server.received_requests().await.unwrap().len()
}
