//! `verify`.

use std::{io::Write, process::Stdio, thread, time::Duration};

use assert_cmd::Command;

use crate::{
    AT, DIGITS, ENVIRONMENT, PROFILE, SESSION_ID, malformed, printed, quiltt_session, refuses, said,
    secret::secret_file, start, stdout, token, with_secret, without_secret,
};

/// The token that a run prints.
fn minted(mut mint: Command) -> String {
    printed(&mint.assert().success()).trim_end().to_owned()
}

#[test]
fn a_good_token_gives_its_claims_in_quiltts_order() {
    let claims = format!(
        "{{\"nbf\":1700000000,\"iat\":1700000000,\"jti\":\"{SESSION_ID}\",\"iss\":\"auth.quiltt.io\",\
         \"aud\":\"api.quiltt.io\",\"exp\":1700086400,\"ver\":6,\"sub\":\"{PROFILE}\",\"plan\":\"gold\"}}\n"
    );
    assert_eq!(stdout(&["verify", "--at", AT, &token(&["--claim", "plan=\"gold\""])]), claims);
}

#[test]
fn the_time_is_now_unless_given() {
    let fresh = stdout(&["mint", "--new-user", "--format", "token"]);
    stdout(&["verify", fresh.trim_end()]);
    refuses(
        &["verify", &token(&[])],
        1,
        "error: token refused: expected a token that is still valid, found one that expired at 2023-11-15T22:13:20Z: \
         mint a new one, or check an earlier time with --at",
    );
}

#[test]
fn a_token_that_is_minted_while_this_waits_for_it_is_valid() {
    let mut verify = start(&["verify"]).stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    thread::sleep(Duration::from_millis(1100));
    let token = stdout(&["mint", "--new-user", "--format", "token"]);
    verify.stdin.take().unwrap().write_all(token.as_bytes()).unwrap();
    assert!(verify.wait().unwrap().success());
}

#[test]
fn leeway_covers_a_difference_of_clocks_and_no_more() {
    let token = token(&[]);
    stdout(&["verify", "--leeway", "30s", "--at", "1699999970", &token]);
    stdout(&["verify", "--leeway", "30s", "--at", "1700086429", &token]);
    refuses(
        &["verify", "--leeway", "30s", "--at", "1699999969", &token],
        1,
        "error: token refused: expected a token that is valid already, found one that is valid from \
         2023-11-14T22:13:20Z, 31 seconds ahead of 2023-11-14T22:12:49Z: compare the two clocks; \
         allow a difference with --leeway, or mint with --backdate",
    );
    quiltt_session(&["verify", "--leeway", "30s", "--at", "1700086430", &token]).assert().code(1).stdout("");
    refuses(
        &["verify", "--leeway", "601s", &token],
        2,
        "error: expected a leeway in whole seconds from 0 to 600, found 601s",
    );
    malformed(&["verify", "--leeway", "-1", &token], "error: unexpected argument '-1' found");
}

#[test]
fn what_a_token_must_be_is_compared_where_it_is_asked_for_and_found_is_what_the_token_has() {
    const KEY: &str = "api_11gKT7OFCTrIx1YA3M0zfS5";
    for (option, minted, other, expected) in [
        ("--issuer", "example.com", "auth.quiltt.io", "issuer in the claim \"iss\""),
        ("--audience", "me", "api.quiltt.io", "audience in the claim \"aud\""),
        ("--environment", ENVIRONMENT, "env_10", "environment in the claim \"eid\""),
        ("--api-key", KEY, "api_10", "API key in the token"),
        ("--organization", "org_10", "org_11", "organization in the claim \"oid\""),
        ("--token-version", "4", "6", "token version in the claim \"ver\""),
    ] {
        let line = |found: &str| {
            let advice = format!("check what {option} should be, and how the token was minted");
            format!("error: token refused: expected another {expected}, found {found}: {advice}")
        };
        let named = token(&[option, minted]);
        stdout(&["verify", "--at", AT, option, minted, &named]);
        refuses(&["verify", "--at", AT, option, other, &named], 1, &line(minted));
        if ["--environment", "--api-key", "--organization"].contains(&option) {
            refuses(&["verify", "--at", AT, option, other, &token(&[])], 1, &line("none"));
        }
    }
}

#[test]
fn what_a_claim_says_in_a_refusal_cannot_write_to_the_terminal() {
    let token = token(&["--issuer", "\u{1b}[2J"]);
    let stderr = said(&quiltt_session(&["verify", "--at", AT, &token]).assert().code(1));
    assert!(stderr.contains(", found \\u001b[2J: check what --issuer should be"), "{stderr}");
}

#[test]
fn a_greatest_lifetime_is_held_on_request() {
    let token = token(&["--ttl", "2d"]);
    stdout(&["verify", "--at", AT, "--max-lifetime", "2d", &token]);
    let reason = "expected a token that lives for at most 86400s, found one that lives for 172800s: \
                  have it minted for less, or allow more with --max-lifetime";
    let refused = format!("error: token refused: {reason}");
    refuses(&["verify", "--at", AT, "--max-lifetime", "24h", &token], 1, &refused);
    let malformed = "error: expected a maximum lifetime in whole seconds from 1 to 253402300799, found 0ns";
    refuses(&["verify", "--at", AT, "--max-lifetime", "0", &token], 2, malformed);
}

#[test]
fn while_secrets_are_rotated_the_one_that_matched_is_named() {
    let [(_next, next), (_last, last)] = [&DIGITS[..64], &DIGITS[64..]].map(|secret| {
        let (folder, path) = secret_file(secret.as_bytes());
        (folder, path.to_str().unwrap().to_owned())
    });
    let verify = |token: &str, args: &[&str]| {
        said(&quiltt_session(&["verify", "--at", AT, token]).args(args).assert().success())
    };
    let mint = |path: &str| {
        minted(without_secret(&["mint", "--format", "token", "--profile", PROFILE, "--at", AT, "--secret-file", path]))
    };
    let both = ["--also-secret-file", &next, "--also-secret-file", &last];
    assert_eq!(verify(&token(&[]), &both), "note: signed with the secret in QUILTT_SIGNING_SECRET\n");
    assert_eq!(verify(&mint(&next), &both), format!("note: signed with the secret in {next}\n"));
    assert_eq!(verify(&mint(&last), &both), format!("note: signed with the secret in {last}\n"));
    let files = ["--secret-file", &next, "--also-secret-file", &last];
    assert_eq!(verify(&mint(&next), &files), format!("note: signed with the secret in {next}\n"));
    assert_eq!(verify(&token(&[]), &[]), "");
    refuses(
        &["verify", "--at", AT, &mint(&last), "--also-secret-file", &next],
        1,
        &format!(
            "error: token refused: bad signature: the token was signed with another secret than the one in \
             QUILTT_SIGNING_SECRET (fingerprint d744162d11a99ea4) or the one in {next} (fingerprint 3bc4e0c13ab1b9f4), \
             in whatever encoding, or changed since"
        ),
    );
    malformed(
        &["verify", "--demo", "--also-secret-file", &next],
        "error: the argument '--demo' cannot be used with '--also-secret-file <PATH>'",
    );
}

#[test]
fn nothing_that_a_claim_says_can_write_to_the_terminal() {
    let plan = "\u{9b}31m\u{202e}\u{7f}é😀\n";
    let claim = format!("plan={}", serde_json::to_string(plan).unwrap());
    let json = stdout(&["verify", "--at", AT, &token(&["--claim", &claim])]);
    assert!(json.ends_with("\"plan\":\"\\u009b31m\\u202e\\u007f\\u00e9\\ud83d\\ude00\\n\"}\n"), "{json}");
    assert_eq!(serde_json::from_str::<serde_json::Value>(&json).unwrap()["plan"], plan);
}

#[test]
fn another_secret_or_a_changed_token_is_a_bad_signature() {
    const LINE: &str = "error: token refused: bad signature: the token was signed with another secret than the one in \
                        QUILTT_SIGNING_SECRET (fingerprint FINGERPRINT), in whatever encoding, or changed since";
    let token = token(&[]);
    let line = LINE.replace("FINGERPRINT", "3bc4e0c13ab1b9f4") + "\n";
    with_secret(&DIGITS[..64], &["verify", "--at", AT, &token]).assert().code(1).stdout("").stderr(line);
    let (signed, _) = token.rsplit_once('.').unwrap();
    let changed = format!("{signed}.{}", "A".repeat(86));
    refuses(&["verify", "--at", AT, &changed], 1, &LINE.replace("FINGERPRINT", "d744162d11a99ea4"));
    // The demo secret is in no encoding that could be wrong.
    without_secret(&["verify", "--at", AT, "--demo", &token]).assert().code(1).stdout("").stderr(
        "note: this is the demo secret; everyone knows it, and Quiltt will refuse its sessions\n\
         error: token refused: bad signature: \
         the token was signed with another secret than the demo secret, or changed since\n",
    );
}

#[test]
fn a_bad_signature_that_another_encoding_of_the_secret_makes_good_is_told_so() {
    for (signed, verified) in [("hex", "raw"), ("base64", "raw"), ("raw", "hex"), ("hex", "base64")] {
        let mint = ["mint", "--new-user", "--format", "token", "--at", AT, "--secret-encoding", signed];
        let verify = ["verify", "--secret-encoding", verified, &minted(with_secret(DIGITS, &mint))];
        let verify = with_secret(DIGITS, &verify).assert().code(1).stdout("");
        verify.stderr(format!("error: token refused: bad signature: it is good with --secret-encoding {signed}\n"));
    }
}

/// An env file keeps the first line of `openssl rand -base64 64`; another host got all of it.
#[test]
fn a_bad_signature_that_line_breaks_of_the_secret_explain_is_told_so() {
    let base64 = format!("+/{}", &DIGITS[42..]);
    let (first, rest) = base64.split_at(64);
    let wrapped = format!("{first}\n{rest}");
    let narrow = format!("{}\n{rest}", &first[..40]);
    for (signs, verifies, reason) in [
        (first, &*base64, "as its first 64 characters, a line of `openssl rand -base64`"),
        (&base64[..76], &base64, "as its first 76 characters, a line of `base64`"),
        (&base64, &wrapped, "with its line breaks taken out (`| tr -d '\\n'`)"),
        (&first[..40], &narrow, "as its first line alone"),
    ] {
        let mint = ["mint", "--new-user", "--format", "token", "--at", AT, "--allow-short-secret"];
        let verify = ["verify", "--at", AT, "--allow-lookalike-secret", &minted(with_secret(signs, &mint))];
        let stderr = said(&with_secret(verifies, &verify).assert().code(1));
        let expected = format!("bad signature: it is good with the secret in QUILTT_SIGNING_SECRET {reason}\n");
        assert!(stderr.ends_with(&expected), "{stderr}");
    }
}

#[test]
fn a_token_that_is_no_session_of_quiltts_is_told_so() {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

    let session = r#"{"ver":6}"#;
    let none = "it has none of Quiltt's claims ver, uid, did, cid, oid, eid";
    for (header, payload, reason) in [
        (r#"{"alg":"RS256","kid":"1"}"#, session, "the header says RS256"),
        (r#"{"alg":"\u001b[2J"}"#, session, "the header says \\u001b[2J"),
        (r#"{"alg":1}"#, session, "the header names no algorithm"),
        (r#"{"alg":"HS512"}"#, r#"{"sub":"1234567890","iat":1516239022}"#, none),
    ] {
        let [header, payload] = [header, payload].map(|json| URL_SAFE_NO_PAD.encode(json));
        let token = format!("{header}.{payload}.{}", "A".repeat(86));
        let line = format!("error: token refused: bad signature: no session of Quiltt's: {reason}");
        refuses(&["verify", "--at", AT, &token], 1, &line);
    }
}

#[test]
fn a_token_of_the_demo_secret_is_told_apart() {
    let token = minted(without_secret(&["mint", "--demo", "--format", "token"]));
    let reason = "bad signature: the token was signed with the demo secret: see --demo";
    refuses(&["verify", &token], 1, &format!("error: token refused: {reason}"));
}

/// As a service in another language would, with `typ` in the header.
fn sign(claims: serde_json::Value) -> String {
    use jsonwebtoken::{Algorithm, EncodingKey, Header};

    let key = EncodingKey::from_secret(crate::SECRET.as_bytes()).unwrap();
    jsonwebtoken::encode(&Header::new(Algorithm::HS512), &claims, &key).unwrap()
}

#[test]
fn a_token_without_nbf_passes_where_it_is_allowed() {
    let token = sign(serde_json::json!({
        "iat": 10.5, "exp": 20, "jti": SESSION_ID, "iss": "auth.quiltt.io", "aud": ["api.quiltt.io"], "ver": 6, "sub": PROFILE,
    }));
    refuses(
        &["verify", "--at", "11", &token],
        1,
        "error: token refused: expected the claim \"nbf\", found none: have it signed, or begin at its `iat` with \
         --allow-missing-not-before",
    );
    let claims = stdout(&["verify", "--at", "11", "--allow-missing-not-before", &token]);
    assert!(claims.starts_with("{\"iat\":10.5,"), "as it was signed: {claims}");
}

#[test]
fn a_signed_token_that_is_no_session_points_to_inspect() {
    use serde_json::{Value, json};

    let session = |change: &dyn Fn(&mut Value)| {
        let mut claims = json!({
            "nbf": 10, "iat": 10, "exp": 20, "jti": SESSION_ID, "iss": "auth.quiltt.io", "aud": "api.quiltt.io", "ver": 6,
            "sub": PROFILE,
        });
        change(&mut claims);
        claims
    };
    let nobody = session(&|claims| drop(claims.as_object_mut().unwrap().remove("sub")));
    let never = session(&|claims| claims["exp"] = json!(10));
    for (claims, reason) in [
        (json!({ "sub": PROFILE }), "the claim \"ver\", found none"),
        (nobody, "a token that names its user, found one without"),
        (
            never,
            "a token that starts before it expires, found one that is never valid: its times contradict each other",
        ),
    ] {
        let line = format!("error: token refused: expected {reason}: see `quiltt-session inspect`");
        refuses(&["verify", "--at", "10", "--leeway", "1s", &sign(claims)], 1, &line);
    }
}

#[test]
fn claims_of_ones_own_are_printed_as_they_were_signed() {
    let own = r#"{"z":0.1000000000000000055,"a":-0,"m":[1E2,1.50,9007199254740991,{"b":"\u00e9","a":null}]}"#;
    let json = stdout(&["verify", "--at", AT, &token(&["--claim", &format!("own={own}")])]);
    assert!(json.starts_with("{\"nbf\":1700000000,") && json.ends_with(&format!(",\"own\":{own}}}\n")), "{json}");
}
