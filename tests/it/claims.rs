//! Claims are read strictly: a claim that is missing, of a wrong type or of another version is an error, never left out.

use quiltt_session::{Claims, JsonFault, ParseTokenError, Segment, TokenVersion, UntrustedToken};

use crate::forge;

const UUID: &str = r#""52909e05-e1cb-4e45-b273-2b7b5d1f9bff""#;
const REQUIRED: [&str; 7] = ["nbf", "iat", "jti", "iss", "aud", "exp", "ver"];
const NOT_JSON: ParseTokenError = ParseTokenError::Json { segment: Segment::Payload, fault: JsonFault::NotJson };
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

/// The claims of a version, one with another value or left out.
fn edited(version: TokenVersion, name: &str, value: Option<&'static str>) -> Vec<(&'static str, &'static str)> {
    members(version)
        .into_iter()
        .filter_map(|(other, old)| if other == name { value.map(|new| (other, new)) } else { Some((other, old)) })
        .collect()
}

#[test]
fn each_required_claim_that_is_missing_is_named() {
    for version in TokenVersion::ALL {
        for name in REQUIRED {
            assert_eq!(read(&edited(version, name, None)), Err(ParseTokenError::MissingClaim(name)));
        }
    }
}

#[test]
fn each_id_may_be_missing() {
    for version in TokenVersion::ALL {
        for (name, _) in members(version).into_iter().filter(|(name, _)| IDS.contains(name)) {
            let claims = read(&edited(version, name, None)).unwrap();
            let ids = [
                claims.user_id().map(|id| id.uuid()),
                claims.api_key_id().map(|id| id.uuid()),
                claims.organization_id().map(|id| id.uuid()),
                claims.environment_id().map(|id| id.uuid()),
            ];
            let all = members(version).iter().filter(|(name, _)| IDS.contains(name)).count();
            assert_eq!(ids.iter().flatten().count(), all - 1, "{name} in {version:?}");
        }
    }
}

#[test]
fn each_claim_of_a_wrong_type_is_named() {
    let wrong_types = ["null", "true", "false", "[]", "{}", "[1]", "-1", "-1.5", "1e12", "\"\"", "\"1\"", "\"p_1-\""];
    for version in TokenVersion::ALL {
        for (name, _) in members(version) {
            // Any text is an issuer or audience; a bare id belongs to version 1, and a global one to the others.
            let is_text = matches!(name, "iss" | "aud");
            let other_form = if version == TokenVersion::V1 { "\"p_1B\"" } else { UUID };
            let wrong_types = wrong_types.into_iter().chain(IDS.contains(&name).then_some(other_form));
            for wrong in wrong_types.filter(|wrong| !(is_text && wrong.starts_with('"'))) {
                match read(&edited(version, name, Some(wrong))) {
                    Err(ParseTokenError::InvalidClaim { name: found, .. }) => assert_eq!(found, name),
                    other => panic!("{name} is {wrong} in {version:?}: {other:?}"),
                }
            }
        }
    }
}

#[test]
fn each_claim_of_another_version_is_named() {
    for version in TokenVersion::ALL {
        for other in TokenVersion::ALL {
            // No version has a role for its user.
            let others = [members(other), vec![("rol", "\"super-admin\""), ("rol", "null")]].concat();
            for (name, value) in others {
                if members(version).iter().all(|(own, _)| *own != name) {
                    let claims = [members(version), vec![(name, value)]].concat();
                    assert_eq!(read(&claims), Err(ParseTokenError::UnexpectedClaim(name)), "{version:?}");
                }
            }
        }
    }
}

#[test]
fn each_claim_that_comes_twice_makes_it_no_json_object() {
    for version in TokenVersion::ALL {
        for member in members(version) {
            let claims = [members(version), vec![member]].concat();
            assert_eq!(read(&claims), Err(NOT_JSON), "{member:?}");
        }
    }
}

#[test]
fn the_error_says_what_was_expected_and_nothing_of_what_was_found() {
    let text = |name, value| read(&edited(TokenVersion::V6, name, value)).unwrap_err().to_string();
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
fn claims_of_ones_own_are_read_as_strictly_through_serde_as_from_a_token() {
    let deep = ["[".repeat(8), "]".repeat(8)].concat();
    for value in [r#"{"a":1,"a":2}"#, r#"[{"a":1,"\u0061":1}]"#, &deep, r#"{"$serde_json::private::RawValue":"1"}"#] {
        let claims = [members(TokenVersion::V6), vec![("x", value)]].concat();
        let error = read(&claims).unwrap_err();
        let fault = JsonFault::Depth { max: 8 };
        let is_too_deep = error == ParseTokenError::Json { segment: Segment::Payload, fault };
        assert_eq!(is_too_deep, value == deep, "{value}");
        assert!(is_too_deep || error == NOT_JSON, "{value}");
    }
}

#[test]
fn an_object_that_serde_json_takes_for_a_number_is_none() {
    for name in ["exp", "nbf", "iat", "ver"] {
        for digits in [r#"{"$serde_json::private::Number":"1"}"#, r#"{"$serde_json::private::\u004eumber":"\u0031"}"#] {
            assert_eq!(read(&edited(TokenVersion::V1, name, Some(digits))), Err(NOT_JSON));
        }
    }
}

#[test]
fn the_text_of_custom_claims_is_that_of_the_token() {
    let own = [("b", r#"{"z":18446744073709551616,"a":-0}"#), ("n", "0.1000000000000000055"), ("t", r#""\u00e9""#)];
    let claims = read(&[members(TokenVersion::V6), own.to_vec()].concat()).unwrap();
    let json = r#"{"b":{"z":18446744073709551616,"a":-0},"n":0.1000000000000000055,"t":"\u00e9"}"#;
    assert_eq!(claims.custom_json(), json);
    assert_eq!(read(&members(TokenVersion::V6)).unwrap().custom_json(), "{}");
}
