"""Journals of several months load together, each account declared once; reductions of an earlier exercice and what will
never be paid have accounts of their own."""

from __future__ import annotations

import csv
import io
import shutil
from pathlib import Path

import pytest

from chargeback.cli.app import main
from kit.accounting_programs import checked, needs
from kit.correcting import GIFT, credit
from kit.issuing import edit

TWO_MONTHS = Path(__file__).with_name("journals-of-two-months-load-together")
EXPECTED = TWO_MONTHS / "expected"
OWN = '\n[[accounts]]\nof = "prior-year-reduction"\naccount = "673"\n'
LOST = '\n[[accounts]]\nof = "bad-debt"\naccount = "6541"\n'


@pytest.fixture(scope="module")
def issued(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """November of 12.00 issued in 2026, December of 24.00 in 2027; no account for reductions or for bad debt."""
    root = tmp_path_factory.mktemp("issued") / "w"
    shutil.copytree(TWO_MONTHS, root, ignore=shutil.ignore_patterns("expected"))
    for period, on in (("2026-11", "2026-12-01"), ("2026-12", "2027-01-04")):
        assert main(["-C", str(root), "issue", period, "--date", on]) == 0
        assert main(["-C", str(root), "close", period, "--date", on]) == 0
    return root


@pytest.fixture
def root(issued: Path, tmp_path: Path) -> Path:
    """A copy to write in."""
    return Path(shutil.copytree(issued, tmp_path / "w"))


def export(root: Path, *words: str) -> bytes:
    """What an export gives, through a file."""
    target = root.parent / "export"
    assert main(["-C", str(root), "export", *words, "--output", str(target)]) == 0
    return target.read_bytes()


def table(root: Path, *words: str) -> list[dict[str, str]]:
    """The rows of an export in CSV."""
    return list(csv.DictReader(io.StringIO(export(root, *words, "--format", "csv").decode())))


def entry(root: Path, number: str, *words: str) -> list[tuple[str, str, str, str]]:
    """(side, account, debit, credit) of the last entry of a document in the journal."""
    rows = [row for row in table(root, "journal", *words) if row["document"] == number]
    return [(r["side"], r["account"], r["debit"], r["credit"]) for r in rows if r["entry"] == rows[-1]["entry"]]


def accounts(root: Path, *rows: str) -> None:
    """Rows of [[accounts]] added to the settings."""
    with (root / "chargeback.toml").open("a", encoding="utf-8") as file:
        file.writelines(rows)


@pytest.mark.parametrize("program", ["hledger", "beancount"])
def test_journals_of_two_months_load_together(issued: Path, tmp_path: Path, program: str) -> None:
    """Exported in any order, the same bytes each time; a book includes the accounts once and any of the months."""
    needs(program)
    made = {name: export(issued, "journal", name, "--format", program) for name in ("2026-12", "2026-11", "2026-12")}
    made["accounts"] = export(issued, "accounts", "--format", program)
    assert made == {name: (EXPECTED / f"{name}.{program}").read_bytes() for name in made}
    for months in (["2026-11"], ["2026-12"], ["2026-11", "2026-12"], ["2026-12", "2026-11"]):
        assert checked(program, tmp_path, made["accounts"], *(made[name] for name in months)) == (0, "")


def test_an_export_may_be_of_an_exercice(root: Path) -> None:
    """The exercice is that of the titre in titres/, else the year of the date; with a month, of both."""

    def numbers(*words: str) -> list[str]:
        return [row["number"] for row in table(root, "pretitres", *words)]

    assert [numbers("--exercice", year) for year in ("2026", "2027", "2028")] == [["F2026-00001"], ["F2027-00001"], []]
    (root / "titres").mkdir()
    (root / "titres/t.csv").write_text("invoice,year,bordereau,titre\nF2027-00001,2026,40,512\n", encoding="utf-8")
    assert numbers("--exercice", "2026") == ["F2026-00001", "F2027-00001"]
    assert numbers("2026-12", "--exercice", "2026") == ["F2027-00001"]
    assert numbers("2026-12", "--exercice", "2027") == numbers("--exercice", "2027") == []
    assert numbers("--exercice", "2026", "--since", "2") == ["F2027-00001"]
    assert {row["document"] for row in table(root, "journal", "--exercice", "2026", "--since", "1")} == {"F2027-00001"}


def test_an_archive_of_an_exercice_is_named_by_it(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """out/exports/chorus-exercice-2027-1-of-1.tar.gz; what has no document is refused."""
    edit(root / "chargeback.toml", "[operator]", "[operator]\nchorus = true")
    assert main(["-C", str(root), "export", "chorus", "--exercice", "2027"]) == 0
    assert [p.name for p in (root / "out/exports").iterdir()] == ["chorus-exercice-2027-1-of-1.tar.gz"]
    capsys.readouterr()
    assert main(["-C", str(root), "export", "chorus", "2026-11", "--exercice", "2027", "--since", "0"]) == 1
    refused = "2026-11, exercice 2027, since entry 0 has no such document: there is nothing to deposit\n"
    assert capsys.readouterr().err == refused


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        ([], 2, "say which documents: a PERIOD, --exercice YEAR or --since ENTRY"),
        (["--since", "5"], 1, "--since 5 is no entry of the ledger: its last one is 4"),
        (["--since", "2026-11-01"], 2, "'2026-11-01' is no entry of the ledger: expected its number, as 12"),
    ],
)
def test_an_export_says_which_documents(
    issued: Path, capsys: pytest.CaptureFixture[str], words: list[str], code: int, told: str
) -> None:
    """A month, an exercice or an entry of the ledger; a day is none."""
    capsys.readouterr()
    assert main(["-C", str(issued), "export", "pretitres", *words]) == code
    assert told in " ".join(capsys.readouterr().err.replace("│", " ").split())


def credited(root: Path) -> Path:
    """November of 12.00, credited of 6.00 in 2027."""
    assert credit(root, "F2026-00001", "--amount", "6.00", on="2027-01-05") == 0
    return root


def test_a_reduction_of_an_earlier_exercice_has_its_own_account(root: Path) -> None:
    """5.00 of revenue of 2026 is taken off in 2027: an expense of 673, beside the VAT; on pre-titres likewise."""
    accounts(credited(root), OWN)
    assert entry(root, "A2027-00001", "2026-11") == [
        ("receivable", "4111", "", "6.00"),
        ("prior-year-reduction", "673", "5.00", ""),
        ("vat", "vat", "1.00", ""),
    ]
    rows = {row["number"]: row for row in table(root, "pretitres", "2026-11")}
    assert [rows[n]["account"] for n in ("F2026-00001", "A2027-00001")] == ["70688", "673"]
    assert rows["A2027-00001"]["nature"] == "673"


def test_the_exercice_of_a_reduction_is_that_of_the_titres(root: Path) -> None:
    """The titre of November is of 2027, as that of its credit: revenue is less."""
    accounts(credited(root), OWN)
    (root / "titres").mkdir()
    (root / "titres/t.csv").write_text("invoice,year,bordereau,titre\nF2026-00001,2027,1,1\n", encoding="utf-8")
    assert entry(root, "A2027-00001", "2026-11")[1] == ("revenue", "70688", "5.00", "")


def test_the_account_of_reductions_may_be_of_a_rule(root: Path) -> None:
    """As that of revenue: by rule, service, regime and kind of the payer."""
    accounts(credited(root), OWN, OWN.replace("673", "6738").replace("\naccount", '\nrule = "gb"\naccount'))
    assert entry(root, "A2027-00001", "2026-11")[1] == ("prior-year-reduction", "6738", "5.00", "")


@pytest.mark.parametrize("command", ["journal", "pretitres"])
def test_the_account_of_reductions_is_asked_for(root: Path, capsys: pytest.CaptureFixture[str], command: str) -> None:
    """Only once there is a reduction of an earlier exercice."""
    assert main(["-C", str(root), "export", command, "2026-11"]) == 0
    credited(root)
    capsys.readouterr()
    assert main(["-C", str(root), "export", command, "2026-11"]) == 1
    assert capsys.readouterr().err == (
        "chargeback.toml: no row of [[accounts]] gives an account for reductions of an earlier exercice of the rule gb "
        "of the service services under the regime services for payers of the kind commune: add one with of = "
        '"prior-year-reduction" and its account\n'
    )


def test_a_credit_given_by_an_act_is_an_operation_of_its_own(root: Path) -> None:
    """A remise gracieuse, whatever it reduces; a credit for an error is a mandat on an earlier exercice."""
    accounts(root, OWN)
    assert credit(root, "F2026-00001", "--amount", "6.00", on="2027-01-05", kind=GIFT) == 0
    assert credit(root, "F2026-00001", "--amount", "2.40", on="2027-01-05") == 0
    rows = table(root, "pretitres", "2026-11")
    assert [(row["operation"], row["gross"]) for row in rows] == [
        ("titre", "12.00"),
        ("remise gracieuse", "6.00"),
        ("mandat sur exercice antérieur", "2.40"),
    ]


def lose(root: Path, *rows: str) -> None:
    """Rows of payments/, with their kind."""
    (root / "payments").mkdir(exist_ok=True)
    (root / "payments/p.csv").write_text("invoice,date,amount,kind\n" + "".join(f"{r}\n" for r in rows), "utf-8")


def test_what_will_never_be_paid_is_no_cash(root: Path) -> None:
    """12.00 of November: 6.00 paid, 4.00 written off, 2.00 extinguished. VAT falls due on the payment alone."""
    lose(
        root,
        "F2026-00001,2026-12-10,6.00,",
        "F2026-00001,2026-12-10,4.00,written-off",
        "F2026-00001,2026-12-31,2.00,extinguished",
    )
    accounts(root, LOST)
    rows = [r for r in table(root, "journal", "2026-11") if r["date"] != "2026-12-01"]
    assert [(r["text"], r["side"], r["account"], r["debit"], r["credit"]) for r in rows] == [
        ("Admission en non-valeur F2026-00001", "bad-debt", "6541", "4.00", ""),
        ("Admission en non-valeur F2026-00001", "receivable", "4111", "", "4.00"),
        ("Règlement F2026-00001", "bank", "bank", "6.00", ""),
        ("Règlement F2026-00001", "receivable", "4111", "", "6.00"),
        ("Créance éteinte F2026-00001", "bad-debt", "6541", "2.00", ""),
        ("Créance éteinte F2026-00001", "receivable", "4111", "", "2.00"),
    ]
    due = table(root, "vat", "2026-12")
    assert [(row["base"], row["vat"]) for row in due] == [("5.00", "1.00")]


def test_the_account_of_bad_debt_is_asked_for(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Only once something is written off."""
    lose(root, "F2026-00001,2026-12-10,6.00,payment")
    assert main(["-C", str(root), "export", "journal", "2026-11"]) == 0
    lose(root, "F2026-00001,2026-12-10,6.00,written-off")
    capsys.readouterr()
    assert main(["-C", str(root), "export", "journal", "2026-11"]) == 1
    assert capsys.readouterr().err == (
        "chargeback.toml: no row of [[accounts]] gives an account for what will never be paid under the regime "
        'services for payers of the kind commune: add one with of = "bad-debt" and its account\n'
    )


@pytest.mark.parametrize("program", ["hledger", "beancount"])
def test_real_programs_take_reductions_and_bad_debt(root: Path, tmp_path: Path, program: str) -> None:
    """Their accounts are declared with the others."""
    needs(program)
    accounts(credited(root), OWN, LOST)
    lose(root, "F2026-00001,2026-12-10,4.00,written-off")
    made = [export(root, *words, "--format", program) for words in (["accounts"], ["journal", "--since", "0"])]
    assert checked(program, tmp_path, *made) == (0, "")


def test_a_payment_of_another_kind_is_a_problem(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With its line."""
    lose(root, "F2026-00001,2026-12-10,4.00,lost")
    capsys.readouterr()
    assert main(["-C", str(root), "check"]) == 1
    told = 'payments/p.csv:2: kind "lost" is not allowed: write payment, written-off, extinguished or nothing\n'
    assert capsys.readouterr().err == told
