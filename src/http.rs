//! Sessions as `Authorization` headers, and back (feature `http`).

use http::HeaderValue;

use crate::{error::ParseTokenError, mint::session::Session, token::untrusted::UntrustedToken};

impl<T: AsRef<str>> Session<T> {
    /// The value of the header `Authorization` that presents this session: `Bearer …`, marked sensitive.
    ///
    /// HTTP libraries print a sensitive value as `Sensitive` and keep it out of HTTP/2's compression tables.
    ///
    /// # Examples
    ///
    /// ```
    /// # use quiltt_session::*;
    /// # let secret = SigningSecret::demo();
    /// # let signer = SessionSigner::builder(secret).build()?;
    /// let session = signer.mint(ProfileId::random()?)?;
    /// let request = http::Request::get("https://api.quiltt.io/v1/graphql")
    ///     .header(http::header::AUTHORIZATION, session.authorization())
    ///     .body(())?;
    /// assert_eq!(format!("{:?}", request.headers()), r#"{"authorization": Sensitive}"#);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn authorization(&self) -> HeaderValue {
        bearer(self.token.as_ref())
    }
}

impl<'h> UntrustedToken<'h> {
    /// Reads the token out of the value of an `Authorization` header.
    ///
    /// The scheme `Bearer` is taken in any case (RFC 9110 §11.1); behind it must stand exactly one space (RFC 6750 §2.1)
    /// and a token, as [`parse`](Self::parse) takes it, and nothing else.
    ///
    /// # Errors
    ///
    /// `Basic …`, a bare token, two spaces or a tab, a quoted token, text beyond ASCII; or what [`parse`](Self::parse)
    /// refuses.
    ///
    /// # Examples
    ///
    /// ```
    /// # use quiltt_session::*;
    /// # let secret = SigningSecret::demo();
    /// # let session = SessionSigner::builder(&secret).build()?.mint(ProfileId::random()?)?;
    /// # let verifier = SessionVerifier::builder(&secret).build()?;
    /// # let mut headers = http::HeaderMap::new();
    /// # headers.insert(http::header::AUTHORIZATION, session.authorization());
    /// let token = UntrustedToken::from_authorization(&headers["authorization"])?;
    /// let verified = verifier.verify_untrusted(&token)?;
    /// assert_eq!(verified.id(), session.id());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn from_authorization(value: &'h HeaderValue) -> Result<Self, ParseTokenError> {
        const NOT_BEARER: ParseTokenError = ParseTokenError::NotBearer;

        let text = value.to_str().map_err(|_| NOT_BEARER)?;
        let (scheme, token) = text.split_once(' ').ok_or(NOT_BEARER)?;
        if !scheme.eq_ignore_ascii_case("Bearer") || token.is_empty() || token.starts_with([' ', '\t']) {
            return Err(NOT_BEARER);
        }
        Self::parse(token)
    }
}

/// A minted token always fits a header. A text that does not, which only a broken server can have sent in a token's place,
/// is presented as no token at all: whoever reads the header refuses it.
fn bearer(token: &str) -> HeaderValue {
    let value = HeaderValue::try_from(["Bearer ", token].concat());
    let mut value = value.unwrap_or_else(|_| HeaderValue::from_static("Bearer"));
    value.set_sensitive(true);
    value
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{error::Segment, id::ProfileId, mint::signer::SessionSigner, secret::SigningSecret};

    const TOKEN: &str = "eyJhbGciOiJIUzUxMiJ9.e30.AAAA";

    fn read(value: &[u8]) -> Result<String, ParseTokenError> {
        let value = HeaderValue::from_bytes(value).unwrap();
        UntrustedToken::from_authorization(&value).map(|token| token.untrusted_text().to_owned())
    }

    #[test]
    fn a_session_presents_its_token_and_never_prints_it() {
        let secret = SigningSecret::from_hex("0123456789abcdef".repeat(8)).unwrap();
        let signer = SessionSigner::builder(secret).build().unwrap();
        let session = signer.mint(ProfileId::random().unwrap()).unwrap();
        for value in [session.authorization(), session.as_ref().authorization()] {
            assert_eq!(value, format!("Bearer {}", session.token()));
            assert!(value.is_sensitive());
            assert_eq!(format!("{value:?}"), "Sensitive");
            assert_eq!(UntrustedToken::from_authorization(&value).unwrap().untrusted_text(), session.token());
        }
    }

    #[test]
    fn a_text_that_no_header_carries_is_presented_as_no_token() {
        let value = bearer("a.b.c\r\nX-Injected: 1");
        assert_eq!(value, "Bearer");
        assert!(value.is_sensitive());
        assert_eq!(UntrustedToken::from_authorization(&value).unwrap_err(), ParseTokenError::NotBearer);
    }

    #[test]
    fn the_scheme_is_taken_in_any_case() {
        for scheme in ["Bearer", "bearer", "BEARER", "bEaReR"] {
            assert_eq!(read(format!("{scheme} {TOKEN}").as_bytes()).as_deref(), Ok(TOKEN));
        }
    }

    #[test]
    fn anything_but_the_scheme_and_one_space_is_refused() {
        for before in
            ["", " ", "Bearer", "Bearer  ", "Bearer\t", "Bearer \t", "Basic ", "Bearer: ", " Bearer ", "Token "]
        {
            assert_eq!(read(format!("{before}{TOKEN}").as_bytes()), Err(ParseTokenError::NotBearer), "{before:?}");
        }
        for value in [&b""[..], b"Bearer", b"Bearer ", b"Bearer \xff"] {
            assert_eq!(read(value), Err(ParseTokenError::NotBearer), "{value:?}");
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
