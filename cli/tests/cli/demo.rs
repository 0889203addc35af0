//! `--demo`: the published demo secret, for whoever asks for it and nobody else.

use quiltt_session::{SessionVerifier, SigningSecret};
use serde_json::Value;

use crate::{SECRET, malformed, printed, quiltt_session, with_secret, without_secret};

const NOTE: &str = "this is the demo secret; everyone knows it, and Quiltt will refuse its sessions";
const NOTE_INSTEAD: &str = "this is the demo secret, not the one in QUILTT_SIGNING_SECRET; everyone knows it, \
                            and Quiltt will refuse its sessions";

/// What a successful run without any other secret prints; on standard error is the note alone.
fn stdout(args: &[&str]) -> String {
    printed(&without_secret(args).assert().success().stderr(format!("note: {NOTE}\n")))
}

fn session(args: &[&str]) -> Value {
    let json = stdout(&[&["mint", "--demo"], args].concat());
    assert_eq!(json.lines().count(), 1, "the JSON stands alone on stdout");
    serde_json::from_str(&json).unwrap()
}

#[test]
fn it_mints_for_a_new_user_what_the_library_verifies_with_the_same_secret() {
    let session = session(&[]);
    let verifier = SessionVerifier::builder(SigningSecret::demo()).build().unwrap();
    let verified = verifier.verify(session["token"].as_str().unwrap()).unwrap();
    assert_eq!(session["userId"], verified.user_id().to_string());
    assert_ne!(session["userId"], self::session(&[])["userId"], "each run has a fresh profile");
}

#[test]
fn a_demo_token_verifies_with_the_demo_secret_and_no_other() {
    let token = stdout(&["mint", "--demo", "--format", "token"]);
    let claims: Value = serde_json::from_str(&stdout(&["verify", "--demo", token.trim_end()])).unwrap();
    assert_eq!(claims["iss"], "auth.quiltt.io");
    quiltt_session(&["verify", token.trim_end()]).assert().code(1).stdout("");
}

#[test]
fn it_goes_before_the_environment_and_says_so() {
    // Not even a secret that would be refused is looked at.
    for secret in [SECRET, "hunter2"] {
        let assert = with_secret(secret, &["mint", "--demo", "--format", "token"]).assert().success();
        stdout(&["verify", "--demo", printed(&assert.stderr(format!("note: {NOTE_INSTEAD}\n"))).trim_end()]);
    }
}

#[test]
fn it_excludes_every_other_option_about_the_secret() {
    for command in ["mint", "verify", "doctor"] {
        for (other, shown) in [
            (&["--secret-file", "secret"][..], "--secret-file <PATH>"),
            (&["--secret-encoding", "raw"], "--secret-encoding <ENCODING>"),
            (&["--allow-short-secret"], "--allow-short-secret"),
        ] {
            let line = format!("error: the argument '--demo' cannot be used with '{shown}'");
            malformed(&[&[command, "--demo"], other].concat(), &line);
        }
    }
}

#[test]
fn the_doctor_notes_it_in_place_of_checks_of_the_secret() {
    for (mut command, note) in
        [(without_secret(&["doctor", "--demo"]), NOTE), (quiltt_session(&["doctor", "--demo"]), NOTE_INSTEAD)]
    {
        let report = printed(&command.assert().success().stderr(""));
        assert!(report.starts_with(&format!("signing secret\n  note  {note}\n\nclock\n")), "{report}");
        assert!(report.contains("  pass  minted and verified"), "{report}");
    }
}
