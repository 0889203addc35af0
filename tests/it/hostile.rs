//! How the recipes of `vectors/hostile.jsonl` are followed.
//!
//! The file has one case a line, with the advisory's number where another library accepted such a token. A case is a recipe;
//! members that the case leaves out are those of a valid token:
//!
//! | field | meaning |
//! |---|---|
//! | `group`, `what`, `why` | for the reader |
//! | `header`, `payload` | the JSON, or the bytes in its place |
//! | `claims` | instead of `payload`: claims to set to a JSON text, or with `null` to leave out |
//! | `more` | instead of `payload`: members to add |
//! | `input` | the first two segments |
//! | `key`, `alg`, `sign` | the tag's key and algorithm, and the text that is signed |
//! | `token` | the token |
//! | `at`, `leeway` | the verifier's time and leeway, in seconds |
//! | `expect` | `valid`, or the error |
//!
//! In a text, `⟨header⟩`, `⟨payload⟩`, `⟨input⟩` and `⟨tag⟩` stand for what was made so far, in base64url; `⟨tag:8⟩` for
//! its first 8 bytes; `⟨tag^5⟩` for the tag with the bits of 5 turned over in its last character; `⟨ff⟩` for a byte;
//! `⟨3×ab⟩` for `ababab`. In a key, `⟨secret⟩` stands for the right one, `⟨secret/0..8⟩` for its first 8 bytes, `⟨SECRET⟩`
//! and `⟨secret64⟩` for it in capitals and in base64.

#![allow(dead_code, reason = "the tests and the fuzzer's seeds use a share each")]

use std::{
    collections::BTreeMap,
    sync::{LazyLock, OnceLock},
};

use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use jsonwebtoken::Algorithm;
use serde::Deserialize;

use crate::forge::{self, HEADER, SECRET};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Case {
    pub(crate) group: String,
    pub(crate) what: String,
    pub(crate) why: String,
    header: Option<String>,
    payload: Option<String>,
    #[serde(default)]
    claims: BTreeMap<String, Option<String>>,
    more: Option<String>,
    input: Option<String>,
    key: Option<String>,
    alg: Option<Algorithm>,
    sign: Option<String>,
    token: Option<String>,
    /// The token, made at the first call of [`token`](Self::token): some tokens are long.
    #[serde(skip)]
    made: OnceLock<String>,
    pub(crate) at: Option<u64>,
    pub(crate) leeway: Option<u64>,
    pub(crate) expect: String,
}

pub(crate) fn corpus() -> &'static [Case] {
    static CORPUS: LazyLock<Vec<Case>> = LazyLock::new(|| {
        include_str!("../vectors/hostile.jsonl").lines().map(|line| serde_json::from_str(line).expect(line)).collect()
    });
    &CORPUS
}

impl Case {
    /// Whether header and payload are all that sets the token apart from a valid one.
    pub(crate) fn is_json_only(&self) -> bool {
        let others = [&self.input, &self.key, &self.sign, &self.token];
        self.alg.is_none() && others.iter().all(|recipe| recipe.is_none())
    }

    pub(crate) fn header(&self) -> Vec<u8> {
        expand(self.header.as_deref().unwrap_or(HEADER), &BTreeMap::new())
    }

    pub(crate) fn payload(&self) -> Vec<u8> {
        expand(&self.payload_text(), &BTreeMap::new())
    }

    pub(crate) fn token(&self) -> &str {
        self.made.get_or_init(|| self.make())
    }

    fn make(&self) -> String {
        let mut parts = BTreeMap::new();
        parts.insert("header", forge::base64(self.header()));
        parts.insert("payload", forge::base64(self.payload()));
        let input = expand_text(self.input.as_deref().unwrap_or("⟨header⟩.⟨payload⟩"), &parts);
        parts.insert("input", input);
        parts.insert("secret", SECRET.to_owned());
        parts.insert("SECRET", SECRET.to_uppercase());
        parts.insert("secret64", STANDARD.encode(SECRET));
        let key = expand(self.key.as_deref().unwrap_or(SECRET), &parts);
        let signed = expand_text(self.sign.as_deref().unwrap_or("⟨input⟩"), &parts);
        parts.insert("tag", forge::tag(&signed, &key, self.alg.unwrap_or(Algorithm::HS512)));
        expand_text(self.token.as_deref().unwrap_or("⟨input⟩.⟨tag⟩"), &parts)
    }

    fn payload_text(&self) -> String {
        self.payload.clone().unwrap_or_else(|| {
            let edits = self.claims.iter().map(|(name, json)| (name.as_str(), json.as_deref()));
            let payload = forge::payload_with(edits);
            match &self.more {
                Some(members) => format!("{},{members}}}", payload.strip_suffix('}').unwrap()),
                None => payload,
            }
        })
    }
}

/// The text with all that stands in angle brackets worked out.
fn expand(text: &str, parts: &BTreeMap<&str, String>) -> Vec<u8> {
    let mut pieces = text.split('⟨');
    let mut bytes = pieces.next().unwrap().as_bytes().to_vec();
    for piece in pieces {
        let (recipe, rest) = piece.split_once('⟩').expect(text);
        bytes.extend(work_out(recipe, parts));
        bytes.extend(rest.as_bytes());
    }
    bytes
}

fn expand_text(text: &str, parts: &BTreeMap<&str, String>) -> String {
    String::from_utf8(expand(text, parts)).unwrap()
}

fn work_out(recipe: &str, parts: &BTreeMap<&str, String>) -> Vec<u8> {
    if let Some(part) = parts.get(recipe) {
        part.clone().into_bytes()
    } else if let Some((count, text)) = recipe.split_once('×') {
        text.repeat(count.parse().unwrap()).into_bytes()
    } else if let Some((part, range)) = recipe.split_once('/') {
        let (start, end) = range.split_once("..").expect(recipe);
        parts[part][start.parse().unwrap()..end.parse().unwrap()].into()
    } else if let Some((part, bits)) = recipe.split_once('^') {
        forge::respelled(&parts[part], bits.parse().unwrap()).into_bytes()
    } else if let Some((part, count)) = recipe.split_once(':') {
        let bytes = URL_SAFE_NO_PAD.decode(&parts[part]).unwrap();
        forge::base64(&bytes[..count.parse().unwrap()]).into_bytes()
    } else {
        vec![u8::from_str_radix(recipe, 16).expect(recipe)]
    }
}
