"""``init``, ``load``, ``run`` and ``check``: data on stdout, words on stderr."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chargeback.billing.adjustments import key_of
from chargeback.cli.compare import compare_month
from chargeback.cli.output import print_json, say
from chargeback.cli.progress import progress_bar
from chargeback.ledger.issuing import refuse_other_than_billed, status_of
from chargeback.ledger.open_items import still_carried
from chargeback.ledger.unissued import carried_text
from chargeback.model.documents import Document
from chargeback.model.money import euros
from chargeback.model.month import Month
from chargeback.model.period import Period
from chargeback.model.problem import Notice, Problems, Refused, counted, shown
from chargeback.workflows.books import Books
from chargeback.workflows.draft_checks import draft_notices
from chargeback.workflows.monthly_run import MonthlyRun, monthly_run
from chargeback.workflows.new_workspace import new_workspace
from chargeback.workflows.session import loaded

if TYPE_CHECKING:
    from chargeback.store.database import LoadedFile, Store

SHOWN_NOTICES = 5


def start_workspace(target: Path) -> None:
    """A new workspace, and the command that comes next."""
    new_workspace(target)
    say(f"{target} is ready, with the example in it: chargeback -C {target} run 2026-10")


def load_workspace(root: Path, *, as_json: bool) -> None:
    """Synchronise the store with its files, and print what changed."""
    with progress_bar() as progress, loaded(root, write=True, progress=progress) as (books, report):
        files = books.store.files()
        rows = sum(file.rows for file in files if file.kind == "usage")
        done = {"read": len(report.read), "unchanged": len(report.unchanged), "removed": len(report.removed)}
        renamed = len(report.renamed)
    if as_json:
        print_json({**done, "renamed": renamed, "files": len(files), "usage_rows": rows})
    say(
        f"{counted(done['read'], 'file')} read, {done['unchanged']:,} unchanged, {renamed:,} renamed, "
        f"{done['removed']:,} taken out",
        f"in the store: {_stored(files)}",
    )


def _stored(files: Sequence[LoadedFile]) -> str:
    """How many files and rows of usage and of costs."""
    texts = []
    for kind, what in (("usage", "rows of usage"), ("costs", "lines of costs")):
        own = [file for file in files if file.kind == kind]
        texts.append(f"{sum(file.rows for file in own):,} {what} in {counted(len(own), 'file')}")
    return ", ".join(texts)


def run_month(root: Path, period: Period, *, documents: bool, as_json: bool) -> None:
    """The monthly job; a month that is issued is compared, not written."""
    started = time.monotonic()
    if status_of(root, period).final:
        compare_month(root, period, as_json=as_json)
        return
    with progress_bar() as progress, loaded(root, write=True, progress=progress) as (books, _):
        run = monthly_run(books, period, documents=documents, progress=progress)
        lines = _run_lines(run, books, time.monotonic() - started)
    if as_json:
        print_json(_summary(run.month))
    say(*lines)


def _summary(month: Month) -> dict[str, Any]:
    return {
        "period": str(month.period),
        "charges": len(month.charges),
        "documents": len(month.documents),
        "net": str(euros(sum(c.amount for c in month.charges))),
        "adjusted": str(euros(sum(c.amount for c in month.charges if c.adjusts is not None))),
        "carried": [_carried(d) for d in month.carried_forward],
        "notices": [str(n) for n in month.notices],
    }


def _carried(d: Document) -> dict[str, str]:
    amounts = {"net": d.net, "vat": d.vat, "gross": d.gross}
    named = {"payer": d.payer.member_id, "regime": d.regime.name, "waits": d.carry_reason}
    return named | {name: str(euros(cents)) for name, cents in amounts.items()}


def _run_lines(run: MonthlyRun, books: Books, seconds: float) -> list[str]:
    """A run in words: five lines or more, and how many notices there are."""
    month = run.month
    currency = month.settings.currency
    credits = sum(document.kind == "credit_note" for document in month.documents)
    to_pay, members = len(month.documents) - credits, len({c.member_id for c in month.charges})
    net, gross = sum(c.amount for c in month.charges), sum(d.gross for d in month.documents)
    lines = [
        f"{_stored(books.store.files())}, all months",
        f"{_many(len(month.charges), 'charge')} of {_many(members, 'member')}{_adjusting(month)}",
        f"{_many(len(month.documents), 'document')} ({to_pay:,} to pay, {counted(credits, 'credit note')})",
        f"{euros(net):,} {currency} net, {euros(gross):,} {currency} with VAT on the documents",
        *(
            [carried_text(month.carried_forward, month.settings.threshold, month.settings.frequency)]
            if month.carried_forward
            else []
        ),
        *_brought_forward(month, books.store),
        f"written to {run.folder} in {seconds:.1f} s",
    ]
    indent = " " * (len(str(month.period)) + 2)
    shown_lines = [f"{month.period}  {lines[0]}", *(indent + line for line in lines[1:])]
    return shown_lines + notice_lines(month.notices, books.inputs.root, month.period)


def _many(number: int, what: str) -> str:
    """``1 charge``, ``1,200 charges``."""
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"


def _adjusting(month: Month) -> str:
    """How many of the charges adjust closed months, and by how much; '' where none does."""
    adjusting = [c for c in month.charges if c.adjusts is not None]
    count = len({(*key_of(c), c.adjusts) for c in adjusting})
    if not adjusting:
        return ""
    net = sum(c.amount for c in adjusting)
    return f", {counted(count, 'adjustment')} of closed months among them: {euros(net):,} net"


def _brought_forward(month: Month, store: Store) -> Iterator[str]:
    """Amounts that earlier months carried forward: on the documents of this one, and still carried."""
    waiting = still_carried(store.connection, month.period, month.settings)
    keys = {(b.period, b.payer_id, d.regime.name) for d in month.documents for b in d.brought_forward}
    billed = [d for d in waiting if (d.period, d.payer.member_id, d.regime.name) in keys]
    unbilled = [d for d in waiting if (d.period, d.payer.member_id, d.regime.name) not in keys]
    if billed:
        yield f"{_earlier(billed)}, on these documents"
    if unbilled:
        names = sorted({d.payer.member_id for d in unbilled})
        more = f" and {len(names) - 3:,} more" if len(names) > 3 else ""
        yield f"{_earlier(unbilled)}, {'wait' if len(unbilled) > 1 else 'waits'} on: {', '.join(names[:3])}{more}"


def _earlier(documents: Sequence[Document]) -> str:
    net = sum(d.net for d in documents)
    return f"{counted(len(documents), 'amount')} that earlier months carried, {euros(net):,} net"


def notice_lines(notices: tuple[Notice, ...], root: Path, period: Period) -> list[str]:
    """How many notices, and the command that shows them."""
    if not notices:
        return []
    where = "" if root == Path(".") else f"-C {root} "
    return [f"{counted(len(notices), 'notice')}: chargeback {where}check {period} shows them"]


def check_workspace(root: Path, period: Period | None, *, as_json: bool) -> None:
    """All problems and notices; raises Problems when there are some, Refused for an issued month that would differ."""
    notices: tuple[Notice, ...] = ()
    try:
        with progress_bar() as progress, loaded(root, write=False, progress=progress) as (books, _):
            if period is not None:
                month = books.month(period)
                refuse_other_than_billed(books.store.connection, month)
                every = (*month.notices, *draft_notices(month, books))
                notices = tuple(sorted(every, key=lambda n: (n.where.order, n.message)))
    except Refused as error:
        if as_json:
            found = shown(error.problems, 10**9) if isinstance(error, Problems) else [str(error)]
            print_json({"problems": found, "notices": []})
        raise
    if as_json:
        print_json({"problems": [], "notices": [str(n) for n in notices]})
    say(*(f"notice: {n}" for n in notices), f"no problem, {counted(len(notices), 'notice')}")
