//! JSON in the characters whose base64url has neither `-` nor `_`.
//!
//! Quiltt's JavaScript SDK decodes payloads with `atob()`, which knows neither of the two. In ASCII JSON only `>`, `?`,
//! `~` and DEL can cause them; text beyond ASCII would be garbled besides. All of it can be written as `\u` escapes
//! (RFC 8259 §7), and outside strings JSON needs none of these characters.

use std::fmt::Write;

use serde_json::Value;

/// Appends a member of an object, with a comma before it; `value` is JSON already.
pub(crate) fn push_member(json: &mut String, name: &str, value: &str) {
    json.push(',');
    json.push_str(&string(name));
    json.push(':');
    json.push_str(value);
}

/// The text as a JSON string.
pub(crate) fn string(text: &str) -> String {
    escape(Value::from(text).to_string())
}

/// The JSON in safe characters: it must be JSON, for what is escaped has to stand in a string.
pub(crate) fn escape(json: String) -> String {
    if json.chars().all(is_safe) {
        return json;
    }
    let mut safe = String::with_capacity(json.len());
    for character in json.chars() {
        if is_safe(character) {
            safe.push(character);
        } else {
            push_escape(&mut safe, character);
        }
    }
    safe
}

fn is_safe(character: char) -> bool {
    character.is_ascii() && !matches!(character, '>' | '?' | '~' | '\u{7f}')
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

    use super::*;

    #[test]
    fn the_four_dangerous_characters_and_non_ascii_are_escaped() {
        assert_eq!(string(">?~\u{7f}"), r#""\u003e\u003f\u007e\u007f""#);
        assert_eq!(string("é😀"), r#""\u00e9\ud83d\ude00""#);
        assert_eq!(string("a\"\\\n"), r#""a\"\\\n""#);
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
            let json = escape(value.to_string());
            prop_assert!(json.is_ascii());
            prop_assert_eq!(serde_json::from_str::<serde_json::Value>(&json).unwrap(), value);
        }
    }
}
