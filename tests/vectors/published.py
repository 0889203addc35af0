"""Makes src/secret/published.bin, the hashes of keys that everyone knows: python3 tests/vectors/published.py

The keys are those of published.tsv, as text and as what they stand for, and the SHA-256 and SHA-512 of the hundred commonest
passwords, of the messages that FIPS 180 and its readers hash, and of each with the line break that `echo` adds. A hash is the
64-bit FNV-1a of a key's first 32 bytes."""

import base64
import hashlib
import pathlib

HERE = pathlib.Path(__file__).parent

# The commonest of the lists that NordPass and SplashData publish each year.
PASSWORDS = """123456 password 12345678 qwerty 123456789 12345 1234 111111 1234567 dragon 123123 baseball abc123 football monkey
letmein 696969 shadow master 666666 qwertyuiop 123321 mustang 1234567890 michael 654321 superman 1qaz2wsx 7777777 121212 000000
qazwsx 123qwe killer trustno1 jordan jennifer zxcvbnm asdfgh hunter buster soccer harley batman andrew tigger sunshine iloveyou
2000 charlie robert thomas hockey ranger daniel starwars klaster 112233 george computer michelle jessica pepper 1111 zxcvbn
555555 11111111 131313 freedom 777777 pass maggie 159753 aaaaaa ginger princess joshua cheese amanda summer love ashley nicole
chelsea matthew access yankees 987654321 dallas austin thunder taylor matrix welcome admin login passw0rd password1 password123
admin123 qwerty123 hello solo flower whatever donald secret root toor guest test user changeme changeit default demo""".split()
MESSAGES = ["", "abc", "a", "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "a" * 1_000_000,
            "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
            "hello world", "Hello World", "Hello, World!", "Hello, world!", "Hello World!", "hello, world",
            "foo", "bar", "foobar", "hunter2", "quiltt", "Quiltt", "example", "message", "key", "supersecret", "mysecret", "my-secret",
            "The quick brown fox jumps over the lazy dog", "The quick brown fox jumps over the lazy dog."]


def keys():
    for line in (HERE / "published.tsv").read_text().splitlines():
        if not line.startswith("#"):
            yield from forms(line.split("\t")[1])
    for text in PASSWORDS + MESSAGES:
        for message in (text, text + "\n"):
            for name in ("sha256", "sha512"):
                yield hashlib.new(name, message.encode()).digest()


def forms(text):
    yield text.encode()
    for decode in (bytes.fromhex, lambda text: base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))):
        try:
            yield decode(text)
        except ValueError:
            pass


def fnv1a(start):
    value = 0xCBF29CE484222325
    for byte in start:
        value = (value ^ byte) * 0x100000001B3 % 2**64
    return value


hashes = sorted({fnv1a(key[:32]) for key in keys() if len(key) >= 32})
assert len(hashes) <= 1000
(HERE / "../../src/secret/published.bin").write_bytes(b"".join(value.to_bytes(8, "big") for value in hashes))
print(len(hashes))
