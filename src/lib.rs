//! Mints Quiltt user session tokens offline, from a signing secret, and verifies them.
//!
//! Quiltt scopes all data of a user behind a *session token*: an HS512 JWT, valid for a day. Normally a back end asks
//! Quiltt for one over the network. With the *signing secret* that Quiltt gives out, it can sign sessions itself.
//!
//! ```text
//! SigningSecret ─┐
//! ids ───────────┼─> SessionSigner ──(ProfileId, UnixTime, SessionId)──> Session ──> token
//! TokenVersion ──┘                                                                     │
//!                VerifiedSession <── SessionVerifier <── UntrustedToken <───────────────┘
//! ```
//!
//! # Examples
//!
//! ```
//! use quiltt_session::{ProfileId, SessionSigner, SessionVerifier, SigningSecret};
//!
//! let secret = SigningSecret::demo();
//! let signer = SessionSigner::builder(&secret).build()?;
//!
//! let profile: ProfileId = "52909e05-e1cb-4e45-b273-2b7b5d1f9bff".parse()?;
//! let session = signer.mint(profile)?;
//! let answer = serde_json::to_string(&session)?; // for the client, as Quiltt's own API would answer
//!
//! let verifier = SessionVerifier::builder(&secret).build()?;
//! assert_eq!(verifier.verify(session.token())?.user_id(), profile);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Returns, appends, writes
//!
//! | | the token or id is | allocates |
//! |---|---|---|
//! | [`SessionSigner::mint`], [`mint_at`](SessionSigner::mint_at) | returned in a [`Session`] | once |
//! | [`SessionSigner::session`] | returned in a [`Session`], with options of its own | once, more with claims of its own |
//! | [`SessionSigner::mint_batch`] | returned in a [`SessionBatch`], among any number | at most three times in all |
//! | [`SessionSigner::mint_into`] | appended to the caller's `String` | only if it lacks capacity |
//! | [`ProfileId::encode`] and those of the other ids | written into the caller's array | never |
//!
//! [`SessionSigner::stable`] has `mint`, `mint_into` and `mint_batch` as well: the same session on every replica.
//!
//! # What is observed, and what is not public
//!
//! The defaults are what Quiltt's own tokens of 2021 to 2025 look like, and all of them can be changed. Quiltt does not
//! publish which claims it demands of a self-signed token, the format of the secret, leeway, the longest time to live, or
//! whether its limits and revocation apply: confirm these when you get your secret.
//!
//! # Features
//!
//! One says whose cryptography signs, and of several the strictest does: `rustcrypto`, on by default, `ring`, `aws-lc-rs` or
//! `fips`; the tokens are the same, the speed is not ([`Crypto`] says which it is). The choice is the application's, so a library
//! over this one makes none. The others are not on by default, and each only adds:
//!
//! - `http`: sessions as `Authorization` headers (`Session::authorization`), and back
//!   (`UntrustedToken::from_authorization`);
//! - `axum`: `VerifiedSession` as an extractor of axum 0.8, which refuses with a `SessionRejection`, and `Session` as a
//!   response; brings `http`;
//! - `reload`: what is built from secret files, built again when they change (`Reloading`);
//! - `wasm_js`: clock and randomness of a JavaScript host, on `wasm32-unknown-unknown`; without it
//!   nothing compiles there, unless the application turns on getrandom's own, and then [`UnixTime::now`] is an error;
//! - `remote`: sessions that Quiltt itself creates, checks and revokes (`QuilttAuth`); needs a tokio runtime, and
//!   brings `http`.
//!
//! # What it does not do
//!
//! No other algorithm than HS512, no JWK, no encryption, no storage: the [`SignOut`] of each user, which ends the sessions
//! before it in your own back end, is for an application to keep. Without the feature `remote` it revokes nothing
//! and does not know whether a profile exists at Quiltt.
#![cfg_attr(docsrs, feature(doc_cfg))]
// No input makes it panic. Here and not in Cargo.toml, because tests, benches and examples may stop on the spot.
#![warn(
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

#[cfg(feature = "axum")]
mod axum;
mod crypto;
mod error;
#[cfg(feature = "http")]
mod http;
mod id;
mod mint;
#[cfg(feature = "reload")]
mod reload;
#[cfg(feature = "remote")]
mod remote;
mod secret;
mod sharded;
mod time;
mod token;
mod verify;

#[cfg(feature = "axum")]
#[cfg_attr(docsrs, doc(cfg(feature = "axum")))]
pub use self::axum::SessionRejection;

pub use crypto::Crypto;
pub use error::{
    ClaimError, ConfigError, CustomClaimsError, JsonFault, Lookalike, MintError, ParseIdError, ParseIdReason,
    ParseSettingError, ParseTokenError, RandomError, SecretError, Segment, VerifyError,
};
pub use id::{ApiKeyId, EnvironmentId, OrganizationId, ProfileId, SessionId};
pub use mint::{
    batch::{BatchMember, SessionBatch, Sessions},
    payload::PayloadOrder,
    session::{ClientSession, Session, SessionFormat, SessionRef},
    sign_out::SignOut,
    signer::{SessionRequest, SessionSigner, SessionSignerBuilder},
    stable::StableSigner,
    tail::BatchLanes,
};
#[cfg(feature = "reload")]
#[cfg_attr(docsrs, doc(cfg(feature = "reload")))]
pub use reload::{ReloadError, Reloading, ReloadingBuilder};
#[cfg(feature = "remote")]
#[cfg_attr(docsrs, doc(cfg(feature = "remote")))]
pub use remote::{
    Address, ApiKey, ApiKeyEnvironment, ApiSecret, AttributeError, BaseUrlReason, BirthDate, BodyError, Disagreement,
    DisagreementError, FieldMessages, Metadata, NewSession, PhoneNumber, QuilttAuth, QuilttAuthBuilder, RateLimit,
    Refusal, RemoteConfigError, RemoteError, RemoteSession, Revocation, TransportError, TransportReason,
};
pub use secret::{SecretEncoding, SecretOptions, SecretWarning, SigningSecret};
pub use time::{TimeError, UnixTime};
pub use token::{claims::Claims, untrusted::UntrustedToken, version::TokenVersion};
pub use verify::{SessionVerifier, SessionVerifierBuilder, VerifiedSession};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

#[cfg(doctest)]
#[doc = include_str!("../docs/testing.md")]
struct Testing;

#[cfg(all(doctest, feature = "axum", feature = "reload"))]
#[doc = include_str!("../docs/guide.md")]
struct Guide;

#[cfg(all(doctest, feature = "axum", feature = "reload"))]
#[doc = include_str!("../docs/operations.md")]
struct Operations;
