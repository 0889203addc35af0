//! Sessions in axum, over loopback: a real server, a real client. `tests/examples/axum.rs` has a state with more than the verifier.

use std::{
    io::{self, Write},
    net::{SocketAddr, TcpStream},
    sync::Arc,
    time::Duration,
};

use axum::{
    Router,
    http::{HeaderMap, StatusCode},
    response::IntoResponse,
    routing::get,
};
use quiltt_session::{
    ParseTokenError, Session, SessionFormat, SessionRef, SessionRejection, SessionSigner, SessionVerifier,
    SigningSecret, TimeError, UnixTime, VerifiedSession, VerifyError,
};
use tokio::{net::TcpListener, runtime::Runtime};
use ureq::Agent;

use crate::forge::{self, HEADER, OTHER_SECRET, PAYLOAD, PROFILE};

const WITH_TOKEN: &str = "Bearer error=\"invalid_token\"";
const WITHOUT_TOKEN: &str = "Bearer";
/// Quiltt's own form of an error.
const UNAUTHENTICATED: &str =
    r#"{"message":"Unauthenticated","instruction":"Send a session's token: `Authorization: Bearer TOKEN`"}"#;

async fn required(session: VerifiedSession) -> String {
    session.user_id().to_string()
}

async fn optional(session: Option<VerifiedSession>) -> String {
    session.map_or_else(|| "nobody".to_owned(), |session| session.user_id().to_string())
}

async fn with_body_of_its_own(session: Result<VerifiedSession, SessionRejection>) -> impl IntoResponse {
    session.map(|session| session.user_id().to_string()).map_err(|reason| (StatusCode::FORBIDDEN, told(&reason)))
}

/// All that an application can be told.
fn told(reason: &SessionRejection) -> String {
    format!("{reason}, {reason:?}")
}

fn routes() -> Router<Arc<SessionVerifier>> {
    Router::new()
        .route("/required", get(required))
        .route("/optional", get(optional))
        .route("/own", get(with_body_of_its_own))
}

struct Server {
    address: SocketAddr,
    client: Agent,
    _runtime: Runtime,
}

#[derive(Debug, PartialEq)]
struct Answer {
    status: u16,
    headers: HeaderMap,
    body: String,
}

impl Server {
    fn start(router: Router) -> Self {
        let runtime = Runtime::new().unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        runtime.spawn(async { axum::serve(listener, router).await });
        let client = Agent::config_builder().http_status_as_error(false).build().into();
        Self { address, client, _runtime: runtime }
    }

    fn with_routes() -> Self {
        Self::start(routes().with_state(Arc::new(forge::verifier())))
    }

    fn get(&self, path: &str, authorization: &[&[u8]]) -> Answer {
        let mut request = self.client.get(format!("http://{}{path}", self.address));
        for value in authorization {
            request = request.header("authorization", *value);
        }
        answer(request.call().unwrap())
    }
}

fn answer(mut response: ureq::http::Response<ureq::Body>) -> Answer {
    let body = response.body_mut().read_to_string().unwrap();
    let mut headers = response.headers().clone();
    headers.remove("date");
    Answer { status: response.status().as_u16(), headers, body }
}

fn bearer(token: impl AsRef<str>) -> Vec<u8> {
    format!("Bearer {}", token.as_ref()).into_bytes()
}

fn good_token() -> String {
    forge::signer().mint(forge::profile()).unwrap().into_token()
}

/// Headers that carry credentials of `Bearer`, and why each is refused.
fn refused() -> Vec<(Vec<u8>, VerifyError)> {
    let other_secret = SigningSecret::from_bytes(OTHER_SECRET).unwrap();
    let other = SessionSigner::builder(other_secret).build().unwrap().mint(forge::profile()).unwrap();
    let not_a_claim = VerifyError::Token(ParseTokenError::UnexpectedClaim("rol"));
    let expired_at = forge::at(1_700_086_400);
    let in_an_hour = UnixTime::now().unwrap().checked_add(Duration::from_secs(3600)).unwrap();
    let early = forge::signer().session(forge::profile()).issued_at(in_an_hour).mint().unwrap();
    let wrong_issuer = forge::builder().issuer("example.com").build().unwrap().mint(forge::profile()).unwrap();
    vec![
        (bearer(other.token()), VerifyError::BadSignature),
        (bearer(forge::token(HEADER, PAYLOAD)), VerifyError::Expired { expired_at }),
        (bearer(early.token()), VerifyError::NotYetValid { valid_from: in_an_hour }),
        (bearer(wrong_issuer.token()), VerifyError::WrongIssuer),
        (bearer(forge::token(HEADER, forge::with_claim("rol", "\"core\""))), not_a_claim),
        (bearer("no-token"), ParseTokenError::SegmentCount { found: 1 }.into()),
        (bearer("a".repeat(9000)), ParseTokenError::TooLong { found: 9000, max: 8192 }.into()),
    ]
}

#[test]
fn a_good_token_is_let_in_whatever_the_case_of_its_scheme() {
    let server = Server::with_routes();
    for scheme in ["Bearer", "bearer", "BEARER", "Bearer  "] {
        for path in ["/required", "/optional", "/own"] {
            let answer = server.get(path, &[format!("{scheme} {}", good_token()).as_bytes()]);
            assert_eq!((answer.status, &*answer.body), (200, PROFILE), "{scheme} {path}");
        }
    }
}

#[test]
fn without_a_header_only_the_optional_extractor_goes_on() {
    let server = Server::with_routes();
    let answer = server.get("/optional", &[]);
    assert_eq!((answer.status, &*answer.body), (200, "nobody"));
    let answer = server.get("/required", &[]);
    assert_eq!(answer.status, 401);
    assert_eq!(
        (&answer.headers["www-authenticate"], &*answer.body),
        (&WITHOUT_TOKEN.parse().unwrap(), UNAUTHENTICATED)
    );
    assert_eq!(server.get("/own", &[]).body, told(&SessionRejection::Missing));
}

/// RFC 6750 §3.1: without a token there is none that could be wrong.
#[test]
fn credentials_of_another_scheme_and_a_scheme_without_a_token_are_refused_as_if_there_were_none() {
    let server = Server::with_routes();
    let (missing, good) = (server.get("/required", &[]), good_token());
    let other = told(&VerifyError::from(ParseTokenError::NotBearer).into());
    let alone = told(&VerifyError::from(ParseTokenError::NoCredentials).into());
    for (header, reason) in [
        ("Basic dXNlcjpwYXNz", &other),
        (&good, &other),
        ("Bearer:", &other),
        (&format!("Bearer\t{good}"), &other),
        (&format!("Token {good}"), &other),
        (&format!("Bearer,{good}"), &other),
        ("", &alone),
        ("Bearer", &alone),
        ("bearer ", &alone),
    ] {
        for path in ["/required", "/optional"] {
            assert_eq!(server.get(path, &[header.as_bytes()]), missing, "{header} {path}");
        }
        assert_eq!(server.get("/own", &[header.as_bytes()]).body, *reason);
    }
}

#[test]
fn a_refused_token_reads_the_same_bytes_whatever_was_wrong_and_only_the_application_is_told() {
    let server = Server::with_routes();
    let first = server.get("/required", &[b"Bearer no-token"]);
    assert_eq!((first.status, &*first.body), (401, UNAUTHENTICATED));
    assert_eq!(first.headers["www-authenticate"], WITH_TOKEN);
    assert_eq!(first.headers["content-type"], "application/json");
    for (header, reason) in refused() {
        for path in ["/required", "/optional"] {
            assert_eq!(server.get(path, &[&header]), first, "{reason} {path}");
        }
        let answer = server.get("/own", &[&header]);
        assert_eq!((answer.status, answer.body), (403, told(&SessionRejection::Refused(reason))));
    }
}

/// RFC 6750 §3.1: `invalid_request`, for which header counts is a guess.
#[test]
fn several_headers_are_a_bad_request_whatever_is_in_them() {
    let server = Server::with_routes();
    let (good, bad) = (bearer(good_token()), bearer("no-token"));
    for several in [[&*good, &*good], [&*good, &*bad], [&*bad, &*good], [&*good, b"Basic dXNlcjpwYXNz"]] {
        for path in ["/required", "/optional"] {
            let answer = server.get(path, &several);
            assert_eq!(answer.status, 400);
            assert_eq!(answer.headers["www-authenticate"], "Bearer error=\"invalid_request\"");
            assert_eq!(answer.headers["content-type"], "application/json");
            assert!(answer.body.starts_with(r#"{"message":"Bad request","#), "{}", answer.body);
        }
        assert_eq!(server.get("/own", &several).body, told(&SessionRejection::Several));
    }
}

#[test]
fn an_application_that_knows_of_a_revocation_refuses_it_like_any_other_token() {
    let router = routes().route("/revoked", get(async || SessionRejection::Revoked));
    let server = Server::start(router.with_state(Arc::new(forge::verifier())));
    assert_eq!(server.get("/revoked", &[]), server.get("/required", &[b"Bearer no-token"]));
}

#[test]
fn claims_of_ones_own_are_read_in_a_handler_and_those_that_do_not_fit_refuse_the_token() {
    #[derive(serde::Serialize, serde::Deserialize)]
    struct Own {
        plan: String,
    }
    async fn plan(session: VerifiedSession) -> Result<String, SessionRejection> {
        Ok(session.custom_as::<Own>()?.plan)
    }
    let server = Server::start(routes().route("/plan", get(plan)).with_state(Arc::new(forge::verifier())));
    let signer = forge::signer();
    let session = signer.session(forge::profile()).claims(&Own { plan: "gold".to_owned() }).mint().unwrap();
    assert_eq!(server.get("/plan", &[&bearer(session.token())]).body, "gold");
    let refused = server.get("/plan", &[&bearer(good_token())]);
    assert_eq!(refused, server.get("/required", &[&bearer("a.b.c")]), "as any other token that is refused");
    assert_eq!(refused.status, 401);
    let error = forge::verifier().verify(&good_token()).unwrap().custom_as::<Own>().err().unwrap();
    assert_eq!(SessionRejection::from(error).code(), "bad_claims");
}

#[test]
fn bytes_beyond_ascii_are_refused_like_any_other_token() {
    let server = Server::with_routes();
    let get = |authorization: &[u8]| {
        let mut stream = TcpStream::connect(server.address).unwrap();
        let start = b"GET /required HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\nauthorization: ";
        stream.write_all(&[start, authorization, b"\r\n\r\n"].concat()).unwrap();
        let answer = io::read_to_string(stream).unwrap();
        answer.lines().filter(|line| !line.starts_with("date:")).map(str::to_owned).collect::<Vec<_>>()
    };
    let refused = get(b"Bearer no-token");
    assert_eq!(refused[0], "HTTP/1.1 401 Unauthorized");
    for token in [&b"\xff"[..], "t\u{f6}k.e.n".as_bytes()] {
        assert_eq!(get(&[b"Bearer ", token].concat()), refused, "{token:?}");
    }
}

#[test]
fn head_is_refused_like_get_without_a_body() {
    let server = Server::with_routes();
    let head = answer(server.client.head(format!("http://{}/required", server.address)).call().unwrap());
    let get = server.get("/required", &[]);
    assert_eq!((head.status, head.headers, &*head.body), (get.status, get.headers, ""));
}

#[test]
fn a_clock_that_fails_is_not_the_clients_fault() {
    let broken = async || SessionRejection::from(VerifyError::Clock(TimeError::BeforeEpoch));
    let answer = Server::start(Router::new().route("/", get(broken))).get("/", &[]);
    assert_eq!(answer.status, 500);
    assert!(!answer.headers.contains_key("www-authenticate"));
    assert_eq!(answer.body, r#"{"message":"Internal server error","instruction":"Try again later"}"#);
}

#[test]
fn a_session_is_answered_as_its_json_which_no_cache_may_keep() {
    for format in [SessionFormat::Standard, SessionFormat::Api] {
        let signer =
            forge::builder().environment(forge::ENVIRONMENT.parse().unwrap()).session_format(format).build().unwrap();
        let session = signer.mint(forge::profile()).unwrap();
        let (json, now) = (serde_json::to_string(&session).unwrap(), UnixTime::now().unwrap());
        let for_client = session.clone().for_client(now, now);
        let client_json = serde_json::to_string(&for_client).unwrap();
        let borrowed = session.clone();
        let owned = async move || -> Session { session };
        let borrowed = async move || <SessionRef<'_> as IntoResponse>::into_response(borrowed.as_ref());
        let client = async move || for_client;
        let router = Router::new().route("/owned", get(owned)).route("/borrowed", get(borrowed));
        let server = Server::start(router.route("/client", get(client)));
        for (path, status, json) in [("/owned", 201, &json), ("/borrowed", 201, &json), ("/client", 200, &client_json)]
        {
            let answer = server.get(path, &[]);
            assert_eq!((answer.status, &answer.body), (status, json));
            assert_eq!(answer.headers["content-type"], "application/json");
            assert_eq!(answer.headers["cache-control"], "no-store");
        }
    }
}
