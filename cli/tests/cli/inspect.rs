//! `inspect`.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use crate::{
    AT, ENVIRONMENT, PROFILE, PROFILE_UUID, SESSION_ID, printed, quiltt_session, said, stdout, token, without_secret,
};

/// A token that anyone could have written.
fn forged(payload: &str) -> String {
    let segment = |text: &str| URL_SAFE_NO_PAD.encode(text);
    format!("{}.{}.{}", segment(r#"{"alg":"HS512"}"#), segment(payload), segment("no signature"))
}

fn json_report(args: &[&str]) -> Value {
    serde_json::from_str(&stdout(&[&["inspect", "--json"], args].concat())).unwrap()
}

/// What is printed of a token that breaks this many rules, and has no other fault. The error repeats each.
#[track_caller]
fn broken_report(rules: usize, args: &[&str]) -> String {
    let rules = if rules == 1 { "a rule".to_owned() } else { format!("{rules} rules") };
    let assert = quiltt_session(&[&["inspect"], args].concat()).assert().code(1);
    let (report, error) = (printed(&assert), said(&assert));
    assert!(error.starts_with(&format!("error: the token breaks {rules}: expected ")), "{error}");
    for (line, found) in report.lines().zip(report.lines().skip(1)) {
        if let (Some(rule), Some(found)) = (line.strip_prefix("  FAIL  "), found.strip_prefix("        found: ")) {
            assert!(error.contains(&format!("expected {rule}, found {found}")), "{error}");
        }
    }
    report
}

/// The lines of the report that are marked.
fn marks(report: &str) -> Vec<&str> {
    report.lines().filter_map(|line| line.get(2..6)).filter(|mark| ["pass", "FAIL", "note"].contains(mark)).collect()
}

#[test]
fn all_of_a_token_is_shown_in_words() {
    let token = token(&["--environment", ENVIRONMENT, "--claim", "plan=\"gold\""]);
    let report = stdout(&["inspect", "--at", "1700003600", "--environment", ENVIRONMENT, &token]);
    let expected = format!(
        r#"signature not checked: anyone can have written this token; see `verify`

header
  {{"alg":"HS512"}}

claims
  {{
    "nbf": 1700000000,
    "iat": 1700000000,
    "jti": "{SESSION_ID}",
    "iss": "auth.quiltt.io",
    "aud": "api.quiltt.io",
    "exp": 1700086400,
    "ver": 6,
    "sub": "{PROFILE}",
    "eid": "{ENVIRONMENT}",
    "plan": "gold"
  }}

ids
  session       {SESSION_ID}
  profile       {PROFILE}   {PROFILE_UUID}
  environment   {ENVIRONMENT}  06559c18-7e0d-4a45-b3a3-b0853af1d9fd

times
  issued        2023-11-14T22:13:20Z  1 hour ago
  valid from    2023-11-14T22:13:20Z  1 hour ago
  expires       2023-11-15T22:13:20Z  in 23 hours
  lifetime      1 day

what Quiltt's SDKs demand
  pass  three segments of letters, digits, '-' and '_', and nothing around them
        found: 3
  pass  a payload of letters and digits only, for the SDK's atob()
        found: letters and digits only
  pass  a number in "exp", at most 2147483 s ahead, for the SDK's timer
        found: 82800 s ahead; the SDK of a client whose clock is that fast, or 2064683 s slow, drops it
  pass  an "eid" equal to the SDK's environmentId, if that is set
        found: {ENVIRONMENT}
  pass  characters that URLs and JavaScript literals carry as they are
        found: {} of them (Quiltt's own tokens have about 500)
  pass  no "nbf" or "iat" ahead, for the server behind the SDK
        found: none
  pass  the user in "sub" and the API key in "cid", as the SDK's types name them
        found: no other names
"#,
        token.len()
    );
    assert_eq!(report, expected);
}

#[test]
fn machines_get_the_same_as_one_line_of_json() {
    let token = token(&["--environment", ENVIRONMENT]);
    let report = json_report(&["--at", "1700003600", &token]);
    assert_eq!(report["signatureChecked"], false);
    assert_eq!(report["header"], json!({"alg": "HS512"}));
    assert_eq!(report["claims"], crate::claims(&token));
    assert_eq!(report["ids"][0], json!({"kind": "session", "id": SESSION_ID, "uuid": SESSION_ID}));
    assert_eq!(report["ids"][1], json!({"kind": "profile", "id": PROFILE, "uuid": PROFILE_UUID}));
    assert_eq!(report["times"]["issuedAt"], json!({"unix": 1_700_000_000, "text": "2023-11-14T22:13:20Z"}));
    assert_eq!(report["times"]["secondsLeft"], 82_800);
    assert_eq!(report["sdkRules"][2]["outcome"], "pass");
    assert_eq!(report["sdkRules"][3]["outcome"], "note");
    assert_eq!(report["problem"], Value::Null);
}

#[test]
fn no_secret_is_needed() {
    without_secret(&["inspect", "--at", AT, &token(&[])]).assert().success().stderr("");
}

#[test]
fn the_time_is_now_unless_given() {
    let token = stdout(&["mint", "--new-user", "--format", "token", "--ttl", "2h"]);
    let left = json_report(&[token.trim_end()])["times"]["secondsLeft"].as_i64().unwrap();
    assert!((7100..=7200).contains(&left), "{left}");
}

#[test]
fn an_expired_token_says_since_when_and_fails() {
    let report = broken_report(1, &["--at", "2023-11-16T22:13:20Z", &token(&[])]);
    assert!(report.contains("  expired       2023-11-15T22:13:20Z  1 day ago\n"), "{report}");
    assert!(
        report.contains("found: 86400 s ago: expired, so the SDK drops it at once, and a React provider"),
        "{report}"
    );
    let report = broken_report(1, &["--json", "--at", "1700172800", &token(&[])]);
    assert_eq!(serde_json::from_str::<Value>(&report).unwrap()["times"]["secondsLeft"], -86_400);
}

#[test]
fn a_token_that_is_not_valid_yet_fails() {
    let report = broken_report(1, &["--at", "1699999999", &token(&[])]);
    assert!(report.contains("\n        found: one 1 s ahead: not valid yet\n"), "{report}");
    assert_eq!(marks(&report), ["pass", "pass", "pass", "note", "pass", "FAIL", "pass"]);
}

#[test]
fn names_of_ids_that_the_sdks_types_do_not_have_are_noted() {
    let note = |args: &[&str]| {
        let report = stdout(&["inspect", "--at", AT, &token(args)]);
        assert_eq!(marks(&report).last(), Some(&"note"));
        report.lines().last().unwrap().to_owned()
    };
    let key = ["--api-key", "api_11gKT7OFCTrIx1YA3M0zfS5", "--token-version"];
    for version in ["1", "2"] {
        let args = [&key[..], &[version]].concat();
        assert_eq!(note(&args), "        found: no \"sub\"; versions 1 and 2 have none");
    }
    let args = [&key[..], &["4"]].concat();
    assert_eq!(note(&args), "        found: \"did\" in the place of \"cid\", as in version 4");
}

#[test]
fn a_published_token_of_2022_can_be_read() {
    let payload = include_str!("../../../tests/vectors/payload_ver2.txt").trim();
    let report = stdout(&["inspect", "--at", "1671822912", &format!("eyJhbGciOiJIUzUxMiJ9.{payload}.AAAA")]);
    assert!(report.contains("  profile       p_11ewrVkEnd7LIvSVAmt8XL5"), "{report}");
}

#[test]
fn another_environment_breaks_the_sdks_rule_and_both_are_named() {
    for (args, found) in [(&["--environment", ENVIRONMENT][..], ENVIRONMENT), (&[], "none")] {
        let report = broken_report(1, &["--at", AT, "--environment", "env_10", &token(args)]);
        assert_eq!(marks(&report), ["pass", "pass", "pass", "FAIL", "pass", "pass", "pass"]);
        assert!(report.contains(&format!("\n        found: {found}; --environment is env_10\n")), "{report}");
    }
}

#[test]
fn what_an_sdk_cannot_read_is_marked_rule_by_rule() {
    let payload =
        r#"{"nbf":0,"iat":0,"jti":"4551ca49-c002-4d9b-92ec-465018e28fdc","iss":"i","aud":"é","exp":9999999,"ver":2}"#;
    let report = broken_report(2, &["--at", "0", &forged(payload)]);
    assert_eq!(marks(&report), ["pass", "FAIL", "FAIL", "note", "pass", "pass", "note"]);
    assert!(report.contains("found: text beyond ASCII, which JSON can escape\n"), "{report}");
    assert!(report.contains("\"aud\": \"\\u00e9\""), "{report}");
}

#[test]
fn a_jwt_that_is_no_session_is_shown_as_it_is_and_fails() {
    let token = forged(r#"{"sub": "1234567890", "admin":true}"#);
    let assert = quiltt_session(&["inspect", &token]).assert().code(1);
    let assert = assert.stderr("error: not the claims of a Quiltt session: expected the claim \"ver\", found none\n");
    let report = printed(&assert);
    assert!(report.contains("\nclaims\n  {\"sub\": \"1234567890\", \"admin\":true}\n"), "{report}");
}

#[test]
fn a_text_that_is_no_token_is_still_held_against_the_rules() {
    let report = printed(&quiltt_session(&["inspect", "a.b c"]).assert().code(1));
    assert_eq!(marks(&report), ["FAIL", "FAIL", "FAIL", "note", "FAIL", "pass", "note"]);
    let assert = quiltt_session(&["inspect", "--json", "a.b c"]).assert().code(1);
    let report: Value = serde_json::from_slice(&assert.get_output().stdout).unwrap();
    assert_eq!(report["claims"], Value::Null);
    assert_eq!(
        report["problem"],
        "expected three segments with dots between, found 2: check that the whole token was copied"
    );
}

#[test]
fn json_that_spans_lines_is_still_one_line() {
    let token = forged("{\n\t\"sub\":\r\n\"1\" }");
    let stdout = printed(&quiltt_session(&["inspect", "--json", &token]).assert().code(1));
    assert_eq!(stdout.lines().count(), 1);
    assert_eq!(serde_json::from_str::<Value>(&stdout).unwrap()["claims"], json!({"sub": "1"}));
}

#[test]
fn a_hostile_token_cannot_write_to_the_terminal() {
    for payload in [
        "{\"a\":\"\u{9b}31m\u{202e}\u{7f}\"}",
        "{\"a\u{9b}\":\"\\u001b[31m\"}",
        r#"{"nbf":0,"iat":0,"jti":"4551ca49-c002-4d9b-92ec-465018e28fdc","iss":"\u001b[2J","aud":"","exp":1,"ver":2,"eid":"x\u001b"}"#,
        r#"{"nbf":0,"iat":0,"jti":"4551ca49-c002-4d9b-92ec-465018e28fdc","iss":"\u009b2J","aud":"","exp":1,"ver":2,"x\n":1}"#,
    ] {
        for args in [&["inspect"][..], &["inspect", "--json"]] {
            let assert = quiltt_session(args).arg(forged(payload)).assert();
            let text = printed(&assert) + &said(&assert);
            assert!(text.chars().all(|c| c == '\n' || c.is_ascii_graphic() || c == ' '), "{text:?}");
        }
    }
    let output = quiltt_session(&["inspect", "a.b\u{1b}.c"]).output().unwrap();
    assert!(!output.stdout.contains(&0x1b) && !output.stderr.contains(&0x1b));
}

#[test]
fn numbers_are_printed_digit_for_digit_and_members_in_their_order() {
    let payload = r#"{"own":{"z":18446744073709551616,"a":-0},"ver":2,"nbf":0,"iat":0,"jti":"4551ca49-c002-4d9b-92ec-465018e28fdc","iss":"a","aud":"b","exp":1,"n":0.1000000000000000055}"#;
    let json = printed(&quiltt_session(&["inspect", "--json", &forged(payload)]).assert());
    let claims = r#","exp":1,"ver":2,"own":{"z":18446744073709551616,"a":-0},"n":0.1000000000000000055}"#;
    assert!(json.contains(claims), "{json}");
    let words = printed(&quiltt_session(&["inspect", &forged(payload)]).assert());
    assert!(words.contains(r#""own": {"z":18446744073709551616,"a":-0},"#), "{words}");
}
