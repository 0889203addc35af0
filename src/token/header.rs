//! The JOSE header that a token may have (RFC 7515 §4).

use serde_json::{Map, Value};

use super::strict_json;
use crate::error::{ParseTokenError, Segment};

/// Quiltt's header: no `typ`, no `kid`.
const QUILTT: &[u8] = br#"{"alg":"HS512"}"#;

/// Checks that the header asks for HS512 and for nothing that this crate does not do.
///
/// `crit` and `b64` change what a token means (RFC 7515 §4.1.11, RFC 7797), so they are refused whatever they say; a
/// `typ` is refused unless it is `JWT` (RFC 8725 §3.11). Other parameters only help to find a key, of which there is one.
pub(crate) fn check(header: &[u8]) -> Result<(), ParseTokenError> {
    if header == QUILTT {
        return Ok(());
    }
    const NOT_AN_OBJECT: ParseTokenError = ParseTokenError::NotJsonObject(Segment::Header);
    if !strict_json::names_are_unique(header) {
        return Err(NOT_AN_OBJECT);
    }
    let parameters: Map<String, Value> = serde_json::from_slice(header).map_err(|_| NOT_AN_OBJECT)?;
    for name in ["crit", "b64"] {
        if parameters.contains_key(name) {
            return Err(ParseTokenError::HeaderParameter(name));
        }
    }
    if parameters.get("alg").and_then(Value::as_str) != Some("HS512") {
        return Err(ParseTokenError::WrongAlgorithm);
    }
    match parameters.get("typ") {
        None => Ok(()),
        Some(Value::String(kind)) if kind.eq_ignore_ascii_case("JWT") => Ok(()),
        Some(_) => Err(ParseTokenError::HeaderParameter("typ")),
    }
}
