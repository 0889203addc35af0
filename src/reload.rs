//! What was built from secret files, built again when they change (feature `reload`).

mod files;

use std::{
    error::Error,
    fmt,
    panic::{AssertUnwindSafe, catch_unwind},
    path::PathBuf,
    sync::{
        Arc, Mutex, MutexGuard, TryLockError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use arc_swap::{ArcSwap, ArcSwapOption};

use self::files::{Files, Look, Mark, Seen};
use crate::{
    error::SecretError,
    secret::{Content, SecretOptions, SigningSecret, shown},
};

/// What a closure built from one or several secret files, and builds again when they change.
///
/// There is no thread behind it: [`current`](Self::current) looks at the files when a look is due. Paths are resolved at
/// each look, so files may be replaced by a rename, written in place, or be symlinks as Kubernetes mounts secrets.
///
/// A change counts once two looks in a row have found the same files with the same bytes, so neither half of a secret is
/// taken nor the new content of one file with the old one of another. The second look is due [`every`], but at most a
/// second, after the first: whoever writes the files must not pause for as long. In a process that keeps asking, a new
/// secret is in use `every` and a second after its file was written, at the latest; after a pause, the first answers are
/// still from before.
///
/// If the new files are no good, what was built last stays, [`last_error`](Self::last_error) says why, and each look
/// tries again.
///
/// # Security
///
/// Between looks it keeps of each file a fingerprint, which says no more of the secret than a token does. The secrets
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
    current: ArcSwap<T>,
    last_error: ArcSwapOption<ReloadError>,
    start: Instant,
    /// When the next look is due, in nanoseconds from `start`.
    next_look: AtomicU64,
    watch: Mutex<Watch>,
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
    /// What was built last.
    ///
    /// If a look at the files is due, the caller's thread takes it: blocking system calls, of some microseconds on a local
    /// disk, and the closure if the files have changed. All others go on meanwhile with what there is; nobody waits for a
    /// lock.
    pub fn current(&self) -> Arc<T> {
        if self.is_due()
            && let Some(mut watch) = self.try_lock()
            && self.is_due()
        {
            let pause = self.look(&mut watch);
            self.next_look.store(nanoseconds(self.start.elapsed().saturating_add(pause)), Ordering::Relaxed);
        }
        self.current.load_full()
    }

    /// Why the files were not taken when two looks last agreed on them; `None` once they are good again.
    ///
    /// It looks at nothing itself: only [`current`](Self::current) does.
    #[must_use]
    pub fn last_error(&self) -> Option<Arc<ReloadError>> {
        self.last_error.load_full()
    }

    fn is_due(&self) -> bool {
        nanoseconds(self.start.elapsed()) >= self.next_look.load(Ordering::Relaxed)
    }

    fn try_lock(&self) -> Option<MutexGuard<'_, Watch>> {
        match self.watch.try_lock() {
            Ok(watch) => Some(watch),
            // By a `T` that panicked when it was dropped for a new one.
            Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
            Err(TryLockError::WouldBlock) => None,
        }
    }

    /// Looks at the files, and takes them if they have changed and the look before found the same; says how long the next
    /// one can wait.
    fn look(&self, watch: &mut Watch) -> Duration {
        const SECOND_LOOK: Duration = Duration::from_secs(1);

        if watch.is_at_rest() && self.files.have_stamps_of(&watch.used) {
            return self.every;
        }
        let look = self.files.look();
        if watch.doubted.as_ref() != Some(&look.seen) && look.seen.as_ref() != Ok(&watch.used) {
            watch.doubted = Some(look.seen);
            return self.every.min(SECOND_LOOK);
        }
        self.last_error.store(self.take(look, watch).err().map(Arc::new));
        self.every
    }

    fn take(&self, look: Look, watch: &mut Watch) -> Result<(), ReloadError> {
        let used = look.seen.map_err(refused)?;
        if !used.iter().map(|mark| &mark.content).eq(watch.used.iter().map(|mark| &mark.content)) {
            self.current.store(Arc::new(self.files.build(look.contents, &self.build)?));
        }
        *watch = Watch { used, is_settled: look.is_settled, doubted: None };
        Ok(())
    }
}

impl<T> fmt::Debug for Reloading<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reloading").field("files", &self.files).field("every", &self.every).finish_non_exhaustive()
    }
}

/// How to build a [`Reloading`]: see [`Reloading::builder`].
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use quiltt_session::{Reloading, SecretEncoding, SessionSigner, SigningSecret};
///
/// # let file = tempfile::NamedTempFile::new()?;
/// # let digits = "7b1e94c05da2f8368e4f019ac7d35b62e80d7f41b396ca250f6ed8137c9452ab";
/// # std::fs::write(file.path(), digits.to_owned() + "d24f0b9e7631a85cc9127de3508f46ba1a9f63d4e5078b2c4ed591f0782a3c6b")?;
/// let signer = Reloading::builder([file.path()])
///     .options(SigningSecret::options().encoding(SecretEncoding::Hex))
///     .every(Duration::from_secs(60))
///     .build(|secret, _| SessionSigner::builder(secret).build())?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
#[must_use]
pub struct ReloadingBuilder {
    files: Files,
    every: Duration,
}

impl ReloadingBuilder {
    /// How to read the secrets; as they are, unless set.
    pub fn options(mut self, options: SecretOptions) -> Self {
        self.files.options = options;
        self
    }

    /// How long a look at the files is good for; 10 s unless set. With zero, each [`Reloading::current`] looks.
    ///
    /// The second look at a change comes as soon, or after a second, so a writer that pauses for longer is taken to be done:
    /// zero is for tests, or for files that are replaced by a rename.
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
        let look = files.first_look();
        let used = look.seen.map_err(refused)?;
        let current = files.build(look.contents, &build)?;
        Ok(Reloading {
            files,
            every,
            build,
            current: ArcSwap::from_pointee(current),
            last_error: ArcSwapOption::empty(),
            start: Instant::now(),
            next_look: AtomicU64::new(nanoseconds(every)),
            watch: Mutex::new(Watch { used, is_settled: look.is_settled, doubted: None }),
        })
    }
}

/// Nothing could be built from the secret files.
///
/// # Examples
///
/// ```
/// use std::error::Error;
/// use quiltt_session::{Reloading, SessionSigner};
///
/// let error = Reloading::builder(["/no/such/file"]).build(|secret, _| SessionSigner::builder(secret).build()).unwrap_err();
/// assert_eq!(error.to_string(), r#"cannot use the secret file "/no/such/file""#);
/// assert_eq!(error.source().unwrap().to_string(), r#"cannot read the secret file "/no/such/file": entity not found"#);
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReloadError {
    /// An empty list of paths.
    #[error("expected at least one secret file, found none")]
    NoFile,
    /// A file that cannot be read, or whose content is no secret.
    #[error("cannot use the secret file {path:?}")]
    Secret {
        /// The path, as in [`SecretError::File`].
        path: String,
        /// What is wrong.
        source: SecretError,
    },
    /// The closure's own error, of secrets that are good by themselves.
    #[error("cannot build from the secret files")]
    Build(
        /// What the closure returned.
        #[source]
        Box<dyn Error + Send + Sync>,
    ),
    /// The closure panicked.
    #[error("cannot build from the secret files: the closure that does panicked")]
    Panicked,
}

/// What is known of the files since the last look.
struct Watch {
    /// From which files `current` was built.
    used: Vec<Mark>,
    /// Whether any later change of these would show in a [`files::Stamp`].
    is_settled: bool,
    /// What the last look saw, if that is not what is used.
    doubted: Option<Seen>,
}

impl Watch {
    fn is_at_rest(&self) -> bool {
        self.is_settled && self.doubted.is_none()
    }
}

fn refused((path, source): (String, SecretError)) -> ReloadError {
    ReloadError::Secret { path, source }
}

impl Files {
    fn build<T>(&self, contents: Vec<Content>, build: &Build<T>) -> Result<T, ReloadError> {
        let secret = |(path, content): (&PathBuf, Content)| {
            self.options.secret_of(content).map_err(|source| refused((shown(path), source)))
        };
        let secrets = self.paths.iter().zip(contents).map(secret).collect::<Result<Vec<_>, _>>()?;
        let (active, accepted) = secrets.split_first().ok_or(ReloadError::NoFile)?;
        catch_unwind(AssertUnwindSafe(|| build(active, accepted)))
            .map_err(|_| ReloadError::Panicked)?
            .map_err(ReloadError::Build)
    }
}

/// 584 years at most.
fn nanoseconds(duration: Duration) -> u64 {
    duration.as_secs().saturating_mul(1_000_000_000).saturating_add(duration.subsec_nanos().into())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{files::Stamp, *};

    const OLD: &str = "hT4mYq0ZdR7uKx2WcN9vLbS5eGpJ8aFi6oQkX1yDzMwC3rVtHnBgUsEjAlIfOPTK";
    const NEW: &str = "kW8sN2cJxV5zQ0rTgM7yHdL4bEuA9pFiX6oK1vRtYnC3mZwSeGqDjUhBlPaIfOTH";

    #[test]
    fn the_second_look_at_a_change_is_due_in_a_second() {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), OLD).unwrap();
        let every = Duration::from_secs(60);
        let build = |secret: &SigningSecret, _: &[SigningSecret]| Ok::<_, SecretError>(secret.bits());
        let reloading = Reloading::builder([file.path()]).every(every).build(build).unwrap();
        fs::write(file.path(), [NEW, "0123456789abcdef"].concat()).unwrap();
        let mut watch = reloading.watch.lock().unwrap();
        assert_eq!((reloading.look(&mut watch), *reloading.current.load_full()), (Duration::from_secs(1), 512));
        assert_eq!((reloading.look(&mut watch), *reloading.current.load_full()), (every, 640));
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
        reloading.watch.lock().unwrap().used[0].stamp = Stamp::of(&fs::metadata(file.path()).unwrap());
        assert_eq!([*reloading.current(), *reloading.current()], [0, 1]);
    }
}
