//! Readers from crates.io: `readers NAME < cases`.

use serde_json::{Map, Value};

type Claims = Result<Map<String, Value>, Box<dyn std::error::Error>>;

fn jsonwebtoken(token: &str, key: &[u8], algorithm: Option<&str>, audience: Option<&str>) -> Claims {
    use jsonwebtoken::{Algorithm, DecodingKey, Validation};
    let mut wanted = match algorithm {
        Some(name) => Validation::new(name.parse::<Algorithm>()?),
        None => Validation::default(),
    };
    if let Some(audience) = audience {
        wanted.set_audience(&[audience]);
    }
    Ok(jsonwebtoken::decode(token, &DecodingKey::from_secret(key), &wanted)?.claims)
}

fn jwt(token: &str, key: &[u8], _: Option<&str>, _: Option<&str>) -> Claims {
    use hmac::{Hmac, Mac};
    use jwt::VerifyWithKey;
    let key = Hmac::<sha2::Sha512>::new_from_slice(key)?;
    Ok(token.verify_with_key(&key)?)
}

fn jwt_compact(token: &str, key: &[u8], _: Option<&str>, _: Option<&str>) -> Claims {
    use jwt_compact::alg::{Hs512, Hs512Key};
    use jwt_compact::{AlgorithmExt, TimeOptions, UntrustedToken};
    let key = Hs512Key::new(key);
    let token = UntrustedToken::new(token)?;
    let token = Hs512.validator::<Map<String, Value>>(&key).validate(&token)?;
    let claims = token.claims();
    let now = TimeOptions::from_leeway(chrono::Duration::zero());
    claims.validate_expiration(&now)?.validate_maturity(&now)?;
    let mut all = claims.custom.clone();
    all.insert("exp".into(), claims.expiration.map(|time| time.timestamp()).into());
    Ok(all)
}

fn jwt_simple(token: &str, key: &[u8], _: Option<&str>, audience: Option<&str>) -> Claims {
    use jwt_simple::prelude::*;
    let wanted = VerificationOptions {
        allowed_audiences: audience.map(|audience| [audience.to_owned()].into()),
        ..Default::default()
    };
    let key = HS512Key::from_bytes(key);
    let claims = key.verify_token::<Map<String, Value>>(token, Some(wanted))?;
    let mut all = claims.custom;
    all.insert("sub".into(), claims.subject.into());
    all.insert("exp".into(), claims.expires_at.map(|time| time.as_secs()).into());
    Ok(all)
}

fn main() {
    let name = std::env::args().nth(1).unwrap_or_default();
    let read = match name.as_str() {
        "jsonwebtoken" => jsonwebtoken,
        "jwt" => jwt,
        "jwt-compact" => jwt_compact,
        "jwt-simple" => jwt_simple,
        other => panic!("no reader {other}"),
    };
    for line in std::io::stdin().lines() {
        let line = line.expect("text");
        let words: Vec<&str> = line.split(' ').collect();
        let key: Vec<u8> = (0..words[1].len())
            .step_by(2)
            .map(|at| u8::from_str_radix(&words[1][at..at + 2], 16).expect("hex"))
            .collect();
        let given = |word: usize| Some(words[word]).filter(|&word| word != "-");
        match read(words[0], &key, given(2), given(3)) {
            Ok(claims) => println!("claims {}", Value::from(claims)),
            Err(error) => println!("refused {error}"),
        }
    }
}
