"""Succession: who receives the documents of a member, itself, its payer, or the successor of one that has ended.
Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping

from chargeback.model.charges import Charge
from chargeback.model.facts import Member
from chargeback.model.period import Period, clip


def is_gone(member: Member, period: Period) -> bool:
    """Whether a member has ended when a month is over."""
    return member.valid_to is not None and member.valid_to <= period.end


def line_of(member_id: str, members: Mapping[str, Member], period: Period) -> Iterator[str]:
    """The member, then its successors one after the other, as far as each has ended when a month is over."""
    yield member_id
    member = members.get(member_id)
    while member is not None and member.successor and is_gone(member, period):
        yield member.successor
        member = members.get(member.successor)


def successor_of(member_id: str, members: Mapping[str, Member], period: Period) -> str:
    """Successor of a member that has ended when the month is over, or that one's own successor; else the member
    itself."""
    *_, last = line_of(member_id, members, period)
    return last


def payer_of(member_id: str, members: Mapping[str, Member], period: Period) -> str:
    """Payer of a member for a month: its own if it is in force on some day of it, else that of its successor."""
    member = members.get(member_id)
    if member is not None and member.payer and clip(member.valid_from, member.valid_to, period.span):
        return successor_of(member.payer, members, period)
    successor = successor_of(member_id, members, period)
    payer = members[successor].payer if successor in members else ""
    return successor_of(payer, members, period) if payer else successor


def owes(charge: Charge, members: Mapping[str, Member], period: Period) -> str:
    """Member that owes a charge that a month bills: its payer for that month, or who owed the earlier month or year.

    Where that one has ended, its successor.
    """
    owed_by = successor_of(charge.owed_by, members, period) if charge.owed_by else ""
    return owed_by if owed_by in members else payer_of(charge.member_id, members, period)


def carried_to(payer_id: str, beneficiaries: Collection[str], members: Mapping[str, Member], period: Period) -> str:
    """Who is billed an amount that was carried for a payer: its successor, or itself.

    Where that one is gone, its members are: the payer that they all have in the month. Else it stays with who is gone.
    """
    successor = successor_of(payer_id, members, period)
    if successor not in members or not is_gone(members[successor], period):
        return successor
    payers = {payer_of(name, members, period) for name in beneficiaries}
    present = {name for name in payers if name in members and not is_gone(members[name], period)}
    return payers.pop() if len(payers) == 1 and present == payers else successor


def predecessors(members: Mapping[str, Member], period: Period) -> dict[str, frozenset[str]]:
    """Predecessors of each member that has any when a month is over, those of its predecessors included."""
    found: dict[str, set[str]] = defaultdict(set)
    for name in members:
        for later in line_of(name, members, period):
            if later != name:
                found[later].add(name)
    return {successor: frozenset(names) for successor, names in found.items()}


def owners(members: Mapping[str, Member], period: Period) -> dict[str, str]:
    """Successor of each member that had ended before a month began: the month's statements are the successor's."""
    found = {name: successor_of(name, members, period.previous) for name, member in members.items() if member.successor}
    return {name: successor for name, successor in found.items() if successor != name}


def predecessors_of(member_id: str, members: Mapping[str, Member], period: Period) -> frozenset[str]:
    """The member and all whose successor it is when a month is over."""
    return frozenset(name for name in members if successor_of(name, members, period) == member_id)
