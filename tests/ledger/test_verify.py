"""verify, through the command line: all that can be altered after an issue is altered, and found, in words."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

import chargeback.ledger.verification
from chargeback.cli.app import main
from kit.correcting import FIRM, LATER, correct, credit, read_again
from kit.issuable_scenarios import scenario
from kit.issuing import PERIOD, edit, issue, other_month, state
from kit.slow import slow, some


@pytest.fixture(scope="module")
def corrected(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A month issued, one invoice of it credited in part and another corrected; tests that write copy it."""
    root = scenario("regimes-by-member-and-a-payer", tmp_path_factory.mktemp("corrected") / "w")
    assert issue(root) == 0
    read_again(root)
    assert correct(root, FIRM) == 0
    assert credit(root, "F2026-00004", "--amount", "1") == 0
    return root


@pytest.fixture
def root(corrected: Path, tmp_path: Path) -> Path:
    """A copy to write in."""
    shutil.copytree(corrected, tmp_path / "w")
    return tmp_path / "w"


def verify(root: Path, *words: str) -> int:
    return main(["-C", str(root), "verify", *words])


@slow
def test_all_is_as_it_was_issued(corrected: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every check is said; nothing is written; a re-rated invoice is compared with the data of its correction."""
    before = state(corrected)
    capsys.readouterr()
    assert verify(corrected) == 0
    told = capsys.readouterr()
    assert told.out.splitlines() == [
        "ok  ledger     3 entries, each with the hash of the one before",
        "ok  numbers    8 numbers in 2 series, no gap, dates in their order",
        "ok  files      out/2026-09: 14 files as issued",
        "ok  files      out/corrections: 3 files as issued",
        "ok  charges    2026-09: 10 charges computed again, as billed",
        "ok  documents  2026-09: 5 documents, drawn again byte for byte",
        "ok  documents  A2026-00001, F2026-00006: 2 documents, drawn again byte for byte",
        "ok  documents  A2026-00002: 1 document, drawn again byte for byte",
    ]
    assert told.err == "all is as it was issued\n"
    assert state(corrected) == before


@slow
def test_as_json(corrected: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """--json prints each check with its faults."""
    capsys.readouterr()
    assert verify(corrected, PERIOD, "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["holds"] is True
    assert [(c["check"], c["faults"]) for c in told["checks"]] == [
        *(("ledger", []), ("numbers", []), ("files", []), ("files", []), ("charges", [])),
        *(("documents", []), ("documents", []), ("documents", [])),
    ]


def appended(path: str) -> Callable[[Path], object]:
    """A file with a byte more."""
    return lambda root: (root / path).write_bytes((root / path).read_bytes() + b" ")


def gone(path: str) -> Callable[[Path], object]:
    return lambda root: (root / path).unlink()


def new(path: str) -> Callable[[Path], object]:
    return lambda root: (root / path).write_text("", encoding="utf-8")


def changed(query: str) -> Callable[[Path], object]:
    """A table of the store altered behind the program's back."""

    def change(root: Path) -> None:
        con: Any = duckdb.connect(str(root / "chargeback.duckdb"))
        con.execute(query)
        con.close()

    return change


ALTERED: dict[str, tuple[Callable[[Path], object], str]] = {
    "an issued file": (
        appended("out/2026-09/invoices/F2026-00001.pdf"),
        (
            "files, out/2026-09: out/2026-09/invoices/F2026-00001.pdf was altered after it was issued: put it back "
            "from a copy"
        ),
    ),
    "a credit note": (
        appended("out/corrections/A2026-00001.pdf"),
        (
            "files, out/corrections: out/corrections/A2026-00001.pdf was altered after it was issued: put it back "
            "from a copy"
        ),
    ),
    "a missing file": (
        gone("out/2026-09/statements/cergy.pdf"),
        "files, out/2026-09: out/2026-09/statements/cergy.pdf is missing: put it back from a copy",
    ),
    "a file too many": (
        new("out/2026-09/invoices/F2026-00009.pdf"),
        "files, out/2026-09: out/2026-09/invoices/F2026-00009.pdf was not issued: take it away",
    ),
    "usage": (
        lambda root: edit(root / "usage/h.csv", ",90", ",91"),
        "charges, 2026-09: hours for firm was billed 135.00 and comes to 136.50 today (as usage/h.csv has "
        "changed since): "
        "`chargeback run 2026-09` shows all",
    ),
    "usage added": (
        lambda root: (root / "usage/late.csv").write_text(
            "start,end,member_id,resource_id,meter,quantity\n2026-09-28T08:00Z,,sem95,,hours,100\n", encoding="utf-8"
        ),
        "charges, 2026-09: hours for sem95 was billed 30.00 and comes to 180.00 today (every file is as it was, "
        "usage/late.csv was added since): `chargeback run 2026-09` shows all",
    ),
    "costs gone": (
        lambda root: (root / "costs/2026-09.csv").rename(root / "costs.csv.old"),
        "is gone since",
    ),
    "a table of documents": (
        changed("update ledger.documents set gross = gross + 1 where number = 'F2026-00001'"),
        "ledger, the table ledger.documents of chargeback.duckdb is not what the entries say: take "
        "chargeback.duckdb away "
        "and it is made again from the workspace",
    ),
    "a table of charges": (
        changed("delete from ledger.charges where number = 'F2026-00001' and line = 1"),
        "ledger, the table ledger.charges of chargeback.duckdb is not what the entries say",
    ),
    "a problem in the workspace": (
        lambda root: edit(root / "usage/h.csv", ",90", ",ninety"),
        "charges, not computed again, as the workspace has 1 problem: usage/h.csv:6: ",
    ),
}


@slow
@pytest.mark.parametrize("case", some(list(ALTERED), 3))
def test_what_was_altered_is_found(root: Path, case: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The first difference is said in words, and the exit code is 1."""
    alter, expected = ALTERED[case]
    alter(root)
    capsys.readouterr()
    assert verify(root) == 1
    told = capsys.readouterr()
    assert told.err.startswith("not as issued: ")
    assert expected in told.err
    assert "!!" in told.out


SERIES = "F{year}-{sequence:05d}"


@pytest.mark.parametrize(
    ("places", "days", "expected"),
    [
        ((1, 2, 3), (5, 5, 6), ()),
        ((1, 3), (5, 6), (f"in the series {SERIES} of 2026, number 2 is missing: F3 is the next",)),
        ((2,), (5,), (f"in the series {SERIES} of 2026, number 1 is missing: F2 is the next",)),
        (
            (1, 2),
            (6, 5),
            (
                (
                    f"in the series {SERIES} of 2026, F2 is dated 2026-10-05, before the number that it follows "
                    "(2026-10-06)"
                ),
            ),
        ),
    ],
    ids=["whole", "a hole", "the first missing", "a date that goes back"],
)
def test_numbers_and_their_dates(
    monkeypatch: pytest.MonkeyPatch, places: tuple[int, ...], days: tuple[int, ...], expected: tuple[str, ...]
) -> None:
    """A hole in a series, or a date before that of the number it follows."""
    given = [(f"F{n}", SERIES, 2026, n, date(2026, 10, day), 1) for n, day in zip(places, days, strict=True)]
    monkeypatch.setattr(chargeback.ledger.verification, "numbers_given", lambda con: given)
    con: Any = None
    assert chargeback.ledger.verification.numbers(con).faults == expected


def rewritten(root: Path, number: int, old: str, new: str) -> None:
    """A line of ledger.jsonl altered."""
    path = root / "out/ledger.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines()
    assert old in lines[number - 1]
    lines[number - 1] = lines[number - 1].replace(old, new, 1)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


@pytest.mark.parametrize("store", [True, False], ids=["beside its store", "alone"])
def test_an_altered_ledger_is_found(root: Path, capsys: pytest.CaptureFixture[str], store: bool) -> None:
    """By the entry that follows; the last one by the store."""
    rewritten(root, 1, '"city":"Exempleville"', '"city":"Ailleurs"')
    if not store:
        (root / "chargeback.duckdb").unlink()
    capsys.readouterr()
    assert verify(root) == 1
    assert "out/ledger.jsonl:2: this entry does not follow the one before" in capsys.readouterr().err


def test_an_altered_last_entry_is_found(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing follows it: the store holds what it was."""
    rewritten(root, 3, '"reason":"a wrong reading"', '"reason":"another"')
    capsys.readouterr()
    assert verify(root) == 1
    assert "ledger, out/ledger.jsonl:3 is not the entry that chargeback.duckdb holds" in capsys.readouterr().err


@slow
def test_a_lost_last_line_is_found(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The store has one entry more."""
    path = root / "out/ledger.jsonl"
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-1]))
    capsys.readouterr()
    assert verify(root) == 1
    assert "ledger, out/ledger.jsonl has 2 entries and chargeback.duckdb 3" in capsys.readouterr().err


def test_a_lost_ledger_is_reported(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With documents in out/ and no ledger.jsonl."""
    (root / "out/ledger.jsonl").unlink()
    capsys.readouterr()
    assert verify(root) == 1
    assert capsys.readouterr().err == "out/ledger.jsonl is missing: put it back from a copy, it says what was issued\n"


@slow
def test_files_that_changed_without_effect_are_a_note(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Later months add to the registers: what gives the same charges is no difference."""
    with (root / "members.csv").open("a", encoding="utf-8") as file:
        file.write("\n")
    capsys.readouterr()
    assert verify(root) == 0
    told = capsys.readouterr().out
    assert (
        "ok  charges    2026-09: 10 charges computed again, as billed; members.csv has changed since, without effect"
        in told
    )


def test_other_words_keep_pages_from_being_drawn_again(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Then the XML in each file is compared with the ledger."""
    edit(root / "chargeback.toml", 'city = "Exempleville"', 'city = "Ailleurs"')
    capsys.readouterr()
    assert verify(root) == 0
    assert (
        "ok  documents  2026-09: 5 documents, as the ledger says; not drawn again, as the program, "
        "chargeback.toml or the "
        "wording is not that of the day"
    ) in capsys.readouterr().out


@slow
def test_one_month_of_several(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The charges and documents of that month alone; a month that is not issued is said to be so."""
    other_month(root)
    assert issue(root, LATER, "2026-08") == 0
    capsys.readouterr()
    assert verify(root, "2026-08") == 0
    told = capsys.readouterr().out
    assert "charges    2026-08" in told
    assert "charges    2026-09" not in told
    assert verify(root, "2026-07") == 1
    assert capsys.readouterr().err == "2026-07 is not issued: there is nothing of it to verify\n"


def test_nothing_issued_yet(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """There is nothing to verify, and it says so."""
    root = scenario("regimes-by-member-and-a-payer", tmp_path / "w")
    assert verify(root) == 1
    assert capsys.readouterr().err == "nothing is issued in this workspace: there is nothing to verify\n"
