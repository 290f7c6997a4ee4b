"""The proof of a year by hand: which charges pay for a pool, in which way, in which year, and where each cent
stands."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

from chargeback.billing.proof import (
    Proof,
    ProofPart,
    beside_cost,
    how_charged,
    of_true_up,
    parts_at_cost,
    parts_by_instalments,
    parts_of_true_up,
    paying,
    proven,
    shares_of,
    taken_first,
    ways_charged,
)
from chargeback.billing.true_up import CalledFunds, adjustments, prefinancing
from chargeback.model.charges import Charge, ChargeKind
from chargeback.model.facts import Member
from chargeback.model.period import Period
from chargeback.model.pools import TrueUp, TrueUpRow
from chargeback.model.postings import Posting, PostingStatus
from chargeback.model.problem import Place
from chargeback.model.rules import Rule
from chargeback.model.settings import Operator, Regime, Settings
from kit import builders

START = date(2020, 1, 1)
JAN, JUN, NEXT = Period(2025, 1), Period(2025, 6), Period(2026, 2)
EXEMPT, TAXED = Regime("sharing", "E"), Regime("services", "S", Decimal("20.00"))
SETTINGS = Settings(Operator(), ZoneInfo("Europe/Paris"), regimes={r.name: r for r in (EXEMPT, TAXED)})


def rule(name: str, pool: str, *versions: dict[str, object], vat: object = "sharing", kind: str = "allocation") -> Rule:
    """An allocation, or a rate that pays a pool in advance."""
    terms: dict[str, object] = {"keys": [{"equal": True}]} if kind == "allocation" else {"model": "flat", "price": "1"}
    head: dict[str, object] = {"id": name, "label": {"fr": name}, "kind": kind, "vat": vat}
    head |= {"pool": pool} if pool else {}
    head |= {"quantity": {"constant": "1"}} if kind == "rate" else {}
    each = {"valid_from": START, "references": [{"title": "d"}]} | terms
    return Rule.model_validate(head | {"version": [each | version for version in versions or ({},)]})


CALLED = rule("called", "network", {"billing": "instalments"})
SHARED = rule("shared", "building", {"less": ["rent"]})
PORTS = rule("ports", "network", kind="rate")
OTHERS = [
    rule("taxed", "archive", vat="services"),
    rule("mixed", "zoo", vat={"default": "services", "commune": "sharing"}),
    rule("advance", "rooms", {"billing": "instalments"}, vat="services"),
    rule("gone", "old", {"valid_to": date(2025, 1, 1)}),
    rule("before", "attic", {"valid_to": date(2025, 1, 2)}),
    rule("rent", "", kind="rate"),
]
RULES = [CALLED, SHARED, PORTS, *OTHERS]


def charged(
    amount: int,
    name: str,
    month: Period = JAN,
    *,
    kind: ChargeKind = "share",
    status: PostingStatus = "issued",
    settles: int | None = None,
    late: bool = False,
    goodwill: bool = False,
    vat: str = "sharing",
    act: str = "",
) -> Posting:
    adjusts = month if late else None
    one = builders.charge(
        amount, member_id="cergy", rule=name, version=START, kind=kind, vat=vat, adjusts=adjusts, settles=settles
    )
    return Posting(one, month, status, kind, settles, goodwill=goodwill, act=act)


def told(parts: Sequence[ProofPart]) -> list[tuple[str, int]]:
    return [(p.column, p.amount) for p in parts]


def test_which_pools_have_a_proof() -> None:
    """Exempt as cost-sharing, for some members at least, or called by instalments, in force on some day of the year; by
    pool."""
    assert [r.id for r in proven(RULES, SETTINGS, 2025)] == ["before", "shared", "called", "advance", "mixed"]
    assert [r.id for r in proven(RULES, SETTINGS, 2026)] == ["shared", "called", "advance", "mixed"]


def test_which_rules_pay_for_a_pool() -> None:
    """Its own, the rates that pay it in advance, and those that come off it first; rates by name."""
    assert paying(CALLED, RULES, 2025) == {"called", "ports"}
    assert paying(SHARED, RULES, 2025) == {"shared", "rent"}
    assert prefinancing("network", [PORTS, rule("cables", "network", kind="rate"), *RULES[3:]]) == ("cables", "ports")


def test_how_a_pool_called_by_instalments_was_billed() -> None:
    """Its shares of the year, and what ports brought, adjusted or not; the true-up, other years and other rules are
    none of it."""
    every = [
        charged(100, "called"),
        charged(-20, "called", goodwill=True),
        charged(9, "called", Period(2024, 12)),
        charged(8, "called", kind="adjustment"),
        charged(30, "ports", kind="usage"),
        charged(4, "ports", kind="adjustment", late=True),
        charged(5, "ports", NEXT, kind="usage"),
        charged(7, "shared"),
    ]
    parts = list(parts_by_instalments(CALLED, RULES, 2025, every, SETTINGS))
    assert told(parts) == [("called", 100), ("credited", -20), ("prefinanced", 30), ("adjusted", 4)]


def test_what_a_part_is() -> None:
    """Where it stands, and whether its regime is exempt; one that the settings do not have any more is not known to
    be."""
    every = [
        charged(100, "called", status="carried_forward"),
        charged(10, "called", vat="services"),
        charged(1, "called", vat="lost", status="operator"),
    ]
    assert list(parts_by_instalments(CALLED, RULES, 2025, every, SETTINGS)) == [
        ProofPart("called", "carried_forward", True, 100),
        ProofPart("called", "issued", False, 10),
        ProofPart("called", "operator", False, 1),
    ]
    (one,) = every[:1]
    assert (one.amount, one.adjusts_month, charged(1, "called", late=True).adjusts_month) == (100, False, True)


def test_the_true_up_of_a_year_and_what_adjusts_it() -> None:
    """Billed in February 2026 for the year it settles; a late cost of 2025 adjusts that month. A true-up of 2024, a
    share and an adjustment that only speaks of it are others; a pool shared at cost has adjustments of its own
    months."""
    every = [
        charged(10, "called", NEXT, kind="adjustment", settles=2025),
        charged(20, "called", NEXT, kind="adjustment", late=True),
        charged(30, "called", NEXT, kind="adjustment", settles=2024),
        charged(40, "called", NEXT),
        charged(50, "called", NEXT.next, kind="adjustment", late=True),
        charged(60, "ports", NEXT, kind="adjustment", settles=2025),
        charged(-1, "called", NEXT.next, kind="adjustment", settles=2025, goodwill=True),
    ]
    found = list(of_true_up(CALLED, 2025, NEXT, every))
    assert [each.amount for each in found] == [10, 20, -1]
    assert told(list(parts_of_true_up(found, SETTINGS))) == [("true_up", 10), ("true_up", 20), ("credited", -1)]
    once = rule(
        "called",
        "network",
        {"billing": "instalments", "valid_to": date(2026, 1, 1)},
        {"valid_from": NEXT.first.replace(month=1)},
    )
    assert [each.amount for each in of_true_up(once, 2025, NEXT, every)] == [10, -1]


def test_how_a_pool_shared_at_its_cost_was_billed() -> None:
    """Shares of the year, what adjusted or gave them back, and what rent brought and came off first; not the true-up of
    2024."""
    every = [
        charged(100, "shared"),
        charged(5, "shared", kind="adjustment", late=True),
        charged(-3, "shared", goodwill=True),
        charged(77, "shared", kind="adjustment", settles=2024),
        charged(9, "shared", NEXT),
        charged(2, "ports"),
        charged(40, "rent", JUN, kind="usage"),
        charged(1, "rent", JUN, kind="usage", late=True),
        charged(-2, "rent", JUN, kind="usage", late=True, goodwill=True),
        charged(8, "rent", NEXT, kind="usage"),
    ]
    assert told(list(parts_at_cost(SHARED, 2025, every, SETTINGS))) == [
        ("called", 100),
        ("adjusted", 5),
        ("credited", -3),
        ("prefinanced", 40),
        ("adjusted", 1),
        ("credited", -2),
    ]
    assert [each.amount for each in shares_of(SHARED, 2026, every)] == [9]


def test_a_version_has_its_days_of_what_comes_off() -> None:
    """Rent of 3.00 and 0.01 in June, from 21 June on no more: 20 days of 30 are 2.01, of which rent bears 2.00 and the
    cent 0.01."""
    cut = date(2025, 6, 21)
    both = rule("shared", "building", {"less": ["rent"], "valid_to": cut}, {"valid_from": cut})
    every = [charged(300, "rent", JUN, kind="usage"), charged(1, "rent", JUN, kind="usage", status="draft")]
    assert list(parts_at_cost(both, 2025, every, SETTINGS)) == [
        ProofPart("prefinanced", "issued", True, 200),
        ProofPart("prefinanced", "draft", True, 1),
    ]
    back = [charged(5, "rent", JUN, kind="usage"), charged(-5, "rent", JUN, kind="usage", late=True)]
    assert told(list(parts_at_cost(both, 2025, back, SETTINGS))) == [("prefinanced", 5), ("adjusted", -5)]
    assert taken_first(both, JUN, {"rent": 301, "ports": 99}) == 201
    assert (taken_first(both, JUN, {}), taken_first(both, JAN, {"rent": 301})) == (0, 301)


def test_the_figures_of_a_proof() -> None:
    """What is issued and carried is beside the cost; the rest is the gap. Ways that no pool took are left out; what is
    exempt is said where it is not all."""
    network = Proof(
        *(2025, "network", "called", True, (700, 400)),
        (ProofPart("called", "issued", True, 900), ProofPart("true_up", "draft", False, 150)),
        50,
    )
    building = Proof(2025, "building", "shared", False, (80,), (ProofPart("called", "carried_forward", True, 79),))
    found = [(p.cost, p.charged, p.billed, p.carried, p.exempt, p.gap, p.equal) for p in (network, building)]
    assert found == [(1100, 1050, 900, 0, 900, 200, False), (80, 79, 0, 79, 79, 1, False)]
    assert ways_charged([network, building]) == {
        "instalments": [900, 0],
        "shares": [0, 79],
        "prefinanced": [0, 0],
        "adjusted": [0, 0],
        "true_up": [150, 0],
        "credited": [0, 0],
    }
    assert beside_cost([network, building]) == {
        "cost": [1100, 80],
        "billed": [900, 0],
        "carried_forward": [0, 79],
        "gap": [200, 1],
        "not_issued": [150, 0],
        "waiting": [50, 0],
        "unexplained": [0, 1],
    }
    assert how_charged([network, building]) == {
        "instalments": [900, 0],
        "shares": [0, 79],
        "true_up": [150, 0],
        "charged": [1050, 79],
        "exempt": [900, 79],
    }
    assert how_charged([building]) == {"shares": [79], "charged": [79]}


def test_the_gap_is_what_is_not_billed_and_not_carried() -> None:
    """Of 8.00: 4.50 billed, 0.50 of it the operator's own and 0.20 set off, 0.50 given back by an act; 1.00 carried,
    1.50 still to bill, 0.70 given up by two acts, 0.50 not issued, 0.20 to be given back. That is 3.00 for a gap of
    2.50: 0.50 too much was charged, and nothing explains it. With all billed there is no gap."""
    every = [
        charged(430, "shared"),
        charged(50, "shared", status="operator"),
        charged(20, "shared", status="offset"),
        charged(-50, "shared", goodwill=True, act="Act 3"),
        charged(100, "shared", status="carried_forward"),
        charged(150, "shared", status="withheld"),
        charged(40, "shared", status="waived", act="Act 1"),
        charged(30, "shared", status="waived", act="Act 2"),
        charged(50, "shared", status="draft"),
    ]
    parts = tuple(parts_at_cost(SHARED, 2025, every, SETTINGS))
    one = Proof(2025, "building", "shared", False, (800,), parts, -20)
    assert (one.charged, one.billed, one.carried, one.gap, one.equal) == (820, 450, 100, 250, False)
    assert one.gap_parts == {
        "still_to_bill": 150,
        "not_issued": 50,
        "goodwill": 50,
        "waived": 70,
        "waiting": -20,
        "unexplained": -50,
    }
    assert one.acts == {("goodwill", "Act 3"): 50, ("waived", "Act 1"): 40, ("waived", "Act 2"): 30}
    assert Proof(2025, "building", "shared", False, (600,), parts[:3] + parts[4:5], 0).equal


# The charges of a true-up


def test_what_members_were_called_for_is_by_member_payer_and_document() -> None:
    """Two instalments by F1 and one by F2, each with its cents, one more by F3 of another payer; a payment in advance
    by no document; apart, what is still to bill and what was given up."""
    called = CalledFunds()
    one = charged(50, "called").charge
    for number in ("F1", "F1", "F2"):
        called.add(one, "instalments", number, "cergy")
    called.add(one, "instalments", "F3", "vexin")
    called.add(charged(7, "ports").charge, "prefinanced", "", "cergy")
    own, other = ("cergy", "cergy"), ("cergy", "vexin")
    assert (called.instalments, called.prefinanced) == ({own: 150, other: 50}, {own: 7})
    assert called.documents == {own: {"F1": 100, "F2": 50}, other: {"F3": 50}}
    called.add(one, "still_to_bill", "", "cergy")
    called.add(one, "waived", "", "cergy")
    assert (called.still_to_bill, called.waived, called.instalments[own]) == ({own: 50}, {own: 50}, 150)


def test_each_member_is_charged_its_difference() -> None:
    """2.00 less 1.00 and 0.30, owed by the payer of the row; who owes nothing more has no charge; the version is the
    last of the year, the regime the member's own."""
    cut = date(2025, 7, 1)
    days = ({"valid_to": date(2025, 3, 1)}, {"valid_from": date(2025, 3, 1), "valid_to": cut}, {"valid_from": cut})
    regimes = {"default": "out", "hospital": "services", "by_member": {"left": "sharing"}}
    both = rule("called", "network", *({"billing": "instalments"} | each for each in days), vat=regimes)
    rows = (
        TrueUpRow(
            member_id="cergy",
            share=200,
            instalments=100,
            prefinanced=30,
            documents=("F1", "F2"),
            payer_id="vexin",
            amounts=(60, 70),
        ),
        TrueUpRow("even", 100, 90, 10),
        TrueUpRow("left", 0, 40, 0),
    )
    found = TrueUp(year=2025, rule="called", pool="network", costs=(150, 150), splits=(), rows=rows)
    members = {
        n: Member(member_id=n, name=n, kind="hospital", valid_from=START, valid_to=None, where=Place("m.csv", 2))
        for n in ("cergy", "even", "left")
    }
    text = "true-up 2025, network 3.00: share 2.00, instalments 1.00, paid in advance 0.30 (F1 0.60, F2 0.70)"
    assert list(adjustments(found, both, members)) == [
        Charge(
            member_id="cergy",
            rule="called",
            version=cut,
            kind="adjustment",
            tier=0,
            resource_id="",
            quantity=None,
            unit_price=None,
            factor=Fraction(1),
            amount=70,
            vat="services",
            reason=text,
            settles=2025,
            owed_by="vexin",
        ),
        Charge(
            member_id="left",
            rule="called",
            version=cut,
            kind="adjustment",
            tier=0,
            resource_id="",
            quantity=None,
            unit_price=None,
            factor=Fraction(1),
            amount=-40,
            vat="sharing",
            reason="true-up 2025, network 3.00: share 0.00, instalments 0.40",
            settles=2025,
        ),
    ]
