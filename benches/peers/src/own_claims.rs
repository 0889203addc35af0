//! One, four and sixteen claims of a user's own, as a type of theirs and as part of the one that `jsonwebtoken` takes.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use quiltt_session::SessionRequest;

use crate::{API_KEY, AUDIENCE, ENVIRONMENT, ISSUER, ORGANIZATION};

macro_rules! own_claims {
    ($own:ident, $new:ident, $read:ident: $($name:ident: $type:ty = $value:expr),*) => {
        #[derive(Serialize, Deserialize, Debug, PartialEq)]
        pub struct $own {
            $($name: $type,)*
        }

        impl Default for $own {
            fn default() -> Self {
                Self { $($name: $value.into(),)* }
            }
        }

        impl $own {
            /// Each by itself.
            pub fn each<'s>(&self, request: SessionRequest<'s>) -> SessionRequest<'s> {
                $(let request = request.claim(stringify!($name), &self.$name);)*
                request
            }
        }

        /// What `jsonwebtoken` signs, with a session of version 6.
        #[derive(Serialize)]
        pub struct $new<'a> {
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
            $($name: &'a $type,)*
        }

        impl<'a> $new<'a> {
            pub fn new(now: u64, profile: &'a str, own: &'a $own) -> Self {
                Self {
                    nbf: now,
                    iat: now,
                    jti: Uuid::new_v4(),
                    iss: ISSUER,
                    aud: AUDIENCE,
                    exp: now + 86_400,
                    ver: 6,
                    sub: profile,
                    cid: API_KEY,
                    oid: ORGANIZATION,
                    eid: ENVIRONMENT,
                    $($name: &own.$name,)*
                }
            }
        }

        /// What `jsonwebtoken` reads.
        #[derive(Deserialize)]
        pub struct $read {
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
            $(pub $name: $type,)*
        }
    };
}

own_claims! { One, NewOne, ReadOne: plan: String = "gold" }
own_claims! {
    Four, NewFour, ReadFour: plan: String = "gold", seats: u32 = 25_u32, trial: bool = false, region: String = "eu-central-1"
}
own_claims! {
    Sixteen, NewSixteen, ReadSixteen:
    plan: String = "gold", seats: u32 = 25_u32, trial: bool = false, region: String = "eu-central-1",
    tenant: String = "ten_8fJ2kLq0", role: String = "owner", locale: String = "de-CH", device: String = "kiosk-17",
    channel: String = "web", version: u32 = 412_u32, quota: u64 = 1_000_000_u64, level: u32 = 3_u32,
    verified: bool = true, beta: bool = false, referrer: String = "partner", branch: String = "main-street"
}
