"""The lines of a document as EN 16931 wants them: quantity × price ÷ base where that is the amount to the cent, else 1 × amount.

A line that gives money back inside a document has a negative quantity and a positive price: no price is below zero.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import groupby
from typing import Any, TypeVar

from chargeback.billing.true_up import settled_year
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
from chargeback.workspace.reports.wording import Wording

QUANTITY_PLACES = 4
PRICE_PLACES = 6
PIECE = "C62"
PREVIOUS_INVOICE = "OI"
MOST_SENTENCES = 12
Number = TypeVar("Number", Fraction, int)
GIVEN_BACK = {"invoice": 1, "credit_note": -1}


@dataclass(frozen=True, slots=True)
class PricedLine:
    """quantity × price ÷ base of a line, as written; ``unit`` is a code of UN/ECE Recommendation 20."""

    quantity: Decimal
    price: Decimal
    base: Decimal
    unit: str

    @property
    def cents(self) -> int:
        """What the product comes to."""
        return to_cents(Fraction(self.quantity) * Fraction(self.price) / Fraction(self.base))


def sign_of(document: Document) -> int:
    """−1 for a credit note, whose amounts are what it gives back; 1 for an invoice."""
    return GIVEN_BACK[document.kind]


def line_data(document: Document, month: Month, wording: Wording) -> list[dict[str, Any]]:
    """The lines in the order of the page, as factur-x takes them (BG-25); each has the number that explain and credit know."""
    numbers = {id(line): number for number, line in enumerate(document.lines, start=1)}
    return [_line(numbers[id(line)], line, document, month, wording) for line in printed_order(document, month)]


def printed_order(document: Document, month: Month) -> Iterator[Line]:
    """The lines as the page prints them."""
    for block in line_blocks(document, month):
        for _, own in groupby(block.lines, key=lambda n: (n.service, n.rule)):
            yield from in_print_order(own)


def priced(line: Line, sign: int, month: Month) -> PricedLine:
    """How many at what price; 1 × the amount where no product of written figures gives it to the cent."""
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
    turned = -sign if line.unit_price < 0 else sign
    price, base = _with_base(abs(line.unit_price))
    rule = month.rules[line.rule]
    packages = version_of(rule, line).model == "package"
    unit = rule.unit.code if rule.unit is not None and not packages else PIECE
    return PricedLine(rounded(turned * line.quantity, QUANTITY_PLACES), price, base, unit)


def _with_base(price: Decimal) -> tuple[Decimal, Decimal]:
    """A price of six decimals at most and the quantity that it is for: 0.0000012 is 0.000012 for 10."""
    exponent = price.normalize().as_tuple().exponent
    extra = max(0, -exponent - PRICE_PLACES) if isinstance(exponent, int) else 0
    return price.scaleb(extra), Decimal(10) ** extra


def _line(number: int, line: Line, document: Document, month: Month, wording: Wording) -> dict[str, Any]:
    sign, rule, regime = sign_of(document), month.rules[line.rule], document.regime
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
    data |= _of_earlier(line, document)
    if terms.base != 1:
        data["BT-149"] = number_text(terms.base)
    if regime.category != "O":
        data["BT-152"] = f"{regime.rate:.2f}"
    return data


def _of_earlier(line: Line, document: Document) -> dict[str, Any]:
    """The days that a line is for where they are not the document's (BG-26), and the invoice that it adjusts (BT-128)."""
    named, days = original_of(line, document), _own_days(line)
    data: dict[str, Any] = {"BT-128": {PREVIOUS_INVOICE: named}} if named else {}
    return data | ({"BT-134": days[0], "BT-135": days[1]} if days else {})


def _own_days(line: Line) -> tuple[date, date] | None:
    """First and last day of the earlier month that a line is for, or of the year that it settles; None for the month of its document."""
    first = line.charges[0]
    year = settled_year(first.reason) if line.kind == "adjustment" and first.adjusts is None else None
    if year is not None:
        return date(year, 1, 1), date(year, 12, 31)
    return (
        None if line.earlier_month is None else (line.earlier_month.first, line.earlier_month.end - timedelta(days=1))
    )


def number_text(value: Decimal, places: int = 0) -> str:
    """A decimal in digits, without zeros at its end but with ``places`` decimals at least."""
    exponent = value.normalize().as_tuple().exponent
    kept = max(places, -exponent) if isinstance(exponent, int) else places
    return f"{value:.{kept}f}"


def _description(line: Line, month: Month, wording: Wording) -> str:
    """The service, and the decisions that the price or the share rests on."""
    titles = [reference.title for reference in version_of(month.rules[line.rule], line).references]
    return ". ".join([service_label(line.service, wording), *(title.rstrip(".") for title in titles)])


def _note(line: Line, terms: PricedLine, document: Document, month: Month, wording: Wording) -> str:
    """Who benefits when it is not the payer; which line is given back, or how a line of 1 × its amount is calculated."""
    parts = []
    if line.beneficiary != document.payer.member_id:
        parts.append(beneficiary_text(document, line.beneficiary, month, wording))
    if line.carried_from is not None:
        parts.append(carried_month(line.carried_from, wording))
    if line.reverses:
        parts += dict.fromkeys(charge.reason for charge in line.charges)
    elif adjusted_period(line) is not None:
        parts += _adjustment(line, document, month, wording)
    elif abs(terms.quantity) == 1 and terms.price == abs(euros(line.amount)):
        if len(line.charges) > 1:
            parts.append(_of_resources(line, month, wording))
        parts += _calculation(line, document, charging_month(line.carried_from, month), wording)
    return "\n".join(parts)


def _adjustment(line: Line, document: Document, month: Month, wording: Wording) -> list[str]:
    """What the annex says of an adjustment: its month and invoice, what is compared and why, how its month comes to that."""
    again = recomputed_month(line, month)
    lines = recomputed_lines(line, again)
    whole = replace(document, lines=lines)
    made = [text for each in lines for text in _charged(each, whole, again, wording)]
    head, compared = adjustment_heading(line, document, wording), adjusted_text(line, month, wording)
    found = [head, compared or wording.money(line.amount), causes_sentence(line, wording)]
    return [text for text in found if text] + (made if len(made) <= MOST_SENTENCES else [])


def _charged(line: Line, document: Document, month: Month, wording: Wording) -> list[str]:
    """The sentences that give a line; of several resources, how many."""
    return [_of_resources(line, month, wording)] if is_by_resource(line) else formulas(line, document, month, wording)


def _calculation(line: Line, document: Document, month: Month, wording: Wording) -> list[str]:
    """The sentences that give the amount; on a credit note those of what is given back, else those of the refund itself."""
    sides = [(line, document)]
    if document.kind == "credit_note":
        sides.insert(0, (negated(line), replace(document, lines=tuple(map(negated, document.lines)))))
    for one, whole in sides:
        found = formulas(one, whole, month, wording)
        if found != [wording.money(one.amount)]:
            return found
    return []


def negated(line: Line) -> Line:
    """A line with the opposite sign: of what a credit note gives back, the line as it was billed."""
    charges = (
        replace(c, amount=-c.amount, quantity=_minus(c.quantity), span_amount=_minus(c.span_amount))
        for c in line.charges
    )
    return replace(line, amount=-line.amount, quantity=_minus(line.quantity), charges=tuple(charges))


def _minus(value: Number | None) -> Number | None:
    return None if value is None else -value


def _of_resources(line: Line, month: Month, wording: Wording) -> str:
    """Of several resources: their quantity and price; each is rounded apart and listed in the annex."""
    rule = month.rules[line.rule]
    tag = rule.quantity.tag if rule.quantity else ""
    key = "tag_values" if tag else "resources"
    count = wording.plural(f"invoice.line.{key}", len(line.charges), tag=tag)
    if line.quantity is None or line.unit_price is None:
        return count
    unit = priced_unit(rule, version_of(rule, line), wording)
    amount = f"{wording.number(line.quantity)} {unit}".rstrip()
    return f"{count} : {amount} × {wording.unit_price(line.unit_price)}"
