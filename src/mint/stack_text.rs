//! Short ASCII text on the stack.

/// At most `N` bytes of text.
#[derive(Clone)]
pub(crate) struct StackText<const N: usize> {
    bytes: [u8; N],
    length: usize,
}

impl<const N: usize> StackText<N> {
    /// Text that the caller knows to fit.
    #[inline]
    pub(crate) fn from(text: &[u8]) -> Self {
        let mut this = Self { bytes: [0; N], length: 0 };
        this.push(text);
        this
    }

    /// Appends text that the caller knows to fit.
    #[inline]
    pub(crate) fn push(&mut self, text: &[u8]) {
        let end = self.length.saturating_add(text.len());
        let room = self.bytes.get_mut(self.length..end);
        debug_assert!(room.is_some(), "the text was sized for all that is pushed");
        if let Some(room) = room {
            room.copy_from_slice(text);
            self.length = end;
        }
    }

    #[inline]
    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }

    /// The text with zero bytes behind it.
    #[inline]
    pub(crate) const fn padded(&self) -> &[u8; N] {
        &self.bytes
    }
}
