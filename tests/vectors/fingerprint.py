"""Computes the fingerprints of tests/it/fingerprint.rs from the documentation alone: python3 tests/vectors/fingerprint.py"""

import hashlib
import hmac
import pathlib

SECRET = pathlib.Path(__file__).with_name("secret.txt").read_bytes().rstrip()
DEMO = b"quiltt-session-demo-secret--never-use-in-production-0123456789ab"

for secret in (DEMO, SECRET, SECRET + DEMO + SECRET):
    print(len(secret), hmac.new(secret, b"quiltt-session fingerprint v1\0", hashlib.sha512).hexdigest()[:16])
