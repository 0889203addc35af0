//! The instructions of a mint and a verification, which no other work on the machine changes: `cargo run --locked --release
//! --manifest-path benches/cost/Cargo.toml`. A crate of its own, so that the build optimises only code that is counted.
//!
//! Valgrind counts them in this program, started anew for each act, once for some rounds and once for more; the difference
//! leaves out the start of the program. Valgrind offers no AVX-512, so these are the counts of AVX2. `cost.txt` has the known
//! counts and their compiler; with the same compiler no count may differ by more than 3 %, up or down. `UPDATE_COST=1` in the environment
//! writes the file.

use std::{
    env,
    error::Error,
    fmt::Write,
    fs,
    hint::black_box,
    io::ErrorKind,
    process::{Command, ExitCode},
};

use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use quiltt_session::{
    PayloadOrder, ProfileId, SessionId, SessionRequest, SessionSigner, SessionVerifier, SigningSecret, UnixTime,
};
use uuid::Uuid;

/// The claims that `jsonwebtoken` signs and reads.
#[expect(dead_code, reason = "read, and dropped")]
#[path = "../../peers/src/claims.rs"]
mod claims;

use PayloadOrder::{Aligned, AsIssued};
use claims::{Four, Nothing, One, Own, Sixteen};

const ISSUER: &str = "auth.quiltt.io";
const AUDIENCE: &str = "api.quiltt.io";
/// The ids of `signer`.
const API_KEY: &str = "api_11";
const ORGANIZATION: &str = "org_12";
const ENVIRONMENT: &str = "env_13";

/// That of `SigningSecret::demo`.
const DEMO_SECRET: &[u8] = b"quiltt-session-demo-secret--never-use-in-production-0123456789ab";
const SECRET: &str = include_str!("../../../tests/vectors/secret.txt").trim_ascii_end();
const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/cost.txt");
const MOST_PERCENT: u64 = 3;
/// Session ids are drawn 64 at a time.
const ROUNDS: [u64; 2] = [64, 576];
const ACTS: [Act; 21] = [
    ("mint_into", |rounds| mint(Aligned, rounds)),
    ("mint_into in Quiltt's order", |rounds| mint(AsIssued, rounds)),
    ("jsonwebtoken, minting", jsonwebtoken_mint::<Nothing>),
    ("mint_batch_at of 64", |rounds| mint_batch(Aligned, rounds)),
    ("mint_batch_at of 64 in Quiltt's order", |rounds| mint_batch(AsIssued, rounds)),
    // Tokens of one signer and second, which start with the same blocks.
    ("verify_at", |rounds| verify(Aligned, rounds)),
    // Tokens that share no block, since their ids come early, as in Quiltt's own.
    ("verify_at of a foreign token", |rounds| verify(AsIssued, rounds)),
    ("jsonwebtoken, verifying", |rounds| jsonwebtoken_verify::<Nothing>(&tokens(Aligned), rounds)),
    ("jsonwebtoken, verifying a foreign token", |rounds| jsonwebtoken_verify::<Nothing>(&tokens(AsIssued), rounds)),
    ("SigningSecret::from_bytes", secret_from_bytes),
    ("mint with 1 claim", mint_each::<One>),
    ("jsonwebtoken, minting with 1 claim", jsonwebtoken_mint::<One>),
    ("mint with 4 claims", mint_each::<Four>),
    ("jsonwebtoken, minting with 4 claims", jsonwebtoken_mint::<Four>),
    ("mint with 16 claims", mint_each::<Sixteen>),
    ("mint with 16 claims as a type", |rounds| {
        let own = Sixteen::default();
        mint_with(rounds, |request| request.claims(&own));
    }),
    ("jsonwebtoken, minting with 16 claims", jsonwebtoken_mint::<Sixteen>),
    ("verify_at and custom_as of 4 claims", verify_own::<Four>),
    ("jsonwebtoken, verifying 4 claims more", |rounds| jsonwebtoken_verify::<Four>(&tokens_with::<Four>(), rounds)),
    ("verify_at and custom_as of 16 claims", verify_own::<Sixteen>),
    ("jsonwebtoken, verifying 16 claims more", |rounds| {
        jsonwebtoken_verify::<Sixteen>(&tokens_with::<Sixteen>(), rounds);
    }),
];

/// An act's name, and a function that performs the act so many times.
type Act = (&'static str, fn(u64));

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    if let ["--act", name, rounds] = arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        let (_, act) = ACTS.into_iter().find(|(known, _)| *known == name).ok_or("expected a known act")?;
        act(rounds.parse()?);
        return Ok(ExitCode::SUCCESS);
    }
    let compiler = compiler()?;
    let known = fs::read_to_string(FILE).ok();
    let renews = env::var_os("UPDATE_COST").is_some();
    if !renews && known.as_deref().and_then(|text| text.lines().next()) != Some(&*compiler) {
        println!("not compared: benches/cost/cost.txt is not of {compiler}");
        return Ok(ExitCode::SUCCESS);
    }
    let mut counts = format!("{compiler}\n");
    for (name, _) in ACTS {
        let [few, many] = ROUNDS.map(|rounds| instructions(name, rounds));
        let (Some(few), Some(many)) = (few?, many?) else {
            println!("not compared: there is no valgrind");
            return Ok(ExitCode::SUCCESS);
        };
        writeln!(counts, "{name}: {}", (many - few) / (ROUNDS[1] - ROUNDS[0]))?;
    }
    print!("{counts}");
    if renews {
        fs::write(FILE, counts)?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut same = true;
    for (then, now) in known.unwrap_or_default().lines().zip(counts.lines()).skip(1) {
        let (before, after) = (count(then)?, count(now)?);
        if before.abs_diff(after) * 100 > before * MOST_PERCENT {
            println!(
                "expected {then} within {MOST_PERCENT} %, found {after}; if that is meant, run it with UPDATE_COST=1"
            );
            same = false;
        }
    }
    Ok(if same { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The compiler, the platform, and the vectors that this program has under Valgrind.
fn compiler() -> Result<String, Box<dyn Error>> {
    let version = String::from_utf8(Command::new("rustc").arg("-V").output()?.stdout)?;
    #[cfg(target_arch = "x86_64")]
    let vectors = if std::is_x86_feature_detected!("avx2") { "AVX2" } else { "no AVX2" };
    #[cfg(not(target_arch = "x86_64"))]
    let vectors = "no AVX2";
    Ok(format!("{}, {} {}, {vectors}", version.trim_end(), env::consts::OS, env::consts::ARCH))
}

/// The instructions of this program for so many rounds of an act, if Valgrind is installed.
fn instructions(act: &str, rounds: u64) -> Result<Option<u64>, Box<dyn Error>> {
    let mut valgrind = Command::new("valgrind");
    valgrind.args(["--tool=callgrind", "--callgrind-out-file=/dev/null"]).arg(env::current_exe()?);
    let output = match valgrind.args(["--act", act, &rounds.to_string()]).output() {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        output => output?,
    };
    let text = String::from_utf8(output.stderr)?;
    let collected = text.split_once("Collected : ").filter(|_| output.status.success());
    let (_, number) = collected.ok_or_else(|| format!("valgrind counted nothing: {text}"))?;
    Ok(Some(number.split_whitespace().next().ok_or("expected a number")?.parse()?))
}

fn count(line: &str) -> Result<u64, Box<dyn Error>> {
    Ok(line.rsplit_once(": ").ok_or("expected an act and a number")?.1.parse()?)
}

fn signer(order: PayloadOrder) -> SessionSigner {
    SessionSigner::builder(SigningSecret::demo())
        .api_key(Uuid::from_u128(1).into())
        .organization(Uuid::from_u128(2).into())
        .environment(Uuid::from_u128(3).into())
        .payload(order)
        .build()
        .unwrap()
}

const NOW: u64 = 1_700_000_000;

fn now() -> UnixTime {
    UnixTime::from_secs(NOW).unwrap()
}

fn ids(number: u64) -> (ProfileId, SessionId) {
    let uuid =
        |number: u64| Uuid::from_u128(u128::from(number + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835));
    (uuid(number).into(), uuid(!number).into())
}

fn mint(order: PayloadOrder, rounds: u64) {
    let signer = signer(order);
    let mut token = String::with_capacity(1024);
    for number in 0..rounds {
        token.clear();
        signer.mint_into(ids(number).0, black_box(&mut token)).unwrap();
    }
}

fn mint_each<O: Own>(rounds: u64) {
    let own = O::default();
    mint_with(rounds, |request| own.each(request));
}

/// A session with claims of its own.
fn mint_with(rounds: u64, own: impl for<'s> Fn(SessionRequest<'s>) -> SessionRequest<'s>) {
    let signer = signer(Aligned);
    for number in 0..rounds {
        black_box(own(signer.session(ids(number).0)).mint().unwrap());
    }
}

/// The same payload as ours in Quiltt's order, signed by `jsonwebtoken`: the ids are at hand as text, the key and the header
/// kept.
fn jsonwebtoken_mint<O: Own>(rounds: u64) {
    let mut header = Header::new(Algorithm::HS512);
    header.typ = None;
    let key = EncodingKey::from_secret(DEMO_SECRET).unwrap();
    let (own, profile) = (O::default(), ids(0).0.to_string());
    for _ in 0..rounds {
        let claims = own.with_session(claims::now(), black_box(&profile));
        black_box(jsonwebtoken::encode(&header, &claims, &key).unwrap());
    }
}

fn mint_batch(order: PayloadOrder, rounds: u64) {
    let signer = signer(order);
    let ids: Vec<_> = (0..64).map(ids).collect();
    for _ in 0..rounds {
        black_box(signer.mint_batch_at(black_box(&ids), now()).unwrap());
    }
}

fn verify(order: PayloadOrder, rounds: u64) {
    let verifier = SessionVerifier::builder(SigningSecret::demo()).build().unwrap();
    for token in tokens(order).iter().cycle().take(rounds as usize) {
        black_box(verifier.verify_at(black_box(token), now()).unwrap());
    }
}

fn tokens(order: PayloadOrder) -> [String; 2] {
    let signer = signer(order);
    [0, 1].map(ids).map(|(profile, id)| signer.mint_at(profile, now(), id).unwrap().into_token())
}

/// As the bench `verify/jsonwebtoken`, but for the times: it has no other clock than the system's.
fn jsonwebtoken_verify<O: Own>(tokens: &[String], rounds: u64) {
    let key = DecodingKey::from_secret(DEMO_SECRET).unwrap();
    let mut validation = Validation::new(Algorithm::HS512);
    validation.set_issuer(&[ISSUER]);
    validation.set_audience(&[AUDIENCE]);
    validation.validate_exp = false;
    for token in tokens.iter().cycle().take(rounds as usize) {
        black_box(jsonwebtoken::decode::<O::Read>(black_box(token), &key, &validation).unwrap());
    }
}

/// Of 64 letters and digits, which no rule refuses, so that all are gone through.
fn secret_from_bytes(rounds: u64) {
    for _ in 0..rounds {
        black_box(SigningSecret::from_bytes(black_box(SECRET)).unwrap());
    }
}

/// Tokens of one signer and second with claims of one's own, which are read into a type.
fn verify_own<O: Own>(rounds: u64) {
    let verifier = SessionVerifier::builder(SigningSecret::demo()).build().unwrap();
    for token in tokens_with::<O>().iter().cycle().take(rounds as usize) {
        black_box(verifier.verify_at(black_box(token), now()).unwrap().custom_as::<O>().unwrap());
    }
}

fn tokens_with<O: Own>() -> [String; 2] {
    let (signer, own) = (signer(Aligned), O::default());
    let mint =
        |(profile, id)| signer.session(profile).id(id).issued_at(now()).claims(&own).mint().unwrap().into_token();
    [0, 1].map(ids).map(mint)
}
