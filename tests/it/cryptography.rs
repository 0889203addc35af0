//! A signer names its crypto provider; with each provider, `template_equals_twin` compares tokens, ids and fingerprints.

use quiltt_session::{SessionSigner, SigningSecret};

#[test]
fn of_several_cryptographies_the_strictest_signs() {
    let provider = if cfg!(any(feature = "aws-lc-rs", feature = "fips")) {
        "AWS-LC"
    } else if cfg!(feature = "ring") {
        "ring"
    } else {
        "RustCrypto"
    };
    let crypto = SessionSigner::builder(SigningSecret::demo()).build().unwrap().crypto();
    assert_eq!((crypto.provider(), crypto.is_fips()), (provider, cfg!(feature = "fips")));
    assert!(crypto.to_string().starts_with(&format!("{provider} {}", crypto.version())), "{crypto}");
    println!("signed with the cryptography of {crypto}");
}

/// Of ring and `sha2`, which do not say theirs.
#[test]
fn the_series_is_that_of_the_manifest() {
    let crypto = SessionSigner::builder(SigningSecret::demo()).build().unwrap().crypto();
    let (name, series) = match crypto.provider() {
        "RustCrypto" => crypto.version().split_once(' ').unwrap(),
        "ring" => ("ring", crypto.version()),
        _ => return,
    };
    let manifest = include_str!("../../Cargo.toml");
    let lines = manifest.lines().filter(|line| line.starts_with(&format!("{name} = ")) && line.contains("optional"));
    let requirements: Vec<_> = lines.map(|line| line.split('"').nth(1).unwrap()).collect();
    assert!(matches!(requirements[..], [requirement] if requirement.starts_with(series)), "{requirements:?}, {crypto}");
}
