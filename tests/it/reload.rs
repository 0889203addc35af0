//! A secret that changes under a running process is taken whole, or not at all.

use std::{
    collections::HashSet,
    error::Error,
    fs::{self, File},
    io::Write,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use proptest::{collection::vec, prelude::*, sample::select};
use quiltt_session::{ConfigError, ReloadError, Reloading, SecretError, SessionSigner, SessionVerifier, SigningSecret};
use static_assertions::assert_impl_all;
use tempfile::TempDir;

use crate::forge::{OTHER_SECRET, SECRET, noise, profile, secret};

assert_impl_all!(Reloading<SessionSigner>: Send, Sync, Unpin, std::fmt::Debug);
assert_impl_all!(ReloadError: Send, Sync, Error);

/// The value that the tests build: the lengths of the secrets, in bytes, the active secret's first.
type Lengths = Vec<usize>;

fn lengths(active: &SigningSecret, accepted: &[SigningSecret]) -> Result<Lengths, ConfigError> {
    Ok([active].into_iter().chain(accepted).map(|secret| secret.bits() / 8).collect())
}

/// Each `current()` looks.
fn reloading(paths: &[&Path]) -> Reloading<Lengths> {
    Reloading::builder(paths).every(Duration::ZERO).build(lengths).unwrap()
}

/// A secret of this many bytes.
fn text(length: usize) -> String {
    noise().filter(u8::is_ascii_alphanumeric).map(char::from).take(length).collect()
}

/// One file with a secret of 64 bytes, in a directory of its own.
fn one_file() -> (TempDir, PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("secret");
    fs::write(&path, text(64)).unwrap();
    (directory, path)
}

/// Replaces the file as `mv` does; Windows may refuse the rename while the file is read.
fn replace(path: &Path, content: impl AsRef<[u8]>) {
    let new = path.with_extension("new");
    fs::write(&new, content).unwrap();
    let end = Instant::now() + Duration::from_secs(10);
    while let Err(error) = fs::rename(&new, path) {
        assert!(cfg!(windows) && Instant::now() < end, "{error}");
        thread::yield_now();
    }
}

fn write_in_place(path: &Path, content: &str) {
    File::options().write(true).open(path).unwrap().write_all(content.as_bytes()).unwrap();
}

/// The text of the last error, as a user logs it.
fn reason<T>(reloading: &Reloading<T>) -> Option<String> {
    reloading.last_error().map(|error| error.to_string())
}

#[derive(Clone, Debug)]
enum Act {
    Look,
    /// Of one of the two files, with a secret of so many bytes.
    Write(usize, usize),
    Replace(usize, usize),
    Remove(usize),
}

fn act() -> impl Strategy<Value = Act> {
    let length = || select(vec![3, 63, 64, 65, 66]);
    prop_oneof![
        4 => Just(Act::Look),
        1 => (0..2_usize, length()).prop_map(|(file, length)| Act::Write(file, length)),
        2 => (0..2_usize, length()).prop_map(|(file, length)| Act::Replace(file, length)),
        1 => (0..2_usize).prop_map(Act::Remove),
    ]
}

proptest! {
    /// What a writer has half written, a file that is away for a moment, and one new file beside one old: none of them is there
    /// at two looks in a row.
    #[test]
    fn what_two_looks_in_a_row_see_is_taken_whole_or_is_the_error(acts in vec(act(), 1..16)) {
        let directory = tempfile::tempdir().unwrap();
        let paths = ["new", "old"].map(|name| directory.path().join(name));
        paths.iter().for_each(|path| fs::write(path, text(64)).unwrap());
        let reloading = reloading(&[&paths[0], &paths[1]]);
        let mut files = [Some(64); 2];
        let (mut seen, mut used, mut is_bad) = (files, files, false);
        let mut before = reloading.current();
        for act in acts {
            match act {
                Act::Write(file, length) => fs::write(&paths[file], text(length)).unwrap(),
                Act::Replace(file, length) => replace(&paths[file], text(length)),
                Act::Remove(file) => fs::remove_file(&paths[file]).unwrap_or(()),
                Act::Look => {
                    // The first file that is missing is all that a look tells.
                    let look = match files {
                        [Some(_), Some(_)] => files,
                        [first, _] => [first.map(|_| 0), None],
                    };
                    let are_settled = look == std::mem::replace(&mut seen, look) || look == used;
                    let are_good = look.iter().flatten().filter(|length| **length >= 64).count() == 2;
                    is_bad = if are_settled { !are_good } else { is_bad };
                    let is_new = are_settled && are_good && std::mem::replace(&mut used, look) != look;
                    let current = reloading.current();
                    prop_assert_eq!(current.iter().copied().map(Some).collect::<Vec<_>>(), used);
                    prop_assert_eq!(Arc::ptr_eq(&current, &before), !is_new, "nothing is built for the same secrets");
                    prop_assert_eq!(reloading.last_error().is_some(), is_bad);
                    before = current;
                }
            }
            match act {
                Act::Write(file, length) | Act::Replace(file, length) => files[file] = Some(length),
                Act::Remove(file) => files[file] = None,
                Act::Look => {}
            }
        }
    }
}

/// `..data` is a link to a directory, and each file a link through it; an update swaps `..data`.
#[test]
#[cfg(unix)]
fn secrets_that_kubernetes_mounts_are_taken_together() {
    use std::os::unix::fs::symlink;

    let directory = tempfile::tempdir().unwrap();
    let at = |name: &str| directory.path().join(name);
    let update = |name: &str, length: usize| {
        fs::create_dir(at(name)).unwrap();
        fs::write(at(name).join("new"), text(length)).unwrap();
        fs::write(at(name).join("old"), text(length + 1)).unwrap();
        symlink(name, at("..data_tmp")).unwrap();
        fs::rename(at("..data_tmp"), at("..data")).unwrap();
    };
    update("..1", 64);
    symlink("..data/new", at("new")).unwrap();
    symlink("..data/old", at("old")).unwrap();
    let reloading = reloading(&[&at("new"), &at("old")]);
    assert_eq!(*reloading.current(), [64, 65]);
    update("..2", 70);
    assert_eq!(*reloading.current(), [64, 65]);
    update("..3", 80);
    fs::remove_dir_all(at("..1")).unwrap();
    assert_eq!(*reloading.current(), [64, 65], "the two looks saw different secrets");
    assert_eq!(*reloading.current(), [80, 81]);
}

#[test]
fn the_error_names_the_bad_file_and_says_what_is_wrong() {
    let (_directory, path) = one_file();
    let reloading = reloading(&[&path]);
    let used = |reason: &str| format!("cannot use the secret file {path:?}: {reason}");
    let bad: [(&dyn Fn(), String); 5] = [
        (&|| replace(&path, text(63)), used("expected a secret of at least 512 bits, found 504: ")),
        (&|| replace(&path, text(64) + "\n"), used("expected a secret without white space around it")),
        (&|| replace(&path, ""), format!("expected a secret in the file {path:?}, found it empty")),
        (&|| replace(&path, text(5000)), used("expected a secret of at most 4096 bytes")),
        (&|| fs::remove_file(&path).unwrap(), format!("cannot read the secret file {path:?}: entity not found")),
    ];
    for (spoil, expected) in bad {
        spoil();
        let _ = [(); 2].map(|()| reloading.current());
        assert!(reason(&reloading).unwrap().starts_with(&expected), "{expected}");
    }
}

/// Git calls such a file 'racily clean'.
#[test]
fn a_write_that_changes_neither_size_nor_time_is_found() {
    let (_directory, path) = one_file();
    let active = |secret: &SigningSecret, _: &[_]| SessionVerifier::builder(secret).build();
    let reloading = Reloading::builder([&path]).every(Duration::ZERO).build(active).unwrap();
    let time = fs::metadata(&path).unwrap().modified().unwrap();
    let with_other = SessionSigner::builder(SigningSecret::from_bytes(OTHER_SECRET).unwrap()).build().unwrap();
    let session = with_other.mint(profile()).unwrap();
    for pause in [Duration::ZERO, Duration::from_millis(2100)] {
        thread::sleep(pause);
        let is_taken = |write: fn(&Path, &str), content: &str| {
            write(&path, content);
            File::options().write(true).open(&path).unwrap().set_modified(time).unwrap();
            reloading.current();
            reloading.current().verify(session.token()).is_ok() == (content == OTHER_SECRET)
        };
        // After the pause nothing can tell but the time of the inode's change or, without inodes, the bytes.
        reloading.current();
        let (in_place, renamed) = (write_in_place, |path: &Path, content: &str| replace(path, content));
        assert!(is_taken(in_place, OTHER_SECRET) && is_taken(in_place, SECRET), "{pause:?}");
        assert!(is_taken(renamed, OTHER_SECRET) && is_taken(renamed, SECRET), "{pause:?}");
    }
}

#[test]
fn the_files_are_looked_at_no_more_often_than_was_asked_for() {
    const EVERY: Duration = Duration::from_millis(200);
    let (_directory, path) = one_file();
    let start = Instant::now();
    let reloading = Reloading::builder([&path]).every(EVERY).build(lengths).unwrap();
    replace(&path, text(65));
    while *reloading.current() == [64] {}
    assert!(start.elapsed() >= 2 * EVERY, "{:?}", start.elapsed());
}

#[test]
fn threads_that_mint_meanwhile_see_no_error_and_no_unknown_secret() {
    let (_directory, path) = one_file();
    let secrets: Vec<String> = (64..84).map(text).collect();
    let known = secrets.iter().map(|text| SigningSecret::from_bytes(text).unwrap());
    let known = known.fold(SessionVerifier::builder(secret()), |all, secret| all.also_accept(secret)).build().unwrap();
    let reloading = Reloading::builder([&path])
        .every(Duration::from_millis(1))
        .build(|secret, _| SessionSigner::builder(secret).build())
        .unwrap();
    let is_over = AtomicBool::new(false);
    // So that a write that fails is a failure: its panic waits for the threads, and they for `is_over`.
    let end = Instant::now() + Duration::from_secs(60);
    let mint = || {
        let mut used = HashSet::new();
        while !is_over.load(Ordering::Relaxed) && Instant::now() < end {
            let session = reloading.current().mint(profile()).unwrap();
            used.insert(known.verify(session.token()).unwrap().secret_index());
        }
        used
    };
    thread::scope(|scope| {
        let threads: Vec<_> = (0..16).map(|_| scope.spawn(mint)).collect();
        for secret in &secrets[1..] {
            replace(&path, secret);
            thread::sleep(Duration::from_millis(50));
        }
        is_over.store(true, Ordering::Relaxed);
        let used: HashSet<_> = threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect();
        assert!(used.len() > 5, "{used:?}");
    });
    assert!(reloading.last_error().is_none());
}

#[test]
#[cfg(unix)]
fn a_pipe_or_device_is_refused_at_once() {
    use std::os::unix::fs::symlink;

    let (_directory, path) = one_file();
    let reloading = reloading(&[&path]);
    fs::remove_file(&path).unwrap();
    assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
    for _ in 0..2 {
        assert_eq!(*reloading.current(), [64]);
    }
    let found = format!("expected a secret file that can be read again at {path:?}, found a pipe or device");
    assert_eq!(reason(&reloading), Some(found));
    fs::remove_file(&path).unwrap();
    symlink("/dev/zero", &path).unwrap();
    let error = Reloading::builder([&path]).build(lengths).unwrap_err();
    assert!(matches!(error, ReloadError::Secret { source: SecretError::NotAFile { .. }, .. }), "{error:?}");
}

#[test]
fn a_closure_that_fails_or_panics_leaves_what_there_is() {
    let (_directory, path) = one_file();
    let builds = Arc::new(AtomicUsize::new(0));
    let counted = builds.clone();
    let reloading = Reloading::builder([&path])
        .every(Duration::ZERO)
        .build(move |secret, _| {
            counted.fetch_add(1, Ordering::Relaxed);
            match secret.bits() / 8 {
                65 => Err("no room"),
                66 => panic!("a closure that panics"),
                length => Ok(length),
            }
        })
        .unwrap();
    for (length, reason) in [(65, "Build(\"no room\")"), (66, "Panicked"), (65, "Build(\"no room\")")] {
        replace(&path, text(length));
        for _ in 0..2 {
            assert_eq!(*reloading.current(), 64);
        }
        assert_eq!(format!("{:?}", reloading.last_error().unwrap()), reason);
    }
    assert_eq!(reason(&reloading).as_deref(), Some("cannot build from the secret files: no room"));
    let before = builds.load(Ordering::Relaxed);
    reloading.current();
    assert_eq!(builds.load(Ordering::Relaxed), before + 1, "each look tries again");
    replace(&path, text(67));
    reloading.current();
    assert_eq!(*reloading.current(), 67);
    assert!(reloading.last_error().is_none());
}

#[test]
fn at_the_start_all_files_must_be_good() {
    let (directory, path) = one_file();
    let missing = directory.path().join("missing");
    let built = |paths: &[&Path]| Reloading::builder(paths).build(lengths);
    assert!(matches!(built(&[]), Err(ReloadError::NoFile)));
    let error = built(&[&path, &missing]).unwrap_err();
    assert_eq!(error.to_string(), format!("cannot read the secret file {missing:?}: entity not found"));
    assert!(matches!(built(&[directory.path()]), Err(ReloadError::Secret { source: SecretError::File { .. }, .. })));
    let refused = Reloading::builder([&path]).build(|_, _| Err::<(), _>("no room")).unwrap_err();
    assert_eq!(refused.to_string(), "cannot build from the secret files: no room");
}

#[test]
fn a_rotation_takes_the_secret_whose_fingerprint_is_expected_and_no_other() {
    let (_directory, path) = one_file();
    let fingerprint = |length| SigningSecret::from_bytes(text(length)).unwrap().fingerprint();
    let options = SigningSecret::options().expect_fingerprint(&fingerprint(64)).expect_fingerprint(&fingerprint(66));
    let reloading = Reloading::builder([&path]).options(options).every(Duration::ZERO).build(lengths).unwrap();
    for (length, taken) in [(65, 64), (66, 66)] {
        replace(&path, text(length));
        reloading.current();
        assert_eq!(*reloading.current(), [taken]);
        assert_eq!(reason(&reloading).is_some_and(|reason| reason.contains(&fingerprint(length))), taken != length);
    }
}

#[test]
fn debug_shows_the_files_but_no_secret_that_stands_in_a_paths_place() {
    const HIDDEN: &str = "(not shown: 64 bytes that look like no name)";

    let (_directory, path) = one_file();
    let reloading = reloading(&[&path]);
    assert_eq!(format!("{reloading:?}"), format!("Reloading {{ files: [{path:?}], every: 0ns, .. }}"));
    let builder = Reloading::builder([SECRET]);
    assert_eq!(format!("{builder:?}"), format!("ReloadingBuilder {{ files: [{HIDDEN:?}], every: 10s }}"));
    let error = builder.build(lengths).unwrap_err();
    assert_eq!(error.to_string(), format!("cannot read the secret file {HIDDEN:?}: entity not found"));
}

/// A pipe with no writer, swapped in at any moment: between `stat` and `open`, too.
#[test]
#[cfg(unix)]
fn a_pipe_swapped_in_during_a_look_holds_nobody() {
    let (directory, path) = one_file();
    let pipe = directory.path().join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let reloading = Arc::new(reloading(&[&path]));
    let is_over = Arc::new(AtomicBool::new(false));
    let swaps = {
        let (path, is_over) = (path.clone(), Arc::clone(&is_over));
        thread::spawn(move || {
            let link = path.with_extension("link");
            while !is_over.load(Ordering::Relaxed) {
                fs::hard_link(&pipe, &link).unwrap();
                fs::rename(&link, &path).unwrap();
                replace(&path, text(64));
            }
        })
    };
    let (looked, looks) = std::sync::mpsc::channel();
    let looking = Arc::clone(&reloading);
    thread::spawn(move || {
        (0..20_000).for_each(|_| drop(looking.current()));
        looked.send(()).unwrap();
    });
    let ended = looks.recv_timeout(Duration::from_secs(60));
    is_over.store(true, Ordering::Relaxed);
    ended.expect("no look waits for a pipe's other end");
    swaps.join().unwrap();
    replace(&path, text(65));
    let _ = [(); 2].map(|()| reloading.current());
    assert_eq!(*reloading.current(), [65]);
}

#[test]
fn a_value_that_panics_when_it_is_dropped_spoils_no_request() {
    #[derive(Debug)]
    struct Bomb(usize);
    impl Drop for Bomb {
        fn drop(&mut self) {
            if !thread::panicking() && self.0 == 64 {
                panic!("a value whose drop panics");
            }
        }
    }
    let (_directory, path) = one_file();
    let reloading = Reloading::builder([&path])
        .every(Duration::ZERO)
        .build(|secret, _| Ok::<_, ConfigError>(Bomb(secret.bits() / 8)))
        .unwrap();
    for (content, expected) in [(65, [64, 65]), (66, [65, 66])] {
        replace(&path, text(content));
        assert_eq!([(); 2].map(|()| reloading.current().0), expected);
    }
}

#[test]
#[cfg(unix)]
fn warnings_follow_the_files() {
    use std::os::unix::fs::PermissionsExt;

    let (_directory, path) = one_file();
    let mode = |mode| fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
    mode(0o600);
    let reloading = reloading(&[&path]);
    assert_eq!(reloading.warnings(), []);
    let before = reloading.current();
    mode(0o666);
    assert!(Arc::ptr_eq(&reloading.current(), &before), "nothing is built for a mode");
    let texts = reloading.warnings().iter().map(ToString::to_string).collect::<Vec<_>>();
    assert!(texts.iter().any(|text| text.contains("open to others than its owner (mode 666)")), "{texts:?}");
    mode(0o600);
    reloading.current();
    assert_eq!(reloading.warnings(), []);
}

#[test]
fn when_a_look_last_ended_is_known_whatever_it_saw() {
    let (_directory, path) = one_file();
    let (start, reloading) = (Instant::now(), reloading(&[&path]));
    let mut last = reloading.last_look();
    assert!(last >= start);
    for spoil in [true, true, false, false] {
        if spoil {
            fs::remove_file(&path).unwrap_or(())
        } else {
            replace(&path, text(64))
        }
        let before = Instant::now();
        reloading.current();
        assert!(reloading.last_look() >= before && reloading.last_look() >= last);
        last = reloading.last_look();
    }
    let idle = Reloading::builder([&path]).every(Duration::from_secs(60)).build(lengths).unwrap();
    let built = idle.last_look();
    idle.current();
    assert_eq!(idle.last_look(), built, "none was due");
}
