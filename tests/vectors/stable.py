"""Reckons the pinned session of tests/it/stable.rs from the documentation alone: python3 tests/vectors/stable.py"""

import hashlib
import hmac
import pathlib
import uuid

SECRET = pathlib.Path(__file__).with_name("secret.txt").read_bytes().rstrip()
PROFILE = uuid.UUID("52909e05-e1cb-4e45-b273-2b7b5d1f9bff")
NOW, WINDOW, GENERATION = 1_700_000_000, 3600, 7


def derive(label):
    return hmac.new(SECRET, label, hashlib.sha512).digest()


offset_key = derive(b"quiltt-session stable offset v1")
first, second, addend = (int.from_bytes(offset_key[at : at + 16], "big") for at in (0, 16, 32))
high, low = PROFILE.int >> 64, PROFILE.int & (2**64 - 1)
hashed = ((first * high + second * low + addend) % 2**128) >> 64
offset = hashed * WINDOW >> 64
start = NOW - (NOW - offset) % WINDOW

message = PROFILE.bytes + start.to_bytes(8, "big") + GENERATION.to_bytes(8, "big")
digest = hmac.new(derive(b"quiltt-session stable session id v1"), message, hashlib.sha256).digest()
number = int.from_bytes(digest[:16], "big")
number = number & ~(0xF << 76) | 8 << 76  # version 8
number = number & ~(0x3 << 62) | 0x2 << 62  # the variant of RFC 9562
print(start, uuid.UUID(int=number))
