"""Commands of ``chargeback export``: issued documents handed over to other systems. Parsed by Typer, handed over."""

from __future__ import annotations

import typer

from chargeback.cli.options import (
    AccountingYear,
    AccountsFormat,
    DetailOption,
    ExerciceOption,
    ExportedPeriod,
    FormatOption,
    JournalFormat,
    OutputFolder,
    OutputOption,
    PaidSinceOption,
    SelectedPeriod,
    SinceOption,
)

exports = typer.Typer(
    name="export",
    help="What finance takes over, made from the documents issued.\n\nData go to stdout, or to the file of --output.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
)


@exports.command()
def pretitres(
    ctx: typer.Context,
    period: SelectedPeriod = None,
    form: FormatOption = "csv",
    exercice: ExerciceOption = None,
    since: SinceOption = None,
    output: OutputOption = None,
) -> None:
    """One row per line of the documents of a month, within the limits of the PES titre.

    What becomes a titre, a réduction, an annulation or a mandat; titres/ brings back under which number.
    """
    from chargeback.cli.export import export_pretitres
    from chargeback.cli.selection import selected

    export_pretitres(ctx.obj, selected(period, exercice, since), form, output)


@exports.command()
def journal(
    ctx: typer.Context,
    period: SelectedPeriod = None,
    form: JournalFormat = "csv",
    exercice: ExerciceOption = None,
    since: SinceOption = None,
    paid_since: PaidSinceOption = None,
    output: OutputOption = None,
) -> None:
    """The documents of a month and what was paid of them as double entries.

    Receivable per payer, revenue per account, VAT collected; accounts from [[accounts]] in chargeback.toml. hledger and
    Beancount take the accounts of `export accounts` beside it.
    """
    from chargeback.cli.export import export_journal
    from chargeback.cli.selection import selected

    export_journal(ctx.obj, selected(period, exercice, since), paid_since, form, output)


@exports.command()
def accounts(
    ctx: typer.Context,
    form: AccountsFormat = "hledger",
    output: OutputOption = None,
) -> None:
    """Every account that a journal of this workspace uses, declared once for hledger or Beancount.

    A book includes it once, beside the journals of any months in any order.
    """
    from chargeback.cli.export import export_accounts

    export_accounts(ctx.obj, form, output)


@exports.command()
def vat(
    ctx: typer.Context,
    period: ExportedPeriod,
    detail: DetailOption = False,
    form: FormatOption = "csv",
    output: OutputOption = None,
) -> None:
    """The VAT that falls due in a calendar month, by regime and rate, whatever month was billed.

    On what was invoiced or on what was paid, as due of each regime says.
    """
    from chargeback.cli.export import export_vat

    export_vat(ctx.obj, period, form, output, detail=detail)


@exports.command()
def accruals(
    ctx: typer.Context,
    year: AccountingYear,
    form: FormatOption = "csv",
    output: OutputOption = None,
) -> None:
    """What a year used and no document dated by 31 December bills, by month, payer, rule and account.

    By the month that it is for: carried amounts, adjustments and the true-up too. Each row names the document that
    reverses it.
    """
    from chargeback.cli.accruals import export_accruals

    export_accruals(ctx.obj, year, form, output)


@exports.command()
def chorus(
    ctx: typer.Context,
    period: SelectedPeriod = None,
    exercice: ExerciceOption = None,
    since: SinceOption = None,
    output: OutputFolder = None,
) -> None:
    """The documents of a month as tar.gz archives of Factur-X files for Chorus Pro, at most 500 in each.

    Only for who deposits there itself: [operator] chorus = true.
    """
    from chargeback.cli.export import export_chorus
    from chargeback.cli.selection import selected

    export_chorus(ctx.obj, selected(period, exercice, since), output)
