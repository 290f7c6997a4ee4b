"""Cost files: CSV, and XLSX workbooks whose sheets have the header. Amounts have two decimals at most.

An amount is negative for a refund. In a workbook a number is read with 15 significant digits, as Excel shows it, a
formula by its stored value. A date that is the first of a month is that month, because Excel makes a date of
``2026-01``. Sheets that name none of the columns are not read.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chargeback.model.facts import Hidden
from chargeback.model.grammar import SIGNIFICANT, FieldError, bad_id, bad_line, without_zeros
from chargeback.model.problem import Place, Problem, plain
from chargeback.workspace.files.cells import cents, period, quoted
from chargeback.workspace.files.csv_files import Columns, header_problems, open_table

if TYPE_CHECKING:
    from openpyxl.cell.cell import Cell, MergedCell
    from openpyxl.worksheet.worksheet import Worksheet

COSTS = Columns(("period", "pool", "account", "label", "amount", "document"))
NAMED = (("pool", bad_id), ("account", bad_id), ("label", bad_line), ("document", bad_line))


@dataclass(frozen=True, slots=True)
class CostRow:
    """Booked cost, as text but for its amount.

    Attributes:
        line: line of a CSV file; None in a workbook.
        cell: cell of a workbook; '' in a CSV file.
        period: month that the cost is booked to, ``YYYY-MM``.
        pool: pool that bears it.
        account: account of the books.
        label: what it is for.
        cents: amount, negative for a refund.
        document: reference of the supplier's document.
        hidden: whether its row, or its whole sheet, is hidden in a workbook.
    """

    line: int | None
    cell: str
    period: str
    pool: str
    account: str
    label: str
    cents: int
    document: str
    hidden: Hidden = ""


@dataclass(frozen=True, slots=True)
class TextRow:
    """Row as text, with the place of each of its cells, by column, and whether a workbook hides it."""

    cells: dict[str, str]
    places: dict[str, Place]
    hidden: Hidden = ""


def read_costs(root: Path, path: str) -> tuple[list[CostRow], list[Problem]]:
    """Costs of one file, and every problem of it."""
    problems: list[Problem] = []
    written = _workbook(root, path, problems) if path.lower().endswith(".xlsx") else _csv(root, path, problems)
    rows = [row for row in (_cost(w, problems) for w in written) if row]
    return rows, problems


def _csv(root: Path, path: str, problems: list[Problem]) -> Iterator[TextRow]:
    table = open_table(root, path, COSTS, problems)
    for line, cells in table.rows() if table else ():
        place = Place(path, line)
        yield TextRow(dict(zip(table.header if table else (), cells, strict=True)), dict.fromkeys(COSTS.known, place))


def _cost(row: TextRow, problems: list[Problem]) -> CostRow | None:
    mistakes = list(_mistakes(row))
    problems += mistakes
    if mistakes:
        return None
    cells, place = row.cells, row.places["period"]
    return CostRow(
        place.line,
        place.cell,
        cells["period"],
        cells["pool"],
        cells["account"],
        cells["label"],
        cents(cells["amount"]),
        cells["document"],
        row.hidden,
    )


def _mistakes(row: TextRow) -> Iterator[Problem]:
    raw = plain(",".join(row.cells.values()))
    for column, read in (("period", period), ("amount", cents)):
        try:
            read(row.cells[column])
        except FieldError as wrong:
            yield Problem(row.places[column], f"{column} {wrong} (row: {raw})", wrong.code)
    if not row.cells["pool"].strip():
        message = f"pool is empty: a cost says which pool bears it (row: {raw})"
        yield Problem(row.places["pool"], message, "empty-cell")
    for column, check in NAMED:
        bad = check(row.cells[column]) if row.cells[column].strip() or column != "pool" else None
        if bad:
            yield Problem(row.places[column], f"{column} {bad} (row: {raw})", bad.code)


def _workbook(root: Path, path: str, problems: list[Problem]) -> Iterator[TextRow]:
    try:
        sheets = _sheets(root / path)
    except Exception as error:
        problems.append(_unreadable(path, error))
        return
    headed = [(sheet, header) for sheet in sheets if (header := _header(sheet)) and set(header) & set(COSTS.known)]
    if not headed:
        message = f"no sheet of the workbook has the columns {', '.join(COSTS.required)} in its first row"
        problems.append(Problem(Place(path), message, "missing-column"))
    formulas = _Formulas(root / path)
    for sheet, header in headed:
        wrong = header_problems(path, header, COSTS)
        problems += [Problem(Place(path, cell=f"{sheet.title}!A1"), p.message, p.code) for p in wrong]
        if not wrong:
            yield from _sheet_rows(path, sheet, header, formulas, problems)


@dataclass(slots=True)
class _Formulas:
    """Cells of a workbook that are formulas: read only when a cell has no value."""

    path: Path
    _cells: set[tuple[str, str]] | None = None

    def __contains__(self, cell: tuple[str, str]) -> bool:
        if self._cells is None:
            self._cells = {
                (sheet.title, written.coordinate)
                for sheet in _sheets(self.path, data_only=False)
                for row in sheet.iter_rows()
                for written in row
                if written.data_type == "f"
            }
        return cell in self._cells


def _sheets(path: Path, data_only: bool = True) -> list[Worksheet]:
    import openpyxl

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return list(openpyxl.load_workbook(path, data_only=data_only).worksheets)


def _unreadable(path: str, error: Exception) -> Problem:
    reason = plain(str(error).splitlines()[0]) if str(error) else type(error).__name__
    message = f"the workbook cannot be read ({reason}): open it in a spreadsheet and save it again as .xlsx, or as CSV"
    return Problem(Place(path), message, "unreadable-workbook")


def _header(sheet: Worksheet) -> list[str]:
    """Names in the first row, without the empty cells at its end."""
    names = ["" if cell.value is None else str(cell.value) for cell in next(sheet.iter_rows(max_row=1), ())]
    while names and not names[-1]:
        names.pop()
    return names


def _sheet_rows(
    path: str, sheet: Worksheet, header: Sequence[str], formulas: _Formulas, problems: list[Problem]
) -> Iterator[TextRow]:
    for row in sheet.iter_rows(min_row=2):
        cells, places, good = {}, {}, True
        for index, cell in enumerate(row):
            place = Place(path, cell=f"{sheet.title}!{cell.coordinate}")
            name = header[index] if index < len(header) else ""
            try:
                text = _text(name, cell, formulas)
                if text and not name:
                    raise FieldError(
                        "too-long-row", f"{quoted(text)} stands outside the columns of the header: take it out"
                    )
            except FieldError as wrong:
                problems.append(Problem(place, f"{name} {wrong}".strip(), wrong.code))
                good = False
                continue
            if name:
                cells[name], places[name] = text, place
        if good and any(cells.values()):
            yield TextRow(cells, places, _hidden(sheet, row[0].row))


def _hidden(sheet: Worksheet, row: int | None) -> Hidden:
    """Whether a sheet, or a row of it, by hand or by a filter, is not shown."""
    if sheet.sheet_state != "visible":
        return "sheet"
    return "row" if row is not None and row in sheet.row_dimensions and sheet.row_dimensions[row].hidden else ""


def _text(column: str, cell: Cell | MergedCell, formulas: _Formulas) -> str:
    """Text of the cell as a CSV file would have it."""
    value: Any = cell.value
    if value is None:
        if column and (cell.parent.title, cell.coordinate) in formulas:
            raise FieldError(
                "formula-error", "is a formula without a stored value: open the workbook in a spreadsheet and save it"
            )
        return ""
    if getattr(cell, "data_type", "") == "e":
        raise FieldError("formula-error", f"{quoted(str(value))} is an error of a formula: correct it in the workbook")
    if isinstance(value, datetime) and column == "period" and value == datetime(value.year, value.month, 1):
        return f"{value.year:04d}-{value.month:02d}"
    if isinstance(value, bool):
        raise FieldError("bad-cell", f"is {str(value).upper()}: expected text or a number")
    if isinstance(value, int | float):
        return _shown(value)
    return str(value)


def _shown(value: int | float) -> str:
    """Number with 15 significant digits, without exponent."""
    return without_zeros(format(Decimal(format(value, f".{SIGNIFICANT}g")), "f"))
