"""Rows of one series at the same time: of two tags, of a member without a resource, and of more than are shown."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from chargeback.model.problem import Problem
from chargeback.store.database import open_store
from chargeback.store.load.sync import synchronise
from chargeback.store.overlaps import check_time
from kit.loading import PARIS, put, usage
from kit.metered import MONTH, ask

DAY = "2026-09-02T00:00:00,2026-09-03T00:00:00"
NOON = "2026-09-02T12:00:00,2026-09-03T12:00:00"


def problems(root: Path, *rows: str, **quantity: Any) -> list[Problem]:
    """Problems of rows with the tags class and zone."""
    with open_store(None, write=True) as store:
        put(root, {"usage/u.csv": usage(*rows, tags=",class,zone")})
        assert synchronise(store, root, PARIS).problems == ()
        question = ask("integral", **quantity)
        return list(check_time(store.connection, root, [question], MONTH, PARIS.zone, "2026-09").problems)


def test_both_tags_are_of_the_series_and_both_can_be_asked_for(tmp_path: Path) -> None:
    """Two rows of x and 1 overlap, one of y or of 2 does not; asked for, others are left out."""
    rows = [f"{DAY},a,vm,q,1,x,1", f"{NOON},a,vm,q,1,x,1", f"{NOON},a,vm,q,1,y,1", f"{NOON},a,vm,q,1,x,2"]
    for where, found in (({}, 1), ({"class": "x", "zone": "1"}, 1), ({"class": "x", "zone": "2"}, 0)):
        places = [str(p.where) for p in problems(tmp_path, *rows, where=where)]
        assert places == ["usage/u.csv:3"] * found


def test_a_series_of_no_resource_is_that_of_its_member(tmp_path: Path) -> None:
    """The member is named."""
    [problem] = problems(tmp_path, f"{DAY},a,,q,1,x,1", f"{NOON},a,,q,1,x,1", f"{NOON},b,,q,1,x,1")
    assert problem.code == "overlapping-intervals"
    assert problem.message.startswith('member "a", meter "q": it starts at 2026-09-02T10:00:00Z, but usage/u.csv:2 ')


def test_those_that_are_not_shown_are_of_the_usage_as_a_whole(tmp_path: Path) -> None:
    """51 of 52 rows overlap an earlier one, and fifty are shown."""
    found = problems(tmp_path, *(f"2026-09-02T00:{n:02}:00,2026-09-03T00:00:00,a,vm,q,1,x,1" for n in range(52)))
    more = next(p for p in found if p.code == "more-rows")
    assert (len(found), str(more.where), more.message) == (51, "usage", '1 more rows of "q" overlap an earlier one')
