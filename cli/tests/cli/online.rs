//! `doctor` with an API key's secret, against a server on loopback that stands for Quiltt.

use std::net::TcpListener;

use assert_cmd::assert::Assert;
use quiltt_session::ProfileId;
use serde_json::{Value, json};
use wiremock::{
    Mock, MockServer, Request, ResponseTemplate,
    matchers::{header, method, path},
};

use crate::{ENVIRONMENT, PROFILE, claims, quiltt_session};

const API_SECRET: &str = "canary-api-secret-0123456789";
const API_KEY: &str = "api_11gKT7OFCTrIx1YA3M0zfS5";
const IDS: [&str; 6] = ["--profile", PROFILE, "--api-key", API_KEY, "--environment", ENVIRONMENT];

fn api_key() -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(json!({ "id": API_KEY, "environment": { "id": ENVIRONMENT } }))
}

fn refused() -> ResponseTemplate {
    ResponseTemplate::new(401).set_body_json(json!({ "message": "Unauthorized", "instruction": "Sign in" }))
}

/// The session of the token that was sent.
fn session(request: &Request) -> ResponseTemplate {
    let token = request.headers["authorization"].to_str().unwrap().strip_prefix("Bearer ").unwrap();
    let claims = claims(token);
    let user = claims.get("sub").unwrap_or(&claims["uid"]);
    let profile: ProfileId = user.as_str().unwrap().parse().unwrap();
    let mut session = json!({
        "id": claims["jti"], "token": token, "userId": user, "userUuid": profile.uuid().to_string(),
        "expiration": claims["exp"],
    });
    if let Some(environment) = claims.get("eid") {
        session["environmentId"] = Value::clone(environment);
    }
    ResponseTemplate::new(200).set_body_json(session)
}

/// A server with these answers about the API key and the token.
async fn server(api_key: ResponseTemplate, session: impl wiremock::Respond + 'static) -> MockServer {
    let server = MockServer::start().await;
    let secret = header("authorization", format!("Bearer {API_SECRET}"));
    let about_key = Mock::given(method("POST")).and(path("/v1/introspect/api_key")).and(secret);
    about_key.respond_with(api_key).mount(&server).await;
    let about_token = Mock::given(method("GET")).and(path("/v1/users/session"));
    about_token.respond_with(session).mount(&server).await;
    server
}

/// Runs the doctor; neither secret nor token is in what it writes.
fn doctor(url: &str, args: &[&str]) -> Assert {
    let mut command = quiltt_session(&[&["doctor"], args].concat());
    let assert = command.env("QUILTT_API_SECRET", API_SECRET).env("QUILTT_AUTH_URL", url).assert();
    let output = assert.get_output();
    for text in [&output.stdout, &output.stderr] {
        let text = String::from_utf8_lossy(text);
        assert!(!text.contains("canary") && !text.contains("eyJ"), "{text}");
    }
    assert
}

/// What Quiltt says, without the line that names the server.
fn answers(assert: &Assert) -> Vec<String> {
    let report = String::from_utf8(assert.get_output().stdout.clone()).unwrap();
    let section = report.lines().skip_while(|line| *line != "what Quiltt says").skip(1);
    let lines = section.take_while(|line| !line.is_empty()).filter(|line| !line.contains("QUILTT_AUTH_URL"));
    lines.map(str::to_owned).collect()
}

#[tokio::test]
async fn ids_that_are_the_api_keys_and_a_token_that_quiltt_takes_pass() {
    let server = server(api_key(), session).await;
    let assert = doctor(&server.uri(), &IDS).success().stderr("");
    assert_eq!(
        answers(&assert),
        [
            "  pass  api-key       api_11gKT7OFCTrIx1YA3M0zfS5 is the API key's",
            "  pass  environment   env_1Bx4omNvZgKao2OqGshImD is the API key's",
            "  pass  Quiltt takes the token",
        ]
    );
}

#[tokio::test]
async fn the_report_says_that_another_server_was_asked() {
    let server = server(api_key(), session).await;
    let report = String::from_utf8(doctor(&server.uri(), &IDS).get_output().stdout.clone()).unwrap();
    let line = format!("  note  {} is asked, not Quiltt: see QUILTT_AUTH_URL\n", server.uri());
    assert!(report.contains(&line), "{report}");
}

#[tokio::test]
async fn ids_that_are_not_given_are_told() {
    let server = server(api_key(), session).await;
    assert_eq!(
        answers(&doctor(&server.uri(), &[]).success())[..2],
        [
            "  note  api-key       not given; the API key's is --api-key api_11gKT7OFCTrIx1YA3M0zfS5",
            "  note  environment   not given; the API key's is --environment env_1Bx4omNvZgKao2OqGshImD",
        ]
    );
    assert_eq!(answers(&doctor(&server.uri(), &["--token-version", "2"]).success()).len(), 2);
}

#[tokio::test]
async fn ids_of_another_api_key_fail() {
    let server = server(api_key(), session).await;
    let assert = doctor(&server.uri(), &["--api-key", "api_10", "--environment", "env_10"]).code(1);
    assert_eq!(
        answers(&assert)[..2],
        [
            "  FAIL  api-key       expected api_11gKT7OFCTrIx1YA3M0zfS5, the API key's, found api_10: \
             mend --api-key, or take another API key",
            "  FAIL  environment   expected env_1Bx4omNvZgKao2OqGshImD, the API key's, found env_10: \
             mend --environment, or take another API key",
        ]
    );
    assert.stderr("error: 2 checks failed: mend what is marked FAIL, then run this again\n");
}

#[tokio::test]
async fn a_token_that_quiltt_refuses_fails_unless_its_user_is_a_random_one() {
    let server = server(api_key(), |_: &Request| refused()).await;
    let last = |assert: Assert| answers(&assert).pop().unwrap();
    let failed = last(doctor(&server.uri(), &IDS).code(1));
    assert!(failed.starts_with("  FAIL  token: expected a credential that Quiltt takes, found it refused (401)"));
    assert!(failed.ends_with("; see the list below"), "{failed}");
    let noted = last(doctor(&server.uri(), &IDS[2..]).success());
    assert!(noted.starts_with("  note  token: "), "{noted}");
    assert!(noted.ends_with("; its profile is a random one: ask for an existing one with --profile"), "{noted}");
}

#[tokio::test]
async fn an_api_secret_that_quiltt_refuses_fails_and_the_token_is_asked_about_all_the_same() {
    let server = server(refused(), session).await;
    let answers = answers(&doctor(&server.uri(), &IDS).code(1));
    assert!(answers[0].starts_with("  FAIL  API key: expected a credential that Quiltt takes"), "{answers:?}");
    assert!(answers[0].contains("; check QUILTT_API_SECRET"), "{answers:?}");
    assert_eq!(answers[1..], ["  pass  Quiltt takes the token"]);
}

#[tokio::test]
async fn without_a_signing_secret_that_can_be_used_the_api_key_is_looked_up() {
    let server = server(api_key(), session).await;
    let args = [&IDS[..], &["--secret-encoding", "hex"]].concat();
    let answers = answers(&doctor(&server.uri(), &args).code(1));
    assert_eq!(answers.len(), 2);
}

#[test]
fn a_server_that_cannot_be_reached_fails() {
    let url = {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        format!("http://{}", listener.local_addr().unwrap())
    };
    let line = "expected a connection, found that none can be made; check the network, and try again later";
    let assert = doctor(&url, &IDS).code(1);
    assert_eq!(answers(&assert), [format!("  FAIL  API key: {line}"), format!("  FAIL  token: {line}")]);
}

#[test]
fn a_url_or_secret_that_cannot_be_used_fails_and_nothing_is_sent() {
    let assert = doctor("http://auth.quiltt.io", &IDS).code(1);
    let line = "  FAIL  expected a base URL such as https://auth.quiltt.io, found plain http to another machine";
    assert_eq!(answers(&assert), [line]);
    let mut command = quiltt_session(&["doctor"]);
    let assert = command.env("QUILTT_API_SECRET", "canary\n").assert().code(1);
    assert!(answers(&assert)[0].starts_with("  FAIL  API secret: expected a secret without white space"));
}

#[test]
fn without_an_api_secret_quiltt_is_not_asked() {
    let report = quiltt_session(&["doctor"]).assert().success().get_output().stdout.clone();
    assert!(!String::from_utf8(report).unwrap().contains("what Quiltt says"));
}
