//! The secret of an API key: its sources, and the texts that are refused.

use std::{fmt, path::Path};

use zeroize::Zeroizing;

use crate::{
    error::SecretError,
    secret::{SecretWarning, lookalike::refuse_wrapping, read_env, read_file, refuse_overlong},
};

/// The secret of an API key, with which Quiltt lets a backend create sessions over the network.
///
/// The signing secret is another one: see [`SigningSecret`](crate::SigningSecret). The format of API secrets is not public, so
/// any text is taken that can stand in a header; the text is used as it is, never trimmed.
///
/// # Security
///
/// The text is wiped on drop, and cannot be read again: there is no `Clone`, `Display`, `PartialEq`, `Serialize` or `AsRef`, and
/// `Debug` prints the length only. The copies that the HTTP and TLS layers make of a request are freed but not wiped.
///
/// # Errors
///
/// All constructors refuse, with a [`SecretError`]:
/// - nothing, or more than 4096 bytes;
/// - text with white space, invisible characters or a pair of quotes around it;
/// - anything but visible ASCII characters, of which a Bearer credential consists (RFC 6750 §2.1).
///
/// # Examples
///
/// ```
/// use quiltt_session::ApiSecret;
///
/// let secret = ApiSecret::from_bytes("demo-api-secret")?;
/// assert_eq!(format!("{secret:?}"), "ApiSecret(15 bytes)");
/// # Ok::<(), quiltt_session::SecretError>(())
/// ```
pub struct ApiSecret {
    text: Zeroizing<String>,
    warnings: Vec<SecretWarning>,
}

impl ApiSecret {
    /// The secret is this text, as it is.
    ///
    /// # Errors
    ///
    /// See [the type](Self#errors).
    pub fn from_bytes(bytes: impl AsRef<[u8]>) -> Result<Self, SecretError> {
        const NOT_VISIBLE: SecretError =
            SecretError::NotInEncoding { encoding: "an API secret of visible ASCII characters" };

        refuse_overlong(bytes.as_ref().len())?;
        let text = str::from_utf8(bytes.as_ref()).map_err(|_| NOT_VISIBLE)?;
        refuse_wrapping(text)?;
        if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(NOT_VISIBLE);
        }
        Ok(Self { text: Zeroizing::new(text.to_owned()), warnings: vec![] })
    }

    /// The secret is the value of the environment variable `name`, as it is.
    ///
    /// # Errors
    ///
    /// A variable that is not set, empty or not Unicode, or what [the type](Self#errors) lists. The value is in no error.
    pub fn from_env(name: &str) -> Result<Self, SecretError> {
        Self::from_bytes(read_env(name)?.as_bytes())
    }

    /// The secret is the content of the file at `path`, as it is: a line break at its end is refused, not trimmed.
    ///
    /// # Errors
    ///
    /// A file that is missing, a directory, not readable, empty or longer than 4096 bytes, or what
    /// [the type](Self#errors) lists.
    pub fn from_file(path: impl AsRef<Path>) -> Result<Self, SecretError> {
        let (content, warning) = read_file(path.as_ref())?;
        let secret = Self::from_bytes(content.as_slice())?;
        Ok(Self { warnings: Vec::from_iter(warning), ..secret })
    }

    /// The warnings, for the caller to log: a file that others may read or write.
    #[must_use]
    pub const fn warnings(&self) -> &[SecretWarning] {
        self.warnings.as_slice()
    }

    /// The text. Every use of a raw secret in this crate has this name.
    pub(crate) fn expose(&self) -> &str {
        &self.text
    }
}

impl fmt::Debug for ApiSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ApiSecret({} bytes)", self.text.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_refusal_has_its_reason() {
        let not_visible = SecretError::NotInEncoding { encoding: "an API secret of visible ASCII characters" };
        for (text, expected) in [
            (&b""[..], &not_visible),
            (b"two words", &not_visible),
            (b"two\r\nlines", &not_visible),
            ("s\u{e9}cret".as_bytes(), &not_visible),
            (b"\xff\xfe", &not_visible),
            (b" secret", &SecretError::SurroundingWhiteSpace),
            (b"secret\n", &SecretError::SurroundingWhiteSpace),
            (b"\"secret\"", &SecretError::SurroundingQuotes),
            (b"'secret'", &SecretError::SurroundingQuotes),
            (&[b'a'; 4097], &SecretError::TooLong { max: 4096 }),
        ] {
            assert_eq!(&ApiSecret::from_bytes(text).unwrap_err(), expected);
        }
    }

    #[test]
    fn there_is_no_least_length_and_no_guess_at_the_format() {
        for text in ["a", "0000", "eyJhbGciOiJIUzUxMiJ9.e30.AAAA"] {
            assert_eq!(ApiSecret::from_bytes(text).unwrap().expose(), text);
        }
    }
}
