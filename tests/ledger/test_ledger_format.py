"""docs/ledger.md is true: it names every field of the ledger and no other, and its recipes verify a ledger without the
program."""

from __future__ import annotations

import dataclasses
import json
import re
import shutil
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest

from chargeback.cli.app import main
from chargeback.ledger.entries import FIRST, FORMAT, Entry, EntryKind, read_line
from chargeback.model.charges import CAUSES, KINDS
from chargeback.model.documents import CarryReason
from kit.correcting import FIRM, correct, credit, read_again
from kit.issuable_scenarios import scenario
from kit.issuing import issue
from kit.slow import slow
from kit.tools import ROOT

PAGE = (ROOT / "docs/ledger.md").read_text(encoding="utf-8")
NAMES = {
    "PoolSplit": "Pool split",
    "KeyTable": "Key table",
    "VatLine": "VAT line",
    "VatAmount": "VAT amount",
    "TrueUp": "True-up",
}
NAMES |= {"TrueUpRow": "True-up row"}
AS_TEXT = {"Period"}  # a value with fields that is one text in the file
SHELLS = {"python": [sys.executable, "-c"], "sh": ["sh", "-c"]}


def serialised() -> dict[str, list[str]]:
    """The fields of every value that an entry holds, by the heading of its section."""
    found: dict[str, list[str]] = {}
    waiting: list[Any] = [Entry]
    while waiting:
        kind = waiting.pop()
        waiting += get_args(kind)
        if dataclasses.is_dataclass(kind) and isinstance(kind, type) and kind.__name__ not in AS_TEXT:
            heading = NAMES.get(kind.__name__) or re.sub(r"(?<=[a-z])([A-Z])", r" \1", kind.__name__).capitalize()
            if heading not in found:
                found[heading] = [field.name for field in dataclasses.fields(kind) if field.init]
                waiting += get_type_hints(kind).values()
    return found


def section(heading: str) -> str:
    """A section of the page."""
    return PAGE.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]


def recipe(language: str) -> str:
    """The only code block of a language."""
    (block,) = re.findall(rf"^```{language}\n(.*?)^```", PAGE, flags=re.MULTILINE | re.DOTALL)
    return str(block)


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A month issued, one invoice corrected, another credited in part."""
    root = scenario("regimes-by-member-and-a-payer", tmp_path_factory.mktemp("played") / "w")
    assert issue(root) == 0
    read_again(root)
    assert correct(root, FIRM) == 0
    assert credit(root, "F2026-00004", "--amount", "1", kind=("--kind", "goodwill", "--act", "Decision 9")) == 0
    return root


def test_the_page_names_every_field_and_no_other() -> None:
    """A section for each value that is serialised, a row for each of its fields, in their order."""
    expected = serialised()
    tables = {head for head in re.findall(r"^## (.+)$", PAGE, flags=re.MULTILINE) if "| field |" in section(head)}
    assert tables == set(expected)
    assert {head: re.findall(r"^\| `(\w+)` \|", section(head), flags=re.MULTILINE) for head in tables} == expected


def test_the_page_names_every_kind_and_reason() -> None:
    """Kinds of entries and charges, causes and reasons to carry."""
    head, *kinds = re.findall(r"^\| `(\w+)` \|", section("Kinds of entries"), flags=re.MULTILINE)
    assert (head, kinds) == ("kind", list(get_args(EntryKind)))
    assert all(f"`{kind}`" in section("Charge") for kind in KINDS)
    assert all(f"`{cause}`" in section("Adjustment basis") for cause in CAUSES)
    assert all(f"`{reason}`" in section("Document") for reason in get_args(CarryReason) if reason)


def test_a_line_has_the_fields_of_the_page(played: Path) -> None:
    """The format comes first; every line has every field."""
    for line in (played / "out/ledger.jsonl").read_bytes().splitlines():
        entry = json.loads(line)
        assert line.startswith(b'{"format":%d,"sequence":' % FORMAT)
        assert list(entry) == serialised()["Entry"]
        assert [list(d) for d in entry["documents"]] == [serialised()["Document"]] * len(entry["documents"])


@pytest.mark.parametrize("language", SHELLS)
def test_a_recipe_verifies_the_chain(language: str, played: Path, tmp_path: Path) -> None:
    """Three entries and the hash of the last line; an altered line and one that is removed are found."""
    path = played / "out/ledger.jsonl"
    last = sha256(path.read_bytes().splitlines()[-1]).hexdigest()
    whole = subprocess.run(
        [*SHELLS[language], recipe(language)], cwd=played, capture_output=True, text=True, check=True
    )
    assert whole.stdout == f"3 entries, the last line has {last}\n"
    for change in (lambda t: t.replace(b'"amount":', b'"amount":1', 1), lambda t: t.split(b"\n", 1)[1]):
        root = tmp_path / str(len(list(tmp_path.iterdir())))
        shutil.copytree(played, root)
        (root / "out/ledger.jsonl").write_bytes(change(path.read_bytes()))
        assert subprocess.run([*SHELLS[language], recipe(language)], cwd=root, capture_output=True).returncode != 0


def test_the_python_recipe_reads_every_file(played: Path, tmp_path: Path) -> None:
    """A document that was altered after it was issued is named."""
    root = tmp_path / "w"
    shutil.copytree(played, root)
    with (root / "out/corrections/A2026-00001.pdf").open("ab") as file:
        file.write(b"\n")
    found = subprocess.run([*SHELLS["python"], recipe("python")], cwd=root, capture_output=True, text=True)
    assert found.returncode != 0
    assert "out/corrections/A2026-00001.pdf was altered" in found.stderr


def test_a_line_of_an_earlier_version_is_read(played: Path) -> None:
    """A field that a line does not have holds its default; one that this version does not know is passed over."""
    entry = json.loads((played / "out/ledger.jsonl").read_bytes().splitlines()[0])
    needed = [f.name for f in dataclasses.fields(Entry) if f.default is f.default_factory is dataclasses.MISSING]
    assert needed == ["sequence", "kind", "period", "entry_date", "previous_hash", "program"]
    bare = read_line(json.dumps({name: entry[name] for name in needed} | {"of_a_later_version": 1}).encode())
    assert (bare.format, bare.documents, bare.fingerprints, bare.reason) == (FORMAT, (), {}, "")
    charge = entry["documents"][0]["lines"][0]["charges"][0]
    for name in ("settles", "accumulated", "adjustment_basis"):
        del charge[name]
    again = read_line(json.dumps(entry).encode()).documents[0].lines[0].charges[0]
    assert (again.settles, again.accumulated, again.adjustment_basis) == (None, False, None)


@slow
def test_the_hash_is_of_the_line_in_the_file(played: Path, tmp_path: Path) -> None:
    """Lines of a version that did not have some fields yet, chained: the ledger is restored from them and verified as
    they are."""
    root, previous, lines = tmp_path / "w", FIRST, []
    shutil.copytree(played, root, ignore=shutil.ignore_patterns("chargeback.duckdb*"))
    for line in (root / "out/ledger.jsonl").read_bytes().splitlines():
        entry = json.loads(line.replace(b',"settles":null,"accumulated":false', b"")) | {"previous_hash": previous}
        del entry["true_ups"]
        lines.append(json.dumps(entry).encode())
        previous = sha256(lines[-1]).hexdigest()
    (root / "out/ledger.jsonl").write_bytes(b"".join(line + b"\n" for line in lines))
    assert main(["-C", str(root), "verify"]) == 0
    assert main(["-C", str(root), "close", "2026-09"]) == 0
    *before, closed = (root / "out/ledger.jsonl").read_bytes().splitlines()
    assert before == lines
    assert json.loads(closed)["previous_hash"] == previous
    assert main(["-C", str(root), "verify"]) == 0
