//! Which headers and payloads are those of a session: the rules of the documentation, applied to a `serde_json::Value`.

use serde_json::{Map, Value};

use crate::global_id;

/// Most arrays and objects inside each other.
const MAX_DEPTH: usize = 8;
/// 9999-12-31T23:59:59Z.
const MAX_TIME: u64 = 253_402_300_799;
const REQUIRED: [&str; 7] = ["nbf", "iat", "jti", "iss", "aud", "exp", "ver"];
/// All names that some version gives to an id.
const IDS: [&str; 7] = ["aid", "uid", "did", "cid", "sub", "oid", "eid"];

/// Header parameters with rules.
const PARAMETERS: [&str; 6] = ["alg", "crit", "b64", "typ", "cty", "kid"];

/// Whether a member has one of these names, but for its case.
fn has_in_another_case(object: &Map<String, Value>, names: &[&str]) -> bool {
    let folded = |name: &str| name.replace('ſ', "s").to_lowercase();
    object.keys().any(|name| !names.contains(&name.as_str()) && names.contains(&folded(name).as_str()))
}

/// Whether a token with this header may be accepted.
pub fn is_header(json: &[u8]) -> bool {
    let Some(header) = object(json).filter(|header| !has_in_another_case(header, &PARAMETERS)) else { return false };
    let names_jwt = |kind: &str| ["jwt", "application/jwt"].contains(&kind.to_ascii_lowercase().as_str());
    let is_jwt = |kind: &Value| kind.as_str().is_some_and(names_jwt);
    let is_other = |kind: &Value| kind.as_str().is_some_and(|kind| !names_jwt(kind));
    header.get("alg").is_some_and(|alg| alg == "HS512")
        && header.get("typ").is_none_or(is_jwt)
        && header.get("cty").is_none_or(is_other)
        && header.get("kid").is_none_or(Value::is_string)
        && !header.contains_key("crit")
        && !header.contains_key("b64")
}

/// The claims, if they are those of a session, with UUIDs in lower case, times in whole seconds and an audience that is no
/// array.
pub fn claims(json: &[u8]) -> Option<Map<String, Value>> {
    let reserved = [&REQUIRED[..], &IDS, &["rol"]].concat();
    let mut claims = object(json).filter(|claims| !has_in_another_case(claims, &reserved))?;
    for (name, number) in numbers(json) {
        if ["nbf", "iat", "exp"].contains(&name.as_str())
            && let Some(seconds) = whole_seconds(&number, name != "exp")
        {
            claims.insert(name, seconds.into());
        }
    }
    if let Some(Value::Array(audiences)) = claims.get("aud")
        && let [Value::String(only)] = &audiences[..]
    {
        let only = only.clone();
        claims.insert("aud".to_owned(), only.into());
    }
    let version = claims.get("ver")?.as_u64()?;
    let has_all = REQUIRED.iter().all(|name| claims.contains_key(*name));
    let fit = claims.iter().all(|(name, value)| match name.as_str() {
        "nbf" | "iat" | "exp" => value.as_u64().is_some_and(|time| time <= MAX_TIME),
        "jti" => is_uuid(value),
        "iss" | "aud" => value.is_string(),
        "ver" => [1, 2, 4, 6].contains(&version),
        "rol" => false,
        name if IDS.contains(&name) => is_id(version, name, value),
        _ => true,
    });
    if version == 1 {
        lower(claims.get_mut("uid"));
        lower(claims.get_mut("aid"));
    }
    lower(claims.get_mut("jti"));
    (has_all && fit).then_some(claims)
}

/// The outermost members that are numbers, as they are written.
fn numbers(json: &[u8]) -> Vec<(String, String)> {
    let (mut names, mut depth, mut rest) = (vec![], 0, str::from_utf8(json).unwrap_or_default());
    let mut last_text = String::new();
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '"' => {
                let mut texts = serde_json::Deserializer::from_str(rest).into_iter::<String>();
                let Some(Ok(text)) = texts.next() else { return names };
                last_text = text;
                texts.byte_offset()
            }
            '-' | '0'..='9' => {
                let length = rest.find(|other: char| !"+-.eE0123456789".contains(other)).unwrap_or(rest.len());
                if depth == 1 {
                    names.push((last_text.clone(), rest[..length].to_owned()));
                }
                length
            }
            '{' | '[' => {
                depth += 1;
                1
            }
            '}' | ']' => {
                depth -= 1;
                1
            }
            other => other.len_utf8(),
        };
        rest = &rest[length..];
    }
    names
}

/// Moves the point of a number through its digits, and cuts at it.
fn whole_seconds(number: &str, is_up: bool) -> Option<u64> {
    let (mantissa, exponent) = number.split_once(['e', 'E']).unwrap_or((number, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    if number.starts_with('-') {
        return None;
    }
    if digits.chars().all(|digit| digit == '0') {
        return Some(0);
    }
    // A number moved by so many places is too large or next to nothing.
    let most = if exponent.starts_with('-') { -20_000 } else { 20_000 };
    let shift = exponent.parse::<i32>().map_or(most, |shift| shift.clamp(-20_000, 20_000));
    let padded = if shift < 0 {
        format!("{}{digits}", "0".repeat(shift.unsigned_abs() as usize))
    } else {
        format!("{digits}{}", "0".repeat(shift as usize))
    };
    let point = if shift < 0 { whole.len() } else { whole.len() + shift as usize };
    let (seconds, left) = padded.split_at(point);
    let seconds = seconds.trim_start_matches('0');
    let seconds = if seconds.is_empty() { 0 } else { seconds.parse::<u64>().ok()? };
    let is_cut = left.chars().any(|digit| digit != '0');
    seconds.checked_add(u64::from(is_up && is_cut))
}

/// The claim that names the user.
pub fn user(claims: &Map<String, Value>) -> Option<&Value> {
    claims.get("sub").or_else(|| claims.get("uid"))
}

/// Whether a session with these claims is valid at `now` for who expects Quiltt's own issuer and audience.
pub fn is_valid(claims: &Map<String, Value>, now: u64) -> bool {
    let time = |name: &str| claims[name].as_u64().unwrap();
    user(claims).is_some()
        && (now < time("exp") && time("nbf") <= now && time("iat") <= now)
        && (claims["iss"] == "auth.quiltt.io" && claims["aud"] == "api.quiltt.io")
}

/// How many arrays and objects are inside each other at most.
pub fn depth(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        Value::Object(members) => 1 + members.values().map(depth).max().unwrap_or(0),
        _ => 0,
    }
}

/// Whether a name is one that serde_json keeps for itself, or a number is beyond what an `f64` holds: serde_json reads such a
/// number with its feature `arbitrary_precision` alone.
fn is_beyond_json(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.iter().any(is_beyond_json),
        Value::Object(members) => {
            members.iter().any(|(name, value)| name.starts_with("$serde_json::private::") || is_beyond_json(value))
        }
        Value::Number(number) => number.as_f64().is_none(),
        _ => false,
    }
}

/// Whether `value` is what a token of this version has in the claim `name`, if it has that claim at all.
fn is_id(version: u64, name: &str, value: &Value) -> bool {
    let prefix = match (version, name) {
        (1, "uid" | "aid") => return is_uuid(value),
        (2, "uid") | (4 | 6, "sub") => "p_1",
        (2 | 4, "did") | (6, "cid") => "api_1",
        (4 | 6, "oid") => "org_1",
        (4 | 6, "eid") => "env_1",
        _ => return false,
    };
    value.as_str().is_some_and(|id| global_id::parse_global(prefix, id).is_ok())
}

fn is_uuid(value: &Value) -> bool {
    value.as_str().is_some_and(|id| global_id::parse_uuid(id).is_ok())
}

fn lower(value: Option<&mut Value>) {
    if let Some(Value::String(text)) = value {
        text.make_ascii_lowercase();
    }
}

/// The one JSON object that the bytes are, if it is not nested too deep and no name comes twice.
fn object(json: &[u8]) -> Option<Map<String, Value>> {
    let value: Value = serde_json::from_slice(json).ok()?;
    // A name that came twice is once in the value, and has two colons in the text; of what serde_json has put something
    // else in the place of, the name is not in the value at all.
    let is_plain = depth(&value) <= MAX_DEPTH && members(&value) == colons(json) && !is_beyond_json(&value);
    value.as_object().filter(|_| is_plain).cloned()
}

fn members(value: &Value) -> usize {
    match value {
        Value::Array(items) => items.iter().map(members).sum(),
        Value::Object(object) => object.len() + object.values().map(members).sum::<usize>(),
        _ => 0,
    }
}

/// How many colons of this JSON stand outside its strings.
fn colons(json: &[u8]) -> usize {
    let (mut colons, mut in_string, mut is_escaped) = (0, false, false);
    for &byte in json {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = true,
            b'"' => in_string = !in_string,
            b':' if !in_string => colons += 1,
            _ => {}
        }
    }
    colons
}
