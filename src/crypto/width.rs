//! How many lanes the processor has.

#[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
use fearless_simd::{
    Level,
    x86::{Avx2, Avx512},
};

/// How many tokens of a batch to sign side by side, at most.
///
/// The widest that the processor can do is the fastest, and what a signer uses unless told otherwise. Narrower ones are
/// for measuring, and for servers whose operators keep AVX-512 off because it lowers the clock of older processors.
/// The tokens are the same whatever the width.
///
/// # Examples
///
/// ```
/// # use quiltt_session::*;
/// # let secret = SigningSecret::demo();
/// # let profile: ProfileId = "p_12VnSaRRxyP12Sl9rLZg8n1".parse()?;
/// # let id: SessionId = "4551ca49-c002-4d9b-92ec-465018e28fdc".parse()?;
/// # let now = UnixTime::from_secs(1_700_000_000)?;
/// let narrow = SessionSigner::builder(&secret).batch_lanes(BatchLanes::One).build()?;
/// let wide = SessionSigner::builder(&secret).batch_lanes(BatchLanes::Eight).build()?;
/// let (one, other) = (narrow.mint_batch_at(&[(profile, id); 9], now)?, wide.mint_batch_at(&[(profile, id); 9], now)?);
/// assert_eq!(serde_json::to_value(one)?, serde_json::to_value(other)?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum BatchLanes {
    /// Eight with AVX-512, else as with `Four`.
    #[default]
    Eight,
    /// Four with AVX2, else as with `One`.
    Four,
    /// One after the other, on any processor.
    One,
}

/// What the processor offers, as proof that it does.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Width {
    #[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
    Eight(Avx512),
    #[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
    Four(Avx2),
    One,
}

impl Width {
    /// The widest that the processor has, up to `most`.
    pub(crate) fn detect(most: BatchLanes) -> Self {
        #[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
        {
            let level = Level::new();
            if let (BatchLanes::Eight, Some(token)) = (most, level.as_avx512()) {
                return Self::Eight(token);
            }
            if let (BatchLanes::Eight | BatchLanes::Four, Some(token)) = (most, level.as_avx2()) {
                return Self::Four(token);
            }
        }
        let _ = most;
        Self::One
    }
}
