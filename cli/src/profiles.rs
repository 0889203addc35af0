//! A list of profiles: one id a line.

use std::{
    fs::File,
    io::{self, BufRead, BufReader},
    path::Path,
};

use quiltt_session::ProfileId;

use crate::{failure::Failure, output};

/// Reads the file, or standard input for `-`; reports each bad line with its number.
pub(crate) fn read(path: &Path, skip_invalid: bool) -> Result<Vec<ProfileId>, Failure> {
    let failed = |error| Failure::Failed(format!("cannot read the profiles: {error}; check --profiles-from"));
    let list = if path == Path::new("-") {
        List::read(io::stdin().lock())
    } else {
        File::open(path).map(BufReader::new).and_then(List::read)
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
}

impl List {
    fn read(mut file: impl BufRead) -> io::Result<Self> {
        let mut list = Self::default();
        let mut line = Vec::new();
        for number in 1_usize.. {
            line.clear();
            if file.read_until(b'\n', &mut line)? == 0 {
                break;
            }
            match parse(&line) {
                Ok(profile) => list.profiles.push(profile),
                Err(reason) => list.complain(number, &reason),
            }
        }
        Ok(list)
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
            return Ok(self.profiles);
        }
        for complaint in &self.complaints {
            output::complain(format_args!("{complaint}"));
        }
        if self.bad > MOST_REPORTED {
            output::complain(format_args!("and so on"));
        }
        let (bad, all) = (self.bad, self.bad + self.profiles.len());
        if !skip_invalid {
            return Err(Failure::Failed(format!(
                "{bad} of {all} lines are bad, so nothing was written: mend them, or leave them out with --skip-invalid"
            )));
        }
        output::complain(format_args!("warning: left out {bad} of {all} lines"));
        Ok(self.profiles)
    }
}

/// Reads one line, whose end may be a line feed, both characters of Windows, or the end of the file.
fn parse(line: &[u8]) -> Result<ProfileId, String> {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let text = str::from_utf8(line).map_err(|_| "expected a profile id, found bytes that are not text".to_owned())?;
    text.parse().map_err(|error: quiltt_session::ParseIdError| error.to_string())
}
