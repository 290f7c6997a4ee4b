"""Heads and feet of documents: issuer, addressee, title, legal identity; the mark of a draft on every page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from chargeback.model.facts import Member
from chargeback.model.month import Month
from chargeback.model.settings import Operator
from chargeback.render.pdf.draw import PdfMetadata, pdf
from chargeback.render.pdf.page import BOTTOM, LEFT, MM, RIGHT, TOP, PageSheet, Style, styles_of
from chargeback.workspace.reports.theme import Theme
from chargeback.workspace.reports.wording import Wording

WINDOW_LEFT, WINDOW_TOP = 110 * MM, 47 * MM
WINDOW_WIDTH = RIGHT - WINDOW_LEFT
LOGO_WIDTH, LOGO_HEIGHT = 45 * MM, 15 * MM
SEPARATOR = "  ·  "


def is_issued(month: Month) -> bool:
    """Whether every document of a month has a number; False for a month without documents."""
    return bool(month.documents) and all(document.number for document in month.documents)


def running_head(*parts: str) -> str:
    """Running head of the pages after the first: the parts that are not ''."""
    return SEPARATOR.join(part for part in parts if part)


def new_sheet(theme: Theme, wording: Wording, running: str, draft: str) -> PageSheet:
    """Empty document with its first page open.

    ``running`` is the head of the other pages; ``draft`` is the word that marks every page, '' for no mark.
    """

    def head(sheet: PageSheet) -> float:
        sheet.fitted(LEFT, TOP + 6, RIGHT - LEFT - 70, running, sheet.styles.note)
        draft_mark(sheet, draft)
        sheet.rule(TOP + 12)
        return TOP + 12 * MM

    sheet = PageSheet(theme, styles_of(theme), head, wording.formats.decimal)
    sheet.open()
    draft_mark(sheet, draft)
    return sheet


def new_report(title: str, month: Month, wording: Wording, theme: Theme, issued: bool | None = None) -> PageSheet:
    """Empty report on a month, marked as a draft unless ``issued`` (None: unless every document has a number)."""
    final = is_issued(month) if issued is None else issued
    running = running_head(month.settings.operator.name, title)
    return new_sheet(theme, wording, running, "" if final else wording.text("common.draft"))


def finished(
    sheet: PageSheet, title: str, subject: str, operator: Operator, name: str, wording: Wording, vat: bool = True
) -> bytes:
    """Bytes of a document: its pages with their feet, its title and subject.

    ``name`` is the name of the document in the foot, where ``vat`` adds the VAT number of the operator.
    """
    metadata = PdfMetadata(title, subject, operator.name, wording.language)
    return pdf(sheet, metadata, footer(legal_identity(operator, wording, vat), name, wording))


def draft_mark(sheet: PageSheet, word: str) -> None:
    """Small framed word at the top right; nothing for ''."""
    if not word:
        return
    style = sheet.styles.note
    width = style.width(word.upper()) + 10
    sheet.frame(RIGHT - width, TOP - 4, width, 14.0, sheet.theme.grey)
    sheet.text(RIGHT - width / 2, TOP + 6, word.upper(), style, "centre")


def issuer(sheet: PageSheet, operator: Operator, wording: Wording) -> None:
    """Logo or name of the operator, with its address, at the top left."""
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
    """Name and address of a member in the window of a French envelope; the base line below them is returned."""
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
    """Head of a report: its issuer, title and subtitle; ``sheet.y`` is then below it."""
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
    """Figure in large type.

    Attributes:
        label: name of the figure, above it.
        text: the figure, formatted.
        note: note below it.
    """

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
    """Pairs of a grey label and its value, the values aligned; the base line below the last is returned."""
    label, value = sheet.styles.note, sheet.styles.small
    indent = max((label.width(name) for name, _ in rows), default=0.0) + 3 * MM
    for name, text in rows:
        sheet.text(x, y, name, label)
        y = sheet.paragraph(x + indent, y, width - indent, text, value) + 1
    return y


def legal_identity(operator: Operator, wording: Wording, vat: bool) -> tuple[str, ...]:
    """Legal identity of the operator, the most important parts first; without the VAT number where ``vat`` is False."""
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
    """Digits in groups separated by no-break spaces; the last of ``sizes`` is that of all further groups."""
    parts, at, index = [], 0, 0
    compact = "".join(digits.split())
    while at < len(compact):
        size = sizes[min(index, len(sizes) - 1)]
        parts.append(compact[at : at + size])
        at, index = at + size, index + 1
    return "\u00a0".join(parts)


def footer(identity: Sequence[str], name: str, wording: Wording) -> Callable[[PageSheet, int, int], None]:
    """Function that draws the foot of a page: the legal identity on one line, the name of the document, page x/y."""

    def foot(sheet: PageSheet, page: int, pages: int) -> None:
        style = sheet.styles.note
        y = BOTTOM + 4 * MM
        sheet.rule(y - 3.5 * MM)
        sheet.text(LEFT, y, _fitting_parts(identity, style, RIGHT - LEFT), style)
        sheet.text(LEFT, y + style.leading, name, style)
        sheet.text(RIGHT, y + style.leading, wording.text("common.page", page=page, pages=pages), style, "right")

    return foot


def _fitting_parts(parts: Sequence[str], style: Style, room: float) -> str:
    """Parts that fit on a line, at least the first."""
    shown = parts[0] if parts else ""
    for part in parts[1:]:
        longer = SEPARATOR.join((shown, part))
        if style.width(longer) > room:
            break
        shown = longer
    return shown
