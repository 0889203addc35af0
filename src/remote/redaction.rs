//! A server's text, made fit to be shown: without credentials, on one line, with an end.

use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
use zeroize::Zeroizing;

/// The text without the credential, plain or encoded, or anything like a token; at most [`MAX_CHARACTERS`] long, and with
/// spaces in place of what would break the line or hide or reorder what is seen.
pub(crate) fn clean(text: &str, credential: &str) -> String {
    let text = without_encoded(&text.replace(credential, REDACTED), credential);
    let text = without_words(&text, is_of_token, |word| word.contains(TOKEN_START));
    text.chars().take(MAX_CHARACTERS).map(|character| if is_visible(character) { character } else { ' ' }).collect()
}

/// Most characters of a text that are kept.
const MAX_CHARACTERS: usize = 512;
/// What stands for what was taken out.
const REDACTED: &str = "[redacted]";
/// What every token starts with: `{"` in base64url.
const TOKEN_START: &str = "eyJ";
/// Of less than this, an encoded form is found in honest text as well.
const LEAST_ENCODED: usize = 8;

/// Takes out each word that has the credential in it as percent-encoding, base64, base64url or hexadecimal, or one of the
/// latter three in percent-encoding.
fn without_encoded(text: &str, credential: &str) -> String {
    // No encoding is shorter than what it encodes.
    if credential.len() < LEAST_ENCODED || text.len() < credential.len() {
        return text.to_owned();
    }
    let (base64, hex) = (base64_parts(credential), hex(credential));
    without_words(
        text,
        |character| character.is_ascii_graphic(),
        |word| {
            let word = percent_decoded(word);
            let standard = word.replace('-', "+").replace('_', "/");
            word.contains(credential)
                || base64.iter().any(|part| standard.contains(part.as_str()))
                || word.to_ascii_lowercase().contains(hex.as_str())
        },
    )
}

/// Replaces the words, which consist of the characters that are `of_word`, in which something is to be hidden.
fn without_words(text: &str, of_word: impl Fn(char) -> bool, is_hidden: impl Fn(&str) -> bool) -> String {
    let mut kept = String::new();
    for piece in text.split_inclusive(|character| !of_word(character)) {
        let word = piece.trim_end_matches(|character| !of_word(character));
        kept.push_str(if is_hidden(word) { REDACTED } else { word });
        kept.push_str(piece.trim_start_matches(&of_word));
    }
    kept
}

const fn is_of_token(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '-' | '_' | '.')
}

/// What base64 makes of the credential, wherever in a longer text it stands: it may begin at each of the three bytes of a
/// group, and has the characters at its ends to itself or shares them with its neighbours. Shared ones are left out.
fn base64_parts(credential: &str) -> [Zeroizing<String>; 3] {
    [("", 0), ("\0", 2), ("\0\0", 3)].map(|(before, shared)| {
        let bytes = Zeroizing::new([before, credential].concat());
        let mut encoded = Zeroizing::new(STANDARD_NO_PAD.encode(bytes.as_bytes()));
        if !bytes.len().is_multiple_of(3) {
            encoded.pop();
        }
        encoded.drain(..shared);
        encoded
    })
}

fn hex(credential: &str) -> Zeroizing<String> {
    Zeroizing::new(credential.bytes().map(|byte| format!("{byte:02x}")).collect())
}

/// Decodes each `%41`, in either case; what is no such escape stays as it is.
fn percent_decoded(word: &str) -> String {
    let mut decoded = Vec::with_capacity(word.len());
    let mut bytes = word.as_bytes();
    while let [first, rest @ ..] = bytes {
        let escaped = if *first == b'%' { escaped(rest) } else { None };
        let (byte, rest) = escaped.unwrap_or((*first, rest));
        decoded.push(byte);
        bytes = rest;
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

/// The byte that two hexadecimal digits stand for, and what follows them.
fn escaped(bytes: &[u8]) -> Option<(u8, &[u8])> {
    let ([high, low], rest) = bytes.split_first_chunk()?;
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let byte = digit(*high)? << 4 | digit(*low)?;
    Some((u8::try_from(byte).ok()?, rest))
}

/// Neither a control character (C0, DEL, C1) nor a separator of lines or paragraphs (Zl, Zp) nor a format character (Cf, as
/// of Unicode 17), such as those that turn the direction of writing around.
fn is_visible(character: char) -> bool {
    !character.is_control()
        && !matches!(character,
            '\u{ad}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}' | '\u{890}'..='\u{891}' | '\u{8e2}'
            | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}' | '\u{110bd}' | '\u{110cd}' | '\u{13430}'..='\u{1343f}'
            | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e007f}'
        )
}

#[cfg(test)]
mod tests {
    use base64::engine::general_purpose::{STANDARD, URL_SAFE, URL_SAFE_NO_PAD};
    use proptest::prelude::*;

    use super::*;

    const SECRET: &str = "s3cret+/=?>~ü"; // not of the form of a credential, so that no part of the code relies on it

    #[test]
    fn the_credential_and_anything_like_a_token_are_taken_out() {
        assert_eq!(clean("the key s3cret+/= is bad", "s3cret+/="), "the key [redacted] is bad");
        assert_eq!(clean("got Bearer eyJhbGciOiJIUzUxMiJ9.e30.AA, sorry", "x y"), "got Bearer [redacted], sorry");
        assert_eq!(clean("token=eyJhbGciOiJIUzUxMiJ9.e30.AA", "x y"), "token=[redacted]");
    }

    #[test]
    fn a_percent_encoded_credential_is_taken_out() {
        for echo in [
            "s3cret%2B%2F%3D%3F%3E~%C3%BC",
            "s3cret%2b%2f%3d%3f%3e~%c3%bc",
            "%73%33%63%72%65%74%2B%2F%3D%3F%3E%7E%C3%BC",
            "https://example.com/?key=s3cret%2B/=%3F%3E~%C3%BC&more=%",
        ] {
            assert_eq!(clean(&format!("found {echo} here"), SECRET), "found [redacted] here");
        }
        assert_eq!(clean("100% of 5%+%zz%4", SECRET), "100% of 5%+%zz%4");
    }

    #[test]
    fn a_short_credential_is_looked_for_as_it_is_only() {
        assert_eq!(clean("YWJj 616263 %61bc abc", "abc"), "YWJj 616263 %61bc [redacted]");
        assert_eq!(clean("YWJjZGVmZw 61626364656667 abcdefg", "abcdefg"), "YWJjZGVmZw 61626364656667 [redacted]");
        assert_eq!(clean("YWJjZGVmZ2g 6162636465666768 abcdefgh", "abcdefgh"), "[redacted] [redacted] [redacted]");
    }

    proptest! {
        #[test]
        fn an_encoded_credential_is_taken_out_wherever_it_stands(
            credential in "[!-~]{8,40}", before in "[ -~]{0,7}", after in "[ -~]{0,7}", between in "[ ,:=\"]",
        ) {
            let sent = format!("{before}{credential}{after}");
            let percent = |text: &str| text.bytes().map(|byte| format!("%{byte:02X}")).collect::<String>();
            let base64 = [STANDARD.encode(&sent), URL_SAFE.encode(&sent), URL_SAFE_NO_PAD.encode(&sent)];
            let hex = [hex(&sent).to_string(), hex(&sent).to_uppercase()];
            for encoded in base64.into_iter().chain(hex) {
                for echo in [percent(&encoded), encoded, percent(&sent)] {
                    let cleaned = clean(&format!("é{between}{echo} !"), &credential);
                    prop_assert!(cleaned.ends_with("[redacted] !") && !cleaned.contains(&echo), "{cleaned}");
                }
            }
        }

        #[test]
        fn text_without_a_credential_stays_as_it_is(text in "[a-z0-9 %+/=,.é-]{0,100}") {
            prop_assert_eq!(clean(&text, "S3CRET-s3cret"), text);
        }
    }

    #[test]
    fn a_text_stays_on_one_line_and_has_an_end() {
        assert_eq!(clean("a\r\nb\u{1b}[31mc", "x y"), "a  b [31mc");
        assert_eq!(clean(&"é".repeat(10_000), "x y"), "é".repeat(512));
    }

    #[test]
    fn what_hides_or_reorders_text_becomes_a_space() {
        for (first, last) in [
            (0x00, 0x1f),
            (0x7f, 0x9f),
            (0xad, 0xad),
            (0x600, 0x605),
            (0x61c, 0x61c),
            (0x6dd, 0x6dd),
            (0x70f, 0x70f),
            (0x890, 0x891),
            (0x8e2, 0x8e2),
            (0x180e, 0x180e),
            (0x200b, 0x200f),
            (0x2028, 0x202e),
            (0x2060, 0x206f),
            (0xfeff, 0xfeff),
            (0xfff9, 0xfffb),
            (0x110bd, 0x110bd),
            (0x110cd, 0x110cd),
            (0x13430, 0x1343f),
            (0x1bca0, 0x1bca3),
            (0x1d173, 0x1d17a),
            (0xe0000, 0xe007f),
        ] {
            let cleaned = |code: u32| clean(&char::from_u32(code).unwrap().to_string(), "x y");
            for code in first..=last {
                assert_eq!(cleaned(code), " ", "{code:#x}");
            }
            for neighbour in [first.checked_sub(1), Some(last + 1)].into_iter().flatten() {
                assert_eq!(cleaned(neighbour) == " ", neighbour == 0x20, "{neighbour:#x}");
            }
        }
    }
}
