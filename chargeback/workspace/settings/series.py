"""Templates of document numbers, as ``F{year}-{sequence:05d}``: their form, and whether two can give the same number.

A series is gapless per year, so a template must have the year and the sequence. Numbers are also those of electronic
invoices, which allow at most 35 letters, digits, ``-``, ``+``, ``_`` and ``/``.
"""

from __future__ import annotations

import re

from chargeback.model.grammar import FieldError

FIELD = re.compile(r"\{(year|sequence)(?::0([1-9]|1[0-2])d)?\}", re.ASCII)
LITERAL = re.compile(r"[A-Za-z0-9+_/-]*", re.ASCII)
LONGEST = 35
DIGITS = frozenset("0123456789")
NOT_ZERO = DIGITS - {"0"}


def bad_setting(message: str) -> FieldError:
    """Mistake in a setting: the end of a sentence."""
    return FieldError("bad-setting", message)


def checked(template: str) -> str:
    """Template as it is; raises FieldError with what is wrong with it."""
    fields = [found.group(1) for found in FIELD.finditer(template)]
    if "sequence" not in fields:
        raise bad_setting(
            f'"{template}" has no {{sequence}}: every number would be the same; write as F{{year}}-{{sequence:05d}}'
        )
    if "year" not in fields:
        raise bad_setting(
            f'"{template}" has no {{year}}: numbers start again each year; write as F{{year}}-{{sequence:05d}}'
        )
    if len(fields) != 2 or "{year:" in template:
        raise bad_setting(f'"{template}" must hold {{year}} and {{sequence}} once each, as F{{year}}-{{sequence:05d}}')
    if not LITERAL.fullmatch(FIELD.sub("", template)):
        raise bad_setting(
            f'"{template}" may hold {{year}}, {{sequence}} or {{sequence:05d}}, letters, digits, - + _ and /, '
            "nothing else"
        )
    if len(template.format(year=2000, sequence=999_999)) > LONGEST:
        raise bad_setting(f'"{template}" gives numbers of more than {LONGEST} characters')
    return template


def can_collide(one: str, other: str) -> bool:
    """Whether two checked templates can give the same number, in any years."""
    paths_of_one, paths_of_other = _paths(one), _paths(other)
    return any(_meet(a, b) for a in paths_of_one for b in paths_of_other)


def _paths(template: str) -> list[list[frozenset[str]]]:
    """Shapes of a number, one per length of the sequence: the characters that each position allows."""
    widest = LONGEST - len(FIELD.sub("", template)) - 4
    return [_shape(template, digits) for digits in range(1, max(widest, 1) + 1) if digits >= _width(template)]


def _width(template: str) -> int:
    return max(int(found.group(2) or 1) for found in FIELD.finditer(template))


def _shape(template: str, digits: int) -> list[frozenset[str]]:
    shape: list[frozenset[str]] = []
    at = 0
    for found in FIELD.finditer(template):
        shape += [frozenset(c) for c in template[at : found.start()]]
        if found.group(1) == "year":
            shape += [NOT_ZERO, DIGITS, DIGITS, DIGITS]
        else:
            padded = digits == int(found.group(2) or 1) and digits > 1
            shape += [DIGITS if padded else NOT_ZERO] + [DIGITS] * (digits - 1)
        at = found.end()
    return shape + [frozenset(c) for c in template[at:]]


def _meet(one: list[frozenset[str]], other: list[frozenset[str]]) -> bool:
    return len(one) == len(other) and all(a & b for a, b in zip(one, other, strict=True))
