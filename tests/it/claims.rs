//! Claims are read strictly: a claim that is missing, of a wrong type or of another version is an error, never left out.

use quiltt_session::{Claims, ParseTokenError, TokenVersion, UntrustedToken};

use crate::{forge, reading};

const UUID: &str = r#""52909e05-e1cb-4e45-b273-2b7b5d1f9bff""#;
const REQUIRED: [&str; 7] = ["nbf", "iat", "jti", "iss", "aud", "exp", "ver"];
const IDS: [&str; 7] = ["aid", "uid", "did", "cid", "sub", "oid", "eid"];

/// All claims of a version, each with its value.
fn members(version: TokenVersion) -> Vec<(&'static str, &'static str)> {
    let common = [
        ("nbf", "1700000000"),
        ("iat", "1700000001"),
        ("jti", UUID),
        ("iss", "\"auth.quiltt.io\""),
        ("aud", "\"api.quiltt.io\""),
        ("exp", "1700086400"),
    ];
    let (number, ids): (_, &[(_, _)]) = match version {
        TokenVersion::V1 => ("1", &[("aid", UUID), ("uid", UUID)]),
        TokenVersion::V2 => ("2", &[("did", "\"api_1A\""), ("uid", "\"p_1B\"")]),
        TokenVersion::V4 => {
            ("4", &[("sub", "\"p_1B\""), ("did", "\"api_1A\""), ("oid", "\"org_1C\""), ("eid", "\"env_1D\"")])
        }
        _ => ("6", &[("sub", "\"p_1B\""), ("cid", "\"api_1A\""), ("oid", "\"org_1C\""), ("eid", "\"env_1D\"")]),
    };
    [&common[..], &[("ver", number)], ids].concat()
}

fn json(members: &[(&str, &str)]) -> String {
    let members: Vec<_> = members.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
    format!("{{{}}}", members.join(","))
}

/// Reads a payload both from a token and through serde, which must agree.
fn read(members: &[(&str, &str)]) -> Result<Claims, ParseTokenError> {
    let json = json(members);
    let token = forge::token(forge::HEADER, &json);
    let claims = UntrustedToken::parse(&token).unwrap().untrusted_claims();
    assert_eq!(claims.as_ref().ok(), serde_json::from_str(&json).ok().as_ref(), "{json}");
    claims
}

/// The claims of a version, and one with this value or left out.
fn with(version: TokenVersion, name: &'static str, value: Option<&'static str>) -> Vec<(&'static str, &'static str)> {
    let others = members(version).into_iter().filter(|(other, _)| *other != name);
    others.chain(value.map(|value| (name, value))).collect()
}

#[test]
fn each_claim_that_is_missing_of_a_wrong_type_or_of_another_version_is_named() {
    let values =
        ["null", "true", "[]", "{}", "[1]", "-1", "-1.5", "1e12", "\"\"", "\"1\"", "\"p_1-\"", "\"p_1B\"", UUID];
    for version in TokenVersion::ALL {
        for name in [&REQUIRED[..], &IDS, &["rol"]].concat() {
            let missing = read(&with(version, name, None)).err();
            assert_eq!(missing, REQUIRED.contains(&name).then_some(ParseTokenError::MissingClaim(name)));
            let is_known = members(version).iter().any(|(known, _)| *known == name);
            for value in values {
                let is_text = value.starts_with('"');
                let claims = with(version, name, Some(value));
                match (read(&claims), reading::claims(json(&claims).as_bytes())) {
                    (Ok(_), Some(_)) => {}
                    (Err(ParseTokenError::InvalidClaim { name: found, .. }), None) if is_known || !is_text => {
                        assert_eq!(found, name);
                    }
                    (Err(ParseTokenError::UnexpectedClaim(found)), None) if !is_known => assert_eq!(found, name),
                    (found, _) => panic!("{name} is {value} in {version:?}: {found:?}"),
                }
            }
        }
    }
}

#[test]
fn the_error_says_what_was_expected_and_nothing_of_what_was_found() {
    let text = |name, value| read(&with(TokenVersion::V6, name, value)).unwrap_err().to_string();
    assert_eq!(text("exp", None), "expected the claim \"exp\", found none");
    assert_eq!(
        text("nbf", None),
        "expected the claim \"nbf\", found none: have it signed, or the verifier allow_missing_not_before"
    );
    assert_eq!(
        text("jti", Some("\"ckv1\"")),
        "expected the claim \"jti\" to be a hyphenated UUID (RFC 9562 §4), found something else"
    );
    assert_eq!(
        text("aud", Some("[\"a\",\"b\"]")),
        "expected the claim \"aud\" to be one string, alone or in an array, found something else"
    );
    assert_eq!(
        text("exp", Some("\"hunter2\"")),
        "expected the claim \"exp\" to be a number of seconds from 0 to 253402300799, found something else"
    );
    assert_eq!(
        text("sub", Some("\"hunter2\"")),
        "expected the claim \"sub\" to be a global id of the right kind, found something else"
    );
    assert_eq!(
        text("Sub", Some("\"p_10\"")),
        "expected the claim \"sub\" to be named in lower case, found something else"
    );
    assert_eq!(text("ver", Some("5")), "expected the claim \"ver\" to be one of 1, 2, 4 and 6, found something else");
}

#[test]
fn custom_claims_are_found_by_name_and_kept_in_order() {
    let own = [("zeta", "[1]"), ("alpha", "null"), ("", "\"x\"")];
    let claims = read(&[members(TokenVersion::V6), own.to_vec()].concat()).unwrap();
    assert_eq!(claims.custom_claims().map(|(name, _)| name).collect::<Vec<_>>(), ["zeta", "alpha", ""]);
    assert_eq!(claims.custom("zeta"), Some(&serde_json::json!([1])));
    assert_eq!(claims.custom("alpha"), Some(&serde_json::Value::Null));
    assert_eq!(claims.custom("exp"), None, "Quiltt's own claims are not custom");
}

#[test]
fn the_text_of_custom_claims_is_that_of_the_token() {
    let own = [("b", r#"{"z":18446744073709551616,"a":-0}"#), ("n", "0.1000000000000000055"), ("t", r#""\u00e9""#)];
    let claims = read(&[members(TokenVersion::V6), own.to_vec()].concat()).unwrap();
    let json = r#"{"b":{"z":18446744073709551616,"a":-0},"n":0.1000000000000000055,"t":"\u00e9"}"#;
    assert_eq!(claims.custom_json(), json);
    assert_eq!(read(&members(TokenVersion::V6)).unwrap().custom_json(), "{}");
}
