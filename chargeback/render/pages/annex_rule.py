"""Rule in the annex: each version with its decisions, terms and calculations; then adjustments of earlier months."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby

from chargeback.model.documents import Document, Line
from chargeback.model.month import Month
from chargeback.model.period import Period
from chargeback.model.rules import Rule
from chargeback.model.versions import Version
from chargeback.render.pages.transfers_in import draw_transfers_in
from chargeback.render.pdf.page import LEFT, MM, RIGHT, PageSheet
from chargeback.render.pdf.table import ROW, TableColumn, TableRow, draw_table
from chargeback.render.text.adjustments import adjusted_text, adjustment_heading, causes_sentence, retroactive_text
from chargeback.render.text.calculations import formulas, is_by_resource, pool_sentence
from chargeback.render.text.labels import (
    factor_text,
    key_label,
    key_unit,
    pool_label,
    priced_unit,
    rule_label,
    tier_range,
    tiered,
    unit_of,
    version_of,
)
from chargeback.render.text.prior_months import adjusted_period, charging_month, recomputed_lines, recomputed_month
from chargeback.render.text.quantity_terms import measured_text
from chargeback.render.text.split_view import SplitView, key_parts, split_view
from chargeback.render.text.version_terms import legal_sentences, term_sentences
from chargeback.workspace.reports.wording import Wording

WIDTH = RIGHT - LEFT
RULE_ROOM = 26 * MM
VERSION_ROOM = 17 * MM
PrintedTexts = set[tuple[str, ...]]  # texts printed above: pools by month, sentences by member and rule


@dataclass(frozen=True, slots=True)
class AnnexContext:
    """Context of the sentences of an annex.

    Attributes:
        document: document whose lines are explained.
        month: month that charged the lines.
        wording: texts and formats.
    """

    document: Document
    month: Month
    wording: Wording


def draw_rule(sheet: PageSheet, context: AnnexContext, lines: list[Line], printed: PrintedTexts) -> None:
    """Rule at ``sheet.y``: its name and amount, each version with its terms and lines, its adjustments."""
    styles, wording, rule = sheet.styles, context.wording, context.month.rules[lines[0].rule]
    sheet.need(RULE_ROOM)
    sheet.y += 2 * MM
    sheet.rule(sheet.y, colour=sheet.theme.ink, width=0.6)
    sheet.y += 4.5 * MM
    sheet.fitted(LEFT, sheet.y, WIDTH - 40 * MM, rule_label(rule, wording), styles.strong)
    sheet.text(RIGHT, sheet.y, wording.money(sum(line.amount for line in lines)), styles.strong, "right")
    sheet.y += 4.5 * MM
    charging = replace(context, month=charging_month(lines[0].carried_from, context.month))
    _versions(sheet, charging, [line for line in lines if adjusted_period(line) is None], printed)
    for line in lines:
        if adjusted_period(line) is not None:
            _adjustment(sheet, context, line, printed)


def _versions(
    sheet: PageSheet, context: AnnexContext, lines: Iterable[Line], printed: PrintedTexts, changed: bool | None = None
) -> None:
    """Lines by version. ``changed``: of recomputed lines, whether the terms of their rule have changed; else None."""
    for _, own in groupby(lines, key=lambda line: line.version):
        _version(sheet, context, list(own), printed, changed)


def _adjustment(sheet: PageSheet, context: AnnexContext, line: Line, printed: PrintedTexts) -> None:
    """Adjustment: its month and invoice, the amounts compared, the causes, the calculation of the month recomputed."""
    wording, recomputed = context.wording, recomputed_month(line, context.month)
    compared = line.charges[0].adjustment_basis
    changed = compared is not None and "rules" in compared.causes
    lines = recomputed_lines(line, recomputed)
    sheet.need(VERSION_ROOM)
    sheet.y += 1 * MM
    sheet.text(LEFT, sheet.y, adjustment_heading(line, context.document, wording), sheet.styles.small_medium)
    sheet.y += sheet.styles.small_medium.leading
    _sentence(sheet, adjusted_text(line, context.month, wording) or wording.money(line.amount))
    causes = causes_sentence(line, wording)
    if causes:
        _sentence(sheet, causes, note=True)
    if not lines:
        version = version_of(context.month.rules[line.rule], line)
        _notes(sheet, _decisions(version, recomputed.period, changed, wording), line, printed)
    document = replace(context.document, lines=lines)
    _versions(sheet, AnnexContext(document, recomputed, wording), lines, printed, changed)


def _decisions(version: Version, period: Period, changed: bool | None, wording: Wording) -> Iterator[str]:
    """Legal references of a version, its dates, and the reason of a retroactive one, where a bill has to explain it."""
    decisions = (*legal_sentences(version, wording), *retroactive_text(version, period, bool(changed), wording))
    yield " ".join(decisions)


def _notes(sheet: PageSheet, sentences: Iterable[str], line: Line, printed: PrintedTexts) -> None:
    """Sentences in grey, each printed once for a member and rule."""
    for text in sentences:
        if text and (line.beneficiary, line.rule, text) not in printed:
            printed.add((line.beneficiary, line.rule, text))
            _sentence(sheet, text, note=True)


def _version(
    sheet: PageSheet, context: AnnexContext, lines: list[Line], printed: PrintedTexts, changed: bool | None
) -> None:
    month, wording, rule = context.month, context.wording, context.month.rules[lines[0].rule]
    version = version_of(rule, lines[0])
    sheet.need(VERSION_ROOM)
    _notes(sheet, _decisions(version, month.period, changed, wording), lines[0], printed)
    _notes(sheet, (" ".join(term_sentences(rule, version, month.period, wording)),), lines[0], printed)
    view = split_view(month, lines[0]) if lines[0].kind == "share" else None
    if view is not None:
        _pool(sheet, context, view, lines[0].beneficiary, printed, changed is not None)
    sheet.y += 1 * MM
    for line in lines:
        found = measured_text(line, rule, wording)
        counted = [f"{found[:1].upper()}{found[1:]}."] if found else []
        for sentence in (*counted, *formulas(line, context.document, month, wording)):
            _sentence(sheet, sentence)
        if is_by_resource(line):
            if tiered(version, line):
                where = tier_range(version, line.tier, unit_of(rule, wording), wording)
                _sentence(sheet, wording.text("basis.tier_only", tier=line.tier, range=where))
            _resources(sheet, line, rule, version, month, wording)
    sheet.y += 1 * MM


def _pool(
    sheet: PageSheet, context: AnnexContext, view: SplitView, member: str, printed: PrintedTexts, recomputed: bool
) -> None:
    """Pool: the amount shared, the transfers into it (printed once), and the keys where they are several."""
    month, wording, pool = context.month, context.wording, view.split.pool
    _sentence(sheet, pool_sentence(view, month, pool_label(pool, wording), wording), note=True)
    table = ("recomputed" if recomputed else "", str(month.period), pool)
    if table not in printed:
        draw_transfers_in(sheet, pool, month, wording)
        printed.add(table)
    if len(view.split.keys) > 1:
        _keys(sheet, view, member, month, wording)


def _sentence(sheet: PageSheet, text: str, note: bool = False) -> None:
    style = sheet.styles.note if note else sheet.styles.small
    sheet.need(2 * style.leading)
    sheet.y = sheet.paragraph(LEFT, sheet.y, WIDTH, text, style)


def _keys(sheet: PageSheet, view: SplitView, member: str, month: Month, wording: Wording) -> None:
    """Table of several keys: the weight of each, the value of the member, the total, its part."""
    titles = [wording.text(f"basis.columns.{key}") for key in ("key", "weight", "value", "total", "unit", "part")]
    columns = [
        TableColumn(titles[0], "left", 1.0),
        TableColumn(titles[1]),
        TableColumn(titles[2]),
        TableColumn(titles[3]),
        TableColumn(titles[4], "left"),
        TableColumn(titles[5]),
    ]
    rows = [
        TableRow(
            (
                key_label(table.kind, table.name, wording),
                wording.percent(table.weight, 6, trim=True),
                wording.number(value),
                wording.number(total),
                key_unit(table.kind, table.name, wording),
                wording.percent(value / total, 4),
            )
        )
        for table, value, total in key_parts(view, member, month)
    ]
    sheet.need(ROW * (len(rows) + 1))
    draw_table(sheet, columns, rows)
    sheet.y += 4 * MM


def _resources(sheet: PageSheet, line: Line, rule: Rule, version: Version, month: Month, wording: Wording) -> None:
    """Table of a line: a row per resource or value of the tag, and the total."""
    factors = any(charge.factor != 1 for charge in line.charges)
    counted = ["measured", "allowance"] if any(charge.measured is not None for charge in line.charges) else []
    keys = ["resource", *counted, "quantity", "unit", "unit_price", *(["factor"] if factors else []), "amount"]
    aligned = {
        "resource": TableColumn("", "left", 1.0),
        "unit": TableColumn("", "left"),
        "factor": TableColumn("", "right"),
    }
    tag = rule.quantity.tag if rule.quantity else ""
    titles = {key: wording.text(f"basis.columns.{key}") for key in keys}
    titles |= {"resource": wording.text("basis.columns.tag", tag=tag)} if tag else {}
    columns = [_titled(aligned.get(key, TableColumn("")), titles[key]) for key in keys]
    unit = priced_unit(rule, version, wording)
    rows = []
    for charge in line.charges:
        cells = {
            "resource": charge.resource_id or (wording.text("basis.untagged", tag=tag) if tag else "\u2014"),
            "measured": wording.number(charge.measured) if charge.measured is not None else "",
            "allowance": wording.number(charge.allowance) if charge.allowance is not None else "",
            "quantity": wording.number(charge.quantity) if charge.quantity is not None else "",
            "unit": unit,
            "unit_price": wording.unit_price(charge.unit_price) if charge.unit_price is not None else "",
            "factor": factor_text(charge.factor, month.period) if charge.factor != 1 else "",
            "amount": wording.money(charge.amount),
        }
        rows.append(TableRow(tuple(cells[key] for key in keys)))
    quantity = wording.number(line.quantity) if line.quantity is not None else ""
    total = {"resource": wording.text("basis.total"), "quantity": quantity, "amount": wording.money(line.amount)}
    rows.append(TableRow(tuple(total.get(key, "") for key in keys), "total"))
    draw_table(sheet, columns, rows)
    sheet.y += 3 * MM


def _titled(column: TableColumn, title: str) -> TableColumn:
    return TableColumn(title, column.align, column.share)
