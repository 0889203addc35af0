//! An independent implementation takes our tokens, and we take its.

use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use quiltt_session::{TokenVersion, UnixTime};
use serde_json::{Value, json};

use crate::forge::{self, ENVIRONMENT, PROFILE, PROFILE_UUID, SECRET, profile};

fn validation() -> Validation {
    let mut validation = Validation::new(Algorithm::HS512);
    validation.set_issuer(&["auth.quiltt.io"]);
    validation.set_audience(&["api.quiltt.io"]);
    validation.set_required_spec_claims(&["exp", "nbf", "iss", "aud"]);
    validation.validate_nbf = true;
    validation.leeway = 0;
    validation
}

#[test]
fn jsonwebtoken_verifies_what_every_version_mints() {
    for version in TokenVersion::ALL {
        let signer = forge::builder()
            .version(version)
            .api_key("api_11gKT7OFCTrIx1YA3M0zfS5".parse().unwrap())
            .claim("plan", "gold")
            .build()
            .unwrap();
        let session = signer.mint(profile()).unwrap();
        let key = DecodingKey::from_secret(SECRET.as_bytes()).unwrap();
        let decoded = jsonwebtoken::decode::<Value>(session.token(), &key, &validation()).unwrap();
        assert_eq!(decoded.claims["ver"], version.number());
        assert_eq!(decoded.claims["plan"], "gold");
        let user = if version < TokenVersion::V4 { "uid" } else { "sub" };
        assert_eq!(decoded.claims[user], if version == TokenVersion::V1 { PROFILE_UUID } else { PROFILE });
        let wrong = DecodingKey::from_secret(b"another secret").unwrap();
        assert!(jsonwebtoken::decode::<Value>(session.token(), &wrong, &validation()).is_err());
    }
}

fn foreign_claims() -> Value {
    let now = UnixTime::now().unwrap().as_secs();
    json!({
        "nbf": now, "iat": now, "jti": "4551ca49-c002-4d9b-92ec-465018e28fdc", "iss": "auth.quiltt.io",
        "aud": "api.quiltt.io", "exp": now + 86_400, "ver": 6, "sub": PROFILE,
        "cid": "api_11gKT7OFCTrIx1YA3M0zfS5", "oid": "org_10", "eid": ENVIRONMENT,
    })
}

fn foreign_token(header: &Header, claims: &Value) -> String {
    jsonwebtoken::encode(header, claims, &EncodingKey::from_secret(SECRET.as_bytes()).unwrap()).unwrap()
}

#[test]
fn we_verify_what_jsonwebtoken_signs() {
    let verifier = forge::verifier();
    let mut bare = Header::new(Algorithm::HS512);
    bare.typ = None;
    for header in [Header::new(Algorithm::HS512), bare] {
        let session = verifier.verify(&foreign_token(&header, &foreign_claims())).unwrap();
        assert_eq!(session.user_id(), profile());
        assert_eq!(session.id().to_string(), "4551ca49-c002-4d9b-92ec-465018e28fdc");
        assert_eq!(session.api_key_id().unwrap().to_string(), "api_11gKT7OFCTrIx1YA3M0zfS5");
        assert_eq!(session.organization_id().unwrap().to_string(), "org_10");
        assert_eq!(session.environment_id().unwrap().to_string(), ENVIRONMENT);
    }
}
