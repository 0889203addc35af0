//! `typ` in the header on request, from every way to mint, and nothing else changes.

use std::time::Duration;

use quiltt_session::{PayloadOrder, SessionSigner, UntrustedToken};

use crate::forge::{NOW, at, builder, id, profile, verify};

fn signers(order: PayloadOrder) -> [SessionSigner; 2] {
    [builder().payload(order).build().unwrap(), builder().payload(order).header_type().build().unwrap()]
}

/// Header and claims.
fn read(token: &str) -> (String, String) {
    let token = UntrustedToken::parse(token).unwrap();
    let header = String::from_utf8(token.untrusted_header_json().to_vec()).unwrap();
    (header, serde_json::to_string(&token.untrusted_claims().unwrap()).unwrap())
}

#[test]
fn every_way_to_mint_writes_it_if_asked_to_and_only_then() {
    for order in [PayloadOrder::Aligned, PayloadOrder::AsIssued] {
        let [plain, typed] = signers(order);
        let [plain, typed] = [plain, typed].map(|signer| {
            let one = signer.mint_at(profile(), at(NOW), id()).unwrap().token().to_owned();
            let batch = signer.mint_batch_at(&[(profile(), id()); 9], at(NOW)).unwrap();
            assert!(batch.iter().all(|session| *session.token() == one));
            let own = signer.session(profile()).id(id()).issued_at(at(NOW)).claim("plan", "gold").mint().unwrap();
            [one, own.token().to_owned()]
        });
        for (plain, typed) in plain.iter().zip(&typed) {
            assert_eq!(read(plain).0, r#"{"alg":"HS512"}"#);
            assert_eq!(read(typed).0, r#"{"alg":"HS512","typ":"JWT"}"#);
            assert_eq!(read(plain).1, read(typed).1);
            verify(typed).unwrap();
        }
    }
}

#[test]
fn stable_sessions_keep_their_ids() {
    let [plain, typed] = signers(PayloadOrder::Aligned)
        .map(|signer| signer.stable(Duration::from_secs(3600)).unwrap().mint_at(profile(), at(NOW)).unwrap());
    assert_eq!(plain.id(), typed.id());
    assert_ne!(plain.token(), typed.token());
}
