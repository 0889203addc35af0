//! Writes seeds into `fuzz/target/seeds`, from the vectors of the tests: the same vectors give the same files. `fuzz/run` calls it.

#[path = "../../tests/it/forge.rs"]
mod forge;
#[path = "../../tests/it/hostile.rs"]
mod hostile;

use std::{fs, path::Path};

use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use forge::{HEADER, PAYLOAD, SECRET};
use quiltt_session::UntrustedToken;

fn main() {
    tokens();
    secrets();
}

/// Those beyond what the verifier reads would only slow the fuzzer down.
fn tokens() {
    let mut seeds = vec![("valid".to_owned(), forge::token(HEADER, PAYLOAD).into_bytes())];
    for (number, case) in hostile::corpus().iter().enumerate() {
        let json = || [case.header(), case.payload()].join(&0);
        let input = if case.is_json_only() { json() } else { case.token().as_bytes().to_vec() };
        if input.len() <= UntrustedToken::MAX_LENGTH + 1 {
            seeds.push((format!("{}-{number}-{}", case.group, case.expect), input));
        }
    }
    write("token", seeds);
}

/// The same secret in each encoding, right and nearly so, and texts that are refused as secrets.
fn secrets() {
    let bytes: Vec<u8> = (0..=255).step_by(4).collect();
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let [standard, url] = [STANDARD.encode(&bytes), URL_SAFE_NO_PAD.encode(&bytes)];
    let seeds = [
        ("raw", bytes),
        ("text", SECRET.into()),
        ("half of the text", SECRET[..32].into()),
        ("less than half", SECRET[..31].into()),
        ("hex", hex.clone().into()),
        ("hex upper case", hex.to_uppercase().into()),
        ("hex odd", hex[1..].into()),
        ("base64", standard.clone().into()),
        ("base64 unpadded", standard.trim_end_matches('=').into()),
        ("base64 half padded", standard[..standard.len() - 1].into()),
        ("base64 not canonical", standard.replace("A==", "B==").into()),
        ("base64url", url.into()),
        ("utf-16", SECRET.encode_utf16().flat_map(u16::to_le_bytes).collect()),
        ("demo", forge::DEMO.into()),
        ("padded with zeros", format!("hunter2{}", "\0".repeat(57)).into()),
        ("zeros", vec![0; 64]),
        ("longest", forge::noise().take(4096).collect()),
        ("too long", (SECRET.repeat(64) + "a").into()),
    ];
    let refused = include_str!("../../tests/vectors/no-secrets.txt").lines().enumerate();
    let refused = refused.map(|(number, text)| (format!("refused-{number}"), text.into()));
    write("secret", seeds.map(|(name, seed)| (name.to_owned(), seed)).into_iter().chain(refused).collect());
}

/// Writes each seed into a file of its name.
fn write(target: &str, seeds: Vec<(String, Vec<u8>)>) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/seeds").join(target);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    for (name, seed) in seeds {
        let is_plain = |character: char| character.is_ascii_alphanumeric() || character == '_';
        let name: String = name.chars().map(|character| if is_plain(character) { character } else { '-' }).collect();
        fs::write(folder.join(name), seed).unwrap();
    }
}
