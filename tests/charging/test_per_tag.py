"""Quantities per tag: each value of a tag of the usage is measured and priced apart for each member."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from openpyxl import load_workbook

from chargeback.charging.metering.answers import Measured
from chargeback.charging.metering.attribution import Question
from chargeback.charging.metering.name_checks import mistyped_tags
from chargeback.charging.metering.usage_notices import untagged_use
from chargeback.cli.app import main
from chargeback.ledger.rule_terms import fingerprint, rules_of, terms
from chargeback.model.facts import Facts, Member
from chargeback.model.period import EPOCH, Period, Span
from chargeback.model.problem import Place
from chargeback.model.rules import Quantity, Rule
from chargeback.store.database import Store, open_store
from chargeback.store.load.loader import TAGGED
from chargeback.store.measure import measure
from chargeback.store.sql import statement
from chargeback.store.sql.quoting import tag_column
from chargeback.workspace.tariffs.checks import sense
from kit.issuable_scenarios import SCENARIOS

MONTH = Period(2026, 9)
UTC = ZoneInfo("UTC")
HERE = Place("tariffs/servers.toml", 6)
APP = {"tag": "application"}
SERVERS = "further-servers-of-an-application-are-cheaper"
Run = Callable[..., str]


@pytest.fixture
def store() -> Iterator[Store]:
    """A temporary store whose usage has the tag application."""
    with open_store(None, write=True) as found:
        for table in TAGGED:
            found.connection.execute(statement("load/add_tag", table=table, column=tag_column("application")))
        yield found


def put(store: Store, *rows: tuple[int, str, str, str | None]) -> None:
    """Samples at noon of a day of September, of member a: day, resource, quantity, application."""
    for day, resource, quantity, application in rows:
        start = (date(2026, 9, day) - EPOCH.date()).days * 86_400_000_000 + 43_200_000_000
        values = [start, None, "a", resource, "q", Decimal(quantity), application]
        store.connection.execute("insert into usage values (1, ?, ?, ?, ?, ?, ?, ?)", values)


def ask(measure_name: str, **more: Any) -> Question:
    """A question per application about the meter q over the whole month."""
    quantity = Quantity.model_validate({"meter": "q", "measure": measure_name, "per": APP, **more})
    return Question("servers", "rate:0", quantity, None, frozenset(), MONTH.span, (MONTH.span,), HERE)


def asked(store: Store, question: Question, span: Span = MONTH.span) -> Measured:
    """What is measured for a question of member a."""
    facts = Facts(
        members=(
            Member(member_id="a", name="A", kind="commune", valid_from=date(2026, 1, 1), valid_to=None, where=HERE),
        )
    )
    return measure(store.connection, [question], facts, span, UTC, "2026-09")


def values(found: Measured) -> dict[str, Fraction]:
    """The readings of member a by application."""
    return {value: reading.value for (_, value), reading in found.answers["servers", "rate:0"].readings.items()}


ROWS: tuple[tuple[int, str, str, str | None], ...] = (
    (1, "s1", "3", "paie"),
    (1, "s2", "4", "paie"),
    (2, "s1", "5", "paie"),
    (1, "s3", "10", "rh"),
    (1, "s4", "20", None),
)


@pytest.mark.parametrize(
    ("name", "more", "expected"),
    [
        ("sum", {}, {"paie": 12, "rh": 10, "": 20}),
        ("count", {}, {"paie": 2, "rh": 1, "": 1}),
        ("max", {"combine": "instant"}, {"paie": 7, "rh": 10, "": 20}),
        ("last", {"combine": "instant"}, {"paie": 5, "rh": 10, "": 20}),
        ("mean", {"combine": "instant"}, {"paie": 6, "rh": 10, "": 20}),
        ("p95", {"combine": "instant"}, {"paie": 7, "rh": 10, "": 20}),
        ("sum", {"where": {"application": "paie"}}, {"paie": 12}),
    ],
)
def test_each_value_is_measured_apart(store: Store, name: str, more: dict[str, Any], expected: dict[str, int]) -> None:
    """One reading for each application, one for the rows without it; combined at each instant within an application."""
    put(store, *ROWS)
    assert expected == values(asked(store, ask(name, **more)))


@pytest.mark.parametrize("name", ["max", "last", "p95", "mean"])
def test_one_series_within_a_value(store: Store, name: str) -> None:
    """Two resources of one application are no series, and the problem names it; one in each of two applications are."""
    put(store, *ROWS)
    (problem,) = asked(store, ask(name)).problems
    assert problem.code == "several-series"
    assert problem.message == (
        f"servers takes the {name} of q of one series, but a (application = paie) has 2 resources in 2026-09 (s1, s2): "
        'measure them apart with per = "resource", or add them at each instant with combine = "instant", and a step, '
        'as step = "5m", where they are read seconds apart'
    )
    store.connection.execute("delete from usage where resource_id = 's2'")
    assert asked(store, ask(name)).problems == ()


def test_two_resources_without_the_tag_are_no_series_either(store: Store) -> None:
    """The rows without the tag are one unit, and the problem says so."""
    put(store, (1, "s4", "20", None), (1, "s5", "1", None))
    (problem,) = asked(store, ask("max")).problems
    assert "but a (without application) has 2 resources" in problem.message


def test_a_tag_that_no_usage_has_is_one_unit(store: Store) -> None:
    """Everything of a member stands together when there is no such column."""
    put(store, *ROWS)
    assert values(asked(store, ask("sum", per={"tag": "colour"}))) == {"": 42}


def test_use_without_the_tag_is_counted_in_a_notice(store: Store) -> None:
    """Rule, meter, tag, rows and quantity; nothing where every row has the tag."""
    put(store, *ROWS)
    question = ask("sum")
    (notice,) = untagged_use([question], asked(store, question), MONTH)
    assert (notice.where, notice.code, notice.count) == (HERE, "usage-without-tag", 1)
    assert notice.message == (
        '1 row of q (20 in all) without the tag "application" in 2026-09: servers prices those of each member '
        "together, "
        "as one more value of the tag"
    )
    store.connection.execute('delete from usage where "tag:application" is null')
    assert list(untagged_use([question], asked(store, question), MONTH)) == []


def rule(per: Any) -> Rule:
    """A rate of servers at one price."""
    version = {"valid_from": "2026-01-01", "references": [{"title": "Decision"}], "model": "flat", "price": "1"}
    quantity = {"meter": "server", "measure": "count", "per": per}
    values = {"id": "servers", "label": {"fr": "S"}, "kind": "rate", "vat": "services", "quantity": quantity}
    return Rule.model_validate({**values, "version": [version]})


def test_a_near_name_of_a_tag_is_a_mistake() -> None:
    """A tag that no usage has is a problem beside one of nearly that name, and none beside others or itself."""
    wrong = rule({"tag": "aplication"})
    assert [p.code for p in mistyped_tags([wrong], ["application", "class"])] == ["unknown-tag"]
    assert list(mistyped_tags([wrong], ["class"])) == []
    assert list(mistyped_tags([rule(APP), rule("resource")], ["application"])) == []


def test_by_day_goes_with_the_member_as_a_whole() -> None:
    """The greatest of meters measured apart has no value on a day: prorate says so at its key, and not for a
    member's."""

    def found(per: Any, prorate: str) -> list[tuple[str, str]]:
        meters = [{"meter": meter, "measure": "sum", "per": per} for meter in "ab"]
        one = rule(per).model_copy(update={"quantity": Quantity.model_validate({"greatest": meters})})
        version = one.versions[0].model_copy(update={"prorate": prorate})
        return [(key, code) for key, _, code in sense(one.model_copy(update={"version": (version,)}), [0])]

    assert found(APP, "day") == found("resource", "day") == [("version.0.prorate", "bad-field")]
    assert found("member", "day") == found(APP, "none") == []


def test_the_ledger_keeps_the_tag() -> None:
    """Another tag is other terms, the default leaves no trace, and what was kept is read back as it was."""
    day = date(2026, 1, 1)
    prints = {
        fingerprint(r, r.versions[0]) for r in (rule("member"), rule("resource"), rule(APP), rule({"tag": "class"}))
    }
    assert len(prints) == 4
    plain = terms(rule("member"), day)
    assert "per" not in plain.content["quantity"]
    kept = rules_of([terms(rule(APP), day)])["servers"]
    assert kept.quantity is not None
    assert kept.quantity.tag == "application"
    assert json.loads(json.dumps(terms(rule(APP), day).content))["quantity"]["per"] == APP


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """The scenario of servers, run; then what a command on it prints."""
    root = tmp_path / "w"
    shutil.copytree(SCENARIOS / SERVERS, root, ignore=shutil.ignore_patterns("expected", "scenario.toml"))
    assert main(["-C", str(root), "run", "2026-09"]) == 0

    def told(*words: str) -> str:
        capsys.readouterr()
        assert main(["-C", str(root), *words]) == 0
        return capsys.readouterr().out.replace("\u202f", " ").replace("\xa0", " ")

    return told


def test_explain_names_the_tag_and_finds_the_rows_of_its_values(run: Run) -> None:
    """The second and following servers: of the applications that have one, and only their rows."""
    text = run("explain", "alpha", "--period", "2026-09", "--line", "5")
    shown = [" ".join(line.split()) for line in text.splitlines()]
    assert "calcul application = paie 3 × 75,00 € = 225,00 € 225,00 €" in shown
    assert "sans étiquette « application » 1 × 75,00 € = 75,00 € 75,00 €" in shown
    assert "application = rh 1 × 75,00 € = 75,00 € 75,00 €" in shown
    assert "arrondi chaque valeur de l'étiquette est arrondie à part, au centime le plus proche" in shown
    rows = list(csv.DictReader(run("explain", "alpha", "--period", "2026-09", "--line", "5", "--rows").splitlines()))
    found = {(row["resource_id"], row["application"]) for row in rows}
    assert ("srv-9", "rh") in found
    assert ("srv-9", "compta") not in found
    assert {value for _, value in found} == {"paie", "rh", ""}


def test_the_answer_as_json_says_what_is_a_tag(run: Run) -> None:
    """A charge of a value of the tag names tag and value, null for rows without it; it has no resource."""
    (line,) = json.loads(run("explain", "alpha", "--period", "2026-09", "--line", "5", "--json"))["lines"]
    named = [charge["tag"] for charge in line["charges"]]
    assert named == [{"name": "application", "value": value} for value in (None, "paie", "rh")]
    assert all("resource_id" not in charge for charge in line["charges"])


def test_the_workbook_names_the_tag(run: Run, tmp_path: Path) -> None:
    """The sheet of charges writes the value with its tag; a rebate of the member has neither."""
    book = load_workbook(tmp_path / "w/out/2026-09/finance.xlsx", read_only=True)
    cells = {
        str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row if cell is not None
    }
    assert "application = paie" in cells
    assert "sans étiquette « application »" in cells
    assert "paie" not in cells


def test_the_greatest_of_two_quantities_per_tag(tmp_path: Path) -> None:
    """Of each application the larger of two meters is priced: of paie the first, of rh the second, of compta the only
    one."""
    root = tmp_path / "w"
    shutil.copytree(SCENARIOS / SERVERS, root, ignore=shutil.ignore_patterns("expected", "scenario.toml", "tariffs"))
    rows = "".join(
        f"2026-09-01T08:00:00+02:00,,alpha,,{meter},{quantity},{application}\n"
        for meter, quantity, application in (
            ("a", 7, "paie"),
            ("b", 5, "paie"),
            ("a", 1, "rh"),
            ("b", 2, "rh"),
            ("b", 3, "compta"),
        )
    )
    (root / "usage/servers.csv").write_text(
        "start,end,member_id,resource_id,meter,quantity,application\n" + rows, "utf-8"
    )
    quantity = ", ".join(f'{{ meter = "{meter}", measure = "sum", per = {{ tag = "application" }} }}' for meter in "ab")
    (root / "tariffs").mkdir()
    (root / "tariffs/greater.toml").write_text(
        'id = "greater"\nkind = "rate"\nlabel = { fr = "G" }\nvat = "services"\n'
        f"quantity = {{ greatest = [{quantity}] }}\n\n[[version]]\nvalid_from = 2026-01-01\n"
        'references = [{ title = "D" }]\nmodel = "flat"\nprice = "1.00"\n',
        "utf-8",
    )
    assert main(["-C", str(root), "run", "2026-09", "--no-documents"]) == 0
    with (root / "out/2026-09/charges.csv").open(encoding="utf-8", newline="") as file:
        found = {row["resource_id"]: row["amount"] for row in csv.DictReader(file)}
    assert found == {"paie": "7.00", "rh": "2.00", "compta": "3.00"}
