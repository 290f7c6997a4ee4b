"""The annex of an invoice: for each rule its references, its terms, and the calculation of each amount."""

from __future__ import annotations

from itertools import groupby

from chargeback.render.basis import (
    SplitView,
    by_resource,
    formulas,
    key_parts,
    pool_sentence,
    split_view,
)
from chargeback.render.page import LEFT, MM, RIGHT, Sheet
from chargeback.render.received import draw_received
from chargeback.render.table import ROW, Column, Row, draw_table
from chargeback.render.terms import legal_sentences, term_sentences
from chargeback.render.words import (
    beneficiary_text,
    factor_text,
    key_label,
    key_unit,
    named,
    pool_label,
    presented,
    priced_unit,
    rule_label,
    shown_lines,
    tier_range,
    tiered,
    unit_of,
    version_of,
)
from chargeback.result import Document, Line, Month
from chargeback.rules import Rule, Version
from chargeback.wording import Wording

WIDTH = RIGHT - LEFT
RULE_ROOM = 26 * MM
VERSION_ROOM = 17 * MM
PAGE_ROOM = 110 * MM
MOST_BLANK = 36 * MM
MOST_INLINE = 8


def draw_annex(sheet: Sheet, document: Document, month: Month, wording: Wording) -> None:
    """The annex: under the invoice when all of it fits there or a second page has room, else from a new page on."""
    charges = sum(len(line.charges) for line in document.lines)
    if len(sheet.pages) > 1 and sheet.room > PAGE_ROOM:
        _annex_below(sheet, document, month, wording, "basis.intro")
    elif charges > MOST_INLINE or sheet.room < RULE_ROOM:
        _annex_page(sheet, document, month, wording)
    else:
        before = sheet.mark()
        _annex_below(sheet, document, month, wording, "basis.intro_short")
        if sheet.mark().pages > before.pages:
            sheet.back_to(before)
            _annex_page(sheet, document, month, wording)


def _annex_below(sheet: Sheet, document: Document, month: Month, wording: Wording, intro: str) -> None:
    sheet.y += 6 * MM
    sheet.bookmark(wording.text("basis.title"))
    sheet.text(LEFT, sheet.y, wording.text("basis.title"), sheet.styles.section)
    _rules(sheet, document, month, wording, intro)


def _annex_page(sheet: Sheet, document: Document, month: Month, wording: Wording) -> None:
    sheet.open()
    title = wording.text("basis.title")
    sheet.bookmark(title)
    sheet.text(LEFT, sheet.y + 4, title, sheet.styles.title)
    sheet.y += 8 * MM
    sheet.text(LEFT, sheet.y, wording.text("invoice.annex_of", document=named(document, wording)), sheet.styles.label)
    _rules(sheet, document, month, wording, "basis.intro")


def _rules(sheet: Sheet, document: Document, month: Month, wording: Wording, intro_key: str) -> None:
    sheet.y += 5.5 * MM
    intro = wording.text(intro_key)
    if document.kind == "credit_note":
        intro = f"{intro} {wording.text('basis.intro_credit')}"
    sheet.y = sheet.paragraph(LEFT, sheet.y, WIDTH, intro, sheet.styles.note)
    told: set[str] = set()
    several = len({line.beneficiary for line in document.lines}) > 1
    for beneficiary, lines in groupby(shown_lines(document.lines, month), key=lambda line: line.beneficiary):
        if several or beneficiary != document.payer.member_id:
            _beneficiary(sheet, beneficiary_text(document, beneficiary, month, wording))
        for rule_id, own in groupby(lines, key=lambda line: line.rule):
            _rule_whole(sheet, presented(own), month.rules[rule_id], document, month, wording, told)


def _rule_whole(
    sheet: Sheet, lines: list[Line], rule: Rule, document: Document, month: Month, wording: Wording, told: set[str]
) -> None:
    """A rule on one page where that leaves no more than ``MOST_BLANK`` of the page before it blank."""
    before, told_before = sheet.mark(), set(told)
    room = sheet.room
    _rule(sheet, lines, rule, document, month, wording, told)
    if sheet.mark().pages > before.pages and RULE_ROOM <= room <= MOST_BLANK:
        sheet.back_to(before)
        sheet.open()
        told.clear()
        told.update(told_before)
        _rule(sheet, lines, rule, document, month, wording, told)


def _beneficiary(sheet: Sheet, name: str) -> None:
    sheet.need(RULE_ROOM + ROW)
    sheet.y += 4 * MM
    sheet.text(LEFT, sheet.y, name, sheet.styles.section)
    sheet.bookmark(name, 1)
    sheet.y += 2 * MM


def _rule(
    sheet: Sheet, lines: list[Line], rule: Rule, document: Document, month: Month, wording: Wording, told: set[str]
) -> None:
    """A rule: its name and amount, then each version with its terms and its lines; ``told``: pools set out above."""
    styles = sheet.styles
    sheet.need(RULE_ROOM)
    sheet.y += 2 * MM
    sheet.rule(sheet.y, colour=sheet.theme.ink, width=0.6)
    sheet.y += 4.5 * MM
    sheet.fitted(LEFT, sheet.y, WIDTH - 40 * MM, rule_label(rule, wording), styles.strong)
    sheet.text(RIGHT, sheet.y, wording.money(sum(line.amount for line in lines)), styles.strong, "right")
    sheet.y += 4.5 * MM
    for _, own in groupby(lines, key=lambda line: line.version):
        _version(sheet, list(own), rule, document, month, wording, told)


def _version(
    sheet: Sheet, lines: list[Line], rule: Rule, document: Document, month: Month, wording: Wording, told: set[str]
) -> None:
    version = version_of(rule, lines[0])
    sheet.need(VERSION_ROOM)
    _sentence(sheet, " ".join(legal_sentences(version, wording)), note=True)
    terms = " ".join(term_sentences(rule, version, month.period, wording))
    if terms:
        _sentence(sheet, terms, note=True)
    view = split_view(month, lines[0]) if lines[0].kind == "share" else None
    if view is not None:
        _sentence(sheet, pool_sentence(view, month, pool_label(view.split.pool, wording), wording), note=True)
        if view.split.pool not in told:
            draw_received(sheet, view.split.pool, month, wording)
            told.add(view.split.pool)
        if len(view.split.keys) > 1:
            _keys(sheet, view, lines[0].beneficiary, month, wording)
    sheet.y += 1 * MM
    for line in lines:
        for sentence in formulas(line, document, month, wording):
            _sentence(sheet, sentence)
        if by_resource(line):
            if tiered(version, line):
                where = tier_range(version, line.tier, unit_of(rule, wording), wording)
                _sentence(sheet, wording.text("basis.tier_only", tier=line.tier, range=where))
            _resources(sheet, line, rule, version, month, wording)
    sheet.y += 1 * MM


def _sentence(sheet: Sheet, text: str, note: bool = False) -> None:
    style = sheet.styles.note if note else sheet.styles.small
    sheet.need(2 * style.leading)
    sheet.y = sheet.paragraph(LEFT, sheet.y, WIDTH, text, style)


def _keys(sheet: Sheet, view: SplitView, member: str, month: Month, wording: Wording) -> None:
    """The keys of a composite: weight, the member's value, the total, its part."""
    titles = [wording.text(f"basis.columns.{key}") for key in ("key", "weight", "value", "total", "unit", "part")]
    columns = [
        Column(titles[0], "left", 1.0),
        Column(titles[1]),
        Column(titles[2]),
        Column(titles[3]),
        Column(titles[4], "left"),
        Column(titles[5]),
    ]
    rows = [
        Row(
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


def _resources(sheet: Sheet, line: Line, rule: Rule, version: Version, month: Month, wording: Wording) -> None:
    """A row per resource or value of the tag, and the total of the line."""
    factors = any(charge.factor != 1 for charge in line.charges)
    keys = ["resource", "quantity", "unit", "unit_price", *(["factor"] if factors else []), "amount"]
    aligned = {"resource": Column("", "left", 1.0), "unit": Column("", "left"), "factor": Column("", "right")}
    tag = rule.quantity.tag if rule.quantity else ""
    titles = {key: wording.text(f"basis.columns.{key}") for key in keys}
    titles |= {"resource": wording.text("basis.columns.tag", tag=tag)} if tag else {}
    columns = [_titled(aligned.get(key, Column("")), titles[key]) for key in keys]
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
        rows.append(Row(tuple(cells[key] for key in keys)))
    blank = {"resource": wording.text("basis.total"), "amount": wording.money(line.amount)}
    quantity = wording.number(line.quantity) if line.quantity is not None else ""
    rows.append(Row(tuple({**blank, "quantity": quantity}.get(key, "") for key in keys), "total"))
    draw_table(sheet, columns, rows)
    sheet.y += 3 * MM


def _titled(column: Column, title: str) -> Column:
    return Column(title, column.align, column.share)
