//! The network flows of Quiltt's guide: sessions created, checked and revoked by Quiltt itself.
//!
//! | file | concern |
//! |---|---|
//! | `client` | [`QuilttAuth`]: the five calls; [`Revocation`] |
//! | `settings` | how a client is built, and where it may call |
//! | `api_secret` | [`ApiSecret`] |
//! | `request`, `attributes` | what is asked: [`NewSession`] |
//! | `transport` | one HTTP exchange; when it is repeated; TLS |
//! | `members`, `session`, `api_key` | what is answered: [`RemoteSession`], [`ApiKey`] |
//! | `error`, `refusal` | what goes wrong: [`RemoteError`]; what of a server's text may be shown |

mod api_key;
mod api_secret;
mod attributes;
mod client;
mod error;
mod members;
mod refusal;
mod request;
mod session;
mod settings;
mod transport;

pub use api_key::{ApiKey, ApiKeyEnvironment};
pub use api_secret::ApiSecret;
pub use attributes::{Address, AttributeError, BirthDate, Metadata, PhoneNumber};
pub use client::{QuilttAuth, Revocation};
pub use error::{RemoteError, TransportError, TransportReason};
pub use members::BodyError;
pub use refusal::{FieldMessages, RateLimit, Refusal};
pub use request::NewSession;
pub use session::{Disagreement, DisagreementError, RemoteSession};
pub use settings::{QuilttAuthBuilder, RemoteConfigError};
