//! The slow, obvious twin of the signer: each token from nothing, with serde_json, the base64 crate's allocating call
//! and the MAC of `jsonwebtoken`.

use std::time::Duration;

use jsonwebtoken::Algorithm;
use quiltt_session::{
    ApiKeyId, EnvironmentId, OrganizationId, PayloadOrder, ProfileId, SessionId, SessionSigner, SessionSignerBuilder,
    SigningSecret, TokenVersion, UnixTime,
};
use serde_json::Value;
use uuid::{Builder, Uuid};

use crate::forge::{self, base64};

/// All that a token depends on.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) secret: Vec<u8>,
    pub(crate) version: TokenVersion,
    pub(crate) api_key: Option<Uuid>,
    pub(crate) organization: Option<Uuid>,
    pub(crate) environment: Option<Uuid>,
    pub(crate) issuer: String,
    pub(crate) audience: String,
    pub(crate) ttl: u64,
    pub(crate) backdating: u64,
    pub(crate) has_header_type: bool,
    pub(crate) payload: PayloadOrder,
    pub(crate) custom: Vec<(String, Value)>,
}

/// The arguments of a stable session.
#[derive(Clone, Debug)]
pub(crate) struct Stable {
    pub(crate) window: u64,
    pub(crate) generation: u64,
    pub(crate) sign_out: u64,
    pub(crate) now: u64,
}

/// The arguments that differ from token to token.
#[derive(Clone, Debug)]
pub(crate) struct Minting {
    pub(crate) profile: Uuid,
    pub(crate) session_id: Uuid,
    pub(crate) now: u64,
    pub(crate) custom: Vec<(String, Value)>,
}

impl Settings {
    pub(crate) fn builder(&self) -> SessionSignerBuilder {
        let secret = SigningSecret::options().allow_lookalike().from_bytes(&self.secret).unwrap();
        let mut builder = SessionSigner::builder(secret)
            .version(self.version)
            .issuer(&self.issuer)
            .audience(&self.audience)
            .ttl(Duration::from_secs(self.ttl))
            .backdate(Duration::from_secs(self.backdating))
            .payload(self.payload);
        if self.has_header_type {
            builder = builder.header_type();
        }
        if let Some(id) = self.api_key {
            builder = builder.api_key(ApiKeyId::from_uuid(id));
        }
        if let Some(id) = self.organization {
            builder = builder.organization(OrganizationId::from_uuid(id));
        }
        if let Some(id) = self.environment {
            builder = builder.environment(EnvironmentId::from_uuid(id));
        }
        self.custom.iter().fold(builder, |builder, (name, value)| builder.claim(name, value))
    }

    /// The token that the signer must mint.
    pub(crate) fn token(&self, minting: &Minting) -> String {
        forge::signed(&format!("{}.{}", self.header(), base64(self.payload(minting))), &self.secret)
    }

    /// The arguments with which a stable session is minted: start and id by the table of SECURITY.md.
    pub(crate) fn stable(&self, profile: Uuid, stable: &Stable) -> Minting {
        let fraction = profile.as_u128().wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835) >> 64;
        let offset = ((fraction * u128::from(stable.window)) >> 64) as u64;
        let now = stable.now - (stable.now - offset) % stable.window;
        let sign_out = if now - self.backdating <= stable.sign_out { stable.sign_out } else { 0 };
        let nothing = Minting { profile, session_id: Uuid::nil(), now, custom: vec![] };
        let claims = format!("{{{}}}", self.members(&nothing).0.join(","));
        let [ttl, backdating] = [self.ttl, self.backdating].map(u64::to_be_bytes);
        let text = [b"quiltt-session stable v2\0", &ttl[..], &backdating, claims.as_bytes()].concat();
        let key = forge::mac(text, &self.secret, Algorithm::HS512);
        let numbers = [now, stable.generation, sign_out << 26 | stable.window].map(u64::to_be_bytes);
        let tag = forge::mac([profile.as_bytes(), numbers.as_flattened()].concat(), &key, Algorithm::HS256);
        let id = Builder::from_custom_bytes(tag[..16].try_into().unwrap()).into_uuid().as_u128();
        let id = if sign_out == 0 { id } else { id >> 48 << 48 | u128::from(sign_out) };
        Minting { session_id: Uuid::from_u128(id), ..nothing }
    }

    fn header(&self) -> String {
        base64(if self.has_header_type { r#"{"alg":"HS512","typ":"JWT"}"# } else { r#"{"alg":"HS512"}"# })
    }

    fn payload(&self, minting: &Minting) -> String {
        let (constant, rest) = self.members(minting);
        match self.payload {
            PayloadOrder::Aligned => {
                format!("{{{}{}}}", " ".repeat(self.spaces()), [constant, rest].concat().join(","))
            }
            // As in the table of the facts: nbf iat jti iss aud exp ver, the ids, and behind them what Quiltt does not know.
            _ => {
                let ids: &[&str] = match self.version {
                    TokenVersion::V1 => &["aid", "uid"],
                    TokenVersion::V2 => &["did", "uid"],
                    TokenVersion::V4 => &["sub", "did", "oid", "eid"],
                    _ => &["sub", "cid", "oid", "eid"],
                };
                let order: Vec<_> = ["nbf", "iat", "jti", "iss", "aud", "exp", "ver"].iter().chain(ids).collect();
                let mut members = [constant, rest].concat();
                members.sort_by_key(|member| {
                    order.iter().position(|name| member.starts_with(&format!("\"{name}\":"))).unwrap_or(order.len())
                });
                format!("{{{}}}", members.join(","))
            }
        }
    }

    /// The claims of one's own in the order of their names as written, which is the order in the token.
    pub(crate) fn sorted_custom(&self) -> Vec<&(String, Value)> {
        let mut custom: Vec<_> = self.custom.iter().collect();
        custom.sort_by_key(|(name, _)| escape(&serde_json::to_string(name).unwrap()).trim_matches('"').to_owned());
        custom
    }

    /// The members that all tokens of a signer share, and the others; each is `"name":value`.
    fn members(&self, minting: &Minting) -> (Vec<String>, Vec<String>) {
        let bare = self.version == TokenVersion::V1;
        let id = |prefix: &str, id: Uuid| {
            // The four kinds differ in their prefix only.
            let profile = ProfileId::from_uuid(id).to_string();
            if bare { id.to_string() } else { profile.replacen("p_", prefix, 1) }
        };
        let (profile, api_key) = match self.version {
            TokenVersion::V1 => ("uid", "aid"),
            TokenVersion::V2 => ("uid", "did"),
            TokenVersion::V4 => ("sub", "did"),
            _ => ("sub", "cid"),
        };
        let mut constant = vec![
            member("iss", &self.issuer.as_str().into()),
            member("aud", &self.audience.as_str().into()),
            member("ver", &self.version.number().into()),
        ];
        let ids =
            [(api_key, "api_", self.api_key), ("oid", "org_", self.organization), ("eid", "env_", self.environment)];
        for (name, prefix, uuid) in ids {
            constant.extend(uuid.map(|uuid| member(name, &id(prefix, uuid).into())));
        }
        constant.extend(self.sorted_custom().into_iter().map(|(name, value)| member(name, value)));
        let mut rest = vec![
            member("nbf", &(minting.now - self.backdating).into()),
            member("iat", &(minting.now - self.backdating).into()),
            member("exp", &(minting.now + self.ttl).into()),
            member("jti", &minting.session_id.to_string().into()),
            member(profile, &id("p_", minting.profile).into()),
        ];
        rest.extend(minting.custom.iter().map(|(name, value)| member(name, value)));
        (constant, rest)
    }

    /// As documented: the fewest spaces for which the most blocks of 128 characters are full before the session id
    /// starts, as long as the token fills no more blocks than without spaces. Computed for times of ten digits and the
    /// longest profile id.
    fn spaces(&self) -> usize {
        // An id that stands nowhere else.
        let session_id = Uuid::from_u128(0x5ca1_ab1e_c0ff_ee00_5ca1_ab1e_c0ff_ee00);
        let usual = Minting { profile: Uuid::max(), session_id, now: 1_700_000_000, custom: vec![] };
        let (constant, rest) = self.members(&usual);
        let json = |spaces| format!("{{{}{}}}", " ".repeat(spaces), [&constant[..], &rest[..]].concat().join(","));
        let header = self.header().len() + 1;
        let blocks = |spaces| (header + base64(json(spaces)).len() + 17).div_ceil(128);
        let changing = |spaces| {
            let json = json(spaces);
            let before_id = json.find(&session_id.to_string()).unwrap();
            let settled = header + base64(&json[..before_id - before_id % 3]).len();
            blocks(spaces) - settled / 128
        };
        let allowed = blocks(0);
        (0..).take_while(|&spaces| blocks(spaces) == allowed).min_by_key(|&spaces| changing(spaces)).unwrap()
    }
}

impl Minting {
    pub(crate) fn profile(&self) -> ProfileId {
        ProfileId::from_uuid(self.profile)
    }

    pub(crate) fn session_id(&self) -> SessionId {
        SessionId::from_uuid(self.session_id)
    }

    pub(crate) fn now(&self) -> UnixTime {
        UnixTime::from_secs(self.now).unwrap()
    }
}

fn member(name: &str, value: &Value) -> String {
    escape(&format!("{}:{}", serde_json::to_string(name).unwrap(), serde_json::to_string(value).unwrap()))
}

/// Escapes the characters that base64url or `atob()` would spoil; JSON has none of them outside strings.
fn escape(json: &str) -> String {
    json.encode_utf16()
        .map(|unit| match char::from_u32(unit.into()) {
            Some(plain) if plain.is_ascii() && !">?~\u{7f}".contains(plain) => plain.to_string(),
            _ => format!("\\u{unit:04x}"),
        })
        .collect()
}
