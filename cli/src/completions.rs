//! `quiltt-session completions`: what a shell needs to complete the arguments.

use std::io;

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use crate::{failure::Failure, output};

/// The arguments of `completions`.
#[derive(Args, Debug)]
#[command(after_help = WHERE)]
pub(crate) struct Options {
    /// The shell that will read them
    shell: Shell,
}

const WHERE: &str = "\
Where the script goes; a new shell reads it:
  bash        > ~/.local/share/bash-completion/completions/quiltt-session
              or without the package bash-completion, in ~/.bashrc:
              source <(quiltt-session completions bash)
  zsh         > ~/.zfunc/_quiltt-session, and in ~/.zshrc:
              fpath=(~/.zfunc $fpath); autoload -U compinit; compinit
  fish        > ~/.config/fish/completions/quiltt-session.fish
  elvish      in ~/.config/elvish/rc.elv:
              eval (quiltt-session completions elvish | slurp)
  powershell  in $PROFILE:
              quiltt-session completions powershell | Out-String | Invoke-Expression

Exit codes: 0 success, 2 malformed usage.";

pub(crate) fn run<C: CommandFactory>(options: &Options) -> Result<(), Failure> {
    // Into memory first: the generator would panic on a closed pipe.
    let mut script = Vec::new();
    clap_complete::generate(options.shell, &mut C::command(), "quiltt-session", &mut script);
    let script = String::from_utf8(script).map_err(io::Error::other)?;
    // The arms of the script for bash take the hyphen of our name for a subcommand's
    // (https://github.com/clap-rs/clap/issues/6421), so that none is ever reached.
    Ok(output::print(script.replace("quiltt__subcmd__session", "quiltt__session"))?)
}
