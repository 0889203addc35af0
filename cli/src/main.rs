//! The command `quiltt-session`: mint, inspect and verify Quiltt sessions from a terminal.
//!
//! Exit codes are a contract: 0 for success, 1 for a refused token or a failed run, 2 for malformed usage.
// A panic is no answer to whoever sits at the terminal.
#![warn(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

mod as_signed;
mod completions;
mod doctor;
mod duration;
mod failure;
mod id;
mod inspect;
mod line;
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
#[command(name = "quiltt-session", bin_name = "quiltt-session", version, after_help = AFTER_HELP)]
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
    /// Verify a token's signature, times and claims, and print these; or say why it is refused.
    Verify(verify::Options),
    /// Show an id in both of its forms: global id, tab, UUID.
    Id(id::Options),
    /// Check a secret and the tokens that it signs; ask Quiltt which settings it accepts.
    ///
    /// Quiltt is asked if the command was built with the feature `remote`, for a --profile that exists there, with an API
    /// key's secret in QUILTT_API_SECRET or with --api-key, --organization or --environment. From the settings given on,
    /// one thing at a time is varied: the order of the payload, the token version, backdating, ids left out or taken from
    /// the API key. Each is one call of GET /v1/users/session, 16 at most, with a token that lives 10 minutes or --ttl,
    /// and looking the ids up is one of POST /v1/introspect/api_key; nothing is created or revoked. A table says what is
    /// accepted, and the report which options to take.
    Doctor(doctor::Options),
    /// Print completions for a shell.
    Completions(completions::Options),
}

const AFTER_HELP: &str = "\
Is a token refused? Look at it in this order:
  inspect  needs no secret: expired, a clock ahead, which environment and version it is of
  verify   needs the secret: another one, another encoding of it, and with --environment, --api-key,
           --organization or --token-version whether the token is of another
  doctor   where both are content and Quiltt is not: checks secret and clock, and asks Quiltt itself

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
