#!/usr/bin/env python3
"""Checks a promise (a deposit waiver) with nothing but the published keys.

    check_promise.py --jwks FILE|URL --aud CREDIT_CODE [--iss ISSUER] [--now SECONDS] [PROMISE]

The promise is the compact JWS of `POST /v1/waivers`; without it, it is read from standard input. The keys are what
`/.well-known/jwks.json` answers: fetch it once an hour and keep it, so that a promise can be checked while no server answers.
Prints the claims and ends with 0 when the promise holds; says why and ends with 1 when it does not, 2 when the call is wrong.

Python 3.9 or newer, its standard library and nothing else. Ed25519 as RFC 8032 has it (section 5.1.7), verification only: nothing
here is secret, so nothing here needs to take the same time always.
"""

import argparse
import base64
import binascii
import hashlib
import json
import sys
import time
import urllib.request

ISSUER = "urn:jiujinan:waiver"
LEEWAY_S = 60  # clocks differ

# The curve: -x^2 + y^2 = 1 + d x^2 y^2 modulo p. The base point has the order L.
P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)


class Refused(Exception):
    """Why a promise does not hold."""


def recover_x(y, sign):
    """The x of a point with this y, even or odd; None when there is none."""
    if y >= P:
        return None
    squared = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    if squared == 0:
        return None if sign else 0
    x = pow(squared, (P + 3) // 8, P)
    if (x * x - squared) % P != 0:
        x = x * ROOT_OF_MINUS_ONE % P
    if (x * x - squared) % P != 0:
        return None
    return P - x if (x & 1) != sign else x


# Points as (X, Y, Z, T) with x = X/Z, y = Y/Z, x*y = T/Z.
def add(one, other):
    a = (one[1] - one[0]) * (other[1] - other[0]) % P
    b = (one[1] + one[0]) * (other[1] + other[0]) % P
    c = 2 * one[3] * other[3] * D % P
    d = 2 * one[2] * other[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def times(factor, point):
    result = (0, 1, 1, 0)
    while factor > 0:
        if factor & 1:
            result = add(result, point)
        point = add(point, point)
        factor >>= 1
    return result


def same(one, other):
    return (one[0] * other[2] - other[0] * one[2]) % P == 0 and (one[1] * other[2] - other[1] * one[2]) % P == 0


def point_of(encoded):
    """The point of its 32 bytes; None when they are none."""
    if len(encoded) != 32:
        return None
    number = int.from_bytes(encoded, "little")
    y, sign = number & ((1 << 255) - 1), number >> 255
    x = recover_x(y, sign)
    return None if x is None else (x, y, 1, x * y % P)


BASE_Y = 4 * pow(5, P - 2, P) % P
BASE_X = recover_x(BASE_Y, 0)
BASE = (BASE_X, BASE_Y, 1, BASE_X * BASE_Y % P)


def ed25519_holds(public, message, signature):
    """Whether a signature of 64 bytes over a message is of the holder of a public key of 32 bytes."""
    key = point_of(public)
    commitment = point_of(signature[:32])
    if len(signature) != 64 or key is None or commitment is None:
        return False
    # A key of small order signs everything.
    if same(times(8, key), (0, 1, 1, 0)):
        return False
    s = int.from_bytes(signature[32:], "little")
    if s >= L:
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % L
    return same(times(s, BASE), add(commitment, times(h, key)))


def decoded(text):
    """base64url without padding (RFC 7515)."""
    try:
        if set(text) - set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"):
            raise ValueError
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (ValueError, binascii.Error):
        raise Refused("a part is no base64url") from None


def object_of(text):
    try:
        value = json.loads(decoded(text))
    except (ValueError, RecursionError):
        raise Refused("a part is no JSON") from None
    if not isinstance(value, dict):
        raise Refused("a part is no JSON object")
    return value


def key_of(jwks, kid):
    """The public key that a promise names."""
    for key in jwks.get("keys", []):
        if key.get("kid") == kid and key.get("kty") == "OKP" and key.get("crv") == "Ed25519":
            return decoded(key.get("x", ""))
    raise Refused("no published key has the kid of the promise")


def check(promise, jwks, aud, iss=ISSUER, now=None):
    """The claims of a promise to the hospital `aud`. Raises Refused when it does not hold."""
    parts = promise.strip().split(".")
    if len(parts) != 3:
        raise Refused("a promise has three parts")
    header = object_of(parts[0])
    # Pinned: what a promise says of itself chooses among our keys, never among algorithms.
    if header.get("alg") != "EdDSA" or header.get("typ") != "waiver+jwt" or "crit" in header:
        raise Refused("not an Ed25519 promise")
    signed = f"{parts[0]}.{parts[1]}".encode("ascii")
    if not ed25519_holds(key_of(jwks, header.get("kid")), signed, decoded(parts[2])):
        raise Refused("the signature does not hold")
    claims = object_of(parts[1])
    if claims.get("iss") != iss:
        raise Refused("another issuer")
    if claims.get("aud") != aud:
        raise Refused("promised to another hospital")
    now = int(time.time()) if now is None else now
    for name in ("exp", "iat"):
        if not isinstance(claims.get(name), int) or isinstance(claims.get(name), bool):
            raise Refused(f"{name} is no number")
    if claims["exp"] <= now - LEEWAY_S:
        raise Refused("the longest stay is over")
    if claims["iat"] > now + LEEWAY_S:
        raise Refused("promised in the future: whose clock is wrong?")
    return claims


def read_keys(place):
    """The key set of a file or an address."""
    if place.startswith(("http://", "https://")):
        with urllib.request.urlopen(place, timeout=10) as answer:
            return json.load(answer)
    with open(place, encoding="utf-8") as file:
        return json.load(file)


def main():
    parser = argparse.ArgumentParser(description="Checks a promise with the published keys.")
    parser.add_argument("--jwks", required=True, help="file or address of the published keys")
    parser.add_argument("--aud", required=True, help="credit code of the hospital that was promised")
    parser.add_argument("--iss", default=ISSUER, help="who promises (default: %(default)s)")
    parser.add_argument("--now", type=int, help="as of this second since 1970 instead of now")
    parser.add_argument("promise", nargs="?", help="the promise; without it, standard input")
    given = parser.parse_args()
    try:
        jwks = read_keys(given.jwks)
    except (OSError, ValueError) as error:
        parser.error(f"the keys can not be read: {error}")
    promise = sys.stdin.read() if given.promise is None else given.promise
    try:
        claims = check(promise, jwks, given.aud, given.iss, given.now)
    except Refused as refused:
        print(f"refused: {refused}", file=sys.stderr)
        return 1
    print(json.dumps(claims, ensure_ascii=False, indent=2, sort_keys=True))
    return 0


if __name__ == "__main__":
    sys.exit(main())
