//! What is taken for a secret by mistake.

use serde::de::IgnoredAny;

use crate::error::SecretError;

/// Refuses text that was meant to be something else. Bytes that are not UTF-8 are no text, so nothing is wrong with a
/// random byte at their end that happens to be a line break.
pub(super) fn refuse(written: &[u8]) -> Result<(), SecretError> {
    if is_utf16(written) {
        return Err(SecretError::LooksLike("text in UTF-16: save it as UTF-8, without a byte order mark"));
    }
    let Ok(text) = str::from_utf8(written) else { return Ok(()) };
    // A file of another format ends with a line break as a rule, which is not what is wrong with it.
    let content = text.trim();
    match FORMATS.iter().find(|(is_it, _)| is_it(content)) {
        Some((_, what)) => Err(SecretError::LooksLike(what)),
        None => refuse_wrapping(text),
    }
}

/// Refuses white space, invisible characters or quotes around a secret.
pub(crate) fn refuse_wrapping(text: &str) -> Result<(), SecretError> {
    if text.starts_with(char::is_whitespace) || text.ends_with(char::is_whitespace) {
        return Err(SecretError::SurroundingWhiteSpace);
    }
    let is_around = |&&(character, _): &&(char, _)| text.starts_with(character) || text.ends_with(character);
    if let Some(&(_, found)) = INVISIBLE.iter().find(is_around) {
        return Err(SecretError::SurroundingInvisible { found });
    }
    let quotes = [('"', '"'), ('\'', '\''), ('`', '`'), ('\u{201c}', '\u{201d}'), ('\u{2018}', '\u{2019}')];
    if quotes.iter().any(|&(open, close)| text.len() > 1 && text.starts_with(open) && text.ends_with(close)) {
        return Err(SecretError::SurroundingQuotes);
    }
    Ok(())
}

/// Refuses text that says one word of at most eight characters over and over, as `password` does to be long enough.
pub(super) fn refuse_repeated_word(written: &[u8]) -> Result<(), SecretError> {
    let Ok(text) = str::from_utf8(written) else { return Ok(()) };
    let length = text.chars().count();
    let comes_twice = |word: usize| word.saturating_mul(2) <= length;
    let repeats = |word: usize| text.chars().zip(text.chars().skip(word)).all(|(one, next)| one == next);
    if (1..=LONGEST_WORD).any(|word| comes_twice(word) && repeats(word)) {
        return Err(SecretError::LooksLike(
            "short word over and over: a secret has to be random, so ask Quiltt for it",
        ));
    }
    Ok(())
}

const LONGEST_WORD: usize = 8;

/// What editors and web pages put around a text unseen.
const INVISIBLE: [(char, &str); 6] = [
    ('\u{feff}', "a byte order mark (U+FEFF)"),
    ('\u{200b}', "a zero width space (U+200B)"),
    ('\u{200c}', "a zero width non-joiner (U+200C)"),
    ('\u{200d}', "a zero width joiner (U+200D)"),
    ('\u{2060}', "a word joiner (U+2060)"),
    ('\u{ad}', "a soft hyphen (U+00AD)"),
];

type Format = (fn(&str) -> bool, &'static str);

/// The first that fits is the reason, so the narrower comes first.
const FORMATS: [Format; 7] = [
    (|text| text.starts_with("-----BEGIN "), "PEM"),
    (|text| text.starts_with('{') && text.ends_with('}') && text.contains("\"kty\""), "JWK"),
    (|text| text.starts_with("eyJ") && text.bytes().filter(|&byte| byte == b'.').count() == 2, "JWT"),
    (is_json_object, "JSON object: store the secret in it alone"),
    (is_env_line, "line NAME=value of a .env file: store the value alone"),
    (is_placeholder, "placeholder: put the secret from Quiltt in its place"),
    (is_change_me, "placeholder: put the secret from Quiltt in its place"),
];

/// Whether half of the pairs of bytes are ASCII in UTF-16, little or big endian. A byte order mark alone says less: one in
/// 32 768 random secrets begins with one.
fn is_utf16(written: &[u8]) -> bool {
    let (pairs, _) = written.as_chunks::<2>();
    let half_are = |is_ascii: fn(&[u8; 2]) -> bool| {
        let count = pairs.iter().filter(|pair| is_ascii(pair)).count();
        count > 0 && count >= pairs.len().div_ceil(2)
    };
    half_are(|&[low, high]| low != 0 && high == 0) || half_are(|&[high, low]| low != 0 && high == 0)
}

fn is_json_object(text: &str) -> bool {
    text.starts_with('{') && serde_json::from_str::<IgnoredAny>(text).is_ok()
}

/// `NAME=value`, where the name speaks of a secret or the value has no characters but those of an encoded one: random
/// text may well have a `=` behind a few letters. That which ends base64 has no value behind it.
fn is_env_line(text: &str) -> bool {
    let line = text.strip_prefix("export ").unwrap_or(text);
    let Some((name, value)) = line.split_once('=') else { return false };
    let is_name = !name.starts_with(|first: char| first.is_ascii_digit())
        && !name.is_empty()
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let has_value = !value.trim_end_matches('=').is_empty();
    is_name && has_value && (speaks_of_a_secret(name) || is_encoded(value))
}

fn speaks_of_a_secret(name: &str) -> bool {
    ["secret", "token", "key"]
        .iter()
        .any(|word| name.as_bytes().windows(word.len()).any(|part| part.eq_ignore_ascii_case(word.as_bytes())))
}

fn is_encoded(value: &str) -> bool {
    value.trim_matches(['"', '\'']).bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/-_=".contains(&byte))
}

/// `<your signing secret>`: no other characters inside than words need.
fn is_placeholder(text: &str) -> bool {
    let inside = text.strip_prefix('<').and_then(|rest| rest.strip_suffix('>'));
    inside
        .is_some_and(|inside| inside.chars().all(|it| it.is_alphanumeric() || " _-.,:/'\u{2019}\u{2026}".contains(it)))
}

fn is_change_me(text: &str) -> bool {
    let starts_with =
        |word: &str| text.as_bytes().get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word.as_bytes()));
    ["changeme", "change-me", "change_me", "change me"].into_iter().any(starts_with)
}
