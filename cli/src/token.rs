//! Where a command finds the token it is about: an argument, or standard input.

use std::io::{self, IsTerminal, Read};

use clap::Args;
use quiltt_session::{ParseTokenError, UnixTime, UntrustedToken, VerifyError};
use serde_json::{Map, Value};

use crate::{
    duration,
    failure::Failure,
    output::{self, printable},
};

/// The token in question.
#[derive(Args, Debug)]
pub(crate) struct TokenArgument {
    /// The token; without it or with `-`, standard input, less one newline (LF or CRLF) at its end. Other users of the
    /// machine can read an argument, so pipe a token that is still valid
    #[arg(value_name = "TOKEN")]
    token: Option<String>,
}

impl TokenArgument {
    /// The text that should be a token.
    pub(crate) fn read(&self) -> Result<String, Failure> {
        match self.token.as_deref() {
            None | Some("-") => read_stdin(),
            Some(token) => Ok(token.to_owned()),
        }
    }
}

/// Says what to do about a text that is no token: names a usual slip if the text shows one, else the error.
pub(crate) fn explain(text: &str, error: &ParseTokenError) -> String {
    let lower = text.to_ascii_lowercase();
    let is_cookie = text.contains(';') || text.split_once('=').is_some_and(|(name, _)| !name.contains('.'));
    let slips = [
        (text.is_empty(), "give a token as the argument or on standard input"),
        (text.len() > UntrustedToken::MAX_LENGTH, ONE_TOKEN),
        (text.starts_with('\u{feff}'), "remove the byte order mark before it"),
        (lower.contains("authorization:"), "give what stands behind \"Authorization: Bearer \", not the whole line"),
        (text.trim() != text, "remove the white space around it"),
        (is_token_without(text, char::is_whitespace), "remove the line breaks and spaces inside it: it was wrapped"),
        (lower.starts_with("bearer "), "leave \"Bearer \" out"),
        (text.starts_with('{'), "give the value of \"token\", not the whole session (jq -r .token)"),
        (text.starts_with(['"', '\'']), "remove the quotes around it"),
        (lower.contains("%2e"), "decode it first: %2E stands for a dot in URLs"),
        (is_cookie, "give the value of the cookie: what stands behind = and before ;"),
        (is_token_without(text, |it| it == '='), "remove the padding: no segment of a token ends with = (RFC 7515 §2)"),
    ];
    let advice = slips.into_iter().find_map(|(is_seen, advice)| is_seen.then_some(advice));
    let advice = advice.unwrap_or("check that the whole token was copied");
    format!("{error}: {advice}")
}

fn is_token_without(text: &str, is_extra: fn(char) -> bool) -> bool {
    let rest = text.replace(is_extra, "");
    rest != text && UntrustedToken::parse(&rest).is_ok()
}

/// Says what to do about a token that is refused, but not for its signature.
pub(crate) fn explain_refusal(text: &str, error: &VerifyError, now: UnixTime) -> String {
    let advice = match error {
        VerifyError::Token(error) if UntrustedToken::parse(text).is_err() => return explain(text, error),
        VerifyError::Token(ParseTokenError::MissingClaim("nbf")) => {
            // The library names its own method.
            return "expected the claim \"nbf\", found none: have it signed, or begin at its `iat` with \
                    --allow-missing-not-before"
                .to_owned();
        }
        VerifyError::Token(_) | VerifyError::NoUser => "see `quiltt-session inspect`",
        VerifyError::Expired { .. } => "mint a new one, or check an earlier time with --at",
        VerifyError::NotYetValid { valid_from } => {
            let ahead = duration::in_words(valid_from.duration_since(now).unwrap_or_default());
            return format!(
                "{error}, {ahead} ahead of {now}: compare the two clocks; \
                 allow a difference with --leeway, or mint with --backdate"
            );
        }
        VerifyError::NeverValid => "its times contradict each other: see `quiltt-session inspect`",
        VerifyError::LifetimeTooLong { .. } => "have it minted for less, or allow more with --max-lifetime",
        _ => return format!("{error}{}", found(text, error)),
    };
    format!("{error}: {advice}")
}

/// Says why a token with a bad signature was never a session of Quiltt's, if header or claims show that.
pub(crate) fn no_session_of_quiltts(text: &str) -> Option<String> {
    const NAMES: [&str; 6] = ["ver", "uid", "did", "cid", "oid", "eid"];

    let token = UntrustedToken::parse(text).ok()?;
    let header: Map<String, Value> = serde_json::from_slice(token.untrusted_header_json()).ok()?;
    match header.get("alg") {
        Some(Value::String(algorithm)) if algorithm == "HS512" => {}
        Some(Value::String(other)) => return Some(format!("the header says {}", printable(&shortened(other)))),
        _ => return Some("the header names no algorithm".to_owned()),
    }
    let claims: Map<String, Value> = serde_json::from_slice(token.untrusted_payload_json()).ok()?;
    let has_one = NAMES.iter().any(|&name| claims.contains_key(name));
    (!has_one).then(|| format!("it has none of Quiltt's claims {}", NAMES.join(", ")))
}

/// Enough of a stranger's text to know it again.
fn shortened(text: &str) -> String {
    text.chars().take(24).collect()
}

/// Says what the token has instead of the expected claim. The signature is good, so the text is no stranger's.
fn found(text: &str, error: &VerifyError) -> String {
    let Ok(claims) = UntrustedToken::parse(text).and_then(|token| token.untrusted_claims()) else {
        return String::new();
    };
    let (found, option) = match error {
        VerifyError::WrongIssuer => (Some(claims.issuer().to_owned()), "--issuer"),
        VerifyError::WrongAudience => (Some(claims.audience().to_owned()), "--audience"),
        VerifyError::WrongVersion => (Some(claims.version().to_string()), "--token-version"),
        VerifyError::WrongEnvironment => (id(claims.environment_id()), "--environment"),
        VerifyError::WrongApiKey => (id(claims.api_key_id()), "--api-key"),
        VerifyError::WrongOrganization => (id(claims.organization_id()), "--organization"),
        _ => return String::new(),
    };
    let found = found.map_or_else(|| "none".to_owned(), |found| printable(&found));
    format!(", found {found}: check what {option} should be, and how the token was minted")
}

fn id(id: Option<impl ToString>) -> Option<String> {
    id.map(|id| id.to_string())
}

const ONE_TOKEN: &str = "give one token and nothing else";

/// A token, the two characters that end a line on Windows, and one byte more to see that there is more.
const MOST_READ: usize = UntrustedToken::MAX_LENGTH + 3;

/// How the terminal is told that nothing follows.
const END_OF_INPUT: &str = if cfg!(windows) { "Enter, Ctrl-Z and Enter" } else { "Enter and Ctrl-D" };

fn read_stdin() -> Result<String, Failure> {
    if io::stdin().is_terminal() {
        output::complain(format_args!("reading the token from the terminal: paste it, then press {END_OF_INPUT}"));
    }
    let mut bytes = Vec::new();
    let read = io::stdin().lock().take(MOST_READ as u64).read_to_end(&mut bytes);
    read.map_err(|error| Failure::Failed(format!("cannot read standard input: {error}")))?;
    if is_utf16(&bytes) {
        return Err(Failure::Failed(format!("expected a token, found {}", UTF_16)));
    }
    if bytes.len() == MOST_READ {
        return Err(Failure::Failed(format!(
            "expected a token of at most {} characters, found more: {ONE_TOKEN}",
            UntrustedToken::MAX_LENGTH
        )));
    }
    let text = str::from_utf8(without_ending(&bytes)).ok().filter(|text| !text.contains('\0'));
    let text = text.ok_or_else(|| Failure::Failed("expected a token, found bytes that are not text".to_owned()))?;
    Ok(text.to_owned())
}

/// Returns the line without the LF or CRLF at its end.
pub(crate) fn without_ending(line: &[u8]) -> &[u8] {
    let Some(line) = line.strip_suffix(b"\n") else { return line };
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// Whether the bytes begin with UTF-16's byte order mark, or are ASCII characters of two bytes each.
pub(crate) fn is_utf16(bytes: &[u8]) -> bool {
    let is_wide = |first: usize| bytes.iter().skip(first).step_by(2).all(|byte| *byte == 0);
    matches!(bytes, [0xff, 0xfe, _, ..] | [0xfe, 0xff, _, ..]) || bytes.len() > 3 && is_wide(0) != is_wide(1)
}

/// Names the encoding of such bytes, and the way out.
pub(crate) const UTF_16: &str =
    "UTF-16, as PowerShell's > writes it: write the file with Set-Content -Encoding ascii, or use a pipe";
