"""Half cents by hand: what charges rounded apart move, against what they would be in cents once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from chargeback.billing.half_cents import half_cents
from chargeback.model.charges import Charge
from chargeback.model.problem import Notice, Place
from kit.builders import charge, month
from kit.metered import SEPTEMBER, rule
from kit.sample_month import SETTINGS

APART = {"meter": "q", "measure": "sum", "per": "resource"}


def charges(count: int, quantity: int | str = 5, amount: int = 1, **more: Any) -> list[Charge]:
    """Charges of member a for so many sensors at 0.001 each, in cents."""
    head = {"quantity": Fraction(quantity), "unit_price": Decimal("0.001"), "member_id": "a", "rule": "r"}
    return [charge(amount, resource_id=f"s-{n}", **head | more) for n in range(count)]


def noticed(found: Sequence[Charge], quantity: Any = APART) -> list[Notice]:
    """Notices of a month of these charges; two rules price q by resource, or by another quantity."""
    rules = {name: rule(name, quantity=quantity, lines={"quantity": 4, "id": 1}) for name in "rs"}
    return list(half_cents(month(period=SEPTEMBER, settings=SETTINGS, rules=rules, members={}, charges=tuple(found))))


def test_the_notice_has_both_amounts() -> None:
    """1001 sensors of half a cent are 10.01, together 5.005, put in cents 5.01; of a tag, its values."""
    text = (
        "r charges a 10.01 EUR in 2026-09, put in cents for each {} (1,001 of them); together, put in cents once, it "
        "would be 5.01 EUR: price the member as a whole, or a larger unit"
    )
    assert noticed(charges(1001)) == [Notice(Place("tariffs/r.toml", 4), text.format("resource"), "half-cents")]
    [by_tag] = noticed(charges(1001), APART | {"per": {"tag": "class"}})
    assert by_tag.message == text.format('value of the tag "class"')


@pytest.mark.parametrize(
    ("found", "moves"),
    [
        (charges(200), False),
        (charges(201), True),
        (charges(250, 4, 0), False),
        (charges(251, 4, 0), True),
        (charges(300, 1005, 100), False),
        (charges(100, "1010.1", 102), False),
        (charges(1000, "10.1", 1), False),
        (charges(100, 1010, 100), False),
        (charges(101, 990, 100), False),
        (charges(101, "989.9", 100), True),
        (charges(201, -5, -1), True),
    ],
    ids=[
        "1.00",
        "1.005",
        "1.00 less",
        "1.004 less",
        "1.50 of 300.00",
        "0.99",
        "0.1",
        "1.00 more",
        "1.01",
        "1.0201",
        "below zero",
    ],
)
def test_more_than_a_hundredth_and_more_than_one_euro(found: list[Charge], moves: bool) -> None:
    """Both bounds are passed or nothing is said, in either direction."""
    assert len(noticed(found)) == moves


@pytest.mark.parametrize(("factor", "together"), [(Fraction(1, 2), "2.50"), (Fraction(3), "15.00")])
def test_the_part_of_the_month_counts(factor: Fraction, together: str) -> None:
    """5.00 times the part."""
    [notice] = noticed(charges(1000, factor=factor))
    assert f"it would be {together} EUR" in notice.message


def test_fees_are_charges_and_no_other_resource() -> None:
    """1000 of use and as many fees of the same resources: 20.00, together 10.00, of 1,000."""
    [notice] = noticed([*charges(1000), *charges(1000, kind="fee")])
    assert "charges a 20.00 EUR" in notice.message
    assert "(1,000 of them); together, put in cents once, it would be 10.00 EUR" in notice.message


@pytest.mark.parametrize(
    "change",
    [
        {"adjusts": SEPTEMBER.previous},
        {"settles": 2025},
        {"kind": "share"},
        {"quantity": None},
        {"unit_price": None},
        {"accumulated": True},
        {"span_amount": 5},
        {"span_amount": 0},
    ],
    ids=str,
)
def test_what_is_no_product_is_not_compared(change: dict[str, Any]) -> None:
    """Another month's, a year's, a share, an amount that no product gives; one such charge of a rule is enough."""
    other = [replace(each, **change) for each in charges(1000)]
    assert noticed(other) == []
    told = {"adjusts", "settles", "kind"} & change.keys()
    assert len(noticed([*other[:1], *charges(1000)])) == len(noticed([*charges(1000), *other[:1]])) == bool(told)


def test_rules_and_members_are_compared_apart() -> None:
    """In the order of the rules, then of the members; what another moves is its own."""
    found = [
        *charges(1000, rule="s"),
        *charges(1000, member_id="b"),
        *charges(1000),
        *charges(1, member_id="c", unit_price=None),
    ]
    assert [n.message.partition(" EUR")[0] for n in noticed(found)] == [
        "r charges a 10.00",
        "r charges b 10.00",
        "s charges a 10.00",
    ]
    assert noticed([*charges(150), *charges(150, member_id="b")]) == []


@pytest.mark.parametrize(
    "quantity",
    [APART | {"per": "member"}, {"constant": "1"}, {"greatest": [APART | {"per": "member"}, {"constant": "1"}]}],
    ids=["member", "constant", "greatest"],
)
def test_what_is_of_a_member_as_a_whole_is_rounded_once(quantity: Any) -> None:
    """Nothing is put in cents apart."""
    assert noticed(charges(1000), quantity) == []


@pytest.mark.parametrize(
    ("kind", "found", "bound", "together"),
    [
        ("minimum", charges(1200, 4, 0), 300, "4.80"),
        ("minimum", charges(1200, 4, 0), 700, None),
        ("maximum", charges(1000), -200, "5.00"),
        ("maximum", charges(1000), -700, None),
    ],
)
def test_a_bound_that_was_met_holds_together_as_well(
    kind: str, found: list[Charge], bound: int, together: str | None
) -> None:
    """0.00 raised to 3.00 or 7.00, where it would be 4.80; 10.00 lowered to 8.00 or 3.00, where it would be 5.00."""
    met = charge(bound, member_id="a", rule="r", kind=kind)
    notices = noticed([*found, met])
    assert len(notices) == (together is not None)
    assert all(f"({len(found):,} of them)" in n.message for n in notices)
    assert all(f"it would be {together} EUR" in n.message for n in notices)
