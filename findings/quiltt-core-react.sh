#!/usr/bin/env bash
# @quiltt/core 6.1.0 (npm), 'core' to `@quiltt/react`: its main entry in a back end that has no React.
# Guess: `import '@quiltt/core'` works wherever its dependencies are installed; React is not among them.
# Seen: it fails with ERR_MODULE_NOT_FOUND for 'react', through Apollo's client. A part of it, '@quiltt/core/auth', imports
# and reads tokens.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --ignore-scripts --before 2026-11-27 @quiltt/core@6.1.0
[ ! -e node_modules/react ]
cat >import.mjs <<'NODE'
const all = await import('@quiltt/core').then(() => 'imported', error => `${error.code} ${error.message.match(/'(\w+)'/)[1]}`)
const part = Object.keys(await import('@quiltt/core/auth'))
console.log(all, part)
NODE
seen=$(node import.mjs)
echo "$seen"
[ "$seen" = "ERR_MODULE_NOT_FOUND react [ 'JsonWebTokenParse' ]" ]
