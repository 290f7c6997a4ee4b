"""Lines of a document as EN 16931 has them (BG-25).

Quantity × price ÷ base quantity where the product gives the amount to the cent, else 1 × the amount. A line that
credits within an invoice has a negative quantity and a positive price: no price is below zero (BR-27).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import groupby
from typing import Any, TypeVar

from chargeback.model.documents import Document, Line
from chargeback.model.money import euros, rounded, to_cents
from chargeback.model.month import Month
from chargeback.render.text.adjustments import (
    adjusted_text,
    adjustment_heading,
    carried_month,
    causes_sentence,
    original_of,
)
from chargeback.render.text.calculations import formulas, is_by_resource
from chargeback.render.text.labels import (
    beneficiary_text,
    in_print_order,
    line_label,
    priced_unit,
    service_label,
    version_of,
)
from chargeback.render.text.prior_months import (
    adjusted_period,
    charging_month,
    line_blocks,
    recomputed_lines,
    recomputed_month,
)
from chargeback.render.text.quantity_terms import measured_text
from chargeback.workspace.reports.wording import Wording

QUANTITY_PLACES = 4
PRICE_PLACES = 6
PIECE = "C62"
PREVIOUS_INVOICE = "OI"
MOST_SENTENCES = 12
Number = TypeVar("Number", Fraction, int)


@dataclass(frozen=True, slots=True)
class PricedLine:
    """Price of a line, as written.

    Attributes:
        quantity: invoiced quantity (BT-129), of four decimals at most.
        price: net price (BT-146), of six decimals at most.
        base: quantity that the price is for (BT-149), a power of ten.
        unit: code of UN/ECE Recommendation 20 (BT-130).
    """

    quantity: Decimal
    price: Decimal
    base: Decimal
    unit: str

    @property
    def cents(self) -> int:
        """Product quantity × price ÷ base, in cents."""
        return to_cents(Fraction(self.quantity) * Fraction(self.price) / Fraction(self.base))


def line_data(document: Document, month: Month, wording: Wording) -> list[dict[str, Any]]:
    """Lines in the order of the page, in the form that factur-x takes (BG-25).

    The identifier of each (BT-126) is its number in the document, by which it is explained and credited.
    """
    numbers = {id(line): number for number, line in enumerate(document.lines, start=1)}
    return [_line(numbers[id(line)], line, document, month, wording) for line in printed_order(document, month)]


def printed_order(document: Document, month: Month) -> Iterator[Line]:
    """Lines of a document in the order in which the page prints them."""
    for block in line_blocks(document, month):
        for _, own in groupby(block.lines, key=lambda n: (n.service, n.rule)):
            yield from in_print_order(own)


def priced(line: Line, sign: int, month: Month) -> PricedLine:
    """Price of a line; 1 × the amount where no product of written figures gives the amount to the cent.

    ``sign`` is that of the document.
    """
    amount = sign * line.amount
    product = _product(line, sign, month)
    if product is not None and product.quantity and product.cents == amount:
        return product
    return PricedLine(Decimal(-1 if amount < 0 else 1), euros(abs(amount)), Decimal(1), PIECE)


def _product(line: Line, sign: int, month: Month) -> PricedLine | None:
    if line.kind != "usage" or line.quantity is None or line.unit_price is None or line.factor != 1:
        return None
    if any(charge.span_amount is not None for charge in line.charges):
        return None
    direction = -sign if line.unit_price < 0 else sign
    price, base = _with_base(abs(line.unit_price))
    rule = month.rules[line.rule]
    packages = version_of(rule, line).model == "package"
    unit = rule.unit.code if rule.unit is not None and not packages else PIECE
    return PricedLine(rounded(direction * line.quantity, QUANTITY_PLACES), price, base, unit)


def _with_base(price: Decimal) -> tuple[Decimal, Decimal]:
    """(price of six decimals at most, quantity that it is for): 0.0000012 is 0.000012 for 10."""
    exponent = price.normalize().as_tuple().exponent
    extra = max(0, -exponent - PRICE_PLACES) if isinstance(exponent, int) else 0
    return price.scaleb(extra), Decimal(10) ** extra


def _line(number: int, line: Line, document: Document, month: Month, wording: Wording) -> dict[str, Any]:
    sign, rule, regime = document.sign, month.rules[line.rule], document.regime
    terms = priced(line, sign, month)
    data: dict[str, Any] = {
        "BT-126": str(number),
        "BT-127-00": [{"BT-127": note} for note in (_note(line, terms, document, month, wording),) if note],
        "BT-153": line_label(line, rule, wording),
        "BT-154": _description(line, month, wording),
        "BT-155": line.rule,
        "BT-129": number_text(terms.quantity),
        "BT-130": terms.unit,
        "BT-146": number_text(terms.price, 2),
        "BT-151": regime.category,
        "BT-131": str(euros(sign * line.amount)),
    }
    data |= _prior_period(line, document)
    if terms.base != 1:
        data["BT-149"] = number_text(terms.base)
    if regime.category != "O":
        data["BT-152"] = f"{line.rate:.2f}"
    return data


def _prior_period(line: Line, document: Document) -> dict[str, Any]:
    """Period of a line where it is not that of the document (BG-26), and the invoice that it adjusts (BT-128)."""
    original, days = original_of(line, document), _own_days(line)
    data: dict[str, Any] = {"BT-128": {PREVIOUS_INVOICE: original}} if original else {}
    return data | ({"BT-134": days[0], "BT-135": days[1]} if days else {})


def _own_days(line: Line) -> tuple[date, date] | None:
    """First and last day of the earlier month of a line, or of the year that it settles; None for all other lines."""
    year = line.charges[0].settles
    if year is not None:
        return date(year, 1, 1), date(year, 12, 31)
    return (
        None if line.earlier_month is None else (line.earlier_month.first, line.earlier_month.end - timedelta(days=1))
    )


def number_text(value: Decimal, places: int = 0) -> str:
    """Digits of a decimal, without final zeros but with ``places`` decimals at least."""
    exponent = value.normalize().as_tuple().exponent
    kept = max(places, -exponent) if isinstance(exponent, int) else places
    return f"{value:.{kept}f}"


def _description(line: Line, month: Month, wording: Wording) -> str:
    """Description of a line (BT-154): its service, and the legal references of its price or share."""
    titles = [reference.title for reference in version_of(month.rules[line.rule], line).references]
    return ". ".join([service_label(line.service, wording), *(title.rstrip(".") for title in titles)])


def _note(line: Line, terms: PricedLine, document: Document, month: Month, wording: Wording) -> str:
    """Note of a line (BT-127): a beneficiary other than the payer, the month that carried it forward, its calculation.

    Of a line that reverses another, the reasons of its charges; of one printed as quantity × price, no calculation.
    """
    parts = []
    if line.beneficiary != document.payer.member_id:
        parts.append(beneficiary_text(document, line.beneficiary, month, wording))
    if line.carried_from is not None:
        parts.append(carried_month(line.carried_from, wording))
    if measured := measured_text(line, month.rules[line.rule], wording):
        parts.append(measured)
    if line.reverses:
        parts += dict.fromkeys(charge.reason for charge in line.charges)
    elif adjusted_period(line) is not None:
        parts += _adjustment(line, document, month, wording)
    elif abs(terms.quantity) == 1 and terms.price == abs(euros(line.amount)):
        if len(line.charges) > 1:
            parts.append(_resources(line, month, wording))
        parts += _calculation(line, document, charging_month(line.carried_from, month), wording)
    return "\n".join(parts)


def _adjustment(line: Line, document: Document, month: Month, wording: Wording) -> list[str]:
    """Sentences of the annex on an adjustment: month and invoice, amounts compared, causes, calculation where short."""
    again = recomputed_month(line, month)
    lines = recomputed_lines(line, again)
    whole = replace(document, lines=lines)
    made = [text for each in lines for text in _charged(each, whole, again, wording)]
    head, compared = adjustment_heading(line, document, wording), adjusted_text(line, month, wording)
    found = [head, compared or wording.money(line.amount), causes_sentence(line, wording)]
    return [text for text in found if text] + (made if len(made) <= MOST_SENTENCES else [])


def _charged(line: Line, document: Document, month: Month, wording: Wording) -> list[str]:
    """Sentences that give the amount of a line; of several resources, their number and quantity."""
    return [_resources(line, month, wording)] if is_by_resource(line) else formulas(line, document, month, wording)


def _calculation(line: Line, document: Document, month: Month, wording: Wording) -> list[str]:
    """Sentences that give the amount of a line; on a credit note those of the line as billed, where there are any."""
    sides = [(line, document)]
    if document.kind == "credit_note":
        sides.insert(0, (negated(line), replace(document, lines=tuple(map(negated, document.lines)))))
    for one, whole in sides:
        found = formulas(one, whole, month, wording)
        if found != [wording.money(one.amount)]:
            return found
    return []


def negated(line: Line) -> Line:
    """Line with the opposite sign: of a credit note, the line as it was billed."""
    charges = (
        replace(c, amount=-c.amount, quantity=_minus(c.quantity), span_amount=_minus(c.span_amount))
        for c in line.charges
    )
    return replace(line, amount=-line.amount, quantity=_minus(line.quantity), charges=tuple(charges))


def _minus(value: Number | None) -> Number | None:
    return None if value is None else -value


def _resources(line: Line, month: Month, wording: Wording) -> str:
    """Number of the resources of a line, their quantity and price; each is rounded apart and listed in the annex."""
    rule = month.rules[line.rule]
    tag = rule.quantity.tag if rule.quantity else ""
    key = "tag_values" if tag else "resources"
    count = wording.plural(f"invoice.line.{key}", len(line.charges), tag=tag)
    if line.quantity is None or line.unit_price is None:
        return count
    unit = priced_unit(rule, version_of(rule, line), wording)
    amount = f"{wording.number(line.quantity)} {unit}".rstrip()
    return f"{count} : {amount} × {wording.unit_price(line.unit_price)}"
