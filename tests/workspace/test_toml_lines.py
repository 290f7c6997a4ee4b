"""The line of every key of a TOML file."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from chargeback.workspace.files.toml_lines import line_at, lines_of, read_toml

RULE = '''# a comment with "quotes" and [brackets]
id = "vcpu"
label = { fr = "Calcul # non", en = "Compute" }
note = """
price = 3
"""

[[version]]
valid_from = 2026-01-01
price = "0.021"
tiers = [
  { up_to = "10", price = "1" }, # first ] }
  { up_to = "20",
    price = "2" },
  { price = "3" },
]

[version.extra]
why = 'it''s'

[[version]]
"quoted key" = [1, 2,
  3]
floor.driver = "x"
'''.replace("'it''s'", "'its'")


def test_every_key_has_its_line() -> None:
    """Tables, arrays of tables, inline tables, arrays over several lines and dotted keys all have their line."""
    lines = lines_of(RULE)
    expected = {
        "id": 2,
        "label": 3,
        "label.en": 3,
        "note": 4,
        "version": 8,
        "version.0": 8,
        "version.0.valid_from": 9,
        "version.0.price": 10,
        "version.0.tiers": 11,
        "version.0.tiers.0": 12,
        "version.0.tiers.0.price": 12,
        "version.0.tiers.1": 13,
        "version.0.tiers.1.price": 14,
        "version.0.tiers.2.price": 15,
        "version.0.extra": 18,
        "version.0.extra.why": 19,
        "version.1": 21,
        "version.1.quoted key": 22,
        "version.1.quoted key.2": 23,
        "version.1.floor": 24,
        "version.1.floor.driver": 24,
    }
    assert expected == {key: lines.get(key) for key in expected}


def test_a_key_that_is_not_in_the_file_is_at_its_parent() -> None:
    """A missing field is shown at the table that lacks it."""
    lines = lines_of(RULE)
    line_of_the_version = 21
    assert line_of_the_version == line_at(lines, "version.1.references")
    assert line_at(lines, "absent") is None


@pytest.mark.parametrize("text", ["", "\n", "# nothing", "a=1", "[a]\n", "a = {}\nb = []", "a = [[1],[{b=[2]}]]"])
def test_small_texts_are_walked_to_their_end(text: str) -> None:
    """Empty files, files without a last newline and nested brackets end the walk."""
    assert all(line >= 1 for line in lines_of(text).values())


def test_strings_with_escapes_and_brackets_do_not_confuse_the_walk() -> None:
    """A quote behind a backslash, and every kind of string, hide what they hold."""
    text = 'a = "x\\"] = {"\nb = \'C:\\\'\nc = \'\'\'\n[no]\n\'\'\'\nd = """"""\n"e.f" = 1\ng = 1979-05-27T07:32:00Z\n'
    expected = {"a": 1, "b": 2, "c": 3, "d": 6, "e.f": 7, "g": 8}
    assert expected == lines_of(text)


def test_numbers_are_read_as_exact_decimals(tmp_path: Path) -> None:
    """An unquoted price is the decimal that is written; a BOM and CRLF are accepted."""
    (tmp_path / "a.toml").write_bytes(b"\xef\xbb\xbfprice = 0.10\r\nother = 1\r\n")
    assert ({"price": Decimal("0.10"), "other": 1}, {"price": 1, "other": 2}, []) == read_toml(tmp_path, "a.toml")


def test_a_number_with_an_exponent_stays_text(tmp_path: Path) -> None:
    """1e3 is no number of the contract: it is kept as written, for the reader of the field to refuse."""
    (tmp_path / "a.toml").write_text("a = [1e3, inf, 1_0.5, +1.5, -1.50]\n")
    expected = {"a": ["1e3", "inf", "1_0.5", "+1.5", Decimal("-1.50")]}
    assert expected == read_toml(tmp_path, "a.toml")[0]


@pytest.mark.parametrize(
    ("content", "place", "code"),
    [
        (b"a = 1\nb = \n", "a.toml:2", "not-toml"),
        (b"a = 1\n\nb = [1,\n", "a.toml:3", "not-toml"),
        (b"a = 1\na = 2\n", "a.toml:2", "not-toml"),
        (b"a = '\xe9'\n", "a.toml:1", "not-utf-8"),
    ],
)
def test_a_file_that_is_not_toml_is_a_problem_with_its_line(
    tmp_path: Path, content: bytes, place: str, code: str
) -> None:
    """A syntax error is shown where it stands, the end of the file included."""
    (tmp_path / "a.toml").write_bytes(content)
    values, _, problems = read_toml(tmp_path, "a.toml")
    assert values is None
    assert [(place, code)] == [(str(p.where), p.code) for p in problems]
