//! What `doctor` writes: sections of checks, each with its outcome.

use std::io;

use crate::{
    failure::Failure,
    output::{self, Mark, Title},
};

/// Writes the outcome of each check as it comes, and counts the failures.
#[derive(Debug, Default)]
pub(crate) struct Report {
    sections: usize,
    failures: usize,
}

impl Report {
    pub(crate) fn section(&mut self, title: &'static str) -> io::Result<()> {
        let blank_line = if self.sections == 0 { "" } else { "\n" };
        self.sections += 1;
        self.line(&format!("{blank_line}{}", Title(title)))
    }

    pub(crate) fn add(&mut self, outcome: Mark, text: &str) -> io::Result<()> {
        if outcome == Mark::Fail {
            self.failures += 1;
        }
        self.line(&format!("  {outcome}  {text}"))
    }

    /// Writes a line that is no check. If nobody reads any more, the checks still go on, since the exit code is their verdict.
    pub(crate) fn line(&self, text: &str) -> io::Result<()> {
        output::unless_closed(output::print_styled(&format!("{text}\n")))
    }

    /// Returns a failure if a check failed.
    pub(crate) fn verdict(self) -> Result<(), Failure> {
        match self.failures {
            0 => Ok(()),
            1 => Err(Failure::Failed("1 check failed: mend what is marked FAIL, then run this again".to_owned())),
            many => {
                Err(Failure::Failed(format!("{many} checks failed: mend what is marked FAIL, then run this again")))
            }
        }
    }
}
