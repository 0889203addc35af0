//! A text is taken as a secret if the rules on `SigningSecret` take it, and then signs as the bytes that it stands for;
//! if not, the error is the one of the first rule that it breaks. Nothing that is printed shows it. What only looks like
//! something else is taken when that is allowed, with a warning that says what it was refused as. A text that is refused stays
//! refused under one more layer of encoding, up to three.
//!
//! The environment belongs to the whole process, so `from_env` is left to `tests/it/secrets.rs`.
#![no_main]

#[path = "../../tests/it/forge.rs"]
mod forge;
#[path = "../../tests/it/secret_check.rs"]
mod secret_check;

use std::io::Write;

use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use forge::hex;
use libfuzzer_sys::fuzz_target;
use quiltt_session::{SecretEncoding, SecretError, SigningSecret};
use quiltt_session_fuzz::secret_rules;

fuzz_target!(|written: &[u8]| {
    for encoding in [SecretEncoding::Raw, SecretEncoding::Base64, SecretEncoding::Base64Url, SecretEncoding::Hex] {
        secret_check::check(written, encoding, 64);
        secret_check::check(written, encoding, 32);
    }
    check_layers(written);
    // Files are slow.
    if written.len().is_multiple_of(32) {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(written).unwrap();
        let secret = SigningSecret::from_file(file.path());
        match written {
            [] => assert!(matches!(secret, Err(SecretError::FileEmpty { .. }))),
            _ => {
                let warnings = |secret: &SigningSecret| (secret.fingerprint(), secret.warnings().to_vec());
                assert_eq!(secret.as_ref().map(warnings), SigningSecret::from_bytes(written).as_ref().map(warnings));
            }
        }
    }
});

fn check_layers(written: &[u8]) {
    // White space around an encoded text is none around the secret.
    let is_refused = |text: &[u8]| text.len() >= 40 && (secret_check::is_utf16(text) || secret_check::is_certain(text));
    if !is_refused(written) || !is_refused(written.trim_ascii()) {
        return;
    }
    let escaped = |text: &[u8]| text.iter().map(|byte| format!("%{byte:02X}")).collect::<String>();
    for once in [STANDARD.encode(written), URL_SAFE_NO_PAD.encode(written), hex(written), escaped(written)] {
        let twice = STANDARD.encode(&once);
        let thrice = hex(twice.as_bytes());
        for encoded in [once, twice, thrice] {
            assert!(SigningSecret::from_bytes(&encoded).is_err(), "{encoded}");
        }
    }
}
