//! The library from outside, as one program: a module for each promise, and first the modules that they share.
//!
//! Tests that need a process to themselves are beside this folder: `fork.rs`, `memory` and `examples`.

mod forge;
#[allow(unreachable_pub, reason = "the fuzz targets use it too")]
#[path = "../../fuzz/src/global_id.rs"]
mod global_id;
mod hostile;
#[allow(unreachable_pub, reason = "the fuzz targets use it too")]
#[path = "../../fuzz/src/oracle.rs"]
mod oracle;
#[allow(dead_code, unreachable_pub, reason = "the fuzz targets use all of it")]
#[path = "../../fuzz/src/reading.rs"]
mod reading;
mod runner;
mod secret_check;
#[allow(unreachable_pub, reason = "the fuzz targets use it too")]
#[path = "../../fuzz/src/secret_rules.rs"]
mod secret_rules;
mod strategies;
mod twin;

mod allocations;
#[cfg(feature = "axum")]
mod axum;
mod batch;
mod claims;
mod configuration;
mod cryptography;
mod documented_refusals;
mod faults;
mod fingerprint;
mod frozen;
mod hostile_tokens;
mod ids;
mod lookalikes;
mod own_claims;
mod own_services;
mod published;
#[cfg(feature = "reload")]
mod reload;
#[cfg(feature = "remote")]
mod remote;
mod sdk_rules;
mod secrecy;
mod secrets;
mod session_json;
mod sign_out;
mod stable;
mod strict_reading;
mod tampering;
mod template_equals_twin;
mod verification;
mod whatever_mints_verifies;

use std::process::Command;

/// Starts this program again, for one of its ignored tests, which needs environment variables of its own: without `unsafe` only a
/// new process can have them.
fn inner(test: &str) -> Command {
    let mut command = runner::program(std::env::current_exe().unwrap());
    command.args(["--exact", test, "--ignored", "--nocapture"]);
    command
}
