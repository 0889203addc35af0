"""Computes the pinned sessions of tests/it/stable.rs from the documentation alone: python3 tests/vectors/stable.py"""

import hashlib
import hmac
import pathlib
import uuid

SECRET = pathlib.Path(__file__).with_name("secret.txt").read_bytes().rstrip()
PROFILE = uuid.UUID("52909e05-e1cb-4e45-b273-2b7b5d1f9bff")
NOW, WINDOW, GENERATION, TTL, BACKDATING = 1_700_000_000, 3600, 7, 86_400, 0
CLAIMS = b'{"iss":"auth.quiltt.io","aud":"api.quiltt.io","ver":6}'
GOLDEN = 0x9E3779B97F4A7C15F39CC0605CEDC835


def number(value):
    return value.to_bytes(8, "big")


fraction = (PROFILE.int * GOLDEN % 2**128) >> 64
offset = fraction * WINDOW >> 64
start = NOW - (NOW - offset) % WINDOW

label = b"quiltt-session stable v2\0"
key = hmac.new(SECRET, label + number(TTL) + number(BACKDATING) + CLAIMS, hashlib.sha512).digest()
for sign_out in 0, NOW:
    message = PROFILE.bytes + number(start) + number(GENERATION) + number(sign_out << 26 | WINDOW)
    digest = hmac.new(key, message, hashlib.sha256).digest()
    session_id = int.from_bytes(digest[:16], "big")
    session_id = session_id & ~(0xF << 76) | 8 << 76  # version 8
    session_id = session_id & ~(0x3 << 62) | 0x2 << 62  # the variant of RFC 9562
    if sign_out:
        session_id = session_id >> 48 << 48 | sign_out
    print(start, uuid.UUID(int=session_id))
