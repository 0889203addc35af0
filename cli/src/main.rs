//! The command `quiltt-session`: mint, inspect and verify Quiltt sessions from a terminal.
//!
//! Exit codes are a contract: 0 for success, 1 for a refused token or a failed run, 2 for malformed usage.
// A panic is no answer to whoever sits at the terminal.
#![warn(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

mod as_signed;
mod carriers;
mod doctor;
mod duration;
mod failure;
mod id;
mod inspect;
mod install;
mod mint;
mod output;
mod profiles;
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
    /// Mint a session for a profile, or for each profile of a list, and print one line for each.
    Mint(mint::Options),
    /// Show the claims of a token, and whether Quiltt's SDKs would accept it; its signature is not checked.
    Inspect(inspect::Options),
    /// Verify a token's signature, times and claims, and print the claims; or say why the token is refused.
    Verify(verify::Options),
    /// Show an id in both of its forms: global id, tab, UUID.
    Id(id::Options),
    /// Check the secret, the clock, the ids and a token; with an API key's secret, ask Quiltt which tokens it accepts.
    ///
    /// `doctor` asks Quiltt if three things are there: the feature `remote` in this build, a --profile that exists at
    /// Quiltt, and an API key's secret in QUILTT_API_SECRET (or one of --api-key, --organization and --environment).
    /// `doctor` then signs one token with the given settings, and others that differ from the first in one setting each:
    /// the order of the payload, the token version, backdating, an id that is left out or taken from the API key. Each
    /// token lives 10 minutes, or --ttl, and costs one call of GET /v1/users/session, 16 at most; one call of POST
    /// /v1/introspect/api_key looks the ids up. Nothing is created or revoked. A table shows what Quiltt accepts, and the
    /// report ends with the options to use.
    Doctor(doctor::Options),
    /// Print completions for a shell.
    Completions(install::CompletionsOptions),
    /// Print the manual page of the command, or of one subcommand.
    Man(install::ManOptions),
}

const AFTER_HELP: &str = "\
Is a token refused? Look at it in this order:
  inspect  needs no secret: tells an expired token, a clock ahead, environment and version
  verify   needs the secret: tells another secret, another encoding of the secret, and with
           --environment, --api-key, --organization or --token-version a token of another
  doctor   where both accept the token and Quiltt does not: checks secret and clock, and asks Quiltt

The signing secret is the content of --secret-file, or else the value of QUILTT_SIGNING_SECRET.
It is never an argument, because every user of a machine can read the arguments of its processes.
With --demo, a published secret signs, and Quiltt refuses the token.

Exit codes: 0 success, 1 a refused token or a failed run, 2 malformed usage, 130 Ctrl-C. The --help
of each command says what they mean there.";

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
        Command::Completions(options) => install::print_completions::<Cli>(&options),
        Command::Man(options) => install::print_page::<Cli>(&options),
    }
}
