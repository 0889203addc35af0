//! The network flows of Quiltt's guide: sessions created, checked and revoked by Quiltt itself.
//!
//! | file | concern |
//! |---|---|
//! | `client` | [`QuilttAuth`]: settings and the five calls; [`Revocation`] |
//! | `api_secret` | [`ApiSecret`] |
//! | `request`, `attributes` | the request for a session: [`NewSession`] |
//! | `transport` | one HTTP exchange; when a call is repeated; the addresses that get a credential; TLS |
//! | `headers` | an answer's numbers, dates, and time to wait |
//! | `members`, `session`, `api_key` | the answers: [`RemoteSession`], [`ApiKey`] |
//! | `error`, `refusal` | the errors: [`RemoteError`]; a server's texts, made fit for a log |

mod api_key;
mod api_secret;
mod attributes;
mod client;
mod error;
mod headers;
mod members;
mod refusal;
mod request;
mod session;
mod transport;

pub use api_key::{ApiKey, ApiKeyEnvironment};
pub use api_secret::ApiSecret;
pub use attributes::{Address, AttributeError, BirthDate, Metadata, PhoneNumber};
pub use client::{QuilttAuth, QuilttAuthBuilder, Revocation};
pub use error::{RemoteConfigError, RemoteError, TransportError, TransportReason};
pub use members::BodyError;
pub use refusal::{FieldMessages, RateLimit, Refusal};
pub use request::NewSession;
pub use session::{Disagreement, DisagreementError, RemoteSession};
