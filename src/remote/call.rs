//! What goes over the network, and what comes back.

use reqwest::{
    Method, StatusCode,
    header::{HeaderMap, HeaderValue},
};

use crate::{http::bearer, token::untrusted::UntrustedToken};

/// What a call sends.
pub(crate) struct Call {
    pub(crate) method: Method,
    pub(crate) path: &'static str,
    pub(crate) authorization: HeaderValue,
    pub(crate) body: Option<Vec<u8>>,
    /// Whether sending it twice does no more than sending it once.
    pub(crate) is_repeatable: bool,
}

/// What came back.
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    /// Empty if it could not be read and the status is an error, for then the status says enough.
    pub(crate) body: Vec<u8>,
    /// Whether an exchange before this one may have done what was asked.
    pub(crate) is_repetition: bool,
}

/// The header that presents a session token; `None` for a text that cannot be one, whether a caller or a server has it.
pub(crate) fn token_header(token: &str) -> Option<HeaderValue> {
    if token.len() <= UntrustedToken::MAX_LENGTH { bearer(token) } else { None }
}
