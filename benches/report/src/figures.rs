//! Criterion's figures.

use std::{
    error::Error,
    fs,
    path::{Path, PathBuf},
};

use serde_json::Value;
use time::{Date, OffsetDateTime};

/// The figures of one bench.
pub(crate) struct Figures {
    folder: PathBuf,
    command: &'static str,
}

impl Figures {
    /// The figures in criterion's folder, which `command` makes.
    pub(crate) const fn new(folder: PathBuf, command: &'static str) -> Self {
        Self { folder, command }
    }

    /// Whether a case was measured.
    pub(crate) fn has(&self, case: &str) -> bool {
        self.folder_of(case).exists()
    }

    /// The median time of one token of a case such as `batch/sizes/8`, in nanoseconds.
    pub(crate) fn time(&self, case: &str) -> Result<f64, Box<dyn Error>> {
        let folder = self.folder_of(case);
        let time = self.number(case, &folder.join("estimates.json"), "/median/point_estimate")?;
        let tokens = self.number(case, &folder.join("benchmark.json"), "/throughput/Elements")?;
        Ok(time / tokens)
    }

    /// The day on which a case was measured.
    pub(crate) fn date(&self, case: &str) -> Result<Date, Box<dyn Error>> {
        let file = fs::metadata(self.folder_of(case).join("estimates.json")).map_err(|_| self.missing(case))?;
        Ok(OffsetDateTime::from(file.modified()?).date())
    }

    /// Criterion has a folder for the group, one in it for the case, whose slashes it writes as underscores, and one in that for
    /// the run: behind an `@` of the case, the name that `--save-baseline` gave, or `new` for the last one.
    fn folder_of(&self, case: &str) -> PathBuf {
        let (case, run) = case.split_once('@').unwrap_or((case, "new"));
        let (group, name) = case.split_once('/').unwrap_or((case, ""));
        self.folder.join(group).join(name.replace('/', "_")).join(run)
    }

    fn number(&self, case: &str, file: &Path, pointer: &str) -> Result<f64, Box<dyn Error>> {
        let json = fs::read(file).map_err(|_| self.missing(case))?;
        let json: Value = serde_json::from_slice(&json).map_err(|error| format!("{}: {error}", file.display()))?;
        let number = json.pointer(pointer).and_then(Value::as_f64).filter(|&number| number > 0.0);
        number.ok_or_else(|| format!("{}: expected a number at {pointer}, found none", file.display()).into())
    }

    fn missing(&self, case: &str) -> String {
        format!("expected figures of {case} in {}, found none: run `{}` first", self.folder.display(), self.command)
    }
}
