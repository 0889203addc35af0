//! The claims of a session of version 6 with all ids, and none, one, four or sixteen of a user's own, as the one type that
//! other libraries sign and read.

use std::{
    fmt::Debug,
    time::{Duration, SystemTime},
};

use quiltt_session::SessionRequest;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use uuid::Uuid;

use crate::{API_KEY, AUDIENCE, ENVIRONMENT, ISSUER, ORGANIZATION};

/// Claims of a user's own, as a type of theirs; the default has values.
pub trait Own: Default + Serialize + DeserializeOwned + Debug + PartialEq {
    /// These claims and a session's, to sign.
    type New<'a>: Serialize
    where
        Self: 'a;

    /// These claims and a session's, read back.
    type Read: DeserializeOwned;

    /// A session with each claim added by itself.
    fn each<'s>(&self, request: SessionRequest<'s>) -> SessionRequest<'s>;

    /// The claims with those of a session that starts then, in seconds since 1970.
    fn with_session<'a>(&'a self, start: u64, profile: &'a str) -> Self::New<'a>;
}

/// Seconds since 1970.
pub fn now() -> u64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or(Duration::ZERO).as_secs()
}

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

        impl Own for $own {
            type New<'a> = $new<'a>;
            type Read = $read;

            fn each<'s>(&self, request: SessionRequest<'s>) -> SessionRequest<'s> {
                $(let request = request.claim(stringify!($name), &self.$name);)*
                request
            }

            fn with_session<'a>(&'a self, start: u64, profile: &'a str) -> $new<'a> {
                $new {
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
                    $($name: &self.$name,)*
                }
            }
        }

        /// In Quiltt's order.
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

own_claims! { Nothing, NewClaims, ReadClaims: }
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
