//! A text is taken as a secret if the rules on `SigningSecret` take it, and then signs as the bytes that it stands for;
//! if not, the error is the one of the first rule that it breaks. Nothing that is printed shows it.
//!
//! The environment belongs to the whole process, so `from_env` is left to `tests/it/secrets.rs`.
#![no_main]

#[path = "../../tests/it/forge.rs"]
mod forge;

use std::io::Write;

use forge::{NOW, PROFILE};
use libfuzzer_sys::fuzz_target;
use quiltt_session::{SecretEncoding, SecretError, SecretWarning, SessionId, SessionSigner, SigningSecret};
use uuid::Uuid;

fuzz_target!(|written: &[u8]| {
    for encoding in [SecretEncoding::Raw, SecretEncoding::Base64, SecretEncoding::Base64Url, SecretEncoding::Hex] {
        check(written, encoding, 64);
        check(written, encoding, 32);
    }
    // Files are slow.
    if written.len().is_multiple_of(32) {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(written).unwrap();
        assert_same(&SigningSecret::from_file(file.path()), &SigningSecret::from_bytes(written));
    }
});

fn check(written: &[u8], encoding: SecretEncoding, need: usize) {
    let options = SigningSecret::options().encoding(encoding);
    let options = if need < 64 { options.allow_short() } else { options };
    let secret = options.from_bytes(written);
    if let Some(shorthand) = shorthand(written, encoding, need) {
        assert_same(&shorthand, &secret);
    }
    match (secret, expected(written, encoding, need)) {
        (Ok(secret), Ok(bytes)) => check_secret(&secret, &bytes),
        (secret, bytes) => assert_eq!(secret.err(), bytes.err(), "{encoding:?}, {need} bytes"),
    }
}

/// What a constructor without options says.
fn shorthand(written: &[u8], encoding: SecretEncoding, need: usize) -> Option<Result<SigningSecret, SecretError>> {
    match (encoding, need) {
        (SecretEncoding::Raw, 64) => Some(SigningSecret::from_bytes(written)),
        (SecretEncoding::Raw, 32) => Some(SigningSecret::from_short_bytes(written)),
        (SecretEncoding::Base64, 64) => Some(SigningSecret::from_base64(written)),
        (SecretEncoding::Base64Url, 64) => Some(SigningSecret::from_base64url(written)),
        (SecretEncoding::Hex, 64) => Some(SigningSecret::from_hex(written)),
        _ => None,
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

/// The secret consists of these bytes, which an independent MAC can tell, and shows only how many there are.
fn check_secret(secret: &SigningSecret, bytes: &[u8]) {
    let token = token(secret);
    let (signing_input, _) = token.rsplit_once('.').unwrap();
    assert_eq!(token, forge::signed(signing_input, bytes));
    let bits = bytes.len() * 8;
    assert_eq!(secret.bits(), bits);
    let short = (bits < 512).then_some(SecretWarning::Short { bits });
    assert_eq!(secret.warnings(), short.as_slice());
    assert_eq!(format!("{secret:?}"), format!("SigningSecret({bits} bits)"));
}

/// The rules, in the order in which they are documented to be looked at.
fn expected(written: &[u8], encoding: SecretEncoding, need: usize) -> Result<Vec<u8>, SecretError> {
    if written.len() > 4096 {
        return Err(SecretError::TooLong { max: 4096 });
    }
    if let Ok(text) = str::from_utf8(written) {
        refuse_lookalikes(text)?;
    }
    let bytes = match encoding {
        SecretEncoding::Base64 => base64(written, b"+/").ok_or("base64"),
        SecretEncoding::Base64Url => base64(written, b"-_").ok_or("base64url"),
        SecretEncoding::Hex => hex(written).ok_or("hexadecimal digits"),
        _ => Ok(written.to_vec()),
    };
    let bytes = bytes.map_err(|encoding| SecretError::NotInEncoding { encoding })?;
    if bytes.len() < need {
        return Err(SecretError::TooShort { have_bits: bytes.len() * 8, need_bits: need * 8 });
    }
    if bytes.windows(2).all(|pair| pair[0] == pair[1]) {
        return Err(SecretError::AllOneByte);
    }
    Ok(bytes)
}

fn refuse_lookalikes(text: &str) -> Result<(), SecretError> {
    if text.trim() != text || text.trim_matches('\u{feff}') != text {
        return Err(SecretError::SurroundingWhiteSpace);
    }
    let ends = (text.chars().next(), text.chars().next_back());
    let quotes = ["\"\"", "''", "``", "“”", "‘’"].map(|pair| (pair.chars().next(), pair.chars().next_back()));
    if text.len() > 1 && quotes.contains(&ends) {
        return Err(SecretError::SurroundingQuotes);
    }
    let is_jwk = text.starts_with('{') && text.ends_with('}') && text.contains("\"kty\"");
    let is_jwt = text.starts_with("eyJ") && text.split('.').count() == 3;
    match text {
        _ if text.starts_with("-----BEGIN ") => Err(SecretError::LooksLike("PEM")),
        _ if is_jwk => Err(SecretError::LooksLike("JWK")),
        _ if is_jwt => Err(SecretError::LooksLike("JWT")),
        _ => Ok(()),
    }
}

/// Base64, bit by bit: as many bytes as fit, and no bit besides that is not zero.
fn base64(written: &[u8], last_two: &[u8; 2]) -> Option<Vec<u8>> {
    let digits = without_padding(written)?;
    let mut bits = vec![];
    for digit in digits {
        let value = match digit {
            b'A'..=b'Z' => digit - b'A',
            b'a'..=b'z' => digit - b'a' + 26,
            b'0'..=b'9' => digit - b'0' + 52,
            _ => last_two.iter().position(|other| other == digit)? as u8 + 62,
        };
        bits.extend((0..6).rev().map(|place| value >> place & 1));
    }
    let (bytes, rest) = bits.as_chunks::<8>();
    let is_canonical = digits.len() % 4 != 1 && rest.iter().all(|bit| *bit == 0);
    is_canonical.then(|| bytes.iter().map(|bits| bits.iter().fold(0, |byte, bit| byte << 1 | bit)).collect())
}

/// The digits: the padding may be there in whole or not at all.
fn without_padding(written: &[u8]) -> Option<&[u8]> {
    let padding = written.iter().rev().take_while(|byte| **byte == b'=').count();
    let digits = &written[..written.len() - padding];
    let most = digits.len().next_multiple_of(4) - digits.len();
    (padding == 0 || padding == most).then_some(digits)
}

fn hex(written: &[u8]) -> Option<Vec<u8>> {
    let (pairs, []) = written.as_chunks::<2>() else { return None };
    let byte = |pair: &[u8; 2]| {
        let is_hex = pair.iter().all(u8::is_ascii_hexdigit);
        is_hex.then(|| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap())
    };
    pairs.iter().map(byte).collect()
}
