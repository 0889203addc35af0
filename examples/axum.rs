//! A back end whose users log in, get a Quiltt session, and present it to the back end's own routes as well.
//!
//! ```sh
//! export DEMO_USER=52909e05-e1cb-4e45-b273-2b7b5d1f9bff DEMO_PASSWORD=sesame
//! export DEMO_ENVIRONMENT=env_1Bx4omNvZgKao2OqGshImD
//! cargo run --features axum,reload --example axum SECRET_FILE [OTHER_FILE…]
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

use axum::extract::{FromRef, FromRequest, FromRequestParts, Json, Request, State};
use axum::http::{StatusCode, request::Parts};
use axum::{
    Router,
    routing::{get, post},
};
use quiltt_session::{
    ConfigError, EnvironmentId, ProfileId, ReloadError, Reloading, Session, SessionRejection, SessionSigner,
    SessionVerifier, SignOut, StableSigner, TimeError, UnixTime, VerifiedSession,
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
    let environment = variable("DEMO_ENVIRONMENT")?.parse()?;
    let keys = keys(env::args().skip(1).collect(), environment, Duration::from_secs(10))?;
    let users = Users::with_one(variable("DEMO_USER")?.parse()?, &variable("DEMO_PASSWORD")?);
    let listener = TcpListener::bind("127.0.0.1:3000").await?;
    Ok(axum::serve(listener, router(keys, users)).await?)
}

fn variable(name: &str) -> Result<String, String> {
    env::var(name).map_err(|_| format!("expected a text in the environment variable {name}, found none"))
}

// The secret in SECRET_FILE signs, those in the others are accepted too. Each step of a rotation (docs/guide.md, 'Rotate')
// writes one of the files, and needs no restart.

const DAY: Duration = Duration::from_secs(86_400);
/// A profile has one session in this time, however often its user logs in.
const WINDOW: Duration = Duration::from_secs(7200);
/// As much as this clock may be ahead of Quiltt's, which refuses a session that begins in its future.
const AHEAD: Duration = Duration::from_secs(30);
/// As much as the clocks of two replicas may differ.
const LEEWAY: Duration = Duration::from_secs(10);

pub(crate) struct Keys {
    sessions: StableSigner<SessionSigner>,
    verifier: Arc<SessionVerifier>,
}

pub(crate) fn keys(
    files: Vec<String>,
    environment: EnvironmentId,
    every: Duration,
) -> Result<Reloading<Keys>, ReloadError> {
    Reloading::builder(files).every(every).build(move |active, accepted| {
        let signer = SessionSigner::builder(active).environment(environment).ttl(DAY).backdate(AHEAD).build()?;
        let verifier = signer.verifier().max_lifetime(DAY).leeway(LEEWAY);
        let verifier = accepted.iter().fold(verifier, |all, secret| all.also_accept(secret)).build()?;
        Ok::<_, ConfigError>(Keys { sessions: StableSigner::new(signer, WINDOW)?, verifier: Arc::new(verifier) })
    })
}

// The routes.

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

async fn me(SignedIn(session): SignedIn) -> Json<Value> {
    Json(json!({ "user": session.user_id().uuid(), "until": session.expires_at() }))
}

async fn login(State(app): State<App>, user: LoggedIn) -> Result<Session, StatusCode> {
    let keys = app.keys.current();
    if let Some(error) = app.keys.last_error() {
        eprintln!("kept the secret as it was: {}", in_words(&*error));
    }
    let session = keys.sessions.as_ref().after(user.last_sign_out).mint(user.profile).map_err(broken)?;
    // A sign-out meanwhile has ended this session.
    let is_ended = app.users.last_sign_out(user.profile) != Some(user.last_sign_out);
    if is_ended { Err(StatusCode::CONFLICT) } else { Ok(session) }
}

async fn sign_out(State(app): State<App>, SignedIn(session): SignedIn) -> Result<StatusCode, StatusCode> {
    let now = UnixTime::now().map_err(broken)?;
    app.users.sign_out(session.user_id(), now).map_err(broken)?;
    Ok(StatusCode::NO_CONTENT)
}

/// A session of a user who has not signed out since: what protected routes take.
struct SignedIn(VerifiedSession);

impl FromRequestParts<App> for SignedIn {
    type Rejection = SessionRejection;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, SessionRejection> {
        let session = VerifiedSession::from_request_parts(parts, app).await?;
        let sign_out = app.users.last_sign_out(session.user_id());
        let is_ended = sign_out.is_none_or(|sign_out| session.is_ended_by(sign_out));
        if is_ended { Err(SessionRejection::Revoked) } else { Ok(Self(session)) }
    }
}

/// A user who has just shown who that is, here by a password: the only thing that `login` takes.
struct LoggedIn {
    profile: ProfileId,
    /// As it was when the password was read.
    last_sign_out: SignOut,
}

impl FromRequest<App> for LoggedIn {
    type Rejection = StatusCode;

    async fn from_request(request: Request, app: &App) -> Result<Self, StatusCode> {
        let login = Json::<Login>::from_request(request, app).await.map_err(|error| error.status())?;
        app.users.check(&login).ok_or(StatusCode::FORBIDDEN)
    }
}

fn broken(error: impl Display) -> StatusCode {
    eprintln!("error: {error}");
    StatusCode::INTERNAL_SERVER_ERROR
}

// The users: a table of your database with a row for each, and a hash that is made for passwords.

#[derive(Deserialize)]
struct Login {
    user: Uuid,
    password: String,
}

pub(crate) struct Users(Mutex<HashMap<ProfileId, User>>);

struct User {
    password: Digest,
    last_sign_out: SignOut,
}

impl Users {
    pub(crate) fn with_one(user: Uuid, password: &str) -> Self {
        let row = User { password: digest(&SHA256, password.as_bytes()), last_sign_out: SignOut::NEVER };
        Self(Mutex::new(HashMap::from([(ProfileId::from_uuid(user), row)])))
    }

    fn check(&self, login: &Login) -> Option<LoggedIn> {
        let (profile, password) = (ProfileId::from_uuid(login.user), digest(&SHA256, login.password.as_bytes()));
        // How long it takes to compare digests tells nothing about the password.
        let users = self.0.lock().unwrap();
        let user = users.get(&profile).filter(|user| user.password.as_ref() == password.as_ref())?;
        Some(LoggedIn { profile, last_sign_out: user.last_sign_out })
    }

    /// `None` if there is no such user, or no longer.
    fn last_sign_out(&self, profile: ProfileId) -> Option<SignOut> {
        self.0.lock().unwrap().get(&profile).map(|user| user.last_sign_out)
    }

    fn sign_out(&self, profile: ProfileId, now: UnixTime) -> Result<(), TimeError> {
        if let Some(user) = self.0.lock().unwrap().get_mut(&profile) {
            user.last_sign_out = user.last_sign_out.next(now, LEEWAY)?;
        }
        Ok(())
    }
}
