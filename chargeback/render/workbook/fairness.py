"""Fairness: what each player of a game pays, alone and by each method; the groups that would pay less without the others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from chargeback.model.fairness import Blocking, Coalition, Division, Fairness
from chargeback.model.month import Month
from chargeback.render.text.fairness import (
    MemberPosition,
    answer_sentence,
    cents,
    coalition_name,
    coverage_sentence,
    member_positions,
    method_name,
    rules_text,
    within_rounding,
)
from chargeback.render.workbook.labels import ColumnSpec, SheetLabels
from chargeback.render.workbook.tables import CellValue, Formula, SheetColumn, SheetTable, clean, unique_headers

MEMBERS_SHEET = "fairness"
MEMBERS: tuple[ColumnSpec, ...] = (
    ("game", "code"),
    ("rules", "text"),
    ("member_id", "code"),
    ("member", "text"),
    ("alone", "money"),
    ("pays", "money"),
    ("saves", "money"),
    ("part", "percent"),
)
GROUPS: tuple[ColumnSpec, ...] = (
    ("game", "code"),
    ("method", "text"),
    ("group", "text"),
    ("size", "count"),
    ("pays", "money"),
    ("alone", "money"),
    ("excess", "money"),
    ("coalition", "code"),
)
ADDED = ("alone", "pays", "saves")


def fairness_table(month: Month, words: SheetLabels) -> SheetTable:
    """One row per game and player, in the order of the fairness report; the methods side by side to the right."""
    methods = list(dict.fromkeys(d.method for f in month.fairness for d in f.divisions[1:]))
    estimated = {d.method for f in month.fairness for d in f.divisions[1:] if d.errors}
    columns = _columns(methods, estimated, words)
    rows = [_row(f, s, methods, estimated, month, words) for f in month.fairness for s in member_positions(f)]
    table = words.table(MEMBERS_SHEET, columns, rows, frozen=4)
    if len(month.fairness) != 1:
        return table
    return replace(
        table, subtitle=clean(f"{answer_sentence(month.fairness[0], month, words.wording)} {table.subtitle}")
    )


def _columns(methods: list[str], estimated: set[str], words: SheetLabels) -> tuple[SheetColumn, ...]:
    columns = [*words.columns(MEMBERS_SHEET, MEMBERS, ADDED)]
    for method in methods:
        name = method_name(method, words.wording)
        header = words.text(f"{MEMBERS_SHEET}.columns.by_method", method=name)
        columns.append(SheetColumn(f"by_{method}", header, "money", total=True))
        if method in estimated:
            columns.append(
                SheetColumn(f"error_{method}", words.text(f"{MEMBERS_SHEET}.columns.error", method=name), "money")
            )
    return unique_headers(columns)


def _row(
    fairness: Fairness,
    standing: MemberPosition,
    methods: list[str],
    estimated: set[str],
    month: Month,
    words: SheetLabels,
) -> tuple[CellValue, ...]:
    own = {division.method: division for division in fairness.divisions}
    beside: list[CellValue] = []
    for method in methods:
        division = own.get(method)
        beside.append(division.shares.get(standing.player) if division else None)
        beside += [_error(division, standing.player)] if method in estimated else []
    part = Formula("{saves}/{alone}", Fraction(standing.saves, standing.alone)) if standing.alone else None
    return (
        fairness.game,
        clean(rules_text(fairness, month, words.wording)),
        standing.player,
        words.member(standing.player),
        standing.alone,
        standing.pays,
        Formula("{alone}-{pays}", standing.saves),
        part,
        *beside,
    )


def _error(division: Division | None, player: str) -> int | None:
    error = (division.errors or {}).get(player) if division else None
    return None if error is None else cents(error)


def groups_table(month: Month, words: SheetLabels) -> SheetTable:
    """Each method of each game with its verdict, then the groups that pay most above what they would alone."""
    found = [row for fairness in month.fairness for row in _groups(fairness, month, words)]
    strong = {n for n, row in enumerate(found) if not row[-1]}
    return words.table("groups", words.columns("groups", GROUPS), found, frozen=2, strong=strong)


def _groups(fairness: Fairness, month: Month, words: SheetLabels) -> Iterator[tuple[CellValue, ...]]:
    for division in fairness.divisions:
        head = (fairness.game, clean(method_name(division.method, words.wording)))
        yield (*head, _verdict(division, fairness, words), None, None, None, None, None)
        for blocking in division.blocking:
            name = coalition_name(blocking.coalition, fairness, month, words.wording)
            yield (*head, clean(name), *_amounts(blocking), joined(blocking.coalition))


def _amounts(blocking: Blocking) -> tuple[CellValue, ...]:
    pays, alone = cents(blocking.pays), cents(blocking.alone)
    return len(blocking.coalition), pays, alone, Formula("{pays}-{alone}", pays - alone)


def joined(coalition: Coalition) -> str:
    """A group as ``standalone/costs.csv`` writes it."""
    return clean("+".join(coalition))


def _verdict(division: Division, fairness: Fairness, words: SheetLabels) -> str:
    """How many groups would pay less without the others, of how many looked at."""
    if not division.shares:
        return words.text("groups.unsolved")
    if within_rounding(division):
        return words.text("groups.rounding")
    told = coverage_sentence(fairness, words.wording)
    if not division.blocked:
        return f"{words.text('groups.nobody')} {clean(told)}"
    return f"{clean(words.wording.plural('workbook.groups.blocked', division.blocked))} {clean(told)}"
