#!/usr/bin/env bash
# jsrsasign 11.1.5 (npm): `KJUR.jws.JWS.verify(token, secret, ["HS512"])`, the secret given as a string.
# Guess: a string is the secret's text, whatever letters are in it.
# Seen: text with any other letter is text, but 64 hexadecimal digits, as `openssl rand -hex 32` prints them, are decoded to
# 32 bytes first, and a good token is refused. `{ utf8: secret }` takes both.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --ignore-scripts jsrsasign@11.1.5
seen=$(node - <<'NODE'
const { createHmac } = require('crypto')
const { KJUR: { jws: { JWS } } } = require('jsrsasign')
const base64url = text => Buffer.from(text).toString('base64url')

for (const secret of ['correct-horse-battery-staple-'.repeat(3), '0123456789abcdef'.repeat(4)]) {
  const signed = `${base64url('{"alg":"HS512"}')}.${base64url('{"sub":"someone"}')}`
  const token = `${signed}.${createHmac('sha512', secret).update(signed).digest('base64url')}`
  console.log(JWS.verify(token, secret, ['HS512']), JWS.verify(token, { utf8: secret }, ['HS512']))
}
NODE
)
echo "$seen"
[ "$seen" = $'true true\nfalse true' ]
