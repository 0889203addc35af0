//! Whether the clock is right.

use std::io;

use quiltt_session::{TimeError, UnixTime};

use crate::{output::Mark, report::Report};

/// What can be said of a clock without another one.
pub(crate) fn check(now: Result<UnixTime, TimeError>, report: &mut Report) -> io::Result<Option<UnixTime>> {
    report.section("clock")?;
    match now {
        Ok(now) => {
            let text = format!("{now}, not checked here; compare: curl -sI https://auth.quiltt.io | grep -i ^date");
            report.add(Mark::Note, &text)?;
        }
        Err(error) => report.add(Mark::Fail, &error.to_string())?,
    }
    Ok(now.ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_was_never_set_fails_the_check() {
        let verdict = |now| {
            let mut report = Report::default();
            assert!(check(now, &mut report).is_ok());
            report.verdict()
        };
        assert!(verdict(UnixTime::now()).is_ok());
        let unset = TimeError::ClockUnset { found: UnixTime::EPOCH };
        assert!([unset, TimeError::BeforeEpoch].iter().all(|&error| verdict(Err(error)).is_err()));
    }
}
