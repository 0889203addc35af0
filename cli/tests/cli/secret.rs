//! Where the secret comes from, and that it goes nowhere.

use std::{fs, path::PathBuf};

use assert_cmd::Command;
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use tempfile::TempDir;

use crate::{AT, DIGITS, SECRET, printed, quiltt_session, said, token, with_secret, without_secret};

const SHORT: &str = "cN4rY7hT0mYqZdR7uKx2WcN9vLbS5eGpJ8aFi6o";

/// A file that only its owner can read, as it should be.
pub(crate) fn secret_file(content: &[u8]) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("secret");
    fs::write(&path, content).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;

        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    }
    (folder, path)
}

fn hex(text: &str) -> String {
    text.bytes().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn the_secret_is_read_from_the_environment_or_a_file_in_every_encoding() {
    for (encoding, secret) in [
        ("raw", SECRET.to_owned()),
        ("base64", STANDARD.encode(SECRET)),
        ("base64url", URL_SAFE_NO_PAD.encode(SECRET)),
        ("hex", hex(SECRET)),
    ] {
        let args = ["verify", "--at", AT, "--secret-encoding", encoding, &token(&[])];
        with_secret(&secret, &args).assert().success().stderr("");
        let (_folder, path) = secret_file(secret.as_bytes());
        without_secret(&args).arg("--secret-file").arg(path).assert().success().stderr("");
    }
}

#[test]
fn a_file_goes_before_the_environment() {
    let (_folder, path) = secret_file(SECRET.as_bytes());
    let mut command = with_secret(DIGITS, &["verify", "--at", AT, &token(&[]), "--secret-file"]);
    command.arg(path).assert().success();
}

#[test]
fn without_a_secret_the_error_says_how_to_give_one() {
    for command in ["mint", "verify", "doctor"] {
        without_secret(&[command]).write_stdin("").assert().code(2).stdout("").stderr(
            "error: expected a signing secret, found none: pass --secret-file PATH or set QUILTT_SIGNING_SECRET, \
             or try it with --demo\n",
        );
    }
}

/// A bad secret in this file is refused with its name and this reason, whoever reads it.
#[track_caller]
fn refused_in_file(content: &[u8], encoding: &str, reason: &str) {
    let (_folder, path) = secret_file(content);
    let line = format!("error: signing secret in {}: {reason}\n", path.display());
    for command in ["mint", "verify"] {
        let mut command = without_secret(&[command, "--secret-encoding", encoding, "--secret-file"]);
        command.arg(&path).write_stdin("").assert().code(1).stdout("").stderr(line.clone());
    }
    let mut doctor = without_secret(&["doctor", "--offline", "--secret-encoding", encoding, "--secret-file"]);
    fails_in_report(doctor.arg(&path), &format!("signing secret in {}: {reason}", path.display()));
    let in_this_encoding = if encoding == "hex" { hex(SECRET) } else { SECRET.to_owned() };
    let mut also = with_secret(&in_this_encoding, &["verify", "--secret-encoding", encoding, "--also-secret-file"]);
    also.arg(&path).write_stdin("").assert().code(1).stdout("").stderr(line);
}

/// The report of `doctor` says that this is wrong with the secret.
#[track_caller]
fn fails_in_report(doctor: &mut Command, reason: &str) {
    let report = printed(&doctor.assert().code(1));
    assert_eq!(report.lines().nth(1), Some(&*format!("  FAIL  {reason}")));
}

/// The same for the environment variable.
#[track_caller]
fn refused_in_environment(content: &str, encoding: &str, reason: &str) {
    refused_in_place("signing secret in QUILTT_SIGNING_SECRET", content, encoding, reason);
}

#[track_caller]
fn refused_in_place(place: &str, content: &str, encoding: &str, reason: &str) {
    for command in ["mint", "verify"] {
        let mut command = with_secret(content, &[command, "--secret-encoding", encoding]);
        command.write_stdin("").assert().code(1).stdout("").stderr(format!("error: {place}: {reason}\n"));
    }
    let mut doctor = with_secret(content, &["doctor", "--offline", "--secret-encoding", encoding]);
    fails_in_report(&mut doctor, &format!("{place}: {reason}"));
}

#[test]
fn where_a_fingerprint_is_expected_no_other_secret_is_taken() {
    const OWN: &str = "d744162d11a99ea4";
    const OTHER: &str = "6f5bd9652e922a3d";
    const REFUSED: &str = "error: signing secret in QUILTT_SIGNING_SECRET: expected the secret with the fingerprint";
    const WHY: &str = "it is another secret, or was changed on its way here";
    let token = token(&[]);
    let verify = |options: &[&str]| quiltt_session(&[&["verify", "--at", AT, &token], options].concat());
    verify(&["--expect-fingerprint", OWN]).assert().success();
    verify(&["--expect-fingerprint", OTHER, "--expect-fingerprint", OWN]).assert().success();
    verify(&[]).env("QUILTT_SIGNING_SECRET_FINGERPRINT", OWN).assert().success();
    let error = format!("{REFUSED} {OTHER}, found {OWN}: {WHY}\n");
    verify(&["--expect-fingerprint", OTHER]).assert().code(1).stderr(error.clone());
    verify(&[]).env("QUILTT_SIGNING_SECRET_FINGERPRINT", OTHER).assert().code(1).stderr(error.clone());
    let mut both = verify(&["--expect-fingerprint", OWN]);
    both.env("QUILTT_SIGNING_SECRET_FINGERPRINT", OTHER).assert().code(1).stderr(error);
    let mut encoded = verify(&["--expect-fingerprint", OWN]);
    let stderr = said(&encoded.env("QUILTT_SIGNING_SECRET", hex(SECRET)).assert());
    let advice = format!(": {WHY}; the one that is expected is this text with --secret-encoding hex\n");
    assert!(stderr.ends_with(&advice), "{stderr}");
}

#[test]
fn doctor_says_that_the_fingerprint_is_as_expected_and_notes_what_carriers_change() {
    let report = |secret: &str, options: &[&str]| {
        printed(&with_secret(secret, &[&["doctor", "--offline"], options].concat()).assert())
    };
    let expected = report(SECRET, &["--expect-fingerprint", "d744162d11a99ea4"]);
    assert!(expected.contains("  pass  fingerprint d744162d11a99ea4, as expected\n"), "{expected}");
    assert!(!report(SECRET, &[]).contains("carriers"));
    let at_risk = format!("{}#{}$Q", &SECRET[..40], &SECRET[40..]);
    let found = report(&at_risk, &[]);
    assert!(
        found.contains("it has a `$` before a letter (") && found.contains("a `#` (") && !found.contains(&at_risk),
        "{found}"
    );
    let cut = &hex(SECRET)[1..];
    assert!(report(cut, &[]).contains("  note  it is an odd number of hexadecimal digits"));
}

#[test]
fn a_secret_in_the_place_of_its_files_path_is_not_shown() {
    for secret in ["hT4mYq0ZdR7uKx2WcN9vLbS5eGpJ8aFi6oQkX1yD", "sk_live_51H8xT2pQ9vLm"] {
        for command in ["mint", "verify", "doctor"] {
            let assert = without_secret(&[command, "--secret-file", secret]).write_stdin("").assert().code(1);
            let said = printed(&assert) + &said(&assert);
            assert!(said.contains("bytes that look like no name)") && !said.contains(&secret[8..16]), "{said}");
        }
    }
}

#[test]
fn each_bad_secret_is_a_failed_run_that_says_where_it_is_and_what_to_do() {
    let looks_like = |what: &str| format!("expected a signing secret, found what looks like a {what}");
    for (content, reason) in [
        (
            &*format!("{SECRET}\n"),
            "expected a secret without white space around it, found some: it is never trimmed, \
             so store it without (printf '%s' instead of echo, -NoNewline in PowerShell)",
        ),
        (
            &format!("\u{feff}{SECRET}"),
            "expected a secret without invisible characters around it, found a byte order mark (U+FEFF): \
             store it without; in PowerShell, Set-Content -NoNewline -Encoding ascii does",
        ),
        (
            &"0".repeat(64),
            "expected a random secret, found one whose bytes are all the same; ask Quiltt for a real one",
        ),
        (&format!("changeme{SECRET}"), &looks_like("placeholder: put the secret from Quiltt in its place")),
        (
            "/run/secrets/quiltt/production/back-end/signing-secret/current/value",
            &looks_like("path: read the file that it names, with `from_file`; here that is --secret-file PATH"),
        ),
        (
            "quiltt-session-demo-secret--never-use-in-production-0123456789ab",
            "expected a secret of your own, found the published demo secret: everyone knows it, \
             so take SigningSecret::demo if you mean it; here that is --demo",
        ),
        (&SECRET.repeat(65), "expected a secret of at most 4096 bytes, found more: is this the right file?"),
    ] {
        refused_in_file(content.as_bytes(), "raw", reason);
        refused_in_environment(content, "raw", reason);
    }
    let reason = "expected hexadecimal digits, found a character or length that it does not allow; \
                  check that the whole secret was copied; it passes with --secret-encoding raw";
    refused_in_file(SECRET.as_bytes(), "hex", reason);
    // No environment variable can hold these.
    for text in [SECRET.to_owned(), format!("\u{feff}{SECRET}\r\n")] {
        let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let reason = "text in UTF-16: save it as UTF-8, without a byte order mark; \
                      in PowerShell, Set-Content -NoNewline -Encoding ascii does";
        refused_in_file(&utf16, "raw", &looks_like(reason));
    }
    refused_in_file(
        format!("{SHORT}{}", "\0".repeat(64)).as_bytes(),
        "raw",
        "expected a secret of at least 512 bits, found 312: HS512 needs a key as long as its hash \
         (RFC 7518 §3.2), without NULs at its end; check that the whole secret was copied, or pass --allow-short-secret if it \
         is all that Quiltt gave you",
    );
}

#[test]
fn another_encoding_is_only_suggested_if_the_secret_then_passes() {
    const WHOLE: &str = "check that the whole secret was copied";
    const ALL: &str = "or pass --allow-short-secret if it is all that Quiltt gave you";
    let too_short = |bits: usize, advice: String| {
        let why = "HS512 needs a key as long as its hash (RFC 7518 §3.2), without NULs at its end";
        format!("expected a secret of at least 512 bits, found {bits}: {why}; {advice}")
    };
    let not_hex = "expected hexadecimal digits, found a character or length that it does not allow";
    for (content, encoding, reason) in [
        ("hunter2", "raw", too_short(56, format!("{WHOLE}, or ask Quiltt for a longer one"))),
        (SHORT, "raw", too_short(312, format!("{WHOLE}, {ALL}"))),
        (&DIGITS[..64], "hex", too_short(256, format!("it passes with --secret-encoding raw, {ALL}"))),
        (&DIGITS[..48], "hex", too_short(192, format!("{WHOLE}, or ask Quiltt for a longer one"))),
        (SHORT, "hex", format!("{not_hex}; {WHOLE}")),
        (SECRET, "hex", format!("{not_hex}; {WHOLE}; it passes with --secret-encoding raw")),
        (&STANDARD.encode(SECRET), "hex", format!("{not_hex}; {WHOLE}; it passes with --secret-encoding base64")),
    ] {
        refused_in_environment(content, encoding, &reason);
    }
}

#[cfg(unix)]
#[test]
fn a_secret_in_a_pipe_is_read_once_by_every_command_and_in_every_encoding() {
    use std::process::{Command, Stdio};

    let bash = |args: &str, secret: &str| {
        let script = format!("{} {args} --secret-file <(printf %s '{secret}')", crate::in_shell());
        let mut command = Command::new("bash");
        let output =
            command.args(["-c", &script]).stdin(Stdio::null()).env_remove("QUILTT_API_SECRET").output().unwrap();
        String::from_utf8([output.stdout, output.stderr].concat()).unwrap()
    };
    let token = token(&[]);
    assert!(bash(&format!("verify --at {AT} {token}"), SECRET).contains("\"jti\""));
    assert!(bash(&format!("verify --at {AT} {token}"), &hex(SECRET)).contains("good with --secret-encoding hex"));
    let report = bash("doctor --offline", &hex(SECRET));
    assert!(report.contains("  pass  1024 bits, read as raw from /"), "{report}");
    assert!(report.contains("  note  it also reads as hex, of 512 bits"), "{report}");
    let report = bash("doctor --offline", "");
    assert!(report.contains("  FAIL  signing secret: expected a secret in the file \"/"), "{report}");
    let report = bash("doctor --offline", &SECRET.repeat(65));
    assert!(report.contains(": expected a secret of at most 4096 bytes, found more"), "{report}");
}

#[test]
fn a_file_that_cannot_be_read_says_so() {
    without_secret(&["mint", "--secret-file", "no-such-file"]).assert().code(1).stdout("").stderr(
        "error: signing secret: cannot read the secret file \"no-such-file\": entity not found; \
         check the path and its permissions\n",
    );
    let (_folder, path) = secret_file(b"");
    let reason = format!("error: signing secret: expected a secret in the file {path:?}, found it empty\n");
    let mut doctor = without_secret(&["doctor", "--offline", "--secret-file"]);
    let line = reason.trim_end().trim_start_matches("error: ");
    fails_in_report(doctor.arg(&path), line);
    for args in [["mint", "--secret-file"], ["verify", "--secret-file"], ["verify", "--also-secret-file"]] {
        let mut command = if args[1] == "--secret-file" { without_secret(&args) } else { quiltt_session(&args) };
        command.arg(&path).write_stdin("").assert().code(1).stdout("").stderr(reason.clone());
    }
}

#[test]
fn an_empty_variable_is_named() {
    let reason = "expected a secret in the environment variable QUILTT_SIGNING_SECRET, found it empty";
    refused_in_place("signing secret", "", "raw", reason);
}

#[test]
fn a_short_secret_is_taken_when_allowed_and_warned_of() {
    with_secret(SHORT, &["mint", "--new-user", "--allow-short-secret"]).assert().success().stderr(
        "warning: signing secret in QUILTT_SIGNING_SECRET: it has 312 bits, fewer than the 512 of RFC 7518 §3.2\n",
    );
    with_secret(&SHORT[..31], &["mint", "--allow-short-secret"]).assert().code(1).stdout("").stderr(
        "error: signing secret in QUILTT_SIGNING_SECRET: expected a secret of at least 256 bits, found 248: \
         HS512 needs a key as long as its hash (RFC 7518 §3.2), without NULs at its end; \
         check that the whole secret was copied, or ask Quiltt for a longer one\n",
    );
}

#[test]
fn a_secret_that_looks_like_something_else_is_taken_when_allowed_and_warned_of() {
    let words = "seven-owls-carry-the-old-piano-down-to-the-river-before-midnight";
    let what =
        "guessable text, such as words, a mask or a run of keys: a secret has to be random, so ask Quiltt for it";
    refused_in_environment(words, "raw", &format!("expected a signing secret, found what looks like a {what}"));
    with_secret(words, &["mint", "--new-user", "--allow-lookalike-secret"]).assert().success().stderr(format!(
        "warning: signing secret in QUILTT_SIGNING_SECRET: it was taken although it looks like a {what}\n"
    ));
    // Length stays law.
    with_secret("seven-owls-carry-the-old-piano", &["mint", "--allow-lookalike-secret"]).assert().code(1).stdout("");
}

#[test]
fn doctor_fails_on_each_text_that_only_stands_for_a_secret() {
    for text in include_str!("../../../tests/vectors/no-secrets.txt").lines() {
        let report = printed(&with_secret(text, &["doctor", "--offline"]).assert().code(1));
        assert!(report.starts_with("signing secret\n  FAIL  signing secret in QUILTT_SIGNING_SECRET: "), "{report}");
        let is_marked = text.starts_with("base64:");
        assert!(is_marked || !report.contains("--secret-encoding"), "no other encoding makes it a secret: {report}");
    }
}

/// `openssl rand -base64 64` breaks its line after 64 characters; no advice leads to a secret with the break inside.
#[test]
fn wrapped_base64_is_told_apart_and_led_to_one_line() {
    let base64 = STANDARD.encode(DIGITS.as_bytes()[..64].iter().map(|byte| byte ^ 0xd5).collect::<Vec<_>>());
    let (first, rest) = base64.split_at(64);
    let joined = "whose lines `| tr -d '\\n'` joins";
    for text in [format!("{first}\n{rest}"), format!("{first}\n{rest}\n")] {
        let reason = format!(
            "expected a signing secret, found what looks like a text with a line break inside: wrapped base64 or hex, {joined}"
        );
        refused_in_file(text.as_bytes(), "raw", &reason);
        refused_in_environment(&text, "base64", &reason);
    }
    // One in eight of such lines has none of the two characters that only base64 has.
    for line in [first, SECRET] {
        let reason = format!(
            "expected a secret of at least 512 bits, found 384: HS512 needs a key as long as its hash \
             (RFC 7518 §3.2), without NULs at its end; it may be the first line of more, cut at a line break after 64 characters: wrapped base64, {joined}"
        );
        refused_in_environment(line, "base64", &reason);
    }
}

#[test]
fn two_secret_files_are_led_to_the_option_for_the_others_of_a_rotation() {
    let twice = |option, values: [&str; 2]| {
        said(&without_secret(&["verify", option, values[0], option, values[1], "token"]).assert().code(2))
    };
    let stderr = twice("--secret-file", ["new", "old"]);
    assert!(stderr.contains("--also-secret-file PATH"), "{stderr}");
    let stderr = twice("--leeway", ["1s", "2s"]);
    assert!(stderr.contains("cannot be used multiple times") && !stderr.contains("also-secret-file"), "{stderr}");
}

#[cfg(unix)]
#[test]
fn a_file_that_everyone_can_read_is_warned_of() {
    use std::os::unix::fs::PermissionsExt;

    let (_folder, path) = secret_file(SECRET.as_bytes());
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    let line = format!(
        "warning: signing secret in {}: its file is open to others than its owner (mode 644): chmod it to 600 or 440\n",
        path.display()
    );
    without_secret(&["mint", "--new-user", "--secret-file"]).arg(&path).assert().success().stderr(line);
}

#[cfg(unix)]
#[test]
fn an_environment_that_is_not_text_is_not_shown() {
    use std::{ffi::OsStr, os::unix::ffi::OsStrExt};

    let mut command = without_secret(&["mint"]);
    command.env("QUILTT_SIGNING_SECRET", OsStr::from_bytes(b"canary\xff")).assert().code(1).stdout("").stderr(
        "error: signing secret: expected Unicode text in the environment variable QUILTT_SIGNING_SECRET, \
         found other bytes\n",
    );
}

/// Whether the text has the secret or the signature of a token, or enough of it to matter.
#[track_caller]
fn has_none_of(texts: &[&str], output: &std::process::Output) {
    for stream in [&output.stdout, &output.stderr] {
        let stream = String::from_utf8_lossy(stream);
        for text in texts {
            let start = &text[..20.min(text.len())];
            assert!(!stream.contains(start), "{start}… is in {stream}");
        }
    }
}

fn every_form(secret: &str) -> Vec<String> {
    vec![secret.to_owned(), hex(secret), STANDARD.encode(secret), hex(secret).to_uppercase()]
}

#[test]
fn the_secret_is_in_no_output_of_a_good_run() {
    let forms = every_form(SECRET);
    let forms: Vec<&str> = forms.iter().map(String::as_str).collect();
    let token = token(&[]);
    for args in [
        &["mint", "--new-user"][..],
        &["verify", "--at", AT, &token],
        &["inspect", "--at", AT, &token],
        &["doctor"],
        &["completions", "bash"],
        &["--help"],
    ] {
        let output = quiltt_session(args).output().unwrap();
        assert!(output.status.success());
        has_none_of(&forms, &output);
    }
}

#[test]
fn a_secret_or_token_in_the_wrong_place_is_not_repeated() {
    let token = token(&[]);
    let (_, signature) = token.rsplit_once('.').unwrap();
    let forms = every_form(SECRET);
    let mut forms: Vec<&str> = forms.iter().map(String::as_str).collect();
    forms.extend([&token[30..], signature]);
    #[rustfmt::skip]
    let flags = [
        "--profile", "--profiles-from", "--api-key", "--organization", "--environment", "--token-version", "--ttl",
        "--session-id", "--at", "--claim", "--format", "--secret-encoding", "--secret-file", "--also-secret-file",
        "--leeway", "--max-lifetime", "--kind", "--secret", "--token",
    ];
    for secret in [SECRET, &hex(SECRET), &STANDARD.encode(SECRET), &token] {
        for command in ["mint", "inspect", "verify", "id", "doctor", "completions"] {
            let joined = format!("--{secret}");
            let short = format!("-{secret}");
            let mut runs =
                vec![vec![secret], vec![command, secret, secret], vec![command, &joined], vec![command, &short]];
            if !(command == "inspect" && secret == token) {
                runs.push(vec![command, secret]);
            }
            for args in runs.iter().cloned().chain(flags.iter().map(|flag| vec![command, flag, secret])) {
                let output = with_secret("too short", &args).output().unwrap();
                assert!(!output.status.success(), "{args:?}");
                has_none_of(&forms, &output);
            }
            for flag in flags {
                let joined = format!("{flag}={secret}");
                let output = without_secret(&[command, &joined]).output().unwrap();
                assert!(!output.status.success(), "{joined}");
                has_none_of(&forms, &output);
            }
        }
    }
}
