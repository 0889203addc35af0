//! Who issues a token, and for whom: the claims `iss` and `aud`.

use crate::{ascii_json, error::ConfigError};

/// The issuer of Quiltt's own tokens.
pub(crate) const DEFAULT_ISSUER: &str = "auth.quiltt.io";
/// The audience of Quiltt's own tokens.
pub(crate) const DEFAULT_AUDIENCE: &str = "api.quiltt.io";

/// Most bytes of either in a token, so that whatever a signer mints is short enough for a verifier.
const MAX_LENGTH: usize = 256;

/// Checks the value of `claim`, either of the two.
pub(crate) fn check(claim: &'static str, value: &str) -> Result<(), ConfigError> {
    const QUOTES: usize = 2;
    match ascii_json::string(value).len().saturating_sub(QUOTES) {
        1..=MAX_LENGTH => Ok(()),
        found => Err(ConfigError::Name { claim, found, max: MAX_LENGTH }),
    }
}
