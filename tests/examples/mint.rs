//! `cargo run --example mint` does what the README says.

use std::process::Output;

use quiltt_session::{SessionVerifier, SigningSecret};
use serde_json::Value;

use super::{PROFILE, PROFILE_UUID, SECRET, example};

fn run(arguments: &[&str], secret: Option<&str>) -> Output {
    let mut command = example("mint");
    command.args(arguments).env_remove("QUILTT_SIGNING_SECRET");
    if let Some(secret) = secret {
        command.env("QUILTT_SIGNING_SECRET", secret);
    }
    command.output().unwrap()
}

fn session(output: &Output) -> Value {
    assert!(output.status.success());
    let json = std::str::from_utf8(&output.stdout).unwrap();
    assert_eq!(json.lines().count(), 1, "the JSON stands alone on stdout");
    serde_json::from_str(json).unwrap()
}

#[test]
fn without_a_secret_it_says_that_it_uses_the_demo_secret() {
    let output = run(&[], None);
    assert!(String::from_utf8_lossy(&output.stderr).contains("demo secret"));
    let session = session(&output);
    let verifier = SessionVerifier::builder(SigningSecret::demo()).build().unwrap();
    let verified = verifier.verify(session["token"].as_str().unwrap()).unwrap();
    assert_eq!(session["userId"], verified.user_id().to_string());
    assert_ne!(session["userId"], self::session(&run(&[], None))["userId"], "each run has a fresh profile");
}

#[test]
fn a_profile_is_taken_in_either_form() {
    for profile in [PROFILE_UUID, PROFILE] {
        let session = session(&run(&[profile], None));
        assert_eq!([&session["userId"], &session["userUuid"]], [PROFILE, PROFILE_UUID]);
    }
}

#[test]
fn the_secret_in_the_environment_is_used_and_nothing_is_said() {
    let output = run(&[], Some(SECRET));
    assert_eq!(output.stderr, b"");
    let verifier = SessionVerifier::builder(SigningSecret::from_bytes(SECRET).unwrap()).build().unwrap();
    assert!(verifier.verify(session(&output)["token"].as_str().unwrap()).is_ok());
}

#[test]
fn bad_input_is_one_line_on_stderr_and_a_failure() {
    for (arguments, secret, expected) in [
        (&["p_"][..], None, "error: expected a profile id (p_1… or a UUID), found nothing at position 2\n"),
        (&["p_10", "p_10"], None, "error: expected at most one argument: a profile (UUID or p_1…)\n"),
        (&[], Some(""), "error: expected a secret in the environment variable QUILTT_SIGNING_SECRET, found it empty\n"),
        (
            &[],
            Some("hunter2"),
            "error: expected a secret of at least 512 bits, found 56: HS512 needs a key as long as its hash (RFC 7518 §3.2)\n",
        ),
    ] {
        let output = run(arguments, secret);
        assert!(!output.status.success());
        assert_eq!(String::from_utf8_lossy(&output.stderr), expected);
        assert_eq!(output.stdout, b"");
    }
}
