"""The wheel carries what it needs and nothing a run has written; the README's commands work as pasted."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from kit.paths import ROOT
from kit.slow import slow

SHIPPED = ("tariffs", "reports", "sample_data")


def tracked(*folders: str) -> list[str]:
    """What git tracks, when this is a repository."""
    listed = subprocess.run(["git", "-C", str(ROOT), "ls-files", "-z", "--", *folders], capture_output=True, text=True)
    return [name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from a copy in which a run has left its files."""
    copy = tmp_path_factory.mktemp("source") / "chargeback"
    for name in tracked("."):
        target = copy / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, target)
    for name in ("sample_data/out/2026-10/charges.csv", "sample_data/chargeback.duckdb"):
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        (copy / name).write_text("left by a run", encoding="utf-8")
    target = copy.parent / "dist"
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        "-c",
        "constraints.txt",
        "-w",
        str(target),
        ".",
    ]
    subprocess.run(command, cwd=copy, check=True)
    return next(target.glob("*.whl"))


@slow
def test_the_wheel_lists_tracked_files_only(wheel: Path) -> None:
    """Every tracked rule, wording, font and sample file is in it, and nothing else; the sample year stays in the
    repository."""
    names = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    shipped = {name for name in tracked(*SHIPPED) if not name.startswith("sample_data/year/")}
    expected = {f"chargeback/_shipped/{name}" for name in shipped} | set(tracked("chargeback"))
    assert names == expected


@slow
def test_an_installed_wheel_works_outside_the_repository(wheel: Path, tmp_path: Path) -> None:
    """init from the wheel alone makes a workspace that check accepts."""
    place = tmp_path / "site"
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(place), str(wheel)]
    subprocess.run(command, check=True, cwd=tmp_path)
    environment = {**os.environ, "PYTHONPATH": str(place)}
    for arguments in (["init", "mine"], ["-C", "mine", "check", "2026-10"]):
        done = subprocess.run(
            [sys.executable, "-m", "chargeback.cli.app", *arguments],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
    assert "[paths]" not in (tmp_path / "mine" / "chargeback.toml").read_text(encoding="utf-8")
    assert (tmp_path / "mine" / "tariffs").is_dir()
    assert (tmp_path / "mine" / "reports" / "fr").is_dir()


def blocks(text: str) -> list[tuple[str, str]]:
    """(language, content) of every fenced block."""
    return re.findall(r"```(\w*)\n(.*?)```", text, re.DOTALL)


@pytest.mark.skipif(not os.environ.get("CHARGEBACK_CI"), reason="makes an environment: CHARGEBACK_CI=1 runs it")
def test_the_first_block_of_the_readme_runs_as_pasted(tmp_path: Path) -> None:
    """A plain sh block that makes its own environment, asks nothing, and leaves the month's documents."""
    for name in tracked("."):
        target = tmp_path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, target)
    language, script = blocks((ROOT / "README.md").read_text(encoding="utf-8"))[0]
    assert language == "sh"
    done = subprocess.run(
        ["sh", "-eu", "-c", script], cwd=tmp_path, stdin=subprocess.DEVNULL, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "sample_data/out/2026-10/charges.csv").is_file()
    assert (tmp_path / "sample_data/out/2026-10/finance.xlsx").is_file()


def test_the_continuous_check_runs_the_test_command_of_the_readme() -> None:
    """.ci/run runs tools/check with the switch, which runs the README's test command."""
    command = blocks((ROOT / "README.md").read_text(encoding="utf-8"))[1][1].splitlines()[-1]
    words = ", ".join(f'"{word}"' for word in command.removeprefix(".venv/bin/python -m ").split())
    assert f"TESTS = ({words})\n" in (ROOT / "tools/check").read_text(encoding="utf-8")
    assert 'python" tools/check --slow' in (ROOT / ".ci/run").read_text(encoding="utf-8")


def mutation_testing() -> dict[str, list[str]]:
    """[tool.mutmut] of pyproject.toml."""
    found: dict[str, list[str]] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["mutmut"]
    return found


@pytest.mark.parametrize("name", mutation_testing()["pytest_add_cli_args_test_selection"])
def test_mutation_testing_runs_tests_that_exist(name: str) -> None:
    """Each file of tests that it names is there, and has the function where it names one."""
    path, _, function = name.partition("::")
    text = (ROOT / path).read_text(encoding="utf-8")
    assert not function or f"\ndef {function}(" in text


@pytest.mark.parametrize("pattern", mutation_testing()["only_mutate"])
def test_mutation_testing_changes_modules_that_exist(pattern: str) -> None:
    """Each module, or pattern of modules, that decides about money is there."""
    assert list(ROOT.glob(pattern)) != []


def test_what_contributing_names_is_there() -> None:
    """Every file, folder and link of CONTRIBUTING.md, and every test and script in its commands."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    named = set(re.findall(r"\]\(([^):#]+)\)|((?:tests|tools)/(?:[\w/]+\.\w+|\w+))", text))
    paths = {path for found in named for path in found if path}
    assert len(paths) > 20
    assert sorted(path for path in paths if not (ROOT / path).exists()) == []
