//! `mint`, one session at a time.

use quiltt_session::{SessionVerifier, SigningSecret, UntrustedToken};
use serde_json::{Value, json};

use crate::{
    A_DAY_LATER, AT, ENVIRONMENT, PROFILE, PROFILE_UUID, SECRET, SESSION_ID, claims, malformed, quiltt_session,
    refuses, said, stdout, token, without_secret,
};

fn session(args: &[&str]) -> Value {
    let line = stdout(&[&["mint"], args].concat());
    assert_eq!(line.matches('\n').count(), 1);
    serde_json::from_str(&line).unwrap()
}

#[test]
fn a_new_user_gets_a_random_profile_and_a_session_of_a_day() {
    let session = session(&["--new-user"]);
    let verifier = SessionVerifier::builder(SigningSecret::from_bytes(SECRET).unwrap()).build().unwrap();
    let verified = verifier.verify(session["token"].as_str().unwrap()).unwrap();
    assert_eq!(session["userId"], verified.user_id().to_string());
    assert_eq!(session["userUuid"], verified.user_id().uuid().to_string());
    assert_eq!(session["id"], verified.id().to_string());
    assert_eq!(verified.user_id().uuid().get_version_num(), 4);
    assert_eq!(verified.expires_at().as_secs() - verified.claims().issued_at().as_secs(), 86_400);
    assert_ne!(self::session(&["--new-user"])["userId"], session["userId"]);
}

#[test]
fn nobody_gets_a_random_profile_unasked() {
    const FOUND_NONE: &str = "error: expected a profile, found none: pass --profile ID";
    refuses(&["mint"], 2, &format!("{FOUND_NONE}, or --new-user for a random one (--demo needs neither)"));
    let stable = format!("{FOUND_NONE}; with a random one, --stable would give a new session each time");
    refuses(&["mint", "--stable", "1h"], 2, &stable);
    without_secret(&["mint", "--demo", "--stable", "1h"]).assert().code(2).stdout("");
    for (args, other) in [
        (["--stable", "1h"], "--stable <WINDOW>"),
        (["--profile", PROFILE], "--profile <ID>"),
        (["--profiles-from", "-"], "--profiles-from <FILE|->"),
    ] {
        let stderr = said(&quiltt_session(&[&["mint", "--new-user"], &args[..]].concat()).assert().code(2).stdout(""));
        assert!(stderr.contains(" cannot be used with ") && stderr.contains(other), "{stderr}");
    }
}

#[test]
fn a_profile_without_its_option_is_malformed_and_told_the_option() {
    for args in [&["mint", PROFILE_UUID][..], &["mint", "--format", "token", "p_10"]] {
        malformed(args, "  tip: a profile is given as --profile ID");
    }
}

#[test]
fn a_time_may_be_rfc_3339_in_utc_or_with_an_offset() {
    for at in ["2023-11-14T22:13:20Z", "2023-11-14T23:43:20+01:30", "2023-11-14T12:13:20-10:00"] {
        let fixed = ["mint", "--format", "token", "--profile", PROFILE, "--session-id", SESSION_ID, "--at", at];
        assert_eq!(stdout(&fixed).trim_end(), token(&[]), "{at}");
    }
}

#[test]
fn a_time_that_no_token_can_state_or_that_is_not_strict_is_malformed() {
    const REASON: &str = "expected seconds since 1970 or RFC 3339 without fractions, \
                          such as 1700000000 or 2023-11-14T22:13:20Z";
    for (at, reason) in [
        ("yesterday", REASON),
        ("2023-11-14T22:13:20.0Z", REASON),
        ("2023-11-14T22:13:20", REASON),
        ("2023-11-14 22:13:20Z", REASON),
        ("2023-11-14t22:13:20z", REASON),
        ("2023-11-14", REASON),
        ("2023-02-29T00:00:00Z", REASON),
        ("2016-12-31T23:59:60Z", REASON),
        ("1700000000.5", REASON),
        ("-1", REASON),
        ("+5", REASON),
        ("", REASON),
        ("1969-12-31T23:59:59Z", "expected a time from 1970 on"),
    ] {
        for command in ["mint", "verify", "inspect"] {
            let line = format!("error: invalid value '{at}' for '--at <TIME>': {reason}");
            malformed(&[command, &format!("--at={at}")], &line);
        }
    }
}

#[test]
fn fixed_time_id_and_profile_give_the_same_token_every_time() {
    assert_eq!(token(&[]), token(&[]));
    assert_eq!(
        claims(&token(&[])),
        json!({
            "nbf": 1_700_000_000, "iat": 1_700_000_000, "exp": 1_700_086_400, "jti": SESSION_ID, "ver": 6,
            "iss": "auth.quiltt.io", "aud": "api.quiltt.io", "sub": PROFILE,
        })
    );
}

#[test]
fn a_profile_may_be_given_in_both_forms() {
    for profile in [PROFILE, PROFILE_UUID] {
        assert_eq!(session(&["--profile", profile])["userId"], PROFILE);
    }
}

#[test]
fn every_version_carries_the_ids_in_its_own_claims() {
    let key = "api_11gKT7OFCTrIx1YA3M0zfS5";
    let organization = "org_1WCfTognxqNqfz8qrH12uH";
    let all = ["--api-key", key, "--organization", organization, "--environment", ENVIRONMENT];
    let newest = claims(&token(&all));
    assert_eq!([&newest["cid"], &newest["oid"], &newest["eid"]], [key, organization, ENVIRONMENT]);
    let version_4 = claims(&token(&[&all[..], &["--token-version", "4"]].concat()));
    assert_eq!([&version_4["did"], &version_4["sub"]], [key, PROFILE]);
    let version_2 = claims(&token(&["--api-key", key, "--token-version", "2"]));
    assert_eq!([&version_2["did"], &version_2["uid"]], [key, PROFILE]);
    let version_1 = claims(&token(&["--api-key", key, "--token-version", "1"]));
    assert_eq!([&version_1["aid"], &version_1["uid"]], ["374a2938-8aed-42aa-970f-580faa85b089", PROFILE_UUID]);
}

#[test]
fn a_time_to_live_is_read_with_units_or_as_seconds() {
    for (ttl, secs) in [("90s", 90), ("15m", 900), ("24h", 86_400), ("7d", 604_800), ("1d12h", 129_600), ("1", 1)] {
        assert_eq!(claims(&token(&["--ttl", ttl]))["exp"], 1_700_000_000 + secs, "{ttl}");
    }
}

#[test]
fn claims_are_json_and_may_be_several() {
    let claims =
        claims(&token(&["--claim", "plan=\"gold?\"", "--claim", "seats=3", "--claim", "x={\"a\": [1.50, null]}"]));
    assert_eq!(
        [&claims["plan"], &claims["seats"], &claims["x"]],
        [&json!("gold?"), &json!(3), &json!({"a": [1.5, null]})]
    );
}

#[test]
fn the_default_format_is_todays_json() {
    let fixed = ["--profile", PROFILE, "--session-id", SESSION_ID, "--at", AT, "--environment", ENVIRONMENT];
    let token = token(&["--environment", ENVIRONMENT]);
    assert_eq!(
        stdout(&[&["mint"], &fixed[..]].concat()),
        format!(
            "{{\"id\":\"{SESSION_ID}\",\"token\":\"{token}\",\"userId\":\"{PROFILE}\",\"userUuid\":\"{PROFILE_UUID}\",\
             \"environmentId\":\"{ENVIRONMENT}\",\"expiration\":{A_DAY_LATER},\"expiresAt\":\"2023-11-15T22:13:20Z\"}}\n"
        )
    );
    assert_eq!(session(&[&fixed[..], &["--format", "json"]].concat()), session(&fixed));
}

#[test]
fn malformed_values_say_what_would_be_right() {
    const DURATION: &str = ": expected a duration such as 90s, 15m, 24h, 7d, 1d12h, or plain seconds";
    const CLAIM: &str = ": expected NAME=JSON, where text stands in double quotes: --claim 'plan=\"gold\"'";
    const NUMBER: &str = ": expected a whole number from 0 to 18446744073709551615";
    for (option, value, reason) in [
        (
            "--profile <ID>",
            "p_2",
            ": expected a profile id (p_1… or a UUID), found an unknown version digit at position 2",
        ),
        ("--api-key <ID>", "p_10", ": expected an API key id (api_1… or a UUID), found another prefix at position 0"),
        ("--token-version <VERSION>", "3", ""),
        ("--ttl <DURATION>", "1 day", DURATION),
        ("--stable <WINDOW>", "hourly", DURATION),
        ("--at <TIME>", "253402300800", ": expected at most 253402300799 seconds, the year 9999"),
        ("--session-id <UUID>", "1", ": expected a hyphenated UUID, found no hyphenated UUID at position 1"),
        ("--claim <NAME=JSON>", "plan=gold", CLAIM),
        ("--claim <NAME=JSON>", "plan", CLAIM),
        ("--generation <N>", "next", NUMBER),
        ("--generation <N>", "+5", NUMBER),
        ("--generation <N>", "", NUMBER),
        ("--generation <N>", "18446744073709551616", NUMBER),
        ("--payload <ORDER>", "sorted", ""),
        ("--format <FORMAT>", "xml", ""),
        ("--secret-encoding <ENCODING>", "utf8", ""),
    ] {
        let name = option.split(' ').next().unwrap();
        malformed(&["mint", name, value], &format!("error: invalid value '{value}' for '{option}'{reason}"));
    }
}

#[test]
fn settings_that_no_signer_takes_are_malformed() {
    for (args, line) in [
        (
            &["--ttl", "25d"][..],
            "error: expected a time to live in whole seconds from 1 to 2146883, found 2160000s: \
             the timer of Quiltt's JavaScript SDK ends at 2147483 s, less 600 s for a client's clock",
        ),
        (
            &["--claim", "a={\"b\":18446744073709551616}"],
            "error: expected integers up to 2^53 - 1 either way, found a greater one: give it as text for \"a\"",
        ),
        (
            &["--environment", ENVIRONMENT, "--token-version", "2"],
            "error: expected a token version with a claim for the environment id, found version 2",
        ),
    ] {
        refuses(&[&["mint"], args].concat(), 2, line);
    }
}

#[test]
fn an_expiry_after_9999_is_a_failed_run() {
    refuses(
        &["mint", "--new-user", "--at", "9999-12-31T23:59:59Z"],
        1,
        "error: expected an expiry before the year 10000, found a later one",
    );
}

#[test]
fn the_payload_is_aligned_unless_asked_to_be_as_quiltt_issues_it() {
    let payload = |args: &[&str]| {
        let token = token(args);
        String::from_utf8(UntrustedToken::parse(&token).unwrap().untrusted_payload_json().to_vec()).unwrap()
    };
    assert_eq!(payload(&["--payload", "aligned"]), payload(&[]));
    assert!(payload(&[]).starts_with("{    "));
    assert_eq!(
        payload(&["--payload", "as-issued"]),
        format!(
            "{{\"nbf\":1700000000,\"iat\":1700000000,\"jti\":\"{SESSION_ID}\",\"iss\":\"auth.quiltt.io\",\
             \"aud\":\"api.quiltt.io\",\"exp\":1700086400,\"ver\":6,\"sub\":\"{PROFILE}\"}}"
        )
    );
}

#[test]
fn a_backdated_session_begins_earlier_and_expires_no_earlier() {
    let claims = claims(&token(&["--backdate", "30s"]));
    assert_eq!(claims["nbf"], 1_699_999_970);
    assert_eq!(claims["iat"], 1_699_999_970);
    assert_eq!(claims["exp"], 1_700_086_400);
    refuses(
        &["mint", "--new-user", "--backdate", "601s"],
        2,
        "error: expected a backdating in whole seconds from 0 to 600, found 601s",
    );
}

#[test]
fn the_format_api_is_quiltts_own_and_needs_an_environment() {
    let session = session(&["--profile", PROFILE, "--at", AT, "--format", "api", "--environment", ENVIRONMENT]);
    let names: Vec<_> = session.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(names, ["environmentId", "expiration", "expiresAt", "token", "userId", "userUuid"]);
    refuses(
        &["mint", "--new-user", "--format", "api"],
        2,
        "error: expected an environment, which --format api states, found none: pass --environment ID",
    );
}

#[test]
fn the_header_has_a_type_only_if_asked_for() {
    let header = |options: &[&str]| token(options).split('.').next().unwrap().to_owned();
    assert_eq!(header(&[]), "eyJhbGciOiJIUzUxMiJ9");
    assert_eq!(header(&["--header-type"]), "eyJhbGciOiJIUzUxMiIsInR5cCI6IkpXVCJ9");
    stdout(&["verify", "--at", AT, &token(&["--header-type"])]);
}
