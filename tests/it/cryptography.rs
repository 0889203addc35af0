//! Whose cryptography signs can be seen. That the tokens do not show it, is what all other tests say, for each.

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
