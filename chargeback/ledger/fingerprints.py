"""Fingerprints: digests of all that a month is based on, and the ones under which the ledger last settled each month.

A month is based on registers, rules and settings, costs and usage, each up to its end. Where none of them has changed
since the ledger settled the month, the month amounts to what it did then and is not computed. This only saves time: a
month that is computed again gives the same.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from chargeback import __version__
from chargeback.charging.metering.rule_quantities import longest_step
from chargeback.charging.questions import prior_questions, year_span
from chargeback.ledger.entries import UNSETTLING
from chargeback.ledger.rule_terms import moving
from chargeback.model.charges import CAUSES, Cause
from chargeback.model.period import Period, Span, instant
from chargeback.model.rules import parts_of
from chargeback.store.database import LoadedFile
from chargeback.store.scan import ALL_ROWS, Window
from chargeback.store.sql import statement
from chargeback.store.sql.quoting import identifier, literal
from chargeback.workspace.inputs import Inputs

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from chargeback.store.database import Store

NOT_HASHED = "-"
REGISTERS = ("members.csv", "groups.csv", "drivers.csv", "subscriptions.csv", "resources.csv", "standalone/", "budget/")

RegisterText = tuple[str, date, date | None, str]  # register, first day, end, text of the row


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """Fingerprint of a month. ``str`` and ``read`` are how the ledger keeps it: the five parts with colons between.

    Attributes:
        rules: digest of the terms in force, the settings and the program.
        registers: a digest for each of ``REGISTERS``, with dots between.
        costs: digest of the costs booked to the month.
        files: digest of the usage files with rows that start or last on its days.
        content: digest of those rows; ``-`` where no file has rows of other days, so that ``files`` alone says it.
    """

    rules: str
    registers: str
    costs: str
    files: str
    content: str

    def __str__(self) -> str:
        return ":".join((self.rules, self.registers, self.costs, self.files, self.content))

    @classmethod
    def read(cls, text: str) -> Fingerprint | None:
        """Fingerprint as the ledger keeps it; None for ``""`` and for one of other registers."""
        parts = text.split(":")
        return cls(*parts) if len(parts) == 5 and parts[1].count(".") == len(REGISTERS) - 1 else None

    def changed(self, now: Fingerprint) -> tuple[Cause, ...]:
        """Causes by which a month may differ ``now``, in the order of ``CAUSES``; empty when it is based on the
        same."""
        same = self.files == now.files or (self.content == now.content != NOT_HASHED)
        found: dict[Cause, bool] = {"usage": not same, "costs": self.costs != now.costs}
        found |= {"registers": self.registers != now.registers, "rules": self.rules != now.rules}
        return tuple(name for name in CAUSES if found[name])

    def registers_changed(self, now: Fingerprint) -> frozenset[str]:
        """Registers, of ``REGISTERS``, that have changed."""
        pairs = zip(REGISTERS, self.registers.split("."), now.registers.split("."), strict=True)
        return frozenset(name for name, before, after in pairs if before != after)


@dataclass(slots=True)
class Fingerprints:
    """Fingerprints of the months of a workspace as it is now. What they share is read once.

    Attributes:
        inputs: the workspace as read.
        store: its store.
    """

    inputs: Inputs
    store: Store
    _files: tuple[LoadedFile, ...] = field(init=False)
    _costs: Mapping[str, str] = field(init=False)
    _rows: Sequence[RegisterText] = field(init=False)
    _tags: str = field(init=False)
    _step_us: int = field(init=False)

    def __post_init__(self) -> None:
        self._files = tuple(f for f in self.store.usage_files() if f.first_us is not None)
        self._costs = _costs(self.store)
        self._rows = sorted(_rows(self.inputs), key=lambda row: (row[0], row[3]))
        self._tags = _tags(self.store)
        self._step_us = longest_step(self.inputs.rules)

    def of(self, period: Period) -> Fingerprint:
        """Fingerprint of a month now."""
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
        """Days whose use a month counts: its own, the year to date or last year, the years of its true-ups."""
        found = {period.span, *prior_questions(self.inputs.rules, period)}
        return tuple(sorted(found | {year_span(year) for year in self._years(period)}))

    def _years(self, period: Period) -> list[int]:
        return sorted(year for year, month in self.inputs.settings.true_ups.items() if month == period)

    def _months(self, period: Period) -> list[str]:
        years = (str(Period(year, month)) for year in self._years(period) for month in range(1, 13))
        return [str(period), *years]

    def reaching(self, period: Period) -> tuple[LoadedFile, ...]:
        """Usage files that may have rows with time in a month, by path."""
        return tuple(self._reaching(period.span))

    def counted_before(self, period: Period) -> tuple[LoadedFile, ...]:
        """Usage files that may have rows on the earlier days that a month counts, by path."""
        found = {f.path: f for span in prior_questions(self.inputs.rules, period) for f in self._reaching(span)}
        return tuple(found[path] for path in sorted(found))

    def _reaching(self, span: Span) -> list[LoadedFile]:
        start, end = self._bounds(span)
        return [f for f in self._files if (f.first_us or 0) < end and (f.until_us or 0) > start]

    def _bounds(self, span: Span) -> tuple[int, int]:
        zone = self.inputs.settings.zone
        return instant(span.start, zone) - self._step_us, instant(span.end, zone)

    def _content(self, span: Span) -> str:
        """Rows of some days as a text, where a file has rows of other days as well."""
        start, end = self._bounds(span)
        if all((f.first_us or 0) >= start and (f.until_us or 0) <= end for f in self._reaching(span)):
            return NOT_HASHED
        window = Window(span, (span,), self.inputs.settings.zone)
        reaching = f"{ALL_ROWS.reaching(window)} and start_us < {start}"
        sql = statement("load/content_of_usage", tags=self._tags, reaching=reaching)
        rows = self.store.connection.execute(sql, {"from_us": start, "to_us": end}).fetchall()
        return f"{span.start} {span.end} {rows[0]}"

    def _register(self, name: str, period: Period) -> Iterator[str]:
        """Every row that begins before the end of the month; its own end only where that is before it too."""
        end = period.end
        for register, start, stop, text in self._rows:
            if register == name and start < end:
                yield f"{start} {stop if stop is not None and stop < end else ''} {text}"
        if name == "budget/":
            yield from sorted(
                repr((b.year, b.pool, b.amount)) for b in self.inputs.facts.budgets if b.year == period.year
            )

    def _rules(self, period: Period) -> Iterator[str]:
        """Terms of every version in force, with its days; the settings and the program that apply them."""
        settings = self.inputs.settings
        yield repr((__version__, settings.zone.key, settings.transfer_method, settings.transfer_order))
        for days in (period.span, *map(year_span, self._years(period))):
            for rule in sorted(self.inputs.rules, key=lambda r: r.id):
                for version, span in parts_of(rule, days) if rule.kind != "baseline" else ():
                    yield f"{span} {json.dumps(moving(rule, version), sort_keys=True)}"
        yield from (self._called(year) for year in self._years(period))

    def _called(self, year: int) -> str:
        """Entries of the ledger that hold charges of a year, which its true-up counts."""
        rows = self.store.connection.execute(statement("ledger/entries_of_year"), {"year": f"{year:04d}"}).fetchall()
        since = sorted((pool, str(month)) for pool, month in self.inputs.settings.called_since.items())
        return f"true-up {year} {rows} {since}" if since else f"true-up {year} {rows}"


def _digest(texts: Iterable[str]) -> str:
    found = sha256()
    for text in texts:
        found.update(text.encode())
        found.update(b"\n")
    return found.hexdigest()[:32]


def _costs(store: Store) -> Mapping[str, str]:
    """Costs booked to each month, as a text."""
    found: dict[str, list[tuple[Any, ...]]] = {}
    for period, *row in store.connection.execute(statement("load/costs_by_pool")).fetchall():
        found.setdefault(period, []).append(tuple(row))
    return {period: repr(rows) for period, rows in found.items()}


def _tags(store: Store) -> str:
    """SQL expression for the tags of a row as one text, absent ones left out."""
    columns = sorted(store.tag_columns())
    if not columns:
        return "''"
    return f"concat_ws(chr(30), {', '.join(f'{literal(c)} || chr(31) || {identifier(c)}' for c in columns)})"


def _rows(inputs: Inputs) -> Iterator[RegisterText]:
    """Every row of the registers that an amount may be based on."""
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


@dataclass(slots=True)
class LastSettled:
    """A month as the ledger last settled it.

    Attributes:
        sequence: entry that settled it; at first its own.
        fingerprint: fingerprint of today's knowledge: the one under which nothing was left to bill; None where a
            difference is not billed yet, or documents were drawn up again since.
        settled_fingerprint: fingerprint when it was last settled, whatever came after.
    """

    sequence: int
    fingerprint: Fingerprint | None
    settled_fingerprint: Fingerprint | None = None


def last_settled(con: DuckDBPyConnection) -> Mapping[Period, LastSettled]:
    """Every month of the ledger as it was last settled.

    An entry that leaves a difference of a month to bill records an empty fingerprint for it. An entry that draws up
    documents of a month again or credits an error of it, or of an adjustment of a month, makes its fingerprint unknown.
    """
    found: dict[Period, LastSettled] = {}
    for sequence, kind, period, months, texts, adjusted in con.execute(statement("ledger/last_settled")).fetchall():
        month = Period.parse(period)
        found.setdefault(month, LastSettled(sequence, None))
        if kind in UNSETTLING:
            for changed in (month, *map(Period.parse, adjusted)):
                if changed in found:
                    found[changed].fingerprint = None
        for name, text in zip(months, texts, strict=True):
            _record(found, Period.parse(name), sequence, Fingerprint.read(text))
    return found


def _record(found: dict[Period, LastSettled], month: Period, sequence: int, fingerprint: Fingerprint | None) -> None:
    settled = found.setdefault(month, LastSettled(sequence, None))
    settled.fingerprint = fingerprint
    if fingerprint is not None:
        settled.sequence, settled.settled_fingerprint = sequence, fingerprint


def inputs_of(con: DuckDBPyConnection, sequences: set[int]) -> dict[int, dict[str, str]]:
    """Files that entries are based on: sha256 by path, by number of the entry."""
    rows = con.execute(statement("ledger/inputs_of_entries"), {"sequences": sorted(sequences)}).fetchall()
    return {sequence: json.loads(inputs) if inputs else {} for sequence, inputs in rows}
