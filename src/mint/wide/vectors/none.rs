//! No vectors that are of use.

use crate::mint::{
    batch_signing::Entry,
    form::{Form, Particulars},
    template::{Moment, Template},
    wide::BatchLanes,
};

/// Nothing.
pub(crate) struct Wide;

impl Wide {
    pub(crate) const fn detect(_: BatchLanes, _: &Form) -> Self {
        Self
    }

    #[cfg(test)]
    pub(crate) const fn corrupt(&mut self) -> bool {
        false
    }
}

impl Template {
    pub(crate) fn sign_into(&self, moment: &Moment, particulars: Particulars<'_>, token: &mut String) {
        let Wide = self.wide;
        self.sign_plainly(moment, particulars, token);
    }

    pub(crate) fn sign_batch(&self, shared: Option<&Moment>, entries: &mut [Entry], tokens: &mut String) {
        self.sign_singly(shared, entries, tokens);
    }
}
