"""Hand-overs of a year that has all that happens in one: adjustments, credits over several invoices, carried amounts,
mergers, parts.

The sample year is played to its end by the commands of docs/year.md, without drawing pages, and looked at where an
accountant looks: in January, before and after December is issued, and once all is billed. What is expected is counted
from out/ledger.jsonl alone.
"""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from chargeback.cli.app import main
from chargeback.exports import vat
from chargeback.exports.accruals import added
from chargeback.exports.from_ledger import every_document
from chargeback.ledger.issuing import ledger_of
from chargeback.model.documents import Document
from chargeback.model.period import Period
from chargeback.workflows.accruals import accruals_of
from chargeback.workflows.books import Books
from kit.accounting_programs import checked, needs
from kit.ledger_reader import taken_off
from kit.once import made_once
from kit.parts_office import world
from kit.paths import ROOT
from kit.random_year import YEAR, Year, seeded
from kit.slow import seeds, slow
from kit.undrawn import undrawn
from kit.year_runner import Played, clear, leveled, settle, small_store, write

pytestmark = slow

PLAYED = re.compile(
    r"^\$ (?:cp -r (?P<from>\S+) my-year|chargeback -C my-year (?P<command>(?:issue|close) .*))$", re.MULTILINE
)
DECEMBER, AFTER = "2024-12", "2025-03"
STAGES = ("run", "issued", "closed", "end", "quarter")
SEEDS = seeds(2, 10, 60)
Json = dict[str, Any]
Row = dict[str, str]
At = Callable[[str], Path]
Key = tuple[str, str, str, str, str]  # month or year, payer, regime, rule, number of the document


# ---- the year, as it stands at each stage ------------------------------------------------------------------------


def play(place: Path) -> None:
    """The year by the commands of the page. ``run``: December is run and not issued; ``quarter``: a quarter after the
    end."""
    root = place / "my-year"
    for found in PLAYED.finditer((ROOT / "docs" / "year.md").read_text(encoding="utf-8")):
        if found["from"]:
            shutil.copytree(ROOT / found["from"].removesuffix("/."), root, dirs_exist_ok=True)
            continue
        command = found["command"].split()
        if command[:2] == ["issue", DECEMBER]:
            assert main(["-C", str(root), "run", DECEMBER, "--no-documents"]) == 0
            shutil.copytree(root, place / "run")
        main(["-C", str(root), *command])
        if command[1] == DECEMBER:
            shutil.copytree(root, place / ("issued" if command[0] == "issue" else "closed"))
    shutil.copytree(root, place / "end")
    assert main(["-C", str(root), "issue", AFTER, "--date", "2025-04-03"]) == 0
    root.rename(place / "quarter")


@pytest.fixture(scope="session")
def stages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the workspaces of all stages, played once for all workers."""

    def make(place: Path) -> None:
        with pytest.MonkeyPatch.context() as patch:
            undrawn(patch)
            play(place)

    return made_once(tmp_path_factory, "handed-year", make)


@pytest.fixture
def at(stages: Path, tmp_path: Path) -> At:
    """The workspace of a stage, copied: only one process at a time may open it."""

    def copied(stage: str) -> Path:
        place = tmp_path / stage
        return place if place.exists() else Path(shutil.copytree(stages / stage, place))

    return copied


@pytest.fixture
def copy(at: At) -> Path:
    """The workspace of the last stage."""
    return at("quarter")


def table(root: Path, folder: Path, *words: str) -> list[Row]:
    """The rows of an export in CSV."""
    target = folder / "export.csv"
    assert main(["-C", str(root), "export", *words, "--output", str(target)]) == 0
    return list(csv.DictReader(io.StringIO(target.read_text(encoding="utf-8"))))


def cents(text: str) -> int:
    """Euros as cents; nothing is 0."""
    return int(Decimal(text or "0").scaleb(2))


def entries(root: Path) -> list[Json]:
    """The lines of the ledger."""
    return [json.loads(line) for line in (root / "out" / "ledger.jsonl").read_text(encoding="utf-8").splitlines()]


def documents(root: Path) -> list[Json]:
    """Every issued document, oldest first."""
    return [document for entry in entries(root) for document in entry["documents"]]


def months_billed(root: Path) -> list[str]:
    return sorted({entry["period"] for entry in entries(root)})


# ---- accruals: counted again from the ledger -----------------------------------------------------------------------


def is_for(document: Json, line: Json) -> str:
    """What a line is for: the month that its charge adjusts; of a true-up its year; the month that carried it; its
    document's."""
    charge = line["charges"][0]
    if charge["settles"] is not None:
        return str(charge["settles"])
    return charge["adjusts"] or line["carried_from"] or document["period"]


def waiting(every: list[Json]) -> list[Json]:
    """Carried amounts that no document has billed since."""
    brought = {
        (c["period"], c["payer_id"], d["regime"]["name"])
        for e in every for d in e["documents"] for c in d["brought_forward"]
    }  # fmt: skip
    carried = [d for e in every for d in e["carried_forward"]]
    return [d for d in carried if (d["period"], d["payer"]["member_id"], d["regime"]["name"]) not in brought]


def billed_later(every: list[Json], year: int) -> dict[Key, int]:
    """By the ledger: what documents dated after a year bill for it, what no document bills; credits given on purpose
    apart."""
    dated = [
        d
        for e in every
        if e["kind"] not in ("credit", "correct")
        for d in e["documents"]
        if d["issue_date"][:4] > str(year)
    ]
    found: dict[Key, int] = defaultdict(int)
    for document in (*dated, *waiting(every)):
        for line in document["lines"]:
            own = is_for(document, line)
            if own[:4] == str(year):
                key = (
                    own,
                    document["payer"]["member_id"],
                    document["regime"]["name"],
                    line["rule"],
                    document["number"],
                )
                found[key] += line["amount"]
    return {key: amount for key, amount in found.items() if amount}


def keyed(rows: Iterable[Row]) -> dict[Key, int]:
    """Rows of the export by what they are for, each once."""
    found: dict[Key, int] = {}
    for row in rows:
        key = (row["period"], row["payer_id"], row["regime"], row["rule"], row["reversed_by"])
        assert key not in found
        found[key] = cents(row["amount"])
    return found


def total(rows: Iterable[Row], of: str = "") -> int:
    """The sum of rows, of all periods or of one."""
    return sum(cents(row["amount"]) for row in rows if of in ("", row["period"]))


@pytest.mark.parametrize("year", [2023, 2024, 2025])
@pytest.mark.parametrize("stage", ["end", "quarter"])
def test_accruals_are_what_later_documents_bill(at: At, tmp_path: Path, stage: str, year: int) -> None:
    """Row by row: month, payer, regime, rule, document and amount, adjustments and true-up included, as the ledger has
    them."""
    rows = table(at(stage), tmp_path, "accruals", str(year))
    assert keyed(rows) == billed_later(entries(at(stage)), year)
    dates = {d["number"]: d["issue_date"] for d in documents(at(stage))}
    assert all(row["reversed_on"] == dates.get(row["reversed_by"], "") for row in rows)
    assert all(row["reversed_on"] > f"{year}-12-31" for row in rows if row["reversed_by"])


@pytest.mark.parametrize("stage", STAGES)
def test_what_is_accrued_is_the_same_from_january_on(at: At, tmp_path: Path, stage: str) -> None:
    """With December only run, issued, closed, and as the next months bill it: 8,693.53 net; the true-up, 1,856.73, from
    its closing on."""
    rows = table(at(stage), tmp_path, "accruals", "2024")
    settled = 185673 if stage in ("closed", "end", "quarter") else 0
    assert (total(rows), total(rows, "2024")) == (869353 + settled, settled)
    open_now = total(row for row in rows if not row["reversed_by"])
    assert open_now == {"run": 869353, "issued": 4791, "closed": 190464, "end": 7919, "quarter": 2028}[stage]


def test_what_is_accrued_before_december_is_issued_is_said(
    at: At, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """How much, that none of it is on a document, which month is a draft, and that the true-up is not known yet."""
    table(at("run"), tmp_path, "accruals", "2024")
    assert capsys.readouterr().err.splitlines()[1:] == [
        "2024: 8,693.53 net to accrue",
        "8,693.53 of it is on no document yet: as computed today",
        "run and not issued: 2024-12",
        "2024-12 is not closed: the true-up of 2024 is not in here",
    ]


def test_a_true_up_is_accrued_once(at: At, tmp_path: Path) -> None:
    """The differences of the year by payer: before they are billed, by the documents that bill them (what is asked and
    what is given back of one payer are two), and where they were carried first."""
    rows = {stage: table(at(stage), tmp_path, "accruals", "2024") for stage in ("closed", "end", "quarter")}
    of_year: dict[str, dict[str, Decimal]] = {stage: defaultdict(Decimal) for stage in rows}
    for stage, found in rows.items():
        for row in found:
            if row["period"] == "2024":
                of_year[stage][row["payer_id"]] += Decimal(row["amount"])
    assert of_year["closed"] == of_year["end"] == of_year["quarter"]
    assert len(of_year["end"]) == 13
    carried = {
        stage: [
            (r["amount"], r["reversed_by"][:5])
            for r in found
            if r["period"] == "2024" and r["payer_id"].startswith("magny")
        ]
        for stage, found in rows.items()
    }
    assert carried == {"closed": [("58.91", "")], "end": [("58.91", "")], "quarter": [("58.91", "F2025")]}


def test_all_that_is_billed_is_reversed(at: At, tmp_path: Path) -> None:
    """A row without a document is an amount that still waits below the threshold, and nothing else."""
    rows = table(at("quarter"), tmp_path, "accruals", "2024")
    still = {(d["period"], d["payer"]["member_id"]) for d in waiting(entries(at("quarter")))}
    assert {(r["period"], r["payer_id"]) for r in rows if not r["reversed_by"]} <= still
    assert {d["carry_reason"] for d in waiting(entries(at("quarter")))} == {"threshold"}


def test_what_january_issues_on_the_exercice_before_is_not_accrued(copy: Path, tmp_path: Path) -> None:
    """titres/ decides, as for pre-titres: a titre of 2024 on an invoice of January 2025, and one of 2025 on an invoice
    of December."""
    shutil.rmtree(copy / "titres", ignore_errors=True)
    before = keyed(table(copy, tmp_path, "accruals", "2024"))
    january = next(number for *_, number in before if number)
    december = next(d for d in documents(copy) if d["issue_date"].startswith("2024-12") and len(d["lines"]) == 1)
    (copy / "titres").mkdir()
    titres = f"invoice,year,bordereau,titre\n{january},2024,1,1\n{december['number']},2025,1,2\n"
    (copy / "titres/t.csv").write_text(titres, encoding="utf-8")
    after = keyed(table(copy, tmp_path, "accruals", "2024"))
    assert {key for key in before if key not in after} == {key for key in before if key[-1] == january}
    assert {key[-1]: amount for key, amount in after.items() if key not in before} == {
        december["number"]: december["lines"][0]["amount"]
    }


# ---- accruals of random years --------------------------------------------------------------------------------------


@pytest.fixture(scope="module", autouse=True)
def folders() -> Iterator[None]:
    """The folders of the random years go when all is tried."""
    yield
    clear()


def summed(made: Iterable[Any]) -> dict[str, int]:
    """What is accrued for each month, and for the true-up as a whole."""
    found: dict[str, int] = defaultdict(int)
    for one in made:
        found[one.period] += one.amount
    return {period: amount for period, amount in found.items() if amount}


def own_use(year: Year, december: int, place: int) -> dict[str, str]:
    """The use and costs of the months after December, up to one."""
    found = {}
    for later in range(december + 1, place + 1):
        for path in (f"usage/{year.months[later]}.csv", f"costs/{year.months[later]}.csv"):
            if path in year.steps[later]:
                found[path] = year.steps[later][path]
    return found


def at_new_year(year: Year, root: Path) -> Iterator[tuple[str, dict[str, int], dict[Key, int]]]:
    """What is accrued when December is run, and after each month that follows, nothing of the year being delivered any
    more."""
    december = year.months.index(f"{YEAR}-12")
    with small_store() as store:
        for name, step in zip(year.months[:december], year.steps[:december], strict=True):
            write(root, step)
            settle(root, store, Period.parse(name))
        files = year.steps[december]
        write(root, files)
        draft = root / "out" / year.months[december] / "run.json"
        draft.parent.mkdir(parents=True, exist_ok=True)
        draft.write_text("{}", encoding="utf-8")
        for place, name in enumerate(("run", *year.months[december:]), start=december - 1):
            if name != "run":
                shutil.rmtree(draft.parent, ignore_errors=True)
                write(root, files | own_use(year, december, place))
                settle(root, store, Period.parse(name))
            inputs = leveled(root, store)
            found = added(accruals_of(Books(inputs, store), YEAR).accruals)
            kept = {(a.period, a.payer.member_id, a.regime, a.rule, a.number): a.amount for a in found}
            assert len(kept) == len(found)
            yield name, summed(found), kept


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_accrued_is_billed(seed: int, tmp_path: Path) -> None:
    """A random year: whatever month is issued next, the months of the year come to the same, and in the end the ledger
    says so."""
    year = seeded(seed)
    found = list(at_new_year(year, tmp_path))
    settled = {name: own.pop(str(YEAR), 0) for name, own, _ in found}
    assert [own for _, own, _ in found[1:]] == [found[0][1]] * (len(found) - 1)
    assert settled.pop("run") == 0
    assert len(set(settled.values())) == 1
    assert found[-1][2] == billed_later(Played(year, tmp_path).entries, YEAR)


# ---- pre-titres ----------------------------------------------------------------------------------------------------


def test_every_pretitre_of_the_year_adds_up(at: At, tmp_path: Path) -> None:
    """sign × amount is each document, net, VAT and total; of a credit note each invoice has what is taken off it."""
    root = at("quarter")
    every = {d["number"]: d for d in documents(root)}
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    taken: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    for name in months_billed(root):
        for row in table(root, tmp_path, "pretitres", name):
            own = [int(row["sign"]) * cents(row[column]) for column in ("net", "vat", "gross")]
            assert min(cents(row["net"]), cents(row["gross"])) > 0
            for place, amount in enumerate(own):
                sums[row["number"]][place] += amount
            if row["original"]:
                for place, amount in enumerate(own[:2]):
                    taken[row["number"], row["original"]][place] += amount
    sign = {number: 1 if d["kind"] == "invoice" else -1 for number, d in every.items()}
    nets = {number: sum(line["amount"] for line in d["lines"]) for number, d in every.items()}
    vats = {number: sum(v["vat"] for v in d["vat_lines"]) for number, d in every.items()}
    expected = {n: [sign[n] * a for a in (nets[n], vats[n], nets[n] + vats[n])] for n in every}
    assert sums == expected
    named = {(n, p["number"]): [*taken_off(p)] for n, d in every.items() for p in d["preceding"]}
    assert named
    assert taken == named


def test_operations_follow_the_exercices(at: At, tmp_path: Path) -> None:
    """The credit notes of June reduce titres of their year; those of February 2025, of March 2024, are mandats of an
    earlier exercice."""
    root = at("quarter")
    june = table(root, tmp_path, "pretitres", "2024-06")
    credits = [r for r in june if r["number"].startswith("A")]
    assert {(r["operation"], r["exercice"], r["original_exercice"]) for r in credits} == {("réduction", "2024", "2024")}
    assert {r["month"] for r in credits} == {"2024-04", "2024-05"}
    late = [r for r in table(root, tmp_path, "pretitres", "2025-02") if r["number"].startswith("A")]
    assert {(r["operation"], r["exercice"], r["original_exercice"], r["month"]) for r in late} == {
        ("mandat sur exercice antérieur", "2025", "2024", "2024-03")
    }


def test_a_titre_of_the_same_exercice_is_reduced(copy: Path, tmp_path: Path) -> None:
    """titres/ decides: where the titre of the original is of 2025, its credit of 2025 is a réduction, and names that
    titre."""
    shutil.rmtree(copy / "titres", ignore_errors=True)
    credit = next(r for r in table(copy, tmp_path, "pretitres", "2025-02") if r["number"].startswith("A"))
    (copy / "titres").mkdir()
    (copy / "titres/t.csv").write_text(
        f"invoice,year,bordereau,titre\n{credit['original']},2025,12,345\n", encoding="utf-8"
    )
    columns = ("operation", "original_exercice", "original_bordereau", "original_titre")
    again = [r for r in table(copy, tmp_path, "pretitres", "2025-02") if r["number"] == credit["number"]]
    assert {tuple(row[column] for column in columns) for row in again} == {("réduction", "2025", "12", "345")}


def test_months_of_a_quarter_are_in_the_column_month(at: At, tmp_path: Path) -> None:
    """Magny-en-Vexin is billed by quarter: its document of March has rows of January, February and March, all of the
    period from January to March."""
    rows = [r for r in table(at("end"), tmp_path, "pretitres", "2024-03") if r["payer_id"].startswith("magny")]
    assert {r["month"] for r in rows} == {"2024-01", "2024-02", "2024-03"}
    assert {r["period"] for r in rows} == {"2024-01/2024-03"}
    told = [(r["month"], r["label"]) for r in rows if r["regime"] == "contributions"]
    assert told == [
        ("2024-03", "Contribution statutaire"),
        ("2024-01", "Contribution statutaire, janvier 2024"),
        ("2024-02", "Contribution statutaire, février 2024"),
    ]


def test_parts_of_a_month_are_handed_over_with_it(at: At, tmp_path: Path) -> None:
    """August 2024 was issued on two days: its pre-titres are of both, --since keeps the second, and each names the file
    issued."""
    root = at("end")
    rows = table(root, tmp_path, "pretitres", "2024-08")
    assert {r["issue_date"] for r in rows} == {"2024-09-03", "2024-09-05"}
    (first,) = [e["sequence"] for e in entries(root) if (e["period"], e["kind"]) == ("2024-08", "issue")]
    later = table(root, tmp_path, "pretitres", "2024-08", "--since", str(first))
    assert later == [r for r in rows if r["issue_date"] == "2024-09-05"]
    files = {path.name for path in [*root.glob("out/2024-08/invoices/*"), *root.glob("out/corrections/*")]}
    assert {r["pdf"] for r in rows} <= files


@pytest.mark.parametrize("command", ["pretitres", "journal", "vat", "chorus"])
@pytest.mark.parametrize(
    ("term", "told"),
    [
        (
            "2024-Q1",
            (
                "2024-Q1 is a quarter and what is handed over is by month: name one from 2024-01 to 2024-03; what "
                "`issue 2024-Q1` issues is of 2024-03"
            ),
        ),
        (
            "2024",
            (
                "2024 is a year and what is handed over is by month: name one from 2024-01 to 2024-12; what `issue "
                "2024` issues is of 2024-12"
            ),
        ),
    ],
)
def test_a_quarter_is_handed_over_by_its_months(
    at: At, capsys: pytest.CaptureFixture[str], command: str, term: str, told: str
) -> None:
    """So that what was handed over month by month is not handed over again."""
    assert main(["-C", str(at("end")), "export", command, term]) == 2
    assert told in " ".join(capsys.readouterr().err.split())


def prior_year(root: Path, document: Json) -> int:
    """Net that a credit note takes off invoices of an earlier year than its own, in cents above zero."""
    dates = {d["number"]: d["issue_date"] for d in documents(root)}
    year = document["issue_date"][:4]
    if any(line["reverses"] for line in document["lines"]):
        earlier = dates[document["preceding"][0]["number"]][:4] < year
        return -sum(line["amount"] for line in document["lines"]) if earlier else 0
    return sum(a["net"] for p in document["preceding"] if p["issue_date"][:4] < year for a in p["credited"])


# ---- the journal ---------------------------------------------------------------------------------------------------


def test_the_journal_of_the_year_is_its_documents(at: At, tmp_path: Path) -> None:
    """Each entry adds up to zero; receivables less payments, revenue and VAT are what the ledger has, and each account
    its regime's."""
    root = at("quarter")
    sums: dict[str, int] = defaultdict(int)
    for name in months_billed(root):
        entry: dict[str, int] = defaultdict(int)
        for row in table(root, tmp_path, "journal", name, "--format", "csv"):
            amount = cents(row["debit"]) - cents(row["credit"])
            entry[row["entry"]] += amount
            sums[row["side"]] += amount
            sums[row["account"]] += amount
        assert set(entry.values()) <= {0}
    net = sum(line["amount"] for d in documents(root) for line in d["lines"])
    tax = sum(v["vat"] for d in documents(root) for v in d["vat_lines"])
    assert sums["revenue"] + sums["prior-year-reduction"] == -net
    assert sums["prior-year-reduction"] == sums["673"]
    assert sums["vat"] == sums["44571"] == -tax
    assert sums["receivable"] + sums["bank"] == net + tax
    of_services = [d for d in documents(root) if d["regime"]["name"] == "services"]
    reductions = sum(prior_year(root, d) for d in of_services)
    assert sums["7067"] == -sum(line["amount"] for d in of_services for line in d["lines"]) - reductions
    assert sums["673"] == sum(prior_year(root, d) for d in documents(root)) > 0


@pytest.mark.parametrize("program", ["hledger", "beancount"])
def test_journals_of_any_months_load_together(at: At, tmp_path: Path, program: str) -> None:
    """hledger check --strict and bean-check take one, some or all months in any order, with the accounts declared once.

    Adjustments, a merger, parts, carried amounts and a true-up are in them, under three regimes."""
    needs(program)
    root = at("quarter")

    def exported(*words: str) -> bytes:
        target = tmp_path / "export"
        assert main(["-C", str(root), "export", *words, "--format", program, "--output", str(target)]) == 0
        return target.read_bytes()

    accounts = exported("accounts")
    months = {name: exported("journal", name) for name in months_billed(root)}
    for some in (("2024-08",), ("2025-02", "2024-03"), ("2024-06", "2024-07"), tuple(months)):
        book = [accounts, *(months[name] for name in some)]
        assert checked(program, tmp_path, *book) == (0, "")
        assert checked(program, tmp_path, *book[1:], book[0]) == (0, "")
    assert checked(program, tmp_path, *months.values())[0] != 0
    assert exported("accounts") == accounts


def test_payments_are_cut_by_their_date_and_documents_by_their_entry(copy: Path, tmp_path: Path) -> None:
    """--since leaves the payments of a document that was handed over before; --paid-since those handed over before."""
    shutil.rmtree(copy / "payments", ignore_errors=True)
    invoice = next(d for d in documents(copy) if d["period"] == "2024-06" and d["kind"] == "invoice")
    (copy / "payments").mkdir()
    (copy / "payments/p.csv").write_text(
        f"invoice,date,amount\n{invoice['number']},2024-07-20,1.00\n{invoice['number']},2024-08-20,2.00\n",
        encoding="utf-8",
    )
    last = str(len(entries(copy)))
    whole = table(copy, tmp_path, "journal", "2024-06", "--format", "csv")
    paid = table(copy, tmp_path, "journal", "2024-06", "--format", "csv", "--since", last)
    later = table(
        copy, tmp_path, "journal", "2024-06", "--format", "csv", "--since", last, "--paid-since", "2024-08-01"
    )
    assert {r["date"] for r in whole} == {"2024-07-05", "2024-07-20", "2024-08-20"}
    assert [(r["date"], r["side"]) for r in paid] == [
        ("2024-07-20", "bank"),
        ("2024-07-20", "receivable"),
        ("2024-08-20", "bank"),
        ("2024-08-20", "receivable"),
    ]
    assert [(r["date"], r["side"], r["debit"], r["credit"]) for r in later] == [
        ("2024-08-20", "bank", "2.00", ""),
        ("2024-08-20", "receivable", "", "2.00"),
    ]


# ---- VAT -----------------------------------------------------------------------------------------------------------


def issued(root: Path, due: str) -> list[Document]:
    """Every document of the ledger, as if its regime had said ``due``."""
    with ledger_of(root) as con:
        assert con is not None
        return [replace(d, regime=replace(d.regime, tax_point=due)) for d in every_document(con)]


def until(one: vat.TaxedDocument, day: date) -> vat.Tax:
    """What falls due of a document up to a day, at all rates together."""
    return sum(vat.due_until(one, day).values(), vat.Tax())


def due_by_month(every: Iterable[vat.TaxedDocument], first: Period, months: int) -> list[vat.Tax]:
    """What falls due in each month."""
    followed, found = list(every), []
    for _ in range(months):
        found.append(sum((due.tax for due in vat.due_in(first, followed)), vat.Tax()))
        first = first.next
    return found


def test_vat_on_invoices_over_the_months_is_that_of_all_documents(at: At) -> None:
    """Under due = "invoice": each month is what is dated in it, credits below zero; together the VAT of every
    document."""
    every = issued(at("quarter"), "invoice")
    found = due_by_month(vat.taxed_documents(every, ()), Period(2023, 11), 20)
    by_date: dict[Period, vat.Tax] = defaultdict(vat.Tax)
    for d in every:
        assert d.issue_date is not None
        own = Period(d.issue_date.year, d.issue_date.month)
        by_date[own] = by_date[own] + vat.Tax(d.net, d.vat)
    period = Period(2023, 11)
    for tax in found:
        assert tax == by_date[period]
        period = period.next
    assert sum(found, vat.Tax()) == vat.Tax(sum(d.net for d in every), sum(d.vat for d in every))


@pytest.mark.parametrize("parts", [1, 2, 3, 7])
def test_vat_on_payments_over_the_months_is_that_of_all_documents(at: At, parts: int) -> None:
    """Under due = "payment", invoices paid in parts of what credits leave of them: together the VAT of every document,
    to the cent."""
    from chargeback.model.problem import Place
    from chargeback.model.receivables import Payment

    every = issued(at("quarter"), "payment")
    bare = vat.taxed_documents(every, ())
    assert due_by_month((one for one in bare if one.document.vat), Period(2023, 11), 20) == [vat.Tax()] * 20
    payments = []
    for one in bare:
        left = one.tax.gross - sum(credit.tax.gross for credit in one.credits)
        for place in range(parts):
            amount = left * (place + 1) // parts - left * place // parts
            paid_on = date(2025, 5 + place, 15)
            payments += [Payment(one.document.number, paid_on, amount, Place("payments/p.csv", 2))] if amount else []
    found = due_by_month(vat.taxed_documents(every, payments), Period(2023, 11), 30)
    assert sum(found, vat.Tax()) == vat.Tax(sum(d.net for d in every), sum(d.vat for d in every))


def test_vat_of_an_invoice_paid_in_part_and_then_adjusted(at: At) -> None:
    """Paid by half before June's adjustments: half its VAT; the credit takes back its share of what was paid; the rest
    with the rest."""
    from chargeback.model.problem import Place
    from chargeback.model.receivables import Payment

    every = issued(at("quarter"), "payment")
    credit = next(d for d in every if d.kind == "credit_note" and d.vat and d.issue_date == date(2024, 7, 5))
    number = credit.preceding[0].number
    (one,) = (f for f in vat.taxed_documents(every, ()) if f.document.number == number)
    half = one.tax.gross // 2
    rest = one.tax.gross + credit.gross - half
    here = Place("payments/p.csv", 2)
    paid = (Payment(number, date(2024, 6, 20), half, here), Payment(number, date(2024, 7, 20), rest, here))
    (one,) = (f for f in vat.taxed_documents(every, paid) if f.document.number == number)
    june, july, later = (until(one, day) for day in (date(2024, 6, 30), date(2024, 7, 31), date(2025, 4, 30)))
    assert june.gross == half
    assert abs(june.vat * one.tax.gross - one.tax.vat * half) <= one.tax.gross / 2
    assert july == later == one.tax + vat.Tax(credit.net, credit.vat)


# ---- Chorus Pro ------------------------------------------------------------------------------------------------------


def test_the_year_is_no_deposit_on_chorus(at: At, capsys: pytest.CaptureFixture[str]) -> None:
    """The operator of the sample goes through its finance software."""
    capsys.readouterr()
    assert main(["-C", str(at("end")), "export", "chorus", "2024-06"]) == 1
    assert "[operator] does not say chorus = true" in capsys.readouterr().err
    assert not (at("end") / "out/exports").exists()


# ---- a month below zero over invoices of two years -------------------------------------------------------------------


def reduced(root: Path, rebates: int) -> Path:
    """20.00 of racks a month; in March 2027 rebates of 1.00 each: the month is below zero. Dated on the first of the
    next month."""
    world(root, {"auvers": "rack 2"}, rows=[f"auvers,rebate,{rebates},2027-03-01,"])
    accounts = '\n[[accounts]]\naccount = "7588"\n\n[[accounts]]\nof = "prior-year-reduction"\naccount = "673"\n'
    (root / "chargeback.toml").write_text(
        (root / "chargeback.toml").read_text(encoding="utf-8") + accounts, encoding="utf-8"
    )
    dates = {
        "2026-11": "2026-12-01",
        "2026-12": "2027-01-01",
        "2027-01": "2027-02-01",
        "2027-02": "2027-03-01",
        "2027-03": "2027-04-01",
    }
    for name, on in dates.items():
        assert main(["-C", str(root), "issue", name, "--date", on]) == 0
        assert main(["-C", str(root), "close", name, "--date", on]) == 0
    return root


BELOW = [
    (30, [("réduction", "F2027-00003", "10.00", "2.00")]),
    (
        95,
        [
            ("annulation", "F2027-00003", "20.00", "4.00"),
            ("annulation", "F2027-00002", "20.00", "4.00"),
            ("annulation", "F2027-00001", "20.00", "4.00"),
            ("mandat sur exercice antérieur", "F2026-00001", "15.00", "3.00"),
        ],
    ),
    (
        110,
        [
            ("annulation", "F2027-00003", "20.00", "4.00"),
            ("annulation", "F2027-00002", "20.00", "4.00"),
            ("annulation", "F2027-00001", "20.00", "4.00"),
            ("mandat sur exercice antérieur", "F2026-00001", "20.00", "4.00"),
            ("mandat", "", "10.00", "2.00"),
        ],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("rebates", "expected"), BELOW)
def test_a_credit_note_is_handed_over_by_the_invoices_it_reduces(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rebates: int, expected: list[tuple[str, ...]]
) -> None:
    """The latest invoices first, each with its operation, net and VAT; the oldest of another exercice; what none covers
    is paid out. Each is of the rebate; what is charged in the same month goes with the last."""
    undrawn(monkeypatch)
    root = reduced(tmp_path / "w", rebates)
    rows = [r for r in table(root, tmp_path, "pretitres", "2027-03") if r["number"] == "A2027-00001"]
    sums: dict[tuple[str, str], list[int]] = {}
    for row in rows:
        own = sums.setdefault((row["operation"], row["original"]), [0, 0])
        for place, column in enumerate(("net", "vat")):
            own[place] += int(row["sign"]) * cents(row[column])
    assert {(*key, *(f"{amount / 100:.2f}" for amount in own)) for key, own in sums.items()} == set(expected)
    rebate, other_way = ("2", "1"), ("1", "-1")
    assert [(r["line"], r["sign"]) for r in rows] == [*[rebate] * (len(expected) - 1), other_way, rebate]
    assert {r["original_exercice"] for r in rows if r["original"]} == {
        number[1:5] for _, number, *_ in expected if number
    }


# ---- a month issued in two years -------------------------------------------------------------------------------------


def test_a_part_that_is_left_at_new_year_is_accrued(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """December's contributions are dated on the 31st, its services left for January: these alone are accrued, before
    and after."""
    undrawn(monkeypatch)
    root = world(tmp_path / "w", {"auvers": "rack 2, seat 8", "bezons": "rack 1, port 2"})
    issue = ["-C", str(root), "issue", "2026-12"]
    assert main([*issue, "--only", "contributions", "--date", "2026-12-31"]) == 0
    columns = ("period", "payer_id", "rule", "amount", "reversed_by")
    found = [tuple(row[c] for c in columns) for row in table(root, tmp_path, "accruals", "2026")]
    assert found == [
        ("2026-12", "auvers", "hosting", "20.00", ""),
        ("2026-12", "bezons", "hosting", "10.00", ""),
        ("2026-12", "bezons", "link", "6.00", ""),
    ]
    assert main([*issue, "--date", "2027-01-06"]) == 0
    after = [tuple(row[c] for c in columns) for row in table(root, tmp_path, "accruals", "2026")]
    assert [row[:-1] for row in after] == [row[:-1] for row in found]
    assert [row[-1] for row in after] == ["F2027-00001", "F2027-00002", "F2027-00002"]


def test_a_true_up_left_for_later_is_accrued_once(at: At, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the month that bills the true-up only contributions are issued: its differences wait there, and count once."""
    undrawn(monkeypatch)
    root = at("closed")
    for name, on, words in (("2025-01", "2025-02-06", []), ("2025-02", "2025-03-06", ["--only", "contributions"])):
        shutil.copytree(ROOT / "sample_data/year/deliveries" / name, root, dirs_exist_ok=True)
        assert main(["-C", str(root), "issue", name, "--date", on, *words]) == 0
        rows = table(root, tmp_path, "accruals", "2024")
        assert (total(rows), total(rows, "2024")) == (1055026, 185673)
        if not words:
            assert main(["-C", str(root), "close", name, "--date", on]) == 0
    assert main(["-C", str(root), "issue", "2025-02", "--date", "2025-03-07"]) == 0
    assert total(table(root, tmp_path, "accruals", "2024")) == 1055026
