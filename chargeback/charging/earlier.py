"""What the lines of earlier months rest on, cut to what their pages show. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from chargeback.period import Period
from chargeback.result import Charge, Document, Earlier, Month

MonthOf = Callable[[Period], Month | None]


def rests_on(
    adjustments: Iterable[Charge], carried: Iterable[Document], afresh: MonthOf, then: MonthOf
) -> Iterator[Earlier]:
    """What adjustments rest on (their months charged ``afresh``) and carried lines (as they were charged ``then``)."""
    adjusted: dict[Period, set[tuple[str, str, str]]] = defaultdict(set)
    for charge in adjustments:
        if charge.of is not None:
            adjusted[charge.of].add((charge.member_id, charge.rule, charge.vat))
    for period, keys in sorted(adjusted.items()):
        month = afresh(period)
        if month is not None:
            charges = tuple(c for c in month.charges if (c.member_id, c.rule, c.vat) in keys)
            yield _cut(month, {rule for _, rule, _ in keys}, charges, again=True)
    waiting: dict[Period, set[str]] = defaultdict(set)
    for document in carried:
        for line in document.lines:
            waiting[line.since or document.period].add(line.rule)
    for period, rules in sorted(waiting.items()):
        month = then(period)
        if month is not None:
            yield _cut(month, rules, (), again=False)


def _cut(month: Month, rules: set[str], charges: tuple[Charge, ...], again: bool) -> Earlier:
    """A month with what some rules rest on alone; the pools that serve theirs, where there are transfers, are kept."""
    splits = tuple(s for s in month.splits if s.rule in rules)
    pools = {s.pool for s in splits}
    kept = month.pools if month.flows else tuple(p for p in month.pools if p.name in pools)
    bare = tuple(replace(pool, costs=()) for pool in kept) if pools else ()
    return Earlier(month.period, charges, bare, splits, month.flows if pools else (), again)
