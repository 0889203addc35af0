//! A back end whose users log in, get a Quiltt session, and present it to the back end's own routes as well.
//!
//! ```sh
//! DEMO_PASSWORD=sesame cargo run --features axum,reload --example axum SECRET_FILE [OTHER_FILE…]
//! curl localhost:3000/login --json '{"user":"52909e05-e1cb-4e45-b273-2b7b5d1f9bff","password":"sesame"}'
//! curl localhost:3000/me --oauth2-bearer TOKEN
//! curl localhost:3000/sign-out --oauth2-bearer TOKEN -X POST
//! ```

use std::{
    collections::HashMap,
    env,
    error::Error,
    fmt::Display,
    iter,
    process::ExitCode,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::extract::{FromRef, FromRequestParts, Json, State};
use axum::http::{StatusCode, request::Parts};
use axum::{
    Router,
    routing::{get, post},
};
use quiltt_session::{
    ConfigError, ProfileId, ReloadError, Reloading, Session, SessionId, SessionRejection, SessionSigner,
    SessionVerifier, UnixTime, VerifiedSession,
};
use ring::digest::{Digest, SHA256, digest};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use uuid::Uuid;

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {}", in_words(&*error));
            ExitCode::FAILURE
        }
    }
}

/// An error with its causes.
fn in_words(error: &dyn Error) -> String {
    let causes = iter::successors(error.source(), |&cause| cause.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}

async fn run() -> Result<(), Box<dyn Error>> {
    let keys = keys(env::args().skip(1).collect(), Duration::from_secs(10))?;
    let password = env::var("DEMO_PASSWORD").ok();
    let password = password.ok_or("expected a password in the environment variable DEMO_PASSWORD, found none")?;
    let listener = TcpListener::bind("127.0.0.1:3000").await?;
    Ok(axum::serve(listener, router(keys, Users::with_password(&password))).await?)
}

// The secret in SECRET_FILE signs, those in the others are accepted too. Each step of a rotation (docs/guide.md, 6)
// writes one of the files, and needs no restart.

pub(crate) struct Keys {
    signer: SessionSigner,
    verifier: Arc<SessionVerifier>,
}

pub(crate) fn keys(files: Vec<String>, every: Duration) -> Result<Reloading<Keys>, ReloadError> {
    Reloading::builder(files).every(every).build(|active, accepted| {
        let signer = SessionSigner::builder(active).build()?;
        let verifier = accepted.iter().fold(signer.verifier(), |all, secret| all.also_accept(secret));
        Ok::<_, ConfigError>(Keys { signer, verifier: Arc::new(verifier.build()?) })
    })
}

// The routes.

/// A profile has one session in this time, however often its user logs in.
const WINDOW: Duration = Duration::from_secs(7200);

#[derive(Clone)]
struct App {
    keys: Arc<Reloading<Keys>>,
    users: Arc<Users>,
}

impl FromRef<App> for Arc<SessionVerifier> {
    fn from_ref(app: &App) -> Self {
        Arc::clone(&app.keys.current().verifier)
    }
}

pub(crate) fn router(keys: Reloading<Keys>, users: Users) -> Router {
    let app = App { keys: Arc::new(keys), users: Arc::new(users) };
    let router = Router::new().route("/login", post(login)).route("/me", get(me)).route("/sign-out", post(sign_out));
    router.with_state(app)
}

async fn login(State(app): State<App>, Json(login): Json<Login>) -> Result<Session, StatusCode> {
    let profile = app.users.check(&login).ok_or(StatusCode::FORBIDDEN)?;
    let keys = app.keys.current();
    if let Some(error) = app.keys.last_error() {
        eprintln!("kept the secret as it was: {}", in_words(&*error));
    }
    let sessions = keys.signer.stable(WINDOW).map_err(broken)?;
    // The first session of this window that nobody has signed out of.
    let mut generations = (0..).map(|generation| sessions.generation(generation).mint(profile));
    let is_over = |session: &Session| app.users.has_ended(session.id());
    let session = generations.find(|session| !session.as_ref().is_ok_and(is_over));
    session.ok_or(StatusCode::INTERNAL_SERVER_ERROR)?.map_err(broken)
}

async fn me(SignedIn(session): SignedIn) -> Json<Value> {
    Json(json!({ "user": session.user_id().uuid(), "until": session.expires_at() }))
}

async fn sign_out(State(app): State<App>, SignedIn(session): SignedIn) -> Result<StatusCode, StatusCode> {
    app.users.end(&session, UnixTime::now().map_err(broken)?);
    Ok(StatusCode::NO_CONTENT)
}

fn broken(error: impl Display) -> StatusCode {
    eprintln!("error: {error}");
    StatusCode::INTERNAL_SERVER_ERROR
}

/// A session that nobody has signed out of: what protected routes take.
struct SignedIn(VerifiedSession);

impl FromRequestParts<App> for SignedIn {
    type Rejection = SessionRejection;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, SessionRejection> {
        let session = VerifiedSession::from_request_parts(parts, app).await?;
        if app.users.has_ended(session.id()) { Err(SessionRejection::Revoked) } else { Ok(Self(session)) }
    }
}

// The users: a database of yours, where each has a password.

#[derive(Deserialize)]
struct Login {
    user: Uuid,
    password: String,
}

pub(crate) struct Users {
    password: Digest,
    /// The sessions that users have signed out of, until they expire.
    ended: Mutex<HashMap<SessionId, UnixTime>>,
}

impl Users {
    pub(crate) fn with_password(password: &str) -> Self {
        Self { password: digest(&SHA256, password.as_bytes()), ended: Mutex::default() }
    }

    fn check(&self, login: &Login) -> Option<ProfileId> {
        // How long it takes to compare digests tells nothing about the password.
        let is_right = digest(&SHA256, login.password.as_bytes()).as_ref() == self.password.as_ref();
        is_right.then(|| ProfileId::from_uuid(login.user))
    }

    fn end(&self, session: &VerifiedSession, now: UnixTime) {
        let mut ended = self.ended.lock().unwrap();
        ended.retain(|_, expires_at| *expires_at > now);
        ended.insert(session.id(), session.expires_at());
    }

    fn has_ended(&self, id: SessionId) -> bool {
        self.ended.lock().unwrap().contains_key(&id)
    }
}
