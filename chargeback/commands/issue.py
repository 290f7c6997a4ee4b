"""What ``issue``, ``close`` and the run of an issued month say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from chargeback.commands.words import as_reason, print_json, say
from chargeback.drafting import Making, document_files, documents_alone, made_here, tried
from chargeback.history import compared, with_balance
from chargeback.inputs import reports_folder
from chargeback.ledger.allotment import SETTINGS, check_day
from chargeback.ledger.bills import billed
from chargeback.ledger.book import Aside, Issued, Standing, last_of_series, standing
from chargeback.ledger.differences import Compared, differences
from chargeback.ledger.further import issue_further, left_to_issue
from chargeback.ledger.issuing import (
    close,
    close_without_documents,
    issue,
    ledger_of,
    set_aside,
    state_of,
    where_stands,
)
from chargeback.ledger.ledger_file import CORRECTIONS
from chargeback.ledger.setting_aside import without_failing
from chargeback.money import euros
from chargeback.output import input_hashes, month_files
from chargeback.parallel import made_by
from chargeback.period import Period
from chargeback.problem import Problem, Refused, counted, plain, shown
from chargeback.progress import progress_bar
from chargeback.reading.toml_lines import read_toml
from chargeback.result import Month
from chargeback.run import compute, loaded
from chargeback.tables import recorded


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be issued: the month of a workspace, on a day, by so many processes, and whether failing documents are set aside."""

    root: Path
    period: Period
    on: date
    jobs: int = 1
    skip_invalid: bool = False

    @property
    def making(self) -> Making:
        """How files are drawn: here, or by several processes."""
        return partial(made_by, jobs=self.jobs) if self.jobs > 1 else made_here


def issue_month(order: Order, *, as_json: bool) -> None:
    """Issue a month, or what was set aside of it; a month that is issued whole stays as it is.

    Raises Refused at the end when documents were set aside.
    """
    period, stands = order.period, where_stands(order.root, order.period)
    if stands.closed_on and not stands.issued_on:
        raise Refused(f"{period} was closed on {stands.closed_on} without any document: bill in a later month")
    done = stands.final and not stands.waiting
    why: tuple[Problem, ...] = ()
    if not done:
        check_day(period, order.on)
        stands, why = _issue(order, stands)
    if as_json:
        print_json(_summary(stands, done) | {"problems": [_problem(p) for p in why]})
    say(*shown(why))
    say(
        f"{period} is issued already: {_told(stands)}; nothing changed"
        if done
        else f"{period} is issued: {_told(stands)}"
    )
    if why:
        them = "them" if len(stands.aside) > 1 else "it"
        raise Refused(f"{set_aside(len(stands.aside))}: mend, then `chargeback issue {period}` issues {them}")


def _issue(order: Order, stands: Standing) -> tuple[Standing, tuple[Problem, ...]]:
    """Where the period then stands, and why documents were set aside."""
    root, period, on = order.root, order.period, order.on
    with progress_bar() as progress, loaded(root, write=True, progress=progress) as (inputs, store, _):
        con, reports, hashes = store.connection, reports_folder(inputs), input_hashes(inputs, store)
        month = with_balance(compute(inputs, store, period).month, inputs, store, on)
        if stands.waiting:
            month = left_to_issue(con, month)
        why: tuple[Problem, ...] = ()
        if order.skip_invalid:
            trial = partial(tried, reports=reports, progress=progress, made=order.making)
            month, why = without_failing(month, on, last_of_series(con), read_toml(root, SETTINGS)[1], trial)
        if stands.waiting:
            draw = partial(documents_alone, reports=reports, progress=progress, made=order.making)
            return issue_further(con, root, month, on, hashes, draw), why
        before = compared(month, inputs, store)

        def render(numbered: Month) -> Mapping[str, bytes]:
            written = month_files(numbered, hashes)
            return written | document_files(numbered, before, reports, progress, order.making)

        after = issue(con, root, month, on, hashes, render)
        with recorded(con, month):
            return after, why


def _told(stands: Standing) -> str:
    """How many documents, their numbers and date."""
    closed = f", closed on {stands.closed_on}" if stands.closed_on else ""
    since = f", corrected since by {', '.join(_ranges(stands.corrections))}" if stands.corrections else ""
    later = f", and since then {', '.join(_ranges(stands.further))}" if stands.further else ""
    aside = f", {set_aside(len(stands.aside))}" if stands.aside else ""
    count, ranges = counted(len(stands.documents), "document"), ", ".join(_ranges(stands.documents))
    return f"{count} dated {stands.issued_on}, {ranges}{later}{aside}{closed}{since}"


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
        "documents": [
            *(_document(d, "invoices") for d in stands.documents),
            *(_document(d, CORRECTIONS) for d in stands.further),
        ],
        "aside": [_aside(d) for d in stands.aside],
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


def _aside(d: Aside) -> dict[str, str]:
    amounts = {"net": d.net, "vat": d.vat, "gross": d.gross}
    return {
        "kind": d.kind,
        "payer": d.payer_id,
        "regime": d.regime,
        **{name: str(euros(cents)) for name, cents in amounts.items()},
    }


def _problem(problem: Problem) -> dict[str, str]:
    return {"where": str(problem.where), "message": plain(problem.message), "code": problem.code}


def close_month(root: Path, period: Period, on: date, reason: str, *, as_json: bool) -> None:
    """Close a period; one that is closed stays as it is. ``reason``: why documents set aside will not be issued."""
    stands = where_stands(root, period)
    done = stands.closed_on is not None
    if not done:
        stands = _close(root, period, on, stands, as_reason(reason) if reason else "")
    if as_json:
        print_json(_summary(stands, done))
    already = " already" if done else ""
    say(f"{period} is closed{already}, on {stands.closed_on}: nothing of it can change")


def _close(root: Path, period: Period, on: date, stands: Standing, reason: str) -> Standing:
    if stands.issued_on:
        with ledger_of(root) as con:
            assert con is not None, "an issued period has a ledger"
            return close(con, root, period, on, reason)
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
