"""Cells as SpreadsheetML (ECMA-376, 18.3.1.4). Numbers are written digit by digit: binary floats are not exact."""

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
    """Content of a cell, as the file writes it.

    Attributes:
        text: the string, or the digits of a number.
        string: whether it is a string.
        formula: formula whose result the text is; '' for none.
    """

    text: str
    string: bool = False
    formula: str = ""

    @property
    def like_formula(self) -> bool:
        """Whether a text begins like a formula: it is marked, so that it remains a text when it is edited."""
        return self.string and not self.formula and self.text.startswith(LIKE_FORMULA)

    @property
    def places(self) -> int:
        """Number of decimals of a number; 0 for a string."""
        return 0 if self.string else len(self.text.partition(".")[2])


EMPTY = CellContent("")


def content_of(kind: CellKind, value: CellValue) -> CellContent:
    """Content of a value in a column of a kind."""
    if value is None:
        return EMPTY
    if isinstance(value, Formula):
        result = content_of("text" if isinstance(value.value, str) else kind, value.value)
        return CellContent(result.text, result.string, value.text)
    if isinstance(value, date):
        return CellContent(str((value - EPOCH).days)) if value >= FIRST_DAY else CellContent(value.isoformat(), True)
    if isinstance(value, str):
        return CellContent(clean(value), True) if value else EMPTY
    return CellContent(number(kind, value))


def number(kind: CellKind, value: int | Decimal | Fraction) -> str:
    """Digits of a number: cents as euros, quantities without final zeros, prices with two decimals at least."""
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
    """Euros of whole cents, in digits: -5 is -0.05."""
    units, rest = divmod(abs(amount), 100)
    return f"{'-' if amount < 0 else ''}{units}.{rest:02}"


def cell(ref: str, content: CellContent, style: int) -> str:
    """XML of a cell at a reference as ``B4``, with the number of its style."""
    return f'<c r="{ref}"{tail(content, style)}'


def tail(content: CellContent, style: int) -> str:
    """XML of a cell after its reference: the same for all cells with the same content and style."""
    if content.formula:
        kind = ' t="str"' if content.string else ""
        return f' s="{style}"{kind}><f>{escape(content.formula)}</f><v>{escape(content.text)}</v></c>'
    if not content.text:
        return f' s="{style}"/>'
    if content.string:
        kept = ' xml:space="preserve"' if content.text != content.text.strip() else ""
        return f' s="{style}" t="inlineStr"><is><t{kept}>{escape(content.text)}</t></is></c>'
    return f' s="{style}"><v>{content.text}</v></c>'


def row(number: int, cells: Iterable[str], height: float | None = None) -> str:
    """XML of a row; ``height`` in points."""
    tall = f' ht="{height}" customHeight="1"' if height else ""
    return f'<row r="{number}"{tall}>{"".join(cells)}</row>'


def letters(count: int) -> list[str]:
    """Letters of the first ``count`` columns."""
    return [get_column_letter(n) for n in range(1, count + 1)]


def placed(content: CellContent, names: Mapping[str, str], column: int, number: int) -> CellContent:
    """Content with the references of its formula filled in, for a column (from 0) of the row ``number``.

    ``{net}`` is the cell of the column ``net`` in the same row, ``{before}`` the one to the left.
    """
    if "{" not in content.formula:
        return content
    refs = {key: f"{letter}{number}" for key, letter in names.items()}
    before = f"{get_column_letter(column)}{number}" if column else ""
    return CellContent(content.text, content.string, content.formula.format(before=before, **refs))
