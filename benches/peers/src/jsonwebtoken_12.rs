//! `jsonwebtoken` 12 on `rust_crypto`. It prepares the HMAC key anew for each token and keeps no encoded header.
//!
//! It does not compare `iat` with the clock.

use jsonwebtoken_12::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};

use crate::{AUDIENCE, ISSUER, NewClaims, Peer, ReadClaims, SECRET};

pub struct Jsonwebtoken12 {
    header: Header,
    signing_key: EncodingKey,
    verifying_key: DecodingKey,
    validation: Validation,
}

impl Peer for Jsonwebtoken12 {
    const NAME: &str = "jsonwebtoken-12";

    fn new() -> Self {
        let mut header = Header::new(Algorithm::HS512);
        header.typ = None;
        let mut validation = Validation::new(Algorithm::HS512);
        validation.set_issuer(&[ISSUER]);
        validation.set_audience(&[AUDIENCE]);
        validation.validate_nbf = true;
        validation.leeway = 0;
        Self {
            header,
            signing_key: EncodingKey::from_secret(SECRET.as_bytes()).unwrap(),
            verifying_key: DecodingKey::from_secret(SECRET.as_bytes()).unwrap(),
            validation,
        }
    }

    fn mint(&self, profile: &str) -> String {
        encode(&self.header, &NewClaims::new(profile), &self.signing_key).unwrap()
    }

    fn verify(&self, token: &str) -> Option<String> {
        let token = decode::<ReadClaims>(token, &self.verifying_key, &self.validation).ok()?;
        Some(token.claims.sub)
    }
}
