//! Mints one session and prints it as JSON: `cargo run --example mint [PROFILE]`.
//!
//! PROFILE is a UUID or `p_1…`; without it the session is for a new, random profile. The signing secret is read from the
//! environment variable `QUILTT_SIGNING_SECRET`; without it a demo secret is used.

use std::{env, error::Error, process::ExitCode};

use quiltt_session::{ProfileId, Session, SessionSigner, SigningSecret};

const VARIABLE: &str = "QUILTT_SIGNING_SECRET";
const DEMO_SECRET: &str = "quiltt-session-demo-secret--never-use-in-production-0123456789ab";

fn main() -> ExitCode {
    match mint().and_then(|session| Ok(serde_json::to_string(&session)?)) {
        Ok(json) => println!("{json}"),
        Err(error) => {
            eprintln!("error: {error}");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

fn mint() -> Result<Session, Box<dyn Error>> {
    let mut arguments = env::args_os().skip(1);
    let profile = match (arguments.next(), arguments.next()) {
        (None, _) => ProfileId::random()?,
        (Some(profile), None) => profile.to_str().ok_or("expected a profile in Unicode text")?.parse()?,
        _ => return Err("expected at most one argument: a profile (UUID or p_1…)".into()),
    };
    let secret = if env::var_os(VARIABLE).is_some() {
        SigningSecret::from_env(VARIABLE)?
    } else {
        eprintln!("note: {VARIABLE} is not set, so this session is signed with the demo secret; Quiltt will refuse it");
        SigningSecret::from_bytes(DEMO_SECRET)?
    };
    Ok(SessionSigner::builder(secret).build()?.mint(profile)?)
}
