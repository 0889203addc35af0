//! A list of profiles: one id a line, or a column of a CSV file.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, Read},
    path::Path,
};

use quiltt_session::ProfileId;

use crate::{
    failure::Failure,
    line::{UTF_16, is_utf16, without_ending},
    output,
};

/// Reads the file, or standard input for `-`; reports each bad line with its number.
pub(crate) fn read(path: &Path, column: Option<&str>, skip_invalid: bool) -> Result<Vec<ProfileId>, Failure> {
    let failed = |error| Failure::Failed(format!("cannot read the profiles: {error}; check --profiles-from"));
    let list = if path == Path::new("-") {
        List::read(io::stdin().lock(), column)
    } else {
        File::open(path).map(BufReader::new).and_then(|file| List::read(file, column))
    };
    list.map_err(failed)?.check(skip_invalid)
}

/// Bad lines that are reported one by one.
const MOST_REPORTED: usize = 20;

/// A list as far as it was read.
#[derive(Default)]
struct List {
    profiles: Vec<ProfileId>,
    /// What is wrong with the first bad lines.
    complaints: Vec<String>,
    bad: usize,
    /// Whether a bad line looks like one of a CSV file.
    is_csv: bool,
}

impl List {
    fn read(mut file: impl BufRead, column: Option<&str>) -> io::Result<Self> {
        let mut list = Self::default();
        let mut line = Vec::new();
        let most_kept = if column.is_some() { MOST_KEPT_OF_CSV } else { MOST_KEPT };
        let mut place = None;
        // Blank lines are bad if others follow.
        let mut blank = 0;
        for number in 1_usize.. {
            if !read_line(&mut file, &mut line, most_kept)? {
                break;
            }
            if number == 1 && is_utf16(&line) {
                return Err(bad_list(format!("expected one id a line, found {UTF_16}")));
            }
            let text = without_ending(&line);
            let text = if number == 1 { text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text) } else { text };
            if let (Some(name), None) = (column, place) {
                let found = fields(text).iter().position(|field| field == name.as_bytes());
                place = Some(found.ok_or_else(|| no_column(name))?);
                continue;
            }
            if text.is_empty() {
                blank += 1;
                continue;
            }
            for number in number - blank..number {
                list.add(number, b"");
            }
            blank = 0;
            match place {
                Some(place) => list.add(number, fields(text).get(place).map_or(b"", Vec::as_slice)),
                None => list.add(number, text),
            }
        }
        Ok(list)
    }

    fn add(&mut self, number: usize, text: &[u8]) {
        match parse(text) {
            Ok(profile) => self.profiles.push(profile),
            Err(reason) => {
                self.is_csv |= text.iter().any(|byte| b",;\t".contains(byte));
                self.complain(number, &reason);
            }
        }
    }

    fn complain(&mut self, number: usize, reason: &str) {
        self.bad += 1;
        if self.bad <= MOST_REPORTED {
            self.complaints.push(format!("line {number}: {reason}"));
        }
    }

    /// The profiles, if all lines are good or the bad ones may be left out.
    fn check(self, skip_invalid: bool) -> Result<Vec<ProfileId>, Failure> {
        if self.bad == 0 {
            return Ok(self.profiles());
        }
        for complaint in &self.complaints {
            output::complain(format_args!("{complaint}"));
        }
        if self.bad > MOST_REPORTED {
            output::complain(format_args!("and so on"));
        }
        let (bad, all) = (self.bad, self.bad + self.profiles.len());
        if !skip_invalid {
            let advice = if self.is_csv {
                "give one id a line, or name the column of the CSV file with --column"
            } else {
                "mend them, or leave them out with --skip-invalid"
            };
            return Err(Failure::Failed(format!("{bad} of {all} lines are bad, so nothing was written: {advice}")));
        }
        output::complain(format_args!("warning: left out {bad} of {all} lines"));
        Ok(self.profiles())
    }

    fn profiles(self) -> Vec<ProfileId> {
        if self.profiles.is_empty() {
            output::complain(format_args!("warning: the list of profiles is empty, so nothing is minted"));
        }
        self.profiles
    }
}

/// What editors on Windows begin a file with.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// More bytes than any id has.
const LONGEST_LINE: usize = 64;
/// Such a line, the two characters that end it on Windows, and a byte order mark.
const MOST_KEPT: u64 = LONGEST_LINE as u64 + 5;
/// The longest line of a CSV file.
const MOST_KEPT_OF_CSV: u64 = 1 << 16;
/// What comes of a file without lines, such as `/dev/zero`, before it is given up.
const MOST_SKIPPED: u64 = 1 << 20;

/// Reads the next line, if there is one, with its end; of a line that is too long only the start is kept.
fn read_line(file: &mut impl BufRead, line: &mut Vec<u8>, most_kept: u64) -> io::Result<bool> {
    line.clear();
    file.take(most_kept).read_until(b'\n', line)?;
    if line.len() as u64 == most_kept && !line.ends_with(b"\n") {
        let skipped = file.take(MOST_SKIPPED).skip_until(b'\n')?;
        if skipped as u64 == MOST_SKIPPED {
            return Err(bad_list("a line has no end"));
        }
    }
    Ok(!line.is_empty())
}

fn no_column(name: &str) -> io::Error {
    bad_list(format!("expected a first line that names the column {name:?}, between commas, found none that does"))
}

fn bad_list(reason: impl Into<String>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, reason.into())
}

/// The fields of a line (RFC 4180), without the quotes around them; none goes on in the next line.
fn fields(line: &[u8]) -> Vec<Vec<u8>> {
    let mut fields = vec![vec![]];
    let mut is_quoted = false;
    for byte in line {
        match (byte, fields.last_mut()) {
            (b'"', _) => is_quoted = !is_quoted,
            (b',', _) if !is_quoted => fields.push(vec![]),
            (_, Some(field)) => field.push(*byte),
            (_, None) => {}
        }
    }
    fields
}

fn parse(text: &[u8]) -> Result<ProfileId, String> {
    if text.len() > LONGEST_LINE {
        return Err(format!("expected a profile id, found more than {LONGEST_LINE} bytes"));
    }
    let text = str::from_utf8(text).map_err(|_| "expected a profile id, found bytes that are not text".to_owned())?;
    text.parse().map_err(|error: quiltt_session::ParseIdError| error.to_string())
}
