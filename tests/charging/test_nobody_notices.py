"""Use that leads to nobody, by the identifier that its rows name: how it is added, told and placed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from unittest import mock

import pytest

from chargeback.charging.metering import nobody
from chargeback.charging.metering.answers import Measured
from chargeback.charging.metering.cells import Cell
from chargeback.charging.metering.nobody import OfNobody, nearest, nobody_notices, of_nobody
from chargeback.model.facts import Facts, Resource
from chargeback.model.problem import SHOWN_ALIKE, Notice, Place
from kit.builders import LONG_AGO, NOWHERE, member
from kit.metered import FIRST, PARTS, REST, SEPTEMBER, TAGS, attributed, cell

FACTS = Facts(
    members=(member("alpha"), member("gone", valid_to=FIRST.start)),
    resources=(Resource("vm-1", "gone", LONG_AGO, None, NOWHERE), Resource("vm-2", "alpha", LONG_AGO, None, NOWHERE)),
)


def found(*cells: Cell) -> tuple[OfNobody, ...]:
    """Use of nobody among some cells."""
    return of_nobody(Measured({}, attributed(cells, facts=FACTS), PARTS, TAGS))


def noticed(of: tuple[OfNobody, ...], places: Mapping[int, Place] | None = None) -> list[Notice]:
    """Notices, where the places of some are known."""
    return list(nobody_notices(of, FACTS, SEPTEMBER, lambda _: places or {}))


def test_use_of_nobody_is_by_identifier() -> None:
    """Rows that name neither first, then members and resources by name; a member named goes before the resource."""
    cells = [
        cell(None, resource="vm-1", samples=2),
        cell("zeta", part=1, resource="vm-2"),
        cell("zeta", resource="vm-1", samples=4),
        cell("gone"),
        cell(None, samples=8),
        cell("alpha"),
    ]
    assert found(*cells) == (
        OfNobody("", "", ((cells[4], FIRST),)),
        OfNobody("member_id", "gone", ((cells[3], FIRST),)),
        OfNobody("member_id", "zeta", ((cells[1], REST), (cells[2], FIRST))),
        OfNobody("resource_id", "vm-1", ((cells[0], FIRST),)),
    )
    assert [each.rows for each in found(*cells)] == [8, 1, 5, 2]


@pytest.mark.parametrize(
    ("of", "message"),
    [
        (cell(None), "rows of 2026-09 name neither a member nor a resource: 1 row of q (1 in all) billed to nobody"),
        (
            cell("alpah"),
            'member_id "alpah" is no member of members.csv: 1 row of q (1 in all) billed to nobody; did you mean '
            '"alpha"?',
        ),
        (cell("zzz"), 'member_id "zzz" is no member of members.csv: 1 row of q (1 in all) billed to nobody'),
        (
            cell("gone"),
            'member_id "gone" is a member who is not in force then in 2026-09: 1 row of q (1 in all) billed to nobody',
        ),
        (
            cell(None, resource="vm-1"),
            'resource_id "vm-1" belongs to no member in force then in 2026-09: 1 row of q (1 in all) billed to nobody',
        ),
        (
            cell(None, resource="VM-1"),
            'resource_id "VM-1" is not in resources.csv: 1 row of q (1 in all) billed to nobody; did you mean "vm-1"?',
        ),
    ],
)
def test_why_nobody_is_billed(of: Cell, message: str) -> None:
    """Unknown, not in force, a resource of nobody, or nothing named; with the nearest of its own register."""
    assert noticed(found(of)) == [Notice(Place("usage"), message, "usage-of-nobody", 1)]


def test_rows_and_sums_of_each_meter() -> None:
    """Two cells of q with five rows and 3.5 units, one of z; the place is that of the row where it is known."""
    use = found(
        cell("zzz", meter="z", total=4),
        cell("zzz", samples=2, total="1.5"),
        cell("zzz", part=1, samples=3, total=2),
        cell("yyy"),
    )
    first, second = noticed(use, {1: Place("usage/u.csv", 9)})
    assert first.where == Place("usage")
    assert (second.where, second.count) == (Place("usage/u.csv", 9), 6)
    assert second.message.endswith(": 5 rows of q (3.5 in all), 1 row of z (4 in all) billed to nobody")


def test_of_many_the_first_are_shown_and_the_others_counted() -> None:
    """Fifty are; the rows of two more are added, the places asked for only those shown."""
    use = found(*(cell(f"unknown-{n:03}", samples=n + 1) for n in range(SHOWN_ALIKE + 2)))
    asked: list[int] = []

    def placed(listed: Sequence[OfNobody]) -> dict[int, Place]:
        asked.append(len(listed))
        return {}

    notices = list(nobody_notices(use, FACTS, SEPTEMBER, placed))
    assert (len(notices), asked) == (51, [50])
    assert notices[-1] == Notice(
        Place("usage"), "103 rows of 2 more identifiers lead to nobody in 2026-09", "usage-of-nobody", 103
    )
    assert len(noticed(use[:50])) == 50
    assert list(nobody_notices((), FACTS, SEPTEMBER, placed)) == []
    assert asked == [50]


def test_only_so_many_names_are_compared() -> None:
    """Two names of a register for each: after four comparisons the third is named without the nearest."""
    use = found(cell("alphb"), cell("alphc"), cell("alphd"))
    with mock.patch.object(nobody, "COMPARISONS", 4):
        assert ["alpha" in notice.message for notice in noticed(use)] == [True, True, False]


@pytest.mark.parametrize(
    ("name", "known", "meant"),
    [
        ("1.25E+3", ["1250"], "1250"),
        ("1.25E+3", ["12500", "125", "1350", "1249"], "1249"),
        ("1.25E+3", ["1244"], None),
        ("1.25E+3", ["1245"], "1245"),
        ("1.25e3", ["1254"], "1254"),
        ("1.25E+3", ["1255"], "1255"),
        ("1.25E+3", ["1260"], None),
        ("12.5E+2", ["1250"], "1250"),
        ("1.20E+3", ["1234"], "1234"),
        ("1.20E+3", ["1300"], None),
        ("1.25E+3", ["125x", "1251"], "1251"),
        ("1E+99", ["1" + "0" * 99], "1" + "0" * 99),
        ("1E+100", ["1" + "0" * 100], None),
        ("1.25E-3", ["1250"], None),
        ("-1.25E+3", ["1250"], None),
        ("0E+3", ["1250"], None),
        ("1.25E+3", [], None),
        ("vm 1", ["VM1", "vm-1"], "VM1"),
        ("v m 1", ["VM1"], "VM1"),
        ("alphabet", ["alphabat", "alphabxx"], "alphabat"),
        ("ab", ["xy"], None),
    ],
)
def test_the_nearest_by_digits_and_by_letters(name: str, known: Sequence[str], meant: str | None) -> None:
    """Cut or rounded to the digits that are left, of the length that the exponent says."""
    assert nearest(name, known) == meant
