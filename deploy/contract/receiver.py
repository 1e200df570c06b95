#!/usr/bin/env python3
"""Receives what a running `jiujinan dev` tells a hook, and verifies it with what a receiver would take from PyPI.

    receiver.py JIUJINAN WORKDIR

`standardwebhooks` verifies v1, `cryptography` verifies v1a and the promise of a waiver: neither shares a line with the program. Exit
code 0: every message was accepted as it came, with both secrets while one was replaced, and refused once anything of it was changed.
"""

import base64
import json
import os
import sys
import threading
import time
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from standardwebhooks import Webhook, WebhookVerificationError

from contract import HOSPITAL, Server

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "integrator"))
from hospital import PATIENT, Client, new_key, verify_hook  # noqa: E402

PATIENCE_S = 30


class Receiver:
    """Takes messages; refuses the very first attempt, so that one comes twice."""

    def __init__(self):
        received = self.received = []

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):  # noqa: N802
                body = self.rfile.read(int(self.headers["Content-Length"]))
                received.append((dict(self.headers.items()), body))
                self.send_response(500 if len(received) == 1 else 204)
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/in"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def message(self, place):
        """Headers and body of a message by its place, once it has come."""
        until = time.monotonic() + PATIENCE_S
        while len(self.received) <= place:
            if time.monotonic() > until:
                raise SystemExit(f"receiver: message {place} does not come")
            time.sleep(0.05)
        return self.received[place]


def header(headers, name):
    return next(value for own, value in headers.items() if own.lower() == name)


def accepts_v1(secret, headers, body):
    try:
        Webhook(secret).verify(body, headers)
    except WebhookVerificationError:
        return False
    return True


def accepts_own(secret, headers, body):
    """By what hospitals are given to copy."""
    try:
        verify_hook([secret], headers, body)
    except ValueError:
        return False
    return True


def accepts_v1a(key, headers, body):
    signed = f"{header(headers, 'webhook-id')}.{header(headers, 'webhook-timestamp')}.".encode() + body
    for one in header(headers, "webhook-signature").split(" "):
        if one.startswith("v1a,"):
            try:
                key.verify(base64.b64decode(one[len("v1a,"):]), signed)
                return True
            except InvalidSignature:
                pass
    return False


def changed(headers, body):
    """The message with one thing changed, each."""
    def with_header(name, value):
        return {own: value if own.lower() == name else given for own, given in headers.items()}, body

    soon = str(int(header(headers, "webhook-timestamp")) + 1)
    return {
        "body": (headers, body.replace(b'"version":1', b'"version":2')),
        "identifier": with_header("webhook-id", str(uuid.uuid4())),
        "timestamp": with_header("webhook-timestamp", soon),
    }


class Verdicts:
    """Counts what was verified, and what was not as it must be."""

    def __init__(self):
        self.tried, self.wrong = 0, []

    def expect(self, what, found, wanted=True):
        self.tried += 1
        if found is not wanted:
            self.wrong.append(f"{what}: {found}, expected {wanted}")

    def message(self, name, message, secrets, strangers, key):
        """Each secret and the key accept it; strangers do not, and nobody accepts it changed."""
        headers, body = message
        self.expect(f"{name}: v1a", accepts_v1a(key, headers, body))
        for secret, good in [*((secret, True) for secret in secrets), *((secret, False) for secret in strangers)]:
            self.expect(f"{name}: v1", accepts_v1(secret, headers, body), good)
            self.expect(f"{name}: v1 of hospital.py", accepts_own(secret, headers, body), good)
        for part, (other_headers, other_body) in changed(headers, body).items():
            self.expect(f"{name}: changed {part} is another", (other_headers, other_body) != (headers, body))
            self.expect(f"{name} with another {part}: v1a", accepts_v1a(key, other_headers, other_body), False)
            for secret in secrets:
                self.expect(f"{name} with another {part}: v1", accepts_v1(secret, other_headers, other_body), False)
                self.expect(f"{name} with another {part}: hospital.py", accepts_own(secret, other_headers, other_body), False)


def promise_holds(jwks, promise):
    """The claims of a promise that one of the published keys has signed."""
    def plain(text):
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))

    head, claims, signature = promise.split(".")
    header_ = json.loads(plain(head))
    jwk = next(key for key in jwks["keys"] if key["kid"] == header_["kid"])
    if (header_["alg"], header_["typ"], jwk["kty"], jwk["crv"]) != ("EdDSA", "waiver+jwt", "OKP", "Ed25519"):
        raise SystemExit("receiver: the promise is signed otherwise than README.md says")
    Ed25519PublicKey.from_public_bytes(plain(jwk["x"])).verify(plain(signature), f"{head}.{claims}".encode())
    return json.loads(plain(claims))


def play(server, verdicts):
    finance, receiver = server.token("finance", "3403"), Receiver()
    wanted = {"url": receiver.url, "events": ["waiver.granted"], "division": "340304"}
    hook = server.call("POST", "/v1/hooks", finance, wanted)
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(hook["public_key"][len("whpk_"):]))
    old, stranger = hook["secret"], "whsec_" + base64.b64encode(b"\1" * 32).decode()
    time.sleep(2)  # every server knows a hook within a second
    token = server.token("hospital", "340304")
    client = Client(server.base, lambda: token)

    def stay(visit_no):
        """A promise that is made, checked and closed again; the hook is told of it."""
        promised = client.grant(PATIENT, "inpatient", visit_no, new_key()).body
        claims = promise_holds(server.call("GET", "/.well-known/jwks.json", finance), promised["promise"])
        verdicts.expect("the promise", (claims["sub"], claims["aud"], claims["visit_no"]) == (promised["id"], HOSPITAL, visit_no))
        client.close(promised["id"], new_key())

    stay("ZY-1")
    first, again = receiver.message(0), receiver.message(1)
    verdicts.expect("what was refused comes again", header(first[0], "webhook-id") == header(again[0], "webhook-id"))
    for message in (first, again):
        verdicts.message("one secret", message, [old], [stranger], key)
    new = server.call("POST", f"/v1/hooks/{hook['id']}/rotate", finance, {})["secret"]
    verdicts.expect("a rotation makes a new secret", new != old)
    stay("ZY-2")
    verdicts.message("two secrets", receiver.message(2), [old, new], [stranger], key)
    verdicts.expect("what was told", {json.loads(body)["type"] for _, body in receiver.received} == {"waiver.granted"})


def main():
    program, work = sys.argv[1], os.path.abspath(sys.argv[2])
    os.makedirs(work, exist_ok=True)
    server, verdicts = Server(program, work), Verdicts()
    try:
        play(server, verdicts)
    finally:
        server.stop()
    for wrong in verdicts.wrong:
        print(f"receiver: WRONG: {wrong}")
    print(f"receiver: {verdicts.tried} verdicts, {len(verdicts.wrong)} wrong")
    return 1 if verdicts.wrong or not verdicts.tried else 0


if __name__ == "__main__":
    sys.exit(main())
