//! `quiltt-session completions`: what a shell needs to complete the arguments.

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use crate::{failure::Failure, output};

/// The arguments of `completions`.
#[derive(Args, Debug)]
pub(crate) struct Options {
    /// The shell that will read them
    shell: Shell,
}

pub(crate) fn run<C: CommandFactory>(options: &Options) -> Result<(), Failure> {
    // Into memory first: the generator would panic on a closed pipe.
    let mut script = Vec::new();
    clap_complete::generate(options.shell, &mut C::command(), "quiltt-session", &mut script);
    Ok(output::print(script)?)
}
