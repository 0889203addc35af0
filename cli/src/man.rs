//! `quiltt-session man`: the pages that a package installs for `man`.

use clap::{Args, CommandFactory};
use clap_mangen::Man;

use crate::{failure::Failure, output};

/// The arguments of `man`.
#[derive(Args, Debug)]
#[command(after_help = WHERE)]
pub(crate) struct Options {
    /// The subcommand whose page is printed [default: the page of quiltt-session itself]
    #[arg(value_name = "COMMAND")]
    name: Option<String>,
}

const WHERE: &str = "\
Where the pages go, in roff:
  quiltt-session man       > ~/.local/share/man/man1/quiltt-session.1
  quiltt-session man mint  > ~/.local/share/man/man1/quiltt-session-mint.1

Exit codes: 0 success, 2 malformed usage or no such command.";

pub(crate) fn run<C: CommandFactory>(options: &Options) -> Result<(), Failure> {
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
    let page = String::from_utf8(page).map_err(std::io::Error::other)?;
    Ok(output::print(page)?)
}
