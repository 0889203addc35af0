#!/usr/bin/env bash
# aws-lc-rs 1.19.0 and ring 0.17.14 (crates.io): may threads share an `hmac::Context`, to clone it and go on from there?
# Guess: aws-lc-rs has the interface of ring, so what compiles with one compiles with the other.
# Seen: ring's is `Sync`; that of aws-lc-rs is `Send` only, though its `hmac::Key` is `Sync`, so a context that has taken in what
# many messages start with cannot stand in a struct that threads share.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cargo init --quiet --vcs none --lib --name contexts
printf '%s\n' 'aws-lc-rs = { version = "=1.19.0", default-features = false, features = ["aws-lc-sys"] }' 'ring = "=0.17.14"' \
  >>Cargo.toml
seen() {
  printf 'pub fn shared<T: %s>() {}\npub fn check() { shared::<%s>() }\n' "$2" "$1" >src/lib.rs
  printf '%s is %s: %s\n' "$1" "$2" "$(cargo check 2>&1 | grep -o 'cannot be shared between threads safely\|^    Finished' | sort -u | xargs)"
}
all=$(for crate in ring aws_lc_rs; do
  seen "$crate::hmac::Key" Sync
  seen "$crate::hmac::Context" Send
  seen "$crate::hmac::Context" Sync
done)
echo "$all"
[ "$all" = 'ring::hmac::Key is Sync: Finished
ring::hmac::Context is Send: Finished
ring::hmac::Context is Sync: Finished
aws_lc_rs::hmac::Key is Sync: Finished
aws_lc_rs::hmac::Context is Send: Finished
aws_lc_rs::hmac::Context is Sync: cannot be shared between threads safely' ]
