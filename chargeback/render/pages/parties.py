"""Heads and feet of the documents: who sends, who receives, what it is; the mark of a draft on every page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from chargeback.model.facts import Member
from chargeback.model.settings import Operator
from chargeback.render.pdf.page import BOTTOM, LEFT, MM, RIGHT, TOP, PageSheet, Style, styles_of
from chargeback.workspace.reports.theme import Theme
from chargeback.workspace.reports.wording import Wording

WINDOW_LEFT, WINDOW_TOP = 110 * MM, 47 * MM
WINDOW_WIDTH = RIGHT - WINDOW_LEFT
LOGO_WIDTH, LOGO_HEIGHT = 45 * MM, 15 * MM
SEPARATOR = "  ·  "


def new_sheet(theme: Theme, wording: Wording, running: str, draft: str) -> PageSheet:
    """An empty document with its first page open; ``running`` heads the others, ``draft`` marks all when not ''."""

    def head(sheet: PageSheet) -> float:
        sheet.fitted(LEFT, TOP + 6, RIGHT - LEFT - 70, running, sheet.styles.note)
        draft_mark(sheet, draft)
        sheet.rule(TOP + 12)
        return TOP + 12 * MM

    sheet = PageSheet(theme, styles_of(theme), head, wording.formats.decimal)
    sheet.open()
    draft_mark(sheet, draft)
    return sheet


def draft_mark(sheet: PageSheet, word: str) -> None:
    """A small framed word at the top right."""
    if not word:
        return
    style = sheet.styles.note
    width = style.width(word.upper()) + 10
    sheet.frame(RIGHT - width, TOP - 4, width, 14.0, sheet.theme.grey)
    sheet.text(RIGHT - width / 2, TOP + 6, word.upper(), style, "centre")


def issuer(sheet: PageSheet, operator: Operator, wording: Wording) -> None:
    """The logo or the name of who bills, with its address, at the top left."""
    y = TOP + 8
    if sheet.theme.logo is not None:
        sheet.image(sheet.theme.logo, LEFT, TOP - 4, LOGO_WIDTH, LOGO_HEIGHT)
        y = TOP + LOGO_HEIGHT + 8
    section = sheet.styles.section
    y = sheet.paragraph(LEFT, y, WINDOW_LEFT - LEFT - 6 * MM, operator.name or "\u2014", section)
    lines = [*operator.address, town(operator.postal_code, operator.city)]
    for text in (line for line in lines if line):
        sheet.fitted(LEFT, y, WINDOW_LEFT - LEFT - 6 * MM, text, sheet.styles.note)
        y += sheet.styles.note.leading


def addressee(sheet: PageSheet, member: Member) -> float:
    """Name and address where the window of a French envelope shows them; the base below the last line."""
    styles = sheet.styles
    y = sheet.paragraph(WINDOW_LEFT, WINDOW_TOP, WINDOW_WIDTH, member.name, styles.strong)
    country = "" if member.country in ("", "FR") else member.country
    for text in (*member.address, town(member.postal_code, member.city), country):
        if text:
            y = sheet.paragraph(WINDOW_LEFT, y, WINDOW_WIDTH, text, styles.body)
    return y


def town(postal_code: str, city: str) -> str:
    return f"{postal_code} {city}".strip()


def heading(sheet: PageSheet, issuer_name: str, title: str, subtitle: str) -> None:
    """The head of a report: who issues it, what it is, for whom; ``sheet.y`` is then below it."""
    styles, y = sheet.styles, TOP + 6
    if sheet.theme.logo is not None:
        sheet.image(sheet.theme.logo, LEFT, TOP - 4, LOGO_WIDTH, LOGO_HEIGHT)
        y = TOP + LOGO_HEIGHT + 4
    sheet.fitted(LEFT, y, RIGHT - LEFT - 30 * MM, issuer_name, styles.label)
    sheet.text(LEFT, y + 11 * MM, title, styles.title)
    y = sheet.paragraph(LEFT, y + 17.5 * MM, RIGHT - LEFT, subtitle, styles.section, most=2)
    sheet.y = y + 3 * MM


@dataclass(frozen=True, slots=True)
class Figure:
    """A large figure, what it is, and a note below it."""

    label: str
    text: str
    note: str


def draw_figures(sheet: PageSheet, figures: Sequence[Figure]) -> None:
    """Figures side by side between two rules."""
    styles, part = sheet.styles, (RIGHT - LEFT) / len(figures)
    sheet.rule(sheet.y, colour=sheet.theme.accent, width=1.0)
    for index, figure in enumerate(figures):
        x, room = LEFT + index * part, part - 3 * MM
        sheet.fitted(x, sheet.y + 5 * MM, room, figure.label, styles.label)
        sheet.text(x, sheet.y + 12.5 * MM, figure.text, styles.figure)
        sheet.fitted(x, sheet.y + 17 * MM, room, figure.note, styles.note)
    sheet.y += 20 * MM
    sheet.rule(sheet.y, colour=sheet.theme.accent, width=1.0)
    sheet.y += 10 * MM


def facts(sheet: PageSheet, x: float, y: float, rows: Sequence[tuple[str, str]], width: float) -> float:
    """Pairs of a grey label and its value, the values aligned; the base below the last."""
    label, value = sheet.styles.note, sheet.styles.small
    indent = max((label.width(name) for name, _ in rows), default=0.0) + 3 * MM
    for name, text in rows:
        sheet.text(x, y, name, label)
        y = sheet.paragraph(x + indent, y, width - indent, text, value) + 1
    return y


def legal_identity(operator: Operator, wording: Wording, vat: bool) -> tuple[str, ...]:
    """What identifies who bills, the most needed first; without the VAT number when ``vat`` is False."""
    number = grouped(operator.siret, (3, 3, 3, 5)) if operator.siret else ""
    siren = (
        "" if number or not operator.siren else wording.text("common.siren", siren=grouped(operator.siren, (3, 3, 3)))
    )
    parts = (
        operator.name,
        siren,
        wording.text("common.siret", siret=number) if number else "",
        wording.text("common.vat_number", vat_number=operator.vat_number) if vat and operator.vat_number else "",
        ", ".join(p for p in (*operator.address, town(operator.postal_code, operator.city)) if p),
    )
    return tuple(part for part in parts if part)


def grouped(digits: str, sizes: Sequence[int]) -> str:
    """Digits in groups of the given sizes, the last size again and again, apart by no-break spaces."""
    parts, at, index = [], 0, 0
    compact = "".join(digits.split())
    while at < len(compact):
        size = sizes[min(index, len(sizes) - 1)]
        parts.append(compact[at : at + size])
        at, index = at + size, index + 1
    return "\u00a0".join(parts)


def footer(identity: Sequence[str], name: str, wording: Wording) -> Callable[[PageSheet, int, int], None]:
    """Draws the foot of a page: legal identity in one line, the document, page x/y."""

    def foot(sheet: PageSheet, page: int, pages: int) -> None:
        style = sheet.styles.note
        y = BOTTOM + 4 * MM
        sheet.rule(y - 3.5 * MM)
        sheet.text(LEFT, y, _most(identity, style, RIGHT - LEFT), style)
        sheet.text(LEFT, y + style.leading, name, style)
        sheet.text(RIGHT, y + style.leading, wording.text("common.page", page=page, pages=pages), style, "right")

    return foot


def _most(parts: Sequence[str], style: Style, room: float) -> str:
    """As many parts as fit on a line, at least the first."""
    shown = parts[0] if parts else ""
    for part in parts[1:]:
        longer = SEPARATOR.join((shown, part))
        if style.width(longer) > room:
            break
        shown = longer
    return shown
