"""What the ledger keeps for lines of earlier months: of each month, what their rules rest on, and no more."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from chargeback.billing.prior_months import prior_months_of
from chargeback.model.charges import Charge
from chargeback.model.documents import Document
from chargeback.model.month import Month, PriorMonth
from chargeback.model.period import Period
from chargeback.model.pools import Pool, TrueUp, TrueUpRow
from kit import sample_month as months
from kit.prior_months_document import AUGUST, SEPTEMBER, adjustment, again, carried, document, machines, shared

JULY = Period(2026, 7)
SPLIT = shared(50000, 10, 31, 200, 10000)
OTHER = replace(SPLIT, rule="digital", pool="digital-services")
POOLS = tuple(Pool(name, 100000, 100000, ()) for name in ("digital-services", "network-backbone"))
ROWS = tuple(
    TrueUpRow(member_id=member, share=30000, instalments=28800, prefinanced=0, documents=())
    for member in ("cergy", "gonesse")
)
SETTLED = TrueUp(year=2025, rule="backbone", pool="network-backbone", costs=(100000,), splits=(SPLIT,), rows=ROWS)


def month(period: Period, *charges: Charge, earlier: Iterable[PriorMonth] = ()) -> Month:
    """A month with two pools, each shared by a rule, and a true-up."""
    return replace(
        months.month(),
        period=period,
        charges=charges,
        pools=POOLS,
        splits=(OTHER, SPLIT),
        true_ups=(SETTLED,),
        prior_months=tuple(earlier),
    )


def waits(*charges: Charge, period: Period = AUGUST) -> Document:
    """A document that a month carried."""
    lines = tuple(replace(line, carried_from=None) for line in carried(period, *charges))
    return replace(document(lines=lines), period=period, number="", carry_reason="threshold")


def kept(adjustments: Iterable[Charge], documents: Iterable[Document], *known: Month) -> list[PriorMonth]:
    by_period = {each.period: each for each in known}
    return list(prior_months_of(adjustments, documents, by_period.get, by_period.get))


def test_an_adjustment_keeps_the_charges_of_its_member_rule_and_regime() -> None:
    """Of September charged again: its machine, not that of another member, nor by another rule or regime."""
    own, others = machines(1000), (machines(10, member="hopital"), replace(machines(3), vat="contributions"))
    (found,) = kept([adjustment(SEPTEMBER, 1050, 735)], (), month(SEPTEMBER, own, *others))
    assert found == PriorMonth(SEPTEMBER, (own,), recomputed=True)


def test_a_share_keeps_its_split_and_pool_alone() -> None:
    """The split of the rule and its pool; the true-up with the row of the member."""
    share = months.charge("cergy", "backbone", 10000, "share")
    (found,) = kept((), [waits(share)], month(AUGUST, share))
    assert (found.period, found.recomputed, found.charges, found.splits) == (AUGUST, False, (), (SPLIT,))
    assert [pool.name for pool in found.pools] == ["network-backbone"]
    assert found.true_ups == (replace(SETTLED, splits=(), rows=ROWS[:1]),)


def test_a_carried_adjustment_keeps_what_its_month_came_to_when_it_was_carried() -> None:
    """August carried an adjustment of July: what July came to then, of that member and rule, as August knew it."""
    late = adjustment(JULY, 1050, 735)
    before = again(machines(1000), machines(5, member="hopital"), of=JULY)
    older = replace(before, carried_from=JULY)
    found = kept((), [waits(late)], month(AUGUST, earlier=(before, older)))
    assert found[-1] == replace(before, charges=(machines(1000),), carried_from=AUGUST)
    assert [(e.period, e.recomputed, e.carried_from) for e in found] == [(AUGUST, False, None), (JULY, True, AUGUST)]


def test_a_month_that_nobody_knows_is_left_out() -> None:
    """An amount carried before the ledger began."""
    assert kept((), [waits(machines(10))]) == []
