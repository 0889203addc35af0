//! A fingerprint tells secrets apart, not how they were read, and gives no secret away.

use quiltt_session::{SecretError, SigningSecret};

use crate::{
    forge::{self, SECRET},
    secrets::read_in_a_child,
};

/// Never changed: hosts of two releases are compared. `tests/vectors/fingerprint.py` computes them; the properties in `secrets` and
/// `template_equals_twin` compare all others.
#[test]
fn fingerprints_are_those_that_python_computes() {
    let demo = forge::DEMO;
    let long = [SECRET, demo, SECRET].concat();
    assert_eq!(SigningSecret::demo().fingerprint(), "6f5bd9652e922a3d");
    assert_eq!(forge::secret().fingerprint(), "babb166d16d453aa");
    let secret = SigningSecret::options().allow_lookalike().from_bytes(long).unwrap();
    assert_eq!(secret.fingerprint(), "efed41ca8007d3df");
}

#[test]
fn where_a_fingerprint_is_expected_only_its_secret_is_taken_and_the_error_has_both() {
    let expecting = SigningSecret::options().expect_fingerprint("babb166d16d453aa");
    assert!(expecting.from_bytes(SECRET).is_ok());
    let error = expecting.from_bytes(&SECRET[..SECRET.len() - 1]).map(|_| ()).unwrap_err();
    assert!(matches!(error, SecretError::TooShort { .. }), "{error}");
    let error = expecting.from_bytes(SECRET.to_owned() + "x").unwrap_err();
    let found = SigningSecret::from_bytes(SECRET.to_owned() + "x").unwrap().fingerprint();
    assert_eq!(
        error.to_string(),
        format!(
            "expected the secret with the fingerprint babb166d16d453aa, found {found}: \
             it is another secret, or was changed on its way here"
        )
    );
    assert!(expecting.clone().expect_fingerprint(&found.to_uppercase()).from_bytes(SECRET.to_owned() + "x").is_ok());
}

#[test]
fn what_is_no_fingerprint_refuses_every_secret_and_is_not_shown() {
    for text in ["", "6f5bd9652e922a3", "6f5bd9652e922a3d ", "0x6f5bd9652e922a", SECRET] {
        let error = SigningSecret::options().expect_fingerprint(text).from_bytes(SECRET).unwrap_err().to_string();
        assert!(error.contains("of sixteen hexadecimal digits, not other text"), "{error}");
        assert!(text.is_empty() || !error.contains(text), "{error}");
    }
}

#[test]
fn a_variable_beside_the_secrets_says_which_fingerprint_it_must_have() {
    let answer = |fingerprint| read_in_a_child(Some(SECRET.as_ref()), fingerprint);
    assert_eq!(answer(None), "true");
    assert_eq!(answer(Some("babb166d16d453aa")), "true");
    assert!(answer(Some("6f5bd9652e922a3d")).contains("the fingerprint 6f5bd9652e922a3d, found babb166d16d453aa"));
    assert!(answer(Some("")).contains("not other text, found babb166d16d453aa"));
}
