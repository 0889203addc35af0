//! Signs the tokens of a batch.

use std::borrow::Cow;

use super::{
    form::Particulars,
    payload::Validity,
    template::{Moment, Template},
};
use crate::id::{ProfileId, SessionId};

/// One session of a batch.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry {
    pub(crate) profile: ProfileId,
    pub(crate) session_id: SessionId,
    pub(crate) validity: Validity,
    /// Where its token ends in the buffer, once it is signed; it starts where the one before ends.
    pub(crate) end: usize,
}

impl Entry {
    pub(crate) const fn new(profile: ProfileId, session_id: SessionId, validity: Validity) -> Self {
        Self { profile, session_id, validity, end: 0 }
    }

    pub(crate) const fn particulars(&self) -> Particulars<'static> {
        Particulars { profile: self.profile, session_id: self.session_id, claims: "" }
    }
}

impl Template {
    /// [`sign_batch`](Self::sign_batch), one after the other.
    pub(super) fn sign_singly(&self, shared: Option<&Moment>, entries: &mut [Entry], tokens: &mut String) {
        for entry in entries {
            let apart = || Cow::Owned(self.moment_apart(entry.validity));
            self.sign_into(&shared.map_or_else(apart, Cow::Borrowed), entry.particulars(), tokens);
            entry.end = tokens.len();
        }
    }
}
