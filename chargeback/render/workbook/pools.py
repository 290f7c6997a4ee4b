"""Pools and keys in one flat table: expenses, what each pool holds, how it was split, each member's key value and share.

Each amount stands once, so a column adds up to what its header says; the first column says what a row is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

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
ROWS = ("pool", "cost", "split", "key", "share")


@dataclass(frozen=True, slots=True)
class PoolRow:
    """A row by column; what it leaves out is empty."""

    kind: str
    cells: dict[str, CellValue]


def pools_table(month: Month, words: SheetLabels) -> SheetTable:
    """The table; the rows of pools are strong."""
    splits: dict[str, list[PoolSplit]] = defaultdict(list)
    for split in month.splits:
        splits[split.pool].append(split)
    found = [row for pool in month.pools for row in _pool(pool, splits[pool.name], words)]
    names = {kind: words.text(f"pools.rows.{kind}") for kind in ROWS}
    rows = [tuple(names[row.kind] if key == "row" else row.cells.get(key) for key in KEYS) for row in found]
    strong = {n for n, row in enumerate(found) if row.kind == "pool"}
    return words.table("pools", words.columns("pools", COLUMNS, MONEY), rows, frozen=3, strong=strong)


def _pool(pool: Pool, splits: list[PoolSplit], words: SheetLabels) -> Iterator[PoolRow]:
    cells: dict[str, CellValue] = {"label": pool_label(pool.name, words.wording), "booked": pool.booked}
    cells |= {"held": pool.held} if pool.final else {"detail": words.text("pools.transferred")}
    yield PoolRow("pool", {"pool": pool.name, **cells})
    for cost in pool.costs:
        yield PoolRow("cost", {"pool": pool.name, **_cost(cost, words)})
    for split in splits:
        given: dict[str, CellValue] = {"pool": pool.name, "rule": split.rule, "version": split.version}
        yield PoolRow("split", {**given, **_split(split, words)})
        yield from (PoolRow(row.kind, {**given, **row.cells}) for row in _members(split, words))


def _cost(cost: Cost, words: SheetLabels) -> dict[str, CellValue]:
    found = {"account": cost.account, "document": cost.document}
    told = [words.text(f"pools.{key}", **{key: value}) for key, value in found.items() if value]
    return {"label": cost.label, "detail": ", ".join(told), "cost": cost.amount}


def _split(split: PoolSplit, words: SheetLabels) -> dict[str, CellValue]:
    told = []
    if split.instalment is not None:
        told.append(words.text("pools.instalment", number=split.instalment.number, year=split.instalment.year))
    if split.days != split.month_days:
        told.append(words.text("pools.days", days=split.days, month_days=split.month_days))
    told += [words.text(f"pools.{b}", bound=getattr(split, b)) for b in ("floor", "cap") if getattr(split, b)]
    return {
        "label": words.rules[split.rule].label,
        "detail": ", ".join(told),
        "split": split.amount,
        "less": split.less or None,
    }


def _members(split: PoolSplit, words: SheetLabels) -> Iterator[PoolRow]:
    """With one key, its values stand beside the shares; with several, each key has rows of its own before them."""
    if len(split.keys) == 1:
        key = split.keys[0]
        told = _key(key, words)
        for member in sorted({*split.shares, *key.values}):
            yield PoolRow("share", {**told, **_value(key, member), **_share(split, member, words)})
        return
    for key in split.keys:
        told = {**_key(key, words), "weight": key.weight}
        for member, _ in sorted(key.values.items()):
            cells: dict[str, CellValue] = {"member_id": member, "label": words.member(member)}
            yield PoolRow("key", {**told, **_value(key, member), **cells})
    composed = words.text("pools.composed", n=len(split.keys))
    for member in sorted(split.shares):
        yield PoolRow("share", {"key": composed, "part": _part(split, member), **_share(split, member, words)})


def _key(key: KeyTable, words: SheetLabels) -> dict[str, CellValue]:
    wording = words.wording
    return {
        "key": key_label(key.kind, key.name, wording),
        "unit": key_unit(key.kind, key.name, wording),
        "key_total": key.total,
    }


def _value(key: KeyTable, member: str) -> dict[str, CellValue]:
    value, total = key.values.get(member, Fraction(0)), key.total
    return {"value": value, "part": value / total if total else None}


def _part(split: PoolSplit, member: str) -> Fraction:
    """A member's part by all keys, before floors and caps."""
    counted = [key for key in split.keys if key.weight and key.total]
    return sum((key.weight * key.values.get(member, Fraction(0)) / key.total for key in counted), Fraction(0))


def _share(split: PoolSplit, member: str, words: SheetLabels) -> dict[str, CellValue]:
    held = (split.bound or {}).get(member)
    return {
        "member_id": member,
        "label": words.member(member),
        "detail": words.text(f"pools.held_{held}") if held else None,
        "share": split.shares.get(member, 0),
    }
