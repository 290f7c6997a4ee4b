"""Pre-titres: rows from which the finance software issues a titre for each document, one per line. Pure.

Amounts are positive; ``sign`` is -1 on a line of the opposite sign, as a rebate within an invoice, so that sign ×
amount adds up to the document. A credit note that reduces several invoices has the rows of each, and of the rest, which
is paid out. The limits are those of the titre of the PES v2 with ASAP lines. Codes and amounts are never cut; texts
are, and the column ``shortened`` names those that were.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from chargeback.einvoice.lines import PIECE as PIECE_CODE
from chargeback.einvoice.lines import number_text, priced
from chargeback.exports.accounts import AccountQuery, accounts_of, of_line
from chargeback.exports.issued_document import IssuedDocument, Reduction, exercice
from chargeback.exports.line_shares import LineShare, shares
from chargeback.exports.pes_quantities import PIECE, scaled
from chargeback.model.documents import Document, Line
from chargeback.model.facts import Titre
from chargeback.model.money import euros_text
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
Operation = Literal["titre", "réduction", "annulation", "mandat", "mandat sur exercice antérieur", "remise gracieuse"]


def pretitres(
    documents: Iterable[IssuedDocument], accounts: Sequence[Account], titres: Mapping[str, Titre], wording: Wording
) -> list[PretitreRow]:
    """Rows of the lines whose amount is not zero.

    Raises Problems where ``[[accounts]]`` has rows and none matches a line. ``titres`` are by number of the document.
    """
    every = [(issued, share, account_query(issued, share, titres)) for issued in documents for share in shares(issued)]
    found = accounts_of([query for _, _, query in every], accounts) if accounts else {}
    return [
        _shortened(
            _of_document(issued, titres, wording)
            | _of_operation(issued, share.reduction, titres)
            | _of_line(issued, share.number, share.line, wording)
            | _of_amounts(issued, share.line, share.vat)
            | _of_account(found.get(query))
        )
        for issued, share, query in every
    ]


def account_query(issued: IssuedDocument, share: LineShare, titres: Mapping[str, Titre]) -> AccountQuery:
    """Query for the account of a share of a line: revenue, or a reduction of an earlier exercice."""
    return of_line(issued, share.line, prior_year=issued.is_prior_year(share.reduction, titres))


def zero_lines(documents: Iterable[IssuedDocument]) -> int:
    """Number of lines of 0.00, which no titre has."""
    return sum(not line.amount for issued in documents for line in issued.document.lines)


def operation(issued: IssuedDocument, reduction: Reduction | None, titres: Mapping[str, Titre]) -> Operation:
    """Operation of a share of a document.

    ``titre`` for an invoice. For a credit note: ``réduction`` of an invoice, ``annulation`` of all that remained of it,
    ``mandat sur exercice antérieur`` where the invoice is of an earlier exercice, ``mandat`` where the share reduces no
    invoice and is paid out. ``remise gracieuse`` for a credit given on purpose, whatever it reduces.
    """
    if issued.document.kind == "invoice":
        return "titre"
    if issued.goodwill:
        return "remise gracieuse"
    if reduction is None:
        return "mandat"
    if issued.is_prior_year(reduction, titres):
        return "mandat sur exercice antérieur"
    return "annulation" if reduction.in_full else "réduction"


def breaches(row: PretitreRow) -> list[str]:
    """Limits of the titre that a row breaks; none for the rows of ``pretitres``."""
    most = {"object": OBJECT, "label": LABEL, "name": NAME, "quantity": QUANTITY}
    found = [f"{name} has more than {limit} characters" for name, limit in most.items() if len(row[name]) > limit]
    found += [f"{name} is not above zero" for name in ("net", "gross") if Decimal(row[name]) <= 0]
    found += ["vat is not above zero"] if row["vat"] and Decimal(row["vat"]) <= 0 else []
    return found


def _of_document(issued: IssuedDocument, titres: Mapping[str, Titre], wording: Wording) -> PretitreRow:
    document = issued.document
    payer, own = document.payer, titres.get(document.number)
    assert document.issue_date is not None, "an issued document has a date"
    return {
        "exercice": str(issued.exercice(titres)),
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
        "period": document.months,
        "regime": document.regime.name,
        "category": document.regime.category,
        "pdf": issued.path.rpartition("/")[2],
        "sha256": issued.sha256,
    }


def _of_operation(issued: IssuedDocument, reduction: Reduction | None, titres: Mapping[str, Titre]) -> PretitreRow:
    """Operation of a row, and the invoice that it reduces or that its document replaces, with its titre."""
    document = issued.document
    replaced = [(p.number, p.issue_date) for p in document.preceding] if document.kind == "invoice" else []
    originals = [(reduction.number, reduction.issue_date)] if reduction is not None else replaced
    own = [titres[number] for number, _ in originals if number in titres]
    return {
        "operation": operation(issued, reduction, titres),
        "original": " ".join(number for number, _ in originals),
        "original_exercice": " ".join(str(exercice(number, on, titres)) for number, on in originals),
        "original_bordereau": " ".join(titre.bordereau for titre in own),
        "original_titre": " ".join(titre.titre for titre in own),
    }


def object_of(document: Document, wording: Wording) -> str:
    """Object of a document on one line: its title and number, its months, the invoices that it corrects, the reason."""
    text = wording.text(
        "exports.object", document=named(document, wording), month=wording.months(document.first_month, document.period)
    )
    if not document.preceding:
        return plain(text)
    corrected = ", ".join(p.number for p in document.preceding)
    key = "exports.object_credit" if document.kind == "credit_note" else "exports.object_in_place"
    return plain(wording.text(key, object=text, originals=corrected, reason=document.reason)).rstrip(" :")


def plain(text: str) -> str:
    """Text with plain spaces only: finance software seldom reads others."""
    return " ".join(text.split())


def _of_line(issued: IssuedDocument, number: int, line: Line, wording: Wording) -> PretitreRow:
    document, month = issued.document, issued.month
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
        **_of_quantity(issued, line, wording),
    }


def _of_quantity(issued: IssuedDocument, line: Line, wording: Wording) -> PretitreRow:
    """Quantity in five characters, and the exact product of the document in columns of its own."""
    rule = issued.month.rules[line.rule]
    terms = priced(line, issued.document.sign, issued.month)
    single = terms.unit == PIECE_CODE and abs(terms.quantity) == 1
    unit = "" if single else priced_unit(rule, version_of(rule, line), wording)
    shown = PIECE if single else scaled(abs(Fraction(terms.quantity)), unit, wording)
    return {
        "quantity": shown.quantity,
        "unit": plain(shown.unit),
        "exact_quantity": number_text(abs(terms.quantity)),
        "exact_unit": plain(unit),
        "unit_price": number_text(terms.price.scaleb(-terms.base.adjusted()), 2),
    }


def _of_amounts(issued: IssuedDocument, line: Line, vat: int) -> PretitreRow:
    regime = issued.document.regime
    rebate = issued.document.sign * line.amount < 0
    return {
        "sign": "-1" if rebate else "1",
        "net": euros_text(abs(line.amount)),
        "rate": f"{line.rate:.2f}" if regime.category == "S" else "",
        "vat": euros_text(abs(vat)) if vat else "",
        "gross": euros_text(abs(line.amount + vat)),
    }


def _of_account(account: Account | None) -> PretitreRow:
    if account is None:
        return {"account": "", "nature": "", "function": ""}
    return {"account": account.account, "nature": account.nature or account.account, "function": account.function}


def _shortened(row: PretitreRow) -> PretitreRow:
    """Row with its texts cut to their limits, and the names of those that were cut."""
    cut = dict(_cuts(row))
    return row | cut | {"shortened": " ".join(sorted(cut))}


def _cuts(row: PretitreRow) -> Iterator[tuple[str, str]]:
    for name, most in (("object", OBJECT), ("label", LABEL), ("name", NAME)):
        if len(row[name]) > most:
            yield name, row[name][: most - len(MORE)].rstrip() + MORE
