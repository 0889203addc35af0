//! Turns criterion's figures into `docs/benchmarks.md` and `docs/benchmarks.svg`:
//! `cargo run --locked --manifest-path benches/report/Cargo.toml [-- MINT_FIGURES PEERS_FIGURES DOCS]`.
//!
//! The folders are where the two benches leave their figures and where to write, unless given.

mod chart;
mod figures;
mod libraries;
mod machine;
mod page;
mod text;

use std::{
    env,
    error::Error,
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use figures::Figures;
use libraries::{Lock, MINTING, VERIFYING};

const MINT_BENCH: &str = "cargo bench --bench mint";
const PEERS_BENCH: &str = "cargo bench --manifest-path benches/peers/Cargo.toml";

fn main() -> ExitCode {
    if let Err(error) = report() {
        eprintln!("error: {error}");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

/// Writes page and chart.
fn report() -> Result<(), Box<dyn Error>> {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
    let arguments: Vec<PathBuf> = env::args_os().skip(1).map(PathBuf::from).collect();
    let [mint, peers, docs] = match <[PathBuf; 3]>::try_from(arguments) {
        Ok(folders) => folders,
        Err(none) if none.is_empty() => {
            [criterion_folder(root), criterion_folder(&root.join("benches/peers")), root.join("docs")]
        }
        Err(_) => return Err("expected three folders (figures of mint, figures of peers, docs) or none".into()),
    };
    let (mint, peers) = (Figures::new(mint, MINT_BENCH), Figures::new(peers, PEERS_BENCH));
    let lock = Lock::read(&root.join("benches/peers/Cargo.lock"))?;

    let minting = libraries::rows(&peers, &lock, &MINTING)?;
    let verifying = libraries::rows(&peers, &lock, &VERIFYING)?;
    let setting = machine::setting(peers.date("peers/quiltt-session/into")?);
    fs::write(docs.join("benchmarks.md"), page::write(&setting, &minting, &verifying, &mint)?)?;
    fs::write(docs.join("benchmarks.svg"), chart::draw(&setting, &minting, &verifying))?;
    Ok(())
}

/// Where criterion leaves the figures of the package in `folder`.
fn criterion_folder(folder: &Path) -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| folder.join("target"), PathBuf::from).join("criterion")
}
