"""Who receives the documents of a member: itself, its payer, or the successor of one that is no more. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from chargeback.model import Member
from chargeback.period import Period


def is_gone(member: Member, period: Period) -> bool:
    """Whether a member is not in force any more when a month is over."""
    return member.valid_to is not None and member.valid_to <= period.end


def heir_of(member_id: str, members: Mapping[str, Member], period: Period) -> str:
    """The member itself, or the successor (and its successor) of one that is gone when the month is over."""
    member = members.get(member_id)
    while member is not None and member.successor and is_gone(member, period):
        member_id, member = member.successor, members.get(member.successor)
    return member_id


def payer_of(member_id: str, members: Mapping[str, Member], period: Period) -> str:
    """Who receives the documents of a member for a month."""
    heir = heir_of(member_id, members, period)
    payer = members[heir].payer if heir in members else ""
    return heir_of(payer, members, period) if payer else heir


def forebears(member_id: str, members: Mapping[str, Member], period: Period) -> frozenset[str]:
    """The member and all those whose successor it is when a month is over."""
    return frozenset(name for name in members if heir_of(name, members, period) == member_id)
