"""What is drawn up from charges and what earlier months bring: carried amounts, threshold, frequency, credits on
invoices."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chargeback.billing.brought_forward import BilledAmount, BroughtForward, OpenInvoice
from chargeback.billing.document_lines import lines_of
from chargeback.billing.invoicing import DocumentSet, draw_up, is_of_earlier, is_operator, still_carried
from chargeback.model.charges import Charge
from chargeback.model.documents import CarriedForward, VatLine
from chargeback.model.period import Period
from chargeback.model.settings import DatedRate, DatedReason, Operator
from chargeback.model.vat import VatAmount
from kit.builders import member
from kit.drawn_months import (
    APRIL,
    JUNE,
    MARCH,
    MAY,
    MEMBERS,
    OUT,
    RULES,
    SETTINGS,
    TAXED,
    Book,
    charge,
    drawn,
    invoice,
    taken,
    told,
    waiting,
)


def test_by_itself_nothing_is_carried() -> None:
    """Without what earlier months bring there is no threshold and no frequency: a month that is issued is computed so
    again."""
    yearly = {"auvers": member("auvers", frequency="year")}
    assert told(drawn([charge(100)], members=yearly).documents) == [("auvers", "services", 100, 20, "")]
    assert drawn([charge(100)], members=yearly).carried_forward == ()


@pytest.mark.parametrize(
    ("net", "carried"),
    [(1, True), (1249, True), (1250, False), (1251, False)],
)
def test_the_threshold_is_of_the_amount_with_vat(net: int, carried: bool) -> None:
    """Below 15.00 with VAT it is carried: 12.49 net is 14.99, while 12.50 is 15.00, which is billed."""
    found = drawn([charge(net)], BroughtForward())
    assert [len(found.documents), len(found.carried_forward)] == ([0, 1] if carried else [1, 0])
    assert [d.carry_reason for d in found.carried_forward] == (["threshold"] if carried else [])


def test_the_threshold_is_of_a_payer_and_family() -> None:
    """Two families of 8.00 are each below it; two charges of one family are one amount, and so are a payer's
    beneficiaries."""
    paid = MEMBERS | {"bezons": member("bezons", payer="auvers")}
    charges = [charge(800), charge(800, vat="contributions"), charge(900, who="bezons"), charge(500, who="cergy")]
    found = drawn(charges, BroughtForward(), members=paid)
    assert told(found.documents) == [("auvers", "services", 1700, 340, "")]
    assert told(found.carried_forward) == [
        ("auvers", "contributions", 800, 0, "threshold"),
        ("cergy", "services", 500, 100, "threshold"),
    ]


def test_a_credit_is_never_held_back() -> None:
    """A month of one cent below zero is a credit note at once, whatever the threshold."""
    assert told(drawn([charge(-1)], BroughtForward()).documents) == [("auvers", "services", -1, 0, "")]


def test_what_was_carried_is_billed_with_the_month_that_reaches_the_threshold() -> None:
    """The lines of March stand apart with their month, and the document says what it brings; VAT is on the whole."""
    found = drawn([charge(951)], BroughtForward(carried_forward=(waiting(300),)))
    (document,) = found.documents
    assert told(found.documents) == [("auvers", "services", 1251, 250, "")]
    assert [(n.amount, n.carried_from, n.earlier_month) for n in document.lines] == [
        (951, None, None),
        (300, MARCH, MARCH),
    ]
    assert document.brought_forward == (CarriedForward(MARCH, "auvers"),)


def test_an_amount_of_several_months_keeps_each_month() -> None:
    """February and March wait with April, and are billed in May, each line of its own month; a line is never carried
    anew."""
    march, april = waiting(300), waiting(200, period=APRIL)
    still = drawn([charge(100, rule="links")], BroughtForward(carried_forward=(march, april)), period=MAY)
    assert (still.documents, told(still.carried_forward)) == ((), [("auvers", "services", 100, 20, "threshold")])
    assert [n.carried_from for d in still.carried_forward for n in d.lines] == [None]
    may = replace(still.carried_forward[0])
    found = drawn([charge(700)], BroughtForward(carried_forward=(march, april, may)), period=JUNE)
    (document,) = found.documents
    assert [(n.amount, n.carried_from) for n in document.lines] == [(700, None), (300, MARCH), (200, APRIL), (100, MAY)]
    assert document.brought_forward == (
        CarriedForward(MARCH, "auvers"),
        CarriedForward(APRIL, "auvers"),
        CarriedForward(MAY, "auvers"),
    )


def test_what_was_carried_is_billed_without_a_charge_of_the_month() -> None:
    """Two amounts of 8.00 that wait reach the threshold by themselves, as when the threshold was lowered."""
    lower = replace(SETTINGS, threshold=900)
    found = drawn([], BroughtForward(carried_forward=(waiting(800),)), settings=lower)
    assert told(found.documents) == [("auvers", "services", 800, 160, "")]


def test_what_is_zero_with_what_waits_is_carried_too() -> None:
    """A credit of 3.00 on 3.00 that wait: no document says 0.00, both stay in the ledger, so that nothing is lost."""
    found = drawn([charge(-300)], BroughtForward(carried_forward=(waiting(300),)))
    assert found.documents == ()
    assert told(found.carried_forward) == [("auvers", "services", -300, -60, "nothing")]


def test_a_credit_larger_than_what_waits_is_given_at_once() -> None:
    """3.00 wait and 5.00 are given back: a credit note of 2.00 that brings the amount of March."""
    found = drawn([charge(-500)], BroughtForward(carried_forward=(waiting(300),)))
    assert told(found.documents) == [("auvers", "services", -200, -40, "")]
    assert found.documents[0].brought_forward == (CarriedForward(MARCH, "auvers"),)


@pytest.mark.parametrize(
    ("frequency", "due"),
    [("month", range(1, 13)), ("quarter", (3, 6, 9, 12)), ("year", (12,))],
)
def test_a_payer_is_billed_in_the_last_month_of_its_quarter_or_year(frequency: str, due: Collection[int]) -> None:
    """Civil quarters and years; the column of a member overrides the setting, in both directions."""
    for month in range(1, 13):
        period = Period(2026, month)
        own = {"auvers": member("auvers", frequency=frequency)}
        other = replace(SETTINGS, frequency="year" if frequency == "month" else "month")
        by_member = drawn([charge(5000)], BroughtForward(), period=period, members=own, settings=other)
        by_setting = drawn(
            [charge(5000)], BroughtForward(), period=period, settings=replace(SETTINGS, frequency=frequency)
        )
        for found in (by_member, by_setting):
            assert len(found.documents) == (1 if month in due else 0)
            assert [d.carry_reason for d in found.carried_forward] == ([] if month in due else ["frequency"])


def test_a_credit_waits_for_the_quarter_of_its_payer() -> None:
    """Who is billed by quarter has one document a quarter: a month below zero waits as any other."""
    own = {"auvers": member("auvers", frequency="quarter")}
    assert told(drawn([charge(-500)], BroughtForward(), members=own).carried_forward) == [
        ("auvers", "services", -500, -100, "frequency")
    ]


@pytest.mark.parametrize(("leaves", "billed"), [(date(2026, 5, 2), False), (date(2026, 5, 1), True)])
def test_who_leaves_is_billed_in_its_last_month(leaves: date, billed: bool) -> None:
    """Gone when April is over: what waits for the year is billed with April, with what earlier months carried."""
    own = {"auvers": member("auvers", valid_to=leaves, frequency="year")}
    found = drawn([charge(2000)], BroughtForward(carried_forward=(waiting(3000),)), members=own)
    assert told(found.documents) == ([("auvers", "services", 5000, 1000, "")] if billed else [])
    assert told(found.carried_forward) == ([] if billed else [("auvers", "services", 2000, 400, "frequency")])


def test_what_waits_below_the_threshold_goes_to_the_successor() -> None:
    """Of one that is gone, to who took over, with its own lines; the document says for whom it was carried."""
    own = MEMBERS | {"auvers": member("auvers", valid_to=date(2026, 4, 1), successor="bezons")}
    found = drawn([charge(5000, who="bezons")], BroughtForward(carried_forward=(waiting(300),)), members=own)
    assert told(found.documents) == [("bezons", "services", 5300, 1060, "")]
    assert [n.beneficiary for n in found.documents[0].lines] == ["bezons", "auvers"]
    assert found.documents[0].brought_forward == (CarriedForward(MARCH, "auvers"),)


def test_what_waits_of_one_that_left_stays_there() -> None:
    """Without successor and below the threshold it is in no document, and no document brings it: it stays in the
    ledger."""
    own = MEMBERS | {"auvers": member("auvers", valid_to=date(2026, 4, 1))}
    found = drawn([charge(5000, who="bezons")], BroughtForward(carried_forward=(waiting(300),)), members=own)
    assert told(found.documents) == [("bezons", "services", 5000, 1000, "")]
    assert (found.carried_forward, found.documents[0].brought_forward) == ((), ())


def test_what_waits_of_one_that_the_registers_lost_is_billed_to_it_as_it_was() -> None:
    """A row taken out of members.csv, a regime renamed: the ledger says who and how."""
    lost = replace(SETTINGS, threshold=0, regimes={"contributions": OUT})
    found = drawn([], BroughtForward(carried_forward=(waiting(300),)), members={}, settings=lost)
    assert told(found.documents) == [("auvers", "services", 300, 60, "")]
    small = drawn(
        [], BroughtForward(carried_forward=(waiting(300),)), members={}, settings=replace(lost, threshold=1500)
    )
    assert (small.documents, small.carried_forward) == ((), ())


def test_the_operator_itself_is_carried_nothing() -> None:
    """It gets no document, and nothing of it waits."""
    own = {"auvers": member("auvers", siret="99000001000019")}
    assert drawn([charge(100)], BroughtForward(), members=own) == DocumentSet((), (), (charge(100),))


def test_the_operator_is_known_by_its_siren() -> None:
    """Nine digits of the SIRET; who has none is nobody's twin, where the operator has no SIREN either."""
    sirets = {"99000001000019": True, "99000001900019": False, "": False}
    assert {s: is_operator(member("auvers", siret=s), SETTINGS) for s in sirets} == sirets
    assert not is_operator(member("auvers"), replace(SETTINGS, operator=Operator()))


def test_a_month_of_nothing_has_no_document() -> None:
    """5.00 and -5.00, or a charge of 0.00, with and without what earlier months bring: neither billed nor carried."""
    both = [charge(500), charge(-500, rule="links")]
    for brought in (None, BroughtForward(), BroughtForward(all_due=True)):
        assert drawn([charge(0)], brought) == DocumentSet((), (), (charge(0),))
        if brought != BroughtForward(all_due=True):
            assert (drawn(both, brought).documents, drawn(both, brought).carried_forward) == ((), ())


def rate_of(charge: Charge) -> Decimal:
    """20 %, and 10 % on what is for an earlier month."""
    return TAXED.rate if charge.adjusts is None else Decimal("10.00")


def test_lines_are_of_one_rule_tier_and_month() -> None:
    """By service (datacenter, then network), tiers first and what has none last, the difference of a true-up before
    those of months; a charge of 0.00 is a line only where something was used. Each has the rate of its month."""
    tiers = [replace(charge(amount), tier=tier) for amount, tier in ((70, 0), (40, 2), (30, 1))]
    used = replace(charge(0, rule="links"), quantity=Fraction(4))
    late = [charge(5, MARCH), charge(6, MARCH.previous), replace(charge(7, MARCH), adjusts=None)]
    found = lines_of([used, charge(0, who="bezons"), *tiers, *late], RULES, rate_of)
    assert [(n.service, n.kind, n.tier, n.amount) for n in found] == [
        ("datacenter", "usage", 1, 30),
        ("datacenter", "usage", 2, 40),
        ("datacenter", "adjustment", 0, 7),
        ("datacenter", "adjustment", 0, 6),
        ("datacenter", "adjustment", 0, 5),
        ("datacenter", "usage", 0, 70),
        ("network", "usage", 0, 0),
    ]
    assert [n.rate == 10 for n in found] == [False, False, False, True, True, False, False]
    assert {n.rate for n in found} == {TAXED.rate, Decimal("10.00")}


def test_resources_of_one_price_are_one_line() -> None:
    """3 and 4.5 units, 0.30 and 0.45: 7.5 units, 0.75; where nothing says a quantity the line has none."""
    two = [replace(charge(30), quantity=Fraction(3)), replace(charge(45), quantity=Fraction(9, 2), resource_id="b")]
    assert [(n.quantity, n.amount) for n in lines_of(two, RULES, rate_of)] == [(Fraction(15, 2), 75)]
    assert [(n.quantity, n.amount) for n in lines_of(two[:1], RULES, rate_of)] == [(3, 30)]
    sold = replace(two[0], unit_price=Decimal("0.10"), factor=Fraction(15, 31))
    (one,) = lines_of([sold], RULES, rate_of)
    assert (one.version, one.unit_price, one.factor) == (date(2020, 1, 1), Decimal("0.10"), Fraction(15, 31))
    assert [(n.quantity, n.amount) for n in lines_of([charge(30), charge(45)], RULES, rate_of)] == [(None, 75)]


# Credits: what an invoice gives back


def test_an_adjustment_below_zero_is_taken_off_the_invoice_of_its_month() -> None:
    """Beside the invoice of the month, which it does not reduce: a credit note on F1 alone, in the name of its
    payer."""
    book = Book({("auvers", "services", MARCH): [invoice("F1", 1000)]})
    found = drawn([charge(5000), charge(-300, MARCH)], book.brought())
    assert taken(found.documents) == [(5000, 1000, []), (-300, -60, [("F1", 300, 60)])]
    assert [d.vat_lines for d in found.documents] == [(VatLine(TAXED, 5000, 1000),), (VatLine(TAXED, -300, -60),)]
    assert found.documents[1].preceding[0].issue_date == date(2026, 4, 5)
    assert [d.slug for d in found.documents] == ["auvers-services", "auvers-services-F1"]
    assert [c.original_invoice for c in found.charges] == ["F1", ""]


def test_an_adjustment_larger_than_what_remains_goes_on_to_the_next_invoice() -> None:
    """7.00: what billed its month comes first, the latest before the others, 1.00 that remain of F2, then 5.00 of F1;
    the last 1.00 is taken off the latest of the payer. Each invoice has a credit note of its own."""
    first, second, other = invoice("F1", 500), invoice("F2", 100), invoice("F3", 5000)
    book = Book({("auvers", "services", MARCH): [second, first]}, [other, second, first])
    found = drawn([charge(-700, MARCH)], book.brought())
    assert [d.reduction for d in found.documents] == ["adjustment"] * 3
    assert [c.original_invoice for c in found.charges] == ["F1", "F2", "F3"]
    assert taken(found.documents) == [
        (-500, -100, [("F1", 500, 100)]),
        (-100, -20, [("F2", 100, 20)]),
        (-100, -20, [("F3", 100, 20)]),
    ]


def test_an_adjustment_without_invoice_is_refunded() -> None:
    """Nothing of March can be taken off an invoice: 3.00 are paid out by a credit note of their own, and April stays
    whole, as new charges are never netted against what earlier documents billed."""
    found = drawn([charge(5000), charge(-300, MARCH)], Book({}).brought())
    assert taken(found.documents) == [(5000, 1000, []), (-300, -60, [])]
    assert [(d.reduction, d.slug) for d in found.documents] == [
        ("", "auvers-services"),
        ("refund", "auvers-services-refund"),
    ]
    assert [(n.amount, n.earlier_month) for d in found.documents for n in d.lines] == [(5000, None), (-300, MARCH)]


def test_an_adjustment_of_an_amount_that_is_still_carried_stays_with_it() -> None:
    """March carried 10.00, and 12.00 of it are too much: 10.00 are a line beside what was carried, the other 2.00 are
    taken off F1. Of another rule, or another month, all is taken off F1."""
    book = Book({("auvers", "services", MARCH): [invoice("F1", 1000)]})
    brought = book.brought(carried_forward=(waiting(1000),))
    found = drawn([charge(5000), charge(-1200, MARCH)], brought)
    assert taken(found.documents) == [(5000, 1000, []), (-200, -40, [("F1", 200, 40)])]
    assert [(n.amount, n.carried_from) for n in found.documents[0].lines] == [
        (-1000, None),
        (5000, None),
        (1000, MARCH),
    ]
    for other in (charge(-1200, MARCH, rule="links"), charge(-1200, MARCH.previous)):
        found = drawn([charge(5000), other], brought)
        assert taken(found.documents) == [
            (6000, 1200, []),
            (-1000, -200, [("F1", 1000, 200)]),
            (-200, -40, []),
        ]


def test_two_adjustments_share_what_is_still_carried() -> None:
    """10.00 are carried: a credit of 6.00 of one version stays with them, of another one of 6.00 only 4.00 do."""
    brought = BroughtForward(carried_forward=(waiting(1000),))
    second = replace(charge(-600, MARCH), version=date(2026, 1, 1))
    found = drawn([charge(5000), charge(-600, MARCH), second], brought)
    assert taken(found.documents) == [(5000, 1000, []), (-200, -40, [])]
    assert [n.amount for n in found.documents[0].lines] == [-600, 5000, -400, 1000]


def test_an_adjustment_above_zero_names_the_invoice_of_its_month() -> None:
    """It is a line of the month's invoice, with the number of the one that billed March."""
    book = Book({("auvers", "services", MARCH): [invoice("F1", 1000)]})
    found = drawn([charge(5000), charge(300, MARCH)], book.brought())
    assert taken(found.documents) == [(5300, 1060, [])]
    assert [(c.adjusts, c.original_invoice) for n in found.documents[0].lines for c in n.charges if c.adjusts] == [
        (MARCH, "F1")
    ]


def test_an_adjustment_is_given_back_to_who_owed_it_then() -> None:
    """Bezons owed March for Auvers and pays no more in April: the credit note on F1 is its own, while the month of
    Auvers is its own. Where Bezons was taken over by Cergy, that has it, on the invoices of both. A payer that
    members.csv does not have any more is followed by who pays today. What is billed more is owed likewise."""
    asked: list[list[str]] = []
    book = Book({("auvers", "services", MARCH): [invoice("F1", 1000, payer="bezons")]})

    def opens(payers: Collection[str], regime: str) -> Sequence[OpenInvoice]:
        asked.append(sorted(payers))
        return book.open(payers, regime)

    brought = book.brought(open_invoices=opens)
    less = replace(charge(-300, MARCH), owed_by="bezons")
    found = drawn([charge(5000), less], brought)
    assert told(found.documents) == [("auvers", "services", 5000, 1000, ""), ("bezons", "services", -300, -60, "")]
    heirs = MEMBERS | {"bezons": member("bezons", valid_to=date(2026, 4, 1), successor="cergy")}
    found = drawn([less], brought, members=heirs)
    assert told(found.documents) == [("cergy", "services", -300, -60, "")]
    paid = MEMBERS | {"auvers": member("auvers", payer="cergy")}
    found = drawn([replace(less, owed_by="nobody")], brought, members=paid)
    assert told(found.documents) == [("cergy", "services", -300, -60, "")]
    assert [who for n, who in enumerate(asked) if who not in asked[:n]] == [["bezons"], ["bezons", "cergy"], ["cergy"]]
    more = replace(charge(3000, MARCH), owed_by="bezons")
    found = drawn([charge(5000), more], brought)
    assert told(found.documents) == [("auvers", "services", 5000, 1000, ""), ("bezons", "services", 3000, 600, "")]


DATED = replace(
    TAXED,
    rates=(DatedRate(date(2012, 1, 1), Decimal("20.00")), DatedRate(date(2026, 4, 1), Decimal("10.00"))),
    reasons=(DatedReason(date(2012, 1, 1), "then", "T"), DatedReason(date(2026, 4, 30), "now", "N")),
)
CHANGED = replace(SETTINGS, regimes={"services": DATED})


def test_a_credit_note_bears_the_rate_of_its_invoice() -> None:
    """F1 at 20 %, F2 at the 10 % of April: each is credited at its own rate. The mention and its code are those of
    today, since a printed mention is dated by the document."""
    opens = [invoice("F1", 1000), invoice("F2", 1000, rate=Decimal("10.00"))]
    found = drawn([charge(-1300, MARCH)], Book({("auvers", "services", MARCH): opens}).brought(), settings=CHANGED)
    now = replace(TAXED, reason="now", reason_code="N")
    assert [(d.net, d.vat, [v.regime for v in d.vat_lines]) for d in found.documents] == [
        (-1000, -200, [now]),
        (-300, -30, [now.at(Decimal("10.00"))]),
    ]
    assert [p.credited for d in found.documents for p in d.preceding] == [
        (VatAmount(Decimal("20.00"), 1000, 200),),
        (VatAmount(Decimal("10.00"), 300, 30),),
    ]
    assert {d.regime for d in found.documents} == {now.at(Decimal("10.00"))}


def test_each_month_of_a_document_has_its_own_rate() -> None:
    """April at 10 %; what March carried, more of March, less of March without invoice, and a true-up of 2025 at 20 %.
    VAT is on the total of each rate: 50.00 bear 5.00, 3.00 + 2.00 + 1.00 bear 1.20; the refund of 1.00 bears 0.20."""
    more = replace(charge(100), kind="adjustment", settles=2025)
    less = charge(-100, MARCH.previous)
    brought = BroughtForward(carried_forward=(waiting(300),))
    found = drawn([charge(5000), charge(200, MARCH), more, less], brought, settings=CHANGED)
    document, refund = found.documents
    assert [(v.regime.rate, v.net, v.vat) for v in document.vat_lines] == [(10, 5000, 500), (20, 600, 120)]
    assert [(v.regime.rate, v.net, v.vat) for v in refund.vat_lines] == [(20, -100, -20)]
    assert sorted((n.rate, n.amount) for n in document.lines) == [(10, 5000), (20, 100), (20, 200), (20, 300)]
    assert document.regime == replace(TAXED, rate=Decimal("10.00"), reason="now", reason_code="N")


def test_the_threshold_is_of_all_rates_together() -> None:
    """10.00 at 10 % and 3.33 at 20 % are 11.00 and 4.00: 15.00, which is billed; a cent less, 10.99 and 4.00, is
    carried."""
    brought = BroughtForward(carried_forward=(waiting(333),))
    assert [d.gross for d in drawn([charge(1000)], brought, settings=CHANGED).documents] == [1500]
    assert drawn([charge(999)], brought, settings=CHANGED).documents == ()


def test_a_bill_over_a_change_of_rate_is_at_the_last_rate_where_its_regime_says_so() -> None:
    """A quarter of January to March at 20 % and, from the first of March, 10 %: by month, or whole at 10 %. An
    adjustment keeps the rate of its month either way."""
    rates = (DatedRate(date(2012, 1, 1), Decimal("20.00")), DatedRate(date(2026, 3, 1), Decimal("10.00")))
    january = waiting(1000, period=Period(2026, 1))
    own = {"auvers": member("auvers", frequency="quarter")}
    charges = [charge(2000), charge(400, Period(2026, 2))]
    for change, expected in (
        ("month", [(10, 2000, 200), (20, 1400, 280)]),
        ("period", [(10, 3000, 300), (20, 400, 80)]),
    ):
        settings = replace(SETTINGS, regimes={"services": replace(TAXED, rates=rates, change=change)})
        brought = BroughtForward(carried_forward=(replace(january, payer=own["auvers"]),))
        (found,) = drawn(charges, brought, period=MARCH, members=own, settings=settings).documents
        assert [(v.regime.rate, v.net, v.vat) for v in found.vat_lines] == expected


def test_a_rate_without_dates_yields_to_that_of_issued_months() -> None:
    """The settings say 20 % today; March was issued at 19.6 %, of February nothing is known."""
    borne = {("services", MARCH): Decimal("19.60")}
    found = draw_up(
        [charge(5000), charge(1000, MARCH), charge(500, MARCH.previous)],
        MEMBERS,
        RULES,
        SETTINGS,
        APRIL,
        BroughtForward(),
        lambda regime, month: borne.get((regime, month)),
    )
    assert [(v.regime.rate, v.net, v.vat) for d in found.documents for v in d.vat_lines] == [
        (Decimal("19.60"), 1000, 196),
        (Decimal("20.00"), 5500, 1100),
    ]


def test_families_are_never_netted() -> None:
    """A credit of the taxed family leaves the invoice of the other as it is."""
    found = drawn([charge(-5000), charge(5000, vat="contributions")], Book({}).brought())
    assert told(found.documents) == [
        ("auvers", "contributions", 5000, 0, ""),
        ("auvers", "services", -5000, -1000, ""),
    ]


def test_a_month_below_zero_names_the_latest_invoices_that_it_reduces() -> None:
    """Back to its amount, and no further; where they do not suffice it names all that remain."""
    book = Book({}, [invoice("F3", 200), invoice("F2", 300), invoice("F1", 900)])
    found = drawn([charge(-400)], book.brought())
    assert taken(found.documents) == [(-400, -80, [("F3", 200, 40), ("F2", 200, 40)])]
    assert found.documents[0].vat_lines == (VatLine(TAXED, -400, -80),)
    assert taken(drawn([charge(-2000)], book.brought()).documents) == [
        (-2000, -400, [("F3", 200, 40), ("F2", 300, 60), ("F1", 900, 180)])
    ]
    assert taken(drawn([charge(-400)], Book({}).brought()).documents) == [(-400, -80, [])]


def test_two_credits_of_one_month_share_what_remains_of_an_invoice() -> None:
    """An adjustment takes 6.00 of the 10.00 of F1; the month below zero finds 4.00 there, and the rest nowhere."""
    book = Book({("auvers", "services", MARCH): [invoice("F1", 1000)]}, [invoice("F1", 1000)])
    found = drawn([charge(-600, MARCH), charge(-900)], book.brought())
    assert taken(found.documents) == [(-900, -180, [("F1", 400, 80)]), (-600, -120, [("F1", 600, 120)])]


def test_adjustments_that_meet_on_one_invoice_are_one_credit_note() -> None:
    """F1 billed March to auvers, and is the latest of its payer too: what bezons, whom no invoice billed, is given back
    joins it."""
    book = Book({("auvers", "services", MARCH): [invoice("F1", 1000)]}, [invoice("F1", 1000)])
    paid = MEMBERS | {"bezons": member("bezons", payer="auvers")}
    (found,) = drawn([charge(-600, MARCH), charge(-300, MARCH, who="bezons")], book.brought(), members=paid).documents
    assert taken([found]) == [(-900, -180, [("F1", 900, 180)])]
    assert [(n.beneficiary, n.amount) for n in found.lines] == [("auvers", -600), ("bezons", -300)]
    assert found.vat_lines == (VatLine(TAXED, -900, -180),)


def test_the_vat_of_all_credits_is_that_of_their_total() -> None:
    """3 × 0.03 at 20 %: 0.01 each would be 0.03, but 0.09 bears 0.02; the last takes what is left of the VAT."""
    book = partial(Book, last=())
    first = drawn([charge(-3, MARCH)], book({("auvers", "services", MARCH): [invoice("F1", 9, 2)]}).brought())
    assert taken(first.documents) == [(-3, -1, [("F1", 3, 1)])]
    given_ = invoice("F1", 6, 1, given=(3, 1))
    second = drawn([charge(-3, MARCH)], book({("auvers", "services", MARCH): [given_]}).brought())
    assert taken(second.documents) == [(-3, 0, [("F1", 3, 0)])]
    last = invoice("F1", 3, 1, given=(6, 1))
    third = drawn([charge(-3, MARCH)], book({("auvers", "services", MARCH): [last]}).brought())
    assert taken(third.documents) == [(-3, -1, [("F1", 3, 1)])]


def test_the_vat_of_the_reduced_invoices_is_that_of_the_credit() -> None:
    """Two invoices of 0.03 bear 0.01 each; 0.07 given back bear 0.01: the third bears nothing of it, none bears less
    than nothing."""
    book = Book({}, [invoice("F3", 3), invoice("F2", 3), invoice("F1", 500)])
    (found,) = drawn([charge(-7)], book.brought()).documents
    assert (found.net, found.vat) == (-7, -2)
    assert [(p.number, p.credited_net, p.credited_vat) for p in found.preceding] == [
        ("F3", 3, 1),
        ("F2", 3, 1),
        ("F1", 1, 0),
    ]


def test_adjustments_of_one_invoice_share_what_remains_in_the_order_of_their_rules() -> None:
    """4.00 of links, then 4.00 of racks on an invoice of which 5.00 remain: links all, racks 1.00. The other 3.00 are
    refunded, no line of the month."""
    book = Book({("auvers", "services", MARCH): [invoice("F1", 500)]})
    found = drawn([charge(5000), charge(-400, MARCH), charge(-400, MARCH, rule="links")], book.brought())
    assert taken(found.documents) == [(5000, 1000, []), (-500, -100, [("F1", 500, 100)]), (-300, -60, [])]
    assert [d.reduction for d in found.documents] == ["", "adjustment", "refund"]
    assert [(n.rule, n.amount) for n in found.documents[1].lines] == [("racks", -100), ("links", -400)]
    assert [(c.rule, c.amount, c.original_invoice) for c in found.charges] == [
        ("links", -400, "F1"),
        ("racks", -300, ""),
        ("racks", -100, "F1"),
        ("racks", 5000, ""),
    ]


def test_an_adjustment_reduces_no_more_invoices_than_it_needs() -> None:
    """A cent is taken off the invoice of the month, the later one is left alone; once nothing remains of F1, F2 is the
    only one."""
    book = Book({("auvers", "services", MARCH): [invoice("F1", 500), invoice("F2", 100)]})
    assert taken(drawn([charge(-1, MARCH)], book.brought()).documents) == [(-1, 0, [("F1", 1, 0)])]
    found = drawn([charge(-500, MARCH, rule="links"), charge(-30, MARCH)], book.brought())
    assert taken(found.documents) == [(-500, -100, [("F1", 500, 100)]), (-30, -6, [("F2", 30, 6)])]
    assert [(c.rule, c.amount, c.original_invoice) for c in found.charges] == [
        ("links", -500, "F1"),
        ("racks", -30, "F2"),
    ]


def test_only_adjustments_ask_which_invoices_billed_their_month() -> None:
    """The charges of April itself, above and below zero, adjust nothing; what is above zero reduces nothing."""
    asked: list[tuple[object, ...]] = []

    def billing(*key: object) -> Sequence[str]:
        asked.append(key)
        return ()

    def opens(*key: object) -> Sequence[OpenInvoice]:
        asked.append(key)
        return ()

    found = drawn(
        [charge(5000), charge(-10), charge(7, MARCH)], BroughtForward(invoices_of_month=billing, open_invoices=opens)
    )
    assert (asked, [c.original_invoice for c in found.charges]) == ([("auvers", "services", MARCH)], ["", "", ""])


def test_a_month_below_zero_takes_the_vat_that_its_adjustments_left() -> None:
    """F1 of 0.10 bears 0.02: the adjustment of 0.03 takes 0.01 of it, the month that takes the other 0.07 the other
    0.01."""
    book = Book({("auvers", "services", MARCH): [invoice("F1", 10)]}, [invoice("F1", 10)])
    found = drawn([charge(-3, MARCH), charge(-7)], book.brought())
    assert taken(found.documents) == [(-7, -1, [("F1", 7, 1)]), (-3, -1, [("F1", 3, 1)])]


def test_the_vat_of_an_adjustment_is_within_what_remains_of_its_invoice() -> None:
    """Earlier credits were of other amounts: where they took more VAT than their net bears none is left to give, where
    less the last cent of net takes all of it."""

    def off(net: int, left: OpenInvoice) -> list[tuple[int, int]]:
        found = drawn([charge(-net, MARCH)], Book({("auvers", "services", MARCH): [left]}).brought())
        return [(p.credited_net, p.credited_vat) for d in found.documents for p in d.preceding]

    assert off(3, invoice("F1", 6, 1, given=(3, 2))) == [(3, 0)]
    assert off(30, invoice("F1", 60, 5, given=(40, 6))) == [(30, 5)]
    assert off(60, invoice("F1", 60, 5, given=(40, 6))) == [(60, 5)]
    assert off(60, invoice("F1", 60, 21, given=(40, 0))) == [(60, 21)]
    assert off(59, invoice("F1", 60, 21, given=(40, 0))) == [(59, 20)]


def test_what_no_invoice_covers_bears_its_own_vat() -> None:
    """F1 has 1.00 and no VAT left: 2.00 given back bear 0.40 and F1 gives none of it; of 1.00 it covers all, and so no
    VAT is given. Where 0.21 are left on its 1.00, what takes all of it and 0.01 more gives all of that VAT back."""
    bare, heavy = Book({}, [invoice("F1", 100, 0)]), Book({}, [invoice("F1", 100, 21)])
    assert taken(drawn([charge(-200)], bare.brought()).documents) == [(-200, -40, [("F1", 100, 0)])]
    assert taken(drawn([charge(-100)], bare.brought()).documents) == [(-100, 0, [("F1", 100, 0)])]
    assert taken(drawn([charge(-101)], heavy.brought()).documents) == [(-101, -21, [("F1", 100, 21)])]
    assert taken(drawn([charge(-50)], Book({}, [invoice("F1", 100, 4)]).brought()).documents) == [
        (-50, -4, [("F1", 50, 4)])
    ]


def test_two_months_below_zero_share_what_remains_of_an_invoice() -> None:
    """0.10 of F1 remain with 0.02 of VAT: the first payer is given 0.07 and the second 0.03 of it, the rest is of no
    invoice."""
    book = Book({}, [invoice("F1", 10)])
    found = drawn([charge(-7), charge(-8, who="bezons")], book.brought())
    assert taken(found.documents) == [(-7, -1, [("F1", 7, 1)]), (-8, -2, [("F1", 3, 1)])]


def test_the_vat_of_many_small_invoices_is_a_cent_above_that_of_the_credit_at_most() -> None:
    """Each of 0.03 bears 0.01; five of them given back bear 0.03 and give 0.04, seven bear 0.04 and give 0.05."""
    small = [invoice(f"F{n}", 3) for n in range(9, 0, -1)]
    for count, given_ in ((2, [1, 1]), (4, [1, 1, 1, 0]), (5, [1, 1, 1, 1, 0]), (7, [1, 1, 1, 1, 1, 0, 0])):
        (found,) = drawn([charge(-3 * count)], Book({}, small).brought()).documents
        assert (count, [p.credited_vat for p in found.preceding], found.vat) == (count, given_, -sum(given_))


AMOUNT = st.integers(-3000, 3000)
MONTHS = st.sampled_from([Period(2025, 12), Period(2026, 1), MARCH])
WHO = st.sampled_from(["auvers", "bezons", "cergy"])
FAMILY = st.sampled_from(["services", "contributions"])
CHARGES = st.lists(
    st.builds(
        lambda amount, of, who, vat, rule, settles: replace(
            charge(amount, of, who=who, vat=vat, rule=rule), settles=settles if of is None else None
        ),
        AMOUNT,
        st.none() | MONTHS,
        WHO,
        FAMILY,
        st.sampled_from(["racks", "links"]),
        st.sampled_from([None, None, 2025]),
    ),
    max_size=8,
)
INVOICES = st.lists(st.tuples(st.integers(1, 2000), WHO, FAMILY, MONTHS), max_size=6)
EVERY = {
    "auvers": member("auvers", frequency="quarter"),
    "bezons": member("bezons", valid_to=date(2026, 4, 20), successor="cergy"),
    "cergy": member("cergy"),
}


def library(invoices: Sequence[tuple[int, str, str, Period]]) -> tuple[dict[str, OpenInvoice], BroughtForward]:
    """Invoices of random nets, all of each for racks of one member and month, and what answers for them."""
    known: list[tuple[OpenInvoice, str, str, Period]] = []
    for place, (net, who, vat, month) in enumerate(invoices, start=1):
        found = invoice(f"F{place}", net, rate=SETTINGS.regimes[vat].rate, payer=who)
        known.insert(0, (replace(found, issue_date=date(2026, 1, place)), who, vat, month))

    def opens(payers: Collection[str], vat: str) -> Sequence[OpenInvoice]:
        return [o for o, who, regime, _ in known if who in payers and regime == vat]

    def amounts(payers: Collection[str], rule: str) -> Sequence[BilledAmount]:
        own = [each for each in known if each[1] in payers and rule == "racks"]
        return [BilledAmount(o.number, who, month, o.rates[0].rate, o.net) for o, who, _, month in own]

    def numbers(who: str, vat: str, month: Period) -> Sequence[str]:
        return [o.number for o, *key in known if key == [who, vat, month]]

    return {o.number: o for o, *_ in known}, BroughtForward(
        open_invoices=opens, billed_amounts=amounts, invoices_of_month=numbers
    )


@given(
    CHARGES, st.lists(st.tuples(st.integers(-900, 900).filter(bool), WHO), max_size=4), INVOICES, st.integers(0, 2000)
)
def test_nothing_is_lost_and_no_invoice_gives_back_more_than_remains(
    charges: list[Charge],
    carried: list[tuple[int, str]],
    invoices: list[tuple[int, str, str, Period]],
    threshold: int,
) -> None:
    """Documents and what is carried come to the charges and what is brought, by family; credits stay within what
    remains, net and VAT. A reduction is of earlier documents alone, and what no invoice takes is refunded."""
    opens, brought = library(invoices)
    before = tuple(waiting(amount, period=Period(2026, n), who=who) for n, (amount, who) in enumerate(carried, start=1))
    settings = replace(SETTINGS, threshold=threshold)
    found = drawn(charges, replace(brought, carried_forward=before), members=EVERY, settings=settings)
    billed = {n for d in found.documents for n in d.brought_forward}
    for vat in SETTINGS.regimes:
        own = sum(c.amount for c in charges if c.vat == vat)
        carried_in = sum(
            d.net for d in before if CarriedForward(d.period, d.payer.member_id) in billed and vat == "services"
        )
        documents = sum(d.net for d in (*found.documents, *found.carried_forward) if d.regime.name == vat)
        assert own + carried_in == documents
    names = [d.slug for d in found.documents]
    assert sorted(set(names)) == sorted(names)
    given_back: dict[str, list[int]] = {number: [0, 0] for number in opens}
    for document in found.documents:
        assert document.net != 0
        if document.reduction:
            charged = [c for n in document.lines for c in n.charges]
            assert all(is_of_earlier(c) and c.amount < 0 for c in charged)
            named = {p.number: p.credited_net for p in document.preceding}
            assert {c.original_invoice for c in charged} == (set(named) or {""})
            assert (document.reduction == "refund") == (not named)
            for number, net in named.items():
                assert net == -sum(c.amount for c in charged if c.original_invoice == number)
        assert all(n.carried_from is None for d in found.carried_forward for n in d.lines)
        if document.gross <= 0:
            assert not document.carry_reason
            for p in document.preceding:
                given_back[p.number][0] += p.credited_net
                given_back[p.number][1] += p.credited_vat
                assert (p.credited_net > 0, p.credited_vat >= 0) == (True, True)
            assert sum(p.credited_net for p in document.preceding) <= -document.net
            assert sum(p.credited_gross for p in document.preceding) <= -document.gross
        else:
            assert document.gross >= threshold
            assert document.preceding == ()
    for number, (net, vat) in given_back.items():
        assert net <= opens[number].net
        assert vat <= opens[number].rates[0].vat
        if net == opens[number].net:
            assert vat == opens[number].rates[0].vat


def test_what_this_month_does_not_bill_either_waits_on() -> None:
    """Of what March carried for two payers and families, the one whose month reaches the threshold is billed."""
    billed, small, other = waiting(300), waiting(200, who="bezons"), replace(waiting(250), regime=OUT)
    brought = BroughtForward(carried_forward=(billed, small, other))
    found = drawn([charge(951)], brought)
    assert [d.payer.member_id for d in found.documents] == ["auvers"]
    assert still_carried(brought, found) == (small, other)
