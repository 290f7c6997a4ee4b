"""What a month rests on, as digests: registers, rules and settings, costs and usage, each up to its end.

Where nothing of it has changed since the ledger last looked at a month, the month comes to what it came to then. This only
saves time: a month that is computed again gives the same.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from chargeback import __version__
from chargeback.charging.questions import earlier, year_span
from chargeback.ledger.rule_terms import moving
from chargeback.model.period import Period, Span, instant
from chargeback.model.rules import parts_of
from chargeback.store.database import LoadedFile
from chargeback.store.sql import statement
from chargeback.workspace.inputs import Inputs

if TYPE_CHECKING:
    from chargeback.store.database import Store

NOT_HASHED = "-"
TAG = "tag:"
CAUSES = ("usage", "costs", "registers", "rules")
REGISTERS = ("members.csv", "groups.csv", "drivers.csv", "subscriptions.csv", "resources.csv", "standalone/", "budget/")

RegisterText = tuple[str, date, date | None, str]  # register, first day, end, what it says


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What a month rests on. ``registers``: a digest for each of ``REGISTERS``, with dots between; ``files``: the usage files that
    reach into its days; ``content``: their rows on those days, ``-`` where no file has others, for then the files alone say it.
    ``str`` and ``read`` are how the ledger keeps it."""

    rules: str
    registers: str
    costs: str
    files: str
    content: str

    def __str__(self) -> str:
        return ":".join((self.rules, self.registers, self.costs, self.files, self.content))

    @classmethod
    def read(cls, text: str) -> Fingerprint | None:
        """A basis as the ledger keeps it; None where it keeps none that holds."""
        parts = text.split(":")
        return cls(*parts) if len(parts) == 5 and parts[1].count(".") == len(REGISTERS) - 1 else None

    def changed(self, now: Fingerprint) -> tuple[str, ...]:
        """What is not as it was, of ``CAUSES``; none when a month rests on the same."""
        same = self.files == now.files or (self.content == now.content != NOT_HASHED)
        found = {"usage": not same, "costs": self.costs != now.costs}
        found |= {"registers": self.registers != now.registers, "rules": self.rules != now.rules}
        return tuple(name for name in CAUSES if found[name])

    def registers_changed(self, now: Fingerprint) -> frozenset[str]:
        """The registers that are not as they were, of ``REGISTERS``."""
        pairs = zip(REGISTERS, self.registers.split("."), now.registers.split("."), strict=True)
        return frozenset(name for name, before, after in pairs if before != after)


@dataclass(slots=True)
class Fingerprints:
    """The bases of the months of a workspace, as they are now; what they share is read once."""

    inputs: Inputs
    store: Store
    _files: tuple[LoadedFile, ...] = field(init=False)
    _costs: Mapping[str, str] = field(init=False)
    _rows: Sequence[RegisterText] = field(init=False)
    _tags: str = field(init=False)

    def __post_init__(self) -> None:
        self._files = tuple(f for f in self.store.usage_files() if f.first_us is not None)
        self._costs = _costs(self.store)
        self._rows = sorted(_rows(self.inputs), key=lambda row: (row[0], row[3]))
        self._tags = _tags(self.store)

    def of(self, period: Period) -> Fingerprint:
        """What a month rests on now."""
        spans = self.spans(period)
        content = "\n".join(self._content(span) for span in spans)
        return Fingerprint(
            rules=_digest(self._rules(period)),
            registers=".".join(_digest(self._register(name, period)) for name in REGISTERS),
            costs=_digest(self._costs.get(month, "") for month in self._months(period)),
            files=_digest(sorted({f.sha256 + f.zone for span in spans for f in self._reaching(span)})),
            content=_digest([content]) if content.strip("\n" + NOT_HASHED) else NOT_HASHED,
        )

    def spans(self, period: Period) -> tuple[Span, ...]:
        """The days of which a month counts the use: its own, the year to date or last year, the years of its true-ups."""
        found = {period.span, *earlier(self.inputs.rules, period)}
        return tuple(sorted(found | {year_span(year) for year in self._years(period)}))

    def _years(self, period: Period) -> list[int]:
        return sorted(year for year, month in self.inputs.settings.true_ups.items() if month == period)

    def _months(self, period: Period) -> list[str]:
        years = (str(Period(year, month)) for year in self._years(period) for month in range(1, 13))
        return [str(period), *years]

    def reaching(self, period: Period) -> tuple[LoadedFile, ...]:
        """The usage files that may have rows in a month, by path."""
        return tuple(self._reaching(period.span))

    def counted_before(self, period: Period) -> tuple[LoadedFile, ...]:
        """The usage files that may have rows on the days before a month that it counts, by path."""
        found = {f.path: f for span in earlier(self.inputs.rules, period) for f in self._reaching(span)}
        return tuple(found[path] for path in sorted(found))

    def _reaching(self, span: Span) -> list[LoadedFile]:
        start, end = self._bounds(span)
        return [f for f in self._files if (f.first_us or 0) < end and (f.last_us or 0) >= start]

    def _bounds(self, span: Span) -> tuple[int, int]:
        zone = self.inputs.settings.zone
        return instant(span.start, zone), instant(span.end, zone)

    def _content(self, span: Span) -> str:
        """The rows of some days, where a file has other rows as well."""
        start, end = self._bounds(span)
        if all((f.first_us or 0) >= start and (f.last_us or 0) < end for f in self._reaching(span)):
            return NOT_HASHED
        sql = statement("load/content_of_usage", tags=self._tags)
        rows = self.store.connection.execute(sql, {"from_us": start, "to_us": end}).fetchall()
        return f"{span.start} {span.end} {rows[0]}"

    def _register(self, name: str, period: Period) -> Iterator[str]:
        """Every row that begins before the end of the month, its own end only where that is before it too."""
        end = period.end
        for of, start, stop, text in self._rows:
            if of == name and start < end:
                yield f"{start} {stop if stop is not None and stop < end else ''} {text}"
        if name == "budget/":
            yield from sorted(
                repr((b.year, b.pool, b.amount)) for b in self.inputs.facts.budgets if b.year == period.year
            )

    def _rules(self, period: Period) -> Iterator[str]:
        """The terms of every version in force, with its days; what the settings and the program make of them."""
        settings = self.inputs.settings
        yield repr((__version__, settings.zone.key, settings.transfer_method, settings.transfer_order))
        for days in (period.span, *map(year_span, self._years(period))):
            for rule in sorted(self.inputs.rules, key=lambda r: r.id):
                for version, span in parts_of(rule, days) if rule.kind != "baseline" else ():
                    yield f"{span} {json.dumps(moving(rule, version), sort_keys=True)}"
        yield from (self._called(year) for year in self._years(period))

    def _called(self, year: int) -> str:
        """What the ledger holds of a year that a true-up counts."""
        rows = self.store.connection.execute(statement("ledger/entries_of_year"), {"year": f"{year:04d}"}).fetchall()
        return f"true-up {year} {rows}"


def _digest(texts: Iterable[str]) -> str:
    found = sha256()
    for text in texts:
        found.update(text.encode())
        found.update(b"\n")
    return found.hexdigest()[:32]


def _costs(store: Store) -> Mapping[str, str]:
    """What was booked to each month, as a text."""
    found: dict[str, list[tuple[Any, ...]]] = {}
    for period, *row in store.connection.execute(statement("load/costs_by_pool")).fetchall():
        found.setdefault(period, []).append(tuple(row))
    return {period: repr(rows) for period, rows in found.items()}


def _tags(store: Store) -> str:
    """An expression for the tags of a row as one text, absent ones left out."""
    columns = sorted(store.tag_columns())
    if not columns:
        return "''"
    named = ((column.replace("'", "''"), column.replace('"', '""')) for column in columns)
    return "concat_ws(chr(30), " + ", ".join(f"""'{text}' || chr(31) || "{name}\"""" for text, name in named) + ")"


def _rows(inputs: Inputs) -> Iterator[RegisterText]:
    """Every row of the registers that an amount may rest on."""
    facts = inputs.facts
    for m in facts.members:
        yield "members.csv", m.valid_from, m.valid_to, repr(("member", m.member_id, m.kind, m.successor))
    for g in facts.groups:
        yield "groups.csv", g.valid_from, g.valid_to, repr(("group", g.group, g.member_id))
    for name, levels in (("drivers.csv", facts.drivers), ("subscriptions.csv", facts.subscriptions)):
        for level in levels:
            yield name, level.valid_from, level.valid_to, f"{level.member_id} {level.name} {level.value.normalize()}"
    for r in facts.resources:
        yield "resources.csv", r.valid_from, r.valid_to, repr(("resource", r.resource_id, r.member_id))
    for c in facts.coalitions:
        yield "standalone/", c.valid_from, c.valid_to, repr(("coalition", c.game, c.coalition, c.cost))
