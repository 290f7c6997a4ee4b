"""Transfers into a pool that an invoice shares: a small table from the amount booked to the amount shared."""

from __future__ import annotations

from collections.abc import Iterator

from chargeback.billing.pool_flows import PoolFlows, serving_versions, skipped_pools
from chargeback.model.month import Month
from chargeback.model.pools import Flow
from chargeback.render.pdf.page import LEFT, MM, RIGHT, PageSheet
from chargeback.render.pdf.table import ROW, TableColumn, TableRow, draw_table
from chargeback.render.text.labels import pool_label
from chargeback.render.text.pool_flows import method_of, pool_flows
from chargeback.workspace.reports.wording import Wording


def draw_transfers_in(sheet: PageSheet, pool: str, month: Month, wording: Wording) -> None:
    """Table of a pool, at ``sheet.y``; nothing for a pool without transfers in."""
    own = pool_flows(month).get(pool)
    if own is None or not own.transfers_in:
        return
    rows = transfer_rows(own, month, wording)
    sheet.need(ROW * (len(rows) + 2))
    title = wording.text(f"basis.received.{method_of(month)}")
    sheet.y = sheet.paragraph(LEFT, sheet.y, RIGHT - LEFT, title, sheet.styles.note)
    columns = [TableColumn(wording.text("basis.received.pool"), "left", 1.0)]
    columns += [TableColumn(wording.text(f"basis.received.{key}")) for key in ("part", "of", "amount")]
    draw_table(sheet, columns, rows)
    sheet.y += 4 * MM


def transfer_rows(own: PoolFlows, month: Month, wording: Wording) -> list[TableRow]:
    """Rows: the amount booked, the transfer of each other pool, and their sum to the cent, which is the pool."""
    transfers = [
        TableRow(
            _cells(flow, own.cents_in[flow.source], month, wording), notes=tuple(_notes(flow.source, month, wording))
        )
        for flow in own.transfers_in
    ]
    name = pool_label(own.name, wording)
    booked = TableRow((wording.text("basis.received.booked"), "", "", wording.money(own.pool.booked)))
    total = TableRow(
        (wording.text("basis.received.held", pool=name), "", "", wording.money(own.pool.after_transfers)), "total"
    )
    return [booked, *transfers, total]


def _cells(flow: Flow, amount: int, month: Month, wording: Wording) -> tuple[str, ...]:
    """Cells of a transfer: its source, the proportion, the total given away by the source, the amount received."""
    whole = pool_flows(month)[flow.source].cents_out
    part = wording.percent(flow.proportion, 4, trim=True)
    return (pool_label(flow.source, wording), part, wording.money(whole), wording.money(amount))


def _notes(source: str, month: Month, wording: Wording) -> Iterator[str]:
    """Notes on a source: the decisions by which it serves others, the amount it received, the pools that it skips."""
    titles = dict.fromkeys(r.title for each in serving_versions(month, source) for r in each.version.references)
    if titles:
        yield wording.text("basis.references", titles=wording.text("common.list").join(titles))
    own = pool_flows(month)[source]
    if own.transfers_in:
        others = ", ".join(pool_label(flow.source, wording) for flow in own.transfers_in)
        amount = wording.money(own.cents_out - own.pool.booked)
        yield wording.text("basis.received.of_which", amount=amount, pools=others)
    skipped = ", ".join(pool_label(pool, wording) for pool in skipped_pools(month, source))
    if skipped:
        yield wording.text("basis.received.left_out", pools=skipped)
