//! `jwt-compact`. It flattens one's own claims into its three times, and prepares the HMAC key anew for each token.
//!
//! It leaves issuer and audience to the caller, and does not compare `iat` with the clock.

use chrono::Duration;
use jwt_compact::{
    alg::{Hs512, Hs512Key},
    prelude::*,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{API_KEY, AUDIENCE, ENVIRONMENT, ISSUER, ORGANIZATION, Peer, SECRET};

pub struct JwtCompact {
    key: Hs512Key,
    header: Header,
    time: TimeOptions,
}

/// The claims that are not the library's own.
#[derive(Serialize)]
struct NewIds<'a> {
    jti: Uuid,
    iss: &'a str,
    aud: &'a str,
    ver: u8,
    sub: &'a str,
    cid: &'a str,
    oid: &'a str,
    eid: &'a str,
}

#[derive(Clone, Deserialize)]
#[expect(dead_code, reason = "read, not used")]
struct ReadIds {
    jti: Uuid,
    iss: String,
    aud: String,
    ver: u8,
    sub: String,
    cid: String,
    oid: String,
    eid: String,
}

impl Peer for JwtCompact {
    const NAME: &str = "jwt-compact";

    fn new() -> Self {
        Self { key: Hs512Key::new(SECRET), header: Header::empty(), time: TimeOptions::from_leeway(Duration::zero()) }
    }

    fn mint(&self, profile: &str) -> String {
        let ids = NewIds {
            jti: Uuid::new_v4(),
            iss: ISSUER,
            aud: AUDIENCE,
            ver: 6,
            sub: profile,
            cid: API_KEY,
            oid: ORGANIZATION,
            eid: ENVIRONMENT,
        };
        let mut claims = Claims::new(ids).set_duration_and_issuance(&self.time, Duration::days(1));
        claims.not_before = claims.issued_at;
        Hs512.token(&self.header, &claims, &self.key).unwrap()
    }

    fn verify(&self, token: &str) -> Option<String> {
        let token = UntrustedToken::new(token).ok()?;
        let token = Hs512.validator::<ReadIds>(&self.key).validate(&token).ok()?;
        let (_, claims) = token.into_parts();
        claims.validate_expiration(&self.time).and_then(|claims| claims.validate_maturity(&self.time)).ok()?;
        let ids = claims.custom;
        (ids.iss == ISSUER && ids.aud == AUDIENCE).then_some(ids.sub)
    }
}
