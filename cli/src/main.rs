//! The command `quiltt-session`: mint, inspect and verify Quiltt sessions from a terminal.
//!
//! Exit codes are a contract: 0 for success, 1 for a refused token or a failed run, 2 for malformed usage.
// A panic is no answer to whoever sits at the terminal.
#![warn(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

mod completions;
mod doctor;
mod duration;
mod failure;
mod id;
mod inspect;
mod mint;
mod output;
mod profiles;
mod report;
mod sdk;
mod secret;
mod settings;
mod token;
mod verify;
mod written;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::failure::Failure;

/// Mint, inspect and verify Quiltt user session tokens offline.
#[derive(Debug, Parser)]
#[command(name = "quiltt-session", version, after_help = AFTER_HELP)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Mint a session, or one for each profile of a list.
    Mint(mint::Options),
    /// Show what a token says, and whether Quiltt's SDKs would take it; its signature is not checked.
    Inspect(inspect::Options),
    /// Verify a token's signature, times, issuer and audience, and print its claims.
    Verify(verify::Options),
    /// Show an id in both of its forms: global id, tab, UUID.
    Id(id::Options),
    /// Check secret, clock, ids and a token of your own; say what to compare with Quiltt.
    ///
    /// Built with the feature `remote`, and with an API key's secret in QUILTT_API_SECRET, it asks Quiltt as well: for
    /// the API key's own ids, and whether it takes the token.
    Doctor(doctor::Options),
    /// Print completions for a shell.
    Completions(completions::Options),
}

const AFTER_HELP: &str = "\
The signing secret is the content of --secret-file, or else the value of QUILTT_SIGNING_SECRET.
It is never an argument, because every user of a machine can read the arguments of its processes.
With --demo it is one that everyone knows and Quiltt refuses.

Exit codes: 0 success, 1 a refused token or a failed run, 2 malformed usage.";

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}

fn run() -> Result<(), Failure> {
    match Cli::try_parse()?.command {
        Command::Mint(options) => mint::run(options),
        Command::Inspect(options) => inspect::run(&options),
        Command::Verify(options) => verify::run(options),
        Command::Id(options) => id::run(&options),
        Command::Doctor(options) => doctor::run(options),
        Command::Completions(options) => completions::run::<Cli>(&options),
    }
}
