//! The documents are right about the command, the shell, the manifests of Kubernetes and the features.
//!
//! Of a block that begins with ```` ```console ````, each line behind `$ ` is run in bash, one after the other in one shell, and
//! what follows it is all that it may print, standard error included. `…` stands for any text.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use serde_json::Value;

use crate::{SECRET, in_shell, stdout};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(name: &str) -> String {
    fs::read_to_string(root().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The text of each block of a document that begins with these words.
fn blocks_of(kind: &str, document: &str) -> Vec<String> {
    let parts = document.split(&format!("\n```{kind}\n")).skip(1).map(str::to_owned).collect::<Vec<_>>();
    parts.iter().map(|part| part.split("\n```").next().unwrap().to_owned() + "\n").collect()
}

/// A command, and what is shown below it.
#[derive(Debug, Default)]
struct Shown {
    command: String,
    output: Vec<String>,
}

fn session(block: &str) -> Vec<Shown> {
    let mut session: Vec<Shown> = vec![];
    for line in block.lines() {
        match line.strip_prefix("$ ") {
            Some(command) => session.push(Shown { command: command.to_owned(), output: vec![] }),
            None => session.last_mut().expect("a command before its output").output.push(line.to_owned()),
        }
    }
    session
}

fn bash(script: &str, directory: &Path) -> Command {
    let mut command = Command::new("bash");
    command.args(["--norc", "-c", script]).current_dir(directory).env_clear().env("PATH", "/usr/bin:/bin");
    command
}

/// What each command prints.
fn run(block: &[Shown]) -> Vec<Vec<String>> {
    const MARK: &str = "=== the next command ===";

    let directory = tempfile::tempdir().unwrap();
    let script: String = block.iter().map(|shown| format!("echo '{MARK}'\n{}\n", shown.command)).collect();
    let script = format!("exec 2>&1\nquiltt-session() {{ {}\"$@\"; }}\n{script}", in_shell());
    let output = bash(&script, directory.path()).output().unwrap();
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
        let blocks = blocks_of("console", &read(name));
        assert!(!blocks.is_empty(), "{name}");
        for block in blocks {
            let block = session(&block);
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

/// In the place of programs that build, publish or reach a cluster. Each checks those of its arguments that can be checked
/// here; a secret that is put into a cluster has to be one, and `doctor` asks nobody.
const STAND_INS: &str = r#"
set -eu
quiltt-session() { [[ $1 != doctor ]] || set -- "$@" --offline; command_under_test "$@" >/dev/null; }
vault() { printf %s "$SECRET_FROM_QUILTT"; }
rustup() { :; }
npx() { :; }
kubectl() {
    local argument
    for argument in "$@"; do
        case $argument in --from-file=*) quiltt-session doctor --secret-file "${argument##*=}" ;; esac
    done
}
cargo() {
    local verb=$1 feature
    [[ $verb != +* ]] || { shift; verb=$1; }
    while (($#)); do
        case $1 in
            --features) for feature in ${2//,/ }; do [[ $feature == '$'* ]] || grep -q "^$feature = " "$root/Cargo.toml"; done ;;
            --path) [[ -f $root/$2/Cargo.toml ]] ;;
            --manifest-path | -f) [[ -f $root/$2 ]] ;;
            --) [[ $verb != run ]] || quiltt-session "${@:2}"; return 0 ;;
        esac
        shift
    done
}
"#;

#[test]
fn each_shell_line_of_the_documents_runs() {
    let names = ["README.md", "CONTRIBUTING.md", "fuzz/README.md", "docs/guide.md", "docs/operations.md"];
    for name in names {
        let blocks = blocks_of("sh", &read(name));
        assert!(!blocks.is_empty(), "{name}");
        for block in blocks {
            let directory = tempfile::tempdir().unwrap();
            for secret in ["signing-secret", "old-secret", "new-secret"] {
                fs::write(directory.path().join(secret), SECRET).unwrap();
            }
            let root = root().canonicalize().unwrap();
            // Scripts and folders of this repository are only looked for.
            let words = || block.split_whitespace().filter(|word| word.contains('/'));
            let folders = words().filter(|word| root.join(word).is_dir()).map(|word| format!("mkdir -p {word}\n"));
            let scripts = words().filter(|word| root.join(word).is_file());
            let scripts = scripts.map(|word| format!("mkdir -p $(dirname {word}); ln -sf /bin/true {word}\n"));
            let links: String = folders.chain(scripts).collect();
            let command = in_shell();
            let script = format!("{STAND_INS}\ncommand_under_test() {{ {command} \"$@\"; }}\n{links}{block}");
            let mut command = bash(&script, directory.path());
            let output = command.env("root", root).env("SECRET_FROM_QUILTT", SECRET).output().unwrap();
            assert!(output.status.success(), "{name}: {block}{}", String::from_utf8_lossy(&output.stderr));
        }
    }
}

#[test]
fn each_manifest_mounts_the_whole_secret_and_names_its_files() {
    let document = read("docs/operations.md");
    let manifests = blocks_of("yaml", &document);
    assert!(!manifests.is_empty());
    for manifest in manifests {
        let value =
            |name: &str| manifest.split_once(&format!("{name}: ")).unwrap().1.split([',', '\n']).next().unwrap();
        let (_, args) = manifest.split_once("args: [").unwrap();
        for file in args.split(']').next().unwrap().split(", ") {
            let key = file.strip_prefix(value("mountPath")).and_then(|rest| rest.strip_prefix('/')).unwrap();
            assert!(document.contains(&format!("--from-file={key}=")), "{key}");
        }
        assert!(!manifest.contains("subPath") && manifest.contains("defaultMode: 0440"), "{manifest}");
    }
}

/// A name that Kubernetes does not know, or knows elsewhere, is lost when `kubectl` reads and writes the manifest.
#[test]
fn kubectl_knows_each_name_of_the_manifests() {
    for manifest in blocks_of("yaml", &read("docs/operations.md")) {
        let kubectl = Command::new("kubectl")
            .args(["set", "image", "--local", "--filename", "-", "sessions=another:2", "--output", "json"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn();
        let Ok(mut kubectl) = kubectl else { return println!("skipped: kubectl is not installed") };
        kubectl.stdin.take().unwrap().write_all(manifest.as_bytes()).unwrap();
        let output = kubectl.wait_with_output().unwrap();
        assert!(output.status.success());
        let json = String::from_utf8(output.stdout).unwrap();
        let names = manifest.split([' ', '{', '[', '\n']).filter_map(|word| word.strip_suffix(':'));
        let unknown: Vec<_> = names.filter(|name| !json.contains(&format!("\"{name}\":"))).collect();
        assert!(unknown.is_empty(), "{unknown:?}");
    }
}

#[test]
fn each_feature_of_the_manifests_of_cargo_exists() {
    let manifest = read("Cargo.toml");
    for name in ["README.md", "SECURITY.md", "docs/guide.md"] {
        for block in blocks_of("toml", &read(name)) {
            let ours = block.lines().filter(|line| line.starts_with("quiltt-session = "));
            for features in ours.filter_map(|line| line.split_once("features = [")) {
                for feature in features.1.split(']').next().unwrap().split(", ") {
                    assert!(manifest.contains(&format!("\n{} = [", feature.trim_matches('"'))), "{name}: {feature}");
                }
            }
        }
    }
}

#[test]
fn the_session_that_readme_shows_has_the_members_of_one_that_is_minted() {
    let names = |json: &str| {
        let Value::Object(members) = serde_json::from_str(json).unwrap() else { panic!("{json}") };
        members.into_iter().map(|(name, _)| name).collect::<Vec<_>>()
    };
    let minted = stdout(&["mint", "--new-user", "--environment", "env_10"]);
    assert_eq!(names(&blocks_of("json", &read("README.md"))[0]), names(&minted));
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
