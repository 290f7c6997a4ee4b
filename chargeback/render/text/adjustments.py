"""What an adjustment says in words: its month and the invoice it adjusts, what was billed and what it comes to now, and why. Pure text."""

from __future__ import annotations

from collections.abc import Iterator

from chargeback.billing.true_up import settled_year
from chargeback.model.documents import Document, Line
from chargeback.model.month import Month
from chargeback.model.period import Period
from chargeback.model.rules import Version
from chargeback.render.text.labels import pool_label, regime_text
from chargeback.workspace.reports.wording import Wording


def adjusted_text(line: Line, month: Month, wording: Wording) -> str | None:
    """How an adjustment of a closed month, or of a year, comes about; None for a line that is neither."""
    if line.charges[0].adjusts is None:
        return true_up_text(line, month, wording)
    found, amount = line.charges[0].adjustment_basis, wording.money(line.amount)
    if found is None:
        return amount
    difference = found.recomputed - found.billed
    values = {"now": wording.money(found.recomputed), "billed": wording.money(found.billed), "amount": amount}
    if difference == line.amount:
        return wording.text("basis.adjusted", **values)
    return wording.text("basis.adjusted_part", difference=wording.money(difference), **values)


def true_up_text(line: Line, month: Month, wording: Wording) -> str | None:
    """A member's share of the year less what it was called for; None for a line of no true-up."""
    charge = line.charges[0]
    for found in month.true_ups:
        for row in found.rows:
            own = (found.rule, row.member_id, row.difference) == (line.rule, line.beneficiary, line.amount)
            if own and settled_year(charge.reason) == found.year:
                documents = ", ".join(row.documents)
                ahead = wording.money(row.prefinanced)
                return wording.text(
                    "basis.true_up",
                    year=found.year,
                    share=wording.money(row.share),
                    cost=wording.money(found.cost),
                    pool=pool_label(found.pool, wording),
                    instalments=wording.money(row.instalments),
                    by=wording.text("basis.true_up_by", documents=documents) if documents else "",
                    prefinanced=wording.text("basis.true_up_prefinanced", amount=ahead) if row.prefinanced else "",
                    amount=wording.money(line.amount),
                )
    return None


def adjusted_month(line: Line, wording: Wording) -> str:
    """Which month an adjustment is of: « Régularisation de mars 2024 »; '' for all other lines."""
    of = line.charges[0].adjusts
    return wording.text("basis.adjusted_month", of_month=wording.of_month(of)) if of is not None else ""


def carried_month(since: Period, wording: Wording) -> str:
    """From which month lines were carried: « Report de mars 2024 »."""
    return wording.text("invoice.carried_from", of_month=wording.of_month(since))


def original_of(line: Line, document: Document) -> str:
    """The number of the invoice that an adjustment is for; '' where none billed the month, or the document names it at its head."""
    number = line.charges[0].original_invoice
    return "" if line.reverses or number in {p.number for p in document.preceding} else number


def original_text(line: Line, document: Document, wording: Wording) -> str:
    """The invoice of ``original_of`` in words."""
    number, title = original_of(line, document), regime_text(wording, document.regime.category, "invoice")
    if not number:
        return ""
    return wording.text("invoice.line.original", title=f"{title[:1].lower()}{title[1:]}", number=number)


def adjustment_heading(line: Line, document: Document, wording: Wording) -> str:
    """The month of an adjustment, and the invoice where it is named."""
    parts = (adjusted_month(line, wording), original_text(line, document, wording))
    return ", ".join(part for part in parts if part)


def causes_text(line: Line, wording: Wording) -> str:
    """What is not as it was when the month of an adjustment was billed; '' where that is not known."""
    found = line.charges[0].adjustment_basis
    causes = found.causes if found is not None else ()
    return wording.text("common.list").join(wording.text(f"basis.causes.{key}") for key in causes)


def causes_sentence(line: Line, wording: Wording) -> str:
    """The same as a sentence."""
    causes = causes_text(line, wording)
    return wording.text("basis.because", causes=causes) if causes else ""


def must_explain_retroactivity(version: Version, period: Period, moved: bool = False) -> bool:
    """Whether a bill of a month under a version has to say why the version is retroactive.

    It is so for days before its acts were enforceable, and where it ``moved`` what was billed; where no act says when it was,
    for the month in which it begins.
    """
    if not version.retroactive:
        return False
    enforceable = [r.enforceable_on for r in version.references if r.enforceable_on is not None]
    first = period.first
    return moved or (first < max(enforceable) if enforceable else first <= version.valid_from)


def retroactive_text(version: Version, period: Period, moved: bool, wording: Wording) -> Iterator[str]:
    """Why a version reaches back, where a bill has to say it."""
    if must_explain_retroactivity(version, period, moved):
        yield wording.text("basis.retroactive", reason=version.retroactive.rstrip(". "))
