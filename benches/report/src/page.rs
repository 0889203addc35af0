//! The page: `docs/benchmarks.md`.

use std::error::Error;

use crate::{
    figures::Figures,
    libraries::Row,
    text::{digits, microseconds, millions_a_second, ratio},
};

type Text = Result<String, Box<dyn Error>>;

pub(crate) fn write(setting: &str, minting: &[Row], verifying: &[Row], targets: &str, mint: &Figures) -> Text {
    let (minting, verifying) = (minting_table(minting), verifying_table(verifying));
    let (growth, batches, parts) = (growth_table(mint)?, batch_table(mint)?, parts_table(mint)?);
    let (own_claims, cryptography) = (own_claims_table(mint)?, cryptography_table(mint)?);
    let date = mint.date("mint/into")?;
    Ok(format!(
        "<!-- Made by `cargo run --locked --manifest-path benches/report/Cargo.toml` from criterion's figures. Do not edit. -->

# Benchmarks

![How long each library takes to mint and to verify one session; the tables below have the numbers.](benchmarks.svg)

Measured on {setting}. Times are medians; a ratio is of two times of one run of one bench.

## Minting, beside others

One session of version 6 with all ids, a new UUID v4 and the clock each time. Every library is used as fast as its public
interface allows: keys, headers and settings prepared, session ids from a generator that asks the operating system rarely,
the profile's id at hand as text. [benches/peers](../benches/peers/src) has a file for each. Our token is 70 characters
longer than the others' (568 to 498): spaces, which it is signed faster with.

{minting}
LiveKit's SDK does the same job for another vendor. Its tokens are signed with HS256, for which many processors have
instructions of their own, and have no session id, `iat`, audience, API key, organization or environment, but a grant to
join a room.

oxitoken's own back end for aws-lc-rs does not compile with version 1.15 of that or later; the bench gives oxitoken a key
that calls the same functions.

## Verifying, beside others

Each library goes through 1024 tokens of 64 seconds, as jsonwebtoken signs them, and reads all claims; a row of ours does
the same with tokens of one signer of ours, which share their first blocks. Signature, `exp`, `nbf`, `iss` and `aud` are checked without leeway, and the bench
asserts that a session in which any of these is wrong is refused. quiltt-session also checks the version and the form of
the ids, and refuses any JSON name that comes twice; the others leave that to the type of the claims, or don't look.

{verifying}
## Minting, by itself

From `cargo bench --bench mint` on {date}. The `jsonwebtoken` of that bench is version 12 on `rust_crypto`, and has `uuid/fast-rng` and the profile as text, as
above. A verifier goes through 1024 tokens of one second of one signer (`session`), of 64 seconds (`seconds`), or in Quiltt's
own order (`foreign`); the other one verifies the last kind.

{targets}
### Claims of your own

Of one session: texts of at most 12 bytes, numbers, true and false. `jsonwebtoken` takes and reads them in one struct with the
session's; we take them by `claim`, or as a struct of their own, by `claims`, and read them into it, by `custom_as`. Each
verifies 1024 tokens of its own, ours of one second of one signer.

{own_claims}
### As the work grows

One `mint` with so many custom claims of 20 bytes:

{growth}
### In batches

{batches}
### Where the time goes

{parts}
### Whose cryptography

What [signs](../SECURITY.md#crypto-providers-and-fips) is a build of its own and a run of its own: a session's time, and in brackets
its ratio to `peer/jsonwebtoken`, or `verify/jsonwebtoken`, of the same run. Only the default keeps what tokens share, and
signs a batch side by side; the others hash each token as a whole.

{cryptography}"
    ))
}

/// The ratios that the hot path is held to, each within one run.
pub(crate) fn targets(mint: &Figures) -> Text {
    let mut table = "| ratio | |\n|---|--:|\n".to_owned();
    for (name, part, whole) in [
        ("`mint/into` ÷ `peer/jsonwebtoken`", "mint/into", "peer/jsonwebtoken"),
        ("`mint/into` ÷ `floor/ring_hmac`", "mint/into", "floor/ring_hmac"),
        ("`mint/into` ÷ `floor/two_compressions`", "mint/into", "floor/two_compressions"),
        ("`mint/session` ÷ `mint/into`", "mint/session", "mint/into"),
        ("`mint/new_second` ÷ `mint/into`", "mint/new_second", "mint/into"),
        ("`mint/as_issued` ÷ `mint/session`", "mint/as_issued", "mint/session"),
        ("`as_issued/into` ÷ `peer/jsonwebtoken_as_issued`", "as_issued/into", "peer/jsonwebtoken_as_issued"),
        ("`as_issued/into` ÷ `floor/ring_hmac`", "as_issued/into", "floor/ring_hmac"),
        ("`as_issued/n1000` ÷ `peer/jsonwebtoken_as_issued`", "as_issued/n1000", "peer/jsonwebtoken_as_issued"),
        ("`verify/session` ÷ `verify/jsonwebtoken`", "verify/session", "verify/jsonwebtoken"),
        ("`verify/seconds` ÷ `verify/jsonwebtoken`", "verify/seconds", "verify/jsonwebtoken"),
        ("`verify/foreign` ÷ `verify/jsonwebtoken`", "verify/foreign", "verify/jsonwebtoken"),
        ("`threads/2` ÷ `threads/1`, tokens a second", "threads/1", "threads/2"),
        ("`batch/n1000` ÷ `peer/jsonwebtoken`", "batch/n1000", "peer/jsonwebtoken"),
        ("`batch/n1000` ÷ `floor/ring_hmac`", "batch/n1000", "floor/ring_hmac"),
        ("`batch/n1000` ÷ `floor/sha512_lanes`", "batch/n1000", "floor/sha512_lanes"),
        ("`batch/n1000_avx2` ÷ `peer/jsonwebtoken`", "batch/n1000_avx2", "peer/jsonwebtoken"),
        ("`batch/n1000_avx2` ÷ `floor/ring_hmac`", "batch/n1000_avx2", "floor/ring_hmac"),
        ("`stable/into` ÷ `mint/into`", "stable/into", "mint/into"),
    ] {
        table += &format!("| {name} | {} |\n", ratio(mint.time(part)? / mint.time(whole)?));
    }
    Ok(table)
}

fn minting_table(rows: &[Row]) -> String {
    let mut table = "| | ÷ `mint_into` | a session | a second, on one core | |\n|---|--:|--:|--:|---|\n".to_owned();
    for row in rows {
        let (time, rate) = (microseconds(row.nanoseconds), millions_a_second(row.nanoseconds));
        table += &format!("| {} | **{}** | {time} | {rate} | {} |\n", name(row), ratio(row.ratio), row.note);
    }
    table
}

fn verifying_table(rows: &[Row]) -> String {
    let mut table = "| | ÷ ours | a session | does not check |\n|---|--:|--:|---|\n".to_owned();
    for row in rows {
        let time = microseconds(row.nanoseconds);
        table += &format!("| {} | **{}** | {time} | {} |\n", name(row), ratio(row.ratio), row.note);
    }
    table
}

fn name(row: &Row) -> String {
    format!("{}, {}", row.library, row.how)
}

fn own_claims_table(mint: &Figures) -> Text {
    let mut table = "| | ours | `jsonwebtoken` | ÷ |\n|---|--:|--:|--:|\n".to_owned();
    for (act, ours, theirs) in [
        ("`mint`, 1 by `claim`", "claim/1", "jsonwebtoken/1"),
        ("`mint`, 4 by `claim`", "claim/4", "jsonwebtoken/4"),
        ("`mint`, 16 by `claim`", "claim/16", "jsonwebtoken/16"),
        ("`mint`, 16 by `claims`", "claims/16", "jsonwebtoken/16"),
        ("`verify`, 4 by `custom_as`", "verify/4", "jsonwebtoken_verify/4"),
        ("`verify`, 16 by `custom_as`", "verify/16", "jsonwebtoken_verify/16"),
    ] {
        let [ours, theirs] = [ours, theirs].map(|case| mint.time(&format!("own_claims/{case}")));
        let (ours, theirs) = (ours?, theirs?);
        let quotient = ratio(ours / theirs);
        table += &format!("| {act} | {} | {} | {quotient} |\n", microseconds(ours), microseconds(theirs));
    }
    Ok(table)
}

fn growth_table(mint: &Figures) -> Text {
    let mut table = "| custom claims | constant | of each session |\n|--:|--:|--:|\n".to_owned();
    for count in [0, 1, 4, 16] {
        let constant = microseconds(mint.time(&format!("claims/constant/{count}"))?);
        let session = microseconds(mint.time(&format!("claims/session/{count}"))?);
        table += &format!("| {count} | {constant} | {session} |\n");
    }
    Ok(table)
}

fn batch_table(mint: &Figures) -> Text {
    let mut table = "| sessions | `mint_batch`, a session | a loop of `mint` | ÷ |\n|--:|--:|--:|--:|\n".to_owned();
    for count in [1, 2, 3, 4, 8, 16, 64] {
        let (batch, single) = (mint.time(&format!("batch/sizes/{count}"))?, mint.time(&format!("batch/loop/{count}"))?);
        let quotient = ratio(batch / single);
        table += &format!("| {count} | {} | {} | {quotient} |\n", microseconds(batch), microseconds(single));
    }
    for (lanes, case) in [("AVX-512", "n1000"), ("AVX2", "n1000_avx2"), ("one lane", "n1000_portable")] {
        table += &format!("| 1000, {lanes} | {} | | |\n", microseconds(mint.time(&format!("batch/{case}"))?));
    }
    Ok(table)
}

/// A row for each that was measured.
fn cryptography_table(mint: &Figures) -> Text {
    const CASES: [(&str, &str); 3] = [
        ("mint/into", "peer/jsonwebtoken"),
        ("batch/n1000", "peer/jsonwebtoken"),
        ("verify/session", "verify/jsonwebtoken"),
    ];
    let mut table = "| feature | `mint/into` | `batch/n1000` | `verify/session` |\n|---|--:|--:|--:|\n".to_owned();
    for (name, run) in
        [("`rustcrypto`, the default", "new"), ("`ring`", "ring"), ("`aws-lc-rs`", "aws-lc-rs"), ("`fips`", "fips")]
    {
        let Some(figures) = mint.of_run(run, "mint/into") else { continue };
        table += &format!("| {name} |");
        for (case, peer) in CASES {
            let (time, peer) = (figures.time(case)?, figures.time(peer)?);
            table += &format!(" {} ({}) |", microseconds(time), ratio(time / peer));
        }
        table += "\n";
    }
    Ok(table)
}

/// The parts of `mint_into` that can be measured alone, and what they leave.
fn parts_table(mint: &Figures) -> Text {
    let whole = mint.time("mint/into")?;
    let mut rest = whole;
    let mut table = "| part of `mint_into` | time | share |\n|---|--:|--:|\n".to_owned();
    let mut push = |part: &str, time: f64| {
        table += &format!("| {part} | {} ns | {:.0} % |\n", digits(time), 100.0 * time / whole);
    };
    for (part, case) in [
        ("the clock", "parts/clock"),
        ("the session id: random bytes", "parts/random"),
        ("SHA-512: two compressions", "floor/two_compressions"),
    ] {
        let time = mint.time(case)?;
        rest -= time;
        push(part, time);
    }
    push("spelling ids, base64, padding, copying", rest);
    push("all of it", whole);
    Ok(table)
}
