#!/usr/bin/env bash
# rustls 0.23.46 (crates.io): what its feature `fips` brings, without default features.
# Guess: AWS-LC's FIPS module and no other cryptography, as of a feature of that name.
# Seen: both `aws-lc-fips-sys` and `aws-lc-sys`, the library that is not validated: `fips` turns on `aws_lc_rs`, and that
# `aws-lc-rs/aws-lc-sys`. Both are compiled; `aws-lc-rs` by itself, with its own `fips`, brings the first alone.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
libraries() {
  cargo init --quiet --vcs none --lib "$1"
  printf '%s\n' "$2" >>"$1/Cargo.toml"
  printf '%s: %s\n' "$1" "$(cargo tree --quiet --manifest-path "$1/Cargo.toml" --edges normal --prefix none --format '{p}' |
    grep -o '^aws-lc-[a-z-]*sys' | sort -u | tr '\n' ' ')"
}
all=$(
  libraries tls 'rustls = { version = "=0.23.46", default-features = false, features = ["fips", "std"] }'
  libraries alone 'aws-lc-rs = { version = "=1.19.0", default-features = false, features = ["fips"] }'
)
echo "$all"
[ "$all" = 'tls: aws-lc-fips-sys aws-lc-sys 
alone: aws-lc-fips-sys ' ]
