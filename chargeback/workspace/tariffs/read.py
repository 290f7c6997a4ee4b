"""Rules read from ``tariffs/*.toml``: frozen values, unknown fields refused, every mistake with its file and line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from chargeback.model.fields import written
from chargeback.model.problem import Place, Problem, did_you_mean
from chargeback.model.rules import Rule
from chargeback.workspace.files.left_files import is_left_over
from chargeback.workspace.files.toml_fields import field_problems, place_of, validated
from chargeback.workspace.files.toml_lines import lines_of, odd_numbers, toml_text, toml_values
from chargeback.workspace.tariffs.checks import sense
from chargeback.workspace.tariffs.errors import TAGS, called, unknown_field, worded
from chargeback.workspace.tariffs.names import name_problems

COMMON = ("id", "label", "service", "kind", "version")
PRICED = ("vat", "group", "quantity", "unit")
ADJUSTED = ("adjust", "adjust_min")
FIELDS = {
    "rate": (*COMMON, *PRICED, "pool", *ADJUSTED),
    "baseline": (*COMMON, *PRICED, "replaces"),
    "allocation": (*COMMON, "vat", "group", "pool", *ADJUSTED),
    "transfer": (*COMMON, "pool"),
}
DATED = ("valid_from", "valid_to", "references")
PRICING = (
    *(*DATED, "model", "price", "tiers", "seniority", "package_size", "included", "minimum", "maximum"),
    *("prorate", "every", "accumulate", "year_starts"),
)
SHARING = (
    *(*DATED, "method", "keys", "exclude", "floor", "cap", "prorate", "game", "quantity", "curve"),
    *("less", "less_floor", "unattributed", "billing", "calls"),
)
BILLED = ("vat", "retroactive")
VERSION_FIELDS = {
    "rate": (*PRICING, *BILLED),
    "baseline": (*PRICING, "vat"),
    "allocation": (*SHARING, *BILLED),
    "transfer": (*DATED, "to", "retroactive"),
}

NO_NAMES = ("bad-number", "bad-date", "bad-choice", "rule-kind", "rule-id")
UNREADABLE = ("rule-kind", "rule-without-version")


def read_rules(folder: Path, shown: str) -> tuple[tuple[Rule, ...], list[Problem]]:
    """Rules of a folder, sorted by id, and every problem of every file.

    ``shown`` is the folder's path as problems print it, relative to the workspace (``tariffs``, ``../tariffs``).
    """
    rules: list[Rule] = []
    if not folder.is_dir():
        message = "the folder of the rules is missing: create it, or name another one in [paths] of chargeback.toml"
        return (), [Problem(Place(shown), message, "missing-tariffs")]
    problems = list(_stray(folder, shown))
    for path in sorted(folder.glob("*.toml")):
        if is_left_over(Path(path.name)):
            continue
        rule, found = read_rule(path, f"{shown}/{path.name}")
        problems += found
        if rule is not None:
            rules.append(rule)
    return tuple(sorted(rules, key=lambda r: r.id)), problems


def _stray(folder: Path, shown: str) -> Iterator[Problem]:
    """Files meant to be rules that would not be read: in a folder within, or not quite named ``.toml``."""
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if is_left_over(Path(name)) or not path.is_file():
            continue
        if path.suffix == ".toml" and "/" in name:
            message = f"a rule in a folder within {shown}/ is not read: move it up into {shown}/"
            yield Problem(Place(f"{shown}/{name}"), message, "unknown-file")
        elif path.suffix.lower() in (".toml", ".txt") and path.suffix != ".toml" and ".toml" in name.lower():
            message = "the name of a rule's file ends in .toml: rename it, or move it out of the folder"
            yield Problem(Place(f"{shown}/{name}"), message, "unknown-file")


def read_rule(path: Path, shown: str) -> tuple[Rule | None, list[Problem]]:
    """Rule of one file; None with its problems when it has any."""
    text = toml_text(path, shown)
    if isinstance(text, Problem):
        return None, [text]
    content = toml_values(text, shown)
    if isinstance(content, Problem):
        return None, [content]
    if not content:
        message = f"the file holds no rule: write {', '.join(COMMON[:-1])} and a [[version]], or delete the file"
        return None, [Problem(Place(shown), message, "empty-file")]
    return _checked(content, text, path, shown)


def _checked(content: dict[str, Any], text: str, path: Path, shown: str) -> tuple[Rule | None, list[Problem]]:
    lines = lines_of(text)
    problems = [*_odd(text, shown, lines), *_shape(content, shown, lines)]
    name = content.get("id", path.stem)
    if isinstance(name, str) and name != path.stem:
        message = f'id is "{name}" but the file is {path.name}: a file is named after its rule, rename one of them'
        problems.append(Problem(place_of(shown, lines, ("id",)), message, "rule-id"))
    if any(problem.code in UNREADABLE for problem in problems):
        return None, problems
    rule, found = _rule(_without_unknown(content), shown, lines)
    problems += [problem for problem in found if not _already_named(problem, problems)]
    wrong = {problem.where for problem in problems if problem.code in NO_NAMES}
    problems += [problem for problem in name_problems(content, shown, lines) if problem.where not in wrong]
    return (None if problems else rule), problems


def _already_named(problem: Problem, problems: Sequence[Problem]) -> bool:
    """Whether a number that TOML alone accepts, and that stays text, was already named as such on its line."""
    return any(problem.where == p.where and problem.code == p.code == "bad-number" for p in problems)


def _rule(content: dict[str, Any], shown: str, lines: dict[str, int]) -> tuple[Rule | None, list[Problem]]:
    found = validated(Rule, content)
    if isinstance(found, list):
        return None, list(field_problems(found, shown, lines, worded, TAGS))
    rule = found.model_copy(update={"path": shown, "lines": lines})
    ordered = sorted(range(len(rule.version)), key=lambda i: rule.version[i].valid_from)
    problems = [Problem(rule.where(key), message, code) for key, message, code in sense(rule, ordered)]
    update = {"version": tuple(rule.version[i] for i in ordered), "lines": _moved(lines, ordered)}
    return rule.model_copy(update=update), problems


def _moved(lines: dict[str, int], ordered: Sequence[int]) -> dict[str, int]:
    """Lines of the keys once the versions are in the order of their dates."""
    new = {str(old): str(number) for number, old in enumerate(ordered)}
    moved: dict[str, int] = {}
    for key, line in lines.items():
        table, *rest = key.split(".", 2)
        if table == "version" and rest:
            key = ".".join((table, new[rest[0]], *rest[1:]))
        moved[key] = line
    return moved


def _odd(text: str, shown: str, lines: dict[str, int]) -> Iterator[Problem]:
    """Numbers as only a program writes them: ``1_000``, ``1e3``, ``+5``, ``0x10``, ``inf``."""
    for key, value in odd_numbers(text).items():
        path = tuple(int(part) if part.isdigit() else part for part in key.split("."))
        message = f"{called(path)} is {value}: expected digits alone, as 12.50, or a text between quotes"
        yield Problem(place_of(shown, lines, path), message, "bad-number")


def _shape(content: dict[str, Any], shown: str, lines: dict[str, int]) -> Iterator[Problem]:
    """Problems of the kind of a rule, and of fields that a rule of this kind and its versions may not have."""
    kind = content.get("kind")
    if not isinstance(kind, str) or kind not in FIELDS:
        found = "missing" if kind is None else written(kind)
        meant = did_you_mean(kind, FIELDS) if isinstance(kind, str) else ""
        message = f"kind is {found}: expected rate, baseline, allocation or transfer{meant}"
        yield Problem(place_of(shown, lines, ("kind",)), message, "rule-kind")
        return
    for field in sorted(set(content) - set(FIELDS[kind])):
        message = unknown_field(field, f"a rule of kind {kind}", FIELDS[kind])
        yield Problem(place_of(shown, lines, (field,)), message, "unknown-field")
    versions = content.get("version", [])
    if isinstance(versions, dict):
        message = "[version] stands in single brackets: write [[version]], a rule may have several"
        yield Problem(place_of(shown, lines, ("version",)), message, "rule-without-version")
    elif not isinstance(versions, list) or not versions:
        message = "the rule has no version: add [[version]] with valid_from, references and its terms"
        yield Problem(Place(shown, 1), message, "rule-without-version")
    else:
        yield from _terms(versions, kind, shown, lines)


def _terms(versions: Sequence[Any], kind: str, shown: str, lines: dict[str, int]) -> Iterator[Problem]:
    allowed = VERSION_FIELDS[kind]
    for number, version in enumerate(versions):
        for field in sorted(set(version) - set(allowed)) if isinstance(version, dict) else ():
            message = unknown_field(field, f"a version of a rule of kind {kind}", allowed)
            yield Problem(place_of(shown, lines, ("version", number, field)), message, "unknown-field")


def _without_unknown(content: dict[str, Any]) -> dict[str, Any]:
    """Content of a rule without unknown fields, so that one mistake does not hide the others."""
    kind = content["kind"]
    known = {name: content[name] for name in FIELDS[kind] if name in content}
    fields = VERSION_FIELDS[kind]
    cut = [{k: v[k] for k in fields if k in v} if isinstance(v, dict) else v for v in content["version"]]
    return known | {"version": cut}
