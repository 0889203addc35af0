//! The JOSE header of a token (RFC 7515 §4).

use super::json;
use crate::error::{ParseTokenError, Segment};

/// Quiltt's header `{"alg":"HS512"}` in base64url: no `typ`, no `kid`.
pub(crate) const SEGMENT: &str = "eyJhbGciOiJIUzUxMiJ9";
pub(crate) const JSON: &[u8] = br#"{"alg":"HS512"}"#;
/// `{"alg":"HS512","typ":"JWT"}` in base64url, for readers that demand a `typ` (RFC 7519 §5.1).
pub(crate) const TYPED_SEGMENT: &str = "eyJhbGciOiJIUzUxMiIsInR5cCI6IkpXVCJ9";

/// Checks that the header asks for HS512 and for nothing that this crate does not do.
///
/// `crit` and `b64` change the meaning of a token (RFC 7515 §4.1.11, RFC 7797), so both are refused with any value; a
/// `typ` is refused unless it is that of JWTs (RFC 7519 §5.1, RFC 8725 §3.11), and a `cty` that says that the payload is a
/// token again (RFC 7519 §5.2). Other parameters only help to find a key, of which there is one; but a `kid` is a text (RFC
/// 7515 §4.1.4). A name that is one of these but for its case is refused, for there are readers that do not tell them apart.
pub(crate) fn check(json: &[u8]) -> Result<(), ParseTokenError> {
    if json == JSON {
        return Ok(());
    }
    let parameters = json::segment(json, Segment::Header)?;
    let find = |name| parameters.iter().find(|other| other.name == name).map(|other| other.value);
    if let Some(name) = ["crit", "b64"].into_iter().find(|&name| find(name).is_some()) {
        return Err(ParseTokenError::HeaderParameter(name));
    }
    if find("alg").and_then(json::text).as_deref() != Some("HS512") {
        return Err(ParseTokenError::WrongAlgorithm);
    }
    for name in ["alg", "crit", "b64", "typ", "cty", "kid"] {
        if parameters.iter().any(|other| other.name != name && json::is_same_name(&other.name, name)) {
            return Err(ParseTokenError::HeaderParameter(name));
        }
    }
    let is_absent_or = |name, fits: fn(&str) -> bool| match find(name).map(json::text) {
        None => Ok(()),
        Some(Some(text)) if fits(&text) => Ok(()),
        Some(_) => Err(ParseTokenError::HeaderParameter(name)),
    };
    is_absent_or("typ", is_token)?;
    is_absent_or("cty", |kind| !is_token(kind))?;
    is_absent_or("kid", |_| true)
}

/// Whether a media type is that of tokens; `application/` may be left out, and case does not
/// matter (RFC 7515 §4.1.9).
fn is_token(media_type: &str) -> bool {
    ["JWT", "application/jwt"].iter().any(|token| media_type.eq_ignore_ascii_case(token))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::token::base64;

    #[test]
    fn the_segment_is_the_json() {
        assert_eq!(base64::encode(JSON), SEGMENT);
        assert_eq!(base64::encode(br#"{"alg":"HS512","typ":"JWT"}"#), TYPED_SEGMENT);
    }
}
