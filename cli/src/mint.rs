//! `quiltt-session mint`: one session, or one for each profile of a list.

use std::{
    io::{self, IsTerminal},
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use clap::{Args, ValueEnum};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressFinish, ProgressStyle};
use quiltt_session::{
    ProfileId, RandomError, Session, SessionBatch, SessionFormat, SessionId, SessionRef, SessionSigner, StableSigner,
    UnixTime,
};
use signal_hook::{consts::SIGINT, flag};

use crate::{
    duration,
    failure::{Failure, INTERRUPTED},
    output, profiles,
    secret::SecretSettings,
    settings::{self, TokenSettings},
};

#[derive(Args, Debug)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Options {
    /// The user's profile: p_… or a UUID
    #[arg(long, value_name = "ID")]
    profile: Option<ProfileId>,

    /// A new random profile, as Quiltt picks for a new user; --demo takes one if no other is given
    #[arg(long, conflicts_with_all = ["profile", "stable"])]
    new_user: bool,

    /// Mint a session for each profile of this file, one id a line, in the same order; `-` is standard input
    #[arg(long, value_name = "FILE|-", conflicts_with_all = ["profile", "new_user", "session_id"])]
    profiles_from: Option<PathBuf>,

    /// The file is CSV, with commas and a first line of names: the ids are in this column
    #[arg(long, value_name = "NAME", requires = "profiles_from")]
    column: Option<String>,

    /// Leave out the bad lines of the file, instead of writing nothing at all
    #[arg(long, requires = "profiles_from")]
    skip_invalid: bool,

    /// The session's id, the claim `jti` [default: a random one]
    #[arg(long, value_name = "UUID")]
    session_id: Option<SessionId>,

    /// Mint the one session that a profile has in each window of this length, at most half of --ttl: the same token
    /// whenever and wherever it is minted
    #[arg(long, value_name = "WINDOW", value_parser = duration::parse, conflicts_with = "session_id")]
    stable: Option<Duration>,

    /// The number of the session within its window: after a revocation, the next number gives a new session
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = parse_generation, requires = "stable")]
    generation: u64,

    /// When the session starts, or with --stable any time in its window: 2023-11-14T22:13:20Z or seconds since 1970
    /// [default: now]
    #[arg(long, value_name = "TIME", value_parser = settings::parse_time)]
    at: Option<UnixTime>,

    /// What to print, on one line for each session
    #[arg(long, value_enum, default_value_t)]
    format: Format,

    #[command(flatten)]
    token: TokenSettings,

    #[command(flatten)]
    secret: SecretSettings,
}

const AFTER_HELP: &str = "\
Whoever has a token has the session. Hand it on through a pipe, not as an argument, which other
users of the machine can read: quiltt-session mint … | jq -r .token | quiltt-session verify -

Exit codes: 0 every session is minted, 1 the secret or the list is refused, 2 malformed usage or no
secret, 130 Ctrl-C.";

/// What is printed of a session.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Format {
    /// The session as Quiltt's API answers it
    #[default]
    Json,
    /// The token alone
    Token,
    /// As `json`, without `id`: exactly what Quiltt documents; needs --environment
    Api,
}

pub(crate) fn run(options: Options) -> Result<(), Failure> {
    let is_for_anyone = options.new_user || options.secret.is_demo();
    let signer =
        options.token.signer(&options.secret.read()?).session_format(options.format.session_format()).build()?;
    let minter = Minter::new(&signer, options.stable, options.generation)?;
    if let Some(path) = options.profiles_from {
        let profiles = profiles::read(&path, options.column.as_deref(), options.skip_invalid)?;
        return mint_list(&minter, &profiles, options.at, options.format);
    }
    let profile = match options.profile {
        Some(profile) => profile,
        None if options.stable.is_some() => {
            return Err(no_profile(
                "pass --profile ID; with a random one, --stable would give a new session each time",
            ));
        }
        None if is_for_anyone => ProfileId::random()?,
        None => return Err(no_profile("pass --profile ID, or --new-user for a random one (--demo needs neither)")),
    };
    let now = options.at.map_or_else(UnixTime::now, Ok)?;
    let session = minter.mint(profile, now, options.session_id)?;
    Ok(output::print(options.format.line(session.as_ref())?)?)
}

fn no_profile(advice: &str) -> Failure {
    Failure::Usage(format!("expected a profile, found none: {advice}"))
}

fn parse_generation(text: &str) -> Result<u64, String> {
    settings::whole_number(text).ok_or_else(|| format!("expected a whole number from 0 to {}", u64::MAX))
}

impl Format {
    const fn session_format(self) -> SessionFormat {
        match self {
            Self::Json | Self::Token => SessionFormat::Standard,
            Self::Api => SessionFormat::Api,
        }
    }

    fn line(self, session: SessionRef<'_>) -> Result<String, Failure> {
        let mut line = match self {
            Self::Token => session.token().to_owned(),
            Self::Json | Self::Api => serde_json::to_string(&session).map_err(io::Error::from)?,
        };
        line.push('\n');
        Ok(line)
    }
}

/// What decides on the ids and times of sessions.
#[derive(Debug)]
enum Minter<'s> {
    /// A new session each time.
    Plain(&'s SessionSigner),
    /// One session a window.
    Stable(StableSigner<&'s SessionSigner>),
}

impl<'s> Minter<'s> {
    fn new(signer: &'s SessionSigner, window: Option<Duration>, generation: u64) -> Result<Self, Failure> {
        match window {
            None => Ok(Self::Plain(signer)),
            Some(window) => Ok(Self::Stable(signer.stable(window)?.generation(generation))),
        }
    }

    fn mint(&self, profile: ProfileId, now: UnixTime, id: Option<SessionId>) -> Result<Session, Failure> {
        match self {
            Self::Plain(signer) => Ok(signer.mint_at(profile, now, id.map_or_else(SessionId::random, Ok)?)?),
            Self::Stable(signer) => Ok(signer.mint_at(profile, now)?),
        }
    }

    /// A session for each profile, in their order.
    fn mint_batch(&self, profiles: &[ProfileId], at: Option<UnixTime>) -> Result<SessionBatch, Failure> {
        Ok(match (self, at) {
            (Self::Plain(signer), None) => signer.mint_batch(profiles)?,
            (Self::Plain(signer), Some(now)) => {
                let sessions = profiles.iter().map(|&profile| Ok((profile, SessionId::random()?)));
                signer.mint_batch_at(&sessions.collect::<Result<Vec<_>, RandomError>>()?, now)?
            }
            (Self::Stable(signer), None) => signer.mint_batch(profiles)?,
            (Self::Stable(signer), Some(now)) => signer.mint_batch_at(profiles, now)?,
        })
    }
}

/// Sessions that are minted and written together: enough to spare system calls, few enough to stop soon.
const CHUNK: usize = 256;

/// Mints and writes one line for each profile; Ctrl-C stops between two lines, a second one at once.
fn mint_list(minter: &Minter<'_>, profiles: &[ProfileId], at: Option<UnixTime>, format: Format) -> Result<(), Failure> {
    let interrupted = watch_for_interrupt()?;
    let bar = progress_bar(profiles.len() as u64);
    for chunk in profiles.chunks(CHUNK) {
        if interrupted.load(Ordering::Relaxed) {
            let (written, all) = (bar.position(), profiles.len());
            return Err(Failure::Interrupted(format!("interrupted: {written} of {all} sessions were written")));
        }
        let sessions = minter.mint_batch(chunk, at)?;
        let lines: String = sessions.iter().map(|session| format.line(session)).collect::<Result<_, _>>()?;
        output::print(lines)?;
        bar.inc(chunk.len() as u64);
    }
    Ok(())
}

fn watch_for_interrupt() -> Result<Arc<AtomicBool>, Failure> {
    let flag = Arc::new(AtomicBool::new(false));
    flag::register_conditional_shutdown(SIGINT, INTERRUPTED.into(), Arc::clone(&flag))
        .and_then(|_| flag::register(SIGINT, Arc::clone(&flag)))
        .map_err(|error| Failure::Failed(format!("cannot watch for Ctrl-C: {error}")))?;
    Ok(flag)
}

/// A bar on standard error, if that is a terminal and the sessions go elsewhere; it is gone when dropped.
fn progress_bar(length: u64) -> ProgressBar {
    let is_disturbing = io::stdout().is_terminal();
    let target = if is_disturbing { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
    #[expect(clippy::expect_used, reason = "the template is this text, whatever the arguments are")]
    let style = ProgressStyle::with_template("{bar:40} {pos} of {len} sessions, {eta} left").expect("a good template");
    ProgressBar::with_draw_target(Some(length), target).with_style(style).with_finish(ProgressFinish::AndClear)
}
