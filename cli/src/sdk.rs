//! What Quiltt's SDKs demand of a token, rule by rule (read in their sources).

use quiltt_session::{EnvironmentId, UnixTime, UntrustedToken};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::output::{Mark, printable};

/// A rule, whether a token keeps it, and what the token has.
#[derive(Debug, Serialize)]
pub(crate) struct Rule {
    pub(crate) rule: &'static str,
    pub(crate) outcome: Mark,
    pub(crate) found: String,
}

/// All rules. `environment` is the `environmentId` that the SDK is set to, if known.
pub(crate) fn rules(token: &str, now: UnixTime, environment: Option<EnvironmentId>) -> Vec<Rule> {
    let parsed = UntrustedToken::parse(token).ok();
    let payload = parsed.as_ref().map(UntrustedToken::untrusted_payload_json);
    let claims: Option<Map<String, Value>> = payload.and_then(|payload| serde_json::from_slice(payload).ok());
    let claim = |name| claims.as_ref().and_then(|claims| claims.get(name));
    vec![
        segments(token),
        plain_base64(token, payload),
        expiry(claim("exp"), now),
        same_environment(claim("eid"), environment),
        fits_url(token),
        start([claim("nbf"), claim("iat")], now),
        names_of_ids(claims.as_ref()),
    ]
}

impl Rule {
    fn new(rule: &'static str, outcome: impl Into<Mark>, found: impl Into<String>) -> Self {
        Self { rule, outcome: outcome.into(), found: found.into() }
    }
}

const fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')
}

/// `^(?:[\w-]+\.){2}[\w-]+$`
fn segments(token: &str) -> Rule {
    let is_good = |segment: &&str| !segment.is_empty() && segment.bytes().all(is_word);
    let count = token.split('.').count();
    let good = token.split('.').filter(is_good).count();
    Rule::new(
        "three segments of letters, digits, '-' and '_', and nothing around them",
        count == 3 && good == 3,
        match count - good {
            0 => format!("{count}"),
            bad => format!("{count}, {bad} of them empty or with other characters"),
        },
    )
}

/// `atob()` refuses '-' and '_', and makes one character of each byte. `payload`: the decoded bytes, if they could be decoded.
fn plain_base64(token: &str, payload: Option<&[u8]>) -> Rule {
    let (passes, found) = match token.split('.').nth(1) {
        None | Some("") => (false, "no payload"),
        Some(segment) if !segment.bytes().all(|byte| byte.is_ascii_alphanumeric()) => (false, "other characters"),
        Some(_) if payload.is_some_and(|payload| !payload.is_ascii()) => {
            (false, "text beyond ASCII, which JSON can escape")
        }
        Some(_) => (true, "letters and digits only"),
    };
    Rule::new("a payload of letters and digits only, for the SDK's atob()", passes, found)
}

/// 2³¹ - 1 ms, the longest that a timer of JavaScript waits, in whole seconds.
const LONGEST_TIMER: f64 = 2_147_483.0;

/// Seen of `@quiltt/react` 6.1.0: docs/sdk.md.
const DROPPED: &str =
    "so the SDK drops it at once, and a React provider that has it as `token` asks Quiltt about it again without end";

fn expiry(exp: Option<&Value>, now: UnixTime) -> Rule {
    let (passes, found) = match seconds_ahead(exp, now) {
        None => (false, "no number".to_owned()),
        Some(ahead) if ahead <= 0.0 => (false, format!("{} s ago: expired, {DROPPED}", ahead.abs())),
        Some(ahead) if ahead > LONGEST_TIMER => (false, format!("{ahead} s ahead, {DROPPED}")),
        Some(ahead) => {
            let slow = LONGEST_TIMER - ahead;
            (true, format!("{ahead} s ahead; the SDK of a client whose clock is that fast, or {slow} s slow, drops it"))
        }
    };
    Rule::new("a number in \"exp\", at most 2147483 s ahead, for the SDK's timer", passes, found)
}

/// None of the SDKs looks at these, but no server takes a token before its time (RFC 7519 §4.1.5).
fn start(claims: [Option<&Value>; 2], now: UnixTime) -> Rule {
    let ahead = claims.iter().filter_map(|claim| seconds_ahead(*claim, now)).fold(0.0, f64::max);
    let found = match ahead {
        0.0 => "none".to_owned(),
        _ => format!("one {ahead} s ahead: not valid yet"),
    };
    Rule::new("no \"nbf\" or \"iat\" ahead, for the server behind the SDK", ahead == 0.0, found)
}

fn seconds_ahead(time: Option<&Value>, now: UnixTime) -> Option<f64> {
    time.and_then(Value::as_f64).map(|time| time - now.as_secs() as f64)
}

fn names_of_ids(claims: Option<&Map<String, Value>>) -> Rule {
    let has = |name| claims.is_some_and(|claims| claims.contains_key(name));
    let (outcome, found) = match (has("sub"), has("did")) {
        (true, false) => (Mark::Pass, "no other names"),
        (true, true) => (Mark::Note, "\"did\" in the place of \"cid\", as in version 4"),
        (false, _) => (Mark::Note, "no \"sub\"; versions 1 and 2 have none"),
    };
    Rule::new("the user in \"sub\" and the API key in \"cid\", as the SDK's types name them", outcome, found)
}

fn same_environment(eid: Option<&Value>, environment: Option<EnvironmentId>) -> Rule {
    const RULE: &str = "an \"eid\" equal to the SDK's environmentId, if that is set";

    let eid = eid.and_then(Value::as_str);
    match (eid, environment) {
        (_, Some(environment)) => {
            let (environment, eid) = (environment.to_string(), eid.unwrap_or("none"));
            let passes = eid == environment;
            let expected = if passes { String::new() } else { format!("; --environment is {environment}") };
            Rule::new(RULE, passes, printable(eid) + &expected)
        }
        (Some(eid), None) => Rule::new(RULE, Mark::Note, printable(eid) + "; --environment compares it"),
        (None, None) => Rule::new(RULE, Mark::Note, "none, so environmentId has to stay unset"),
    }
}

/// RFC 6265 §6.1: browsers take 4096 bytes at least, and no usual one more, with the cookie's name and attributes.
const LONGEST_COOKIE: usize = 4096;

/// Tokens stand in the query of a WebSocket's URL and in JavaScript literals.
fn fits_url(token: &str) -> Rule {
    let is_safe = |character: char| character == '.' || u8::try_from(character).is_ok_and(is_word);
    let (outcome, found) = match token.chars().find(|character| !is_safe(*character)) {
        None if token.len() > LONGEST_COOKIE => {
            (Mark::Note, format!("{} of them: too many for a cookie, which browsers then drop", token.len()))
        }
        None => (Mark::Pass, format!("{} of them (Quiltt's own tokens have about 500)", token.len())),
        Some(other) => (Mark::Fail, printable(&format!("{other:?}"))),
    };
    Rule::new("characters that URLs and JavaScript literals carry as they are", outcome, found)
}

#[cfg(test)]
mod tests {
    use quiltt_session::{SessionSigner, SigningSecret};
    use serde_json::json;

    use super::*;

    fn outcome(rules: &[Rule]) -> Vec<Mark> {
        rules.iter().map(|rule| rule.outcome).collect()
    }

    #[test]
    fn our_own_token_passes_all_rules() {
        let secret = SigningSecret::demo();
        let environment = "env_1Bx4omNvZgKao2OqGshImD".parse().unwrap();
        let signer = SessionSigner::builder(secret).environment(environment).build().unwrap();
        let now = UnixTime::from_secs(1_700_000_000).unwrap();
        let session = signer.session("p_10".parse().unwrap()).issued_at(now).mint().unwrap();
        assert_eq!(outcome(&rules(session.token(), now, Some(environment))), [Mark::Pass; 7]);
    }

    #[test]
    fn a_text_that_is_no_token_fails_what_it_breaks() {
        let now = UnixTime::EPOCH;
        let found = rules("Bearer a.b c", now, None);
        assert_eq!(outcome(&found[..5]), [Mark::Fail, Mark::Fail, Mark::Fail, Mark::Note, Mark::Fail]);
        assert_eq!(outcome(&found[5..]), [Mark::Pass, Mark::Note]);
        for text in ["", "a.b", "a.b.", "a..c", "a.b.c.d", "a.b.c\n", "a.b.c="] {
            assert_eq!(segments(text).outcome, Mark::Fail, "{text:?}");
        }
        assert_eq!(segments("a-_.B.9").outcome, Mark::Pass);
    }

    #[test]
    fn what_no_cookie_holds_is_noted() {
        assert_eq!(fits_url(&"a".repeat(4096)).outcome, Mark::Pass);
        let long = fits_url(&"a".repeat(4097));
        assert_eq!(
            (long.outcome, &*long.found),
            (Mark::Note, "4097 of them: too many for a cookie, which browsers then drop")
        );
    }

    #[test]
    fn the_payload_must_be_what_atob_reads() {
        assert_eq!(plain_base64("a.b-c.d", None).outcome, Mark::Fail);
        assert_eq!(plain_base64("a.b_c.d", None).outcome, Mark::Fail);
        assert_eq!(plain_base64("a.bc.d", Some("é".as_bytes())).outcome, Mark::Fail);
        assert_eq!(plain_base64("a.bc.d", Some(b"{}")).outcome, Mark::Pass);
    }

    #[test]
    fn the_expiry_must_be_a_number_within_the_timer() {
        let now = UnixTime::from_secs(1000).unwrap();
        for (exp, expected) in [
            (json!(2_148_483), Mark::Pass),
            (json!(2_148_484), Mark::Fail),
            (json!(1001), Mark::Pass),
            (json!(1000), Mark::Fail),
            (json!(1), Mark::Fail),
            (json!("1"), Mark::Fail),
            (json!(null), Mark::Fail),
        ] {
            assert_eq!(expiry(Some(&exp), now).outcome, expected, "{exp}");
        }
        assert_eq!(expiry(Some(&json!(1000)), now).found, format!("0 s ago: expired, {DROPPED}"));
        let found = "2146883 s ahead; the SDK of a client whose clock is that fast, or 600 s slow, drops it";
        assert_eq!(expiry(Some(&json!(2_147_883)), now).found, found);
    }
}
