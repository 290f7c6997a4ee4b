"""Who receives the documents of a member: itself, its payer, or the successor of one that is no more. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from chargeback.model.facts import Member
from chargeback.model.period import Period, clip


def is_gone(member: Member, period: Period) -> bool:
    """Whether a member is not in force any more when a month is over."""
    return member.valid_to is not None and member.valid_to <= period.end


def line_of(member_id: str, members: Mapping[str, Member], period: Period) -> Iterator[str]:
    """The member, then its successors one after the other, as far as each is gone when a month is over."""
    yield member_id
    member = members.get(member_id)
    while member is not None and member.successor and is_gone(member, period):
        yield member.successor
        member = members.get(member.successor)


def successor_of(member_id: str, members: Mapping[str, Member], period: Period) -> str:
    """The member itself, or the successor (and its successor) of one that is gone when the month is over."""
    *_, heir = line_of(member_id, members, period)
    return heir


def payer_of(member_id: str, members: Mapping[str, Member], period: Period) -> str:
    """Who receives the documents of a member for a month: the payer of a member that is there on some day, else that of its heir."""
    member = members.get(member_id)
    if member is not None and member.payer and clip(member.valid_from, member.valid_to, period.span):
        return successor_of(member.payer, members, period)
    heir = successor_of(member_id, members, period)
    payer = members[heir].payer if heir in members else ""
    return successor_of(payer, members, period) if payer else heir


def predecessors(members: Mapping[str, Member], period: Period) -> dict[str, frozenset[str]]:
    """Of each member that has taken over from others when a month is over: all of them, those they had taken over from included."""
    found: dict[str, set[str]] = defaultdict(set)
    for name in members:
        for later in line_of(name, members, period):
            if later != name:
                found[later].add(name)
    return {heir: frozenset(names) for heir, names in found.items()}


def owners(members: Mapping[str, Member], period: Period) -> dict[str, str]:
    """The heir of each member that was gone, and succeeded, before a month began: the month's statements are the heir's."""
    found = {name: successor_of(name, members, period.previous) for name, member in members.items() if member.successor}
    return {name: heir for name, heir in found.items() if heir != name}


def predecessors_of(member_id: str, members: Mapping[str, Member], period: Period) -> frozenset[str]:
    """The member and all those whose successor it is when a month is over."""
    return frozenset(name for name in members if successor_of(name, members, period) == member_id)
