"""Supplementary issue: withheld documents of an issued month, drawn up from today's data, in an entry of their own.

The steps are those of a correction: numbers, files in a folder beside, the ledger in one transaction, then the files in
``out/corrections`` and the line. The folder of the month stays as it was issued.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from chargeback.billing.brought_forward import BroughtForward
from chargeback.billing.issue_parts import (
    charges_at_the_end,
    drawn_at_the_end,
    is_own,
    redrawn,
    split_charges,
)
from chargeback.ledger.book import PeriodStatus, append, last_link, period_status
from chargeback.ledger.correction import complete_entry
from chargeback.ledger.entries import correcting, entry_of
from chargeback.ledger.issued_months import issued_of_period, last_computed
from chargeback.ledger.issuing import PROGRAM, Render, allotted, complete, entering
from chargeback.ledger.ledger_file import staged_correction, write_out
from chargeback.ledger.month_diff import same
from chargeback.ledger.numbering import check_day, needs
from chargeback.ledger.open_items import rate_borne
from chargeback.model.charges import Charge
from chargeback.model.facts import Member
from chargeback.model.month import Month
from chargeback.model.period import Period
from chargeback.model.problem import Problems, Refused
from chargeback.model.settings import Settings
from chargeback.model.succession import payer_of
from chargeback.workspace.files.toml_lines import read_toml
from chargeback.workspace.paths import SETTINGS

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def still_to_issue(con: DuckDBPyConnection, month: Month, brought_forward: BroughtForward) -> Month:
    """Month, computed by itself today, with the documents alone that are not issued yet.

    They bill the charges that are not issued, and the amounts that earlier months brought forward to the withheld
    documents. Raises Refused when what is issued would not be as it was billed, or no document is left.
    """
    period, before = month.period, last_computed(con, month.period, month.settings)
    assert before is not None, "an issued period has an entry"
    issued = (*issued_of_period(con, period), *before.waived)
    unissued, rest = split_charges(month, issued, before.withheld)
    if not _as_billed(before, month, rest):
        raise Refused(
            f"{period} was issued and would differ today in more than what was set aside: `chargeback run {period}` "
            "shows "
            f"what; put that back, then `chargeback issue {period}` issues the rest"
        )
    found = redrawn(month, unissued, before.withheld, brought_forward, cache(partial(rate_borne, con)))
    if not found.documents:
        raise Refused(
            f"what was set aside of {period} amounts to no document today: `chargeback close {period} --reason "
            '"…"` closes it as it is'
        )
    return replace(found, prior_months=before.prior_months)


def still_to_bill(
    con: DuckDBPyConnection, period: Period, settings: Settings, members: Mapping[str, Member], brought: BroughtForward
) -> Month:
    """Closed month with its withheld documents alone, as they were withheld: what has changed since is an adjustment.

    They have the payers (``members``: those of the month today, by id) and the regimes of today. Raises Refused where
    they amount to no document.
    """
    before = last_computed(con, period, settings)
    assert before is not None, "a closed period has an entry"
    now = replace(before, members={**before.members, **members}, waived=(), carried_forward=())
    own = [c for d in before.withheld for line in d.lines if is_own(line) for c in line.charges]
    found = redrawn(now, own, before.withheld, brought, cache(partial(rate_borne, con)))
    if not found.documents:
        raise Refused(f"what is still to bill of {period} amounts to no document: `chargeback waive {period}` ends it")
    return found


def left_to_end(con: DuckDBPyConnection, month: Month, brought_forward: BroughtForward) -> Month:
    """Month, computed by itself today, with the documents alone of what its issue in advance left.

    The calls that are issued are not compared: the true-up of the year settles them.
    """
    before = last_computed(con, month.period, month.settings)
    assert before is not None, "an issued period has an entry"
    own = charges_at_the_end(month, before.withheld)
    found = drawn_at_the_end(month, own, before.withheld, brought_forward, cache(partial(rate_borne, con)))
    return replace(found, prior_months=(*before.prior_months, *brought_forward.prior_months))


def _as_billed(before: Month, now: Month, rest: Iterable[Charge]) -> bool:
    """Whether what was issued, carried or without document is the same today, for the same payers at the same rates."""
    if not same(filter(_counts, _own(before)), filter(_counts, rest)):
        return False
    regimes = {d.regime.name: d.regime.category for d in before.documents}
    today = {name: regime.category for name, regime in now.settings.regimes.items()}
    payers = {(n.beneficiary, d.payer.member_id) for d in before.documents for n in d.lines if is_own(n)}
    return regimes.items() <= today.items() and all(
        payer_of(member_id, now.members, now.period) == payer for member_id, payer in payers
    )


def _own(month: Month) -> Iterator[Charge]:
    """Charges of a month by itself, but those of the withheld documents."""
    drawn = [line for d in (*month.documents, *month.waived, *month.carried_forward) for line in d.lines]
    in_documents = {id(c) for d in month.drawn_up for line in d.lines for c in line.charges}
    yield from (c for line in drawn if is_own(line) for c in line.charges)
    yield from (c for c in month.charges if id(c) not in in_documents and c.adjusts is None)


def _counts(charge: Charge) -> bool:
    return bool(charge.amount or charge.quantity)


def issue_supplementary(
    con: DuckDBPyConnection, root: Path, month: Month, on: date, inputs: Mapping[str, str], render: Render
) -> PeriodStatus:
    """Status of a month after issuing the documents of ``still_to_issue`` or ``left_to_end``, dated ``on``. ``render``
    gives their files.

    Documents that fail again stay withheld. Raises Problems and Refused, as ``issue`` does; until the ledger's
    transaction commits nothing has changed.
    """
    check_day(month, on)
    lacking = needs(month, read_toml(root, SETTINGS)[1])
    if lacking:
        raise Problems(lacking)
    link = last_link(con)
    folder = staged_correction(root, link.sequence)
    with entering(con, folder, link):
        status = period_status(con, month.period)
        if not (status.has_withheld or status.to_complete(on)):
            raise Refused(f"{month.period} has no document set aside: nothing was changed")
        numbered, numbers = allotted(con, root, month, on)
        files = render(numbered)
        write_out(folder, files)
        if status.to_complete(on):
            entry = replace(entry_of("supplementary", numbered, on, link, PROGRAM, inputs, files), numbers=numbers)
        else:
            entry = correcting("supplementary", numbered.documents, numbered, on, link, PROGRAM)
            entry = complete_entry(entry, numbers, inputs, files)
        append(con, entry)
    complete(con, root, month.period)
    return period_status(con, month.period)
