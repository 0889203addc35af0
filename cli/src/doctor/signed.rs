//! What a token says: as it was signed, and as it reads.

use std::error::Error;

use quiltt_session::UntrustedToken;

use crate::as_signed;

/// Header, payload and claims of a token. The payload is there byte for byte, but for spaces that are counted.
pub(crate) fn content(token: &str) -> Result<String, Box<dyn Error>> {
    let token = UntrustedToken::parse(token)?;
    let header = str::from_utf8(token.untrusted_header_json())?;
    let payload = visible(str::from_utf8(token.untrusted_payload_json())?);
    let claims = serde_json::to_string_pretty(&as_signed::claims(&token, &token.untrusted_claims()?)?)?;
    Ok(format!("header {header}\npayload as signed {payload}\nclaims as they read {claims}"))
}

/// As many spaces as nobody counts on a screen.
const MANY: usize = 4;

/// The text with white space in words where it could not be seen.
fn visible(payload: &str) -> String {
    let mut text = String::with_capacity(payload.len());
    for run in payload.as_bytes().chunk_by(|left, right| left == right) {
        match run {
            [b' ', ..] if run.len() >= MANY => text.push_str(&format!("({} spaces)", run.len())),
            [b'\n', ..] => text.push_str(&"(newline)".repeat(run.len())),
            [b'\r', ..] => text.push_str(&"(carriage return)".repeat(run.len())),
            [b'\t', ..] => text.push_str(&"(tab)".repeat(run.len())),
            // A payload is ASCII.
            _ => text.extend(run.iter().copied().map(char::from)),
        }
    }
    text
}
