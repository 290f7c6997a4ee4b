"""The store is level with the folder, whatever was loaded before; what fails leaves nothing."""

from __future__ import annotations

import os
import random
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
import pytest

from chargeback.model.period import Period, instant
from chargeback.model.problem import Refused
from chargeback.model.settings import Operator, Settings
from chargeback.store.database import open_store
from chargeback.store.load import loader, usage_files
from chargeback.store.load.sync import LoadReport, is_in_sync, synchronise
from kit.loading import PARIS, codes, costs, load, loaded, measurements, put, usage
from kit.slow import slow

COST = costs("2026-09,net,611,x,1,d")


def rows(start: int, count: int = 3) -> str:
    """A usage file of hourly rows from an hour of September on."""
    return usage(*(f"2026-09-{1 + h // 24:02d}T{h % 24:02d}:00,,a,vm,m,{h}" for h in range(start, start + count)))


def contents(root: Path) -> list[object]:
    """Everything in the store of ``root``."""
    with open_store(root / "chargeback.duckdb", write=False) as store:
        files = [(file.kind, file.path, file.sha256, file.rows, file.checked) for file in store.files()]
        return [files, measurements(store), store.costs(Period(2026, 9))]


def test_each_content_is_read_once(tmp_path: Path) -> None:
    """A second load reads nothing; a new file is read alone."""
    put(tmp_path, {"usage/a.csv": rows(0), "costs/a.csv": COST})
    assert LoadReport(read=("costs/a.csv", "usage/a.csv"), rows=4) == load(tmp_path)
    assert LoadReport(unchanged=("costs/a.csv", "usage/a.csv")) == load(tmp_path)
    put(tmp_path, {"usage/b.csv": rows(3, 2)})
    assert LoadReport(read=("usage/b.csv",), unchanged=("costs/a.csv", "usage/a.csv"), rows=2) == load(tmp_path)


def test_a_changed_file_is_replaced_a_missing_one_taken_out_a_renamed_one_renamed(tmp_path: Path) -> None:
    """The store is afterwards what a fresh one would be."""
    put(tmp_path, {"usage/a.csv": rows(0), "usage/b.csv": rows(5), "usage/c.csv": rows(10), "costs/a.csv": COST})
    load(tmp_path)
    put(tmp_path, {"usage/a.csv": rows(1, 2)})
    (tmp_path / "usage/b.csv").unlink()
    (tmp_path / "usage/c.csv").rename(tmp_path / "usage/z.csv")
    (tmp_path / "costs/a.csv").unlink()
    report = load(tmp_path)
    expected = LoadReport(
        read=("usage/a.csv",),
        removed=("costs/a.csv", "usage/b.csv"),
        renamed=(("usage/c.csv", "usage/z.csv"),),
        rows=2,
    )
    assert expected == LoadReport(
        report.read, report.unchanged, tuple(sorted(set(report.removed) - {"usage/c.csv"})), report.renamed, report.rows
    )
    after = contents(tmp_path)
    (tmp_path / "chargeback.duckdb").unlink()
    load(tmp_path)
    assert contents(tmp_path) == after


def test_two_files_that_swap_names_are_renamed(tmp_path: Path) -> None:
    """Contents are recognised, nothing is read again."""
    put(tmp_path, {"usage/a.csv": rows(0), "usage/b.csv": rows(5)})
    load(tmp_path)
    put(tmp_path, {"usage/a.csv": rows(5), "usage/b.csv": rows(0)})
    report = load(tmp_path)
    assert (report.read, report.problems) == ((), ())
    assert {("usage/a.csv", "usage/b.csv"), ("usage/b.csv", "usage/a.csv")} == set(report.renamed)


def test_another_time_zone_reads_the_files_again(tmp_path: Path) -> None:
    """Naive timestamps are of the workspace's zone: the store never holds those of an older setting."""
    put(tmp_path, {"usage/a.csv": rows(0, 1)})
    load(tmp_path)
    utc = Settings(operator=Operator(), zone=ZoneInfo("UTC"))
    assert load(tmp_path, utc).read == ("usage/a.csv",)
    with open_store(tmp_path / "chargeback.duckdb", write=False) as store:
        assert [instant(date(2026, 9, 1), ZoneInfo("UTC"))] == [row[0] for row in measurements(store)]


def test_a_file_that_fails_leaves_nothing_not_even_its_old_content(tmp_path: Path) -> None:
    """The others are loaded; corrected, the file is read."""
    put(tmp_path, {"usage/a.csv": rows(0), "usage/b.csv": rows(5), "costs/a.csv": COST})
    load(tmp_path)
    put(tmp_path, {"usage/a.csv": rows(1) + "broken\n", "costs/a.csv": COST + "broken\n"})
    report = load(tmp_path)
    assert codes(report) == [("costs/a.csv:3", "truncated-row"), ("usage/a.csv:5", "truncated-row")]
    assert [path for _, path, *_ in contents(tmp_path)[0]] == ["usage/b.csv"]  # type: ignore[index]
    put(tmp_path, {"usage/a.csv": rows(1)})
    assert load(tmp_path).read == ("usage/a.csv",)


@slow
@pytest.mark.parametrize("seed", range(4))
def test_the_store_depends_on_the_folder_alone(tmp_path: Path, seed: int) -> None:
    """Whatever files came, changed, failed and went before, the store is the one that a fresh load makes."""
    chance = random.Random(seed)
    choices = [rows(0), rows(3), rows(6, 1), rows(1, 4), rows(9) + "broken\n", rows(2).replace(",m,", ",n,")]
    (tmp_path / "usage").mkdir()
    for _ in range(5):
        for name in "abc":
            path = tmp_path / f"usage/{name}.csv"
            path.write_text(chance.choice(choices)) if chance.random() < 0.7 else path.unlink(missing_ok=True)
        report = load(tmp_path)
    fresh_rows, fresh = loaded(tmp_path)
    assert (fresh.problems, fresh_rows) == (report.problems, contents(tmp_path)[1])


def test_rows_keep_their_place_in_their_file_when_others_go(tmp_path: Path) -> None:
    """Which row of its file a measurement is, is known after deletions and after the store was closed."""
    put(
        tmp_path,
        {f"usage/{name}.csv": rows(n * 100, 100).replace(",vm,", f",{name},") for n, name in enumerate("abcd")},
    )
    load(tmp_path)
    (tmp_path / "usage/a.csv").unlink()
    (tmp_path / "usage/c.csv").unlink()
    load(tmp_path)
    put(tmp_path, {"usage/e.csv": rows(300, 100).replace(",vm,", ",d,").replace(",m,300", ",m,1")})
    report = load(tmp_path)
    assert codes(report)[50:][1:] == []
    assert [f"usage/e.csv:{n}" for n in range(2, 52)] == [str(p.where) for p in report.problems if p.where.line]
    assert [f"usage/d.csv, line {p.where.line}:" in p.message for p in report.problems if p.where.line] == [True] * 50


def test_an_interruption_loses_only_the_file_under_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C in the second file: the first stays, nothing of the second is there, the next load goes on."""
    put(tmp_path, {"usage/a.csv": rows(0), "usage/b.csv": rows(5)})
    insert = usage_files.insert

    def interrupted(*arguments: object) -> None:
        insert(*arguments)  # type: ignore[arg-type]
        if "b.csv" in str(arguments[1]):
            raise RuntimeError("Query interrupted")

    with monkeypatch.context() as patch:
        patch.setattr(loader.usage_files, "insert", interrupted)
        with pytest.raises(KeyboardInterrupt):
            load(tmp_path)
    files, found, _ = contents(tmp_path)
    assert (len(files), len(found)) == (1, 3)  # type: ignore[arg-type]
    assert LoadReport(read=("usage/b.csv",), unchanged=("usage/a.csv",), rows=3) == load(tmp_path)


def test_repetitions_are_looked_for_again_after_an_interruption(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Files loaded but not yet compared are compared by the next load, though nothing is read again."""
    put(tmp_path, {"usage/a.csv": rows(0), "usage/b.csv": rows(2)})

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("chargeback.store.load.duplicates.repetitions", interrupted)
        with pytest.raises(KeyboardInterrupt):
            load(tmp_path)
    report = load(tmp_path)
    assert (report.unchanged, codes(report)) == (
        ("usage/a.csv", "usage/b.csv"),
        [("usage/b.csv:2", "duplicate-measurement")],
    )


def test_a_mistake_of_ours_is_no_problem_of_the_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A statement that DuckDB cannot parse is raised, not told as a bad file."""
    put(tmp_path, {"usage/a.csv": rows(0)})
    parts = dict.fromkeys(("records", "quantity", "start", "start_us", "end", "end_us"), "?")
    monkeypatch.setattr(loader.usage_files, "readings", lambda file: (parts,))
    with pytest.raises(duckdb.ParserException):
        load(tmp_path)


def test_a_full_disk_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What DuckDB or the system say of a full disk becomes a refusal; what was loaded before is kept."""
    put(tmp_path, {"usage/a.csv": rows(0), "usage/b.csv": rows(5)})
    insert = usage_files.insert

    def full(*arguments: object) -> None:
        if "b.csv" in str(arguments[1]):
            raise duckdb.IOException("Could not write file: No space left on device")
        insert(*arguments)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(loader.usage_files, "insert", full)
        with pytest.raises(Refused, match="the disk is full"):
            load(tmp_path)
    assert len(contents(tmp_path)[0]) == 1  # type: ignore[arg-type]


def test_a_file_that_changes_while_it_is_read_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was hashed is what was read, or the file is not loaded."""
    put(tmp_path, {"usage/a.csv": rows(0), "costs/a.csv": COST})
    insert = usage_files.insert

    def changing(*arguments: object) -> None:
        insert(*arguments)  # type: ignore[arg-type]
        put(tmp_path, {"usage/a.csv": rows(7), "costs/a.csv": COST})
        os.utime(tmp_path / "usage/a.csv", ns=(1, 1))

    with monkeypatch.context() as patch:
        patch.setattr(loader.usage_files, "insert", changing)
        assert codes(load(tmp_path)) == [("usage/a.csv", "changed-file")]
    assert load(tmp_path).read == ("usage/a.csv",)


def test_files_that_nobody_would_read_are_reported(tmp_path: Path) -> None:
    """Another kind of file in usage/ or costs/ is a problem; hidden files, lock files and notes are not data."""
    files: dict[str, str | bytes] = {
        "usage/a.xlsx": "",
        "usage/b.csv.gz": "",
        "costs/a.parquet": "",
        "usage/.keep": "",
        "costs/~$a.xlsx": "",
        "usage/README.md": "",
        "usage/2026/c.CSV": rows(0),
        "usage/d\x1b.csv": rows(0),
    }
    report = load(put(tmp_path, files))
    expected = ["costs/a.parquet", "usage/a.xlsx", "usage/b.csv.gz", "usage/d\\x1b.csv"]
    assert expected == sorted(path for path, code in codes(report) if code == "unknown-file")
    assert (report.read, len(report.problems)) == (("usage/2026/c.CSV",), 4)


def test_tags_that_differ_in_case_only_are_reported(tmp_path: Path) -> None:
    """Two files may not spell one tag in two ways; when the first is gone or changes, the second spelling serves."""
    upper, lower = (usage("2026-09-01T00:00,,a,,m,1,x", tags=f",{tag}") for tag in ("Env", "env"))
    put(tmp_path, {"usage/a.csv": upper, "usage/b.csv": lower.replace(",a,", ",b,")})
    assert codes(load(tmp_path)) == [("usage/b.csv:1", "tags-differ-in-case")]
    (tmp_path / "usage/a.csv").unlink()
    assert codes(load(tmp_path)) == []
    with open_store(tmp_path / "chargeback.duckdb", write=False) as store:
        assert store.tag_columns() == ["tag:env"]


def test_whether_a_store_is_level_is_known_without_writing(tmp_path: Path) -> None:
    """A store is level after a load without problems, and no more when a file changes."""
    put(tmp_path, {"usage/a.csv": rows(0)})
    load(tmp_path)
    with open_store(tmp_path / "chargeback.duckdb", write=False) as store:
        assert is_in_sync(store, tmp_path, PARIS)
        put(tmp_path, {"usage/a.csv": rows(1)})
        assert not is_in_sync(store, tmp_path, PARIS)


def test_progress_is_reported_file_by_file(tmp_path: Path) -> None:
    """Bytes done of the bytes to read, never backwards, up to all of them."""
    put(tmp_path, {"usage/a.csv": rows(0), "usage/b.csv": rows(5), "costs/a.csv": COST})
    told: list[tuple[str, int, int]] = []
    with open_store(None, write=True) as store:
        synchronise(store, tmp_path, PARIS, lambda path, done, total: told.append((path, done, total)))
    total = sum((tmp_path / path).stat().st_size for path in ("usage/a.csv", "usage/b.csv", "costs/a.csv"))
    assert sorted(done for _, done, _ in told) == [done for _, done, _ in told]
    assert ({total}, total) == ({t for *_, t in told}, told[-1][1])
    assert list(dict.fromkeys(path for path, *_ in told)) == ["costs/a.csv", "usage/a.csv", "usage/b.csv"]
