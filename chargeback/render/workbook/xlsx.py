"""XLSX package (ECMA-376) of laid out sheets: openpyxl writes the package, the rows are inserted as they are laid out.

openpyxl would write amounts through binary floats, formulas without their results, and the time of writing. So it is
given empty sheets, and its file is written again with the rows, fixed times and no date of creation. The same sheets
give the same bytes.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from openpyxl import Workbook
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.filters import AutoFilter
from openpyxl.worksheet.page import PageMargins
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.table import Table as ExcelTable
from openpyxl.worksheet.table import TableColumn
from openpyxl.worksheet.worksheet import Worksheet

from chargeback.render.workbook.layout import SheetLayout, TableShape, VerdictFormat
from chargeback.render.workbook.styles import BAD, BAD_FILL, GOOD, GOOD_FILL
from chargeback.render.workbook.tables import clean, literal

NO_TIME = (1980, 1, 1, 0, 0, 0)
A4 = 9
MOST_FOOTER = 80
MARGINS = {"left": 0.5, "right": 0.5, "top": 0.6, "bottom": 0.7, "header": 0.3, "footer": 0.35}
CORE = "docProps/core.xml"
SHEET_PART = re.compile(r"xl/worksheets/sheet([0-9]+)\.xml")
XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


@dataclass(frozen=True, slots=True)
class Properties:
    """Core properties of a package (ISO/IEC 29500-2), and the foot of its printed pages.

    Attributes:
        title: title.
        subject: subject.
        author: creator.
        language: language tag, as ``fr-FR``.
        footer: (left, right) of the foot; the right one may contain ``{page}`` and ``{pages}``.
    """

    title: str
    subject: str
    author: str
    language: str
    footer: tuple[str, str]


def xlsx(book: Workbook, sheets: Sequence[SheetLayout], properties: Properties) -> bytes:
    """Bytes of the package. ``book`` has the styles that the sheets refer to, and one sheet, which is removed."""
    book.remove(book.worksheets[0])
    for sheet in sheets:
        _add(book, sheet, properties)
    written = io.BytesIO()
    book.save(written)
    return _rewritten(written, sheets, properties)


def _add(book: Workbook, sheet: SheetLayout, properties: Properties) -> None:
    page = book.create_sheet(sheet.name)
    for number, width in enumerate(sheet.widths, start=1):
        page.column_dimensions[get_column_letter(number)].width = width
    page.sheet_view.showGridLines = False
    page.freeze_panes = sheet.freeze
    _print(page, sheet, properties)
    if sheet.table is not None:
        page.add_table(_table(sheet.table))
    for verdicts in sheet.verdicts:
        _colour(page, verdicts)


def _print(page: Any, sheet: SheetLayout, properties: Properties) -> None:
    """Page set-up of a sheet; openpyxl's stubs declare as optional what a new sheet always has."""
    page.page_setup.orientation = "landscape"
    page.page_setup.paperSize = A4
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
    page.sheet_properties.pageSetUpPr.fitToPage = True
    page.page_margins = PageMargins(**MARGINS)
    page.print_title_rows = f"1:{sheet.repeat}"
    page.print_area = f"A1:{sheet.printed or sheet.last}"
    for number in sheet.breaks:
        page.row_breaks.append(Break(id=number))
    left, right = properties.footer
    page.oddFooter.left.text = left[:MOST_FOOTER].replace("&", "&&")
    page.oddFooter.center.text = sheet.name.replace("&", "&&")
    page.oddFooter.right.text = right.replace("&", "&&").format(page="&P", pages="&N")


def _table(shape: TableShape) -> ExcelTable:
    table = ExcelTable(displayName=shape.name, ref=shape.ref)
    for number, column in enumerate(shape.columns, start=1):
        written = TableColumn(id=number, name=column.header)
        if shape.totals and column.total:
            written.totalsRowFunction = "sum"
        elif shape.totals and number == 1 and shape.total_label:
            written.totalsRowLabel = shape.total_label
        table.tableColumns.append(written)
    start, end = shape.ref.split(":")
    rows = int(re.sub(r"\D", "", end)) - (1 if shape.totals else 0)
    table.autoFilter = AutoFilter(ref=f"{start}:{re.sub(r'[0-9]', '', end)}{rows}")
    if shape.totals:
        table.totalsRowCount = 1
    else:
        table.totalsRowShown = False
    return table


def _colour(page: Worksheet, verdicts: VerdictFormat) -> None:
    first = verdicts.ref.split(":")[0]
    for word, colour, fill in ((verdicts.good, GOOD, GOOD_FILL), (verdicts.bad, BAD, BAD_FILL)):
        rule = FormulaRule(  # type: ignore[no-untyped-call]
            formula=[f"{first}={literal(word)}"],
            font=Font(color=colour, bold=True),
            fill=PatternFill(bgColor=fill, fill_type="solid"),
        )
        page.conditional_formatting.add(verdicts.ref, rule)


def _rewritten(written: io.BytesIO, sheets: Sequence[SheetLayout], properties: Properties) -> bytes:
    result = io.BytesIO()
    with ZipFile(written) as source, ZipFile(result, "w", ZIP_DEFLATED) as target:
        for name, content in _parts(source, sheets, properties):
            info = ZipInfo(name, NO_TIME)
            info.compress_type, info.create_system, info.external_attr = ZIP_DEFLATED, 0, 0
            target.writestr(info, content)
    return result.getvalue()


def _parts(source: ZipFile, sheets: Sequence[SheetLayout], properties: Properties) -> Iterator[tuple[str, bytes]]:
    """(name, bytes) of each part of the package as it is written; the content types first, as readers expect."""
    names = sorted(source.namelist(), key=lambda name: name != "[Content_Types].xml")
    for name in names:
        number = SHEET_PART.fullmatch(name)
        if name == CORE:
            yield name, _core(properties).encode()
        elif number:
            yield name, _filled(source.read(name).decode(), sheets[int(number[1]) - 1]).encode()
        else:
            yield name, source.read(name)


def _filled(xml: str, sheet: SheetLayout) -> str:
    """XML of an empty sheet with its rows, its true extent, and no warning on codes that look like numbers."""
    xml = re.sub(r'<dimension ref="[^"]*"', f'<dimension ref="A1:{sheet.last}"', xml, count=1)
    before, after = re.split(r"<sheetData ?/>|<sheetData></sheetData>", xml, maxsplit=1)
    if sheet.texts:
        ignored = f'<ignoredErrors><ignoredError sqref="{sheet.texts}" numberStoredAsText="1"/></ignoredErrors>'
        after = after.replace("<tableParts", f"{ignored}<tableParts", 1)
    return f"{before}<sheetData>{sheet.xml}</sheetData>{after}"


def _core(properties: Properties) -> str:
    fields = {
        "dc:creator": properties.author,
        "dc:title": properties.title,
        "dc:subject": properties.subject,
        "dc:language": properties.language,
    }
    inner = "".join(f"<{name}>{escape(clean(text))}</{name}>" for name, text in fields.items() if text)
    spaces = (
        'xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/"'
    )
    return f"{XML}<cp:coreProperties {spaces}>{inner}</cp:coreProperties>"
