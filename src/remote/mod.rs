//! The network flows of Quiltt's guide: sessions created, checked and revoked by Quiltt itself.
//!
//! | file | concern |
//! |---|---|
//! | `client` | [`QuilttAuth`]: the five calls |
//! | `settings` | how a client is built; `base_url`: where it may call |
//! | `api_secret` | [`ApiSecret`] |
//! | `request`, `attributes` | what is asked: [`NewSession`] |
//! | `call`, `transport`, `retry` | one HTTP exchange; when it is repeated |
//! | `members`, `response`, `session`, `api_key` | what is answered: [`RemoteSession`], [`ApiKey`] |
//! | `agreement` | whether that agrees with itself and with what was asked |
//! | `revocation` | what became of a revocation: [`Revocation`] |
//! | `error`, `refusal`, `rate_limit` | what goes wrong: [`RemoteError`]; `redaction`: what of it may be shown |

mod agreement;
mod api_key;
mod api_secret;
mod attributes;
mod base_url;
mod call;
mod client;
mod error;
mod members;
mod rate_limit;
mod redaction;
mod refusal;
mod request;
mod response;
mod retry;
mod revocation;
mod server_time;
mod session;
mod settings;
mod transport;

pub use api_key::{ApiKey, ApiKeyEnvironment};
pub use api_secret::ApiSecret;
pub use attributes::{Address, BirthDate, Metadata, PhoneNumber};
pub use client::QuilttAuth;
pub use error::{
    AttributeError, BaseUrlReason, BodyError, RemoteConfigError, RemoteError, TransportError, TransportReason,
};
pub use rate_limit::RateLimit;
pub use refusal::{FieldMessages, Refusal};
pub use request::NewSession;
pub use revocation::Revocation;
pub use session::{Disagreement, DisagreementError, RemoteSession};
pub use settings::QuilttAuthBuilder;
