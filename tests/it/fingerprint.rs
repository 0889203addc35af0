//! A fingerprint tells secrets apart, not how they were read, and gives no secret away.

use proptest::prelude::*;
use quiltt_session::{SecretEncoding, SessionSigner, SigningSecret};

use crate::{
    forge::{self, SECRET, hex},
    secrets::read,
};

/// Never changed: hosts of two releases are compared. `tests/vectors/fingerprint.py` reckons them.
#[test]
fn fingerprints_are_those_that_python_reckons() {
    let demo = forge::DEMO;
    let long = [SECRET, demo, SECRET].concat();
    assert_eq!(SigningSecret::demo().fingerprint(), "6f5bd9652e922a3d");
    assert_eq!(forge::secret().fingerprint(), "babb166d16d453aa");
    let secret = SigningSecret::options().allow_lookalike().from_bytes(long).unwrap();
    assert_eq!(secret.fingerprint(), "efed41ca8007d3df");
}

#[test]
fn a_signer_has_the_fingerprint_of_its_secret_whatever_else_it_was_built_with() {
    let signer = SessionSigner::builder(forge::secret()).issuer("elsewhere").build().unwrap();
    assert_eq!(signer.fingerprint(), forge::secret().fingerprint());
}

#[test]
fn one_secret_has_one_fingerprint_in_every_encoding() {
    let secret = read(SecretEncoding::Hex, hex(SECRET.as_bytes())).unwrap();
    assert_eq!(secret.fingerprint(), forge::secret().fingerprint());
}

proptest! {
    #[test]
    fn another_secret_has_another_fingerprint(place in 0..64_usize, change in 1..=u8::MAX) {
        let mut bytes = SECRET.as_bytes().to_vec();
        bytes[place] ^= change;
        let other = SigningSecret::options().allow_lookalike().from_bytes(bytes).unwrap();
        prop_assert_ne!(other.fingerprint(), forge::secret().fingerprint());
    }
}
