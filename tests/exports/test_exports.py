"""The hand-over to finance through the command line: pre-titres, journal, VAT, accruals, archives, and what titres/
brings back."""

from __future__ import annotations

import csv
import io
import json
import shutil
import tarfile
from decimal import Decimal
from hashlib import sha256
from pathlib import Path

import pytest

from chargeback.cli.app import main
from kit.accounting_programs import checked, needs
from kit.issuable_scenarios import scenario
from kit.issuing import ON, PERIOD, entries, issue, state
from kit.slow import slow

ACCOUNTS = """
[[accounts]]
account = "7588"

[[accounts]]
regime = "contributions"
account = "74758"

[[accounts]]
rule = "hours"
account = "70878"
nature = "7087"
function = "020"

[[accounts]]
of = "prior-year-reduction"
account = "673"

[[accounts]]
of = "receivable"
account = "4141"

[[accounts]]
of = "vat"
regime = "services"
account = "44571"

[[accounts]]
of = "bank"
account = "515"
"""
TITRES = "invoice,year,bordereau,titre\n"
PAYMENTS = "invoice,date,amount\n"
Row = dict[str, str]


@pytest.fixture(scope="module")
def issued(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """September 2026 issued: a line credited in November, a whole document in 2027; with accounts. Tests that write
    copy it."""
    root = scenario("regimes-by-member-and-a-payer", tmp_path_factory.mktemp("issued") / "w")
    with (root / "chargeback.toml").open("a", encoding="utf-8") as file:
        file.write(ACCOUNTS)
    assert issue(root) == 0
    credit(root, "F2026-00003", "2026-11-05", "--line", "1")
    credit(root, "F2026-00004", "2026-12-15")
    credit(root, "F2026-00002", "2027-01-05", "--line", "4")
    return root


def credit(root: Path, number: str, on: str, *words: str) -> None:
    """A credit, issued."""
    why = ("--kind", "error", "--reason", "relevé erroné", "--date", on, "--yes")
    assert main(["-C", str(root), "credit", number, *why, *words]) == 0


@pytest.fixture
def root(issued: Path, tmp_path: Path) -> Path:
    """A copy to write in."""
    shutil.copytree(issued, tmp_path / "w")
    return tmp_path / "w"


def export(root: Path, *words: str) -> bytes:
    """What an export gives, through a file."""
    target = root.parent / "export"
    assert main(["-C", str(root), "export", *words, "--output", str(target)]) == 0
    return target.read_bytes()


def table(root: Path, *words: str) -> list[Row]:
    """The rows of an export in CSV."""
    return list(csv.DictReader(io.StringIO(export(root, *words).decode())))


def cells(rows: list[Row], *columns: str) -> list[tuple[str, ...]]:
    """Some columns of some rows."""
    return [tuple(row[column] for column in columns) for row in rows]


def write(path: Path, text: str) -> None:
    """A file of the workspace."""
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")


def test_each_line_is_a_pretitre(issued: Path) -> None:
    """A row per line: what becomes of it, on what, how much; a credit of an earlier exercice is a mandat."""
    found = cells(table(issued, "pretitres", PERIOD), "operation", "exercice", "number", "line", "net", "vat", "gross")
    assert found == [
        ("titre", "2026", "F2026-00001", "1", "275.48", "", "275.48"),
        ("titre", "2026", "F2026-00001", "2", "590.32", "", "590.32"),
        ("titre", "2026", "F2026-00001", "3", "118.06", "", "118.06"),
        ("titre", "2026", "F2026-00002", "1", "15.75", "", "15.75"),
        ("titre", "2026", "F2026-00002", "2", "50.00", "", "50.00"),
        ("titre", "2026", "F2026-00002", "3", "10.50", "", "10.50"),
        ("titre", "2026", "F2026-00002", "4", "4.50", "", "4.50"),
        ("titre", "2026", "F2026-00003", "1", "12.01", "2.40", "14.41"),
        ("titre", "2026", "F2026-00003", "2", "2.99", "0.60", "3.59"),
        ("titre", "2026", "F2026-00004", "1", "30.00", "", "30.00"),
        ("titre", "2026", "F2026-00005", "1", "16.14", "3.23", "19.37"),
        ("réduction", "2026", "A2026-00001", "1", "12.01", "2.40", "14.41"),
        ("annulation", "2026", "A2026-00002", "1", "30.00", "", "30.00"),
        ("mandat sur exercice antérieur", "2027", "A2027-00001", "4", "4.50", "", "4.50"),
    ]


def test_a_pretitre_says_who_pays_and_what_for(issued: Path) -> None:
    """One row whole: payer, object, quantity, account, and the file with its sha256."""
    row = table(issued, "pretitres", PERIOD)[7]
    assert row == {
        "operation": "titre",
        "exercice": "2026",
        "number": "F2026-00003",
        "issue_date": ON,
        "due_date": "2026-11-04",
        "bordereau": "",
        "titre": "",
        "original": "",
        "original_exercice": "",
        "original_bordereau": "",
        "original_titre": "",
        "payer_id": "firm",
        "name": "Entreprise",
        "siret": "99100006800015",
        "kind": "customer",
        "service_code": "",
        "engagement": "",
        "object": "Facture n° F2026-00003, septembre 2026",
        "line": "1",
        "sign": "1",
        "label": "Heures",
        "period": "2026-09",
        "month": "2026-09",
        "quantity": "8.005",
        "unit": "",
        "net": "12.01",
        "rate": "20.00",
        "vat": "2.40",
        "gross": "14.41",
        "account": "70878",
        "nature": "7087",
        "function": "020",
        "service": "services",
        "rule": "hours",
        "regime": "services",
        "category": "S",
        "exact_quantity": "8.005",
        "exact_unit": "",
        "unit_price": "1.50",
        "beneficiary": "firm",
        "pdf": "F2026-00003.pdf",
        "sha256": sha256((issued / "out/2026-09/invoices/F2026-00003.pdf").read_bytes()).hexdigest(),
        "shortened": "",
    }


def test_a_credit_names_the_titre_of_its_original(root: Path) -> None:
    """titres/ brings exercice, bordereau and number back; the exercice of a titre decides what its credit is."""
    write(root / "titres/2026.csv", f"{TITRES}F2026-00003,2026,12,345\nF2026-00002,2027,2,7\nA2026-00001,2026,14,400\n")
    rows = [row for row in table(root, "pretitres", PERIOD) if row["original"]]
    columns = (
        "operation",
        "original",
        "original_exercice",
        "original_bordereau",
        "original_titre",
        "bordereau",
        "titre",
    )
    assert cells(rows, *columns) == [
        ("réduction", "F2026-00003", "2026", "12", "345", "14", "400"),
        ("annulation", "F2026-00004", "2026", "", "", "", ""),
        ("réduction", "F2026-00002", "2027", "2", "7", "", ""),
    ]
    assert rows[0]["object"] == "Avoir n° A2026-00001, septembre 2026, sur F2026-00003 : relevé erroné"
    assert rows[0]["sha256"] == sha256((root / "out/corrections/A2026-00001.pdf").read_bytes()).hexdigest()


def test_json_and_csv_hold_the_same(issued: Path) -> None:
    """The objects have the columns of the table, all texts."""
    assert json.loads(export(issued, "pretitres", PERIOD, "--format", "json")) == table(issued, "pretitres", PERIOD)


def test_what_was_handed_over_before_can_be_left_out(issued: Path) -> None:
    """--since keeps the documents of later entries of the ledger, of a month or of all of it."""
    found = [row["number"] for row in table(issued, "pretitres", PERIOD, "--since", "2")]
    assert found == ["A2026-00002", "A2027-00001"]
    assert table(issued, "pretitres", "--since", "2") == table(issued, "pretitres", PERIOD, "--since", "2")
    assert table(issued, "pretitres", "--since", "0") == table(issued, "pretitres", PERIOD)
    assert table(issued, "pretitres", "--since", "4") == []


def test_an_export_goes_to_stdout_byte_for_byte(issued: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    """Data on stdout, words on stderr, and nothing of the workspace changes."""
    before = state(issued / "out")
    content = export(issued, "pretitres", PERIOD)
    capfdbinary.readouterr()
    assert main(["-C", str(issued), "export", "pretitres", PERIOD]) == 0
    told = capfdbinary.readouterr()
    assert told.out == content
    assert told.err == (
        b"2026-09: 14 lines of 8 documents\nthe ledger ends with entry 4: `--since 4` keeps what is issued after it\n"
    )
    assert state(issued / "out") == before


def test_without_accounts_a_pretitre_has_none_and_it_is_said(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A workspace without [[accounts]] hands over what it has."""
    settings = root / "chargeback.toml"
    settings.write_text(settings.read_text(encoding="utf-8").replace(ACCOUNTS, ""), encoding="utf-8")
    assert {row["account"] for row in table(root, "pretitres", PERIOD)} == {""}
    assert "chargeback.toml has no [[accounts]]: account, nature and function are empty" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["pretitres 2026-08", "journal 2026-08 --format csv", "chorus 2026-08"])
def test_a_month_that_is_not_issued_is_not_handed_over(
    root: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    """What is not issued may still change."""
    write(
        root / "chargeback.toml",
        (root / "chargeback.toml").read_text().replace("[operator]", "[operator]\nchorus = true"),
    )
    assert main(["-C", str(root), "export", *command.split()]) == 1
    assert capsys.readouterr().err == "2026-08 is not issued: `chargeback issue 2026-08` comes first\n"


def test_nothing_is_handed_over_before_anything_is_issued(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A workspace without ledger."""
    root = scenario("regimes-by-member-and-a-payer", tmp_path / "w")
    assert main(["-C", str(root), "export", "vat", "2026-10"]) == 1
    assert capsys.readouterr().err == "nothing is issued in this workspace yet: there is nothing to hand over\n"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("F2026-00003,2026,12,\n", "titres/t.csv:2: titre is empty: every row needs one"),
        (
            "F2026-00003,26,12,1\n",
            'titres/t.csv:2: year "26" is no year: write the exercice of the titre with four digits, as 2026',
        ),
        (
            "F2026-00003,2026,1 2,1\n",
            (
                'titres/t.csv:2: bordereau "1 2" is no number of the finance software: write its letters and digits, '
                "at most 20"
            ),
        ),
        (
            "F2026-3,2026,12,1\n",
            (
                'titres/t.csv:2: invoice "F2026-3" is the number of no issued document: correct it, or take the row '
                "out; did you mean F2026-00003?"
            ),
        ),
        (
            "F2026-00003,2026,12,1\nF2026-00003,2026,12,2\n",
            (
                "titres/t.csv:3: F2026-00003 has the titre 1 of 2026 in titres/t.csv:2 already: one document is one "
                "titre, take one row out"
            ),
        ),
    ],
)
def test_a_mistake_in_titres_has_its_line(root: Path, capsys: pytest.CaptureFixture[str], text: str, told: str) -> None:
    """The export and check refuse it in the same words."""
    write(root / "titres/t.csv", TITRES + text)
    capsys.readouterr()
    assert main(["-C", str(root), "export", "pretitres", PERIOD]) == 1
    assert capsys.readouterr().err.splitlines() == [told]
    assert main(["-C", str(root), "check"]) == 1
    assert capsys.readouterr().err.splitlines() == [told]


def test_several_documents_may_be_of_one_titre(root: Path) -> None:
    """A rôle takes many documents under one number."""
    write(root / "titres/t.csv", f"{TITRES}F2026-00001,2026,1,9\nF2026-00002,2026,1,9\n")
    assert main(["-C", str(root), "check"]) == 0


REVERSED = """
2026-11-05 * (A2026-00001) Entreprise | Avoir n° A2026-00001, septembre 2026, sur F2026-00003 : relevé erroné
    assets:receivable:4141:firm  -14.41 EUR
    revenues:70878                12.01 EUR
    liabilities:vat:44571          2.40 EUR
"""


def test_the_journal_of_a_credit_is_the_reverse(root: Path) -> None:
    """Revenue and VAT are taken back, the receivable is less by the total."""
    found = export(root, "journal", PERIOD, "--format", "hledger", "--since", "1").decode()
    assert REVERSED in f"\n{found}"


def postings(root: Path, *words: str) -> dict[str, Decimal]:
    """The sum of each account of the journal, receivables by payer."""
    sums: dict[str, Decimal] = {}
    for row in table(root, "journal", PERIOD, "--format", "csv", *words):
        name = f"{row['account']}:{row['auxiliary']}".strip(":")
        sums[name] = sums.get(name, Decimal(0)) + Decimal(row["debit"] or 0) - Decimal(row["credit"] or 0)
    return sums


def test_the_journal_is_the_invoices_by_account(root: Path) -> None:
    """Receivables are the documents of each payer, revenue their net, VAT theirs; all of it adds up to zero."""
    write(root / "payments/p.csv", f"{PAYMENTS}F2026-00001,2026-11-02,983.86\nF2026-00003,2026-11-03,10.00\n")
    found = postings(root)
    assert found == {
        "4141:agglo": Decimal("76.25"),
        "4141:firm": Decimal("-6.41"),
        "4141:sem95": Decimal("19.37"),
        "44571": Decimal("-3.83"),
        "515": Decimal("993.86"),
        "673": Decimal("4.50"),
        "70878": Decimal("-83.74"),
        "74758": Decimal("-983.86"),
        "7588": Decimal("-16.14"),
    }
    net = sum(line["amount"] for e in entries(root) for d in e["documents"] for line in d["lines"])
    assert net == -100 * sum(found[account] for account in ("673", "70878", "74758", "7588"))
    assert sum(found.values()) == 0


AWKWARD = 'Régie "d\'exploitation" (eau; ordures) | \\ Cie'


def awkward(root: Path) -> Path:
    """A workspace issued to a payer of an awkward name and id."""
    for path in (root / "members.csv", root / "usage/h.csv", root / "drivers.csv"):
        text = path.read_text(encoding="utf-8")
        path.write_text(
            text.replace("firm,", "Firm_é.1,").replace("Entreprise", '"' + AWKWARD.replace('"', '""') + '"')
        )
    settings = root / "chargeback.toml"
    settings.write_text(settings.read_text(encoding="utf-8") + ACCOUNTS.replace("7588", "75:88 x"), encoding="utf-8")
    assert issue(root) == 0
    write(root / "payments/p.csv", f"{PAYMENTS}F2026-00002,2026-11-02,80.75\nF2026-00002,2026-11-03,-1.00\n")
    return root


def booked(program: str, root: Path, folder: Path, *journals: bytes) -> tuple[int, str]:
    """What a real program says of journals beside the accounts of their workspace."""
    return checked(program, folder, export(root, "accounts", "--format", program), *journals)


@slow
@pytest.mark.parametrize("program", ["hledger", "beancount"])
def test_a_real_program_takes_the_journal(issued: Path, tmp_path: Path, program: str) -> None:
    """hledger check --strict and bean-check accept it, credits, payments and awkward names included; a cent off is
    refused."""
    needs(program)
    assert booked(program, issued, tmp_path, export(issued, "journal", PERIOD, "--format", program)) == (0, "")
    root = awkward(scenario("regimes-by-member-and-a-payer", tmp_path / "awkward"))
    content = export(root, "journal", PERIOD, "--format", program)
    assert booked(program, root, tmp_path, content) == (0, "")
    assert content.count(b"80.75 EUR") == 4
    assert booked(program, root, tmp_path, content.replace(b"-1.00 EUR", b"-1.01 EUR", 1))[0] != 0


def test_a_missing_account_names_rule_regime_and_kind(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Once for each that is missing."""
    settings = root / "chargeback.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace('[[accounts]]\naccount = "7588"\n', ""), encoding="utf-8")
    capsys.readouterr()
    told = (
        "chargeback.toml: no row of [[accounts]] gives an account for the rule network of the service shared "
        "under the regime "
        "services for payers of the kind customer: add one that names them, or fewer of them\n"
    )
    for words in (["journal", PERIOD, "--format", "csv"], ["pretitres", PERIOD]):
        assert main(["-C", str(root), "export", *words]) == 1
        assert capsys.readouterr().err == told


def test_vat_falls_due_on_payment_to_the_cent(root: Path) -> None:
    """Parts of a payment bear parts of the VAT; the parts of all months are the VAT of the document."""
    write(
        root / "payments/p.csv",
        f"{PAYMENTS}F2026-00005,2026-10-31,6.46\nF2026-00005,2026-11-01,6.46\nF2026-00005,2027-01-31,6.45\n",
    )
    columns = ("regime", "category", "rate", "due", "base", "vat", "gross")
    months = {m: cells(table(root, "vat", m), *columns) for m in ("2026-10", "2026-11", "2026-12", "2027-01")}
    assert months == {
        "2026-10": [
            ("contributions", "O", "", "invoice", "1013.86", "0.00", "1013.86"),
            ("cost-sharing", "E", "", "invoice", "80.75", "0.00", "80.75"),
            ("services", "S", "20.00", "payment", "5.38", "1.08", "6.46"),
        ],
        "2026-11": [("services", "S", "20.00", "payment", "5.39", "1.07", "6.46")],
        "2026-12": [("contributions", "O", "", "invoice", "-30.00", "0.00", "-30.00")],
        "2027-01": [
            ("cost-sharing", "E", "", "invoice", "-4.50", "0.00", "-4.50"),
            ("services", "S", "20.00", "payment", "5.37", "1.08", "6.45"),
        ],
    }


@slow
def test_vat_of_debits_falls_due_on_the_invoice(tmp_path: Path) -> None:
    """Under due = "invoice" the month of the document counts, and a credit takes it back in its own month."""
    root = scenario("regimes-by-member-and-a-payer", tmp_path / "w")
    settings = root / "chargeback.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace('rate = "20.00"', 'rate = "20.00"\ndue = "invoice"'), encoding="utf-8")
    assert issue(root) == 0
    credit(root, "F2026-00003", "2026-11-05", "--line", "1")
    columns = ("document", "issue_date", "base", "vat")
    found = [
        cells([r for r in table(root, "vat", m, "--detail") if r["category"] == "S"], *columns)
        for m in ("2026-10", "2026-11")
    ]
    assert found == [
        [("F2026-00003", ON, "15.00", "3.00"), ("F2026-00005", ON, "16.14", "3.23")],
        [("F2026-00003", ON, "-12.01", "-2.40")],
    ]


def test_vat_on_payments_without_payments_is_said(issued: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A folder payments/ that is not there is not taken for nothing paid in silence."""
    export(issued, "vat", "2026-10")
    told = capsys.readouterr().err.splitlines()
    assert told[-2:] == [
        "2026-10: VAT of 0.00 falls due on 3 documents",
        "VAT that is due on payment is due on what payments/ says, and there is no payments/",
    ]


def december(root: Path) -> Path:
    """The scenario's month moved to December 2026."""
    for path in (root / "usage/h.csv", root / "costs/2026-09.csv"):
        path.write_text(path.read_text(encoding="utf-8").replace("2026-09", "2026-12"), encoding="utf-8")
    with (root / "chargeback.toml").open("a", encoding="utf-8") as file:
        file.write(ACCOUNTS)
    return root


ACCRUED = ("period", "payer_id", "rule", "account", "amount", "reversed_by", "reversed_on")


@slow
def test_a_month_run_and_not_issued_is_accrued(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A month with data that was never run is named; run, it is computed again; issued in the new year, it is reversed
    by its documents."""
    root = december(scenario("regimes-by-member-and-a-payer", tmp_path / "w"))
    assert table(root, "accruals", "2026") == []
    assert "never run, so nothing of it is in here: 2026-12" in capsys.readouterr().err
    assert main(["-C", str(root), "run", "2026-12", "--no-documents"]) == 0
    waiting = table(root, "accruals", "2026")
    assert capsys.readouterr().err.splitlines()[-3:] == [
        "2026: 1,125.75 net to accrue",
        "1,125.75 of it is on no document yet: as computed today",
        "run and not issued: 2026-12",
    ]
    assert {(row["reversed_by"], row["reversed_on"]) for row in waiting} == {("", "")}
    assert issue(root, "2027-01-05", "2026-12") == 0
    reversed_by = table(root, "accruals", "2026")
    amounts = ("period", "payer_id", "rule", "account", "amount")
    assert cells(waiting, *amounts) == cells(reversed_by, *amounts)
    of_firm = [row for row in reversed_by if row["payer_id"] == "firm"]
    assert cells(of_firm, *ACCRUED) == [
        ("2026-12", "firm", "hours", "70878", "15.00", "F2027-00003", "2027-01-05"),
    ]  # fmt: skip
    billed = sum(line["amount"] for d in entries(root)[0]["documents"] for line in d["lines"])
    assert sum(Decimal(row["amount"]) for row in reversed_by) * 100 == billed
    assert table(root, "accruals", "2027") == []


def test_what_is_issued_within_the_year_is_not_accrued(issued: Path) -> None:
    """Neither the month nor a credit of the next year."""
    assert table(issued, "accruals", "2026") == []


def deposited(root: Path) -> Path:
    """A workspace whose operator deposits on Chorus Pro."""
    settings = root / "chargeback.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace("[operator]", "[operator]\nchorus = true"), encoding="utf-8")
    return root


def test_the_archive_holds_the_files_as_issued(root: Path) -> None:
    """Each with its date, twice the same bytes; verify finds nothing in out/exports to complain about."""
    deposited(root)
    assert main(["-C", str(root), "export", "chorus", PERIOD]) == 0
    path = root / "out/exports/chorus-2026-09-1-of-1.tar.gz"
    first = path.read_bytes()
    with tarfile.open(path) as tar:
        found = {m.name: (m.mtime, m.uid, m.mode, tar.extractfile(m).read()) for m in tar.getmembers()}  # type: ignore[union-attr]
    assert sorted(found) == [
        *(f"A2026-0000{n}.pdf" for n in (1, 2)),
        "A2027-00001.pdf",
        *(f"F2026-0000{n}.pdf" for n in range(1, 6)),
    ]
    content = (root / "out/2026-09/invoices/F2026-00001.pdf").read_bytes()
    assert found["F2026-00001.pdf"] == (1791158400, 0, 0o644, content)
    path.unlink()
    assert main(["-C", str(root), "export", "chorus", PERIOD]) == 0
    assert path.read_bytes() == first
    assert main(["-C", str(root), "verify"]) == 0


def test_only_who_deposits_on_chorus_gets_archives(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A body under Hélios goes through its finance software."""
    capsys.readouterr()
    assert main(["-C", str(root), "export", "chorus", PERIOD]) == 1
    told = capsys.readouterr().err
    assert told.startswith("chargeback.toml:1: [operator] does not say chorus = true")
    assert not (root / "out/exports").exists()


def test_an_altered_file_is_not_deposited(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is written when a file is not the one issued."""
    deposited(root)
    path = root / "out/2026-09/invoices/F2026-00001.pdf"
    path.write_bytes(path.read_bytes() + b"\n")
    capsys.readouterr()
    assert main(["-C", str(root), "export", "chorus", PERIOD]) == 1
    told = (
        "out/2026-09/invoices/F2026-00001.pdf was altered after it was issued: put it back from a copy; nothing is "
        "written\n"
    )
    assert capsys.readouterr().err == told
    assert not (root / "out/exports").exists()
