"""Issue and close, through the command line: numbers, dates, what documents need, and a crash at every step."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

import chargeback.ledger.issuing
import chargeback.ledger.ledger_file
import chargeback.workflows.issue
from chargeback.cli.app import main
from kit.issuable_scenarios import complete, scenario
from kit.issuing import ON, PERIOD, Crash, crashing, edit, entries, issue, numbers, other_month, state
from kit.slow import SLOW, slow, slowest, some
from kit.undrawn import undrawn

NAME = "regimes-by-member-and-a-payer"


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workspace before anything is issued."""
    return scenario(NAME, tmp_path_factory.mktemp("pristine") / "w")


@pytest.fixture(scope="module")
def issued(pristine: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workspace with its month issued; tests that write copy it."""
    root = tmp_path_factory.mktemp("issued") / "w"
    shutil.copytree(pristine, root)
    assert issue(root) == 0
    return root


def copied(source: Path, target: Path) -> Path:
    """A copy to write in."""
    shutil.copytree(source, target)
    return target


def test_documents_are_numbered_by_payer_then_regime(issued: Path) -> None:
    """One series, no gap, in the order of payer id then regime; the files bear the numbers."""
    found = [(d["number"], d["payer"]["member_id"], d["regime"]["name"]) for d in entries(issued)[0]["documents"]]
    assert found == [
        ("F2026-00001", "agglo", "contributions"),
        ("F2026-00002", "agglo", "cost-sharing"),
        ("F2026-00003", "firm", "services"),
        ("F2026-00004", "sem95", "contributions"),
        ("F2026-00005", "sem95", "services"),
    ]
    files = sorted(p.name for p in (issued / "out" / PERIOD / "invoices").iterdir())
    assert files == [f"F2026-0000{n}.pdf" for n in range(1, 6)]


def test_a_second_issue_changes_nothing(issued: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It says what was issued and ends well; not a byte changes in out/."""
    before = state(issued / "out")
    assert issue(issued, "2026-11-30") == 0
    assert capsys.readouterr().err == (
        "2026-09 is issued already: 5 documents dated 2026-10-05, F2026-00001 to F2026-00005; nothing changed\n"
    )
    assert state(issued / "out") == before


def test_the_documents_as_json(issued: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """--json lists the documents with their amounts, dates and files."""
    assert main(["-C", str(issued), "issue", PERIOD, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["already"], told["issued"], told["closed"]) == (True, ON, None)
    first = told["documents"][0]
    assert (first["number"], first["due_date"], first["file"]) == (
        "F2026-00001",
        "2026-11-04",
        "invoices/F2026-00001.pdf",
    )
    total = sum(int(d["gross"].replace(".", "")) for d in told["documents"])
    assert total == sum(d["vat_lines"][0]["net"] + d["vat_lines"][0]["vat"] for d in entries(issued)[0]["documents"])


def test_what_documents_need_is_named_with_its_line(
    pristine: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Operator and payers, each at its file and line; a member who gets no document is not asked; nothing is
    written."""
    root = copied(pristine, tmp_path / "w")
    edit(root / "chargeback.toml", 'city = "Exempleville"\n', "")
    edit(root / "chargeback.toml", 'vat_number = "FR13990000010"\n', "")
    rows = (root / "members.csv").read_text(encoding="utf-8").replace("1 rue de la Mairie", "")
    (root / "members.csv").write_text(rows, encoding="utf-8")
    before = state(root)
    assert issue(root) == 1
    told = capsys.readouterr().err.splitlines()
    assert told == [
        "chargeback.toml:1: a document names who bills: give city in [operator]",
        "chargeback.toml:18: documents under [vat.services] (category S) must show the VAT number of who bills: give "
        "vat_number in [operator]",
        "chargeback.toml:27: documents under [vat.cost-sharing] (category E) must show the VAT number of who "
        "bills: give "
        "vat_number in [operator]",
        "members.csv:2: a document for agglo needs address: fill in this row",
        "members.csv:6: a document for sem95 needs address: fill in this row",
        "members.csv:7: a document for firm needs address: fill in this row",
    ]
    after = {path: content for path, content in state(root).items() if path != "chargeback.duckdb"}
    assert after == before


def test_a_foreign_payer_is_refused(pristine: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """VAT across borders is not drawn up: the payer is named with what it would be, a SIRET is not asked of it."""
    root = copied(pristine, tmp_path / "w")
    lines = (root / "members.csv").read_text(encoding="utf-8").splitlines()
    header = [*lines[0].split(","), "country"]
    at = header.index("siret")
    rows = [line.split(",") for line in lines[1:]]
    foreign = [
        [*(("" if i == at else c) for i, c in enumerate(r)), "BE"] if r[0] == "firm" else [*r, "FR"] for r in rows
    ]
    (root / "members.csv").write_text("\n".join(map(",".join, [header, *foreign])) + "\n", encoding="utf-8")
    assert issue(root) == 1
    line = next(n for n, r in enumerate(rows, start=2) if r[0] == "firm")
    assert capsys.readouterr().err == (
        f"members.csv:{line}: firm is in BE: VAT across borders (reverse charge, export) is not drawn up here; "
        "bill it by "
        'hand, or write country = "FR" if it is in France\n'
    )
    assert not (root / "out").exists()


@pytest.mark.parametrize("on", ["2026-09-29", "2026-08-31", "2025-12-31"])
def test_a_date_within_the_period_is_refused(pristine: Path, on: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Documents are not dated before the last day of what they bill."""
    assert issue(pristine, on) == 1
    assert capsys.readouterr().err == f"{on} is before the end of 2026-09: give --date 2026-09-30 or later\n"
    assert not (pristine / "out").exists()


@pytest.mark.parametrize("text", ["05/10/2026", "2026-13-01", "20261005", "2026-W41-1"])
def test_a_date_is_written_one_way(pristine: Path, text: str) -> None:
    """Anything but YYYY-MM-DD is wrong usage."""
    assert issue(pristine, text) == 2


@slow
def test_dates_follow_the_numbers(pristine: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A later issue is not dated before an earlier one of its series; on the same day the numbers go on."""
    root = other_month(copied(pristine, tmp_path / "w"))
    assert issue(root) == 0
    capsys.readouterr()
    assert issue(root, "2026-10-04", "2026-08") == 1
    assert capsys.readouterr().err == (
        "2026-10-04 is before 2026-10-05, the date of the last number of the series F{year}-{sequence:05d}: "
        "dates follow "
        "the numbers, give --date 2026-10-05 or later\n"
    )
    assert issue(root, ON, "2026-08") == 0
    assert numbers(root) == [f"F2026-{n:05d}" for n in range(1, len(numbers(root)) + 1)]


@slow
def test_a_new_year_starts_a_new_series(pristine: Path, tmp_path: Path) -> None:
    """The sequence is of the year of the issue date, not of the period."""
    root = other_month(copied(pristine, tmp_path / "w"))
    assert issue(root, "2026-12-31", "2026-08") == 0
    assert issue(root, "2027-01-04") == 0
    assert next(n for n in numbers(root) if n.startswith("F2027")) == "F2027-00001"


@slow
def test_a_regime_may_have_its_own_series(pristine: Path, tmp_path: Path) -> None:
    """Contributions count apart, and both series are gapless."""
    root = copied(pristine, tmp_path / "w")
    edit(root / "chargeback.toml", 'category = "O"\n', 'category = "O"\ninvoice = "C{year}/{sequence}"\n')
    assert issue(root) == 0
    assert numbers(root) == ["C2026/1", "F2026-00001", "F2026-00002", "C2026/2", "F2026-00003"]
    assert (root / "out" / PERIOD / "invoices/C2026/2.pdf").is_file()


def test_credit_notes_have_their_own_series(tmp_path: Path) -> None:
    """A document with a negative total is a credit note, numbered apart."""
    root = scenario("negative-pool-and-empty-pool", tmp_path / "w")
    period = json_period(root)
    assert issue(root, "2027-12-31", period) == 0
    kinds = {(d["kind"], d["number"][0]) for d in entries(root)[0]["documents"]}
    assert ("credit_note", "A") in kinds
    assert kinds <= {("credit_note", "A"), ("invoice", "F")}


def json_period(root: Path) -> str:
    """The period of the costs of a workspace."""
    return sorted((root / "costs").glob("*.csv"))[0].stem


def test_a_payer_may_have_terms_of_its_own(pristine: Path, tmp_path: Path) -> None:
    """The due date is the issue date and the payer's days, else those of chargeback.toml."""
    root = copied(pristine, tmp_path / "w")
    lines = (root / "members.csv").read_text(encoding="utf-8").splitlines()
    with_days = [f"{lines[0]},payment_days", *(f"{r},{'50' if r.startswith('firm') else ''}" for r in lines[1:])]
    (root / "members.csv").write_text("\n".join(with_days) + "\n", encoding="utf-8")
    assert issue(root) == 0
    due = {d["payer"]["member_id"]: d["due_date"] for d in entries(root)[0]["documents"]}
    assert due == {"agglo": "2026-11-04", "firm": "2026-11-24", "sem95": "2026-11-04"}


def test_a_number_given_before_is_refused(issued: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Another template that would give a number again is refused before anything is written."""
    root = other_month(copied(issued, tmp_path / "w"))
    edit(root / "chargeback.toml", 'invoice = "F{year}-{sequence:05d}"', 'invoice = "F{year}-0000{sequence}"')
    before = state(root / "out")
    capsys.readouterr()
    assert issue(root, ON, "2026-08") == 1
    assert capsys.readouterr().err.startswith("the number F2026-00001 was given already in 2026-09")
    assert state(root / "out") == before


def test_numbers_of_a_lost_ledger_are_not_given_again(
    issued: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without store and ledger.jsonl, the documents in out/ still say that their numbers were given."""
    root = other_month(copied(issued, tmp_path / "w"))
    (root / "chargeback.duckdb").unlink()
    (root / "out/ledger.jsonl").unlink()
    before = state(root / "out")
    capsys.readouterr()
    assert issue(root, ON, "2026-08") == 1
    assert capsys.readouterr().err == (
        "out/2026-09/invoices/F2026-00001.pdf is there but the ledger does not know its number: put "
        "out/ledger.jsonl back "
        "from a copy, the ledger is restored from it\n"
    )
    assert state(root / "out") == before


STEPS: dict[str, tuple[Any, str, bool]] = {
    "drawing documents": (chargeback.workflows.issue, "document_files", False),
    "writing the folder": (chargeback.ledger.issuing, "write_out", False),
    "the entry": (chargeback.ledger.issuing, "append", False),
    "after the transaction": (chargeback.ledger.issuing, "finish", True),
    "swapping the folder": (chargeback.ledger.ledger_file, "put_in_place", True),
    "the line": (chargeback.ledger.ledger_file, "write_lines", True),
}


@pytest.mark.parametrize("draft", some([False, True], 2), ids=lambda draft: "after a run" if draft else "fresh")
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("step", some(list(STEPS), 3))
def test_a_crash_at_a_step_leaves_no_hole_and_no_double(
    pristine: Path, issued: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, after: bool, draft: bool
) -> None:
    """Before the transaction commits nothing has happened; after it the next command finishes: the same bytes either
    way."""
    root = copied(pristine, tmp_path / "w")
    if draft:
        assert main(["-C", str(root), "run", PERIOD, "--no-documents"]) == 0
    where, name, committed = STEPS[step]
    crash = crashing(after, getattr(where, name))
    finish = chargeback.ledger.issuing.finish
    with monkeypatch.context() as patched:

        def finishing(*args: Any) -> None:
            patched.setattr(where, name, crash)
            finish(*args)

        if where is chargeback.ledger.ledger_file:
            patched.setattr(chargeback.ledger.issuing, "finish", finishing)
        else:
            patched.setattr(where, name, crash)
        with pytest.raises(Crash):
            issue(root)
    assert main(["-C", str(root), "load"]) == 0
    assert (root / "out/ledger.jsonl").is_file() == committed
    assert issue(root) == 0
    assert numbers(root) == numbers(issued)
    assert state(root / "out") == state(issued / "out")


def test_a_crash_between_the_two_renames_is_finished(
    pristine: Path, issued: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The draft is already out of the way, the documents not yet in place: the next command puts them there."""
    root = copied(pristine, tmp_path / "w")
    assert main(["-C", str(root), "run", PERIOD, "--no-documents"]) == 0
    rename = Path.rename

    def first_only(self: Path, target: Path) -> Path:
        if self.name.endswith(".issued"):
            raise Crash
        return rename(self, target)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "rename", first_only)
        with pytest.raises(Crash):
            issue(root)
    assert not (root / "out" / PERIOD).exists()
    assert main(["-C", str(root), "run", PERIOD]) == 0
    assert state(root / "out") == state(issued / "out")


def test_a_full_disk_after_the_transaction_is_reported_as_it_is(
    pristine: Path, issued: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is in the ledger stays, the sentence says so, and the next command finishes."""
    root = copied(pristine, tmp_path / "w")

    def full(*args: Any) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(chargeback.ledger.ledger_file, "put_in_place", full)
        assert issue(root) == 1
    assert "2026-09 is in the ledger" in capsys.readouterr().err
    assert issue(root) == 0
    assert state(root / "out") == state(issued / "out")


def test_a_run_of_an_issued_month_that_is_the_same(issued: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It writes nothing at all, says so, and ends well."""
    before = state(issued)
    assert main(["-C", str(issued), "run", PERIOD]) == 0
    assert capsys.readouterr().err == (
        "2026-09 was issued on 2026-10-05: computed again it comes to the same, nothing is written\n"
    )
    assert state(issued) == before


@slow
def test_a_run_of_an_issued_month_shows_what_would_differ(
    issued: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Billed, recomputed and difference by member and rule; exit code 1; nothing is written."""
    root = copied(issued, tmp_path / "w")
    late = "start,end,member_id,resource_id,meter,quantity\n2026-09-28T08:00Z,,sem95,,hours,100\n"
    (root / "usage/late.csv").write_text(late, encoding="utf-8")
    before = state(root)
    assert main(["-C", str(root), "run", PERIOD]) == 1
    told = capsys.readouterr()
    assert [line.split() for line in told.out.splitlines()][:3] == [
        ["member_id", "rule", "billed", "recomputed", "difference"],
        ["sem95", "hours", "30.00", "180.00", "150.00"],
        ["total", "30.00", "180.00", "150.00"],
    ]
    assert "would differ today" in told.err
    assert state(root) == before
    assert main(["-C", str(root), "check", PERIOD]) == 1
    assert "2026-09 was issued on 2026-10-05 and would differ today" in capsys.readouterr().err
    assert main(["-C", str(root), "run", PERIOD, "--json"]) == 1
    shown = json.loads(capsys.readouterr().out)["charges"]
    assert shown == [
        {"member_id": "sem95", "rule": "hours", "billed": "30.00", "recomputed": "180.00", "difference": "150.00"}
    ]


def test_a_month_must_be_issued_before_it_is_closed(pristine: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Its documents come first."""
    assert main(["-C", str(pristine), "close", PERIOD]) == 1
    assert capsys.readouterr().err == (
        "2026-09 cannot be closed: its 5 documents are not issued; `chargeback issue 2026-09` comes first\n"
    )


def test_a_closed_month_does_not_change(issued: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """After close, run and issue write nothing; a second close says it is done."""
    root = copied(issued, tmp_path / "w")
    assert main(["-C", str(root), "close", PERIOD]) == 0
    before = state(root / "out")
    capsys.readouterr()
    assert main(["-C", str(root), "close", PERIOD]) == 0
    assert "2026-09 is closed already" in capsys.readouterr().err
    assert issue(root) == 0
    assert "closed on" in capsys.readouterr().err
    assert main(["-C", str(root), "run", PERIOD]) == 0
    assert "closed on" in capsys.readouterr().err
    assert state(root / "out") == before
    assert [e["kind"] for e in entries(root)] == ["issue", "close"]


@slow
def test_a_month_without_documents_may_be_closed(
    pristine: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing to issue is told as such, the month closes as it is, and later documents are refused."""
    root = copied(pristine, tmp_path / "w")
    away = {root / "usage/h.csv": tmp_path / "h.csv", root / "costs/2026-09.csv": tmp_path / "2026-09.csv"}
    for path, other in away.items():
        path.rename(other)
    edit(root / "tariffs/hours.toml", 'minimum = "15.00"\n', "")
    assert issue(root) == 1
    assert "2026-09 has no document to issue" in capsys.readouterr().err
    assert main(["-C", str(root), "close", PERIOD]) == 0
    for path, other in away.items():
        other.rename(path)
    assert issue(root) == 1
    assert "closed on" in capsys.readouterr().err
    assert main(["-C", str(root), "run", PERIOD, "--no-documents"]) == 1
    assert not (root / "out" / PERIOD).exists()


def test_documents_that_lack_something_leave_the_draft_alone(pristine: Path, tmp_path: Path) -> None:
    """A refused issue leaves out/PERIOD as the last run wrote it."""
    root = copied(pristine, tmp_path / "w")
    assert main(["-C", str(root), "run", PERIOD, "--no-documents"]) == 0
    before = state(root / "out")
    edit(root / "members.csv", "1 rue de la Mairie", "")
    assert issue(root) == 1
    assert state(root / "out") == before


@slowest
def test_killed_at_any_moment(pristine: Path, issued: Path, tmp_path: Path) -> None:
    """A hundred times kill -9 at a random moment of the issue: the next command gives the same numbers and bytes."""
    chance = random.Random(2026)
    expected, wanted = numbers(issued), state(issued / "out")
    command = [sys.executable, "-m", "chargeback.cli.app", "issue", PERIOD, "--date", ON]
    started = time.monotonic()
    shutil.copytree(pristine, tmp_path / "whole")
    subprocess.run([*command[:3], "-C", str(tmp_path / "whole"), *command[3:]], check=True, capture_output=True)
    longest = time.monotonic() - started
    for turn in range(int(os.environ.get("CHARGEBACK_KILLS", "100"))):
        root = copied(pristine, tmp_path / str(turn))
        process = subprocess.Popen(
            [*command[:3], "-C", str(root), *command[3:]], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        time.sleep(chance.uniform(0.2, 1.0) * longest)
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert issue(root) == 0
        assert numbers(root) == expected
        assert state(root / "out") == wanted
        shutil.rmtree(root)


@slow
def test_the_sample_can_be_completed_and_issued(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The shipped example gets invented addresses and its month is issued: two gapless series, contributions apart.

    Its pages are drawn and checked behind the switch.
    """
    from chargeback.workflows.new_workspace import new_workspace

    if not SLOW:
        undrawn(monkeypatch)

    root = complete(new_workspace(tmp_path / "w"))
    assert issue(root, "2026-11-05", "2026-10") == 0
    found = numbers(root)
    for letter in "CF":
        own = [n for n in found if n.startswith(letter)]
        assert own == [f"{letter}2026-{n:05d}" for n in range(1, len(own) + 1)]
    assert {n[0] for n in found} == {"C", "F"}
