"""Savings of members: their order, and their sums. Pure.

A saving is the stand-alone cost less what the member pays together with the others; below zero it is a loss.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from chargeback.model.month import Month
from chargeback.model.statements import MemberSavings, Saving
from chargeback.render.text.labels import member_name


def has_loss(savings: MemberSavings) -> bool:
    """Whether a member pays more together than alone, net or with VAT."""
    return bool(savings.rows) and min(savings.net, savings.gross) < 0


def by_saving(savings: Sequence[MemberSavings], month: Month) -> list[MemberSavings]:
    """Members with a loss first, then by rising saving; members without a comparison last."""
    return sorted(
        savings,
        key=lambda s: (not s.rows, not has_loss(s), s.net, s.gross, member_name(month, s.member_id), s.member_id),
    )


def total_savings(rows: Iterable[Saving]) -> MemberSavings:
    """Savings of comparisons added up, as if they were those of one member."""
    return MemberSavings("", tuple(rows))


def savings_by_baseline(savings: Sequence[MemberSavings]) -> dict[tuple[str, ...], list[Saving]]:
    """Comparisons of all members by their baseline rules, in the order of the ids of these rules."""
    found: dict[tuple[str, ...], list[Saving]] = {}
    for row in (row for s in savings for row in s.rows):
        found.setdefault(row.baselines, []).append(row)
    return dict(sorted(found.items()))
