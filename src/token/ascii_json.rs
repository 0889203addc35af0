//! JSON in the characters whose base64url has neither `-` nor `_`.
//!
//! Quiltt's JavaScript SDK decodes payloads with `atob()`, which knows neither of the two. In ASCII JSON only `>`, `?`,
//! `~` and DEL can cause them; text beyond ASCII would be garbled besides. All of it can be written as `\u` escapes
//! (RFC 8259 §7), and outside strings JSON needs none of these characters.

use std::fmt::Write;

/// The text as a JSON string.
pub(crate) fn string(text: &str) -> String {
    let mut json = String::new();
    push_string(&mut json, text);
    json
}

/// Appends the text as a JSON string, and returns whether a character of it is escaped.
#[expect(clippy::expect_used, reason = "serde_json writes any text")]
pub(crate) fn push_string(json: &mut String, text: &str) -> bool {
    let is_plain = text.bytes().all(is_plain);
    if is_plain {
        json.push('"');
        json.push_str(text);
        json.push('"');
    } else {
        push_json(json, &serde_json::to_string(text).expect("a text is JSON"));
    }
    !is_plain
}

/// Appends JSON, each unsafe character as an escape: it stands in a string, where it must be JSON.
pub(crate) fn push_json(json: &mut String, text: &str) {
    if text.bytes().all(is_safe) {
        return json.push_str(text);
    }
    text.chars().for_each(|character| match u8::try_from(character) {
        Ok(byte) if is_safe(byte) => json.push(character),
        _ => push_escape(json, character),
    });
}

/// Whether a character of a string stands for itself.
#[expect(clippy::indexing_slicing, reason = "each byte has a place")]
const fn is_plain(byte: u8) -> bool {
    const TABLE: [bool; 256] = {
        let mut table = [false; 256];
        let mut byte = b' ';
        while byte < b'~' {
            table[byte as usize] = is_safe(byte) && byte != b'"' && byte != b'\\';
            byte += 1;
        }
        table
    };
    TABLE[byte as usize]
}

const fn is_safe(byte: u8) -> bool {
    !matches!(byte, b'>' | b'?' | b'~'..)
}

/// `\uXXXX`, twice for a character beyond the basic plane (a surrogate pair).
#[expect(clippy::expect_used, reason = "a String takes whatever is written to it")]
fn push_escape(json: &mut String, character: char) {
    for unit in character.encode_utf16(&mut [0; 2]) {
        write!(json, "\\u{unit:04x}").expect("writing to a String cannot fail");
    }
}
