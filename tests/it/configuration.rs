//! Settings are read in the form that `Display` writes, and in no other; no error shows a setting's text.

use std::time::Duration;

use quiltt_session::{ConfigError, SecretEncoding, SessionVerifier, TokenVersion};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::forge::{builder, secret};

fn read<T: DeserializeOwned>(value: Value) -> Option<T> {
    serde_json::from_value(value).ok()
}

#[test]
fn encodings_are_read_by_their_names() {
    let names = ["raw", "base64", "base64url", "hex"];
    for (encoding, name) in SecretEncoding::ALL.into_iter().zip(names) {
        assert_eq!(encoding.to_string(), name);
        assert_eq!(name.parse(), Ok(encoding));
        assert_eq!(read(json!(name)), Some(encoding));
        assert_eq!(format!("{encoding:>10}").len(), 10);
    }
    for other in ["", "Raw", " hex", "base64-url", "0123456789abcdef"] {
        let error = other.parse::<SecretEncoding>().unwrap_err();
        assert_eq!(error.to_string(), "expected one of raw, base64, base64url and hex, found something else");
        assert_eq!(read::<SecretEncoding>(json!(other)), None);
    }
    let error = serde_json::from_str::<SecretEncoding>("\"0123456789abcdef\"").unwrap_err();
    assert!(!error.to_string().contains("0123"), "{error}");
}

#[test]
fn token_versions_are_read_by_their_numbers_from_a_file_or_a_variable() {
    for version in TokenVersion::ALL {
        let number = version.number();
        assert_eq!(version.to_string(), number.to_string());
        assert_eq!(number.to_string().parse(), Ok(version));
        assert_eq!(read(json!(number)), Some(version));
        assert_eq!(read(json!(number.to_string())), Some(version));
        assert_eq!(read(serde_json::to_value(version).unwrap()), Some(version));
    }
    for other in ["", "3", "06", "+6", "v6", " 6", "6.0"] {
        assert!(other.parse::<TokenVersion>().is_err(), "{other}");
        assert_eq!(read::<TokenVersion>(json!(other)), None);
    }
    for other in [json!(3), json!(-1), json!(6.0), json!(null), json!([6]), json!(true)] {
        assert_eq!(read::<TokenVersion>(other.clone()), None, "{other}");
    }
}

#[test]
fn times_are_whole_seconds_within_their_bounds() {
    type Build = fn(Duration) -> Result<(), ConfigError>;
    let settings: [(&str, u64, u64, Build); 5] = [
        ("time to live", 1, 2_146_883, |ttl| builder().ttl(ttl).build().map(drop)),
        ("backdating", 0, 600, |by| builder().backdate(by).build().map(drop)),
        ("window", 1, 50, |window| builder().ttl(Duration::from_secs(101)).build()?.stable(window).map(drop)),
        ("leeway", 0, 600, |leeway| SessionVerifier::builder(secret()).leeway(leeway).build().map(drop)),
        ("maximum lifetime", 1, 253_402_300_799, |most| {
            SessionVerifier::builder(secret()).max_lifetime(most).build().map(drop)
        }),
    ];
    for (setting, min, max, build) in settings {
        for secs in [min, max] {
            assert_eq!(build(Duration::from_secs(secs)), Ok(()));
        }
        let beyond = [min.checked_sub(1), max.checked_add(1)].into_iter().flatten().map(Duration::from_secs);
        let fractions = [Duration::from_nanos(1), Duration::from_millis(1_500), Duration::new(max, 1), Duration::MAX];
        for found in beyond.chain(fractions) {
            assert_eq!(build(found), Err(ConfigError::Time { setting, found, min, max }));
        }
    }
    let error = builder().backdate(Duration::from_secs(601)).build().unwrap_err();
    assert_eq!(error.to_string(), "expected a backdating in whole seconds from 0 to 600, found 601s");
}
