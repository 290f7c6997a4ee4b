"""Sections of a page: their headings, and lists that are cut where the page has no room for all of their rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from chargeback.render.pdf.page import LEFT, MM, PageSheet
from chargeback.workspace.reports.wording import Wording

Item = TypeVar("Item")


def draw_section(sheet: PageSheet, title: str) -> None:
    """Heading of a section of a statement, with its entry in the outline."""
    sheet.bookmark(title, 1)
    sheet.text(LEFT, sheet.y, title, sheet.styles.section)
    sheet.y += 6 * MM


def cut_list(rows: Sequence[Item], most: int) -> tuple[list[Item], list[Item]]:
    """(rows to list, rows to add up in a last row) of a list of at most ``most`` rows, that last row included."""
    count = len(rows) if len(rows) <= most else most - 1
    return list(rows[:count]), list(rows[count:])


def draw_more(sheet: PageSheet, key: str, count: int, wording: Wording) -> None:
    """Number of rows that are not listed; nothing where all are."""
    if count > 0:
        sheet.text(LEFT, sheet.y, wording.plural(key, count), sheet.styles.note)
        sheet.y += 4.5 * MM
