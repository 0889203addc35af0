//! The network flows of Quiltt's guide: sessions created, checked and revoked by Quiltt itself.
//!
//! | file | concern |
//! |---|---|
//! | `client` | [`QuilttAuth`]: the five calls; [`Revocation`] |
//! | `settings` | how a client is built; `base_url`: where it may call |
//! | `api_secret` | [`ApiSecret`] |
//! | `request`, `attributes` | what is asked: [`NewSession`] |
//! | `transport` | one HTTP exchange; when it is repeated |
//! | `members`, `response`, `session`, `api_key` | what is answered: [`RemoteSession`], [`ApiKey`] |
//! | `agreement` | whether that agrees with itself and with what was asked |
//! | `error`, `refusal` | what goes wrong: [`RemoteError`]; what of it may be shown |

mod agreement;
mod api_key;
mod api_secret;
mod attributes;
mod base_url;
mod client;
mod error;
mod members;
mod refusal;
mod request;
mod response;
mod session;
mod settings;
mod transport;

pub use api_key::{ApiKey, ApiKeyEnvironment};
pub use api_secret::ApiSecret;
pub use attributes::{Address, BirthDate, Metadata, PhoneNumber};
pub use client::{QuilttAuth, Revocation};
pub use error::{
    AttributeError, BaseUrlReason, BodyError, RemoteConfigError, RemoteError, TransportError, TransportReason,
};
pub use refusal::{FieldMessages, RateLimit, Refusal};
pub use request::NewSession;
pub use session::{Disagreement, DisagreementError, RemoteSession};
pub use settings::QuilttAuthBuilder;
