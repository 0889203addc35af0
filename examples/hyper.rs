//! A service on plain hyper that takes sessions: `QUILTT_SIGNING_SECRET=… cargo run --features http --example hyper`.

use std::{convert::Infallible, error::Error, sync::Arc};

use hyper::header::{AUTHORIZATION, HeaderMap};
use hyper::{Request, Response, StatusCode, body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use quiltt_session::{SessionVerifier, SigningSecret, UntrustedToken, VerifiedSession};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let secret = SigningSecret::from_env("QUILTT_SIGNING_SECRET").map_err(|error| error.to_string())?;
    let verifier = Arc::new(SessionVerifier::builder(secret).build()?);
    let listener = TcpListener::bind("127.0.0.1:3000").await?;
    loop {
        let (stream, _) = listener.accept().await?;
        let verifier = Arc::clone(&verifier);
        let service = service_fn(move |request| {
            let response = answer(&request, &verifier);
            async { Ok::<_, Infallible>(response) }
        });
        tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
    }
}

fn answer(request: &Request<Incoming>, verifier: &SessionVerifier) -> Response<String> {
    let Some(session) = session(request.headers(), verifier) else {
        let refusal = Response::builder().status(StatusCode::UNAUTHORIZED).header("www-authenticate", "Bearer");
        return refusal.body(String::new()).expect("these headers are valid");
    };
    Response::new(format!("hello, {}\n", session.user_id()))
}

pub(crate) fn session(headers: &HeaderMap, verifier: &SessionVerifier) -> Option<VerifiedSession> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let (Some(value), None) = (values.next(), values.next()) else { return None };
    let token = UntrustedToken::from_authorization(value).ok()?;
    verifier.verify_untrusted(&token).ok()
}
