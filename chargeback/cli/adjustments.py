"""What ``adjustments`` says: closed months that come to something else, member by member, before anything is billed for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chargeback.billing.adjustments import BILLED, Difference, key_of
from chargeback.cli.output import print_json, say
from chargeback.cli.progress import progress_bar
from chargeback.explain.field_text import table
from chargeback.model.charges import Charge
from chargeback.model.money import euros
from chargeback.model.period import Period
from chargeback.model.settings import Settings
from chargeback.workflows.session import loaded
from chargeback.workspace.inputs import reports_folder
from chargeback.workspace.reports.wording import Wording, read_wording

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

SIDES = "lllrrrl"
HEADS = ("month", "member", "rule", "billed", "now", "difference", "why")


def adjustments_of(root: Path, period: Period, *, as_json: bool) -> None:
    """Show what closed months bring to a month, or what one that is issued billed of them; nothing is written.

    Raises Problems as a run of the closed months does.
    """
    from chargeback.ledger.book import period_status
    from chargeback.workflows.adjustments import adjusted

    with progress_bar() as progress, loaded(root, write=False, progress=progress) as (books, _):
        inputs, con = books.inputs, books.store.connection
        final = period_status(con, period).final
        rows = issued(con, period, inputs.settings) if final else adjusted(books, period).differences
    if as_json:
        print_json(json_of(period, rows, inputs.settings.currency, final))
        return
    wording = read_wording(inputs.settings.locale, reports_folder(inputs), inputs.settings.currency)
    print("\n".join(text_of(period, rows, wording, final=final)))
    waiting = [row for row in rows if row.treatment != BILLED]
    if waiting:
        say(f"{euros(sum(row.amount for row in waiting)):,} net waits, as its rows say")


def issued(con: DuckDBPyConnection, period: Period, settings: Settings) -> tuple[Difference, ...]:
    """The adjustments that an issued month billed; what credit notes took off several invoices is added."""
    from chargeback.ledger.issued_months import last_computed

    month = last_computed(con, period, settings)
    assert month is not None, "an issued period has an entry"
    late = [c for c in month.charges if c.adjusts is not None and c.adjustment_basis is not None]
    order = sorted(late, key=lambda c: (*key_of(c), str(c.adjusts)))
    return tuple(_row(list(own)) for _, own in groupby(order, key=lambda c: (*key_of(c), str(c.adjusts))))


def _row(charges: Sequence[Charge]) -> Difference:
    charge = charges[0]
    assert charge.adjusts is not None, "an adjustment has a month"
    assert charge.adjustment_basis is not None, "an adjustment says what it compares"
    now = charge.adjustment_basis.billed + sum(c.amount for c in charges)
    compared, why = charge.adjustment_basis, charge.reason.partition(": ")[2]
    return Difference(charge.adjusts, *key_of(charge), charge.version, compared.billed, now, compared.causes, why)


def text_of(period: Period, rows: Sequence[Difference], wording: Wording, *, final: bool = False) -> list[str]:
    """A line for each member, month and rule, a total for each member that has several, and of all that is billed."""
    end = "_issued" if final else ""
    title = wording.text(f"adjustments.title{end}", month=wording.month(period))
    if not rows:
        return [title, f"  {wording.text(f'adjustments.none{end}')}"]
    lines = [tuple(wording.text(f"adjustments.columns.{head}") for head in HEADS)]
    for _, own in groupby(sorted(rows, key=_order), key=lambda row: row.member_id):
        lines += _of_member(list(own), wording)
    billed = [row for row in rows if row.treatment == BILLED]
    lines.append(_total(wording.text("adjustments.total"), billed, wording))
    return [title, *(f"  {line}" for line in table(lines, SIDES))]


def _order(row: Difference) -> tuple[str, str, str, str]:
    return row.member_id, str(row.month), row.rule, row.regime


def _of_member(rows: Sequence[Difference], wording: Wording) -> Iterator[tuple[str, ...]]:
    for row in rows:
        amounts = (row.billed, row.recomputed, row.amount)
        yield (str(row.month), row.member_id, row.rule, *map(wording.money, amounts), _why(row, wording))
    if len(rows) > 1:
        yield _total(wording.text("adjustments.member_total", member=rows[0].member_id), rows, wording)


def _total(label: str, rows: Iterable[Difference], wording: Wording) -> tuple[str, ...]:
    of = tuple(rows)
    sums = (sum(row.billed for row in of), sum(row.recomputed for row in of), sum(row.amount for row in of))
    return ("", label, "", *map(wording.money, sums), "")


def _why(row: Difference, wording: Wording) -> str:
    """What is not as it was, and what becomes of a difference that is not billed now."""
    told = ", ".join(wording.text(f"adjustments.why.{cause}") for cause in row.causes)
    return f"{told}; {wording.text(f'adjustments.fates.{row.treatment}')}" if row.treatment != BILLED else told


def json_of(period: Period, rows: Sequence[Difference], currency: str, final: bool) -> dict[str, Any]:
    """The same as data: amounts in the workspace's currency, as text."""
    billed = [row for row in rows if row.treatment == BILLED]
    return {
        "period": str(period),
        "currency": currency,
        "issued": final,
        "net": str(euros(sum(row.amount for row in billed))),
        "adjustments": [_json_of_row(row) for row in sorted(rows, key=_order)],
    }


def _json_of_row(row: Difference) -> dict[str, Any]:
    return {
        "month": str(row.month),
        "member_id": row.member_id,
        "rule": row.rule,
        "version": str(row.version),
        "regime": row.regime,
        "billed": str(euros(row.billed)),
        "now": str(euros(row.recomputed)),
        "difference": str(euros(row.amount)),
        "cause": list(row.causes),
        "why": row.reason,
        "fate": row.treatment,
    }
