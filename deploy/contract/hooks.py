"""Leads random requests past the first checks: ids that exist, identities whose check digit is right, streets that are known."""

import json
import os
import random
import re

import schemathesis

THINGS = json.loads(os.environ.get("CONTRACT_THINGS", "{}"))
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
TOKEN = re.compile(r"[-!#$%&'*+.^_`|~0-9A-Za-z]+")
CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
CAUSES = ("fire", "accident", "illness", "education", "unemployment", "violence", "other")
DIVISIONS = ("340303001", "340303002", "340302001", "3403")


def resident(rng):
    """A resident number, born in the 1880s so that nobody is meant."""
    head = f"340303188{rng.randrange(10)}{rng.randrange(1, 13):02}{rng.randrange(1, 29):02}{rng.randrange(1000):03}"
    check = sum(int(digit) * weight for digit, weight in zip(head, WEIGHTS)) % 11
    return head + "10X98765432"[check]


def improved(body, rng):
    """The body with the parts made plausible that a schema cannot describe."""
    if not isinstance(body, dict):
        return body
    body = dict(body)
    for name in ("applicant", "household", "payments", "incident", "patient"):
        part = body.get(name)
        if isinstance(part, dict):
            body[name] = improved(part, rng)
        elif isinstance(part, list):
            body[name] = [improved(item, rng) for item in part]
    if isinstance(body.get("id_no"), str) and "id_type" in body:
        body["id_type"], body["id_no"] = "resident_id", resident(rng)
        if isinstance(body.get("name"), str):
            body["name"] = "测试人"
    if isinstance(body.get("phone"), str):
        body["phone"] = "13800000000"
    if isinstance(body.get("division"), str):
        body["division"] = "340303001" if "payments" in body else rng.choice(DIVISIONS)
    for name, value in {"occurred_at": "2026-11-20T21:40:00+08:00", "ended_on": "2026-11-22", "as_of": "2026-11-23"}.items():
        if isinstance(body.get(name), str):
            body[name] = value
    if isinstance(body.get("fees"), dict) and "medfee_sumamt_fen" in body:
        # Fees that add up, shares that leave something to split, and no promise that is not there.
        body["fees"] = {**{name: rng.choice([0, 1, 99_999]) for name in body["fees"]}, "other_fen": 1_000}
        body["medfee_sumamt_fen"] = sum(body["fees"].values())
        body["insurance"] = {"hifp_pay_fen": rng.choice([0, 500]), "acct_pay_fen": 1}
        body["third_party_fen"] = rng.choice([None, 0, 7])
        body.pop("waiver_id", None)
    if isinstance(body.get("incident"), dict):
        new = {"cause": rng.choice(CAUSES), "place": "x", "occurred_at": "2026-11-20T21:40:00+08:00"}
        body["incident"] = new if rng.random() < 0.8 else {"id": rng.choice(THINGS["incident"])}
    if isinstance(body.get("fund_id"), str):
        body["fund_id"] = rng.choice([*THINGS.get("fund", []), body["fund_id"]])
    if "method" in body:
        wish = {"method": rng.choice(["cash", "cash", "goods"])}
        body = wish if rng.random() < 0.5 else {"method": "bank", "account": "6217000000000000000", "account_name": "测试人"}
    if isinstance(body.get("payments"), list):
        body["payments"] = body["payments"][:2]
        body["requested_fen"] = rng.choice([1, 60000, 78000, 300000, body.get("requested_fen", 1)])
    return body


@schemathesis.hook
def before_call(context, case, kwargs):
    """Two requests in three; what is wrong on purpose stays as it is."""
    # A header that is none by RFC 9110 never reaches the program: the HTTP parser answers 400 and closes.
    for name in [name for name, value in (case.headers or {}).items() if not TOKEN.fullmatch(name) or CONTROL.search(str(value))]:
        del case.headers[name]
    rng = random.Random(repr((case.operation.label, case.body, case.path_parameters, case.headers)))
    if not is_positive(case) or rng.random() < 0.33:
        return
    if "Idempotency-Key" in (case.headers or {}):
        case.headers["Idempotency-Key"] = f"contract-{rng.getrandbits(64):x}"
    parameters = dict(case.path_parameters or {})
    for name, ids in THINGS.items():
        if name in parameters and ids:
            parameters[name] = rng.choice(ids)
    if parameters:
        case.path_parameters = parameters
    case.body = improved(case.body, rng)


def is_positive(case):
    """Whether the request was meant to fit the document."""
    meta = getattr(case, "meta", None)
    mode = getattr(getattr(meta, "generation", None), "mode", None)
    return mode is None or getattr(mode, "name", str(mode)).upper().endswith("POSITIVE")
