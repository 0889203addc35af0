//! What README and guide show of the command is what it does.
//!
//! Of a block that begins with ```` ```console ````, each line behind `$ ` is run in bash, one after the other in one shell, and
//! what follows it is all that it may print, standard error included. `…` stands for any text.

use std::{fs, path::Path, process::Command};

use crate::in_shell;

/// A command, and what is shown below it.
#[derive(Debug, Default)]
struct Shown {
    command: String,
    output: Vec<String>,
}

/// The blocks of a document.
fn blocks(document: &str) -> Vec<Vec<Shown>> {
    let mut blocks = vec![];
    let mut lines = document.lines();
    while lines.any(|line| line == "```console") {
        let mut block: Vec<Shown> = vec![];
        for line in lines.by_ref().take_while(|line| *line != "```") {
            match line.strip_prefix("$ ") {
                Some(command) => block.push(Shown { command: command.to_owned(), output: vec![] }),
                None => block.last_mut().expect("a command before its output").output.push(line.to_owned()),
            }
        }
        blocks.push(block);
    }
    blocks
}

/// What each command prints.
fn run(block: &[Shown]) -> Vec<Vec<String>> {
    const MARK: &str = "=== the next command ===";

    let directory = tempfile::tempdir().unwrap();
    let script: String = block.iter().map(|shown| format!("echo '{MARK}'\n{}\n", shown.command)).collect();
    let output = Command::new("bash")
        .args(["--norc", "-c", &format!("exec 2>&1\nquiltt-session() {{ {}\"$@\"; }}\n{script}", in_shell())])
        .current_dir(&directory)
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    text.split(&format!("{MARK}\n")).skip(1).map(|part| part.lines().map(str::to_owned).collect()).collect()
}

fn is_as_shown(found: &str, shown: &str) -> bool {
    let mut parts = shown.split('…');
    let Some(mut rest) = parts.next().and_then(|start| found.strip_prefix(start)) else { return false };
    let Some(end) = parts.next_back() else { return rest.is_empty() };
    for part in parts {
        match rest.split_once(part) {
            Some((_, behind)) => rest = behind,
            None => return false,
        }
    }
    rest.ends_with(end)
}

#[test]
fn each_session_of_the_documents_goes_as_shown() {
    for name in ["README.md", "docs/guide.md"] {
        let document = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(name)).unwrap();
        let blocks = blocks(&document);
        assert!(!blocks.is_empty(), "{name}");
        for block in blocks {
            let found = run(&block);
            assert_eq!(found.len(), block.len(), "{name}: a command ended the shell");
            for (shown, found) in block.iter().zip(found) {
                let same = found.len() == shown.output.len()
                    && found.iter().zip(&shown.output).all(|(found, shown)| is_as_shown(found, shown));
                assert!(same, "{name}: expected\n{}\nfound\n{}", shown.output.join("\n"), found.join("\n"));
            }
        }
    }
}

#[test]
fn an_ellipsis_stands_for_any_text_and_all_else_for_itself() {
    for (found, shown) in [("abc", "abc"), ("abc", "a…c"), ("abc", "…"), ("a.b.c", "a…b…c"), ("", ""), ("ac", "a…c")]
    {
        assert!(is_as_shown(found, shown), "{found} {shown}");
    }
    for (found, shown) in [("abc", "ab"), ("abc", "bc"), ("abc", "a…b"), ("abc", "a…x…c"), ("", "a"), ("aa", "…b")]
    {
        assert!(!is_as_shown(found, shown), "{found} {shown}");
    }
}
