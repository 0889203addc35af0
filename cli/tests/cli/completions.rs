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

/// The shells themselves. `setsid` keeps an interactive one off the terminal that the tests run in.
#[cfg(target_os = "linux")]
mod shells {
    use std::{
        env, fs,
        io::{Read, Write},
        path::Path,
        process::{Child, Command},
        sync::mpsc,
        thread,
        time::Duration,
    };

    use tempfile::TempDir;

    use crate::{PROGRAM, stdout, terminal::terminal};

    const PROMPT: &str = "ready> ";

    /// A home with a shell's script where its help wants it.
    fn home_with(shell: &str, script: &str) -> TempDir {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join(script);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, stdout(&["completions", shell])).unwrap();
        home
    }

    /// The program, where it finds `quiltt-session` and nothing of the user's own.
    fn command(program: &str, home: &Path) -> Command {
        let binary = Path::new(PROGRAM);
        let mut path = binary.parent().unwrap().as_os_str().to_owned();
        path.push(":");
        path.push(env::var_os("PATH").unwrap());
        let mut command = Command::new(program);
        command
            .env_clear()
            .env("PATH", path)
            .env("HOME", home)
            .env("TERM", "dumb")
            .env("PS1", PROMPT)
            .current_dir(home);
        command
    }

    /// Whether there is such a shell, and nothing has to stand between it and the command.
    fn can_start_the_command(shell: &str) -> bool {
        let is_there = Command::new(shell).arg("--version").output().is_ok();
        let is_emulated = crate::runner::is_emulated();
        if !is_there {
            println!("skipped: {shell} is not installed");
        } else if is_emulated {
            println!("skipped: {shell} starts the command without the emulator that QUILTT_TEST_RUNNER names");
        }
        is_there && !is_emulated
    }

    /// Ends the shell whatever happens.
    struct Ended(Child);

    impl Drop for Ended {
        fn drop(&mut self) {
            let _ = self.0.kill();
            let _ = self.0.wait();
        }
    }

    /// Types each line at a prompt of its own, as a person does: no shell reads ahead while it sets its terminal up.
    fn type_into(shell: &[&str], home: &Path, lines: &[&str]) {
        let (screen, line) = terminal();
        let mut keyboard = fs::File::from(screen);
        let mut screen = keyboard.try_clone().unwrap();
        let mut command = command("setsid", home);
        command.args(["--ctty", "--wait"]).args(shell).stdin(line.try_clone().unwrap());
        let _shell = Ended(command.stdout(line.try_clone().unwrap()).stderr(line).spawn().unwrap());
        drop(command);
        let (sender, shown) = mpsc::channel();
        thread::spawn(move || {
            let mut byte = [0];
            while screen.read_exact(&mut byte).is_ok() && sender.send(byte[0]).is_ok() {}
        });
        let mut text = Vec::new();
        for line in lines {
            text.clear();
            while !text.ends_with(PROMPT.as_bytes()) {
                let byte = shown.recv_timeout(Duration::from_secs(20));
                text.push(byte.unwrap_or_else(|_| panic!("no prompt after {:?}", String::from_utf8_lossy(&text))));
            }
            keyboard.write_all(line.as_bytes()).unwrap();
            keyboard.write_all(b"\n").unwrap();
        }
        // The shell has closed its terminal.
        while shown.recv_timeout(Duration::from_secs(20)).is_ok() {}
    }

    /// Each tab stands for one completion: of a subcommand, a flag, its value and another flag.
    const TYPED: &str = "quiltt-session mi\t--form\ttok\t--dem\t> token";

    #[test]
    fn bash_and_zsh_complete_commands_flags_and_values() {
        let zsh = "fpath=(~/.zfunc $fpath); autoload -U compinit; compinit -u -D";
        for (shell, set_up) in [
            (&["bash", "--norc", "--noprofile", "-i"][..], "source <(quiltt-session completions bash)"),
            (&["zsh", "-f", "-i"], zsh),
        ] {
            if can_start_the_command(shell[0]) {
                let home = home_with(shell[0], ".zfunc/_quiltt-session");
                type_into(shell, home.path(), &[set_up, TYPED, "exit"]);
                let token = fs::read_to_string(home.path().join("token")).unwrap();
                assert!(token.starts_with("eyJhbGciOiJIUzUxMiJ9."), "{token:?}");
            }
        }
    }

    #[test]
    fn fish_completes_commands_flags_and_values() {
        if !can_start_the_command("fish") {
            return;
        }
        let home = home_with("fish", ".config/fish/completions/quiltt-session.fish");
        for (typed, completed) in
            [("mi", "mint"), ("mint --form", "--format"), ("mint --format tok", "token"), ("mint --dem", "--demo")]
        {
            let complete = format!("complete -C 'quiltt-session {typed}'");
            let output = command("fish", home.path()).args(["-c", &complete]).output().unwrap();
            let shown = String::from_utf8_lossy(&output.stdout).into_owned();
            let candidates: Vec<_> = shown.lines().map(|line| line.split('\t').next().unwrap()).collect();
            assert_eq!(candidates, [completed], "{typed}");
        }
    }
}
