//! The libraries that could mint Quiltt's sessions as well, each used as fast as its public interface allows.
//!
//! A file is one library. The rules are the same for all of them:
//!
//! - keys, headers and settings are prepared once, where the library lets one keep them;
//! - each mint reads the clock and draws a new session id, and hands out the token as a `String`;
//! - the profile's id is there as text, so none of them pays for its base 62 (quiltt-session does);
//! - each verification checks signature, `exp`, `nbf`, `iss` and `aud`, without leeway, and reads all claims.

pub mod claims;
pub mod jsonwebtoken;
pub mod jwt_compact;
pub mod jwt_simple;
pub mod livekit_api;
pub mod oxitoken;

pub const SECRET: &str = include_str!("../../../tests/vectors/secret.txt").trim_ascii_end();
pub const PROFILE: &str = "p_12VnSaRRxyP12Sl9rLZg8n1";
pub const API_KEY: &str = "api_11gKT7OFCTrIx1YA3M0zfS5";
pub const ORGANIZATION: &str = "org_1WCfTognxqNqfz8qrH12uH";
pub const ENVIRONMENT: &str = "env_1Bx4omNvZgKao2OqGshImD";
pub const ISSUER: &str = "auth.quiltt.io";
pub const AUDIENCE: &str = "api.quiltt.io";

/// A library, with its keys and settings prepared.
pub trait Peer {
    /// The bench's id: the crate's name, and its major version where there are two.
    const NAME: &str;

    fn new() -> Self;

    /// A new session for the profile.
    fn mint(&self, profile: &str) -> String;

    /// The profile that a token names, if the token is valid.
    fn verify(&self, token: &str) -> Option<String>;
}
