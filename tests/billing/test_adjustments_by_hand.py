"""What a closed month amounts to less what was billed for it, by hand: what counts as billed, and what becomes of each
difference."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest

from chargeback.billing.adjustments import (
    BilledSoFar,
    Difference,
    billed_today,
    charges,
    differences,
    is_instalment,
    minimum,
    pending,
    reason,
    treated,
)
from chargeback.model.charges import AdjustmentBasis, Charge
from chargeback.model.period import Period
from chargeback.model.rules import Rule
from chargeback.model.settings import Operator, Settings

START, JULY = date(2025, 1, 1), date(2025, 7, 1)
JAN, FEB, MAR = (Period(2026, month) for month in (1, 2, 3))
DEC = Period(2025, 12)
SETTINGS = Settings(Operator(), ZoneInfo("Europe/Paris"), adjust_min=500)


def rate(name: str, **more: object) -> Rule:
    version = {"valid_from": START, "references": [{"title": "d"}], "model": "flat", "price": "1"}
    head = {"id": name, "label": {"fr": name}, "kind": "rate", "vat": "services", "quantity": {"constant": "1"}}
    return Rule.model_validate(head | more | {"version": [version]})


def pool(name: str, *billing: str, **more: object) -> Rule:
    """An allocation: ``costs`` or ``instalments`` in 2025, and from 2026."""
    days = [{"valid_from": START, "valid_to": JAN.first}, {"valid_from": JAN.first}]
    both = {"references": [{"title": "d"}], "keys": [{"equal": True}]}
    versions = [day | both | {"billing": how} for day, how in zip(days, billing, strict=True)]
    head = {"id": name, "label": {"fr": name}, "kind": "allocation", "vat": "sharing", "pool": name}
    return Rule.model_validate(head | more | {"version": versions})


RULES: Mapping[str, Rule] = {
    r.id: r
    for r in (
        rate("storage"),
        rate("seats", adjust="year"),
        rate("links", adjust_min="2.00"),
        pool("network", "costs", "costs"),
        pool("quick", "costs", "costs", adjust="next"),
        pool("fibre", "costs", "instalments"),
    )
}


def charge(amount: int, rule: str = "storage", *, who: str = "cergy", kind: str = "usage", on: date = START) -> Charge:
    return Charge(
        member_id=who,
        rule=rule,
        version=on,
        kind=kind,
        tier=0,
        resource_id="",
        quantity=None,
        unit_price=None,
        factor=Fraction(1),
        amount=amount,
        vat="services",
    )


def held(*charges_: Charge, given: tuple[Charge, ...] = ()) -> BilledSoFar:
    """What was charged, and what was given back on purpose."""
    found = BilledSoFar()
    for each in charges_:
        found.add(each)
    for each in given:
        found.add(each, goodwill=True)
    return found


@pytest.mark.parametrize(
    ("drawn", "given", "now", "billed"),
    [
        (1000, 0, 1000, None),
        (1000, 0, 1001, 1000),
        (1000, 0, 999, 1000),
        (1000, 400, 1000, None),
        (1000, 400, 600, None),
        (1000, 400, 800, None),
        (1000, 400, 1200, 1000),
        (1000, 400, 500, 600),
        (1000, -100, 1100, None),
        (1000, -100, 1150, 1100),
        (1000, -100, 900, 1000),
        (0, 0, 30, 0),
        (30, 0, 0, 30),
    ],
)
def test_what_was_billed_is_what_a_credit_left(drawn: int, given: int, now: int, billed: int | None) -> None:
    """10.00 less 4.00 given on purpose: between 6.00 and 10.00 nothing is due, above it the credit is not taken back,
    and below it 4.00 are not given twice."""
    before = held(*[charge(drawn)] * bool(drawn), given=(charge(-given, kind="adjustment"),) * bool(given))
    rows = differences(JAN, before, held(*[charge(now)] * bool(now)))
    assert [(r.billed, r.recomputed, r.amount) for r in rows] == (
        [] if billed is None else [(billed, now, now - billed)]
    )


def test_differences_are_by_member_rule_and_regime() -> None:
    """Two charges of a rule are one amount; the version is that of today, the latest; of what is no more, the latest
    that was billed."""
    before = held(charge(300), charge(200, on=JULY), charge(50, who="avernes", on=JULY), charge(70, "links"))
    now = held(charge(600), charge(1, on=JULY), charge(2, on=START), charge(70, "links"))
    assert differences(JAN, before, now) == (
        Difference(JAN, "avernes", "storage", "services", JULY, 50, 0),
        Difference(JAN, "cergy", "storage", "services", JULY, 500, 603),
    )
    credit = held(given=(charge(-5, kind="adjustment"),))
    assert differences(JAN, credit, held()) == ()
    assert [(r.billed, r.recomputed) for r in differences(JAN, credit, held(charge(-9)))] == [(-5, -9)]


def test_an_instalment_is_no_difference() -> None:
    """A share of a version that is called by twelfths; not what the version before shared, an adjustment, or what a
    rate brought."""
    called = charge(100, "fibre", kind="share", on=JAN.first)
    others = [
        charge(100, "fibre", kind="share", on=START),
        charge(100, "fibre", kind="adjustment", on=JAN.first),
        charge(100, "network", kind="share", on=JAN.first),
        charge(100, "storage", kind="share", on=START),
        charge(100, "gone", kind="share", on=JAN.first),
    ]
    assert [is_instalment(c, RULES) for c in (called, *others)] == [True, *[False] * 5]
    found = billed_today([called, *others, called], RULES)
    assert {rule: cents for (_, rule, _), cents in found.computed.items()} == {
        "fibre": 200,
        "network": 100,
        "storage": 100,
        "gone": 100,
    }


def row(amount: int, rule: str = "storage", month: Period = JAN, who: str = "cergy") -> Difference:
    return Difference(month, who, rule, "services", START, 1000, 1000 + amount)


def fates(*rows: Difference, over: tuple[int, ...] = ()) -> list[str]:
    return [r.treatment for r in treated(rows, RULES, SETTINGS, over)]


def test_an_allocation_waits_for_its_year() -> None:
    """A rate is billed at once and an allocation when the year is over, unless the rule says otherwise; a true-up's own
    month at once. A rule that is gone keeps nothing waiting."""
    big = [row(900, r) for r in ("storage", "seats", "network", "quick", "fibre", "gone")]
    assert fates(*big) == ["billed", "year_end", "year_end", "billed", "billed", "billed"]
    assert fates(*[replace(r, month=DEC) for r in big]) == [
        "billed",
        "year_end",
        "year_end",
        "billed",
        "year_end",
        "billed",
    ]
    assert fates(*big, over=(2026,)) == ["billed"] * 6
    assert fates(*big, over=(2025,)) == ["billed", "year_end", "year_end", "billed", "billed", "billed"]


def test_small_differences_of_a_rule_are_added_before_they_are_compared() -> None:
    """Below 5.00 together they wait, 5.00 are billed; by member and rule, above and below zero alike, and what waits
    for the year apart. What corrects a true-up does not wait: fibre is called by instalments from January on."""
    assert fates(row(499), row(-499, who="avernes")) == ["below_minimum", "below_minimum"]
    assert fates(row(500), row(-500, who="avernes")) == ["billed", "billed"]
    assert fates(row(300), row(200, month=FEB)) == ["billed", "billed"]
    assert fates(row(900), row(-500, month=FEB)) == ["below_minimum", "below_minimum"]
    assert fates(row(300), row(300, "seats"), row(300, who="avernes")) == ["below_minimum", "year_end", "below_minimum"]
    assert fates(row(300, "fibre"), row(300, "fibre", DEC)) == ["billed", "year_end"]
    assert fates(row(199, "links"), row(200, "links", who="avernes")) == ["below_minimum", "billed"]


def test_once_the_year_is_over_every_cent_is_billed() -> None:
    """0.01 of December 2025 in 2026; of January it waits on."""
    assert fates(row(1, month=DEC), row(1, "seats", DEC), row(1), over=(2025,)) == ["billed", "billed", "below_minimum"]
    assert fates(row(1, month=DEC), row(499), over=(2025,)) == ["billed", "billed"]


def test_the_least_that_is_billed_is_of_the_rule_then_of_the_settings() -> None:
    """2.00 of the rule, 5.00 of [billing], also where the rule is gone; 0.00 of a rule is its own word."""
    assert [minimum(RULES[name], SETTINGS) for name in ("links", "storage")] == [200, 500]
    assert (minimum(None, SETTINGS), minimum(rate("all", adjust_min="0.00"), SETTINGS)) == (500, 0)


def test_a_difference_is_one_charge_of_its_month() -> None:
    """No quantity and no price; what it came to and what was billed, and why. What waits is no charge."""
    late = replace(row(-300), explanation="late usage/a.csv", causes=("usage",))
    waits = replace(row(5, month=FEB), treatment="below_minimum")
    (found,) = charges([waits, late])
    text = "2026-01 recomputed 7.00, billed 10.00: late usage/a.csv"
    assert found == Charge(
        member_id="cergy",
        rule="storage",
        version=START,
        kind="adjustment",
        tier=0,
        resource_id="",
        quantity=None,
        unit_price=None,
        factor=Fraction(1),
        amount=-300,
        vat="services",
        reason=text,
        adjusts=JAN,
        adjustment_basis=AdjustmentBasis(1000, 700, ("usage",), "late usage/a.csv"),
    )
    assert reason(waits) == "2026-02 recomputed 10.05, billed 10.00"
    assert [pending([waits, late], month) for month in (JAN, FEB, MAR)] == [False, True, False]
