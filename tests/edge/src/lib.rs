//! The calls that a worker makes to the library, exported for `tests/node.rs` to make from JavaScript.
#![allow(clippy::missing_errors_doc, missing_docs)]

mod forge;
#[path = "../../it/frozen.rs"]
mod frozen;

use quiltt_session::{ProfileId, SessionSigner, SigningSecret, UnixTime};
use wasm_bindgen::prelude::wasm_bindgen;

/// At the host's time, with the host's random numbers.
#[wasm_bindgen]
pub fn session(secret: &str, profile: &str) -> Result<String, String> {
    let signer = signer(secret)?;
    let session = signer.mint(profile.parse().map_err(words)?).map_err(words)?;
    signer.verifier().build().map_err(words)?.verify(session.token()).map_err(words)?;
    Ok(session.into_token())
}

/// At a time that is given.
#[wasm_bindgen]
pub fn session_at(secret: &str, profile: &str, now: u32, id: &str) -> Result<String, String> {
    let profile: ProfileId = profile.parse().map_err(words)?;
    let (now, id) = (UnixTime::from_secs(now.into()).map_err(words)?, id.parse().map_err(words)?);
    let signer = signer(secret)?;
    let session = signer.mint_at(profile, now, id).map_err(words)?;
    signer.verifier().build().map_err(words)?.verify_at(session.token(), now).map_err(words)?;
    Ok(session.into_token())
}

#[wasm_bindgen]
pub fn now() -> Result<f64, String> {
    UnixTime::now().map(|now| now.as_secs() as f64).map_err(words)
}

/// How many tokens of earlier releases this one mints too.
#[wasm_bindgen]
pub fn frozen_tokens() -> usize {
    frozen::check()
}

fn signer(secret: &str) -> Result<SessionSigner, String> {
    SessionSigner::builder(SigningSecret::from_bytes(secret).map_err(words)?).build().map_err(words)
}

fn words(error: impl ToString) -> String {
    error.to_string()
}
