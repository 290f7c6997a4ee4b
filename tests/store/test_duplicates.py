"""The same measurement twice is told at the repetition, whatever the method that finds it, and nothing else is."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chargeback.store.database import open_store
from chargeback.store.load import duplicates
from chargeback.store.load.sync import synchronise
from kit.loading import PARIS, codes, load, loaded, put, usage
from kit.slow import examples

A = "2026-09-01T00:00,,alpha,vm,m,1"


@pytest.mark.parametrize(
    "again",
    [
        "2026-08-31T22:00Z,2026-09-02T00:00,alpha,vm,m,2",
        "2026-09-01T00:00,,bravo,vm,m,1",
        "2026-09-01T00:00,,,vm,m,1",
    ],
)
def test_one_resource_is_measured_once_at_an_instant(tmp_path: Path, again: str) -> None:
    """Another offset, end, quantity or member does not make another measurement of a resource."""
    report = load(put(tmp_path, {"usage/a.csv": usage(A, "2026-09-01T01:00,,alpha,vm,m,1", again)}))
    assert codes(report) == [("usage/a.csv:4", "duplicate-measurement")]
    words = ('"vm"', '"m"', "in this file, line 2")
    assert [word for word in words if word not in report.problems[0].message] == []


@pytest.mark.parametrize(
    "other",
    [
        "2026-09-01T00:00:30,,alpha,vm,m,1",
        "2026-09-01T00:00,,alpha,vm2,m,1",
        "2026-09-01T00:00,,alpha,vm,m2,1",
        "2026-09-01T00:00,,alpha,,m,1",
        "2026-09-01T00:00,,vm,,m,1",
        "2026-09-02T00:00,,alpha,vm,m,1",
    ],
)
def test_another_series_or_start_is_another_measurement(tmp_path: Path, other: str) -> None:
    """A member and a resource of the same name are two things."""
    assert codes(load(put(tmp_path, {"usage/a.csv": usage(A, other)}))) == []


def test_tags_tell_measurements_apart_and_an_empty_tag_is_none(tmp_path: Path) -> None:
    """A file with a tag and one without meet where the tag is empty."""
    tagged = usage(A + ",hot", A + ",cold", A.replace("vm", "vm2") + ",", tags=",class")
    report = load(put(tmp_path, {"usage/a.csv": tagged, "usage/b.csv": usage(A, A.replace("vm", "vm2"))}))
    assert codes(report) == [("usage/b.csv:3", "duplicate-measurement")]


def test_rows_that_name_nobody_are_not_compared(tmp_path: Path) -> None:
    """Nothing says that two rows without member and resource measure the same thing."""
    row = "2026-09-01T00:00,,,,m,1"
    assert codes(load(put(tmp_path, {"usage/a.csv": usage(row, row)}))) == []


def test_the_repetition_is_the_later_file_by_name_whatever_was_loaded_first(tmp_path: Path) -> None:
    """Loading b before a, or both at once, gives the same problem; the file that repeats is not in the store."""
    put(tmp_path, {"usage/b.csv": usage(A)})
    assert codes(load(tmp_path)) == []
    put(tmp_path, {"usage/a.csv": usage("2026-09-02T00:00,,,x,m,1", A)})
    expected = [("usage/b.csv:2", "duplicate-measurement")]
    assert expected == codes(load(tmp_path))
    assert expected == codes(load(tmp_path))
    with open_store(tmp_path / "chargeback.duckdb", write=False) as store:
        assert [file.path for file in store.files()] == ["usage/a.csv"]
    assert expected == codes(loaded(tmp_path)[1])


def test_a_measurement_in_three_files_is_reported_twice(tmp_path: Path) -> None:
    """Every repetition refers to the first."""
    files: dict[str, str | bytes] = {f"usage/{name}.csv": usage(A + f"{n}") for n, name in enumerate("abc")}
    report = load(put(tmp_path, files))
    assert [str(p.where) for p in report.problems] == ["usage/b.csv:2", "usage/c.csv:2"]
    assert ["usage/a.csv, line 2" in p.message for p in report.problems] == [True, True]


def test_many_repetitions_are_counted(tmp_path: Path) -> None:
    """The first 50 of a file one by one, then a count."""
    rows = [f"2026-09-01T00:{i % 60:02d},,,vm{i // 60},m,1" for i in range(120)]
    report = load(put(tmp_path, {"usage/a.csv": usage(*rows), "usage/b.csv": usage(*rows, A)}))
    assert [code for code in codes(report) if code[1] != "duplicate-measurement"] == [("usage/b.csv", "more-rows")]
    assert len(report.problems) == 51
    assert ["70 more" in p.message for p in report.problems if p.code == "more-rows"] == [True]


def test_a_copy_is_reported_once(tmp_path: Path) -> None:
    """The same content under two names is a copy of the first by name; two empty files repeat nothing."""
    content = usage(A)
    report = load(
        put(tmp_path, {"usage/b.csv": content, "usage/a.csv": content, "usage/c.csv": usage(), "usage/d.csv": usage()})
    )
    assert [(p.where.path, p.code) for p in report.problems] == [("usage/b.csv", "copy-of-a-file")]
    assert "usage/a.csv" in report.problems[0].message


ROWS = st.lists(
    st.tuples(
        st.sampled_from(("00:00", "00:01", "00:01:30", "00:01:30.5", "23:59", "00:02")),
        st.sampled_from(("01", "02", "30")),
        st.sampled_from((",a,", ",,a", ",a,b", ",b,a", ",,")),
        st.sampled_from(("m", "n")),
        st.sampled_from(("", "x")),
        st.integers(0, 2),
    ),
    max_size=60,
)


@settings(max_examples=examples(4, 12), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS, most_bits=st.sampled_from((8, 80_000, duplicates.MOST_BITS)), key=st.sampled_from((0, 48, 10**9)))
def test_every_method_finds_exactly_the_repetitions(
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    rows: list[tuple[str, str, str, str, str, int]],
    most_bits: int,
    key: int,
) -> None:
    """By bits in one part or in many, or by keys: the repetitions are those that a plain set of keys gives."""
    monkeypatch.setattr(duplicates, "MOST_BITS", most_bits)
    monkeypatch.setattr(duplicates, "BYTES_PER_KEY", key)
    files: dict[str, list[str]] = {f"usage/{n}.csv": [] for n in range(3)}
    for time, day, who, meter, tag, file in rows:
        files[f"usage/{file}.csv"].append(f"2026-09-{day}T{time}Z,{who},{meter},1,{tag}")
    expected, seen = [], set()
    for path, lines in files.items():
        for number, line in enumerate(lines, 2):
            start, _, member, resource, meter, _, tag = line.split(",")
            name = ("r", resource) if resource else ("m", member)
            if not member and not resource:
                continue
            if (start, name, meter, tag) in seen:
                expected.append(f"{path}:{number}")
            seen.add((start, name, meter, tag))
    root = tmp_path_factory.mktemp("w")
    put(root, {path: usage(*lines, f"2026-10-01T00:00Z,,{path},,m,1,", tags=",t") for path, lines in files.items()})
    with open_store(None, write=True) as store:
        report = synchronise(store, root, PARIS)
    assert expected == [str(p.where) for p in report.problems if p.code == "duplicate-measurement"]
