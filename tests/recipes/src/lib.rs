//! The tests of docs/recipes.md: each recipe calls its function here, in lines that the page hides.
#![doc = include_str!("../../../docs/recipes.md")]
#![allow(missing_docs)]

use std::{
    env,
    error::Error,
    fs, process,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use actix_web::{HttpRequest, cookie::Cookie, test::TestRequest};
use quiltt_session::{
    ProfileId, Session, SessionSigner, SessionVerifier, SignOut, SigningSecret, VerifiedSession, VerifyError,
};
use redis::{Client, Connection};
use tonic::{Request, service::Interceptor};

fn given() -> (Session, SessionVerifier) {
    let signer = SessionSigner::builder(SigningSecret::demo()).build().unwrap();
    (signer.mint(ProfileId::random().unwrap()).unwrap(), signer.verifier().build().unwrap())
}

pub fn actix(session_of: impl Fn(&HttpRequest, &SessionVerifier) -> actix_web::Result<VerifiedSession>) {
    let (session, verifier) = given();
    let request = |value: &str| TestRequest::get().insert_header(("authorization", value)).to_http_request();
    let verified = session_of(&request(&format!("Bearer {}", session.token())), &verifier).unwrap();
    assert_eq!(verified.id(), session.id());
    for value in ["", "Bearer", "Basic YTpi", session.token()] {
        let answer = session_of(&request(value), &verifier).unwrap_err().error_response();
        assert_eq!((answer.status().as_u16(), answer.headers().get("www-authenticate").unwrap().as_bytes()), (401, &b"Bearer"[..]));
    }
    assert!(session_of(&TestRequest::get().to_http_request(), &verifier).is_err());
    let good = format!("Bearer {}", session.token());
    for two in [[&*good, &*good], [&*good, "Bearer x"], ["Bearer x", &*good]] {
        let request = two.iter().fold(TestRequest::get(), |request, value| request.append_header(("authorization", *value)));
        let error = session_of(&request.to_http_request(), &verifier).unwrap_err();
        assert_eq!(error.as_response_error().status_code(), 400);
    }
}

pub fn tonic<I: Interceptor>(interceptor: impl FnOnce(SessionVerifier) -> I) {
    let (session, verifier) = given();
    let mut interceptor = interceptor(verifier);
    let mut request = Request::new(());
    request.metadata_mut().insert("authorization", format!("bearer {}", session.token()).parse().unwrap());
    let request = interceptor.call(request).unwrap();
    assert_eq!(request.extensions().get::<VerifiedSession>().unwrap().id(), session.id());
    assert!(interceptor.call(Request::new(())).is_err());
    let mut request = Request::new(());
    for value in [format!("bearer {}", session.token()), "bearer x".to_owned()] {
        request.metadata_mut().append("authorization", value.parse().unwrap());
    }
    assert_eq!(interceptor.call(request).unwrap_err().code(), tonic::Code::InvalidArgument);
}

pub fn cookie(cookie_of: impl Fn(&Session) -> Cookie<'static>) {
    let (session, verifier) = given();
    let cookie = cookie_of(&session);
    assert!(verifier.verify(cookie.value()).is_ok());
    let expires = cookie.expires().unwrap().datetime().unwrap().unix_timestamp();
    assert_eq!(u64::try_from(expires).unwrap(), session.expires_at().as_secs());
    assert!(cookie.to_string().len() < 4096);
}

pub fn web_socket(
    of_subprotocol: impl Fn(&str, &SessionVerifier) -> Option<Result<VerifiedSession, VerifyError>>,
    of_query: impl Fn(&str, &SessionVerifier) -> Option<Result<VerifiedSession, VerifyError>>,
) {
    let (session, verifier) = given();
    let token = session.token();
    assert!(of_subprotocol(&format!("session, {token}"), &verifier).unwrap().is_ok());
    assert!(of_query(&format!("a=1&token={token}"), &verifier).unwrap().is_ok());
    assert!(of_query("token=", &verifier).unwrap().is_err());
    assert!(of_subprotocol("chat", &verifier).is_none() && of_query("", &verifier).is_none());
}

pub fn redis(
    last_sign_out: impl Fn(&mut Connection, ProfileId) -> Result<SignOut, Box<dyn Error>> + Sync,
    sign_out: impl Fn(&mut Connection, ProfileId) -> Result<(), Box<dyn Error>> + Sync,
) {
    let Some(server) = RedisServer::start() else {
        eprintln!("SKIPPED: redis-server is missing, so the recipe was only compiled");
        return;
    };
    let (mut redis, user) = (server.connect().unwrap(), ProfileId::random().unwrap());
    assert_eq!(last_sign_out(&mut redis, user).unwrap(), SignOut::NEVER);
    let mut last = SignOut::NEVER;
    // One that is lost, or falls behind another at once, would let ended tokens in.
    thread::scope(|scope| {
        for _ in 0..3 {
            let (mut redis, sign_out) = (server.connect().unwrap(), &sign_out);
            scope.spawn(move || (0..100).for_each(|_| sign_out(&mut redis, user).unwrap()));
        }
        for _ in 0..300 {
            let next = last_sign_out(&mut redis, user).unwrap();
            assert!(last <= next);
            last = next;
        }
    });
    last = last_sign_out(&mut redis, user).unwrap();
    sign_out(&mut redis, user).unwrap();
    let next = last_sign_out(&mut redis, user).unwrap();
    assert_eq!(next.as_secs(), last.as_secs() + 1);
    let until: u64 = redis::cmd("EXPIRETIME").arg(format!("sign-out:{user}")).query(&mut redis).unwrap();
    assert_eq!(until, next.keep_until(Duration::from_secs(86_400), Duration::from_secs(10)).as_secs());
}

/// On a socket of its own; stopped on drop.
struct RedisServer {
    process: Child,
    socket: String,
}

impl RedisServer {
    fn start() -> Option<Self> {
        let socket = env::temp_dir().join(format!("quiltt-session-redis-{}", process::id()));
        let mut command = Command::new("redis-server");
        command.args(["--port", "0", "--save", "", "--unixsocket"]).arg(&socket).stdout(Stdio::null());
        let process = command.spawn().ok()?;
        let server = Self { process, socket: socket.to_str().unwrap().to_owned() };
        let deadline = Instant::now() + Duration::from_secs(10);
        while server.connect().is_err() {
            assert!(Instant::now() < deadline, "redis-server did not start");
            thread::sleep(Duration::from_millis(10));
        }
        Some(server)
    }

    fn connect(&self) -> redis::RedisResult<Connection> {
        Client::open(format!("unix://{}", self.socket))?.get_connection()
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
        fs::remove_file(&self.socket).unwrap();
    }
}
