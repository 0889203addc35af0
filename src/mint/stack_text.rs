//! Short ASCII text on the stack.

/// At most `N` bytes of text.
#[derive(Clone)]
pub(crate) struct StackText<const N: usize> {
    bytes: [u8; N],
    length: usize,
}

impl<const N: usize> StackText<N> {
    pub(crate) const MAX_LENGTH: usize = N;

    /// Text that the caller knows to fit.
    #[inline]
    pub(crate) fn from(text: &[u8]) -> Self {
        let mut this = Self { bytes: [0; N], length: 0 };
        this.push(text);
        this
    }

    /// The first `length` bytes of what was encoded.
    #[inline]
    pub(crate) fn prefix(words: &[[u8; 8]], length: usize) -> Self {
        let mut bytes = [0; N];
        bytes.copy_from_slice(words.as_flattened());
        Self { bytes, length }
    }

    /// Appends text that the caller knows to fit.
    #[inline]
    pub(crate) fn push(&mut self, text: &[u8]) {
        let (_, room) = self.bytes.split_at_mut(self.length);
        let (room, _) = room.split_at_mut(text.len());
        room.copy_from_slice(text);
        self.length = self.length.saturating_add(text.len());
    }

    #[inline]
    pub(crate) fn as_bytes(&self) -> &[u8] {
        let (text, _) = self.bytes.split_at(self.length);
        text
    }

    /// The text with zero bytes behind it.
    #[inline]
    pub(crate) const fn padded(&self) -> &[u8; N] {
        &self.bytes
    }
}
