//! An independent implementation takes our tokens; `own_services` has tokens of others that we take.

use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use quiltt_session::TokenVersion;
use serde_json::Value;

use crate::forge::{self, PROFILE, PROFILE_UUID, SECRET, profile};

#[test]
fn jsonwebtoken_verifies_what_every_version_mints() {
    let mut validation = Validation::new(Algorithm::HS512);
    validation.set_issuer(&["auth.quiltt.io"]);
    validation.set_audience(&["api.quiltt.io"]);
    validation.set_required_spec_claims(&["exp", "nbf", "iss", "aud"]);
    validation.validate_nbf = true;
    validation.leeway = 0;
    for version in TokenVersion::ALL {
        let signer = forge::builder()
            .version(version)
            .api_key("api_11gKT7OFCTrIx1YA3M0zfS5".parse().unwrap())
            .claim("plan", "gold")
            .build()
            .unwrap();
        let session = signer.mint(profile()).unwrap();
        let key = DecodingKey::from_secret(SECRET.as_bytes()).unwrap();
        let decoded = jsonwebtoken::decode::<Value>(session.token(), &key, &validation).unwrap();
        assert_eq!(decoded.claims["ver"], version.number());
        assert_eq!(decoded.claims["plan"], "gold");
        let user = if version < TokenVersion::V4 { "uid" } else { "sub" };
        assert_eq!(decoded.claims[user], if version == TokenVersion::V1 { PROFILE_UUID } else { PROFILE });
        let wrong = DecodingKey::from_secret(b"another secret").unwrap();
        assert!(jsonwebtoken::decode::<Value>(session.token(), &wrong, &validation).is_err());
    }
}
