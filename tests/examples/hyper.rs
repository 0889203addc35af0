//! `examples/hyper.rs` does what it says.

use hyper::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use quiltt_session::{ProfileId, SessionSigner, SessionVerifier, SigningSecret};

#[path = "../../examples/hyper.rs"]
#[expect(dead_code, reason = "the example has a `main` of its own")]
mod example;

#[test]
fn one_header_with_a_good_token_is_let_in_and_nothing_else() {
    let secret = SigningSecret::demo();
    let session = SessionSigner::builder(&secret).build().unwrap().mint(ProfileId::random().unwrap()).unwrap();
    let verifier = SessionVerifier::builder(&secret).build().unwrap();
    let user = |values: &[HeaderValue]| {
        let headers: HeaderMap = values.iter().map(|value| (AUTHORIZATION, value.clone())).collect();
        example::session(&headers, &verifier).map(|verified| verified.user_id())
    };
    let (good, bad) = (session.authorization(), HeaderValue::from_static("Bearer no-token"));
    assert_eq!(user(std::slice::from_ref(&good)), Some(session.user_id()));
    for values in
        [vec![], vec![bad.clone()], vec![good.clone(), bad.clone()], vec![bad, good.clone()], vec![good.clone(), good]]
    {
        assert_eq!(user(&values), None, "{values:?}");
    }
}
