#!/usr/bin/env bash
# jwskate 0.12.2 (PyPI): `SignedJwt.is_expired(leeway)`.
# Guess: a leeway of two hours lets a token live two hours longer, so one that has an hour left is not expired.
# Seen: `is_expired()` says False, `is_expired(leeway=7200)` says True. The leeway is taken off the token's life, so whoever
# widens it for a slow clock ends sessions early.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
pip install --quiet --root-user-action=ignore --disable-pip-version-check --target "$folder" \
  jwskate==0.12.2 binapy==0.8.0 cryptography==50.0.2 cffi==2.1.1 pycparser==3.12 typing_extensions==4.16.0
seen=$(PYTHONPATH=$folder python3 - <<'PYTHON'
import time
from jwskate import Jwk, Jwt

key = Jwk.from_cryptography_key(bytes(range(64))).with_kid_thumbprint()
token = Jwt.sign({"sub": "someone", "exp": int(time.time()) + 3600}, key, alg="HS512")
print(token.is_expired(), token.is_expired(leeway=7200))
PYTHON
)
echo "$seen"
[ "$seen" = 'False True' ]
