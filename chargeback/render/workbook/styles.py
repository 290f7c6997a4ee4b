"""Cell styles: number formats of the locale, and the styles of a workbook, each registered once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

from chargeback.render.workbook.tables import NUMBERS, CellKind
from chargeback.workspace.reports.formats import Formats
from chargeback.workspace.reports.wording import Wording

CellAlign = Literal["left", "center", "right"]
NBSP = ("\u00a0", "\u202f", " ")
TEXT = "@"
FONT = "Calibri"
GOOD, GOOD_FILL = "1B6B3A", "DDF0E3"
BAD, BAD_FILL = "9C1C1C", "FBE0DD"


@dataclass(frozen=True, slots=True)
class CellStyle:
    """Style of a cell.

    Attributes:
        format: number format.
        bold: whether the text is in bold.
        size: size in points.
        colour: colour of the text, ``RRGGBB``; '' for black.
        fill: colour of the ground; '' for none.
        align: horizontal alignment.
        wrap: whether the text is wrapped.
        indent: indent in characters.
        rule: border: ``hair`` below a row, ``total`` around a row of totals, '' for none.
        quote: whether a text that begins like a formula is marked as text.
    """

    format: str = "General"
    bold: bool = False
    size: int = 10
    colour: str = ""
    fill: str = ""
    align: CellAlign = "left"
    wrap: bool = False
    indent: int = 0
    rule: Literal["", "hair", "total"] = ""
    quote: bool = False


@dataclass(slots=True)
class Styles:
    """Styles of one workbook: each has a number, from its first use on.

    Attributes:
        workbook: workbook that the styles are registered in.
        accent: colour of titles and headers, ``RRGGBB``.
        light: colour of hairlines.
        grey: colour of second lines.
    """

    workbook: Workbook
    accent: str
    light: str
    grey: str
    _known: dict[CellStyle, int] = field(default_factory=dict, init=False)

    def number(self, style: CellStyle) -> int:
        """Number of a style in the workbook's table of cell formats."""
        known = self._known.get(style)
        if known is None:
            known = self._known[style] = self._register(style)
        return known

    def _register(self, style: CellStyle) -> int:
        cell = Cell(self.workbook.worksheets[0], row=1, column=1)
        cell.font = Font(name=FONT, size=style.size, bold=style.bold, color=style.colour or None)
        cell.alignment = Alignment(style.align, "center", wrap_text=style.wrap or None, indent=style.indent)
        cell.number_format = style.format
        if style.fill:
            cell.fill = PatternFill("solid", start_color=style.fill, end_color=style.fill)
        cell.border = self._border(style.rule)
        cell.quotePrefix = style.quote
        return int(cell.style_id)

    def _border(self, rule: str) -> Border:
        if rule == "hair":
            return Border(bottom=Side("thin", color=self.light))
        if rule == "total":
            return Border(top=Side("thin", color=self.accent), bottom=Side("medium", color=self.accent))
        return Border()


def hexadecimal(colour: str) -> str:
    """Colour ``#17456b`` as ``17456B``."""
    return colour.lstrip("#").upper()


def alignment(kind: CellKind) -> CellAlign:
    """Alignment of a kind of cell: numbers right, dates centred, the others left."""
    return "right" if kind in NUMBERS else "center" if kind in ("date", "month") else "left"


def number_format(kind: CellKind, wording: Wording, places: int = 0, most: int = 0) -> str:
    """Number format of a kind of column; ``places`` decimals of ``most`` in the column, so that commas are aligned."""
    if kind == "money":
        return money_format(wording.formats)
    if kind == "quantity":
        return _signed(_aligned(places, most))
    if kind == "price":
        return _money(wording.formats, _aligned(places, most))
    if kind == "percent":
        return _signed("0.00" + _suffix(wording.formats.percent_suffix))
    if kind in ("date", "month"):
        return wording.text(f"workbook.formats.{kind}")
    return _signed("#,##0") if kind == "count" else TEXT


def money_format(formats: Formats) -> str:
    """Format of amounts, negative ones in red with a minus: ``#,##0.00\\ "€";[Red]\\-#,##0.00\\ "€"``."""
    return _money(formats, "#,##0.00")


def _money(formats: Formats, digits: str) -> str:
    return _signed(_suffix(formats.money_prefix) + digits + _suffix(formats.money_suffix))


def _signed(digits: str) -> str:
    return f"{digits};[Red]\\-{digits}"


def _aligned(places: int, most: int) -> str:
    """Format of ``places`` decimals, padded to the width of ``most``."""
    if not most:
        return "#,##0"
    if not places:
        return "#,##0_." + "_0" * most
    return "#,##0." + "0" * places + "_0" * (most - places)


def _suffix(text: str) -> str:
    """Literal text before or after the digits: spaces escaped, the rest between quotes."""
    inner = text.strip("".join(NBSP))
    before = "\\ " if text[:1] in NBSP and text else ""
    after = "\\ " if text[-1:] in NBSP and inner else ""
    if inner == "%":
        return f"{before}%{after}"
    return f'{before}"{inner}"{after}' if inner else before
