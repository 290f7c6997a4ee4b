"""Reasons of charges in the language of the workspace: why no product of quantity and price gives the amount. Pure."""

from __future__ import annotations

from chargeback.billing.document_lines import lines_of, without_rate
from chargeback.model.charges import Charge
from chargeback.model.documents import Line
from chargeback.model.month import Month
from chargeback.render.text.adjustments import adjusted_month, adjusted_text, causes_sentence
from chargeback.render.text.calculations import pool_sentence, share_sentences
from chargeback.render.text.labels import pool_label, rule_label, version_of
from chargeback.render.text.split_view import split_view
from chargeback.workspace.reports.wording import Wording


def reason_text(charge: Charge, month: Month, wording: Wording) -> str:
    """Reason of a charge of a month, by its code; '' where a product gives its amount."""
    code = charge.reason_code
    if not code or not charge.amount:
        return ""
    if code == "accumulated":
        return wording.text("basis.accumulated", amount=wording.money(charge.amount))
    (line,) = lines_of([charge], month.rules, without_rate)
    if code == "part":
        every = wording.text(f"invoice.every.{version_of(month.rules[charge.rule], line).every}")
        return wording.text("invoice.line.span", amount=wording.money(charge.span_amount or 0), every=every)
    if code == "share":
        return _share(line, month, wording)
    found = (adjusted_month(line, wording), adjusted_text(line, month, wording) or "", causes_sentence(line, wording))
    texts = [text for text in found if text]
    return ". ".join(texts) if texts else _unknown(line, month, wording)


def _share(line: Line, month: Month, wording: Wording) -> str:
    view = split_view(month, line)
    if view is None:
        return _unknown(line, month, wording)
    pool = pool_sentence(view, month, pool_label(view.split.pool, wording), wording)
    return " ".join([pool, *share_sentences(view, line, month, wording)])


def _unknown(line: Line, month: Month, wording: Wording) -> str:
    """Label of the rule, where what the amount is based on is not known."""
    return rule_label(month.rules[line.rule], wording)
