"""``export``: what finance takes over, on stdout or in a file. Data of issued documents only; nothing of them changes."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from chargeback.balance import Payment
from chargeback.commands.words import say
from chargeback.exports.handed import Handed
from chargeback.exports.journal import COLUMNS as JOURNAL
from chargeback.exports.journal import entries, rows
from chargeback.exports.plain_text import beancount, hledger
from chargeback.exports.pretitres import COLUMNS, breaches, left_out, pretitres
from chargeback.exports.tables import Row, as_csv, as_json
from chargeback.inputs import own_reports
from chargeback.ledger.handing import every_document, handed_of_period
from chargeback.ledger.issuing import ledger_of
from chargeback.ledger.receivables import issued, payment_problems
from chargeback.model import Settings, Titre
from chargeback.period import Period
from chargeback.problem import Problems, Refused, counted
from chargeback.reading.payments import read_payments
from chargeback.reading.titres import read_titres, titre_problems
from chargeback.reading.workspace import read_settings
from chargeback.wording import Wording, read_wording, wording_problems

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

WRITERS: dict[str, Callable[[Sequence[str], Sequence[Row]], bytes]] = {"csv": as_csv, "json": as_json}


@dataclass(frozen=True, slots=True)
class Office:
    """What every export begins with: the workspace, its settings, wording and ledger."""

    root: Path
    settings: Settings
    wording: Wording
    con: DuckDBPyConnection


@contextmanager
def office(root: Path) -> Iterator[Office]:
    """Settings, wording and ledger of a workspace; raises Problems, and Refused when nothing is issued."""
    settings, problems = read_settings(root)
    if settings is None:
        raise Problems(problems)
    reports = own_reports(root, settings)
    if faults := wording_problems(reports):
        raise Problems(faults)
    with ledger_of(root) as con:
        if con is None:
            raise Refused("nothing is issued in this workspace yet: there is nothing to hand over")
        yield Office(root, settings, read_wording(settings.locale, reports, settings.currency), con)


def export_pretitres(root: Path, period: Period, since: date | None, form: str, output: Path | None) -> None:
    """The lines of the issued documents of a period, as the finance software takes them."""
    with office(root) as of:
        handed = documents_of(of, period, since)
        made = pretitres(handed, of.settings.accounts, titres_of(of), of.wording)
    for row in made:
        if wrong := breaches(row):
            raise Refused(f"line {row['line']} of {row['number']}: {wrong[0]}; this is a fault of the program")
    write(WRITERS[form](COLUMNS, made), output)
    say(f"{period}: {counted(len(made), 'line')} of {counted(len(handed), 'document')}", *_told(handed, made, of))


def export_journal(root: Path, period: Period, since: date | None, form: str, output: Path | None) -> None:
    """The double entries of the issued documents of a period and of their payments."""
    with office(root) as of:
        handed, currency = documents_of(of, period, since), of.settings.currency
        made = entries(handed, payments_of(of), of.settings.accounts, of.wording)
    writers = {"hledger": hledger, "beancount": beancount}
    content = writers[form](made, currency) if form in writers else as_csv(JOURNAL, list(rows(made, currency)))
    write(content, output)
    paid = len(made) - len(handed)
    say(f"{period}: {counted(len(handed), 'document')} and {counted(paid, 'payment')}, each adding up to 0.00")


def _told(handed: Sequence[Handed], made: Sequence[Row], of: Office) -> Iterator[str]:
    """What the file does not say by itself."""
    if zeros := left_out(handed):
        yield f"{counted(zeros, 'line')} of 0.00 left out: a titre has none"
    if cut := sum(bool(row["shortened"]) for row in made):
        yield f"texts of {counted(cut, 'line')} shortened to what a titre holds: the column shortened names them"
    if made and not of.settings.accounts:
        yield "chargeback.toml has no [[accounts]]: account, nature and function are empty"


def documents_of(of: Office, period: Period, since: date | None) -> tuple[Handed, ...]:
    """The issued documents of a period and their corrections, those dated before ``since`` left out; Refused when not issued."""
    handed = handed_of_period(of.con, period, of.settings)
    if handed is None:
        raise Refused(f"{period} is not issued: `chargeback issue {period}` comes first")
    return tuple(one for one in handed if since is None or (one.document.issue_date or date.max) >= since)


def titres_of(of: Office) -> dict[str, Titre]:
    """What titres/ brings back, by number of document; raises Problems."""
    titres, problems = read_titres(of.root)
    if titres:
        problems += titre_problems(titres, (d.number for d in every_document(of.con)))
    if problems:
        raise Problems(problems)
    return {titre.invoice: titre for titre in titres}


def payments_of(of: Office) -> tuple[Payment, ...]:
    """What was received, as payments/ says; raises Problems."""
    payments, problems = read_payments(of.root)
    problems += payment_problems(payments, issued(of.con)) if payments else []
    if problems:
        raise Problems(problems)
    return payments


def write(content: bytes, output: Path | None) -> None:
    """To a file, or to stdout byte for byte."""
    if output is not None:
        output.write_bytes(content)
        say(f"written to {output}")
        return
    sys.stdout.flush()
    sys.stdout.buffer.write(content)
    sys.stdout.buffer.flush()
