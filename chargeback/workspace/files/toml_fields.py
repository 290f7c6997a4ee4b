"""Fields of a TOML file, validated by pydantic: the right ones as a value, each wrong one as a Problem at its line.

Rules and settings are read this way. The reader of a field raises FieldError; each kind of file words it for the user.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from chargeback.model.problem import Place, Problem, did_you_mean

FieldPath = tuple[str | int, ...]
Worded = tuple[str, str]
M = TypeVar("M", bound=BaseModel)


def validated(model: type[M], content: Mapping[str, Any], context: object = None) -> M | list[ErrorDetails]:
    """Value of a whole table; every error of pydantic when a field is wrong."""
    try:
        return model.model_validate(content, context=context)
    except ValidationError as error:
        return error.errors()


def validated_in_part(
    model: type[M], content: Mapping[str, Any], context: object = None
) -> tuple[M, list[ErrorDetails]]:
    """Value of a table from its right fields, the others at their default, and the error of each wrong field."""
    found = validated(model, content, context)
    if isinstance(found, model):
        return found, []
    assert isinstance(found, list)
    right = dict(content)
    for error in found:
        right = _without(right, error["loc"])
    return model.model_validate(right, context=context), found


def _without(content: Any, path: FieldPath) -> Any:
    """Copy of nested tables and arrays without the value at ``path``; as it is when there is no such value."""
    name, rest = path[0], path[1:]
    if isinstance(content, list) and isinstance(name, int):
        return [_without(item, rest) if index == name else item for index, item in enumerate(content)]
    if name not in content:
        return content
    if rest:
        return content | {name: _without(content[name], rest)}
    return {other: value for other, value in content.items() if other != name}


def field_problems(
    errors: Iterable[ErrorDetails],
    shown: str,
    lines: Mapping[str, int],
    worded: Callable[[ErrorDetails, FieldPath], Worded | None],
    tags: Collection[str] = (),
) -> Iterator[Problem]:
    """Problem of each wrong field, at the line of its key in the file ``shown``.

    ``worded`` gives the code and the sentence of an error; None for one that another error covers. ``tags`` are names
    that pydantic puts into the path of a field that may be of several kinds.
    """
    for error in errors:
        path = tuple(part for part in error["loc"] if part not in tags)
        found = worded(error, path)
        if found is not None:
            code, message = found
            yield Problem(place_of(shown, lines, path), message, code)


def place_of(shown: str, lines: Mapping[str, int], path: FieldPath) -> Place:
    """Place of a key, else of the nearest table or list around it that the file names, else of the first line."""
    for length in range(len(path), 0, -1):
        line = lines.get(".".join(map(str, path[:length])))
        if line is not None:
            return Place(shown, line)
    return Place(shown, 1)


def unknown(what: str, name: str, where: str, allowed: Collection[str]) -> str:
    """Sentence about a name that does not exist: ``unknown field nane in [operator]: allowed are …``, with a hint."""
    return f"unknown {what} {name}{where}: allowed are {', '.join(allowed)}{did_you_mean(name, allowed)}"
