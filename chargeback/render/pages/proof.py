"""Proof of a year, on one page: for each pool under a cost-sharing regime, its cost, the amounts billed and their gap.

Article 261 B of the CGI exempts a cost-sharing group that claims from each member exactly its share of the common cost.
"""

from __future__ import annotations

from collections.abc import Sequence

from chargeback.billing.proof import Figures, Proof, beside_cost, how_charged
from chargeback.model.pools import TrueUp
from chargeback.model.settings import Settings
from chargeback.render.pages.parties import finished, heading, new_sheet, running_head
from chargeback.render.pdf.page import LEFT, MM, RIGHT, PageSheet
from chargeback.render.pdf.table import DASH, TableColumn, TableRow, draw_table
from chargeback.render.text.labels import pool_label
from chargeback.render.text.proof_columns import acts_text, column_heading, gap_text
from chargeback.workspace.reports.theme import Theme
from chargeback.workspace.reports.wording import Wording

WIDTH = RIGHT - LEFT
ALWAYS = ("cost", "gap", "billed", "charged")
ROW = 5.5 * MM


def proof_pdf(
    found: Sequence[TrueUp], proven: Sequence[Proof], settings: Settings, wording: Wording, theme: Theme
) -> bytes:
    """Proof of the pools of one year and their true-ups, as the bytes of a PDF. The same values give the same bytes."""
    operator, year = settings.operator, proven[0].year
    title, named = wording.text("proof.title"), wording.text("proof.head", year=year)
    sheet = new_sheet(theme, wording, running_head(operator.name, named), "")
    heading(sheet, operator.name, title, wording.text("proof.subtitle", year=year))
    sheet.bookmark(title)
    _answer(sheet, proven, wording)
    _table(sheet, beside_cost(proven), _names(proven, wording), wording)
    _how(sheet, proven, wording)
    sheet.y += 4 * MM
    for text in _notes(found, proven, wording):
        sheet.need(2 * sheet.styles.note.leading)
        sheet.y = sheet.paragraph(LEFT, sheet.y, WIDTH, text, sheet.styles.note) + 1 * MM
    return finished(sheet, f"{title} {named}", wording.text("proof.subject"), operator, named, wording)


def _names(proven: Sequence[Proof], wording: Wording) -> list[str]:
    return [pool_label(each.pool, wording) for each in proven]


def _answer(sheet: PageSheet, proven: Sequence[Proof], wording: Wording) -> None:
    """Answer in large type: whether the amounts billed equal the cost; an introduction below it."""
    if all(each.equal for each in proven):
        answer = wording.text("proof.equal", cost=wording.money(sum(each.cost for each in proven)))
    else:
        gap = wording.money(sum(abs(each.gap) for each in proven))
        answer = wording.text("proof.unequal", gap=gap, parts=gap_text(proven, wording))
    sheet.rule(sheet.y - 3 * MM, colour=sheet.theme.accent, width=1.0)
    sheet.y = sheet.paragraph(LEFT, sheet.y + 4 * MM, WIDTH, answer, sheet.styles.figure)
    sheet.y = sheet.paragraph(LEFT, sheet.y, WIDTH, wording.text("proof.intro"), sheet.styles.body) + 4 * MM


def _how(sheet: PageSheet, proven: Sequence[Proof], wording: Wording) -> None:
    """Ways in which the pools were charged: pool by pool, or in total where the page has no room for that."""
    figures, names = how_charged(proven), _names(proven, wording)
    if sheet.room < (len(names) + 8) * ROW:
        figures, names = {name: [sum(column)] for name, column in figures.items()}, []
    sheet.y += 9 * MM
    sheet.need(4 * ROW)
    sheet.text(LEFT, sheet.y, wording.text("proof.how"), sheet.styles.section)
    sheet.y += 4 * MM
    _table(sheet, figures, names, wording)


def _table(sheet: PageSheet, figures: Figures, names: Sequence[str], wording: Wording) -> None:
    """Table of figures (cents, by column): a row per pool, and the total where there are several."""
    columns = [TableColumn(wording.text("proof.columns.pool"), "left", 1.0)]
    columns += [TableColumn(column_heading(key, wording)) for key in figures]

    def shown(cents: int, key: str) -> str:
        return wording.money(cents) if cents or key in ALWAYS else DASH

    rows = [TableRow((name, *(shown(cents[n], key) for key, cents in figures.items()))) for n, name in enumerate(names)]
    if len(names) != 1:
        totals = (shown(sum(cents), key) for key, cents in figures.items())
        rows.append(TableRow((wording.text("proof.total"), *totals), "total"))
    draw_table(sheet, columns, rows)


def _notes(found: Sequence[TrueUp], proven: Sequence[Proof], wording: Wording) -> list[str]:
    """Notes: explanations of the figures, each where it applies."""
    kinds = {
        "members": _members(found, wording) if found else "",
        "waits": wording.text("proof.waits") if any(each.unbilled for each in proven) else "",
        "mixed": wording.text("proof.mixed") if any(each.exempt != each.charged for each in proven) else "",
        "withheld": wording.text("proof.withheld") if any(each.at("withheld") for each in proven) else "",
        "given": wording.text("proof.given") if any(each.by("credited") for each in proven) else "",
        "given_up": wording.text("proof.given_up") if any(each.at("waived") for each in proven) else "",
        "acts": acts_text(proven, wording),
        "legal": wording.text("proof.legal"),
    }
    return [text for text in kinds.values() if text]


def _members(found: Sequence[TrueUp], wording: Wording) -> str:
    """Sentence on the true-ups: how many members are charged and credited, and the sums."""
    by_member: dict[str, int] = {}
    for each in found:
        for row in each.rows:
            by_member[row.member_id] = by_member.get(row.member_id, 0) + row.difference
    charged = [cents for cents in by_member.values() if cents > 0]
    credited = [-cents for cents in by_member.values() if cents < 0]
    return wording.text(
        "proof.members",
        charged=len(charged),
        charges=wording.money(sum(charged)),
        credited=len(credited),
        credits=wording.money(sum(credited)),
    )
