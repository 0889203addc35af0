//! Why JSON is refused, for the error: what refuses it is [`super::strict_json`].

use super::strict_json::MAX_DEPTH;
use crate::error::{JsonFault, ParseTokenError, Segment};

/// Why a segment is not the JSON object that it should be.
pub(crate) fn error(json: &[u8], segment: Segment) -> ParseTokenError {
    match refused(json, MAX_DEPTH) {
        Some(fault) => ParseTokenError::Json { segment, fault },
        None => ParseTokenError::NotJsonObject(segment),
    }
}

/// What a reader of a token would be wrong about, in JSON that [`strict_json`](super::strict_json) takes.
pub(crate) fn misread(json: &str) -> Option<JsonFault> {
    Pieces::of(json).find_map(|piece| match piece {
        Piece::Text(text) if has_nul(text) => Some(JsonFault::Nul),
        Piece::Scalar(scalar) if is_great_integer(scalar) => Some(JsonFault::Integer),
        _ => None,
    })
}

/// The first thing that [`strict_json`](super::strict_json) can have refused, if it has a name; there may be so many levels.
pub(crate) fn refused(json: &[u8], max_depth: usize) -> Option<JsonFault> {
    if json.starts_with(b"\xef\xbb\xbf") {
        return Some(JsonFault::ByteOrderMark);
    }
    let mut depth = 0_usize;
    Pieces::of(str::from_utf8(json).ok()?).find_map(|piece| {
        match piece {
            Piece::Open => depth = depth.saturating_add(1),
            Piece::Close => depth = depth.saturating_sub(1),
            Piece::Text(text) if has_half_a_pair(text) => return Some(JsonFault::Surrogate),
            Piece::Scalar(scalar) if is_infinite(scalar) => return Some(JsonFault::Number),
            Piece::Text(_) | Piece::Scalar(_) => {}
        }
        (depth > max_depth).then_some(JsonFault::Depth { max: max_depth })
    })
}

enum Piece<'j> {
    Open,
    Close,
    /// A name or text as it is written, without its quotes.
    Text(&'j str),
    /// A number, or a literal name.
    Scalar(&'j str),
}

/// What JSON is made of; what is no JSON comes in some pieces or other, and to its end.
struct Pieces<'j> {
    rest: &'j str,
}

impl<'j> Pieces<'j> {
    const fn of(json: &'j str) -> Self {
        Self { rest: json }
    }

    fn cut(&mut self, at: usize) -> &'j str {
        let (piece, rest) = self.rest.split_at_checked(at).unwrap_or((self.rest, ""));
        self.rest = rest;
        piece
    }
}

impl<'j> Iterator for Pieces<'j> {
    type Item = Piece<'j>;

    fn next(&mut self) -> Option<Piece<'j>> {
        self.rest = self.rest.trim_start_matches([' ', '\n', '\t', '\r', ':', ',']);
        Some(match self.rest.bytes().next()? {
            b'[' | b'{' => {
                self.cut(1);
                Piece::Open
            }
            b']' | b'}' => {
                self.cut(1);
                Piece::Close
            }
            b'"' => {
                self.cut(1);
                let text = self.cut(length_of_text(self.rest));
                self.cut(1);
                Piece::Text(text)
            }
            _ => {
                let is_end = |character: char| " \n\t\r:,[]{}\"".contains(character);
                Piece::Scalar(self.cut(self.rest.find(is_end).unwrap_or(self.rest.len())))
            }
        })
    }
}

/// How many bytes stand before the quote that ends the text.
fn length_of_text(text: &str) -> usize {
    let mut is_escaped = false;
    let ends = |byte| {
        let is_quote = byte == b'"' && !is_escaped;
        is_escaped = byte == b'\\' && !is_escaped;
        is_quote
    };
    text.bytes().position(ends).unwrap_or(text.len())
}

/// The UTF-16 code units that are written as `\uXXXX`, and `None` for each other character or escape.
fn units(text: &str) -> impl Iterator<Item = Option<u16>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let next = rest.chars().next()?;
        let unit = rest.strip_prefix("\\u").and_then(|digits| u16::from_str_radix(digits.get(..4)?, 16).ok());
        let length = match (next, unit) {
            (_, Some(_)) => 6,
            ('\\', None) => 1_usize.saturating_add(rest.chars().nth(1).map_or(0, char::len_utf8)),
            (other, None) => other.len_utf8(),
        };
        rest = rest.get(length..).unwrap_or_default();
        Some(unit)
    })
}

fn has_nul(text: &str) -> bool {
    units(text).any(|unit| unit == Some(0))
}

fn has_half_a_pair(text: &str) -> bool {
    let is_low = |unit: Option<u16>| unit.is_some_and(|unit| (0xdc00..0xe000).contains(&unit));
    let is_high = |unit: Option<u16>| unit.is_some_and(|unit| (0xd800..0xdc00).contains(&unit));
    let mut units = units(text);
    while let Some(unit) = units.next() {
        if is_low(unit) || is_high(unit) && !units.next().is_some_and(is_low) {
            return true;
        }
    }
    false
}

/// 2^53 - 1: to a reader with doubles, such as JavaScript's, all integers up to here are different ones (RFC 8259 §6).
const GREATEST: u64 = 9_007_199_254_740_991;

fn is_great_integer(scalar: &str) -> bool {
    let digits = scalar.strip_prefix('-').unwrap_or(scalar);
    let is_integer = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_integer && !digits.parse::<u64>().is_ok_and(|integer| integer <= GREATEST)
}

fn is_infinite(scalar: &str) -> bool {
    let is_number = scalar.starts_with(|first: char| first == '-' || first.is_ascii_digit());
    is_number && scalar.parse::<f64>().is_ok_and(f64::is_infinite)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_that_doubles_mistake_and_nuls_are_found_at_any_depth() {
        for (json, fault) in [
            ("9007199254740991", None),
            ("-9007199254740991", None),
            ("9007199254740992", Some(JsonFault::Integer)),
            ("-9007199254740992", Some(JsonFault::Integer)),
            (r#"{"a":[null,{"b":18446744073709551616}]}"#, Some(JsonFault::Integer)),
            ("[1,2 ,-123456789012345678901234567890]", Some(JsonFault::Integer)),
            (r#"["9007199254740993",1e300,9007199254740993.5,12345678901234567890e0,-0,true]"#, None),
            (r#""a\u0000""#, Some(JsonFault::Nul)),
            (r#"{"\u0000":1}"#, Some(JsonFault::Nul)),
            (r#"[{"a":{"b\u0000c":1}}]"#, Some(JsonFault::Nul)),
            (r#"["\\u0000","\u0001","\u00000"]"#, Some(JsonFault::Nul)),
            (r#"["\\u0000","\u0001","\\\\u0000","\"9007199254740993"]"#, None),
        ] {
            assert_eq!(misread(json), fault, "{json}");
        }
    }

    #[test]
    fn what_was_refused_has_a_name() {
        let nested = |depth: usize| ["[".repeat(depth), "]".repeat(depth)].concat();
        for (json, fault) in [
            (&b"\xef\xbb\xbf{}"[..], Some(JsonFault::ByteOrderMark)),
            (nested(8).as_bytes(), None),
            (nested(9).as_bytes(), Some(JsonFault::Depth { max: 8 })),
            (br#"{"a":"[[[[[[[[[[[["}"#, None),
            (b"1e400", Some(JsonFault::Number)),
            (b"[1,-1e999]", Some(JsonFault::Number)),
            (br#""\ud800""#, Some(JsonFault::Surrogate)),
            (br#""\udc00\ud800""#, Some(JsonFault::Surrogate)),
            (br#""\ud800\ud800\udc00""#, Some(JsonFault::Surrogate)),
            (br#"{"\ud83d":1}"#, Some(JsonFault::Surrogate)),
            (br#""\ud83d\ude00 \\ud800 \ud83dx""#, Some(JsonFault::Surrogate)),
            (br#""\ud83d\ude00 \\ud800""#, None),
            (b"inf", None),
            (b"NaN", None),
            (b"{\"a\":1,\"a\":2}", None),
            (b"\xff1e400", None),
            (b"\"", None),
            (b"\"\\", None),
            (b"\"\\u", None),
            (b"", None),
        ] {
            assert_eq!(refused(json, 8), fault, "{}", json.escape_ascii());
        }
    }
}
