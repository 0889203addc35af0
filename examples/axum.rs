//! A back end that answers `POST /v1/users/sessions` as Quiltt's API does, but mints the sessions itself.
//!
//! Run it with `SIGNING_SECRET_FILE=secret API_SECRET=… cargo run --example axum`; on SIGHUP it reads the file again, so
//! that the secret can be rotated. Attributes of the user are taken but not kept: that is for your own user table.

use std::{env, error::Error, fmt::Display, sync::Arc};

use axum::extract::{Json, State, rejection::JsonRejection};
use axum::http::{HeaderMap, StatusCode};
use axum::{Router, routing::post};
use quiltt_session::{ProfileId, Session, SessionSigner, SigningSecret};
use ring::digest::{SHA256, digest};
use serde_json::{Map, Value, json};
use tokio::{net::TcpListener, signal::unix, sync::watch};

type Signer = watch::Receiver<Arc<SessionSigner>>;
type Failure = (StatusCode, Json<Value>);

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let signer = signer_rotated_on_hangup(env::var("SIGNING_SECRET_FILE")?)?;
    let listener = TcpListener::bind("127.0.0.1:3000").await?;
    Ok(axum::serve(listener, router(signer, &env::var("API_SECRET")?)).await?)
}

pub(crate) fn signer_rotated_on_hangup(path: String) -> Result<Signer, Box<dyn Error>> {
    let read = move || Ok::<_, Box<dyn Error>>(SessionSigner::builder(SigningSecret::from_file(&path)?).build()?);
    let (sender, receiver) = watch::channel(Arc::new(read()?));
    let mut hangups = unix::signal(unix::SignalKind::hangup())?;
    tokio::spawn(async move {
        while hangups.recv().await.is_some() {
            match read() {
                Ok(signer) => drop(sender.send_replace(Arc::new(signer))),
                Err(error) => eprintln!("kept the secret as it was: {error}"),
            }
        }
    });
    Ok(receiver)
}

pub(crate) fn router(signer: Signer, api_secret: &str) -> Router {
    // How long it takes to compare digests tells nothing about the secret.
    let expected = digest(&SHA256, format!("Bearer {api_secret}").as_bytes());
    let create = async move |State(signer): State<Signer>, headers: HeaderMap, body: Result<Json<_>, JsonRejection>| {
        let given = headers.get("authorization").map_or(&b""[..], |value| value.as_bytes());
        if digest(&SHA256, given).as_ref() != expected.as_ref() {
            let error = json!({ "message": "unauthorized", "instruction": "send `Authorization: Bearer API_SECRET`" });
            return Err((StatusCode::UNAUTHORIZED, Json(error)));
        }
        let Json(body) = body.map_err(|error| invalid("body", error.body_text()))?;
        let signer = Arc::clone(&signer.borrow());
        let session = signer.mint(profile(&body)?).map_err(broken)?;
        Ok::<(StatusCode, Json<Session>), Failure>((StatusCode::CREATED, Json(session)))
    };
    Router::new().route("/v1/users/sessions", post(create)).with_state(signer)
}

fn profile(body: &Map<String, Value>) -> Result<ProfileId, Failure> {
    let known = ["userId", "uuid", "email", "phone", "name", "names", "dateOfBirth", "address", "metadata"];
    if let Some(name) = body.keys().find(|name| !known.contains(&name.as_str())) {
        return Err(invalid(name, "is unknown"));
    }
    let text = |name| body.get(name).map(|value| value.as_str().unwrap_or_default());
    match (text("userId"), text("uuid")) {
        (None, None) => ProfileId::random().map_err(broken),
        (Some(id), None) => id.parse().map_err(|error| invalid("userId", error)),
        (None, Some(id)) => id.parse().map(ProfileId::from_uuid).map_err(|error| invalid("uuid", error)),
        (Some(_), Some(_)) => Err(invalid("uuid", "is for a new user, who has no userId")),
    }
}

fn invalid(field: &str, problem: impl Display) -> Failure {
    (StatusCode::UNPROCESSABLE_ENTITY, Json(json!({ field: [problem.to_string()] })))
}

fn broken(error: impl Display) -> Failure {
    (StatusCode::INTERNAL_SERVER_ERROR, Json(json!({ "message": error.to_string(), "instruction": "try again" })))
}
