"""``export``: data of issued documents for finance, on stdout or in a file; nothing of them changes."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from chargeback.cli.output import say
from chargeback.exports import vat
from chargeback.exports.archives import ArchiveFile, archives
from chargeback.exports.from_ledger import every_document, issued_of_period
from chargeback.exports.issued_document import IssuedDocument
from chargeback.exports.journal import COLUMNS as JOURNAL
from chargeback.exports.journal import journal_entries, rows
from chargeback.exports.journal_text import beancount, hledger
from chargeback.exports.pretitres import COLUMNS, breaches, pretitres, zero_lines
from chargeback.exports.rows import CsvRow, as_csv, as_json
from chargeback.ledger.issuing import ledger_of
from chargeback.ledger.receivables import issued, payment_problems
from chargeback.model.facts import Titre
from chargeback.model.money import euros
from chargeback.model.period import Period
from chargeback.model.problem import Place, Problem, Problems, Refused, counted
from chargeback.model.receivables import Payment
from chargeback.model.settings import Settings
from chargeback.workspace.files.toml_lines import line_at, read_toml
from chargeback.workspace.inputs import own_reports
from chargeback.workspace.paths import OUT, PAYMENTS
from chargeback.workspace.registers.payments import read_payments
from chargeback.workspace.registers.titres import read_titres, titre_problems
from chargeback.workspace.reports.wording import Wording, read_wording, wording_problems
from chargeback.workspace.settings.read import FILE as SETTINGS
from chargeback.workspace.settings.read import read_settings

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

EXPORTS = "exports"
WRITERS: dict[str, Callable[[Sequence[str], Sequence[CsvRow]], bytes]] = {"csv": as_csv, "json": as_json}


@dataclass(frozen=True, slots=True)
class Office:
    """Office: the workspace with its settings, wording and ledger, from which every export is made."""

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
    """Write the lines of the issued documents of a period, as the finance software takes them."""
    with office(root) as of:
        handed = documents_of(of, period, since)
        made = pretitres(handed, of.settings.accounts, titres_of(of), of.wording)
    for row in made:
        if wrong := breaches(row):
            raise Refused(f"line {row['line']} of {row['number']}: {wrong[0]}; this is a fault of the program")
    write(WRITERS[form](COLUMNS, made), output)
    say(f"{period}: {counted(len(made), 'line')} of {counted(len(handed), 'document')}", *_notes(handed, made, of))


def export_journal(root: Path, period: Period, since: date | None, form: str, output: Path | None) -> None:
    """Write the double entries of the issued documents of a period and of their payments, dated ``since`` or later."""
    with office(root) as of:
        handed, currency = documents_of(of, period, None), of.settings.currency
        every = journal_entries(handed, payments_of(of), of.settings.accounts, of.wording)
    made = [entry for entry in every if since is None or entry.on >= since]
    writers = {"hledger": hledger, "beancount": beancount}
    content = writers[form](made, currency) if form in writers else as_csv(JOURNAL, list(rows(made, currency)))
    write(content, output)
    paid = sum(entry.is_payment for entry in made)
    say(f"{period}: {counted(len(made) - paid, 'document')} and {counted(paid, 'payment')}, each adding up to 0.00")


def export_vat(root: Path, period: Period, form: str, output: Path | None, *, detail: bool) -> None:
    """Write the VAT that falls due in a calendar month."""
    with office(root) as of:
        every = vat.taxed_documents(every_document(of.con), payments_of(of))
    due = vat.due_in(period, every)
    columns, made = (vat.DETAIL, vat.detail(period, due)) if detail else (vat.TOTALS, vat.totals(period, due))
    write(WRITERS[form](columns, list(made)), output)
    cents = sum(one.tax.vat for one in due)
    say(f"{period}: VAT of {euros(cents)} falls due on {counted(len(due), 'document')}")
    waiting = [one for one in every if vat.due_on(one.document) == "payment"]
    if waiting and not (root / PAYMENTS).is_dir():
        say("VAT that is due on payment is due on what payments/ says, and there is no payments/")


def export_chorus(root: Path, period: Period, since: date | None, output: Path | None) -> None:
    """Write the issued files of a period as archives.

    Raises Problems where the operator does not deposit on Chorus Pro.
    """
    with office(root) as of:
        if not of.settings.operator.chorus:
            place = Place(SETTINGS, line_at(read_toml(root, SETTINGS)[1], "operator"))
            message = (
                "[operator] does not say chorus = true: a body under Hélios deposits through its finance software, "
                "see export pretitres"
            )
            raise Problems([Problem(place, message, "not-on-chorus")])
        handed = documents_of(of, period, since)
    if not handed:
        raise Refused(f"{period} has no such document: there is nothing to deposit")
    made = list(archives([_file(root, one) for one in handed]))
    folder = output or root / OUT / EXPORTS
    folder.mkdir(parents=True, exist_ok=True)
    for place_of, content in enumerate(made, start=1):
        name = f"chorus-{period}-{place_of}-of-{len(made)}.tar.gz"
        (folder / name).write_bytes(content)
        say(f"written to {folder / name}")
    say(f"{period}: {counted(len(handed), 'document')} in {counted(len(made), 'archive')}")


def _file(root: Path, handed: IssuedDocument) -> ArchiveFile:
    """The file as it was issued; Refused when it is not there or not the same."""
    path, document = root / handed.path, handed.document
    content = path.read_bytes() if path.is_file() else b""
    if sha256(content).hexdigest() != handed.sha256:
        what = "was altered after it was issued" if content else "is missing"
        raise Refused(f"{handed.path} {what}: put it back from a copy; nothing is written")
    assert document.issue_date is not None, "an issued document has a date"
    return ArchiveFile(path.name, document.issue_date, content)


def _notes(handed: Sequence[IssuedDocument], made: Sequence[CsvRow], of: Office) -> Iterator[str]:
    """Notes on the file: lines of zero left out, texts shortened, accounts that are missing."""
    if zeros := zero_lines(handed):
        yield f"{counted(zeros, 'line')} of 0.00 left out: a titre has none"
    if cut := sum(bool(row["shortened"]) for row in made):
        yield f"texts of {counted(cut, 'line')} shortened to what a titre holds: the column shortened names them"
    if made and not of.settings.accounts:
        yield "chargeback.toml has no [[accounts]]: account, nature and function are empty"


def documents_of(of: Office, period: Period, since: date | None) -> tuple[IssuedDocument, ...]:
    """Issued documents of a period and their corrections, dated ``since`` or later. Raises Refused for a draft."""
    handed = issued_of_period(of.con, period, of.settings)
    if handed is None:
        raise Refused(f"{period} is not issued: `chargeback issue {period}` comes first")
    return tuple(one for one in handed if since is None or (one.document.issue_date or date.max) >= since)


def titres_of(of: Office) -> dict[str, Titre]:
    """Titres of titres/ by number of document. Raises Problems."""
    titres, problems = read_titres(of.root)
    if titres:
        problems += titre_problems(titres, (d.number for d in every_document(of.con)))
    if problems:
        raise Problems(problems)
    return {titre.invoice: titre for titre in titres}


def payments_of(of: Office) -> tuple[Payment, ...]:
    """Payments of payments/. Raises Problems."""
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
