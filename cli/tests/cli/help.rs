//! Help texts are part of the contract: a change shows in `cli/tests/cli/help/`.

use std::{fs, path::Path};

use crate::{COMMANDS, printed, quiltt_session, without_secret};

fn help(args: &[&str]) -> String {
    printed(&without_secret(args).assert().success().stderr(""))
}

/// Set `UPDATE_HELP` to write the files anew.
fn compare(name: &str, help: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli/help").join(name).with_extension("txt");
    if std::env::var_os("UPDATE_HELP").is_some() {
        fs::write(&path, help).unwrap();
    }
    let expected = fs::read_to_string(&path).unwrap();
    assert!(expected == help, "{} is not the help any more, which is:\n{help}", path.display());
}

#[test]
fn the_help_of_the_command_and_of_each_subcommand_is_as_recorded() {
    compare("quiltt-session", &help(&["--help"]));
    for command in COMMANDS {
        compare(command, &help(&[command, "--help"]));
    }
}

#[test]
fn help_is_there_by_every_way_of_asking() {
    assert_eq!(help(&["help"]), help(&["--help"]));
    assert_eq!(help(&["help", "mint"]), help(&["mint", "--help"]));
    assert!(help(&["mint", "-h"]).contains("--profiles-from"));
}

#[test]
fn no_line_of_help_is_wider_than_a_hundred_columns() {
    for command in COMMANDS {
        for line in help(&[command, "--help"]).lines() {
            assert!(line.chars().count() <= 100, "{line}");
        }
    }
}

#[test]
fn help_never_shows_the_secret_of_the_environment() {
    for command in COMMANDS {
        quiltt_session(&[command, "--help"]).assert().stdout(help(&[command, "--help"]));
    }
}

#[test]
fn the_version_is_the_crates() {
    assert_eq!(help(&["--version"]), concat!("quiltt-session ", env!("CARGO_PKG_VERSION"), "\n"));
    assert_eq!(help(&["-V"]), help(&["--version"]));
}

#[test]
fn no_command_at_all_is_malformed_and_shows_the_help() {
    let assert = without_secret(&[]).assert().code(2).stdout("");
    assert!(String::from_utf8_lossy(&assert.get_output().stderr).contains("Usage: quiltt-session <COMMAND>"));
}
