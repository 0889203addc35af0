#!/usr/bin/env bash
# @dotenvx/dotenvx 2.38.2 (npm): `set`, which encrypts a value into .env, and `get`.
# Guess: what `set` is given on the command line, `get` gives back.
# Seen: a dollar is read as a variable after decryption, though the shell was told not to: `k3y$w` comes back as `k3y`, with
# exit code 0 and no word. The same holds for `run`, so a random secret with a dollar in it signs as another.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund @dotenvx/dotenvx@2.38.2
npx dotenvx set SECRET 'k3y$w' --quiet >set.log
grep -q '^SECRET="\?encrypted:' .env
seen="$(npx dotenvx get SECRET 2>/dev/null) $(npx dotenvx run --quiet -- printenv SECRET 2>/dev/null)"
echo "$seen"
[ "$seen" = 'k3y k3y' ]
