"""Sheet of pools and keys in one flat table: costs, amounts of the pools, splits, key values and shares of members.

Each amount is listed once, so that a column adds up to the amount of its header; the first column is the kind of a row.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, get_args

from chargeback.model.facts import Cost
from chargeback.model.month import Month
from chargeback.model.pools import KeyTable, Pool, PoolSplit
from chargeback.render.text.labels import key_label, key_unit, pool_label
from chargeback.render.workbook.labels import ColumnSpec, SheetLabels
from chargeback.render.workbook.tables import CellValue, SheetTable

COLUMNS: tuple[ColumnSpec, ...] = (
    ("row", "text"),
    ("pool", "code"),
    ("label", "text"),
    ("detail", "text"),
    ("rule", "code"),
    ("version", "date"),
    ("member_id", "code"),
    ("key", "text"),
    ("weight", "quantity"),
    ("value", "quantity"),
    ("key_total", "quantity"),
    ("unit", "text"),
    ("part", "percent"),
    ("cost", "money"),
    ("booked", "money"),
    ("held", "money"),
    ("less", "money"),
    ("split", "money"),
    ("share", "money"),
)
MONEY = ("cost", "booked", "held", "less", "split", "share")
KEYS = tuple(key for key, _ in COLUMNS)
PoolRowKind = Literal["pool", "cost", "split", "key", "share"]
ROWS: tuple[PoolRowKind, ...] = get_args(PoolRowKind)


@dataclass(frozen=True, slots=True)
class PoolRow:
    """Row of the sheet.

    Attributes:
        kind: kind of the row.
        cells: values by column; the other columns are empty.
    """

    kind: PoolRowKind
    cells: dict[str, CellValue]


def pools_table(month: Month, labels: SheetLabels) -> SheetTable:
    """Table of pools and keys; the rows of pools are in bold."""
    splits: dict[str, list[PoolSplit]] = defaultdict(list)
    for split in month.splits:
        splits[split.pool].append(split)
    found = [row for pool in month.pools for row in _pool(pool, splits[pool.name], labels)]
    names = {kind: labels.text(f"pools.rows.{kind}") for kind in ROWS}
    rows = [tuple(names[row.kind] if key == "row" else row.cells.get(key) for key in KEYS) for row in found]
    strong = {n for n, row in enumerate(found) if row.kind == "pool"}
    return labels.table("pools", labels.columns("pools", COLUMNS, MONEY), rows, frozen=3, strong=strong)


def _pool(pool: Pool, splits: list[PoolSplit], labels: SheetLabels) -> Iterator[PoolRow]:
    cells: dict[str, CellValue] = {"label": pool_label(pool.name, labels.wording), "booked": pool.booked}
    cells |= {"held": pool.after_transfers} if pool.final else {"detail": labels.text("pools.transferred")}
    yield PoolRow("pool", {"pool": pool.name, **cells})
    for cost in pool.costs:
        yield PoolRow("cost", {"pool": pool.name, **_cost(cost, labels)})
    for split in splits:
        head: dict[str, CellValue] = {"pool": pool.name, "rule": split.rule, "version": split.version}
        yield PoolRow("split", {**head, **_split(split, labels)})
        yield from (PoolRow(row.kind, {**head, **row.cells}) for row in _members(split, labels))


def _cost(cost: Cost, labels: SheetLabels) -> dict[str, CellValue]:
    found = {"account": cost.account, "document": cost.document}
    details = [labels.text(f"pools.{key}", **{key: value}) for key, value in found.items() if value]
    return {"label": cost.label, "detail": ", ".join(details), "cost": cost.amount}


def _split(split: PoolSplit, labels: SheetLabels) -> dict[str, CellValue]:
    details = []
    if split.instalment is not None:
        details.append(labels.text("pools.instalment", number=split.instalment.number, year=split.instalment.year))
    if split.days != split.month_days:
        details.append(labels.text("pools.days", days=split.days, month_days=split.month_days))
    details += [labels.text(f"pools.{b}", bound=getattr(split, b)) for b in ("floor", "cap") if getattr(split, b)]
    return {
        "label": labels.rules[split.rule].label,
        "detail": ", ".join(details),
        "split": split.amount,
        "less": split.deducted or None,
    }


def _members(split: PoolSplit, labels: SheetLabels) -> Iterator[PoolRow]:
    """Rows of the members: with one key, its values beside the shares; with several, rows of each key before them."""
    if len(split.keys) == 1:
        key = split.keys[0]
        cells_of_key = _key(key, labels)
        for member in sorted({*split.shares, *key.values}):
            yield PoolRow("share", {**cells_of_key, **_value(key, member), **_share(split, member, labels)})
        return
    for key in split.keys:
        cells_of_key = {**_key(key, labels), "weight": key.weight}
        for member, _ in sorted(key.values.items()):
            cells: dict[str, CellValue] = {"member_id": member, "label": labels.member(member)}
            yield PoolRow("key", {**cells_of_key, **_value(key, member), **cells})
    composed = labels.text("pools.composed", n=len(split.keys))
    for member in sorted(split.shares):
        yield PoolRow("share", {"key": composed, "part": _part(split, member), **_share(split, member, labels)})


def _key(key: KeyTable, labels: SheetLabels) -> dict[str, CellValue]:
    wording = labels.wording
    return {
        "key": key_label(key.kind, key.name, wording),
        "unit": key_unit(key.kind, key.name, wording),
        "key_total": key.total,
    }


def _value(key: KeyTable, member: str) -> dict[str, CellValue]:
    value, total = key.values.get(member, Fraction(0)), key.total
    return {"value": value, "part": value / total if total else None}


def _part(split: PoolSplit, member: str) -> Fraction:
    """Part of a member by all keys, before floors and caps."""
    counted = [key for key in split.keys if key.weight and key.total]
    return sum((key.weight * key.values.get(member, Fraction(0)) / key.total for key in counted), Fraction(0))


def _share(split: PoolSplit, member: str, labels: SheetLabels) -> dict[str, CellValue]:
    binding = (split.binding or {}).get(member)
    return {
        "member_id": member,
        "label": labels.member(member),
        "detail": labels.text(f"pools.held_{binding}") if binding else None,
        "share": split.shares.get(member, 0),
    }
