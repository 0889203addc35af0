//! `completions`.

use crate::{malformed, stdout};

#[test]
fn each_shell_gets_a_script_that_knows_the_commands_and_flags() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = stdout(&["completions", shell]);
        for word in ["quiltt-session", "doctor", "profiles-from", "allow-short-secret"] {
            assert!(script.contains(word), "{shell} has no {word}");
        }
    }
}

#[test]
fn another_shell_is_malformed() {
    malformed(&["completions", "cmd"], "error: invalid value 'cmd' for '<SHELL>'");
    malformed(&["completions"], "error: the following required arguments were not provided:");
}
