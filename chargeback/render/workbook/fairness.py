"""Sheets of fairness: the amount of each player alone, as billed and by each method; the coalitions that block."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction

from chargeback.model.fairness import Blocking, Coalition, Division, DivisionMethod, Fairness
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


def fairness_table(month: Month, labels: SheetLabels) -> SheetTable:
    """Table of games and players, in the order of the fairness report; the methods are side by side to the right."""
    methods = list(dict.fromkeys(d.method for f in month.fairness for d in f.divisions[1:]))
    estimated = {d.method for f in month.fairness for d in f.divisions[1:] if d.standard_errors}
    columns = _columns(methods, estimated, labels)
    rows = [_row(f, s, methods, estimated, month, labels) for f in month.fairness for s in member_positions(f)]
    table = labels.table(MEMBERS_SHEET, columns, rows, frozen=4)
    if len(month.fairness) != 1:
        return table
    return replace(
        table, subtitle=clean(f"{answer_sentence(month.fairness[0], month, labels.wording)} {table.subtitle}")
    )


def _columns(
    methods: Sequence[DivisionMethod], estimated: Collection[DivisionMethod], labels: SheetLabels
) -> tuple[SheetColumn, ...]:
    columns = [*labels.columns(MEMBERS_SHEET, MEMBERS, ADDED)]
    for method in methods:
        name = method_name(method, labels.wording)
        header = labels.text(f"{MEMBERS_SHEET}.columns.by_method", method=name)
        columns.append(SheetColumn(f"by_{method}", header, "money", total=True))
        if method in estimated:
            columns.append(
                SheetColumn(f"error_{method}", labels.text(f"{MEMBERS_SHEET}.columns.error", method=name), "money")
            )
    return unique_headers(columns)


def _row(
    fairness: Fairness,
    position: MemberPosition,
    methods: Sequence[DivisionMethod],
    estimated: Collection[DivisionMethod],
    month: Month,
    labels: SheetLabels,
) -> tuple[CellValue, ...]:
    own = {division.method: division for division in fairness.divisions}
    beside: list[CellValue] = []
    for method in methods:
        division = own.get(method)
        beside.append(division.shares.get(position.player) if division else None)
        beside += [_error(division, position.player)] if method in estimated else []
    part = Formula("{saves}/{alone}", Fraction(position.saves, position.alone)) if position.alone else None
    return (
        fairness.game,
        clean(rules_text(fairness, month, labels.wording)),
        position.player,
        labels.member(position.player),
        position.alone,
        position.pays,
        Formula("{alone}-{pays}", position.saves),
        part,
        *beside,
    )


def _error(division: Division | None, player: str) -> int | None:
    error = (division.standard_errors or {}).get(player) if division else None
    return None if error is None else cents(error)


def groups_table(month: Month, labels: SheetLabels) -> SheetTable:
    """Table of the methods of each game with their verdicts, each followed by its blocking coalitions."""
    found = [row for fairness in month.fairness for row in _groups(fairness, month, labels)]
    strong = {n for n, row in enumerate(found) if not row[-1]}
    return labels.table("groups", labels.columns("groups", GROUPS), found, frozen=2, strong=strong)


def _groups(fairness: Fairness, month: Month, labels: SheetLabels) -> Iterator[tuple[CellValue, ...]]:
    for division in fairness.divisions:
        head = (fairness.game, clean(method_name(division.method, labels.wording)))
        yield (*head, _verdict(division, fairness, labels), None, None, None, None, None)
        for blocking in division.blocking:
            name = coalition_name(blocking.coalition, fairness, month, labels.wording)
            yield (*head, clean(name), *_amounts(blocking), joined(blocking.coalition))


def _amounts(blocking: Blocking) -> tuple[CellValue, ...]:
    pays, alone = cents(blocking.pays), cents(blocking.alone)
    return len(blocking.coalition), pays, alone, Formula("{pays}-{alone}", pays - alone)


def joined(coalition: Coalition) -> str:
    """Coalition as ``standalone/costs.csv`` writes it."""
    return clean("+".join(coalition))


def _verdict(division: Division, fairness: Fairness, labels: SheetLabels) -> str:
    """Verdict on a division: the number of blocking coalitions, and of those tested."""
    if not division.shares:
        return labels.text("groups.unsolved")
    if within_rounding(division):
        return labels.text("groups.rounding")
    coverage = clean(coverage_sentence(fairness, labels.wording))
    if not division.blocking_count:
        return f"{labels.text('groups.nobody')} {coverage}"
    return f"{clean(labels.wording.plural('workbook.groups.blocked', division.blocking_count))} {coverage}"
