"""Commands of ``chargeback export``: issued documents handed over to other systems."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from chargeback.cli.options import FormatOption, HandedArgument, OutputOption, SinceOption, a_year, one_of

exports = typer.Typer(
    name="export",
    help="What finance takes over, made from the documents issued.\n\nData go to stdout, or to the file of --output.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
)


@exports.command(name="pretitres")
def export_pretitres(
    ctx: typer.Context,
    period: HandedArgument,
    form: FormatOption = "csv",
    since: SinceOption = None,
    output: OutputOption = None,
) -> None:
    """One row per line of the documents of a month, within the limits of the PES titre.

    What becomes a titre, a réduction, an annulation or a mandat; titres/ brings back under which number.
    """
    from chargeback.cli.export import export_pretitres as pretitres_of

    pretitres_of(ctx.obj, period, since, form, output)


@exports.command(name="journal")
def export_journal(
    ctx: typer.Context,
    period: HandedArgument,
    form: Annotated[
        str,
        typer.Option("--format", parser=one_of("hledger", "beancount", "csv"), metavar="hledger|beancount|csv"),
    ] = "csv",
    since: SinceOption = None,
    output: OutputOption = None,
) -> None:
    """The documents of a month and what was paid of them as double entries.

    Receivable per payer, revenue per account, VAT collected; accounts from [[accounts]] in chargeback.toml.
    """
    from chargeback.cli.export import export_journal as journal_of

    journal_of(ctx.obj, period, since, form, output)


@exports.command(name="vat")
def export_vat(
    ctx: typer.Context,
    period: HandedArgument,
    detail: Annotated[bool, typer.Option("--detail", help="A row for each document, not for each regime.")] = False,
    form: FormatOption = "csv",
    output: OutputOption = None,
) -> None:
    """The VAT that falls due in a calendar month, by regime and rate, whatever month was billed.

    On what was invoiced or on what was paid, as due of each regime says.
    """
    from chargeback.cli.export import export_vat as vat_of

    vat_of(ctx.obj, period, form, output, detail=detail)


@exports.command(name="accruals")
def export_accruals(
    ctx: typer.Context,
    year: Annotated[int, typer.Argument(parser=a_year, metavar="YEAR", help="An exercice, as 2026.")],
    form: FormatOption = "csv",
    output: OutputOption = None,
) -> None:
    """What a year used and no document dated by 31 December bills, by month, payer, rule and account.

    By the month that it is for: carried amounts, adjustments and the true-up too. Each row names the document that reverses it.
    """
    from chargeback.cli.accruals import export_accruals as accruals_of

    accruals_of(ctx.obj, year, form, output)


@exports.command(name="chorus")
def export_chorus(
    ctx: typer.Context,
    period: HandedArgument,
    since: SinceOption = None,
    output: Annotated[
        Path | None, typer.Option("--output", metavar="DIR", help="Write to the folder DIR, not to out/exports.")
    ] = None,
) -> None:
    """The documents of a month as tar.gz archives of Factur-X files for Chorus Pro, at most 500 in each.

    Only for who deposits there itself: [operator] chorus = true.
    """
    from chargeback.cli.export import export_chorus as chorus_of

    chorus_of(ctx.obj, period, since, output)
