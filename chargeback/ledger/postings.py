"""What the ledger holds for each month, by member, rule and regime: as drawn up from the data, and after credits given on purpose."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from chargeback.billing.adjustments import Held, is_instalment
from chargeback.ledger.book import entry_of_period, later_entries, period_status
from chargeback.ledger.entries import CORRECTING, Entry
from chargeback.ledger.rule_terms import rules_of
from chargeback.model.charges import Charge
from chargeback.model.documents import Document
from chargeback.model.period import Period
from chargeback.model.rules import Rule
from chargeback.store.sql import statement

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def held_for(con: DuckDBPyConnection, months: Collection[Period]) -> dict[Period, Held]:
    """What was charged for each of some months, in its own entries and as adjustments in later ones; instalments are left out.

    Amounts carried to a later document and set aside count in their month; a line that a document bills for an earlier month
    does not, that month has it already. What was set aside when its month was closed is never issued: it counts as given back on
    purpose. Only entries that hold something of the months are read.
    """
    found: dict[Period, Held] = {}
    names = con.execute(
        statement("ledger/periods_with_amounts_for"), {"months": [str(month) for month in months]}
    ).fetchall()
    for (name,) in names:
        period = Period.parse(name)
        entry = entry_of_period(con, period)
        assert entry is not None, "a period of the ledger has an entry"
        entries = (entry, *later_entries(con, period))
        rules = rules_of(terms for each in entries for terms in each.rules)
        rows = [*_of_period(entries, rules)]
        if period_status(con, period).closed_on is not None:
            rows += [(month, charge, True) for month, charge in _never_issued(_aside(entries), rules)]
        for month, charge, on_purpose in rows:
            if month in months:
                found.setdefault(month, Held()).add(charge, on_purpose=on_purpose)
    return found


def _of_period(entries: Sequence[Entry], rules: Mapping[str, Rule]) -> Iterator[tuple[Period, Charge, bool]]:
    """(month it is for, charge, whether it gives back on purpose) of all that the entries of a period hold."""
    replaced = {p.number for e in entries if e.kind == "correct" for d in e.documents for p in d.preceding}
    originals = {d.number: d for e in entries for d in e.documents}
    drawn = [(e.kind, d) for e in entries for d in (*e.documents, *e.carried_forward)]
    for kind, document in [*drawn, *(("", d) for d in _aside(entries))]:
        for month, charge, number, what in _of_document(document, kind, originals):
            if not is_instalment(what, rules):
                yield month, charge, kind == "credit" and number not in replaced
    for entry in entries:
        yield from (
            (c.adjusts or entry.period, c, False) for c in entry.charges_without_document if not is_instalment(c, rules)
        )


def _aside(entries: Iterable[Entry]) -> Sequence[Document]:
    """The documents of a period that still are set aside."""
    return [e.withheld for e in entries if e.kind not in CORRECTING][-1]


def _never_issued(aside: Iterable[Document], rules: Mapping[str, Rule]) -> Iterator[tuple[Period, Charge]]:
    """(month it is for, charge that gives it back) of all that documents would have billed, what earlier months carried included."""
    for document in aside:
        for line in document.lines:
            for charge in line.charges:
                if not is_instalment(charge, rules):
                    yield charge.adjusts or line.carried_from or document.period, replace(charge, amount=-charge.amount)


def _of_document(
    document: Document, kind: str, originals: Mapping[str, Document]
) -> Iterator[tuple[Period, Charge, str, Charge]]:
    """(month it is for, charge, invoice that it gives back, the charge itself or that of the invoice) of a document."""
    for line in document.lines:
        if line.carried_from is not None and kind not in CORRECTING:
            continue
        number = document.preceding[0].number if line.reverses else ""
        for place, charge in enumerate(line.charges):
            own = originals[number].lines[line.reverses - 1].charges[place] if number else charge
            yield own.adjusts or line.carried_from or document.period, charge, number, own
