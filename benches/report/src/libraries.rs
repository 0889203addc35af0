//! The libraries that the bench `peers` compares, and their times.

use std::{error::Error, fs, path::Path};

use crate::figures::Figures;

/// One library's time for a session.
pub(crate) struct Row {
    /// The crate, with its version unless the crate is ours.
    pub(crate) library: String,
    /// The function or back end that is used.
    pub(crate) how: &'static str,
    /// A difference from the other rows, or nothing.
    pub(crate) note: &'static str,
    pub(crate) nanoseconds: f64,
    /// `nanoseconds` divided by quiltt-session's.
    pub(crate) ratio: f64,
}

impl Row {
    pub(crate) fn is_ours(&self) -> bool {
        self.library == OURS
    }

    pub(crate) fn is_another_token(&self) -> bool {
        self.note == ANOTHER_TOKEN
    }
}

const OURS: &str = "quiltt-session";
const ANOTHER_TOKEN: &str = "another token: HS256, no session id, fewer claims";

/// A case of the bench, the function or back end that is used, and a note.
pub(crate) type Case = (&'static str, &'static str, &'static str);

/// Compared with `mint_into`.
pub(crate) const MINTING: [Case; 10] = [
    ("peers/quiltt-session/into", "`mint_into`", ""),
    ("peers/quiltt-session/mint", "`mint`", ""),
    ("peers/quiltt-session/batch", "`mint_batch` of 1000", ""),
    ("peers/jsonwebtoken-12", "`rust_crypto`", ""),
    ("peers/jsonwebtoken-11", "`rust_crypto`", ""),
    ("peers/jsonwebtoken-10", "`aws_lc_rs`", ""),
    ("peers/jwt-simple", "`hmac-sha512`", ""),
    ("peers/jwt-compact", "`sha2`", ""),
    ("peers/oxitoken", "`aws-lc-rs`", ""),
    ("peers/livekit-api", "`AccessToken`", ANOTHER_TOKEN),
];

/// Compared with our `verify`. The note names the claims that our verifier checks and the other does not.
pub(crate) const VERIFYING: [Case; 8] = [
    ("peers_verify/quiltt-session", "`verify`", ""),
    ("peers_verify/quiltt-session/own", "`verify`, tokens of one signer", ""),
    ("peers_verify/jsonwebtoken-12", "`rust_crypto`", "`iat`"),
    ("peers_verify/jsonwebtoken-11", "`rust_crypto`", "`iat`"),
    ("peers_verify/jsonwebtoken-10", "`aws_lc_rs`", "`iat`"),
    ("peers_verify/jwt-simple", "`hmac-sha512`", ""),
    ("peers_verify/jwt-compact", "`sha2`", "`iat`; issuer and audience, which the bench compares"),
    ("peers_verify/oxitoken", "`aws-lc-rs`", "`iat`, unless asked to"),
];

/// The rows of these cases, the fastest first; the ratios are to the first case.
pub(crate) fn rows(peers: &Figures, lock: &Lock, cases: &[Case]) -> Result<Vec<Row>, Box<dyn Error>> {
    let times = cases.iter().map(|&(case, ..)| peers.time(case)).collect::<Result<Vec<_>, _>>()?;
    let mut rows = Vec::new();
    for (&(case, how, note), &nanoseconds) in cases.iter().zip(&times) {
        let library = lock.with_version(case.split('/').nth(1).unwrap_or(case))?;
        rows.push(Row { library, how, note, nanoseconds, ratio: nanoseconds / times[0] });
    }
    rows.sort_by(|a, b| a.nanoseconds.total_cmp(&b.nanoseconds));
    Ok(rows)
}

/// The packages in a `Cargo.lock`: name and version.
pub(crate) struct Lock(Vec<(String, String)>);

impl Lock {
    pub(crate) fn read(file: &Path) -> Result<Self, Box<dyn Error>> {
        let text = fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
        // Cargo writes a package's version on the line after its name.
        let lines = text.lines().zip(text.lines().skip(1));
        let value = |line: &str, key: &str| Some(line.strip_prefix(key)?.strip_suffix('"')?.to_owned());
        let package = |(name, version)| Some((value(name, "name = \"")?, value(version, "version = \"")?));
        Ok(Self(lines.filter_map(package).collect()))
    }

    /// The bench's name of a library, such as `jsonwebtoken-11`, as a crate with its version: `jsonwebtoken 11.1.0`.
    fn with_version(&self, library: &str) -> Result<String, String> {
        if library == OURS {
            return Ok(library.to_owned());
        }
        let numbered = library.rsplit_once('-').filter(|(_, major)| major.parse::<u64>().is_ok());
        let (name, major) = numbered.unwrap_or((library, ""));
        let is_it = |(found, version): &&(String, String)| found == name && version.starts_with(major);
        let (_, version) =
            self.0.iter().find(is_it).ok_or_else(|| format!("no {library} in benches/peers/Cargo.lock"))?;
        Ok(format!("{name} {version}"))
    }
}
