//! The claims of a session of version 6 with all ids, for libraries that take them as one struct.

use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{API_KEY, AUDIENCE, ENVIRONMENT, ISSUER, ORGANIZATION};

/// What is signed, in Quiltt's order.
#[derive(Serialize)]
pub struct NewClaims<'a> {
    nbf: u64,
    iat: u64,
    jti: Uuid,
    iss: &'a str,
    aud: &'a str,
    exp: u64,
    ver: u8,
    sub: &'a str,
    cid: &'a str,
    oid: &'a str,
    eid: &'a str,
}

impl<'a> NewClaims<'a> {
    /// A session from now on.
    pub fn new(profile: &'a str) -> Self {
        Self::starting_at(SystemTime::now(), profile)
    }

    pub fn starting_at(start: SystemTime, profile: &'a str) -> Self {
        let start = start.duration_since(SystemTime::UNIX_EPOCH).unwrap_or(Duration::ZERO).as_secs();
        Self {
            nbf: start,
            iat: start,
            jti: Uuid::new_v4(),
            iss: ISSUER,
            aud: AUDIENCE,
            exp: start + 86_400,
            ver: 6,
            sub: profile,
            cid: API_KEY,
            oid: ORGANIZATION,
            eid: ENVIRONMENT,
        }
    }
}

/// What a back end reads back.
#[derive(Deserialize)]
pub struct ReadClaims {
    pub nbf: i64,
    pub iat: i64,
    pub jti: Uuid,
    pub iss: String,
    pub aud: String,
    pub exp: i64,
    pub ver: u8,
    pub sub: String,
    pub cid: String,
    pub oid: String,
    pub eid: String,
}
