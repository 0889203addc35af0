//! What `worker.js` asks of the library.

use quiltt_session::{SessionSigner, SessionVerifier, SigningSecret, UntrustedToken};
use wasm_bindgen::prelude::{JsError, wasm_bindgen};

/// A signer and a verifier of one environment.
#[wasm_bindgen]
pub struct Sessions {
    signer: SessionSigner,
    verifier: SessionVerifier,
}

#[wasm_bindgen]
impl Sessions {
    #[wasm_bindgen(constructor)]
    pub fn new(secret: &str, environment: &str) -> Result<Self, JsError> {
        let secret = SigningSecret::from_bytes(secret)?;
        let signer = SessionSigner::builder(secret).environment(environment.parse()?).build()?;
        let verifier = signer.verifier().build()?;
        Ok(Self { signer, verifier })
    }

    /// A session of the profile, as the JSON that Quiltt's API answers.
    pub fn mint(&self, profile: &str) -> Result<String, JsError> {
        Ok(serde_json::to_string(&self.signer.mint(profile.parse()?)?)?)
    }

    /// The profile whose token the header `Authorization` has.
    pub fn verify(&self, authorization: &str) -> Result<String, JsError> {
        let token = UntrustedToken::from_bearer(authorization.as_bytes())?;
        Ok(self.verifier.verify_untrusted(&token)?.user_id().to_string())
    }
}
