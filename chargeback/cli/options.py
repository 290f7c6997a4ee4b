"""Options and arguments that several commands share, and their parsers."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from chargeback.model.period import Period, Term

AMOUNT = re.compile(r"[0-9]{1,13}(\.[0-9]{1,2})?", re.ASCII)


def a_period(text: str) -> Period:
    try:
        return Period.parse(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


def a_term(text: str) -> Term:
    try:
        return Term.parse(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


PeriodArgument = Annotated[Period, typer.Argument(parser=a_period, metavar="PERIOD", help="A month, as 2026-10.")]


def a_day(text: str) -> date:
    try:
        if len(text) != len("2026-11-05") or "W" in text.upper():
            raise ValueError(text)
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no date: expected YYYY-MM-DD, as 2026-11-05") from None


def a_cents(text: str) -> int:
    if not AMOUNT.fullmatch(text):
        raise typer.BadParameter(f"{text!r} is no amount: expected euros with at most two decimals, as 120.50")
    whole, _, decimals = text.partition(".")
    return int(whole) * 100 + int(decimals.ljust(2, "0"))


def one_of(*allowed: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text not in allowed:
            raise typer.BadParameter(f"{text!r} is none of {', '.join(allowed)}")
        return text

    return parse


def a_year(text: str) -> int:
    if not re.fullmatch(r"[0-9]{4}", text, re.ASCII) or text in ("0000", "9999"):
        raise typer.BadParameter(f"{text!r} is no year: expected four digits, as 2026")
    return int(text)


InvoiceArgument = Annotated[str, typer.Argument(metavar="INVOICE", help="The number of an issued invoice.")]


ReasonOption = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why; the document prints it.")]


DateOption = Annotated[
    date | None,
    typer.Option("--date", parser=a_day, metavar="DATE", help="The date of the documents; today by default."),
]


YesOption = Annotated[bool, typer.Option("--yes", help="Issue it; without it, it is only shown, or asked for.")]


OutputOption = Annotated[Path | None, typer.Option("--output", metavar="FILE", help="Write to FILE, not to stdout.")]


SinceOption = Annotated[
    date | None,
    typer.Option("--since", parser=a_day, metavar="DATE", help="Only what is dated on DATE or later."),
]


FormatOption = Annotated[str, typer.Option("--format", parser=one_of("csv", "json"), metavar="csv|json")]


def _handed_month(text: str) -> Period:
    """The month of an export; a quarter or year is refused with the months to name, so that nothing is handed over twice."""
    try:
        term = Term.parse(text)
    except ValueError:
        return a_period(text)
    if term.every == "month":
        return term.last
    first, last = term.months[0], term.last
    raise typer.BadParameter(
        f"{text} is a {term.every} and what is handed over is by month: name one from {first} to {last}; what `issue {text}` "
        f"issues is of {last}"
    )


HandedArgument = Annotated[Period, typer.Argument(parser=_handed_month, metavar="PERIOD", help="A month, as 2026-10.")]
