//! NEON: tails in vectors. A batch is signed token by token: two words of SHA-512 to a vector gain nothing on what the
//! processor does with one at a time, and less on its instructions for SHA-512.

use fearless_simd::{Level, Simd, aarch64::Neon};

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
pub(crate) struct Wide(Neon, Option<WideTail>);

impl Wide {
    pub(crate) fn detect(most: BatchLanes, order: PayloadOrder, layout: &Layout) -> Option<Self> {
        let simd = Level::new().as_neon().filter(|_| most != BatchLanes::One)?;
        Some(Self(simd, WideTail::new(order, layout)))
    }

    #[inline]
    pub(crate) fn sign(&self, template: &Template, moment: &Moment, particulars: Particulars<'_>, token: &mut String) {
        let Self(simd, tail) = self;
        simd.vectorize(
            #[inline(always)]
            || template.sign_wide(*simd, tail.as_ref(), moment, particulars, token),
        );
    }

    pub(crate) fn sign_batch(
        &self,
        template: &Template,
        shared: Option<&Moment>,
        entries: &mut [Entry],
        tokens: &mut String,
    ) {
        template.sign_singly(shared, entries, tokens);
    }

    /// Whether there is a tail in vectors, which writes another byte from now on.
    #[cfg(test)]
    pub(crate) fn corrupt(&mut self) -> bool {
        self.1.as_mut().map(WideTail::corrupt).is_some()
    }
}
