"""The museum of bad inputs: every mistake ends in the sentence it should, nothing is written, and docs/errors.md shows
it."""

from __future__ import annotations

import ast
import importlib.util
import random
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path
from types import ModuleType
from unittest import mock

import pytest

from chargeback.cli import app as cli
from chargeback.cli import month as month_commands
from chargeback.model.month import Month
from chargeback.model.period import Period
from chargeback.model.problem import Notice, Problem
from chargeback.workflows.books import Books
from kit.paths import SCENARIOS, TESTS
from kit.slow import seeds, some

PACKAGE = TESTS.parent / "chargeback"


def tool() -> ModuleType:
    """The generator of the page, tools/errors_page.py."""
    spec = importlib.util.spec_from_file_location("errors_page", TESTS.parent / "tools" / "errors_page.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["errors_page"] = module
    spec.loader.exec_module(module)
    return module


museum = tool()
ROOMS = museum.rooms()
MISTAKES = [mistake for room in ROOMS for mistake in room.mistakes]
PROBLEMS = [m for m in MISTAKES if m.command.startswith("check") and m.exit == 1]
PLACE = re.compile(r"[^\n]+?(:[0-9]+|:[^ :]+![A-Z]+[0-9]+)?: \S")
COUNT = re.compile(r"\.\.\. and [0-9]+ more of the kind [a-z-]+")
JARGON = re.compile(
    r"value_error|[Ii]nput should|NoneType|None\b|pydantic|tuple|datetime|Decimal\(|Fraction\(|Traceback|"
    r"ValidationError|[Dd]uck[Dd][Bb] ?Exception|\bobject at\b|<class|\bdict\b|\bstr\b"
)
CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)+")
WITHOUT_HYPHEN = {"refused"}


def named(mistakes: Iterable[object]) -> list[object]:
    """Parameters called by their title."""
    return [pytest.param(m, id=getattr(m, "title", "").lower().replace(" ", "-")) for m in mistakes]


def files(root: Path) -> dict[str, str]:
    """Every file and folder of a workspace but its store, with the sha256 of what it holds."""
    return {
        path.relative_to(root).as_posix(): sha256(path.read_bytes()).hexdigest() if path.is_file() else "folder"
        for path in root.rglob("*")
        if not path.name.startswith("chargeback.duckdb")
    }


@pytest.fixture
def codes(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The codes of all problems and notices that are shown."""
    seen: set[str] = set()
    shown, month, drafts = cli.shown, Books.month, month_commands.draft_notices

    def recorded(problems: Iterable[Problem], most: int = 50) -> list[str]:
        problems = tuple(problems)
        seen.update(problem.code for problem in problems)
        return shown(problems, most)

    def computed(books: Books, period: Period) -> Month:
        result = month(books, period)
        seen.update(notice.code for notice in result.notices)
        return result

    def tried(month: Month, books: Books) -> tuple[Notice, ...]:
        notices = drafts(month, books)
        seen.update(notice.code for notice in notices)
        return notices

    monkeypatch.setattr(cli, "shown", recorded)
    monkeypatch.setattr(Books, "month", computed)
    monkeypatch.setattr(month_commands, "draft_notices", tried)
    return seen


@pytest.mark.parametrize("mistake", named(some(MISTAKES, 3)))
def test_a_mistake_ends_in_its_sentence(mistake: museum.Mistake, codes: set[str], tmp_path: Path) -> None:  # type: ignore[name-defined]
    """The exact lines, the exit code and the kind of the problem; no file of the workspace is written or changed."""
    root = museum.build(mistake, tmp_path / "w")
    codes.clear()
    before = files(root)
    code, _, told = museum.said(mistake, root)
    assert told.splitlines() == mistake.says.splitlines()
    assert code == mistake.exit
    assert mistake.code in codes | {"refused"}
    assert files(root) == before


@pytest.mark.parametrize("mistake", named(some(PROBLEMS, 16)))
def test_a_run_is_refused_in_the_same_words(mistake: museum.Mistake, tmp_path: Path) -> None:  # type: ignore[name-defined]
    """What check says of a month, run says, with the same exit code; no folder out/ is left."""
    root = museum.build(mistake, tmp_path / "w")
    before = files(root)
    code, printed, told = museum.said(mistake, root, mistake.command.replace("check", "run") + " --no-documents")
    assert (code, printed) == (1, "")
    assert told.splitlines() == mistake.says.splitlines()
    assert files(root) == before


@pytest.mark.parametrize("mistake", named(MISTAKES))
def test_a_sentence_is_one_plain_line_of_words(mistake: museum.Mistake) -> None:  # type: ignore[name-defined]
    """A place and a message for every problem; nothing only a programmer would understand, no invisible character."""
    lines = [line for line in mistake.says.splitlines() if line]
    assert lines != []
    assert [line for line in lines if JARGON.search(line)] == []
    assert [line for line in lines if not line.isprintable()] == []
    if mistake.code != "refused":
        wrong = [line for line in lines if not PLACE.match(line) and not COUNT.fullmatch(line)]
        assert [line for line in wrong if not line.startswith("no problem, ")] == []


def test_the_whole_workspace_has_no_mistake(tmp_path: Path) -> None:
    """The workspace that the mistakes are made in has neither a problem nor a notice, and its month runs."""
    root = tmp_path / "w"
    shutil.copytree(museum.BASE, root)
    assert museum.answer("check 2026-09", root) == (0, "", "no problem, 0 notices\n")
    code, _, told = museum.answer("run 2026-09 --no-documents", root)
    assert (code, "notice" in told) == (0, False)


def test_each_mistake_has_a_name_of_its_own() -> None:
    """Titles are headings that links lead to; each explanation is two sentences, or little more."""
    anchors = [mistake.anchor for mistake in MISTAKES]
    assert sorted(set(anchors)) == sorted(anchors)
    assert [m.title for m in MISTAKES if not 1 <= len(re.findall(r"[.?!](?= |$)", m.explain)) <= 3] == []


def test_every_kind_of_problem_and_notice_is_in_the_museum() -> None:
    """Every code of the source has an exhibit, and no exhibit has a code that the source has not."""
    source = {code for path in sorted(PACKAGE.rglob("*.py")) for code in codes_of(path)}
    assert {m.code for m in MISTAKES} - WITHOUT_HYPHEN == source


def codes_of(path: Path) -> Iterator[str]:
    """The codes that a module gives: to a Problem or Notice, to a helper that makes one, or at an end of a tuple for
    one."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            yield from literal(path, code_argument(node))
        elif isinstance(node, ast.Tuple) and isinstance(node.ctx, ast.Load) and node.elts:
            yield from literal(path, node.elts[0])
            yield from literal(path, node.elts[-1])
        elif isinstance(node, ast.FunctionDef):
            names = [argument.arg for argument in node.args.args][::-1]
            defaults = dict(zip(names, node.args.defaults[::-1], strict=False))
            yield from literal(path, defaults.get("code"))


POSITIONS = {"Problem": 2, "Notice": 2, **dict.fromkeys(("FieldError", "mistake", "choice", "not_allowed"), 0)}


def code_argument(call: ast.Call) -> ast.expr | None:
    """The argument of a call that is a code."""
    name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
    position = POSITIONS.get(name, len(call.args) - 1 if name == "problem" else None)
    if position is None:
        return None
    keywords = [keyword.value for keyword in call.keywords if keyword.arg == "code"]
    return keywords[0] if keywords else call.args[position] if 0 <= position < len(call.args) else None


def literal(path: Path, value: ast.expr | None) -> Iterator[str]:
    """A code written out; one put together while the program runs could not be found here."""
    if isinstance(value, ast.JoinedStr):
        first = value.values[0]
        assert not (isinstance(first, ast.Constant) and CODE.fullmatch(f"{first.value}x")), f"{path}:{value.lineno}"
    if isinstance(value, ast.Constant) and isinstance(value.value, str) and CODE.fullmatch(value.value):
        yield value.value


def test_the_page_is_made_from_the_museum() -> None:
    """docs/errors.md is what tools/errors_page.py makes: run it after a change, and read the difference."""
    assert museum.PAGE.read_text(encoding="utf-8") == museum.page(ROOMS)


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """The whole workspace, with enough usage for a file of some size."""
    root = tmp_path / "w"
    shutil.copytree(museum.BASE, root)
    hours = [f"2026-09-{n // 24 % 30 + 1:02d}T{n % 24:02d}" for n in range(720 * 40)]
    rows = [f"{hour}:00Z,{hour}:30Z,,vm-{n // 720 + 1},vcpu,4,gold\n" for n, hour in enumerate(hours)]
    (root / "usage" / "more.csv").write_text(museum_header() + "".join(rows[48:]), encoding="utf-8")
    return root


def museum_header() -> str:
    """The columns of the usage of the museum."""
    return str((museum.BASE / "usage" / "2026-09.csv").read_text(encoding="utf-8").partition("\n")[0] + "\n")


def charges(root: Path) -> bytes:
    """What the month was charged."""
    return (root / "out" / "2026-09" / "charges.csv").read_bytes()


@pytest.mark.parametrize(
    "where",
    [
        "chargeback.store.load.usage_files.insert",
        "chargeback.store.load.loader.read_costs",
        "chargeback.store.load.duplicates.repetitions",
    ],
)
def test_an_interrupted_load_is_taken_up_again(where: str, workspace: Path, tmp_path: Path) -> None:
    """Ctrl-C during a load leaves no half file: the next run gives what a first one gives."""
    fresh = tmp_path / "fresh"
    shutil.copytree(workspace, fresh)
    with mock.patch(where, side_effect=KeyboardInterrupt):
        code, _, told = museum.answer("run 2026-09 --no-documents", workspace)
    assert (code, told) == (1, "interrupted: nothing is left half done, run the same command again\n")
    assert not (workspace / "out").exists()
    assert museum.answer("run 2026-09 --no-documents", workspace)[0] == 0
    assert museum.answer("run 2026-09 --no-documents", fresh)[0] == 0
    assert charges(workspace) == charges(fresh)


@pytest.mark.parametrize("first", [False, True], ids=["no-run-before", "a-run-before"])
def test_an_interrupted_rendering_leaves_the_last_good_run(first: bool, workspace: Path) -> None:
    """Ctrl-C while documents are drawn leaves what was there: the last good run, or nothing."""
    if first:
        assert museum.answer("run 2026-09 --no-documents", workspace)[0] == 0
    before = files(workspace)
    with mock.patch("chargeback.workflows.monthly_run.document_files", side_effect=KeyboardInterrupt):
        code, _, told = museum.answer("run 2026-09", workspace)
    assert (code, told) == (1, "interrupted: nothing is left half done, run the same command again\n")
    assert files(workspace) == before
    assert museum.answer("run 2026-09 --no-documents", workspace)[0] == 0


def test_an_interrupted_writing_leaves_no_half_folder(workspace: Path) -> None:
    """Ctrl-C while files are written leaves neither them nor the folder beside."""
    with mock.patch.object(Path, "write_bytes", side_effect=KeyboardInterrupt):
        assert museum.answer("run 2026-09 --no-documents", workspace)[0] == 1
    assert not (workspace / "out").exists()
    assert museum.answer("run 2026-09 --no-documents", workspace)[0] == 0


LIMITED = """
import resource, signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))
from chargeback.cli.app import main
sys.exit(main(["load"]))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="limits of files are set by a POSIX call")
def test_a_store_that_cannot_grow(workspace: Path) -> None:
    """A disk that is really full during a load ends in a sentence; with room again the same command goes on."""
    done = subprocess.run([sys.executable, "-c", LIMITED], cwd=workspace, capture_output=True, text=True, check=False)
    expected = "the disk is full: make room and run again; what was loaded before is kept, nothing half done is\n"
    assert (done.returncode, done.stderr) == (1, expected)
    assert museum.answer("run 2026-09 --no-documents", workspace)[0] == 0


def test_a_file_that_may_not_be_read(workspace: Path) -> None:
    """A file without the right to read it is named."""
    (workspace / "drivers.csv").chmod(0)
    try:
        (workspace / "drivers.csv").read_bytes()
    except PermissionError:
        code, _, told = museum.answer("check 2026-09", workspace)
        expected = (
            "drivers.csv: the file cannot be read (permission denied): look at its rights, or put it back from a copy\n"
        )
        assert (code, told) == (1, expected)
    else:
        pytest.skip("this user may read every file")


def test_a_value_of_a_million_characters(workspace: Path) -> None:
    """A very long value ends in a problem of its line, quickly and in one line."""
    text = (workspace / "tariffs/vcpu.toml").read_text(encoding="utf-8")
    (workspace / "tariffs/vcpu.toml").write_text(text.replace('"flat"', f'"{"x" * 1_000_000}"'), encoding="utf-8")
    code, _, told = museum.answer("check 2026-09", workspace)
    assert code == 1
    assert told.startswith(
        f'tariffs/vcpu.toml:12: model is "{"x" * 200}…": expected flat, graduated, volume or package'
    )
    assert told.count("\n") == 1


WHEREVER = (
    *("", "-1", "0", "1e3", "1_000", "abc", "é", "\x00", "\n", '"', "'", ",", ";", "[", "]", "{", "}", "=", "true"),
    *(
        "2026-13-01",
        "9999-12-31",
        "0001-01-01",
        "9" * 20,
        "0.0000000001",
        "-0",
        "%s",
        "{x}",
        "[red]",
        "\u202f",
        "x" * 5000,
    ),
)


WHOLE = [
    (path.parent, tomllib.loads(path.read_text(encoding="utf-8"))["period"])
    for path in sorted((SCENARIOS).glob("*/scenario.toml"))
    if not (path.parent / "expected" / "problems.txt").is_file()
]


def damaged(text: str, chance: random.Random) -> str:
    """A text with a line lost, doubled, cut or moved, or something put where it does not belong."""
    lines = text.split("\n")
    here, there = chance.randrange(len(lines)), chance.randrange(len(lines))
    kind = chance.randrange(6)
    if kind == 0:
        del lines[here]
    elif kind == 1:
        lines.insert(there, lines[here])
    elif kind == 2:
        lines[here] = lines[here][: chance.randrange(len(lines[here]) + 1)]
    elif kind == 3:
        lines[here], lines[there] = lines[there], lines[here]
    else:
        cells = re.split(r"([,= ]+)", lines[here])
        cells[chance.randrange(len(cells))] = chance.choice(WHEREVER)
        lines[here] = "".join(cells)
    return "\n".join(lines)


@pytest.mark.parametrize("seed", seeds(10, 40))
def test_damage_anywhere_ends_in_words(seed: int, tmp_path: Path) -> None:
    """Whatever happens to a file, check and run answer alike, in plain lines, and a refused run writes nothing."""
    chance = random.Random(seed)
    root = tmp_path / "w"
    whole, period = chance.choice(WHOLE) if seed % 2 else (museum.BASE, "2026-09")
    shutil.copytree(whole, root, ignore=shutil.ignore_patterns("expected", "scenario.toml"))
    names = sorted(p.relative_to(root).as_posix() for p in root.rglob("*") if p.is_file())
    rules = [name for name in names if name.startswith("tariffs/")]
    name = chance.choice(names if seed % 3 else rules or names)
    text = damaged((root / name).read_text(encoding="utf-8"), chance)
    (root / name).write_bytes(text.encode())
    checked, _, told = museum.answer(f"check {period}", root)
    ran, _, said = museum.answer(f"run {period} --no-documents", root)
    assert checked in (0, 1)
    assert [line for line in told.splitlines() if JARGON.search(line) or not line.isprintable()] == []
    assert (ran, (root / "out").exists()) == (checked, checked == 0)
    if checked == 1:
        assert said == told
