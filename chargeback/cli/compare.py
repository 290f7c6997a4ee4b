"""``run`` of an issued or closed month: nothing is written, differences from today's data are shown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from chargeback.cli.output import aligned, print_json, say
from chargeback.cli.progress import progress_bar
from chargeback.ledger.book import PeriodStatus, period_status
from chargeback.ledger.issuing import state_text
from chargeback.ledger.month_diff import MonthDiff
from chargeback.ledger.reconciliation import compared_today
from chargeback.model.money import euros
from chargeback.model.period import Period
from chargeback.model.problem import Refused
from chargeback.workflows.session import loaded


def compare_month(root: Path, period: Period, *, as_json: bool) -> None:
    """Compare an issued or closed month with today's data and print the differences; Refused where there are any."""
    with progress_bar() as progress, loaded(root, write=False, progress=progress) as (books, _):
        con, currency = books.store.connection, books.inputs.settings.currency
        status = period_status(con, period)
        compared = compared_today(con, books.month(period))
    state = state_text(status)
    if as_json:
        print_json(_compared(period, status, compared))
    if compared.nothing:
        say(f"{period} was {state}: computed again it comes to the same, nothing is written")
        return
    if not as_json:
        print("\n".join(_tables(compared, currency)))
    raise Refused(
        f"{period} was {state} and would differ today, as shown: nothing is written; what was billed stays, the "
        "difference goes to a month that is open"
    )


def _compared(period: Period, status: PeriodStatus, compared: MonthDiff) -> dict[str, Any]:
    charges = [
        {
            "member_id": d.member_id,
            "rule": d.rule,
            "billed": str(euros(d.billed)),
            "recomputed": str(euros(d.recomputed)),
        }
        | {"difference": str(euros(d.amount))}
        for d in compared.charges
    ]
    documents = [
        {"payer": d.payer_id, "regime": d.regime, "number": d.number}
        | {"billed": str(euros(d.billed)), "recomputed": str(euros(d.recomputed))}
        for d in compared.documents
    ]
    on = {"issued": str(status.issued_on or "") or None, "closed": str(status.closed_on or "") or None}
    return {"period": str(period), **on, "charges": charges, "documents": documents}


def _tables(compared: MonthDiff, currency: str) -> Iterable[str]:
    rows: list[Sequence[str]] = [("member_id", "rule", "billed", "recomputed", "difference")]
    rows += [(d.member_id, d.rule, _money(d.billed), _money(d.recomputed), _money(d.amount)) for d in compared.charges]
    total = [
        sum(column) for column in zip(*((d.billed, d.recomputed, d.amount) for d in compared.charges), strict=True)
    ]
    rows += [("total", "", *map(_money, total))] if total else []
    yield from aligned(rows, 2)
    if any(d.amount == 0 for d in compared.charges):
        yield "a difference of 0.00: quantities or terms differ, not the amount"
    if compared.documents:
        yield ""
        heads = [("number", "payer", "regime", f"billed ({currency}, VAT included)", "recomputed")]
        documents = [
            (d.number or "-", d.payer_id, d.regime, _money(d.billed), _money(d.recomputed)) for d in compared.documents
        ]
        yield from aligned([*heads, *documents], 3)


def _money(cents: int) -> str:
    return str(euros(cents))
