//! Each token of this project's corpus gets the verdict that the corpus states, and none makes the verifier panic.
//!
//! `vectors/hostile.jsonl` has one case a line. A case is a recipe; what it leaves out is as in a valid token:
//!
//! | field | meaning |
//! |---|---|
//! | `group`, `what`, `why` | for the reader |
//! | `header`, `payload` | the JSON, or what stands for it |
//! | `claims` | instead of `payload`: claims to set to a JSON text, or with `null` to leave out |
//! | `more` | instead of `payload`: members to add |
//! | `input` | the first two segments |
//! | `key`, `alg`, `sign` | how the tag is made, and of what |
//! | `token` | the token |
//! | `at`, `leeway` | when it is verified, and with how much leeway, in seconds |
//! | `expect` | `valid`, or the error |
//!
//! In a text, `⟨header⟩`, `⟨payload⟩`, `⟨input⟩` and `⟨tag⟩` stand for what was made so far, in base64url; `⟨tag:8⟩` for
//! its first 8 bytes; `⟨tag^5⟩` for a spelling in which its last character differs in the bits of 5; `⟨ff⟩` for a byte;
//! `⟨3×ab⟩` for `ababab`.

mod forge;

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    thread,
    time::Duration,
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use forge::{HEADER, NOW, SECRET};
use jsonwebtoken::Algorithm;
use quiltt_session::{SessionVerifier, UntrustedToken, VerifiedSession, VerifyError};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    group: String,
    what: String,
    why: String,
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
    at: Option<u64>,
    leeway: Option<u64>,
    expect: String,
}

fn corpus() -> Vec<Case> {
    include_str!("vectors/hostile.jsonl").lines().map(|line| serde_json::from_str(line).expect(line)).collect()
}

impl Case {
    fn token(&self) -> String {
        let mut parts = BTreeMap::new();
        let header = expand(self.header.as_deref().unwrap_or(HEADER), &parts);
        let payload = expand(&self.payload(), &parts);
        parts.insert("header", forge::base64(header));
        parts.insert("payload", forge::base64(payload));
        let input = expand_text(self.input.as_deref().unwrap_or("⟨header⟩.⟨payload⟩"), &parts);
        parts.insert("input", input);
        let key = expand(self.key.as_deref().unwrap_or(SECRET), &parts);
        let signed = expand_text(self.sign.as_deref().unwrap_or("⟨input⟩"), &parts);
        parts.insert("tag", forge::tag(&signed, &key, self.alg.unwrap_or(Algorithm::HS512)));
        expand_text(self.token.as_deref().unwrap_or("⟨input⟩.⟨tag⟩"), &parts)
    }

    fn payload(&self) -> String {
        self.payload.clone().unwrap_or_else(|| {
            let edits = self.claims.iter().map(|(name, json)| (name.as_str(), json.as_deref()));
            let payload = forge::payload_with(edits);
            match &self.more {
                Some(members) => format!("{},{members}}}", payload.strip_suffix('}').unwrap()),
                None => payload,
            }
        })
    }

    fn verifier(&self) -> SessionVerifier {
        let leeway = Duration::from_secs(self.leeway.unwrap_or(0));
        SessionVerifier::builder(forge::secret()).leeway(leeway).build().unwrap()
    }

    fn verify(&self, token: &str) -> Result<VerifiedSession, VerifyError> {
        self.verifier().verify_at(token, forge::at(self.at.unwrap_or(NOW)))
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
    } else if let Some((part, bits)) = recipe.split_once('^') {
        forge::respelled(&parts[part], bits.parse().unwrap()).into_bytes()
    } else if let Some((part, count)) = recipe.split_once(':') {
        let bytes = URL_SAFE_NO_PAD.decode(&parts[part]).unwrap();
        forge::base64(&bytes[..count.parse().unwrap()]).into_bytes()
    } else {
        vec![u8::from_str_radix(recipe, 16).expect(recipe)]
    }
}

#[test]
fn every_hostile_token_gets_its_verdict() {
    let mut wrong = vec![];
    for case in corpus() {
        let found = forge::verdict(&case.verify(&case.token()));
        if found != case.expect {
            wrong.push(format!("{}, {}: expected {:?}, found {found:?}", case.group, case.what, case.expect));
        }
    }
    assert!(wrong.is_empty(), "{} verdicts:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn no_token_needs_more_stack_than_a_small_thread_has() {
    let tokens: Vec<_> = corpus().iter().map(Case::token).collect();
    let verifier = forge::verifier();
    let look_and_verify = move || {
        for token in tokens {
            let _ = verifier.verify_at(&token, forge::at(NOW));
            if let Ok(token) = UntrustedToken::parse(&token) {
                let _ = token.untrusted_claims();
                let _ = format!("{token:?}");
            }
        }
    };
    thread::Builder::new().stack_size(64 * 1024).spawn(look_and_verify).unwrap().join().unwrap();
}

#[test]
fn the_corpus_covers_what_it_promises() {
    let corpus = corpus();
    let hostile = corpus.iter().filter(|case| case.expect != "valid").count();
    assert!(hostile >= 250, "{hostile} hostile tokens");
    assert!(corpus.len() - hostile >= 25, "a verifier that refuses everything must not pass");
    let groups: HashSet<_> = corpus.iter().map(|case| case.group.as_str()).collect();
    let promised = ["segments", "base64", "mac", "alg", "header", "json", "numbers", "times", "claims", "order"];
    assert_eq!(groups, promised.into());
    let names: HashSet<_> = corpus.iter().map(|case| (&case.group, &case.what)).collect();
    assert_eq!(names.len(), corpus.len(), "each case has a name of its own");
    let mut seen = HashMap::new();
    for case in &corpus {
        let twin = seen.insert((case.token(), case.at, case.leeway), &case.what);
        assert_eq!(twin, None, "the same as {:?}", case.what);
    }
    assert!(corpus.iter().all(|case| !case.why.is_empty()));
}
