//! Mints Quiltt user session tokens offline, from a signing secret, and verifies them.
#![cfg_attr(docsrs, feature(doc_cfg))]
// Nothing panics. Here and not in Cargo.toml, because tests, benches and examples may stop on the spot.
#![warn(
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

mod ascii_json;
mod base62;
mod claims;
mod custom;
mod error;
mod header;
#[cfg(feature = "http")]
mod http;
mod id;
mod mac;
mod moments;
mod random;
mod secret;
mod session;
mod signer;
mod stack_text;
mod strict_json;
mod template;
mod time;
mod untrusted;
mod verifier;
mod version;

pub use claims::Claims;
pub use error::{
    ClaimError, ConfigError, MintError, ParseIdError, ParseIdReason, ParseTokenError, RandomError, SecretError,
    Segment, TimeError, VerifyError,
};
pub use id::{ApiKeyId, EnvironmentId, OrganizationId, ProfileId, SessionId};
pub use secret::{SecretEncoding, SecretOptions, SecretWarning, SigningSecret};
pub use session::{Session, SessionFormat, SessionRef};
pub use signer::{SessionRequest, SessionSigner, SessionSignerBuilder};
pub use time::UnixTime;
pub use untrusted::UntrustedToken;
pub use verifier::{SessionVerifier, SessionVerifierBuilder, VerifiedSession};
pub use version::TokenVersion;
