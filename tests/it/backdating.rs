//! A backdated session begins before it is minted, and ends when it would have: a clock that is ahead does no harm.

use std::time::Duration;

use quiltt_session::{MintError, SessionSigner, TimeError, UnixTime, UntrustedToken, VerifyError};

use crate::forge::{NOW, at, builder, id, profile, verifier};

fn signer() -> SessionSigner {
    builder().backdate(Duration::from_secs(60)).build().unwrap()
}

/// `nbf`, `iat` and `exp`.
fn times(token: &str) -> [u64; 3] {
    let claims = UntrustedToken::parse(token).unwrap().untrusted_claims().unwrap();
    [claims.not_before(), claims.issued_at(), claims.expires_at()].map(UnixTime::as_secs)
}

#[test]
fn stable_sessions_begin_before_their_window_and_have_ids_of_their_own() {
    let (backdated, plain) = (signer(), builder().build().unwrap());
    let [backdated, plain] = [&backdated, &plain].map(|signer| signer.stable(Duration::from_secs(3600)).unwrap());
    let start = plain.renews_at(profile(), at(NOW)).unwrap().as_secs() - 3600;
    let session = backdated.mint_at(profile(), at(NOW)).unwrap();
    assert_eq!(times(session.token()), [start - 60, start - 60, start + 86_400]);
    assert_eq!(backdated.renews_at(profile(), at(NOW)), plain.renews_at(profile(), at(NOW)));
    assert_ne!(session.id(), plain.mint_at(profile(), at(NOW)).unwrap().id());
}

#[test]
fn a_verifier_whose_clock_is_behind_takes_it_without_leeway() {
    let token = |signer: SessionSigner| signer.mint_at(profile(), at(NOW), id()).unwrap().into_token();
    let verify = |token: &str, now| verifier().verify_at(token, at(now)).map(drop);
    let plain = token(builder().build().unwrap());
    assert_eq!(verify(&plain, NOW - 1), Err(VerifyError::NotYetValid { valid_from: at(NOW) }));
    let backdated = token(signer());
    assert_eq!(verify(&backdated, NOW - 60), Ok(()));
    assert_eq!(verify(&backdated, NOW - 61), Err(VerifyError::NotYetValid { valid_from: at(NOW - 60) }));
    assert_eq!(verify(&backdated, NOW + 86_400), Err(VerifyError::Expired { expired_at: at(NOW + 86_400) }));
}

#[test]
fn what_would_begin_before_1970_is_refused() {
    let signer = signer();
    let before_1970 = MintError::Clock(TimeError::BeforeEpoch);
    assert_eq!(signer.mint_at(profile(), at(59), id()).unwrap_err(), before_1970);
    assert_eq!(signer.mint_batch_at(&[(profile(), id())], at(59)).unwrap_err(), before_1970);
    assert_eq!(times(signer.mint_at(profile(), at(60), id()).unwrap().token()), [0, 0, 86_460]);
}
