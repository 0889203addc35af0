//! `man`.

use std::{
    io::Write,
    process::{Command, Stdio},
};

use crate::{COMMANDS, refuses, stdout};

#[test]
fn the_page_of_the_command_names_all_others_and_each_of_those_has_its_flags_and_exit_codes() {
    let page = stdout(&["man"]);
    assert!(page.contains(".TH quiltt-session 1"), "{page}");
    for command in COMMANDS {
        assert!(page.contains(&format!("quiltt\\-session\\-{command}(1)")), "{command}");
        let page = stdout(&["man", command]);
        assert!(page.contains(&format!(".TH quiltt-session-{command} 1")), "{page}");
        assert!(page.contains("Exit codes: 0 "), "{page}");
    }
    assert!(stdout(&["man", "mint"]).contains("\\-\\-profiles\\-from"));
}

#[test]
fn a_name_that_no_command_has_is_malformed() {
    let names = format!("{}, help", COMMANDS.join(", "));
    refuses(&["man", "sign"], 2, &format!("error: expected the name of a command: one of {names}"));
}

#[test]
fn groff_formats_each_page_without_a_warning() {
    for command in COMMANDS {
        let groff = Command::new("groff")
            .args(["-K", "utf8", "-T", "utf8", "-man", "-ww"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn();
        let Ok(mut groff) = groff else { return println!("skipped: groff is not installed") };
        groff.stdin.take().unwrap().write_all(stdout(&["man", command]).as_bytes()).unwrap();
        let output = groff.wait_with_output().unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{command}");
        assert!(output.status.success() && !output.stdout.is_empty(), "{command}");
    }
}
