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

#[cfg(test)]
mod tests {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    #[test]
    fn the_four_dangerous_characters_and_non_ascii_are_escaped() {
        assert_eq!(string(">?~\u{7f}"), r#""\u003e\u003f\u007e\u007f""#);
        assert_eq!(string("é😀"), r#""\u00e9\ud83d\ude00""#);
        assert_eq!(string("a\"\\\n"), r#""a\"\\\n""#);
    }

    #[test]
    fn what_is_safe_is_written_as_serde_json_does() {
        for safe in (0..0x7f).map(char::from).filter(|character| !">?~".contains(*character)) {
            assert_eq!(
                string(&format!("é{safe}")),
                format!("\"\\u00e9{}", &Value::from(safe.to_string()).to_string()[1..])
            );
        }
    }

    proptest! {
        #[test]
        fn any_text_reads_back_and_its_base64url_is_alphanumeric(text: String, shift in 0_usize..3) {
            let json = string(&text);
            prop_assert_eq!(&serde_json::from_str::<String>(&json).unwrap(), &text);
            let payload = URL_SAFE_NO_PAD.encode(" ".repeat(shift) + &json);
            prop_assert!(payload.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{}", json);
        }

        #[test]
        fn any_json_reads_back(names: Vec<String>, number: i64) {
            let value = serde_json::json!({ "names": names, "number": number });
            let mut json = String::new();
            push_json(&mut json, &value.to_string());
            prop_assert!(json.is_ascii());
            prop_assert_eq!(serde_json::from_str::<Value>(&json).unwrap(), value);
        }
    }
}
