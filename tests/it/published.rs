//! Payloads that Quiltt published encode to the published bytes; `ids` has the published ids.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use quiltt_session::{Claims, UntrustedToken};

use crate::forge;

#[test]
fn the_published_payload_of_version_2_reencodes_byte_for_byte() {
    let segment = include_str!("../vectors/payload_ver2.txt").trim_end();
    let payload = URL_SAFE_NO_PAD.decode(segment).unwrap();
    let claims: Claims = serde_json::from_slice(&payload).unwrap();
    assert_eq!(claims.api_key_id().unwrap().to_string(), "api_17NOEwVGcvyOqplnQdD27gY");
    assert_eq!(claims.user_id().unwrap().to_string(), "p_11ewrVkEnd7LIvSVAmt8XL5");
    assert_eq!(URL_SAFE_NO_PAD.encode(serde_json::to_vec(&claims).unwrap()), segment);
}

#[test]
fn every_issued_order_reencodes_byte_for_byte() {
    const START: &str = r#"{"nbf":1,"iat":1,"jti":"4551ca49-c002-4d9b-92ec-465018e28fdc","iss":"auth.quiltt.io","aud":"api.quiltt.io","exp":86401,"ver":"#;
    for rest in [
        r#"1,"aid":"52909e05-e1cb-4e45-b273-2b7b5d1f9bff","uid":"e6dd0bda-7384-4d88-866b-2e5aa1b2c693"}"#,
        r#"2,"did":"api_11gKT7OFCTrIx1YA3M0zfS5","uid":"p_171dFj1jSknZiR3VZOHKcol"}"#,
        r#"2}"#,
        r#"4,"sub":"p_171dFj1jSknZiR3VZOHKcol","did":"api_11gKT7OFCTrIx1YA3M0zfS5","oid":"org_10","eid":"env_1Bx4omNvZgKao2OqGshImD"}"#,
        r#"6,"sub":"p_171dFj1jSknZiR3VZOHKcol","cid":"api_11gKT7OFCTrIx1YA3M0zfS5","oid":"org_10","eid":"env_1Bx4omNvZgKao2OqGshImD"}"#,
        r#"6,"sub":"p_171dFj1jSknZiR3VZOHKcol","zeta":[1,{"b":null}],"alpha":"x"}"#,
    ] {
        let payload = format!("{START}{rest}");
        let claims: Claims = serde_json::from_str(&payload).unwrap();
        assert_eq!(serde_json::to_string(&claims).unwrap(), payload);
        let token = forge::token(forge::HEADER, &payload);
        assert_eq!(UntrustedToken::parse(&token).unwrap().untrusted_claims(), Ok(claims));
    }
}
