//! `jsonwebtoken`: 10 on `aws_lc_rs`, 11 and 12 on `rust_crypto`. Each prepares the HMAC key anew for each token and keeps no
//! encoded header.
//!
//! None of them compares `iat` with the clock.

use crate::{
    AUDIENCE, ISSUER, Peer, SECRET,
    claims::{NewClaims, Nothing, Own, ReadClaims, now},
};

macro_rules! peer {
    ($peer:ident, $library:ident, $name:literal $(, $unwrap:ident)?) => {
        pub struct $peer {
            header: $library::Header,
            signing_key: $library::EncodingKey,
            verifying_key: $library::DecodingKey,
            validation: $library::Validation,
        }

        impl Peer for $peer {
            const NAME: &str = $name;

            fn new() -> Self {
                let mut header = $library::Header::new($library::Algorithm::HS512);
                header.typ = None;
                let mut validation = $library::Validation::new($library::Algorithm::HS512);
                validation.set_issuer(&[ISSUER]);
                validation.set_audience(&[AUDIENCE]);
                validation.validate_nbf = true;
                validation.leeway = 0;
                Self {
                    header,
                    signing_key: $library::EncodingKey::from_secret(SECRET.as_bytes())$(.$unwrap())?,
                    verifying_key: $library::DecodingKey::from_secret(SECRET.as_bytes())$(.$unwrap())?,
                    validation,
                }
            }

            fn mint(&self, profile: &str) -> String {
                let claims: NewClaims<'_> = Nothing {}.with_session(now(), profile);
                $library::encode(&self.header, &claims, &self.signing_key).unwrap()
            }

            fn verify(&self, token: &str) -> Option<String> {
                let token = $library::decode::<ReadClaims>(token, &self.verifying_key, &self.validation).ok()?;
                Some(token.claims.sub)
            }
        }
    };
}

peer!(Jsonwebtoken10, jsonwebtoken_10, "jsonwebtoken-10");
peer!(Jsonwebtoken11, jsonwebtoken_11, "jsonwebtoken-11");
// Version 12 takes no empty secret, so `from_secret` is fallible.
peer!(Jsonwebtoken12, jsonwebtoken_12, "jsonwebtoken-12", unwrap);
