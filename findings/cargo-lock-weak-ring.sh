#!/usr/bin/env bash
# cargo 1.95.0 on rustls-webpki 0.103.17 (crates.io), for AWS-LC's FIPS module alone: which cryptography do cargo's reports name?
# Guess: none but AWS-LC, since its feature `ring` is off; what `cargo tree` shows stands in Cargo.lock and `cargo metadata` too.
# Seen: `cargo tree` has no ring, and it is not built, but Cargo.lock has it, and `cargo metadata` even as a dependency of
# rustls-webpki: its feature `alloc` says `ring?/alloc`. What is made of either, a list of parts for an auditor, say, has a library
# that no policy allows.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cargo init --quiet --vcs none --lib --name parts
printf 'rustls-webpki = { version = "=0.103.17", default-features = false, features = ["aws-lc-rs-fips", "std"] }\n' >>Cargo.toml
cargo generate-lockfile --quiet
cargo --version | tee seen
[[ $(cat seen) == 'cargo 1.95.0 '* ]]
all=$(
  printf 'Cargo.lock: %s\n' "$(grep -c '^name = "ring"' Cargo.lock)"
  printf 'cargo metadata: %s\n' "$(cargo metadata --format-version 1 | python3 -c '
import json, sys
nodes = json.load(sys.stdin)["resolve"]["nodes"]
print(sum(dep["name"] == "ring" for node in nodes for dep in node["deps"]))')"
  printf 'cargo tree: %s\n' "$(cargo tree --edges all --target all --prefix none | grep -c '^ring ' || true)"
)
echo "$all"
[ "$all" = 'Cargo.lock: 1
cargo metadata: 1
cargo tree: 0' ]
