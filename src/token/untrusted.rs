//! Tokens to look at, not to trust.

use std::{fmt, ops::Range};

use super::{
    base64::{self, encoded_length},
    claims::{Claims, NotBefore},
    header,
};
use crate::error::{ParseTokenError, Segment};

/// A text that has the structure of a token. Nothing in it is checked: anyone can have written it.
///
/// To trust a token, give it to [`SessionVerifier::verify_untrusted`](crate::SessionVerifier::verify_untrusted).
///
/// # Examples
///
/// ```
/// # use quiltt_session::*;
/// # let secret = SigningSecret::demo();
/// # let session = SessionSigner::builder(secret).build()?.mint(ProfileId::random()?)?;
/// let token = UntrustedToken::parse(session.token())?;
/// assert_eq!(token.untrusted_header_json(), br#"{"alg":"HS512"}"#);
/// assert_eq!(token.untrusted_claims()?.id(), session.id());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct UntrustedToken<'t> {
    token: &'t str,
    signing_input: &'t str,
    /// Header, payload and signature, decoded, one behind the other.
    decoded: Vec<u8>,
    header: Range<usize>,
    payload: Range<usize>,
    signature: Range<usize>,
}

impl<'t> UntrustedToken<'t> {
    /// The maximum length of a token, in bytes; Quiltt's own have up to 496.
    pub const MAX_LENGTH: usize = 8192;

    /// Checks size and structure: three segments, none empty, each in canonical unpadded base64url (RFC 7515 §5.2).
    ///
    /// # Errors
    ///
    /// More than 8192 bytes; `Bearer a.b.c`, `a.b` or `a..c`; padding, white space, `+` or `/`; unused bits that are not
    /// zero.
    pub fn parse(token: &'t str) -> Result<Self, ParseTokenError> {
        if token.len() > Self::MAX_LENGTH {
            return Err(ParseTokenError::TooLong { found: token.len(), max: Self::MAX_LENGTH });
        }
        let count = || ParseTokenError::SegmentCount { found: token.split('.').count() };
        let usual = token.len().checked_sub(SIGNATURE_LENGTH).and_then(|length| token.split_at_checked(length));
        let usual = usual.and_then(|(signing_input, signature)| Some((signing_input.strip_suffix('.')?, signature)));
        let (signing_input, signature) = usual.or_else(|| token.rsplit_once('.')).ok_or_else(count)?;
        let (header, payload) = signing_input.split_once('.').ok_or_else(count)?;
        // A fourth segment makes the second no base64url, so segments are counted only where decoding fails.
        let decoded = Self::decode(token, signing_input, [header, payload, signature]);
        if decoded.is_err() && token.split('.').nth(3).is_some() { Err(count()) } else { decoded }
    }

    fn decode(token: &'t str, signing_input: &'t str, segments: [&'t str; 3]) -> Result<Self, ParseTokenError> {
        let [header, payload, signature] = segments;
        let mut decoded = Vec::with_capacity(token.len());
        Ok(Self {
            token,
            signing_input,
            header: decode(header, Segment::Header, &mut decoded)?,
            payload: decode(payload, Segment::Payload, &mut decoded)?,
            signature: decode(signature, Segment::Signature, &mut decoded)?,
            decoded,
        })
    }

    /// Reads the token out of the value of an `Authorization` header, of any HTTP library.
    ///
    /// The scheme `Bearer` is taken in any case (RFC 9110 §11.1); behind it must stand a space or more (RFC 9110 §11.4)
    /// and a token, as [`parse`](Self::parse) takes it, and nothing else.
    ///
    /// # Errors
    ///
    /// Nothing, or `Bearer` alone: [`ParseTokenError::NoCredentials`]. `Basic …`, a bare token, a tab: `NotBearer`. A quoted
    /// token, or what else [`parse`](Self::parse) refuses.
    pub fn from_bearer(value: &'t [u8]) -> Result<Self, ParseTokenError> {
        const SCHEME: &[u8] = b"Bearer";

        let (scheme, rest) = value.split_at_checked(SCHEME.len()).unwrap_or((value, &[]));
        let spaces = rest.iter().take_while(|byte| **byte == b' ').count();
        let (spaces, credentials) = rest.split_at_checked(spaces).unwrap_or((rest, &[]));
        if value.is_empty() || scheme.eq_ignore_ascii_case(SCHEME) && credentials.is_empty() {
            return Err(ParseTokenError::NoCredentials);
        }
        if !scheme.eq_ignore_ascii_case(SCHEME) || spaces.is_empty() {
            return Err(ParseTokenError::NotBearer);
        }
        Self::parse(str::from_utf8(credentials).map_err(|_| ParseTokenError::NotBase64Url(Segment::Header))?)
    }

    /// The token as it was given.
    #[must_use]
    pub const fn untrusted_text(&self) -> &'t str {
        self.token
    }

    /// The decoded header, which should be JSON: exactly `{"alg":"HS512"}` in all of Quiltt's tokens.
    #[must_use]
    pub fn untrusted_header_json(&self) -> &[u8] {
        self.segment(&self.header)
    }

    /// The decoded payload, which should be JSON: for claims that are not those of a Quiltt session.
    #[must_use]
    pub fn untrusted_payload_json(&self) -> &[u8] {
        self.segment(&self.payload)
    }

    /// The claims, as far as they are those of a Quiltt session.
    ///
    /// # Errors
    ///
    /// A payload that is not one JSON object without repeated names, a claim that is missing or of the wrong type, an
    /// unknown version, or an id that is not of the version's form.
    pub fn untrusted_claims(&self) -> Result<Claims, ParseTokenError> {
        self.claims(NotBefore::Demanded)
    }

    pub(crate) fn claims(&self, not_before: NotBefore) -> Result<Claims, ParseTokenError> {
        Claims::from_json(self.untrusted_payload_json(), not_before)
    }

    /// The text that is signed: header, dot and payload as they stand in the token.
    pub(crate) const fn signing_input(&self) -> &'t str {
        self.signing_input
    }

    pub(crate) fn signature(&self) -> &[u8] {
        self.segment(&self.signature)
    }

    #[expect(clippy::indexing_slicing, reason = "the range is where `decode` wrote")]
    fn segment(&self, range: &Range<usize>) -> &[u8] {
        &self.decoded[range.clone()]
    }
}

/// That of HS512, in base64url.
const SIGNATURE_LENGTH: usize = encoded_length(64);

/// Shows the size only: a token is as good as a password.
impl fmt::Debug for UntrustedToken<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UntrustedToken")
            .field("signing_input_length", &self.signing_input.len())
            .finish_non_exhaustive()
    }
}

/// Appends the bytes of a segment. Returns their place in `decoded`.
fn decode(segment: &str, name: Segment, decoded: &mut Vec<u8>) -> Result<Range<usize>, ParseTokenError> {
    if segment.is_empty() {
        return Err(ParseTokenError::EmptySegment(name));
    }
    let start = decoded.len();
    if segment == header::SEGMENT {
        decoded.extend_from_slice(header::JSON);
    } else {
        base64::decode_into(segment, decoded).map_err(|_| ParseTokenError::NotBase64Url(name))?;
    }
    Ok(start..decoded.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "eyJhbGciOiJIUzUxMiJ9.e30.AAAA";

    fn read(value: &[u8]) -> Result<&str, ParseTokenError> {
        UntrustedToken::from_bearer(value).map(|token| token.untrusted_text())
    }

    #[test]
    fn the_scheme_is_taken_in_any_case() {
        for scheme in ["Bearer", "bearer", "BEARER", "bEaReR"] {
            assert_eq!(read(format!("{scheme} {TOKEN}").as_bytes()), Ok(TOKEN));
        }
    }

    #[test]
    fn anything_but_the_scheme_and_spaces_is_refused() {
        for before in ["Bearer ", "Bearer  ", "Bearer          "] {
            assert_eq!(read(format!("{before}{TOKEN}").as_bytes()), Ok(TOKEN), "{before:?}");
        }
        for before in ["", " ", "Bearer", "Bearer\t", "Basic ", "Bearer: ", " Bearer ", "Token ", "Beare ", "Bearers "]
        {
            assert_eq!(read(format!("{before}{TOKEN}").as_bytes()), Err(ParseTokenError::NotBearer), "{before:?}");
        }
        let not_base64url = Err(ParseTokenError::NotBase64Url(Segment::Header));
        assert_eq!(read(format!("Bearer \t{TOKEN}").as_bytes()), not_base64url);
        assert_eq!(read(b"Bearer \xff"), not_base64url);
        for value in [&b"B\xffarer a.b.c"[..], b"\xff", b"Bearer\xff"] {
            assert_eq!(read(value), Err(ParseTokenError::NotBearer), "{value:?}");
        }
        for value in [&b""[..], b"Bearer", b"bearer ", b"Bearer    "] {
            assert_eq!(read(value), Err(ParseTokenError::NoCredentials), "{value:?}");
        }
    }

    #[test]
    fn nothing_may_follow_the_token() {
        for after in [" ", "\t", ",", "\"", "=", " a.b.c", ", Bearer a.b.c"] {
            assert!(read(format!("Bearer {TOKEN}{after}").as_bytes()).is_err(), "{after:?}");
        }
        let not_base64url = ParseTokenError::NotBase64Url(Segment::Header);
        assert_eq!(read(format!("Bearer \"{TOKEN}\"").as_bytes()), Err(not_base64url));
    }
}
