//! The examples do what they say.

#[cfg(all(feature = "axum", feature = "reload"))]
mod axum;
#[cfg(feature = "http")]
mod hyper;
#[cfg(feature = "remote")]
mod remote;
#[path = "../it/runner.rs"]
mod runner;

use std::{
    env,
    fs::{self, File},
    process::Command,
};

use quiltt_session::{SessionSigner, SigningSecret};
use tempfile::NamedTempFile;

const SECRET: &str = include_str!("../vectors/secret.txt").trim_ascii_end();
const PROFILE: &str = "p_12VnSaRRxyP12Sl9rLZg8n1";

/// Cargo builds the examples before it runs the tests, beside the folder of the test binaries.
fn example(name: &str) -> Command {
    let test = env::current_exe().unwrap();
    let name = format!("{name}{}", env::consts::EXE_SUFFIX);
    runner::program(test.parent().unwrap().parent().unwrap().join("examples").join(name))
}

#[test]
fn the_shortest_one_prints_a_session_as_json() {
    let output = example("mint").output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let session: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(session["token"].as_str().unwrap().starts_with("eyJhbGciOiJIUzUxMiJ9."));
}

#[test]
fn the_one_that_verifies_names_the_user_of_a_token() {
    let signer = SessionSigner::builder(SigningSecret::from_bytes(SECRET).unwrap()).build().unwrap();
    let session = signer.mint(PROFILE.parse().unwrap()).unwrap();
    let file = NamedTempFile::new().unwrap();
    fs::write(&file, session.token()).unwrap();
    let mut command = example("verify");
    command.env("QUILTT_SIGNING_SECRET", SECRET).stdin(File::open(&file).unwrap());
    let answer = format!("user {PROFILE} until {}\n", session.expires_at());
    assert_eq!(String::from_utf8_lossy(&command.output().unwrap().stdout), answer);
}

#[test]
fn what_is_missing_is_said_in_words() {
    let verify = example("verify").env_remove("QUILTT_SIGNING_SECRET").output().unwrap();
    let message = "expected a secret in the environment variable QUILTT_SIGNING_SECRET, found it unset";
    assert_eq!(String::from_utf8_lossy(&verify.stderr), format!("Error: {message:?}\n"));
    let batch = example("batch").arg("many").output().unwrap();
    let message = "expected a number of sessions as the argument, found something else";
    assert_eq!(String::from_utf8_lossy(&batch.stderr), format!("Error: {message:?}\n"));
}
