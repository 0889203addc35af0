//! Only what is signed with the key verifies, and says to the library what it says to anyone else.
//!
//! An input is taken as a token, and as a header, a zero byte and a payload (or a payload alone) that get signed, so that
//! what lies behind the MAC is reached as well.
#![no_main]

#[path = "../../tests/it/forge.rs"]
mod forge;

use std::sync::LazyLock;

use allocation_counter::{AllocationInfo, measure};
use forge::{HEADER, NOW, SECRET};
use libfuzzer_sys::fuzz_target;
use quiltt_session::{Claims, SessionVerifier, UntrustedToken, VerifiedSession, VerifyError};
use quiltt_session_fuzz::{oracle, reading};
use serde_json::{Map, Value};

static VERIFIER: LazyLock<SessionVerifier> = LazyLock::new(forge::verifier);

fuzz_target!(|input: &[u8]| {
    if let Ok(token) = str::from_utf8(input) {
        check(token);
    }
    let token = sign(input);
    check(&token);
    let changed = change(&token, input);
    assert!(VERIFIER.verify_at(&changed, forge::at(NOW)).is_err(), "{changed} is {token} with a change");
});

fn sign(input: &[u8]) -> String {
    let zero = input.iter().position(|byte| *byte == 0);
    let (header, payload) = zero.map_or((HEADER.as_bytes(), input), |zero| (&input[..zero], &input[zero + 1..]));
    forge::token(header, payload)
}

/// Turns one bit over; which one follows from the whole input, so that all have their turn.
fn change(token: &str, input: &[u8]) -> String {
    let sum = input.iter().fold(0_usize, |sum, byte| sum.wrapping_mul(31).wrapping_add((*byte).into()));
    let mut changed = token.as_bytes().to_vec();
    changed[sum % token.len()] ^= 1 << (sum / token.len() % 7);
    String::from_utf8(changed).unwrap()
}

fn check(token: &str) {
    let (verdict, cost) = verify(token);
    let parsed = UntrustedToken::parse(token);
    assert_eq!(parsed.is_ok(), is_well_formed(token));
    match parsed {
        Err(error) => {
            assert_eq!(verdict, Err(VerifyError::Token(error)));
            assert_cheap(token, cost);
        }
        Ok(parsed) => {
            assert_eq!(VERIFIER.verify_untrusted_at(&parsed, forge::at(NOW)), verdict);
            check_claims(&parsed);
            if is_signed(token) {
                check_verdict(&parsed, &verdict);
                assert_bounded(token, cost);
            } else {
                assert_eq!(verdict, Err(VerifyError::BadSignature));
                assert_cheap(token, cost);
            }
            assert_shows_nothing_of(token, &format!("{parsed:?}"));
        }
    }
    if let Err(error) = verdict {
        assert_shows_nothing_of(token, &format!("{error} {error:?}"));
    }
}

fn verify(token: &str) -> (Result<VerifiedSession, VerifyError>, AllocationInfo) {
    let verifier = &*VERIFIER;
    let mut verdict = Err(VerifyError::NoUser);
    let cost = measure(|| verdict = verifier.verify_at(token, forge::at(NOW)));
    (verdict, cost)
}

fn is_signed(token: &str) -> bool {
    let (signing_input, _) = token.rsplit_once('.').unwrap();
    forge::signed(signing_input, SECRET) == token
}

/// Without the key, a token makes a verifier allocate the token's length at most, once.
fn assert_cheap(token: &str, cost: AllocationInfo) {
    assert!(cost.count_total <= 1 && cost.bytes_total <= token.len() as u64, "{cost:?} for {} characters", token.len());
}

/// Reading the JSON may allocate so many bytes, all allocations added up. The dearest is an object of one member, for which
/// serde_json takes a node with room for eleven: nested, they came to 102 bytes for each character of the token
/// (x86-64, 2026-11-24).
fn assert_bounded(token: &str, cost: AllocationInfo) {
    assert!(cost.bytes_total <= 1024 + 128 * token.len() as u64, "{cost:?} for {} characters", token.len());
}

/// Exactly three segments, each in the alphabet of base64url, whose unused bits are zero.
fn is_well_formed(token: &str) -> bool {
    const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let is_canonical = |segment: &str| {
        let unused = match segment.len() % 4 {
            0 => 1,
            2 => 16,
            3 => 4,
            _ => return false,
        };
        let last = segment.chars().last().and_then(|last| ALPHABET.find(last));
        segment.chars().all(|character| ALPHABET.contains(character)) && last.is_some_and(|value| value % unused == 0)
    };
    token.len() <= 8192 && token.split('.').count() == 3 && token.split('.').all(is_canonical)
}

/// The claims are those that a plain reader finds, whoever signed them, and come back from what they are written as.
fn check_claims(token: &UntrustedToken<'_>) {
    let mut claims = None;
    let cost = measure(|| claims = token.untrusted_claims().ok());
    assert_bounded(token.untrusted_text(), cost);
    let payload = token.untrusted_payload_json();
    let as_json = |claims: &Claims| serde_json::to_value(claims).unwrap();
    assert_eq!(claims.as_ref().map(as_json), reading::claims(payload).map(Value::from));
    if let Some(claims) = claims {
        let json = serde_json::to_string(&claims).unwrap();
        assert_eq!(serde_json::from_str::<Claims>(&json).unwrap(), claims);
    }
}

/// A signed token is accepted if a plain reader would accept it, and then says to all readers the same.
fn check_verdict(token: &UntrustedToken<'_>, verdict: &Result<VerifiedSession, VerifyError>) {
    let (header, payload) = (token.untrusted_header_json(), token.untrusted_payload_json());
    let claims = reading::claims(payload).filter(|claims| reading::is_valid(claims, NOW));
    let expected = claims.filter(|_| reading::is_header(header));
    assert_eq!(verdict.is_ok(), expected.is_some(), "{verdict:?}");
    let (Ok(session), Some(claims)) = (verdict, expected) else { return };
    check_session(session, &claims);
    // It wants a `jku`, `x5c` … of the right type, which are nothing to a verifier of one key.
    if header == HEADER.as_bytes() {
        let claims = oracle::decode(token.untrusted_text(), SECRET.as_bytes(), "auth.quiltt.io", "api.quiltt.io");
        assert_eq!(claims.unwrap(), serde_json::from_slice::<Map<_, _>>(payload).unwrap());
    }
}

fn check_session(session: &VerifiedSession, claims: &Map<String, Value>) {
    let [user, id] = [reading::user(claims).unwrap(), &claims["jti"]].map(|text| text.as_str().unwrap());
    assert_eq!(session.user_id(), user.parse().unwrap());
    assert_eq!(session.id().to_string(), id);
    assert_eq!(session.expires_at().as_secs(), claims["exp"]);
    assert_eq!(session.api_key_id().is_some(), ["aid", "did", "cid"].iter().any(|name| claims.contains_key(*name)));
    assert_eq!(session.organization_id().is_some(), claims.contains_key("oid"));
    assert_eq!(session.environment_id().is_some(), claims.contains_key("eid"));
}

/// No message has so much as the start of a segment; shorter ones could be words of the message by chance.
fn assert_shows_nothing_of(token: &str, message: &str) {
    let mut starts = token.split('.').filter_map(|segment| segment.get(..40));
    assert!(starts.all(|start| !message.contains(start)), "{message}");
}
