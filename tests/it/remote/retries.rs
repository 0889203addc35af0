//! A call is repeated where that is safe, as often as it may be, and not otherwise.

use std::time::{Duration, Instant};

use quiltt_session::{ApiSecret, NewSession, QuilttAuth, RemoteConfigError, RemoteError, Revocation, TransportReason};

use super::{
    auth, body, builder,
    server::{Act, Counts, json, start},
    session, user,
};

fn answer(status: &str) -> Act {
    Act::Write(json(status, &body().to_string()))
}

/// Quiltt's own words.
fn refused() -> Act {
    Act::Write(json("401 Unauthorized", r#"{"message":"Unauthenticated","instruction":"Sign in"}"#))
}

fn broken() -> Act {
    Act::WriteAndClose(String::new())
}

/// Failures that may pass.
fn passing() -> [Act; 4] {
    [answer("502 Bad Gateway"), answer("503 Service Unavailable"), answer("504 Gateway Timeout"), broken()]
}

async fn server(acts: impl Into<Vec<Act>>) -> (QuilttAuth, Counts) {
    let (url, counts) = start(acts).await;
    (auth(&url), counts)
}

#[tokio::test]
async fn what_may_be_repeated_is_until_it_works() {
    for act in passing() {
        let acts = [act.clone(), act, answer("200 OK")];
        let token = session().into_token();

        let (auth, counts) = server(vec![acts; 3].concat()).await;
        auth.check(&token).await.unwrap().into_session().unwrap();
        assert_eq!(counts.requests(), 3);
        auth.introspect(&token).await.unwrap().into_session().unwrap();
        assert_eq!(counts.requests(), 6);
        assert_eq!(auth.revoke(&token).await.unwrap(), Revocation::Revoked);
        assert_eq!(counts.requests(), 9);
    }
}

#[tokio::test]
async fn no_user_and_no_session_is_created_twice() {
    for act in passing() {
        for new in [
            NewSession::for_new_user(),
            NewSession::for_new_user_with_id(user()),
            NewSession::for_user(user()),
            NewSession::for_user(user()).email("ada@example.com"),
        ] {
            let (auth, counts) = server([act.clone(), answer("201 Created")]).await;
            assert!(auth.create_session(new).await.is_err());
            assert_eq!(counts.requests(), 1);
        }
    }
}

#[tokio::test]
async fn other_statuses_are_final() {
    for status in [
        "400 Bad Request",
        "401 Unauthorized",
        "404 Not Found",
        "429 Too Many Requests",
        "500 Oops",
        "501 No",
        "505 No",
    ] {
        let (auth, counts) = server([answer(status), answer("200 OK")]).await;
        assert!(auth.check(session().token()).await.is_err());
        assert_eq!(counts.requests(), 1, "{status}");
    }
}

#[tokio::test]
async fn it_gives_up_after_the_retries_that_were_set_and_says_why() {
    for (retries, expected) in [(0, 1), (1, 2), (2, 3), (3, 4)] {
        let (url, counts) = start([answer("503 Service Unavailable")]).await;
        let error = builder(&url).retries(retries).build().unwrap().check(session().token()).await.unwrap_err();
        assert!(matches!(error, RemoteError::Server { status: 503, .. }), "{error:?}");
        assert_eq!(counts.requests(), expected);
    }
    let (auth, counts) = server([broken()]).await;
    let started = Instant::now();
    let error = auth.check(session().token()).await.unwrap_err();
    assert!(started.elapsed() >= Duration::from_millis(50 + 100), "it waits longer each time");
    assert!(
        matches!(&error, RemoteError::Transport(error) if error.reason() == TransportReason::Interrupted),
        "{error:?}"
    );
    assert_eq!(counts.requests(), 3);
}

#[tokio::test]
async fn it_waits_as_long_as_the_server_asks() {
    let busy = "HTTP/1.1 503 Service Unavailable\r\nretry-after: 1\r\ncontent-length: 0\r\n\r\n";
    let (auth, counts) = server([Act::Write(busy.to_owned()), answer("200 OK")]).await;
    let started = Instant::now();
    auth.check(session().token()).await.unwrap().into_session().unwrap();
    assert!(started.elapsed() >= Duration::from_secs(1));
    assert_eq!(counts.requests(), 2);
}

#[tokio::test]
async fn a_server_that_fails_may_say_when_to_try_again_and_no_call_waits_past_its_end() {
    for (header, expected) in [("retry-after: 3600\r\n", Some(3600)), ("retry-after: soon\r\n", None), ("", None)] {
        let busy = format!("HTTP/1.1 503 Service Unavailable\r\n{header}content-length: 0\r\n\r\n");
        let (auth, counts) = server([Act::Write(busy)]).await;
        let started = Instant::now();
        let error = auth.check(session().token()).await.unwrap_err();
        assert!(started.elapsed() < Duration::from_secs(15));
        assert_eq!(counts.requests(), if expected.is_some() { 1 } else { 3 });
        let RemoteError::Server { retry_after, .. } = &error else { panic!("{error:?}") };
        assert_eq!(*retry_after, expected.map(Duration::from_secs));
        assert_eq!(error.to_string().contains(": try again in 3600 s"), expected.is_some(), "{error}");
    }
}

#[tokio::test]
async fn a_token_refused_after_half_a_revocation_is_not_said_to_be_revoked_or_not_active() {
    let refused = refused();
    for act in passing() {
        let (auth, counts) = server([act, refused.clone()]).await;
        let error = auth.revoke(session().token()).await.unwrap_err();
        assert!(matches!(error, RemoteError::NotAuthenticated(_)), "{error:?}");
        assert_eq!(counts.requests(), 2);
    }
}

#[test]
fn the_settings_are_the_documented_ones_unless_set() {
    let secret = ApiSecret::from_bytes("demo-api-secret").unwrap();
    assert!(format!("{:?}", QuilttAuth::builder(secret)).contains(r#"base_url: "https://auth.quiltt.io""#));
    assert_eq!(
        format!("{:?}", auth("http://127.0.0.1:1")),
        "QuilttAuth { base_url: http://127.0.0.1:1/, timeouts: Timeouts { connect: 5s, call: 15s }, \
         retries: 2, .. }"
    );
}

#[test]
fn settings_have_bounds() {
    let error = builder("http://127.0.0.1:1").retries(11).build().unwrap_err();
    assert_eq!(error.to_string(), "expected at most 10 retries, found 11");
    let most = builder("http://127.0.0.1:1").retries(10).timeout(Duration::from_secs(3600));
    assert!(most.connect_timeout(Duration::from_secs(3600)).build().is_ok());
    for timeout in [Duration::ZERO, Duration::new(3600, 1), Duration::from_secs(3601), Duration::MAX] {
        let error = builder("http://127.0.0.1:1").timeout(timeout).build().unwrap_err();
        assert!(matches!(error, RemoteConfigError::Timeout { found, .. } if found == timeout));
        assert!(builder("http://127.0.0.1:1").connect_timeout(timeout).build().is_err());
    }
}
