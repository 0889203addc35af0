//! Each token of this project's corpus gets the verdict that the corpus states, and none makes the verifier panic.

use std::{collections::HashSet, thread, time::Duration};

use quiltt_session::{
    SessionVerifier, SessionVerifierBuilder, SigningSecret, UntrustedToken, VerifiedSession, VerifyError,
};

use crate::{
    forge::{self, NOW, OTHER_SECRET},
    hostile::{Case, corpus},
};

impl Case {
    fn builder(&self) -> SessionVerifierBuilder {
        SessionVerifier::builder(forge::secret()).leeway(Duration::from_secs(self.leeway.unwrap_or(0)))
    }

    fn verify(&self, token: &str) -> Result<VerifiedSession, VerifyError> {
        self.builder().build().unwrap().verify_at(token, forge::at(self.at.unwrap_or(NOW)))
    }
}

#[test]
fn every_hostile_token_gets_its_verdict_whether_looked_at_before_or_not_and_from_a_verifier_of_two_secrets_too() {
    let mut wrong = vec![];
    for case in corpus() {
        let found = forge::verdict(&case.verify(case.token()));
        if let Ok(token) = UntrustedToken::parse(case.token()) {
            let of_two_secrets =
                case.builder().also_accept(SigningSecret::from_bytes(OTHER_SECRET).unwrap()).build().unwrap();
            for verifier in [case.builder().build().unwrap(), of_two_secrets] {
                let verdict = verifier.verify_untrusted_at(&token, forge::at(case.at.unwrap_or(NOW)));
                assert_eq!(forge::verdict(&verdict), found, "{}", case.what);
            }
        }
        if found != case.expect {
            wrong.push(format!("{}, {}: expected {:?}, found {found:?}", case.group, case.what, case.expect));
        }
    }
    assert!(wrong.is_empty(), "{} verdicts:\n{}", wrong.len(), wrong.join("\n"));
}

/// `untrusted_claims` refuses, with the same error, each payload that the verifier does not take for claims.
#[test]
fn looking_is_as_strict_as_verifying() {
    for case in corpus() {
        if case.expect.starts_with("bad_claims") {
            let token = case.token();
            let claims = UntrustedToken::parse(token).unwrap().untrusted_claims();
            assert_eq!(claims.map_err(VerifyError::from).err(), case.verify(token).err(), "{}", case.what);
        }
    }
}

#[test]
fn no_token_needs_more_stack_than_a_small_thread_has() {
    let tokens: Vec<_> = corpus().iter().map(Case::token).collect();
    let verifier = forge::verifier();
    let look_and_verify = move || {
        for token in tokens {
            let _ = verifier.verify_at(token, forge::at(NOW));
            if let Ok(token) = UntrustedToken::parse(token) {
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
}
