//! Whatever a connection does, the call ends in time, and the credential goes nowhere else.

use std::{
    future::Future,
    pin::pin,
    task::{Context, Poll, Waker},
    time::Duration,
};

use quiltt_session::{BodyError, NewSession, QuilttAuth, RemoteError, RemoteSession, Revocation, TransportReason};
use tokio::{
    task::JoinSet,
    time::{sleep, timeout},
};
use wiremock::ResponseTemplate;

use super::{
    answering, auth, body, builder, requests,
    server::{Act, Counts, json, start},
    session,
};
use crate::inner;

/// More than any of these calls may take on the slowest machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// Creates a session where nothing is repeated.
async fn create(act: Act, time_out: Duration) -> (Result<RemoteSession, RemoteError>, Counts) {
    let (url, counts) = start([act]).await;
    let auth = builder(&url).timeout(time_out).build().unwrap();
    (auth.create_session(NewSession::for_new_user()).await, counts)
}

fn kind(error: &RemoteError) -> Option<TransportReason> {
    match error {
        RemoteError::Transport(error) => Some(error.reason()),
        _ => None,
    }
}

#[tokio::test]
async fn a_server_that_is_slow_at_any_point_runs_into_the_time_out() {
    let whole = json("201 Created", &body().to_string());
    for text in ["", "HTTP/1.1 ", "HTTP/1.1 201 Created\r\ncontent-length: 9\r\n", &whole[..whole.len() - 1]] {
        let (outcome, _) = create(Act::Write(text.to_owned()), Duration::from_millis(300)).await;
        let error = outcome.unwrap_err();
        assert!(matches!(error, RemoteError::TimedOut { limit } if limit.as_millis() == 300), "{error:?}");
        assert_eq!(error.to_string(), "expected an answer within 300ms, found none");
    }
}

#[tokio::test]
async fn a_connection_that_closes_early_is_a_broken_one() {
    let whole = json("201 Created", &body().to_string());
    let chunked = "HTTP/1.1 201 Created\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n";
    for text in ["", "HTTP/1.1 201", "HTTP/1.1 201 Created\r\n", &whole[..whole.len() - 1], chunked, "not http\r\n\r\n"]
    {
        for act in [Act::WriteAndClose(text.to_owned()), Act::WriteAndHalfClose(text.to_owned())] {
            let (outcome, counts) = create(act, PATIENCE).await;
            let error = outcome.unwrap_err();
            assert_eq!(kind(&error), Some(TransportReason::Interrupted), "{error:?} for {text:?}");
            assert_eq!(counts.requests(), 1, "a new user must not be created twice");
        }
    }
}

#[tokio::test]
async fn a_server_that_half_closes_after_a_whole_answer_is_fine() {
    let (outcome, _) = create(Act::WriteAndHalfClose(json("201 Created", &body().to_string())), PATIENCE).await;
    assert!(outcome.is_ok());
}

#[tokio::test]
async fn no_more_than_64_kib_are_read() {
    let padded = |length: usize| {
        let body = body().to_string();
        body.clone() + &" ".repeat(length - body.len())
    };
    let whole = create(Act::Write(json("201 Created", &padded(64 * 1024))), PATIENCE).await.0;
    assert!(whole.is_ok());

    let announced = json("201 Created", &padded(10 * 1024 * 1024));
    let head = "HTTP/1.1 201 Created\r\ncontent-type: application/json\r\n";
    for act in [
        Act::Write(json("201 Created", &padded(64 * 1024 + 1))),
        Act::Write(announced),
        Act::WriteForever(format!("{head}\r\n")),
    ] {
        let error = create(act, PATIENCE).await.0.unwrap_err();
        assert!(matches!(error, RemoteError::Body(BodyError::TooLong { max: 65_536 })), "{error:?}");
    }
}

#[tokio::test]
async fn a_redirect_to_another_host_is_not_followed() {
    let other = answering(ResponseTemplate::new(201).set_body_json(body())).await;
    for status in [301, 302, 303, 307, 308] {
        let answer =
            ResponseTemplate::new(status).insert_header("location", format!("{}/v1/users/session", other.uri()));
        let server = answering(answer).await;
        let auth = auth(&server.uri());
        for error in [
            auth.create_session(NewSession::for_new_user()).await.unwrap_err(),
            auth.check(session().token()).await.unwrap_err(),
        ] {
            assert!(
                matches!(error, RemoteError::UnexpectedStatus { status: found, .. } if found == status),
                "{error:?}"
            );
        }
        assert_eq!(requests(&server).await, 2);
    }
    assert_eq!(requests(&other).await, 0);
}

#[tokio::test]
async fn a_dropped_call_closes_its_connection_and_disturbs_no_other() {
    let (url, counts) = start([Act::Write(String::new()), Act::Write(json("200 OK", &body().to_string()))]).await;
    let auth = auth(&url);
    tokio::select! {
        _ = auth.api_key() => panic!("the server does not answer this one"),
        () = Counts::reached(&counts.requests, 1) => {}
    }
    timeout(PATIENCE, Counts::reached(&counts.hung_up, 1)).await.unwrap();
    auth.check(session().token()).await.unwrap().into_session().unwrap();
    assert_eq!((counts.connections(), counts.requests()), (2, 2));
}

#[tokio::test]
async fn clones_share_connections() {
    let (url, counts) = start([Act::Write(json("200 OK", &body().to_string()))]).await;
    let first = auth(&url);
    let second = first.clone();
    for auth in [&first, &second, &first] {
        auth.check(session().token()).await.unwrap().into_session().unwrap();
    }
    assert_eq!((counts.connections(), counts.requests()), (1, 3));
}

#[tokio::test]
async fn at_most_128_calls_are_under_way_and_the_others_wait_their_turn() {
    let (url, counts) = start([Act::Write(String::new())]).await;
    let auth = builder(&url).timeout(PATIENCE).build().unwrap();
    let mut calls = JoinSet::new();
    for _ in 0..200 {
        let auth = auth.clone();
        calls.spawn(async move { auth.api_key().await.map(drop) });
    }
    timeout(PATIENCE, Counts::reached(&counts.requests, 128)).await.unwrap();
    sleep(Duration::from_millis(100)).await;
    assert_eq!(counts.requests(), 128);
}

#[tokio::test]
async fn calls_that_wait_for_their_turn_end_in_time_as_well() {
    let (url, _) = start([Act::Write(String::new())]).await;
    let auth = builder(&url).timeout(Duration::from_millis(500)).build().unwrap();
    let mut calls = JoinSet::new();
    for _ in 0..200 {
        let auth = auth.clone();
        calls.spawn(async move { auth.api_key().await.unwrap_err() });
    }
    for error in timeout(PATIENCE, calls.join_all()).await.unwrap() {
        assert!(matches!(error, RemoteError::TimedOut { .. }), "{error:?}");
    }
}

/// As `stream.map(check).buffer_unordered(200)` does while the loop's body makes one more call.
#[tokio::test]
async fn calls_that_nobody_polls_keep_no_other_waiting() {
    let (url, counts) = start([Act::Write(json("200 OK", &body().to_string()))]).await;
    let (auth, session) = (builder(&url).timeout(PATIENCE).build().unwrap(), session());
    let mut checks: Vec<_> = (0..200).map(|_| Box::pin(auth.check(session.token()))).collect();
    for check in &mut checks {
        assert!(check.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    }
    timeout(PATIENCE / 2, auth.check(session.token())).await.unwrap().unwrap().into_session().unwrap();
    for check in checks {
        check.await.unwrap().into_session().unwrap();
    }
    assert_eq!(counts.requests(), 201);
}

/// As a synchronous program does that makes a runtime for each piece of work.
#[test]
fn a_runtime_that_nobody_drives_any_more_keeps_no_connection() {
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (servers, first, second) = (tokio::runtime::Runtime::new().unwrap(), runtime(), runtime());
    let (url, counts) = servers.block_on(start([Act::Write(json("200 OK", &body().to_string()))]));
    let (auth, session) = (builder(&url).timeout(PATIENCE).build().unwrap(), session());
    for runtime in [&first, &second, &second, &first] {
        runtime.block_on(auth.check(session.token())).unwrap().into_session().unwrap();
    }
    assert_eq!((counts.connections(), counts.requests()), (3, 4), "the second runtime had one for both of its calls");
}

#[test]
fn a_call_whose_runtime_is_shut_down_is_an_error() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let auth = auth("http://127.0.0.1:1");
    let mut call = pin!(auth.api_key());
    {
        let _guard = runtime.enter();
        assert!(call.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    }
    drop(runtime);
    let outcome = call.poll(&mut Context::from_waker(Waker::noop()));
    assert!(matches!(outcome, Poll::Ready(Err(RemoteError::NoRuntime))));
}

#[test]
fn without_a_runtime_a_call_is_an_error() {
    let auth = auth("http://127.0.0.1:1");
    let call = pin!(auth.api_key());
    let outcome = call.poll(&mut Context::from_waker(Waker::noop()));
    assert!(matches!(outcome, Poll::Ready(Err(RemoteError::NoRuntime))));
}

#[test]
fn a_proxy_of_the_environment_is_not_asked_for_plain_http() {
    let output = inner("remote::connections::inner_call_past_the_proxy")
        .envs(["http_proxy", "HTTP_PROXY", "ALL_PROXY"].map(|name| (name, "http://127.0.0.1:1")))
        .env_remove("REQUEST_METHOD")
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && text.contains("1 passed"), "{text}");
}

#[tokio::test]
#[ignore = "run by a_proxy_of_the_environment_is_not_asked_for_plain_http, in an environment with a proxy that is not there"]
async fn inner_call_past_the_proxy() {
    let server = answering(ResponseTemplate::new(204)).await;
    assert_eq!(auth(&server.uri()).revoke(session().token()).await.unwrap(), Revocation::Revoked);
}

#[test]
fn a_client_is_shared_and_its_calls_move_between_threads() {
    fn shared<T: Clone + Send + Sync + 'static>(value: T) -> T {
        value
    }
    fn sent(_: impl Future + Send) {}
    let auth: QuilttAuth = shared(auth("http://127.0.0.1:1"));
    sent(auth.create_session(NewSession::for_new_user()));
    sent(auth.check("token"));
    sent(auth.introspect("token"));
    sent(auth.revoke("token"));
    sent(auth.api_key());
}
