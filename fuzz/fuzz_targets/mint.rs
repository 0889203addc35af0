//! Whatever the settings, a signer is built or refused for the documented reason, and so is a session. Its token is the
//! one of the slow twin, and verifies here and in `jsonwebtoken`. Claims that a caller gives as JSON,
//! or under a name that is kept, are refused, or verify and say nothing else.
#![no_main]

#[path = "../../tests/it/given.rs"]
mod given;
#[path = "../../tests/it/twin.rs"]
mod twin;

use std::{collections::HashSet, time::Duration};

use arbitrary::{Arbitrary, Unstructured};
use given::{Given, NAMES};
use libfuzzer_sys::fuzz_target;
use quiltt_session::{
    ClaimError, ConfigError, JsonFault, MintError, PayloadOrder, Session, SessionSigner, SessionVerifier,
    SigningSecret, TokenVersion, VerifiedSession,
};
use quiltt_session_fuzz::oracle;
use serde_json::Value;
use twin::{Minting, Settings};
use uuid::Uuid;

fuzz_target!(|input: Input| {
    let (settings, minting) = (input.settings(), input.minting());
    let built = settings.builder().ttl(input.ttl).backdate(input.backdating).build();
    let signer = match (built, config_error(&settings, input.ttl, input.backdating)) {
        (Ok(signer), None) => signer,
        (Err(ConfigError::Claim(found)), Some(ConfigError::Claim(expected))) => {
            return assert_same(Some(found.into()), Some(expected.into()));
        }
        (built, error) => return assert_eq!(built.err(), error),
    };
    check_any_claims(&signer, &settings, &minting, &input.any_custom);
    let ttl = input.own_ttl.unwrap_or(input.ttl);
    match (mint(&signer, &minting, input.own_ttl), mint_error(&settings, &minting, ttl)) {
        (Ok(session), None) => {
            let settings = Settings { ttl: ttl.as_secs(), backdating: 0, ..settings };
            assert_eq!(session.token(), settings.token(&minting));
            check_readers(&session, &settings, &minting);
        }
        (session, error) => assert_same(session.err(), error),
    }
});

/// Claims that are too large may be refused for what else is wrong with their beginning.
fn assert_same(found: Option<MintError>, expected: Option<MintError>) {
    match (&found, &expected) {
        (
            Some(MintError::Claim(ClaimError::Json { name, .. })),
            Some(MintError::Claim(ClaimError::TooLarge { name: other, .. })),
        ) if name == other => {}
        _ => assert_eq!(found, expected),
    }
}

#[derive(Arbitrary, Debug)]
struct Input {
    #[arbitrary(with = |bytes: &mut Unstructured<'_>| bytes.choose(&TokenVersion::ALL).copied())]
    version: TokenVersion,
    api_key: Option<u128>,
    organization: Option<u128>,
    environment: Option<u128>,
    profile: u128,
    session_id: u128,
    #[arbitrary(with = time)]
    now: u64,
    #[arbitrary(with = ttl)]
    ttl: Duration,
    #[arbitrary(with = |bytes: &mut Unstructured<'_>| duration(bytes, 601))]
    backdating: Duration,
    has_header_type: bool,
    is_as_issued: bool,
    #[arbitrary(with = |bytes: &mut Unstructured<'_>| bool::arbitrary(bytes)?.then(|| ttl(bytes)).transpose())]
    own_ttl: Option<Duration>,
    issuer: String,
    audience: String,
    custom: Vec<(String, Json)>,
    own_custom: Vec<(String, Json)>,
    any_custom: Vec<(Name, String)>,
    secret: Vec<u8>,
}

#[derive(Arbitrary, Debug)]
enum Name {
    Any(String),
    Kept(#[arbitrary(with = |bytes: &mut Unstructured<'_>| bytes.choose(&NAMES).copied())] &'static str),
}

impl Name {
    fn text(&self) -> &str {
        match self {
            Self::Any(text) => text,
            Self::Kept(text) => text,
        }
    }
}

#[derive(Arbitrary, Clone, Debug)]
enum Json {
    Null,
    Bool(bool),
    Integer(i64),
    Float(f64),
    Text(String),
    Array(Vec<Json>),
    Object(Vec<(String, Json)>),
}

/// Any second of the calendar, and often one of this century.
fn time(bytes: &mut Unstructured<'_>) -> arbitrary::Result<u64> {
    let is_any = bool::arbitrary(bytes)?;
    bytes.int_in_range(if is_any { 0..=253_402_300_799 } else { 1_600_000_000..=2_000_000_000 })
}

/// From none to so many seconds, which are a little more than allowed, seldom with a fraction.
fn duration(bytes: &mut Unstructured<'_>, most: u64) -> arbitrary::Result<Duration> {
    let nanos = if u8::arbitrary(bytes)? == u8::MAX { 500_000_000 } else { 0 };
    Ok(Duration::new(bytes.int_in_range(0..=most)?, nanos))
}

fn ttl(bytes: &mut Unstructured<'_>) -> arbitrary::Result<Duration> {
    duration(bytes, 2_147_500)
}

impl Input {
    fn settings(&self) -> Settings {
        Settings {
            // Long enough, no text, not uniform and all but without NULs, so that it is a secret whatever stands in the middle.
            secret: [0xff, 0]
                .into_iter()
                .chain(self.secret.iter().map(|byte| byte | 1).take(300))
                .chain([1; 62])
                .collect(),
            version: self.version,
            api_key: self.api_key.map(Uuid::from_u128),
            organization: self.organization.map(Uuid::from_u128),
            environment: self.environment.map(Uuid::from_u128),
            issuer: self.issuer.clone(),
            audience: self.audience.clone(),
            ttl: self.ttl.as_secs(),
            backdating: self.backdating.as_secs(),
            has_header_type: self.has_header_type,
            payload: if self.is_as_issued { PayloadOrder::AsIssued } else { PayloadOrder::Aligned },
            custom: claims(&self.custom),
        }
    }

    fn minting(&self) -> Minting {
        Minting {
            profile: Uuid::from_u128(self.profile),
            session_id: Uuid::from_u128(self.session_id),
            now: self.now,
            custom: claims(&self.own_custom),
        }
    }
}

/// The members, but for the dollar signs of their names: with one begin the names that serde_json keeps for itself, which
/// are tried in `any_custom`.
fn claims<T: FromIterator<(String, Value)>>(members: &[(String, Json)]) -> T {
    members.iter().cloned().map(|(name, value)| (name.replace('$', ""), value.into())).collect()
}

impl From<Json> for Value {
    fn from(json: Json) -> Self {
        match json {
            Json::Null => Self::Null,
            Json::Bool(value) => value.into(),
            Json::Integer(value) => value.into(),
            Json::Float(value) => value.into(),
            Json::Text(text) => text.into(),
            Json::Array(items) => items.into(),
            Json::Object(members) => Self::Object(claims(&members)),
        }
    }
}

fn mint(signer: &SessionSigner, minting: &Minting, ttl: Option<Duration>) -> Result<Session, MintError> {
    let request = signer.session(minting.profile()).id(minting.session_id()).issued_at(minting.now());
    let request = ttl.into_iter().fold(request, |request, ttl| request.ttl(ttl));
    minting.custom.iter().fold(request, |request, (name, value)| request.claim(name, value)).mint()
}

/// Whatever the names and the texts in JSON's place, a session that is minted verifies, with these claims of one's own and no
/// other.
fn check_any_claims(signer: &SessionSigner, settings: &Settings, minting: &Minting, claims: &[(Name, String)]) {
    let request = signer.session(minting.profile()).id(minting.session_id()).issued_at(minting.now());
    let request = claims.iter().fold(request, |request, (name, text)| {
        let value = Given::json(text.clone());
        request.claim(name.text(), value)
    });
    let Ok(session) = request.mint() else { return };
    let verified = verify(&session, settings, minting);
    assert_eq!(verified.environment_id().map(Uuid::from), settings.environment);
    let constant = settings.sorted_custom().into_iter().map(|(name, _)| name.as_str());
    let names = constant.chain(claims.iter().map(|(name, _)| name.text()));
    assert!(verified.custom_claims().map(|(name, _)| name).eq(names));
}

fn verify(session: &Session, settings: &Settings, minting: &Minting) -> VerifiedSession {
    let secret = SigningSecret::options().allow_lookalike().from_bytes(&settings.secret).unwrap();
    let verifier = SessionVerifier::builder(secret).issuer(&settings.issuer).audience(&settings.audience);
    verifier.build().unwrap().verify_at(session.token(), minting.now()).unwrap()
}

/// Our verifier and `jsonwebtoken` read the same out of the token, and that is what was put in.
fn check_readers(session: &Session, settings: &Settings, minting: &Minting) {
    let verified = verify(session, settings, minting);
    assert_eq!(verified.id(), minting.session_id());
    assert_eq!(verified.user_id(), minting.profile());
    assert_eq!(verified.expires_at().as_secs(), minting.now + settings.ttl);
    assert_eq!(verified.api_key_id().map(Uuid::from), settings.api_key);
    assert_eq!(verified.organization_id().map(Uuid::from), settings.organization);
    assert_eq!(verified.environment_id().map(Uuid::from), settings.environment);
    let custom =
        settings.sorted_custom().into_iter().chain(&minting.custom).map(|(name, value)| (name.as_str(), value));
    assert!(verified.claims().custom_claims().eq(custom));

    let claims = oracle::decode(session.token(), &settings.secret, &settings.issuer, &settings.audience);
    assert_eq!(Value::from(claims.unwrap()), serde_json::to_value(verified.claims()).unwrap());
}

/// The error with which the signer must be refused.
fn config_error(settings: &Settings, ttl: Duration, backdating: Duration) -> Option<ConfigError> {
    let ttl_error =
        || is_wrong(ttl).then_some(ConfigError::Time { setting: "time to live", found: ttl, min: 1, max: 2_146_883 });
    let backdating_error = || {
        let is_wrong = backdating > Duration::from_secs(600) || backdating.subsec_nanos() > 0;
        is_wrong.then_some(ConfigError::Time { setting: "backdating", found: backdating, min: 0, max: 600 })
    };
    let name_error = |claim, name: &str| {
        let found = escaped_length(&Value::from(name).to_string()) - 2;
        (!(1..=256).contains(&found)).then_some(ConfigError::Name { claim, found, max: 256 })
    };
    let id_error = |id, uuid: Option<Uuid>| {
        let version = settings.version.number();
        (uuid.is_some() && version < 4).then_some(ConfigError::NoClaimFor { id, version })
    };
    ttl_error()
        .or_else(backdating_error)
        .or_else(|| name_error("iss", &settings.issuer))
        .or_else(|| name_error("aud", &settings.audience))
        .or_else(|| id_error("organization", settings.organization))
        .or_else(|| id_error("environment", settings.environment))
        .or_else(|| claim_error(settings.custom.iter()).map(ConfigError::Claim))
}

/// The error with which the session must be refused.
fn mint_error(settings: &Settings, minting: &Minting, ttl: Duration) -> Option<MintError> {
    let ttl_error = || is_wrong(ttl).then_some(MintError::Ttl { found: ttl, max: 2_146_883 });
    let is_late = minting.now + ttl.as_secs() > 253_402_300_799;
    ttl_error()
        .or_else(|| claim_error(settings.custom.iter().chain(&minting.custom)).map(MintError::Claim))
        .or_else(|| is_late.then_some(MintError::ExpiryTooLate))
}

fn is_wrong(ttl: Duration) -> bool {
    ttl < Duration::from_secs(1) || ttl > Duration::from_secs(2_146_883) || ttl.subsec_nanos() > 0
}

/// The error for the first of these claims that cannot go into a token with the claims before it.
fn claim_error<'c>(claims: impl Iterator<Item = &'c (String, Value)>) -> Option<ClaimError> {
    const RESERVED: [&str; 15] =
        ["nbf", "iat", "jti", "iss", "aud", "exp", "ver", "aid", "uid", "did", "cid", "sub", "oid", "eid", "rol"];
    let (mut names, mut length) = (HashSet::new(), 0);
    for (name, value) in claims {
        let owned = || name.clone();
        length += escaped_length(&format!(",{}:{value}", Value::from(owned())));
        let error = match name.as_str() {
            "" => ClaimError::EmptyName,
            name if name.contains('\0') => ClaimError::Json { name: owned(), fault: JsonFault::Nul },
            name if RESERVED.contains(&folded(name).as_str()) => ClaimError::Reserved { name: owned() },
            "__proto__" | "constructor" => ClaimError::PrivateName { name: owned() },
            name if !names.insert(folded(name)) => ClaimError::Duplicate { name: owned() },
            _ if length > 4096 => ClaimError::TooLarge { name: owned(), max: 4096 },
            _ if fault(value, 7).is_some() => ClaimError::Json { name: owned(), fault: fault(value, 7)? },
            _ => continue,
        };
        return Some(error);
    }
    None
}

/// The name in the eyes of a reader that does not look at case.
fn folded(name: &str) -> String {
    let lower = |character: char| {
        let lower: Vec<_> = if character == 'ſ' { vec!['s'] } else { character.to_lowercase().collect() };
        if let [lower] = lower[..] { lower } else { character }
    };
    name.chars().map(lower).collect()
}

/// The first fault in the JSON's order that a verifier would refuse or other readers mistake.
fn fault(value: &Value, levels: usize) -> Option<JsonFault> {
    if levels == 0 && (value.is_array() || value.is_object()) {
        return Some(JsonFault::Depth { max: 7 });
    }
    let inside = |value| fault(value, levels - 1);
    let nul = |text: &str| text.contains('\0').then_some(JsonFault::Nul);
    match value {
        Value::Number(number) => {
            let is_small = |number: i64| number.unsigned_abs() < 1 << 53;
            let is_integer = number.is_i64() || number.is_u64();
            (is_integer && !number.as_i64().is_some_and(is_small)).then_some(JsonFault::Integer)
        }
        Value::String(text) => nul(text),
        Value::Array(items) => items.iter().find_map(inside),
        Value::Object(members) => members.iter().find_map(|(name, value)| nul(name).or_else(|| inside(value))),
        Value::Null | Value::Bool(_) => None,
    }
}

/// The length of this JSON once it has nothing that `atob()` would spoil.
fn escaped_length(json: &str) -> usize {
    let is_plain = |character: char| character.is_ascii() && !">?~\u{7f}".contains(character);
    json.chars().map(|character| if is_plain(character) { 1 } else { 6 * character.len_utf16() }).sum()
}
