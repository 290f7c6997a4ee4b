"""Summary sheet: blocks of rows one below the other; the first is an Excel table, the others are rows with totals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from chargeback.render.workbook.cells import CellContent, cell, content_of, letters, placed, row
from chargeback.render.workbook.layout import (
    HEADER_HEIGHT,
    ROW_HEIGHT,
    SUBTITLE_HEIGHT,
    TITLE_HEIGHT,
    SheetLayout,
    TableShape,
    VerdictFormat,
    header_style,
    indent,
)
from chargeback.render.workbook.styles import CellStyle, Styles, alignment, number_format
from chargeback.render.workbook.tables import (
    HEADER_ROW,
    SUBTITLE_ROW,
    TITLE_ROW,
    CellKind,
    CellValue,
    Formula,
    SheetColumn,
    unique_headers,
    whole,
)
from chargeback.workspace.reports.wording import Wording

BlockCell = tuple[CellKind, CellValue]
BlockLine = tuple[BlockCell, ...]
WIDTHS = (60.0, 18.0, 18.0, 18.0, 18.0, 14.0, 14.0)
SECTION_HEIGHT, LINE_HEIGHT, LONG_HEADER, PAGE_LINES = 27.0, 16.5, 18, 35


@dataclass(frozen=True, slots=True)
class Block:
    """Block of rows under a title.

    Attributes:
        title: title.
        headers: header of each column.
        kinds: kind of each column.
        lines: rows of cells.
        totals: numbers of the columns added up in a last row, from 0; () for no such row.
    """

    title: str
    headers: tuple[str, ...]
    kinds: tuple[CellKind, ...]
    lines: Sequence[BlockLine]
    totals: tuple[int, ...] = ()

    @property
    def height(self) -> int:
        """Number of its rows: title, header, lines, totals."""
        return 2 + len(self.lines) + (1 if self.totals else 0)

    @property
    def columns(self) -> tuple[SheetColumn, ...]:
        found = zip(self.headers, self.kinds, strict=True)
        return unique_headers(
            [SheetColumn(f"column_{n}", header, kind) for n, (header, kind) in enumerate(found, start=1)]
        )


@dataclass(frozen=True, slots=True)
class Summary:
    """Contents of the summary sheet.

    Attributes:
        name: name of the sheet.
        table: name of the Excel table of the first block.
        title: title.
        answer: answer in one sentence, as a formula.
        blocks: blocks, from top to bottom.
        total_label: label of the rows of totals.
        answers: (good, bad) texts of the answer.
        verdicts: (good, bad) texts of the verdict on a row.
    """

    name: str
    table: str
    title: str
    answer: Formula
    blocks: Sequence[Block]
    total_label: str
    answers: tuple[str, str]
    verdicts: tuple[str, str]


def summary_sheet(summary: Summary, styles: Styles, wording: Wording) -> SheetLayout:
    """Layout of the summary sheet."""
    first = summary.blocks[0]
    layout = BlockLayout(styles, wording, summary.total_label)
    lines = [*_titles(summary, styles), *layout.block(first, HEADER_ROW, filtered=True)]
    end = HEADER_ROW + len(first.lines)
    ref = f"A{HEADER_ROW}:{letters(len(first.headers))[-1]}{end}"
    number, page, breaks = end + 2, 0, []
    for block in (b for b in summary.blocks[1:] if b.lines):
        if number - page + block.height > PAGE_LINES:
            page = number - 1
            breaks.append(page)
        lines.append(layout.section(block, number))
        lines += layout.block(block, number + 1)
        number += block.height + 1
    last = letters(len(WIDTHS))[-1]
    return SheetLayout(
        name=summary.name,
        xml="".join(lines),
        last=f"{last}{number - 2}",
        widths=WIDTHS,
        freeze=f"A{HEADER_ROW}",
        table=TableShape(summary.table, ref, first.columns, False, ""),
        texts="",
        verdicts=(
            VerdictFormat(f"A{SUBTITLE_ROW}", *summary.answers),
            VerdictFormat(f"A{HEADER_ROW + 1}:{last}{number}", *summary.verdicts),
        ),
        repeat=SUBTITLE_ROW,
        breaks=tuple(breaks),
    )


def _titles(summary: Summary, styles: Styles) -> Iterator[str]:
    large = styles.number(CellStyle(size=16, bold=True, colour=styles.accent))
    answer = styles.number(CellStyle(size=12, bold=True))
    yield row(TITLE_ROW, [cell(f"A{TITLE_ROW}", CellContent(summary.title, True), large)], TITLE_HEIGHT)
    content = content_of("text", summary.answer)
    yield row(SUBTITLE_ROW, [cell(f"A{SUBTITLE_ROW}", content, answer)], SUBTITLE_HEIGHT + 4)


@dataclass(frozen=True, slots=True)
class BlockLayout:
    """Writer of blocks as rows of XML.

    Attributes:
        styles: styles of the workbook.
        wording: texts and formats.
        total_label: label of the rows of totals.
    """

    styles: Styles
    wording: Wording
    total_label: str

    def section(self, block: Block, number: int) -> str:
        """Title row of a block, at row ``number``."""
        style = self.styles.number(CellStyle(size=12, bold=True, colour=self.styles.accent))
        return row(number, [cell(f"A{number}", CellContent(block.title, True), style)], SECTION_HEIGHT)

    def block(self, block: Block, number: int, filtered: bool = False) -> Iterator[str]:
        """Rows of a block: its header at row ``number``, its lines, its totals."""
        names = letters(len(block.headers))
        styles = [self.styles.number(header_style(column, self.styles, filtered)) for column in block.columns]
        cells = [
            cell(f"{a}{number}", CellContent(column.header, True), style)
            for a, column, style in zip(names, block.columns, styles, strict=True)
        ]
        long = any(len(header) > LONG_HEADER for header in block.headers)
        yield row(number, cells, HEADER_HEIGHT if long else ROW_HEIGHT + 5)
        for n, line in enumerate(block.lines, start=number + 1):
            yield self._line(line, n, CellStyle(rule="hair"))
        if block.totals:
            yield self._line(
                self._total(block, number), number + len(block.lines) + 1, CellStyle(bold=True, rule="total")
            )

    def _line(self, line: BlockLine, number: int, base: CellStyle) -> str:
        names = letters(len(line))
        own = {a: a for a in names}
        cells = [
            cell(f"{a}{number}", placed(content_of(kind, value), own, n, number), self._style(kind, base))
            for n, (a, (kind, value)) in enumerate(zip(names, line, strict=True))
        ]
        return row(number, cells, LINE_HEIGHT)

    def _style(self, kind: CellKind, base: CellStyle) -> int:
        return self.styles.number(
            replace(base, format=number_format(kind, self.wording), align=alignment(kind), indent=indent(kind))
        )

    def _total(self, block: Block, number: int) -> BlockLine:
        names = letters(len(block.headers))
        first, last = number + 1, number + len(block.lines)
        cells: list[BlockCell] = [("text", self.total_label)]
        for n, kind in enumerate(block.kinds[1:], start=1):
            added = sum(whole(line[n][1]) for line in block.lines)
            formula = Formula(f"SUM({names[n]}{first}:{names[n]}{last})", added)
            cells.append((kind, formula) if n in block.totals else ("text", None))
        return tuple(cells)
