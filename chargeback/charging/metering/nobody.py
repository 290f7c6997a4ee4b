"""Use that leads to nobody, by the identifier that its rows name, with the known identifier nearest to it. Pure."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from fractions import Fraction

from chargeback.charging.metering.answers import Measured
from chargeback.charging.metering.cells import Cell
from chargeback.model.facts import Facts
from chargeback.model.grammar import EXPONENT
from chargeback.model.money import short
from chargeback.model.period import Period, Span
from chargeback.model.problem import SHOWN_ALIKE, Notice, Place, counted

COMPARISONS = 200_000
USAGE = Place("usage")
Placed = Callable[[tuple["OfNobody", ...]], Mapping[int, Place]]


@dataclass(frozen=True, slots=True)
class OfNobody:
    """Use of nobody: the usage rows of a month that name one identifier and lead to no member in force.

    Attributes:
        column: ``member_id`` or ``resource_id``; ``""`` for rows that name neither.
        name: the identifier; ``""`` likewise.
        cells: cells of the rows, each with the days of its part.
    """

    column: str
    name: str
    cells: tuple[tuple[Cell, Span], ...]

    @property
    def rows(self) -> int:
        """Number of rows."""
        return sum(cell.samples for cell, _ in self.cells)


def of_nobody(measured: Measured) -> tuple[OfNobody, ...]:
    """Use of nobody by identifier, members first, each in the order of the names."""
    found: dict[tuple[str, str], list[tuple[Cell, Span]]] = defaultdict(list)
    for cell in measured.attribution.unattributed:
        column = "member_id" if cell.member_id else "resource_id" if cell.resource_id else ""
        found[column, cell.member_id or cell.resource_id or ""].append((cell, measured.parts[cell.part]))
    return tuple(OfNobody(column, name, tuple(cells)) for (column, name), cells in sorted(found.items()))


def nobody_notices(found: tuple[OfNobody, ...], facts: Facts, period: Period, placed: Placed) -> Iterator[Notice]:
    """Notice of each identifier that leads to nobody, at the first row that names it; of many, the first ones."""
    known = {"member_id": {m.member_id for m in facts.members}, "resource_id": {r.resource_id for r in facts.resources}}
    listed, more = found[:SHOWN_ALIKE], found[SHOWN_ALIKE:]
    places = placed(listed) if listed else {}
    compared = 0
    for number, each in enumerate(listed):
        names = known.get(each.column, set())
        compared += len(names)
        near = nearest(each.name, names) if compared <= COMPARISONS else None
        message = f"{_said(each, names, period)}: {_amounts(each)} billed to nobody"
        message += f'; did you mean "{near}"?' if near is not None else ""
        yield Notice(places.get(number, USAGE), message, "usage-of-nobody", each.rows)
    if more:
        rows = sum(each.rows for each in more)
        message = f"{counted(rows, 'row')} of {len(more)} more identifiers lead to nobody in {period}"
        yield Notice(USAGE, message, "usage-of-nobody", rows)


def _said(each: OfNobody, names: Collection[str], period: Period) -> str:
    if not each.column:
        return f"rows of {period} name neither a member nor a resource"
    if each.column == "member_id":
        unknown = each.name not in names
        why = "is no member of members.csv" if unknown else f"is a member who is not in force then in {period}"
    elif each.name in names:
        why = f"belongs to no member in force then in {period}"
    else:
        why = "is not in resources.csv"
    return f'{each.column} "{each.name}" {why}'


def _amounts(each: OfNobody) -> str:
    """Rows and sum of each meter, in words."""
    by_meter: dict[str, list[Cell]] = defaultdict(list)
    for cell, _ in each.cells:
        by_meter[cell.meter].append(cell)
    return ", ".join(
        f"{counted(sum(c.samples for c in cells), 'row')} of {meter} "
        f"({short(sum((c.total for c in cells), Fraction(0)))} in all)"
        for meter, cells in sorted(by_meter.items())
    )


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Known identifier that an unknown one resembles: but for case and spaces, for digits cut by a spreadsheet, or for
    some characters; None where none does, or where it is known itself."""
    names = sorted(known)
    if name in names or not name:
        return None
    plain = {_plain(other): other for other in names}
    if _plain(name) in plain:
        return plain[_plain(name)]
    if EXPONENT.fullmatch(name):
        return _of_digits(name, names)
    close = get_close_matches(_plain(name), plain, 1)
    return plain[close[0]] if close else None


def _plain(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())


def _of_digits(name: str, names: Iterable[str]) -> str | None:
    """Identifier whose digits a spreadsheet shows as 8.93301E+18."""
    written, _, exponent = name.lower().partition("e")
    begins = written.replace(".", "").rstrip("0")
    if not begins.isdigit() or len(exponent) > 3:
        return None
    length = len(written.partition(".")[0]) + int(exponent)
    return next((n for n in names if n.isdigit() and len(n) == length and _rounds(n, len(begins), begins)), None)


def _rounds(name: str, places: int, begins: str) -> bool:
    """Whether the first digits of a name, cut or rounded, are those given."""
    cut = int(name[:places])
    return str(cut) == begins or str(cut + (name[places : places + 1] >= "5")) == begins
