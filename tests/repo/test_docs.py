"""The documentation is true: commands, outputs, links and modules that it names are what the program has."""

from __future__ import annotations

import ast
import re
from importlib.metadata import version
from pathlib import Path

import pytest

from kit.modules import MODULES, PURE
from kit.tools import ROOT, tool

DOCS = ROOT / "docs"
PAGES = (*sorted(DOCS.glob("*.md")), ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted(ROOT.glob("sample_data/*.md")))
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
CODE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


CLI_PAGE = tool("cli_page")
COMMANDS = CLI_PAGE.commands()


def read(page: Path) -> str:
    """The text of a page."""
    return page.read_text(encoding="utf-8")


def anchors(page: Path) -> set[str]:
    """The headings of a page as links name them."""
    headings = re.findall(r"^#+ (.+)$", CODE.sub("", read(page)), flags=re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_and_option_is_documented(command: str) -> None:
    """A command has a section in docs/cli.md that names each of its options."""
    section = read(DOCS / "cli.md").split(f"## chargeback {command}\n", 1)[1].split("\n## ")[0]
    options = set(re.findall(r"--[a-z][a-z-]*", CLI_PAGE.help_of(command)))
    assert options - set(re.findall(r"--[a-z][a-z-]*", section)) == set()


def test_the_command_page_is_what_help_says() -> None:
    """docs/cli.md is what tools/cli_page.py writes; its layout is that of the version of Typer in constraints.txt."""
    wanted = re.search(r"^typer==(.+)$", read(ROOT / "constraints.txt"), flags=re.MULTILINE)
    assert wanted is not None
    if version("typer") != wanted[1]:
        pytest.skip("another version of Typer lays the help out in another way")
    assert CLI_PAGE.page() == read(DOCS / "cli.md")


@pytest.mark.parametrize("command", COMMANDS)
def test_the_guide_shows_every_command(command: str) -> None:
    """The guide runs each command at least once."""
    assert re.search(rf"^\$ chargeback (-C \S+ )?{command}\b", read(DOCS / "guide.md"), flags=re.MULTILINE)


def test_the_guide_says_what_the_program_says(tmp_path: Path) -> None:
    """Each command of the guide, run one after the other from an empty folder, prints what the guide shows."""
    guide = read(DOCS / "guide.md")
    assert guide == tool("guide_page").played(guide, tmp_path)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    """Every link to a file, and to a heading in it, finds one."""
    lost = []
    for link in LINK.findall(CODE.sub("", read(page))):
        path, _, anchor = link.partition("#")
        if "://" in link:
            continue
        target = page.parent / path if path else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            lost.append(link)
    assert lost == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_pages_name_no_place_of_a_machine(page: Path) -> None:
    """No page shows a path of the machine that it was written on."""
    assert re.findall(r"(?:^|[\s`(\"'])(/(?:root|home|work|tmp|usr|mnt)/\S*)", read(page)) == []


def steps() -> list[tuple[str, str]]:
    """(where, modules) of each step of the table in docs/pipeline.md, as text."""
    rows = [line.split("|") for line in read(DOCS / "pipeline.md").splitlines() if re.match(r"\| \d+ \|", line)]
    return [(row[4].strip(), row[5]) for row in rows]


def test_the_pipeline_names_modules_that_exist() -> None:
    """Every module and folder that a step names is there."""
    named = {name for _, text in steps() for name in re.findall(r"`([^`]+)`", text)}
    folders = {name for name in named if name.endswith("/")}
    assert {name for name in folders if not (ROOT / "chargeback" / name).is_dir()} == set()
    assert named - folders - set(MODULES) == set()


def test_the_pipeline_names_every_module() -> None:
    """No module of the package is missing from docs/pipeline.md, by its name or with its folder."""
    page = read(DOCS / "pipeline.md")
    folders = [name.rpartition(".")[0].replace(".", "/") + "/" for name in MODULES]
    told = [f"`{name}`" in page or f"`{folder}`" in page for name, folder in zip(MODULES, folders, strict=True)]
    missing = [name for name, is_told in zip(MODULES, told, strict=True) if not is_told]
    assert [name for name in missing if not name.startswith(("render.sheets.", "sql"))] == []


def test_steps_called_pure_are_of_the_pure_chain() -> None:
    """The modules of the steps that the table calls pure are those that a test keeps pure, and all of charging is
    told."""
    named = {name for where, text in steps() if where == "pure" for name in re.findall(r"`([a-z_.]+)`", text)}
    assert named - set(PURE) == set()
    told = {name for _, text in steps() for name in re.findall(r"`([a-z_.]+)`", text)}
    chain = {name for name in PURE if name.startswith("charging.") and not name.startswith("charging.games.")}
    assert chain - told == set()


def test_what_decisions_promise_of_the_oracle() -> None:
    """The second calculation that docs/decisions.md names shares no code with the program."""
    found = set()
    for path in (ROOT / "tests" / "oracle").glob("*.py"):
        for node in ast.walk(ast.parse(read(path))):
            if isinstance(node, ast.ImportFrom) and node.module:
                found.add(node.module.split(".")[0])
            elif isinstance(node, ast.Import):
                found |= {alias.name.split(".")[0] for alias in node.names}
    assert "chargeback" not in found


def test_readme_documents_are_listed() -> None:
    """Every page of docs/ can be reached from the README."""
    linked = {link.removeprefix("docs/") for link in LINK.findall(read(ROOT / "README.md")) if link.startswith("docs/")}
    assert {page.name for page in DOCS.glob("*.md")} - linked == set()
