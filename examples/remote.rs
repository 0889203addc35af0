//! Creates a session over the network, checks it and revokes it: `cargo run --features remote --example remote [PROFILE]`.
//!
//! The environment variable `QUILTT_API_SECRET` holds the secret of an API key. With `QUILTT_SIGNING_SECRET` set as well,
//! a session of PROFILE (a UUID or `p_1…`) is signed here, and only if Quiltt refuses it created over the network.
//! `QUILTT_AUTH_URL` calls another address than Quiltt's.

use std::{env, error::Error, process::ExitCode};

use quiltt_session::{
    ApiSecret, NewSession, ProfileId, QuilttAuth, RemoteError, Revocation, Session, SessionSigner, SigningSecret,
};

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Box<dyn Error>> {
    let mut builder = QuilttAuth::builder(ApiSecret::from_env("QUILTT_API_SECRET")?);
    if let Ok(url) = env::var("QUILTT_AUTH_URL") {
        builder = builder.base_url(url);
    }
    let auth = builder.build()?;
    let profile = env::args().nth(1).map(|profile| profile.parse()).transpose()?;

    let session = match self_signed(&auth, profile).await? {
        Some(session) => session,
        None => {
            let new = profile.map_or_else(NewSession::for_new_user, NewSession::for_user);
            auth.create_session(new).await?.into_session()?
        }
    };
    println!("session {} for {}", session.id(), session.user_id());

    let checked = auth.check(session.token()).await?.into_session()?;
    println!("good until {}", checked.expires_at());
    match auth.revoke(session.token()).await? {
        Revocation::Revoked => println!("revoked"),
        other => println!("not revoked: {other:?}"),
    }
    Ok(())
}

/// A session signed here, if there is a profile and a secret for it and Quiltt takes it.
async fn self_signed(auth: &QuilttAuth, profile: Option<ProfileId>) -> Result<Option<Session>, Box<dyn Error>> {
    let Some((profile, _)) = profile.zip(env::var_os("QUILTT_SIGNING_SECRET")) else { return Ok(None) };
    let secret = SigningSecret::from_env("QUILTT_SIGNING_SECRET")?;
    let key = auth.api_key().await?;
    let signer = SessionSigner::builder(secret).api_key(key.id()).environment(key.environment().id()).build()?;
    let session = signer.mint(profile)?;
    match auth.check(session.token()).await {
        Ok(_) => Ok(Some(session)),
        Err(RemoteError::NotAuthenticated(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
