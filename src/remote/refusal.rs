//! Quiltt's words with an error status, made fit for a log.

use std::{collections::BTreeMap, time::Duration};

use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
use reqwest::header::{HeaderMap, HeaderName};
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use super::headers::{number, retry_after};

/// Quiltt's words with an error status: a message, an instruction, and an id for Quiltt's support.
///
/// Each is `None` if the body lacks that member. A text is cut at 512 characters, and has a space for each control or format
/// character. The call's credential is replaced by `[redacted]`; so is the whole text if twelve letters or digits in a row are
/// the credential's, as they are, in hexadecimal or in base64, or if the text has what looks like a token. Case does not count,
/// nor do other characters in between.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Refusal {
    message: Option<String>,
    instruction: Option<String>,
    error_id: Option<String>,
}

impl Refusal {
    /// The message: the member `message` of the body; of a proxy's JSON, `error_description`, `detail`, `title` or `error`.
    #[must_use]
    pub fn message(&self) -> Option<&str> {
        self.message.as_deref()
    }

    /// The instruction: the member `instruction` of the body.
    #[must_use]
    pub fn instruction(&self) -> Option<&str> {
        self.instruction.as_deref()
    }

    /// The id for Quiltt's support: the member `errorId` of the body, which not every error has.
    #[must_use]
    pub fn error_id(&self) -> Option<&str> {
        self.error_id.as_deref()
    }

    /// Reads `{"message","instruction","errorId"?}`, or a message in another form; any other body says nothing.
    pub(crate) fn read(body: &[u8], credential: &str) -> Self {
        Self::of(&object(body), &Redaction::of(credential))
    }

    fn of(object: &Map<String, Value>, redaction: &Redaction<'_>) -> Self {
        let text = |name: &str| object.get(name).and_then(Value::as_str).map(|text| redaction.clean(text));
        let message = MESSAGES.into_iter().find_map(text);
        Self { message, instruction: text("instruction"), error_id: text("errorId") }
    }

    /// Returns the end of an error's text.
    pub(crate) fn suffix(&self) -> String {
        let texts = [self.message(), self.instruction()].into_iter().flatten().map(|text| format!(": {text}"));
        texts.chain(self.error_id().map(|id| format!(" [error id {id}]"))).collect()
    }
}

/// The messages about each field of a request, in the order of the names.
///
/// Texts are made fit for a log as those of a [`Refusal`]. All are here; the error's own text has eight fields at most, and 128
/// characters of each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FieldMessages {
    fields: BTreeMap<String, Vec<String>>,
    /// The words about the request as a whole.
    refusal: Refusal,
}

impl FieldMessages {
    /// The messages about a field, by a name on the wire such as `dateOfBirth`; none if Quiltt did not name the field.
    #[must_use]
    pub fn of(&self, field: &str) -> &[String] {
        self.fields.get(field).map(Vec::as_slice).unwrap_or_default()
    }

    /// All fields that Quiltt named, with the messages about each, in the order of the names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[String])> {
        self.fields.iter().map(|(field, messages)| (field.as_str(), messages.as_slice()))
    }

    /// Quiltt's words about the request as a whole, as a rule where no field is named.
    #[must_use]
    pub const fn refusal(&self) -> &Refusal {
        &self.refusal
    }

    /// Reads `{"field": ["message", …]}` or the same in a member `errors`, where a field may also have one message or an
    /// object of them; and a message about the whole request, in Quiltt's form, OAuth's or that of RFC 9457.
    pub(crate) fn read(body: &[u8], credential: &str) -> Self {
        let (object, redaction) = (object(body), Redaction::of(credential));
        let refusal = Refusal::of(&object, &redaction);
        let fields = match object.get("errors").filter(|errors| !errors.is_null()) {
            Some(Value::Object(fields)) => fields.clone(),
            Some(errors) => Map::from_iter([("errors".to_owned(), errors.clone())]),
            None if refusal.message.is_some() => Map::new(),
            None => object,
        };
        let field = |(name, value): (&String, &Value)| {
            (redaction.clean(name), texts(value).iter().map(|text| redaction.clean(text)).collect())
        };
        Self { fields: fields.iter().map(field).collect(), refusal }
    }

    /// Returns the end of an error's text, no longer than a reader follows.
    pub(crate) fn suffix(&self) -> String {
        let field = |(field, messages): (&str, &[String])| -> String {
            format!(": {field} {}", messages.join(", ")).chars().take(MAX_FIELD_CHARACTERS).collect()
        };
        let named: String = self.iter().take(MAX_FIELDS).map(field).collect();
        let more = self.fields.len().saturating_sub(MAX_FIELDS);
        let end = if more > 0 { format!(" … and {more} more") } else { String::new() };
        self.refusal.suffix() + &named + &end
    }
}

/// The answer with status 429.
///
/// Quiltt publishes neither the body nor the meaning of the headers `Ratelimit-*`. `Retry-After` is read as in RFC 9110
/// §10.2.3, as a number of seconds or a date, which is compared with the answer's own `Date`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RateLimit {
    retry_after: Option<Duration>,
    limit: Option<u64>,
    remaining: Option<u64>,
    refusal: Refusal,
}

impl RateLimit {
    /// The time to wait: `Retry-After`, in whole seconds, rounded up, and at most a day.
    #[must_use]
    pub const fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }

    /// The number of calls that are allowed: `Ratelimit-Limit`.
    #[must_use]
    pub const fn limit(&self) -> Option<u64> {
        self.limit
    }

    /// The number of calls that are left: `Ratelimit-Remaining`.
    #[must_use]
    pub const fn remaining(&self) -> Option<u64> {
        self.remaining
    }

    /// Quiltt's words.
    #[must_use]
    pub const fn refusal(&self) -> &Refusal {
        &self.refusal
    }

    pub(crate) fn read(headers: &HeaderMap, refusal: Refusal) -> Self {
        let ratelimit = |name| number(headers, HeaderName::from_static(name));
        let (limit, remaining) = (ratelimit("ratelimit-limit"), ratelimit("ratelimit-remaining"));
        Self { retry_after: retry_after(headers), limit, remaining, refusal }
    }

    /// Returns the end of an error's text.
    pub(crate) fn suffix(&self) -> String {
        try_again(self.retry_after) + &self.refusal.suffix()
    }
}

/// The time to wait, in an error's text.
pub(crate) fn try_again(retry_after: Option<Duration>) -> String {
    retry_after.map_or_else(String::new, |wait| format!(": try again in {} s", wait.as_secs()))
}

/// Where a message may stand, the most telling member first: Quiltt's, OAuth's (RFC 6749 §5.2), those of RFC 9457.
pub(crate) const MESSAGES: [&str; 5] = ["message", "error_description", "detail", "title", "error"];
/// Most fields that an error's text names; no request has more.
const MAX_FIELDS: usize = 8;
/// Most characters of a field with its messages in an error's text.
const MAX_FIELD_CHARACTERS: usize = 128;

/// Returns all texts in a value; of an object with a message, only that message.
fn texts(value: &Value) -> Vec<&str> {
    match value {
        Value::String(text) => vec![text],
        Value::Array(values) => values.iter().flat_map(texts).collect(),
        Value::Object(object) => match MESSAGES.iter().find_map(|&name| object.get(name)?.as_str()) {
            Some(text) => vec![text],
            None => object.values().flat_map(texts).collect(),
        },
        _ => vec![],
    }
}

/// Reads an object. Any other body is an empty one: the status alone says that Quiltt refused.
fn object(body: &[u8]) -> Map<String, Value> {
    serde_json::from_slice(body).unwrap_or_default()
}

/// Takes a credential out of a server's text.
struct Redaction<'c> {
    credential: &'c str,
    /// All runs of [`PIECE`] letters and digits of the credential as it is, in hexadecimal and in base64; in lower case, sorted.
    /// Percent-encoding is hexadecimal but for the signs.
    pieces: Zeroizing<Vec<[u8; PIECE]>>,
}

impl<'c> Redaction<'c> {
    fn of(credential: &'c str) -> Self {
        let base64 = |before: &str| STANDARD_NO_PAD.encode(Zeroizing::new([before, credential].concat()).as_bytes());
        let hex = credential.bytes().map(|byte| format!("{byte:02x}")).collect();
        // In base64, a credential may begin at each of the three bytes of a group.
        let forms = [credential.to_owned(), hex, base64(""), base64("\0"), base64("\0\0")];
        // Room for all from the start, so that no part of the credential is left behind in a buffer that was outgrown.
        let mut pieces = Zeroizing::new(Vec::with_capacity(credential.len().saturating_mul(8)));
        for mut form in forms.map(|form| Zeroizing::new(form.into_bytes())) {
            form.retain(u8::is_ascii_alphanumeric);
            form.make_ascii_lowercase();
            pieces.extend(form.windows(PIECE).filter_map(|window| <[u8; PIECE]>::try_from(window).ok()));
        }
        pieces.sort_unstable();
        Self { credential, pieces }
    }

    /// Returns the text on [one line](one_line), or [`REDACTED`] alone if some of the credential, or a token, may be left in it.
    fn clean(&self, text: &str) -> String {
        let text = text.replace(self.credential, REDACTED);
        let mut letters = text.clone().into_bytes();
        letters.retain(u8::is_ascii_alphanumeric);
        letters.make_ascii_lowercase();
        match text.contains(TOKEN_START) || letters.windows(PIECE).any(|letters| self.has(letters)) {
            true => REDACTED.to_owned(),
            false => one_line(&text),
        }
    }

    fn has(&self, letters: &[u8]) -> bool {
        self.pieces.binary_search_by(|piece| piece.as_slice().cmp(letters)).is_ok()
    }
}

/// Letters and digits in a row that no text shares with a credential by chance. Of a shorter credential, the exact text alone is
/// taken out.
const PIECE: usize = 12;
/// Most characters of a text that are kept.
const MAX_CHARACTERS: usize = 512;
/// Stands for text that was taken out.
const REDACTED: &str = "[redacted]";
/// The start of every token: `{"` in base64url.
const TOKEN_START: &str = "eyJ";

/// Returns at most [`MAX_CHARACTERS`] of the text, with spaces for characters that break lines, hide text or reorder it.
pub(crate) fn one_line(text: &str) -> String {
    text.chars().take(MAX_CHARACTERS).map(|character| if is_visible(character) { character } else { ' ' }).collect()
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
    use base64::engine::general_purpose::{STANDARD, URL_SAFE};
    use proptest::prelude::*;

    use super::*;

    fn clean(text: &str, credential: &str) -> String {
        Redaction::of(credential).clean(text)
    }

    #[test]
    fn a_body_of_another_form_says_nothing() {
        for body in [&b""[..], b"<html>", b"[]", b"{\"message\":1}", b"{\"message\":null}", b"\xff"] {
            assert_eq!(Refusal::read(body, "secret"), Refusal::default());
        }
        assert_eq!(FieldMessages::read(b"[\"phone\"]", "secret").iter().count(), 0);
    }

    #[test]
    fn fields_are_kept_with_one_message_many_or_none() {
        let fields = FieldMessages::read(br#"{"a":["x","y"],"b":"z","c":null,"d":[1,"w"]}"#, "secret");
        assert_eq!(fields.of("a"), ["x", "y"]);
        assert_eq!(fields.of("b"), ["z"]);
        assert_eq!(fields.of("c"), [""; 0]);
        assert_eq!(fields.of("d"), ["w"]);
        assert_eq!(fields.of("e"), [""; 0]);
        assert_eq!(fields.suffix(), ": a x, y: b z: c : d w");
    }

    #[test]
    fn a_text_names_eight_fields_and_counts_the_others() {
        let suffix = |count: usize| {
            let body: Map<_, _> = (0..count).map(|number| (format!("field{number:04}"), "bad".into())).collect();
            FieldMessages::read(&serde_json::to_vec(&body).unwrap(), "secret").suffix()
        };
        assert!(suffix(8).ends_with(": field0007 bad"));
        assert!(suffix(9).ends_with(": field0007 bad … and 1 more"));
        assert!(suffix(3000).ends_with(": field0007 bad … and 2992 more"));
    }

    #[test]
    fn a_text_has_128_characters_of_each_field() {
        let suffix = |message: String| {
            FieldMessages::read(&serde_json::to_vec(&serde_json::json!({ "a": message })).unwrap(), "secret").suffix()
        };
        assert_eq!(suffix("é".repeat(124)), format!(": a {}", "é".repeat(124)));
        assert_eq!(suffix("é".repeat(125)), format!(": a {}", "é".repeat(124)));
        assert_eq!(
            FieldMessages::read(format!(r#"{{"a":"{}"}}"#, "b".repeat(500)).as_bytes(), "secret").of("a")[0].len(),
            500
        );
    }

    #[test]
    fn other_shapes_of_422_are_read() {
        let read = |body: &str| FieldMessages::read(body.as_bytes(), "secret").suffix();
        for (body, expected) in [
            (r#"{"errors":{"phone":["x","y"],"email":"z"}}"#, ": email z: phone x, y"),
            (r#"{"errors":{"address":{"city":["is blank"]}}}"#, ": address is blank"),
            (r#"{"errors":["phone is bad"]}"#, ": errors phone is bad"),
            (r#"{"errors":[{"detail":"phone is bad","code":7}]}"#, ": errors phone is bad"),
            (r#"{"message":"Invalid","errors":{"phone":["x"]}}"#, ": Invalid: phone x"),
            (r#"{"error":"invalid_request","error_description":"no phone"}"#, ": no phone"),
            (r#"{"errors":null,"phone":["x"]}"#, ": errors : phone x"),
            (r#"{"error":"bad phone"}"#, ": bad phone"),
            (r#"{"title":"Unprocessable","status":422,"detail":"no phone"}"#, ": no phone"),
            (r#"{"title":"Unprocessable","errors":{"phone":["x"]}}"#, ": Unprocessable: phone x"),
        ] {
            assert_eq!(read(body), expected, "{body}");
        }
    }

    #[test]
    fn the_credential_and_anything_like_a_token_are_taken_out() {
        assert_eq!(clean("the key s3cret+/= is bad", "s3cret+/="), "the key [redacted] is bad");
        assert_eq!(clean("got Bearer eyJhbGciOiJIUzUxMiJ9.e30.AA, sorry", "x y"), REDACTED);
    }

    /// What Stripe's and others' APIs do with a key that they refuse.
    #[test]
    fn a_text_with_part_of_the_credential_is_not_shown_in_any_case_and_with_anything_in_between() {
        const SECRET: &str = "sk_live_12345678abcdefghIJKL";

        for echo in [
            "sk_live_12345678…",
            "SK_LIVE_12345678ABCDEFGHIJKL",
            "sk-live-1234-5678-abcd",
            r#"{\"key\":\"sk_live_12345678abcd\"}"#,
            "key=sk%5Flive%5F12345678abcdefgh",
            "***5678abcdefghijkl",
            "1234 5678 abcd efgh",
        ] {
            assert_eq!(clean(&format!("Invalid key: {echo} here"), SECRET), REDACTED, "{echo}");
        }
        assert_eq!(clean("use sk_live_1234 or 12345678abc", SECRET), "use sk_live_1234 or 12345678abc");
    }

    #[test]
    fn a_credential_of_fewer_than_twelve_letters_and_digits_is_looked_for_as_it_is() {
        assert_eq!(clean("abc ABC a-b-c", "abc"), "[redacted] ABC a-b-c");
        assert_eq!(clean("abcdefghijk ABCDEFGHIJK", "abcdefghijk"), "[redacted] ABCDEFGHIJK");
        assert_eq!(clean("abcdefghijkl ABCDEFGHIJKL", "abcdefghijkl"), REDACTED);
    }

    /// The letters and digits of a text, in lower case.
    fn letters(text: &str) -> String {
        text.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase()
    }

    proptest! {
        #[test]
        fn no_twelve_letters_of_the_credential_in_a_row_are_left(
            credential in "[!-~]{12,40}",
            cuts in prop::collection::vec((0_usize..40, 0_usize..40, any::<bool>(), "[ -~é]{0,2}"), 0..8),
        ) {
            let part = |(start, length, is_upper, between): &(usize, usize, bool, String)| {
                let part: Vec<_> = credential.chars().skip(*start).take(*length).map(String::from).collect();
                let part = part.join(between);
                if *is_upper { part.to_uppercase() } else { part }
            };
            let text: String = cuts.iter().map(part).collect();
            let (cleaned, credential) = (letters(&clean(&text, &credential)), letters(&credential));
            let left = credential.as_bytes().windows(12).find(|piece| cleaned.contains(str::from_utf8(piece).unwrap()));
            prop_assert_eq!(left, None, "{}", cleaned);
        }

        #[test]
        fn an_encoded_credential_is_taken_out_wherever_it_stands(
            credential in "[0-9A-Za-z_]{16,40}", before in "[ -~]{0,7}", after in "[ -~]{0,7}", between in "[ ,:=\"]",
        ) {
            let sent = format!("{before}{credential}{after}");
            let each = |escape: &str| sent.bytes().map(|byte| format!("{escape}{byte:02X}")).collect::<String>();
            for echo in [STANDARD.encode(&sent), URL_SAFE.encode(&sent), each(""), each("").to_lowercase(), each("%")] {
                prop_assert_eq!(clean(&format!("é{between}{echo} !"), &credential), REDACTED);
            }
        }

        #[test]
        fn text_without_a_credential_stays_as_it_is(text in "[\\p{L}\\p{M}\\p{N}\\p{P}\\p{S} &&[^A-Z]]{0,100}") {
            prop_assert_eq!(clean(&text, "S3CRET-s3cret"), text);
        }

        #[test]
        fn what_hides_or_reorders_text_becomes_a_space(text in "[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]{100}") {
            prop_assert_eq!(clean(&text, "x y"), " ".repeat(100));
        }
    }

    #[test]
    fn a_text_stays_on_one_line_and_has_an_end() {
        assert_eq!(clean("a\r\nb\u{1b}[31mc", "x y"), "a  b [31mc");
        assert_eq!(clean(&"é".repeat(10_000), "x y"), "é".repeat(512));
    }

    /// Unicode 15 to 17 has 65 control characters, 2 separators and 170 format characters; 32 in between are unassigned.
    #[test]
    fn no_other_character_becomes_a_space() {
        let hidden = ('\0'..=char::MAX).filter(|character| !is_visible(*character));
        assert_eq!(hidden.count(), 65 + 2 + 170 + 32);
    }
}
