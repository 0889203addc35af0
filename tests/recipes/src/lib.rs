//! What the recipes of docs/recipes.md have to do. Each calls its function here, behind what the page shows.
#![doc = include_str!("../../../docs/recipes.md")]
#![allow(missing_docs)]

use actix_web::{HttpRequest, cookie::Cookie, test::TestRequest};
use quiltt_session::{ProfileId, Session, SessionSigner, SessionVerifier, SigningSecret, VerifiedSession, VerifyError};
use tonic::{Request, service::Interceptor};

fn given() -> (Session, SessionVerifier) {
    let signer = SessionSigner::builder(SigningSecret::demo()).build().unwrap();
    (signer.mint(ProfileId::random().unwrap()).unwrap(), signer.verifier().build().unwrap())
}

pub fn actix(session_of: impl Fn(&HttpRequest, &SessionVerifier) -> actix_web::Result<VerifiedSession>) {
    let (session, verifier) = given();
    let request = |value: &str| TestRequest::get().insert_header(("authorization", value)).to_http_request();
    let verified = session_of(&request(&format!("Bearer {}", session.token())), &verifier).unwrap();
    assert_eq!(verified.id(), session.id());
    for value in ["", "Bearer", "Basic YTpi", session.token()] {
        assert!(session_of(&request(value), &verifier).is_err());
    }
    assert!(session_of(&TestRequest::get().to_http_request(), &verifier).is_err());
    let good = format!("Bearer {}", session.token());
    for two in [[&*good, &*good], [&*good, "Bearer x"], ["Bearer x", &*good]] {
        let request = two.iter().fold(TestRequest::get(), |request, value| request.append_header(("authorization", *value)));
        let error = session_of(&request.to_http_request(), &verifier).unwrap_err();
        assert_eq!(error.as_response_error().status_code(), 400);
    }
}

pub fn tonic<I: Interceptor>(interceptor: impl FnOnce(SessionVerifier) -> I) {
    let (session, verifier) = given();
    let mut interceptor = interceptor(verifier);
    let mut request = Request::new(());
    request.metadata_mut().insert("authorization", format!("bearer {}", session.token()).parse().unwrap());
    let request = interceptor.call(request).unwrap();
    assert_eq!(request.extensions().get::<VerifiedSession>().unwrap().id(), session.id());
    assert!(interceptor.call(Request::new(())).is_err());
    let mut request = Request::new(());
    for value in [format!("bearer {}", session.token()), "bearer x".to_owned()] {
        request.metadata_mut().append("authorization", value.parse().unwrap());
    }
    assert_eq!(interceptor.call(request).unwrap_err().code(), tonic::Code::InvalidArgument);
}

pub fn cookie(cookie_of: impl Fn(&Session) -> Cookie<'static>) {
    let (session, verifier) = given();
    let cookie = cookie_of(&session);
    assert!(verifier.verify(cookie.value()).is_ok());
    let expires = cookie.expires().unwrap().datetime().unwrap().unix_timestamp();
    assert_eq!(u64::try_from(expires).unwrap(), session.expires_at().as_secs());
    assert!(cookie.to_string().len() < 4096);
}

pub fn web_socket(
    of_subprotocol: impl Fn(&str, &SessionVerifier) -> Option<Result<VerifiedSession, VerifyError>>,
    of_query: impl Fn(&str, &SessionVerifier) -> Option<Result<VerifiedSession, VerifyError>>,
) {
    let (session, verifier) = given();
    let token = session.token();
    assert!(of_subprotocol(&format!("session, {token}"), &verifier).unwrap().is_ok());
    assert!(of_query(&format!("a=1&token={token}"), &verifier).unwrap().is_ok());
    assert!(of_query("token=", &verifier).unwrap().is_err());
    assert!(of_subprotocol("chat", &verifier).is_none() && of_query("", &verifier).is_none());
}
