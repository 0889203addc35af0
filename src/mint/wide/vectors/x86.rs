//! AVX-512 and AVX2: tails in vectors, and the signatures of a batch side by side.

use fearless_simd::{
    Level, Simd, u64x4, u64x8,
    x86::{Avx2, Avx512},
};

use super::tail::WideTail;
use crate::mint::{
    batch_signing::Entry,
    form::{Form, Particulars},
    template::{Moment, Template},
    wide::BatchLanes,
};

/// Vectors that the processor has, as proof that it does, and what is spelled in them.
pub(crate) enum Wide {
    Eight(Avx512, Option<WideTail>),
    Four(Avx2, Option<WideTail>),
    None,
}

impl Wide {
    /// The widest that there are, up to `most`.
    pub(crate) fn detect(most: BatchLanes, form: &Form) -> Self {
        let level = Level::new();
        match (most, level.as_avx512(), level.as_avx2()) {
            (BatchLanes::Eight, Some(simd), _) => Self::Eight(simd, WideTail::new(form)),
            (BatchLanes::Eight | BatchLanes::Four, _, Some(simd)) => Self::Four(simd, WideTail::new(form)),
            _ => Self::None,
        }
    }

    /// Whether there is a tail, which says another byte from now on.
    #[cfg(test)]
    pub(crate) fn corrupt(&mut self) -> bool {
        match self {
            Self::Eight(_, tail) | Self::Four(_, tail) => tail.as_mut().map(WideTail::corrupt).is_some(),
            Self::None => false,
        }
    }
}

impl Template {
    #[inline]
    pub(crate) fn sign_into(&self, moment: &Moment, particulars: Particulars<'_>, token: &mut String) {
        match &self.wide {
            Wide::Eight(simd, tail) => simd.vectorize(
                #[inline(always)]
                || self.sign_wide(*simd, tail.as_ref(), moment, particulars, token),
            ),
            Wide::Four(simd, tail) => simd.vectorize(
                #[inline(always)]
                || self.sign_wide(*simd, tail.as_ref(), moment, particulars, token),
            ),
            Wide::None => self.sign_plainly(moment, particulars, token),
        }
    }

    pub(crate) fn sign_batch(&self, shared: Option<&Moment>, entries: &mut [Entry], tokens: &mut String) {
        match &self.wide {
            // Alone in its group, a token would wait for empty lanes.
            _ if entries.len() < 2 => self.sign_singly(shared, entries, tokens),
            Wide::Eight(simd, tail) => simd.vectorize(
                #[inline(always)]
                || self.sign_groups::<_, u64x8<_>, 8>(*simd, tail.as_ref(), shared, entries, tokens),
            ),
            Wide::Four(simd, tail) => simd.vectorize(
                #[inline(always)]
                || self.sign_groups::<_, u64x4<_>, 4>(*simd, tail.as_ref(), shared, entries, tokens),
            ),
            Wide::None => self.sign_singly(shared, entries, tokens),
        }
    }
}
