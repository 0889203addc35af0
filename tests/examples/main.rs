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
    path::Path,
    process::Command,
};

use quiltt_session::{SessionSigner, SigningSecret};
use tempfile::NamedTempFile;

const SECRET: &str = include_str!("../vectors/secret.txt").trim_ascii_end();
const PROFILE: &str = "p_12VnSaRRxyP12Sl9rLZg8n1";

/// An example, which stands beside the folder of the test binaries. `cargo test` builds the examples first, `cargo test --test
/// examples` does not, so one of other sources is refused.
fn example(name: &str) -> Command {
    let test = env::current_exe().unwrap();
    let folder = test.parent().unwrap().parent().unwrap().join("examples");
    let program = folder.join(format!("{name}{}", env::consts::EXE_SUFFIX));
    let modified = |path: &Path| fs::metadata(path).and_then(|metadata| metadata.modified());
    let built = modified(&program).expect("an example; `cargo build --examples` builds them");
    let sources = fs::read_to_string(folder.join(format!("{name}.d"))).unwrap();
    let mut sources = sources.split_once(": ").unwrap().1.split_whitespace();
    let is_other = |source: &&str| {
        let is_ours = source.starts_with(env!("CARGO_MANIFEST_DIR"));
        !is_ours || modified(Path::new(source)).is_ok_and(|modified| modified > built)
    };
    assert_eq!(sources.find(is_other), None, "{name} is of other sources; `cargo build --examples` builds it anew");
    runner::program(program)
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
    for name in if cfg!(feature = "http") { &["verify", "hyper"][..] } else { &["verify"] } {
        let output = example(name).env_remove("QUILTT_SIGNING_SECRET").output().unwrap();
        let message = "expected a secret in the environment variable QUILTT_SIGNING_SECRET, found it unset";
        assert_eq!(String::from_utf8_lossy(&output.stderr), format!("Error: {message:?}\n"), "{name}");
    }
    let batch = example("batch").arg("many").output().unwrap();
    let message = "expected a number of sessions as the argument, found something else";
    assert_eq!(String::from_utf8_lossy(&batch.stderr), format!("Error: {message:?}\n"));
}
