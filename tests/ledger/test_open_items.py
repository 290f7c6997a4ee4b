"""What the ledger brings to a month: what was carried and is not billed, and what remains of issued invoices."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from chargeback.billing.brought_forward import BilledAmount, OpenInvoice, OpenRate
from chargeback.ledger.open_items import (
    addressees,
    billed_amounts,
    invoices_of_month,
    open_invoices,
    rate_borne,
    still_carried,
)
from chargeback.model.charges import Charge
from chargeback.model.documents import CarriedForward, Preceding
from chargeback.model.vat import VatAmount
from kit.ledgers import SETTINGS, charge, document, enter, ledger, line, month, opens

JAN, FEB, MAR, APR = (month(n) for n in (1, 2, 3, 4))
TWENTY, TEN = Decimal("20.00"), Decimal("10.00")


def off(number: str, net: int, vat: int, rate: Decimal = TWENTY) -> tuple[Preceding, ...]:
    """What a credit note takes off an invoice of January."""
    return (Preceding(number, JAN.end, (VatAmount(rate, net, vat),)),)


def test_what_is_carried_waits_until_a_document_bills_it() -> None:
    """By payer, regime and month; a month is brought what months before it carried, less what documents of the ledger
    bring."""
    small = document(JAN, "cergy", line(charge("cergy", 300)), carry_reason="threshold")
    other = document(JAN, "avernes", line(charge("avernes", 200)), carry_reason="threshold")
    less = document(FEB, "avernes", line(charge("avernes", -50)), carry_reason="nothing")
    with ledger() as con:
        enter(con, JAN, carried_forward=(small, other))
        enter(con, FEB, carried_forward=(less,))
        assert still_carried(con, JAN, SETTINGS) == ()
        assert still_carried(con, FEB, SETTINGS) == (other, small)
        assert still_carried(con, MAR, SETTINGS) == (other, less, small)
        lines = (line(charge("cergy", 900)), replace(small.lines[0], carried_from=JAN))
        brings = (CarriedForward(JAN, "cergy"),)
        enter(con, MAR, document(MAR, "cergy", *lines, number="F1", brought_forward=brings))
        assert still_carried(con, APR, SETTINGS) == (other, less)


def test_what_is_withheld_keeps_what_it_brings_forward() -> None:
    """Until its month issues it; issued without it, what was carried waits again."""
    small = document(JAN, "cergy", line(charge("cergy", 300)), carry_reason="threshold")
    lines = (line(charge("cergy", 900)), replace(small.lines[0], carried_from=JAN))
    aside = document(FEB, "cergy", *lines, brought_forward=(CarriedForward(JAN, "cergy"),))
    with ledger() as con:
        enter(con, JAN, carried_forward=(small,))
        enter(con, FEB, document(FEB, "avernes", line(charge("avernes", 500)), number="F1"), withheld=(aside,))
        assert still_carried(con, MAR, SETTINGS) == ()
        enter(con, FEB, document(FEB, "cergy", line(charge("cergy", 900)), number="F2"), kind="supplementary")
        assert still_carried(con, MAR, SETTINGS) == (small,)


def test_regimes_and_payers_are_carried_apart() -> None:
    """A document brings what its own regime and payer carried."""
    small = document(JAN, "cergy", line(charge("cergy", 300)), carry_reason="threshold")
    shared = document(JAN, "cergy", line(charge("cergy", 200, vat="sharing")), carry_reason="threshold")
    with ledger() as con:
        enter(con, JAN, carried_forward=(small, shared))
        lines = (line(charge("cergy", 900)), replace(small.lines[0], carried_from=JAN))
        enter(con, FEB, document(FEB, "cergy", *lines, number="F1", brought_forward=(CarriedForward(JAN, "cergy"),)))
        assert still_carried(con, MAR, SETTINGS) == (shared,)


def test_what_remains_is_less_all_sorts_of_credit() -> None:
    """Line by line, taken off by an adjustment, and named by a month below zero: each once, wherever its entry is."""
    first = document(JAN, "cergy", line(charge("cergy", 1000)), line(charge("cergy", 500, "ram")), number="F1")
    back = document(
        JAN,
        "cergy",
        line(replace(charge("cergy", -100), kind="adjustment"), corrects=1),
        number="A1",
        preceding=(Preceding("F1", JAN.end),),
    )
    adjusting = document(FEB, "cergy", line(charge("cergy", -200, of=JAN)), number="A2", preceding=off("F1", 200, 40))
    below = document(MAR, "cergy", line(charge("cergy", -300)), number="A3", preceding=off("F1", 300, 60))
    with ledger() as con:
        enter(con, JAN, first)
        assert opens(open_invoices(con, ["cergy"], "services")) == [("F1", 1500, 300)]
        enter(con, JAN, back, kind="credit")
        assert opens(open_invoices(con, ["cergy"], "services")) == [("F1", 1400, 280)]
        enter(con, FEB, adjusting)
        enter(con, MAR, below)
        left = OpenInvoice("F1", JAN.end, "cergy", (OpenRate(TWENTY, 900, 180, 600, 120),))
        assert open_invoices(con, ["cergy"], "services") == (left,)


def test_an_invoice_given_back_whole_is_not_asked_again() -> None:
    """The document in its place is, for the same month."""
    first = document(JAN, "cergy", line(charge("cergy", 1000)), number="F1")
    gone = replace(charge("cergy", -1000), kind="adjustment")
    back = document(JAN, "cergy", line(gone, corrects=1), number="A1", preceding=(Preceding("F1", JAN.end),))
    anew = document(JAN, "cergy", line(charge("cergy", 800)), number="F2", preceding=(Preceding("F1", JAN.end),))
    with ledger() as con:
        enter(con, JAN, first)
        enter(con, JAN, back, anew, kind="correct")
        assert opens(open_invoices(con, ["cergy"], "services")) == [("F2", 800, 160)]
        assert billed_amounts(con, ["cergy"], "cpu") == (BilledAmount("F2", "cergy", JAN, TWENTY, 800),)


def test_the_invoices_that_billed_a_month_come_with_its_own_first() -> None:
    """Then those that adjusted it or billed what it carried, in their order; other members, regimes and months are no
    matter."""
    of_january = line(charge("cergy", 50, of=JAN))
    carried_to = line(charge("cergy", 70), since=JAN)
    with ledger() as con:
        enter(con, FEB, document(FEB, "cergy", line(charge("cergy", 900)), of_january, number="F1"))
        enter(con, MAR, document(MAR, "cergy", line(charge("cergy", 900)), carried_to, number="F2"))
        lines = (line(charge("cergy", 400)), line(charge("vigny", 100)))
        enter(con, JAN, document(JAN, "cergy", *lines, number="F3"), kind="supplementary")
        shared = document(JAN, "cergy", line(charge("cergy", 1, vat="sharing")), number="F4")
        enter(con, JAN, shared, kind="supplementary")
        assert invoices_of_month(con, "cergy", "services", JAN) == ("F3", "F1", "F2")
        assert invoices_of_month(con, "vigny", "services", JAN) == ("F3",)
        assert invoices_of_month(con, "cergy", "sharing", JAN) == ("F4",)
        assert invoices_of_month(con, "cergy", "services", APR) == ()


def test_the_latest_invoices_come_by_date_then_number() -> None:
    """Of the payers and the regime that are asked; credit notes never."""
    on = date(2026, 4, 2)
    with ledger() as con:
        old = document(JAN, "commeny", line(charge("commeny", 300)), number="F1")
        same = [document(FEB, "vexin", line(charge("vexin", 400 + n)), number=f"F{n}", on=on) for n in (2, 3)]
        note = document(FEB, "vexin", line(charge("vexin", -5)), number="A1", on=on)
        shared = document(FEB, "vexin", line(charge("vexin", 9, vat="sharing")), number="F4", on=on)
        enter(con, JAN, old)
        enter(con, FEB, *same, note, shared)
        assert [o.number for o in open_invoices(con, {"vexin", "commeny"}, "services")] == [
            "F3",
            "F2",
            "F1",
        ]
        assert [o.number for o in open_invoices(con, ["commeny"], "services")] == ["F1"]
        assert open_invoices(con, ["cergy"], "services") == ()


def test_an_invoice_of_several_rates_is_open_at_each() -> None:
    """10.00 at 20 % and 5.00 at 10 %; 4.00 of the one are credited with 0.80, and all of the other: no net remains
    there, and the invoice is open as long as any does."""
    lines = (line(charge("cergy", 1000)), replace(line(charge("cergy", 500, of=JAN)), rate=TEN))
    both = document(FEB, "cergy", *lines, number="F1", on=FEB.end)
    adjusting = line(charge("cergy", -400, of=FEB)), replace(line(charge("cergy", -500, of=JAN)), rate=TEN)
    named = (Preceding("F1", FEB.end, (VatAmount(TEN, 500, 50), VatAmount(TWENTY, 400, 80))),)
    with ledger() as con:
        enter(con, FEB, both)
        assert open_invoices(con, ["cergy"], "services") == (
            OpenInvoice("F1", FEB.end, "cergy", (OpenRate(TEN, 500, 50), OpenRate(TWENTY, 1000, 200))),
        )
        enter(con, MAR, document(MAR, "cergy", *adjusting, number="A1", preceding=named))
        assert open_invoices(con, ["cergy"], "services") == (
            OpenInvoice("F1", FEB.end, "cergy", (OpenRate(TEN, 0, 0, 500, 50), OpenRate(TWENTY, 600, 120, 400, 80))),
        )


def original(charged: Charge, number: str) -> Charge:
    return replace(charged, original_invoice=number)


def test_what_an_invoice_billed_is_less_what_reduces_it() -> None:
    """F1 billed cpu of January to Cergy and Vigny, F2 of February with 0.50 of January, at 10 %. An adjustment takes
    2.00 of January off F1. The latest invoice is first, in it the latest month; other rules and payers do not
    matter."""
    first = document(
        JAN,
        "cergy",
        line(charge("cergy", 1000)),
        line(charge("vigny", 300)),
        line(charge("cergy", 70, "ram")),
        number="F1",
    )
    lines = (line(charge("cergy", 900)), replace(line(charge("cergy", 50, of=JAN)), rate=TEN))
    second = document(FEB, "cergy", *lines, number="F2")
    other = document(FEB, "vexin", line(charge("vexin", 10)), number="F3")
    less = line(original(charge("cergy", -200, of=JAN), "F1"))
    adjusting = document(MAR, "cergy", less, number="A1", preceding=off("F1", 200, 40), reduction="adjustment")
    with ledger() as con:
        enter(con, JAN, first)
        enter(con, FEB, second, other)
        assert billed_amounts(con, ["cergy"], "cpu") == (
            BilledAmount("F2", "cergy", FEB, TWENTY, 900),
            BilledAmount("F2", "cergy", JAN, TEN, 50),
            BilledAmount("F1", "cergy", JAN, TWENTY, 1000),
            BilledAmount("F1", "vigny", JAN, TWENTY, 300),
        )
        enter(con, MAR, adjusting)
        found = billed_amounts(con, ["cergy", "vexin"], "cpu")
        assert [(b.number, b.member_id, b.net) for b in found] == [
            ("F3", "vexin", 10),
            ("F2", "cergy", 900),
            ("F2", "cergy", 50),
            ("F1", "cergy", 800),
            ("F1", "vigny", 300),
        ]
        assert billed_amounts(con, ["cergy"], "ram") == (BilledAmount("F1", "cergy", JAN, TWENTY, 70),)
        assert billed_amounts(con, ["vigny"], "cpu") == ()


def test_a_month_bears_the_rate_of_its_documents() -> None:
    """January was issued at 20 %; what February carried counts too; a month or regime of which nothing is known has
    none."""
    small = document(FEB, "cergy", replace(line(charge("cergy", 300)), rate=TEN), carry_reason="threshold")
    with ledger() as con:
        enter(con, JAN, document(JAN, "cergy", line(charge("cergy", 1000)), number="F1"))
        enter(con, FEB, carried_forward=(small,))
        assert [rate_borne(con, "services", each) for each in (JAN, FEB, MAR)] == [TWENTY, TEN, None]
        assert rate_borne(con, "sharing", JAN) is None


def test_the_addressee_of_a_month_is_that_of_its_own_invoice() -> None:
    """Vexin was billed January for Cergy; what Bezons was billed of it with February is later. Of February, which
    Bezons was billed alone, it is Bezons; credit notes address nobody anew."""
    more = line(charge("cergy", 50, of=JAN))
    with ledger() as con:
        enter(con, FEB, document(FEB, "bezons", line(charge("cergy", 900)), more, number="F1"))
        enter(con, JAN, document(JAN, "vexin", line(charge("cergy", 1000)), number="F2"), kind="supplementary")
        enter(con, MAR, document(MAR, "vigny", line(charge("cergy", -5, of=FEB)), number="A1"))
        assert addressees(con, [JAN, FEB]) == {("cergy", JAN): "vexin", ("cergy", FEB): "bezons"}
        assert addressees(con, [MAR]) == {}
