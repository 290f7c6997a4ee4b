"""Arguments and options of the commands, each defined once, and their parsers."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from chargeback.model.period import Period, Term

AMOUNT = re.compile(r"[0-9]{1,13}(\.[0-9]{1,2})?", re.ASCII)


def parse_period(text: str) -> Period:
    """A month, as ``2026-10``."""
    try:
        return Period.parse(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


def parse_term(text: str) -> Term:
    """A month, quarter or year, as ``2026-10``, ``2026-Q4`` or ``2026``."""
    try:
        return Term.parse(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


def parse_day(text: str) -> date:
    """A day, as ``2026-11-05``."""
    try:
        if len(text) != len("2026-11-05") or "W" in text.upper():
            raise ValueError(text)
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no date: expected YYYY-MM-DD, as 2026-11-05") from None


def parse_year(text: str) -> int:
    """A civil year, as ``2026``."""
    if not re.fullmatch(r"[0-9]{4}", text, re.ASCII) or text in ("0000", "9999"):
        raise typer.BadParameter(f"{text!r} is no year: expected four digits, as 2026")
    return int(text)


def parse_entry(text: str) -> int:
    """Number of an entry of the ledger, as ``12``; 0 before the first."""
    if not re.fullmatch(r"[0-9]{1,9}", text, re.ASCII):
        raise typer.BadParameter(f"{text!r} is no entry of the ledger: expected its number, as 12")
    return int(text)


def parse_cents(text: str) -> int:
    """Cents of an amount in euros, as ``120.50``."""
    if not AMOUNT.fullmatch(text):
        raise typer.BadParameter(f"{text!r} is no amount: expected euros with at most two decimals, as 120.50")
    whole, _, decimals = text.partition(".")
    return int(whole) * 100 + int(decimals.ljust(2, "0"))


def one_of(*allowed: str) -> Callable[[str], str]:
    """A parser that takes one of some words."""

    def parse(text: str) -> str:
        if text not in allowed:
            raise typer.BadParameter(f"{text!r} is none of {', '.join(allowed)}")
        return text

    return parse


def _exported_month(text: str) -> Period:
    """Month of an export; a quarter or year is refused with its months, so that nothing is exported twice."""
    try:
        term = Term.parse(text)
    except ValueError:
        return parse_period(text)
    if term.every == "month":
        return term.last
    first, last = term.months[0], term.last
    raise typer.BadParameter(
        f"{text} is a {term.every} and what is handed over is by month: name one from {first} to {last}; what "
        f"`issue {text}` issues is of {last}"
    )


def json_option(text: str) -> Any:
    """``--json`` of a command, with its help."""
    return typer.Option("--json", help=text)


def format_option(*forms: str) -> Any:
    """``--format`` of an export, one of its forms."""
    return typer.Option("--format", parser=one_of(*forms), metavar="|".join(forms))


def date_option(text: str) -> Any:
    """``--date`` of a command, with its help."""
    return typer.Option("--date", parser=parse_day, metavar="DATE", help=text)


def month_argument(text: str) -> Any:
    """A month that may be left out, with its help."""
    return typer.Argument(parser=parse_period, metavar="PERIOD", help=text)


Workspace = Annotated[Path, typer.Option("-C", metavar="DIR", help="The workspace.")]
NewFolder = Annotated[Path, typer.Argument(metavar="DIR", help="A new or empty folder.")]

PeriodArgument = Annotated[Period, month_argument("A month, as 2026-10.")]
CheckedPeriod = Annotated[
    Period | None, month_argument("A month, as 2026-10; without it only what holds in any month.")
]
VerifiedPeriod = Annotated[Period | None, month_argument("A month, as 2026-10; all of them without it.")]
ExportedPeriod = Annotated[
    Period, typer.Argument(parser=_exported_month, metavar="PERIOD", help="A month, as 2026-10.")
]
SelectedPeriod = Annotated[
    Period | None,
    typer.Argument(
        parser=_exported_month,
        metavar="PERIOD",
        help="A month, as 2026-10; it may be left out where --exercice or --since says which documents.",
    ),
]
ExplainedPeriod = Annotated[
    Period | None,
    typer.Option("--period", parser=parse_period, metavar="PERIOD", help="The month; the latest in out/ by default."),
]
IssuedTerm = Annotated[
    Term,
    typer.Argument(
        parser=parse_term,
        metavar="PERIOD",
        help="A month, as 2026-10; or 2026-Q4 or 2026: what those who are billed by quarter or year have in its last "
        "month.",
    ),
]
CivilYear = Annotated[int, typer.Argument(parser=parse_year, metavar="YEAR", help="A civil year, as 2026.")]
AccountingYear = Annotated[int, typer.Argument(parser=parse_year, metavar="YEAR", help="An exercice, as 2026.")]
RuleDays = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="DATE|diff DATE DATE",
        help="A day, as 2026-11-05, today by default; or diff and two days, to see what changes.",
    ),
]

DocumentsOption = Annotated[bool, typer.Option("--documents/--no-documents", help="Draw up PDF and Excel files.")]
JobsOption = Annotated[
    int, typer.Option("--jobs", min=1, metavar="N", help="How many processes draw and check the documents.")
]
SkipInvalidOption = Annotated[
    bool, typer.Option("--skip-invalid", help="Set documents that may not be issued aside, and issue the others.")
]
OnlyOption = Annotated[
    str,
    typer.Option(
        "--only", metavar="NAME", help="Only a regime of [vat.*], or a service of the rules; the others wait for later."
    ),
]

InvoiceArgument = Annotated[str, typer.Argument(metavar="INVOICE", help="The number of an issued invoice.")]
ReasonOption = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why; the document prints it.")]
ClosingReason = Annotated[
    str,
    typer.Option("--reason", metavar="TEXT", help="Why documents set aside stay to bill; kept in the ledger."),
]
DateOption = Annotated[date | None, date_option("The date of the documents; today by default.")]
ClosingDate = Annotated[date | None, date_option("The day of closing; today by default.")]
YesOption = Annotated[bool, typer.Option("--yes", help="Issue it; without it, it is only shown, or asked for.")]
CloseYesOption = Annotated[
    bool,
    typer.Option("--yes", help="Close it with documents still to bill; without it, they are only listed."),
]
WaivingAct = Annotated[str, typer.Option("--act", metavar="TEXT", help="The act that gives it up; kept in the ledger.")]
WaivingDate = Annotated[date | None, date_option("The day on which it is given up; today by default.")]
WaivedPayer = Annotated[str, typer.Option("--payer", metavar="MEMBER", help="Only what this payer is to be billed.")]
WaiveYesOption = Annotated[bool, typer.Option("--yes", help="Give it up; without it, it is only shown, or asked for.")]
CreditKindOption = Annotated[
    str,
    typer.Option(
        "--kind",
        parser=one_of("error", "goodwill"),
        metavar="error|goodwill",
        help="An error of the invoice, or a gift by an act.",
    ),
]
GiftAct = Annotated[
    str, typer.Option("--act", metavar="TEXT", help="The act that makes a gift; printed, and kept in the ledger.")
]
CreditedLines = Annotated[
    list[int] | None, typer.Option("--line", metavar="N", help="Credit what remains of this line; may be repeated.")
]
CreditedAmount = Annotated[
    int | None,
    typer.Option("--amount", parser=parse_cents, metavar="EUROS", help="Credit this amount, VAT included."),
]

ExplainedName = Annotated[
    str, typer.Argument(metavar="INVOICE|MEMBER", help="The number of an issued document, or a member_id.")
]
LineOption = Annotated[int | None, typer.Option("--line", metavar="N", help="Only the N-th line.")]
RowsOption = Annotated[bool, typer.Option("--rows", help="Print every usage row behind the lines as CSV.")]
GameOption = Annotated[str | None, typer.Option("--game", metavar="G", help="Only this game of standalone/costs.csv.")]
FairnessPagesOption = Annotated[Path | None, typer.Option("--pdf", metavar="FILE", help="Write its pages to FILE.")]
ProofPage = Annotated[
    Path | None, typer.Option("--pdf", metavar="FILE", help="Write the proof that what is called equals the cost.")
]

OutputOption = Annotated[Path | None, typer.Option("--output", metavar="FILE", help="Write to FILE, not to stdout.")]
OutputFolder = Annotated[
    Path | None, typer.Option("--output", metavar="DIR", help="Write to the folder DIR, not to out/exports.")
]
ExerciceOption = Annotated[
    int | None,
    typer.Option(
        "--exercice",
        parser=parse_year,
        metavar="YEAR",
        help="Only documents of this exercice: that of the titre in titres/, else of the date.",
    ),
]
SinceOption = Annotated[
    int | None,
    typer.Option(
        "--since",
        parser=parse_entry,
        metavar="ENTRY",
        help="Only what was issued after this entry of the ledger; each export names the last one.",
    ),
]
PaidSinceOption = Annotated[
    date | None,
    typer.Option("--paid-since", parser=parse_day, metavar="DATE", help="Only payments of DATE or later."),
]
FormatOption = Annotated[str, format_option("csv", "json")]
AccountsFormat = Annotated[str, format_option("hledger", "beancount")]
JournalFormat = Annotated[str, format_option("hledger", "beancount", "csv")]
DetailOption = Annotated[bool, typer.Option("--detail", help="A row for each document, not for each regime.")]
