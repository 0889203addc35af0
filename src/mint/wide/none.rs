//! Architectures whose vectors are not used: all is done by plain code.

use super::BatchLanes;
use crate::{
    mint::{
        batch_signing::Entry,
        form::Particulars,
        payload_order::PayloadOrder,
        template::{Moment, Template},
    },
    token::version::Layout,
};

/// Vectors that there are not.
pub(crate) enum Wide {}

impl Wide {
    pub(crate) const fn detect(_: BatchLanes, _: PayloadOrder, _: &Layout) -> Option<Self> {
        None
    }

    pub(crate) const fn sign(&self, _: &Template, _: &Moment, _: Particulars<'_>, _: &mut String) {
        match *self {}
    }

    pub(crate) const fn sign_batch(&self, _: &Template, _: Option<&Moment>, _: &mut [Entry], _: &mut String) {
        match *self {}
    }

    #[cfg(test)]
    pub(crate) const fn corrupt(&mut self) -> bool {
        match *self {}
    }
}
