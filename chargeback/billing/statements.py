"""Statements: one per member for its deliberative body, with services, its place in the keys, and savings. Pure."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import timedelta
from decimal import Decimal

from chargeback.billing.comparison import Comparison, by_service, earlier
from chargeback.model.charges import Charge
from chargeback.model.documents import Document
from chargeback.model.facts import Member
from chargeback.model.month import Month
from chargeback.model.period import Period
from chargeback.model.rules import Rule
from chargeback.model.statements import KeyPlace, MemberSavings, RuleChange, ServiceRow, Statement
from chargeback.model.succession import owners
from chargeback.model.vat import vat_of


def statements(month: Month, compared: Comparison) -> tuple[Statement, ...]:
    """Statements of the members charged in the month, compared with the months before.

    The statement of a successor includes what is, or was, charged to the members that it has taken over from.
    """
    successors = owners(month.members, month.period)
    now = by_service(month, successors)
    previous, year_to_date = compared.previous, compared.year_to_date
    charges: dict[str, list[Charge]] = defaultdict(list)
    for charge in month.charges:
        charges[successors.get(charge.member_id, charge.member_id)].append(charge)
    places = _places(month)
    saved = {s.member_id: s for s in month.savings}
    coming = tuple(changes(month.rules.values(), month.period))
    result = []
    for member_id, own in sorted(charges.items()):
        mine = {c.rule for c in own}
        taken_over = sorted(name for name, successor in successors.items() if successor == member_id)
        before = None if previous is None else previous.get(member_id, {})
        to_date = None if year_to_date is None else year_to_date.get(member_id, {})
        result.append(
            Statement(
                member=month.members[member_id],
                period=month.period,
                net=sum(c.amount for c in own),
                gross=_gross(own, month),
                previous_net=None if before is None else sum(before.values()),
                year_to_date=None if to_date is None else sum(to_date.values()),
                services=tuple(_services(now[member_id], before, to_date)),
                places=tuple(places.get(member_id, ())),
                savings=saved.get(member_id, MemberSavings(member_id, ())),
                counted_from=compared.counted_from,
                changes=tuple(c for c in coming if c.rule in mine),
                balance=month.balance.of(member_id, *taken_over) if month.balance else None,
                taken_over=tuple(_predecessors_shown(taken_over, own, month)),
                carried_forward=tuple(_carried(month, {member_id, *taken_over})),
            )
        )
    return tuple(result)


def _carried(month: Month, payers: Collection[str]) -> Iterator[Document]:
    """Carried documents of some payers that no document bills yet, the earliest month first."""
    carried = sorted((*month.still_carried, *month.carried_forward), key=lambda d: (d.period, d.regime.name))
    return (document for document in carried if document.payer.member_id in payers)


def _predecessors_shown(taken_over: Iterable[str], own: Iterable[Charge], month: Month) -> Iterator[Member]:
    """Members taken over from whose amounts are among the month's or those it is compared with."""
    charged, compared_from = {c.member_id for c in own}, earlier(month.period)[0].first
    for member in (month.members[name] for name in taken_over):
        if member.member_id in charged or (member.valid_to is not None and member.valid_to > compared_from):
            yield member


def _gross(charges: Iterable[Charge], month: Month) -> int:
    rates = {id(c): line.rate for d in month.drawn_up for line in d.lines for c in line.charges}
    day = month.period.last_day
    found: dict[tuple[str, Decimal], int] = defaultdict(int)
    for charge in charges:
        rate = rates.get(id(charge))
        found[charge.vat, month.settings.regimes[charge.vat].rate_on(day) if rate is None else rate] += charge.amount
    return sum(net + vat_of(net, rate) for (_, rate), net in found.items())


def _services(
    now: Mapping[str, int], before: Mapping[str, int] | None, to_date: Mapping[str, int] | None
) -> Iterator[ServiceRow]:
    for service in sorted({*now, *(before or {}), *(to_date or {})}):
        yield ServiceRow(
            service,
            now.get(service, 0),
            None if before is None else before.get(service, 0),
            None if to_date is None else to_date.get(service, 0),
        )


def _places(month: Month) -> dict[str, list[KeyPlace]]:
    """Place of every member in every key of every pool; the sorted values of a key are one object for all."""
    found: dict[str, list[KeyPlace]] = defaultdict(list)
    for split in month.splits:
        for key in split.keys:
            total, values = key.total, tuple(sorted(key.values.values(), reverse=True))
            negated = [-v for v in values]
            for member, value in key.values.items():
                place = KeyPlace(
                    rule=split.rule,
                    pool=split.pool,
                    pool_amount=split.amount,
                    weight=key.weight,
                    kind=key.kind,
                    name=key.name,
                    value=value,
                    total=total,
                    share=split.shares.get(member, 0),
                    rank=bisect_left(negated, -value) + 1,
                    values=values,
                )
                found[member].append(place)
    return found


def changes(rules: Iterable[Rule], period: Period) -> Iterator[RuleChange]:
    """Changes of rules in the next period: the days on which another version begins, or one ends."""
    for rule in sorted(rules, key=lambda r: r.id):
        days = {d for v in rule.versions for d in (v.valid_from, v.valid_to) if d is not None}
        for day in sorted(d for d in days if period.end <= d < period.next.end):
            before, after = rule.on(day - timedelta(days=1)), rule.on(day)
            if before is not after:
                yield RuleChange(rule.id, day, before, after)
