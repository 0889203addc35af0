//! What people put where a secret belongs is refused, and nothing that is random.

use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE, URL_SAFE_NO_PAD},
};
use quiltt_session::{SecretError, SecretWarning, SigningSecret};
use ring::rand::{SecureRandom, SystemRandom};

use crate::forge::hex;

/// A line each, of kinds that public bug reports show in production.
const NO_SECRETS: &str = include_str!("../vectors/no-secrets.txt");

fn random<const LENGTH: usize>() -> [u8; LENGTH] {
    let mut bytes = [0; LENGTH];
    SystemRandom::new().fill(&mut bytes).unwrap();
    bytes
}

/// 64 characters of the alphabet, each as likely as the others.
fn random_of(alphabet: &[u8]) -> Vec<u8> {
    let fair = 256 - 256 % alphabet.len();
    let bytes = std::iter::repeat_with(random::<64>).flatten().map(usize::from).filter(|&byte| byte < fair);
    bytes.take(64).map(|byte| alphabet[byte % alphabet.len()]).collect()
}

const ALPHANUMERICS: &str = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

#[test]
fn no_text_that_stands_for_a_secret_is_taken_for_one() {
    let mut taken = vec![];
    for text in NO_SECRETS.lines() {
        assert!(text.chars().count() >= 64, "{text}");
        match SigningSecret::from_bytes(text) {
            Err(SecretError::LooksLike(what)) => println!("{text}\n    {what}"),
            Err(SecretError::SurroundingQuotes | SecretError::AllOneByte) => {}
            Err(error) => panic!("{text}: {error}"),
            Ok(_) => taken.push(text),
        }
    }
    assert!(taken.is_empty(), "{taken:#?}");
}

/// So that no secret is refused by bad luck.
#[test]
fn random_secrets_of_any_usual_alphabet_are_taken() {
    refuse_none_of(300);
}

/// `cargo test --release --test it lookalikes -- --ignored`
#[test]
#[ignore = "takes a minute in release mode"]
fn two_hundred_thousand_random_secrets_of_any_usual_alphabet_are_taken() {
    refuse_none_of(200_000);
}

#[track_caller]
fn refuse_none_of(count: usize) {
    let text = |alphabet: &str| random_of(alphabet.as_bytes());
    let alphanumeric = |others: &str| text(&[ALPHANUMERICS, others].concat());
    let printable: String = ('!'..='~').collect();
    type Draw<'r> = &'r dyn Fn() -> Vec<u8>;
    let kinds: [(&str, Draw<'_>); 19] = [
        ("raw bytes", &|| random::<64>().into()),
        ("hex", &|| hex(&random::<32>()).into()),
        ("HEX", &|| hex(&random::<32>()).to_uppercase().into()),
        ("hex of 64 bytes", &|| hex(&random::<64>()).into()),
        ("base32", &|| text("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")),
        ("base64, cut", &|| STANDARD.encode(random::<48>()).into()),
        ("base64", &|| STANDARD.encode(random::<64>()).into()),
        ("base64, padded", &|| STANDARD.encode(random::<46>()).into()),
        ("base64url", &|| URL_SAFE_NO_PAD.encode(random::<64>()).into()),
        ("base64url of 64 characters", &|| URL_SAFE_NO_PAD.encode(random::<48>()).into()),
        ("base64url, padded", &|| URL_SAFE.encode(random::<64>()).into()),
        ("alphanumerics", &|| alphanumeric("")),
        ("alphanumerics with =", &|| alphanumeric("=")),
        ("alphanumerics with _=", &|| alphanumeric("_=")),
        ("alphanumerics with -_=+", &|| alphanumeric("-_=+")),
        ("alphanumerics with -_.=", &|| alphanumeric("-_.=")),
        ("alphanumerics with -_.~", &|| alphanumeric("-_.~")),
        ("alphanumerics with +/=", &|| alphanumeric("+/=")),
        ("printable ASCII", &|| text(&printable)),
    ];
    for (kind, draw) in kinds {
        let refused: Vec<_> = (0..count).filter_map(|_| SigningSecret::from_bytes(draw()).err()).collect();
        println!("{kind:<28} {} of {count} refused", refused.len());
        // Quotes around it, and what begins a template: 76 of 200 000, and of 300 by chance more than one, but not five.
        let most = if kind == "printable ASCII" { 4 + count / 1000 } else { 0 };
        assert!(refused.len() <= most, "{kind}: {refused:?}");
    }
}

#[test]
fn who_really_has_such_a_secret_may_say_so_and_is_warned() {
    for text in NO_SECRETS.lines() {
        let secret = match SigningSecret::options().allow_lookalike().from_bytes(text) {
            Err(error) => {
                assert_eq!(error, SecretError::AllOneByte, "{text}");
                continue;
            }
            Ok(secret) => secret,
        };
        let [SecretWarning::LooksLike(what)] = secret.warnings() else { panic!("{text}") };
        assert!(!what.is_empty());
    }
}
