"""Cost files: CSV and workbooks, exact to the cent, every mistake at its line or cell."""

from __future__ import annotations

import io
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from chargeback.model.facts import Cost
from chargeback.model.period import Period
from chargeback.model.problem import Place
from chargeback.store.database import open_store
from chargeback.store.load.cost_files import read_costs
from chargeback.store.load.sync import synchronise
from kit.loading import COSTS, PARIS, codes, costs, load, put

JULY = Period(2026, 7)
HEADER = COSTS.split(",")


def workbook(*sheets: tuple[str, list[list[Any]]]) -> bytes:
    """A workbook of these sheets."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets:
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def booked(root: Path, period: Period = JULY) -> tuple[Cost, ...]:
    """The costs of a month, loaded."""
    with open_store(None, write=True) as store:
        assert synchronise(store, root, PARIS).problems == ()
        return store.costs(period)


def test_costs_are_cents(tmp_path: Path) -> None:
    """Columns in any order, refunds, 18 digits; another month is left out; the order is that of pools and accounts."""
    put(
        tmp_path,
        {
            "costs/a.csv": "amount,period,document,label,account,pool\n"
            '-10.5,2026-07,D2,"Link, ""A""",611,net\n999999999999999999.99,2026-07,,,,energy\n1,2026-08,,,,net\n'
        },
    )
    expected = (
        Cost(
            period=JULY,
            pool="energy",
            account="",
            label="",
            amount=99_999_999_999_999_999_999,
            document="",
            where=Place("costs/a.csv", 3),
        ),
        Cost(
            period=JULY,
            pool="net",
            account="611",
            label='Link, "A"',
            amount=-1050,
            document="D2",
            where=Place("costs/a.csv", 2),
        ),
    )
    assert expected == booked(tmp_path)


def test_a_workbook_is_read_as_excel_shows_it(tmp_path: Path) -> None:
    """15 significant digits, whole numbers as text, a first of the month as that month; other sheets are not read."""
    rows: list[list[Any]] = [
        [*HEADER, None],
        ["2026-07", "net", 611, "Link", 1234.1, 7.0],
        [None] * 6,
        [datetime(2026, 7, 1), "net", "611", None, 0.1 + 0.2, None],
        ["2026-07", "net", 612, None, "12.50", None],
    ]
    put(tmp_path, {"costs/a.xlsx": workbook(("Juillet", rows), ("Notes", [["rien à lire"]]), ("Vide", []))})
    expected = (
        Cost(
            period=JULY,
            pool="net",
            account="611",
            label="",
            amount=30,
            document="",
            where=Place("costs/a.xlsx", cell="Juillet!A4"),
        ),
        Cost(
            period=JULY,
            pool="net",
            account="611",
            label="Link",
            amount=123_410,
            document="7",
            where=Place("costs/a.xlsx", cell="Juillet!A2"),
        ),
        Cost(
            period=JULY,
            pool="net",
            account="612",
            label="",
            amount=1250,
            document="",
            where=Place("costs/a.xlsx", cell="Juillet!A5"),
        ),
    )
    assert expected == booked(tmp_path)


@pytest.mark.parametrize(
    ("content", "place", "code"),
    [
        ("", "costs/a.csv", "empty-file"),
        ("period,pool,account,label,amount\n", "costs/a.csv:1", "missing-column"),
        (COSTS + ",note\n", "costs/a.csv:1", "unknown-column"),
        (COSTS.replace(",", ";") + "\n", "costs/a.csv:1", "not-commas"),
        (costs("2026-07,net,611,x,1.005,d"), "costs/a.csv:2", "too-many-decimals"),
        (costs("2026-07,net,611,x,1e3,d"), "costs/a.csv:2", "bad-number"),
        (costs('2026-07,net,611,x,"1 000,00",d'), "costs/a.csv:2", "bad-number"),
        (costs("2026-07,net,611,x,,d"), "costs/a.csv:2", "bad-number"),
        (costs("2026-7,net,611,x,1,d"), "costs/a.csv:2", "bad-period"),
        (costs("2026-13,net,611,x,1,d"), "costs/a.csv:2", "bad-period"),
        (costs(",net,611,x,1,d"), "costs/a.csv:2", "bad-period"),
        (costs("2026-07,,611,x,1,d"), "costs/a.csv:2", "empty-cell"),
        (costs("2026-07,net,611,x,1,d", "2026-07,net,611"), "costs/a.csv:3", "truncated-row"),
        (costs('2026-07,net,611,"x\ny",1,d', ""), "costs/a.csv:2", "bad-line"),
        (costs("2026-07,net,611,x,1,d").encode() + b"\xe9", "costs/a.csv:3", "not-utf-8"),
    ],
)
def test_a_mistake_in_a_csv_file_has_its_line(tmp_path: Path, content: str | bytes, place: str, code: str) -> None:
    """The place is the line, and nothing of the file is in the store."""
    put(tmp_path, {"costs/a.csv": content})
    assert [(place, code)] == codes(load(tmp_path))
    with open_store(tmp_path / "chargeback.duckdb", write=False) as store:
        assert (store.files(), store.costs(JULY)) == ((), ())


GOOD = ["2026-07", "net", 611, "Link", 1, ""]


@pytest.mark.parametrize(
    ("rows", "place", "code"),
    [
        ([HEADER, [*GOOD[:4], 1.005, ""]], "costs/a.xlsx:S!E2", "too-many-decimals"),
        ([HEADER, [*GOOD[:4], "abc", ""]], "costs/a.xlsx:S!E2", "bad-number"),
        ([HEADER, [*GOOD[:4], True, ""]], "costs/a.xlsx:S!E2", "bad-cell"),
        ([HEADER, [*GOOD[:4], None, ""]], "costs/a.xlsx:S!E2", "bad-number"),
        ([HEADER, [datetime(2026, 7, 2), *GOOD[1:]]], "costs/a.xlsx:S!A2", "bad-period"),
        ([HEADER, GOOD, [*GOOD, "note"]], "costs/a.xlsx:S!G3", "too-long-row"),
        ([HEADER, [GOOD[0], "#N/A", *GOOD[2:]]], "costs/a.xlsx:S!B2", "formula-error"),
        ([HEADER, [GOOD[0], None, *GOOD[2:]]], "costs/a.xlsx:S!B2", "empty-cell"),
        ([HEADER[:-1], GOOD[:-1]], "costs/a.xlsx:S!A1", "missing-column"),
        ([["nothing"]], "costs/a.xlsx", "missing-column"),
        ([], "costs/a.xlsx", "missing-column"),
    ],
)
def test_a_mistake_in_a_workbook_has_its_cell(tmp_path: Path, rows: list[list[Any]], place: str, code: str) -> None:
    """The place is the sheet and the cell."""
    put(tmp_path, {"costs/a.xlsx": workbook(("S", rows))})
    assert [(place, code)] == codes(load(tmp_path))


def test_a_file_that_is_no_workbook_is_refused(tmp_path: Path) -> None:
    """An old .xls under a new name, or half a file, is a problem and no stack trace."""
    put(
        tmp_path,
        {"costs/a.xlsx": b"\xd0\xcf\x11\xe0", "costs/b.xlsx": workbook(("S", [HEADER]))[:100], "costs/c.xls": b""},
    )
    expected = [
        ("costs/a.xlsx", "unreadable-workbook"),
        ("costs/b.xlsx", "unreadable-workbook"),
        ("costs/c.xls", "unknown-file"),
    ]
    assert expected == sorted(codes(load(tmp_path)))


def test_a_formula_never_computed_is_not_an_empty_cell(tmp_path: Path) -> None:
    """A workbook written by a program holds formulas without values: the cell is named, nothing is taken for empty."""
    put(tmp_path, {"costs/a.xlsx": workbook(("S", [HEADER, ["2026-07", "net", 611, '="x"&1', "=1+1", ""]]))})
    assert codes(load(tmp_path)) == [("costs/a.xlsx:S!D2", "formula-error"), ("costs/a.xlsx:S!E2", "formula-error")]


def test_hidden_sheets_and_rows_are_known(tmp_path: Path) -> None:
    """Costs of a hidden sheet, of a very hidden one, and of a row hidden by hand or by a filter say so."""
    book = openpyxl.Workbook()
    for title, state in (("A", "visible"), ("B", "hidden"), ("C", "veryHidden")):
        sheet = book.create_sheet(title)
        for row in (COSTS.split(","), *(["2026-07", "net", "6", f"{title}{n}", n, "d"] for n in (1, 2))):
            sheet.append(row)
        sheet.sheet_state = state
    book["A"].auto_filter.ref = "A1:F3"
    book["A"].row_dimensions[3].hidden = True
    del book["Sheet"]
    (tmp_path / "costs").mkdir()
    book.save(tmp_path / "costs/a.xlsx")
    rows, problems = read_costs(tmp_path, "costs/a.xlsx")
    shown = {"A1": "", "A2": "row", "B1": "sheet", "B2": "sheet", "C1": "sheet", "C2": "sheet"}
    assert (shown, []) == ({row.label: row.hidden for row in rows}, problems)
