"""issue --skip-invalid: failing documents wait, the others are numbered without a gap, and those are issued once
mended."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import chargeback.ledger.issuing
import chargeback.ledger.ledger_file
import chargeback.ledger.supplementary_issue
from chargeback.cli.app import main
from chargeback.exports.from_ledger import issued_of_period
from chargeback.ledger.issued_months import after_corrections
from chargeback.ledger.unissued import without_number
from chargeback.model.month import Month
from chargeback.model.period import Period
from chargeback.workflows.session import loaded
from kit.issuable_scenarios import scenario
from kit.issuing import ON, PERIOD, Crash, crashing, edit, entries, numbers, state
from kit.slow import slow, some

LATER = "2026-10-09"
RATE, WRONG = 'rate = "20.00"', 'rate = "19.00"'  # of the regime services
LACKS = "members.csv:7: a document for firm needs address: fill in this row"
LAST_ASIDE = "2 documents set aside: mend, then `chargeback issue 2026-09` issues them"


@pytest.fixture(scope="module")
def failing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of five documents, two may not be issued: that of firm (no address), and of sem95 the one that is taxed (at no
    rate of France)."""
    root = scenario("regimes-by-member-and-a-payer", tmp_path_factory.mktemp("failing") / "w")
    rows = (root / "members.csv").read_text(encoding="utf-8").splitlines()
    rows = [r.replace("1 rue de la Mairie", "") if r.startswith("firm,") else r for r in rows]
    (root / "members.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    edit(root / "chargeback.toml", RATE, WRONG)
    return root


@pytest.fixture(scope="module")
def skipped(failing: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The month issued without the failing ones; tests that write copy it."""
    root = tmp_path_factory.mktemp("skipped") / "w"
    shutil.copytree(failing, root)
    assert skip(root) == 1
    return root


@pytest.fixture
def root(skipped: Path, tmp_path: Path) -> Path:
    """A copy to write in."""
    return copied(skipped, tmp_path / "w")


def copied(source: Path, target: Path) -> Path:
    shutil.copytree(source, target)
    return target


def issue(root: Path, *words: str, on: str = ON) -> int:
    return main(["-C", str(root), "issue", PERIOD, "--date", on, *words])


def skip(root: Path, *words: str, on: str = ON) -> int:
    return issue(root, "--skip-invalid", *words, on=on)


def close(root: Path, *words: str) -> int:
    return main(["-C", str(root), "close", PERIOD, *words])


def mend_firm(root: Path) -> None:
    """The address that firm lacks."""
    rows = (root / "members.csv").read_text(encoding="utf-8").splitlines()
    header = rows[0].split(",")
    cells = [row.split(",") for row in rows]
    own = next(row for row in cells if row[0] == "firm")
    own[header.index("address")] = "1 rue de la Mairie"
    (root / "members.csv").write_text("\n".join(map(",".join, cells)) + "\n", encoding="utf-8")


def mend(root: Path) -> None:
    """Everything that fails."""
    mend_firm(root)
    edit(root / "chargeback.toml", WRONG, RATE)


def named(documents: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
    """(number, payer, regime) of documents of the ledger."""
    return [(d["number"], d["payer"]["member_id"], d["regime"]["name"]) for d in documents]


def months(root: Path) -> tuple[Month, Month]:
    """The month as billed, and as it is today."""

    period = Period.parse(PERIOD)
    with loaded(root, write=False) as (books, _):
        before = after_corrections(books.store.connection, period, books.inputs.settings)
        now = books.month(period)
    assert before is not None
    return before, now


def test_one_failing_payer_stops_the_whole_issue(
    failing: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without the option nothing is issued: no ledger, no number, no file; the first kind of problem is told."""
    root = copied(failing, tmp_path / "w")
    before = state(root)
    assert issue(root) == 1
    assert capsys.readouterr().err == f"{LACKS}\n"
    assert {path: content for path, content in state(root).items() if path != "chargeback.duckdb"} == before


@slow
def test_the_others_are_issued_without_a_gap(failing: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What fails is told with its row and mend and waits; the exit code is 1, the month is issued nevertheless."""
    root = copied(failing, tmp_path / "w")
    assert skip(root) == 1
    assert capsys.readouterr().err.splitlines() == [
        "chargeback.toml:20: the documents under [vat.services] would not be accepted: the VAT rate is none of France "
        "(BR-FR-16, BT-119 VAT rate); correct rate in [vat.services]",
        LACKS,
        "2026-09 is issued: 3 documents dated 2026-10-05, F2026-00001 to F2026-00003, 2 documents set aside",
        LAST_ASIDE,
    ]
    (entry,) = entries(root)
    assert named(entry["documents"]) == [
        ("F2026-00001", "agglo", "contributions"),
        ("F2026-00002", "agglo", "cost-sharing"),
        ("F2026-00003", "sem95", "contributions"),
    ]
    assert named(entry["withheld"]) == [("", "firm", "services"), ("", "sem95", "services")]
    files = sorted(p.name for p in (root / "out" / PERIOD / "invoices").iterdir())
    assert files == ["F2026-00001.pdf", "F2026-00002.pdf", "F2026-00003.pdf"]


def test_the_month_as_billed_is_whole(skipped: Path) -> None:
    """The charges set aside are among those billed, in charges.csv, in the comparison and in verify: no cent is
    lost."""
    before, now = months(skipped)
    assert before.charges == now.charges
    assert [(d.payer.member_id, d.gross) for d in before.drawn_up] == [
        (d.payer.member_id, d.gross) for d in now.documents
    ]
    rows = (skipped / "out" / PERIOD / "charges.csv").read_text(encoding="utf-8").splitlines()
    assert len(rows) - 1 == len(now.charges)
    assert main(["-C", str(skipped), "verify"]) == 0


def test_the_run_of_the_month_says_what_waits(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It comes to the same, as the month is whole."""
    assert main(["-C", str(root), "run", PERIOD]) == 0
    assert capsys.readouterr().err == (
        "2026-09 was issued on 2026-10-05, 2 documents set aside: computed again it comes to the same, nothing "
        "is written\n"
    )


def test_what_waits_is_explained(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A document set aside by its name, and its member, as the lines of any other."""
    for asked in ("firm-services", "firm"):
        capsys.readouterr()
        assert main(["-C", str(root), "explain", asked, "--period", PERIOD]) == 0
        assert "8,005" in capsys.readouterr().out


def test_as_json(failing: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """--json lists what is set aside, and why."""
    root = copied(failing, tmp_path / "w")
    edit(root / "chargeback.toml", WRONG, RATE)
    assert skip(root, "--json") == 1
    told = capsys.readouterr()
    data = json.loads(told.out)
    assert [d["number"] for d in data["documents"]] == [f"F2026-0000{n}" for n in range(1, 5)]
    assert data["aside"] == [
        {"kind": "invoice", "payer": "firm", "regime": "services", "net": "15.00", "vat": "3.00", "gross": "18.00"}
    ]
    assert data["problems"] == [
        {"where": "members.csv:7", "message": LACKS.partition(": ")[2], "code": "issue-needs-payer"}
    ]
    assert told.err.splitlines()[-1] == "1 document set aside: mend, then `chargeback issue 2026-09` issues it"


@slow
def test_several_processes_withhold_the_same(skipped: Path, failing: Path, tmp_path: Path) -> None:
    """--jobs 2 gives the same numbers, files and ledger, byte for byte."""
    root = copied(failing, tmp_path / "w")
    assert skip(root, "--jobs", "2") == 1
    assert state(root / "out") == state(skipped / "out")


@slow
def test_nothing_failing_is_a_plain_issue(failing: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The option changes nothing where all is well: the same bytes, and exit code 0."""
    plain, other = copied(failing, tmp_path / "plain"), copied(failing, tmp_path / "other")
    mend(plain)
    mend(other)
    assert issue(plain) == 0
    capsys.readouterr()
    assert skip(other) == 0
    assert capsys.readouterr().err.endswith("F2026-00001 to F2026-00005\n")
    assert state(other / "out") == state(plain / "out")


def test_what_the_operator_lacks_refuses_all(failing: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A setting that every document needs is no reason to set them all aside."""
    root = copied(failing, tmp_path / "w")
    edit(root / "chargeback.toml", 'city = "Exempleville"\n', "")
    assert skip(root) == 1
    assert capsys.readouterr().err == ("chargeback.toml:1: a document names who bills: give city in [operator]\n")
    assert not (root / "out").exists()


def test_when_all_fail_nothing_is_issued(failing: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """No document is left: the problems are told and nothing is written."""
    root = copied(failing, tmp_path / "w")
    rows = (root / "members.csv").read_text(encoding="utf-8").replace("1 rue de la Mairie", "")
    (root / "members.csv").write_text(rows, encoding="utf-8")
    assert skip(root) == 1
    assert [line.partition(" needs ")[0] for line in capsys.readouterr().err.splitlines()] == [
        f"members.csv:{line}: a document for {payer}" for line, payer in ((2, "agglo"), (6, "sem95"), (7, "firm"))
    ]
    assert not (root / "out").exists()


def test_what_was_withheld_is_issued_once_mended(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The next numbers, their own date, an entry and files of their own; nothing that was there changes; then all is
    whole."""
    mend(root)
    before = state(root / "out")
    capsys.readouterr()
    assert issue(root, on=LATER) == 0
    assert capsys.readouterr().err == (
        "2026-09 is issued: 3 documents dated 2026-10-05, F2026-00001 to F2026-00003, and since then F2026-00004 to "
        "F2026-00005\n"
    )
    entry = entries(root)[1]
    assert (entry["kind"], entry["entry_date"], entry["withheld"]) == ("supplementary", LATER, [])
    assert named(entry["documents"]) == [
        ("F2026-00004", "firm", "services"),
        ("F2026-00005", "sem95", "services"),
    ]
    after = state(root / "out")
    assert after.keys() - before.keys() == {f"corrections/F2026-0000{n}.pdf" for n in (4, 5)}
    assert {p: h for p, h in after.items() if p in before and p != "ledger.jsonl"} == {
        p: h for p, h in before.items() if p != "ledger.jsonl"
    }
    billed_, now = months(root)
    assert billed_.charges == now.charges
    assert (billed_.withheld, {d.gross for d in billed_.documents}) == ((), {d.gross for d in now.documents})
    assert issue(root, on="2026-11-30") == 0
    assert capsys.readouterr().err.endswith("and since then F2026-00004 to F2026-00005; nothing changed\n")


def test_verify_knows_documents_issued_later(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Their files, their bytes drawn again, and the charges of the whole month."""
    mend(root)
    assert issue(root, on=LATER) == 0
    capsys.readouterr()
    assert main(["-C", str(root), "verify", PERIOD]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "ok  ledger     2 entries, each with the hash of the one before",
        "ok  numbers    5 numbers in 1 series, no gap, dates in their order",
        "ok  files      out/2026-09: 12 files as issued",
        "ok  files      out/corrections: 2 files as issued",
        "ok  charges    2026-09: 11 charges computed again, as billed",
        "ok  documents  2026-09: 3 documents, as the ledger says; not drawn again, as the program, "
        "chargeback.toml or the wording "
        "is not that of the day",
        "ok  documents  F2026-00004 to F2026-00005: 2 documents, drawn again byte for byte",
    ]


@slow
def test_what_still_fails_waits_again(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without the option nothing happens; with it the mended ones are issued and the others wait; nothing left is
    refused."""
    assert skip(root, on=LATER) == 1
    edit(root / "chargeback.toml", WRONG, RATE)
    assert issue(root, on=LATER) == 1
    assert numbers(root) == ["F2026-00001", "F2026-00002", "F2026-00003"]
    capsys.readouterr()
    assert skip(root, on=LATER) == 1
    assert capsys.readouterr().err.splitlines()[-2:] == [
        "2026-09 is issued: 3 documents dated 2026-10-05, F2026-00001 to F2026-00003, and since then "
        "F2026-00004, 1 document "
        "set aside",
        "1 document set aside: mend, then `chargeback issue 2026-09` issues it",
    ]
    assert named(entries(root)[1]["documents"]) == [("F2026-00004", "sem95", "services")]
    assert named(entries(root)[1]["withheld"]) == [("", "firm", "services")]
    assert main(["-C", str(root), "verify"]) == 0
    mend_firm(root)
    assert issue(root, on="2026-10-12") == 0
    assert numbers(root) == [f"F2026-0000{n}" for n in range(1, 6)]
    assert main(["-C", str(root), "verify"]) == 0


def test_their_dates_do_not_go_back(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A number follows the last of its series in date too."""
    mend(root)
    capsys.readouterr()
    assert issue(root, on="2026-10-02") == 1
    assert capsys.readouterr().err.startswith("2026-10-02 is before 2026-10-05, the date of the last number")
    assert len(entries(root)) == 1


def test_the_mend_may_change_their_amounts(root: Path) -> None:
    """They are drawn up from today's data: the reading of firm is 90 hours, the rest of the month as it was billed."""
    mend(root)
    edit(root / "usage/h.csv", "8.005", "90")
    assert issue(root, on=LATER) == 0
    own = entries(root)[1]["documents"][0]
    assert (own["payer"]["member_id"], own["vat_lines"][0]["net"]) == ("firm", 13500)
    before, now = months(root)
    assert before.charges == now.charges
    assert main(["-C", str(root), "verify"]) == 0


def test_the_rest_must_be_as_billed(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A cost booked since moves what others were billed: nothing is issued until it is put back."""
    mend(root)
    costs = root / "costs/2026-09.csv"
    rows = costs.read_text(encoding="utf-8").splitlines()
    costs.write_text("\n".join([*rows, rows[-1]]) + "\n", encoding="utf-8")
    capsys.readouterr()
    assert issue(root, on=LATER) == 1
    assert capsys.readouterr().err == (
        "2026-09 was issued and would differ today in more than what was set aside: `chargeback run 2026-09` "
        "shows what; "
        "put that back, then `chargeback issue 2026-09` issues the rest\n"
    )
    assert len(entries(root)) == 1


@slow
def test_a_document_issued_later_is_credited_and_corrected(root: Path) -> None:
    """As any other of its month."""
    mend(root)
    assert issue(root, on=LATER) == 0
    words = ["--reason", "a wrong reading", "--date", "2026-10-12", "--yes"]
    assert main(["-C", str(root), "credit", "F2026-00005", "--kind", "error", *words]) == 0
    edit(root / "usage/h.csv", "8.005", "90")
    assert main(["-C", str(root), "correct", "F2026-00004", *words]) == 0
    assert numbers(root)[5:] == ["A2026-00001", "A2026-00002", "F2026-00006"]
    assert main(["-C", str(root), "explain", "F2026-00005"]) == 0
    assert main(["-C", str(root), "verify"]) == 0


def test_a_month_is_closed_when_all_is_issued_or_a_reason_given(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without a reason it stays open; with one it closes and the ledger keeps why; what is still to bill is issued
    later, as it was set aside, with its pages and files."""
    assert close(root) == 1
    assert capsys.readouterr().err == (
        "2026-09 cannot be closed: 2 documents set aside and not issued (firm under [vat.services], sem95 under "
        "[vat.services]); mend, then `chargeback issue 2026-09` issues them, or say with --reason why they stay to "
        "bill after the closing\n"
    )
    assert close(root, "--reason", "no") == 1
    assert len(entries(root)) == 1
    assert close(root, "--reason", "an address  to come", "--yes") == 0
    assert [(e["kind"], e["reason"]) for e in entries(root)] == [("issue", ""), ("close", "an address to come")]
    mend(root)
    capsys.readouterr()
    assert issue(root, on=LATER) == 0
    assert ", and since then F2026-00004 to F2026-00005, closed on " in capsys.readouterr().err
    assert [(d["payer"]["member_id"], d["vat_lines"][0]["net"]) for d in entries(root)[2]["documents"]] == [
        ("firm", 1500),
        ("sem95", 1614),
    ]
    assert main(["-C", str(root), "verify"]) == 0


def test_a_month_whose_rest_was_issued_is_closed(root: Path) -> None:
    """Nothing waits: no reason is needed."""
    mend(root)
    assert issue(root, on=LATER) == 0
    assert close(root) == 0


@slow
def test_finance_takes_over_what_was_issued_later(root: Path) -> None:
    """With its file; what waits has no number until it is issued, or given up by an act; a closing ends nothing."""
    period = Period.parse(PERIOD)

    def told() -> tuple[list[tuple[str, str]], list[str]]:
        with loaded(root, write=False) as (books, _):
            con, settings = books.store.connection, books.inputs.settings
            of_period = issued_of_period(con, period, settings)
            assert of_period is not None
            return [(h.document.slug, h.path) for h in of_period], [d.slug for d, _ in without_number(con, settings)]

    first = [
        ("agglo-contributions", "out/2026-09/invoices/F2026-00001.pdf"),
        ("agglo-cost-sharing", "out/2026-09/invoices/F2026-00002.pdf"),
        ("sem95-contributions", "out/2026-09/invoices/F2026-00003.pdf"),
    ]
    assert told() == (first, ["firm-services", "sem95-services"])
    edit(root / "chargeback.toml", WRONG, RATE)
    assert skip(root, on=LATER) == 1
    second = [*first, ("sem95-services", "out/corrections/F2026-00004.pdf")]
    assert told() == (second, ["firm-services"])
    assert close(root, "--reason", "an address to come", "--yes") == 0
    assert told() == (second, ["firm-services"])
    words = ("--act", "Délibération 12", "--date", "2026-12-01", "--yes")
    assert main(["-C", str(root), "waive", PERIOD, *words]) == 0
    assert told() == (second, [])


STEPS: dict[str, tuple[Any, str]] = {
    "drawing documents": (chargeback.ledger.supplementary_issue, "allotted"),
    "writing the folder": (chargeback.ledger.supplementary_issue, "write_out"),
    "the entry": (chargeback.ledger.supplementary_issue, "append"),
    "after the transaction": (chargeback.ledger.issuing, "finish"),
    "moving the files": (chargeback.ledger.ledger_file, "folder_to_disk"),
    "the line": (chargeback.ledger.ledger_file, "write_lines"),
}


@pytest.fixture(scope="module")
def whole(skipped: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The month with the rest issued too."""
    root = copied(skipped, tmp_path_factory.mktemp("whole") / "w")
    mend(root)
    assert issue(root, on=LATER) == 0
    return root


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("step", some(list(STEPS), 4))
def test_a_crash_at_a_step_leaves_no_hole_and_no_double(
    root: Path, whole: Path, monkeypatch: pytest.MonkeyPatch, step: str, after: bool
) -> None:
    """Whatever was interrupted, the next command brings it to an end or undoes it: the same bytes either way."""
    mend(root)
    where, name = STEPS[step]
    crash: Callable[..., Any] = crashing(after, getattr(where, name))
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
            issue(root, on=LATER)
    assert main(["-C", str(root), "load"]) == 0
    assert issue(root, on=LATER) == 0
    assert numbers(root) == numbers(whole)
    assert state(root / "out") == state(whole / "out")
