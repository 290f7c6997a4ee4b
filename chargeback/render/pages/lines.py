"""Lines of a document on its front page: by beneficiary and service; lines carried forward apart, under their month."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import groupby

from chargeback.model.documents import Document, Line, is_offset
from chargeback.model.money import to_cents
from chargeback.model.month import Month
from chargeback.render.pages.parties import SEPARATOR
from chargeback.render.pdf.page import PageSheet
from chargeback.render.pdf.table import TableColumn, TableRow, draw_table, without_blanks
from chargeback.render.text.adjustments import carried_month, original_text
from chargeback.render.text.labels import (
    beneficiary_text,
    factor_text,
    in_print_order,
    line_label,
    member_name,
    package_text,
    priced_unit,
    regime_text,
    service_label,
    version_of,
)
from chargeback.render.text.prior_months import PriorMonthBlock, charging_month, line_blocks
from chargeback.render.text.quantity_terms import measured_text
from chargeback.workspace.reports.wording import Wording


def draw_lines(sheet: PageSheet, document: Document, month: Month, wording: Wording, tail: float) -> None:
    """Table of the lines, at ``sheet.y``; its last rows are on a page with room for ``tail`` points below them."""
    found = line_blocks(document, month)
    rows = [row for block in found for row in _block(block, found, document, month, wording)]
    net = "net_of_vat" if regime_text(wording, document.regime.category, "amounts") else "net"
    heads = [wording.text(f"invoice.columns.{key}") for key in ("label", "quantity", "unit", "unit_price", net)]
    columns = [TableColumn(heads[0], "left", 1.0), *(TableColumn(h) for h in heads[1:])]
    columns[2] = TableColumn(heads[2], "left")
    draw_table(sheet, *without_blanks(columns, rows), tail=tail)


def block_heading(
    block: PriorMonthBlock, found: Sequence[PriorMonthBlock], document: Document, month: Month, wording: Wording
) -> str:
    """Heading of a block: its beneficiary, and the month that carried it forward.

    '' for the payer's own lines of the month where there is no other beneficiary.
    """
    several = len({each.beneficiary for each in found}) > 1
    parts = []
    if several or block.beneficiary != document.payer.member_id:
        parts.append(beneficiary_text(document, block.beneficiary, month, wording))
    if block.carried_from is not None:
        parts.append(carried_month(block.carried_from, wording))
    return SEPARATOR.join(parts)


def _block(
    block: PriorMonthBlock, found: Sequence[PriorMonthBlock], document: Document, month: Month, wording: Wording
) -> Iterator[TableRow]:
    """Rows of a block under its heading; its subtotal where the document has other blocks."""
    head = block_heading(block, found, document, month, wording)
    if head:
        yield TableRow((head, "", "", "", ""), "party")
    for service, own in groupby(block.lines, key=lambda line: line.service):
        yield from _service(list(own), service, document, month, wording)
    name = _total_name(block, found, month, wording)
    if name:
        label = wording.text("common.subtotal", service=name)
        yield TableRow((label, "", "", "", _sum(block.lines, document, wording)), "subtotal")


def _total_name(block: PriorMonthBlock, found: Sequence[PriorMonthBlock], month: Month, wording: Wording) -> str:
    """Name of the subtotal of a block: one of several beneficiaries, or one of several months.

    '' where the subtotals of services are enough.
    """
    several = len({each.beneficiary for each in found}) > 1
    if block.carried_from is None and several:
        return member_name(month, block.beneficiary)
    if len(found) == 1 or len({line.service for line in block.lines}) == 1:
        return ""
    name = wording.month(block.carried_from or month.period)
    return f"{member_name(month, block.beneficiary)}, {name}" if several else name


def _sum(lines: Iterable[Line], document: Document, wording: Wording) -> str:
    return wording.money(document.sign * sum(line.amount for line in lines))


def _service(lines: list[Line], service: str, document: Document, month: Month, wording: Wording) -> list[TableRow]:
    label = service_label(service, wording)
    total = _sum(lines, document, wording)
    if len(lines) == 1:
        return [TableRow((label, "", "", "", ""), "section"), _line(lines[0], document, month, wording)]
    subtotal = TableRow((wording.text("common.subtotal", service=label), "", "", "", total), "subtotal")
    rows = [
        _line(line, document, month, wording)
        for _, own in groupby(lines, key=lambda line: line.rule)
        for line in in_print_order(own)
    ]
    return [TableRow((label, "", "", "", ""), "section"), *rows, subtotal]


def _line(line: Line, document: Document, month: Month, wording: Wording) -> TableRow:
    rule, sign = month.rules[line.rule], document.sign
    counts = is_product(line)
    unit = priced_unit(rule, version_of(rule, line), wording)
    cells = (
        line_label(line, rule, wording),
        wording.number(sign * line.quantity) if counts and line.quantity is not None else "",
        unit if counts else "",
        wording.unit_price(line.unit_price) if counts and line.unit_price is not None else "",
        wording.money(sign * line.amount),
    )
    original = original_text(line, document, wording)
    notes = [original] if original else _notes(line, charging_month(line.carried_from, month), wording)
    return TableRow(cells, notes=tuple(notes))


def is_product(line: Line) -> bool:
    """Whether a line is printed as quantity × unit price.

    Fees, bounds, shares and parts of a year are not, nor is a single charge whose product does not give its amount to
    the cent. Of several charges the annex gives each product.
    """
    if line.kind != "usage" or line.quantity is None or line.unit_price is None:
        return False
    if any(charge.span_amount is not None for charge in line.charges):
        return False
    product = to_cents(line.quantity * Fraction(line.unit_price) * line.factor)
    return len(line.charges) > 1 or product == line.amount


def _notes(line: Line, month: Month, wording: Wording) -> list[str]:
    """Notes under the label of a line; ``month`` is the month that charged it."""
    rule, text = month.rules[line.rule], wording.text
    version = version_of(rule, line)
    if line.reverses:
        return list(dict.fromkeys(charge.reason for charge in line.charges))
    if line.kind == "adjustment":
        return [line.charges[0].reason] if is_offset(line) else []
    notes = [found] if (found := measured_text(line, rule, wording)) else []
    if len(line.charges) > 1:
        tag = rule.quantity.tag if rule.quantity else ""
        key = "tag_values" if tag else "resources"
        notes.append(wording.plural(f"invoice.line.{key}", len(line.charges), tag=tag))
    if line.factor != 1 and line.kind != "share":
        factor = factor_text(line.factor, month.period)
        notes.append(text("invoice.line.factor", factor=factor, date=wording.date(version.valid_from)))
    elif line.version > month.period.first:
        notes.append(text("invoice.line.version", date=wording.date(version.valid_from)))
    spans = [charge.span_amount for charge in line.charges if charge.span_amount is not None]
    if spans:
        every = text(f"invoice.every.{version.every}")
        notes.append(text("invoice.line.span", amount=wording.money(sum(spans)), every=every))
    if version.model == "package" and line.kind == "usage" and version.package_size is not None:
        notes.append(text("invoice.line.package", package=package_text(rule, version, wording)))
    amounts = [s.amount for s in month.splits if (s.rule, s.version) == (line.rule, line.version)]
    if line.kind == "share" and amounts:
        notes.append(text("invoice.line.share", amount=wording.money(sum(amounts))))
    return notes
