"""``tariffs/*.toml`` read into frozen rules: unknown fields refused, every mistake with its file and line."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from chargeback.problem import Place, Problem
from chargeback.rule_checks import sense
from chargeback.rules import DriverBound, Frozen, Key, Point, Quantity, Reference, Rule, Text, Tier, Unit
from chargeback.toml_lines import lines_of

COMMON = ("id", "label", "service", "kind", "version")
PRICED = ("vat", "group", "quantity", "unit")
FIELDS = {
    "rate": (*COMMON, *PRICED),
    "baseline": (*COMMON, *PRICED, "replaces"),
    "allocation": (*COMMON, "vat", "group", "pool"),
    "transfer": (*COMMON, "pool"),
}
DATED = ("valid_from", "valid_to", "references")
PRICING = (
    *(*DATED, "model", "price", "tiers", "package_size", "included", "minimum", "maximum"),
    *("prorate", "every", "accumulate", "year_starts"),
)
SHARING = (
    *(*DATED, "method", "keys", "exclude", "floor", "cap", "prorate", "game", "quantity", "curve"),
    *("less", "less_floor", "unattributed"),
)
VERSION_FIELDS = {"rate": PRICING, "baseline": PRICING, "allocation": SHARING, "transfer": (*DATED, "to")}

NESTED: dict[str, type[Frozen]] = {
    "quantity": Quantity,
    "greatest": Quantity,
    "keys": Key,
    "tiers": Tier,
    "references": Reference,
    "label": Text,
    "unit": Unit,
    "curve": Point,
    "floor": DriverBound,
    "cap": DriverBound,
}


def read_rules(folder: Path, shown: str) -> tuple[tuple[Rule, ...], list[Problem]]:
    """The rules of a folder, sorted by id, and every problem of every file.

    ``shown`` is the folder's path as problems print it, relative to the workspace (``tariffs``, ``../tariffs``).
    """
    rules: list[Rule] = []
    problems: list[Problem] = []
    if not folder.is_dir():
        message = "the folder of the rules is missing: create it, or name another one in [paths] of chargeback.toml"
        return (), [Problem(Place(shown), message, "missing-tariffs")]
    for path in sorted(folder.glob("*.toml")):
        rule, found = read_rule(path, f"{shown}/{path.name}")
        problems += found
        if rule is not None:
            rules.append(rule)
    return tuple(sorted(rules, key=lambda r: r.id)), problems


def read_rule(path: Path, shown: str) -> tuple[Rule | None, list[Problem]]:
    """The rule of one file, or the problems that make it none."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        return None, [Problem(Place(shown), "the file is not UTF-8: save it as UTF-8", "not-utf-8")]
    try:
        content = tomllib.loads(text, parse_float=str)
    except tomllib.TOMLDecodeError as error:
        return None, [Problem(Place(shown, _line_in(str(error), text)), f"not TOML: {error}", "bad-toml")]
    lines = lines_of(text)
    problems = list(_shape(content, shown, lines))
    if content.get("id", path.stem) != path.stem:
        message = f'id is "{content["id"]}" but the file is {path.name}: a file is named after its rule'
        problems.append(Problem(_at(shown, lines, "id"), message, "rule-id"))
    if problems:
        return None, problems
    return _rule(content, shown, lines)


def _rule(content: dict[str, Any], shown: str, lines: dict[str, int]) -> tuple[Rule | None, list[Problem]]:
    try:
        rule = Rule.model_validate(content).model_copy(update={"path": shown, "lines": lines})
    except ValidationError as error:
        return None, [_problem(dict(e), shown, lines) for e in error.errors() if e["loc"] != ("version",)]
    ordered = sorted(range(len(rule.version)), key=lambda i: rule.version[i].valid_from)
    problems = [Problem(rule.where(key), message, code) for key, message, code in sense(rule, ordered)]
    versions = tuple(rule.version[i] for i in ordered)
    moved = {key: lines[key] for key in lines if not key.startswith("version.")}
    for new, old in enumerate(ordered):
        prefix = f"version.{old}"
        moved |= {f"version.{new}{k[len(prefix) :]}": n for k, n in lines.items() if f"{k}.".startswith(f"{prefix}.")}
    return rule.model_copy(update={"version": versions, "lines": moved}), problems


def _line_in(message: str, text: str) -> int:
    """The line that a TOML error names, else the last one."""
    _, found, rest = message.rpartition("at line ")
    digits = rest.split(",")[0]
    return int(digits) if found and digits.isdigit() else text.count("\n") + 1


def _at(shown: str, lines: dict[str, int], key: str) -> Place:
    while key and key not in lines:
        key = key.rpartition(".")[0]
    return Place(shown, lines.get(key, 1))


def _shape(content: dict[str, Any], shown: str, lines: dict[str, int]) -> Iterator[Problem]:
    """The kind, and the fields that a rule of this kind and its versions may have."""
    kind = content.get("kind")
    if kind not in FIELDS:
        message = f"kind is {_shown(kind)}: expected {', '.join(FIELDS)}"
        yield Problem(_at(shown, lines, "kind"), message, "rule-kind")
        return
    yield from _unknown(content, FIELDS[kind], f"a rule of kind {kind}", "", shown, lines)
    versions = content.get("version", [])
    if not isinstance(versions, list) or not versions:
        message = "the rule has no version: add [[version]] with valid_from, references and its terms"
        yield Problem(Place(shown, 1), message, "rule-without-version")
        return
    for number, version in enumerate(versions):
        if isinstance(version, dict):
            what = f"a version of a rule of kind {kind}"
            yield from _unknown(version, VERSION_FIELDS[kind], what, f"version.{number}.", shown, lines)


def _unknown(
    table: dict[str, Any], allowed: Sequence[str], what: str, prefix: str, shown: str, lines: dict[str, int]
) -> Iterator[Problem]:
    for field in sorted(set(table) - set(allowed)):
        message = f'unknown field "{field}" in {what}{_meant(field, allowed)}; allowed: {", ".join(sorted(allowed))}'
        yield Problem(_at(shown, lines, prefix + field), message, "unknown-field")


def _meant(field: str, allowed: Sequence[str]) -> str:
    close = get_close_matches(field, allowed, n=1)
    return f' (did you mean "{close[0]}"?)' if close else ""


def _shown(value: Any) -> str:
    if value is None:
        return "missing"
    return value.isoformat() if isinstance(value, date | datetime) else repr(value)


def _problem(error: dict[str, Any], shown: str, lines: dict[str, int]) -> Problem:
    """A pydantic error as one sentence at the line of its key."""
    path = [part for part in error["loc"] if not (isinstance(part, str) and part[:1].isupper())]
    path = [part for part in path if part != "function-before[exact(), decimal]"]
    name = str(path[-1]) if path and isinstance(path[-1], str) else ".".join(map(str, path[-2:]))
    where = _at(shown, lines, ".".join(map(str, path)))
    kind, found = error["type"], error["input"]
    if kind == "extra_forbidden":
        allowed = _fields_at(error["loc"])
        message = f'unknown field "{name}"{_meant(name, allowed)}; allowed: {", ".join(allowed)}'
        return Problem(where, message, "unknown-field")
    if kind == "missing":
        return Problem(where, f"{name} is missing: a {_holder(path)} needs it", "missing-field")
    if name == "references" or (kind == "too_short" and "references" in path):
        message = 'references is empty: every version cites the decision it rests on, as { title = "…" }'
        return Problem(where, message, "missing-field")
    text = error["msg"].removeprefix("Value error, ")
    subject = f"{name}: " if kind == "value_error" else f"{name} is {_shown(found)}: "
    return Problem(where, subject + text[:1].lower() + text[1:], "bad-field")


def _holder(path: list[Any]) -> str:
    return "version" if "version" in path[:-1] else "rule"


def _fields_at(loc: tuple[Any, ...]) -> list[str]:
    """The fields of the value model that an error's place is in."""
    names = [part for part in loc[:-1] if isinstance(part, str) and part in NESTED]
    return sorted(NESTED[names[-1]].model_fields) if names else ["driver"]
