//! Many sessions at once: one clock reading, one buffer, and signatures side by side in the lanes of a vector.

use std::{
    fmt,
    io::{self, Write},
    ops::Range,
};

use serde::{Serialize, Serializer};

use super::{
    payload::Entry,
    session::{Details, Session, SessionFormat, SessionRef},
};
use crate::id::EnvironmentId;

/// The sessions of one call to [`SessionSigner::mint_batch`](crate::SessionSigner::mint_batch), in the order of its
/// profiles, with all tokens in one buffer. A batch serialises as a JSON array of sessions.
///
/// # Examples
///
/// ```
/// # use quiltt_session::*;
/// # let secret = SigningSecret::demo();
/// # let signer = SessionSigner::builder(secret).build()?;
/// let profiles = [ProfileId::random()?, ProfileId::random()?];
/// let batch = signer.mint_batch(&profiles)?;
/// for (session, profile) in batch.iter().zip(profiles) {
///     assert_eq!(session.user_id(), profile);
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct SessionBatch {
    /// All tokens, one behind the other.
    pub(super) tokens: String,
    pub(super) entries: Vec<Entry>,
    pub(super) environment_id: Option<EnvironmentId>,
    pub(super) format: SessionFormat,
}

impl SessionBatch {
    /// How many sessions there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The session at a place, counted from 0; `None` past the end.
    #[must_use]
    pub fn get(&self, place: usize) -> Option<SessionRef<'_>> {
        let (before, entries) = self.entries.split_at_checked(place)?;
        let (entry, _) = entries.split_first()?;
        let (tokens, _) = self.tokens.split_at(entry.end);
        let (_, token) = tokens.split_at(before.last().map_or(0, |before| before.end));
        Some(Session { token, details: Details::new(entry, self.environment_id, self.format) })
    }

    /// The sessions in order; allocates nothing.
    #[must_use]
    pub fn iter(&self) -> Sessions<'_> {
        Sessions { batch: self, places: 0..self.len() }
    }

    /// Writes one session to a line, as JSON (<https://jsonlines.org>), and each by itself, so give a buffered writer.
    ///
    /// # Errors
    ///
    /// The writer's error.
    pub fn write_json_lines(&self, mut writer: impl Write) -> io::Result<()> {
        for session in self.iter() {
            serde_json::to_writer(&mut writer, &session)?;
            writer.write_all(b"\n")?;
        }
        Ok(())
    }
}

impl fmt::Debug for SessionBatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionBatch")
            .field("len", &self.len())
            .field("environment_id", &self.environment_id)
            .finish_non_exhaustive()
    }
}

impl Serialize for SessionBatch {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

impl<'b> IntoIterator for &'b SessionBatch {
    type Item = SessionRef<'b>;
    type IntoIter = Sessions<'b>;

    fn into_iter(self) -> Sessions<'b> {
        self.iter()
    }
}

/// The iterator of [`SessionBatch::iter`].
#[derive(Clone, Debug)]
pub struct Sessions<'b> {
    batch: &'b SessionBatch,
    places: Range<usize>,
}

impl<'b> Iterator for Sessions<'b> {
    type Item = SessionRef<'b>;

    fn next(&mut self) -> Option<SessionRef<'b>> {
        self.batch.get(self.places.next()?)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.places.size_hint()
    }
}

impl ExactSizeIterator for Sessions<'_> {}
