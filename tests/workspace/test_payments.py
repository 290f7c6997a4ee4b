"""Payments beside the charges: read strictly, an aged balance in the workbook, what is owed on the statements."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from chargeback.cli.app import main
from chargeback.ledger.receivables import IssuedAmount, balance
from chargeback.model.period import Period
from chargeback.model.problem import Place
from chargeback.model.receivables import Balance, Payment, Receivable
from kit.correcting import FIRM, credit
from kit.issuable_scenarios import scenario
from kit.issuing import PERIOD, entries, issue, state
from kit.pdf_text import whole
from kit.slow import slow
from kit.spreadsheet import Spreadsheet

NEXT = "2026-10"
ISSUED = date(2026, 10, 5)
DUE = date(2026, 11, 4)


def owed(gross: int, credited: int = 0, paid: int = 0, due: date = DUE) -> Receivable:
    return Receivable("F1", "cergy", Period(2026, 9), ISSUED, due, gross, credited, paid)


@pytest.mark.parametrize(
    ("days", "bucket"),
    [
        *((-1, "not_due"), (0, "not_due"), (1, "to_30"), (30, "to_30"), (31, "to_60"), (60, "to_60")),
        *((61, "to_90"), (90, "to_90"), (91, "over_90"), (4000, "over_90")),
    ],
)
def test_the_columns_of_days(days: int, bucket: str) -> None:
    """The day it is due is not late; each column ends with its last day."""
    on = DUE + timedelta(days=days)
    assert (owed(100).bucket(on), owed(100).days_late(on)) == (bucket, max(0, days))


def test_what_the_operator_owes_is_never_late() -> None:
    """Overpaid, or a credit note of a month: a column of its own."""
    on = DUE + timedelta(days=100)
    for row in (owed(100, paid=120), owed(-50), owed(100, credited=100, paid=100)):
        assert (row.bucket(on), row.days_late(on)) == ("credit", 0)


def document(number: str, gross: int, on: date = ISSUED, reverses: str = "") -> IssuedAmount:
    return IssuedAmount(number, "cergy", Period(2026, 9), on, on + timedelta(days=30), gross, reverses)


def paid(number: str, amount: int, on: date) -> Payment:
    return Payment(number, on, amount, Place("payments/a.csv", 2))


def test_a_balance_is_of_its_day() -> None:
    """Documents, credits and payments after it do not count; a credit counts with its invoice; what is settled is left
    out."""
    later = date(2026, 11, 10)
    documents = [
        document("F1", 1000),
        document("F2", 500),
        document("A1", -300, date(2026, 10, 20), "F1"),
        document("A2", -50),
        document("F3", 700, later),
        document("A3", -100, later, "F1"),
    ]
    payments = [
        *(paid("F1", 200, date(2026, 10, 25)), paid("F1", -50, date(2026, 10, 26)), paid("F1", 100, later)),
        paid("F2", 500, date(2026, 10, 31)),
    ]
    found = balance(documents, payments, date(2026, 10, 31))
    assert [(r.number, r.gross, r.credited, r.paid, r.open) for r in found.rows] == [
        ("A2", -50, 0, 0, -50),
        ("F1", 1000, 300, 150, 550),
    ]
    assert found.open == 500
    end = balance(documents, payments, later)
    assert [(r.number, r.open) for r in end.rows] == [("A2", -50), ("F1", 350), ("F3", 700)]
    assert [r.number for r in end.late] == ["F1"]


def test_what_will_never_be_paid_leaves_the_balance() -> None:
    """1000 less 300 paid and 200 written off on that day are 500; the debt that is extinguished is owed no more."""
    end = date(2026, 10, 31)
    payments = [
        paid("F1", 300, end),
        replace(paid("F1", 200, end), kind="written-off"),
        replace(paid("F2", 500, end), kind="extinguished"),
    ]
    documents = [document("F1", 1000, end), document("F2", 500)]
    (row,) = balance(documents, payments, end).rows
    assert (row.number, row.paid, row.given_up, row.open) == ("F1", 300, 200, 500)
    assert [r.open for r in balance(documents, payments, end - timedelta(1)).rows] == [500]


def test_the_balance_of_one_payer() -> None:
    """Only its own documents."""
    both = Balance(DUE, (owed(100), Receivable("F2", "osny", Period(2026, 9), ISSUED, DUE, 5, 0, 0)))
    assert [r.number for r in both.of("osny").rows] == ["F2"]


@pytest.fixture(scope="module")
def issued(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """September issued on its last day and due on 30 October, a credit of 100.00 on agglo's, October to come."""
    root = scenario("regimes-by-member-and-a-payer", tmp_path_factory.mktemp("issued") / "w")
    for path in ("usage/h.csv", "costs/2026-09.csv"):
        text = (root / path).read_text(encoding="utf-8").replace("2026-09", NEXT)
        (root / path).with_name("next.csv").write_text(text, encoding="utf-8")
    assert issue(root, "2026-09-30") == 0
    assert credit(root, "F2026-00001", "--amount", "100") == 0
    return root


@pytest.fixture
def root(issued: Path, tmp_path: Path) -> Path:
    """A copy to write in."""
    shutil.copytree(issued, tmp_path / "w")
    return tmp_path / "w"


def pay(root: Path, *rows: str) -> None:
    (root / "payments").mkdir(exist_ok=True)
    (root / "payments/bank.csv").write_text("\n".join(("invoice,date,amount", *rows)) + "\n", encoding="utf-8")


def test_the_workbook_has_an_aged_balance(root: Path) -> None:
    """Payer and document with what was due, credited, paid, and the rest in the column of its days, on the last day."""
    pay(root, "F2026-00001,2026-10-20,200.00", f"{FIRM},2026-10-30,20.00", "F2026-00004,2026-11-02,1.00")
    assert main(["-C", str(root), "run", NEXT]) == 0
    book = Spreadsheet((root / "out" / NEXT / "finance.xlsx").read_bytes())
    rows = {row["Document"]: row for row in book.rows("Balance")}
    shown = ("TTC", "Avoirs", "Payé", "Reste dû", "Jours de retard", "Non échu", "1 à 30 jours", "Au crédit du payeur")
    found = {number: tuple(row.get(name) for name in shown) for number, row in rows.items()}
    none = found["F2026-00001"][5]
    assert none in (None, "")
    assert found["F2026-00001"] == (
        *(Decimal("983.86"), Decimal("100.00"), Decimal("200.00"), Decimal("683.86"), Decimal(1)),
        *(none, Decimal("683.86"), none),
    )
    assert found[FIRM] == (
        *(Decimal("18.00"), Decimal("0.00"), Decimal("20.00"), Decimal("-2.00"), Decimal(0)),
        *(none, none, Decimal("-2.00")),
    )
    assert found["F2026-00004"][2] == Decimal("0.00")


def test_a_statement_says_what_is_owed(root: Path) -> None:
    """A sentence on the first page, the documents on the second; who owes nothing is told so."""
    pay(root, "F2026-00001,2026-10-20,200.00", f"{FIRM},2026-10-30,18.00")
    assert main(["-C", str(root), "run", NEXT]) == 0
    folder = root / "out" / NEXT / "statements"
    page = " ".join(whole((folder / "agglo.pdf").read_bytes()).replace("\u202f", " ").replace("\xa0", " ").split())
    assert "Au 31 octobre 2026, 764,61 € restent dus sur 2 documents émis auparavant." in page
    assert "764,61 € sont échus, depuis le 30 octobre 2026 pour le plus ancien." in page
    assert "Ce qui reste dû au 31 octobre 2026" in page
    settled = " ".join(whole((folder / "firm.pdf").read_bytes()).split())
    assert "Au 31 octobre 2026, tout ce qui a été émis auparavant est réglé." in settled


def test_the_aged_balance_of_an_issue_has_the_documents_of_its_day(root: Path) -> None:
    """Those that it draws up itself, beside those of before with what was paid that day; statements say what was owed
    before."""
    pay(root, "F2026-00001,2026-11-05,200.00")
    assert issue(root, "2026-11-05", NEXT) == 0
    book = Spreadsheet((root / "out" / NEXT / "finance.xlsx").read_bytes())
    rows = {row["Document"]: row for row in book.rows("Balance")}
    own = {d["number"]: d for d in entries(root)[-1]["documents"]}
    assert len(own) == 5
    assert set(own) < set(rows)
    assert rows["F2026-00001"]["Payé"] == Decimal("200.00")
    for number, one in own.items():
        gross = sum(line["amount"] for line in one["lines"]) + sum(tax["vat"] for tax in one["vat_lines"])
        assert (rows[number]["Reste dû"], rows[number]["Non échu"]) == (Decimal(gross) / 100,) * 2
    page = " ".join(whole((root / "out" / NEXT / "statements/agglo.pdf").read_bytes()).split())
    assert "restent dus sur 2 documents émis auparavant" in page


def test_before_anything_is_issued_nothing_is_said_of_it(tmp_path: Path) -> None:
    """No sheet, no sentence."""
    root = scenario("regimes-by-member-and-a-payer", tmp_path / "w")
    assert main(["-C", str(root), "run", PERIOD]) == 0
    assert "Balance âgée" not in Spreadsheet((root / "out" / PERIOD / "finance.xlsx").read_bytes()).sheets
    assert "émis auparavant" not in whole((root / "out" / PERIOD / "statements/agglo.pdf").read_bytes())


def test_payments_move_no_charge(root: Path) -> None:
    """charges.csv and every invoice are the same bytes with and without them; run.json names the file."""
    assert main(["-C", str(root), "run", NEXT]) == 0
    before = state(root / "out" / NEXT)
    pay(root, "F2026-00001,2026-10-20,200.00")
    assert main(["-C", str(root), "run", NEXT]) == 0
    after = state(root / "out" / NEXT)
    changed = {path for path in after if after[path] != before[path]}
    assert changed == {"run.json", "statements/agglo.pdf"}
    written = json.loads((root / "out" / NEXT / "run.json").read_text(encoding="utf-8"))
    assert "payments/bank.csv" in written["inputs"]


@slow
def test_payments_after_an_issue_leave_it_as_it_is(root: Path) -> None:
    """verify finds nothing: payments are no part of what was billed."""
    pay(root, "F2026-00001,2026-10-20,200.00")
    assert main(["-C", str(root), "verify"]) == 0


WRONG = {
    "an unknown invoice": (
        "F2026-1,2026-10-20,1.00",
        (
            'invoice "F2026-1" is the number of no issued document: correct it, or take the row out; did you mean '
            "F2026-00001?"
        ),
    ),
    "no date": (f"{FIRM},,1.00", "date is empty: every row needs one"),
    "no invoice": (",2026-10-20,1.00", "invoice is empty: every row needs one"),
    "another date": (f"{FIRM},20/10/2026,1.00", 'date "20/10/2026" is not a date'),
    "a comma": (f'{FIRM},2026-10-20,"1,00"', 'amount "1,00" is not a number'),
    "three decimals": (f"{FIRM},2026-10-20,1.005", 'amount "1.005" has 3 decimals'),
    "nothing": (f"{FIRM},2026-10-20,0.00", "amount is 0: a payment is of an amount"),
    "too early": (f"{FIRM},2026-09-29,1.00", f"date 2026-09-29 is before {FIRM} was issued, on 2026-09-30"),
    "a credit": ("A2026-00001,2026-10-20,-1.00", "A2026-00001 is a credit note on F2026-00001: name that invoice"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_payment_is_a_problem_at_its_line(root: Path, case: str, capsys: pytest.CaptureFixture[str]) -> None:
    """File and line, what was found, what was expected; the run writes nothing."""
    row, expected = WRONG[case]
    pay(root, f"{FIRM},2026-10-10,1.00", row)
    capsys.readouterr()
    assert main(["-C", str(root), "run", NEXT, "--no-documents"]) == 1
    assert capsys.readouterr().err.startswith(f"payments/bank.csv:3: {expected}")
    assert not (root / "out" / NEXT).exists()


def test_hospitals_pay_in_fifty_days(root: Path) -> None:
    """The due date that lateness counts from is the payer's own."""
    lines = (root / "members.csv").read_text(encoding="utf-8").splitlines()
    with_days = [f"{lines[0]},payment_days", *(f"{r},{'50' if r.startswith('firm') else ''}" for r in lines[1:])]
    (root / "members.csv").write_text("\n".join(with_days) + "\n", encoding="utf-8")
    assert issue(root, "2026-10-31", NEXT) == 0
    entry = json.loads((root / "out/ledger.jsonl").read_bytes().splitlines()[-1])
    due = {d["payer"]["member_id"]: d["due_date"] for d in entry["documents"]}
    assert due == {"agglo": "2026-11-30", "firm": "2026-12-20", "sem95": "2026-11-30"}
