//! Standard output that is closed or full.

use std::{
    io::{PipeWriter, Read, Write, pipe},
    process::Stdio,
};

use crate::{AT, PROFILE, start, token};

/// Runs every command, each as a variant that succeeds where its output can be written.
fn each_command(mut check: impl FnMut(&[&str])) {
    let token = token(&[]);
    for args in [
        &["mint", "--new-user"][..],
        &["inspect", "--at", AT, &token],
        &["inspect", "--at", AT, "--json", &token],
        &["verify", "--at", AT, &token],
        &["id", PROFILE],
        &["doctor"],
        &["completions", "zsh"],
        &["--help"],
        &["mint", "--help"],
        &["--version"],
    ] {
        check(args);
    }
}

/// A pipe whose reader has gone.
fn closed() -> PipeWriter {
    pipe().unwrap().1
}

#[test]
fn a_closed_pipe_is_success_and_no_word_is_said() {
    each_command(|args| {
        let output = start(args).stdout(closed()).output().unwrap();
        assert_eq!((output.status.code(), String::from_utf8_lossy(&output.stderr)), (Some(0), "".into()), "{args:?}");
    });
}

/// `inspect … | head` in a script with `pipefail` must not let a bad token pass.
#[test]
fn what_was_found_wins_over_a_closed_pipe() {
    let tampered = token(&[]).replace("eyJhbGciOiJIUzUxMiJ9", "eyJhbGciOiJub25lIn0");
    let expired = token(&[]);
    for (args, code) in [
        (&["inspect", "--at", AT, "a.b.c"][..], 1),
        (&["inspect", "--at", AT, "--json", "a.b.c"], 1),
        (&["inspect", "--json", &expired], 1),
        (&["verify", "--at", AT, &tampered], 1),
        (&["doctor", "--offline", "--secret-encoding", "hex"], 1),
    ] {
        let output = start(args).stdout(closed()).output().unwrap();
        assert_eq!(output.status.code(), Some(code), "{args:?}");
        assert!(!output.stderr.is_empty(), "{args:?}");
    }
}

#[test]
fn a_long_list_stops_when_its_reader_does() {
    let mut child =
        start(&["mint", "--profiles-from", "-"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(format!("{PROFILE}\n").repeat(20_000).as_bytes()).unwrap();
    let mut first = [0; 1];
    let mut stdout = child.stdout.take().unwrap();
    stdout.read_exact(&mut first).unwrap();
    drop(stdout);
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), String::from_utf8_lossy(&output.stderr)), (Some(0), "".into()));
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_a_failed_run() {
    let error = "error: cannot write to standard output: No space left on device (os error 28)\n";
    each_command(|args| {
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let output = start(args).stdout(full).output().unwrap();
        let found = (output.status.code(), String::from_utf8_lossy(&output.stderr));
        assert_eq!(found, (Some(1), error.into()), "{args:?}");
    });
}

#[test]
fn a_closed_standard_error_changes_no_exit_code() {
    for (args, code) in [(&["verify", "a.b.c"][..], 1), (&["verify", "--at", "x"], 2), (&["mint", "--ttl", "0"], 2)] {
        let status = start(args).stdout(Stdio::null()).stderr(closed()).status().unwrap();
        assert_eq!(status.code(), Some(code), "{args:?}");
    }
}
