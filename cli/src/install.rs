//! `quiltt-session completions` and `quiltt-session man`: what a package installs beside the command.

use std::io;

use clap::{Args, CommandFactory};
use clap_complete::Shell;
use clap_mangen::Man;

use crate::{failure::Failure, output};

#[derive(Args, Debug)]
#[command(after_help = SCRIPTS)]
pub(crate) struct CompletionsOptions {
    /// The shell that will read them
    shell: Shell,
}

const SCRIPTS: &str = "\
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

pub(crate) fn print_completions<C: CommandFactory>(options: &CompletionsOptions) -> Result<(), Failure> {
    // Into memory first: the generator would panic on a closed pipe.
    let mut script = Vec::new();
    clap_complete::generate(options.shell, &mut C::command(), "quiltt-session", &mut script);
    let script = String::from_utf8(script).map_err(io::Error::other)?;
    // The arms of the script for bash take the hyphen of our name for a subcommand's
    // (https://github.com/clap-rs/clap/issues/6421), so that none is ever reached.
    Ok(output::print(script.replace("quiltt__subcmd__session", "quiltt__session"))?)
}

#[derive(Args, Debug)]
#[command(after_help = PAGES)]
pub(crate) struct ManOptions {
    /// The subcommand whose page is printed [default: the page of quiltt-session itself]
    #[arg(value_name = "COMMAND")]
    name: Option<String>,
}

const PAGES: &str = "\
Where the pages go, in roff:
  quiltt-session man       > ~/.local/share/man/man1/quiltt-session.1
  quiltt-session man mint  > ~/.local/share/man/man1/quiltt-session-mint.1

Exit codes: 0 success, 2 malformed usage or no such command.";

pub(crate) fn print_page<C: CommandFactory>(options: &ManOptions) -> Result<(), Failure> {
    let mut all = C::command();
    all.build(); // gives each subcommand the name of its page
    let command = match &options.name {
        None => &all,
        Some(name) => all.find_subcommand(name).ok_or_else(|| {
            let names: Vec<_> = all.get_subcommands().map(clap::Command::get_name).collect();
            Failure::Usage(format!("expected the name of a command: one of {}", names.join(", ")))
        })?,
    };
    // Into memory first, so that a closed pipe is told like that of any other command.
    let mut page = Vec::new();
    Man::new(command.clone()).render(&mut page)?;
    Ok(output::print(page)?)
}
