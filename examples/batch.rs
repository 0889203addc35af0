//! A million sessions as newline-delimited JSON: `cargo run --release --example batch [COUNT] > sessions.ndjson`.
//!
//! Memory does not grow with the count; rate and peak memory are printed at the end, on stderr.

use std::{
    env,
    error::Error,
    io::{self, BufWriter, Write},
    time::Instant,
};

use indicatif::{ProgressBar, ProgressStyle};
use quiltt_session::{ProfileId, SessionSigner, SigningSecret};
use uuid::Uuid;

fn main() -> Result<(), Box<dyn Error>> {
    let count = env::args().nth(1).map_or(Ok(1_000_000), |count| count.parse::<u64>());
    let count = count.map_err(|_| "expected a number of sessions as the argument, found something else")?;
    let signer = SessionSigner::builder(SigningSecret::demo()).build()?;
    let profiles = (0..count).map(|number| ProfileId::from_uuid(Uuid::from_u128(number.into())));

    // On a terminal only; elsewhere the bar draws nothing.
    let bar = ProgressBar::new(count).with_style(ProgressStyle::with_template("{bar:40} {pos}/{len} {per_sec} {eta}")?);
    let mut output = BufWriter::with_capacity(1 << 20, io::stdout().lock());
    let start = Instant::now();
    for batch in signer.mint_batches(profiles) {
        let batch = batch?;
        batch.write_json_lines(&mut output)?;
        bar.inc(batch.len() as u64);
    }
    output.flush()?;
    bar.finish_and_clear();
    let rate = count as f64 / start.elapsed().as_secs_f64();
    eprintln!("{count} sessions, {rate:.0} a second, {}", peak_memory());
    Ok(())
}

/// The most memory that the process had, where Linux tells.
fn peak_memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    peak.map_or("peak memory unknown".to_owned(), |peak| format!("peak memory {}", peak.trim()))
}
