//! The command `quiltt-session`, through the real binary.

mod completions;
mod demo;
mod doctor;
#[cfg(unix)]
mod documents;
mod help;
mod id;
mod inspect;
mod man;
mod mint;
#[cfg(feature = "remote")]
mod online;
mod pipes;
mod profiles;
#[path = "../../../tests/it/runner.rs"]
mod runner;
mod secret;
mod stable;
#[cfg(unix)]
mod terminal;
mod token_input;
mod verify;

use std::process::{self, Stdio};

use assert_cmd::{Command, assert::Assert};
use quiltt_session::UntrustedToken;
use serde_json::Value;

/// Another secret, which also reads as hexadecimal digits.
const DIGITS: &str = "7b1e94c05da2f8368e4f019ac7d35b62e80d7f41b396ca250f6ed8137c9452ab\
                      d24f0b9e7631a85cc9127de3508f46ba1a9f63d4e5078b2c4ed591f0782a3c6b";
/// A secret that would be noticed wherever it came out.
const SECRET: &str = "cN4rY7hT0mYqZdR7uKx2WcN9vLbS5eGpJ8aFi6oQkX1yDzMwC3rVtHnBgUsEjAlI";
const PROFILE: &str = "p_12VnSaRRxyP12Sl9rLZg8n1";
const PROFILE_UUID: &str = "52909e05-e1cb-4e45-b273-2b7b5d1f9bff";
const SESSION_ID: &str = "4551ca49-c002-4d9b-92ec-465018e28fdc";
const ENVIRONMENT: &str = "env_1Bx4omNvZgKao2OqGshImD";
/// 2023-11-14T22:13:20Z
const AT: &str = "1700000000";
const A_DAY_LATER: &str = "1700086400";

const PROGRAM: &str = env!("CARGO_BIN_EXE_quiltt-session");

const COMMANDS: [&str; 7] = ["mint", "inspect", "verify", "id", "doctor", "completions", "man"];

/// The command with the secret in its environment and nothing else.
fn quiltt_session(args: &[&str]) -> Command {
    with_secret(SECRET, args)
}

fn with_secret(secret: &str, args: &[&str]) -> Command {
    let mut command = without_secret(args);
    command.env("QUILTT_SIGNING_SECRET", secret);
    command
}

fn without_secret(args: &[&str]) -> Command {
    let mut command = Command::from_std(runner::program(PROGRAM));
    command.env_clear().args(args);
    command
}

/// The same for tests that start it themselves, with nothing on standard input and an error stream to read.
fn start(args: &[&str]) -> process::Command {
    let mut command = runner::program(PROGRAM);
    command.env_clear().env("QUILTT_SIGNING_SECRET", SECRET).args(args);
    command.stdin(Stdio::null()).stderr(Stdio::piped());
    command
}

/// The command as the first words of a shell's line.
#[cfg(unix)]
fn in_shell() -> String {
    let command = runner::program(PROGRAM);
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| format!("'{}' ", word.to_str().unwrap())).collect()
}

/// What a successful run prints; it says nothing on standard error.
#[track_caller]
fn stdout(args: &[&str]) -> String {
    printed(&quiltt_session(args).assert().success().stderr(""))
}

/// What a run printed on standard output.
fn printed(assert: &Assert) -> String {
    String::from_utf8(assert.get_output().stdout.clone()).unwrap()
}

/// What a run said on standard error.
fn said(assert: &Assert) -> String {
    String::from_utf8(assert.get_output().stderr.clone()).unwrap()
}

/// A token that is the same in every run, with more arguments.
fn token(args: &[&str]) -> String {
    let fixed = ["mint", "--format", "token", "--profile", PROFILE, "--session-id", SESSION_ID, "--at", AT];
    stdout(&[&fixed, args].concat()).trim_end().to_owned()
}

/// What a token says.
fn claims(token: &str) -> Value {
    serde_json::from_slice(UntrustedToken::parse(token).unwrap().untrusted_payload_json()).unwrap()
}

/// A run that fails with this code and these lines on standard error, and prints nothing.
#[track_caller]
fn refuses(args: &[&str], code: i32, stderr: &str) {
    quiltt_session(args).assert().code(code).stdout("").stderr(format!("{stderr}\n"));
}

/// A run that is malformed: exit 2, with this line in the explanation.
#[track_caller]
fn malformed(args: &[&str], line: &str) {
    let stderr = said(&quiltt_session(args).assert().code(2).stdout(""));
    assert!(stderr.lines().any(|other| other == line), "expected the line {line:?}, found {stderr}");
}
