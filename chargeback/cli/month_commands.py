"""Commands of a month, from the new workspace to the closed period: what Typer parses, handed to what each one does."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from chargeback.cli.options import (
    CheckedPeriod,
    CloseYesOption,
    ClosingDate,
    ClosingReason,
    DateOption,
    DocumentsOption,
    IssuedTerm,
    JobsOption,
    NewFolder,
    OnlyOption,
    PeriodArgument,
    SkipInvalidOption,
    WaivedPayer,
    WaiveYesOption,
    WaivingAct,
    WaivingDate,
    json_option,
)


def init(directory: NewFolder) -> None:
    """A new workspace from the shipped example.

    Rules and wording are copied in, to be made your own.
    """
    from chargeback.cli.month import start_workspace

    start_workspace(directory)


def run(
    ctx: typer.Context,
    period: PeriodArgument,
    documents: DocumentsOption = True,
    as_json: Annotated[bool, json_option("Print the summary as JSON on stdout.")] = False,
) -> None:
    """The monthly job: drafts of all documents in out/PERIOD/.

    Loads, checks, measures, prices and shares; then draws up invoices, statements, the savings report and the workbook.
    """
    from chargeback.cli.month import run_month

    run_month(ctx.obj, period, documents=documents, as_json=as_json)


def check(
    ctx: typer.Context,
    period: CheckedPeriod = None,
    as_json: Annotated[bool, json_option("Print problems and notices as JSON on stdout.")] = False,
) -> None:
    """All problems and notices; nothing is written.

    The exit code is 1 exactly when run PERIOD would have it.
    """
    from chargeback.cli.month import check_workspace

    check_workspace(ctx.obj, period, as_json=as_json)


def load(
    ctx: typer.Context,
    as_json: Annotated[bool, json_option("Print what was loaded as JSON on stdout.")] = False,
) -> None:
    """Bring the store level with usage/ and costs/; each content once."""
    from chargeback.cli.month import load_workspace

    load_workspace(ctx.obj, as_json=as_json)


def issue(
    ctx: typer.Context,
    term: IssuedTerm,
    on: DateOption = None,
    jobs: JobsOption = 1,
    skip_invalid: SkipInvalidOption = False,
    only: OnlyOption = "",
    as_json: Annotated[bool, json_option("Print the documents as JSON on stdout.")] = False,
) -> None:
    """Number and date the documents of a month.

    They are written in the ledger: nothing issued ever changes. Of a month that is issued in part, issue what is left.
    """
    from chargeback.cli.issue import issue_month
    from chargeback.workflows.issue import IssueOrder

    issue_month(IssueOrder(ctx.obj, term, on or date.today(), jobs, skip_invalid, only), as_json=as_json)


def close(
    ctx: typer.Context,
    period: PeriodArgument,
    reason: ClosingReason = "",
    on: ClosingDate = None,
    yes: CloseYesOption = False,
    as_json: Annotated[bool, json_option("Print where the period stands as JSON on stdout.")] = False,
) -> None:
    """Freeze a month that is issued.

    Nothing of it can change, and neither can the rules it used. With --reason it is closed while documents are set
    aside: they are listed first, and stay to bill.
    """
    from chargeback.cli.issue import close_month

    close_month(ctx.obj, period, on or date.today(), reason, yes=yes, as_json=as_json)


def waive(
    ctx: typer.Context,
    period: PeriodArgument,
    act: WaivingAct,
    payer: WaivedPayer = "",
    on: WaivingDate = None,
    yes: WaiveYesOption = False,
    as_json: Annotated[bool, json_option("Print the claims as JSON on stdout.")] = False,
) -> None:
    """Give up what an issued month has still to bill, by an act.

    The claims are shown first. They are never billed and never adjusted; the ledger keeps them with the act.
    """
    from chargeback.cli.claims import waive_claims

    waive_claims(ctx.obj, period, payer, act, on or date.today(), yes=yes, as_json=as_json)
