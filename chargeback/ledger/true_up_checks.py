"""True-up checks: [true_up] of chargeback.toml still names the month that billed a year, and no month that is final
without it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from chargeback.ledger.book import period_status
from chargeback.ledger.numbering import SETTINGS
from chargeback.model.period import Period
from chargeback.model.problem import Place, Problem
from chargeback.model.settings import Settings
from chargeback.store.sql import statement
from chargeback.workspace.files.toml_lines import line_at, read_toml

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def moved_true_ups(con: DuckDBPyConnection, root: Path, settings: Settings) -> tuple[Problem, ...]:
    """Problems of [true_up] against what was billed: it names another month, none, or one that was issued without the
    true-up."""
    billed = _billed(con, settings)
    messages = {**dict(_moved(billed, settings)), **dict(_final(con, billed, settings))}
    if not messages:
        return ()
    lines = read_toml(root, SETTINGS)[1]
    return tuple(
        Problem(Place(SETTINGS, line_at(lines, f"true_up.{year}")), message, "true-up-moved")
        for year, message in sorted(messages.items())
    )


def _billed(con: DuckDBPyConnection, settings: Settings) -> dict[int, Period]:
    """Month that billed the true-up of each year."""
    named = sorted({str(period) for period in settings.true_ups.values()})
    entries = [entry for (entry,) in con.execute(statement("ledger/adjusting"), {"named": named}).fetchall()]
    rows = con.execute(statement("ledger/true_ups"), {"entries": entries}).fetchall() if entries else ()
    return {int(year): Period.parse(period) for period, years in rows for year in years}


def _moved(billed: Mapping[int, Period], settings: Settings) -> Iterator[tuple[int, str]]:
    for year, period in billed.items():
        named = settings.true_ups.get(year)
        if named != period:
            says = f'says {year} = "{named}"' if named is not None else f"has no {year} any more"
            yield year, f'{period} billed the true-up of {year}, and [true_up] {says}: put back {year} = "{period}"'


def _final(con: DuckDBPyConnection, billed: Mapping[int, Period], settings: Settings) -> Iterator[tuple[int, str]]:
    for year, period in settings.true_ups.items():
        status = period_status(con, period) if year not in billed else None
        if status is not None and status.final:
            how = "issued" if status.issued_on is not None else "closed"
            yield (
                year,
                f'true_up {year} = "{period}", but {period} is {how} already, without it: name a later month',
            )
