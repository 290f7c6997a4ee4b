"""What the ledger brings to a month: what was carried and is not billed, and what remains of issued invoices."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from chargeback.ledger.open_items import invoices_of_month, latest_invoices, still_carried
from chargeback.model.documents import CarriedForward, Preceding
from kit.ledgers import SETTINGS, charge, document, enter, ledger, line, month, opens

JAN, FEB, MAR, APR = (month(n) for n in (1, 2, 3, 4))


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
    adjusting = document(
        FEB, "cergy", line(charge("cergy", -200, of=JAN)), number="A2", preceding=(Preceding("F1", JAN.end, 200, 40),)
    )
    below = document(
        MAR, "cergy", line(charge("cergy", -300)), number="A3", preceding=(Preceding("F1", JAN.end, 300, 60),)
    )
    with ledger() as con:
        enter(con, JAN, first)
        assert opens(invoices_of_month(con, SETTINGS, "cergy", "services", JAN)) == [("F1", 1500, 300)]
        enter(con, JAN, back, kind="credit")
        assert opens(invoices_of_month(con, SETTINGS, "cergy", "services", JAN)) == [("F1", 1400, 280)]
        enter(con, FEB, adjusting)
        enter(con, MAR, below)
        (left,) = invoices_of_month(con, SETTINGS, "cergy", "services", JAN)
        assert (left.net, left.vat, left.credited_net, left.credited_vat) == (900, 180, 600, 120)
        assert (left.number, left.issue_date, left.payer_id) == ("F1", JAN.end, "cergy")
        assert latest_invoices(con, SETTINGS, ["cergy"], "services") == (left,)


def test_an_invoice_given_back_whole_is_not_asked_again() -> None:
    """The document in its place is, for the same month."""
    first = document(JAN, "cergy", line(charge("cergy", 1000)), number="F1")
    gone = replace(charge("cergy", -1000), kind="adjustment")
    back = document(JAN, "cergy", line(gone, corrects=1), number="A1", preceding=(Preceding("F1", JAN.end),))
    anew = document(JAN, "cergy", line(charge("cergy", 800)), number="F2", preceding=(Preceding("F1", JAN.end),))
    with ledger() as con:
        enter(con, JAN, first)
        enter(con, JAN, back, anew, kind="correct")
        assert opens(invoices_of_month(con, SETTINGS, "cergy", "services", JAN)) == [("F2", 800, 160)]
        assert opens(latest_invoices(con, SETTINGS, ["cergy"], "services")) == [("F2", 800, 160)]


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
        numbers = [o.number for o in invoices_of_month(con, SETTINGS, "cergy", "services", JAN)]
        assert numbers == ["F3", "F1", "F2"]
        assert [o.number for o in invoices_of_month(con, SETTINGS, "vigny", "services", JAN)] == ["F3"]
        assert [o.number for o in invoices_of_month(con, SETTINGS, "cergy", "sharing", JAN)] == ["F4"]
        assert invoices_of_month(con, SETTINGS, "cergy", "services", APR) == ()


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
        assert [o.number for o in latest_invoices(con, SETTINGS, {"vexin", "commeny"}, "services")] == [
            "F3",
            "F2",
            "F1",
        ]
        assert [o.number for o in latest_invoices(con, SETTINGS, ["commeny"], "services")] == ["F1"]
        assert latest_invoices(con, SETTINGS, ["cergy"], "services") == ()
