//! A token that differs from the minted one in anything at all is refused.

use crate::forge::{self, ENVIRONMENT, NOW, at, id, profile};

#[test]
fn every_change_of_a_bit_or_a_character_and_every_cut_is_refused() {
    const CHARACTERS: [&str; 11] = ["A", "B", "-", "_", ".", "=", " ", "\n", "+", "/", "\u{e9}"];

    let signer = forge::builder()
        .api_key("api_11gKT7OFCTrIx1YA3M0zfS5".parse().unwrap())
        .organization("org_10".parse().unwrap())
        .environment(ENVIRONMENT.parse().unwrap())
        .build()
        .unwrap();
    let token = signer.mint_at(profile(), at(NOW), id()).unwrap().into_token();
    let verifier = forge::verifier();
    let is_valid = |token: &str| verifier.verify_at(token, at(NOW)).is_ok();
    assert!(is_valid(&token));
    assert!(CHARACTERS.iter().all(|character| !is_valid(&format!("{token}{character}"))));
    for place in 0..token.len() {
        let (before, after) = token.split_at(place);
        assert!(!is_valid(before) && (place == 0 || !is_valid(after)), "cut at {place}");
        let without = format!("{before}{}", &after[1..]);
        assert!(!is_valid(&without), "without the character at {place}");
        for character in CHARACTERS {
            assert!(!is_valid(&format!("{before}{character}{after}")), "{character} put in at {place}");
            let changed = format!("{before}{character}{}", &after[1..]);
            assert!(after.starts_with(character) || !is_valid(&changed), "{character} at {place}");
        }
        for bit in 0..8 {
            let mut bytes = token.clone().into_bytes();
            bytes[place] ^= 1 << bit;
            // Bytes that are not UTF-8 cannot be passed in.
            assert!(
                String::from_utf8(bytes).is_ok_and(|flipped| !is_valid(&flipped)) || bit == 7,
                "bit {bit} of {place}"
            );
        }
    }
}
