"""Facts in time: who is present on which days of a month, and the value of a level (driver, subscription) on a day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import pairwise

from chargeback.model.facts import Facts, Level, Member
from chargeback.model.period import Span, clip
from chargeback.model.quantity import LevelKind, Quantity

DatedValue = tuple[Fraction, date, date | None]  # value, first day, day after the last (None: open)
Presence = Mapping[str, tuple[Span, ...]]


def merged_spans(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Spans sorted, those that touch or overlap made one."""
    result: list[Span] = []
    for span in sorted(spans):
        if result and span.start <= result[-1].end:
            result[-1] = Span(result[-1].start, max(result[-1].end, span.end))
        else:
            result.append(span)
    return tuple(result)


def common_spans(first: Iterable[Span], second: Iterable[Span]) -> tuple[Span, ...]:
    """The days that lie in both."""
    others = tuple(second)
    both = (Span(max(a.start, b.start), min(a.end, b.end)) for a in first for b in others)
    return merged_spans(span for span in both if span.start < span.end)


def days_in(spans: Iterable[Span], within: Span | None = None) -> int:
    """How many days, of those ``within`` when given."""
    return sum(s.days for s in (common_spans(spans, (within,)) if within else spans))


def _by_name(rows: Iterable[tuple[str, date, date | None]], within: Span) -> dict[str, tuple[Span, ...]]:
    found: dict[str, list[Span]] = defaultdict(list)
    for name, valid_from, valid_to in rows:
        span = clip(valid_from, valid_to, within)
        if span is not None:
            found[name].append(span)
    return {name: merged_spans(spans) for name, spans in sorted(found.items())}


class Roster:
    """Roster: who is present within some days, members in force and closed groups of them.

    Attributes:
        within: the days.
        members: days of presence of each member.
        identity: each present member, as last in force.
    """

    def __init__(self, facts: Facts, within: Span) -> None:
        self.within = within
        self.members: Presence = _by_name(((m.member_id, m.valid_from, m.valid_to) for m in facts.members), within)
        self.identity = {m.member_id: m for m in _last_in_force(facts.members, within)}
        self._groups = _groups(facts, within)

    def of(self, group: str | None) -> Presence:
        """Days of presence of each member, in a group when one is named."""
        if group is None:
            return self.members
        spans = self._groups.get(group, {})
        both = {name: common_spans(self.members[name], days) for name, days in spans.items() if name in self.members}
        return {name: days for name, days in both.items() if days}


def _groups(facts: Facts, within: Span) -> dict[str, dict[str, tuple[Span, ...]]]:
    rows: dict[str, list[tuple[str, date, date | None]]] = defaultdict(list)
    for g in facts.groups:
        rows[g.group].append((g.member_id, g.valid_from, g.valid_to))
    return {group: _by_name(members, within) for group, members in rows.items()}


def identities(members: Iterable[Member], within: Span) -> dict[str, Member]:
    """Every member as it is last within some days; one that is absent then, as it was last before, or will be first
    after."""
    found: dict[str, Member] = {}
    for member in sorted(members, key=lambda m: m.valid_from):
        if member.valid_from < within.end or member.member_id not in found:
            found[member.member_id] = member
    return found


def _last_in_force(members: Iterable[Member], within: Span) -> Iterator[Member]:
    for member in sorted(members, key=lambda m: m.valid_from):
        if clip(member.valid_from, member.valid_to, within) is not None:
            yield member


@dataclass(frozen=True, slots=True)
class Levels:
    """Levels: drivers and subscriptions in time. Several subscription rows of one item add up.

    Attributes:
        rows: dated values by (kind, name), then by member.
    """

    rows: Mapping[tuple[LevelKind, str], Mapping[str, tuple[DatedValue, ...]]]

    @classmethod
    def of(cls, facts: Facts) -> Levels:
        """The levels of the registers."""
        found: dict[tuple[LevelKind, str], dict[str, list[DatedValue]]] = defaultdict(lambda: defaultdict(list))
        registers: tuple[tuple[LevelKind, tuple[Level, ...]], ...] = (
            ("driver", facts.drivers),
            ("subscription", facts.subscriptions),
        )
        for kind, levels in registers:
            for level in levels:
                value = (Fraction(level.value), level.valid_from, level.valid_to)
                found[kind, level.name][level.member_id].append(value)
        return cls({key: {m: tuple(rows) for m, rows in by.items()} for key, by in found.items()})

    def names(self, kind: LevelKind) -> list[str]:
        """The drivers, or the items of subscriptions, that have a value somewhere."""
        return sorted(name for k, name in self.rows if k == kind)

    def _values(self, quantity: Quantity) -> Mapping[str, tuple[DatedValue, ...]]:
        """Dated values of a driver or subscription by member; none for other quantities."""
        if quantity.kind == "driver" or quantity.kind == "subscription":
            return self.rows.get((quantity.kind, quantity.name), {})
        return {}

    def on(self, quantity: Quantity, member_id: str, day: date) -> Fraction | None:
        """The value of a driver, subscription or constant on a day; None: no value."""
        if quantity.constant is not None:
            return Fraction(quantity.constant)
        return _on(self._values(quantity).get(member_id, ()), day)

    def first(self, quantity: Quantity, presence: Presence) -> dict[str, Fraction]:
        """The value on each member's first day of presence; members without one are left out."""
        if quantity.constant is not None:
            return dict.fromkeys(presence, Fraction(quantity.constant))
        rows = self._values(quantity)
        values = ((member, _on(rows.get(member, ()), spans[0].start)) for member, spans in presence.items())
        return {member: value for member, value in values if value is not None}

    def runs(self, quantity: Quantity, member_id: str, spans: Iterable[Span]) -> list[tuple[Fraction, int]]:
        """(value, days) over days of presence; days without a value are left out."""
        result: list[tuple[Fraction, int]] = []
        for span in spans:
            for part in self.cut(quantity, member_id, span):
                value = self.on(quantity, member_id, part.start)
                if value is not None:
                    result.append((value, part.days))
        return result

    def cut(self, quantity: Quantity, member_id: str, span: Span) -> tuple[Span, ...]:
        """A span cut at the days on which the value of the member changes."""
        return cut_at(span, _changes(self._values(quantity).get(member_id, ())))


def _on(levels: Iterable[DatedValue], day: date) -> Fraction | None:
    """Sum of the rows in force on a day; None when there is none."""
    values = [value for value, start, end in levels if start <= day and (end is None or day < end)]
    if len(values) == 1:
        return values[0]
    return sum(values, Fraction(0)) if values else None


def _changes(levels: Iterable[DatedValue]) -> Iterator[date]:
    for _, start, end in levels:
        yield start
        if end is not None:
            yield end


def cut_at(span: Span, days: Iterable[date]) -> tuple[Span, ...]:
    """A span cut at the days that lie inside it."""
    inside = sorted({day for day in days if span.start < day < span.end})
    edges = [span.start, *inside, span.end]
    return tuple(Span(a, b) for a, b in pairwise(edges))
