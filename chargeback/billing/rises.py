"""Rises of closed months: what rule versions that reach back make members pay more for months that are over. Pure.

A version may lower what a closed month amounts to. An act cannot make users pay more for the past, but where the law
says so, as a regularisation of unlawful terms, or by agreement (CE, 11 July 2019, n° 422577). What a version raises is
found by charging the month a second time without it, so that late data raise nothing here. Amounts are cents, net.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from chargeback.billing.adjustments import BilledSoFar
from chargeback.model.money import euros
from chargeback.model.period import Period, clip
from chargeback.model.problem import Problem, counted
from chargeback.model.rules import Rule
from chargeback.model.versions import Ground, Version

NEVER = date(9999, 12, 1)
MOST = 3
NewVersion = tuple[Rule, Version]
UsedVersions = Collection[tuple[str, date]]  # rule, first day of the version


@dataclass(frozen=True, slots=True)
class Rise:
    """Rise of what a member is charged for a closed month, by all rules together.

    Attributes:
        month: the closed month.
        member_id: member charged.
        amount: cents more than without the versions, above zero.
        versions: (rule, first day) of the versions that reach back into the month.
        grounds: grounds that these versions name.
    """

    month: Period
    member_id: str
    amount: int
    versions: tuple[tuple[str, date], ...]
    grounds: tuple[Ground, ...]


def reaching_back(rules: Iterable[Rule], month: Period, used: UsedVersions) -> list[NewVersion]:
    """Retroactive versions in force in a closed month that no entry of the ledger is based on."""
    return [
        (rule, version)
        for rule in rules
        for version in rule.versions
        if version.reason_to_reach_back
        and (rule.id, version.valid_from) not in used
        and clip(version.valid_from, version.valid_to, month.span) is not None
    ]


def without(rules: Iterable[Rule], new: Iterable[NewVersion]) -> tuple[Rule, ...]:
    """Rules without some versions: the version that ends where one of them begins lasts to its end."""
    dropped = {(rule.id, version.valid_from) for rule, version in new}
    return tuple(_without(rule, {day for name, day in dropped if name == rule.id}) for rule in rules)


def _without(rule: Rule, dropped: Collection[date]) -> Rule:
    kept: list[Version] = []
    for version in rule.versions:
        if version.valid_from not in dropped:
            kept.append(version)
        elif kept and kept[-1].valid_to == version.valid_from:
            kept[-1] = kept[-1].model_copy(update={"valid_to": version.valid_to})
    if not kept:  # the rule stays known by name to the others, without a day in force
        kept = [rule.versions[0].model_copy(update={"valid_from": NEVER, "valid_to": None})]
    return rule.model_copy(update={"version": tuple(kept)}) if dropped else rule


def rises(month: Period, before: BilledSoFar, today: BilledSoFar, new: Sequence[NewVersion]) -> tuple[Rise, ...]:
    """Rise of each member that is charged more ``today`` than ``before``, without the versions that are ``new``."""
    more: dict[str, int] = defaultdict(int)
    for charged, sign in ((today, 1), (before, -1)):
        for (member_id, _, _), cents in charged.computed.items():
            more[member_id] += sign * cents
    versions = tuple(sorted((rule.id, version.valid_from) for rule, version in new))
    grounds = tuple(sorted({version.ground for _, version in new if version.ground is not None}))
    return tuple(Rise(month, name, cents, versions, grounds) for name, cents in sorted(more.items()) if cents > 0)


def rise_problems(found: Sequence[Rise], new: Iterable[NewVersion], currency: str) -> Iterator[Problem]:
    """Problem of each version that raises what members pay for closed months and names no ground."""
    versions = {(rule.id, version.valid_from): (rule, version) for rule, version in new}
    for key, (rule, version) in sorted(versions.items()):
        own = [rise for rise in found if key in rise.versions]
        if own:
            last = max(rise.month for rise in own)
            message = (
                f"the version of {version.valid_from} of {rule.id} raises what {_members(own)} for {_months(own)} by "
                f"{euros(sum(rise.amount for rise in own)):,} {currency} net: an act cannot make users pay more for "
                f"the past; let it begin on {last.end} or later, or say why it may, as retroactive = "
                '{ reason = "…", ground = "law" }, "regularisation" or "agreement"'
            )
            yield Problem(rule.where_in(version, "retroactive"), message, "raises-closed-month")


def _members(found: Sequence[Rise]) -> str:
    names = sorted({rise.member_id for rise in found})
    listed = ", ".join(names[:MOST]) + (", …" if len(names) > MOST else "")
    verb = "pays" if len(names) == 1 else "pay"
    return f"{counted(len(names), 'member')} ({listed}) {verb}"


def _months(found: Sequence[Rise]) -> str:
    months = sorted({rise.month for rise in found})
    return f"{months[0]}, which is closed," if len(months) == 1 else f"{months[0]} to {months[-1]}, which are closed,"
