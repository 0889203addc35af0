//! A text is taken as a secret if the rules on `SigningSecret` take it, and then signs as the bytes that it stands for;
//! if not, the error is the one of the first rule that it breaks. Nothing that is printed shows it. What only looks like
//! something else is taken when that is allowed, with a warning that says what it was refused as. A text that is refused stays
//! refused under one more layer of encoding, up to three.
//!
//! The environment belongs to the whole process, so `from_env` is left to `tests/it/secrets.rs`.
#![no_main]

#[path = "../../tests/it/forge.rs"]
mod forge;

use std::io::Write;

use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use forge::{NOW, PROFILE};
use libfuzzer_sys::fuzz_target;
use quiltt_session::{Lookalike, SecretEncoding, SecretError, SecretWarning, SessionId, SessionSigner, SigningSecret};
use quiltt_session_fuzz::secret_rules::{base64, counted, expected, key_length};
use uuid::Uuid;

fuzz_target!(|written: &[u8]| {
    for encoding in [SecretEncoding::Raw, SecretEncoding::Base64, SecretEncoding::Base64Url, SecretEncoding::Hex] {
        check(written, encoding, 64);
        check(written, encoding, 32);
    }
    check_layers(written);
    // Files are slow.
    if written.len().is_multiple_of(32) {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(written).unwrap();
        let secret = SigningSecret::from_file(file.path());
        match written {
            [] => assert!(matches!(secret, Err(SecretError::FileEmpty { .. }))),
            _ => assert_same(&secret, &SigningSecret::from_bytes(written)),
        }
    }
});

fn check(written: &[u8], encoding: SecretEncoding, need: usize) {
    let options = SigningSecret::options().encoding(encoding);
    let options = if need < 64 { options.allow_short() } else { options };
    let secret = options.from_bytes(written);
    if let (SecretEncoding::Raw, 64) = (encoding, need) {
        assert_same(&SigningSecret::from_bytes(written), &secret);
    }
    let expected = expected(written, encoding, need);
    let doubt = match &secret {
        Ok(secret) => {
            check_secret(secret, expected.as_ref().unwrap(), None);
            // The kinds that have rules of their own here, each with a text that no random one is like.
            assert!(!is_utf16(written) && !is_certain(written), "{encoding:?}");
            None
        }
        Err(SecretError::LooksLike(what)) => Some(*what),
        // Under a layer that was not named.
        Err(SecretError::Demo) if expected.is_ok() => {
            assert_eq!(options.allow_lookalike().from_bytes(written).err(), Some(SecretError::Demo));
            return;
        }
        Err(SecretError::SurroundingWhiteSpace | SecretError::SurroundingInvisible { .. })
        | Err(SecretError::SurroundingQuotes) => Some(Lookalike::Surrounded),
        Err(error) => {
            assert_eq!(Some(error), expected.as_ref().err(), "{encoding:?}, {need} bytes");
            None
        }
    };
    match (options.allow_lookalike().from_bytes(written), expected) {
        (Ok(secret), Ok(bytes)) => check_secret(&secret, &bytes, doubt),
        (secret, bytes) => assert_eq!(secret.err(), bytes.err(), "{encoding:?}, {need} bytes"),
    }
}

fn check_layers(written: &[u8]) {
    // White space around an encoded text is none around the secret.
    let is_refused = |text: &[u8]| text.len() >= 40 && (is_utf16(text) || is_certain(text));
    if !is_refused(written) || !is_refused(written.trim_ascii()) {
        return;
    }
    let hex = |text: &[u8]| text.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let escaped = |text: &[u8]| text.iter().map(|byte| format!("%{byte:02X}")).collect::<String>();
    for once in [STANDARD.encode(written), URL_SAFE_NO_PAD.encode(written), hex(written), escaped(written)] {
        let twice = STANDARD.encode(&once);
        let thrice = hex(twice.as_bytes());
        for encoded in [once, twice, thrice] {
            assert!(SigningSecret::from_bytes(&encoded).is_err(), "{encoded}");
        }
    }
}

fn assert_same(one: &Result<SigningSecret, SecretError>, other: &Result<SigningSecret, SecretError>) {
    let token = |secret: &SigningSecret| (token(secret), secret.warnings().to_vec());
    assert_eq!(one.as_ref().map(token), other.as_ref().map(token));
}

fn token(secret: &SigningSecret) -> String {
    let signer = SessionSigner::builder(secret).build().unwrap();
    let session_id = SessionId::from_uuid(Uuid::nil());
    signer.mint_at(PROFILE.parse().unwrap(), forge::at(NOW), session_id).unwrap().into_token()
}

/// The secret consists of these bytes, which an independent MAC can tell, and shows only how many of them count.
fn check_secret(secret: &SigningSecret, bytes: &[u8], doubt: Option<Lookalike>) {
    let token = token(secret);
    let (signing_input, _) = token.rsplit_once('.').unwrap();
    assert_eq!(token, forge::signed(signing_input, bytes));
    let bits = counted(bytes) * 8;
    assert_eq!(secret.bits(), bits);
    let short = (bits < 512).then_some(SecretWarning::Short { bits });
    let warnings: Vec<_> = short.into_iter().chain(doubt.map(SecretWarning::LooksLike)).collect();
    let is_of_layers = |warning: &SecretWarning| matches!(warning, SecretWarning::Encoded { layers: 1..=4 });
    let found: Vec<_> = secret.warnings().iter().copied().filter(|warning| !is_of_layers(warning)).collect();
    assert_eq!(found, warnings);
    assert_eq!(secret.fingerprint(), fingerprint(bytes));
    assert_eq!(format!("{secret:?}"), format!("SigningSecret({bits} bits)"));
}

fn is_utf16(written: &[u8]) -> bool {
    let pairs = written.len() / 2;
    [0, 1].into_iter().any(|high| {
        let ascii =
            (0..pairs).filter(|pair| written[2 * pair + high] == 0 && written[2 * pair + 1 - high] != 0).count();
        ascii > 0 && 2 * ascii >= pairs
    })
}

/// A few of the rules in other words: `tests/it/secrets.rs` and `tests/it/lookalikes.rs` have examples of each.
fn is_certain(written: &[u8]) -> bool {
    let key = &written[..key_length(written)];
    let is_word_twice = (1..=key.len() / 2).any(|word| key.iter().skip(word).eq(&key[..key.len() - word]));
    let has_few = key.len() >= 40 && (0..=u8::MAX).filter(|byte| key.contains(byte)).count() <= 8;
    let is_text_with_more = str::from_utf8(key).is_ok_and(|text| !text.chars().all(|it| ('!'..='~').contains(&it)));
    is_word_twice || has_few || is_text_with_more
}

/// As `tests/vectors/fingerprint.py` computes it.
fn fingerprint(bytes: &[u8]) -> String {
    let signed = forge::signed("quiltt-session fingerprint v1\0", bytes);
    let tag = base64(signed.rsplit('.').next().unwrap().as_bytes(), b"-_").unwrap();
    tag[..8].iter().map(|byte| format!("{byte:02x}")).collect()
}
