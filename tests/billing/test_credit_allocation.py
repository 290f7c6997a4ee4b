"""Reductions taken off issued invoices, by hand: which invoice comes first, at which rate, and what VAT each gives
back."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from chargeback.billing.brought_forward import BilledAmount, BroughtForward, OpenInvoice, OpenRate
from chargeback.billing.credit_allocation import CreditAllocation
from chargeback.model.charges import Charge
from chargeback.model.documents import Document
from chargeback.model.period import Period
from chargeback.model.vat import VatAmount, vat_of
from kit.builders import member
from kit.drawn_months import JUNE, MARCH, MAY, MEMBERS, charge, drawn, invoice

TWENTY, TEN, FIVE = Decimal("20.00"), Decimal("10.00"), Decimal("5.50")
AUVERS = frozenset({"auvers"})
DECEMBER = Period(2025, 12)


def opened(number: str, *rates: tuple[Decimal, int]) -> OpenInvoice:
    """An invoice of which all remains, with its net at each rate."""
    return OpenInvoice(number, date(2026, 4, 5), "auvers", tuple(OpenRate(r, net, vat_of(net, r)) for r, net in rates))


def billed(
    number: str, net: int, month: Period = MARCH, *, who: str = "auvers", rate: Decimal = TWENTY
) -> BilledAmount:
    """What an invoice billed of racks."""
    return BilledAmount(number, who, month, rate, net)


def brought(invoices: Sequence[OpenInvoice], amounts: Sequence[BilledAmount]) -> BroughtForward:
    """Invoices, the latest first, and what they billed of racks; of links they billed nothing."""

    def of_rule(payers: Collection[str], rule: str) -> Sequence[BilledAmount]:
        return amounts if rule == "racks" else ()

    return BroughtForward(open_invoices=lambda payers, regime: invoices, billed_amounts=of_rule)


def settling(amount: int, **more: str) -> Charge:
    """A part of the true-up of 2025."""
    return replace(charge(amount, **more), kind="adjustment", settles=2025)


def parts(reduction: Charge, book: BroughtForward) -> list[tuple[str, int, int]]:
    """(invoice, cents, rate) of the parts of a reduction; a part that no invoice takes is at 5.5 %."""
    found = CreditAllocation(book).reduced(reduction, AUVERS, FIVE)
    assert all(replace(p.charge, amount=0, original_invoice="") == replace(reduction, amount=0) for p in found)
    return [(p.charge.original_invoice, p.charge.amount, p.rate) for p in found]


# The order


INVOICES = [opened(f"F{n}", (TWENTY, 1000)) for n in (9, 8, 7, 6, 5, 4, 3, 2, 1)]
AMOUNTS = [
    billed("F8", 100, MAY, who="bezons"),
    billed("F7", 200, MAY),
    billed("F6", 300, MARCH),
    billed("F5", 400, MARCH, who="bezons"),
    billed("F4", 500, DECEMBER),
    billed("F3", 600, MARCH),
]


@pytest.mark.parametrize(
    ("cents", "expected"),
    [
        (1, [("F6", 1)]),
        (300, [("F6", 300)]),
        (900, [("F6", 300), ("F3", 600)]),
        (1101, [("F6", 300), ("F3", 600), ("F7", 200), ("F4", 1)]),
        (1600, [("F6", 300), ("F3", 600), ("F7", 200), ("F4", 500)]),
        (1701, [("F6", 300), ("F3", 600), ("F7", 200), ("F4", 500), ("F8", 100), ("F5", 1)]),
        (2101, [("F6", 300), ("F3", 600), ("F7", 200), ("F4", 500), ("F8", 100), ("F5", 400), ("F9", 1)]),
    ],
)
def test_an_adjustment_takes_the_nearest_first(cents: int, expected: list[tuple[str, int]]) -> None:
    """Of March for Auvers: its March (F6, then F3, the older), its other months (F7, F4), the rule for others, their
    March too being no nearer (F8, F5), then any invoice of the family (F9)."""
    found = parts(charge(-cents, MARCH), brought(INVOICES, AMOUNTS))
    assert found == [(number, -net, 20) for number, net in expected]


def test_what_remains_of_a_rule_is_followed_by_the_rest_of_the_same_invoices() -> None:
    """F2 billed 1.00 of racks of its 10.00, F1 2.00 of its 3.00: 3.00 by rule, then 9.00 of F2 and 1.00 of F1, then
    no invoice. What an invoice gives is one part, by rule and by family together."""
    invoices = [opened("F2", (TWENTY, 1000)), opened("F1", (TWENTY, 300))]
    amounts = [billed("F1", 200, MARCH), billed("F2", 100, MAY)]
    assert parts(charge(-1500, MARCH), brought(invoices, amounts)) == [
        ("F1", -300, 20),
        ("F2", -1000, 20),
        ("", -200, FIVE),
    ]


@pytest.mark.parametrize(
    ("cents", "expected"),
    [
        (500, [("F4", 500)]),
        (501, [("F4", 500), ("F7", 1)]),
        (1100, [("F4", 500), ("F7", 200), ("F6", 300), ("F3", 100)]),
    ],
)
def test_a_true_up_takes_its_year_first(cents: int, expected: list[tuple[str, int]]) -> None:
    """Of 2025 for Auvers: December (F4), then what its other years were billed, the latest first."""
    found = parts(settling(-cents), brought(INVOICES, AMOUNTS))
    assert found == [(number, -net, 20) for number, net in expected]


def test_what_no_invoice_billed_of_the_rule_is_taken_off_the_family() -> None:
    """Links were billed nowhere: the latest first."""
    assert parts(charge(-1001, MARCH, rule="links"), brought(INVOICES, AMOUNTS)) == [("F9", -1000, 20), ("F8", -1, 20)]


def test_an_amount_billed_by_an_invoice_that_is_not_open_is_left_out() -> None:
    """F6 was credited by other lines: nothing of it remains, so F3 is next."""
    left = [each for each in INVOICES if each.number != "F6"]
    assert parts(charge(-1, MARCH), brought(left, AMOUNTS)) == [("F3", -1, 20)]
    assert parts(charge(-1, MARCH), brought([], AMOUNTS)) == [("", -1, FIVE)]


def test_an_invoice_of_which_less_remains_than_it_billed_gives_what_remains() -> None:
    """F6 billed 3.00 of March and has 1.20: 1.20, then F3."""
    left = [replace(each, rates=(OpenRate(TWENTY, 120, 24),)) if each.number == "F6" else each for each in INVOICES]
    assert parts(charge(-200, MARCH), brought(left, AMOUNTS)) == [("F6", -120, 20), ("F3", -80, 20)]


def test_reductions_of_a_month_share_what_was_billed() -> None:
    """3.00 of March by F6, then 6.00 by F3: a first reduction of 2.00 leaves 1.00 of F6, the second of 2.00 takes it
    and 1.00 of F3. A reduction of May takes F7 though F6 still has 7.00 of its 10.00."""
    allocation = CreditAllocation(brought(INVOICES, AMOUNTS))
    found = [allocation.reduced(charge(-200, month), AUVERS, FIVE) for month in (MARCH, MARCH, MAY)]
    assert [[(p.charge.original_invoice, p.charge.amount) for p in each] for each in found] == [
        [("F6", -200)],
        [("F6", -100), ("F3", -100)],
        [("F7", -200)],
    ]


def test_what_other_documents_of_the_month_take_is_gone() -> None:
    """9.00 of the 10.00 of F6 and all of F3 are taken by others: 1.00 of F6, then F7."""
    spent = {"F6": (VatAmount(TWENTY, 900, 180),), "F3": (VatAmount(TWENTY, 1000, 200),)}
    found = CreditAllocation(brought(INVOICES, AMOUNTS), spent=spent).reduced(charge(-150, MARCH), AUVERS, FIVE)
    assert [(p.charge.original_invoice, p.charge.amount) for p in found] == [("F6", -100), ("F7", -50)]


# Rates


def test_each_part_bears_the_rate_that_its_amount_bore() -> None:
    """F1 billed racks of March for 4.00 at 10 % and, by a second line, 6.00 at 20 %, and other things at 5.5 %: 4.00
    and 3.00 of the rule; a reduction of 12.00 takes all of the rule, then the lowest rate of the invoice first."""
    book = brought(
        [opened("F1", (FIVE, 1000), (TEN, 400), (TWENTY, 600))], [billed("F1", 400, rate=TEN), billed("F1", 600)]
    )
    assert parts(charge(-700, MARCH), book) == [("F1", -400, 10), ("F1", -300, 20)]
    assert parts(charge(-1200, MARCH), book) == [("F1", -400, 10), ("F1", -600, 20), ("F1", -200, FIVE)]


def drawn_up(charges: Sequence[Charge], book: BroughtForward) -> list[Document]:
    return list(drawn(charges, book).documents)


def test_an_adjustment_over_two_rates_of_an_invoice_is_one_credit_note() -> None:
    """4.00 at 10 % and 3.00 at 20 %: 0.40 and 0.60 of VAT, a base and a VAT for each rate, one credited amount each."""
    book = brought([opened("F1", (TEN, 400), (TWENTY, 600))], [billed("F1", 400, rate=TEN), billed("F1", 600)])
    (found,) = drawn_up([charge(-700, MARCH)], book)
    assert [(v.regime.rate, v.net, v.vat) for v in found.vat_lines] == [(10, -400, -40), (20, -300, -60)]
    (named,) = found.preceding
    assert named.credited == (VatAmount(TEN, 400, 40), VatAmount(TWENTY, 300, 60))
    assert (named.credited_net, named.credited_vat, named.credited_gross) == (700, 100, 800)
    assert [(n.rate, n.amount) for n in found.lines] == [(10, -400), (20, -300)]
    assert (found.reduction, found.slug) == ("adjustment", "auvers-services-F1")


def test_a_month_below_zero_takes_each_rate_off_invoices_that_bear_it() -> None:
    """-5.00 at 20 %, as of the month itself: 9.00 of F2 at 10 % are left, its 2.00 at 20 % go, F1 has the rest."""
    book = brought([opened("F2", (TEN, 900), (TWENTY, 200)), opened("F1", (TWENTY, 600))], [])
    (found,) = drawn_up([charge(-500)], book)
    assert [(p.number, p.credited) for p in found.preceding] == [
        ("F2", (VatAmount(TWENTY, 200, 40),)),
        ("F1", (VatAmount(TWENTY, 300, 60),)),
    ]


# Documents


def test_a_true_up_is_one_credit_note_on_the_invoices_of_its_year() -> None:
    """-12.00 of 2025: 10.00 of F2 and 2.00 of F1, which the year's instalments were billed by; April stays whole."""
    invoices = [opened(f"F{n}", (TWENTY, 1000)) for n in (3, 2, 1)]
    book = brought(invoices, [billed("F2", 1000, DECEMBER), billed("F1", 1000, Period(2025, 11))])
    month, credit = drawn_up([charge(5000), settling(-1200)], book)
    assert (month.net, month.preceding, month.reduction) == (5000, (), "")
    assert (credit.net, credit.vat, credit.reduction, credit.slug) == (
        -1200,
        -240,
        "true_up",
        "auvers-services-true-up",
    )
    assert [(p.number, p.credited_net, p.credited_vat) for p in credit.preceding] == [
        ("F2", 1000, 200),
        ("F1", 200, 40),
    ]
    assert [(c.original_invoice, c.amount, c.settles) for n in credit.lines for c in n.charges] == [
        ("F2", -1000, 2025),
        ("F1", -200, 2025),
    ]


def test_a_true_up_over_two_rates_keeps_each() -> None:
    """F2 was called at 10 %, F1 at 20 %: 10.00 of the one, 2.00 of the other."""
    invoices = [opened("F2", (TEN, 1000)), opened("F1", (TWENTY, 1000))]
    book = brought(invoices, [billed("F2", 1000, DECEMBER, rate=TEN), billed("F1", 1000, Period(2025, 11))])
    (found,) = drawn_up([settling(-1200)], book)
    assert [(v.regime.rate, v.net, v.vat) for v in found.vat_lines] == [(10, -1000, -100), (20, -200, -40)]
    assert [(p.number, p.credited) for p in found.preceding] == [
        ("F2", (VatAmount(TEN, 1000, 100),)),
        ("F1", (VatAmount(TWENTY, 200, 40),)),
    ]


def test_true_ups_of_a_payer_are_one_document_and_adjustments_one_for_each_invoice() -> None:
    """Bezons is paid for by Auvers: both true-ups are one credit note; adjustments on F2 and F1 are two; what no
    invoice takes is a fourth.

    In the order of charges: links 1.50 take the latest, F2. The true-up of Auvers takes 1.00 of F2. Its March takes
    4.00 of F2 and 5.00 of F1, then its December, of which F2 has 0.50 left in all, then 0.50 of what F1 billed to
    Bezons. The true-up of Bezons finds 1.50 there, and the last 0.50 nowhere."""
    invoices = [opened("F2", (TWENTY, 700)), opened("F1", (TWENTY, 700))]
    amounts = [
        billed("F2", 300, DECEMBER),
        billed("F1", 200, DECEMBER, who="bezons"),
        billed("F2", 400),
        billed("F1", 500),
    ]
    paid = MEMBERS | {"bezons": member("bezons", payer="auvers")}
    charges = [charge(-1000, MARCH), settling(-100), settling(-200, who="bezons"), charge(-150, MARCH, rule="links")]
    found = drawn(charges, brought(invoices, amounts), members=paid).documents
    assert [(d.slug, d.reduction, d.net, [p.number for p in d.preceding]) for d in found] == [
        ("auvers-services-F1", "adjustment", -550, ["F1"]),
        ("auvers-services-F2", "adjustment", -600, ["F2"]),
        ("auvers-services-refund", "refund", -50, []),
        ("auvers-services-true-up", "true_up", -250, ["F2", "F1"]),
    ]


def test_what_no_invoice_takes_is_refunded_at_the_rate_of_its_month() -> None:
    """10.00 of March, of which F1 takes 3.00: 7.00 are a document of their own that names no invoice, with 1.40."""
    found = drawn_up([charge(5000), charge(-1000, MARCH)], brought([opened("F1", (TWENTY, 300))], [billed("F1", 300)]))
    assert [(d.reduction, d.net, d.vat, len(d.preceding)) for d in found] == [
        ("", 5000, 1000, 0),
        ("adjustment", -300, -60, 1),
        ("refund", -700, -140, 0),
    ]
    assert [c.original_invoice for c in found[2].lines[0].charges] == [""]


# VAT


def test_an_invoice_whose_whole_net_is_credited_loses_all_its_vat() -> None:
    """F3 has 6.00 of 10.00 left with 1.19 of VAT, F1 0.50 with 0.11: a true-up of 8.00 takes 6.00 of F3, 1.50 of F2
    and 0.50 of F1. All together bear 1.60: F3 and F1 give their 1.19 and 0.11, F2 the other 0.30."""
    f3 = OpenInvoice("F3", date(2026, 3, 1), "auvers", (OpenRate(TWENTY, 600, 119, 400, 81),))
    f2, f1 = invoice("F2", 9000), invoice("F1", 50, 11)
    book = brought([f3, f2, f1], [billed("F3", 600, DECEMBER), billed("F2", 150, DECEMBER), billed("F1", 50, DECEMBER)])
    (found,) = drawn_up([settling(-800)], book)
    assert found.vat == -160
    assert [(p.number, p.credited_net, p.credited_vat) for p in found.preceding] == [
        ("F3", 600, 119),
        ("F2", 150, 30),
        ("F1", 50, 11),
    ]


def test_the_vat_of_parts_of_several_invoices_follows_their_net() -> None:
    """1.01, 1.01 and 1.01 of three invoices: 0.202 each, 0.606 in all, which is 0.61. 0.20, then what brings it to 0.40
    of 2.02, then to 0.61. None takes what is another's."""
    invoices = [opened(f"F{n}", (TWENTY, 1000)) for n in (3, 2, 1)]
    book = brought(invoices, [billed(f"F{n}", 101, DECEMBER) for n in (3, 2, 1)])
    (found,) = drawn_up([settling(-303)], book)
    assert (found.vat, [p.credited_vat for p in found.preceding]) == (-61, [20, 20, 21])


def test_amounts_that_remain_are_asked_once_for_a_payer_and_rule() -> None:
    """Three reductions of racks, one of links: the ledger is asked for the invoices once, for amounts twice."""
    asked: list[str] = []

    def opens(payers: Collection[str], regime: str) -> Sequence[OpenInvoice]:
        asked.append(f"{sorted(payers)} {regime}")
        return INVOICES

    def of_rule(payers: Collection[str], rule: str) -> Sequence[BilledAmount]:
        asked.append(f"{sorted(payers)} {rule}")
        return AMOUNTS

    book = BroughtForward(open_invoices=opens, billed_amounts=of_rule)
    drawn([charge(-1, MARCH), charge(-2, MAY), settling(-3), charge(-4, MARCH, rule="links")], book, period=JUNE)
    assert sorted(asked) == ["['auvers'] links", "['auvers'] racks", "['auvers'] services"]
