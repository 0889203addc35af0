//! A token that differs from the minted one in anything at all is refused.

use quiltt_session::SessionVerifier;

use crate::forge::{self, ENVIRONMENT, NOW, at, id, profile};

fn token_and_verifier() -> (String, SessionVerifier) {
    let signer = forge::builder()
        .api_key("api_11gKT7OFCTrIx1YA3M0zfS5".parse().unwrap())
        .organization("org_10".parse().unwrap())
        .environment(ENVIRONMENT.parse().unwrap())
        .build()
        .unwrap();
    (signer.mint_at(profile(), at(NOW), id()).unwrap().into_token(), forge::verifier())
}

fn is_valid(verifier: &SessionVerifier, token: &str) -> bool {
    verifier.verify_at(token, at(NOW)).is_ok()
}

#[test]
fn every_one_bit_flip_is_refused() {
    let (token, verifier) = token_and_verifier();
    assert!(is_valid(&verifier, &token));
    for place in 0..token.len() {
        for bit in 0..8 {
            let mut bytes = token.clone().into_bytes();
            bytes[place] ^= 1 << bit;
            // What is not UTF-8 cannot even be passed in.
            if let Ok(flipped) = String::from_utf8(bytes) {
                assert!(!is_valid(&verifier, &flipped), "bit {bit} of byte {place}");
            }
        }
    }
}

#[test]
fn every_truncation_at_either_end_is_refused() {
    let (token, verifier) = token_and_verifier();
    for length in 0..token.len() {
        assert!(!is_valid(&verifier, &token[..length]), "the first {length}");
        assert!(!is_valid(&verifier, &token[token.len() - length..]), "the last {length}");
    }
}

#[test]
fn every_one_character_change_insertion_and_removal_is_refused() {
    let (token, verifier) = token_and_verifier();
    for place in 0..token.len() {
        for character in ["A", "B", "-", "_", ".", "=", " ", "\n", "+", "/", "\u{e9}"] {
            let (before, after) = token.split_at(place);
            assert!(!is_valid(&verifier, &format!("{before}{character}{after}")));
            if !after.starts_with(character) {
                assert!(!is_valid(&verifier, &format!("{before}{character}{}", &after[1..])));
            }
        }
        let (before, after) = token.split_at(place);
        assert!(!is_valid(&verifier, &format!("{before}{}", &after[1..])));
    }
}
