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
use serde::de::IgnoredAny;
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
    match (secret, expected(written, encoding, need)) {
        (Ok(secret), Ok(bytes)) => check_secret(&secret, &bytes),
        (secret, bytes) => assert_eq!(secret.err(), bytes.err(), "{encoding:?}, {need} bytes"),
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
fn check_secret(secret: &SigningSecret, bytes: &[u8]) {
    let token = token(secret);
    let (signing_input, _) = token.rsplit_once('.').unwrap();
    assert_eq!(token, forge::signed(signing_input, bytes));
    let bits = counted(bytes) * 8;
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
    if is_utf16(written) {
        return Err(SecretError::LooksLike("text in UTF-16: save it as UTF-8, without a byte order mark"));
    }
    if let Ok(text) = str::from_utf8(written) {
        refuse_formats(text.trim())?;
        refuse_wrapping(text)?;
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
    let is_uniform = |bytes: &[u8]| bytes.windows(2).all(|pair| pair[0] == pair[1]);
    if is_uniform(&bytes) {
        return Err(SecretError::AllOneByte);
    }
    if counted(&bytes) < need {
        return Err(SecretError::NulPadded { have_bits: counted(&bytes) * 8, need_bits: need * 8 });
    }
    let key = &bytes[..key_length(&bytes)];
    if is_uniform(key) {
        return Err(SecretError::AllOneByte);
    }
    if key == b"quiltt-session-demo-secret--never-use-in-production-0123456789ab" {
        return Err(SecretError::Demo);
    }
    match str::from_utf8(key) {
        Ok(text) if encoding == SecretEncoding::Raw && repeats_a_word(text) => {
            Err(SecretError::LooksLike("short word over and over: a secret has to be random, so ask Quiltt for it"))
        }
        _ => Ok(bytes),
    }
}

/// How many bytes there are without four or more NULs at the end.
fn counted(bytes: &[u8]) -> usize {
    let length = key_length(bytes);
    if bytes.len() >= length + 4 { length } else { bytes.len() }
}

/// Where the NULs begin with which HMAC would pad it anyway.
fn key_length(bytes: &[u8]) -> usize {
    let last = bytes.iter().rposition(|byte| *byte != 0);
    if bytes.len() <= 128 { last.map_or(0, |place| place + 1) } else { bytes.len() }
}

fn repeats_a_word(text: &str) -> bool {
    let characters: Vec<char> = text.chars().collect();
    (1..=8).any(|word| {
        let repeated = characters.iter().take(word).cycle().take(characters.len());
        characters.len() >= 2 * word && repeated.eq(&characters)
    })
}

fn is_utf16(written: &[u8]) -> bool {
    let pairs = written.len() / 2;
    [0, 1].into_iter().any(|high| {
        let ascii =
            (0..pairs).filter(|pair| written[2 * pair + high] == 0 && written[2 * pair + 1 - high] != 0).count();
        ascii > 0 && 2 * ascii >= pairs
    })
}

fn refuse_wrapping(text: &str) -> Result<(), SecretError> {
    if text.trim() != text {
        return Err(SecretError::SurroundingWhiteSpace);
    }
    for (invisible, found) in [
        ("\u{feff}", "a byte order mark (U+FEFF)"),
        ("\u{200b}", "a zero width space (U+200B)"),
        ("\u{200c}", "a zero width non-joiner (U+200C)"),
        ("\u{200d}", "a zero width joiner (U+200D)"),
        ("\u{2060}", "a word joiner (U+2060)"),
        ("\u{ad}", "a soft hyphen (U+00AD)"),
    ] {
        if text.strip_prefix(invisible).or(text.strip_suffix(invisible)).is_some() {
            return Err(SecretError::SurroundingInvisible { found });
        }
    }
    let ends = (text.chars().next(), text.chars().next_back());
    let quotes = ["\"\"", "''", "``", "“”", "‘’"].map(|pair| (pair.chars().next(), pair.chars().next_back()));
    if text.len() > 1 && quotes.contains(&ends) {
        return Err(SecretError::SurroundingQuotes);
    }
    Ok(())
}

fn refuse_formats(text: &str) -> Result<(), SecretError> {
    let is_jwk = text.starts_with('{') && text.ends_with('}') && text.contains("\"kty\"");
    let is_jwt = text.starts_with("eyJ") && text.split('.').count() == 3;
    match text {
        _ if text.starts_with("-----BEGIN ") => Err(SecretError::LooksLike("PEM")),
        _ if is_jwk => Err(SecretError::LooksLike("JWK")),
        _ if is_jwt => Err(SecretError::LooksLike("JWT")),
        _ if text.starts_with('{') && serde_json::from_str::<IgnoredAny>(text).is_ok() => {
            Err(SecretError::LooksLike("JSON object: store the secret in it alone"))
        }
        _ if is_env_line(text) => Err(SecretError::LooksLike("line NAME=value of a .env file: store the value alone")),
        _ if is_placeholder(text) => {
            Err(SecretError::LooksLike("placeholder: put the secret from Quiltt in its place"))
        }
        _ => Ok(()),
    }
}

fn is_env_line(text: &str) -> bool {
    let line = text.strip_prefix("export ").unwrap_or(text);
    let (name, value) = match line.find('=') {
        Some(place) => (line[..place].to_lowercase(), &line[place + 1..]),
        None => return false,
    };
    let is_name = name
        .chars()
        .enumerate()
        .all(|(place, it)| it == '_' || it.is_ascii_alphabetic() || place > 0 && it.is_ascii_digit());
    let speaks = name.contains("secret") || name.contains("token") || name.contains("key");
    let is_quote = |it: char| it == '"' || it == '\'';
    let is_encoded = value.trim_matches(is_quote).chars().all(|it| it.is_ascii_alphanumeric() || "+/-_=".contains(it));
    let is_empty = value.chars().all(|it| it == '=');
    is_name && !name.is_empty() && !is_empty && (speaks || is_encoded)
}

fn is_placeholder(text: &str) -> bool {
    let start = text.to_ascii_lowercase();
    let is_word = |it: char| it.is_alphanumeric() || " _-.,:/'’…".contains(it);
    ["changeme", "change-me", "change_me", "change me"].iter().any(|word| start.starts_with(word))
        || text.len() > 1
            && text.starts_with('<')
            && text.ends_with('>')
            && text[1..text.len() - 1].chars().all(is_word)
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
