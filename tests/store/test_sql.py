"""SQL: parts are filled in where the header says, names of the user arrive intact, and nothing reaches a comment."""

from __future__ import annotations

import re

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chargeback.store.sql import PART, statement, template
from chargeback.store.sql.quoting import TAG, identifier, literal, tag_column
from kit.paths import PACKAGE
from kit.slow import examples

FOLDER = PACKAGE / "store" / "sql"
NAMES = sorted(path.relative_to(FOLDER).with_suffix("").as_posix() for path in FOLDER.rglob("*.sql"))
PARTS_OF = {name: template(name).parts for name in NAMES}
SIGNS = ['"', "'", "{tags}", "{part}", "{", "}", "--", "/*", ";", "\n", "\r", "\\", "$x", "drop table usage", "é", " "]

QUOTES = [(prefixed, quote) for prefixed in (True, False) for quote in (identifier, literal)]

AFTER_A_COMMA = (
    "checks/overlapping",
    *(f"measure/{name}" for name in ("instant_sums", "sampled_days", "shared_instants", "stepped")),
)

hostile = st.one_of(
    st.lists(st.one_of(st.sampled_from(SIGNS), st.characters(codec="utf-8", exclude_characters="\0"))),
    st.lists(st.sampled_from(SIGNS)),
).map(lambda parts: "x" + "".join(parts))


def parts_with(name: str, tag: str) -> dict[str, str | int]:
    """Parts of a statement, each made as the program makes it, from one tag or text of the user."""
    column = tag_column(tag)
    made: dict[str, str | int] = {
        "column": column,
        "new": column,
        "columns": f"member_id, {column}",
        "tags": f"{column}, ",
        "same_tags": f"and measurements.{column} is not distinct from keys.{column}",
        "part": "case when start_us < 5 then 0 else 1 end",
        "percent": 5,
        "from_us": 0,
        "to_us": 10,
        "lists": "unnest($c0)",
        "shown": f", once.{column}",
        "table": "usage",
        "rows": "usage",
        **dict.fromkeys(("leaving", "reaching"), "crossing where start_us < 5 and end_us > 5"),
        "where": f" and {column} = {literal(tag)}",
        "equal": f" and a.{column} is not distinct from u.{column}",
        "own_tags": f", u.{column}",
        "all_tags": f", {column}",
        "midnight": "case when start_us < 5 then 0 else 5 end",
        "next_us": f"lead(start_us) over (partition by resource_id, {column} order by start_us)",
        "step_us": 5,
        "meters": f"[{literal(tag)}]",
        "records": f"select 1 as {column} from read_parquet({literal(tag)})",
        **dict.fromkeys(("start", "end"), 'epoch_us("start")'),
        **dict.fromkeys(("start_us", "end_us"), "in_zone(start_at, $starts, $ends, $before, $after)"),
        "quantity": 'exact_quantity("quantity")',
    }
    if name in AFTER_A_COMMA:
        made["tags"] = f", {column}"
    if name == "explain/rows":
        made["tags"] = f" and b.{column} is not distinct from u.{column}"
    if name in ("explain/cells", "measure/asked"):
        made["tags"] = f", {column} varchar"
    if name == "load/content_of_usage":
        made["tags"] = f"concat_ws(chr(30), {literal(TAG + tag)} || chr(31) || {column})"
    return {part: made[part] for part in PARTS_OF[name]}


def statements(sql: str) -> int:
    """How many statements DuckDB finds in a text."""
    return len(duckdb.extract_statements(sql))


@pytest.mark.parametrize("name", NAMES)
def test_header_and_use_agree(name: str) -> None:
    """The parts that the header declares are those of the statement; it has no comment and no part between quotes."""
    found = template(name)
    assert set(PART.findall(found.body)) == found.parts
    assert not re.search(r"--|/\*", found.body)
    for match in PART.finditer(found.body):
        before = found.body[: match.start()]
        assert (before.count("'") % 2, before.count('"') % 2) == (0, 0)
    head = (FOLDER / f"{name}.sql").read_text(encoding="utf-8").splitlines()
    wanted = ["-- grain:", "-- reads:", "-- parameters:", *(["-- parts:"] if found.parts else [])]
    assert [line[: len(start)] for line, start in zip(head, wanted, strict=False)] == wanted


def test_a_part_that_is_not_declared_or_not_given_is_a_mistake() -> None:
    """Both are refused before anything runs."""
    for parts in ({}, {"column": '"a"', "other": "1"}, {"colum": '"a"'}):
        with pytest.raises(ValueError, match=r"store/sql/load/add_tag\.sql declares the parts \['column', 'table'\]"):
            statement("load/add_tag", **parts)
    with pytest.raises(ValueError, match=r"declares the parts \[\], uses \[\] and is given \['tags'\]"):
        statement("load/files", tags="a")


def test_the_header_is_no_part_of_a_statement() -> None:
    """What a comment says is never sent, so a part can never reach one."""
    assert statement("load/add_tag", table="usage", column=identifier("tag:a\nb")) == (
        'alter table usage add column "tag:a\nb" varchar\n'
    )


@settings(deadline=None, max_examples=examples(20, 100))
@given(tag=hostile, name=st.sampled_from([name for name in NAMES if PARTS_OF[name]]))
def test_a_name_never_becomes_another_statement(tag: str, name: str) -> None:
    """One statement stays one, and the text around the names is the same, whatever the user called a tag."""
    plain, found = statement(name, **parts_with(name, "plain")), statement(name, **parts_with(name, tag))
    assert statements(plain) == statements(found) == 1
    quoted = {quote(TAG * prefixed + "plain"): quote(TAG * prefixed + tag) for prefixed, quote in QUOTES}
    assert found == re.sub("|".join(map(re.escape, quoted)), lambda match: quoted[match.group()], plain)


@settings(deadline=None, max_examples=examples(20, 100))
@given(tag=hostile)
def test_a_name_arrives_intact(tag: str) -> None:
    """A column has the name of its tag to the letter; a literal is the text."""
    with duckdb.connect() as connection:
        connection.execute("create table usage (start_us bigint)")
        connection.execute(statement("load/add_tag", table="usage", column=tag_column("first")))
        connection.execute(statement("load/rename_tag", table="usage", column=tag_column("first"), new=tag_column(tag)))
        assert connection.execute(statement("load/tag_columns")).fetchall() == [(TAG + tag,)]
        assert connection.execute(f"select {literal(tag)}").fetchall() == [(tag,)]


@settings(deadline=None, max_examples=examples(20, 100))
@given(tags=st.lists(hostile, min_size=1, max_size=3, unique_by=str.lower))
def test_measurements_are_distinguished_by_any_tag(tags: list[str]) -> None:
    """A search for repetitions runs with tags of any name, and finds what is repeated."""
    with duckdb.connect() as connection:
        connection.execute(statement("schema/usage"))
        for tag in tags:
            connection.execute(statement("load/add_tag", table="usage", column=tag_column(tag)))
        values = ", ".join(f"({row}, 0, null, 'm', null, 'q', 1{', ?' * len(tags)})" for row in (1, 2))
        connection.execute(f"insert into usage values {values}", [*tags, *tags])
        columns = "".join(f"{tag_column(tag)}, " for tag in tags)
        window = {"from_us": 0, "to_us": 1, "minutes_too": True}
        sql = statement("checks/repeats_between_minutes", tags=columns)
        assert connection.execute(sql, window).fetchall() == [(1,)]
