"""Who serves whom: a row per pool that serves others, a column per pool, between what was booked and what is held.

What a pool gives stands in its own column below zero, so each of its rows adds up to 0.00, and each column to what
the pool holds in the end: nothing for a pool that serves others.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from chargeback.model.month import Month
from chargeback.render.text.labels import pool_label
from chargeback.render.text.pool_flows import PoolFlows, method_of, pool_flows, serving_versions
from chargeback.render.workbook.labels import ColumnSpec, SheetLabels
from chargeback.render.workbook.tables import CellValue, Formula, SheetColumn, SheetTable, unique_headers

FIRST: tuple[ColumnSpec, ...] = (
    ("row", "text"),
    ("pool", "code"),
    ("label", "text"),
    ("rule", "code"),
    ("step", "count"),
)
MOST_PRINTED = 6
Pools = Mapping[str, PoolFlows]


def transfers_table(month: Month, words: SheetLabels) -> SheetTable:
    """The matrix in whole cents, with each part as a percentage to the right of it."""
    pools, method = pool_flows(month), method_of(month)
    columns = _columns(pools, method, words)
    rows = [_booked(pools, words), *(_given(each, pools, month, words) for each in _serving(pools))]
    rows += _rounding(pools, words)
    kept = [tuple(row.get(column.key) for column in columns) for row in rows]
    table = words.table("transfers", columns, kept, frozen=3, strong={0}, printed=_printed(pools))
    told = f"{words.text(f'transfers.methods.{method}')} {table.subtitle}"
    return replace(table, subtitle=told, total_label=words.text("transfers.rows.held"))


def _serving(pools: Pools) -> list[PoolFlows]:
    return [each for each in pools.values() if each.given]


def _serves_itself(pools: Pools) -> bool:
    return any(flow.target == flow.source for each in pools.values() for flow in each.given)


def _printed(pools: Pools) -> str:
    """On paper, the percentages are left out where there are many."""
    return "" if len(pools) <= MOST_PRINTED else "given"


def _columns(pools: Pools, method: str, words: SheetLabels) -> tuple[SheetColumn, ...]:
    first = words.columns("transfers", [spec for spec in FIRST if spec[0] != "step" or method == "step-down"])
    labels = [pool_label(name, words.wording) for name in pools]
    own = ["own", "gross"] if _serves_itself(pools) else []
    figures = [SheetColumn(key, words.text(f"transfers.columns.{key}"), "money") for key in ("given", *own)]
    return unique_headers(
        [
            *first,
            *(SheetColumn(f"pool_{n}", label, "money", total=True) for n, label in enumerate(labels)),
            SheetColumn("sum", words.text("transfers.columns.sum"), "money", total=True),
            *figures,
            *(
                SheetColumn(f"part_{n}", words.text("transfers.columns.part", pool=label), "percent")
                for n, (label, each) in enumerate(zip(labels, pools.values(), strict=True))
                if each.received
            ),
        ]
    )


def _booked(pools: Pools, words: SheetLabels) -> dict[str, CellValue]:
    cells: dict[str, CellValue] = {f"pool_{n}": each.pool.booked for n, each in enumerate(pools.values())}
    total = sum(each.pool.booked for each in pools.values())
    return {"row": words.text("transfers.rows.booked"), **cells, "sum": Formula("SUM({pool_0}:{before})", total)}


def _given(each: PoolFlows, pools: Pools, month: Month, words: SheetLabels) -> dict[str, CellValue]:
    """What one pool gives: the others' cells, its own below zero, and the parts."""
    rules = sorted({each.rule.id for each in serving_versions(month, each.name)})
    place = {name: n for n, name in enumerate(pools)}
    own = each.shown.get(each.name)
    given = each.whole - (own or 0)
    cells: dict[str, CellValue] = {f"part_{place[flow.target]}": flow.part for flow in each.given}
    cells |= {f"pool_{place[f.target]}": pools[f.target].shown[each.name] for f in each.given}
    cells[f"pool_{place[each.name]}"] = -given
    return {
        "row": words.text("transfers.rows.given"),
        "pool": each.name,
        "label": pool_label(each.name, words.wording),
        "rule": ", ".join(rules),
        "step": each.step or None,
        "sum": Formula("SUM({pool_0}:{before})", 0),
        "given": Formula(f"0-{{pool_{place[each.name]}}}", given),
        "own": own,
        "gross": Formula("{given}+{own}", each.whole),
        **cells,
    }


def _rounding(pools: Pools, words: SheetLabels) -> Iterator[dict[str, CellValue]]:
    """The cents by which the shown amounts of a serving pool miss: nothing where they add up."""
    cells: dict[str, CellValue] = {}
    for n, each in enumerate(pools.values()):
        left = each.pool.held - each.pool.booked - sum(each.shown.values()) + each.whole
        cells |= {f"pool_{n}": left} if left and each.balanced else {}
    if cells:
        yield {"row": words.text("transfers.rows.rounding"), **cells, "sum": Formula("SUM({pool_0}:{before})", 0)}
