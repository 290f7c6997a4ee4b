"""Files that came, changed or went after a closed month was settled: row by row, with what becomes of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from chargeback.billing.adjustments import Difference
from chargeback.charging.sharing.instalments import by_instalments
from chargeback.ledger.fingerprints import CAUSES, REGISTERS, Fingerprint, Fingerprints
from chargeback.ledger.looked_at import LastSettled, inputs_of
from chargeback.model.period import Period
from chargeback.model.problem import counted
from chargeback.model.quantity import Quantity
from chargeback.model.rules import DriverBound, Rule, parts_of
from chargeback.store.input_hashes import input_hashes
from chargeback.store.load.usage_records import lines_of_rows
from chargeback.store.sql import statement
from chargeback.workspace.inputs import Inputs
from chargeback.workspace.paths import SETTINGS

if TYPE_CHECKING:
    from chargeback.store.database import Store

MOST_RUNS = 5
LATE, CORRECTED, GONE = "late", "corrected", "taken out"


@dataclass(frozen=True, slots=True)
class LateFile:
    """A file of usage/ or costs/ that is not as it was when a month was settled.

    ``how``: ``late`` (it was not there), ``corrected``, ``taken out``. ``rows``: its rows of the month; ``lines``: on which
    lines they stand, in words; ``names``: their meters, or their pools. A file that was taken out says none of these.
    """

    path: str
    cause: str
    how: str
    rows: int = 0
    first: int | None = None
    lines: str = ""
    names: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class MonthChanges:
    """What is not as it was when a month was settled. ``cause``: of ``CAUSES``; ``others``: registers, tariff files and settings;
    ``new``: those that were not there. ``before``: usage files with rows on the days before it that a year to date counts."""

    month: Period
    causes: tuple[str, ...]
    files: tuple[LateFile, ...] = ()
    others: tuple[str, ...] = ()
    new_versions: frozenset[str] = frozenset()
    before: tuple[LateFile, ...] = ()

    def beside(self, cause: Collection[str]) -> tuple[str, ...]:
        """The registers and tariff files that are not as they were, as far as they are a cause; the settings where no rule is."""
        found = [path for path in self.others if _cause(path) in cause]
        rules = [path for path in found if _cause(path) == "rules"]
        return tuple(path for path in found if path != SETTINGS or rules == [SETTINGS])


def changes(
    inputs: Inputs,
    store: Store,
    bases: Fingerprints,
    moved: Mapping[Period, Fingerprint],
    looked: Mapping[Period, LastSettled],
) -> tuple[MonthChanges, ...]:
    """What changed under each month that does not rest on what it did."""
    known = inputs_of(store.connection, {looked[month].sequence for month in moved})
    hashes = input_hashes(inputs, store)
    return tuple(
        _Changed(inputs, store, bases, known.get(looked[month].sequence, {}), hashes).of(
            month, looked[month].settled_fingerprint, now
        )
        for month, now in moved.items()
    )


@dataclass(frozen=True, slots=True)
class _Changed:
    inputs: Inputs
    store: Store
    bases: Fingerprints
    known: Mapping[str, str]
    hashes: Mapping[str, str]

    def of(self, month: Period, before: Fingerprint | None, now: Fingerprint) -> MonthChanges:
        cause = before.changed(now) if before is not None else CAUSES
        files = [*self.usage(month)] if "usage" in cause else []
        files += [*self.costs(month)] if "costs" in cause else []
        files += [f for f in self.gone() if f.cause in cause]
        others = tuple(sorted(path for path in {*self.known, *self.hashes} if self.other(path) and self.moved(path)))
        if before is not None:
            kept = tuple(before.registers_changed(now))
            others = tuple(path for path in others if _cause(path) != "registers" or path.startswith(kept))
        else:
            others = tuple(path for path in others if path != SETTINGS)
            cause = tuple(c for c in CAUSES if c in {f.cause for f in files} | {_cause(p) for p in others})
        names = {path.rpartition("/")[2] for path in self.known}
        new = frozenset(path for path in others if self.known and path.rpartition("/")[2] not in names)
        earlier = tuple(self.before(month)) if "usage" in cause else ()
        return MonthChanges(month, cause, tuple(sorted(files, key=lambda f: f.path)), others, new, earlier)

    def moved(self, path: str) -> bool:
        return self.known.get(path) != self.hashes.get(path)

    def other(self, path: str) -> bool:
        return path == SETTINGS or path.startswith((*REGISTERS, f"{self.inputs.settings.tariffs or 'tariffs'}/"))

    def how(self, path: str, sha256: str) -> str:
        """How a file of the store differs from what was there; '' where its content was."""
        if sha256 in self.known.values():
            return ""
        return CORRECTED if path in self.known else LATE

    def usage(self, month: Period) -> Iterator[LateFile]:
        """Files with rows of the month whose content was not there."""
        files = {f.file_id: (f.path, how) for f in self.bases.reaching(month) if (how := self.how(f.path, f.sha256))}
        if not files:
            return
        start, end = month.bounds(self.inputs.settings.zone)
        values = {"files": sorted(files), "from_us": start, "to_us": end, "most": MOST_RUNS}
        rows = self.store.connection.execute(statement("load/rows_of_month"), values).fetchall()
        for file_id, (path, how) in files.items():
            own = [row for row in rows if row[0] == file_id]
            if own:
                runs = [(first, last) for _, first, last, *_ in own]
                at = lines_of_rows(self.inputs.root, path, {row for run in runs for row in run})
                lines = [(at.get(first, first), at.get(last, last)) for first, last in runs]
                _, _, _, count, of_runs, meters = own[0]
                told = in_words(lines, of_runs - len(lines), self.unit(path))
                yield LateFile(path, "usage", how, count, lines[0][0], told, frozenset(meters))

    def before(self, month: Period) -> Iterator[LateFile]:
        """Files with rows on the earlier days that a month counts whose content was not there."""
        for file in self.bases.counted_before(month):
            if how := self.how(file.path, file.sha256):
                yield LateFile(file.path, "usage", how)

    def unit(self, path: str) -> str:
        return "line" if path.lower().endswith(".csv") else "row"

    def costs(self, month: Period) -> Iterator[LateFile]:
        """Files with costs of the month whose content was not there."""
        stored = [f for f in self.store.files() if f.kind == "costs"]
        files = {f.file_id: (f.path, how) for f in stored if (how := self.how(f.path, f.sha256))}
        values = {"period": str(month), "files": sorted(files)}
        rows = self.store.connection.execute(statement("load/lines_of_month"), values).fetchall() if files else []
        for file_id, (path, how) in files.items():
            own = [row for row in rows if row[0] == file_id]
            if own:
                pools = frozenset(pool for *_, pool in own)
                if any(cell for _, _, cell, _ in own):
                    cells = [cell for _, _, cell, _ in own]
                    told = f"cells {', '.join(cells[:MOST_RUNS])}" + ("…" if len(cells) > MOST_RUNS else "")
                    yield LateFile(path, "costs", how, len(own), None, told, pools)
                else:
                    runs = _runs(line for _, line, _, _ in own)
                    told = in_words(runs[:MOST_RUNS], max(0, len(runs) - MOST_RUNS))
                    yield LateFile(path, "costs", how, len(own), runs[0][0], told, pools)

    def gone(self) -> Iterator[LateFile]:
        """Files that were there, of which neither the name nor the content is."""
        contents = set(self.hashes.values())
        for path, sha256 in self.known.items():
            cause = path.partition("/")[0]
            if cause in ("usage", "costs") and path not in self.hashes and sha256 not in contents:
                yield LateFile(path, cause, GONE)


def _cause(path: str) -> str:
    return "registers" if path.startswith(REGISTERS) else "rules"


def _runs(lines: Iterable[int]) -> list[tuple[int, int]]:
    """Lines on end together."""
    found: list[tuple[int, int]] = []
    for line in sorted(lines):
        if found and line == found[-1][1] + 1:
            found[-1] = (found[-1][0], line)
        else:
            found.append((line, line))
    return found


def in_words(runs: Sequence[tuple[int, int]], more: int, unit: str = "line") -> str:
    """``line 2``, ``lines 2-14, 20``, ``lines 2-14 and 3 more ranges``."""
    alone = len(runs) == 1 and runs[0][0] == runs[0][1] and not more
    told = ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in runs)
    return f"{unit if alone else unit + 's'} {told}" + (f" and {counted(more, 'more range')}" if more else "")


def explained(
    rows: Iterable[Difference], found: Iterable[MonthChanges], rules: Mapping[str, Rule], true_ups: Mapping[int, Period]
) -> tuple[Difference, ...]:
    """The differences with what is not as it was: files that their rule counts, registers, rules, a retroactive version.

    ``true_ups``: the month that bills the true-up of a year, which rests on the files of all its months.
    """
    by_month = {each.month: each for each in found}
    of_year = {
        (rule.id, true_ups.get(each.month.year)): [
            f for e in by_month.values() if e.month.year == each.month.year for f in e.files
        ]
        for each in by_month.values()
        for rule in rules.values()
        if by_instalments(rule, each.month.span)
    }
    return tuple(
        _explained(row, by_month[row.month], rules.get(row.rule), of_year.get((row.rule, row.month), ()))
        for row in rows
    )


def accumulates(rule: Rule | None) -> bool:
    """Whether a rule counts the use of the year to date."""
    return rule is not None and any(version.accumulate for version in rule.versions)


def _explained(row: Difference, changed: MonthChanges, rule: Rule | None, of_year: Iterable[LateFile]) -> Difference:
    """What a rule itself rests on and is not as it was; where that is nothing, as for a levy on other charges, all that is not."""
    before = {f.path: f for f in changed.before} if accumulates(rule) else {}
    files = [f for f in dict.fromkeys((*changed.files, *of_year)) if touches(f, rule)]
    files += [before[path] for path in sorted(before.keys() - {f.path for f in files})]
    retroactive = _retroactive(row, rule) if "rules" in changed.causes else ""
    own = rule.path if rule is not None else ""
    tariffs = [p for p in changed.others if _cause(p) == "rules" in changed.causes and (p == own or retroactive)]
    registers = [p for p in changed.others if _cause(p) == "registers" in changed.causes and _uses(rule, p)]
    if not files and not tariffs and not registers and not retroactive:
        files = list(changed.files)
        registers = [p for p in changed.beside(changed.causes) if _cause(p) == "registers"]
        tariffs = [p for p in changed.beside(changed.causes) if _cause(p) == "rules"]
    cause = {f.cause for f in files} | ({"rules"} if tariffs or retroactive else set())
    cause |= {"registers"} if registers else set()
    told = [f"{f.how} {f.path}" for f in files]
    told += [retroactive] if retroactive else [f"changed {p}" for p in tariffs]
    told += [f"changed {p}" for p in registers]
    return replace(row, causes=tuple(c for c in CAUSES if c in cause) or changed.causes, reason=", ".join(told))


def _retroactive(row: Difference, rule: Rule | None) -> str:
    """The version of the month that says it is retroactive, with its reason."""
    for version, _ in parts_of(rule, row.month.span) if rule is not None else ():
        if version.retroactive:
            return f"retroactive version of {version.valid_from}, {version.retroactive}"
    return ""


def touches(file: LateFile, rule: Rule | None) -> bool:
    """Whether a rule counts a meter of a file, or shares a pool of it; of a file that was taken out nobody can say."""
    if rule is None:
        return False
    if file.cause == "costs":
        return rule.kind == "allocation"
    meters = {part.meter for part in _parts(rule) if part.meter}
    return bool(meters & file.names) if file.names else bool(meters)


def _parts(rule: Rule) -> Iterator[Quantity]:
    """Every quantity that a rule counts, those of its keys and versions included."""
    keys = [key.quantity for version in rule.versions for key in version.keys]
    for quantity in (rule.quantity, *keys, *(version.quantity for version in rule.versions)):
        if quantity is not None:
            yield from quantity.parts


def _uses(rule: Rule | None, path: str) -> bool:
    """Whether the amounts of a rule rest on a register: members always, the others by what it counts and for whom."""
    if rule is None or path == "members.csv":
        return True
    parts, versions = [*_parts(rule)], rule.versions
    bounds = [bound for v in versions for bound in (v.floor, v.cap)]
    used = {
        "groups.csv": bool(rule.group),
        "drivers.csv": any(p.driver for p in parts) or any(isinstance(bound, DriverBound) for bound in bounds),
        "subscriptions.csv": any(p.subscription for p in parts),
        "resources.csv": any(p.meter for p in parts),
        "standalone": any(v.game for v in versions),
        "budget": any(v.by_instalments for v in versions),
    }
    return used.get(path.partition("/")[0], True)
