"""What was measured, as lines of one table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from benchmarks.timing import Pair

HEADS = ("what", "of", "floor", "ours", "result", "aim", "met")


@dataclass(frozen=True, slots=True)
class Line:
    """One measure. ``floor`` and ``ours`` are texts with their unit; ``met`` is None where there is no aim."""

    what: str
    of: str
    floor: str
    ours: str
    result: str
    aim: str = ""
    met: bool | None = None

    @property
    def cells(self) -> tuple[str, ...]:
        met = "" if self.met is None else "yes" if self.met else "**no**"
        return (self.what, self.of, self.floor, self.ours, self.result, self.aim, met)


def against(what: str, of: str, pair: Pair, most: float | None = None) -> Line:
    """A ratio to the floor, that should be ``most`` or less."""
    aim, met = (f"≤ {most:g} ×", pair.ratio <= most) if most is not None else ("", None)
    return Line(what, of, time_text(pair.floor), time_text(pair.ours), f"{pair.ratio:.2f} ×", aim, met)


def rate(what: str, of: str, count: int, seconds: float, unit: str, least: int | None = None) -> Line:
    """How many a second, that should be ``least`` or more."""
    each = count / seconds
    aim, met = (f"≥ {least:,} {unit}/s", each >= least) if least is not None else ("", None)
    return Line(what, of, "", time_text(seconds), f"{each:,.0f} {unit}/s", aim, met)


def limit(what: str, of: str, value: float, most: float | None, unit: str) -> Line:
    """A figure that should be ``most`` or less."""
    aim, met = (f"≤ {most:g} {unit}", value <= most) if most is not None else ("", None)
    return Line(what, of, "", f"{value:.3g} {unit}", "", aim, met)


def time_text(seconds: float) -> str:
    """Seconds, or milliseconds below one."""
    return f"{seconds:.2f} s" if seconds >= 1 else f"{seconds * 1000:.3g} ms"


def count_text(count: int) -> str:
    """1000000 is 1M, 200000 is 200k."""
    if count >= 1_000_000 and count % 100_000 == 0:
        return f"{count / 1_000_000:g}M"
    return f"{count // 1000}k" if count >= 1000 and count % 1000 == 0 else str(count)


def markdown(lines: Iterable[Line]) -> str:
    """The lines as a table whose columns are also level in plain text."""
    rows: list[Sequence[str]] = [HEADS, *(line.cells for line in lines)]
    widths = [max(len(row[i]) for row in rows) for i in range(len(HEADS))]
    shown = ["| " + " | ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)) + " |" for row in rows]
    shown.insert(1, "|" + "|".join("-" * (w + 2) for w in widths) + "|")
    return "\n".join(shown)
