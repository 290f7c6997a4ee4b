"""Mistakes in the fields of a rule as sentences: which field, what was found, what was expected."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic_core import ErrorDetails

from chargeback.model.fields import written
from chargeback.model.grammar import FieldError
from chargeback.model.prices import Others, PriceList, Tier
from chargeback.model.problem import did_you_mean
from chargeback.model.rules import Frozen, PerTag, Quantity, Rule, Text, Unit
from chargeback.model.versions import DriverBound, IncludedQuantity, Key, Point, Reference, Retroactive, Version
from chargeback.workspace.files.toml_fields import FieldPath, Worded, unknown

TABLES: dict[str, type[Frozen]] = {
    "version": Version,
    "quantity": Quantity,
    "greatest": Quantity,
    "keys": Key,
    "tiers": Tier,
    "references": Reference,
    "label": Text,
    "unit": Unit,
    "curve": Point,
    "included": IncludedQuantity,
    "floor": DriverBound,
    "cap": DriverBound,
    "maximum": Others,
    "seniority": PriceList,
    "per": PerTag,
    "retroactive": Retroactive,
}
ONE = {
    "version": "version",
    "keys": "key",
    "tiers": "tier",
    "references": "reference",
    "curve": "point",
    "seniority": "price list",
}
AS = {
    "label": '{ fr = "…", en = "…" }',
    "unit": '{ code = "C62", fr = "…", en = "…" }',
    "quantity": '{ meter = "…", measure = "sum" } or { driver = "…" }',
    "greatest": '[ { subscription = "…" }, { meter = "…", measure = "mean" } ]',
    "where": '{ TAG = "…" }',
    "per": '{ tag = "…" }',
    "references": '[ { title = "…" } ]',
    "seniority": '[ { up_to = "1", price = "52.00" }, { price = "36.00" } ]',
    "tiers": '[ { up_to = "100", price = "2.00" }, { price = "1.00" } ]',
    "keys": '[ { quantity = { driver = "…" }, weight = "1" } ]',
    "shares": '{ MEMBER = "60", OTHER = "40" }',
    "curve": '[ { at = "10", cost = "100.00" } ]',
    "to": '{ POOL = "70", OTHER = "30" }',
}
TEXTS = '[ "…", "…" ]'
WHOLE = ("bad-quantity", "bad-key")
TAGS = ("Number", "Driver", "Included", "Others", "PerWord", "PerTag", "Reason", "Retroactive")


def unknown_field(name: str, what: str, allowed: Iterable[str]) -> str:
    """Sentence about a field that does not exist."""
    return unknown("field", name, f" in {what}", sorted(allowed))


def called(path: FieldPath) -> str:
    """Field in words, from the inside out, without the version: ``price of tier 2``, ``class of where``."""
    words: list[str] = []
    for index, part in enumerate(path):
        if isinstance(part, str):
            words.append(part)
        elif path[index - 1] in ONE:
            words[-1] = f"{ONE[str(path[index - 1])]} {part + 1}"
        else:
            words.append(f"entry {part + 1}")
    inside = words[1:] if words[0].startswith("version ") and len(words) > 1 else words
    return " of ".join(reversed(inside[-3:]))


def worded(error: ErrorDetails, path: FieldPath) -> Worded | None:
    """Code and sentence of a wrong field; None for a list that is empty because its entries are wrong."""
    kind, found, name = error["type"], error["input"], called(path)
    last = str(path[-1])
    if kind == "value_error":
        wrong: FieldError = error["ctx"]["error"]
        whole = wrong.code in WHOLE
        return wrong.code, f"{name} {wrong}" if whole else f"{name} is {written(found)}: {wrong}"
    if kind == "missing":
        return "missing-field", f"{last} is missing: every {_table(path[:-1])[0]} needs it"
    if kind == "extra_forbidden":
        what, table = _table(path[:-1])
        return "unknown-field", unknown_field(last, f"a {what}", table.model_fields)
    if kind in ("too_short", "string_too_short"):
        return None if found else ("missing-field", f"{name} is empty: {_expected(kind, last, error)}")
    if kind == "literal_error":
        return "bad-choice", f"{name} is {written(found)}: {_choice(found, error, last)}"
    return "bad-field", f"{name} is {written(found)}: {_expected(kind, last, error)}"


def _table(path: FieldPath) -> tuple[str, type[Frozen]]:
    """Name of the innermost table of a path, and its fields."""
    names = [part for part in path if part in TABLES]
    if not names:
        return "rule", Rule
    name = str(names[-1])
    return {**ONE, "greatest": "quantity", "per": "per table"}.get(name, name), TABLES[name]


def _choice(found: Any, error: Mapping[str, Any], name: str) -> str:
    allowed = re.findall(r"'([^']*)'", error["ctx"]["expected"])
    meant = did_you_mean(found, allowed) if isinstance(found, str) else ""
    allowed += [AS[name]] if name == "per" else []
    listed = f"{', '.join(allowed[:-1])} or {allowed[-1]}" if len(allowed) > 1 else allowed[0]
    return f"expected {listed}{meant}"


def _expected(kind: str, name: str, error: Mapping[str, Any]) -> str:
    """Expected value of a field of the wrong type."""
    if name == "references":
        return f"every version cites the decision it rests on, as {AS['references']}"
    if name == "title":
        return "expected the title of the decision that the version rests on"
    if kind == "tuple_type" or name == "others":
        return f"expected a list, as {AS.get(name, TEXTS)}"
    if kind in ("string_type", "string_too_short"):
        return "expected text between quotes"
    if name == "version" or (error["loc"][0] == "version" and len(error["loc"]) == 2):
        return "expected a table, as [[version]] with its fields below"
    return f"expected a table, as {AS.get(name) or _as_one_of(error)}"


def _as_one_of(error: Mapping[str, Any]) -> str:
    """Example of one element of a list."""
    parent = next((part for part in reversed(error["loc"]) if part in AS), "label")
    return AS[str(parent)].removeprefix("[ ").removesuffix(" ]").split(" }, ")[0].removesuffix(" }") + " }"
