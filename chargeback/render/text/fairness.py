"""Fairness report in words and in whole cents, for its page, its sheets and the terminal. Pure text.

The terms are those of cooperative game theory: a coalition that pays more than its stand-alone cost blocks a division;
a division that no coalition blocks is in the core.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from chargeback.model.fairness import CHARGED, Blocking, Coalition, Division, Fairness
from chargeback.model.money import to_cents
from chargeback.model.month import Month
from chargeback.render.text.labels import member_name, pool_label, rule_label
from chargeback.workspace.reports.wording import Wording

MOST_NAMES, MOST_OUTSIDE = 4, 2
DASH = "\u2014"


@dataclass(frozen=True, slots=True)
class MemberPosition:
    """Position of a player, in whole cents.

    Attributes:
        player: member id; '' for all players together.
        alone: stand-alone cost.
        pays: amount billed.
    """

    player: str
    alone: int
    pays: int

    @property
    def saves(self) -> int:
        """Saving in cents; below zero a loss."""
        return self.alone - self.pays

    @property
    def part(self) -> Fraction | None:
        """Saving as a part of the stand-alone cost; None where that is not above zero."""
        return Fraction(self.saves, self.alone) if self.alone > 0 else None


def cents(amount: Fraction) -> int:
    """Whole cents of exact cents, to be shown."""
    return to_cents(amount / 100)


def member_positions(fairness: Fairness) -> list[MemberPosition]:
    """Positions of the players: the greatest loss first, then by rising saving."""
    paid = fairness.charged.shares
    found = [MemberPosition(p, cents(fairness.alone[p]), paid.get(p, 0)) for p in fairness.players]
    return sorted(found, key=lambda s: (s.saves, s.player))


def total_position(found: Sequence[MemberPosition]) -> MemberPosition:
    """Position of all players together: the sum of the rows."""
    return MemberPosition("", sum(s.alone for s in found), sum(s.pays for s in found))


def rules_text(fairness: Fairness, month: Month, wording: Wording) -> str:
    """Labels of the rules whose charges the game is about."""
    known = (month.rules.get(rule) for rule in dict.fromkeys(fairness.rules))
    found = [rule_label(rule, wording) for rule in known if rule is not None]
    return ", ".join(found) or ", ".join(dict.fromkeys(fairness.rules))


def game_name(fairness: Fairness, wording: Wording) -> str:
    """Name of the game, as ``--game`` takes it."""
    return wording.text("fairness.curve" if fairness.curve else "fairness.game", game=fairness.game)


def method_name(method: str, wording: Wording) -> str:
    """Name of a method in the wording; its key where the wording has none."""
    return wording.texts.get(f"fairness.method.{method}.name", method)


def coalition_name(coalition: Coalition, fairness: Fairness, month: Month, wording: Wording) -> str:
    """Name of a coalition: its members, the members outside it, or the first members and the number of others."""
    names = [member_name(month, member) for member in coalition]
    outside = [member_name(month, p) for p in fairness.players if p not in set(coalition)]
    if len(names) > 1 and not outside:
        return wording.text("fairness.names.all")
    if len(names) > MOST_NAMES and len(outside) <= MOST_OUTSIDE:
        return wording.text("fairness.names.all_but", names=listed(outside, wording))
    return listed(names, wording)


def listed(names: Sequence[str], wording: Wording) -> str:
    """Names as a list: A, B et C; of more than four the first ones, and the number of others."""
    if len(names) == 1:
        return names[0]
    if len(names) > MOST_NAMES:
        first = ", ".join(names[: MOST_NAMES - 1])
        return wording.plural("fairness.names.others", len(names) - MOST_NAMES + 1, names=first)
    return wording.text("fairness.names.last", names=", ".join(names[:-1]), name=names[-1])


def answer_sentence(fairness: Fairness, month: Month, wording: Wording) -> str:
    """Answer of the report: whether any coalition is better off by itself, in one sentence."""
    charged = fairness.charged
    if within_rounding(charged):
        return wording.text("fairness.answer.yes_rounding")
    if charged.in_core:
        key = "yes" if fairness.conclusive else "yes_partly"
        return wording.text(f"fairness.answer.{key}", n=wording.number(fairness.coalitions_tested))
    worst = charged.blocking[0]
    amount = wording.money(cents(worst.excess))
    name = coalition_name(worst.coalition, fairness, month, wording)
    if len(worst.coalition) == 1:
        return wording.text("fairness.answer.no_member", name=name, amount=amount)
    if len(worst.coalition) == len(fairness.players):
        return wording.text("fairness.answer.no_all", amount=amount)
    return wording.text("fairness.answer.no_group", names=name, amount=amount)


def sentences(fairness: Fairness, month: Month, wording: Wording) -> Iterator[str]:
    """Facts below the answer: the amount shared and its method, the saving, the coalitions that block, those tested."""
    yield _shared(fairness, month, wording)
    yield _saved(fairness, wording)
    if fairness.outside:
        yield wording.text("fairness.facts.outside", amount=wording.money(fairness.outside))
    if fairness.together is not None and fairness.together != fairness.amount:
        key = "together" if fairness.together > fairness.amount else "together_more"
        given, charged = wording.money(cents(fairness.together)), wording.money(fairness.amount)
        where = wording.text(f"fairness.facts.{'by_curve' if fairness.curve else 'by_table'}")
        yield wording.text(f"fairness.facts.{key}", together=given, amount=charged, where=where)
    if fairness.charged.blocking_count and not within_rounding(fairness.charged):
        yield wording.plural("fairness.facts.blocked", fairness.charged.blocking_count)
    yield coverage_sentence(fairness, wording)


def coverage_sentence(fairness: Fairness, wording: Wording) -> str:
    """Coverage: the number and choice of the coalitions tested, and whether another could block the division."""
    sentence = wording.plural(f"fairness.looked.{fairness.coalitions}", fairness.coalitions_tested)
    if fairness.coalitions == "all":
        return sentence
    key = "certain" if fairness.conclusive else "uncertain"
    return f"{sentence} {wording.text(f'fairness.looked.{key}')}"


def subadditivity_warning(fairness: Fairness, month: Month, wording: Wording) -> str:
    """Warning that two coalitions cost more together than apart, so that the game is not subadditive; '' for none."""
    if fairness.not_subadditive is None:
        return ""
    first, second = (listed([member_name(month, m) for m in side], wording) for side in fairness.not_subadditive)
    return wording.text(f"fairness.facts.dearer{'_curve' if fairness.curve else ''}", first=first, second=second)


def _shared(fairness: Fairness, month: Month, wording: Wording) -> str:
    return wording.plural(
        "fairness.facts.shared",
        len(fairness.players),
        amount=wording.money(fairness.amount),
        rules=rules_text(fairness, month, wording),
        pools=", ".join(pool_label(pool, wording) for pool in fairness.pools),
        method=method_name(fairness.method, wording),
    )


def _saved(fairness: Fairness, wording: Wording) -> str:
    whole = total_position(member_positions(fairness))
    key = "even" if whole.saves == 0 else "saved" if whole.saves > 0 else "lost"
    part = wording.percent(abs(whole.part)) if whole.part is not None else DASH
    values = {"alone": wording.money(whole.alone), "saved": wording.money(abs(whole.saves)), "part": part}
    return wording.text(f"fairness.facts.{key}", **values)


def within_rounding(division: Division) -> bool:
    """Whether the worst excess is below a cent per member of its coalition: whole cents cause it, not the method."""
    worst = division.blocking[:1]
    return any(b.excess < len(b.coalition) for b in worst)


def verdict(division: Division, wording: Wording) -> str:
    """Verdict on a division: the number of coalitions that would be better off by themselves."""
    if not division.shares:
        return DASH
    if within_rounding(division):
        return wording.text("fairness.methods.rounding")
    if not division.blocking_count:
        return wording.text("fairness.methods.none")
    return wording.text("fairness.methods.count", n=wording.number(division.blocking_count))


def greatest_error(division: Division) -> Fraction:
    """Greatest standard error of a sampled division, in exact cents; 0 for one that is not sampled."""
    return max((division.standard_errors or {}).values(), default=Fraction(0))


def meaning(division: Division, fairness: Fairness, wording: Wording) -> str:
    """Meaning of a method in a line without jargon; '' where the wording has none."""
    if division.method == CHARGED:
        return wording.text("fairness.method.charged.means", method=method_name(fairness.method, wording))
    return wording.texts.get(f"fairness.method.{division.method}.means", "")


def notes(fairness: Fairness, wording: Wording) -> Iterator[str]:
    """Notes: the meaning of each method, then ``remarks``."""
    for division in fairness.divisions[1:]:
        text = meaning(division, fairness, wording)
        if text:
            yield wording.text("fairness.methods.means", method=method_name(division.method, wording), means=text)
    yield from remarks(fairness, wording)


def remarks(fairness: Fairness, wording: Wording) -> Iterator[str]:
    """Remarks: the methods that are estimated from a sample, with their standard error, and those without a result."""
    for division in fairness.divisions:
        name = method_name(division.method, wording)
        if greatest_error(division):
            amount = wording.money(cents(greatest_error(division)))
            yield wording.text("fairness.methods.errors", method=name, amount=amount)
        if not division.shares:
            yield wording.text("fairness.methods.unsolved", method=name)


def sources_sentence(fairness: Fairness, wording: Wording) -> str:
    """Sources: the papers of the methods, and the origin of the stand-alone costs."""
    known = (wording.texts.get(f"fairness.method.{d.method}.source", "") for d in fairness.divisions)
    key = "source_curve" if fairness.curve else "source_table"
    where = wording.text(f"fairness.methods.{key}", game=fairness.game)
    papers = wording.text("common.list").join(dict.fromkeys(paper for paper in known if paper))
    return wording.text("fairness.methods.sources", sources=papers, where=where)


def group_row(blocking: Blocking, fairness: Fairness, month: Month, wording: Wording) -> tuple[str, str, str, str]:
    """Cells of a blocking coalition: its name, the amount it pays, its stand-alone cost, the excess."""
    amounts = (blocking.pays, blocking.alone, blocking.excess)
    pays, alone, excess = (wording.money(cents(amount)) for amount in amounts)
    return coalition_name(blocking.coalition, fairness, month, wording), pays, alone, excess
