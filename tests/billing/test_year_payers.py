"""Who owes what a member's year amounts to, by hand: by days, by month, and by who took over."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from chargeback.billing.true_up import CalledFunds, adjustments, true_up, year_context
from chargeback.billing.year_payers import YearPayers
from chargeback.model.facts import Facts, Member
from chargeback.model.period import Period, Span
from kit.builders import level, member
from kit.true_ups import SETTINGS, rule

YEAR = Span(date(2025, 1, 1), date(2026, 1, 1))
JULY = date(2025, 7, 1)
BILLED = Period(2026, 2)


def payers(*members: Member, billed_in: Period = BILLED) -> YearPayers:
    """Who owes for Auvers, beside three payers that are there throughout."""
    every = (*members, *(member(name) for name in ("vexin", "bezons") if name not in {m.member_id for m in members}))
    return YearPayers(Facts(members=every), billed_in)


def halves(first: str = "vexin", second: str = "bezons") -> tuple[Member, Member]:
    """Auvers with another payer from July on."""
    return (
        member("auvers", payer=first, valid_to=JULY),
        member("auvers", payer=second, valid_from=JULY),
    )


def test_a_share_of_a_year_is_cut_by_the_days_of_its_payers() -> None:
    """286.02 over 181 and 184 days of 365: 141.8346… and 144.1853…, so 141.83 and 144.19 by largest remainder."""
    assert payers(*halves()).cut(28602, "auvers", YEAR) == {"vexin": 14183, "bezons": 14419}


def test_a_share_of_a_part_of_the_year_is_cut_by_the_days_of_that_part() -> None:
    """June to August: 30 days of Vexin, 62 of Bezons; from July on all is owed by Bezons."""
    found = payers(*halves())
    assert found.cut(9200, "auvers", Span(date(2025, 6, 1), date(2025, 9, 1))) == {"vexin": 3000, "bezons": 6200}
    assert found.cut(9200, "auvers", Span(JULY, date(2026, 1, 1))) == {"bezons": 9200}


def test_a_credit_is_cut_in_the_same_way() -> None:
    """-3.65: a cent a day."""
    assert payers(*halves()).cut(-365, "auvers", YEAR) == {"vexin": -181, "bezons": -184}


def test_only_days_of_presence_count() -> None:
    """Auvers joins on 22 June: 9 days with Vexin, 184 with Bezons."""
    joins, after = halves()
    found = payers(member("auvers", payer=joins.payer, valid_from=date(2025, 6, 22), valid_to=JULY), after)
    assert found.cut(19300, "auvers", YEAR) == {"vexin": 900, "bezons": 18400}


def test_a_month_is_owed_by_the_payer_of_its_last_day() -> None:
    """Vexin pays until 14 March: all of March is owed by Bezons, 31 + 28 days by Vexin, 306 by Bezons."""
    until = date(2025, 3, 15)
    found = payers(member("auvers", payer="vexin", valid_to=until), member("auvers", payer="bezons", valid_from=until))
    assert found.of_month("auvers", Period(2025, 2)) == "vexin"
    assert found.of_month("auvers", Period(2025, 3)) == "bezons"
    assert found.cut(36500, "auvers", YEAR) == {"vexin": 5900, "bezons": 30600}


def test_who_pays_for_itself_owes_its_year() -> None:
    """No payer in its row: the member; the payer of next year is no matter."""
    later = date(2026, 1, 1)
    found = payers(member("auvers", valid_to=later), member("auvers", payer="vexin", valid_from=later))
    assert found.cut(100, "auvers", YEAR) == {"auvers": 100}


@pytest.mark.parametrize("cents", [100, -100, 0])
def test_who_was_not_there_in_the_year_owes_what_it_is_charged(cents: int) -> None:
    """A share without a day of presence, as of the use of a leaver: all to its last payer, or to who took over."""
    left = member("auvers", payer="vexin", valid_to=date(2024, 7, 1))
    assert payers(left).cut(cents, "auvers", YEAR) == {"vexin": cents}
    taken_over = replace(left, successor="bezons")
    assert payers(taken_over).cut(cents, "auvers", YEAR) == {"bezons": cents}


def test_a_payer_that_has_ended_is_followed_by_its_successor() -> None:
    """Vexin owed until June and ended with February 2026: Bezons took over and owes all of what that month bills. What
    January bills is still owed by Vexin for its part."""
    ended = member("vexin", valid_to=date(2026, 3, 1), successor="bezons")
    assert payers(*halves(), ended).cut(36500, "auvers", YEAR) == {"bezons": 36500}
    assert payers(*halves(), ended).current("vexin") == "bezons"
    early = payers(*halves(), ended, billed_in=Period(2026, 1))
    assert early.cut(36500, "auvers", YEAR) == {"vexin": 18100, "bezons": 18400}
    assert early.current("vexin") == "vexin"


def test_a_member_that_has_ended_is_followed_by_its_successor() -> None:
    """Auvers paid for itself until June, then Bezons took it over: Bezons owes its 181 days."""
    found = payers(member("auvers", valid_to=JULY, successor="bezons"))
    assert found.cut(18100, "auvers", YEAR) == {"bezons": 18100}


def test_each_payer_is_settled_against_what_it_was_called() -> None:
    """365.00 for Auvers alone: Vexin owes 181.00 and was called 200.00, Bezons owes 184.00 and was called 150.00. So
    19.00 are given back to the one, and 34.00 billed to the other, whatever both were called together."""
    facts = Facts(members=(*halves(), member("vexin"), member("bezons")), drivers=(level("auvers", 100),))
    called = CalledFunds({("auvers", "vexin"): 20000, ("auvers", "bezons"): 15000})
    ruled = rule([{"quantity": {"driver": "population"}}])
    ctx = year_context(2025, SETTINGS, facts, {}, ())
    found, problems = true_up(ruled, [36500, *[0] * 11], called, ctx, YearPayers(facts, BILLED))
    assert (problems, found is None) == ((), False)
    assert found is not None
    assert [(r.member_id, r.payer_id, r.share, r.instalments, r.difference) for r in found.rows] == [
        ("auvers", "bezons", 18400, 15000, 3400),
        ("auvers", "vexin", 18100, 20000, -1900),
    ]
    charges = list(adjustments(found, ruled, {m.member_id: m for m in facts.members}))
    assert [(c.member_id, c.owed_by, c.amount, c.settles) for c in charges] == [
        ("auvers", "bezons", 3400, 2025),
        ("auvers", "vexin", -1900, 2025),
    ]


def test_who_was_called_and_owes_nothing_is_given_it_back() -> None:
    """Auvers was called 10.00 itself by mistake: a row of its own, which gives 10.00 back."""
    facts = Facts(members=(*halves("vexin", "vexin"), member("vexin")), drivers=(level("auvers", 100),))
    called = CalledFunds({("auvers", "auvers"): 1000})
    ctx = year_context(2025, SETTINGS, facts, {}, ())
    found, _ = true_up(rule([{"equal": True}]), [0] * 12, called, ctx, YearPayers(facts, BILLED))
    assert found is not None
    assert [(r.payer_id, r.difference) for r in found.rows if r.difference] == [("auvers", -1000)]


def test_a_share_by_month_is_owed_by_the_payer_of_that_month() -> None:
    """A cost along a driver is shared month by month, each for its own days: 1.00 a day, 181.00 and 184.00."""
    facts = Facts(members=(*halves(), member("vexin"), member("bezons")), drivers=(level("auvers", 100),))
    ruled = rule([], method="increments", quantity={"driver": "population"})
    ctx = year_context(2025, SETTINGS, facts, {}, ())
    found, problems = true_up(ruled, [36500, *[0] * 11], CalledFunds(), ctx, YearPayers(facts, BILLED))
    assert problems == ()
    assert found is not None
    assert [(r.member_id, r.payer_id, r.share) for r in found.rows] == [
        ("auvers", "bezons", 18400),
        ("auvers", "vexin", 18100),
    ]


def test_each_version_of_keys_is_owed_for_its_own_days() -> None:
    """Auvers has all of the first version, to June, and nothing of the second: Vexin owes all 181.00."""
    facts = Facts(members=(*halves(), member("vexin"), member("bezons")))
    first = rule([{"shares": {"auvers": "1"}}], valid_to=JULY)
    second = rule([{"shares": {"bezons": "1"}}], valid_from=JULY)
    both = first.model_copy(update={"version": (*first.versions, *second.versions)})
    ctx = year_context(2025, SETTINGS, facts, {}, ())
    found, _ = true_up(both, [36500, *[0] * 11], CalledFunds(), ctx, YearPayers(facts, BILLED))
    assert found is not None
    assert [(r.member_id, r.payer_id, r.share) for r in found.rows] == [
        ("auvers", "vexin", 18100),
        ("bezons", "bezons", 18400),
    ]
