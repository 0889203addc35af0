//! `verify`.

use crate::{AT, PROFILE, SESSION_ID, malformed, quiltt_session, refuses, stdout, token};

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
fn leeway_covers_a_difference_of_clocks_and_no_more() {
    let token = token(&[]);
    stdout(&["verify", "--leeway", "30s", "--at", "1699999970", &token]);
    stdout(&["verify", "--leeway", "30s", "--at", "1700086429", &token]);
    refuses(
        &["verify", "--leeway", "30s", "--at", "1699999969", &token],
        1,
        "error: token refused: expected a token that is valid already, found one that is valid from \
         2023-11-14T22:13:20Z: compare the two clocks, or allow a difference with --leeway",
    );
    quiltt_session(&["verify", "--leeway", "30s", "--at", "1700086430", &token]).assert().code(1).stdout("");
    refuses(
        &["verify", "--leeway", "601s", &token],
        2,
        "error: expected a leeway of at most 600 s in whole seconds, found 601s",
    );
    malformed(&["verify", "--leeway", "-1", &token], "error: unexpected argument '-1' found");
}

#[test]
fn issuer_and_audience_are_compared() {
    let token = token(&["--issuer", "example.com", "--audience", "me"]);
    stdout(&["verify", "--at", AT, "--issuer", "example.com", "--audience", "me", &token]);
    refuses(
        &["verify", "--at", AT, "--audience", "me", &token],
        1,
        "error: token refused: expected another issuer in the claim \"iss\": \
         pass the issuer that you expect with --issuer",
    );
    refuses(
        &["verify", "--at", AT, "--issuer", "example.com", &token],
        1,
        "error: token refused: expected another audience in the claim \"aud\": \
         pass the audience that you expect with --audience",
    );
}

#[test]
fn another_secret_or_a_changed_token_is_a_bad_signature() {
    const LINE: &str = "error: token refused: bad signature: \
                        the token was signed with another secret or changed since, or --secret-encoding is wrong";
    let token = token(&[]);
    let other = "0123456789abcdef".repeat(4);
    let mut command = quiltt_session(&["verify", "--at", AT, &token]);
    command.env("QUILTT_SIGNING_SECRET", other).assert().code(1).stdout("").stderr(format!("{LINE}\n"));
    let (signed, _) = token.rsplit_once('.').unwrap();
    refuses(&["verify", "--at", AT, &format!("{signed}.{}", "A".repeat(86))], 1, LINE);
}

#[test]
fn a_signed_token_that_is_no_session_points_to_inspect() {
    use jsonwebtoken::{Algorithm, EncodingKey, Header};

    let sign = |claims: serde_json::Value| {
        let key = EncodingKey::from_secret(crate::SECRET.as_bytes());
        jsonwebtoken::encode(&Header::new(Algorithm::HS512), &claims, &key).unwrap()
    };
    refuses(
        &["verify", &sign(serde_json::json!({"sub": PROFILE}))],
        1,
        "error: token refused: expected the claim \"ver\", found none: see `quiltt-session inspect`",
    );
    let nobody = serde_json::json!({
        "nbf": 0, "iat": 0, "exp": 1, "jti": SESSION_ID, "iss": "auth.quiltt.io", "aud": "api.quiltt.io", "ver": 2,
    });
    refuses(
        &["verify", &sign(nobody)],
        1,
        "error: token refused: expected a token that names its user, found one without: see `quiltt-session inspect`",
    );
}
