#!/usr/bin/env python3
"""Plays schemathesis against a running `jiujinan dev`, over the whole OpenAPI document, as one role after the other.

    contract.py JIUJINAN SCHEMATHESIS WORKDIR

The server gets a data directory of its own below WORKDIR and a free port; both are gone afterwards. The same inputs
come each time. Exit code 0: no 5xx, no answer that the document does not name.
"""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
import uuid

import workbook

EXAMPLES = "40"  # random cases an operation and role, besides the systematic ones
ROLES = {
    "finance": "3403",
    "clerk": "340303001",
    "approver": "3403",
    "auditor": "3403",
    "hospital": "340304",
}
HOSPITAL = "11341729003258285D"


class Server:
    """A `jiujinan dev` that dies with this object."""

    def __init__(self, program, work):
        self.program, self.data = program, os.path.join(work, "data")
        self.log = open(os.path.join(work, "server.log"), "wb")
        listen = ["--listen", "127.0.0.1:0"]
        self.process = subprocess.Popen(
            [program, "dev", "--data-dir", self.data, *listen],
            stdout=subprocess.PIPE, stderr=self.log, text=True,
        )
        self.base = None
        for line in self.process.stdout:
            if found := re.match(r"jiujinan serves (http://\S+)", line):
                self.base = found[1]
                break
        if self.base is None:
            raise SystemExit(f"the server did not start, see {self.log.name}")

    def token(self, role, division):
        command = [self.program, "token", "--role", role, "--division", division, "--sub", f"{role}-1", "--ttl", "2h"]
        command += ["--hospital", HOSPITAL] if role == "hospital" else []
        return subprocess.check_output([*command, "--data-dir", self.data], text=True).strip()

    def call(self, method, path, token, body=None):
        request = urllib.request.Request(self.base + path, method=method)
        request.add_header("Authorization", f"Bearer {token}")
        if body is not None:
            request.add_header("Content-Type", "application/json")
            request.add_header("Idempotency-Key", str(uuid.uuid4()))
            request.data = json.dumps(body).encode()
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(timeout=60)
        # A cluster that user postgres could not reach below the work directory lies where this file says.
        record = os.path.join(self.data, "cluster.path")
        if os.path.exists(record):
            with open(record, encoding="utf-8") as place:
                shutil.rmtree(place.read().strip(), ignore_errors=True)
        shutil.rmtree(self.data, ignore_errors=True)


def things(server):
    """Ids of things that exist, so that not every path leads to 404."""
    finance, clerk, hospital = (server.token(role, ROLES[role]) for role in ("finance", "clerk", "hospital"))
    yesterday = time.strftime("%Y-%m-%dT%H:%M:%S+08:00", time.gmtime(time.time() - 16 * 3600))
    case = {
        "division": "340303001",
        "incident": {"cause": "fire", "place": "x", "occurred_at": yesterday},
        "applicant": {"id_type": "resident_id", "id_no": "340303188001010018", "name": "测试人"},
        "requested_fen": 60000,
        "payments": [{"method": "cash"}],
    }
    paid = server.call("POST", "/v1/fast-track", clerk, case)
    stay = {"id_type": "resident_id", "id_no": "34030318840503186X", "name": "测试甲", "stay": "inpatient", "visit_no": "ZY-1"}
    bill = {
        "message_id": "JS-1", "visit_no": "ZY-2", "patient": {"id_type": "temporary", "id_no": "W-1"},
        "fees": {"other_fen": 100}, "medfee_sumamt_fen": 100, "third_party_fen": 60,
    }
    funds = server.call("GET", "/v1/funds", finance)["items"]
    return {
        "fund": [fund["id"] for fund in funds],
        "case": [paid["case"]["id"]],
        "incident": [paid["case"]["incident_id"]],
        "waiver": [server.call("POST", "/v1/waivers", hospital, stay)["id"]],
        "settlement": [server.call("POST", "/v1/settlements", hospital, bill)["id"]],
    }


def play(server, schemathesis, work, role, known):
    """Runs schemathesis as a role. Returns how it went and the number of requests."""
    here = os.path.dirname(os.path.abspath(__file__))
    out = os.path.join(work, f"{role}.txt")
    environment = dict(os.environ, SCHEMATHESIS_HOOKS="hooks", PYTHONPATH=here, CONTRACT_THINGS=json.dumps(known))
    command = [
        schemathesis, "--config-file", os.path.join(here, "schemathesis.toml"), "run", server.base + "/openapi.json",
        "--header", f"Authorization: Bearer {server.token(role, ROLES[role])}",
        "--phases", "examples,coverage,fuzzing", "--max-examples", EXAMPLES,
        "--generation-deterministic",
        "--continue-on-failure", "--warnings", "off", "--no-color",
    ]
    with open(out, "wb") as file:
        code = subprocess.run(command, stdout=file, stderr=subprocess.STDOUT, env=environment, check=False, cwd=work).returncode
    with open(out, encoding="utf-8") as file:
        text = file.read()
    made = re.search(r"(\d+) generated", text)
    return code, int(made[1]) if made else 0, text


def main():
    program, schemathesis, work = sys.argv[1:4]
    work = os.path.abspath(work)
    os.makedirs(work, exist_ok=True)
    server, failed, total = Server(program, work), [], 0
    try:
        known = things(server)
        wrong, compared = workbook.check(server.base, server.token("finance", "3403"), known["fund"])
        print(f"contract: workbooks: {compared} movements read by openpyxl: {'; '.join(wrong) or 'ok'}", flush=True)
        if wrong or compared == 0:
            failed.append("workbooks")
        for role in ROLES:
            began = time.monotonic()
            code, made, text = play(server, schemathesis, work, role, known)
            total += made
            print(f"contract: {role}: {made} requests in {time.monotonic() - began:.0f} s: {'ok' if code == 0 else 'FAILED'}", flush=True)
            if code != 0 or made == 0:
                failed.append(role)
                print(text[-12000:], flush=True)
        if server.process.poll() is not None:
            failed.append("the server ended")
    finally:
        server.stop()
    print(f"contract: {total} requests: {'FAILED for ' + ', '.join(failed) if failed else 'no 5xx, no undocumented answer'}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
