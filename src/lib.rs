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
//! ```no_run
//! use quiltt_session::{ProfileId, SessionSigner, SigningSecret};
//!
//! let secret = SigningSecret::from_file("/run/secrets/quiltt")?; // or `from_env`; `options` for hex or base64
//! let signer = SessionSigner::builder(secret) // once, at start-up; all threads share it
//!     .environment("env_1Bx4omNvZgKao2OqGshImD".parse()?)
//!     .build()?;
//!
//! let profile: ProfileId = "52909e05-e1cb-4e45-b273-2b7b5d1f9bff".parse()?; // or "p_12VnSaRRxyP12Sl9rLZg8n1"
//! let session = signer.mint(profile)?;
//! let answer = serde_json::to_string(&session)?; // for the client, as Quiltt's own API would answer
//!
//! let verifier = signer.verifier().build()?; // of the same secret, environment, issuer and audience
//! assert_eq!(verifier.verify(session.token())?.user_id(), profile);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Examples and tests that need no secret of their own take [`SigningSecret::demo`], which Quiltt refuses. HS512 is symmetric:
//! whoever can verify a token with the secret can mint one for any user.
//!
//! # Where to begin
//!
//! - [`SigningSecret`]: where the secret comes from, and what is refused;
//! - [`SessionSigner`]: minting, with a table of its methods; [`Session`]: the token and its JSON;
//! - [`StableSigner`]: the same session on every replica, without a cache;
//! - [`SessionVerifier`] and [`VerifiedSession`]: your own routes; [`VerifyError::code`]: why a token is refused;
//! - [`SignOut`]: what ends all sessions of a user;
//! - [`ProfileId`]: the user, from a UUID or a global id; [`UntrustedToken`]: what a token says before it is verified.
//!
//! The package has more to read: [the guide](https://docs.rs/crate/quiltt-session/latest/source/docs/guide.md), from the secret to
//! production, [recipes](https://docs.rs/crate/quiltt-session/latest/source/docs/recipes.md) for other frameworks,
//! [testing](https://docs.rs/crate/quiltt-session/latest/source/docs/testing.md),
//! [operations](https://docs.rs/crate/quiltt-session/latest/source/docs/operations.md) and, for an audit,
//! [SECURITY](https://docs.rs/crate/quiltt-session/latest/source/SECURITY.md). The command `quiltt-session`, of the crate
//! `quiltt-session-cli`, mints, inspects and verifies; its `doctor` asks Quiltt which tokens it accepts: run that first.
//!
//! # What is observed, and what is not public
//!
//! The defaults are what Quiltt's own tokens of 2021 to 2025 look like, and all of them can be changed. Quiltt does not
//! publish which claims it demands of a self-signed token, the format of the secret, leeway, the maximum TTL, or
//! whether its limits and revocation apply: confirm these when you get your secret.
//!
//! # Features
//!
//! One names the crypto provider, `rustcrypto` by default, `ring`, `aws-lc-rs` or `fips`; the tokens are the same, the speed is
//! not, and of several the strictest signs ([`Crypto`] says which it is). The application chooses, a library over this one does
//! not. None of the others is on by default:
//!
//! - `http`: [`Session::authorization`](struct.Session.html#method.authorization) as a header, and back,
//!   [`UntrustedToken::from_authorization`](struct.UntrustedToken.html#method.from_authorization);
//! - `axum`: [`VerifiedSession`] as an extractor of axum 0.8, which refuses with a
//!   [`SessionRejection`](enum.SessionRejection.html), and [`Session`] as a response; brings `http`;
//! - `reload`: [`Reloading`](struct.Reloading.html): what is built from secret files, built again when they change;
//! - `wasm_js`: clock and randomness of a JavaScript host, on `wasm32-unknown-unknown`, where nothing compiles without them;
//! - `remote`: [`QuilttAuth`](struct.QuilttAuth.html): sessions that Quiltt itself creates, checks and revokes; needs a tokio
//!   runtime, and brings `http`.
//!
//! # What it does not do
//!
//! No other algorithm than HS512, no JWK, no encryption, no storage. Without the feature `remote` the crate revokes nothing
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
    batch::{SessionBatch, Sessions},
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
    Address, ApiKey, ApiKeyEnvironment, ApiSecret, AttributeError, BirthDate, BodyError, Disagreement,
    DisagreementError, FieldMessages, Metadata, NewSession, PhoneNumber, QuilttAuth, QuilttAuthBuilder, RateLimit,
    Refusal, RemoteConfigError, RemoteError, RemoteSession, Revocation, TransportError, TransportReason,
};
pub use secret::{SecretEncoding, SecretOptions, SecretWarning, SigningSecret};
pub use time::{TimeError, UnixTime};
pub use token::{claims::Claims, untrusted::UntrustedToken, version::TokenVersion};
pub use verify::{SessionVerifier, SessionVerifierBuilder, VerifiedSession};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
#[cfg_attr(all(feature = "axum", feature = "reload", feature = "remote"), doc = include_str!("../docs/testing.md"))]
#[cfg_attr(all(feature = "axum", feature = "reload"), doc = include_str!("../docs/guide.md"))]
#[cfg_attr(all(feature = "axum", feature = "reload"), doc = include_str!("../docs/operations.md"))]
struct Documents;
