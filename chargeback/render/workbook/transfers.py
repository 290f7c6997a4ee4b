"""Sheet of transfers: a matrix with a row per serving pool and a column per pool, from the costs booked to the pools.

The amount that a pool gives away is in its own column below zero: each row adds up to 0.00, and each column to the
amount of the pool after transfers, which is zero for a serving pool.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from chargeback.billing.pool_flows import PoolFlows, serving_versions
from chargeback.model.month import Month
from chargeback.model.settings import TransferMethod
from chargeback.render.text.labels import pool_label
from chargeback.render.text.pool_flows import method_of, pool_flows
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


def transfers_table(month: Month, labels: SheetLabels) -> SheetTable:
    """Matrix of transfers in whole cents, with the proportions as percentages to its right."""
    pools, method = pool_flows(month), method_of(month)
    columns = _columns(pools, method, labels)
    rows = [_booked(pools, labels), *(_given(each, pools, month, labels) for each in _serving(pools))]
    rows += _rounding(pools, labels)
    kept = [tuple(row.get(column.key) for column in columns) for row in rows]
    table = labels.table("transfers", columns, kept, frozen=3, strong={0}, printed=_printed(pools))
    subtitle = f"{labels.text(f'transfers.methods.{method}')} {table.subtitle}"
    return replace(table, subtitle=subtitle, total_label=labels.text("transfers.rows.held"))


def _serving(pools: Mapping[str, PoolFlows]) -> list[PoolFlows]:
    return [each for each in pools.values() if each.transfers_out]


def _serves_itself(pools: Mapping[str, PoolFlows]) -> bool:
    return any(flow.target == flow.source for each in pools.values() for flow in each.transfers_out)


def _printed(pools: Mapping[str, PoolFlows]) -> str:
    """Last column on paper: the percentages are not printed where there are many pools."""
    return "" if len(pools) <= MOST_PRINTED else "given"


def _columns(pools: Mapping[str, PoolFlows], method: TransferMethod, labels: SheetLabels) -> tuple[SheetColumn, ...]:
    first = labels.columns("transfers", [spec for spec in FIRST if spec[0] != "step" or method == "step-down"])
    names = [pool_label(name, labels.wording) for name in pools]
    own = ["own", "gross"] if _serves_itself(pools) else []
    figures = [SheetColumn(key, labels.text(f"transfers.columns.{key}"), "money") for key in ("given", *own)]
    return unique_headers(
        [
            *first,
            *(SheetColumn(f"pool_{n}", name, "money", total=True) for n, name in enumerate(names)),
            SheetColumn("sum", labels.text("transfers.columns.sum"), "money", total=True),
            *figures,
            *(
                SheetColumn(f"part_{n}", labels.text("transfers.columns.part", pool=name), "percent")
                for n, (name, each) in enumerate(zip(names, pools.values(), strict=True))
                if each.transfers_in
            ),
        ]
    )


def _booked(pools: Mapping[str, PoolFlows], labels: SheetLabels) -> dict[str, CellValue]:
    cells: dict[str, CellValue] = {f"pool_{n}": each.pool.booked for n, each in enumerate(pools.values())}
    total = sum(each.pool.booked for each in pools.values())
    return {"row": labels.text("transfers.rows.booked"), **cells, "sum": Formula("SUM({pool_0}:{before})", total)}


def _given(each: PoolFlows, pools: Mapping[str, PoolFlows], month: Month, labels: SheetLabels) -> dict[str, CellValue]:
    """Row of a serving pool: the amounts received by the others, its own below zero, and the proportions."""
    rules = sorted({each.rule.id for each in serving_versions(month, each.name)})
    place = {name: n for n, name in enumerate(pools)}
    own = each.cents_in.get(each.name)
    given = each.cents_out - (own or 0)
    cells: dict[str, CellValue] = {f"part_{place[flow.target]}": flow.proportion for flow in each.transfers_out}
    cells |= {f"pool_{place[f.target]}": pools[f.target].cents_in[each.name] for f in each.transfers_out}
    cells[f"pool_{place[each.name]}"] = -given
    return {
        "row": labels.text("transfers.rows.given"),
        "pool": each.name,
        "label": pool_label(each.name, labels.wording),
        "rule": ", ".join(rules),
        "step": each.step or None,
        "sum": Formula("SUM({pool_0}:{before})", 0),
        "given": Formula(f"0-{{pool_{place[each.name]}}}", given),
        "own": own,
        "gross": Formula("{given}+{own}", each.cents_out),
        **cells,
    }


def _rounding(pools: Mapping[str, PoolFlows], labels: SheetLabels) -> Iterator[dict[str, CellValue]]:
    """Row of rounding: the cents by which the whole cents of a pool do not add up; none where they do."""
    cells: dict[str, CellValue] = {}
    for n, each in enumerate(pools.values()):
        gap = each.pool.after_transfers - each.pool.booked - sum(each.cents_in.values()) + each.cents_out
        cells |= {f"pool_{n}": gap} if gap and each.balanced else {}
    if cells:
        yield {"row": labels.text("transfers.rows.rounding"), **cells, "sum": Formula("SUM({pool_0}:{before})", 0)}
