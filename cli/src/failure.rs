//! The ends of a run that does not succeed, each with its exit code.

use std::{
    io::{self, Write},
    process::ExitCode,
};

use anstyle::AnsiColor;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use quiltt_session::{ConfigError, MintError, RandomError, TimeError};

use crate::output;

/// The reason of a run that did not succeed. No text holds a secret or a token.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The arguments do not parse, or help was asked for.
    Arguments(clap::Error),
    /// The arguments parse but make no sense together.
    Usage(String),
    /// The run failed, or the token was refused.
    Failed(String),
    /// Ctrl-C.
    Interrupted(String),
    /// Standard output cannot be written.
    Output(io::Error),
}

impl Failure {
    /// Writes the reason to standard error, and returns the exit code.
    pub(crate) fn report(self) -> ExitCode {
        match self {
            Self::Arguments(error) => report_arguments(error),
            Self::Usage(reason) => report_error(&reason, MALFORMED),
            Self::Failed(reason) => report_error(&reason, FAILED),
            Self::Interrupted(reason) => report_error(&reason, INTERRUPTED),
            // A reader such as `head` has read enough.
            Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
            Self::Output(error) => report_error(&format!("cannot write to standard output: {error}"), FAILED),
        }
    }
}

impl From<clap::Error> for Failure {
    fn from(error: clap::Error) -> Self {
        Self::Arguments(error)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

/// All settings of signers and verifiers come from the arguments.
impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self::Usage(match error {
            ConfigError::NoEnvironment => {
                "expected an environment, which --format api states, found none: pass --environment ID".to_owned()
            }
            _ => error.to_string(),
        })
    }
}

macro_rules! fail_with {
    ($($error:ty)*) => {$(
        impl From<$error> for Failure {
            fn from(error: $error) -> Self {
                Self::Failed(error.to_string())
            }
        }
    )*};
}
fail_with!(MintError RandomError TimeError);

const FAILED: u8 = 1;
const MALFORMED: u8 = 2;
/// The exit code of a program that Ctrl-C ended, as shells report it: 128 + the number of the signal.
pub(crate) const INTERRUPTED: u8 = 130;

fn report_error(reason: &str, code: u8) -> ExitCode {
    let style = AnsiColor::Red.on_default().bold();
    output::complain(format_args!("{style}error:{style:#} {reason}"));
    ExitCode::from(code)
}

/// Help and version go to standard output, anything else to standard error.
fn report_arguments(mut error: clap::Error) -> ExitCode {
    if error.use_stderr() {
        let tip = tip(&error);
        hide_long_values(&mut error);
        if let Some(tip) = tip {
            error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![tip.into()]));
        }
        // Nothing can be said about a standard error that is closed.
        let _ = error.print();
        return ExitCode::from(MALFORMED);
    }
    match error.print().and_then(|()| io::stdout().flush()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => Failure::Output(error).report(),
    }
}

/// Returns a tip for `mint ID`, where `--profile` was forgotten, and for `--secret-file` twice, as if that option took the secrets
/// of a rotation.
fn tip(error: &clap::Error) -> Option<&'static str> {
    let Some(ContextValue::String(argument)) = error.get(ContextKind::InvalidArg) else { return None };
    let is_of_mint = error.get(ContextKind::Usage).is_some_and(|usage| usage.to_string().contains(" mint "));
    match error.kind() {
        ErrorKind::UnknownArgument if is_of_mint && !argument.starts_with('-') => {
            Some("a profile is given as --profile ID")
        }
        ErrorKind::ArgumentConflict if argument.starts_with("--secret-file ") => {
            Some("one secret signs; the others of a rotation are given to verify and doctor as --also-secret-file PATH")
        }
        _ => None,
    }
}

/// The longest value that an error shows. A secret or a token, which may stand in a wrong place, is longer.
const LONGEST_SHOWN: usize = 24;

/// Takes values that could be a secret or a token out of an error, and the tips that repeat them.
fn hide_long_values(error: &mut clap::Error) {
    let mut kinds = vec![ContextKind::InvalidValue, ContextKind::InvalidSubcommand];
    // In other errors, the invalid argument is the name of an option of ours.
    if error.kind() == ErrorKind::UnknownArgument {
        kinds.push(ContextKind::InvalidArg);
    }
    for kind in kinds {
        if matches!(error.get(kind), Some(ContextValue::String(value)) if value.len() > LONGEST_SHOWN) {
            error.insert(kind, ContextValue::String("(not shown)".to_owned()));
            error.remove(ContextKind::Suggested);
        }
    }
}
