//! `quiltt-session id`: an id in both of its forms.

use clap::{Args, ValueEnum};
use quiltt_session::{ApiKeyId, EnvironmentId, OrganizationId, ParseIdError, ProfileId};
use uuid::Uuid;

use crate::{failure::Failure, output};

#[derive(Args, Debug)]
#[command(after_help = "Exit codes: 0 success, 2 malformed usage or no such id.")]
pub(crate) struct Options {
    /// A UUID, or a global id such as p_12VnSaRRxyP12Sl9rLZg8n1
    #[arg(value_name = "UUID|GLOBAL-ID")]
    id: String,

    /// What the id is of [default: what a global id says, or else profile]
    #[arg(long, value_enum)]
    kind: Option<Kind>,
}

/// A kind of record.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Kind {
    /// p_…
    Profile,
    /// env_…
    Environment,
    /// api_…
    ApiKey,
    /// org_…
    Organization,
}

const KINDS: &str = "profile (p_1…), environment (env_1…), api-key (api_1…) and organization (org_1…)";

pub(crate) fn run(options: &Options) -> Result<(), Failure> {
    let kind = options.kind.unwrap_or_else(|| Kind::of(&options.id));
    let (global, uuid) =
        kind.parse(&options.id).map_err(|error| Failure::Usage(format!("{error}; the kinds are {KINDS}")))?;
    Ok(output::print(format!("{global}\t{uuid}\n"))?)
}

impl Kind {
    /// The kind that the prefix of a global id tells.
    fn of(id: &str) -> Self {
        match id.split_once('_') {
            Some(("env", _)) => Self::Environment,
            Some(("api", _)) => Self::ApiKey,
            Some(("org", _)) => Self::Organization,
            _ => Self::Profile,
        }
    }

    /// Reads either form and gives both.
    fn parse(self, id: &str) -> Result<(String, Uuid), ParseIdError> {
        match self {
            Self::Profile => id.parse::<ProfileId>().map(|id| (id.to_string(), id.uuid())),
            Self::Environment => id.parse::<EnvironmentId>().map(|id| (id.to_string(), id.uuid())),
            Self::ApiKey => id.parse::<ApiKeyId>().map(|id| (id.to_string(), id.uuid())),
            Self::Organization => id.parse::<OrganizationId>().map(|id| (id.to_string(), id.uuid())),
        }
    }
}
