"""The documentation is true: commands, outputs, links and modules that it names are what the program has."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from importlib.metadata import version
from pathlib import Path
from typing import get_args

import pytest

from chargeback.model.quantity import Measure
from kit.modules import MODULES
from kit.paths import PACKAGE, ROOT
from kit.slow import slow
from kit.tools import tool

DOCS = ROOT / "docs"
ARCHITECTURE = DOCS / "architecture.md"
WRAPPING = tool("wrap_docs")
WALKING = tool("walk")
PAGES = WRAPPING.PAGES
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
CODE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


CLI_PAGE = tool("cli_page")
COMMANDS = CLI_PAGE.commands()
ROOMS = WALKING.table("ROOMS")
TERMS = (
    *("brought forward", "carried forward", "prior month", "adjustment basis", "open item", "credit allocation"),
    *("withheld", "unissued", "supplementary", "posting", "fingerprint", "projection", "reconciliation"),
    *("successor", "apportionment", "receivable", "period status", "books"),
)
OLD_WORDS = (
    r"\bbrought\.py\b",
    r"\bBrought\b(?! forward)",
    r"\blooked_at\.(py|sql)\b|ledger[./]looked_at\b",
    r"\bwhereabouts\b",
    r"\bset(ting)?_aside\b",
    r"[\"'`]further[\"'`]",
    r"\b(heir_of|forebears)\b",
    r"\bunbilled\.py\b",
    r"\bcollector_(off|at_rest)\b",
    r"\bcharging[./](engine|usage|misuse|shares|allocation|demands)\b",
    r"\bsample_data/(year/)?make_\w+\.py\b",
    r"\btests/(worlds|months|year_\w+|world_\w+)\.py\b",
    r"docs/pipeline",
)
FREE = {"billing/review", "billing/impact", "render/html"}  # places for what is to come


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


@slow
def test_the_guide_says_what_the_program_says(tmp_path: Path) -> None:
    """Each command of the guide, run one after the other from an empty folder as a process of its own, prints what the
    guide shows."""
    guide = read(DOCS / "guide.md")
    assert guide == tool("guide_page").played(guide, tmp_path, None)


@slow
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


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_prose_is_narrow(page: Path) -> None:
    """No paragraph has a line over 120 columns: tools/wrap_docs.py fills those that have."""
    assert WRAPPING.too_long(read(page)) == []


def test_wrapping_leaves_what_is_no_prose() -> None:
    """Tables, code, headings and comments stay; a paragraph is filled, code in it unbroken; what is narrow stays."""
    long = "word " * 30
    fixed = f"# {long}\n\n| {long}|\n<!-- {long}-->\n```\n{long}\n```\nnarrow\nlines"
    assert WRAPPING.wrapped(fixed) == fixed
    found = WRAPPING.wrapped(f"- {'x' * 110} `one two three` - {long}").split("\n")
    assert [line[:9] for line in found] == ["- xxxxxxx", "  `one tw", "  word wo"]
    assert WRAPPING.wrapped("\n".join(found)) == "\n".join(found)


def named() -> set[str]:
    """What docs/architecture.md names between backticks in its prose and tables, the walks apart."""
    return set(re.findall(r"`([^`\n]+)`", WALKING.PLACE.sub("", CODE.sub("", read(ARCHITECTURE)))))


def walks() -> list[dict[str, set[str]]]:
    """Modules of each walk of docs/architecture.md, by room."""
    texts = re.findall(r"<!-- walk -->(.*?)<!-- end -->", read(ARCHITECTURE), flags=re.DOTALL)
    return [entered(text) for text in texts]


def entered(text: str) -> dict[str, set[str]]:
    """Modules that a walk names, by room."""
    items = re.findall(r"^- `(\w+)/`:(.*?)(?=^- |^$)", text, flags=re.MULTILINE | re.DOTALL)
    return {room: set(re.findall(r"`([^`]+)`", names)) for room, names in items}


def test_the_rooms_are_those_of_the_code() -> None:
    """The line and the table of rooms are those of the test of architecture, in its order; pure is said of the pure."""
    page = read(ARCHITECTURE)
    line = " → ".join(f"{{{', '.join(rank)}}}" if len(rank) > 1 else rank[0] for rank in ROOMS)
    assert f"```text\n{line}\n```" in page
    rows = re.findall(r"^\| `(\w+)/` \| (.*?) \|", page, flags=re.MULTILINE)
    assert [room for room, _ in rows] == [room for rank in ROOMS for room in rank]
    assert {room for room, what in rows if what.endswith("; pure")} == set(WALKING.table("PURE"))


def test_what_the_architecture_names_exists() -> None:
    """Modules, folders, files, constants and tests that docs/architecture.md names are there."""
    names = named() - FREE
    names |= {f"{room}/{name}" for walk in walks() for room, own in walk.items() for name in own}
    rooms = tuple(f"{room}/" for rank in ROOMS for room in rank)
    modules = {name.rstrip("/") for name in names if name.startswith(rooms)}
    lost = {name for name in modules if name.replace("/", ".") not in MODULES}
    assert {name for name in lost if not (PACKAGE / name).is_dir()} == set()
    files = {name for name in names if name.startswith(("tests/", "tools/", "reports/", "docs/"))}
    assert {name for name in files if not (ROOT / name).exists()} == set()
    assert len(modules) > 150
    assert len(files) > 15
    texts = [read(path) for path in [*MODULES.values(), *ROOT.glob("tests/**/*.py")]]
    words = {name for name in names if re.fullmatch(r"[A-Z][A-Z_]+|[A-Z][A-Za-z]+|test_\w+", name)}
    assert {word for word in words if not any(re.search(rf"^(class |def )?{word}\b", t, re.M) for t in texts)} == set()


def test_the_architecture_names_every_folder() -> None:
    """No folder of the package is missing from docs/architecture.md, so that every module is in one that it names."""
    folders = {name.replace(".", "/") + "/" for name, path in MODULES.items() if path.stem == "__init__"}
    assert folders - named() == set()


@pytest.mark.parametrize("folder", [name for name, path in MODULES.items() if path.stem == "__init__"])
def test_a_folder_says_where_to_start_reading(folder: str) -> None:
    """Its docstring says what it owns and what it does not, and the modules and pages to begin with are there."""
    said = ast.get_docstring(ast.parse(read(MODULES[folder]))) or ""
    assert re.search(r"^Owns: .*^Does not own: .*^Start reading: ", said, flags=re.MULTILINE | re.DOTALL)
    names = re.findall(r"``([^`]+)``", said.partition("Start reading: ")[2].partition("\n\n")[0])
    assert names
    places = [MODULES[folder].parent / name for name in names] + [ROOT / name for name in names]
    found = {place.name for place in places if place.exists() or place.with_suffix(".py").exists()}
    assert {Path(name).name for name in names} - found == set()


@slow
@pytest.mark.parametrize(("place", "commands"), [(0, WALKING.RUN), (1, WALKING.ISSUE)], ids=["run", "issue"])
def test_the_walks_are_those_of_the_program(place: int, commands: tuple[str, ...]) -> None:
    """A month through run, a document through issue: the modules named are those that are entered, room by room.

    In a process of its own: what another test has computed before is not entered again.
    """
    command = [sys.executable, str(ROOT / "tools" / "walk.py"), *commands]
    told = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=True).stdout
    assert walks()[place] == entered(told)
    assert told.rstrip().rpartition("\n\n")[2] in read(ARCHITECTURE)


@pytest.mark.parametrize("measure", get_args(Measure))
def test_a_measure_is_known_everywhere(measure: str) -> None:
    """It has a word in both languages and a line in the contract; the second calculation and random rules know it."""
    for language in ("en", "fr"):
        assert measure in tomllib.loads(read(ROOT / "reports" / language / "basis.toml"))["measures"]
    assert re.search(rf"\b{measure}\b", read(DOCS / "workspace.md"))
    for path in ("tests/oracle/measure.py", "tests/kit/random_workspace/rules.py"):
        assert re.search(rf'"{measure}"', read(ROOT / path)), path


def glossary() -> list[list[str]]:
    """Rows of the tables of the glossary: code name, English, French, meaning."""
    lines = read(DOCS / "glossary.md").splitlines()
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines if line.startswith("| ")]
    return [row for row in rows if row[0] != "code name"]


@pytest.mark.parametrize("term", TERMS)
def test_the_words_of_the_trade_are_in_the_glossary(term: str) -> None:
    """Each has a code name that the program has, a French word and a meaning."""
    code, _, french, meaning = next(row for row in glossary() if term in row[1])
    names = re.findall(r"`(\w+)`", code)
    assert names
    assert french
    assert meaning
    sources = [read(path) for path in MODULES.values()] + list(MODULES)
    assert [name for name in names if not any(re.search(rf"\b{name}\b", text) for text in sources)] == []


def test_a_row_of_the_glossary_is_whole() -> None:
    """Four cells, and no code name twice in a table of one subject."""
    assert [row for row in glossary() if len(row) != 4] == []
    codes = [row[0] for row in glossary()]
    assert sorted(code for code in set(codes) if codes.count(code) > 1) == []


@pytest.mark.parametrize("word", OLD_WORDS)
def test_old_words_are_gone(word: str) -> None:
    """Names that the rooms replaced are in no module, statement, tool or page; decisions and changelog tell of them."""
    sources = [
        p for f in ("chargeback", "tools") for p in (ROOT / f).rglob("*") if p.suffix in (".py", ".sql", ".toml")
    ]
    pages = [page for page in PAGES if page.name not in ("decisions.md", "CHANGELOG.md")]
    assert [p.relative_to(ROOT).as_posix() for p in (*sources, *pages) if re.search(word, read(p))] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_files_that_a_page_names_are_there(page: Path) -> None:
    """A path of the tests, the tools or the documentation leads to a file or folder."""
    paths = re.findall(r"`((?:tests|tools|docs)/[\w./-]*)`", CODE.sub("", read(page)))
    assert [path for path in paths if "NAME" not in path and not (ROOT / path).exists()] == []


def test_the_mutants_named_are_of_the_program() -> None:
    """What survives in docs/testing.md is of a function or class that mutation testing changes."""
    terms = tomllib.loads(read(ROOT / "pyproject.toml"))["tool"]["mutmut"]["only_mutate"]
    sources = [read(path) for name in terms for path in ROOT.glob(name)]
    cells = re.findall(r"^\| ([^|]+?): [^|]* \| [^|]* \|$", read(DOCS / "testing.md"), flags=re.MULTILINE)
    names = {name for cell in cells for name in re.findall(r"`(?:\w+\.)?([a-z_]\w+)`", cell)}
    assert len(names) > 15
    assert [name for name in names if not any(re.search(rf"def {name}\b", source) for source in sources)] == []


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
