//! `quiltt-session verify`: exit 0 and the claims, or exit 1 and the reason.

use std::time::Duration;

use clap::Args;
use quiltt_session::UnixTime;

use crate::{
    duration,
    failure::Failure,
    output,
    settings::{self, PartySettings, SecretSettings},
    token::{self, TokenArgument},
};

/// The arguments of `verify`.
#[derive(Args, Debug)]
pub(crate) struct Options {
    #[command(flatten)]
    token: TokenArgument,

    /// Verify as if it were this time: 2023-11-14T22:13:20Z or seconds since 1970 [default: now]
    #[arg(long, value_name = "TIME", value_parser = settings::parse_time)]
    at: Option<UnixTime>,

    /// How far the clocks of signer and verifier may be apart, at most 600s
    #[arg(long, value_name = "DURATION", default_value = "0s", value_parser = duration::parse)]
    leeway: Duration,

    #[command(flatten)]
    parties: PartySettings,

    #[command(flatten)]
    secret: SecretSettings,
}

pub(crate) fn run(options: Options) -> Result<(), Failure> {
    let verifier = options.parties.verifier(&options.secret.read()?, options.leeway)?;
    let now = options.at.map_or_else(UnixTime::now, Ok)?;
    let text = options.token.read()?;
    let session = verifier.verify_at(&text, now).map_err(|error| {
        let reason = token::explain_refusal(&text, &error);
        Failure::Failed(format!("token refused: {reason}"))
    })?;
    Ok(output::print_json(session.claims())?)
}
