"""What each command does and says: calls the run, prints data on stdout and words on stderr."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chargeback.billing.adjustments import key_of
from chargeback.cli.output import print_json, say
from chargeback.cli.progress import progress_bar
from chargeback.ledger.open_items import still_carried
from chargeback.ledger.unissued import carried_text
from chargeback.model.documents import Document
from chargeback.model.money import euros
from chargeback.model.month import Month
from chargeback.model.period import Period
from chargeback.model.problem import Notice, Problems, Refused, counted, shown
from chargeback.store.input_hashes import input_hashes
from chargeback.workflows.documents import document_files
from chargeback.workflows.history import compared, with_balance
from chargeback.workflows.monthly_run import Computed, compute_month
from chargeback.workflows.output import month_files, swap_in
from chargeback.workflows.results import recorded
from chargeback.workflows.session import loaded
from chargeback.workspace.inputs import Inputs, reports_folder

if TYPE_CHECKING:
    from chargeback.store.database import LoadedFile, Store

SHOWN_NOTICES = 5


def start_workspace(target: Path) -> None:
    """A new workspace, and what to do next."""
    from chargeback.workflows.new_workspace import new_workspace

    new_workspace(target)
    say(f"{target} is ready, with the example in it: chargeback -C {target} run 2026-10")


def load_workspace(root: Path, *, as_json: bool) -> None:
    """Bring the store level and say what changed."""
    with progress_bar() as progress, loaded(root, write=True, progress=progress) as (_, store, report):
        files = store.files()
        rows = sum(file.rows for file in files if file.kind == "usage")
        done = {"read": len(report.read), "unchanged": len(report.unchanged), "removed": len(report.removed)}
        renamed = len(report.renamed)
    if as_json:
        print_json({**done, "renamed": renamed, "files": len(files), "usage_rows": rows})
    say(
        f"{counted(done['read'], 'file')} read, {done['unchanged']:,} unchanged, {renamed:,} renamed, {done['removed']:,} taken out",
        f"in the store: {_stored(files)}",
    )


def _stored(files: Sequence[LoadedFile]) -> str:
    """How many files and rows of usage and of costs."""
    told = []
    for kind, what in (("usage", "rows of usage"), ("costs", "lines of costs")):
        own = [file for file in files if file.kind == kind]
        told.append(f"{sum(file.rows for file in own):,} {what} in {counted(len(own), 'file')}")
    return ", ".join(told)


def run_month(root: Path, period: Period, *, documents: bool, as_json: bool) -> None:
    """The monthly job; a month that is issued is compared, not written."""
    from chargeback.cli.compare import compare_month
    from chargeback.ledger.issuing import status_of

    started = time.monotonic()
    if status_of(root, period).final:
        compare_month(root, period, as_json=as_json)
        return
    with progress_bar() as progress, loaded(root, write=True, progress=progress) as (inputs, store, _):
        computed = compute_month(inputs, store, period)
        files = month_files(computed.month, input_hashes(inputs, store))
        if documents:
            files |= drafts(computed.month, inputs, store)
        with recorded(store.connection, computed.month):
            folder = swap_in(root, str(period), files)
        told = _told(computed, store, root, folder, time.monotonic() - started)
    if as_json:
        print_json(_summary(computed))
    say(*told)


def drafts(month: Month, inputs: Inputs, store: Store) -> dict[str, bytes]:
    """The documents of a month, compared with the months before, with what is owed on its last day."""
    month = with_balance(month, inputs, store, month.period.end - timedelta(days=1))
    with progress_bar() as progress:
        return document_files(month, compared(month, inputs, store), reports_folder(inputs), progress)


def _summary(computed: Computed) -> dict[str, Any]:
    month = computed.month
    return {
        "period": str(month.period),
        "charges": len(month.charges),
        "documents": len(month.documents),
        "net": str(euros(sum(c.amount for c in month.charges))),
        "adjusted": str(euros(sum(c.amount for c in month.charges if c.adjusts is not None))),
        "carried": [_carried(d) for d in month.carried_forward],
        "notices": [str(n) for n in computed.notices],
    }


def _carried(d: Document) -> dict[str, str]:
    amounts = {"net": d.net, "vat": d.vat, "gross": d.gross}
    told = {"payer": d.payer.member_id, "regime": d.regime.name, "waits": d.carry_reason}
    return told | {name: str(euros(cents)) for name, cents in amounts.items()}


def _told(computed: Computed, store: Store, root: Path, folder: Path, seconds: float) -> list[str]:
    """What happened, in five lines and the notices."""
    month = computed.month
    currency = month.settings.currency
    credits = sum(document.kind == "credit_note" for document in month.documents)
    net, gross = sum(c.amount for c in month.charges), sum(d.gross for d in month.documents)
    lines = [
        f"{_stored(store.files())}, all months",
        f"{_many(len(month.charges), 'charge')} of {_many(len({c.member_id for c in month.charges}), 'member')}{_late(month)}",
        f"{_many(len(month.documents), 'document')} ({len(month.documents) - credits:,} to pay, {counted(credits, 'credit note')})",
        f"{euros(net):,} {currency} net, {euros(gross):,} {currency} with VAT on the documents",
        *(
            [carried_text(month.carried_forward, month.settings.threshold, month.settings.frequency)]
            if month.carried_forward
            else []
        ),
        *_brought(month, store),
        f"written to {folder} in {seconds:.1f} s",
    ]
    indent = " " * (len(str(month.period)) + 2)
    told = [f"{month.period}  {lines[0]}", *(indent + line for line in lines[1:])]
    return told + notice_lines(computed.notices, root, month.period)


def _many(number: int, what: str) -> str:
    """``1 charge``, ``1,200 charges``."""
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"


def _late(month: Month) -> str:
    """How many of the charges adjust closed months, and by how much; '' where none does."""
    late = [c for c in month.charges if c.adjusts is not None]
    count = len({(*key_of(c), c.adjusts) for c in late})
    if not late:
        return ""
    return f", {counted(count, 'adjustment')} of closed months among them: {euros(sum(c.amount for c in late)):,} net"


def _brought(month: Month, store: Store) -> Iterator[str]:
    """What earlier months carried: on the documents of this one, and what waits on."""
    waiting = still_carried(store.connection, month.period, month.settings)
    keys = {(b.period, b.payer_id, d.regime.name) for d in month.documents for b in d.brought_forward}
    found = [d for d in waiting if (d.period, d.payer.member_id, d.regime.name) in keys]
    left = [d for d in waiting if (d.period, d.payer.member_id, d.regime.name) not in keys]
    if found:
        yield f"{_earlier(found)}, on these documents"
    if left:
        names = sorted({d.payer.member_id for d in left})
        more = f" and {len(names) - 3:,} more" if len(names) > 3 else ""
        yield f"{_earlier(left)}, {'wait' if len(left) > 1 else 'waits'} on: {', '.join(names[:3])}{more}"


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
    from chargeback.ledger.issuing import refuse_other_than_billed

    notices: tuple[Notice, ...] = ()
    try:
        with progress_bar() as progress, loaded(root, write=False, progress=progress) as (inputs, store, _):
            if period is not None:
                computed = compute_month(inputs, store, period)
                refuse_other_than_billed(store.connection, computed.month)
                notices = computed.notices
    except Refused as error:
        if as_json:
            found = shown(error.problems, 10**9) if isinstance(error, Problems) else [str(error)]
            print_json({"problems": found, "notices": []})
        raise
    if as_json:
        print_json({"problems": [], "notices": [str(n) for n in notices]})
    say(*(f"notice: {n}" for n in notices), f"no problem, {counted(len(notices), 'notice')}")
