"""Pre-titres: what the finance software needs to issue a titre for each document, one row per line. Pure.

Amounts are positive; ``sign`` is -1 on a line that goes the other way, as a rebate inside an invoice, so that sign × amount adds
up to the document. The limits are those of the PES titre with ASAP lines. Codes and amounts are never cut, texts are and say so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from chargeback.einvoice.lines import PIECE as PIECE_CODE
from chargeback.einvoice.lines import number_text, priced
from chargeback.exports.accounts import accounts_of, revenue
from chargeback.exports.handed import Handed
from chargeback.exports.quantities import PIECE, scaled
from chargeback.model import Account, Titre
from chargeback.money import euros_text, split
from chargeback.render.words import beneficiary_text, line_label, named, priced_unit, version_of
from chargeback.result import Document, Line
from chargeback.wording import Wording

OBJECT, LABEL, NAME, QUANTITY = 160, 200, 38, 5
MORE = "..."
COLUMNS = (
    *("operation", "exercice", "number", "issue_date", "due_date", "bordereau", "titre"),
    *("original", "original_exercice", "original_bordereau", "original_titre"),
    *("payer_id", "name", "siret", "kind", "service_code", "engagement", "object"),
    *("line", "sign", "label", "period", "quantity", "unit", "net", "rate", "vat", "gross"),
    *("account", "nature", "function", "service", "rule", "regime", "category"),
    *("exact_quantity", "exact_unit", "unit_price", "beneficiary", "pdf", "sha256", "shortened"),
)
Row = dict[str, str]


def pretitres(
    handed: Iterable[Handed], accounts: Sequence[Account], titres: Mapping[str, Titre], wording: Wording
) -> list[Row]:
    """A row for each line that asks for or gives something. Raises Problems when an account is missing from a table that has rows."""
    every = [(one, number, line) for one in handed for number, line in enumerate(one.document.lines, 1) if line.amount]
    found = accounts_of([revenue(one, line) for one, _, line in every], accounts) if accounts else {}
    shares = {id(one): line_vat(one.document) for one, _, _ in every}
    return [
        _shortened(
            _of_document(one, titres, wording)
            | _of_line(one, number, line, wording)
            | _of_amounts(one, line, shares[id(one)][number - 1])
            | _of_account(found.get(revenue(one, line)))
        )
        for one, number, line in every
    ]


def left_out(handed: Iterable[Handed]) -> int:
    """How many lines of 0.00 there are: a titre has none."""
    return sum(not line.amount for one in handed for line in one.document.lines)


def operation(handed: Handed, titres: Mapping[str, Titre]) -> str:
    """``titre``; for a credit ``réduction``, ``annulation`` of the whole, or ``mandat sur exercice antérieur``; else ``mandat``.

    A month below zero that gives back nothing of an earlier document is a plain ``mandat``: money paid out.
    """
    document, original = handed.document, handed.original
    if document.kind == "invoice":
        return "titre"
    if not document.preceding:
        return "mandat"
    earliest = min(_exercice(p.number, p.issue_date.year, titres) for p in document.preceding)
    assert document.issue_date is not None, "an issued document has a date"
    if earliest < _exercice(document.number, document.issue_date.year, titres):
        return "mandat sur exercice antérieur"
    whole = original is not None and (original.net, original.vat) == (-document.net, -document.vat)
    return "annulation" if whole else "réduction"


def _exercice(number: str, year: int, titres: Mapping[str, Titre]) -> int:
    """The exercice of a document: that of its titre when it is known, else the year of its date."""
    return titres[number].year if number in titres else year


def line_vat(document: Document) -> list[int]:
    """The VAT of the document over its lines, by largest remainder: it adds up to the cent."""
    lines = document.lines
    if not document.vat:
        return [0] * len(lines)
    if not document.net:
        largest = max(range(len(lines)), key=lambda n: abs(lines[n].amount))
        return [document.vat if n == largest else 0 for n in range(len(lines))]
    weights = {f"{n:09d}": Fraction(line.amount) for n, line in enumerate(lines)}
    return [cents for _, cents in sorted(split(document.vat, weights).items())]


def breaches(row: Row) -> list[str]:
    """The limits that a row does not keep; none, by the way rows are made."""
    most = {"object": OBJECT, "label": LABEL, "name": NAME, "quantity": QUANTITY}
    found = [f"{name} has more than {limit} characters" for name, limit in most.items() if len(row[name]) > limit]
    found += [f"{name} is not above zero" for name in ("net", "gross") if Decimal(row[name]) <= 0]
    found += ["vat is not above zero"] if row["vat"] and Decimal(row["vat"]) <= 0 else []
    return found


def _of_document(handed: Handed, titres: Mapping[str, Titre], wording: Wording) -> Row:
    document = handed.document
    payer, own = document.payer, titres.get(document.number)
    assert document.issue_date is not None, "an issued document has a date"
    return {
        "operation": operation(handed, titres),
        "exercice": str(_exercice(document.number, document.issue_date.year, titres)),
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
        **_of_originals(document, titres),
    }


def _of_originals(document: Document, titres: Mapping[str, Titre]) -> Row:
    """What a document corrects, and the titres of it; several are separated by spaces."""
    known = [titres[p.number] for p in document.preceding if p.number in titres]
    years = [str(_exercice(p.number, p.issue_date.year, titres)) for p in document.preceding]
    return {
        "original": " ".join(p.number for p in document.preceding),
        "original_exercice": " ".join(years),
        "original_bordereau": " ".join(t.bordereau for t in known),
        "original_titre": " ".join(t.titre for t in known),
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


def _of_line(handed: Handed, number: int, line: Line, wording: Wording) -> Row:
    document, month = handed.document, handed.month
    label = line_label(line, month.rules[line.rule], wording)
    if line.beneficiary != document.payer.member_id:
        label = f"{label} - {beneficiary_text(document, line.beneficiary, month, wording)}"
    return {
        "line": str(line.corrects or number),
        "label": plain(label),
        "beneficiary": line.beneficiary,
        "service": line.service,
        "rule": line.rule,
        **_of_quantity(handed, line, wording),
    }


def _of_quantity(handed: Handed, line: Line, wording: Wording) -> Row:
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


def _of_amounts(handed: Handed, line: Line, vat: int) -> Row:
    regime = handed.document.regime
    rebate = handed.sign * line.amount < 0
    return {
        "sign": "-1" if rebate else "1",
        "net": euros_text(abs(line.amount)),
        "rate": f"{regime.rate:.2f}" if regime.category == "S" else "",
        "vat": euros_text(abs(vat)) if vat else "",
        "gross": euros_text(abs(line.amount + vat)),
    }


def _of_account(account: Account | None) -> Row:
    if account is None:
        return {"account": "", "nature": "", "function": ""}
    return {"account": account.account, "nature": account.nature or account.account, "function": account.function}


def _shortened(row: Row) -> Row:
    """The row with its texts cut to their limits, and the names of those that were."""
    cut = dict(_cuts(row))
    return row | cut | {"shortened": " ".join(sorted(cut))}


def _cuts(row: Row) -> Iterator[tuple[str, str]]:
    for name, most in (("object", OBJECT), ("label", LABEL), ("name", NAME)):
        if len(row[name]) > most:
            yield name, row[name][: most - len(MORE)].rstrip() + MORE
