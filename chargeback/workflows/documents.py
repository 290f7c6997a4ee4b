"""Documents of a month as files: invoices per payer and regime, statements, reports on savings and fairness, workbook.

Documents that have a number are drawn as Factur-X: pages and XML in one PDF/A-3b file, checked before they are written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from chargeback.billing.comparison import Comparison
from chargeback.billing.statements import statements
from chargeback.model.documents import Document
from chargeback.model.month import Month
from chargeback.model.problem import Problem, Problems
from chargeback.store.load.loader import Progress
from chargeback.workspace.reports.theme import Theme, read_theme
from chargeback.workspace.reports.wording import Wording, read_wording

Makers = dict[str, Callable[[], bytes]]
Making = Callable[["Drawing", Progress | None], Iterator["Made"]]


@dataclass(frozen=True, slots=True)
class Drawing:
    """Source of the files of a month.

    Attributes:
        month: computed, its documents with numbers or not yet.
        compared: the months before it.
        reports: the workspace's own wording and theme; None where it has none.
        alone: whether its documents are drawn alone, without statements, reports and workbook.
    """

    month: Month
    compared: Comparison
    reports: Path | None
    alone: bool = False


@dataclass(frozen=True, slots=True)
class Made:
    """A file that is drawn.

    Attributes:
        path: within out/PERIOD.
        content: bytes; empty where there are problems.
        problems: why it may not be issued.
    """

    path: str
    content: bytes
    problems: tuple[Problem, ...] = ()


def made_here(drawing: Drawing, progress: Progress | None) -> Iterator[Made]:
    """The files, one after the other."""
    makers = makers_of(drawing)
    for number, path in enumerate(makers, start=1):
        yield make(makers, path)
        if progress is not None:
            progress("documents", number, len(makers))


def document_files(
    month: Month,
    compared: Comparison,
    reports: Path | None,
    progress: Progress | None = None,
    made: Making = made_here,
) -> dict[str, bytes]:
    """Path in out/PERIOD → bytes. The same month gives the same bytes, ``made`` here or by several processes.

    Raises Problems, of all documents together, for those that may not be issued as they are.
    """
    return _all_well(made(Drawing(month, compared, reports), progress))


def documents_alone(
    month: Month, reports: Path | None, progress: Progress | None = None, made: Making = made_here
) -> dict[str, bytes]:
    """The documents of a month by number, as ``NUMBER.pdf``. Raises Problems as ``document_files`` does."""
    names = {document_path(d): f"{d.number}.pdf" for d in month.documents}
    files = _all_well(made(Drawing(month, Comparison(), reports, alone=True), progress))
    return {names[path]: content for path, content in files.items()}


def tried(
    month: Month, reports: Path | None, progress: Progress | None = None, made: Making = made_here
) -> dict[str, tuple[Problem, ...]]:
    """Problems of each document of a numbered month, by number; each is drawn and checked as it would be issued."""
    numbers = {document_path(d): d.number for d in month.documents}
    return {
        numbers[file.path]: file.problems for file in made(Drawing(month, Comparison(), reports, alone=True), progress)
    }


def _all_well(made: Iterable[Made]) -> dict[str, bytes]:
    files = list(made)
    problems = tuple(problem for file in files for problem in file.problems)
    if problems:
        raise Problems(problems)
    return {file.path: file.content for file in files}


def make(makers: Makers, path: str) -> Made:
    """One file."""
    try:
        return Made(path, makers[path]())
    except Problems as error:
        return Made(path, b"", tuple(error.problems))


def document_path(document: Document) -> str:
    """Path of a document in out/PERIOD: by its number once issued, by payer and regime before."""
    return f"invoices/{document.number or document.slug}.pdf"


def makers_of(drawing: Drawing) -> Makers:
    """What draws each file by its path in out/PERIOD, in the order in which they are drawn."""
    settings = drawing.month.settings
    wording = read_wording(settings.locale, drawing.reports, settings.currency)
    theme = read_theme(drawing.reports)
    makers = dict(_documents(drawing.month, wording, theme))
    return makers if drawing.alone else makers | dict(_others(drawing.month, drawing.compared, wording, theme))


def _documents(month: Month, wording: Wording, theme: Theme) -> Iterator[tuple[str, Callable[[], bytes]]]:
    from chargeback.render.pages.invoice import invoice_pdf

    for document in month.documents:
        draw = issued_document if document.number else invoice_pdf
        yield document_path(document), partial(draw, document, month, wording, theme)


def _others(
    month: Month, compared: Comparison, wording: Wording, theme: Theme
) -> Iterator[tuple[str, Callable[[], bytes]]]:
    from chargeback.render.pages.fairness import fairness_pdf
    from chargeback.render.pages.savings import savings_pdf
    from chargeback.render.pages.statement import statement_pdf
    from chargeback.render.workbook.book import workbook_xlsx

    for statement in statements(month, compared):
        path = f"statements/{statement.member.member_id}.pdf"
        yield path, partial(statement_pdf, statement, month, wording, theme)
    yield "savings.pdf", partial(savings_pdf, month, wording, theme)
    if month.fairness:
        yield "fairness.pdf", partial(fairness_pdf, month, wording, theme)
    yield "finance.xlsx", partial(workbook_xlsx, month, wording)


def issued_document(document: Document, month: Month, wording: Wording, theme: Theme) -> bytes:
    """A numbered document: its pages and its XML as one file, both checked."""
    from chargeback.einvoice.factur_x import factur_x
    from chargeback.render.pages.invoice import invoice_pdf

    return factur_x(invoice_pdf(document, month, wording, theme), document, month, wording)
