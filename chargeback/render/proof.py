"""The proof of a year: for each pool called by instalments, that all that is called equals its cost. One page for the accounts."""

from __future__ import annotations

from collections.abc import Sequence

from chargeback.model import Settings
from chargeback.render.draw import Meta, pdf
from chargeback.render.page import LEFT, MM, RIGHT, Sheet
from chargeback.render.parties import footer, heading, legal_identity, new_sheet
from chargeback.render.table import Column, Row, draw_table
from chargeback.render.theme import Theme
from chargeback.render.words import pool_label
from chargeback.result import TrueUp
from chargeback.wording import Wording

WIDTH = RIGHT - LEFT
COLUMNS = ("cost", "instalments", "prefinanced", "true_up", "gap")


def proof_pdf(found: Sequence[TrueUp], settings: Settings, wording: Wording, theme: Theme) -> bytes:
    """The page on the true-ups of one year. The same values give the same bytes."""
    operator, year = settings.operator, found[0].year
    title, named = wording.text("proof.title"), wording.text("proof.head", year=year)
    sheet = new_sheet(theme, wording, "  ·  ".join(part for part in (operator.name, named) if part), "")
    heading(sheet, operator.name, title, wording.text("proof.subtitle", year=year))
    sheet.bookmark(title)
    _answer(sheet, found, wording)
    _table(sheet, found, wording)
    sheet.y += 4 * MM
    for text in (_members(found, wording), wording.text("proof.legal")):
        sheet.need(2 * sheet.styles.note.leading)
        sheet.y = sheet.paragraph(LEFT, sheet.y, WIDTH, text, sheet.styles.note) + 1 * MM
    meta = Meta(f"{title} {named}", wording.text("proof.subject"), operator.name, wording.language)
    return pdf(sheet, meta, footer(legal_identity(operator, wording, True), named, wording))


def _answer(sheet: Sheet, found: Sequence[TrueUp], wording: Wording) -> None:
    """The answer in large letters, what it rests on below."""
    equal = all(each.gap == 0 for each in found)
    cost, gap = sum(each.cost for each in found), sum(abs(each.gap) for each in found)
    key = "proof.equal" if equal else "proof.unequal"
    answer = wording.text(key, **({"cost": wording.money(cost)} if equal else {"gap": wording.money(gap)}))
    sheet.rule(sheet.y - 3 * MM, colour=sheet.theme.accent, width=1.0)
    sheet.y = sheet.paragraph(LEFT, sheet.y + 4 * MM, WIDTH, answer, sheet.styles.figure)
    sheet.y = sheet.paragraph(LEFT, sheet.y, WIDTH, wording.text("proof.intro"), sheet.styles.body) + 4 * MM


def _table(sheet: Sheet, found: Sequence[TrueUp], wording: Wording) -> None:
    """A row per pool, and the total of all."""
    columns = [Column(wording.text("proof.columns.pool"), "left", 1.0)]
    columns += [Column(wording.text(f"proof.columns.{key}")) for key in COLUMNS]
    amounts = [(each.cost, each.instalments, each.prefinanced, each.billed, each.gap) for each in found]
    rows = [
        Row((pool_label(each.pool, wording), *map(wording.money, row)))
        for each, row in zip(found, amounts, strict=True)
    ]
    total = map(wording.money, map(sum, zip(*amounts, strict=True)))
    rows.append(Row((wording.text("proof.total"), *total), "total"))
    draw_table(sheet, columns, rows)


def _members(found: Sequence[TrueUp], wording: Wording) -> str:
    """How many members are charged and credited, and how much."""
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
