"""The sample year from its first instalment to its proof: the page that tells it, and what its ledger amounts to,
counted apart.

The page is played once, by the first worker that needs it; what the tests look at is the workspace that it leaves.
"""

from __future__ import annotations

import csv
import io
import json
import random
import shutil
import subprocess
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from chargeback.cli.app import main
from kit.accounting_programs import checked, needs
from kit.ledger_reader import taken_off
from kit.once import made_once
from kit.paths import ROOT
from kit.slow import slow
from kit.tools import tool

pytestmark = slow
PAGE = ROOT / "docs" / "year.md"
YEAR = ROOT / "sample_data" / "year"
DELIVERIES = YEAR / "deliveries"
MONTHS = sorted(path.name for path in DELIVERIES.iterdir())
BY_HAND = ("chargeback.toml", "tariffs", "reports", "budget", "payments", "titres")
EXEMPT = ("network", "datacenter", "energy-refund")
COMMENY, COMMENY_BEFORE, GOUZANGREZ = "commeny-200102267", "commeny-219501699", "gouzangrez-219502820"

Json = dict[str, Any]


@dataclass(frozen=True)
class Story:
    """The page as it came out, and the workspace that it leaves."""

    page: str
    workspace: Path

    @cached_property
    def entries(self) -> list[Json]:
        """The lines of the ledger."""
        text = (self.workspace / "out" / "ledger.jsonl").read_text(encoding="utf-8")
        return [json.loads(line) for line in text.splitlines()]

    @property
    def documents(self) -> list[Json]:
        """Every issued document, in its order."""
        return [document for entry in self.entries for document in entry["documents"]]

    @property
    def waiting(self) -> list[Json]:
        """What was carried and no document has billed since."""
        brought = {
            (c["period"], c["payer_id"], d["regime"]["name"]) for d in self.documents for c in d["brought_forward"]
        }
        carried = [document for entry in self.entries for document in entry["carried_forward"]]
        return [d for d in carried if (d["period"], d["payer"]["member_id"], d["regime"]["name"]) not in brought]


@pytest.fixture(scope="session")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    """The year, played once for all workers."""

    def make(place: Path) -> None:
        found = tool("year_page").played(PAGE.read_text(encoding="utf-8"), place)
        (place / "page.md").write_text(found, encoding="utf-8")

    place = made_once(tmp_path_factory, "sample-year", make)
    return Story((place / "page.md").read_text(encoding="utf-8"), place / "my-year")


@pytest.fixture
def copy(story: Story, tmp_path: Path) -> Path:
    """A workspace of one's own at the end of the year, to try things in."""
    return Path(shutil.copytree(story.workspace, tmp_path / "my-year"))


def test_the_page_says_what_the_program_says(story: Story) -> None:
    """Each command of docs/year.md, run one after the other, prints what the page shows."""
    assert PAGE.read_text(encoding="utf-8") == story.page


def test_the_deliveries_are_what_the_script_writes(tmp_path: Path) -> None:
    """make_year.py writes every file of the deliveries but those kept by hand, byte for byte."""
    subprocess.run(["python", str(ROOT / "tools" / "make_year.py"), str(tmp_path)], check=True)
    kept = {p.relative_to(DELIVERIES): p.read_bytes() for p in DELIVERIES.rglob("*") if p.is_file()}
    made = {p.relative_to(tmp_path): p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}
    assert {path: text for path, text in kept.items() if path.parts[1] not in BY_HAND} == made


# ---- all adds up -------------------------------------------------------------------------------------------------


def costs(workspace: Path, year: str) -> dict[str, int]:
    """What each pool cost in a year, in cents, from costs/."""
    found: dict[str, int] = defaultdict(int)
    for path in (workspace / "costs").glob("*.csv"):
        for row in csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))):
            if row["period"].startswith(year):
                found[row["pool"]] += int(Decimal(row["amount"]) * 100)
    return found


def pools(workspace: Path) -> dict[str, str]:
    """The pool of each rule that shares one, from tariffs/."""
    rules = [tomllib.loads(path.read_text(encoding="utf-8")) for path in (workspace / "tariffs").glob("*.toml")]
    return {rule["id"]: rule["pool"] for rule in rules if rule["kind"] == "allocation"}


def lines(document: Json) -> Iterator[tuple[str, Json]]:
    """Each charge of a document with the month that it is for; of a true-up its year."""
    for line in document["lines"]:
        for charge in line["charges"]:
            own = charge["adjusts"] or line["carried_from"] or document["period"]
            yield str(charge["settles"] or own), charge


def test_what_is_billed_and_carried_is_the_cost(story: Story) -> None:
    """For each pool under article 261 B: what documents bill for 2024, instalments, true-up, adjustments and credits
    together, and what is carried, is what the year cost."""
    pool_of = pools(story.workspace)
    found: dict[str, int] = defaultdict(int)
    for document in (*story.documents, *story.waiting):
        for own, charge in lines(document):
            if own.startswith("2024") and charge["rule"] in pool_of:
                found[pool_of[charge["rule"]]] += charge["amount"]
    expected = costs(story.workspace, "2024")
    assert {pool: expected[pool] for pool in EXEMPT} == found


def test_nothing_is_left_withheld(story: Story) -> None:
    """Every document that was set aside for later was issued before its month was closed."""
    issued = {(d["period"], d["payer"]["member_id"], d["regime"]["name"]) for d in story.documents}
    aside = {(d["period"], d["payer"]["member_id"], d["regime"]["name"]) for e in story.entries for d in e["withheld"]}
    assert aside - issued == set()


def test_numbers_have_no_gap_and_dates_go_forward(story: Story) -> None:
    """Counted apart from verify: each series of each year is 1, 2, 3 …, in the order of its dates."""
    series: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for document in story.documents:
        stem, _, number = document["number"].partition("-")
        series[stem].append((int(number), document["issue_date"]))
    for found in series.values():
        assert [number for number, _ in found] == list(range(1, len(found) + 1))
        assert [day for _, day in found] == sorted(day for _, day in found)


def test_credit_notes_never_exceed_their_invoices(story: Story) -> None:
    """What credit notes take off each invoice they name is at most its total."""
    total = {d["number"]: sum(v["net"] + v["vat"] for v in d["vat_lines"]) for d in story.documents}
    given: dict[str, int] = defaultdict(int)
    for document in story.documents:
        for named in document["preceding"]:
            given[named["number"]] += sum(taken_off(named))
    assert given
    assert {number for number, amount in given.items() if amount > total[number]} == set()


def test_the_machine_reads_what_the_ledger_says(story: Story) -> None:
    """The XML in each issued file bears the number and the total of the ledger."""
    import pikepdf
    from lxml import etree

    found = {}
    for path in [*story.workspace.glob("out/*/invoices/*.pdf"), *story.workspace.glob("out/corrections/*.pdf")]:
        with pikepdf.open(path) as pdf:
            tree = etree.fromstring(pdf.attachments["factur-x.xml"].get_file().read_bytes())
        names = {e.tag.rpartition("}")[2]: e.text for e in tree.iter() if isinstance(e.tag, str)}
        found[path.stem] = Decimal(names["GrandTotalAmount"])
    expected = {}
    for document in story.documents:
        gross = sum(v["net"] + v["vat"] for v in document["vat_lines"])
        expected[document["number"]] = abs(Decimal(gross) / 100)
    assert expected == found


def exported(workspace: Path, *arguments: str) -> str:
    """What an export writes."""
    target = workspace / "exported"
    assert main(["-C", str(workspace), "export", *arguments, "--output", str(target)]) == 0
    return target.read_text(encoding="utf-8")


def test_the_journal_balances(copy: Path, story: Story) -> None:
    """Every entry of the year adds up to zero, and the receivables are what the documents come to, less what was
    paid."""
    rows = [row for name in MONTHS for row in csv.DictReader(io.StringIO(exported(copy, "journal", name)))]
    entries: dict[str, Decimal] = defaultdict(Decimal)
    assert rows
    for row in rows:
        entries[row["entry"]] += Decimal(row["debit"] or 0) - Decimal(row["credit"] or 0)
    assert {name for name, amount in entries.items() if amount} == set()


def test_hledger_accepts_the_year(copy: Path, tmp_path: Path) -> None:
    """hledger check, strict, on the journal of all months."""
    needs("hledger")
    months = (exported(copy, "journal", name, "--format", "hledger").encode() for name in MONTHS)
    assert checked("hledger", tmp_path, exported(copy, "accounts").encode(), *months) == (0, "")


# ---- it stays so -------------------------------------------------------------------------------------------------


def test_all_is_as_it_was_issued(story: Story) -> None:
    """verify over the whole year ends well, on the page."""
    said = story.page.rpartition("verify\n")[2]
    assert "!!" not in said
    assert "all is as it was issued\n```" in said


@pytest.mark.parametrize("name", MONTHS)
def test_a_closed_month_is_the_same(name: str, copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """run of every closed month finds nothing to say."""
    assert main(["-C", str(copy), "run", name]) == 0
    assert "computed again it comes to the same" in capsys.readouterr().err


def shuffled(command: str, folder: Path) -> None:
    """Before a command: the rows of every register and file in another order, and no store."""
    dice = random.Random(command)
    workspace = folder / "my-year"
    for path in workspace.glob("**/*.csv"):
        if "out" not in path.relative_to(workspace).parts:
            head, *rows = path.read_text(encoding="utf-8").splitlines()
            dice.shuffle(rows)
            path.write_text("\n".join([head, *rows, ""]), encoding="utf-8")
    (workspace / "chargeback.duckdb").unlink(missing_ok=True)


def amounts(entry: Json) -> list[tuple[str, str, list[tuple[str, str, int]]]]:
    """What an entry says to each payer, whatever the order of the files it came from."""
    return [
        (d["number"], d["payer"]["member_id"], [(own, c["rule"], c["amount"]) for own, c in lines(d)])
        for d in entry["documents"]
    ]


def test_the_order_of_rows_and_a_new_store_change_nothing(story: Story, tmp_path: Path, no_pages: None) -> None:
    """Until April, and June behind the switch, played again with every file shuffled and the store thrown away before
    each command: the same documents."""
    text = PAGE.read_text(encoding="utf-8").partition("## July")[0]
    tool("year_page").played(text, tmp_path, shuffled)
    again = Story("", tmp_path / "my-year")
    assert [amounts(e) for e in again.entries] == [amounts(e) for e in story.entries[: len(again.entries)]]
    assert len(again.entries) > 14


# ---- refusals ----------------------------------------------------------------------------------------------------


def refused(workspace: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """What a command that fails says."""
    assert main(["-C", str(workspace), *arguments]) == 1
    return capsys.readouterr().err


def test_issuing_twice_changes_nothing(copy: Path, story: Story, capsys: pytest.CaptureFixture[str]) -> None:
    """A month that is issued is not issued again: it says so, and the ledger stays as it is."""
    before = (copy / "out" / "ledger.jsonl").read_bytes()
    assert main(["-C", str(copy), "issue", "2024-06", "--date", "2025-03-10"]) == 0
    assert "2024-06 is issued already" in capsys.readouterr().err
    assert (copy / "out" / "ledger.jsonl").read_bytes() == before
