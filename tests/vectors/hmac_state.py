"""Computes the states that HMAC-SHA512 keeps of the secrets of tests/memory, and the hash of those longer than a block: python3 tests/vectors/hmac_state.py >tests/vectors/hmac_state.txt

From FIPS 180-4 and RFC 2104 alone; prints them with the test's mask over them.
"""

import hashlib
import math
import struct

WORD = 2**64 - 1
MASK = 0xA5


def primes(count):
    found, number = [], 2
    while len(found) < count:
        if all(number % prime for prime in found):
            found.append(number)
        number += 1
    return found


def cube_root(number):
    root = 1 << (number.bit_length() // 3 + 1)
    while (better := (2 * root + number // root**2) // 3) < root:
        root = better
    return root


INITIAL = [math.isqrt(prime << 128) & WORD for prime in primes(8)]
CONSTANTS = [cube_root(prime << 192) & WORD for prime in primes(80)]


def rotated(word, *counts):
    total = 0
    for count in counts:
        total ^= (word >> count | word << (64 - count)) & WORD
    return total


def compress(state, block):
    words = list(struct.unpack(">16Q", block))
    for t in range(16, 80):
        low = rotated(words[t - 15], 1, 8) ^ words[t - 15] >> 7
        high = rotated(words[t - 2], 19, 61) ^ words[t - 2] >> 6
        words.append((words[t - 16] + low + words[t - 7] + high) & WORD)
    a, b, c, d, e, f, g, h = state
    for constant, word in zip(CONSTANTS, words):
        first = h + rotated(e, 14, 18, 41) + (e & f ^ ~e & g) + constant + word
        second = rotated(a, 28, 34, 39) + (a & b ^ a & c ^ b & c)
        a, b, c, d, e, f, g, h = (first + second) & WORD, a, b, c, (d + first) & WORD, e, f, g
    return [(old + new) & WORD for old, new in zip(state, (a, b, c, d, e, f, g, h))]


abc = compress(INITIAL, b"abc\x80" + bytes(116) + struct.pack(">Q", 24))
assert struct.pack(">8Q", *abc) == hashlib.sha512(b"abc").digest()

for length in 64, 129, 1000:
    secret = bytes((place % 256 * (151 + place // 256 * 8) + 89) % 256 ^ MASK for place in range(length))
    key = hashlib.sha512(secret).digest() if length > 128 else secret
    states = [(name, compress(INITIAL, bytes(byte ^ pad for byte in key.ljust(128, b"\0")))) for name, pad in (("inner", 0x36), ("outer", 0x5C))]
    if length > 128:
        states.append(("hash", struct.unpack(">8Q", key)))
    for name, state in states:
        print(length, name, *(f"{word ^ int.from_bytes(bytes([MASK] * 8), 'big'):#018x}" for word in state))
