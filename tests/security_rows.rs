//! What the most trusted token libraries got wrong lately does not happen here: one test for each failure.
//!
//! Some have a file of their own as well:
//!
//! | failure elsewhere | tested more widely in |
//! |---|---|
//! | short keys | `secrets.rs` |
//! | types, times, headers, algorithms, base64, JSON | `hostile_tokens.rs`, `claims.rs`, `verification.rs` |
//! | caches | `template_equals_twin.rs` |
//! | forks, a failing generator, impossible clocks | `fork.rs`, and unit tests of `random`, `signer`, `verifier`, `time` |
//! | secrets in texts | `secrecy.rs` |
//! | unified features | `unification/`, which runs all of this with them |

mod forge;

use std::time::Duration;

use forge::{HEADER, NOW, PAYLOAD, SECRET, at, token, verdict, verify, verify_payload, with_claim};
use jsonwebtoken::Algorithm;
use quiltt_session::{
    MintError, ProfileId, SecretError, SessionId, SessionSigner, SessionVerifier, SigningSecret, TokenVersion,
    UntrustedToken, VerifyError,
};
use uuid::Uuid;

/// CVE-2026-44351, CVE-2026-45363, CVE-2025-65945, GHSA-gmvf-9v4p-v8jc: whoever can sign with the empty key can sign.
#[test]
fn an_empty_zero_or_short_secret_never_reaches_a_signer_or_verifier() {
    for secret in [&b""[..], &[0; 1], &[0; 32], &[0; 64], &[0; 128], b"secret", &SECRET.as_bytes()[..63]] {
        assert!(SigningSecret::from_bytes(secret).is_err(), "{secret:?}");
        assert!(SigningSecret::from_short_bytes(&secret[..secret.len().min(31)]).is_err(), "{secret:?}");
    }
    assert_eq!(SigningSecret::from_bytes([0; 64]).unwrap_err(), SecretError::AllOneByte);
    let input = format!("{}.{}", forge::base64(HEADER), forge::base64(PAYLOAD));
    for secret in ["", "\0", "secret"] {
        assert_eq!(verify(&forge::signed(&input, secret)), Err(VerifyError::BadSignature));
    }
}

/// CVE-2026-25537: an `exp` of a wrong type was read as none, so the token never expired.
#[test]
fn a_time_of_a_wrong_type_is_an_error_and_not_absent() {
    for name in ["exp", "nbf", "iat"] {
        for json in ["\"1700086400\"", "1700086400.0", "true", "null", "[]", "{}", "1e3"] {
            assert_eq!(verdict(&verify_payload(with_claim(name, json))), format!("invalid: {name}"), "{json}");
        }
    }
}

/// jwt-simple 34d7db1: a negative `exp` wrapped to a time in the far future.
#[test]
fn a_time_outside_the_calendar_is_an_error_and_does_not_wrap() {
    for name in ["exp", "nbf", "iat"] {
        for json in ["-1", "-9223372036854775808", "9223372036854775808", "18446744073709551616", "253402300800"] {
            assert_eq!(verdict(&verify_payload(with_claim(name, json))), format!("invalid: {name}"), "{json}");
        }
        assert!(verify_payload(with_claim(name, "1e400")).is_err());
    }
}

/// CVE-2025-59420, CVE-2026-32597, CVE-2026-35042: an extension that must be understood was ignored.
#[test]
fn any_crit_is_refused_and_so_is_b64() {
    for (name, json) in [("crit", "[]"), ("crit", "[\"exp\"]"), ("crit", "null"), ("b64", "false"), ("b64", "true")] {
        let header = format!("{{\"alg\":\"HS512\",\"{name}\":{json}}}");
        assert_eq!(verdict(&verify(&token(&header, PAYLOAD))), format!("header parameter: {name}"), "{json}");
    }
}

/// RFC 8725 §2.1: the token chose its own algorithm.
#[test]
fn the_algorithm_is_the_verifiers_choice() {
    for alg in ["none", "None", "NONE", "nOnE", "HS256", "HS384", "RS256", "hs512", "HS512 ", ""] {
        let header = format!("{{\"alg\":\"{alg}\"}}");
        assert_eq!(verdict(&verify(&token(&header, PAYLOAD))), "wrong algorithm", "{alg}");
        let unsigned = format!("{}.{}.", forge::base64(&header), forge::base64(PAYLOAD));
        assert_eq!(verdict(&verify(&unsigned)), "empty signature", "{alg}");
    }
    for algorithm in [Algorithm::HS256, Algorithm::HS384] {
        let input = format!("{}.{}", forge::base64(format!("{{\"alg\":\"{algorithm:?}\"}}")), forge::base64(PAYLOAD));
        let tag = forge::tag(&input, SECRET.as_bytes(), algorithm);
        assert_eq!(verify(&format!("{input}.{tag}")), Err(VerifyError::BadSignature));
    }
}

/// A parser is the largest thing to attack, so nobody without the secret may reach it.
#[test]
fn no_json_is_parsed_before_the_mac_is_right() {
    let deep = "[".repeat(2000);
    let hostile = [&b"{"[..], b"\xff", deep.as_bytes(), br#"{"exp":1,"exp":2}"#, b"[]", b"1e400"];
    for (header, payload) in hostile.iter().flat_map(|json| [(HEADER.as_bytes(), *json), (*json, PAYLOAD.as_bytes())]) {
        let input = format!("{}.{}", forge::base64(header), forge::base64(payload));
        assert_eq!(verify(&forge::signed(&input, forge::OTHER_SECRET)), Err(VerifyError::BadSignature));
        assert!(matches!(verify(&forge::signed(&input, SECRET)), Err(VerifyError::Token(_))));
    }
}

/// RFC 7519 §4.1.4: on or after `exp`, the token must not be accepted.
#[test]
fn a_token_is_refused_from_its_exp_on() {
    let verifier = forge::verifier();
    let token = token(HEADER, PAYLOAD);
    assert!(verifier.verify_at(&token, at(1_700_086_399)).is_ok());
    for now in [1_700_086_400, 1_700_086_401] {
        let expired = VerifyError::Expired { expired_at: at(1_700_086_400) };
        assert_eq!(verifier.verify_at(&token, at(now)), Err(expired));
    }
}

/// Others accept tokens for a minute more by default, or for as long as they are told.
#[test]
fn there_is_no_leeway_unless_asked_for_and_never_more_than_600_s() {
    let with_leeway = |secs| SessionVerifier::builder(forge::secret()).leeway(Duration::from_secs(secs)).build();
    let token = token(HEADER, PAYLOAD);
    let valid_until = |verifier: SessionVerifier| {
        (1_700_086_000..1_700_087_100).rfind(|&now| verifier.verify_at(&token, at(now)).is_ok())
    };
    assert_eq!(valid_until(forge::verifier()), Some(1_700_086_399));
    assert_eq!(valid_until(with_leeway(600).unwrap()), Some(1_700_086_999));
    assert!(with_leeway(601).is_err() && with_leeway(u64::MAX).is_err());
}

/// A clock before 1970 was read as 1970, so every token was valid. The system clock's part is in unit tests.
#[test]
fn a_time_at_the_end_of_the_calendar_neither_overflows_nor_opens() {
    let verifier = SessionVerifier::builder(forge::secret()).leeway(Duration::from_secs(600)).build().unwrap();
    let end = 253_402_300_799;
    let eternal = token(HEADER, with_claim("exp", &end.to_string()));
    assert!(verifier.verify_at(&eternal, at(end - 1)).is_ok());
    assert!(matches!(verifier.verify_at(&eternal, at(end)), Err(VerifyError::Expired { .. })));
    assert!(matches!(verifier.verify_at(&eternal, at(0)), Err(VerifyError::NotYetValid { .. })));
    let late = forge::signer().mint_at(forge::PROFILE.parse().unwrap(), at(end), SessionId::from_uuid(Uuid::nil()));
    assert_eq!(late.unwrap_err(), MintError::ExpiryTooLate);
}

/// A tag of 86 characters has 15 other spellings; a list of revoked tokens knows one.
#[test]
fn a_token_has_one_spelling() {
    let token = token(HEADER, PAYLOAD);
    for bits in 1..16 {
        assert_eq!(verdict(&verify(&forge::respelled(&token, bits))), "not base64url: signature", "{bits}");
    }
    for extra in ["=", "==", " ", "\n", "\r\n", "+", "/", "%3D"] {
        assert_eq!(verdict(&verify(&format!("{token}{extra}"))), "not base64url: signature", "{extra:?}");
    }
    assert!(verify(&token).is_ok());
}

/// Of two members with one name, readers take the first, the last or both: they see different users.
#[test]
fn a_name_that_comes_twice_is_refused_at_every_depth_and_behind_escapes() {
    let not_unique = |members: &str| {
        let payload = format!("{},{members}}}", PAYLOAD.strip_suffix('}').unwrap());
        assert_eq!(verdict(&verify_payload(payload)), "not a JSON object: payload", "{members}");
    };
    for members in [
        r#""sub":"p_10""#,
        r#""\u0073ub":"p_10""#,
        r#""exp":1800000000"#,
        r#""x":1,"x":1"#,
        r#""x":{"a":1,"a":1}"#,
        r#""x":[{"a":1,"\u0061":1}]"#,
    ] {
        not_unique(members);
    }
    let header = r#"{"alg":"none","\u0061lg":"HS512"}"#;
    assert_eq!(verdict(&verify(&token(header, PAYLOAD))), "not a JSON object: header");
}

/// What is ignored is still read by somebody: a log, a database.
#[test]
fn invalid_utf_8_is_refused_also_in_members_that_are_ignored() {
    let payload = [PAYLOAD.strip_suffix('}').unwrap().as_bytes(), b",\"x\":\"\xff\"}"].concat();
    assert_eq!(verdict(&verify_payload(payload)), "not a JSON object: payload");
    assert_eq!(verdict(&verify(&token(b"{\"alg\":\"HS512\",\"kid\":\"\xff\"}", PAYLOAD))), "not a JSON object: header");
}

/// Recursion without a bound ends the process.
#[test]
fn depth_is_bounded() {
    for depth in [9, 128, 1000, 2000] {
        let nested = ["[".repeat(depth), "]".repeat(depth)].concat();
        assert_eq!(verdict(&verify_payload(with_claim("x", &nested))), "not a JSON object: payload");
        let untrusted = token(HEADER, with_claim("x", &nested));
        assert!(UntrustedToken::parse(&untrusted).unwrap().untrusted_claims().is_err());
        let header = format!("{{\"alg\":\"HS512\",\"x\":{nested}}}");
        assert_eq!(verdict(&verify(&token(header, PAYLOAD))), "not a JSON object: header");
    }
}

/// Fields of a megabyte were decoded, then refused.
#[test]
fn size_is_capped_before_anything_is_decoded() {
    let longest = UntrustedToken::MAX_LENGTH;
    // Not one character of it is base64, and that is not what the error says.
    for text in ["=".repeat(longest + 1), ".".repeat(longest + 1), "=".repeat(1 << 20)] {
        assert_eq!(verdict(&verify(&text)), "too long");
    }
    assert_eq!(verdict(&verify(&"=".repeat(longest))), "1 segments");
    assert_eq!(verdict(&verify_payload(with_claim("x", &format!("\"{}\"", "a".repeat(1 << 20))))), "too long");
}

/// jwx#1694, GHSA-rp9m-7r4c-75qg: a cached header lost a member; a cache answered for another key.
#[test]
fn what_a_signer_keeps_never_shows_in_the_token_of_another_signer_second_or_session() {
    let signer = |secret: &str, version, ttl| {
        SessionSigner::builder(SigningSecret::from_bytes(secret).unwrap())
            .version(version)
            .ttl(Duration::from_secs(ttl))
            .build()
            .unwrap()
    };
    let settings = [
        (SECRET, TokenVersion::V6, 60),
        (forge::OTHER_SECRET, TokenVersion::V6, 60),
        (SECRET, TokenVersion::V2, 60),
        (SECRET, TokenVersion::V6, 61),
    ];
    let old = settings.map(|(secret, version, ttl)| signer(secret, version, ttl));
    for round in 0..200_u64 {
        let now = at(NOW + round % 3);
        let (profile, id) = (ProfileId::from_uuid(Uuid::from_u128(round.into())), SessionId::from_uuid(Uuid::max()));
        for (old, (secret, version, ttl)) in old.iter().zip(settings) {
            let new = signer(secret, version, ttl);
            let of = |signer: &SessionSigner| signer.mint_at(profile, now, id).unwrap().into_token();
            assert_eq!(of(old), of(&new));
            let custom = |signer: &SessionSigner| {
                signer.session(profile).id(id).issued_at(now).claim("round", round).mint().unwrap().into_token()
            };
            assert_eq!(custom(old), custom(&new));
        }
    }
}

/// `Uuid::new_v4()` panics without randomness, and one id for two sessions lets one be revoked as the other.
#[test]
fn a_session_has_an_id_of_its_own() {
    let signer = forge::signer();
    let profile = forge::PROFILE.parse().unwrap();
    let mut ids: Vec<_> = (0..1000).map(|_| signer.mint(profile).unwrap().id()).collect();
    assert!(ids.iter().all(|id| id.uuid().get_version_num() == 4));
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 1000);
}

/// Several SDKs: keys in `Debug`, errors and logs.
#[test]
fn a_secret_shows_its_length_and_nothing_else() {
    assert_eq!(format!("{:?}", forge::secret()), "SigningSecret(512 bits)");
    assert_eq!(format!("{:#?}", forge::secret()), "SigningSecret(512 bits)");
}

/// lighthouse#3132, frigate#16467: a newline behind the secret, and every token was refused.
#[test]
fn a_newline_behind_a_secret_is_an_error_that_says_so() {
    let error = SigningSecret::from_bytes(format!("{SECRET}\n")).unwrap_err();
    assert_eq!(error, SecretError::SurroundingWhiteSpace);
    assert!(error.to_string().starts_with("expected a secret without white space around it, found some"));
}
