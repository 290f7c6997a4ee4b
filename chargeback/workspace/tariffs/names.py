"""Names in the file of a rule: identifiers and lines of text, keys and values, each as the grammar has it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from chargeback.model.grammar import bad_id, bad_line
from chargeback.model.problem import Problem
from chargeback.workspace.files.toml_fields import FieldPath, place_of
from chargeback.workspace.tariffs.errors import called

TEXTS = ("label", "unit", "references")
Named = tuple[FieldPath, str]


def name_problems(content: Mapping[str, Any], shown: str, lines: Mapping[str, int]) -> Iterator[Problem]:
    """Problem of each identifier with a space at its ends, and of each text with a control character, at its line."""
    for path, text in _texts(content, ()):
        wrong = (bad_line if any(part in TEXTS for part in path) else bad_id)(text)
        if wrong:
            yield Problem(place_of(shown, lines, path), f"{called(path)} {wrong}", wrong.code)


def _texts(value: Any, path: FieldPath) -> Iterator[Named]:
    """Every key and every text in tables and lists, with the path of the place that it is in."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield (*path, key), key
            yield from _texts(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _texts(inner, (*path, index))
