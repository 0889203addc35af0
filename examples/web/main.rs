//! A whole app: users sign in at this back end, which keeps them in a cookie, and Quiltt's SDK in their browser gets its session
//! from here. `examples/web/run` builds and starts it, with `app.jsx` in front.

use std::{
    collections::HashMap,
    env, fs,
    path::Path,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Json, Router,
    extract::{FromRequestParts, State},
    http::{
        StatusCode,
        header::{CONTENT_TYPE, COOKIE, SET_COOKIE},
        request::Parts,
    },
    response::{Html, IntoResponse},
    routing::{get, post},
};
use quiltt_session::{
    ConfigError, EnvironmentId, ProfileId, Reloading, Session, SessionSigner, SessionVerifier, SignOut, StableSigner,
    UnixTime, VerifiedSession,
};
use ring::digest::{Digest, SHA256, digest};
use serde::Deserialize;
use uuid::Uuid;

/// How far clocks may be apart: the replicas' of this back end, and ours ahead of Quiltt's.
const LEEWAY: Duration = Duration::from_secs(10);
const BACKDATE: Duration = Duration::from_secs(30);

/// `web ENVIRONMENT SECRET_FILE [OTHER_FILE…]`, with the secrets of a rotation in the other files.
#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let usage = "expected an environment's id and at least one file with a secret";
    let environment: EnvironmentId = env::args().nth(1).ok_or(usage)?.parse()?;
    let (ttl, window) = (setting("TTL", 86_400)?, setting("WINDOW", 7200)?);
    let keys = Reloading::builder(env::args().skip(2)).every(Duration::from_secs(setting("RELOAD", 10)?));
    let keys = keys.build(move |active, others| {
        let signer = SessionSigner::builder(active).environment(environment).ttl(Duration::from_secs(ttl));
        let signer = signer.backdate(BACKDATE).build()?;
        let verifier = signer.verifier().max_lifetime(Duration::from_secs(ttl)).leeway(LEEWAY);
        let verifier = others.iter().fold(verifier, |all, other| all.also_accept(other)).build()?;
        Ok::<_, ConfigError>((StableSigner::new(signer, Duration::from_secs(window))?, verifier))
    })?;
    let password = env::var("DEMO_PASSWORD").map_err(|_| "expected a password in DEMO_PASSWORD")?;
    let app = Arc::new(App { keys, password: digest(&SHA256, password.as_bytes()), sign_outs: Mutex::default() });

    let page = env::var("PAGE").unwrap_or_else(|_| "examples/web/dist".to_owned());
    let html = fs::read_to_string(Path::new(&page).join("index.html"))?;
    let script = fs::read_to_string(Path::new(&page).join("app.js"))?;
    let router = Router::new()
        .route("/", get(async || Html(html)))
        .route("/app.js", get(async || ([(CONTENT_TYPE, "text/javascript")], script)))
        .route("/login", post(login))
        .route("/session", get(session))
        .route("/me", get(me))
        .route("/sign-out", post(sign_out))
        .with_state(app);
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", u16::try_from(setting("PORT", 3000)?)?)).await?;
    println!("http://localhost:{}", listener.local_addr()?.port());
    Ok(axum::serve(listener, router).await?)
}

fn setting(name: &str, default: u64) -> Result<u64, String> {
    let number = |text: String| text.parse().map_err(|_| format!("expected a whole number in {name}"));
    env::var(name).map_or(Ok(default), number)
}

struct App {
    keys: Reloading<(StableSigner<SessionSigner>, SessionVerifier)>,
    password: Digest,
    /// A column of your table of users, say.
    sign_outs: Mutex<HashMap<ProfileId, SignOut>>,
}

impl App {
    fn sign_out(&self, user: ProfileId) -> SignOut {
        self.sign_outs.lock().unwrap().get(&user).copied().unwrap_or(SignOut::NEVER)
    }
}

/// The user whose cookie comes with the request, unless they signed out since.
struct SignedIn(VerifiedSession);

impl FromRequestParts<Arc<App>> for SignedIn {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, StatusCode> {
        let lines = parts.headers.get_all(COOKIE).iter().filter_map(|line| line.to_str().ok());
        let token = lines.flat_map(|line| line.split("; ")).find_map(|cookie| cookie.strip_prefix("__Host-session="));
        let session = token.and_then(|token| app.keys.current().1.verify(token).ok()).map(Self);
        session.filter(|it| !it.0.is_ended_by(app.sign_out(it.0.user_id()))).ok_or(StatusCode::UNAUTHORIZED)
    }
}

#[derive(Deserialize)]
struct Login {
    user: Uuid,
    password: String,
}

async fn login(State(app): State<Arc<App>>, Json(login): Json<Login>) -> Result<impl IntoResponse, StatusCode> {
    // How long it takes to compare digests tells nothing about the password.
    if digest(&SHA256, login.password.as_bytes()).as_ref() != app.password.as_ref() {
        return Err(StatusCode::FORBIDDEN);
    }
    let session = mint(&app, ProfileId::from_uuid(login.user), UnixTime::now().map_err(broken)?)?;
    Ok((StatusCode::NO_CONTENT, [(SET_COOKIE, cookie(session.token()))]))
}

/// What the SDK imports, and the same in the cookie, so that whoever stays does not sign in anew.
async fn session(State(app): State<Arc<App>>, SignedIn(old): SignedIn) -> Result<impl IntoResponse, StatusCode> {
    let (user, now) = (old.user_id(), UnixTime::now().map_err(broken)?);
    let session = mint(&app, user, now)?;
    if old.is_ended_by(app.sign_out(user)) {
        return Err(StatusCode::UNAUTHORIZED); // signed out meanwhile
    }
    let renews_at = app.keys.current().0.renews_at(user, now).map_err(broken)?;
    Ok(([(SET_COOKIE, cookie(session.token()))], session.for_client(now, renews_at)))
}

/// The user's session, which all replicas and devices of this window share.
fn mint(app: &App, user: ProfileId, now: UnixTime) -> Result<Session, StatusCode> {
    loop {
        let sign_out = app.sign_out(user);
        let session = app.keys.current().0.as_ref().after(sign_out).mint_at(user, now).map_err(broken)?;
        if sign_out == app.sign_out(user) {
            return Ok(session);
        }
    }
}

fn cookie(value: &str) -> String {
    format!("__Host-session={value}; Path=/; Secure; HttpOnly; SameSite=Strict")
}

async fn me(SignedIn(session): SignedIn) -> String {
    session.user_id().to_string()
}

/// Ends all sessions of the user, on every device.
async fn sign_out(State(app): State<Arc<App>>, SignedIn(session): SignedIn) -> Result<impl IntoResponse, StatusCode> {
    let now = UnixTime::now().map_err(broken)?;
    let mut sign_outs = app.sign_outs.lock().unwrap();
    let last = sign_outs.entry(session.user_id()).or_insert(SignOut::NEVER);
    *last = last.next(now, LEEWAY).map_err(broken)?;
    Ok((StatusCode::NO_CONTENT, [(SET_COOKIE, cookie("") + "; Max-Age=0")]))
}

fn broken(error: impl std::error::Error) -> StatusCode {
    eprintln!("error: {error}");
    StatusCode::INTERNAL_SERVER_ERROR
}
