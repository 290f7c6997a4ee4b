"""A part of a month, by hand: which lines it issues, what stays for later, and what each side of a cut reduces and
brings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest

from chargeback.billing.brought_forward import BroughtForward, OpenInvoice
from chargeback.billing.invoicing import not_borne
from chargeback.billing.issue_parts import IssueScope, redrawn, split_charges, within_scope
from chargeback.model.charges import Charge
from chargeback.model.documents import CarriedForward, Document
from chargeback.model.facts import Member
from chargeback.model.month import Month
from chargeback.model.period import Period
from kit import builders
from kit.builders import member
from kit.drawn_months import (
    APRIL,
    MARCH,
    MEMBERS,
    RULES,
    SETTINGS,
    Book,
    charge,
    drawn,
    invoice,
    taken,
    told,
    waiting,
)

RACKS, LINKS = IssueScope(service="datacenter"), IssueScope(service="network")


def month(charges: Sequence[Charge], brought: BroughtForward, members: dict[str, Member] = MEMBERS) -> Month:
    """April as it is drawn up whole."""
    found = drawn(charges, brought, members=members)
    return builders.month(
        period=APRIL,
        settings=SETTINGS,
        rules=RULES,
        members=members,
        charges=found.charges,
        documents=found.documents,
        carried_forward=found.carried_forward,
    )


def sides(whole: Month, part: IssueScope, brought: BroughtForward) -> tuple[tuple[Document, ...], tuple[Document, ...]]:
    found = within_scope(whole, part, brought)
    assert all(d.carry_reason == "left_out" for d in found.withheld)
    return found.documents, found.withheld


NOTHING = BroughtForward()
TWO = [charge(5000), charge(3000, rule="links"), charge(2000, vat="contributions"), charge(4000, who="bezons")]


@pytest.mark.parametrize(
    ("part", "issued", "left"),
    [
        (IssueScope(), ["auvers contributions 2000", "auvers services 8000", "bezons services 4000"], []),
        (
            IssueScope(regime="services"),
            ["auvers services 8000", "bezons services 4000"],
            ["auvers contributions 2000"],
        ),
        (
            RACKS,
            ["auvers contributions 2000", "auvers services 5000", "bezons services 4000"],
            ["auvers services 3000"],
        ),
        (
            LINKS,
            ["auvers services 3000"],
            ["auvers contributions 2000", "auvers services 5000", "bezons services 4000"],
        ),
        (
            IssueScope(regime="services", service="datacenter"),
            ["auvers services 5000", "bezons services 4000"],
            ["auvers contributions 2000", "auvers services 3000"],
        ),
    ],
)
def test_a_part_has_the_lines_that_fit_it(part: IssueScope, issued: list[str], left: list[str]) -> None:
    """A family, a service, or a service within a family; each line is on one side, in the order of payers and
    families."""
    documents, aside = sides(month(TWO, NOTHING), part, NOTHING)
    assert [f"{d.payer.member_id} {d.regime.name} {d.net}" for d in documents] == issued
    assert [f"{d.payer.member_id} {d.regime.name} {d.net}" for d in aside] == left
    assert part.whole == (part == IssueScope())


def test_a_part_is_of_the_payers_billed_so() -> None:
    """The word of a member's own row comes before that of the settings, which is month."""
    members = MEMBERS | {"auvers": member("auvers", frequency="quarter")}
    whole = month([charge(5000), charge(4000, who="bezons")], NOTHING)
    whole = replace(whole, documents=tuple(replace(d, payer=members[d.payer.member_id]) for d in whole.documents))
    for frequency, issued in (("month", ["bezons"]), ("quarter", ["auvers"]), ("year", [])):
        documents, _ = sides(whole, IssueScope(frequency=frequency), NOTHING)
        assert [d.payer.member_id for d in documents] == issued
        assert not IssueScope(frequency=frequency).whole


def test_what_was_withheld_before_stays() -> None:
    """The rest of the month joins what waits already."""
    whole = replace(month(TWO, NOTHING), withheld=(waiting(700),))
    found = within_scope(whole, IssueScope(regime="contributions"), NOTHING)
    assert [(d.net, d.carry_reason) for d in found.withheld] == [
        (700, "frequency"),
        (8000, "left_out"),
        (4000, "left_out"),
    ]


def test_each_side_bears_the_vat_of_its_lines() -> None:
    """0.13 bear 0.03; 0.08 of racks 0.02, 0.05 of links 0.01."""
    settled = BroughtForward(all_due=True)
    documents, aside = sides(month([charge(8), charge(5, rule="links")], settled), RACKS, NOTHING)
    assert told(documents) == [("auvers", "services", 8, 2, "")]
    assert told(aside) == [("auvers", "services", 5, 1, "left_out")]
    assert [d.kind for d in (*documents, *aside)] == ["invoice", "invoice"]


def test_a_side_of_nothing_stays_with_the_other() -> None:
    """Links of 1.00 and a rebate of 1.00 on them: racks take both lines with them, and links alone have no document."""
    of_two = [charge(100, rule="links"), replace(charge(-100, rule="links"), kind="minimum")]
    whole = month([charge(5000), *of_two], NOTHING)
    for part, issued, left in ((RACKS, [5000], []), (LINKS, [], [5000])):
        documents, aside = sides(whole, part, NOTHING)
        assert ([d.net for d in documents], [d.net for d in aside]) == (issued, left)
        assert [len(d.lines) for d in (*documents, *aside)] == [3]


def test_a_cut_document_brings_to_each_side_what_that_bills() -> None:
    """March carried racks and February links: the racks of April bring the one, the links the other."""
    february = replace(waiting(300, period=MARCH.previous))
    links = tuple(replace(n, service="network", rule="links") for n in february.lines)
    brought = BroughtForward(carried_forward=(replace(february, lines=links), waiting(200)))
    whole = month([charge(5000), charge(4000, rule="links")], brought)
    assert [d.brought_forward for d in whole.documents] == [
        (CarriedForward(MARCH.previous, "auvers"), CarriedForward(MARCH, "auvers"))
    ]
    documents, aside = sides(whole, RACKS, brought)
    assert [(d.net, d.brought_forward) for d in documents] == [(5200, (CarriedForward(MARCH, "auvers"),))]
    assert [(d.net, d.brought_forward) for d in aside] == [(4300, (CarriedForward(MARCH.previous, "auvers"),))]


def test_a_side_below_zero_reduces_the_latest_invoices() -> None:
    """-5.00 in all take 5.00 of F1; cut, links of 10.00 are an invoice and name none, racks of -15.00 take 10.00 that
    F1 has, 5.00 of F0."""
    book = Book({}, [invoice("F1", 1000), invoice("F0", 9000)]).brought()
    whole = month([charge(-2500), charge(2000, rule="links")], book)
    assert taken(whole.documents) == [(-500, -100, [("F1", 500, 100)])]
    documents, aside = sides(whole, RACKS, book)
    assert taken(documents) == [(-2500, -500, [("F1", 1000, 200), ("F0", 1500, 300)])]
    assert taken(aside) == [(2000, 400, [])]
    assert [d.kind for d in (*documents, *aside)] == ["credit_note", "invoice"]
    documents, aside = sides(whole, LINKS, book)
    assert taken((*documents, *aside)) == [(2000, 400, []), (-2500, -500, [("F1", 1000, 200), ("F0", 1500, 300)])]


def test_a_side_of_one_cent_is_an_invoice() -> None:
    """0.01 of racks, -5.00 of links."""
    book = Book({}, [invoice("F1", 1000)]).brought()
    documents, _ = sides(month([charge(1), charge(-500, rule="links")], book), RACKS, book)
    assert [(d.kind, d.net, d.preceding) for d in documents] == [("invoice", 1, ())]


def test_the_sides_below_zero_find_what_the_whole_documents_left() -> None:
    """F1 of 0.10 bears 0.02. Bezons takes 0.03 with 0.01 of VAT and is not cut; of Auvers, racks take 0.05 with what
    VAT is left, then links the last 0.02 of its net without. Where two documents like that of Bezons took 0.06, racks
    find 0.04 without VAT; where racks are 0.09, they take all 0.07 that are left; links find nothing then."""
    book = Book({}, [invoice("F1", 10)]).brought()
    charges = [charge(-3, who="bezons"), charge(-5), charge(-4, rule="links")]
    whole = month([charges[0]], book)
    both = month(charges[1:], Book({}, [invoice("F1", 10)]).brought())
    whole = replace(whole, documents=(*both.documents, *whole.documents))
    documents, aside = sides(whole, RACKS, book)
    assert taken(documents) == [(-5, -1, [("F1", 5, 1)]), (-3, -1, [("F1", 3, 1)])]
    assert taken(aside) == [(-4, -1, [("F1", 2, 0)])]
    twice = (*both.documents, *whole.documents[-1:] * 2)
    documents, aside = sides(replace(whole, documents=twice), RACKS, book)
    assert taken(documents)[0] == (-5, -1, [("F1", 4, 0)])
    assert taken(aside) == [(-4, -1, [])]
    other = replace(whole.documents[-1], preceding=(replace(whole.documents[-1].preceding[0], number="F0"),))
    documents, _ = sides(replace(whole, documents=(*both.documents, other)), RACKS, book)
    assert taken(documents)[0] == (-5, -1, [("F1", 5, 1)])
    documents, aside = sides(replace(whole, documents=(*whole.documents, other)), RACKS, book)
    assert taken(aside) == [(-4, -1, [("F1", 2, 0)])]
    more = drawn([charge(-9), charge(-4, rule="links")], book)
    documents, aside = sides(replace(whole, documents=(*more.documents, whole.documents[-1])), RACKS, book)
    assert taken(documents) == [(-9, -2, [("F1", 7, 1)]), (-3, -1, [("F1", 3, 1)])]
    assert taken(aside) == [(-4, -1, [])]


def test_an_adjustment_that_is_cut_stays_on_its_invoice() -> None:
    """-3.00 of racks and -2.00 of links on F1, one credit note: each part is one on F1, whatever the latest invoice of
    the payer."""
    book = Book({("auvers", "services", MARCH): [invoice("F1", 600)]}, [invoice("F9", 9000)]).brought()
    whole = month([charge(-300, MARCH), charge(-200, MARCH, rule="links")], book)
    assert taken(whole.documents) == [(-500, -100, [("F1", 500, 100)])]
    documents, aside = sides(whole, RACKS, book)
    assert taken(documents) == [(-300, -60, [("F1", 300, 60)])]
    assert taken(aside) == [(-200, -40, [("F1", 200, 40)])]
    assert [d.reduction for d in (*documents, *aside)] == ["adjustment", "adjustment"]


def test_a_true_up_that_is_cut_stays_on_the_invoices_of_its_year() -> None:
    """-7.00 of racks and -4.00 of links of 2025, one credit note on the 10.00 of F2 and the 1.00 of F1 of that year,
    while F9 is the latest. Links come first by name and take 4.00 of F2, racks the 6.00 that are left there
    and the 1.00 of F1, each its own on either side of the cut."""
    december, november = Period(2025, 12), Period(2025, 11)
    of_year = {("auvers", "services", december): [invoice("F2", 1000)]}
    of_year |= {("auvers", "services", november): [invoice("F1", 100)]}
    book = Book(of_year, [invoice("F9", 9000), invoice("F2", 1000), invoice("F1", 100)]).brought()
    racks, links = charge(-700), charge(-400, rule="links")
    whole = month([replace(c, kind="adjustment", settles=2025) for c in (racks, links)], book)
    assert [(d.reduction, d.slug, d.net) for d in whole.documents] == [("true_up", "auvers-services-true-up", -1100)]
    documents, aside = sides(whole, RACKS, book)
    assert taken(documents) == [(-700, -140, [("F2", 600, 120), ("F1", 100, 20)])]
    assert taken(aside) == [(-400, -80, [("F2", 400, 80)])]


def test_a_refund_that_is_cut_names_no_invoice() -> None:
    """-3.00 of racks and -2.00 of links of March, which no invoice takes: neither does any take a part, though the
    ledger has an invoice since."""
    whole = month([charge(-300, MARCH), charge(-200, MARCH, rule="links")], Book({}).brought())
    documents, aside = sides(whole, RACKS, Book({}, [invoice("F9", 9000)]).brought())
    assert taken(documents) == [(-300, -60, [])]
    assert taken(aside) == [(-200, -40, [])]


def test_a_month_below_zero_that_is_cut_leaves_what_cut_adjustments_take() -> None:
    """10.00 of F1: adjustments of 3.00 of racks and 3.00 of links take 6.00, the month of -9.00 the other 4.00. Cut,
    the racks of April find 4.00 for their 5.00, as both adjustments stay on F1, and links find nothing."""
    book = Book({("auvers", "services", MARCH): [invoice("F1", 1000)]}).brought()
    charges = [charge(-300, MARCH), charge(-300, MARCH, rule="links"), charge(-500), charge(-400, rule="links")]
    whole = month(charges, book)
    assert taken(whole.documents) == [(-900, -180, [("F1", 400, 80)]), (-600, -120, [("F1", 600, 120)])]
    documents, aside = sides(whole, RACKS, book)
    assert taken(documents) == [(-500, -100, [("F1", 400, 80)]), (-300, -60, [("F1", 300, 60)])]
    assert taken(aside) == [(-400, -80, []), (-300, -60, [("F1", 300, 60)])]


def test_the_vat_of_a_cut_adjustment_counts_what_others_took() -> None:
    """F1 of 0.20 bears 0.04. 0.03 went on it whole with 0.01; 0.03 of racks bring what is given to 0.06 and 0.01, and
    so bear none; 0.02 of links bring it to 0.08 and 0.02."""
    book = Book({("auvers", "services", MARCH): [invoice("F1", 20)]}, [invoice("F1", 20)]).brought()
    first = month([charge(-3, who="bezons")], book)
    whole = month([charge(-3, MARCH), charge(-2, MARCH, rule="links")], book)
    whole = replace(whole, documents=(*whole.documents, *first.documents))
    documents, aside = sides(whole, RACKS, book)
    assert taken(documents) == [(-3, 0, [("F1", 3, 0)]), (-3, -1, [("F1", 3, 1)])]
    assert taken(aside) == [(-2, -1, [("F1", 2, 1)])]


def test_an_adjustment_whose_invoice_is_gone_reduces_the_latest() -> None:
    """Since it was drawn up, F1 was given back whole: the parts go on F9."""
    book = Book({("auvers", "services", MARCH): [invoice("F1", 600)]})
    whole = month([charge(-300, MARCH), charge(-200, MARCH, rule="links")], book.brought())
    later = Book({}, [invoice("F9", 9000)]).brought()
    documents, aside = sides(whole, RACKS, later)
    assert taken((*documents, *aside)) == [(-300, -60, [("F9", 300, 60)]), (-200, -40, [("F9", 200, 40)])]


def test_the_invoices_of_the_merged_are_the_heirs() -> None:
    """Auvers was absorbed by Bezons: a side of Bezons below zero reduces the invoices of both, and of nobody else."""
    asked: list[list[str]] = []

    def latest(payers: object, regime: str) -> Sequence[OpenInvoice]:
        assert isinstance(payers, frozenset)
        asked.append([regime, *sorted(payers)])
        return ()

    members = MEMBERS | {"auvers": member("auvers", valid_to=date(2026, 4, 1), successor="bezons")}
    brought = BroughtForward(open_invoices=latest)
    whole = month([charge(-300, who="bezons"), charge(-200, who="bezons", rule="links")], brought, members)
    assert taken(whole.documents) == [(-500, -100, [])]
    sides(whole, RACKS, brought)
    assert asked == [["services", "auvers", "bezons"]] * 2


# What was left, charged again


def charged(month_: Month, documents: Sequence[Document], aside: Sequence[Document]) -> tuple[list[int], list[int]]:
    left, rest = split_charges(month_, documents, aside)
    return [c.amount for c in left], [c.amount for c in rest]


def test_what_is_left_is_the_charges_that_nobody_issued() -> None:
    """All racks were issued, contributions among them: the links of Auvers are left. Of what nobody issued, all is
    left."""
    whole = month(TWO, NOTHING)
    found = within_scope(whole, RACKS, NOTHING)
    assert charged(whole, found.documents, found.withheld) == ([3000], [5000, 2000, 4000])
    assert charged(whole, (), whole.documents[:1]) == ([2000], [3000, 5000, 4000])
    assert charged(whole, (), whole.documents) == ([3000, 5000, 2000, 4000], [])
    heirs = MEMBERS | {"auvers": member("auvers", valid_to=date(2026, 4, 20), successor="bezons")}
    whole = month([charge(5000), charge(400, who="cergy")], NOTHING, heirs)
    assert charged(whole, (), whole.documents[:1]) == ([5000], [400])
    again = redrawn(whole, [charge(3000)], whole.documents[:1], NOTHING, not_borne)
    assert [(d.payer.member_id, d.net, d.period) for d in again.documents] == [("bezons", 3000, APRIL)]


def test_lines_of_earlier_months_issue_no_service_of_this_one() -> None:
    """An adjustment of March of racks was issued, and an adjustment alone waits: the racks of April are as they
    were."""
    whole = month([charge(5000)], NOTHING)
    adjusting = month([charge(300, MARCH)], BroughtForward(all_due=True)).documents
    assert [d.net for d in adjusting] == [300]
    assert charged(whole, adjusting, whole.documents) == ([5000], [])
    book = Book({("auvers", "services", MARCH): [invoice("F1", 600)]}).brought()
    note = month([charge(-300, MARCH)], book).documents
    assert [d.reduction for d in note] == ["adjustment"]
    assert charged(whole, (), note) == ([], [5000])


def test_what_is_drawn_again_has_todays_charges_and_what_earlier_months_brought_forward() -> None:
    """Set aside: 50.00, an adjustment of 3.00, and 2.00 that March carried. Today the charge is 40.00; nothing else may
    come in."""
    brought = BroughtForward(carried_forward=(waiting(200),))
    whole = month([charge(5000), charge(300, MARCH)], brought)
    assert told(whole.documents) == [("auvers", "services", 5500, 1100, "")]
    more = BroughtForward(carried_forward=(waiting(900, who="bezons"),), adjustments=(charge(77, MARCH),))
    found = redrawn(whole, [charge(4000)], whole.documents, more, not_borne)
    assert told(found.documents) == [("auvers", "services", 4500, 900, "")]
    assert [(n.amount, n.carried_from, n.earlier_month) for n in found.documents[0].lines] == [
        (300, None, MARCH),
        (4000, None, None),
        (200, MARCH, MARCH),
    ]
    assert (found.withheld, found.documents[0].brought_forward) == ((), (CarriedForward(MARCH, "auvers"),))


def test_an_adjustment_that_was_carried_is_drawn_again_once() -> None:
    """March carried an adjustment of February: it stays a line of March, and is no adjustment of April beside."""
    adjusted = month([charge(200, MARCH.previous)], BroughtForward(all_due=True)).documents[0]
    brought = BroughtForward(carried_forward=(replace(adjusted, period=MARCH),))
    whole = month([charge(5000)], brought)
    assert told(whole.documents) == [("auvers", "services", 5200, 1040, "")]
    found = redrawn(whole, [charge(5000)], whole.documents, NOTHING, not_borne)
    assert [(n.amount, n.carried_from) for n in found.documents[0].lines] == [(5000, None), (200, MARCH)]


def test_what_is_zero_again_stays_withheld() -> None:
    """2.00 that March carried and -2.00 of today: no document, and both lines wait on; a small amount is billed, its
    threshold was decided before."""
    whole = month([charge(5000)], BroughtForward(carried_forward=(waiting(200),)))
    found = redrawn(whole, [charge(-200)], whole.documents, NOTHING, not_borne)
    assert found.documents == ()
    assert [([n.amount for n in d.lines], d.carry_reason) for d in found.withheld] == [([-200, 200], "nothing")]
    assert told(redrawn(whole, [charge(-199)], whole.documents, NOTHING, not_borne).documents) == [
        ("auvers", "services", 1, 0, "")
    ]
    assert told(redrawn(whole, [], whole.documents, NOTHING, not_borne).documents) == [
        ("auvers", "services", 200, 40, "")
    ]
    alone = month([charge(5000)], NOTHING)
    assert redrawn(alone, [], alone.documents, NOTHING, not_borne).documents == ()
    assert [
        d.brought_forward for d in redrawn(alone, [charge(4000)], alone.documents, NOTHING, not_borne).documents
    ] == [()]
