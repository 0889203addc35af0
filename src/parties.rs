//! Who issues a token, and for whom: the claims `iss` and `aud`.

use crate::error::ConfigError;

/// The issuer of Quiltt's own tokens.
pub(crate) const DEFAULT_ISSUER: &str = "auth.quiltt.io";
/// The audience of Quiltt's own tokens.
pub(crate) const DEFAULT_AUDIENCE: &str = "api.quiltt.io";

/// Most bytes of either.
const MAX_LENGTH: usize = 256;

/// Checks the value of `claim`, either of the two.
pub(crate) const fn check(claim: &'static str, value: &str) -> Result<(), ConfigError> {
    match value.len() {
        1..=MAX_LENGTH => Ok(()),
        found => Err(ConfigError::Name { claim, found, max: MAX_LENGTH }),
    }
}
