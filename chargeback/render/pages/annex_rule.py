"""A rule in the annex: each version with its decisions, terms and calculations, then what it adjusts of earlier months."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby

from chargeback.model.documents import Document, Line
from chargeback.model.month import Month
from chargeback.model.period import Period
from chargeback.model.rules import Rule, Version
from chargeback.render.pages.transfers_in import draw_transfers_in
from chargeback.render.pdf.page import LEFT, MM, RIGHT, PageSheet
from chargeback.render.pdf.table import ROW, TableColumn, TableRow, draw_table
from chargeback.render.text.adjustments import adjusted_text, adjustment_heading, causes_sentence, retroactive_text
from chargeback.render.text.calculations import (
    SplitView,
    formulas,
    is_by_resource,
    key_parts,
    pool_sentence,
    split_view,
)
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
from chargeback.render.text.version_terms import legal_sentences, term_sentences
from chargeback.workspace.reports.wording import Wording

WIDTH = RIGHT - LEFT
RULE_ROOM = 26 * MM
VERSION_ROOM = 17 * MM
Printed = set[tuple[str, ...]]  # what stands above: pools by month, sentences by member and rule


@dataclass(frozen=True, slots=True)
class AnnexContext:
    """What the sentences of an annex are made from: a document, the month behind its lines, the words."""

    document: Document
    month: Month
    wording: Wording


def draw_rule(sheet: PageSheet, basis: AnnexContext, lines: list[Line], told: Printed) -> None:
    """A rule: its name and amount, each version with its terms and lines, its adjustments."""
    styles, wording, rule = sheet.styles, basis.wording, basis.month.rules[lines[0].rule]
    sheet.need(RULE_ROOM)
    sheet.y += 2 * MM
    sheet.rule(sheet.y, colour=sheet.theme.ink, width=0.6)
    sheet.y += 4.5 * MM
    sheet.fitted(LEFT, sheet.y, WIDTH - 40 * MM, rule_label(rule, wording), styles.strong)
    sheet.text(RIGHT, sheet.y, wording.money(sum(line.amount for line in lines)), styles.strong, "right")
    sheet.y += 4.5 * MM
    behind = replace(basis, month=charging_month(lines[0].carried_from, basis.month))
    _versions(sheet, behind, [line for line in lines if adjusted_period(line) is None], told)
    for line in lines:
        if adjusted_period(line) is not None:
            _adjustment(sheet, basis, line, told)


def _versions(
    sheet: PageSheet, basis: AnnexContext, lines: Iterable[Line], told: Printed, moved: bool | None = None
) -> None:
    """Lines by version. ``moved``: of lines charged again, whether their terms changed."""
    for _, own in groupby(lines, key=lambda line: line.version):
        _version(sheet, basis, list(own), told, moved)


def _adjustment(sheet: PageSheet, basis: AnnexContext, line: Line, told: Printed) -> None:
    """An adjustment: its month and invoice, what is compared and why, then how its month comes to what it does now."""
    wording, again = basis.wording, recomputed_month(line, basis.month)
    compared = line.charges[0].adjustment_basis
    moved = compared is not None and "rules" in compared.causes
    lines = recomputed_lines(line, again)
    sheet.need(VERSION_ROOM)
    sheet.y += 1 * MM
    sheet.text(LEFT, sheet.y, adjustment_heading(line, basis.document, wording), sheet.styles.small_medium)
    sheet.y += sheet.styles.small_medium.leading
    _sentence(sheet, adjusted_text(line, basis.month, wording) or wording.money(line.amount))
    why = causes_sentence(line, wording)
    if why:
        _sentence(sheet, why, note=True)
    if not lines:
        version = version_of(basis.month.rules[line.rule], line)
        _notes(sheet, _decisions(version, again.period, moved, wording), line, told)
    whole = replace(basis.document, lines=lines)
    _versions(sheet, AnnexContext(whole, again, wording), lines, told, moved)


def _decisions(version: Version, period: Period, moved: bool | None, wording: Wording) -> Iterator[str]:
    """The decisions a version rests on, its dates, and where a bill has to say it why it reaches back."""
    decisions = (*legal_sentences(version, wording), *retroactive_text(version, period, bool(moved), wording))
    yield " ".join(decisions)


def _notes(sheet: PageSheet, sentences: Iterable[str], line: Line, told: Printed) -> None:
    """Sentences in grey, each once for a member and rule."""
    for text in sentences:
        if text and (line.beneficiary, line.rule, text) not in told:
            told.add((line.beneficiary, line.rule, text))
            _sentence(sheet, text, note=True)


def _version(sheet: PageSheet, basis: AnnexContext, lines: list[Line], told: Printed, moved: bool | None) -> None:
    month, wording, rule = basis.month, basis.wording, basis.month.rules[lines[0].rule]
    version = version_of(rule, lines[0])
    sheet.need(VERSION_ROOM)
    _notes(sheet, _decisions(version, month.period, moved, wording), lines[0], told)
    _notes(sheet, (" ".join(term_sentences(rule, version, month.period, wording)),), lines[0], told)
    view = split_view(month, lines[0]) if lines[0].kind == "share" else None
    if view is not None:
        _pool(sheet, basis, view, lines[0].beneficiary, told, moved is not None)
    sheet.y += 1 * MM
    for line in lines:
        for sentence in formulas(line, basis.document, month, wording):
            _sentence(sheet, sentence)
        if is_by_resource(line):
            if tiered(version, line):
                where = tier_range(version, line.tier, unit_of(rule, wording), wording)
                _sentence(sheet, wording.text("basis.tier_only", tier=line.tier, range=where))
            _resources(sheet, line, rule, version, month, wording)
    sheet.y += 1 * MM


def _pool(sheet: PageSheet, basis: AnnexContext, view: SplitView, member: str, told: Printed, again: bool) -> None:
    """What is shared, what other pools gave to it (once), and the keys where they are several."""
    month, wording, pool = basis.month, basis.wording, view.split.pool
    _sentence(sheet, pool_sentence(view, month, pool_label(pool, wording), wording), note=True)
    place = ("again" if again else "", str(month.period), pool)
    if place not in told:
        draw_transfers_in(sheet, pool, month, wording)
        told.add(place)
    if len(view.split.keys) > 1:
        _keys(sheet, view, member, month, wording)


def _sentence(sheet: PageSheet, text: str, note: bool = False) -> None:
    style = sheet.styles.note if note else sheet.styles.small
    sheet.need(2 * style.leading)
    sheet.y = sheet.paragraph(LEFT, sheet.y, WIDTH, text, style)


def _keys(sheet: PageSheet, view: SplitView, member: str, month: Month, wording: Wording) -> None:
    """The keys of a composite: weight, the member's value, the total, its part."""
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
    """A row per resource or value of the tag, and the total of the line."""
    factors = any(charge.factor != 1 for charge in line.charges)
    keys = ["resource", "quantity", "unit", "unit_price", *(["factor"] if factors else []), "amount"]
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
            "quantity": wording.number(charge.quantity) if charge.quantity is not None else "",
            "unit": unit,
            "unit_price": wording.unit_price(charge.unit_price) if charge.unit_price is not None else "",
            "factor": factor_text(charge.factor, month.period) if charge.factor != 1 else "",
            "amount": wording.money(charge.amount),
        }
        rows.append(TableRow(tuple(cells[key] for key in keys)))
    blank = {"resource": wording.text("basis.total"), "amount": wording.money(line.amount)}
    quantity = wording.number(line.quantity) if line.quantity is not None else ""
    rows.append(TableRow(tuple({**blank, "quantity": quantity}.get(key, "") for key in keys), "total"))
    draw_table(sheet, columns, rows)
    sheet.y += 3 * MM


def _titled(column: TableColumn, title: str) -> TableColumn:
    return TableColumn(title, column.align, column.share)
