//! Programs of this build, which an emulator may have to run.

use std::{env, ffi::OsStr, process::Command};

/// The program at this path, run by itself or by the command line in `QUILTT_TEST_RUNNER`: that of cargo's own runner, such
/// as `qemu-aarch64 -L /usr/aarch64-linux-gnu`, whose words spaces separate.
pub(crate) fn program(path: impl AsRef<OsStr>) -> Command {
    let runner = env::var("QUILTT_TEST_RUNNER").unwrap_or_default();
    let mut words = runner.split_whitespace();
    let Some(emulator) = words.next() else { return Command::new(path) };
    let mut command = Command::new(emulator);
    command.args(words).arg(path);
    command
}
