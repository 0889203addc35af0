#!/usr/bin/env bash
# sha2 0.11.1 (crates.io): what its build flags `sha2_256_backend` and `sha2_512_backend` choose, on x86-64.
# Guess: each chooses the code of the hash in its name, so `sha2_512_backend="soft"` takes AVX2 out of SHA-512.
# Seen: it changes nothing. `sha2_256_backend="soft"` takes AVX2 out of SHA-512 as well as SHA-NI out of SHA-256, so who
# pins SHA-256 slows down SHA-512, which nothing says.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cargo init --quiet --vcs none --name hashes
printf 'sha2 = "=0.11.1"\n' >>Cargo.toml
cat >src/main.rs <<'RUST'
use sha2::{Digest, Sha256, Sha512};

fn main() {
    let text = std::env::args().next().unwrap();
    println!("{:?} {:?}", Sha256::digest(&text), Sha512::digest(&text));
}
RUST
seen() {
  RUSTFLAGS="--cfg $1=\"soft\"" cargo build --quiet --target-dir "target-$1"
  printf '%s: %s\n' "$1" "$(nm -C "target-$1/debug/hashes" | grep -o 'sha2::sha...::x86_[a-z0-9]*::compress' | sort -u | tr '\n' ' ')"
}
all=$(for flag in nothing sha2_256_backend sha2_512_backend; do seen "$flag"; done)
echo "$all"
[ "$all" = 'nothing: sha2::sha256::x86_sha::compress sha2::sha512::x86_avx2::compress 
sha2_256_backend: 
sha2_512_backend: sha2::sha256::x86_sha::compress sha2::sha512::x86_avx2::compress ' ]
