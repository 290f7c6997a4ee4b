"""The command line: parse, call, print, exit code. Data on stdout, words on stderr."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from chargeback.cli.export_app import exports
from chargeback.cli.options import (
    DateOption,
    HandedArgument,
    InvoiceArgument,
    PeriodArgument,
    ReasonOption,
    YesOption,
    a_cents,
    a_day,
    a_period,
    a_term,
    a_year,
)
from chargeback.model.period import Period, Term
from chargeback.model.problem import Problems, Refused, shown

INTERRUPTED = 130
INTERRUPT = "interrupted: nothing is left half done, run the same command again"

app = typer.Typer(
    name="chargeback",
    help="Share the cost of common infrastructure: measured use, dated tariffs, exact apportionment, explained invoices.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@app.callback()
def workspace(
    ctx: typer.Context,
    directory: Annotated[Path, typer.Option("-C", metavar="DIR", help="The workspace.")] = Path("."),
) -> None:
    """Share the cost of common infrastructure among the members of a public body."""
    ctx.obj = directory


@app.command()
def init(directory: Annotated[Path, typer.Argument(metavar="DIR", help="A new or empty folder.")]) -> None:
    """A new workspace from the shipped example.

    Rules and wording are copied in, to be made your own.
    """
    from chargeback.cli.month import start_workspace

    start_workspace(directory)


@app.command()
def run(
    ctx: typer.Context,
    period: PeriodArgument,
    documents: Annotated[bool, typer.Option("--documents/--no-documents", help="Draw up PDF and Excel files.")] = True,
    as_json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON on stdout.")] = False,
) -> None:
    """The monthly job: drafts of all documents in out/PERIOD/.

    Loads, checks, measures, prices and shares; then draws up invoices, statements, the savings report and the workbook.
    """
    from chargeback.cli.month import run_month

    run_month(ctx.obj, period, documents=documents, as_json=as_json)


@app.command()
def check(
    ctx: typer.Context,
    period: Annotated[
        Period | None,
        typer.Argument(
            parser=a_period, metavar="PERIOD", help="A month, as 2026-10; without it only what holds in any month."
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print problems and notices as JSON on stdout.")] = False,
) -> None:
    """All problems and notices; nothing is written.

    The exit code is 1 exactly when run PERIOD would have it.
    """
    from chargeback.cli.month import check_workspace

    check_workspace(ctx.obj, period, as_json=as_json)


@app.command()
def load(
    ctx: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="Print what was loaded as JSON on stdout.")] = False,
) -> None:
    """Bring the store level with usage/ and costs/; each content once."""
    from chargeback.cli.month import load_workspace

    load_workspace(ctx.obj, as_json=as_json)


@app.command()
def issue(
    ctx: typer.Context,
    term: Annotated[
        Term,
        typer.Argument(
            parser=a_term,
            metavar="PERIOD",
            help="A month, as 2026-10; or 2026-Q4 or 2026: what those who are billed by quarter or year have in its last month.",
        ),
    ],
    on: Annotated[
        date | None,
        typer.Option("--date", parser=a_day, metavar="DATE", help="The date of the documents; today by default."),
    ] = None,
    jobs: Annotated[
        int, typer.Option("--jobs", min=1, metavar="N", help="How many processes draw and check the documents.")
    ] = 1,
    skip_invalid: Annotated[
        bool, typer.Option("--skip-invalid", help="Set documents that may not be issued aside, and issue the others.")
    ] = False,
    only: Annotated[
        str,
        typer.Option(
            "--only",
            metavar="NAME",
            help="Only a regime of [vat.*], or a service of the rules; the others wait for later.",
        ),
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print the documents as JSON on stdout.")] = False,
) -> None:
    """Number and date the documents of a month.

    They are written in the ledger: nothing issued ever changes. Of a month that is issued in part, issue what is left.
    """
    from chargeback.cli.issue import Order, issue_month

    order = Order(ctx.obj, term, on or date.today(), jobs, skip_invalid, only)
    issue_month(order, as_json=as_json)


@app.command()
def credit(
    ctx: typer.Context,
    invoice: InvoiceArgument,
    reason: ReasonOption,
    line: Annotated[
        list[int] | None, typer.Option("--line", metavar="N", help="Credit what remains of this line; may be repeated.")
    ] = None,
    amount: Annotated[
        int | None, typer.Option("--amount", parser=a_cents, metavar="EUROS", help="Credit this amount, VAT included.")
    ] = None,
    on: DateOption = None,
    yes: YesOption = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the credit note as JSON on stdout.")] = False,
) -> None:
    """A credit note on an issued invoice: all that remains of it, some lines, or an amount.

    What would be issued is shown first. All credits of an invoice together never exceed it.
    """
    from chargeback.cli.correct import credit_invoice, part_of

    if line and amount is not None:
        raise typer.BadParameter("give --line or --amount, not both")
    part = part_of(line or [], amount)
    credit_invoice(ctx.obj, invoice, part, reason, on or date.today(), yes=yes, as_json=as_json)


@app.command()
def correct(
    ctx: typer.Context,
    invoice: InvoiceArgument,
    reason: ReasonOption,
    on: DateOption = None,
    yes: YesOption = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the documents as JSON on stdout.")] = False,
) -> None:
    """Credit an issued invoice and issue a new one in its place, drawn up again from today's data.

    Both are shown first, and issued together or not at all.
    """
    from chargeback.cli.correct import correct_invoice

    correct_invoice(ctx.obj, invoice, reason, on or date.today(), yes=yes, as_json=as_json)


@app.command()
def close(
    ctx: typer.Context,
    period: PeriodArgument,
    reason: Annotated[
        str,
        typer.Option("--reason", metavar="TEXT", help="Why documents set aside are not issued; kept in the ledger."),
    ] = "",
    on: Annotated[
        date | None,
        typer.Option("--date", parser=a_day, metavar="DATE", help="The day of closing; today by default."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print where the period stands as JSON on stdout.")] = False,
) -> None:
    """Freeze a month that is issued.

    Nothing of it can change, and neither can the rules it used.
    """
    from chargeback.cli.issue import close_month

    close_month(ctx.obj, period, on or date.today(), reason, as_json=as_json)


@app.command()
def verify(
    ctx: typer.Context,
    period: Annotated[
        Period | None,
        typer.Argument(parser=a_period, metavar="PERIOD", help="A month, as 2026-10; all of them without it."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the checks as JSON on stdout.")] = False,
) -> None:
    """Whether everything issued is as it was issued: ledger, numbers, files, charges, documents.

    Nothing is written. The exit code is 1 when anything is not; the first difference is said in words.
    """
    from chargeback.cli.verify import verify as verify_issued

    verify_issued(ctx.obj, period, as_json=as_json)


@app.command()
def explain(
    ctx: typer.Context,
    asked: Annotated[
        str, typer.Argument(metavar="INVOICE|MEMBER", help="The number of an issued document, or a member_id.")
    ],
    period: Annotated[
        Period | None,
        typer.Option("--period", parser=a_period, metavar="PERIOD", help="The month; the latest in out/ by default."),
    ] = None,
    line: Annotated[int | None, typer.Option("--line", metavar="N", help="Only the N-th line.")] = None,
    rows: Annotated[bool, typer.Option("--rows", help="Print every usage row behind the lines as CSV.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the explanation as JSON.")] = False,
) -> None:
    """What stands behind each amount of an invoice or of a member.

    Rule and reference, quantity, key, rounding, down to the usage rows.
    """
    from chargeback.cli.explain import explain_month

    explain_month(ctx.obj, asked, period, line, rows=rows, as_json=as_json)


@app.command()
def rules(
    ctx: typer.Context,
    asked: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="DATE|diff DATE DATE",
            help="A day, as 2026-11-05, today by default; or diff and two days, to see what changes.",
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the rules as JSON on stdout.")] = False,
) -> None:
    """The rules in force on a day, or what changes between two.

    Prices, keys, validity and the decision each of them rests on.
    """
    from chargeback.cli.rules import compare_rules, list_rules

    words = asked or []
    if words[:1] == ["diff"] and len(words) == 3:
        first, second = a_day(words[1]), a_day(words[2])
        if second < first:
            raise typer.BadParameter(f"{second} is before {first}: write the earlier day first")
        compare_rules(ctx.obj, first, second, as_json=as_json)
    elif len(words) < 2 and words != ["diff"]:
        list_rules(ctx.obj, a_day(words[0]) if words else date.today(), as_json=as_json)
    else:
        raise typer.BadParameter("expected a day, as 2026-11-05, or diff and two days")


@app.command()
def fairness(
    ctx: typer.Context,
    period: PeriodArgument,
    game: Annotated[
        str | None, typer.Option("--game", metavar="G", help="Only this game of standalone/costs.csv.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
    file: Annotated[Path | None, typer.Option("--pdf", metavar="FILE", help="Write its pages to FILE.")] = None,
) -> None:
    """Does everyone pay less than alone? Each member, each group, each method.

    What was charged by or beside a game, against what each member and each group of members would pay by itself.
    """
    from chargeback.cli.fairness import fairness_month

    fairness_month(ctx.obj, period, game, file, as_json=as_json)


app.add_typer(exports)


@app.command()
def adjustments(
    ctx: typer.Context,
    period: HandedArgument,
    as_json: Annotated[bool, typer.Option("--json", help="Print the adjustments as JSON.")] = False,
) -> None:
    """What closed months come to that was not billed, member by member.

    Late data, corrected files, a tariff that reaches back. Nothing is written: it previews what the next month bills; of an
    issued month it shows what that billed.
    """
    from chargeback.cli.adjustments import adjustments_of

    adjustments_of(ctx.obj, period, as_json=as_json)


@app.command(name="true-up")
def true_up(
    ctx: typer.Context,
    year: Annotated[int, typer.Argument(parser=a_year, metavar="YEAR", help="A civil year, as 2026.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print the true-up as JSON.")] = False,
    file: Annotated[
        Path | None, typer.Option("--pdf", metavar="FILE", help="Write the proof that what is called equals the cost.")
    ] = None,
) -> None:
    """The year's cost shared once, less what each member was called for, and the proof that both are equal.

    Nothing is written. The month that [true_up] of chargeback.toml names bills the differences.
    """
    from chargeback.cli.true_up import true_up_year

    true_up_year(ctx.obj, year, file, as_json=as_json)


def main(args: Sequence[str] | None = None) -> int:
    """Run the command line; the exit code: 0 done, 1 problems in the data or rules, 2 wrong usage."""
    try:
        app(args=list(sys.argv[1:] if args is None else args), prog_name="chargeback", standalone_mode=True)
    except SystemExit as end:
        if end.code == INTERRUPTED:
            _say([INTERRUPT])
        return end.code if end.code in (0, 1, 2) else 1
    except Problems as error:
        _say(shown(error.problems))
    except Refused as error:
        _say([str(error)])
    except KeyboardInterrupt:
        _say([INTERRUPT])
    except OSError as error:
        _say([_sentence(error)])
    return 1


def _say(lines: list[str]) -> None:
    for line in lines:
        print(line, file=sys.stderr)


def _sentence(error: OSError) -> str:
    """An error of the system as one sentence."""
    import errno

    if error.errno == errno.ENOSPC:
        return "the disk is full: nothing was changed, make room and run the same command again"
    place = f"{error.filename}: " if error.filename else ""
    return f"{place}{(error.strerror or str(error)).lower()}: nothing was changed"


def console() -> None:
    """The console script."""
    sys.exit(main())


if __name__ == "__main__":
    console()
