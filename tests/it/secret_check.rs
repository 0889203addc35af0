//! A text is taken as a secret exactly by the rules, and signs as the bytes that it stands for; nothing that is printed shows the
//! secret. For the property in `secrets` and for the fuzz target.

use quiltt_session::{Lookalike, SecretEncoding, SecretError, SecretWarning, SigningSecret};

use crate::{
    forge,
    secret_rules::{counted, expected, key_length},
};

/// Asserts the rules for a secret of at least `need` bytes, 32 or 64.
pub(crate) fn check(written: &[u8], encoding: SecretEncoding, need: usize) {
    let options = SigningSecret::options().encoding(encoding);
    let options = if need < 64 { options.allow_short() } else { options };
    let secret = options.from_bytes(written);
    let expected = expected(written, encoding, need);
    let doubt = match &secret {
        Ok(secret) => {
            check_secret(secret, expected.as_ref().unwrap(), None);
            // The kinds that have rules of their own here, each with a text that no random one is like.
            assert!(!is_utf16(written) && !is_certain(written), "{encoding:?}");
            None
        }
        Err(SecretError::LooksLike(what)) => Some(*what),
        // Under a layer that was not named.
        Err(SecretError::Demo) if expected.is_ok() => {
            assert_eq!(options.allow_lookalike().from_bytes(written).err(), Some(SecretError::Demo));
            return;
        }
        Err(SecretError::SurroundingWhiteSpace | SecretError::SurroundingInvisible { .. })
        | Err(SecretError::SurroundingQuotes) => Some(Lookalike::Surrounded),
        Err(error) => {
            assert_eq!(Some(error), expected.as_ref().err(), "{encoding:?}, {need} bytes");
            None
        }
    };
    match (options.allow_lookalike().from_bytes(written), expected) {
        (Ok(secret), Ok(bytes)) => check_secret(&secret, &bytes, doubt),
        (secret, bytes) => assert_eq!(secret.err(), bytes.err(), "{encoding:?}, {need} bytes"),
    }
}

/// The secret consists of these bytes, which an independent MAC can tell, and shows only how many of them count.
fn check_secret(secret: &SigningSecret, bytes: &[u8], doubt: Option<Lookalike>) {
    assert!(forge::signs_as(secret, bytes));
    let bits = counted(bytes) * 8;
    assert_eq!(secret.bits(), bits);
    let short = (bits < 512).then_some(SecretWarning::Short { bits });
    let warnings: Vec<_> = short.into_iter().chain(doubt.map(SecretWarning::LooksLike)).collect();
    let is_of_layers = |warning: &SecretWarning| matches!(warning, SecretWarning::Encoded { layers: 1..=4 });
    let found: Vec<_> = secret.warnings().iter().copied().filter(|warning| !is_of_layers(warning)).collect();
    assert_eq!(found, warnings);
    assert_eq!(secret.fingerprint(), forge::fingerprint(bytes));
    assert_eq!(format!("{secret:?}"), format!("SigningSecret({bits} bits)"));
}

pub(crate) fn is_utf16(written: &[u8]) -> bool {
    let pairs = written.len() / 2;
    [0, 1].into_iter().any(|high| {
        let ascii =
            (0..pairs).filter(|pair| written[2 * pair + high] == 0 && written[2 * pair + 1 - high] != 0).count();
        ascii > 0 && 2 * ascii >= pairs
    })
}

/// A few of the rules in other words: `tests/it/secrets.rs` and `tests/it/lookalikes.rs` have examples of each.
pub(crate) fn is_certain(written: &[u8]) -> bool {
    let key = &written[..key_length(written)];
    let is_word_twice = (1..=key.len() / 2).any(|word| key.iter().skip(word).eq(&key[..key.len() - word]));
    let has_few = key.len() >= 40 && (0..=u8::MAX).filter(|byte| key.contains(byte)).count() <= 8;
    let is_text_with_more = str::from_utf8(key).is_ok_and(|text| !text.chars().all(|it| ('!'..='~').contains(&it)));
    is_word_twice || has_few || is_text_with_more
}
