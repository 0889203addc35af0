//! What stable sessions are derived from: their ids, and where a profile's windows begin.

use ring::hmac;
use uuid::Builder;

use crate::{
    id::{ProfileId, SessionId},
    secret::SigningSecret,
    time::UnixTime,
};

/// What session ids and offsets are derived from; itself derived from the secret.
pub(crate) struct StableKey {
    session_ids: hmac::Key,
    offsets: Offsets,
}

impl StableKey {
    /// Keys for two ends, told apart by labels (NIST SP 800-108's counter mode with one round). No label can be taken for
    /// the signing input of a token, which starts with `eyJ`.
    pub(crate) fn new(secret: &SigningSecret) -> Self {
        let secret = hmac::Key::new(hmac::HMAC_SHA512, secret.expose());
        let derive = |label: &[u8]| hmac::sign(&secret, label);
        Self {
            session_ids: hmac::Key::new(hmac::HMAC_SHA256, derive(b"quiltt-session stable session id v1").as_ref()),
            offsets: Offsets::new(derive(b"quiltt-session stable offset v1").as_ref()),
        }
    }

    /// A UUID of version 8 from all that tells one session from another, each in a field of fixed length.
    pub(crate) fn session_id(&self, profile: ProfileId, window_start: UnixTime, generation: u64) -> SessionId {
        let mut message = [0; 32];
        let fields = profile.uuid().into_bytes().into_iter();
        let fields = fields.chain(window_start.as_secs().to_be_bytes()).chain(generation.to_be_bytes());
        message.iter_mut().zip(fields).for_each(|(byte, field)| *byte = field);
        let tag = hmac::sign(&self.session_ids, &message);
        let bytes = tag.as_ref().first_chunk().copied().unwrap_or_default();
        SessionId::from_uuid(Builder::from_custom_bytes(bytes).into_uuid())
    }

    /// How far `profile`'s windows are shifted, in seconds: less than `window`.
    pub(crate) fn offset(&self, profile: ProfileId, window: u64) -> u64 {
        self.offsets.of(profile.uuid().as_u64_pair(), window)
    }
}

/// Spreads profiles evenly: multiply-shift hashing of two words, which is strongly universal (Dietzfelbinger 1996; Thorup,
/// arXiv:1504.06804 §3.3).
///
/// An offset is not secret and decides nothing, so it need not cost an HMAC of its own.
struct Offsets {
    first: u128,
    second: u128,
    addend: u128,
}

impl Offsets {
    fn new(bytes: &[u8]) -> Self {
        let (numbers, _) = bytes.as_chunks();
        let number = |place: usize| numbers.get(place).copied().map_or(0, u128::from_be_bytes);
        Self { first: number(0), second: number(1), addend: number(2) }
    }

    /// A number below `window`.
    fn of(&self, (first, second): (u64, u64), window: u64) -> u64 {
        let products = self.first.wrapping_mul(first.into()).wrapping_add(self.second.wrapping_mul(second.into()));
        let hash = products.wrapping_add(self.addend) >> 64;
        // The hash is below 2⁶⁴, so this fraction of the window is below the window.
        u64::try_from(hash.wrapping_mul(window.into()) >> 64).unwrap_or(0)
    }
}
