"""Cells as the XML of a sheet. Numbers are written here digit by digit, since no exact amount survives a binary float."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from xml.sax.saxutils import escape

from openpyxl.utils import get_column_letter

from chargeback.model.money import rounded
from chargeback.render.workbook.tables import CellKind, CellValue, Formula, clean
from chargeback.workspace.reports.formats import SHOWN_PLACES, without_zeros

EPOCH = date(1899, 12, 30)
FIRST_DAY = date(1900, 3, 1)
PERCENT_PLACES = 12
DECIMAL_PLACES = 2
LIKE_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class CellContent:
    """What a cell holds, as the file writes it: ``text`` of a string or a number, and the formula that gives it."""

    text: str
    string: bool = False
    formula: str = ""

    @property
    def like_formula(self) -> bool:
        """Whether a text begins as a formula would: it is marked, so that it stays text when edited."""
        return self.string and not self.formula and self.text.startswith(LIKE_FORMULA)

    @property
    def places(self) -> int:
        """How many decimals a number has."""
        return 0 if self.string else len(self.text.partition(".")[2])


EMPTY = CellContent("")


def content_of(kind: CellKind, value: CellValue) -> CellContent:
    """A value as a column of ``kind`` writes it."""
    if value is None:
        return EMPTY
    if isinstance(value, Formula):
        given = content_of("text" if isinstance(value.value, str) else kind, value.value)
        return CellContent(given.text, given.string, value.text)
    if isinstance(value, date):
        return CellContent(str((value - EPOCH).days)) if value >= FIRST_DAY else CellContent(value.isoformat(), True)
    if isinstance(value, str):
        return CellContent(clean(value), True) if value else EMPTY
    return CellContent(number(kind, value))


def number(kind: CellKind, value: int | Decimal | Fraction) -> str:
    """A number in digits: cents as euros, quantities without zeros at the end, prices with two decimals at least."""
    if kind == "money" and isinstance(value, int):
        return cents(value)
    if isinstance(value, int):
        return str(value)
    exact = (
        value if isinstance(value, Decimal) else rounded(value, PERCENT_PLACES if kind == "percent" else SHOWN_PLACES)
    )
    text = format(without_zeros(exact), "f")
    short = DECIMAL_PLACES - len(text.partition(".")[2]) if kind == "price" else 0
    return text if short <= 0 else text + ("" if "." in text else ".") + "0" * short


def cents(amount: int) -> str:
    """Whole cents in euros: -5 is -0.05."""
    units, rest = divmod(abs(amount), 100)
    return f"{'-' if amount < 0 else ''}{units}.{rest:02}"


def cell(ref: str, held: CellContent, style: int) -> str:
    """One cell as XML."""
    return f'<c r="{ref}"{tail(held, style)}'


def tail(held: CellContent, style: int) -> str:
    """One cell as XML after its place: cells that hold the same share it."""
    if held.formula:
        kind = ' t="str"' if held.string else ""
        return f' s="{style}"{kind}><f>{escape(held.formula)}</f><v>{escape(held.text)}</v></c>'
    if not held.text:
        return f' s="{style}"/>'
    if held.string:
        kept = ' xml:space="preserve"' if held.text != held.text.strip() else ""
        return f' s="{style}" t="inlineStr"><is><t{kept}>{escape(held.text)}</t></is></c>'
    return f' s="{style}"><v>{held.text}</v></c>'


def row(number: int, cells: Iterable[str], height: float | None = None) -> str:
    """One row as XML; ``height`` in points."""
    tall = f' ht="{height}" customHeight="1"' if height else ""
    return f'<row r="{number}"{tall}>{"".join(cells)}</row>'


def letters(count: int) -> list[str]:
    """The letters of the first columns."""
    return [get_column_letter(n) for n in range(1, count + 1)]


def placed(held: CellContent, names: Mapping[str, str], column: int, number: int) -> CellContent:
    """A content whose formula names cells of its row, as it stands in a column (from 0) of the row ``number``.

    ``{net}`` is the cell of the column ``net``, ``{before}`` the one to the left.
    """
    if "{" not in held.formula:
        return held
    refs = {key: f"{letter}{number}" for key, letter in names.items()}
    before = f"{get_column_letter(column)}{number}" if column else ""
    return CellContent(held.text, held.string, held.formula.format(before=before, **refs))
