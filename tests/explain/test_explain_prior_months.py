"""Explain goes back: an adjustment to what was billed and what its month is today, a carried line to the month that
charged it."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from kit.late_office import Office, edit, january_closed, put, usage, workspace
from kit.slow import slow

JANUARY, FEBRUARY, MARCH = "2026-01", "2026-02", "2026-03"


def office_of(root: Path, capsys: pytest.CaptureFixture[str], settings: str = "") -> Office:
    """The syndicate of late_months, in French."""
    made = workspace(root, JANUARY, FEBRUARY, MARCH, settings=settings)
    edit(made, "chargeback.toml", 'locale = "en_GB"', 'locale = "fr_FR"')
    return Office(made, capsys)


@pytest.fixture
def office(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Office:
    """January closed; then 7 units of January came."""
    found = Office(january_closed(tmp_path_factory, tmp_path, "fr_FR"), capsys)
    put(found.root, usage__late=usage(JANUARY, ("cergy", "7"), day="11"))
    return found


def told(office: Office, *words: str) -> str:
    """What explain prints, with plain spaces."""
    code, out, err = office.says("explain", *words)
    assert code == 0, err
    return out.replace("\u202f", " ").replace("\u00a0", " ")


def numbers(office: Office, period: str) -> dict[str, str]:
    """Payer and family → number, of the documents of a month."""
    found: dict[str, str] = {}
    for line in (office.root / "out" / "ledger.jsonl").read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        for document in entry["documents"] if entry["period"] == period else ():
            found[f"{document['payer']['member_id']}-{document['regime']['name']}"] = document["number"]
    return found


ADJUSTED = """    règle         storage@2026-01-01  tariffs/storage.toml:8
    fondement     Decision 1
    facturé       100,00 €  {january}
    calcul        Recalculé 107,00 €, facturé 100,00 € : 7,00 €
    motif         relevés reçus ou corrigés après la facturation
    janvier 2026 recalculé : storage                                                        107,00 €
    règle         storage@2026-01-01  tariffs/storage.toml:8
    quantité      gb, somme du mois
    mesuré        107
    calcul        107 × 1,00 € = 107,00 €
    arrondi       aucun, le calcul tombe juste au centime
    relevés       2 relevés de gb :
                    usage/2026-01.csv:2  2026-01-10 09:00  cergy  100
                    usage/late.csv:2     2026-01-11 09:00  cergy    7
                  tous : chargeback explain {asked} --period 2026-02 --line 3 --rows
"""


def test_an_adjustment_goes_down_to_what_was_billed_what_it_comes_to_and_the_rows(office: Office) -> None:
    """By the number of its document: every step in French, the late row with its file and line."""
    office.close(FEBRUARY)
    january, february = (numbers(office, p)["cergy-services"] for p in (JANUARY, FEBRUARY))
    text = told(office, february, "--line", "3")
    assert " 3  storage, régularisation de janvier 2026" in text
    assert text.endswith(ADJUSTED.format(january=january, asked=february))
    assert "recomputed" not in text


def test_a_draft_is_explained_the_same(office: Office) -> None:
    """By the name of its file, before it is issued."""
    office.does("run", FEBRUARY, "--no-documents")
    january = numbers(office, JANUARY)["cergy-services"]
    text = told(office, "cergy-services", "--period", FEBRUARY, "--line", "3")
    assert text.endswith(ADJUSTED.format(january=january, asked="cergy-services"))


@slow
def test_the_rows_behind_an_adjustment_are_those_of_its_month(office: Office) -> None:
    """As CSV: January's, the late one among them; none of February."""
    office.close(FEBRUARY)
    _, out, _ = office.says("explain", numbers(office, FEBRUARY)["cergy-services"], "--line", "3", "--rows")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert [(r["explained_line"], r["file"], r["line"]) for r in rows] == [
        ("3", "usage/2026-01.csv", "2"),
        ("3", "usage/late.csv", "2"),
    ]


def test_an_adjustment_as_data(office: Office) -> None:
    """Month, invoice, both sides, causes, where it was billed, and the lines charged again with their usage."""
    office.close(FEBRUARY)
    january, february = (numbers(office, p)["cergy-services"] for p in (JANUARY, FEBRUARY))
    _, out, _ = office.says("explain", february, "--line", "3", "--json")
    ((line,),) = (json.loads(out)["lines"],)
    found: dict[str, Any] = line["adjustment"]
    (again,) = found.pop("again")
    assert found == {
        "month": JANUARY,
        "invoice": january,
        "billed": "100.00",
        "now": "107.00",
        "cause": ["usage"],
        "billed_on": [{"document": january, "stands": "issued", "amount": "100.00"}],
    }
    assert (again["amount"], again["charges"][0]["quantity"], again["usage"][0]["rows"]) == ("107.00", "107", 2)


@slow
def test_what_adjustments_billed_counts_as_billed(office: Office) -> None:
    """The file goes again: in March 107.00 were billed, by two documents; what came after is not told."""
    office.close(FEBRUARY)
    (office.root / "usage" / "late.csv").unlink()
    office.close(MARCH)
    january, february = (numbers(office, p)["cergy-services"] for p in (JANUARY, FEBRUARY))
    text = told(office, next(n for n in numbers_of(office, MARCH) if n.startswith("A")))
    assert f"    facturé       100,00 €  {january}\n                    7,00 €  {february}\n" in text
    assert "Recalculé 100,00 €, facturé 107,00 € : −7,00 €" in text
    assert f"    facturé       100,00 €  {january}\n    calcul" in told(office, february, "--line", "3")


def numbers_of(office: Office, period: str) -> list[str]:
    """The numbers of a month, in order."""
    entries = map(json.loads, (office.root / "out" / "ledger.jsonl").read_text(encoding="utf-8").splitlines())
    return [d["number"] for e in entries if e["period"] == period for d in e["documents"]]


def test_a_later_adjustment_does_not_make_its_month_differ(office: Office) -> None:
    """What February bills of January is no amount of February: nothing is said to have changed."""
    office.close(FEBRUARY)
    text = told(office, numbers(office, FEBRUARY)["cergy-services"])
    assert "aujourd'hui" not in text


@pytest.fixture
def quarterly(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Office:
    """All are billed by quarter; in January the backbone cost 300.00, in February 600.00, and Écouen used 7 more."""
    found = office_of(tmp_path, capsys, 'frequency = "quarter"')
    edit(found.root, "costs/2026-02.csv", "300.00", "600.00")
    put(found.root, usage__more=usage(FEBRUARY, ("ecouen", "7"), day="11"))
    found.does("close", JANUARY)
    found.does("close", FEBRUARY)
    found.close(MARCH)
    return found


def test_a_carried_share_is_explained_by_the_month_that_charged_it(quarterly: Office) -> None:
    """February's costs with their line, not March's."""
    text = told(quarterly, numbers(quarterly, MARCH)["ecouen-cost-sharing"])
    assert " 3  network, report de février 2026  " in text
    february = text.partition("report de février 2026")[2]
    assert "Montant réparti : 600,00 € (poste « backbone »)." in february
    assert "costs/2026-02.csv:2  600,00 €  Backbone" in february
    assert "600,00 € × 100 ÷ 300 = 200,00 €" in february
    assert "costs/2026-03.csv" not in february


def test_a_carried_rate_is_explained_by_the_usage_of_its_month(quarterly: Office) -> None:
    """47 units in two files of February."""
    text = told(quarterly, numbers(quarterly, MARCH)["ecouen-services"], "--line", "3")
    assert "storage, report de février 2026" in text
    assert "47 × 1,00 € = 47,00 €" in text
    assert "usage/2026-02.csv:3  2026-02-10 09:00  ecouen  40" in text
    assert "usage/more.csv:2     2026-02-11 09:00  ecouen   7" in text
    assert "usage/2026-03.csv" not in text


def test_a_carried_month_is_shown_with_its_reason(quarterly: Office) -> None:
    """No document bears these lines yet."""
    text = told(quarterly, "ecouen", "--period", JANUARY)
    assert "Facture (ecouen-services), reporté : facturé par trimestre" in text


@slow
def test_an_adjustment_of_a_carried_month_says_where_it_is_billed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """January waited: its amount stands on the same invoice as its adjustment."""
    office = office_of(tmp_path, capsys, 'frequency = "quarter"')
    office.does("close", JANUARY)
    office.does("close", FEBRUARY)
    put(office.root, usage__late=usage(JANUARY, ("ecouen", "7"), day="11"))
    waiting = told(office, "ecouen-services", "--period", MARCH, "--line", "2")
    assert "facturé       40,00 €  reporté, pas encore facturé" in waiting
    office.close(MARCH)
    number = numbers(office, MARCH)["ecouen-services"]
    text = told(office, number, "--line", "2")
    assert f"facturé       40,00 €  reporté, facturé sur {number}" in text
    assert "Recalculé 47,00 €, facturé 40,00 € : 7,00 €" in text


def test_what_is_billed_of_other_months_is_no_amount_of_the_month(office: Office) -> None:
    """A late row of February: today 103.00 and not the 100.00 of February; January's 7.00 do not count."""
    office.close(FEBRUARY)
    put(office.root, usage__later=usage(FEBRUARY, ("cergy", "3"), day="11"))
    text = " ".join(told(office, numbers(office, FEBRUARY)["cergy-services"], "--line", "2").split())
    assert "les fichiers donnent à présent 103,00 € pour cette règle et ce membre, et non 100,00 €" in text


@slow
def test_late_costs_are_named_with_their_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An allocation adjusted at once: the pool of January with both costs, and the new share."""
    office = office_of(tmp_path, capsys)
    edit(office.root, "tariffs/network.toml", 'kind = "allocation"', 'kind = "allocation"\nadjust = "next"')
    office.close(JANUARY)
    text = "period,pool,account,label,amount,document\n2026-01,backbone,611,Late,60.00,L-1\n"
    put(office.root, costs__late=text)
    office.close(FEBRUARY)
    told_of = told(office, numbers(office, FEBRUARY)["ecouen-cost-sharing"])
    adjusted = told_of.partition("régularisation de janvier 2026")[2]
    assert "Recalculé 120,00 €, facturé 100,00 € : 20,00 €" in adjusted
    assert "motif         dépenses enregistrées ou corrigées après la facturation" in adjusted
    assert "costs/2026-01.csv:2  300,00 €  Backbone" in adjusted
    assert "costs/late.csv:2      60,00 €  Late" in adjusted
    assert "360,00 € × 100 ÷ 300 = 120,00 €" in adjusted


@slow
def test_a_bound_does_not_count_what_is_adjusted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A minimum of 105.00: January comes to 107.00 late, February's top-up counts the use of February alone."""
    office = office_of(tmp_path, capsys)
    edit(office.root, "tariffs/storage.toml", 'price = "1.00"', 'price = "1.00"\nminimum = "105.00"')
    office.close(JANUARY)
    put(office.root, usage__late=usage(JANUARY, ("cergy", "7"), day="11"))
    office.close(FEBRUARY)
    text = told(office, numbers(office, FEBRUARY)["cergy-services"])
    assert "Recalculé 107,00 €, facturé 105,00 € : 2,00 €" in text
    assert "facturé 100,00 €, minimum 105,00 € : complément de 5,00 €" in text
