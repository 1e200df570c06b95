"""Reads the entries of funds as a workbook with openpyxl, and compares every figure with those of the JSON answer."""

import io
import json
import urllib.request
from decimal import Decimal

import openpyxl

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def ask(base, token, path, accept):
    request = urllib.request.Request(base + path)
    request.add_header("Authorization", f"Bearer {token}")
    request.add_header("Accept", accept)
    with urllib.request.urlopen(request) as answer:
        return answer.read()


def fen(value):
    """Fen of a cell: the float nearest to a decimal of at most fifteen digits, which its shortest text is again."""
    return int(Decimal(str(value)) * 100)


def totals(answer):
    return [answer[name] for name in ("credited_fen", "held_fen", "paid_fen", "balance_fen")]


def compare(fund, answer, sheet):
    """What differs, in words."""
    wrong = []
    rows = [row for row in sheet.iter_rows(values_only=True) if row[0] is not None]
    by_kind = lambda word: [row for row in rows if str(row[0]).endswith(word)]
    [opening], moves, [total], [closing] = by_kind("opening"), by_kind("movement"), by_kind("sum"), by_kind("closing")
    if len(moves) != len(answer["movements"]):
        wrong.append(f"{len(moves)} rows, {len(answer['movements'])} movements")
    for row, movement in zip(moves, answer["movements"]):
        if [fen(cell) for cell in row[8:12]] != totals(movement) or fen(row[6]) != movement["amount_fen"]:
            wrong.append(f"version {movement['version']}")
    for name, row in (("opening", opening), ("closing", closing)):
        if [fen(cell) for cell in row[8:12]] != totals(answer[name]):
            wrong.append(name)
    changes = sum(fen(row[7]) for row in moves)
    if fen(total[7]) != changes or fen(opening[11]) + changes != fen(closing[11]):
        wrong.append("the sum of changes")
    return [f"fund {fund}: {what}" for what in wrong]


def check(base, token, funds):
    """The funds whose workbook differs from their entries, and the number of rows that were compared."""
    wrong, compared = [], 0
    for fund in funds:
        path = f"/v1/funds/{fund}/entries"
        answer = json.loads(ask(base, token, path, "application/json"))
        book = io.BytesIO(ask(base, token, path, XLSX))
        # Values, as they were stored with the formulas of the sum row.
        values = openpyxl.load_workbook(book, data_only=True)
        formulas = openpyxl.load_workbook(book)
        wrong += compare(fund, answer, values.active)
        texts = [cell for row in formulas.active.iter_rows() for cell in row if cell.data_type == "f"]
        wrong += [f"fund {fund}: a formula in {cell.coordinate}" for cell in texts if not str(cell.value).startswith("=SUM(H")]
        compared += len(answer["movements"])
    return wrong, compared
