"""Late data: files and rules that have changed since a closed month was settled, with the rows of the month in them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from chargeback.ledger.fingerprints import REGISTERS, Fingerprint, Fingerprints, LastSettled, inputs_of
from chargeback.model.charges import CAUSES, Cause
from chargeback.model.period import Period
from chargeback.model.problem import counted
from chargeback.store.input_hashes import input_hashes
from chargeback.store.load.usage_records import lines_of_rows
from chargeback.store.sql import statement
from chargeback.workspace.inputs import Inputs
from chargeback.workspace.paths import SETTINGS

if TYPE_CHECKING:
    from chargeback.store.database import Store

MOST_RUNS = 5
FileChange = Literal["late", "corrected", "taken out"]  # it was not there; it had other content; it is no more


@dataclass(frozen=True, slots=True)
class LateFile:
    """File of usage/ or costs/ that has changed since a month was settled. A file taken out has no rows to show.

    Attributes:
        path: path in the workspace.
        cause: ``usage`` or ``costs``.
        how: how it has changed.
        rows: number of its rows of the month.
        first: line of the first one; None for a workbook.
        lines: lines of the rows, in words.
        names: meters or pools of the rows.
    """

    path: str
    cause: Cause
    how: FileChange
    rows: int = 0
    first: int | None = None
    lines: str = ""
    names: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class MonthChanges:
    """Changes under a month since it was settled.

    Attributes:
        month: the month.
        causes: what has changed.
        files: files of usage/ and costs/.
        others: registers, tariff files and settings, by path.
        new_versions: those of them that were not there.
        before: usage files with rows on earlier days, which a year to date counts.
    """

    month: Period
    causes: tuple[Cause, ...]
    files: tuple[LateFile, ...] = ()
    others: tuple[str, ...] = ()
    new_versions: frozenset[str] = frozenset()
    before: tuple[LateFile, ...] = ()

    def beside(self, causes: Collection[Cause]) -> tuple[str, ...]:
        """Registers and tariff files that have changed, as far as they are a cause; the settings where no rule is."""
        found = [path for path in self.others if cause_of(path) in causes]
        rules = [path for path in found if cause_of(path) == "rules"]
        return tuple(path for path in found if path != SETTINGS or rules == [SETTINGS])


def changes(
    inputs: Inputs,
    store: Store,
    fingerprints: Fingerprints,
    moved: Mapping[Period, Fingerprint],
    settled: Mapping[Period, LastSettled],
) -> tuple[MonthChanges, ...]:
    """Changes under each month of ``moved``, which has the fingerprint of today, since it was ``settled``."""
    known = inputs_of(store.connection, {settled[month].sequence for month in moved})
    hashes = input_hashes(inputs, store)
    return tuple(
        _Changed(inputs, store, fingerprints, known.get(settled[month].sequence, {}), hashes).of(
            month, settled[month].settled_fingerprint, now
        )
        for month, now in moved.items()
    )


@dataclass(frozen=True, slots=True)
class _Changed:
    """Files of the workspace against those of an entry: sha256 by path, ``known`` then and ``hashes`` now."""

    inputs: Inputs
    store: Store
    fingerprints: Fingerprints
    known: Mapping[str, str]
    hashes: Mapping[str, str]

    def of(self, month: Period, before: Fingerprint | None, now: Fingerprint) -> MonthChanges:
        """Changes under a month; without a fingerprint of ``before`` the files alone tell the causes."""
        causes = before.changed(now) if before is not None else CAUSES
        files = [*self.usage(month)] if "usage" in causes else []
        files += [*self.costs(month)] if "costs" in causes else []
        files += [f for f in self.gone() if f.cause in causes]
        others = tuple(sorted(path for path in {*self.known, *self.hashes} if self.other(path) and self.moved(path)))
        if before is not None:
            kept = tuple(before.registers_changed(now))
            others = tuple(path for path in others if cause_of(path) != "registers" or path.startswith(kept))
        else:
            others = tuple(path for path in others if path != SETTINGS)
            causes = tuple(c for c in CAUSES if c in {f.cause for f in files} | {cause_of(p) for p in others})
        names = {path.rpartition("/")[2] for path in self.known}
        new = frozenset(path for path in others if self.known and path.rpartition("/")[2] not in names)
        earlier = tuple(self.before(month)) if "usage" in causes else ()
        return MonthChanges(month, causes, tuple(sorted(files, key=lambda f: f.path)), others, new, earlier)

    def moved(self, path: str) -> bool:
        return self.known.get(path) != self.hashes.get(path)

    def other(self, path: str) -> bool:
        return path == SETTINGS or path.startswith((*REGISTERS, f"{self.inputs.settings.tariffs or 'tariffs'}/"))

    def how(self, path: str, sha256: str) -> FileChange | None:
        """How a file of the store has changed; None where its content was there, under any name."""
        if sha256 in self.known.values():
            return None
        return "corrected" if path in self.known else "late"

    def usage(self, month: Period) -> Iterator[LateFile]:
        """Files with rows of the month whose content was not there."""
        files = {
            f.file_id: (f.path, how) for f in self.fingerprints.reaching(month) if (how := self.how(f.path, f.sha256))
        }
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
                text = lines_text(lines, of_runs - len(lines), self.unit(path))
                yield LateFile(path, "usage", how, count, lines[0][0], text, frozenset(meters))

    def before(self, month: Period) -> Iterator[LateFile]:
        """Files with rows on the earlier days that a month counts whose content was not there."""
        for file in self.fingerprints.counted_before(month):
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
                    text = f"cells {', '.join(cells[:MOST_RUNS])}" + ("…" if len(cells) > MOST_RUNS else "")
                    yield LateFile(path, "costs", how, len(own), None, text, pools)
                else:
                    runs = _runs(line for _, line, _, _ in own)
                    text = lines_text(runs[:MOST_RUNS], max(0, len(runs) - MOST_RUNS))
                    yield LateFile(path, "costs", how, len(own), runs[0][0], text, pools)

    def gone(self) -> Iterator[LateFile]:
        """Files that were there, of which neither the name nor the content is there now."""
        folders: tuple[Cause, ...] = ("usage", "costs")
        contents = set(self.hashes.values())
        for path, sha256 in self.known.items():
            for cause in folders:
                if path.startswith(f"{cause}/") and path not in self.hashes and sha256 not in contents:
                    yield LateFile(path, cause, "taken out")


def cause_of(path: str) -> Cause:
    """Cause that a register, a tariff file or the settings are."""
    return "registers" if path.startswith(REGISTERS) else "rules"


def _runs(lines: Iterable[int]) -> list[tuple[int, int]]:
    """Consecutive line numbers as ranges, first and last."""
    found: list[tuple[int, int]] = []
    for line in sorted(lines):
        if found and line == found[-1][1] + 1:
            found[-1] = (found[-1][0], line)
        else:
            found.append((line, line))
    return found


def lines_text(runs: Sequence[tuple[int, int]], more: int, unit: str = "line") -> str:
    """``line 2``, ``lines 2-14, 20``, ``lines 2-14 and 3 more ranges``."""
    alone = len(runs) == 1 and runs[0][0] == runs[0][1] and not more
    ranges = ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in runs)
    return f"{unit if alone else unit + 's'} {ranges}" + (f" and {counted(more, 'more range')}" if more else "")
