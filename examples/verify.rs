//! Verify a session token, as a service behind the one that mints does.
//!
//! `quiltt-session mint --new-user --format token | QUILTT_SIGNING_SECRET=… cargo run --example verify`

use std::{error::Error, io, time::Duration};

use quiltt_session::{SessionVerifier, SigningSecret, VerifyError};

fn main() -> Result<(), Box<dyn Error>> {
    let secret = SigningSecret::from_env("QUILTT_SIGNING_SECRET").map_err(|error| error.to_string())?;
    // Build it once, and share it between threads. While a secret is rotated, `also_accept` takes the other one too.
    let verifier = SessionVerifier::builder(secret).leeway(Duration::from_secs(30)).build()?;

    let token = io::read_to_string(io::stdin())?;
    match verifier.verify(token.trim_end()) {
        Ok(session) => println!("user {} until {}", session.user_id(), session.expires_at()),
        // The user has to log in again; that is no attack.
        Err(VerifyError::Expired { expired_at }) => println!("expired at {expired_at}"),
        Err(error) => println!("refused: {error}"),
    }
    Ok(())
}
