"""How cells look: number formats from the locale, and the styles of a workbook, each registered once."""

from __future__ import annotations

from dataclasses import dataclass, field

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

from chargeback.render.workbook.tables import NUMBERS, CellKind
from chargeback.workspace.reports.formats import Formats
from chargeback.workspace.reports.wording import Wording

NBSP = ("\u00a0", "\u202f", " ")
TEXT = "@"
FONT = "Calibri"
GOOD, GOOD_FILL = "1B6B3A", "DDF0E3"
BAD, BAD_FILL = "9C1C1C", "FBE0DD"


@dataclass(frozen=True, slots=True)
class CellStyle:
    """How a cell looks: number format, weight, size, colours (``RRGGBB``), alignment, rules."""

    format: str = "General"
    bold: bool = False
    size: int = 10
    colour: str = ""
    fill: str = ""
    align: str = "left"
    wrap: bool = False
    indent: int = 0
    rule: str = ""
    quote: bool = False


@dataclass(slots=True)
class Styles:
    """The styles of one workbook: the number of each look, given when it is first asked for."""

    workbook: Workbook
    accent: str
    light: str
    grey: str
    _known: dict[CellStyle, int] = field(default_factory=dict, init=False)

    def number(self, look: CellStyle) -> int:
        """The number of a look in the workbook's table of styles."""
        known = self._known.get(look)
        if known is None:
            known = self._known[look] = self._register(look)
        return known

    def _register(self, look: CellStyle) -> int:
        cell = Cell(self.workbook.worksheets[0], row=1, column=1)
        cell.font = Font(name=FONT, size=look.size, bold=look.bold, color=look.colour or None)
        cell.alignment = Alignment(look.align, "center", wrap_text=look.wrap or None, indent=look.indent)
        cell.number_format = look.format
        if look.fill:
            cell.fill = PatternFill("solid", start_color=look.fill, end_color=look.fill)
        cell.border = self._border(look.rule)
        cell.quotePrefix = look.quote
        return int(cell.style_id)

    def _border(self, rule: str) -> Border:
        if rule == "hair":
            return Border(bottom=Side("thin", color=self.light))
        if rule == "total":
            return Border(top=Side("thin", color=self.accent), bottom=Side("medium", color=self.accent))
        return Border()


def hexadecimal(colour: str) -> str:
    """``#17456b`` as ``17456B``."""
    return colour.lstrip("#").upper()


def alignment(kind: CellKind) -> str:
    """Numbers right, dates centred, the rest left."""
    return "right" if kind in NUMBERS else "center" if kind in ("date", "month") else "left"


def number_format(kind: CellKind, wording: Wording, places: int = 0, most: int = 0) -> str:
    """The number format of a kind of column; ``places`` decimals of ``most`` in the column, so that commas stand in line."""
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
    """Two decimals in the currency, negative in red and with a minus: ``#,##0.00\\ "€";[Red]\\-#,##0.00\\ "€"``."""
    return _money(formats, "#,##0.00")


def _money(formats: Formats, digits: str) -> str:
    return _signed(_suffix(formats.money_prefix) + digits + _suffix(formats.money_suffix))


def _signed(digits: str) -> str:
    return f"{digits};[Red]\\-{digits}"


def _aligned(places: int, most: int) -> str:
    """Digits with ``places`` decimals, then the width of those that others of the column have more."""
    if not most:
        return "#,##0"
    if not places:
        return "#,##0_." + "_0" * most
    return "#,##0." + "0" * places + "_0" * (most - places)


def _suffix(text: str) -> str:
    """What stands before or after the digits, as it is: spaces escaped, the rest between quotes."""
    inner = text.strip("".join(NBSP))
    before = "\\ " if text[:1] in NBSP and text else ""
    after = "\\ " if text[-1:] in NBSP and inner else ""
    if inner == "%":
        return f"{before}%{after}"
    return f'{before}"{inner}"{after}' if inner else before
