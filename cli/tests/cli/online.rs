//! `doctor` with an API key's secret, against a server on loopback that stands for Quiltt.

use std::{
    env,
    net::TcpListener,
    sync::atomic::{AtomicUsize, Ordering},
};

use assert_cmd::{Command, assert::Assert};
use quiltt_session::{ProfileId, UntrustedToken};
use serde_json::{Value, json};
use time::{OffsetDateTime, format_description::well_known::Rfc2822};
use wiremock::{
    Mock, MockServer, Request, ResponseTemplate,
    matchers::{header, method, path},
};

use crate::{ENVIRONMENT, PROFILE, PROGRAM, claims, printed, quiltt_session, runner, said};

const API_SECRET: &str = "canary-api-secret-0123456789";
const API_KEY: &str = "api_11gKT7OFCTrIx1YA3M0zfS5";
const IDS: [&str; 6] = ["--profile", PROFILE, "--api-key", API_KEY, "--environment", ENVIRONMENT];

fn api_key() -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(json!({ "id": API_KEY, "environment": { "id": ENVIRONMENT } }))
}

fn refused() -> ResponseTemplate {
    ResponseTemplate::new(401).set_body_json(json!({ "message": "Unauthorized", "instruction": "Sign in" }))
}

/// The token that was sent.
fn token(request: &Request) -> &str {
    request.headers["authorization"].to_str().unwrap().strip_prefix("Bearer ").unwrap()
}

/// Its session.
fn session(request: &Request) -> ResponseTemplate {
    let token = token(request);
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

/// Quiltt's answer to a token whose claims are these: a session, or a refusal.
fn accepting(accepts: impl Fn(&Value) -> bool + Send + Sync + 'static) -> impl Fn(&Request) -> ResponseTemplate {
    move |request| if accepts(&claims(token(request))) { session(request) } else { refused() }
}

/// The seconds from `iat` to `exp`.
fn lifetime(claims: &Value) -> u64 {
    claims["exp"].as_u64().unwrap() - claims["iat"].as_u64().unwrap()
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

/// What the server was asked: method and path.
async fn requests(server: &MockServer) -> Vec<String> {
    let requests = server.received_requests().await.unwrap();
    requests.iter().map(|request| format!("{} {}", request.method, request.url.path())).collect()
}

/// Runs the doctor; neither secret nor token is in what it writes.
fn doctor(url: &str, args: &[&str]) -> Assert {
    asks(quiltt_session(&[&["doctor", "--auth-url", url], args].concat()).env("QUILTT_API_SECRET", API_SECRET))
}

fn asks(command: &mut Command) -> Assert {
    let assert = command.assert();
    for text in [printed(&assert), said(&assert)] {
        assert!(!text.contains("canary") && !text.contains("eyJ"), "{text}");
    }
    assert
}

/// What Quiltt says, without the line that names the server.
fn answers(assert: &Assert) -> Vec<String> {
    let report = printed(assert);
    let section = report.lines().skip_while(|line| *line != "what Quiltt says").skip(1);
    let lines = section.take_while(|line| !line.is_empty()).filter(|line| !line.contains("--auth-url"));
    lines.map(str::to_owned).collect()
}

/// Those lines that are the table's.
fn table(assert: &Assert) -> Vec<String> {
    let rows = ["  accepted ", "  refused ", "  other ", "  no answer "];
    let is_row = |line: &String| rows.iter().any(|row| line.starts_with(row));
    answers(assert).into_iter().filter(is_row).collect()
}

const API_KEYS_IDS: [&str; 2] = [
    "  pass  api-key       api_11gKT7OFCTrIx1YA3M0zfS5 is the API key's",
    "  pass  environment   env_1Bx4omNvZgKao2OqGshImD is the API key's",
];
const CLOCK: &str = "  pass  clock: within seconds of the server's";
const TO_COPY: &str = "--api-key api_11gKT7OFCTrIx1YA3M0zfS5 --environment env_1Bx4omNvZgKao2OqGshImD";

fn announced(calls: usize) -> String {
    format!(
        "  note  at most {calls} calls of GET /v1/users/session follow, each with a new token for {PROFILE} that lives \
         10 minutes; nothing is created or revoked"
    )
}

#[tokio::test]
async fn settings_that_quiltt_accepts_pass_and_the_table_shows_what_else_it_accepts() {
    let server = server(api_key(), accepting(|claims| claims["ver"] == 6)).await;
    let assert = doctor(&server.uri(), &IDS).success().stderr("");
    let mut expected: Vec<_> = API_KEYS_IDS.map(str::to_owned).into();
    expected.push(announced(12));
    expected.extend(
        [
            "  accepted     as given",
            "  accepted     --payload as-issued",
            "  accepted     --backdate 30s",
            "  refused 401  --token-version 4: Unauthorized",
            "  refused 401  --token-version 2, no --environment: Unauthorized",
            "  refused 401  --token-version 1, no --environment: Unauthorized",
            "  accepted     no --api-key",
            "  accepted     no --environment",
        ]
        .map(str::to_owned),
    );
    expected.push(format!(
        "  pass  Quiltt accepts what you gave; to copy: --token-version 6 --payload aligned --backdate 0s {TO_COPY}"
    ));
    expected.push(CLOCK.to_owned());
    assert_eq!(answers(&assert), expected);
    let requests = requests(&server).await;
    assert_eq!(requests[0], "POST /v1/introspect/api_key");
    assert_eq!(requests[1..], vec!["GET /v1/users/session"; 8]);
}

#[tokio::test]
async fn each_variation_differs_in_what_its_row_says_and_in_nothing_else() {
    let server = server(api_key(), |_: &Request| refused()).await;
    let args = [&IDS[..], &["--organization", "org_10", "--claim", "plan=1"]].concat();
    let rows = table(&doctor(&server.uri(), &args).code(1));
    let requests = server.received_requests().await.unwrap();
    let asked: Vec<Value> = requests[1..].iter().map(|request| claims(token(request))).collect();
    assert_eq!(rows.len(), asked.len());
    for (row, claims) in rows.iter().zip(&asked) {
        let has = |option: &str| row.contains(option);
        let version = ["1", "2", "4"].into_iter().find(|version| has(&format!("--token-version {version}")));
        assert_eq!(claims["ver"].to_string(), version.unwrap_or("6"), "{row}");
        let (key, user) = match version {
            Some("1") => ("aid", "uid"),
            Some("2") => ("did", "uid"),
            Some("4") => ("did", "sub"),
            _ => ("cid", "sub"),
        };
        assert!(claims.get(user).is_some(), "{row}");
        assert_eq!(claims.get(key).is_none(), has("no --api-key"), "{row}");
        assert_eq!(claims.get("oid").is_none(), has("no --organization"), "{row}");
        assert_eq!(claims.get("eid").is_none(), has("no --environment"), "{row}");
        assert_eq!(claims["plan"], 1, "{row}");
        assert_eq!(lifetime(claims), if has("--backdate 30s") { 630 } else { 600 }, "{row}");
    }
    let is_as_issued = |request: &Request| {
        let token = UntrustedToken::parse(token(request)).unwrap().untrusted_payload_json().to_vec();
        token.starts_with(b"{\"nbf\"")
    };
    for (row, request) in rows.iter().zip(&requests[1..]) {
        assert_eq!(is_as_issued(request), row.contains("--payload as-issued"), "{row}");
    }
}

#[tokio::test]
async fn ids_that_are_not_given_or_not_the_api_keys_are_looked_up_and_tried() {
    let with_both = |claims: &Value| claims["cid"] == API_KEY && claims["eid"] == ENVIRONMENT;
    let server = server(api_key(), accepting(with_both)).await;
    for args in [&["--profile", PROFILE][..], &["--profile", PROFILE, "--api-key", "api_10"]] {
        let assert = doctor(&server.uri(), args).code(1);
        let both = format!("  accepted     --api-key {API_KEY}, --environment {ENVIRONMENT}");
        assert_eq!(table(&assert).last(), Some(&both));
        let to_copy = format!(
            "  FAIL  Quiltt accepts other settings than you gave; to copy: \
             --token-version 6 --payload aligned --backdate 0s {TO_COPY}"
        );
        assert!(answers(&assert).contains(&to_copy), "{:?}", answers(&assert));
    }
}

#[tokio::test]
async fn what_is_accepted_is_told_in_options_that_are_then_accepted() {
    for (number, accepts) in [
        |claims: &Value| claims["ver"] == 2,
        |claims: &Value| claims.get("cid").is_none(),
        |claims: &Value| lifetime(claims) == 630,
        |claims: &Value| claims["ver"] == 4 && lifetime(claims) == 630,
    ]
    .into_iter()
    .enumerate()
    {
        let server = server(api_key(), accepting(accepts)).await;
        let lines = answers(&doctor(&server.uri(), &IDS).code(1));
        let (_, options) = lines.iter().find_map(|line| line.split_once("; to copy: ")).expect("a recommendation");
        let args: Vec<_> = ["--profile", PROFILE].into_iter().chain(options.split(' ')).collect();
        let lines = answers(&doctor(&server.uri(), &args).success());
        assert!(lines.contains(&"  accepted     as given".to_owned()), "{number}: {options}");
    }
}

#[tokio::test]
async fn where_nothing_is_accepted_all_that_quiltts_own_tokens_have_is_tried_at_once_and_then_it_says_so() {
    let server = server(api_key(), |_: &Request| refused()).await;
    let args = [&IDS[..], &["--organization", "org_10"]].concat();
    let assert = doctor(&server.uri(), &args).code(1);
    let rows = table(&assert);
    assert_eq!(rows.len(), 13);
    assert_eq!(
        rows[9..],
        [
            "  refused 401  --payload as-issued, --backdate 30s: Unauthorized",
            "  refused 401  --token-version 4, --payload as-issued, --backdate 30s: Unauthorized",
            "  refused 401  --token-version 2, --payload as-issued, --backdate 30s, no --organization, \
             no --environment: Unauthorized",
            "  refused 401  --token-version 1, --payload as-issued, --backdate 30s, no --organization, \
             no --environment: Unauthorized",
        ]
    );
    assert!(answers(&assert).contains(&announced(13)));
    let last = answers(&assert).into_iter().rfind(|line| line.starts_with("  FAIL")).unwrap();
    assert!(last.starts_with("  FAIL  Quiltt accepted none of these: is the secret the one of this environment"));
    assert_eq!(requests(&server).await.len(), 14);
}

#[tokio::test]
async fn no_run_costs_more_than_the_help_says() {
    let server = server(api_key(), |_: &Request| refused()).await;
    let others = ["--api-key", "api_10", "--environment", "env_10", "--organization", "org_10"];
    let assert = doctor(&server.uri(), &[&["--profile", PROFILE], &others[..]].concat()).code(1);
    assert!(answers(&assert).contains(&announced(16)));
    assert_eq!(requests(&server).await.len(), 17);
}

#[tokio::test]
async fn without_an_api_secret_ids_of_the_command_line_are_enough() {
    let server = server(api_key(), session).await;
    let assert = asks(&mut quiltt_session(&[&["doctor", "--auth-url", &server.uri()], &IDS[..]].concat())).success();
    assert_eq!(answers(&assert)[..2], [announced(12), "  accepted     as given".to_owned()]);
    assert!(requests(&server).await.iter().all(|request| request == "GET /v1/users/session"));
}

#[tokio::test]
async fn without_a_profile_a_secret_of_your_own_or_with_offline_no_token_is_sent() {
    let server = server(api_key(), session).await;
    for (args, reason) in [
        (&IDS[2..], "that takes a profile that exists, see --profile"),
        (&["--demo", "--profile", PROFILE], "that takes a signing secret of your own"),
    ] {
        let answers = answers(&doctor(&server.uri(), args).success());
        assert!(answers.contains(&format!("  note  not asked about tokens: {reason}")), "{answers:?}");
    }
    assert_eq!(requests(&server).await, ["POST /v1/introspect/api_key"; 2]);
    let mut offline = quiltt_session(&[&["doctor", "--offline"], &IDS[..]].concat());
    assert!(answers(&asks(offline.env("QUILTT_API_SECRET", API_SECRET)).success()).is_empty());
    doctor(&server.uri(), &["--offline"]).code(2);
    assert_eq!(requests(&server).await.len(), 2);
}

#[tokio::test]
async fn too_many_calls_end_the_table() {
    let count = AtomicUsize::new(0);
    let answer = move |request: &Request| match count.fetch_add(1, Ordering::Relaxed) {
        0 => refused(),
        1 => session(request),
        _ => ResponseTemplate::new(429).insert_header("retry-after", "60"),
    };
    let server = server(api_key(), answer).await;
    let assert = doctor(&server.uri(), &IDS).code(1);
    assert_eq!(
        table(&assert),
        [
            "  refused 401  as given: Unauthorized",
            "  accepted     --payload as-issued",
            "  no answer    --backdate 30s",
        ]
    );
    let failures: Vec<_> = answers(&assert).into_iter().filter(|line| line.starts_with("  FAIL")).collect();
    assert_eq!(
        failures[0],
        "  FAIL  not asked any further: expected fewer calls, found too many (429): try again in 60 s; try again later"
    );
    assert!(
        failures[1].starts_with("  FAIL  Quiltt accepts other settings than you gave; to copy: --token-version 6 ")
    );
    assert_eq!(requests(&server).await.len(), 4);
}

#[tokio::test]
async fn answers_that_are_neither_do_not_end_the_table_and_are_not_retried() {
    let server = server(api_key(), |_: &Request| ResponseTemplate::new(503)).await;
    let rows = table(&doctor(&server.uri(), &IDS).code(1));
    assert_eq!(rows[0], "  other        as given: expected Quiltt to answer, found that it failed (503)");
    assert_eq!(rows.len(), 12);
    assert_eq!(requests(&server).await.len(), 13);
}

/// As a captive portal, a proxy that caches, or a test server does it.
#[tokio::test]
async fn a_200_that_is_no_session_of_this_profile_and_environment_is_no_acceptance() {
    let body = |json: Value| ResponseTemplate::new(200).set_body_json(json);
    let html = ResponseTemplate::new(200).set_body_raw("<html>Welcome to the hotel</html>", "text/html");
    let changed = |name: &'static str, value: &'static str| {
        move |request: &Request| {
            let mut answer =
                json!({ "userId": PROFILE, "expiration": claims(token(request))["exp"], "environmentId": ENVIRONMENT });
            answer[name] = value.into();
            ResponseTemplate::new(200).set_body_json(answer)
        }
    };
    let another = "expected the session that was asked about, found another one";
    let no_object = "expected a JSON object as the body, found something else";
    let answers_and_reasons: Vec<(Box<dyn wiremock::Respond>, &str)> = vec![
        (Box::new(html), "expected a body of the type application/json, found another one"),
        (Box::new(body(Value::Null)), no_object),
        (Box::new(body(json!([]))), no_object),
        (Box::new(body(json!({ "ok": true }))), "expected the member \"userId\" in the body, found none"),
        (Box::new(changed("userId", "p_10")), another),
        (Box::new(changed("environmentId", "env_10")), another),
    ];
    for (answer, reason) in answers_and_reasons {
        let server = server(api_key(), move |request: &Request| answer.respond(request)).await;
        let assert = doctor(&server.uri(), &IDS).code(1);
        let rows = table(&assert);
        assert_eq!(rows[0], format!("  other        as given: no answer of Quiltt's: {reason}"));
        assert!(rows.iter().all(|row| row.starts_with("  other ")), "{rows:?}");
        assert!(answers(&assert).contains(&"  FAIL  Quiltt judged none of these: ask again later".to_owned()));
    }
}

#[tokio::test]
async fn a_server_that_accepts_every_variation_is_said_to_judge_nothing_and_gets_no_pass() {
    for (accepts_all, server) in [
        (true, server(api_key(), session).await),
        (false, server(api_key(), accepting(|claims| claims["ver"] != 1)).await),
    ] {
        let answers = answers(&doctor(&server.uri(), &IDS).success());
        let says_so = |line: &String| line.starts_with("  note  every variation was accepted, ");
        assert_eq!(answers.iter().any(says_so), accepts_all, "{answers:?}");
        let passes = |line: &String| line.starts_with("  pass  Quiltt accepts");
        assert_eq!(answers.iter().any(passes), !accepts_all, "{answers:?}");
    }
}

/// Whoever can set a variable, such as a project's `.env`, is sent neither the API key's secret nor tokens.
#[tokio::test]
async fn no_variable_of_the_environment_says_who_is_asked() {
    let (asked, set) = (server(api_key(), session).await, server(api_key(), session).await);
    let mut command = quiltt_session(&[&["doctor", "--auth-url", &asked.uri()], &IDS[..]].concat());
    asks(command.env("QUILTT_API_SECRET", API_SECRET).env("QUILTT_AUTH_URL", set.uri())).success();
    assert!(!requests(&asked).await.is_empty());
    assert!(requests(&set).await.is_empty());
}

#[tokio::test]
async fn tokens_that_are_sent_live_for_minutes_unless_a_time_was_given() {
    for (args, time) in [(&[][..], 600), (&["--ttl", "24h"], 86_400), (&["--ttl", "90s"], 90)] {
        let server = server(api_key(), |_: &Request| refused()).await;
        doctor(&server.uri(), &[&IDS[..], args].concat()).code(1);
        let tokens = server.received_requests().await.unwrap().split_off(1);
        assert!(tokens.iter().all(|request| lifetime(&claims(token(request))) <= time + 30));
    }
}

#[tokio::test]
async fn the_clock_is_compared_with_the_servers() {
    let answer = |secs: i64| {
        let date = OffsetDateTime::now_utc() + time::Duration::seconds(secs);
        api_key().insert_header("date", date.format(&Rfc2822).unwrap().replace("+0000", "GMT"))
    };
    for (secs, args, mark, text) in [
        (
            -90,
            &[][..],
            "FAIL",
            " ahead of the server's, where tokens are not valid yet when they arrive: set it with NTP",
        ),
        (-90, &["--backdate", "2m"], "note", " ahead of the server's, which --backdate covers"),
        (-7200, &[], "FAIL", " ahead of the server's, more than --backdate covers (600s): set it with NTP"),
        (7200, &[], "FAIL", " behind the server's, so tokens expire that much too early: set it with NTP"),
        (0, &[], "pass", " within seconds of the server's"),
    ] {
        let server = server(answer(secs), session).await;
        let lines = answers(&doctor(&server.uri(), args));
        let clock = lines.iter().find(|line| line.contains("  clock: ")).unwrap();
        assert!(clock.starts_with(&format!("  {mark}  clock: ")) && clock.contains(text), "{clock}");
        let backdating = clock.contains(", and pass --backdate 1") && clock.ends_with("s until then");
        assert_eq!(backdating, secs == -90 && args.is_empty(), "{clock}");
    }
}

#[tokio::test]
async fn the_report_says_that_another_server_was_asked() {
    let server = server(api_key(), session).await;
    let report = printed(&doctor(&server.uri(), &IDS));
    let line = format!("  note  {} is asked, not Quiltt: see --auth-url\n", server.uri());
    assert!(report.contains(&line), "{report}");
}

#[tokio::test]
async fn ids_are_compared_with_the_api_keys() {
    let server = server(api_key(), session).await;
    let assert = doctor(&server.uri(), &[]).success();
    assert_eq!(
        answers(&assert)[..2],
        [
            "  note  api-key       not given; the API key's is --api-key api_11gKT7OFCTrIx1YA3M0zfS5",
            "  note  environment   not given; the API key's is --environment env_1Bx4omNvZgKao2OqGshImD",
        ]
    );
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
    let lines = answers(&doctor(&server.uri(), &["--token-version", "2"]).success());
    assert_eq!(lines.len(), 3, "version 2 has no claim for an environment: {lines:?}");
}

#[tokio::test]
async fn an_api_secret_that_quiltt_refuses_fails_and_it_is_asked_about_tokens_all_the_same() {
    let server = server(refused(), session).await;
    let assert = doctor(&server.uri(), &IDS).code(1);
    let answers = answers(&assert);
    assert!(answers[0].starts_with("  FAIL  API key: expected a credential that Quiltt takes"), "{answers:?}");
    assert!(answers[0].contains("; check QUILTT_API_SECRET"), "{answers:?}");
    assert_eq!(table(&assert)[0], "  accepted     as given");
}

#[tokio::test]
async fn without_a_signing_secret_that_can_be_used_the_api_key_is_looked_up() {
    let server = server(api_key(), session).await;
    let args = [&IDS[..], &["--secret-encoding", "hex"]].concat();
    let answers = answers(&doctor(&server.uri(), &args).code(1));
    assert_eq!(answers[..2], API_KEYS_IDS);
    assert_eq!(requests(&server).await.len(), 1);
}

#[test]
fn a_server_that_cannot_be_reached_fails_and_is_not_asked_again() {
    let url = {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        format!("http://{}", listener.local_addr().unwrap())
    };
    let lines = answers(&doctor(&url, &IDS).code(1));
    let [line] = &lines[..] else { panic!("{lines:?}") };
    let line = line.strip_prefix("  FAIL  API key: ").unwrap();
    let cause = line.strip_prefix("expected a connection, found that none can be made: ").unwrap();
    assert!(cause.contains("refused") && cause.ends_with("; check the network, and try again later"), "{cause}");
    let assert = asks(&mut quiltt_session(&[&["doctor", "--auth-url", &url], &IDS[..]].concat())).code(1);
    assert_eq!(
        answers(&assert)[1..],
        [
            "  no answer    as given".to_owned(),
            format!("  FAIL  not asked any further: {line}"),
            "  note  clock: not checked, for no answer told the server's time".to_owned(),
        ]
    );
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
fn without_an_api_secret_and_ids_quiltt_is_not_asked_and_the_report_says_what_that_takes() {
    let assert = quiltt_session(&["doctor", "--profile", PROFILE]).assert().success();
    let line = "  note  not asked: that takes QUILTT_API_SECRET or ids, and --profile with one that exists";
    assert_eq!(answers(&assert), [line]);
}

/// Each default of this project is a guess until this has run once. With Quiltt's own secrets in the environment,
/// base64 or hex as QUILTT_SECRET_ENCODING says, and a profile that exists:
///
/// `QUILTT_SIGNING_SECRET=… QUILTT_API_SECRET=… QUILTT_PROFILE=p_… cargo test -p quiltt-session-cli --features remote
/// --test cli quiltt_itself -- --ignored --nocapture`
///
/// It sends what `doctor` announces, and shows its report.
#[test]
#[ignore = "asks Quiltt: set QUILTT_SIGNING_SECRET, QUILTT_API_SECRET and QUILTT_PROFILE, and run it with --ignored"]
fn quiltt_itself_accepts_some_setting() {
    let variable = |name: &str| env::var(name).unwrap_or_else(|_| panic!("expected {name} in the environment"));
    let (_, _, profile) =
        (variable("QUILTT_SIGNING_SECRET"), variable("QUILTT_API_SECRET"), variable("QUILTT_PROFILE"));
    let encoding = env::var("QUILTT_SECRET_ENCODING").unwrap_or_else(|_| "raw".to_owned());
    // With the whole environment, for that may name a proxy.
    let mut command = runner::program(PROGRAM);
    let output = command.args(["doctor", "--profile", &profile, "--secret-encoding", &encoding]).output().unwrap();
    println!("{}", String::from_utf8_lossy(&output.stdout));
    assert!(String::from_utf8_lossy(&output.stdout).contains("; to copy: --token-version "));
}
