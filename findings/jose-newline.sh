#!/usr/bin/env bash
# jose 14 (Debian 13; the command of a C library): `jose jws ver` on a file that ends with a newline, as a shell's redirect makes it.
# Guess: the newline is ignored, or refused as malformed before anything is written.
# Seen: the claims are written in full, and the exit code is 1; without the newline it is the same output and 0. The
# 'Signature validation failed!' of a good token goes to standard error, so whoever pipes the claims on sees no difference.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
debootstrap --variant=minbase --include=jose trixie "$folder/root" ${DEBIAN_MIRROR:+"$DEBIAN_MIRROR"} >"$folder/log"
python3 - "$folder/root" <<'PYTHON'
import base64, hashlib, hmac, json, sys

root, secret = sys.argv[1], bytes(range(64))
base64url = lambda raw: base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
signed = f"{base64url(json.dumps({'alg': 'HS512'}).encode())}.{base64url(json.dumps({'sub': 'someone'}).encode())}"
token = f"{signed}.{base64url(hmac.digest(secret, signed.encode(), hashlib.sha512))}"
open(f"{root}/key", "w").write(json.dumps({"kty": "oct", "k": base64url(secret)}))
open(f"{root}/token", "w").write(token)
open(f"{root}/line", "w").write(token + "\n")
PYTHON
seen=$(for file in token line; do
  code=0
  chroot "$folder/root" jose jws ver -i /$file -k /key -O- || code=$?
  echo " $code"
done)
echo "$seen"
chroot "$folder/root" dpkg-query --show jose
[ "$seen" = $'{"sub": "someone"} 0\n{"sub": "someone"} 1' ]
