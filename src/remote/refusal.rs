//! What Quiltt says when it refuses: read as far as it can be, and made fit for a log.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// What came with an error status: Quiltt's message, what to do about it, and the id under which its support finds it.
///
/// Each is `None` if the body did not have it, as that of a proxy. Text is cut at 512 characters, and has no control
/// characters and nothing that looks like a token; the credential of the call is taken out.
///
/// # Examples
///
/// ```no_run
/// # use quiltt_session::*;
/// # async fn example(auth: &QuilttAuth, token: &str) -> Result<(), RemoteError> {
/// if let Err(RemoteError::NotAuthenticated(refusal)) = auth.check(token).await {
///     eprintln!("{}: {}", refusal.message().unwrap_or("refused"), refusal.instruction().unwrap_or("sign in again"));
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Refusal {
    message: Option<String>,
    instruction: Option<String>,
    error_id: Option<String>,
}

impl Refusal {
    /// What is wrong: the member `message` of the body.
    #[must_use]
    pub fn message(&self) -> Option<&str> {
        self.message.as_deref()
    }

    /// What to do about it: the member `instruction` of the body.
    #[must_use]
    pub fn instruction(&self) -> Option<&str> {
        self.instruction.as_deref()
    }

    /// What to tell Quiltt's support: the member `errorId` of the body, which not every error has.
    #[must_use]
    pub fn error_id(&self) -> Option<&str> {
        self.error_id.as_deref()
    }

    /// Reads `{"message","instruction","errorId"?}`; whatever else a body is, it is nothing.
    pub(crate) fn read(body: &[u8], credential: &str) -> Self {
        let object = object(body);
        let text = |name| object.get(name).and_then(Value::as_str).map(|text| clean(text, credential));
        Self { message: text("message"), instruction: text("instruction"), error_id: text("errorId") }
    }

    /// The same for the end of an error's text.
    pub(crate) fn suffix(&self) -> String {
        let texts = [self.message(), self.instruction()].into_iter().flatten().map(|text| format!(": {text}"));
        texts.chain(self.error_id().map(|id| format!(" [error id {id}]"))).collect()
    }
}

/// What is wrong with each field of a request, in the order of the names.
///
/// Text is made fit for a log as that of a [`Refusal`].
///
/// # Examples
///
/// ```no_run
/// # use quiltt_session::*;
/// # async fn example(auth: &QuilttAuth, new: NewSession) {
/// if let Err(RemoteError::Validation(fields)) = auth.create_session(new).await {
///     for (field, messages) in fields.iter() {
///         eprintln!("{field}: {}", messages.join(", "));
///     }
/// }
/// # }
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FieldMessages(BTreeMap<String, Vec<String>>);

impl FieldMessages {
    /// What is wrong with this field, by its name on the wire such as `dateOfBirth`; nothing if it was not named.
    #[must_use]
    pub fn of(&self, field: &str) -> &[String] {
        self.0.get(field).map(Vec::as_slice).unwrap_or_default()
    }

    /// All fields that were named, with what is wrong with each, in the order of the names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[String])> {
        self.0.iter().map(|(field, messages)| (field.as_str(), messages.as_slice()))
    }

    /// Reads `{"field": ["message", …]}`, and `{"field": "message"}` as well.
    pub(crate) fn read(body: &[u8], credential: &str) -> Self {
        let messages = |value: &Value| match value {
            Value::Array(messages) => {
                messages.iter().filter_map(Value::as_str).map(|text| clean(text, credential)).collect()
            }
            Value::String(message) => vec![clean(message, credential)],
            _ => vec![],
        };
        Self(object(body).iter().map(|(field, value)| (clean(field, credential), messages(value))).collect())
    }

    /// The same for the end of an error's text.
    pub(crate) fn suffix(&self) -> String {
        self.iter().map(|(field, messages)| format!(": {field} {}", messages.join(", "))).collect()
    }
}

/// Most characters of a text that are kept.
const MAX_CHARACTERS: usize = 512;
/// What stands for what was taken out.
const REDACTED: &str = "[redacted]";

/// A body of another form says nothing: that Quiltt refused is known without it.
fn object(body: &[u8]) -> Map<String, Value> {
    serde_json::from_slice(body).unwrap_or_default()
}

/// What every token starts with: `{"` in base64url.
const TOKEN_START: &str = "eyJ";

/// The server's text without credentials, line breaks or an end that never comes.
fn clean(text: &str, credential: &str) -> String {
    let text = text.replace(credential, REDACTED);
    let mut cleaned = String::new();
    for piece in text.split_inclusive(|character| !is_of_token(character)) {
        let word = piece.trim_end_matches(|character| !is_of_token(character));
        cleaned.push_str(if word.contains(TOKEN_START) { REDACTED } else { word });
        cleaned.push_str(piece.trim_start_matches(is_of_token));
    }
    cleaned.chars().take(MAX_CHARACTERS).map(|character| if character.is_control() { ' ' } else { character }).collect()
}

const fn is_of_token(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '-' | '_' | '.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_credential_and_anything_like_a_token_are_taken_out() {
        assert_eq!(clean("the key s3cret+/= is bad", "s3cret+/="), "the key [redacted] is bad");
        assert_eq!(clean("got Bearer eyJhbGciOiJIUzUxMiJ9.e30.AA, sorry", "x y"), "got Bearer [redacted], sorry");
        assert_eq!(clean("token=eyJhbGciOiJIUzUxMiJ9.e30.AA", "x y"), "token=[redacted]");
    }

    #[test]
    fn a_text_stays_on_one_line_and_has_an_end() {
        assert_eq!(clean("a\r\nb\u{1b}[31mc", "x y"), "a  b [31mc");
        assert_eq!(clean(&"é".repeat(10_000), "x y"), "é".repeat(512));
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
        assert_eq!(fields.suffix().to_string(), ": a x, y: b z: c : d w");
    }
}
