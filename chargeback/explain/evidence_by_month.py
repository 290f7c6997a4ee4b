"""The usage behind explained lines, month by month: a line rests on the rows of the month that charged it, or charges it again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from chargeback.explain.evidence import Behind, Evidence, UsageRow
from chargeback.explain.explained_line import Explained
from chargeback.model.period import Period
from chargeback.workflows.books import Books

PLACES = 100_000  # more than the lines that an adjustment is charged again by


def with_evidence(books: Books, lines: Iterable[Explained]) -> tuple[Explained, ...]:
    """Lines with the usage that each rests on, and of an adjustment each line charged again."""
    lines = tuple(lines)
    found: dict[int, tuple[Evidence, ...]] = {}
    for behind, parts in _by_month(books, lines):
        for place, evidence in behind.of({place: part.line for place, part in parts.items()}).items():
            found[place] = tuple(replace(each, same_as=each.same_as // PLACES) for each in evidence)
    return tuple(_with(line, found) for line in lines)


def all_rows(books: Books, lines: Iterable[Explained]) -> Iterator[tuple[int, UsageRow]]:
    """Every usage row behind lines, each once a month, with the number of the first line it is behind."""
    for behind, parts in _by_month(books, lines):
        for place, row in behind.rows({place: part.line for place, part in parts.items()}):
            yield place // PLACES, row


def _with(line: Explained, found: Mapping[int, tuple[Evidence, ...]]) -> Explained:
    own = dict(_places(line))
    if not line.again:
        return replace(line, evidence=found.get(next(iter(own), 0), ()))
    again = tuple(replace(part, evidence=found.get(place, ())) for place, part in own.items())
    return replace(line, again=again)


def _places(line: Explained) -> Iterator[tuple[int, Explained]]:
    """What of a line rests on usage, by places that follow the numbers of lines: itself, or each line charged again."""
    if line.adjusts:
        yield from ((line.number * PLACES + n, part) for n, part in enumerate(line.again))
    else:
        yield line.number * PLACES, line


def _by_month(books: Books, lines: Iterable[Explained]) -> Iterator[tuple[Behind, dict[int, Explained]]]:
    """The usage of each month that lines rest on, with these by place."""
    found: dict[Period, dict[int, Explained]] = defaultdict(dict)
    for line in lines:
        for place, part in _places(line):
            found[part.month.period][place] = part
    for period, parts in sorted(found.items()):
        rules = {part.rule.id: part.rule for part in parts.values()}
        inputs = books.inputs
        zone = inputs.settings.zone
        yield Behind(books.store.connection, inputs.root, inputs.facts, zone, period, rules.values()), parts
