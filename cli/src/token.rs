//! Where a command finds the token it is about: an argument, or standard input.

use std::io::{self, IsTerminal, Read};

use clap::Args;
use quiltt_session::{ParseTokenError, UntrustedToken, VerifyError};

use crate::{failure::Failure, output, settings::SecretSettings};

/// The token in question.
#[derive(Args, Debug)]
pub(crate) struct TokenArgument {
    /// The token; without it or with `-`, standard input, less one newline at its end. Other users of the machine can
    /// read an argument, so pipe a token that is still valid
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

/// What to do about a text that is no token: the slips that people make, then the error itself.
pub(crate) fn explain(text: &str, error: &ParseTokenError) -> String {
    let advice = if text.is_empty() {
        "give a token as the argument or on standard input"
    } else if text.len() > UntrustedToken::MAX_LENGTH {
        ONE_TOKEN
    } else if text.trim() != text {
        "remove the white space around it"
    } else if text.get(..7).is_some_and(|scheme| scheme.eq_ignore_ascii_case("bearer ")) {
        "leave \"Bearer \" out"
    } else if text.starts_with('{') {
        "give the value of \"token\", not the whole session (jq -r .token)"
    } else if text.starts_with(['"', '\'']) {
        "remove the quotes around it"
    } else {
        "check that the whole token was copied"
    };
    format!("{error}: {advice}")
}

/// What to do about a token that is refused.
pub(crate) fn explain_refusal(text: &str, error: &VerifyError, secret: &SecretSettings) -> String {
    let advice = match error {
        VerifyError::Token(error) if UntrustedToken::parse(text).is_err() => return explain(text, error),
        VerifyError::Token(_) | VerifyError::NoUser => "see `quiltt-session inspect`",
        VerifyError::BadSignature if secret.is_demo() => {
            "the token was signed with another secret than the demo secret, or changed since"
        }
        VerifyError::BadSignature => {
            "the token was signed with another secret or changed since, or --secret-encoding is wrong"
        }
        VerifyError::Expired { .. } => "mint a new one, or check an earlier time with --at",
        VerifyError::NotYetValid { .. } => "compare the two clocks, or allow a difference with --leeway",
        VerifyError::NeverValid => "its times contradict each other: see `quiltt-session inspect`",
        VerifyError::WrongIssuer => "pass the issuer that you expect with --issuer",
        VerifyError::WrongAudience => "pass the audience that you expect with --audience",
        VerifyError::WrongEnvironment => {
            "it is for another than --environment, a sandbox perhaps, or names none: see `quiltt-session inspect`"
        }
        VerifyError::WrongApiKey => "it names another than --api-key, or none: see `quiltt-session inspect`",
        VerifyError::WrongOrganization => "it names another than --organization, or none: see `quiltt-session inspect`",
        VerifyError::LifetimeTooLong { .. } => "have it minted for less, or allow more with --max-lifetime",
        _ => return error.to_string(),
    };
    format!("{error}: {advice}")
}

const ONE_TOKEN: &str = "give one token and nothing else";

/// A token, the newline that `echo` adds to it, and one byte more to see that there is more.
const MOST_READ: usize = UntrustedToken::MAX_LENGTH + 2;

fn read_stdin() -> Result<String, Failure> {
    if io::stdin().is_terminal() {
        output::complain(format_args!("reading the token from the terminal: paste it, then press Enter and Ctrl-D"));
    }
    let mut bytes = Vec::new();
    let read = io::stdin().lock().take(MOST_READ as u64).read_to_end(&mut bytes);
    read.map_err(|error| Failure::Failed(format!("cannot read standard input: {error}")))?;
    if bytes.len() == MOST_READ {
        return Err(Failure::Failed(format!(
            "expected a token of at most {} characters, found more: {ONE_TOKEN}",
            UntrustedToken::MAX_LENGTH
        )));
    }
    if bytes.last() == Some(&b'\n') {
        bytes.pop();
    }
    String::from_utf8(bytes).map_err(|_| Failure::Failed("expected a token, found bytes that are not text".to_owned()))
}
