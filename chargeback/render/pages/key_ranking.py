"""Key ranking of a member: its value, its rank and the total in each allocation key, and a strip plot of all."""

from __future__ import annotations

from fractions import Fraction

from chargeback.model.month import Month
from chargeback.model.statements import KeyPlace, Statement
from chargeback.render.pages.sections import draw_more, draw_section
from chargeback.render.pdf.chart import draw_strip
from chargeback.render.pdf.page import LEFT, MM, RIGHT, PageSheet
from chargeback.render.text.labels import key_label, key_unit, rule_labels
from chargeback.render.text.split_view import shown_scale
from chargeback.workspace.reports.wording import Wording

WIDTH = RIGHT - LEFT
MOST_KEYS = 7
STRIP = 5.5 * MM


def draw_key_ranking(sheet: PageSheet, statement: Statement, month: Month, wording: Wording) -> None:
    """Ranking in the keys of the largest pools, at ``sheet.y``; ``sheet.y`` is then below it."""
    draw_section(sheet, wording.text("statement.places.title"))
    ranked = sorted(statement.places, key=lambda p: (-abs(p.pool_amount), p.rule, -p.weight, p.kind, p.name))
    if not ranked:
        sheet.text(LEFT, sheet.y, wording.text("statement.places.none"), sheet.styles.body)
        sheet.y += 10 * MM
        return
    sheet.text(LEFT, sheet.y, wording.text("statement.places.intro"), sheet.styles.note)
    sheet.y += 6 * MM
    rule = ""
    for place in ranked[:MOST_KEYS]:
        if place.rule != rule:
            rule = place.rule
            _pool(sheet, place, month, wording)
        _key(sheet, place, month, wording)
    draw_more(sheet, "statement.places.more", len(ranked) - MOST_KEYS, wording)
    sheet.y += 6 * MM


def _pool(sheet: PageSheet, place: KeyPlace, month: Month, wording: Wording) -> None:
    """Heading of a pool: its rule, the member's share, the amount shared."""
    (rule,) = rule_labels((place.rule,), month.rules, wording)
    share, pool = wording.money(place.share), wording.money(place.pool_amount)
    text = wording.text("statement.places.pool", rule=rule, share=share, pool=pool)
    sheet.fitted(LEFT, sheet.y, WIDTH, text, sheet.styles.small_strong)
    sheet.y += 4 * MM


def _key(sheet: PageSheet, place: KeyPlace, month: Month, wording: Wording) -> None:
    """Sentence of a key, the rank on its right, and the strip plot where values differ."""
    scale = _scale(place, month)
    small, unit = sheet.styles.small, key_unit(place.kind, place.name, wording)
    text = wording.text(
        "statement.places.key" if place.weight == 1 else "statement.places.weighted",
        key=key_label(place.kind, place.name, wording),
        weight=wording.percent(place.weight, 2, trim=True),
        value=wording.number(place.value / scale, 2),
        total=f"{wording.number(place.total / scale, 2)} {unit}".rstrip(),
        part=wording.percent(place.value / place.total if place.total else Fraction(0), 2),
    )
    count = wording.number(len(place.values))
    rank = wording.text(f"statement.places.{'first' if place.rank == 1 else 'rank'}", rank=place.rank, n=count)
    sheet.fitted(LEFT, sheet.y, WIDTH - small.width(rank) - 4 * MM, text, small)
    if len(set(place.values)) > 1:
        sheet.text(RIGHT, sheet.y, rank, small, "right")
        draw_strip(sheet, LEFT + 1 * MM, sheet.y + 3.6 * MM, WIDTH - 2 * MM, place.values, place.value)
        sheet.y += STRIP
    sheet.y += 5 * MM


def _scale(place: KeyPlace, month: Month) -> int:
    """Divisor of the values of a key when they are shown (see ``shown_scale``)."""
    for split in month.splits:
        for table in split.keys if split.rule == place.rule and split.amount == place.pool_amount else ():
            if (table.kind, table.name, table.weight) == (place.kind, place.name, place.weight):
                return shown_scale(split, table, month)
    return 1
