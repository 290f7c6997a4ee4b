"""Mistakes of a text that is no TOML, in words for its author: the messages of tomllib, with the mend."""

from __future__ import annotations

TWICE = "this name stands twice in its table: keep one of them"
QUOTE = "a text is not closed: put a quote at its end, on the same line"
BRACKET = "a [ or { is not closed: put its ] or } after the last value, a } on the line of its {"
VALUE = 'there is no value here, or a text without quotes: write name = 12 or name = "text"'
CONTROL = "an invisible character stands here, which no text may hold: take it out"
BRACES = "a table between { and } stands on one line: join its lines, without a comma before the }"
SAID = (
    ("Cannot overwrite a value", TWICE),
    ("Cannot declare", TWICE),
    ("Cannot mutate", TWICE),
    ("Cannot redefine", TWICE),
    ("Duplicate inline table key", TWICE),
    ("Illegal character '\\n'", QUOTE),
    ("Illegal character", CONTROL),
    ("Found invalid character", CONTROL),
    ("Unterminated string", QUOTE),
    ("Unclosed", BRACKET),
    ("Expected ']", BRACKET),
    ("Invalid value", VALUE),
    ("Expected '='", 'a name is followed by = and its value: write name = "text"'),
    (
        "Expected newline",
        "something stands after the value, or the value is not well written: "
        'one setting a line, a text between quotes, as name = "text"',
    ),
    ("Invalid date", "there is no such day or hour in the calendar: write a date as 2026-01-31"),
    (
        "Unescaped '\\'",
        "a text between double quotes holds a single \\: double it, or put the text between single quotes",
    ),
    ("Invalid hex", "a text between double quotes holds a single \\: double it, or put the text between single quotes"),
    ("Escaped character", "a text holds an escape that is no character: write the character itself"),
    ("Expected", QUOTE),
    ("Invalid", "this is no line of a TOML file: write name = value, [table], [[table]] or # a comment"),
)


def why_not_toml(message: str, rest: str) -> str:
    """Words for a message of tomllib about the ``rest`` of a line; the message itself when it is an unknown one."""
    if message.startswith("Invalid initial character for a key") and (not rest or rest.startswith("}")):
        return BRACES
    return next((words for start, words in SAID if message.startswith(start)), message)
