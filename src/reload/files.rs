//! Reads secret files, and tells whether they changed.

use std::{
    fmt,
    fs::{self, File, Metadata},
    io, mem,
    path::{Path, PathBuf},
    thread,
    time::{Duration, SystemTime},
};

use crate::{
    crypto::derive::ContentMark,
    error::SecretError,
    secret::{Content, SecretOptions, read_open_file, shown, unreadable},
};

pub(crate) struct Files {
    pub(crate) paths: Vec<PathBuf>,
    pub(crate) options: SecretOptions,
}

impl Files {
    /// Whether each file still has its stamp. Without inodes the answer is no: after a rename, the new file may have the old
    /// one's length and time.
    pub(crate) fn have(&self, stamps: &[Stamp]) -> bool {
        let found = self.paths.iter().map(|path| fs::metadata(path).ok().map(|metadata| Stamp::of(&metadata)));
        found.zip(stamps).all(|(found, stamp)| stamp.inode.is_some() && found.as_ref() == Some(stamp))
    }

    /// Reads all files. If two looks in a row read the same bytes, each file kept its bytes between the two reads, or got them
    /// back. So all files had these bytes at once: after the first look ended, and before the second began.
    pub(crate) fn look(&self) -> Look {
        let now = SystemTime::now();
        let read = |path: &PathBuf| read(path).map_err(|error| (shown(path), error));
        match self.paths.iter().map(read).collect::<Result<Vec<_>, _>>() {
            Ok(files) => {
                let (stamps, contents): (Vec<Stamp>, Vec<Content>) = files.into_iter().unzip();
                let stamps = stamps.iter().all(|stamp| stamp.is_settled_at(now)).then_some(stamps);
                let seen = Ok(contents.iter().map(|(bytes, _)| ContentMark::of(bytes)).collect());
                Look { seen, stamps, contents }
            }
            Err(refused) => Look { seen: Err(refused), stamps: None, contents: vec![] },
        }
    }

    /// Looks until two looks in a row agree, if the files are so young that somebody may still be writing.
    pub(crate) fn first_look(&self) -> Look {
        const PAUSE: Duration = Duration::from_millis(20);
        const MOST: usize = 50;

        let mut look = self.look();
        for _ in 0..MOST {
            if look.stamps.is_some() {
                break;
            }
            thread::sleep(PAUSE);
            let before = mem::replace(&mut look, self.look());
            if look.seen == before.seen {
                break;
            }
        }
        look
    }
}

impl fmt::Debug for Files {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.paths.iter().map(|path| shown(path))).finish()
    }
}

/// The result of one look at all files.
pub(crate) struct Look {
    pub(crate) seen: Seen,
    /// If any later change gives a file another stamp.
    pub(crate) stamps: Option<Vec<Stamp>>,
    pub(crate) contents: Vec<Content>,
}

/// A mark of each file's bytes; or the path of the first file that cannot be read, and the error. Two looks agree if these are
/// equal. Times and inodes do not count, since a program may write the same bytes again and again.
pub(crate) type Seen = Result<Vec<ContentMark>, (String, SecretError)>;

fn read(path: &Path) -> Result<(Stamp, Content), SecretError> {
    let failed = |error| unreadable(path, &error);
    let file = open(path).map_err(failed)?;
    // The metadata of the open file, even if the path names another file by now. They are read before the content, so that a
    // write in between shows at the next look.
    let metadata = file.metadata().map_err(failed)?;
    if !metadata.is_file() && !metadata.is_dir() {
        return Err(SecretError::NotAFile { path: shown(path) });
    }
    Ok((Stamp::of(&metadata), read_open_file(path, file)?))
}

/// Opens a file, but waits for no pipe (`O_NONBLOCK`), and makes no terminal this process's own (`O_NOCTTY`).
#[cfg(unix)]
fn open(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;

    File::options().read(true).custom_flags(libc::O_NONBLOCK | libc::O_NOCTTY).open(path)
}

#[cfg(not(unix))]
fn open(path: &Path) -> io::Result<File> {
    File::open(path)
}

/// The metadata that differ once a file has changed.
#[derive(PartialEq)]
pub(crate) struct Stamp {
    length: u64,
    modified: Option<SystemTime>,
    /// When the file or its metadata changed (`ctime`): no program can set this time.
    changed: Option<SystemTime>,
    /// The numbers of device and inode.
    inode: Option<(u64, u64)>,
}

impl Stamp {
    pub(crate) fn of(metadata: &Metadata) -> Self {
        let (changed, inode) = changed_and_inode(metadata);
        Self { length: metadata.len(), modified: metadata.modified().ok(), changed, inode }
    }

    /// Whether a write at `now` or later gives the file another time. File systems count in steps of up to two seconds (FAT), so
    /// a younger file may change unseen. Git calls such a file 'racily clean', and compares its content too.
    fn is_settled_at(&self, now: SystemTime) -> bool {
        const STEP: Duration = Duration::from_secs(2);

        let is_old = |time: SystemTime| now.duration_since(time).is_ok_and(|age| age > STEP);
        [self.modified, self.changed].into_iter().all(|time| time.is_some_and(is_old))
    }
}

#[cfg(unix)]
fn changed_and_inode(metadata: &Metadata) -> (Option<SystemTime>, Option<(u64, u64)>) {
    use std::os::unix::fs::MetadataExt;

    let nanoseconds = u32::try_from(metadata.ctime_nsec()).ok();
    let since_1970 =
        u64::try_from(metadata.ctime()).ok().zip(nanoseconds).map(|(secs, nanos)| Duration::new(secs, nanos));
    let changed = since_1970.and_then(|duration| SystemTime::UNIX_EPOCH.checked_add(duration));
    (changed, Some((metadata.dev(), metadata.ino())))
}

#[cfg(not(unix))]
fn changed_and_inode(metadata: &Metadata) -> (Option<SystemTime>, Option<(u64, u64)>) {
    (metadata.modified().ok(), None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_trusted_once_it_is_more_than_two_seconds_old() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let stamp = Stamp::of(&file.as_file().metadata().unwrap());
        let time = stamp.changed.unwrap().max(stamp.modified.unwrap());
        // In steps of 100 ns, in which Windows counts.
        let settled_after = |nanoseconds| stamp.is_settled_at(time + Duration::from_nanos(nanoseconds));
        assert!(!settled_after(0) && !settled_after(2_000_000_000) && settled_after(2_000_000_100));
        assert!(!stamp.is_settled_at(time - Duration::from_secs(60)), "the clock went back");
        assert!(!Stamp { changed: None, ..stamp }.is_settled_at(time + Duration::from_secs(60)));
    }

    #[test]
    fn without_an_inode_the_bytes_are_compared_at_each_look() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let files = Files { paths: vec![file.path().to_owned()], options: crate::SigningSecret::options() };
        let stamp = || Stamp::of(&file.as_file().metadata().unwrap());
        assert_eq!(files.have(&[stamp()]), cfg!(unix));
        assert!(!files.have(&[Stamp { inode: None, ..stamp() }]));
    }
}
