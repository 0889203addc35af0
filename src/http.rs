//! Sessions as `Authorization` headers, and back (feature `http`).

use http::HeaderValue;
use zeroize::Zeroizing;

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
    #[expect(
        clippy::expect_used,
        clippy::missing_panics_doc,
        reason = "signers write base64url, and what a server sends is refused unless it fits"
    )]
    pub fn authorization(&self) -> HeaderValue {
        bearer(self.token.as_ref()).expect("a session's token fits a header")
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

/// The header that presents a credential, marked so that no log of HTTP shows it; `None` for what is not visible ASCII,
/// of which every Bearer credential consists (RFC 6750 §2.1).
pub(crate) fn bearer(credential: &str) -> Option<HeaderValue> {
    let is_visible = !credential.is_empty() && credential.bytes().all(|byte| byte.is_ascii_graphic());
    let text = is_visible.then(|| Zeroizing::new(["Bearer ", credential].concat()))?;
    let mut value = HeaderValue::from_str(&text).ok()?;
    value.set_sensitive(true);
    Some(value)
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
        let secret = SigningSecret::demo();
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
    fn only_visible_ascii_is_presented_as_a_credential() {
        let value = bearer("s3cret+/=~!").unwrap();
        assert_eq!(value, "Bearer s3cret+/=~!");
        assert_eq!(format!("{value:?}"), "Sensitive");
        for text in ["", " ", "a b", "a.b.c\r\nX-Injected: 1", "a\t", "a\u{7f}", "t\u{f6}k"] {
            assert_eq!(bearer(text), None, "{text:?}");
        }
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
