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
        output::print_styled(&format!("{blank_line}{}\n", Title(title)))
    }

    pub(crate) fn add(&mut self, outcome: Mark, text: &str) -> io::Result<()> {
        if outcome == Mark::Fail {
            self.failures += 1;
        }
        output::print_styled(&format!("  {outcome}  {text}\n"))
    }

    /// Fails if a check did.
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
