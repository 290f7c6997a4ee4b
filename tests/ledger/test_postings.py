"""The one walk over the ledger, by hand: the month each charge is for, and what became of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from chargeback.ledger.billed_so_far import billed_so_far
from chargeback.ledger.book import entries_of_period
from chargeback.ledger.open_items import still_carried
from chargeback.ledger.postings import postings_of_period
from chargeback.ledger.year_postings import newest_by_id, postings_since
from chargeback.model.documents import CarriedForward, Preceding
from chargeback.model.period import Period
from chargeback.model.postings import Posting
from chargeback.store.sql import statement
from kit.ledgers import SETTINGS, charge, document, enter, ledger, line, member, month

DEC, JAN, FEB, MAR = Period(2025, 12), month(1), month(2), month(3)
Row = tuple[str, str, str, int]


def rows(found: Iterable[Posting]) -> list[Row]:
    """(month, status, number, cents)."""
    return [(str(p.month), p.status, p.number, p.amount) for p in found]


def preceding(number: str) -> tuple[Preceding, ...]:
    """The invoice that a document corrects."""
    return (Preceding(number, JAN.end),)


def test_a_posting_is_for_the_month_adjusted_or_carried_from() -> None:
    """February bills its own 10.00, 3.00 that January carried and -2.00 of December; January has posted the 3.00
    already."""
    bill = document(
        FEB,
        "cergy",
        line(charge("cergy", 1000)),
        line(charge("cergy", 300), since=JAN),
        line(charge("cergy", -200, of=DEC)),
        number="F1",
    )
    small = document(FEB, "avernes", line(charge("avernes", 50)), carry_reason="threshold")
    failing = document(FEB, "bezons", line(charge("bezons", 70)))
    own = (charge("operator", 5), charge("operator", -1, of=DEC))
    with ledger() as con:
        enter(con, FEB, bill, carried_forward=(small,), withheld=(failing,), charges_without_document=own)
        found = list(postings_of_period(entries_of_period(con, FEB)))
    assert rows(found) == [
        ("2026-02", "issued", "F1", 1000),
        ("2026-01", "issued", "F1", 300),
        ("2025-12", "issued", "F1", -200),
        ("2026-02", "carried_forward", "", 50),
        ("2026-02", "without_document", "", 5),
        ("2025-12", "without_document", "", -1),
        ("2026-02", "withheld", "", 70),
    ]
    assert [p.amount for p in found if p.posted_before] == [300]
    assert [p.adjusts_month for p in found] == [False, False, True, False, False, True, False]


def test_a_reversal_is_posted_as_what_it_reverses() -> None:
    """F1 settles 2025 and is credited on purpose; F2 is credited and replaced by F3, which is no goodwill. What
    February carried from January counts again, as the credit reverses it."""
    settling = replace(charge("cergy", 400), kind="adjustment", settles=2025)
    first = document(FEB, "cergy", line(settling), number="F1")
    second = document(FEB, "avernes", line(charge("avernes", 600), since=JAN), number="F2")
    undone = replace(charge("cergy", -400), kind="adjustment")
    back = replace(charge("avernes", -600), kind="adjustment")
    credit = document(FEB, "cergy", line(undone, corrects=1), number="A1", preceding=preceding("F1"))
    reversal = document(FEB, "avernes", line(back, since=JAN, corrects=1), number="A2", preceding=preceding("F2"))
    anew = document(FEB, "avernes", line(charge("avernes", 610), since=JAN), number="F3", preceding=preceding("F2"))
    part = document(FEB, "avernes", line(replace(back, amount=-10), since=JAN, corrects=1), number="A3")
    with ledger() as con:
        enter(con, FEB, first, second)
        enter(con, FEB, credit, kind="goodwill", act="Act 7")
        enter(con, FEB, replace(part, preceding=preceding("F2")), kind="credit")
        enter(con, FEB, reversal, anew, kind="correct")
        found = list(postings_of_period(entries_of_period(con, FEB)))
    assert [(p.number, str(p.month), p.kind, p.settles, p.goodwill, p.posted_before) for p in found] == [
        ("F1", "2026-02", "adjustment", 2025, False, False),
        ("F2", "2026-01", "usage", None, False, True),
        ("A1", "2026-02", "adjustment", 2025, True, False),
        ("A3", "2026-01", "usage", None, False, False),
        ("A2", "2026-01", "usage", None, False, False),
        ("F3", "2026-01", "usage", None, False, False),
    ]


def test_what_is_withheld_is_that_of_the_last_entry() -> None:
    """Two documents withheld, one issued later: the other still is, and counts as billed, closed month or not.
    Given up by an act, it counts as credited on purpose."""
    failing = [document(JAN, name, line(charge(name, cents))) for name, cents in (("bezons", 70), ("cergy", 80))]
    later = replace(failing[0], number="F2", issue_date=FEB.end, due_date=FEB.end)
    with ledger() as con:
        enter(con, JAN, document(JAN, "avernes", line(charge("avernes", 60)), number="F1"), withheld=tuple(failing))
        enter(con, JAN, later, kind="supplementary", withheld=(failing[1],))
        assert rows(postings_of_period(entries_of_period(con, JAN))) == [
            ("2026-01", "issued", "F1", 60),
            ("2026-01", "issued", "F2", 70),
            ("2026-01", "withheld", "", 80),
        ]
        key = ("cergy", "cpu", "services")
        before = billed_so_far(con, (JAN,))[JAN]
        enter(con, JAN, kind="close")
        closed = billed_so_far(con, (JAN,))[JAN]
        enter(con, JAN, kind="waive", waived=(failing[1],), act="Act 7")
        found = list(postings_of_period(entries_of_period(con, JAN)))
        after = billed_so_far(con, (JAN,))[JAN]
    assert rows(found)[2:] == [("2026-01", "waived", "", 80)]
    assert [p.act for p in found] == ["", "", "Act 7"]
    assert (before.computed[key], before.after_goodwill[key]) == (80, 80)
    assert closed == before
    assert (after.computed[key], after.after_goodwill[key]) == (80, 0)


def test_a_carried_amount_is_where_it_was_billed() -> None:
    """January carried it, F2 of February bills it; what no document bills is borne by the operator or offset."""
    small = document(JAN, "cergy", line(charge("cergy", 300)), carry_reason="threshold")
    left = document(JAN, "avernes", line(charge("avernes", 200)), carry_reason="threshold")
    billed = document(FEB, "cergy", line(charge("cergy", 300), since=JAN), number="F2")
    own = (charge("operator", 5), charge("bezons", 4), charge("bezons", -4))
    operator = member("operator", siret=f"{SETTINGS.operator.siren}00015")
    members = newest_by_id([operator, member("bezons")])
    with ledger() as con:
        enter(con, JAN, carried_forward=(small, left), charges_without_document=own)
        enter(con, FEB, replace(billed, brought_forward=(CarriedForward(JAN, "cergy"),)))
        assert rows(postings_since(con, JAN, SETTINGS, members, {"cpu"})) == [
            ("2026-01", "issued", "F2", 300),
            ("2026-01", "carried_forward", "", 200),
            ("2026-01", "operator", "", 5),
            ("2026-01", "offset", "", 4),
            ("2026-01", "offset", "", -4),
        ]
        assert postings_since(con, FEB, SETTINGS, members, {"cpu"}) == ()
        assert postings_since(con, JAN, SETTINGS, members, {"memory"}) == ()


def test_what_was_carried_to_a_document_that_is_given_up_is_given_up_too() -> None:
    """January's 3.00 are on a document of February that an act gives up: they wait for no other month, and nothing of
    them is billed or adjusted. What was not given up stays withheld with what it brings."""
    small = document(JAN, "cergy", line(charge("cergy", 300)), carry_reason="threshold")
    other = document(JAN, "avernes", line(charge("avernes", 200)), carry_reason="threshold")
    failing = [
        replace(
            document(FEB, name, line(charge(name, 900)), line(charge(name, cents), since=JAN)),
            brought_forward=(CarriedForward(JAN, name),),
        )
        for name, cents in (("cergy", 300), ("avernes", 200))
    ]
    with ledger() as con:
        enter(con, JAN, carried_forward=(small, other))
        enter(con, FEB, withheld=tuple(failing))
        enter(con, FEB, kind="waive", waived=(failing[0],), withheld=(failing[1],), act="Act 7")
        found = postings_since(con, JAN, SETTINGS, newest_by_id([]), {"cpu"})
        assert still_carried(con, MAR, SETTINGS) == ()
        billed = billed_so_far(con, (JAN,))[JAN]
        enter(con, FEB, replace(failing[1], number="F2"), kind="supplementary")
        assert still_carried(con, MAR, SETTINGS) == ()
    assert [(*row, p.act) for row, p in zip(rows(found), found, strict=True)] == [
        ("2026-01", "waived", "", 300, "Act 7"),
        ("2026-01", "withheld", "", 200, ""),
        ("2026-02", "waived", "", 900, "Act 7"),
        ("2026-02", "withheld", "", 900, ""),
    ]
    keys = [("cergy", "cpu", "services"), ("avernes", "cpu", "services")]
    assert [(billed.computed[key], billed.after_goodwill[key]) for key in keys] == [(300, 0), (200, 200)]


def test_the_entries_of_a_year_are_its_own_and_those_that_adjust_it() -> None:
    """February bills an amount that December carried, which adjusts nothing; March adjusts December."""
    late = document(MAR, "cergy", line(charge("cergy", 50, of=DEC)), number="F3")
    with ledger() as con:
        enter(con, DEC, document(DEC, "cergy", line(charge("cergy", 100)), number="F1"))
        enter(con, FEB, document(FEB, "cergy", line(charge("cergy", 100), since=DEC), number="F2"))
        enter(con, MAR, late)
        found = con.execute(statement("ledger/entries_of_year"), {"year": "2025"}).fetchall()
    assert [sequence for sequence, _ in found] == [1, 3]
