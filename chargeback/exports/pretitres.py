"""Pre-titres: what the finance software needs to issue a titre for each document, one row per line. Pure.

Amounts are positive; ``sign`` is -1 on a line that goes the other way, as a rebate inside an invoice, so that sign × amount adds
up to the document. A credit note that reduces several invoices has the rows of each, and of what is left to pay out. The limits are those of the PES titre with ASAP lines. Codes and amounts are never cut, texts are and say so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from chargeback.einvoice.lines import PIECE as PIECE_CODE
from chargeback.einvoice.lines import number_text, priced
from chargeback.exports.accounts import accounts_of, revenue
from chargeback.exports.issued_document import IssuedDocument, Reduction, exercice
from chargeback.exports.pes_quantities import PIECE, scaled
from chargeback.model.documents import Document, Line
from chargeback.model.facts import Titre
from chargeback.model.money import euros_text, split
from chargeback.model.settings import Account
from chargeback.render.text.labels import beneficiary_text, line_label, named, priced_unit, version_of
from chargeback.workspace.reports.wording import Wording

OBJECT, LABEL, NAME, QUANTITY = 160, 200, 38, 5
MORE = "..."
COLUMNS = (
    *("operation", "exercice", "number", "issue_date", "due_date", "bordereau", "titre"),
    *("original", "original_exercice", "original_bordereau", "original_titre"),
    *("payer_id", "name", "siret", "kind", "service_code", "engagement", "object"),
    *("line", "sign", "label", "period", "month", "quantity", "unit", "net", "rate", "vat", "gross"),
    *("account", "nature", "function", "service", "rule", "regime", "category"),
    *("exact_quantity", "exact_unit", "unit_price", "beneficiary", "pdf", "sha256", "shortened"),
)
PretitreRow = dict[str, str]


@dataclass(frozen=True, slots=True)
class LineShare:
    """What of a line, by its number from 1, is for one invoice that a credit note reduces (None: for none), with its VAT."""

    reduction: Reduction | None
    number: int
    line: Line
    vat: int


def pretitres(
    handed: Iterable[IssuedDocument], accounts: Sequence[Account], titres: Mapping[str, Titre], wording: Wording
) -> list[PretitreRow]:
    """A row for each line that asks for or gives something. Raises Problems when an account is missing from a table that has rows."""
    every = [(one, share) for one in handed for share in shares(one)]
    found = accounts_of([revenue(one, share.line) for one, share in every], accounts) if accounts else {}
    return [
        _shortened(
            _of_document(one, titres, wording)
            | _of_operation(one, share.reduction, titres)
            | _of_line(one, share.number, share.line, wording)
            | _of_amounts(one, share.line, share.vat)
            | _of_account(found.get(revenue(one, share.line)))
        )
        for one, share in every
    ]


def shares(handed: IssuedDocument) -> Iterator[LineShare]:
    """The lines of a document, cut over the invoices that it reduces so that each has its net and VAT; parts of 0.00 left out."""
    document = handed.document
    left = [line.amount for line in document.lines]
    vat = document.vat
    for taken in handed.reductions:
        cents = _spread(-taken.net, left)
        yield from _of(document, taken, cents, -taken.vat)
        left = [before - own for before, own in zip(left, cents, strict=True)]
        vat += taken.vat
    yield from _of(document, None, left, vat)


def _of(document: Document, taken: Reduction | None, cents: Sequence[int], vat: int) -> Iterator[LineShare]:
    taxes = spread_vat(vat, cents)
    for number, (line, own, tax) in enumerate(zip(document.lines, cents, taxes, strict=True), 1):
        if own:
            yield LineShare(taken, number, line if own == line.amount else replace(line, amount=own), tax)


def _spread(cents: int, amounts: Sequence[int]) -> list[int]:
    """Cents over amounts in proportion, by largest remainder; no part is more than its amount."""
    if cents == sum(amounts):
        return list(amounts)
    weights = {f"{n:09d}": Fraction(amount) for n, amount in enumerate(amounts)}
    return [own for _, own in sorted(split(cents, weights).items())]


def zero_lines(handed: Iterable[IssuedDocument]) -> int:
    """How many lines of 0.00 there are: a titre has none."""
    return sum(not line.amount for one in handed for line in one.document.lines)


def operation(handed: IssuedDocument, taken: Reduction | None, titres: Mapping[str, Titre]) -> str:
    """``titre``; of a credit by the invoice that it reduces ``réduction``, ``annulation`` of all that remained, or ``mandat sur
    exercice antérieur``; ``mandat`` where it reduces none: money paid out."""
    document = handed.document
    if document.kind == "invoice":
        return "titre"
    if taken is None:
        return "mandat"
    assert document.issue_date is not None, "an issued document has a date"
    own = exercice(document.number, document.issue_date, titres)
    if exercice(taken.number, taken.issue_date, titres) < own:
        return "mandat sur exercice antérieur"
    return "annulation" if taken.whole else "réduction"


def spread_vat(vat: int, amounts: Sequence[int]) -> list[int]:
    """VAT over the amounts of lines, by largest remainder: it adds up to the cent."""
    if not vat:
        return [0] * len(amounts)
    if not sum(amounts):
        largest = max(range(len(amounts)), key=lambda n: abs(amounts[n]))
        return [vat if n == largest else 0 for n in range(len(amounts))]
    return _spread(vat, amounts)


def breaches(row: PretitreRow) -> list[str]:
    """The limits that a row does not keep; none, by the way rows are made."""
    most = {"object": OBJECT, "label": LABEL, "name": NAME, "quantity": QUANTITY}
    found = [f"{name} has more than {limit} characters" for name, limit in most.items() if len(row[name]) > limit]
    found += [f"{name} is not above zero" for name in ("net", "gross") if Decimal(row[name]) <= 0]
    found += ["vat is not above zero"] if row["vat"] and Decimal(row["vat"]) <= 0 else []
    return found


def _of_document(handed: IssuedDocument, titres: Mapping[str, Titre], wording: Wording) -> PretitreRow:
    document = handed.document
    payer, own = document.payer, titres.get(document.number)
    assert document.issue_date is not None, "an issued document has a date"
    return {
        "exercice": str(exercice(document.number, document.issue_date, titres)),
        "number": document.number,
        "issue_date": str(document.issue_date),
        "due_date": str(document.due_date or ""),
        "bordereau": own.bordereau if own else "",
        "titre": own.titre if own else "",
        "payer_id": payer.member_id,
        "name": payer.name,
        "siret": payer.siret,
        "kind": payer.kind,
        "service_code": payer.service_code,
        "engagement": payer.engagement,
        "object": object_of(document, wording),
        "period": str(document.period),
        "regime": document.regime.name,
        "category": document.regime.category,
        "pdf": handed.path.rpartition("/")[2],
        "sha256": handed.sha256,
    }


def _of_operation(handed: IssuedDocument, taken: Reduction | None, titres: Mapping[str, Titre]) -> PretitreRow:
    """What becomes of a row, and the invoice that it corrects or that its document is in the place of, with the titre of that."""
    document = handed.document
    replaced = [(p.number, p.issue_date) for p in document.preceding] if document.kind == "invoice" else []
    named = [(taken.number, taken.issue_date)] if taken is not None else replaced
    own = [titres[number] for number, _ in named if number in titres]
    return {
        "operation": operation(handed, taken, titres),
        "original": " ".join(number for number, _ in named),
        "original_exercice": " ".join(str(exercice(number, on, titres)) for number, on in named),
        "original_bordereau": " ".join(titre.bordereau for titre in own),
        "original_titre": " ".join(titre.titre for titre in own),
    }


def object_of(document: Document, wording: Wording) -> str:
    """What a document is, in a line: its title and number, the month, what it corrects and why."""
    text = wording.text("exports.object", document=named(document, wording), month=wording.month(document.period))
    if not document.preceding:
        return plain(text)
    corrected = ", ".join(p.number for p in document.preceding)
    key = "exports.object_credit" if document.kind == "credit_note" else "exports.object_in_place"
    return plain(wording.text(key, object=text, originals=corrected, reason=document.reason)).rstrip(" :")


def plain(text: str) -> str:
    """Text with plain spaces only: software that takes files over seldom knows others."""
    return " ".join(text.split())


def _of_line(handed: IssuedDocument, number: int, line: Line, wording: Wording) -> PretitreRow:
    document, month = handed.document, handed.month
    label = line_label(line, month.rules[line.rule], wording)
    if line.carried_from is not None and line.kind != "adjustment":
        label = f"{label}, {wording.month(line.carried_from)}"
    if line.beneficiary != document.payer.member_id:
        label = f"{label} - {beneficiary_text(document, line.beneficiary, month, wording)}"
    return {
        "line": str(line.reverses or number),
        "label": plain(label),
        "beneficiary": line.beneficiary,
        "service": line.service,
        "rule": line.rule,
        "month": str(line.earlier_month or document.period),
        **_of_quantity(handed, line, wording),
    }


def _of_quantity(handed: IssuedDocument, line: Line, wording: Wording) -> PretitreRow:
    """Five characters of quantity, and the exact product beside: as on the document."""
    rule = handed.month.rules[line.rule]
    terms = priced(line, handed.sign, handed.month)
    whole = terms.unit == PIECE_CODE and abs(terms.quantity) == 1
    unit = "" if whole else priced_unit(rule, version_of(rule, line), wording)
    shown = PIECE if whole else scaled(abs(Fraction(terms.quantity)), unit, wording)
    return {
        "quantity": shown.quantity,
        "unit": plain(shown.unit),
        "exact_quantity": number_text(abs(terms.quantity)),
        "exact_unit": plain(unit),
        "unit_price": number_text(terms.price.scaleb(-terms.base.adjusted()), 2),
    }


def _of_amounts(handed: IssuedDocument, line: Line, vat: int) -> PretitreRow:
    regime = handed.document.regime
    rebate = handed.sign * line.amount < 0
    return {
        "sign": "-1" if rebate else "1",
        "net": euros_text(abs(line.amount)),
        "rate": f"{regime.rate:.2f}" if regime.category == "S" else "",
        "vat": euros_text(abs(vat)) if vat else "",
        "gross": euros_text(abs(line.amount + vat)),
    }


def _of_account(account: Account | None) -> PretitreRow:
    if account is None:
        return {"account": "", "nature": "", "function": ""}
    return {"account": account.account, "nature": account.nature or account.account, "function": account.function}


def _shortened(row: PretitreRow) -> PretitreRow:
    """The row with its texts cut to their limits, and the names of those that were."""
    cut = dict(_cuts(row))
    return row | cut | {"shortened": " ".join(sorted(cut))}


def _cuts(row: PretitreRow) -> Iterator[tuple[str, str]]:
    for name, most in (("object", OBJECT), ("label", LABEL), ("name", NAME)):
        if len(row[name]) > most:
            yield name, row[name][: most - len(MORE)].rstrip() + MORE
