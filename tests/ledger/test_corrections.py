"""credit and correct, through the command line: shown first, numbered, chained, never above the invoice; a crash at
every step."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

import chargeback.cli.correct
import chargeback.ledger.book
import chargeback.ledger.correction
import chargeback.ledger.issuing
import chargeback.ledger.ledger_file
import chargeback.store.database
from chargeback.cli.app import main
from chargeback.einvoice.pdfa import XML_NAME, embedded
from chargeback.einvoice.reader import read_invoice
from chargeback.ledger.ledger_file import restore
from chargeback.store.database import open_store
from chargeback.workflows.session import loaded
from kit.correcting import FIRM, LATER, correct, credit, read_again
from kit.issuable_scenarios import scenario
from kit.issuing import ON, PERIOD, Crash, crashing, edit, entries, issue, numbers, other_month, state
from kit.pdf_text import pages, whole
from kit.slow import slow, slowest, some

AGGLO = "F2026-00001"  # contributions of three members


def test_a_credit_is_shown_before_it_is_issued(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without --yes and without a terminal the credit note is printed, nothing is issued, and it is no failure."""
    before = state(root / "out")
    capsys.readouterr()
    words = ["-C", str(root), "credit", FIRM, "--kind", "error", "--reason", "a wrong  reading", "--date", LATER]
    assert main(words) == 0
    told = capsys.readouterr()
    assert told.out.splitlines() == [
        "credit note A2026-00001 of 2026-10-09, on F2026-00003 of 2026-10-05",
        "Entreprise (firm), 2026-09: a wrong reading",
        "line  what           member        net",
        "1     Heures, avoir  Entreprise  12.01",
        "2     Heures, avoir  Entreprise   2.99",
        "      net                        15.00",
        "      VAT                         3.00",
        "      total                      18.00",
        "",
        "F2026-00003 was 18.00 with VAT; 0.00 of it remains after this",
    ]
    assert told.err == "nothing is issued: add --yes to issue it\n"
    assert state(root / "out") == before


@pytest.mark.parametrize(("answer", "expected"), [("y\n", 1), ("oui\n", 1), ("\n", 0), ("no\n", 0)])
def test_on_a_terminal_it_asks(root: Path, monkeypatch: pytest.MonkeyPatch, answer: str, expected: int) -> None:
    """Only a yes issues it."""

    class Terminal:
        def isatty(self) -> bool:
            return True

        def readline(self) -> str:
            return answer

    monkeypatch.setattr(sys, "stdin", Terminal())
    words = ("--kind", "error", "--reason", "a wrong reading", "--date", LATER)
    assert main(["-C", str(root), "credit", FIRM, *words]) == 0
    assert numbers(root)[5:] == ["A2026-00001"][:expected]


def test_a_credit_note_names_what_it_corrects(root: Path) -> None:
    """Number, date and reason stand in the ledger, on the page and in the XML; its file lies in out/corrections."""
    assert credit(root, FIRM) == 0
    entry = entries(root)[-1]
    document = entry["documents"][0]
    assert (entry["kind"], entry["period"], entry["entry_date"]) == ("credit", PERIOD, LATER)
    assert (document["kind"], document["number"], document["reason"]) == (
        "credit_note",
        "A2026-00001",
        "a wrong reading",
    )
    assert document["preceding"] == [{"number": FIRM, "issue_date": ON, "credited": []}]
    content = (root / "out/corrections/A2026-00001.pdf").read_bytes()
    page = whole(content)
    assert "F2026-00003 du 5 octobre 2026" in page
    assert "Motif : a wrong reading" in page
    invoice = read_invoice(etree.fromstring(embedded(content)[XML_NAME]))
    assert (invoice.kind, invoice.preceding) == ("381", ((FIRM, "20261005"),))
    assert (invoice.totals["TaxTotalAmount"], invoice.totals["GrandTotalAmount"]) == ("3.00", "18.00")


def test_a_credit_note_leaves_the_basis_where_it_is(root: Path) -> None:
    """One page, that sends to the invoice for the calculation; in the XML each line names the one it gives back."""
    assert credit(root, AGGLO, "--amount", "1.00") == 0
    content = (root / "out/corrections/A2026-00001.pdf").read_bytes()
    assert len(pages(content)) == 1
    page = whole(content)
    assert f"Bases de liquidation : celles de {AGGLO} du 5 octobre 2026, aux lignes citées." in page
    assert [word for word in ("Fondement", "en annexe", "ci-après") if word in page] == []
    lines = etree.fromstring(embedded(content)[XML_NAME]).iterfind(".//{*}IncludedSupplyChainTradeLineItem")
    told = [(line.findtext(".//{*}LineID"), line.findtext(".//{*}Content").splitlines()[-1]) for line in lines]
    assert sorted(told) == [(str(n), f"ligne {n} de {AGGLO}") for n in range(1, len(told) + 1)]


def test_nothing_issued_is_touched(root: Path) -> None:
    """A credit adds a file and a line; everything that was there stays, byte for byte."""
    before = state(root / "out")
    assert credit(root, FIRM) == 0
    after = state(root / "out")
    assert after.keys() - before.keys() == {"corrections/A2026-00001.pdf"}
    assert {path: content for path, content in after.items() if path in before and path != "ledger.jsonl"} == {
        path: content for path, content in before.items() if path != "ledger.jsonl"
    }


def test_credits_in_parts_end_with_the_invoice(root: Path) -> None:
    """A line, an amount, the rest: together they are the invoice to the cent, numbered without a gap."""
    assert credit(root, FIRM, "--line", "2") == 0
    assert credit(root, FIRM, "--amount", "10") == 0
    assert credit(root, FIRM) == 0
    given = [entry["documents"][0] for entry in entries(root)[1:]]
    assert [d["number"] for d in given] == ["A2026-00001", "A2026-00002", "A2026-00003"]
    vat = [(d["vat_lines"][0]["net"], d["vat_lines"][0]["vat"]) for d in given]
    assert vat == [(-299, -60), (-833, -167), (-368, -73)]
    assert credit(root, FIRM) == 1


def test_the_charges_of_the_ledger_are_net_of_credits(root: Path) -> None:
    """Per member and rule the table adds up to what was billed less what was given back; documents are their
    charges."""
    assert credit(root, AGGLO, "--amount", "100") == 0
    assert credit(root, FIRM) == 0
    expected: dict[str, int] = defaultdict(int)
    for entry in entries(root):
        for d in entry["documents"]:
            for c in (c for line in d["lines"] for c in line["charges"]):
                expected[c["member_id"]] += c["amount"]
    with loaded(root, write=False) as (books, _):
        con = books.store.connection
        billed = con.execute(
            "select member_id, sum(amount) from ledger.charges where number <> '' group by all"
        ).fetchall()
        apart = con.execute(
            "select count(*) from ledger.documents d where net <> "
            "(select sum(amount) from ledger.charges c where c.number = d.number)"
        ).fetchall()
    assert {member: int(cents) for member, cents in billed} == dict(expected)
    assert expected["firm"] == 0
    assert apart == [(0,)]


REFUSED = {
    "an unknown number": (["F2026-09999"], "no document has the number F2026-09999"),
    "too much": ([FIRM, "--amount", "18.01"], "18.01 is more than remains of F2026-00003, 18.00 VAT included"),
    "zero": ([FIRM, "--amount", "0"], "a credit is of an amount above zero"),
    "no such line": ([FIRM, "--line", "3"], "F2026-00003 has 2 lines: --line 3 is none of them"),
    "before the invoice": ([FIRM, "--date", "2026-10-04"], "2026-10-04 is before 2026-10-05, the date of F2026-00003"),
    "without a reason": ([FIRM, "--reason", "  "], "a correction says why"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_refused(issued: Path, case: str, capsys: pytest.CaptureFixture[str]) -> None:
    """In words, exit code 1, and nothing changes."""
    words, expected = REFUSED[case]
    before = state(issued / "out")
    capsys.readouterr()
    options = ["--reason", "a wrong reading", "--date", LATER, "--yes"]
    assert main(["-C", str(issued), "credit", "--kind", "error", *options, *words]) == 1
    assert capsys.readouterr().err.startswith(expected)
    assert state(issued / "out") == before


@pytest.mark.parametrize(
    "words", [["--amount", "1.005"], ["--amount", "-1"], ["--amount", "1", "--line", "1"], ["--amount", "1e2"]]
)
def test_what_is_wrong_usage(issued: Path, words: list[str]) -> None:
    """Amounts of more than two decimals, signs, both ways at once."""
    assert credit(issued, FIRM, *words) == 2


def test_a_credit_note_is_not_credited(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Neither by credit nor by correct."""
    assert credit(root, FIRM, "--amount", "1") == 0
    capsys.readouterr()
    assert credit(root, "A2026-00001") == 1
    assert capsys.readouterr().err.startswith(
        "A2026-00001 is a credit note, of F2026-00003: a credit is given on an invoice"
    )
    assert correct(root, "A2026-00001") == 1


def test_dates_follow_the_numbers_of_credit_notes(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A credit is not dated before the last of its series."""
    assert credit(root, FIRM, "--amount", "1", on="2026-10-20") == 0
    capsys.readouterr()
    assert credit(root, AGGLO, on="2026-10-19") == 1
    assert capsys.readouterr().err.startswith(
        "2026-10-19 is before 2026-10-20, the date of the last number of the series A"
    )


def test_as_json(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """--json prints the documents and never asks; without --yes it says that nothing is issued."""
    for yes, issued_now in (([], False), (["--yes"], True)):
        capsys.readouterr()
        words = ("--kind", "error", "--amount", "6", "--reason", "an error", "--date", LATER, "--json")
        assert main(["-C", str(root), "credit", FIRM, *words, *yes]) == 0
        told = json.loads(capsys.readouterr().out)
        document = told["documents"][0]
        assert (told["issued"], told["remains"], document["gross"]) == (issued_now, "12.00", "-6.00")
        assert document["file"] == ("corrections/A2026-00001.pdf" if issued_now else None)
        assert document["corrects"] == [FIRM]


def test_a_correction_gives_back_and_bills_again(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A credit of what remains and a new invoice of the same month, in one entry; both name the first and the
    reason."""
    assert credit(root, FIRM, "--amount", "10") == 0
    read_again(root)
    assert correct(root, FIRM) == 0
    entry = entries(root)[-1]
    found = [(d["number"], d["vat_lines"][0]["net"], d["vat_lines"][0]["vat"]) for d in entry["documents"]]
    assert (entry["kind"], found) == ("correct", [("A2026-00002", -667, -133), ("F2026-00006", 13500, 2700)])
    assert [(d["preceding"], d["reason"], d["period"]) for d in entry["documents"]] == 2 * [
        ([{"number": FIRM, "issue_date": ON, "credited": []}], "a wrong reading", "2026-09")
    ]
    invoice = read_invoice(
        etree.fromstring(embedded((root / "out/corrections/F2026-00006.pdf").read_bytes())[XML_NAME])
    )
    assert (invoice.kind, invoice.preceding) == ("380", ((FIRM, "20261005"),))
    capsys.readouterr()
    assert main(["-C", str(root), "run", PERIOD]) == 0
    assert "comes to the same" in capsys.readouterr().err


def test_a_correction_is_refused_when_nothing_differs(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As it would be drawn up today; and one that was corrected is corrected by the one in its place."""
    capsys.readouterr()
    assert correct(root, FIRM) == 1
    assert capsys.readouterr().err == "F2026-00003 is as it would be drawn up today: nothing to correct\n"
    read_again(root)
    assert correct(root, FIRM) == 0
    capsys.readouterr()
    assert correct(root, FIRM) == 1
    assert capsys.readouterr().err == "F2026-00003 was corrected by F2026-00006 already: correct F2026-00006\n"
    edit(root / "usage/h.csv", ",90", ",91")
    assert correct(root, "F2026-00006") == 0
    assert numbers(root)[5:] == ["A2026-00001", "F2026-00006", "A2026-00002", "F2026-00007"]


def test_who_is_billed_may_be_corrected(root: Path) -> None:
    """An address that was wrong is a reason for a new invoice of the same amounts."""
    lines = (root / "members.csv").read_text(encoding="utf-8").splitlines()
    at = next(n for n, line in enumerate(lines) if line.startswith("firm,"))
    lines[at] = lines[at].replace("1 rue de la Mairie", "2 rue de la Mairie")
    (root / "members.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert correct(root, FIRM) == 0
    new = entries(root)[-1]["documents"][1]
    assert (new["payer"]["address"], new["vat_lines"][0]["net"]) == (["2 rue de la Mairie"], 1500)


def test_a_payer_who_owes_nothing_any_more_gets_the_credit_alone(root: Path) -> None:
    """No document in the place of the first."""
    rows = (root / "usage/h.csv").read_text(encoding="utf-8").splitlines()
    (root / "usage/h.csv").write_text("\n".join(r for r in rows if ",firm," not in r) + "\n", encoding="utf-8")
    edit(root / "members.csv", "firm,", "gone,")
    assert main(["-C", str(root), "check", PERIOD]) == 1
    assert correct(root, FIRM) == 0
    assert [d["number"] for d in entries(root)[-1]["documents"]] == ["A2026-00001"]


def test_the_months_after_see_what_was_billed_in_the_end(root: Path) -> None:
    """Last month on the statements is net of credits."""
    from chargeback.billing.comparison import by_service
    from chargeback.ledger.issued_months import after_corrections
    from chargeback.model.period import Period

    assert credit(root, FIRM, "--amount", "6") == 0
    with loaded(root, write=False) as (books, _):
        month = after_corrections(books.store.connection, Period.parse(PERIOD), books.inputs.settings)
    assert month is not None
    assert sum(by_service(month, {})["firm"].values()) == 1000


def test_a_credit_does_not_hide_a_difference(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """run compares what remains billed with what the month comes to today."""
    assert credit(root, FIRM, "--amount", "6") == 0
    capsys.readouterr()
    assert main(["-C", str(root), "run", PERIOD]) == 1
    told = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert told[1] == ["firm", "hours", "10.00", "15.00", "5.00"]
    assert told[-1] == [FIRM, "firm", "services", "12.00", "18.00"]


def test_another_quantity_of_the_same_amount_is_a_difference(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """8.006 hours come to the same cents as 8.005: run tells it and correct issues it; once credited, only amounts
    count."""
    edit(root / "usage/h.csv", "8.005", "8.006")
    capsys.readouterr()
    assert main(["-C", str(root), "run", PERIOD]) == 1
    told = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert told[1] == ["firm", "hours", "15.00", "15.00", "0.00"]
    assert correct(root, FIRM) == 0
    assert main(["-C", str(root), "run", PERIOD]) == 0


def test_corrected_documents_are_explained(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each by its number as it was issued; the member by the numbers to choose from."""
    read_again(root)
    assert correct(root, FIRM) == 0
    capsys.readouterr()
    for number, expected in (
        (FIRM, "8,005 × 1,50"),
        ("A2026-00001", "ligne 1 de F2026-00003"),
        ("F2026-00006", "90 × 1,50"),
    ):
        assert main(["-C", str(root), "explain", number]) == 0
        assert expected in capsys.readouterr().out
    assert main(["-C", str(root), "explain", "firm", "--period", PERIOD]) == 1
    assert capsys.readouterr().err == (
        "firm was billed and corrected in 2026-09, by F2026-00003, A2026-00001, F2026-00006: name one of them\n"
    )


def test_issue_says_how_it_was_corrected(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The documents of the month are those issued with it; its corrections are told beside."""
    assert credit(root, FIRM) == 0
    capsys.readouterr()
    assert issue(root) == 0
    assert capsys.readouterr().err == (
        "2026-09 is issued already: 5 documents dated 2026-10-05, F2026-00001 to F2026-00005, corrected since by "
        "A2026-00001; "
        "nothing changed\n"
    )
    assert main(["-C", str(root), "issue", PERIOD, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [d["file"] for d in told["corrections"]] == ["corrections/A2026-00001.pdf"]
    assert len(told["documents"]) == 5


@slow
def test_a_closed_month_is_corrected_by_its_rules(root: Path) -> None:
    """Closing freezes the rules, not the right to correct an error; a credit changes nothing of what binds them."""
    assert main(["-C", str(root), "close", PERIOD]) == 0
    read_again(root)
    assert correct(root, FIRM) == 0
    assert main(["-C", str(root), "check", PERIOD]) == 0
    edit(root / "tariffs/hours.toml", '"1.50"', '"1.60"')
    assert main(["-C", str(root), "check", PERIOD]) == 1
    assert correct(root, "F2026-00006") == 1


def test_rules_may_be_mended_and_then_closed(root: Path) -> None:
    """A month corrected by a mended rule is closed by it: the last terms bind."""
    edit(root / "tariffs/hours.toml", '"1.50"', '"1.60"')
    edit(root / "usage/h.csv", "8.005", "80")
    assert correct(root, FIRM) == 0
    assert main(["-C", str(root), "close", PERIOD]) == 0
    assert main(["-C", str(root), "check"]) == 0


def test_the_ledger_is_restored_with_its_corrections(root: Path) -> None:
    """Without its store the workspace still knows what remains of an invoice."""
    assert credit(root, FIRM, "--amount", "17") == 0
    (root / "chargeback.duckdb").unlink()
    assert credit(root, FIRM, "--amount", "1.01") == 1
    assert credit(root, FIRM, "--amount", "1") == 0


@slow
def test_the_tables_of_a_restored_ledger_name_what_each_document_reduces(root: Path) -> None:
    """A store made from out/ledger.jsonl alone has the rows that the entries gave when they were written."""
    assert credit(root, FIRM, "--line", "2") == 0
    read_again(root)
    assert correct(root, FIRM) == 0
    file = (root / "out/ledger.jsonl").read_bytes()
    (root / "chargeback.duckdb").unlink()
    with open_store(root / "chargeback.duckdb", write=True) as store:
        restore(store.connection, root / "out/ledger.jsonl")
    with open_store(root / "chargeback.duckdb", write=True) as store:
        rows = store.connection.execute("select number, original, how, net, vat from ledger.preceding").fetchall()
    assert rows == [
        ("A2026-00001", FIRM, "lines", 299, 60),
        ("A2026-00002", FIRM, "lines", 1201, 240),
        ("F2026-00006", FIRM, "replaces", 0, 0),
    ]
    assert main(["-C", str(root), "verify"]) == 0
    assert (root / "out/ledger.jsonl").read_bytes() == file


STEPS: dict[str, tuple[Any, str, bool]] = {
    "drawing": (chargeback.cli.correct, "issued_document", False),
    "writing the folder": (chargeback.ledger.correction, "write_out", False),
    "the entry": (chargeback.ledger.correction, "append", False),
    "after the transaction": (chargeback.ledger.issuing, "finish", True),
    "placing a file": (chargeback.ledger.ledger_file, "folder_to_disk", True),
    "the line": (chargeback.ledger.ledger_file, "write_lines", True),
}


@pytest.fixture(scope="module")
def corrected(issued: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The month corrected without any crash."""
    root = tmp_path_factory.mktemp("corrected") / "w"
    shutil.copytree(issued, root)
    read_again(root)
    assert correct(root, FIRM) == 0
    return root


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("step", some(list(STEPS), 4))
def test_a_crash_at_a_step_leaves_no_hole_and_no_double(
    root: Path, corrected: Path, monkeypatch: pytest.MonkeyPatch, step: str, after: bool
) -> None:
    """Credit and new invoice are issued together or not at all; the next command finishes or drops: the same bytes."""
    read_again(root)
    where, name, committed = STEPS[step]
    crash: Callable[..., Any] = crashing(after, getattr(where, name))
    finish = chargeback.ledger.issuing.finish
    with monkeypatch.context() as patched:

        def finishing(*args: Any) -> None:
            patched.setattr(where, name, crash)
            finish(*args)

        if where is chargeback.ledger.ledger_file:
            patched.setattr(chargeback.ledger.issuing, "finish", finishing)
        else:
            patched.setattr(where, name, crash)
        with pytest.raises(Crash):
            correct(root, FIRM)
    assert main(["-C", str(root), "load"]) == 0
    assert len(entries(root)) == (2 if committed else 1)
    if not committed:
        assert correct(root, FIRM) == 0
    assert state(root / "out") == state(corrected / "out")
    assert list((root / "out").glob(".*")) == []


@slowest
def test_killed_at_any_moment(issued: Path, corrected: Path, tmp_path: Path) -> None:
    """A hundred kills -9 at random moments: after each, one command brings the workspace to one state or the other."""
    chance = random.Random(7)
    words = ["correct", FIRM, "--reason", "a wrong reading", "--date", LATER, "--yes"]
    done = 0
    started = time.monotonic()
    shutil.copytree(issued, tmp_path / "whole")
    read_again(tmp_path / "whole")
    whole_run = [sys.executable, "-m", "chargeback.cli.app", "-C", str(tmp_path / "whole"), *words]
    subprocess.run(whole_run, check=True, capture_output=True)
    longest = time.monotonic() - started
    kills = int(os.environ.get("CHARGEBACK_KILLS", "100"))
    for attempt in range(kills):
        root = tmp_path / str(attempt)
        shutil.copytree(issued, root)
        read_again(root)
        process = subprocess.Popen(
            [sys.executable, "-m", "chargeback.cli.app", "-C", str(root), *words],
            stderr=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
        time.sleep(chance.uniform(0.2, 1.1) * longest)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        assert main(["-C", str(root), "load"]) == 0
        done += len(entries(root)) == 2
        if len(entries(root)) == 1:
            assert correct(root, FIRM) == 0
        assert state(root / "out") == state(corrected / "out")
        shutil.rmtree(root)
    assert 0 < done < kills


@slow
def test_a_credit_takes_the_next_number_of_its_series(root: Path) -> None:
    """Credits between two months leave the invoices gapless, and the credit notes too."""
    other_month(root)
    assert credit(root, FIRM, "--amount", "1") == 0
    assert issue(root, LATER, "2026-08") == 0
    assert credit(root, FIRM, "--amount", "1") == 0
    found = numbers(root)
    assert [n for n in found if n.startswith("A")] == ["A2026-00001", "A2026-00002"]
    invoices = [n for n in found if n.startswith("F")]
    assert invoices == [f"F2026-{n:05d}" for n in range(1, len(invoices) + 1)]


@pytest.fixture(scope="module")
def issued(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with a month issued; tests that write copy it."""
    root = scenario("regimes-by-member-and-a-payer", tmp_path_factory.mktemp("issued") / "w")
    assert issue(root) == 0
    return root


@pytest.fixture
def root(issued: Path, tmp_path: Path) -> Path:
    """A copy to write in."""
    shutil.copytree(issued, tmp_path / "w")
    return tmp_path / "w"
