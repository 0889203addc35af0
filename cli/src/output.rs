//! Results go to standard output, everything else to standard error.

use std::{
    fmt,
    io::{self, Write},
};

use anstyle::{AnsiColor, Style};
use serde::Serialize;

/// Writes a value as one line of JSON that is safe for a terminal.
pub(crate) fn print_json(value: &impl Serialize) -> io::Result<()> {
    print(printable(&serde_json::to_string(value)?) + "\n")
}

/// Writes text, all of it at once.
pub(crate) fn print(text: impl AsRef<[u8]>) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(text.as_ref())?;
    stdout.flush()
}

/// Turns the error of a closed pipe into success: that a reader such as `head` has read enough does not change the verdict.
pub(crate) fn unless_closed(written: io::Result<()>) -> io::Result<()> {
    written.or_else(|error| if error.kind() == io::ErrorKind::BrokenPipe { Ok(()) } else { Err(error) })
}

/// Writes text with colours, unless it goes to a file or pipe or `NO_COLOR` is set.
pub(crate) fn print_styled(text: &str) -> io::Result<()> {
    let mut stdout = anstream::stdout().lock();
    stdout.write_all(text.as_bytes())?;
    stdout.flush()
}

/// Writes a line to standard error; nothing can be said about a standard error that is closed.
pub(crate) fn complain(line: fmt::Arguments<'_>) {
    let _ = writeln!(anstream::stderr().lock(), "{line}");
}

/// Makes text of unknown origin safe for a terminal: everything but visible ASCII becomes a JSON escape, and the white
/// space that JSON allows between its parts a space. So JSON stays the JSON it was.
pub(crate) fn printable(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            ' '..='~' => safe.push(character),
            '\t' | '\n' | '\r' => safe.push(' '),
            _ => character.encode_utf16(&mut [0; 2]).iter().for_each(|unit| safe.push_str(&format!("\\u{unit:04x}"))),
        }
    }
    safe
}

/// The outcome of a check, as the first word of its line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Mark {
    /// The check found nothing wrong.
    Pass,
    /// The check found a fault.
    Fail,
    /// For the reader to judge.
    Note,
}

/// Whether the check passes.
impl From<bool> for Mark {
    fn from(passes: bool) -> Self {
        if passes { Self::Pass } else { Self::Fail }
    }
}

/// Four characters wide, with a colour for [`print_styled`].
impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (word, color) = match self {
            Self::Pass => ("pass", AnsiColor::Green),
            Self::Fail => ("FAIL", AnsiColor::Red),
            Self::Note => ("note", AnsiColor::Yellow),
        };
        let style = color.on_default();
        write!(f, "{style}{word}{style:#}")
    }
}

/// A title in bold.
pub(crate) struct Title(pub(crate) &'static str);

impl fmt::Display for Title {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let style = Style::new().bold();
        write!(f, "{style}{}{style:#}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_but_visible_ascii_reaches_a_terminal() {
        assert_eq!(printable("{\"a b\":\"~\"}"), "{\"a b\":\"~\"}");
        assert_eq!(printable("\u{1b}[2J\u{7f}\u{9b}\u{202e}\r\n"), "\\u001b[2J\\u007f\\u009b\\u202e  ");
        assert_eq!(printable("😀"), "\\ud83d\\ude00");
    }
}
