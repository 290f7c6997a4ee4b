"""Explain, through the command line: every figure behind a line, down to the usage rows with their file and line."""

from __future__ import annotations

import csv
import io
import json
import shutil
import tomllib
from collections import defaultdict
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from chargeback.charging.metering.cells import ADDITIVE
from chargeback.cli.app import main
from chargeback.explain.evidence_by_month import all_rows
from chargeback.explain.explanation import Explanation, explain
from chargeback.explain.json_output import json_of
from chargeback.explain.text import WIDTH, text_of
from chargeback.model.money import to_cents
from chargeback.model.period import HOUR_US, Period
from chargeback.model.quantity import Quantity
from chargeback.workflows.session import loaded
from chargeback.workspace.reports.wording import Wording, read_wording
from kit.explained import field, printed_by_explain
from kit.issuable_scenarios import SCENARIOS, scenario
from kit.slow import slow, some

GOOD = sorted(p.parent for p in SCENARIOS.glob("*/scenario.toml") if not (p.parent / "expected/problems.txt").is_file())


def workspace(name: str, target: Path) -> tuple[Path, str]:
    """A copy of a scenario's workspace, and its period."""
    folder = SCENARIOS / name
    shutil.copytree(folder, target, ignore=shutil.ignore_patterns("expected", "scenario.toml"))
    return target, tomllib.loads((folder / "scenario.toml").read_text(encoding="utf-8"))["period"]


def test_a_share_by_three_keys(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Pool, costs with their line, each key with weight, value and total, the exact share and the cents."""
    root, period = workspace("keys-composed-by-weight", tmp_path / "w")
    text = printed_by_explain(capsys, root, "cergy", "--period", period)
    assert field(text, "règle") == ["shared-network@2026-01-01  tariffs/shared-network.toml:8"]
    assert field(text, "fondement") == ["Délibération fixant les tarifs"]
    costs = [r for r in rows_of(root / "costs/2026-10.csv") if r["period"] == period]
    assert len(field(text, "dépenses")) == len(costs)
    assert field(text, "dépenses")[0].startswith("costs/2026-10.csv:2 ")
    assert [row.split()[0] for row in field(text, "clé")] == ["70", "20", "5", "5"]
    assert "au plus fort reste" in " ".join(field(text, "arrondi"))
    usage = field(text, "relevés")
    assert usage[-1] == f"tous : chargeback explain cergy --period {period} --line 1 --rows"


def test_the_exact_part_of_a_share_is_that_of_its_keys(tmp_path: Path) -> None:
    """70 % of the traffic, 20 % of the staff, 5 % equally, 5 % agreed, worked out by hand from the files."""
    root, period = workspace("keys-composed-by-weight", tmp_path / "w")
    (line,) = json_of(explained(root, period, "cergy"))["lines"]
    keys = [(Fraction(k["weight"]), Fraction(k["value"]), Fraction(k["total"])) for k in line["pool"]["keys"]]
    drivers = {r["member_id"]: Decimal(r["value"]) for r in rows_of(root / "drivers.csv")}
    taking_part = {m: v for m, v in drivers.items() if m != "sdis95"}
    assert keys[1] == (Fraction(1, 5), Fraction(drivers["cergy"]), Fraction(sum(taking_part.values())))
    assert keys[3] == (Fraction(1, 20), 40, 100)
    expected = Fraction(line["pool"]["shared"]) * sum(w * v / t for w, v, t in keys)
    assert Fraction(line["pool"]["exact"]) == expected


def many_demands(root: Path) -> None:
    """Thirty members, each with a demand of its own: more than a Shapley value along a curve is exact for."""
    names = [f"m{n:02}" for n in range(1, 31)]
    members = [f"{name},{name.upper()},commune,2020-01-01," for name in names]
    drivers = [f"{name},tb,{n * n}.007,2020-01-01," for n, name in enumerate(names, 1)]
    (root / "members.csv").write_text("member_id,name,kind,valid_from,valid_to\n" + "\n".join(members) + "\n", "utf-8")
    (root / "drivers.csv").write_text(
        "member_id,driver,value,valid_from,valid_to\n" + "\n".join(drivers) + "\n", "utf-8"
    )
    for name in ("convex", "linear"):
        (root / "tariffs" / f"{name}.toml").unlink()
    rule, costs = root / "tariffs/kinked.toml", next((root / "costs").iterdir())
    rule.write_text(rule.read_text("utf-8").replace('at = "10"', 'at = "10000"'), "utf-8")
    kept = [row for row in costs.read_text("utf-8").splitlines() if row.startswith("period") or ",kinked," in row]
    costs.write_text("\n".join(kept) + "\n", "utf-8")


@slow
def test_an_estimated_share_tells_its_standard_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A share from a sample of orders has the same standard error in charges.csv, in words and as data; an exact one
    none."""
    root, period = workspace("each-pays-what-it-adds-on-average", tmp_path / "w")
    (exact,) = {"standard_error" in line["pool"] for line in json_of(explained(root, period, "medium"))["lines"]}
    assert not exact
    many_demands(root)
    assert main(["-C", str(root), "run", period, "--no-documents"]) == 0
    (line,) = json_of(explained(root, period, "m07"))["lines"]
    error = Fraction(line["pool"]["standard_error"])
    (reason,) = [r["reason"] for r in rows_of(root / "out" / period / "charges.csv") if r["member_id"] == "m07"]
    assert error > 0
    assert f"estimated, standard error {float(error):.6f}" in reason
    shown = f"erreur type {float(error):.8f}".rstrip("0").replace(".", ",") + " €"
    assert shown in " ".join(printed_by_explain(capsys, root, "m07", "--period", period).split())


def rows_of(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def explained(root: Path, period: str, asked: str, line: int | None = None) -> Explanation:
    """The explanation as a value."""
    with loaded(root, write=False) as (books, _):
        return explain(books, asked, Period.parse(period), line)


def test_a_half_cent_shows_before_and_after(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The exact product and the cents it becomes."""
    root, period = workspace("half-cent-rounds-away-from-zero", tmp_path / "w")
    text = printed_by_explain(capsys, root, "alpha", "--period", period)
    assert "1,005 € arrondi à 1,01 €, au centime le plus proche" in text


def test_a_yearly_price_shows_its_twelfth(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """980.00 for the year, of which the month bears 81.67 or 81.66."""
    root, period = workspace("yearly-price-split-over-twelve-months", tmp_path / "w")
    (member, *_) = sorted({r["member_id"] for r in rows_of(root / "members.csv")})
    text = printed_by_explain(capsys, root, member, "--period", period)
    assert "répartis en centimes sur 12 mois, les premiers portant le reste" in " ".join(text.split())


def test_a_top_up_shows_what_was_charged_and_the_minimum(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The bound, what it met, and the difference."""
    root, period = workspace("minimum-tops-up-and-maximum-rebates", tmp_path / "w")
    text = printed_by_explain(capsys, root, "high", "--period", period)
    assert field(text, "borne") == ["facturé 1 300,00 €, plafond 1 000,00 € : réduction de 300,00 €"]


def test_a_price_change_shows_the_part_of_each_version(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The days of the version, the tier's units of the month and the part of the use that fell under it."""
    root, period = workspace("price-change-inside-the-month", tmp_path / "w")
    text = printed_by_explain(capsys, root, "alpha", "--period", period, "--line", "3")
    assert field(text, "période") == ["version en vigueur du 1er octobre 2026 au 15 octobre 2026 : 15 jours sur 31"]
    assert field(text, "mesuré") == ["340,5, dont 170 pendant cette version"]
    assert field(text, "calcul") == [
        "100 du mois dans la tranche × 170 ÷ 340,5 = 49,926579",
        "49,926579 × 0,30 € = 14,97797357… €",
    ]
    assert [row.split()[0] for row in field(text, "relevés")[1:3]] == ["usage/gb.csv:2", "usage/gb.csv:3"]


def test_an_accumulated_price_shows_the_year_to_date(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The use to date and to the end of last month, the price of each, and the rows of the earlier months."""
    root, period = workspace("water-of-the-year-billed-each-month", tmp_path / "w")
    text = printed_by_explain(capsys, root, "m075", "--period", period)
    assert field(text, "calcul")[-1] == "41,50 € − 36,31 € = 5,19 €"
    assert "8 relevés de m3 des mois précédents, comptés dans le cumul, les 5 premiers :" in field(text, "relevés")


def test_the_use_of_nobody_is_shown_to_its_bearer(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The member that bears it sees the rows that lead to nobody beside its own."""
    root, period = workspace("one-member-bears-the-use-of-nobody", tmp_path / "w")
    text = printed_by_explain(capsys, root, "operator", "--period", period, "--line", "1")
    places = [row.split()[0] for row in field(text, "relevés")[1:-1]]
    assert places == ["usage/gb.csv:3", "usage/gb.csv:5", "usage/gb.csv:7", "usage/gb.csv:8"]


def test_every_row_as_csv(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """--rows gives each row with the line it stands on: the file says the same there, the quantities add up to what was
    measured."""
    root, period = workspace("price-change-inside-the-month", tmp_path / "w")
    rows = list(csv.DictReader(io.StringIO(printed_by_explain(capsys, root, "alpha", "--period", period, "--rows"))))
    files = {row["file"]: (root / row["file"]).read_text(encoding="utf-8").splitlines() for row in rows}
    for row in rows:
        header, line = files[row["file"]][0].split(","), files[row["file"]][int(row["line"]) - 1].split(",")
        written = dict(zip(header, line, strict=True))
        assert Decimal(written["quantity"]) == Decimal(row["quantity"])
        assert (written["member_id"], written["meter"]) == (row["member_id"], row["meter"])
    assert len({(row["file"], row["line"]) for row in rows}) == 4
    own = {n: sum(Decimal(r["quantity"]) for r in rows if r["explained_line"] == n) for n in ("3", "6")}
    assert own == {"3": Decimal("170"), "6": Decimal("170.5")}


def test_lines_that_do_not_exist(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A line too many, a member misspelt, a month that nothing was run for: one sentence each."""
    root, period = workspace("price-change-inside-the-month", tmp_path / "w")
    assert main(["-C", str(root), "explain", "alpha"]) == 1
    assert capsys.readouterr().err == "there is no month in out/ yet: name one, as --period 2026-10\n"
    assert main(["-C", str(root), "explain", "alpha", "--period", period, "--line", "99"]) == 1
    assert capsys.readouterr().err == f"alpha has 7 lines in {period}: --line 99 is none of them\n"
    assert main(["-C", str(root), "explain", "alpah", "--period", period]) == 1
    assert capsys.readouterr().err == (
        f"alpah is neither the number of an issued document nor a member charged in {period}; did you mean alpha?\n"
    )


def test_a_draft_is_explained_by_its_file_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A document without a number is called as its file."""
    root, period = workspace("regimes-by-member-and-a-payer", tmp_path / "w")
    text = printed_by_explain(capsys, root, "agglo-cost-sharing", "--period", period)
    assert text.splitlines()[:2] == ["Facture, septembre 2026", "Agglomération (agglo), projet, non émis"]
    assert "Heures, pour Cergy (cergy)" in text


def test_a_member_that_only_pays_sees_what(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Charged nothing itself, it receives the documents of others."""
    root, period = workspace("regimes-by-member-and-a-payer", tmp_path / "w")
    usage = root / "usage/h.csv"
    lines = [line for line in usage.read_text(encoding="utf-8").splitlines() if ",agglo," not in line]
    usage.write_text("\n".join(lines) + "\n", encoding="utf-8")
    with (root / "tariffs/network.toml").open("a", encoding="utf-8") as file:
        file.write('exclude = ["agglo"]\n')
    assert main(["-C", str(root), "explain", "agglo", "--period", period]) == 1
    assert capsys.readouterr().err == (
        "agglo is charged nothing in 2026-09; it pays agglo-contributions, agglo-cost-sharing: name one of them\n"
    )


def test_without_a_period_the_latest_month_is_explained(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The latest folder of out/; a draft made of other files is told apart."""
    root, period = workspace("price-change-inside-the-month", tmp_path / "w")
    assert main(["-C", str(root), "run", period, "--no-documents"]) == 0
    (root / "out/2026-01").mkdir()
    assert "octobre 2026" in printed_by_explain(capsys, root, "alpha")
    (root / "drivers.csv").write_text(
        (root / "drivers.csv").read_text(encoding="utf-8").replace("12345", "12346"), encoding="utf-8"
    )
    capsys.readouterr()
    assert main(["-C", str(root), "explain", "alpha"]) == 0
    assert capsys.readouterr().err == (
        f"the draft in out/{period} was made of other files: `chargeback run {period}` draws it up again\n"
    )


@pytest.fixture(scope="module")
def issued(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A month issued, then a late row."""
    root = scenario("price-change-inside-the-month", tmp_path_factory.mktemp("issued") / "w")
    assert main(["-C", str(root), "issue", "2026-10", "--date", "2026-11-05"]) == 0
    late = "start,end,member_id,resource_id,meter,quantity\n2026-10-20T08:00Z,,alpha,,gb,1000\n"
    (root / "usage/late.csv").write_text(late, encoding="utf-8")
    return root


def test_an_invoice_is_explained_as_billed(issued: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """By its number, with the amounts of the ledger and the totals; what the files would give now is told beside."""
    documents = json.loads((issued / "out/ledger.jsonl").read_text(encoding="utf-8"))["documents"]
    storage = next(d for d in documents if (d["payer"]["member_id"], d["regime"]["name"]) == ("alpha", "services"))
    text = printed_by_explain(capsys, issued, storage["number"])
    assert text.splitlines()[0] == f"Facture n° {storage['number']} du 5 novembre 2026, octobre 2026"
    assert "tel que facturé" in text.splitlines()[1]
    assert field(text, "calcul")[-1] == "49,926579 × 0,30 € = 14,97797357… €"
    assert " ".join(field(text, "aujourd'hui")).startswith("les fichiers donnent à présent ")
    totals = [line.split("  ")[-1].strip() for line in text.splitlines()[-3:]]
    cents = [storage["vat_lines"][0]["net"], storage["vat_lines"][0]["vat"]]
    assert totals == [f"{c // 100},{c % 100:02} €" for c in (*cents, sum(cents))]


def test_an_invoice_of_another_month_is_not_this_one(issued: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A number goes with its month."""
    assert main(["-C", str(issued), "explain", "F2026-00001", "--period", "2026-11"]) == 1
    assert capsys.readouterr().err == "F2026-00001 is of 2026-10, not of 2026-11: leave --period out\n"


def test_the_terms_are_those_that_were_billed(issued: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A rule changed after the issue does not change the explanation: the ledger kept its terms and its reference."""
    root = tmp_path / "w"
    shutil.copytree(issued, root)
    before = printed_by_explain(capsys, root, "bravo", "--period", "2026-10")
    path = root / "tariffs/contribution.toml"
    text = path.read_text(encoding="utf-8").replace("0.10", "0.99").replace("Délibération fixant", "Autre texte fixant")
    path.write_text(text, encoding="utf-8")
    after = printed_by_explain(capsys, root, "bravo", "--period", "2026-10")
    assert field(after, "calcul") == field(before, "calcul")
    assert field(after, "fondement") == field(before, "fondement")
    assert "aujourd'hui" in after


def test_in_english(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The locale gives the language and the marks of numbers."""
    root, period = workspace("half-cent-rounds-away-from-zero", tmp_path / "w")
    settings = root / "chargeback.toml"
    settings.write_text(settings.read_text(encoding="utf-8").replace("fr_FR", "en_GB"), encoding="utf-8")
    text = printed_by_explain(capsys, root, "alpha", "--period", period)
    assert "€1.005 rounded to €1.01, to the nearest cent" in text
    assert "all of them: chargeback explain alpha" in text


@pytest.mark.parametrize("folder", some(GOOD, 12), ids=lambda path: path.name)
def test_every_line_of_every_scenario_is_explained(folder: Path, tmp_path: Path) -> None:
    """Amounts add up to the charges, products and shares give them, rows add up to what a sum measured, and all of it
    reads."""
    root, name = workspace(folder.name, tmp_path / "w")
    period = Period.parse(name)
    expected = charges_of(folder)
    found: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    wordings = [read_wording(locale) for locale in ("fr_FR", "en_GB")]
    with loaded(root, write=False) as (books, _):
        for member in sorted({member for member, _ in expected}):
            explanation = explain(books, member, period, None)
            for line in json_of(explanation)["lines"]:
                found[member, line["rule"]] += Decimal(line["amount"])
                check_line(line)
            check_sums(explanation, list(all_rows(books, explanation.lines)))
            check_text(explanation, wordings)
    assert {key: amount for key, amount in found.items() if amount} == expected


def charges_of(folder: Path) -> dict[tuple[str, str], Decimal]:
    """What a scenario charges, but zero, and but baselines, which bill nothing."""
    rows = rows_of(folder / "expected/charges.csv")
    return {(r["member_id"], r["rule"]): Decimal(r["amount"]) for r in rows if Decimal(r["amount"])}


def check_line(line: dict[str, Any]) -> None:
    """Each product gives its cents, and a share is less than a cent from its exact part."""
    for charge in line["charges"]:
        if "exact" in charge:
            assert to_cents(Fraction(charge["exact"])) == Decimal(charge["rounded"]) * 100
    if "exact" in line.get("pool", {}):
        assert abs(Fraction(line["pool"]["exact"]) - Fraction(line["amount"])) < Fraction(1, 100)
    for usage in line.get("usage", []):
        assert usage["rows"] > 0
        assert "same_as_line" in usage or usage["first"] != []
        assert all(row["line"] is not None for row in usage["first"])


def check_sums(explanation: Explanation, rows: list[Any]) -> None:
    """The rows behind a sum or an integral add up to what was measured, each by its time where that counts."""
    by_line: dict[int, list[Any]] = defaultdict(list)
    for number, row in rows:
        by_line[number].append(row)
    for line in explanation.lines:
        usage = line.evidence
        if len(usage) == 1 and usage[0].question.quantity.measure in ADDITIVE and not usage[0].same_rows_as:
            own = [counted(usage[0].question.quantity, row) for row in by_line[line.number]]
            assert sum(own, Fraction(0)) == usage[0].of_version


def counted(quantity: Quantity, row: Any) -> Fraction:
    """What a row adds to a sum, one that is spread, or an integral."""
    hours = Fraction(row.counted_seconds or 0) / 3600
    if quantity.measure == "integral":
        return Fraction(row.quantity) * hours
    if not quantity.spread or row.end_us is None:
        return Fraction(row.quantity)
    return Fraction(row.quantity) * hours / Fraction(row.end_us - row.start_us, HOUR_US)


def check_text(explanation: Explanation, wordings: list[Wording]) -> None:
    """It reads in both languages; only lines with a path, a table or a command may be longer than the page."""
    for wording in wordings:
        for text in text_of(explanation, wording):
            assert len(text) <= WIDTH or any(sign in text for sign in (".csv", ".toml", ".parquet", "--rows", "  "))
