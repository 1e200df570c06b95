#!/usr/bin/env python3
"""A hospital's side of the interface: a client, and a whole stay played with it. Python 3.9 or newer, nothing else.

    export HOSPITAL_TOKEN=$(jiujinan token --role hospital --hospital 11341729003258285D --division 340304 --sub billing-1)
    python3 hospital.py http://127.0.0.1:8080

The first half is meant to be copied: `Client` sends, repeats what got no answer under the same key, and waits as long as it is told;
`verify_hook` checks what hooks bring. The second half plays a stay and ends with exit code 1 when an answer is not as README.md says.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import json
import os
import random
import ssl
import sys
import time
import uuid
from dataclasses import dataclass
from typing import Any, Callable, Dict, List, Mapping, Optional, Sequence
from urllib.parse import quote, urlsplit

Json = Dict[str, Any]

TIMEOUT_S = 30.0  # the house answers within 20 s, or says that it does not know yet
ATTEMPTS = 6
LONGEST_WAIT_S = 60.0
HOOK_TOLERANCE_S = 300


class NoAnswer(Exception):
    """Nobody knows yet what happened. Send the same request with the same key later: it is done once."""


class Refused(Exception):
    """The house said no. `code` says why, and is what a program may look at."""

    def __init__(self, status: int, problem: Json) -> None:
        self.status = status
        self.problem = problem
        self.code = str(problem.get("code", ""))
        self.detail = str(problem.get("detail", ""))
        places = [f"{error['pointer']}: {error['detail']}" for error in problem.get("errors", [])]
        super().__init__("; ".join([f"{status} {self.code}: {self.detail}", *places]))


@dataclass(frozen=True)
class Answer:
    """What the house said yes with."""

    status: int
    body: Json
    raw: bytes
    replayed: bool  # the key was answered before: these are the bytes of then


def new_key() -> str:
    """A new Idempotency-Key. Store it with the request before sending: it is the only way to ask what became of it."""
    return str(uuid.uuid4())


class Client:
    """Speaks for one hospital. `token` is called before every attempt, so that one that runs out is replaced."""

    def __init__(self, base: str, token: Callable[[], str], say: Callable[[str], None] = lambda line: None) -> None:
        url = urlsplit(base)
        if url.scheme not in ("http", "https") or not url.hostname:
            raise ValueError("the address must be http(s)://host[:port]")
        self.url, self.token, self.say = url, token, say

    # -- the verbs ---------------------------------------------------------------------------------------------------------------

    def check(self, patient: Json, stay: str, diagnosis: Optional[str] = None) -> Answer:
        """2001. Changes nothing and needs no key."""
        return self._send("POST", "/v1/waivers/check", {**patient, "stay": stay, "diagnosis": diagnosis})

    def grant(self, patient: Json, stay: str, visit_no: str, key: str, diagnosis: Optional[str] = None) -> Answer:
        """2401. The promise for the whole stay."""
        return self._send("POST", "/v1/waivers", {**patient, "stay": stay, "diagnosis": diagnosis, "visit_no": visit_no}, key)

    def waiver(self, waiver_id: str) -> Answer:
        """The promise as it stands."""
        return self._send("GET", f"/v1/waivers/{quote(waiver_id)}")

    def close(self, waiver_id: str, key: str) -> Answer:
        """The stay ended without a settlement (2404)."""
        return self._send("POST", f"/v1/waivers/{quote(waiver_id)}/close", {}, key)

    def quote(self, bill: Json) -> Answer:
        """After 2303. Changes nothing and needs no key."""
        return self._send("POST", "/v1/settlements/quote", bill)

    def settle(self, bill: Json, key: str) -> Answer:
        """After 2304. Once for a `message_id`, whatever the key."""
        return self._send("POST", "/v1/settlements", bill, key)

    def settlement(self, settlement_id: str) -> Answer:
        """The settlement as it stands."""
        return self._send("GET", f"/v1/settlements/{quote(settlement_id)}")

    def result(self, settlement_id: str, payer: str, status: str, amount_fen: int, reference: str, key: str) -> Answer:
        """What a payer that is no fund says of its part afterwards."""
        body = {"status": status, "amount_fen": amount_fen, "reference": reference}
        return self._send("POST", f"/v1/settlements/{quote(settlement_id)}/payers/{quote(payer)}/result", body, key)

    def cancel(self, settlement_id: str, reason: str, key: str) -> Answer:
        """Before 2305."""
        return self._send("POST", f"/v1/settlements/{quote(settlement_id)}/cancel", {"reason": reason}, key)

    def reverse(self, message_id: str, reason: str, key: str) -> Answer:
        """2601, 冲正: when nobody knows whether the message arrived, and nobody wants it any more."""
        return self._send("POST", "/v1/settlements/reverse", {"message_id": message_id, "reason": reason}, key)

    def totals(self, day: str) -> Answer:
        """3201, 对总账: a day of Asia/Shanghai, as 2026-11-24."""
        return self._send("GET", f"/v1/settlements/totals?date={quote(day)}")

    # -- sending -----------------------------------------------------------------------------------------------------------------

    def _send(self, method: str, path: str, body: Optional[Json] = None, key: Optional[str] = None) -> Answer:
        """Sends until there is an answer. Every attempt is the same request: the same bytes under the same key."""
        content = None if body is None else json.dumps(body, ensure_ascii=False).encode()
        why = ""
        for attempt in range(ATTEMPTS):
            if attempt:
                self.say(f"  … {why}; the same request again")
            asked: Optional[float] = None
            try:
                answer = self._once(method, path, content, key)
                if isinstance(answer, Answer):
                    return answer
                refused, asked = answer
                # A 500 is no decision either: nothing is stored under its key. What a proxy says (502, 504) is no word of the house.
                if not (refused.problem.get("retryable") or refused.status >= 500):
                    raise refused
                why = f"{refused.status} {refused.code}".strip()
            except (OSError, http.client.HTTPException, ValueError) as error:
                why = f"no answer ({type(error).__name__})"
            if attempt + 1 < ATTEMPTS:
                time.sleep(min(wait_s(attempt) if asked is None else asked, LONGEST_WAIT_S))
        raise NoAnswer(f"{method} {path}: {why}, {ATTEMPTS} times; its key is {key}")

    def _once(self, method: str, path: str, content: Optional[bytes], key: Optional[str]) -> Any:
        """One attempt: an Answer, or a Refused with what `Retry-After` asks for."""
        headers = {"Authorization": f"Bearer {self.token()}", "Accept-Language": "en", "Connection": "close"}
        if content is not None:
            headers["Content-Type"] = "application/json"
        if key is not None:
            headers["Idempotency-Key"] = key
        host, port = self.url.hostname or "", self.url.port
        connection: http.client.HTTPConnection
        if self.url.scheme == "https":
            connection = http.client.HTTPSConnection(host, port, timeout=TIMEOUT_S, context=ssl.create_default_context())
        else:
            connection = http.client.HTTPConnection(host, port, timeout=TIMEOUT_S)
        try:
            connection.request(method, self.url.path.rstrip("/") + path, content, headers)
            response = connection.getresponse()
            raw = response.read()
        finally:
            connection.close()
        if response.status < 300:
            return Answer(response.status, json.loads(raw), raw, response.headers.get("Idempotent-Replayed") == "true")
        is_problem = response.headers.get_content_type() == "application/problem+json"
        return Refused(response.status, json.loads(raw) if is_problem else {}), retry_after_s(response.headers.get("Retry-After"))


def wait_s(attempt: int) -> float:
    """Half a second, one, two, four … with a random part, so that windows that failed together do not come back together."""
    return float(2**attempt) * random.uniform(0.4, 0.6)


def retry_after_s(header: Optional[str]) -> Optional[float]:
    """The house gives whole seconds."""
    return float(header) if header is not None and header.isdecimal() else None


def verify_hook(secrets: Sequence[str], headers: Mapping[str, str], body: bytes, now_s: Optional[float] = None) -> Json:
    """The message of a hook, once one of the secrets (`whsec_…`; two while one is replaced) has signed it. Else ValueError.

    Standard Webhooks 1.0.0: `v1` is HMAC-SHA256 over `<webhook-id>.<webhook-timestamp>.<body>`. Verify the bytes as they came, before
    parsing them, and remember `webhook-id`: a message may come twice.
    """
    given = {name.lower(): value for name, value in headers.items()}
    identifier, timestamp = given.get("webhook-id", ""), given.get("webhook-timestamp", "")
    now = time.time() if now_s is None else now_s
    if not identifier or not timestamp.isdecimal() or abs(now - int(timestamp)) > HOOK_TOLERANCE_S:
        raise ValueError("no identifier, or not of these five minutes")
    signed = identifier.encode() + b"." + timestamp.encode() + b"." + body
    signatures = [one[3:] for one in given.get("webhook-signature", "").split(" ") if one.startswith("v1,")]
    for secret in secrets:
        shared = base64.b64decode(secret[len("whsec_"):] if secret.startswith("whsec_") else secret)
        right = base64.b64encode(hmac.new(shared, signed, hashlib.sha256).digest()).decode()
        if any(hmac.compare_digest(right, signature) for signature in signatures):
            message: Json = json.loads(body)
            return message
    raise ValueError("nobody we know has signed this")


# -- a stay, from admission to the totals of the day ---------------------------------------------------------------------------------

PATIENT: Json = {"id_type": "resident_id", "id_no": "34030318840503186X", "name": "测试甲"}  # on the demo roster
FEES: Json = {
    "registration_fen": 1_000, "consultation_fen": 35_000, "examination_fen": 150_000, "drugs_fen": 1_200_000, "bed_fen": 200_000,
    "other_fen": 20_254_000,
}
INSURANCE: Json = {"setl_id": "S-1", "mdtrt_id": "M-1", "hifp_pay_fen": 13_875_000, "hifmi_pay_fen": 2_583_750, "maf_pay_fen": 1_498_875}
KINDS = ("registration", "consultation", "examination", "drugs", "bed")


class Play:
    """Says what it does, and counts what is not as expected."""

    def __init__(self) -> None:
        self.wrong = 0

    def tell(self, line: str) -> None:
        print(line, flush=True)

    def expect(self, what: str, found: Any, wanted: Any) -> None:
        if found != wanted:
            self.wrong += 1
            self.tell(f"  WRONG: {what} is {found!r}, expected {wanted!r}")

    def refused(self, call: Callable[[], Answer], status: int, code: str) -> Json:
        """The problem of a call that must be refused."""
        try:
            answer = call()
        except Refused as refused:
            self.expect("the refusal", (refused.status, refused.code), (status, code))
            self.tell(f"  refused: {refused}")
            return refused.problem
        self.expect("the answer", answer.status, f"{status} {code}")
        return {}


def bill_of(visit_no: str, waiver_id: str) -> Json:
    """The bill of the stay, in a message of its own."""
    return {
        "message_id": str(uuid.uuid4()), "waiver_id": waiver_id, "visit_no": visit_no, "patient": PATIENT, "fees": FEES,
        "medfee_sumamt_fen": sum(FEES.values()), "insurance": INSURANCE,
    }


def parts_of(answer: Json) -> str:
    return ", ".join(f"{part['payer']} {part['amount_fen']}" for part in answer["payers"])


def discount_of(discounts: Json) -> int:
    """Rounded down for each kind, then added."""
    return sum(FEES[f"{kind}_fen"] * discounts[kind] // 100 for kind in KINDS)


def adds_up(play: Play, answer: Json) -> None:
    play.expect("the sum of the parts", sum(part["amount_fen"] for part in answer["payers"]), answer["total_fen"])


def admit(play: Play, client: Client, visit_no: str) -> Json:
    """Check and promise. A stay that an earlier play left open is closed first."""
    play.tell("check (2001): is the deposit waived?")
    checked = client.check(PATIENT, "inpatient").body
    play.expect("the answer", (checked["answer"], checked["deposit_fen"]), ("WAIVED", 0))
    play.tell(f"  {checked['answer']}, deposit {checked['deposit_fen']}, roster {checked['roster_version']}, stale {checked['stale']}")
    play.tell(f"grant (2401): promise for visit {visit_no}")
    try:
        promised = client.grant(PATIENT, "inpatient", visit_no, new_key())
    except Refused as refused:
        if refused.code != "STAY_OPEN" or "waiver_id" not in refused.problem:
            raise
        play.tell(f"  refused: {refused}; closing it")
        client.close(refused.problem["waiver_id"], new_key())
        promised = client.grant(PATIENT, "inpatient", visit_no, new_key())
    play.expect("the status", promised.status, 201)
    play.tell(f"  promise {promised.body['id']} until {promised.body['expires_at']}, per cent off {promised.body['discounts']}")
    return promised.body


def discharge(play: Play, client: Client, bill: Json, promised: Json) -> Json:
    """Quote, settle, and the same settle again: in vain, as it must be."""
    play.tell("quote (after 2303): who would bear what?")
    quoted = client.quote(bill).body
    adds_up(play, quoted)
    discount = [part["amount_fen"] for part in quoted["payers"] if part["payer"] == "hospital_discount"]
    play.expect("the hospital's discount", discount, [discount_of(promised["discounts"])])
    play.tell(f"  {quoted['total_fen']}: {parts_of(quoted)}")
    play.tell(f"settle (after 2304): message {bill['message_id']}")
    key = new_key()
    settled = client.settle(bill, key)
    play.expect("the settlement", (settled.status, settled.body["state"]), (201, "settled"))
    play.expect("the parts", parts_of(settled.body), parts_of(quoted))
    play.tell(f"  settled as {settled.body['id']}: {parts_of(settled.body)}")
    play.tell("settle again, same key: the same bytes; another key, same message: the first answer")
    again = client.settle(bill, key)
    play.expect("the replay", (again.raw, again.replayed), (settled.raw, True))
    other = client.settle(bill, new_key())
    play.expect("the repetition", (other.status, other.raw), (200, settled.raw))
    play.expect("the promise", client.waiver(promised["id"]).body["closed_as"], "settlement")
    return settled.body


def change(play: Play, client: Client, bill: Json, settled: Json) -> Json:
    """A payer says less than it said; everything is cancelled; the stay is settled anew."""
    play.tell("result: medical aid refuses 88875 of its part")
    changed = client.result(settled["id"], "medical_aid", "refused", 88_875, "MAF-7", new_key()).body
    adds_up(play, changed)
    play.tell(f"  {parts_of(changed)}")
    play.tell("cancel (before 2305)")
    cancelled = client.cancel(settled["id"], "wrong bed days", new_key()).body
    play.expect("the state", cancelled["state"], "cancelled")
    stands = client.settle(bill, new_key())
    play.expect("the message", (stands.status, stands.body["state"]), (200, "cancelled"))
    play.tell("  cancelled; its message stays so, a new settlement needs a new message")
    anew = client.settle({**bill, "message_id": str(uuid.uuid4())}, new_key()).body
    play.expect("the state", anew["state"], "settled")
    play.tell(f"settle anew: {anew['id']}: {parts_of(anew)}")
    return anew


def reverse(play: Play, client: Client, bill: Json, settled: Json) -> None:
    """A message that was lost is taken back before it comes; one that is known is unwound."""
    lost = {**bill, "message_id": str(uuid.uuid4())}
    play.tell(f"reverse (2601) of a message that never arrived: {lost['message_id']}")
    fenced = client.reverse(lost["message_id"], "time-out", new_key()).body
    play.expect("the state", fenced["state"], "fenced")
    play.tell("  fenced; it comes late all the same:")
    play.refused(lambda: client.settle(lost, new_key()), 409, "REVERSED")
    play.tell("wrong on purpose: fees that do not add up, another content under the message, the key of another request")
    play.refused(lambda: client.settle({**lost, "medfee_sumamt_fen": 1}, new_key()), 400, "VALIDATION")
    play.refused(lambda: client.settle({**bill, "message_id": settled["message_id"], "diagnosis": "other"}, new_key()), 409, "CONFLICT")
    key = new_key()
    client.reverse(lost["message_id"], "time-out", key)
    play.refused(lambda: client.reverse(lost["message_id"], "another reason", key), 422, "KEY_REUSED")


def totals(play: Play, client: Client, settled: Json) -> None:
    """The totals before and after a reversal differ by what was reversed."""
    day = client.settlement(settled["id"]).body["settled_at"][:10]  # times are those of Asia/Shanghai
    before = client.totals(day).body
    play.tell(f"totals (3201) of {day}: {before['count']} settlements, {before['sum_fen']}")
    reversed_ = client.reverse(settled["message_id"], "played", new_key()).body
    play.expect("the state", reversed_["state"], "reversed")
    after = client.totals(day).body
    difference = (before["count"] - after["count"], before["sum_fen"] - after["sum_fen"])
    play.expect("the difference", difference, (1, settled["total_fen"]))
    play.tell(f"reverse (2601) of {settled['id']}: then {after['count']} settlements, {after['sum_fen']}")


def main(arguments: List[str]) -> int:
    if len(arguments) != 1 or "HOSPITAL_TOKEN" not in os.environ:
        print(__doc__, file=sys.stderr)
        return 2
    play = Play()
    client = Client(arguments[0], lambda: os.environ["HOSPITAL_TOKEN"], play.tell)
    try:
        visit_no = f"ZY-{uuid.uuid4().hex[:12]}"
        promised = admit(play, client, visit_no)
        bill = bill_of(visit_no, promised["id"])
        anew = change(play, client, bill, discharge(play, client, bill, promised))
        reverse(play, client, bill, anew)
        totals(play, client, anew)
    except (Refused, NoAnswer) as unexpected:
        play.wrong += 1
        play.tell(f"  WRONG: {unexpected}")
    play.tell("all as expected" if play.wrong == 0 else f"{play.wrong} not as expected")
    return 0 if play.wrong == 0 else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
