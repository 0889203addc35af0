"""Readers from PyPI: python.py NAME < cases, with the reader's own folder of packages in PYTHONPATH."""

import json
import sys
from base64 import urlsafe_b64encode


def pyjwt(token, key, algorithm, audience):
    import jwt
    return jwt.decode(token, key, algorithms=algorithm and [algorithm], audience=audience)


def python_jose(token, key, algorithm, audience):
    from jose import jwt
    return jwt.decode(token, key, algorithms=algorithm and [algorithm], audience=audience)


def joserfc(token, key, algorithm, audience):
    from joserfc import jwt
    from joserfc.jwk import OctKey
    decoded = jwt.decode(token, OctKey.import_key(key), algorithms=algorithm and [algorithm])
    jwt.JWTClaimsRegistry(**({"aud": {"value": audience}} if audience else {})).validate(decoded.claims)
    return decoded.claims


def authlib(token, key, algorithm, audience):
    from authlib.jose import JsonWebToken, jwt
    decoder = JsonWebToken([algorithm]) if algorithm else jwt
    claims = decoder.decode(token, key, claims_options=audience and {"aud": {"value": audience}})
    claims.validate()
    return claims


def jwcrypto(token, key, algorithm, audience):
    from jwcrypto.jwk import JWK
    from jwcrypto.jwt import JWT
    jwk = JWK(kty="oct", k=urlsafe_b64encode(key).rstrip(b"=").decode())
    decoded = JWT(jwt=token, key=jwk, algs=algorithm and [algorithm], check_claims=audience and {"aud": audience})
    return json.loads(decoded.claims)


def python_jwt(token, key, algorithm, audience):
    import python_jwt
    from jwcrypto.jwk import JWK
    jwk = JWK(kty="oct", k=urlsafe_b64encode(key).rstrip(b"=").decode())
    return python_jwt.verify_jwt(token, jwk, algorithm and [algorithm])[1]


def gehirn_jwt(token, key, algorithm, audience):
    from jwt import JWT, jwk_from_dict
    jwk = jwk_from_dict({"kty": "oct", "k": urlsafe_b64encode(key).rstrip(b"=").decode()})
    return JWT().decode(token, jwk, algorithms=algorithm and {algorithm})


def jwskate(token, key, algorithm, audience):
    from jwskate import Jwk, SignedJwt
    jwt = SignedJwt(token)
    jwt.validate(Jwk.from_cryptography_key(key), alg=algorithm, aud=audience)
    return jwt.claims


def simplejwt(token, key, algorithm, audience):
    import django
    from django.conf import settings
    if not settings.configured:
        apps = ["django.contrib.auth", "django.contrib.contenttypes"]
        settings.configure(SECRET_KEY="of Django, not of the tokens", INSTALLED_APPS=apps)
        django.setup()
    from rest_framework_simplejwt.backends import TokenBackend
    return TokenBackend(algorithm or "HS256", key, audience=audience).decode(token)


def flask_jwt_extended(token, key, algorithm, audience):
    from flask import Flask
    from flask_jwt_extended import JWTManager, decode_token
    app = Flask("reader")
    app.config.update(JWT_SECRET_KEY=key)
    app.config.update({"JWT_ALGORITHM": algorithm} if algorithm else {})
    app.config.update({"JWT_DECODE_AUDIENCE": audience} if audience else {})
    JWTManager(app)
    with app.app_context():
        return decode_token(token)


def main():
    reader = globals()[sys.argv[1]]
    for line in sys.stdin:
        token, key, algorithm, audience = (None if word == "-" else word for word in line.split())
        try:
            print("claims", json.dumps(dict(reader(token, bytes.fromhex(key), algorithm, audience))))
        except Exception as error:
            print("refused", type(error).__name__)


main()
