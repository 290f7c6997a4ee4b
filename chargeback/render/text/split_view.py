"""Splits of pools as formulas need them: totals of the keys, members at a bound, values as they are shown. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from chargeback.model.documents import Line
from chargeback.model.month import Month
from chargeback.model.pools import KeyTable, PoolSplit
from chargeback.render.text.per_month import PerMonth

ONE = Fraction(1)
BY_DAY = ("driver", "subscription", "constant", "equal", "shares", "greatest")


@dataclass(frozen=True, slots=True)
class SplitView:
    """Split of a pool with the terms of the formula that all its members have in common.

    Attributes:
        split: the split.
        totals: total of each key, in the order of ``split.keys``.
        bound_amount: cents borne by the members at their floor or cap.
        unbound_weight: part of the keys of the other members, of one.
    """

    split: PoolSplit
    totals: tuple[Fraction, ...]
    bound_amount: int
    unbound_weight: Fraction

    @property
    def unbound_amount(self) -> int:
        """Cents that the members at no floor or cap share."""
        return self.split.amount - self.bound_amount


_views: PerMonth[dict[tuple[str, date], SplitView]] = PerMonth()


def split_view(month: Month, line: Line) -> SplitView | None:
    """Split that a share is a part of, memoised per month; None where the month has none for the line."""
    return _views.of(month, _all_views).get((line.rule, line.version))


def _all_views(month: Month) -> dict[tuple[str, date], SplitView]:
    return {(s.rule, s.version): _view(s) for s in month.splits}


def _view(split: PoolSplit) -> SplitView:
    totals = tuple(table.total for table in split.keys)
    bound = split.binding or {}
    amount = sum(split.shares.get(member, 0) for member in bound)
    rest = ONE if not bound else sum((weight_of(split, totals, m) for m in split.shares if m not in bound), Fraction(0))
    return SplitView(split, totals, amount, rest)


def weight_of(split: PoolSplit, totals: tuple[Fraction, ...], member: str) -> Fraction:
    """Part of a member in all keys together, of one."""
    parts = (
        table.weight * table.values.get(member, Fraction(0)) / total
        for table, total in zip(split.keys, totals, strict=True)
        if total and table.weight
    )
    return sum(parts, Fraction(0))


def key_parts(view: SplitView, member: str, month: Month) -> list[tuple[KeyTable, Fraction, Fraction]]:
    """(key, value of the member, total) of each key with a weight; a level by day is shown as its mean over days."""
    pairs = [(t, total) for t, total in zip(view.split.keys, view.totals, strict=True) if total and t.weight]
    scales = [shown_scale(view.split, table, month) for table, _ in pairs]
    zero = Fraction(0)
    return [(t, t.values.get(member, zero) / s, total / s) for (t, total), s in zip(pairs, scales, strict=True)]


def shown_scale(split: PoolSplit, table: KeyTable, month: Month) -> int:
    """Divisor of the values of a key when they are shown: the days over which a level was added up, else 1."""
    rule = month.rules.get(split.rule)
    version = next((v for v in rule.versions if v.valid_from == split.version), None) if rule else None
    return split.days if version and version.prorate == "day" and table.kind in BY_DAY else 1
