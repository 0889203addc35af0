//! `mint --stable`: one session a window.

use std::collections::HashSet;

use serde_json::Value;

use crate::{AT, PROFILE, SESSION_ID, claims, malformed, printed, quiltt_session, refuses, stdout};

const OTHER: &str = "p_111sXqFUjvlL5jQZ8gsf9KI";
/// What is the same in every run: profile, window and a time in it.
const FIXED: [&str; 7] = ["mint", "--profile", PROFILE, "--stable", "1h", "--at", AT];

fn mint(args: &[&str]) -> String {
    stdout(&[&FIXED, args].concat())
}

/// The claims of the token in [`FIXED`]'s window, with more arguments.
fn stable_claims(args: &[&str]) -> Value {
    claims(mint(&[&["--format", "token"], args].concat()).trim_end())
}

#[test]
fn the_same_time_gives_the_same_line_in_every_format() {
    for format in ["json", "token"] {
        assert_eq!(mint(&["--format", format]), mint(&["--format", format]), "{format}");
    }
}

#[test]
fn the_token_starts_with_its_window_and_its_id_is_derived() {
    let claims = stable_claims(&[]);
    let start = claims["iat"].as_u64().unwrap();
    assert!((1_700_000_000 - 3600 + 1..=1_700_000_000).contains(&start), "{start}");
    assert_eq!([&claims["nbf"], &claims["exp"]], [&Value::from(start), &Value::from(start + 86_400)]);
    let id: uuid::Uuid = claims["jti"].as_str().unwrap().parse().unwrap();
    assert_eq!(id.get_version_num(), 8);
}

#[test]
fn a_whole_window_has_one_token_and_the_next_window_another() {
    let start = stable_claims(&[])["iat"].as_u64().unwrap();
    let at = |time: u64| {
        let time = time.to_string();
        stdout(&["mint", "--profile", PROFILE, "--stable", "1h", "--at", &time])
    };
    assert_eq!(at(start), mint(&[]));
    assert_eq!(at(start + 3599), mint(&[]));
    assert_ne!(at(start + 3600), mint(&[]));
    assert_ne!(at(start - 1), mint(&[]));
}

#[test]
fn each_generation_is_a_session_of_its_own() {
    let ids = ["0", "1", "2", "18446744073709551615"].map(|n| stable_claims(&["--generation", n])["jti"].to_string());
    assert_eq!(HashSet::from(ids).len(), 4);
    assert_eq!(mint(&["--generation", "0"]), mint(&[]));
}

#[test]
fn a_list_gives_the_lines_that_its_profiles_give_one_by_one() {
    for format in ["json", "token"] {
        for generation in ["0", "7"] {
            let args = ["--stable", "1h", "--generation", generation, "--at", AT, "--format", format];
            let mut list = quiltt_session(&[&["mint", "--profiles-from", "-"], &args[..]].concat());
            let single = |profile| stdout(&[&["mint", "--profile", profile], &args[..]].concat());
            let expected = [PROFILE, OTHER, PROFILE].map(single).concat();
            list.write_stdin(format!("{PROFILE}\n{OTHER}\n{PROFILE}\n")).assert().success().stdout(expected).stderr("");
        }
    }
}

#[test]
fn without_a_time_it_is_the_present_window() {
    let verify = |token: &str| quiltt_session(&["verify", token.trim_end()]).assert().success();
    verify(&stdout(&["mint", "--profile", PROFILE, "--format", "token", "--stable", "12h"]));
    let mut list = quiltt_session(&["mint", "--format", "token", "--stable", "12h", "--profiles-from", "-"]);
    verify(&printed(&list.write_stdin(PROFILE).assert().success()));
}

#[test]
fn a_window_that_no_signer_takes_is_malformed() {
    for (window, ttl, max, found) in
        [("0", "24h", 43_200, "0ns"), ("43201", "24h", 43_200, "43201s"), ("1h", "1h", 1800, "3600s")]
    {
        let line = format!(
            "error: expected a window in whole seconds from 1 to {max}, found {found}: \
             half the time to live, since each token has to outlive the next window"
        );
        refuses(&["mint", "--stable", window, "--ttl", ttl], 2, &line);
    }
}

#[test]
fn what_makes_no_sense_with_a_window_or_without_one_is_malformed() {
    malformed(
        &["mint", "--stable", "1h", "--session-id", SESSION_ID],
        "error: the argument '--stable <WINDOW>' cannot be used with '--session-id <UUID>'",
    );
    malformed(&["mint", "--generation", "1"], "error: the following required arguments were not provided:");
}
