"""What other pools gave to a pool that an invoice shares: a small table from what was booked to what is shared."""

from __future__ import annotations

from collections.abc import Iterator

from chargeback.model.month import Month
from chargeback.model.pools import Flow
from chargeback.render.pdf.page import LEFT, MM, RIGHT, PageSheet
from chargeback.render.pdf.table import ROW, TableColumn, TableRow, draw_table
from chargeback.render.text.labels import pool_label
from chargeback.render.text.pool_flows import PoolFlows, method_of, pool_flows, serving_versions, skipped_pools
from chargeback.workspace.reports.wording import Wording

LEFT_COLUMN = 1.0


def draw_transfers_in(sheet: PageSheet, pool: str, month: Month, wording: Wording) -> None:
    """The table of a pool, at ``sheet.y``; nothing for a pool that others gave nothing to."""
    own = pool_flows(month).get(pool)
    if own is None or not own.received:
        return
    rows = transfer_rows(own, month, wording)
    sheet.need(ROW * (len(rows) + 2))
    title = wording.text(f"basis.received.{method_of(month)}")
    sheet.y = sheet.paragraph(LEFT, sheet.y, RIGHT - LEFT, title, sheet.styles.note)
    columns = [TableColumn(wording.text("basis.received.pool"), "left", LEFT_COLUMN)]
    columns += [TableColumn(wording.text(f"basis.received.{key}")) for key in ("part", "of", "amount")]
    draw_table(sheet, columns, rows)
    sheet.y += 4 * MM


def transfer_rows(own: PoolFlows, month: Month, wording: Wording) -> list[TableRow]:
    """What was booked, what each other pool gave, and their sum: what the pool holds, to the cent."""
    given = [
        TableRow(_cells(flow, own.shown[flow.source], month, wording), notes=tuple(_notes(flow.source, month, wording)))
        for flow in own.received
    ]
    name = pool_label(own.name, wording)
    booked = TableRow((wording.text("basis.received.booked"), "", "", wording.money(own.pool.booked)))
    held = TableRow((wording.text("basis.received.held", pool=name), "", "", wording.money(own.pool.held)), "total")
    return [booked, *given, held]


def _cells(flow: Flow, amount: int, month: Month, wording: Wording) -> tuple[str, ...]:
    """The giving pool, the part, what it gives away in all, what this pool received of it."""
    whole = pool_flows(month)[flow.source].whole
    part = wording.percent(flow.part, 4, trim=True)
    return (pool_label(flow.source, wording), part, wording.money(whole), wording.money(amount))


def _notes(source: str, month: Month, wording: Wording) -> Iterator[str]:
    """The decisions by which a pool serves others, what it received itself, and whom the method leaves out."""
    titles = dict.fromkeys(r.title for each in serving_versions(month, source) for r in each.version.references)
    if titles:
        yield wording.text("basis.references", titles=wording.text("common.list").join(titles))
    own = pool_flows(month)[source]
    if own.received:
        others = ", ".join(pool_label(flow.source, wording) for flow in own.received)
        amount = wording.money(own.whole - own.pool.booked)
        yield wording.text("basis.received.of_which", amount=amount, pools=others)
    left = ", ".join(pool_label(pool, wording) for pool in skipped_pools(month, source))
    if left:
        yield wording.text("basis.received.left_out", pools=left)
