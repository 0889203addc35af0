//! What Quiltt says when it refuses: read as far as it can be, and made fit for a log.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::redaction::clean;

/// What came with an error status: Quiltt's message, what to do about it, and the id under which its support finds it.
///
/// Each is `None` if the body did not have it, as that of a proxy. Text is cut at 512 characters, and has neither
/// control nor format characters nor anything that looks like a token. The credential of the call is taken out, and with it
/// the word in which it stands percent-encoded, in base64 or in hexadecimal.
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
/// Text is made fit for a log as that of a [`Refusal`]. All of it is here; the text of the error has eight fields at most,
/// and 128 characters of each.
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
pub struct FieldMessages {
    fields: BTreeMap<String, Vec<String>>,
    /// What came instead, as with any other status.
    refusal: Refusal,
}

impl FieldMessages {
    /// What is wrong with this field, by its name on the wire such as `dateOfBirth`; nothing if it was not named.
    #[must_use]
    pub fn of(&self, field: &str) -> &[String] {
        self.fields.get(field).map(Vec::as_slice).unwrap_or_default()
    }

    /// All fields that were named, with what is wrong with each, in the order of the names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[String])> {
        self.fields.iter().map(|(field, messages)| (field.as_str(), messages.as_slice()))
    }

    /// What Quiltt said of the request as a whole, where it named no fields.
    #[must_use]
    pub const fn refusal(&self) -> &Refusal {
        &self.refusal
    }

    /// Reads `{"field": ["message", …]}`, and `{"field": "message"}` as well; or `{"message": "…"}`, which names no field.
    pub(crate) fn read(body: &[u8], credential: &str) -> Self {
        let refusal = Refusal::read(body, credential);
        if refusal.message.is_some() {
            return Self { fields: BTreeMap::new(), refusal };
        }
        let messages = |value: &Value| match value {
            Value::Array(messages) => {
                messages.iter().filter_map(Value::as_str).map(|text| clean(text, credential)).collect()
            }
            Value::String(message) => vec![clean(message, credential)],
            _ => vec![],
        };
        let fields = object(body).iter().map(|(field, value)| (clean(field, credential), messages(value))).collect();
        Self { fields, refusal: Refusal::default() }
    }

    /// The same for an error's text, as far as a reader follows.
    pub(crate) fn in_words(&self) -> String {
        if self.refusal.message.is_some() {
            return format!("expected a request that Quiltt takes, found it refused (422){}", self.refusal.suffix());
        }
        format!("expected attributes that Quiltt takes, found others (422){}", self.suffix())
    }

    fn suffix(&self) -> String {
        let field = |(field, messages): (&str, &[String])| shortened(&format!(": {field} {}", messages.join(", ")));
        let named = self.iter().take(MAX_FIELDS).map(field).collect();
        match self.fields.len().saturating_sub(MAX_FIELDS) {
            0 => named,
            more => format!("{named} … and {more} more"),
        }
    }
}

/// Most fields that an error's text names; no request has more.
const MAX_FIELDS: usize = 8;
/// Most characters of a field with its messages in an error's text.
const MAX_FIELD_CHARACTERS: usize = 128;

fn shortened(text: &str) -> String {
    match text.char_indices().nth(MAX_FIELD_CHARACTERS) {
        Some((end, _)) => format!("{}…", text.split_at(end).0),
        None => text.to_owned(),
    }
}

/// A body of another form says nothing: that Quiltt refused is known without it.
fn object(body: &[u8]) -> Map<String, Value> {
    serde_json::from_slice(body).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

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
        assert_eq!(suffix("é".repeat(125)), format!(": a {}…", "é".repeat(124)));
        assert_eq!(
            FieldMessages::read(format!(r#"{{"a":"{}"}}"#, "b".repeat(500)).as_bytes(), "secret").of("a")[0].len(),
            500
        );
    }
}
