//! Whether the clock is right.

use std::io;

use quiltt_session::{TimeError, UnixTime};

use crate::{output::Mark, report::Report};

/// 2025-01-01: no clock that is right shows less.
const EARLIEST: u64 = 1_735_689_600;

/// What can be said of a clock without another one.
pub(crate) fn check(now: Result<UnixTime, TimeError>, report: &mut Report) -> io::Result<Option<UnixTime>> {
    report.section("clock")?;
    match now {
        Ok(now) if now.as_secs() < EARLIEST => {
            report.add(Mark::Fail, &format!("{now}: the clock was never set; set it, best with NTP"))?;
        }
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
    use crate::failure::Failure;

    #[test]
    fn a_clock_that_was_never_set_fails_the_check() {
        let verdict = |clocks: &[_]| {
            let mut report = Report::default();
            clocks.iter().for_each(|&now| assert!(check(now, &mut report).is_ok()));
            report.verdict()
        };
        assert!(verdict(&[UnixTime::from_secs(EARLIEST)]).is_ok());
        let wrong = [UnixTime::from_secs(EARLIEST - 1), Ok(UnixTime::EPOCH), Err(TimeError::BeforeEpoch)];
        assert!(wrong.iter().all(|&now| verdict(&[now]).is_err()));
        let Err(Failure::Failed(reason)) = verdict(&wrong) else { panic!("three checks failed") };
        assert!(reason.starts_with("3 checks failed"), "{reason}");
    }
}
