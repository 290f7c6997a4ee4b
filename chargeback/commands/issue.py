"""What ``issue``, ``close`` and the run of an issued month say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from chargeback.commands.words import print_json, say
from chargeback.drafting import document_files, made_here
from chargeback.history import compared, with_balance
from chargeback.inputs import reports_folder
from chargeback.ledger.allotment import check_day
from chargeback.ledger.bills import billed
from chargeback.ledger.book import Issued, Standing, standing
from chargeback.ledger.differences import Compared, differences
from chargeback.ledger.issuing import close, close_without_documents, issue, ledger_of, state_of, where_stands
from chargeback.ledger.ledger_file import CORRECTIONS
from chargeback.money import euros
from chargeback.output import input_hashes, month_files
from chargeback.parallel import made_by
from chargeback.period import Period
from chargeback.problem import Refused
from chargeback.progress import progress_bar
from chargeback.result import Month
from chargeback.run import compute, loaded
from chargeback.tables import recorded


def issue_month(root: Path, period: Period, on: date, *, as_json: bool, jobs: int = 1) -> None:
    """Issue a month, its files drawn by ``jobs`` processes; a month that is issued stays as it is."""
    stands = where_stands(root, period)
    done = stands.final
    if stands.closed_on and not stands.issued_on:
        raise Refused(f"{period} was closed on {stands.closed_on} without any document: bill in a later month")
    if not done:
        check_day(period, on)
        stands = _issue(root, period, on, jobs)
    if as_json:
        print_json(_summary(stands, done))
    say(
        f"{period} is issued already: {_told(stands)}; nothing changed"
        if done
        else f"{period} is issued: {_told(stands)}"
    )


def _issue(root: Path, period: Period, on: date, jobs: int) -> Standing:
    with progress_bar() as progress, loaded(root, write=True, progress=progress) as (inputs, store, _):
        month = with_balance(compute(inputs, store, period).month, inputs, store, on)
        hashes = input_hashes(inputs, store)
        before = compared(month, inputs, store)

        def render(numbered: Month) -> Mapping[str, bytes]:
            written = month_files(numbered, hashes)
            made = partial(made_by, jobs=jobs) if jobs > 1 else made_here
            return written | document_files(numbered, before, reports_folder(inputs), progress, made)

        stands = issue(store.connection, root, month, on, hashes, render)
        with recorded(store.connection, month):
            return stands


def _told(stands: Standing) -> str:
    """How many documents, their numbers and date."""
    count = len(stands.documents)
    on = stands.issued_on
    closed = f", closed on {stands.closed_on}" if stands.closed_on else ""
    since = f", corrected since by {', '.join(_ranges(stands.corrections))}" if stands.corrections else ""
    return (
        f"{count} document{'s' if count != 1 else ''} dated {on}, {', '.join(_ranges(stands.documents))}{closed}{since}"
    )


def _ranges(documents: Iterable[Issued]) -> list[str]:
    """First and last number of each run of the same beginning."""
    runs: list[list[str]] = []
    for document in documents:
        stem = document.number.rstrip("0123456789")
        if runs and runs[-1][0].rstrip("0123456789") == stem:
            runs[-1][1:] = [document.number]
        else:
            runs.append([document.number])
    return [" to ".join(run) for run in runs]


def _summary(stands: Standing, already: bool) -> dict[str, Any]:
    return {
        "period": str(stands.period),
        "issued": str(stands.issued_on),
        "closed": str(stands.closed_on) if stands.closed_on else None,
        "already": already,
        "documents": [_document(d, "invoices") for d in stands.documents],
        "corrections": [_document(d, CORRECTIONS) for d in stands.corrections],
    }


def _document(d: Issued, folder: str) -> dict[str, str]:
    return {
        "number": d.number,
        "kind": d.kind,
        "payer": d.payer_id,
        "regime": d.regime,
        "issue_date": str(d.issue_date),
        "due_date": str(d.due_date),
        "net": str(euros(d.net)),
        "vat": str(euros(d.vat)),
        "gross": str(euros(d.gross)),
        "file": f"{folder}/{d.number}.pdf",
    }


def close_month(root: Path, period: Period, on: date, *, as_json: bool) -> None:
    """Close a period; one that is closed stays as it is."""
    stands = where_stands(root, period)
    done = stands.closed_on is not None
    if not done:
        stands = _close(root, period, on, stands)
    if as_json:
        print_json(_summary(stands, done))
    already = " already" if done else ""
    say(f"{period} is closed{already}, on {stands.closed_on}: nothing of it can change")


def _close(root: Path, period: Period, on: date, stands: Standing) -> Standing:
    if stands.issued_on:
        with ledger_of(root) as con:
            assert con is not None, "an issued period has a ledger"
            return close(con, root, period, on)
    with progress_bar() as progress, loaded(root, write=True, progress=progress) as (inputs, store, _):
        month = compute(inputs, store, period).month
        return close_without_documents(store.connection, root, month, on, input_hashes(inputs, store))


def compare_month(root: Path, period: Period, *, as_json: bool) -> None:
    """The run of an issued or closed month: nothing is written, what would differ is shown; Refused when anything does."""
    with progress_bar() as progress, loaded(root, write=False, progress=progress) as (inputs, store, _):
        stands = standing(store.connection, period)
        before = billed(store.connection, period, inputs.settings)
        assert before is not None, "an issued period has an entry"
        compared = differences(before, compute(inputs, store, period).month)
    state = state_of(stands)
    if as_json:
        print_json(_compared(period, stands, compared))
    if compared.nothing:
        say(f"{period} was {state}: computed again it comes to the same, nothing is written")
        return
    if not as_json:
        print("\n".join(_tables(compared, inputs.settings.currency)))
    raise Refused(
        f"{period} was {state} and would differ today, as shown: nothing is written; what was billed stays, the difference "
        "goes to a month that is open"
    )


def _compared(period: Period, stands: Standing, compared: Compared) -> dict[str, Any]:
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
    on = {"issued": str(stands.issued_on or "") or None, "closed": str(stands.closed_on or "") or None}
    return {"period": str(period), **on, "charges": charges, "documents": documents}


def _tables(compared: Compared, currency: str) -> Iterable[str]:
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


def aligned(rows: Sequence[Sequence[str]], texts: int) -> Iterable[str]:
    """Rows as lines of columns: the first ``texts`` to the left, the others to the right."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        cells = [c.ljust(w) if i < texts else c.rjust(w) for i, (c, w) in enumerate(zip(row, widths, strict=True))]
        yield "  ".join(cells).rstrip()
