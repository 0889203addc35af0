//! `examples/axum.rs` over loopback, with a real HTTP client.

use std::{fs, net::SocketAddr, process::Output, time::Duration};

use quiltt_session::{
    EnvironmentId, SessionSigner, SessionVerifier, SigningSecret, UnixTime, VerifiedSession, VerifyError,
};
use serde_json::{Value, json};
use tempfile::NamedTempFile;
use tokio::{net::TcpListener, runtime::Runtime};
use ureq::Agent;

use super::{PROFILE, SECRET as FIRST};

#[path = "../../examples/axum.rs"]
#[expect(dead_code, reason = "the example has a `main` of its own")]
mod example;

const PROFILE_UUID: &str = "52909e05-e1cb-4e45-b273-2b7b5d1f9bff";
const PASSWORD: &str = "password-for-the-test";
const ENVIRONMENT: &str = "env_1Bx4omNvZgKao2OqGshImD";

/// The example, listening on a port of its own, and a client with a connection to keep.
struct Backend {
    address: SocketAddr,
    client: Agent,
    secret_file: NamedTempFile,
    former_file: NamedTempFile,
    _runtime: Runtime,
}

impl Backend {
    fn start() -> Self {
        let [secret_file, former_file] = [FIRST, &format!("{FIRST}0")].map(|secret| {
            let file = NamedTempFile::new().unwrap();
            fs::write(&file, secret).unwrap();
            file
        });
        let runtime = Runtime::new().unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        let paths = [&secret_file, &former_file].map(|file| file.path().to_str().unwrap().to_owned());
        let keys = example::keys(paths.to_vec(), environment(), Duration::ZERO).unwrap();
        let router = example::router(keys, example::Users::with_one(PROFILE_UUID.parse().unwrap(), PASSWORD));
        runtime.spawn(async { axum::serve(listener, router).await });
        let client = Agent::config_builder().http_status_as_error(false).build().into();
        Self { address, client, secret_file, former_file, _runtime: runtime }
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    fn try_login(&self, user: &str, password: &str) -> (u16, String) {
        let request = self.client.post(self.url("/login")).header("content-type", "application/json");
        let mut response = request.send(json!({ "user": user, "password": password }).to_string()).unwrap();
        (response.status().as_u16(), response.body_mut().read_to_string().unwrap())
    }

    fn login(&self) -> Value {
        let (status, body) = self.try_login(PROFILE_UUID, PASSWORD);
        assert_eq!(status, 201, "{body}");
        serde_json::from_str(&body).unwrap()
    }

    fn token(&self) -> String {
        self.login()["token"].as_str().unwrap().to_owned()
    }

    fn me(&self, token: &str) -> (u16, String) {
        let request = self.client.get(self.url("/me")).header("authorization", format!("Bearer {token}"));
        let mut response = request.call().unwrap();
        (response.status().as_u16(), response.body_mut().read_to_string().unwrap())
    }

    fn sign_out(&self, token: &str) -> u16 {
        let request = self.client.post(self.url("/sign-out")).header("authorization", format!("Bearer {token}"));
        request.send_empty().unwrap().status().as_u16()
    }

    /// The session after the look at the secret files that is due with each of the next two requests.
    fn token_after_a_rotation(&self, secret: &str, former: &str) -> String {
        fs::write(&self.former_file, former).unwrap();
        fs::write(&self.secret_file, secret).unwrap();
        [(); 3].map(|()| self.token())[2].clone()
    }
}

fn environment() -> EnvironmentId {
    ENVIRONMENT.parse().unwrap()
}

fn verify(secret: &str, token: &str) -> Result<VerifiedSession, VerifyError> {
    SessionVerifier::builder(SigningSecret::from_bytes(secret).unwrap()).build().unwrap().verify(token)
}

#[test]
fn a_login_answers_with_a_session_that_opens_the_protected_route() {
    let backend = Backend::start();
    let session = backend.login();
    assert_eq!([&session["userId"], &session["userUuid"]], [PROFILE, PROFILE_UUID]);
    assert_eq!(session["environmentId"], ENVIRONMENT);
    let token = session["token"].as_str().unwrap();
    assert_eq!(verify(FIRST, token).unwrap().id().to_string(), session["id"]);
    let (status, body) = backend.me(token);
    let me: Value = serde_json::from_str(&body).unwrap();
    assert_eq!((status, me), (200, json!({ "user": PROFILE_UUID, "until": session["expiration"] })));
}

#[test]
fn a_wrong_password_gets_no_session_and_the_right_one_none_of_another_user() {
    let backend = Backend::start();
    let another = "06559c18-7e0d-4a45-b3a3-b0853af1d9fd";
    assert_eq!(backend.try_login(another, PASSWORD), (403, String::new()));
    for password in ["", "wrong", &PASSWORD[1..]] {
        assert_eq!(backend.try_login(PROFILE_UUID, password), (403, String::new()));
    }
    assert_eq!(backend.try_login("nobody", PASSWORD).0, 422);
}

#[test]
fn a_second_login_gets_the_same_session_until_the_user_signs_out_and_that_one_is_then_refused_like_a_bad_token() {
    let backend = Backend::start();
    let first = backend.token();
    assert_eq!(backend.token(), first);
    assert_eq!(backend.sign_out(&first), 204);
    assert_eq!(backend.me(&first), backend.me("no-token"));
    assert_eq!((backend.me(&first).0, backend.sign_out(&first)), (401, 401));
    let second = backend.token();
    assert_ne!(second, first);
    assert_eq!(backend.me(&second).0, 200);
    assert_eq!(backend.token(), second);
}

#[test]
fn a_sign_out_ends_the_users_other_sessions_too_and_the_next_login_works_at_once() {
    let backend = Backend::start();
    let signer = SessionSigner::builder(SigningSecret::from_bytes(FIRST).unwrap()).environment(environment());
    let (signer, profile) = (signer.build().unwrap(), PROFILE.parse().unwrap());
    let ago = |secs| UnixTime::now().unwrap().checked_sub(Duration::from_secs(secs)).unwrap();
    let window_ago = signer.stable(Duration::from_secs(7200)).unwrap().mint_at(profile, ago(7200)).unwrap();
    // Of a replica whose clock is ahead.
    let random =
        signer.session(profile).issued_at(UnixTime::now().unwrap().checked_add(Duration::from_secs(5)).unwrap());
    let others = [window_ago, signer.mint(profile).unwrap(), random.mint().unwrap()];
    assert!(others.iter().all(|other| backend.me(other.token()).0 == 200));
    for _ in 0..3 {
        assert_eq!(backend.sign_out(&backend.token()), 204);
        assert!(others.iter().all(|other| backend.me(other.token()).0 == 401));
    }
    assert_eq!(backend.me(&backend.token()).0, 200);
}

#[test]
fn a_session_of_another_environment_or_user_opens_nothing() {
    let backend = Backend::start();
    let builder = || SessionSigner::builder(SigningSecret::from_bytes(FIRST).unwrap());
    let nowhere = builder().build().unwrap().mint(PROFILE.parse().unwrap()).unwrap();
    let nobody = builder().environment(environment()).build().unwrap().mint("p_10".parse().unwrap()).unwrap();
    assert_eq!([nowhere, nobody].map(|session| backend.me(session.token()).0), [401, 401]);
}

#[test]
fn the_guide_shows_parts_of_the_example_as_they_are() {
    let (example, guide) = (include_str!("../../examples/axum.rs"), include_str!("../../docs/guide.md"));
    let parts: Vec<_> = guide.split("```rust,ignore\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
    assert!(!parts.is_empty());
    assert!(parts.iter().all(|part| example.contains(part)), "{parts:#?}");
}

#[test]
fn a_rotation_signs_with_the_new_secret_and_still_takes_the_former_ones_sessions() {
    let backend = Backend::start();
    let [second, third] = [&format!("{FIRST}2"), &format!("{FIRST}3")];
    let first_token = backend.token();
    verify(second, &backend.token_after_a_rotation(second, FIRST)).unwrap();
    assert_eq!(backend.me(&first_token).0, 200);
    verify(second, &backend.token_after_a_rotation("too short", second)).unwrap();
    verify(third, &backend.token_after_a_rotation(third, second)).unwrap();
    assert_eq!(backend.me(&first_token).0, 401);
}

fn run(arguments: &[&str]) -> Output {
    let mut command = super::example("axum");
    command.args(arguments).env("DEMO_ENVIRONMENT", ENVIRONMENT).env("DEMO_USER", PROFILE_UUID);
    command.env_remove("DEMO_PASSWORD").output().unwrap()
}

#[test]
fn it_says_in_words_what_is_missing() {
    let secret_file = NamedTempFile::new().unwrap();
    fs::write(&secret_file, FIRST).unwrap();
    for (arguments, message) in [
        (&[][..], "expected at least one secret file, found none"),
        (&["no-such-file"], "cannot read the secret file \"no-such-file\": entity not found"),
        (
            &[secret_file.path().to_str().unwrap()],
            "expected a text in the environment variable DEMO_PASSWORD, found none",
        ),
    ] {
        let output = run(arguments);
        assert_eq!(String::from_utf8_lossy(&output.stderr), format!("error: {message}\n"));
        assert_eq!(output.status.code(), Some(1));
    }
}
