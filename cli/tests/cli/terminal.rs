//! Colours, the progress bar and Ctrl-C.

use std::{
    fs::{File, OpenOptions},
    io::{BufRead, BufReader, Read, Write},
    os::fd::OwnedFd,
    process::{Child, Stdio},
    thread,
};

use rustix::{
    process::{Pid, Signal, kill_process},
    pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt},
};

use crate::{AT, PROFILE, start, token};

/// A terminal: the end that shows, and the end that a program writes to.
pub(crate) fn terminal() -> (OwnedFd, File) {
    let screen = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&screen).unwrap();
    unlockpt(&screen).unwrap();
    let path = ptsname(&screen, Vec::new()).unwrap().into_string().unwrap();
    let line = OpenOptions::new().read(true).write(true).open(path).unwrap();
    (screen, line)
}

/// What stands on the screen once every program has closed the terminal, which then answers EIO.
fn shown(screen: OwnedFd) -> String {
    let mut screen = File::from(screen);
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    while let Ok(length @ 1..) = screen.read(&mut buffer) {
        bytes.extend_from_slice(&buffer[..length]);
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// What `inspect` shows on a terminal, with this variable set.
fn inspect_on_terminal(name: &str, value: &str) -> String {
    let (screen, line) = terminal();
    let mut command = start(&["inspect", "--at", AT, &token(&[])]);
    let status = command.env("TERM", "xterm").env(name, value).stdout(line).stderr(Stdio::null()).status().unwrap();
    drop(command);
    assert!(status.success());
    shown(screen)
}

const GREEN_PASS: &str = "\u{1b}[32mpass";

#[test]
fn a_terminal_gets_colours() {
    assert!(inspect_on_terminal("LANG", "C").contains(GREEN_PASS));
}

#[test]
fn no_color_is_respected() {
    let shown = inspect_on_terminal("NO_COLOR", "1");
    assert!(shown.contains("  pass  "));
    assert!(!shown.contains('\u{1b}'), "{shown}");
}

#[test]
fn files_and_pipes_get_no_colours() {
    for args in [&["inspect", &token(&[])][..], &["doctor"], &["--help"], &["mint", "--nonsense"]] {
        let output = start(args).env("TERM", "xterm").output().unwrap();
        assert!(!output.stdout.contains(&0x1b) && !output.stderr.contains(&0x1b), "{args:?}");
    }
}

fn spawn_list(length: usize, stderr: impl Into<Stdio>) -> Child {
    let mut command = start(&["mint", "--profiles-from", "-"]);
    command.env("TERM", "xterm");
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(stderr).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    thread::spawn(move || stdin.write_all(format!("{PROFILE}\n").repeat(length).as_bytes()));
    child
}

#[test]
fn a_long_list_shows_its_progress_on_a_terminal_and_clears_it() {
    let (screen, line) = terminal();
    let screen = thread::spawn(|| shown(screen));
    let output = spawn_list(3000, line).wait_with_output().unwrap();
    assert!(output.status.success());
    assert_eq!(output.stdout.iter().filter(|byte| **byte == b'\n').count(), 3000);
    let shown = screen.join().unwrap();
    assert!(shown.contains(" of 3000 sessions"), "{shown:?}");
    assert!(shown.ends_with("\u{1b}[2K") || shown.ends_with("\u{1b}[2K\r"), "{shown:?}");
}

#[test]
fn progress_is_not_shown_elsewhere() {
    let output = spawn_list(3000, Stdio::piped()).wait_with_output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

#[test]
fn ctrl_c_ends_a_long_list_between_two_lines() {
    let mut child = spawn_list(100_000, Stdio::piped());
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    let mut lines = String::new();
    stdout.read_line(&mut lines).unwrap();
    kill_process(Pid::from_child(&child), Signal::INT).unwrap();
    stdout.read_to_string(&mut lines).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130));
    assert!(lines.ends_with("}\n"));
    let written = lines.lines().count();
    assert!(written < 100_000);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(stderr, format!("error: interrupted: {written} of 100000 sessions were written\n"));
}
