//! AVX-512 and AVX2: tails in vectors, and the signatures of a batch side by side.

use fearless_simd::{
    Level, Simd, u64x4, u64x8,
    x86::{Avx2, Avx512},
};

use super::{BatchLanes, tail::WideTail};
use crate::{
    mint::{
        batch_signing::Entry,
        form::Particulars,
        payload_order::PayloadOrder,
        template::{Moment, Template},
    },
    token::version::Layout,
};

/// Vectors that the processor has, as proof that it does, and what is spelled in them.
pub(crate) enum Wide {
    Eight(Avx512, Option<WideTail>),
    Four(Avx2, Option<WideTail>),
}

impl Wide {
    /// The widest that there are, up to `most`.
    pub(crate) fn detect(most: BatchLanes, order: PayloadOrder, layout: &Layout) -> Option<Self> {
        let (level, tail) = (Level::new(), WideTail::new(order, layout));
        match (most, level.as_avx512(), level.as_avx2()) {
            (BatchLanes::Eight, Some(simd), _) => Some(Self::Eight(simd, tail)),
            (BatchLanes::Eight | BatchLanes::Four, _, Some(simd)) => Some(Self::Four(simd, tail)),
            _ => None,
        }
    }

    #[inline]
    pub(crate) fn sign(&self, template: &Template, moment: &Moment, particulars: Particulars<'_>, token: &mut String) {
        match self {
            Self::Eight(simd, tail) => simd.vectorize(
                #[inline(always)]
                || template.sign_wide(*simd, tail.as_ref(), moment, particulars, token),
            ),
            Self::Four(simd, tail) => simd.vectorize(
                #[inline(always)]
                || template.sign_wide(*simd, tail.as_ref(), moment, particulars, token),
            ),
        }
    }

    pub(crate) fn sign_batch(
        &self,
        template: &Template,
        shared: Option<&Moment>,
        entries: &mut [Entry],
        tokens: &mut String,
    ) {
        match self {
            // Alone in its group, a token would wait for empty lanes.
            _ if entries.len() < 2 => template.sign_singly(shared, entries, tokens),
            Self::Eight(simd, tail) => simd.vectorize(
                #[inline(always)]
                || template.sign_groups::<_, u64x8<_>, 8>(*simd, tail.as_ref(), shared, entries, tokens),
            ),
            Self::Four(simd, tail) => simd.vectorize(
                #[inline(always)]
                || template.sign_groups::<_, u64x4<_>, 4>(*simd, tail.as_ref(), shared, entries, tokens),
            ),
        }
    }

    /// Whether there is a tail in vectors, which writes another byte from now on.
    #[cfg(test)]
    pub(crate) fn corrupt(&mut self) -> bool {
        let (Self::Eight(_, tail) | Self::Four(_, tail)) = self;
        tail.as_mut().map(WideTail::corrupt).is_some()
    }
}
