"""Documents as issued, for the electronic invoice: the sample month with payers that have all that the law
asks."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from chargeback.model.documents import Document, Line, Preceding
from chargeback.model.month import Month
from kit import issuable_scenarios as issuable
from kit import sample_month as months

WHERE = {"address": ("1 rue de la Mairie",), "postal_code": "95000", "city": "Exempleville"}
ORIGINAL = Preceding("F2026-00007", date(2026, 10, 12))


def complete_month() -> Month:
    """The month, each member with address and SIRET (invented, valid check digits), each rule with its file."""
    members = {
        m.member_id: replace(
            m,
            siret=issuable.siret(number),
            address=m.address or WHERE["address"],
            postal_code=m.postal_code or "95000",
            city=m.city or "Exempleville",
        )
        for number, m in enumerate(months.MEMBERS.values(), start=1)
    }
    whole = months.month()
    documents = tuple(replace(d, payer=members[d.payer.member_id]) for d in whole.documents)
    rules = {
        n: rule.model_copy(update={"path": f"tariffs/{n}.toml", "lines": {"unit": 7}})
        for n, rule in whole.rules.items()
    }
    return replace(whole, members=members, documents=documents, rules=rules)


MONTH = complete_month()


def invoice(member_id: str, regime: str, number: str = "F2026-00012") -> Document:
    """An issued invoice of the month."""
    return months.issued(months.draft(MONTH, member_id, regime), number)


def credit_note(original: Document, *preceding: Preceding, number: str = "A2026-00003") -> Document:
    """An issued credit note that gives back all of a document; ``preceding``: what it names."""
    return replace(
        original,
        kind="credit_note",
        number=number,
        lines=tuple(_given_back(line) for line in original.lines),
        vat_lines=tuple(replace(v, net=-v.net, vat=-v.vat) for v in original.vat_lines),
        preceding=preceding,
        reason="Relevé corrigé" if preceding else "",
    )


def _given_back(line: Line) -> Line:
    charges = tuple(
        replace(
            c,
            amount=-c.amount,
            quantity=None if c.quantity is None else -c.quantity,
            span_amount=None if c.span_amount is None else -c.span_amount,
        )
        for c in line.charges
    )
    quantity = None if line.quantity is None else -line.quantity
    return replace(line, amount=-line.amount, quantity=quantity, charges=charges)


INVOICES = {
    "services": invoice("cergy", "services"),
    "cost-sharing": invoice("gonesse", "cost-sharing"),
    "contributions": invoice("argenteuil", "contributions", "C2026-00001"),
}
DOCUMENTS = {
    **{f"{name}-invoice": document for name, document in INVOICES.items()},
    **{f"{name}-credit-note": credit_note(document, ORIGINAL) for name, document in INVOICES.items()},
    "cost-sharing-refund": credit_note(INVOICES["cost-sharing"]),
}
