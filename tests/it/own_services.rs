//! Tokens that one's own services in other languages sign with the same secret, by their JWT libraries' defaults, verify or are
//! refused with an error that names the member and the remedy.

use std::time::Duration;

use proptest::prelude::*;
use quiltt_session::{SessionVerifier, SessionVerifierBuilder, VerifiedSession, VerifyError};
use serde::Deserialize;

use crate::forge;

/// The services signed a quarter of a second later.
const SIGNED_AT: u64 = 1_767_225_600;

/// Header and payload as such a library wrote them, frozen.
#[derive(Deserialize)]
struct Frozen {
    by: String,
    header: String,
    payload: String,
    expect: String,
}

impl Frozen {
    fn token(&self) -> String {
        forge::token(&self.header, &self.payload)
    }
}

fn frozen() -> Vec<Frozen> {
    let lines = include_str!("../vectors/other_services.jsonl").lines();
    lines.map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn builder() -> SessionVerifierBuilder {
    SessionVerifier::builder(forge::secret())
}

fn verify(builder: SessionVerifierBuilder, token: &str, at: u64) -> Result<VerifiedSession, VerifyError> {
    builder.build().unwrap().verify_at(token, forge::at(at))
}

#[test]
fn default_tokens_verify_a_second_later_or_are_refused_with_the_member() {
    for service in frozen() {
        let verdict = verify(builder(), &service.token(), SIGNED_AT + 1);
        assert_eq!(forge::verdict(&verdict), service.expect, "{}", service.by);
    }
}

#[test]
fn a_second_of_leeway_takes_them_at_once() {
    for service in frozen().into_iter().filter(|service| service.expect == "valid") {
        let by = &service.by;
        let session = verify(builder().leeway(Duration::from_secs(1)), &service.token(), SIGNED_AT).expect(by);
        assert_eq!(session.audience(), "api.quiltt.io");
        assert_eq!(session.expires_at(), forge::at(SIGNED_AT + 3600), "{by}: no later for a fraction");
    }
}

#[test]
fn without_nbf_a_token_begins_when_it_was_issued_for_a_verifier_that_allows_it() {
    let token = frozen().into_iter().find(|frozen| frozen.by.starts_with("jsonwebtoken")).unwrap().token();
    let error = verify(builder(), &token, SIGNED_AT).unwrap_err();
    assert_eq!(
        error.to_string(),
        "expected the claim \"nbf\", found none: have it signed, or the verifier allow_missing_not_before"
    );
    let allowing = || builder().allow_missing_not_before();
    let session = verify(allowing(), &token, SIGNED_AT).unwrap();
    assert_eq!(session.claims().not_before(), forge::at(SIGNED_AT));
    let early = verify(allowing(), &token, SIGNED_AT - 1).unwrap_err();
    assert_eq!(early, VerifyError::NotYetValid { valid_from: forge::at(SIGNED_AT) });
}

#[test]
fn allowing_a_missing_nbf_lets_no_wrong_one_and_no_missing_iat_pass() {
    let verifier = || builder().allow_missing_not_before();
    let verdict = |payload: &str| {
        let token = forge::token(forge::HEADER, payload);
        forge::verdict(&verify(verifier(), &token, forge::NOW))
    };
    assert_eq!(verdict(&forge::with_claim("nbf", "null")), r#"bad_claims: InvalidClaim("nbf")"#);
    assert_eq!(verdict(&forge::with_claim("nbf", "1700000001")), "not_yet_valid");
    let without = |names: &[&'static str]| forge::payload_with(names.iter().map(|name| (*name, None)));
    assert_eq!(verdict(&without(&["nbf"])), "valid");
    assert_eq!(verdict(&without(&["nbf", "iat"])), r#"bad_claims: MissingClaim("iat")"#);
}

/// Writes `whole.fraction` with the point `by` digits further left, and an exponent that moves the point back.
fn moved(whole: u64, fraction: &str, by: usize) -> String {
    let digits = format!("{whole:0>width$}", width = by + 1);
    let (front, back) = digits.split_at(digits.len() - by);
    format!("{front}.{back}{fraction}e{by}")
}

proptest! {
    /// By hand and in whole numbers: the second a fraction belongs to, or the next.
    #[test]
    fn whatever_the_fraction_a_token_lives_no_longer_and_begins_no_earlier(
        start in 1_000_000_000u64..2_000_000_000, lives in 2u64..100_000, fraction in "[0-9]{1,40}", by in 0usize..20,
    ) {
        let (end, more) = (start + lives, u64::from(fraction.bytes().any(|digit| digit != b'0')));
        for (nbf, exp) in [
            (format!("{start}.{fraction}"), format!("{end}.{fraction}")),
            (moved(start, &fraction, by), moved(end, &fraction, by)),
        ] {
            let payload = format!(
                r#"{{"nbf":{nbf},"iat":{nbf},"jti":"4551ca49-c002-4d9b-92ec-465018e28fdc","iss":"auth.quiltt.io","aud":["api.quiltt.io"],"exp":{exp},"ver":6,"sub":"p_12VnSaRRxyP12Sl9rLZg8n1"}}"#
            );
            let token = forge::token(forge::HEADER, &payload);
            let verdict = |at| forge::verdict(&forge::verifier().verify_at(&token, forge::at(at)));
            prop_assert_eq!(verdict(start + more), "valid");
            prop_assert_eq!(verdict(end - 1), "valid");
            prop_assert_eq!(verdict(start + more - 1), "not_yet_valid");
            prop_assert_eq!(verdict(end), "expired");
        }
    }
}
