"""The ledger: chained entries, only ever added to, restored from its file, and what a closed month used."""

from __future__ import annotations

import json
import re
import shutil
from collections import defaultdict
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from chargeback.cli.app import main
from chargeback.ledger.book import period_status
from chargeback.ledger.entries import read_line
from chargeback.ledger.issued_months import after_corrections
from chargeback.model.period import Period
from chargeback.workflows.session import loaded
from kit.issuable_scenarios import scenario
from kit.paths import PACKAGE

NAME = "price-change-inside-the-month"
PERIOD = "2026-10"
NEXT = "2026-11"


@pytest.fixture(scope="module")
def issued(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with a month issued; tests that write copy it."""
    root = scenario(NAME, tmp_path_factory.mktemp("issued") / "w")
    assert run(root, "issue", PERIOD, "--date", "2026-11-05") == 0
    return root


@pytest.fixture(scope="module")
def closed(issued: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same, closed."""
    root = tmp_path_factory.mktemp("closed") / "w"
    shutil.copytree(issued, root)
    assert run(root, "close", PERIOD) == 0
    return root


def run(root: Path, *words: str) -> int:
    """A command on a workspace."""
    return main(["-C", str(root), *words])


def copied(source: Path, target: Path) -> Path:
    """A copy to write in."""
    shutil.copytree(source, target)
    return target


def lines(root: Path) -> list[bytes]:
    """The lines of ledger.jsonl."""
    return (root / "out/ledger.jsonl").read_bytes().splitlines()


def replaced(path: Path, old: str, new: str) -> None:
    """Replace the first occurrence of a text that must be there."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_each_entry_holds_the_hash_of_the_one_before(closed: Path) -> None:
    """The first holds zeros; every other the sha256 of the line before it."""
    found = [json.loads(line)["previous_hash"] for line in lines(closed)]
    assert found == ["0" * 64, *(sha256(line).hexdigest() for line in lines(closed)[:-1])]
    assert [json.loads(line)["sequence"] for line in lines(closed)] == [1, 2]


def test_an_entry_holds_the_hash_of_every_file(issued: Path) -> None:
    """Every file of out/PERIOD, by its path, and nothing else."""
    folder = issued / "out" / PERIOD
    files = sorted(p for p in folder.rglob("*") if p.is_file())
    expected = {p.relative_to(folder).as_posix(): sha256(p.read_bytes()).hexdigest() for p in files}
    assert json.loads(lines(issued)[0])["files"] == expected


def test_an_entry_holds_the_hash_of_every_input(issued: Path) -> None:
    """The same as run.json."""
    written = json.loads((issued / "out" / PERIOD / "run.json").read_text(encoding="utf-8"))
    assert json.loads(lines(issued)[0])["inputs"] == written["inputs"]


def test_what_was_billed_is_read_back_exactly(issued: Path) -> None:
    """Charges, documents, pools and keys of the ledger are those computed, down to the last fraction."""
    with loaded(issued, write=False) as (books, _):
        before = after_corrections(books.store.connection, Period(2026, 10), books.inputs.settings)
        now = books.month(Period(2026, 10))
    assert before is not None
    assert before.charges == now.charges
    assert before.pools == now.pools
    assert before.splits == now.splits
    assert [d.lines for d in before.documents] == [d.lines for d in now.documents]


def test_the_tables_hold_what_the_entry_says(issued: Path) -> None:
    """ledger.charges adds up to charges.csv by member, ledger.documents to the documents."""
    entry = read_line(lines(issued)[0])
    cents: dict[str, int] = defaultdict(int)
    for charge in entry.charges:
        cents[charge.member_id] += charge.amount
    with loaded(issued, write=False) as (books, _):
        found = books.store.connection.execute(
            "select member_id, sum(amount) from ledger.charges group by all"
        ).fetchall()
        gross = books.store.connection.execute("select number, gross from ledger.documents order by number").fetchall()
    assert {member: int(total) for member, total in found} == dict(cents)
    assert [(n, int(g)) for n, g in gross] == [(d.number, d.gross) for d in entry.documents]


def test_the_file_is_written_again_when_it_is_lost(closed: Path, tmp_path: Path) -> None:
    """The store has the ledger; the next command writes the file, byte for byte."""
    root = copied(closed, tmp_path / "w")
    (root / "out/ledger.jsonl").unlink()
    assert run(root, "load") == 0
    assert lines(root) == lines(closed)


@pytest.mark.parametrize("cut", [1, 100, 10**6])
def test_a_line_cut_short_is_written_again(closed: Path, tmp_path: Path, cut: int) -> None:
    """A crash in the middle of the line leaves a part of it: it is replaced by the whole."""
    root = copied(closed, tmp_path / "w")
    first, second = lines(closed)
    (root / "out/ledger.jsonl").write_bytes(first + b"\n" + second[: -min(cut, len(second) - 1)])
    assert run(root, "load") == 0
    assert (root / "out/ledger.jsonl").read_bytes() == (closed / "out/ledger.jsonl").read_bytes()


def test_the_ledger_is_restored_from_its_file(closed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without its store the workspace knows what it issued and closed, numbers included."""
    root = copied(closed, tmp_path / "w")
    (root / "chargeback.duckdb").unlink()
    assert run(root, "issue", PERIOD) == 0
    assert "is issued already" in capsys.readouterr().err
    with loaded(root, write=False) as (books, _):
        restored = period_status(books.store.connection, Period(2026, 10))
    with loaded(closed, write=False) as (books, _):
        assert restored == period_status(books.store.connection, Period(2026, 10))
    assert restored.documents != ()


@pytest.mark.parametrize("gone", [True, False], ids=["from the file alone", "against the store"])
def test_an_altered_line_is_found(closed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], gone: bool) -> None:
    """Changing an amount breaks the chain at the entry after it, or contradicts the store: refused with the line."""
    root = copied(closed, tmp_path / "w")
    text = (root / "out/ledger.jsonl").read_text(encoding="utf-8")
    amount = re.search(r'"amount":([1-9][0-9]*)', text)
    assert amount is not None
    (root / "out/ledger.jsonl").write_text(text.replace(amount.group(), '"amount":1', 1), encoding="utf-8")
    if gone:
        (root / "chargeback.duckdb").unlink()
    assert run(root, "load") == 1
    place = "out/ledger.jsonl:2" if gone else "out/ledger.jsonl:1"
    assert capsys.readouterr().err.startswith(f"{place}: this entry ")


def test_a_line_taken_out_is_found(closed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The entry that follows a missing one is refused with its line."""
    root = copied(closed, tmp_path / "w")
    (root / "chargeback.duckdb").unlink()
    (root / "out/ledger.jsonl").write_bytes(lines(closed)[1] + b"\n")
    assert run(root, "load") == 1
    assert capsys.readouterr().err.startswith("out/ledger.jsonl:1: this entry does not follow the one before")


def test_what_is_no_entry_is_named(closed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A line that is not whole, and that the store does not have either."""
    root = copied(closed, tmp_path / "w")
    (root / "chargeback.duckdb").unlink()
    (root / "out/ledger.jsonl").write_bytes(lines(closed)[0][:-9])
    assert run(root, "load") == 1
    assert capsys.readouterr().err.startswith("out/ledger.jsonl:1: this line is not whole")


def refused(root: Path, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """What check of the next month says of a changed rule: exit code 1, and its lines; run says the same."""
    capsys.readouterr()
    assert run(root, "check", NEXT) == 1
    told = capsys.readouterr().err.splitlines()
    assert run(root, "run", NEXT, "--no-documents") == 1
    assert capsys.readouterr().err.splitlines() == told
    return told


def line_with(path: Path, text: str) -> int:
    """The line of a file on which a text first stands."""
    return next(n for n, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1) if text in line)


CHANGES = {
    "a price": ("contribution", 'price = "', 'price = "9', "price"),
    "tiers": ("storage", 'up_to = "100"', 'up_to = "101"', "tiers"),
    "a reference": ("storage", 'title = "', 'title = "Autre ', "references"),
    "the regime": ("storage", 'vat = "services"', 'vat = "cost-sharing"', "vat"),
    "the quantity": ("storage", 'measure = "sum"', 'measure = "max"', "quantity"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_a_closed_month_used_may_not_change(
    closed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], change: str
) -> None:
    """Each is named with file and line, what it is and what the month was billed with."""
    root = copied(closed, tmp_path / "w")
    rule, old, new, field = CHANGES[change]
    path = root / f"tariffs/{rule}.toml"
    replaced(path, old, new)
    told = [text for text in refused(root, capsys) if f": {field} of the version of" in text]
    assert told != []
    assert told[0].startswith(f"tariffs/{rule}.toml:{line_with(path, new)}: {field} of the version of 2026-")
    assert "but the closed 2026-10 was billed with" in told[0]


def test_a_rule_that_a_closed_month_used_may_not_go(
    closed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file taken away is named where it stood."""
    root = copied(closed, tmp_path / "w")
    (root / "tariffs/contribution.toml").unlink()
    told = refused(root, capsys)
    assert told[0].startswith("tariffs/contribution.toml:")
    assert "by which the closed 2026-10 was billed, is gone with its file" in told[0]


def test_words_of_a_closed_month_may_change(closed: Path, tmp_path: Path) -> None:
    """Labels, services and the way a number is written move no amount."""
    root = copied(closed, tmp_path / "w")
    path = root / "tariffs/storage.toml"
    text = path.read_text(encoding="utf-8")
    text = re.sub(r"label = \{[^}]*\}", 'label = { fr = "Autre nom", en = "Another name" }', text)
    text = re.sub(r'price = "([0-9]+\.[0-9]+)"', r'price = "\g<1>0"', text)
    assert text != path.read_text(encoding="utf-8")
    path.write_text(text, encoding="utf-8")
    assert run(root, "check", NEXT) == 0


def test_a_version_may_end_after_the_closed_month(
    closed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """valid_to on the first day after it is allowed; within it, it would have changed what was billed."""
    root = copied(closed, tmp_path / "w")
    path = root / "tariffs/contribution.toml"
    opened = path.read_text(encoding="utf-8")
    last = opened.rindex("valid_from")
    ended = opened[:last] + "valid_to = 2026-11-01\n" + opened[last:]
    path.write_text(ended, encoding="utf-8")
    assert run(root, "check", PERIOD) == 0
    path.write_text(ended.replace("valid_to = 2026-11-01", "valid_to = 2026-10-20"), encoding="utf-8")
    capsys.readouterr()
    assert run(root, "check", NEXT) == 1
    told = capsys.readouterr().err
    assert f"tariffs/contribution.toml:{line_with(path, 'valid_to = 2026-10-20')}: valid_to of the version of" in told
    assert "let the version end on 2026-11-01 or later" in told


def test_an_issued_month_that_is_not_closed_binds_no_rule(issued: Path, tmp_path: Path) -> None:
    """Until it is closed, its run shows what would differ; other months go on."""
    root = copied(issued, tmp_path / "w")
    replaced(root / "tariffs/storage.toml", 'price = "', 'price = "9')
    assert run(root, "check", NEXT) == 0
    assert run(root, "run", PERIOD) == 1


def statements() -> dict[str, str]:
    """Every SQL text of the package: its files, and the strings of its modules."""
    paths = [*PACKAGE.rglob("*.sql"), *PACKAGE.rglob("*.py")]
    return {p.relative_to(PACKAGE).as_posix(): p.read_text(encoding="utf-8").lower() for p in paths}


def test_the_ledger_is_only_ever_added_to() -> None:
    """No statement of the package updates, deletes, truncates, alters, drops or replaces anything of the ledger."""
    changing = re.compile(
        r"\b(update\s+ledger|delete\s+from\s+ledger|truncate\s+(table\s+)?ledger|alter\s+(table|schema)\s+ledger"
        r"|drop\s+(table|schema)\s+(if\s+exists\s+)?ledger|or\s+replace\s+(into\s+|table\s+)?ledger"
        r"|merge\s+into\s+ledger)\b"
    )
    assert [name for name, text in statements().items() if changing.search(text)] == []
    inserting = [name for name, text in statements().items() if re.search(r"\binsert\s+into\s+ledger\.", text)]
    tables = (
        *(
            "amounts",
            "brought_forward",
            "carried_forward",
            "charges",
            "documents",
            "entry",
            "fingerprints",
            "preceding",
        ),
        *("rates", "rules", "withheld"),
    )
    assert sorted(inserting) == [f"store/sql/ledger/add_{name}.sql" for name in tables]


def test_a_number_cannot_be_given_twice(issued: Path, tmp_path: Path) -> None:
    """The table itself refuses a second document of the same number, or the same place in a series."""
    import duckdb

    root = copied(issued, tmp_path / "w")
    with loaded(root, write=True) as (books, _):
        con: Any = books.store.connection
        (row,) = con.execute("select * from ledger.documents order by number limit 1").fetchall()
        marks = ", ".join("?" * len(row))
        with pytest.raises(duckdb.ConstraintException):
            con.execute(f"insert into ledger.documents values ({marks})", row)
        with pytest.raises(duckdb.ConstraintException):
            con.execute(f"insert into ledger.documents values ({marks})", ("OTHER", *row[1:]))
