//! `jsonwebtoken`, told to be as strict as it can.

use jsonwebtoken::{Algorithm, DecodingKey, Validation, errors::Error};
use serde_json::{Map, Value};

/// The claims of a token, if it is signed with `secret` and its names are these. Times are for the caller to check, since
/// this library asks the system's clock.
pub fn decode(token: &str, secret: &[u8], issuer: &str, audience: &str) -> Result<Map<String, Value>, Error> {
    let mut validation = Validation::new(Algorithm::HS512);
    validation.set_issuer(&[issuer]);
    validation.set_audience(&[audience]);
    validation.set_required_spec_claims(&["exp", "nbf", "iss", "aud"]);
    validation.validate_exp = false;
    jsonwebtoken::decode(token, &DecodingKey::from_secret(secret)?, &validation).map(|data| data.claims)
}
