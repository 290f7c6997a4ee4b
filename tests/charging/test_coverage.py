"""Which rule counts a row: use on days without a version is a problem only where no other rule counts it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from chargeback.charging.metering.answers import Measured
from chargeback.charging.metering.attribution import Ownership, attribute
from chargeback.charging.metering.cells import Cell
from chargeback.charging.metering.measure_checks import uncovered_use
from chargeback.charging.metering.timeline import Roster
from chargeback.charging.questions import month_questions
from chargeback.model.facts import Facts, GroupMember, Member
from chargeback.model.period import Period, Span
from chargeback.model.problem import Place
from chargeback.model.rules import Rule

MONTH = Period(2026, 12)
PARTS = (Span(date(2026, 12, 1), date(2026, 12, 17)), Span(date(2026, 12, 17), date(2027, 1, 1)))
HERE = Place("members.csv", 2)
KEY = {"quantity": {"meter": "kwh", "measure": "sum"}}
MEMBERS = tuple(Member(name, name, "commune", date(2020, 1, 1), None, HERE) for name in ("a", "b"))
FACTS = Facts(members=MEMBERS, groups=(GroupMember("g", "a", date(2020, 1, 1), None, HERE),))


def rule(name: str, kind: str, first: str, end: str | None = None, **fields: Any) -> Rule:
    """A rule with one version."""
    of_version = {k: fields.pop(k) for k in ("keys", "exclude", "unattributed") if k in fields}
    dates = {"valid_from": date.fromisoformat(first), "valid_to": date.fromisoformat(end) if end else None}
    stated = {**dates, "references": [{"title": "Délibération"}], **of_version}
    if kind != "allocation":
        stated |= {"model": "flat", "price": "1.00"}
        fields.setdefault("quantity", {"meter": "kwh", "measure": "sum"})
    head = {"id": name, "kind": kind, "label": {"fr": name}, "vat": "services", "path": f"tariffs/{name}.toml"}
    return Rule.model_validate({**head, **fields, "version": [stated]})


def cell(member: str, part: int, tag: str | None = None) -> Cell:
    """Two rows of a member in one part."""
    return Cell("kwh", member, None, part, (tag,), 2, 0, Decimal(5), Decimal(5), None, None)


OLD = rule("old", "rate", "2020-01-01", "2026-12-17")


def refused(rules: list[Rule], *cells: Cell, to_share: dict[str, int] | None = None) -> list[str]:
    """Rules at which use is refused, with the number of rows."""
    questions = month_questions(rules, to_share or {}, MONTH)
    found = attribute(cells, questions, Ownership(FACTS, Roster(FACTS, MONTH.span), PARTS), ("class",))
    measured = Measured({}, found, PARTS, ("class",))
    problems = uncovered_use(questions, measured, {r.id: r for r in rules}, MONTH)
    return [f"{p.where.path}: {p.message.partition('the usage has ')[2].partition(' of ')[0]}" for p in problems]


@pytest.mark.parametrize(
    "other",
    [
        rule("new", "rate", "2026-12-17"),
        rule("new", "rate", "2026-12-17", quantity={"meter": "kwh", "measure": "max"}),
        rule("new", "rate", "2026-12-17", quantity={"greatest": [{"constant": "1"}, KEY["quantity"]]}),
        rule("new", "rate", "2026-12-17", group="g"),
        rule("new", "rate", "2026-12-17", quantity={**KEY["quantity"], "where": {"class": "day"}}),
        rule("new", "allocation", "2026-12-17", pool="p", keys=[KEY]),
        rule("new", "allocation", "2026-12-17", pool="p", keys=[KEY], exclude=["b"]),
        rule("new", "allocation", "2020-01-01", pool="p", keys=[KEY], exclude=["a"], unattributed="a"),
    ],
    ids=["rate", "measure", "greatest", "group", "tags", "pool without cost", "excluded other", "bearer"],
)
def test_use_that_another_rule_counts_needs_no_version(other: Rule) -> None:
    """By meter, tags, group and exclusions of a version in force on the day, whatever is measured."""
    assert refused([OLD, other], cell("a", 1, "day")) == []


@pytest.mark.parametrize(
    "other",
    [
        rule("new", "rate", "2027-01-01"),
        rule("new", "rate", "2026-12-17", quantity={"meter": "gb", "measure": "sum"}),
        rule("new", "rate", "2026-12-17", quantity={**KEY["quantity"], "where": {"class": "night"}}),
        rule("new", "allocation", "2026-12-17", pool="p", keys=[KEY], exclude=["a"]),
        rule("new", "allocation", "2026-12-17", pool="p", keys=[{"equal": True}]),
        rule("new", "baseline", "2026-12-17"),
    ],
    ids=["later", "meter", "tags", "excluded", "no use", "baseline"],
)
def test_use_that_no_other_rule_counts_is_refused(other: Rule) -> None:
    """A rule of another meter, other tags, without the member, or that bills nothing does not help."""
    assert "tariffs/old.toml: 2 rows" in refused([OLD, other], cell("a", 1, "day"))


def test_a_rule_of_another_group_counts_its_members_only() -> None:
    """The use of ``b``, who is not in the group, is refused; that of ``a`` is not."""
    new = rule("new", "rate", "2026-12-17", group="g")
    assert refused([OLD, new], cell("a", 1), cell("b", 1)) == ["tariffs/old.toml: 2 rows"]


def test_a_rule_that_began_later_is_not_refused_on_the_days_of_the_other() -> None:
    """Each of two rules that follow one another has use on days of the other: neither is refused."""
    assert refused([OLD, rule("new", "rate", "2026-12-17")], cell("a", 0), cell("a", 1)) == []


def test_a_pool_without_cost_measures_nothing_and_its_use_stays_unpriced() -> None:
    """The question of a pool without cost has no match, so that what only it counts is still named."""
    pool = rule("new", "allocation", "2020-01-01", pool="p", keys=[KEY])
    questions = month_questions([pool], {}, MONTH)
    found = attribute([cell("a", 0)], questions, Ownership(FACTS, Roster(FACTS, MONTH.span), PARTS), ("class",))
    assert [q.answered for q in questions] == [False]
    assert (dict(found.matches), len(found.unpriced)) == ({}, 1)
