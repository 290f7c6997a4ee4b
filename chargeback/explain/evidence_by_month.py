"""Usage evidence of explained lines, month by month: each line counts the usage of the month that charged it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from chargeback.explain.evidence import Evidence, UsageEvidence
from chargeback.explain.explained_line import Explained
from chargeback.explain.usage_rows import UsageRow
from chargeback.model.period import Period
from chargeback.workflows.books import Books

PLACES = 100_000  # more than the lines that are recomputed for one adjustment


def with_evidence(books: Books, lines: Iterable[Explained]) -> tuple[Explained, ...]:
    """Lines with the usage that they count; an adjustment has that of the lines recomputed for it."""
    lines = tuple(lines)
    found: dict[int, tuple[Evidence, ...]] = {}
    for usage, parts in _by_month(books, lines):
        for place, evidence in usage.by_line({place: part.line for place, part in parts.items()}).items():
            found[place] = tuple(replace(each, same_rows_as=each.same_rows_as // PLACES) for each in evidence)
    return tuple(_with(line, found) for line in lines)


def all_rows(books: Books, lines: Iterable[Explained]) -> Iterator[tuple[int, UsageRow]]:
    """Every usage row behind lines, once a month, with the number of the first line that counts it."""
    for usage, parts in _by_month(books, lines):
        for place, row in usage.rows({place: part.line for place, part in parts.items()}):
            yield place // PLACES, row


def _with(line: Explained, found: Mapping[int, tuple[Evidence, ...]]) -> Explained:
    parts = dict(_places(line))
    if not line.recomputed:
        return replace(line, evidence=found.get(next(iter(parts), 0), ()))
    recomputed = tuple(replace(part, evidence=found.get(place, ())) for place, part in parts.items())
    return replace(line, recomputed=recomputed)


def _places(line: Explained) -> Iterator[tuple[int, Explained]]:
    """Parts of a line that count usage, by places in the order of lines: itself, or each line recomputed for it."""
    if line.adjusts:
        yield from ((line.number * PLACES + n, part) for n, part in enumerate(line.recomputed))
    else:
        yield line.number * PLACES, line


def _by_month(books: Books, lines: Iterable[Explained]) -> Iterator[tuple[UsageEvidence, dict[int, Explained]]]:
    """The usage of each month that charged some line, with the parts of lines by place."""
    found: dict[Period, dict[int, Explained]] = defaultdict(dict)
    for line in lines:
        for place, part in _places(line):
            found[part.month.period][place] = part
    inputs, con = books.inputs, books.store.connection
    for period, parts in sorted(found.items()):
        rules = {part.rule.id: part.rule for part in parts.values()}
        yield UsageEvidence(con, inputs.root, inputs.facts, inputs.settings.zone, period, rules.values()), parts
