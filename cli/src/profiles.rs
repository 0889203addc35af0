//! A list of profiles: one id a line, or a column of a CSV file.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, Read},
    ops::RangeInclusive,
    path::Path,
};

use csv::{ByteRecord, ReaderBuilder, Terminator};
use quiltt_session::ProfileId;

use crate::{
    failure::Failure,
    output,
    token::{UTF_16, is_utf16, without_ending},
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

/// The part of a list that was read so far.
#[derive(Default)]
struct List {
    profiles: Vec<ProfileId>,
    /// The faults of the first bad lines.
    complaints: Vec<String>,
    bad: usize,
    /// The last line that was judged, from 1 on.
    judged: u64,
    /// Whether a bad line looks like one of a CSV file.
    is_csv: bool,
}

impl List {
    fn read(mut file: impl BufRead, column: Option<&str>) -> io::Result<Self> {
        let mut start = Vec::new();
        file.by_ref().take(MOST_KEPT).read_to_end(&mut start)?;
        if start.split_inclusive(|byte| *byte == b'\n').next().is_some_and(is_utf16) {
            return Err(bad_list(format!("expected one id a line, found {UTF_16}")));
        }
        let file = start.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&start).chain(file);
        match column {
            Some(name) => Self::read_rows(file, name),
            None => Self::read_lines(file),
        }
    }

    fn read_lines(mut file: impl BufRead) -> io::Result<Self> {
        let (mut list, mut line) = (Self::default(), Vec::new());
        for number in 1.. {
            if !read_line(&mut file, &mut line)? {
                break;
            }
            match without_ending(&line) {
                b"" => {}
                text => list.add(number..=number, text),
            }
        }
        Ok(list)
    }

    /// Reads the column `name` of a CSV file. The first row has the names.
    fn read_rows(file: impl Read, name: &str) -> io::Result<Self> {
        // A line feed is put behind the last row, so that one ends every row, and tells which lines are the row's.
        let file = StrictCsv::new(file).chain(&b"\n"[..]);
        let mut settings = ReaderBuilder::new();
        settings.has_headers(false).flexible(true).terminator(Terminator::Any(b'\n'));
        let mut reader = settings.from_reader(file);
        let (mut list, mut place, mut row) = (Self::default(), None, ByteRecord::new());
        while reader.read_byte_record(&mut row)? {
            let last = reader.position().line() - 1;
            let lines_within = row.as_slice().iter().filter(|byte| **byte == b'\n').count() as u64;
            match place {
                None => (place, list.judged) = (Some(only_place(&row, name)?), last),
                // A blank line that ends as on Windows; other blank lines are no rows.
                Some(_) if row.as_slice() == b"\r" => {}
                Some(place) => list.add(last - lines_within..=last, row.get(place).map_or(b"", without_return)),
            }
        }
        if place.is_none() {
            return Err(no_column(name));
        }
        Ok(list)
    }

    /// Judges the text in these lines, and the blank lines before that text as bad ones.
    fn add(&mut self, lines: RangeInclusive<u64>, text: &[u8]) {
        for blank in self.judged + 1..*lines.start() {
            self.judge(blank, b"");
        }
        self.judge(*lines.start(), text);
        self.judged = *lines.end();
    }

    fn judge(&mut self, line: u64, text: &[u8]) {
        match parse(text) {
            Ok(profile) => self.profiles.push(profile),
            Err(reason) => {
                self.is_csv |= text.iter().any(|byte| b",;\t".contains(byte));
                self.complain(line, &reason);
            }
        }
    }

    fn complain(&mut self, line: u64, reason: &str) {
        self.bad += 1;
        if self.bad <= MOST_REPORTED {
            self.complaints.push(format!("line {line}: {reason}"));
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

/// The byte order mark with which editors on Windows begin a file.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// More bytes than any id has.
const LONGEST_LINE: usize = 64;
/// Bytes of the longest line with a byte order mark and a CRLF.
const MOST_KEPT: u64 = LONGEST_LINE as u64 + 5;
/// Bytes that are read of one line or row before the file, such as `/dev/zero`, is given up.
const LONGEST_READ: u64 = 1 << 20;

/// Reads the next line, if there is one, with its end; of a line that is too long only the start is kept.
fn read_line(file: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<bool> {
    line.clear();
    file.take(MOST_KEPT).read_until(b'\n', line)?;
    if line.len() as u64 == MOST_KEPT && !line.ends_with(b"\n") {
        let skipped = file.take(LONGEST_READ).skip_until(b'\n')?;
        if skipped as u64 == LONGEST_READ {
            return Err(bad_list("a line has no end"));
        }
    }
    Ok(!line.is_empty())
}

/// Returns the place of the column with this name, if there is exactly one.
fn only_place(names: &ByteRecord, name: &str) -> io::Result<usize> {
    let mut places = names.iter().enumerate().filter(|(_, found)| without_return(found) == name.as_bytes());
    match (places.next(), places.next()) {
        (Some((place, _)), None) => Ok(place),
        _ => Err(no_column(name)),
    }
}

fn no_column(name: &str) -> io::Error {
    bad_list(format!("expected a first line that names the column {name:?} once, between commas, found none that does"))
}

fn bad_list(reason: impl Into<String>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, reason.into())
}

/// Returns the last field of a row without the CR of its CRLF.
fn without_return(field: &[u8]) -> &[u8] {
    field.strip_suffix(b"\r").unwrap_or(field)
}

/// Reads CSV as RFC 4180 has it, and stops at the first violation. A lenient reader guesses what other quotes and line ends mean,
/// and a wrong guess turns a user's free text into a row.
struct StrictCsv<F> {
    file: F,
    place: Place,
    line: u64,
    /// The line in which the last quoted field began.
    opened: u64,
    /// Bytes of the row so far.
    length: u64,
}

/// The part of a row to which the last byte belongs.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Nothing yet: a field begins.
    Start,
    Bare,
    Quoted,
    /// A quote that closes the field, or the first of two that stand for one.
    Quote,
    /// The first of the two characters that end a line on Windows.
    Return,
}

impl<F> StrictCsv<F> {
    const fn new(file: F) -> Self {
        Self { file, place: Place::Start, line: 1, opened: 1, length: 0 }
    }

    fn pass(&mut self, byte: u8) -> io::Result<()> {
        let before = self.place;
        self.place = before.after(byte).map_err(|found| no_csv(self.line, found))?;
        if (before, self.place) == (Place::Start, Place::Quoted) {
            self.opened = self.line;
        }
        self.line += u64::from(byte == b'\n');
        let has_ended = byte == b'\n' && self.place == Place::Start;
        self.length = if has_ended { 0 } else { self.length + 1 };
        if self.length > LONGEST_READ { Err(bad_list("a line has no end")) } else { Ok(()) }
    }

    fn end(&self) -> io::Result<usize> {
        match self.place {
            Place::Quoted => Err(no_csv(self.opened, "a quote that is never closed")),
            Place::Return => Err(no_csv(self.line, LONE_RETURN)),
            Place::Start | Place::Bare | Place::Quote => Ok(0),
        }
    }
}

impl<F: Read> Read for StrictCsv<F> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.file.read(buffer)?;
        if length == 0 {
            return self.end();
        }
        buffer.iter().take(length).try_for_each(|byte| self.pass(*byte))?;
        Ok(length)
    }
}

impl Place {
    const fn after(self, byte: u8) -> Result<Self, &'static str> {
        Ok(match (self, byte) {
            (Self::Quoted, b'"') => Self::Quote,
            (Self::Quoted, _) | (Self::Start | Self::Quote, b'"') => Self::Quoted,
            (Self::Return, b'\n') => Self::Start,
            (Self::Return, _) => return Err(LONE_RETURN),
            (_, b',' | b'\n') => Self::Start,
            (_, b'\r') => Self::Return,
            (Self::Quote, _) => return Err("text behind a closing quote"),
            (Self::Bare, b'"') => return Err("a quote in the midst of a field"),
            (Self::Start | Self::Bare, _) => Self::Bare,
        })
    }
}

const LONE_RETURN: &str = "a carriage return without a line feed";

fn no_csv(line: u64, found: &str) -> io::Error {
    bad_list(format!("line {line}: expected CSV as in RFC 4180, found {found}"))
}

fn parse(text: &[u8]) -> Result<ProfileId, String> {
    if text.len() > LONGEST_LINE {
        return Err(format!("expected a profile id, found more than {LONGEST_LINE} bytes"));
    }
    let text = str::from_utf8(text).map_err(|_| "expected a profile id, found bytes that are not text".to_owned())?;
    text.parse().map_err(|error: quiltt_session::ParseIdError| error.to_string())
}
