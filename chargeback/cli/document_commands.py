"""Commands on documents: credit, correct, verify, explain. What Typer parses, handed to what each one does."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from chargeback.cli.options import (
    CreditedAmount,
    CreditedLines,
    CreditKindOption,
    DateOption,
    ExplainedName,
    ExplainedPeriod,
    GiftAct,
    InvoiceArgument,
    LineOption,
    ReasonOption,
    RowsOption,
    VerifiedPeriod,
    YesOption,
    json_option,
)


def credit(
    ctx: typer.Context,
    invoice: InvoiceArgument,
    kind: CreditKindOption,
    reason: ReasonOption,
    act: GiftAct = "",
    line: CreditedLines = None,
    amount: CreditedAmount = None,
    on: DateOption = None,
    yes: YesOption = False,
    as_json: Annotated[bool, json_option("Print the credit note as JSON on stdout.")] = False,
) -> None:
    """A credit note on an issued invoice: all that remains of it, some lines, or an amount.

    An error is compared with the data afterwards; a gift (goodwill) is made by an act and never taken back. What would
    be issued is shown first. All credits of an invoice together never exceed it.
    """
    from chargeback.cli.correct import act_of, credit_invoice, part_of

    if line and amount is not None:
        raise typer.BadParameter("give --line or --amount, not both")
    part = part_of(line or [], amount)
    credit_invoice(ctx.obj, invoice, part, reason, act_of(kind, act), on or date.today(), yes=yes, as_json=as_json)


def correct(
    ctx: typer.Context,
    invoice: InvoiceArgument,
    reason: ReasonOption,
    on: DateOption = None,
    yes: YesOption = False,
    as_json: Annotated[bool, json_option("Print the documents as JSON on stdout.")] = False,
) -> None:
    """Credit an issued invoice and issue a new one in its place, drawn up again from today's data.

    Both are shown first, and issued together or not at all.
    """
    from chargeback.cli.correct import correct_invoice

    correct_invoice(ctx.obj, invoice, reason, on or date.today(), yes=yes, as_json=as_json)


def verify(
    ctx: typer.Context,
    period: VerifiedPeriod = None,
    as_json: Annotated[bool, json_option("Print the checks as JSON on stdout.")] = False,
) -> None:
    """Whether everything issued is as it was issued: ledger, numbers, files, charges, documents.

    Nothing is written. The exit code is 1 when anything is not; the first difference is said in words.
    """
    from chargeback.cli.verify import verify_issued

    verify_issued(ctx.obj, period, as_json=as_json)


def explain(
    ctx: typer.Context,
    asked: ExplainedName,
    period: ExplainedPeriod = None,
    line: LineOption = None,
    rows: RowsOption = False,
    as_json: Annotated[bool, json_option("Print the explanation as JSON.")] = False,
) -> None:
    """What stands behind each amount of an invoice or of a member.

    Rule and reference, quantity, key, rounding, down to the usage rows.
    """
    from chargeback.cli.explain import explain_month

    explain_month(ctx.obj, asked, period, line, rows=rows, as_json=as_json)
