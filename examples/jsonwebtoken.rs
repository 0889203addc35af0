//! Verify one of our tokens with the crate `jsonwebtoken`: they are plain JWTs, which any JWT library reads.

use std::error::Error;

use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use quiltt_session::{ProfileId, SessionSigner, SigningSecret};
use serde::Deserialize;

const SECRET: &str = "hT4mYq0ZdR7uKx2WcN9vLbS5eGpJ8aFi6oQkX1yDzMwC3rVtHnBgUsEjAlIfOPTK";

/// The claims that this program needs; the token has more.
#[derive(Deserialize)]
struct Claims {
    sub: String,
    jti: String,
    exp: u64,
}

fn main() -> Result<(), Box<dyn Error>> {
    let signer = SessionSigner::builder(SigningSecret::from_bytes(SECRET)?).build()?;
    let session = signer.mint(ProfileId::random()?)?;

    let mut validation = Validation::new(Algorithm::HS512);
    validation.set_issuer(&["auth.quiltt.io"]);
    validation.set_audience(&["api.quiltt.io"]);
    validation.validate_nbf = true;
    validation.leeway = 0;
    let key = DecodingKey::from_secret(SECRET.as_bytes())?;
    let Claims { sub, jti, exp } = decode::<Claims>(session.token(), &key, &validation)?.claims;

    assert_eq!(sub, session.user_id().to_string());
    assert_eq!(jti, session.id().to_string());
    assert_eq!(exp, session.expires_at().as_secs());
    println!("session {jti} of user {sub} until {}", session.expires_at());
    Ok(())
}
