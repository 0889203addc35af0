//! Programs of this build, which an emulator may have to run.

#![allow(dead_code, reason = "each of the programs that include this uses its share")]

use std::{env, ffi::OsStr, process::Command};

/// Returns the program at `path`, run by itself or by the emulator.
pub(crate) fn program(path: impl AsRef<OsStr>) -> Command {
    let runner = emulator();
    let mut words = runner.split_whitespace();
    let Some(emulator) = words.next() else { return Command::new(path) };
    let mut command = Command::new(emulator);
    command.args(words).arg(path);
    command
}

pub(crate) fn is_emulated() -> bool {
    !emulator().is_empty()
}

/// Returns `QUILTT_TEST_RUNNER`: the command line of cargo's own runner, such as `qemu-aarch64 -L /usr/aarch64-linux-gnu`, whose
/// words spaces separate; empty without an emulator.
fn emulator() -> String {
    env::var("QUILTT_TEST_RUNNER").unwrap_or_default()
}
