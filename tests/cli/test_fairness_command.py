"""The command ``fairness``: what it prints, as text and as JSON; what it writes; what it refuses."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from chargeback.cli.app import main
from chargeback.cli.fairness import json_of
from chargeback.cli.fairness_text import text_of
from chargeback.model.fairness import Division
from chargeback.workspace.reports.wording import read_wording
from kit.fair_months import DAM, NUCLEOLUS, SHAPLEY, dam, division, with_games
from kit.golden import same_as_golden
from kit.issuable_scenarios import complete
from kit.paths import SCENARIOS
from kit.pdf_text import pages, whole
from kit.slow import slow

FR, EN = read_wording("fr_FR"), read_wording("en_GB")
PERIOD = "2026-09"
Copy = Callable[[str], Path]


def tree(root: Path) -> dict[str, bytes]:
    """Every file of a workspace with its content."""
    return {p.relative_to(root).as_posix(): p.read_bytes() for p in sorted(root.rglob("*")) if p.is_file()}


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    """Makes a copy of a scenario's workspace."""

    def made(scenario: str) -> Path:
        return Path(shutil.copytree(SCENARIOS / scenario, tmp_path / scenario))

    return made


@pytest.fixture
def valley(copy: Copy) -> Path:
    """The dam of the Tennessee Valley, shared by the nucleolus alone."""
    root = copy("tennessee-valley-three-methods")
    for name in ("shapley", "scrb"):
        (root / "tariffs" / f"{name}.toml").unlink()
    costs = next((root / "costs").glob("*.csv"))
    kept = [line for line in costs.read_text().splitlines() if "pool-nucleolus" in line or line.startswith("period")]
    costs.write_text("\n".join(kept) + "\n")
    return root


@pytest.fixture
def issuable(valley: Path) -> Path:
    """The same with all that documents need."""
    return complete(valley)


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Runs the program: exit code, stdout, stderr."""

    def run(root: Path, *command: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = main(["-C", str(root), *command])
        out, err = capsys.readouterr()
        return code, out, err

    return run


@pytest.mark.parametrize("locale", ["fr_FR", "en_GB"])
def test_the_whole_report(valley: Path, said: Any, locale: str) -> None:
    """Everything that is printed of the dam, in the language of the workspace; nothing is written."""
    settings = valley / "chargeback.toml"
    settings.write_text(re.sub(r'locale = ".*"', f'locale = "{locale}"', settings.read_text()))
    before = tree(valley)
    code, out, err = said(valley, "fairness", PERIOD)
    assert (code, err) == (0, "")
    same_as_golden(f"fairness-{locale[:2]}.txt", out)
    assert tree(valley) == before


def test_the_report_as_data(valley: Path, said: Any) -> None:
    """Amounts as text in the currency, one entry per game, member and division."""
    code, out, err = said(valley, "fairness", PERIOD, "--json")
    assert (code, err) == (0, "")
    report = json.loads(out)
    (game,) = report.pop("games")
    assert report == {"period": PERIOD, "issued": False, "currency": "EUR"}
    divisions = {d["method"]: d for d in game.pop("divisions")}
    assert game == {
        "game": "dam",
        "curve": False,
        "rules": ["nucleolus"],
        "versions": ["2026-01-01"],
        "pools": ["pool-nucleolus"],
        "method": "nucleolus",
        "amount": "412584.00",
        "outside": "0.00",
        "together": "412584.00",
        "looked_at": 7,
        "looked_how": "all",
        "certain": True,
        "dearer": None,
        "members": [
            {"member_id": "flood-control", "alone": "140826.00", "pays": "93540.00", "saves": "47286.00"},
            {"member_id": "navigation", "alone": "163520.00", "pays": "116234.00", "saves": "47286.00"},
            {"member_id": "power", "alone": "250096.00", "pays": "202810.00", "saves": "47286.00"},
        ],
    }
    assert list(divisions) == ["charged", "shapley", "nucleolus", "scrb", "proportional"]
    assert divisions["charged"] == {
        "method": "charged",
        "in_core": True,
        "blocked": 0,
        "unsolved": None,
        "shares": {"flood-control": "93540.00", "navigation": "116234.00", "power": "202810.00"},
        "standard_errors": None,
        "blocking": [],
    }
    assert divisions["shapley"]["shares"] == {p: f"{cents / 100:.2f}" for p, cents in sorted(SHAPLEY.items())}


def test_groups_errors_and_what_has_no_result_as_data() -> None:
    """A group with what it pays too much, exact to a fraction of a cent; standard errors; why there is no result."""
    charged = division("charged", {p: share + 5000000 * (p == "power") for p, share in NUCLEOLUS.items()}, DAM)
    errors = {p: Fraction(1, 3) for p in NUCLEOLUS}
    others = (
        division("shapley", NUCLEOLUS, DAM, standard_errors=errors),
        Division("nucleolus", {}, unsolved="Too many."),
    )
    (game,) = json_of(with_games(replace(dam(), divisions=(charged, *others))), issued=True)["games"]
    first, sampled, unsolved = game["divisions"]
    assert first["blocked"] == 2
    assert first["blocking"][0] == {
        "coalition": ["flood-control", "navigation", "power"],
        "pays": "462584.00",
        "alone": "412584.00",
        "excess": "50000.00",
    }
    assert sampled["standard_errors"] == dict.fromkeys(sorted(NUCLEOLUS), "0.003333")
    assert (unsolved["in_core"], unsolved["unsolved"], unsolved["shares"]) == (False, "Too many.", {})


def test_estimates_have_their_error() -> None:
    """A sampled share is printed with its standard error, an exact one without."""
    errors = {"power": Fraction(125)}
    game = replace(dam(), divisions=(dam().charged, division("shapley", SHAPLEY, DAM, standard_errors=errors)))
    said = "\n".join(text_of(with_games(game), True, EN))
    assert "€193,998.50 ± €1.25" in said
    assert "€117,829.00 ±" not in said
    assert said.startswith("Fairness, October 2026 (as billed)\n")
    assert max(len(line) for line in said.splitlines()) <= 100


def test_one_game_of_several(copy: Copy, said: Any) -> None:
    """``--game`` shows one; without it all are shown, in order of name."""
    root = copy("nobody-pays-more-than-alone")
    assert [g["game"] for g in json.loads(said(root, "fairness", PERIOD, "--json")[1])["games"]] == ["dear", "peleg"]
    only = json.loads(said(root, "fairness", PERIOD, "--json", "--game", "peleg")[1])["games"]
    assert [g["game"] for g in only] == ["peleg"]


def test_a_game_that_is_not_there_is_refused(copy: Copy, said: Any) -> None:
    """The message names the games of the month."""
    root = copy("nobody-pays-more-than-alone")
    code, out, err = said(root, "fairness", PERIOD, "--game", "perleg")
    assert (code, out) == (1, "")
    assert err == "there is no game 'perleg' in 2026-09: the games of the month are dear, peleg\n"


def test_a_month_without_a_game_says_how_to_have_one(copy: Copy, said: Any, tmp_path: Path) -> None:
    """No game is no error: it is said in words, and no page is written."""
    root = copy("remainder-ties-go-to-the-first-id")
    file = tmp_path / "page.pdf"
    code, out, err = said(root, "fairness", PERIOD, "--pdf", str(file))
    assert code == 0
    assert "Aucun jeu en septembre 2026" in out
    assert "standalone/costs.csv" in out
    assert err == f"2026-09 has no game: {file} is not written\n"
    assert not file.exists()
    assert json.loads(said(root, "fairness", PERIOD, "--json")[1])["games"] == []
    assert (
        said(root, "fairness", PERIOD, "--game", "dam")[2] == "there is no game 'dam' in 2026-09: the month has none\n"
    )


def test_the_pages_are_written_where_they_are_asked_for(valley: Path, said: Any, tmp_path: Path) -> None:
    """``--pdf`` writes the pages there and nothing in the workspace; a folder that is not there is one sentence."""
    file, before = tmp_path / "page.pdf", tree(valley)
    code, _, err = said(valley, "fairness", PERIOD, "--pdf", str(file))
    assert (code, err) == (0, f"written to {file}\n")
    (page,) = pages(file.read_bytes())
    assert "Partage nucleolus, septembre 2026" in page
    assert tree(valley) == before
    code, out, err = said(valley, "fairness", PERIOD, "--pdf", str(tmp_path / "nowhere" / "page.pdf"))
    assert (code, out) == (1, "")
    assert err == f"{tmp_path / 'nowhere' / 'page.pdf'}: no such file or directory: nothing was changed\n"


def test_run_writes_the_same_pages(valley: Path, said: Any, tmp_path: Path) -> None:
    """A run of a month with a game drafts fairness.pdf; a month without one has none."""
    assert said(valley, "run", PERIOD)[0] == 0
    assert said(valley, "fairness", PERIOD, "--pdf", str(tmp_path / "page.pdf"))[0] == 0
    draft_postings = valley / "out" / PERIOD / "fairness.pdf"
    assert draft_postings.read_bytes() == (tmp_path / "page.pdf").read_bytes()
    assert "PROJET" in whole(draft_postings.read_bytes())


@slow
def test_an_issued_month_is_reported_as_billed(issuable: Path, said: Any, tmp_path: Path) -> None:
    """After the issue the report says so, and its pages bear no mark; when it would differ today it is refused."""
    assert said(issuable, "issue", PERIOD, "--date", "2026-10-05")[0] == 0
    code, out, _ = said(issuable, "fairness", PERIOD, "--pdf", str(tmp_path / "page.pdf"))
    assert code == 0
    assert out.startswith("Équité, septembre 2026 (tel que facturé)\n")
    assert "PROJET" not in whole((tmp_path / "page.pdf").read_bytes())
    issued = (issuable / "out" / PERIOD / "fairness.pdf").read_bytes()
    assert issued == (tmp_path / "page.pdf").read_bytes()
    table = issuable / "standalone" / "costs.csv"
    table.write_text(table.read_text().replace("dam,power,250096.00", "dam,power,230096.00"))
    code, out, err = said(issuable, "fairness", PERIOD)
    assert (code, out) == (1, "")
    assert err == f"2026-09 was issued on 2026-10-05 and would differ today: `chargeback run {PERIOD}` shows what\n"
