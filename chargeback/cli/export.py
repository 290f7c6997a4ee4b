"""``export``: data of issued documents for finance, on stdout or in a file; nothing of them changes."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from chargeback.cli.output import say
from chargeback.cli.selection import Selection
from chargeback.exports import vat
from chargeback.exports.archives import ArchiveFile, archives
from chargeback.exports.from_ledger import every_document, every_issued, issued_of_period
from chargeback.exports.issued_document import IssuedDocument
from chargeback.exports.journal import COLUMNS as JOURNAL
from chargeback.exports.journal import journal_entries, rows
from chargeback.exports.journal_text import account_names, beancount, beancount_accounts, hledger, hledger_accounts
from chargeback.exports.pretitres import COLUMNS, breaches, pretitres, zero_lines
from chargeback.exports.rows import CsvRow, as_csv, as_json
from chargeback.ledger.book import last_link
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
from chargeback.workspace.paths import OUT, PAYMENTS, SETTINGS
from chargeback.workspace.registers.payments import read_payments
from chargeback.workspace.registers.titres import read_titres, titre_problems
from chargeback.workspace.reports.wording import Wording, read_wording, wording_problems
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


def export_pretitres(root: Path, asked: Selection, form: str, output: Path | None) -> None:
    """Write the lines of issued documents, as the finance software takes them."""
    with office(root) as of:
        titres = titres_of(of)
        handed, last = documents_of(of, asked, titres), last_entry(of)
        made = pretitres(handed, of.settings.accounts, titres, of.wording)
    for row in made:
        if wrong := breaches(row):
            raise Refused(f"line {row['line']} of {row['number']}: {wrong[0]}; this is a fault of the program")
    write(WRITERS[form](COLUMNS, made), output)
    say(f"{asked}: {counted(len(made), 'line')} of {counted(len(handed), 'document')}", *_notes(handed, made, of), last)


def export_journal(root: Path, asked: Selection, paid_since: date | None, form: str, output: Path | None) -> None:
    """Write the double entries of issued documents and of their payments.

    ``since`` cuts documents alone: a payment has no entry in the ledger, ``paid_since`` cuts payments by their date.
    """
    with office(root) as of:
        titres, currency = titres_of(of), of.settings.currency
        handed, last = documents_of(of, replace(asked, since=None), titres), last_entry(of)
        every = journal_entries(handed, payments_of(of), of.settings.accounts, titres, of.wording)
        later = {one.document.number for one in documents_of(of, asked, titres)}
    made = [e for e in every if (e.on >= (paid_since or date.min) if e.is_payment else e.document in later)]
    writers = {"hledger": hledger, "beancount": beancount}
    content = writers[form](made, currency) if form in writers else as_csv(JOURNAL, list(rows(made, currency)))
    write(content, output)
    paid = sum(entry.is_payment for entry in made)
    counts = f"{counted(len(made) - paid, 'document')} and {counted(paid, 'payment')}, each adding up to 0.00"
    say(f"{asked}: {counts}", last)


def export_accounts(root: Path, form: str, output: Path | None) -> None:
    """Write the declarations of every account that a journal of the workspace uses."""
    with office(root) as of:
        handed, currency = every_issued(of.con, of.settings), of.settings.currency
        made = journal_entries(handed, payments_of(of), of.settings.accounts, titres_of(of), of.wording)
    content = {"hledger": hledger_accounts, "beancount": beancount_accounts}[form](made, currency)
    write(content, output)
    say(f"{counted(len(account_names(made)), 'account')} of {counted(len(handed), 'document')}")


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


def export_chorus(root: Path, asked: Selection, output: Path | None) -> None:
    """Write the files of issued documents as archives.

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
        titres = titres_of(of) if asked.exercice is not None else {}
        handed, last = documents_of(of, asked, titres), last_entry(of)
    if not handed:
        raise Refused(f"{asked} has no such document: there is nothing to deposit")
    made = list(archives([_file(root, one) for one in handed]))
    folder = output or root / OUT / EXPORTS
    folder.mkdir(parents=True, exist_ok=True)
    for place_of, content in enumerate(made, start=1):
        name = f"chorus-{asked.slug}-{place_of}-of-{len(made)}.tar.gz"
        (folder / name).write_bytes(content)
        say(f"written to {folder / name}")
    say(f"{asked}: {counted(len(handed), 'document')} in {counted(len(made), 'archive')}", last)


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


def documents_of(of: Office, asked: Selection, titres: Mapping[str, Titre]) -> tuple[IssuedDocument, ...]:
    """Issued documents that are selected, those of a period with their corrections. Raises Refused for a draft."""
    last = last_link(of.con).sequence - 1
    if asked.since is not None and asked.since > last:
        raise Refused(f"--since {asked.since} is no entry of the ledger: its last one is {last}")
    if asked.period is None:
        handed = every_issued(of.con, of.settings)
    else:
        of_period = issued_of_period(of.con, asked.period, of.settings)
        if of_period is None:
            raise Refused(f"{asked.period} is not issued: `chargeback issue {asked.period}` comes first")
        handed = of_period
    return tuple(
        one
        for one in handed
        if (asked.since is None or one.entry > asked.since)
        and (asked.exercice is None or one.exercice(titres) == asked.exercice)
    )


def last_entry(of: Office) -> str:
    """Sentence that names the last entry of the ledger, after which the next export may begin."""
    last = last_link(of.con).sequence - 1
    return f"the ledger ends with entry {last}: `--since {last}` keeps what is issued after it"


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
