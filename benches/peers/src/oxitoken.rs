//! `oxitoken` on `aws-lc-rs`, with a header of one member. The HMAC key is prepared once; the header is encoded each time.
//!
//! Its own back end of that name does not compile with aws-lc-rs 1.15 or later (it takes the address of constants), which
//! `jsonwebtoken` 10 needs. So the key is wrapped here, by the traits that it has for this, in calls of the same functions.
//!
//! It refuses a token in the very second of its `nbf`, so the bench verifies one that is older. It compares `iat` with the
//! clock only if asked to.

use std::iter;

use aws_lc_rs::{error::Unspecified, hmac};
use oxitoken::{
    Algorithm,
    claims::{Aud, Exp, Iss, Nbf},
    encoding::{JwtEncodingError, Signer, encode},
    error::JwtError,
    header::Alg,
    validation::{StaticKeyProvider, ValidationPipeline, VerificationKey},
};
use serde::{Deserialize, Serialize};

use crate::{
    AUDIENCE, ISSUER, Peer, SECRET,
    claims::{Nothing, Own, ReadClaims, now},
};

pub struct Oxitoken {
    key: Key,
    validation: ValidationPipeline<Header, ReadClaims, StaticKeyProvider<Key>>,
}

#[derive(Clone)]
struct Key(hmac::Key);

impl Signer for Key {
    type Error = Unspecified;

    fn check_alg(&self, algorithm: Algorithm) -> Result<(), JwtEncodingError<Unspecified>> {
        if algorithm == Algorithm::HS512 { Ok(()) } else { Err(JwtEncodingError::WrongAlgorithm) }
    }

    fn sign_jwt(&self, _: Algorithm, token: &mut String) -> Result<(), JwtEncodingError<Unspecified>> {
        self.append_sig(hmac::sign(&self.0, token.as_bytes()), token);
        Ok(())
    }

    fn siglen(&self) -> usize {
        64
    }
}

impl VerificationKey for Key {
    fn alg(&self) -> Option<Algorithm> {
        Some(Algorithm::HS512)
    }

    fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), JwtError> {
        hmac::verify(&self.0, message, signature).map_err(|_| JwtError::InvalidSignature)
    }
}

#[derive(Deserialize, Serialize)]
struct Header {
    alg: Algorithm,
}

impl Alg for Header {
    fn alg(&self) -> Algorithm {
        self.alg
    }
}

impl Iss for ReadClaims {
    fn iss(&self) -> &str {
        &self.iss
    }
}

impl Aud for ReadClaims {
    fn aud(&self) -> impl Iterator<Item = impl AsRef<str>> {
        iter::once(&self.aud)
    }
}

impl Nbf for ReadClaims {
    fn nbf(&self) -> i64 {
        self.nbf
    }
}

impl Exp for ReadClaims {
    fn exp(&self) -> i64 {
        self.exp
    }
}

impl Peer for Oxitoken {
    const NAME: &str = "oxitoken";

    fn new() -> Self {
        let key = Key(hmac::Key::new(hmac::HMAC_SHA512, SECRET.as_bytes()));
        let validation = ValidationPipeline::builder(key.clone().into())
            .with_expiration_validator()
            .with_not_before_validator()
            .with_issuer_validator(ISSUER)
            .with_audience_validator(AUDIENCE)
            .build();
        Self { key, validation }
    }

    fn mint(&self, profile: &str) -> String {
        encode(&self.key, &Header { alg: Algorithm::HS512 }, &Nothing {}.with_session(now(), profile)).unwrap()
    }

    fn verify(&self, token: &str) -> Option<String> {
        let (_, claims) = self.validation.verify(token.as_bytes()).ok()?;
        Some(claims.sub)
    }
}
