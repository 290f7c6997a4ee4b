"""The fairness report as plain text for the terminal: the same words as its page, tables in columns. Pure text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from textwrap import wrap

from chargeback.explain.field_text import table
from chargeback.model.fairness import Division, Fairness
from chargeback.model.month import Month
from chargeback.render.text.fairness import (
    DASH,
    MemberPosition,
    answer_sentence,
    cents,
    game_name,
    group_row,
    meaning,
    member_positions,
    method_name,
    remarks,
    rules_text,
    sentences,
    subadditivity_warning,
    total_position,
    verdict,
    within_rounding,
)
from chargeback.render.text.labels import member_name
from chargeback.workspace.reports.wording import Wording

WIDTH = 100
TableRows = list[Sequence[str]]


def text_of(month: Month, issued: bool, wording: Wording) -> list[str]:
    """The report on every game of the month, line by line; where it has none, how to have one."""
    state = wording.text(f"fairness.text.{'issued' if issued else 'draft'}")
    head = f"{wording.text('fairness.text.head', month=wording.month(month.period))} ({state})"
    if not month.fairness:
        sentence = wording.text("fairness.text.none", month=wording.month(month.period))
        return [head, "", *_wrapped(sentence), *_wrapped(wording.text("fairness.text.none_how"))]
    lines = [head]
    for fairness in month.fairness:
        lines += ["", *_game(fairness, month, wording)]
    return lines


def _game(fairness: Fairness, month: Month, wording: Wording) -> Iterator[str]:
    name, about = game_name(fairness, wording), rules_text(fairness, month, wording)
    yield wording.text("fairness.text.game", game=f"{name[:1].upper()}{name[1:]}", what=about)
    yield wording.text("fairness.title")
    yield from _wrapped(answer_sentence(fairness, month, wording))
    yield ""
    yield from _wrapped(" ".join(sentences(fairness, month, wording)))
    yield from _wrapped(subadditivity_warning(fairness, month, wording))
    for key, lines in (
        ("members.title", _members(fairness, month, wording)),
        ("groups.title", _groups(fairness, month, wording)),
        ("methods.title", _methods(fairness, month, wording)),
    ):
        if lines:
            yield from ("", wording.text(f"fairness.{key}"), *(f"  {line}".rstrip() for line in lines))


def _members(fairness: Fairness, month: Month, wording: Wording) -> list[str]:
    """Who pays what, what it would pay alone, what it saves."""
    keys = ("member", "alone", "pays", "saves", "part")
    rows: TableRows = [[wording.text(f"fairness.members.{key}") for key in keys]]
    found = member_positions(fairness)
    rows += [[_named(s.player, month, wording), *_amounts(s, wording)] for s in found]
    rows.append([wording.text("fairness.members.total"), *_amounts(total_position(found), wording)])
    return table(rows, "lrrrr")


def _amounts(position: MemberPosition, wording: Wording) -> tuple[str, str, str, str]:
    part = DASH if position.part is None else wording.signed_percent(position.part)
    saves = wording.money(position.saves, sign=True)
    return wording.money(position.alone), wording.money(position.pays), saves, part


def _named(player: str, month: Month, wording: Wording) -> str:
    name = member_name(month, player)
    return wording.text("fairness.names.with_id", name=name, member=player) if name != player else name


def _groups(fairness: Fairness, month: Month, wording: Wording) -> list[str]:
    """The groups that pay most above what they would alone."""
    charged = fairness.charged
    if not charged.blocking or within_rounding(charged):
        return []
    rows: TableRows = [[wording.text(f"fairness.groups.{key}") for key in ("group", "pays", "alone", "excess")]]
    rows += [group_row(blocking, fairness, month, wording) for blocking in charged.blocking]
    more = charged.blocking_count - len(charged.blocking)
    return table(rows, "lrrr") + ([wording.plural("fairness.groups.more", more)] if more else [])


def _methods(fairness: Fairness, month: Month, wording: Wording) -> list[str]:
    """Each method beside the others, how many groups it leaves worse off, what it means."""
    divisions = fairness.divisions
    rows: TableRows = [[wording.text("fairness.methods.member"), *(method_name(d.method, wording) for d in divisions)]]
    for position in member_positions(fairness):
        amounts = (_share(d, position.player, wording) for d in divisions)
        rows.append([member_name(month, position.player), *amounts])
    rows.append([wording.text("fairness.methods.verdict_short"), *(verdict(d, wording) for d in divisions)])
    lines = [*table(rows, "l" + "r" * len(divisions)), ""]
    for division in divisions:
        name, means = method_name(division.method, wording), meaning(division, fairness, wording)
        lines += _wrapped(wording.text("fairness.methods.means", method=name, means=means), 2) if means else []
    return lines + [line for text in remarks(fairness, wording) for line in _wrapped(text, 2)]


def _share(division: Division, player: str, wording: Wording) -> str:
    """A share, with its standard error where it is estimated."""
    if player not in division.shares:
        return DASH
    shown = wording.money(division.shares[player])
    error = (division.standard_errors or {}).get(player, Fraction(0))
    return f"{shown} ± {wording.money(cents(error))}" if error else shown


def _wrapped(text: str, indent: int = 0) -> list[str]:
    """Lines no wider than a page of the terminal; a no-break space does not break."""
    return wrap(text, WIDTH - indent, break_long_words=False, break_on_hyphens=False)
