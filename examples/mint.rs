//! Mints one session and prints it as JSON: `cargo run --example mint`.

use std::error::Error;

use quiltt_session::{ProfileId, SessionSigner, SigningSecret};

fn main() -> Result<(), Box<dyn Error>> {
    let secret = SigningSecret::demo(); // yours: from_file, from_env …
    let signer = SessionSigner::builder(secret).build()?; // once, at start-up
    let session = signer.mint(ProfileId::random()?)?; // your user's: "p_1…".parse()?, or ProfileId::from_uuid
    println!("{}", serde_json::to_string(&session)?);
    Ok(())
}
