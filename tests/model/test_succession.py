"""Who receives what is of a member that is gone, or is paid for by another: lines of successors, by hand."""

from __future__ import annotations

from datetime import date

from chargeback.charging.metering.timeline import identities
from chargeback.model.period import Period
from chargeback.model.succession import owners, payer_of, predecessors, predecessors_of, successor_of
from kit.members import LONG_AGO, member

MARCH, APRIL = Period(2026, 3), Period(2026, 4)
LINE = identities(
    [
        member("a", LONG_AGO, date(2026, 3, 16), "b"),
        member("b", LONG_AGO, date(2026, 4, 1), "c", "epci"),
        member("c", date(2026, 4, 1), None, payer="region"),
        member("epci", LONG_AGO, date(2026, 3, 10), "epci-2"),
        member("epci-2", LONG_AGO),
        member("region", LONG_AGO),
        member("left", LONG_AGO, date(2026, 2, 1), payer="epci"),
    ],
    MARCH.span,
)


def test_a_line_of_successors_is_followed_to_its_end() -> None:
    """a passed to b in March and b to c on 1 April: when March is over c has both; when February was, all were
    themselves."""
    assert [successor_of(name, LINE, MARCH) for name in ("a", "b", "c", "nobody")] == ["c", "c", "c", "nobody"]
    assert [successor_of(name, LINE, Period(2026, 2)) for name in ("a", "b", "c")] == ["a", "b", "c"]
    assert predecessors(LINE, MARCH) == {"b": {"a"}, "c": {"a", "b"}, "epci-2": {"epci"}}
    assert predecessors(LINE, Period(2026, 2)) == {}
    assert (owners(LINE, MARCH), owners(LINE, APRIL)) == ({}, {"a": "c", "b": "c", "epci": "epci-2"})
    assert predecessors_of("c", LINE, MARCH) == {"a", "b", "c"}


def test_who_is_there_on_some_day_is_paid_for_as_its_row_says() -> None:
    """The payer of the last row of a month pays, or its successor; of one gone before, the payer of the heir."""
    payers = {name: payer_of(name, LINE, MARCH) for name in LINE}
    assert payers == {
        "a": "region",
        "b": "epci-2",
        "c": "region",
        "epci": "epci-2",
        "epci-2": "epci-2",
        "region": "region",
        "left": "epci-2",
    }
    assert payer_of("b", LINE, Period(2026, 2)) == "epci"
    assert payer_of("a", LINE, Period(2026, 2)) == "a"
    assert [payer_of(name, LINE, APRIL) for name in ("b", "left", "nobody")] == ["region", "epci-2", "nobody"]


def test_a_member_that_is_absent_is_known_by_its_nearest_row() -> None:
    """Before it begins by its first row, in a gap and after its end by the row before."""
    rows = [member("a", date(2026, 3, 1), date(2026, 4, 1)), member("a", date(2026, 6, 1), None, payer="b")]
    found = [identities(rows[::-1], Period(2026, n).span)["a"] for n in (1, 3, 5, 6, 9)]
    assert found == [rows[0], rows[0], rows[0], rows[1], rows[1]]
