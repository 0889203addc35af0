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
    /// Reads the token out of the value of an `Authorization` header, as [`from_bearer`](Self::from_bearer) does.
    ///
    /// # Errors
    ///
    /// As for [`from_bearer`](Self::from_bearer).
    pub fn from_authorization(value: &'h HeaderValue) -> Result<Self, ParseTokenError> {
        Self::from_bearer(value.as_bytes())
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
    use crate::{id::ProfileId, mint::signer::SessionSigner, secret::SigningSecret};

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
}
