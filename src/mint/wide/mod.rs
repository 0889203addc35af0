//! How tokens are put together in vectors, by architecture; where a provider signs, in none.
//!
//! Each has `Wide`, what its processors may have, and with it
//!
//! - `Template::sign_into`, which appends the token of a session, and allocates only if there is no room, or for claims of its own;
//! - `Template::sign_batch`, which appends the tokens of several, and notes in each entry where its token ends. All are of the
//!   moment `shared`, if there is one. There is room.
//!
//! Their plain twins are [`Template::sign_plainly`] and [`Template::sign_singly`].
//!
//! [`Template::sign_plainly`]: super::template::Template::sign_plainly
//! [`Template::sign_singly`]: super::template::Template::sign_singly

#[cfg_attr(any(feature = "aws-lc-rs", feature = "fips", feature = "ring"), path = "vectors/none.rs")]
mod vectors;

pub(crate) use self::vectors::Wide;

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
    /// Four with AVX2, else one after the other; on 64-bit ARM, each is spelled and encoded in NEON.
    Four,
    /// One after the other, and without vectors, on any processor.
    One,
}
