"""Prior months: what the lines of earlier months are based on, cut to what their pages show. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace

from chargeback.model.charges import Charge
from chargeback.model.documents import Document, Line
from chargeback.model.month import Month, PriorMonth
from chargeback.model.period import Period

MonthOf = Callable[[Period], Month | None]
LineKey = tuple[str, str, str]  # member, rule, regime


def prior_months_of(
    adjustments: Iterable[Charge], carried: Iterable[Document], afresh: MonthOf, then: MonthOf
) -> Iterator[PriorMonth]:
    """Prior months of adjustments (``afresh`` computes their month today) and of carried lines (``then`` as
    charged)."""
    for period, keys in sorted(_adjusted(adjustments).items()):
        month = afresh(period)
        if month is not None:
            charges = tuple(c for c in month.charges if _key(c) in keys)
            yield _cut(month, keys, charges, again=True)
    carried_lines: dict[Period, list[Line]] = defaultdict(list)
    for document in carried:
        for line in document.lines:
            carried_lines[line.carried_from or document.period].append(line)
    for period, lines in sorted(carried_lines.items()):
        month = then(period)
        if month is not None:
            charges = tuple(c for line in lines for c in line.charges)
            yield _cut(month, {_key(c) for c in charges}, (), again=False)
            yield from _carried_adjustments(month, _adjusted(charges))


def _carried_adjustments(month: Month, adjusted: Mapping[Period, set[LineKey]]) -> Iterator[PriorMonth]:
    """Prior months of the adjustments that a month carried, as they were computed then."""
    for each in month.prior_months:
        keys = adjusted.get(each.period, set())
        if each.recomputed and each.carried_from is None and keys:
            rules = {rule for _, rule, _ in keys}
            yield replace(
                each,
                charges=tuple(c for c in each.charges if _key(c) in keys),
                splits=tuple(s for s in each.splits if s.rule in rules),
                carried_from=month.period,
            )


def _adjusted(charges: Iterable[Charge]) -> dict[Period, set[LineKey]]:
    """Members, rules and regimes of adjustments, by the month that they adjust."""
    found: dict[Period, set[LineKey]] = defaultdict(set)
    for charge in charges:
        if charge.adjusts is not None:
            found[charge.adjusts].add(_key(charge))
    return found


def _key(charge: Charge) -> LineKey:
    return charge.member_id, charge.rule, charge.vat


def _cut(month: Month, keys: Collection[LineKey], charges: tuple[Charge, ...], again: bool) -> PriorMonth:
    """A month cut to what some lines are based on. Where there are transfers, all pools are kept: they serve theirs."""
    rules, members = {rule for _, rule, _ in keys}, {member for member, _, _ in keys}
    splits = tuple(s for s in month.splits if s.rule in rules)
    pools = {s.pool for s in splits}
    kept = month.pools if month.flows else tuple(p for p in month.pools if p.name in pools)
    bare = tuple(replace(pool, costs=()) for pool in kept) if pools else ()
    settled = tuple(
        replace(t, splits=(), rows=tuple(row for row in t.rows if row.member_id in members))
        for t in month.true_ups
        if t.rule in rules
    )
    flows = month.flows if pools else ()
    return PriorMonth(month.period, charges, bare, splits, flows, again, true_ups=settled)
