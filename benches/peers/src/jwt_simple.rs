//! `jwt-simple`. Its header always has a `typ`, its claims are owned strings in an order of its own, and it prepares the
//! HMAC key anew for each token.
//!
//! It compares `iat` with the clock too.

use jwt_simple::prelude::*;
use uuid::Uuid;

use crate::{API_KEY, AUDIENCE, ENVIRONMENT, ISSUER, ORGANIZATION, Peer, SECRET};

pub struct JwtSimple {
    key: HS512Key,
}

/// The claims that are not the library's own.
#[derive(Serialize)]
struct NewIds {
    ver: u8,
    cid: &'static str,
    oid: &'static str,
    eid: &'static str,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "read, not used")]
struct ReadIds {
    ver: u8,
    cid: String,
    oid: String,
    eid: String,
}

impl Peer for JwtSimple {
    const NAME: &str = "jwt-simple";

    fn new() -> Self {
        Self { key: HS512Key::from_bytes(SECRET.as_bytes()) }
    }

    fn mint(&self, profile: &str) -> String {
        let ids = NewIds { ver: 6, cid: API_KEY, oid: ORGANIZATION, eid: ENVIRONMENT };
        let claims = Claims::with_custom_claims(ids, Duration::from_days(1))
            .with_issuer(ISSUER)
            .with_audience(AUDIENCE)
            .with_subject(profile)
            .with_jwt_id(Uuid::new_v4());
        self.key.authenticate(claims).unwrap()
    }

    fn verify(&self, token: &str) -> Option<String> {
        // The options are taken by value, and issuers and audiences are sets in them: cheaper to compare afterwards
        // than to build two sets for each token.
        let options = VerificationOptions { time_tolerance: None, ..VerificationOptions::default() };
        let claims = self.key.verify_token::<ReadIds>(token, Some(options)).ok()?;
        let is_ours = claims.issuer.as_deref() == Some(ISSUER)
            && matches!(claims.audiences, Some(Audiences::AsString(audience)) if audience == AUDIENCE);
        claims.subject.filter(|_| is_ours)
    }
}
