"""What closed months rested on when the ledger last settled them: the digest, and the files."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chargeback.ledger.fingerprints import Fingerprint
from chargeback.model.period import Period
from chargeback.store.sql import statement

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

CHANGING = ("correct", "supplementary")


@dataclass(slots=True)
class LastSettled:
    """How the ledger last saw a month. ``basis``: what it rested on when nothing was left to bill; None where that is not known.
    ``sequence``: the entry that saw it settled, the month's own at first; ``settled``: what it rested on then, whatever came after."""

    sequence: int
    fingerprint: Fingerprint | None
    settled_fingerprint: Fingerprint | None = None


def closed_before(con: DuckDBPyConnection, period: Period) -> list[Period]:
    """The closed months before one, oldest first."""
    rows = con.execute(statement("ledger/closed"), {"before": str(period)}).fetchall()
    return [Period.parse(month) for (month,) in rows]


def last_settled(con: DuckDBPyConnection) -> Mapping[Period, LastSettled]:
    """How the ledger last saw each month.

    An entry that adjusts a month and leaves something of it says so by an empty basis; one that draws documents of a month up
    again, or those that adjust it, undoes what was known.
    """
    found: dict[Period, LastSettled] = {}
    for sequence, kind, period, months, texts, adjusted in con.execute(statement("ledger/last_settled")).fetchall():
        month = Period.parse(period)
        found.setdefault(month, LastSettled(sequence, None))
        if kind in CHANGING:
            for changed in (month, *map(Period.parse, adjusted)):
                if changed in found:
                    found[changed].fingerprint = None
        for name, text in zip(months, texts, strict=True):
            _see(found, Period.parse(name), sequence, Fingerprint.read(text))
    return found


def _see(found: dict[Period, LastSettled], month: Period, sequence: int, basis: Fingerprint | None) -> None:
    looked = found.setdefault(month, LastSettled(sequence, None))
    looked.fingerprint = basis
    if basis is not None:
        looked.sequence, looked.settled_fingerprint = sequence, basis


def inputs_of(con: DuckDBPyConnection, sequences: set[int]) -> dict[int, dict[str, str]]:
    """sha256 of every input that some entries rest on, by path, by entry."""
    rows = con.execute(statement("ledger/inputs_of_entries"), {"sequences": sorted(sequences)}).fetchall()
    return {sequence: json.loads(inputs) if inputs else {} for sequence, inputs in rows}
