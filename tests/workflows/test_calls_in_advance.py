"""Calls in advance: instalments issued at the start of their month, what is measured issued at its end, in any order of
the data; the same charges as one issue at the end makes."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from kit.late_office import Office, put, usage, workspace

NETWORK = """id = "network"
kind = "allocation"
label = { fr = "Réseau", en = "Network" }
service = "shared"
vat = "contributions"
pool = "backbone"

[[version]]
valid_from = 2026-01-01
references = [{ title = "Decision 1" }]
billing = "instalments"
calls = "advance"
keys = [{ quantity = { driver = "population" } }]
"""
Found = list[tuple[str, str, str, int]]


def office(root: Path, capsys: pytest.CaptureFixture[str], *, mixed: bool = True, settings: str = "") -> Office:
    """The small syndicate, its backbone called by twelfths of 3,600.00: 200.00 of Cergy and 100.00 of Écouen a month;
    without ``mixed`` there is nothing else."""
    workspace(root, settings=settings)
    (root / "tariffs" / "network.toml").write_text(NETWORK, encoding="utf-8")
    put(root, budget__2026="year,pool,amount\n2026,backbone,3600.00\n")
    if not mixed:
        for name in ("storage", "seats"):
            (root / "tariffs" / f"{name}.toml").unlink()
    return Office(root, capsys)


def november(root: Path) -> None:
    """Use of November: Cergy 100, Écouen 40; costs that the true-up counts."""
    put(root, usage__november=usage("2026-11", ("cergy", "100"), ("ecouen", "40")))
    put(root, costs__november="period,pool,account,label,amount,document\n2026-11,backbone,611,Line,310.00,X\n")


def charged(entries: list[dict[str, Any]]) -> Found:
    """(month, member, rule, cents) of all that documents bill or carry and no document bills, by month."""
    found: dict[tuple[str, str, str], int] = defaultdict(int)
    for entry in entries:
        drawn = [line for name in ("documents", "carried_forward") for d in entry[name] for line in d["lines"]]
        own = [c for line in drawn if not line["carried_from"] for c in line["charges"]]
        for c in (*own, *entry["charges_without_document"]):
            found[c["adjusts"] or entry["period"], c["member_id"], c["rule"]] += c["amount"]
    return sorted((*key, cents) for key, cents in found.items())


def nets(entry: dict[str, Any]) -> list[tuple[str, int]]:
    """(payer, cents net) of the documents of an entry."""
    return [(d["payer"]["member_id"], sum(n["amount"] for n in d["lines"])) for d in entry["documents"]]


def without_siret(root: Path) -> str:
    """Take the SIRET of Écouen out of members.csv; the file as it was."""
    whole = (root / "members.csv").read_text("utf-8")
    row = next(line for line in whole.splitlines() if line.startswith("ecouen"))
    cells = row.split(",")
    cells[whole.splitlines()[0].split(",").index("siret")] = ""
    (root / "members.csv").write_text(whole.replace(row, ",".join(cells)), encoding="utf-8")
    return whole


def as_issued(of: Office) -> None:
    """Whether everything but the pages, which these tests do not draw, is as it was issued."""
    checks = json.loads(of.says("verify", "--json")[1])["checks"]
    assert "charges" in {check["check"] for check in checks}
    assert [check["faults"] for check in checks if check["check"] != "documents" and check["faults"]] == []


NOVEMBER = [
    ("2026-11", "cergy", "network", 20000),
    ("2026-11", "cergy", "seats", 5000),
    ("2026-11", "cergy", "storage", 10000),
    ("2026-11", "ecouen", "network", 10000),
    ("2026-11", "ecouen", "storage", 4000),
]


def test_instalments_are_issued_on_the_second_of_their_month(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Alone in the workspace they are the whole month: it is closed when it is over, and no use of it came late."""
    of = office(tmp_path, capsys, mixed=False)
    said = of.does("issue", "2026-11", "--date", "2026-11-02")
    assert said == "2026-11 is issued: 2 documents dated 2026-11-02, F2026-00001 to F2026-00002\n"
    assert charged(of.entries()) == [line for line in NOVEMBER if line[2] == "network"]
    assert "issued already" in of.does("issue", "2026-11", "--date", "2026-12-03")
    as_issued(of)
    code, _, err = of.says("close", "2026-11", "--date", "2026-11-10")
    assert (code, err) == (
        1,
        "2026-11 was issued in advance and is not over on 2026-11-10: 2026-11-10 is before the end of 2026-11: give "
        "--date 2026-11-30 or later\n",
    )
    put(tmp_path, costs__november="period,pool,account,label,amount,document\n2026-11,backbone,611,Line,310.00,X\n")
    of.does("close", "2026-11", "--date", "2026-12-03")
    as_issued(of)
    assert "late" not in of.does("check", "2026-12")


def test_what_is_measured_is_not_issued_before_the_end(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A month that may hold both is refused whole, with the family that may be called; so is a service."""
    of = office(tmp_path, capsys)
    begins = "2026-11-02 is before the end of 2026-11: give --date 2026-11-30 or later; "
    ends = "; --only contributions issues its calls in advance\n"
    assert of.says("issue", "2026-11", "--date", "2026-11-02") == (
        1,
        "",
        f"{begins}what seats, storage charge is known at that end{ends}",
    )
    assert of.says("issue", "2026-11", "--only", "services", "--date", "2026-11-02")[2] == (
        f"{begins}what seats, storage charge is known at that end{ends}"
    )
    assert of.says("issue", "2026-11", "--only", "shared", "--date", "2026-11-02")[2] == (
        f"{begins}before that end a family is issued whole, no service{ends}"
    )
    assert of.says("issue", "2026-11", "--only", "contributions", "--date", "2026-10-31")[2] == (
        "2026-10-31 is before 2026-11 begins: give --date 2026-11-01 or later\n"
    )
    assert not (tmp_path / "out").exists()


def test_a_family_with_both_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Seats in the family of the calls: one document would hold both."""
    of = office(tmp_path, capsys)
    path = tmp_path / "tariffs" / "seats.toml"
    path.write_text(path.read_text("utf-8").replace('"services"', '"contributions"'), encoding="utf-8")
    assert of.says("issue", "2026-11", "--only", "contributions", "--date", "2026-11-02")[2] == (
        "2026-11-02 is before the end of 2026-11: give --date 2026-11-30 or later; what seats charges is known at that "
        "end; calls in advance need a regime of [vat.*] of their own\n"
    )


def test_the_rest_is_issued_at_the_end_as_one_issue_would(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Called on 2 November, the use of November loaded since, issued on 3 December: every charge once, nothing late."""
    of = office(tmp_path, capsys)
    of.does("issue", "2026-11", "--only", "contributions", "--date", "2026-11-02")
    assert charged(of.entries()) == [line for line in NOVEMBER if line[2] == "network"]
    as_issued(of)
    november(tmp_path)
    as_issued(of)
    assert "issued already" in of.does("issue", "2026-11", "--date", "2026-11-20")
    code, _, err = of.says("close", "2026-11", "--date", "2026-12-03")
    assert (code, err) == (
        1,
        "2026-11 cannot be closed: it was issued in advance, and what is known at its end is not issued; "
        "`chargeback issue 2026-11` issues it\n",
    )
    of.does("issue", "2026-11", "--date", "2026-12-03")
    assert charged(of.entries()) == NOVEMBER
    dates = [(d["number"], d["issue_date"]) for entry in of.entries() for d in entry["documents"]]
    assert dates == [
        ("F2026-00001", "2026-11-02"),
        ("F2026-00002", "2026-11-02"),
        ("F2026-00003", "2026-12-03"),
        ("F2026-00004", "2026-12-03"),
    ]
    of.does("close", "2026-11", "--date", "2026-12-03")
    as_issued(of)
    assert "late" not in of.does("check", "2026-12")
    assert of.adjustments("2026-12") == []


def test_a_quarter_is_called_at_its_start(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """On 2 October one document for three instalments; what is measured is carried, and billed with the last month."""
    of = office(tmp_path, capsys, settings='frequency = "quarter"')
    of.does("issue", "2026-Q4", "--only", "contributions", "--date", "2026-10-02")
    assert [net for entry in of.entries() for net in nets(entry)] == [("cergy", 60000), ("ecouen", 30000)]
    as_issued(of)
    november(tmp_path)
    of.does("issue", "2026-10", "--date", "2026-10-31")
    of.does("issue", "2026-11", "--date", "2026-11-30")
    of.does("close", "2026-10")
    of.does("close", "2026-11")
    of.does("issue", "2026-12", "--date", "2026-12-31")
    assert nets(of.entries()[-1]) == [("cergy", 25000), ("ecouen", 4000)]
    assert charged(of.entries()) == sorted(
        [(month, *line[1:]) for month in ("2026-10", "2026-12") for line in NOVEMBER if line[2] != "storage"] + NOVEMBER
    )
    as_issued(of)
    put(tmp_path, budget__2027="year,pool,amount\n2027,backbone,3600.00\n")
    of.does("close", "2026-12")
    assert of.adjustments("2027-01") == []


def test_a_call_that_fails_waits_beside_what_is_measured(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Écouen has no SIRET on 2 November: its call is withheld, and issued with the rest once it has one."""
    of = office(tmp_path, capsys)
    whole = without_siret(tmp_path)
    command = ("issue", "2026-11", "--only", "contributions", "--skip-invalid", "--date", "2026-11-02")
    assert of.says(*command)[0] == 1
    (tmp_path / "members.csv").write_text(whole, encoding="utf-8")
    november(tmp_path)
    of.does("issue", "2026-11", "--date", "2026-12-03")
    assert charged(of.entries()) == NOVEMBER
    of.does("close", "2026-11")
    as_issued(of)


def test_a_true_up_that_was_withheld_is_billed_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """1,800.00 in December 2025, of which 100.00 were called: two thirds and one third of 1,700.00, in February. Écouen
    lacks its SIRET then, and is billed 566.67, not twice that, with its instalment of 33.33 once it has one."""
    of = office(tmp_path, capsys, mixed=False)
    put(tmp_path, budget__2025="year,pool,amount\n2025,backbone,1200.00\n2026,backbone,1200.00\n")
    (tmp_path / "budget" / "2026.csv").unlink()
    put(tmp_path, costs__year="period,pool,account,label,amount,document\n2025-12,backbone,611,Line,1800.00,X\n")
    path = tmp_path / "tariffs" / "network.toml"
    path.write_text(NETWORK.replace("2026-01-01", "2025-01-01").replace('calls = "advance"\n', ""), encoding="utf-8")
    settings = tmp_path / "chargeback.toml"
    since = '\n[true_up]\n2025 = "2026-02"\n\n[true_up.since]\nbackbone = "2025-12"\n'
    settings.write_text(settings.read_text("utf-8") + since, encoding="utf-8")
    of.close("2025-12")
    whole = without_siret(tmp_path)
    assert of.says("issue", "2026-02", "--skip-invalid", "--date", "2026-03-05")[0] == 1
    (tmp_path / "members.csv").write_text(whole, encoding="utf-8")
    of.does("issue", "2026-02", "--date", "2026-03-06")
    assert [nets(entry) for entry in of.entries()[-2:]] == [[("cergy", 120000)], [("ecouen", 60000)]]
