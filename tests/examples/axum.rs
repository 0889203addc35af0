//! `examples/axum.rs` over loopback, with a real HTTP client.

use std::{
    fs,
    net::SocketAddr,
    sync::Mutex,
    time::{Duration, Instant},
};

use quiltt_session::{ProfileId, SessionVerifier, SigningSecret, VerifyError};
use rustix::process::{Signal, getpid, kill_process};
use serde_json::{Value, json};
use tempfile::NamedTempFile;
use tokio::{net::TcpListener, runtime::Runtime};
use ureq::Agent;

use super::{PROFILE, PROFILE_UUID, SECRET as FIRST};

#[path = "../../examples/axum.rs"]
#[expect(dead_code, reason = "the example has a `main` of its own")]
mod example;

const API_SECRET: &str = "api-secret-for-the-test";

/// SIGHUP reaches all back ends of this process at once, so the tests take turns.
static TURN: Mutex<()> = Mutex::new(());

/// The example, listening on a port of its own, and a client with a connection to keep.
struct Backend {
    address: SocketAddr,
    client: Agent,
    secret_file: NamedTempFile,
    _runtime: Runtime,
}

impl Backend {
    fn start() -> Self {
        let secret_file = NamedTempFile::new().unwrap();
        fs::write(&secret_file, FIRST).unwrap();
        let runtime = Runtime::new().unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        let path = secret_file.path().to_str().unwrap().to_owned();
        let signer = runtime.block_on(async { example::signer_rotated_on_hangup(path) }).unwrap();
        let router = example::router(signer, API_SECRET);
        runtime.spawn(async { axum::serve(listener, router).await });
        let client = Agent::config_builder().http_status_as_error(false).build().into();
        Self { address, client, secret_file, _runtime: runtime }
    }

    fn post(&self, authorization: &str, body: &str) -> (u16, Value) {
        let request = self.client.post(format!("http://{}/v1/users/sessions", self.address));
        let request = request.header("authorization", authorization).header("content-type", "application/json");
        let mut response = request.send(body).unwrap();
        let body = response.body_mut().read_to_string().unwrap();
        (response.status().as_u16(), serde_json::from_str(&body).unwrap())
    }

    fn create(&self, body: Value) -> Value {
        let (status, session) = self.post(&format!("Bearer {API_SECRET}"), &body.to_string());
        assert_eq!(status, 201, "{session}");
        session
    }

    fn refused(&self, body: &str) -> Value {
        let (status, error) = self.post(&format!("Bearer {API_SECRET}"), body);
        assert_eq!(status, 422, "{error}");
        error
    }

    /// Puts this into the file and tells the back end.
    fn rotate(&self, secret: &str) {
        fs::write(&self.secret_file, secret).unwrap();
        kill_process(getpid(), Signal::HUP).unwrap();
    }

    /// Asks for sessions until they are signed with `next`; until then they must be signed with `before`.
    fn wait_for(&self, before: &str, next: &str) {
        let deadline = Instant::now() + Duration::from_secs(10);
        loop {
            let session = self.create(json!({ "userId": PROFILE }));
            let token = session["token"].as_str().unwrap();
            match verifier(next).verify(token) {
                Ok(_) => return,
                Err(error) => assert_eq!(error, VerifyError::BadSignature),
            }
            assert!(verifier(before).verify(token).is_ok());
            assert!(Instant::now() < deadline, "the secret was not rotated");
        }
    }
}

fn verifier(secret: &str) -> SessionVerifier {
    SessionVerifier::builder(SigningSecret::from_bytes(secret).unwrap()).build().unwrap()
}

#[test]
fn an_existing_user_gets_a_session_by_either_form_of_the_id() {
    let _turn = TURN.lock();
    let backend = Backend::start();
    for id in [PROFILE, PROFILE_UUID] {
        let session = backend.create(json!({ "userId": id }));
        assert_eq!([&session["userId"], &session["userUuid"]], [PROFILE, PROFILE_UUID]);
        let verified = verifier(FIRST).verify(session["token"].as_str().unwrap()).unwrap();
        assert_eq!(verified.user_id().to_string(), PROFILE);
        assert_eq!(session["id"], verified.id().to_string());
        assert_eq!(session["expiration"], verified.expires_at().as_secs());
        assert_eq!(session["expiresAt"], verified.expires_at().to_string());
    }
}

#[test]
fn a_new_user_gets_a_random_profile_or_the_one_of_its_own_uuid() {
    let _turn = TURN.lock();
    let backend = Backend::start();
    let random: ProfileId = backend.create(json!({}))["userId"].as_str().unwrap().parse().unwrap();
    assert_eq!(random.uuid().get_version_num(), 4);
    assert_ne!(backend.create(json!({}))["userId"], random.to_string());
    assert_eq!(backend.create(json!({ "uuid": PROFILE_UUID }))["userId"], PROFILE);
}

#[test]
fn all_attributes_of_quiltts_api_are_taken() {
    let _turn = TURN.lock();
    let session = Backend::start().create(json!({
        "userId": PROFILE, "email": "a@example.com", "phone": "+15555550123", "name": "A B",
        "names": { "first": "A", "last": "B" }, "dateOfBirth": "2000-01-01", "metadata": { "plan": "gold" },
        "address": { "line1": "1 Main St", "city": "X", "state": "NY", "postalCode": "1", "countryCode": "US" },
    }));
    assert_eq!(session["userId"], PROFILE);
}

#[test]
fn a_wrong_api_secret_is_answered_as_quiltt_does() {
    let _turn = TURN.lock();
    let backend = Backend::start();
    for authorization in ["", "Bearer", "Bearer wrong", API_SECRET, &format!("Basic {API_SECRET}")] {
        let (status, error) = backend.post(authorization, &json!({ "userId": PROFILE }).to_string());
        assert_eq!(status, 401);
        assert_eq!(
            error,
            json!({ "message": "unauthorized", "instruction": "send `Authorization: Bearer API_SECRET`" })
        );
    }
}

#[test]
fn a_bad_field_is_named_with_what_is_wrong() {
    let _turn = TURN.lock();
    let backend = Backend::start();
    let unreadable = "expected a profile id (p_1… or a UUID), found another prefix at position 0";
    assert_eq!(backend.refused(r#"{"userId":"api_10"}"#), json!({ "userId": [unreadable] }));
    let nothing = "expected a profile id (p_1… or a UUID), found nothing at position 0";
    for id in ["1", "null", "[]", "\"\""] {
        assert_eq!(backend.refused(&format!(r#"{{"userId":{id}}}"#)), json!({ "userId": [nothing] }));
    }
    assert!(backend.refused(r#"{"uuid":"p_10"}"#)["uuid"][0].is_string());
    assert_eq!(backend.refused(r#"{"userid":"p_10"}"#), json!({ "userid": ["is unknown"] }));
    let both = json!({ "userId": PROFILE, "uuid": PROFILE_UUID }).to_string();
    assert_eq!(backend.refused(&both), json!({ "uuid": ["is for a new user, who has no userId"] }));
    for body in ["", "{", "[]", "null"] {
        assert!(backend.refused(body)["body"][0].is_string(), "{body:?}");
    }
}

#[test]
fn a_hangup_rotates_the_secret_between_two_requests_and_a_bad_one_is_ignored() {
    let _turn = TURN.lock();
    let backend = Backend::start();
    let [second, third] = [&format!("{FIRST}, the second"), &format!("{FIRST}, the third")];
    backend.wait_for(FIRST, FIRST);
    backend.rotate(second);
    backend.wait_for(FIRST, second);
    backend.rotate("too short");
    for _ in 0..20 {
        backend.wait_for(second, second);
    }
    backend.rotate(third);
    backend.wait_for(second, third);
}
