//! The JOSE header of a token (RFC 7515 §4).

use super::{
    strict_json::{Json, Object},
    untrusted::UntrustedToken,
};
use crate::error::{ParseTokenError, Segment};

/// Quiltt's header `{"alg":"HS512"}` in base64url: no `typ`, no `kid`.
pub(crate) const SEGMENT: &str = "eyJhbGciOiJIUzUxMiJ9";

/// Checks that the header asks for HS512 and for nothing that this crate does not do.
///
/// `crit` and `b64` change what a token means (RFC 7515 §4.1.11, RFC 7797), so they are refused whatever they say; a
/// `typ` is refused unless it is `JWT` (RFC 8725 §3.11). Other parameters only help to find a key, of which there is one.
pub(crate) fn check(token: &UntrustedToken<'_>) -> Result<(), ParseTokenError> {
    if token.header_segment() == SEGMENT {
        return Ok(());
    }
    let header = Object::read(token.untrusted_header_json());
    let mut parameters = header.ok_or(ParseTokenError::NotJsonObject(Segment::Header))?;
    for name in ["crit", "b64"] {
        if parameters.take(name).is_some() {
            return Err(ParseTokenError::HeaderParameter(name));
        }
    }
    if !matches!(parameters.take("alg"), Some(Json::Text(algorithm)) if algorithm == "HS512") {
        return Err(ParseTokenError::WrongAlgorithm);
    }
    match parameters.take("typ") {
        None => Ok(()),
        Some(Json::Text(kind)) if kind.eq_ignore_ascii_case("JWT") => Ok(()),
        Some(_) => Err(ParseTokenError::HeaderParameter("typ")),
    }
}
