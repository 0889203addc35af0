//! Values that are built from secret files, and built again when the files change (feature `reload`).

mod files;
mod turn;

use std::{
    error::Error,
    fmt,
    panic::{AssertUnwindSafe, catch_unwind},
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use arc_swap::ArcSwap;

use self::{
    files::{Files, Look, Seen, Stamp},
    turn::{Turn, Turns},
};
use crate::{
    crypto::derive::ContentMark,
    error::SecretError,
    secret::{Content, SecretOptions, SecretWarning, SigningSecret, shown},
};

/// A value that a closure built from one or several secret files, and builds again when the files change.
///
/// There is no thread behind it: [`current`](Self::current) checks the files when a check, here called a *look*, is due. Paths
/// are resolved at each look, so files may be replaced by a rename, written in place, or be symlinks as Kubernetes mounts
/// secrets. On Unix a look reads no file whose inode and times have not changed; elsewhere it reads them all.
///
/// A change counts once two looks in a row have found the same bytes in all files, so a half-written secret is never used, nor
/// the new content of one file with the old content of another. The second look is due [`every`], but at most a second, after
/// the first: a writer must not pause for as long. Where requests keep coming, a new secret is in use `every` and a second
/// after its file was written, at the latest.
///
/// If the new files are no good, the last good value stays, [`last_error`](Self::last_error) says why, and each look tries
/// again. Mount the directory of a file, not the file itself (`docker run -v FILE:FILE`, Kubernetes's `subPath`): such a file
/// stays what it was when another is renamed over it outside, and only a fingerprint shows that.
///
/// # Security
///
/// Between looks a fingerprint of each file is kept, which says no more of the secret than a token does. The secrets
/// themselves are wiped when the closure returns.
///
/// # Examples
///
/// ```
/// use quiltt_session::{ConfigError, ProfileId, Reloading, SessionSigner, SessionVerifier};
///
/// # let directory = tempfile::tempdir()?;
/// # let [new, old] = ["new", "old"].map(|name| directory.path().join(name));
/// # std::fs::write(&new, "hT4mYq0ZdR7uKx2WcN9vLbS5eGpJ8aFi6oQkX1yDzMwC3rVtHnBgUsEjAlIfOPTK")?;
/// # std::fs::write(&old, "kW8sN2cJxV5zQ0rTgM7yHdL4bEuA9pFiX6oK1vRtYnC3mZwSeGqDjUhBlPaIfOTH")?;
/// let sessions = Reloading::builder([new, old]).build(|active, accepted| {
///     let verifier = accepted.iter().fold(SessionVerifier::builder(active), |all, secret| all.also_accept(secret));
///     Ok::<_, ConfigError>((SessionSigner::builder(active).build()?, verifier.build()?))
/// })?;
///
/// let current = sessions.current(); // once for each request
/// let (signer, verifier) = &*current;
/// let session = signer.mint(ProfileId::random()?)?;
/// assert!(verifier.verify(session.token()).is_ok());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// [`every`]: ReloadingBuilder::every
pub struct Reloading<T> {
    files: Files,
    every: Duration,
    build: Build<T>,
    state: ArcSwap<State<T>>,
    start: Instant,
    /// When the next look is due, in nanoseconds from `start`.
    next_look: AtomicU64,
    /// When a look last ended, in nanoseconds from `start`.
    last_look: AtomicU64,
    turns: Turns,
}

type Build<T> = Box<dyn Fn(&SigningSecret, &[SigningSecret]) -> Result<T, Box<dyn Error + Send + Sync>> + Send + Sync>;

impl Reloading<()> {
    /// Starts to build one from these files: the first holds the active secret, the others those that are still, or
    /// already, accepted.
    pub fn builder(paths: impl IntoIterator<Item: Into<PathBuf>>) -> ReloadingBuilder {
        let paths = paths.into_iter().map(Into::into).collect();
        ReloadingBuilder { files: Files { paths, options: SigningSecret::options() }, every: Duration::from_secs(10) }
    }
}

impl<T> Reloading<T> {
    /// Returns the value that was built last.
    ///
    /// If a look at the files is due, the caller's thread takes it: blocking system calls, of some microseconds on a local
    /// disk, and the closure if the files have changed. No other thread waits for it, so an async handler may call it; but a
    /// mount that hangs holds one worker thread of the runtime. After an hour another thread tries.
    pub fn current(&self) -> Arc<T> {
        if self.is_due()
            && let Some(turn) = self.turns.take(self.start.elapsed())
            && self.is_due()
        {
            self.look(turn);
        }
        Arc::clone(&self.state.load().current)
    }

    /// Why the files were not used when two looks last agreed on them, or that a look hangs; `None` once they are good again.
    #[must_use]
    pub fn last_error(&self) -> Option<Arc<ReloadError>> {
        if self.turns.is_stuck(self.start.elapsed()) {
            return Some(Arc::new(ReloadError::Stuck));
        }
        self.state.load().last_error.clone()
    }

    /// When a look at the files last ended, whatever it saw.
    #[must_use]
    pub fn last_look(&self) -> Instant {
        let since_start = Duration::from_nanos(self.last_look.load(Ordering::Relaxed));
        self.start.checked_add(since_start).unwrap_or(self.start)
    }

    /// What should be fixed of the secrets in use, file by file, as the last look that could read them all found it.
    #[must_use]
    pub fn warnings(&self) -> Vec<SecretWarning> {
        self.state.load().known.warnings.clone()
    }

    fn is_due(&self) -> bool {
        nanoseconds(self.start.elapsed()) >= self.next_look.load(Ordering::Relaxed)
    }

    fn look(&self, turn: Turn<'_>) {
        let before = self.state.load_full();
        let (after, pause) = self.state_after(&before);
        let now = self.start.elapsed();
        self.last_look.store(nanoseconds(now), Ordering::Relaxed);
        self.next_look.store(nanoseconds(now.saturating_add(pause)), Ordering::Relaxed);
        // The last owner of a `T` drops the value, and the caller's code may panic there. The panic hook has told of the
        // panic, which changes nothing here.
        let _ = catch_unwind(AssertUnwindSafe(|| {
            if let Some(after) = after {
                // Nothing is stored if this look was given up and a later look stored its state first.
                self.state.compare_and_swap(&before, Arc::new(after));
            }
            drop(before);
        }));
        drop(turn);
    }

    /// Looks at the files. Returns the new state, if there is one, and the time until the next look.
    ///
    /// Changed files are taken if the look before read the same bytes.
    fn state_after(&self, before: &State<T>) -> (Option<State<T>>, Duration) {
        const SECOND_LOOK: Duration = Duration::from_secs(1);

        let stamps = before.known.stamps.as_ref().filter(|_| before.doubted.is_none());
        if stamps.is_some_and(|stamps| self.files.have(stamps)) {
            return (None, self.every);
        }
        let look = self.files.look();
        let is_in_use = look.seen.as_ref() == Ok(&before.known.marks);
        if !is_in_use && before.doubted.as_deref() != Some(&look.seen) {
            let after = State { doubted: Some(Arc::new(look.seen)), ..before.clone() };
            return (Some(after), self.every.min(SECOND_LOOK));
        }
        let after = State::of(&self.files, look, is_in_use.then_some(&before.current), &self.build);
        let after = after.unwrap_or_else(|error| State { last_error: Some(Arc::new(error)), ..before.clone() });
        (Some(after), self.every)
    }
}

impl<T> fmt::Debug for Reloading<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reloading").field("files", &self.files).field("every", &self.every).finish_non_exhaustive()
    }
}

/// How to build a [`Reloading`]: see [`Reloading::builder`].
#[derive(Debug)]
#[must_use]
pub struct ReloadingBuilder {
    files: Files,
    every: Duration,
}

impl ReloadingBuilder {
    /// How to read the secrets; with [`SigningSecret::options`] unless set.
    pub fn options(mut self, options: SecretOptions) -> Self {
        self.files.options = options;
        self
    }

    /// How long a look at the files is good for; 10 s unless set. With zero, each [`Reloading::current`] looks, and a writer
    /// that pauses counts as done: zero is for tests, or for files that are replaced by a rename.
    pub fn every(mut self, every: Duration) -> Self {
        self.every = every;
        self
    }

    /// Reads the files, and builds from the active secret and the others. The closure is kept, to build again. Files that
    /// changed within the last two seconds are read again, 20 ms later, until they are the same twice, for a second at most.
    ///
    /// # Errors
    ///
    /// No path at all; a file that is missing, a pipe or device, or that [`SigningSecret::from_file`] refuses; an error
    /// or panic of the closure.
    pub fn build<T, E>(
        self,
        build: impl Fn(&SigningSecret, &[SigningSecret]) -> Result<T, E> + Send + Sync + 'static,
    ) -> Result<Reloading<T>, ReloadError>
    where
        E: Into<Box<dyn Error + Send + Sync>>,
    {
        let Self { files, every } = self;
        let build: Build<T> = Box::new(move |active, accepted| build(active, accepted).map_err(Into::into));
        let state = State::of(&files, files.first_look(), None, &build)?;
        Ok(Reloading {
            files,
            every,
            build,
            state: ArcSwap::from_pointee(state),
            start: Instant::now(),
            next_look: AtomicU64::new(nanoseconds(every)),
            last_look: AtomicU64::new(0),
            turns: Turns::default(),
        })
    }
}

/// Nothing could be built from the secret files. The text names the reason.
#[derive(Debug)]
#[non_exhaustive]
pub enum ReloadError {
    /// An empty list of paths.
    NoFile,
    /// A file that cannot be read, or whose content is no secret.
    Secret {
        /// The path, as in [`SecretError::File`].
        path: String,
        /// What is wrong.
        source: SecretError,
    },
    /// The closure's own error, of secrets that are good by themselves.
    Build(Box<dyn Error + Send + Sync>),
    /// The closure panicked.
    Panicked,
    /// A look at the files has been going on for more than 30 s, as in a dead network mount.
    Stuck,
}

impl fmt::Display for ReloadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use SecretError::{File, FileEmpty, NotAFile};

        match self {
            Self::NoFile => f.write_str("expected at least one secret file, found none"),
            // These name the path themselves.
            Self::Secret { source: source @ (File { .. } | FileEmpty { .. } | NotAFile { .. }), .. } => source.fmt(f),
            Self::Secret { path, source } => write!(f, "cannot use the secret file {path:?}: {source}"),
            Self::Build(error) => write!(f, "cannot build from the secret files: {error}"),
            Self::Panicked => f.write_str("cannot build from the secret files: the closure that does panicked"),
            Self::Stuck => {
                f.write_str("expected the secret files to answer within 30 s, found a look that still waits")
            }
        }
    }
}

impl Error for ReloadError {
    /// What is behind the error that the text names.
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Build(error) => error.source(),
            _ => None,
        }
    }
}

/// The state after the last look.
struct State<T> {
    current: Arc<T>,
    /// The files from which `current` was built.
    known: Arc<Known>,
    /// The result of the last look, if `current` was built from other bytes.
    doubted: Option<Arc<Seen>>,
    last_error: Option<Arc<ReloadError>>,
}

struct Known {
    marks: Vec<ContentMark>,
    /// As in [`Look`].
    stamps: Option<Vec<Stamp>>,
    warnings: Vec<SecretWarning>,
}

impl<T> State<T> {
    /// After a look that can be trusted. What was built from the same bytes is not built again.
    fn of(files: &Files, look: Look, built: Option<&Arc<T>>, build: &Build<T>) -> Result<Self, ReloadError> {
        let Look { seen, stamps, contents } = look;
        let marks = seen.map_err(refused)?;
        let secrets = files.secrets(contents)?;
        let current = match built {
            Some(current) => Arc::clone(current),
            None => Arc::new(built_from(&secrets, build)?),
        };
        let warnings = secrets.iter().flat_map(SigningSecret::warnings).copied().collect();
        let known = Arc::new(Known { marks, stamps, warnings });
        Ok(Self { current, known, doubted: None, last_error: None })
    }
}

impl<T> Clone for State<T> {
    fn clone(&self) -> Self {
        let Self { current, known, doubted, last_error } = self;
        let (current, known) = (Arc::clone(current), Arc::clone(known));
        Self { current, known, doubted: doubted.clone(), last_error: last_error.clone() }
    }
}

fn refused((path, source): (String, SecretError)) -> ReloadError {
    ReloadError::Secret { path, source }
}

impl Files {
    fn secrets(&self, contents: Vec<Content>) -> Result<Vec<SigningSecret>, ReloadError> {
        let secret = |(path, content): (&PathBuf, Content)| {
            self.options.secret_of(content).map_err(|source| refused((shown(path), source)))
        };
        self.paths.iter().zip(contents).map(secret).collect()
    }
}

fn built_from<T>(secrets: &[SigningSecret], build: &Build<T>) -> Result<T, ReloadError> {
    let (active, accepted) = secrets.split_first().ok_or(ReloadError::NoFile)?;
    catch_unwind(AssertUnwindSafe(|| build(active, accepted)))
        .map_err(|_| ReloadError::Panicked)?
        .map_err(ReloadError::Build)
}

/// 584 years at most.
fn nanoseconds(duration: Duration) -> u64 {
    duration.as_secs().saturating_mul(1_000_000_000).saturating_add(duration.subsec_nanos().into())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn bits(active: &SigningSecret, _: &[SigningSecret]) -> Result<usize, SecretError> {
        Ok(active.bits())
    }

    const OLD: &str = "hT4mYq0ZdR7uKx2WcN9vLbS5eGpJ8aFi6oQkX1yDzMwC3rVtHnBgUsEjAlIfOPTK";
    const NEW: &str = "kW8sN2cJxV5zQ0rTgM7yHdL4bEuA9pFiX6oK1vRtYnC3mZwSeGqDjUhBlPaIfOTH";

    #[test]
    fn the_second_look_at_a_change_is_due_in_a_second() {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), OLD).unwrap();
        let every = Duration::from_secs(60);
        let reloading = Reloading::builder([file.path()]).every(every).build(bits).unwrap();
        fs::write(file.path(), [NEW, "0123456789abcdef"].concat()).unwrap();
        for (expected_pause, expected_bits) in [(Duration::from_secs(1), 512), (every, 640)] {
            let (after, pause) = reloading.state_after(&reloading.state.load());
            reloading.state.store(Arc::new(after.unwrap()));
            assert_eq!((pause, *reloading.state.load().current), (expected_pause, expected_bits));
        }
    }

    #[test]
    fn a_write_too_soon_for_another_time_is_found_by_its_bytes() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let write = |text: &str| fs::write(file.path(), text).unwrap();
        write(OLD);
        let builds = AtomicU64::new(0);
        let reloading = Reloading::builder([file.path()])
            .every(Duration::ZERO)
            .build(move |_, _| Ok::<_, SecretError>(builds.fetch_add(1, Ordering::Relaxed)))
            .unwrap();
        write(NEW);
        // As if the file system's clock had stood still.
        let stamps = vec![Stamp::of(&fs::metadata(file.path()).unwrap())];
        let before = reloading.state.load_full();
        let stamps = before.known.stamps.as_ref().map(|_| stamps);
        let known = Known { marks: vec![ContentMark::of(OLD.as_bytes())], stamps, warnings: vec![] };
        reloading.state.store(Arc::new(State { known: Arc::new(known), ..State::clone(&before) }));
        assert_eq!([*reloading.current(), *reloading.current()], [0, 1]);
    }

    /// Gives up the look that goes on, as the next one does after an hour.
    fn give_up<T>(reloading: &Reloading<T>) {
        drop(reloading.turns.take(reloading.start.elapsed().saturating_add(Duration::from_secs(3601))).unwrap());
    }

    /// As in a dead network mount: the thread that looks does not come back.
    #[test]
    fn a_look_that_hangs_is_told_of_and_given_up() {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), OLD).unwrap();
        let mut reloading = Reloading::builder([file.path()]).every(Duration::ZERO).build(bits).unwrap();
        std::mem::forget(reloading.turns.take(reloading.start.elapsed()));
        fs::write(file.path(), [NEW, "0123456789abcdef"].concat()).unwrap();
        let looks = |reloading: &Reloading<_>| [(); 3].map(|()| *reloading.current());
        assert_eq!(looks(&reloading), [512; 3]);
        assert!(reloading.last_error().is_none());
        reloading.start = reloading.start.checked_sub(Duration::from_secs(31)).unwrap();
        let error = reloading.last_error().unwrap().to_string();
        assert_eq!(error, "expected the secret files to answer within 30 s, found a look that still waits");
        assert_eq!(looks(&reloading), [512; 3]);
        give_up(&reloading);
        assert_eq!(looks(&reloading), [512, 640, 640]);
        assert!(reloading.last_error().is_none());
    }

    #[test]
    fn a_look_that_comes_back_late_changes_nothing() {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), OLD).unwrap();
        let (entered, is_entered) = std::sync::mpsc::channel();
        let (leave, may_leave) = std::sync::mpsc::channel::<()>();
        let may_leave = std::sync::Mutex::new(may_leave);
        let late = move |active: &SigningSecret, _: &[SigningSecret]| {
            if active.bits() == 640 {
                entered.send(()).unwrap();
                may_leave.lock().unwrap().recv().unwrap();
            }
            Ok::<_, SecretError>(active.bits())
        };
        let reloading = Reloading::builder([file.path()]).every(Duration::ZERO).build(late).unwrap();
        fs::write(file.path(), [NEW, "0123456789abcdef"].concat()).unwrap();
        std::thread::scope(|scope| {
            scope.spawn(|| [(); 2].map(|()| reloading.current()));
            is_entered.recv().unwrap();
            give_up(&reloading);
            fs::write(file.path(), [NEW, &OLD[..32]].concat()).unwrap();
            assert_eq!([(); 2].map(|()| *reloading.current()), [512, 768]);
            leave.send(()).unwrap();
        });
        assert_eq!(*reloading.state.load().current, 768);
        assert!(reloading.last_error().is_none());
    }
}
