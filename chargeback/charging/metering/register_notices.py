"""Notices of register rows that are billed to nobody: no rule prices them, or their member has ended. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from chargeback.charging.metering.rule_quantities import items_named
from chargeback.charging.metering.timeline import identities
from chargeback.model.facts import Facts, GroupMember, Level, Resource
from chargeback.model.period import Period, Span, clip
from chargeback.model.problem import Notice, Place, counted
from chargeback.model.rules import Rule, parts_of, regime_kinds
from chargeback.model.succession import successor_of

ITEMS = "subscriptions.csv"


def register_notices(rules: Sequence[Rule], facts: Facts, period: Period) -> Iterator[Notice]:
    """Notices of items that no rule prices, items that nobody has, and days on which a rule has no version."""
    priced = {item for rule, _, item in items_named(rules) if rule.kind != "baseline"}
    for item, rows in _by_item(facts.subscriptions, period):
        if item not in priced:
            message = (
                f'{counted(len(rows), "row")} of the item "{item}" that no rule prices in {period}: billed to nobody'
            )
            yield Notice(
                Place(ITEMS, min(row.where.line or 0 for row in rows)), message, "unpriced-subscription", len(rows)
            )
    known = {row.name for row in facts.subscriptions}
    for rule, key, item in items_named(rules):
        if item not in known:
            yield Notice(
                rule.where(key),
                f'nobody has a subscription of the item "{item}" at any time',
                "item-without-subscription",
            )
    kinds = {member.kind for member in facts.members}
    for rule in rules:
        for key, kind in [(f"{key}.{kind}", kind) for key, own in rule.regimes() for kind in regime_kinds(own)]:
            if kind not in kinds:
                message = f'no member is of the kind "{kind}" at any time'
                yield Notice(rule.where(key), message, "kind-without-member")
        yield from _unpriced_days(rule, facts, period)
    yield from _left_behind(facts, period)


def _left_behind(facts: Facts, period: Period) -> Iterator[Notice]:
    """Notices of rows of a member in force after its successor took over: they count for nobody."""
    members = identities(facts.members, period.span)
    ended = {name: m.valid_to for name, m in members.items() if m.successor and m.valid_to and m.valid_to < period.end}
    found: dict[tuple[str, str], list[int]] = defaultdict(list)
    rows: tuple[GroupMember | Level | Resource, ...] = (
        *facts.groups,
        *facts.drivers,
        *facts.subscriptions,
        *facts.resources,
    )
    for row in rows if ended else ():
        end = ended.get(row.member_id)
        if end is not None and clip(row.valid_from, row.valid_to, Span(max(end, period.first), period.end)):
            found[row.where.path, row.member_id].append(row.where.line or 0)
    for (path, name), lines in sorted(found.items()):
        successor = successor_of(name, members, period)
        message = (
            f"{counted(len(lines), 'row')} of {name} in force in {period}, though {successor} took over from it on "
            f"{ended[name]}, and "
            f"nothing passes by itself: end what ended with {name}, and give {successor} rows of its own"
        )
        yield Notice(Place(path, min(lines)), message, "left-behind", len(lines))


def _unpriced_days(rule: Rule, facts: Facts, period: Period) -> Iterator[Notice]:
    """Notice of days on which somebody has what a rate prices, but no version of the rate is in force."""
    quantity = rule.quantity
    if rule.kind != "rate" or quantity is None or quantity.kind not in ("driver", "subscription"):
        return
    covered = {day.start for _, span in parts_of(rule, period.span) for day in span.each()}
    missing = [day for day in period.span.each() if day.start not in covered]
    levels = facts.drivers if quantity.kind == "driver" else facts.subscriptions
    rows = [row for row in levels if row.name == quantity.name and any(_has(row, day) for day in missing)]
    if rows:
        days = f"on {missing[0].start}" if len(missing) == 1 else f"from {missing[0].start} to {missing[-1].start}"
        message = (
            f"{rule.id} has no version in force {days}, and {counted(len(rows), 'row')} of the {quantity.kind} "
            f'"{quantity.name}" then: not billed on {"that day" if len(missing) == 1 else "those days"}'
        )
        yield Notice(rule.near(missing[0].start), message, "days-without-price", len(rows))


def _has(row: Level, day: Span) -> bool:
    return clip(row.valid_from, row.valid_to, day) is not None


def _by_item(levels: Iterable[Level], period: Period) -> Iterator[tuple[str, list[Level]]]:
    found: dict[str, list[Level]] = {}
    for row in levels:
        if clip(row.valid_from, row.valid_to, period.span) is not None:
            found.setdefault(row.name, []).append(row)
    yield from sorted(found.items())
