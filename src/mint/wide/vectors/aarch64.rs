//! NEON: tails in vectors. A batch is signed token by token, since lanes of two words take more instructions than the
//! processor's own for SHA-512; `docs/performance.md` has the counts.

use fearless_simd::{Level, Simd, aarch64::Neon};

use super::tail::WideTail;
use crate::mint::{
    batch_signing::Entry,
    form::{Form, Particulars},
    template::{Moment, Template},
    wide::BatchLanes,
};

/// Vectors that the processor has, as proof that it does, and what is spelled in them.
pub(crate) struct Wide(Option<(Neon, WideTail)>);

impl Wide {
    pub(crate) fn detect(most: BatchLanes, form: &Form) -> Self {
        Self(Level::new().as_neon().filter(|_| most != BatchLanes::One).zip(WideTail::new(form)))
    }

    /// Whether there is a tail, which says another byte from now on.
    #[cfg(test)]
    pub(crate) fn corrupt(&mut self) -> bool {
        self.0.as_mut().map(|(_, tail)| tail.corrupt()).is_some()
    }
}

impl Template {
    #[inline]
    pub(crate) fn sign_into(&self, moment: &Moment, particulars: Particulars<'_>, token: &mut String) {
        let Wide(Some((simd, tail))) = &self.wide else { return self.sign_plainly(moment, particulars, token) };
        simd.vectorize(
            #[inline(always)]
            || self.sign_wide(*simd, Some(tail), moment, particulars, token),
        );
    }

    pub(crate) fn sign_batch(&self, shared: Option<&Moment>, entries: &mut [Entry], tokens: &mut String) {
        self.sign_singly(shared, entries, tokens);
    }
}
