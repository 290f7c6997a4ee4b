"""Adjustments in words: the month and invoice adjusted, the amounts billed and recomputed, the causes. Pure text."""

from __future__ import annotations

from collections.abc import Iterator

from chargeback.model.documents import Document, Line
from chargeback.model.month import Month
from chargeback.model.period import Period
from chargeback.model.versions import Version
from chargeback.render.text.labels import pool_label, regime_text
from chargeback.workspace.reports.wording import Wording


def adjusted_text(line: Line, month: Month, wording: Wording) -> str | None:
    """Calculation of an adjustment of a closed month, or of the true-up of a year; None for a line that is neither."""
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
    """Calculation of a true-up: a member's share of the year less its instalments; None for a line of no true-up."""
    charge = line.charges[0]
    for found in month.true_ups:
        for row in found.rows:
            own = (found.rule, row.member_id) == (line.rule, line.beneficiary)
            if own and row.payer_id in ("", charge.owed_by) and charge.settles == found.year:
                documents = ", ".join(f"{number} {wording.money(cents)}" for number, cents in row.called)
                prefinanced = wording.money(row.prefinanced)
                return wording.text(
                    "basis.true_up",
                    year=found.year,
                    share=wording.money(row.share),
                    cost=wording.money(found.cost),
                    pool=pool_label(found.pool, wording),
                    instalments=wording.money(row.instalments),
                    by=wording.text("basis.true_up_by", documents=documents) if documents else "",
                    prefinanced=wording.text("basis.true_up_prefinanced", amount=prefinanced)
                    if row.prefinanced
                    else "",
                    apart=wording.text("basis.true_up_apart", amount=wording.money(row.apart)) if row.apart else "",
                    amount=wording.money(row.difference),
                )
    return None


def adjusted_month(line: Line, wording: Wording) -> str:
    """Month that an adjustment corrects: « Régularisation de mars 2024 »; '' for all other lines."""
    period = line.charges[0].adjusts
    return wording.text("basis.adjusted_month", of_month=wording.of_month(period)) if period is not None else ""


def carried_month(carried_from: Period, wording: Wording) -> str:
    """Month from which lines were carried forward: « Report de mars 2024 »."""
    return wording.text("invoice.carried_from", of_month=wording.of_month(carried_from))


def original_of(line: Line, document: Document) -> str:
    """Number of the invoice that an adjustment corrects (EN 16931 BT-128).

    '' where no invoice billed the month, or where the document names it at its head (BG-3).
    """
    number = line.charges[0].original_invoice
    return "" if line.reverses or number in {p.number for p in document.preceding} else number


def original_text(line: Line, document: Document, wording: Wording) -> str:
    """Title and number of the invoice of ``original_of``; '' where there is none."""
    number, title = original_of(line, document), regime_text(wording, document.regime.category, "invoice")
    if not number:
        return ""
    return wording.text("invoice.line.original", title=f"{title[:1].lower()}{title[1:]}", number=number)


def adjustment_heading(line: Line, document: Document, wording: Wording) -> str:
    """Heading of an adjustment: its month, and its original invoice where there is one."""
    parts = (adjusted_month(line, wording), original_text(line, document, wording))
    return ", ".join(part for part in parts if part)


def causes_text(line: Line, wording: Wording) -> str:
    """Causes of an adjustment, listed: what has changed since its month was billed; '' where that is not known."""
    found = line.charges[0].adjustment_basis
    causes = found.causes if found is not None else ()
    return wording.text("common.list").join(wording.text(f"basis.causes.{key}") for key in causes)


def causes_sentence(line: Line, wording: Wording) -> str:
    """Sentence of ``causes_text``; '' where the causes are not known."""
    causes = causes_text(line, wording)
    return wording.text("basis.because", causes=causes) if causes else ""


def must_explain_retroactivity(version: Version, period: Period, changed: bool = False) -> bool:
    """Whether a bill of a month under a version has to explain why the version is retroactive.

    True where the version ``changed`` an amount that was billed, and for a month with days before its acts were
    enforceable; where no act has a date of enforceability, for the month in which the version begins.
    """
    if not version.retroactive:
        return False
    enforceable = [r.enforceable_on for r in version.references if r.enforceable_on is not None]
    first = period.first
    return changed or (first < max(enforceable) if enforceable else first <= version.valid_from)


def retroactive_text(version: Version, period: Period, changed: bool, wording: Wording) -> Iterator[str]:
    """Reason of a retroactive version, where a bill has to explain it (see ``must_explain_retroactivity``)."""
    if must_explain_retroactivity(version, period, changed):
        yield wording.text("basis.retroactive", reason=reason_text(version, wording))


def reason_text(version: Version, wording: Wording) -> str:
    """Reason of a retroactive version, with the ground on which it may raise what members pay; ``""``: none."""
    reason = version.reason_to_reach_back.rstrip(". ")
    if version.ground is None:
        return reason
    return wording.text("basis.on_ground", reason=reason, ground=wording.text(f"basis.grounds.{version.ground}"))
