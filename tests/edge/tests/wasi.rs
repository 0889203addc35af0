//! On a host with WASI.
#![cfg(target_os = "wasi")]

#[path = "../src/forge.rs"]
mod forge;
#[path = "../../it/frozen.rs"]
mod frozen;

use quiltt_session::{ProfileId, SessionSigner, SigningSecret};

#[test]
fn clock_and_randomness_are_the_hosts() {
    let secret = SigningSecret::from_bytes("hT4mYq0ZdR7uKx2WcN9vLbS5eGpJ8aFi6oQkX1yDzMwC3rVtHnBgUsEjAlIfOPTK").unwrap();
    let signer = SessionSigner::builder(secret).build().unwrap();
    let verifier = signer.verifier().build().unwrap();
    let profile = ProfileId::random().unwrap();
    let [one, other] = [(); 2].map(|()| verifier.verify(signer.mint(profile).unwrap().token()).unwrap().id());
    assert_ne!(one, other);
}
