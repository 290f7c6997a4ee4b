"""Quoting: names and texts of the user as parts of a statement. The only way for either to become SQL."""

from __future__ import annotations

TAG = "tag:"


def identifier(name: str) -> str:
    """Identifier of SQL: a name of any characters, between double quotes."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Literal of SQL: a text of any characters, between single quotes."""
    return "'" + text.replace("'", "''") + "'"


def tag_column(tag: str) -> str:
    """Identifier of the column of the usage that holds a tag."""
    return identifier(TAG + tag)
