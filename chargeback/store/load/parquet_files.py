"""Parquet usage files: types of their columns, and how each is read exactly, as SQL to load, as text to explain.

``start`` and ``end`` are text as in CSV, TIMESTAMP (read in the zone of the workspace) or TIMESTAMP WITH TIME ZONE.
``quantity`` is text, an integer, a DECIMAL, or a DOUBLE or FLOAT, read with 15 or 7 significant digits as a number of
XLSX is, which must have at most 9 decimals then. Identifiers, meter and tags are text, integers, booleans, dates or
UUIDs. Nothing else is rounded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING

from chargeback.model.grammar import SIGNIFICANT, without_zeros
from chargeback.model.problem import Place, Problem
from chargeback.store.load.usage_records import USAGE
from chargeback.store.sql.quoting import TAG, identifier, literal
from chargeback.workspace.files.cells import QUANTITY_PLACES
from chargeback.workspace.files.csv_files import header_problems

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Types = dict[str, str]  # column of the file -> its DuckDB type

TEXT = re.compile(r'VARCHAR|"NULL"|ENUM\(.*\)', re.DOTALL)
NAME = re.compile(r"U?(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT)|BOOLEAN|DATE|UUID")
INSTANTS = {
    "TIMESTAMP": "case when isfinite({0}) then epoch_us({0}) end",
    "TIMESTAMP_S": "epoch_us(cast({0} as timestamp))",
    "TIMESTAMP_MS": "epoch_us(cast({0} as timestamp))",
    "TIMESTAMP_NS": "case when {0} = cast({0} as timestamp) then epoch_us(cast({0} as timestamp)) end",
    "TIMESTAMP WITH TIME ZONE": "case when isfinite({0}) then epoch_us({0}) end",
}
WRITTEN_QUANTITY = "exact_quantity(nullif(cast({0} as varchar), ''))"
WITHOUT_ZEROS = "exact_quantity(rtrim(rtrim(cast({0} as varchar), '0'), '.'))"
DIGITS = {"DOUBLE": SIGNIFICANT, "FLOAT": 7}
SHOWN = {"DOUBLE": "exact_double({0})", "FLOAT": "exact_float(cast({0} as double))"}
BATCH = 10_000


def one_file(path: Path) -> str:
    """Path as DuckDB takes it: one file, whatever signs its name has, never a pattern."""
    return re.sub(r"([*?\[])", r"[\1]", str(path))


def parquet_types(connection: DuckDBPyConnection, root: Path, path: str) -> tuple[Types, list[Problem]]:
    """Types of the columns of a Parquet file, and their problems."""
    import duckdb

    try:
        relation = connection.read_parquet(one_file(root / path), hive_partitioning=False)
        types = dict(zip(relation.columns, map(str, relation.types), strict=True))
    except duckdb.Error as error:
        return {}, [unreadable(path, error)]
    place = Place(path)
    problems = [Problem(place, p.message, p.code) for p in header_problems(path, list(types), USAGE)]
    problems += [Problem(place, message, "bad-type") for message in _wrong_types(types)]
    return types, problems


def unreadable(path: str, error: Exception) -> Problem:
    """Problem of a file that is no Parquet file, or a damaged one."""
    message = f"the file cannot be read as Parquet ({reason_of(error, path)}): write it again"
    return Problem(Place(path), message, "unreadable-file")


def reason_of(error: Exception, path: str) -> str:
    """Reason of an error of DuckDB about a file: its first line, without its kind and the path on the machine."""
    said = str(error).splitlines()[0].split(": ", 1)[-1]
    return re.sub(rf" ?[\"'][^\"']*{re.escape(path)}[\"']", "", said)


def _wrong_types(types: Types) -> Iterator[str]:
    for column, type_ in types.items():
        if TEXT.fullmatch(type_):
            continue
        if column in ("start", "end"):
            if type_ not in INSTANTS:
                yield f"column {column} is of type {type_}: expected a timestamp, or text as 2026-01-31T14:05Z"
        elif column == "quantity":
            if quantity_sql(type_) is None:
                yield f"column quantity is of type {type_}: expected a DECIMAL, an integer, a DOUBLE or text"
        elif not NAME.fullmatch(type_):
            yield f"column {column} is of type {type_}: expected text"


def written_sql(column: str, type_: str) -> str:
    """SQL of the instant of a column: microseconds since 1970, read as UTC where it has no zone; null without one."""
    name = identifier(column)
    if TEXT.fullmatch(type_):
        return f"written_us(case when has_zone({name}) then {name} else {name} || 'Z' end)"
    return INSTANTS[type_].format(name)


def instant_sql(column: str, type_: str) -> str:
    """SQL of the instant of a column in UTC microseconds, from the instant as written, ``<column>_at``."""
    if type_.endswith("TIME ZONE"):
        return f"{column}_at"
    in_zone = f"in_zone({column}_at, $starts, $ends, $before, $after)"
    if TEXT.fullmatch(type_):
        return f"case when has_zone({identifier(column)}) then {column}_at else {in_zone} end"
    return in_zone


def quantity_sql(type_: str) -> str | None:
    """SQL of the exact decimal of the quantity, null when it has none; None for a type that is no number."""
    quantity = identifier("quantity")
    scale = re.fullmatch(r"DECIMAL\([0-9]+,([0-9]+)\)", type_)
    if TEXT.fullmatch(type_):
        return WRITTEN_QUANTITY.format(quantity)
    if scale and int(scale.group(1)) > QUANTITY_PLACES:
        return WITHOUT_ZEROS.format(quantity)
    if type_ in SHOWN:
        return SHOWN[type_].format(quantity)
    if scale or (NAME.fullmatch(type_) and "INT" in type_):
        return f"try_cast({quantity} as decimal(27, 9))"
    return None


def records_sql(path: Path, types: Types) -> str:
    """SQL of the rows of a Parquet file: names and tags as text, instants and quantity as they are."""
    columns = []
    for column, type_ in types.items():
        text = f"nullif(cast({identifier(column)} as varchar), '')"
        if column == "quantity" or (column in ("start", "end") and not TEXT.fullmatch(type_)):
            columns.append(identifier(column))
        else:
            name = column if column in USAGE.known else TAG + column
            columns.append(f"{text} as {identifier(name)}")
    return f"select {', '.join(columns)} from {_source(path)}"


def _source(path: Path) -> str:
    return f"read_parquet({literal(one_file(path))}, hive_partitioning = false)"


def text_rows(connection: DuckDBPyConnection, path: Path, types: Types) -> Iterator[list[str]]:
    """Rows of a Parquet file as a CSV file would have them."""
    columns = ", ".join(_as_text(column, type_) for column, type_ in types.items())
    cursor = connection.execute(f"select {columns} from {_source(path)}")
    shown = [DIGITS.get(type_, 0) if column == "quantity" else 0 for column, type_ in types.items()]
    widths = [column == "quantity" and type_.startswith("DECIMAL") for column, type_ in types.items()]
    while batch := cursor.fetchmany(BATCH):
        for row in batch:
            yield [
                _of_double(cell, digits) if digits else without_zeros(cell) if decimal else cell
                for cell, digits, decimal in zip(row, shown, widths, strict=True)
            ]


def _as_text(column: str, type_: str) -> str:
    value = f"cast({identifier(column)} as double)" if type_ == "FLOAT" else identifier(column)
    text = f"coalesce(cast({value} as varchar), '')"
    if column in ("start", "end") and type_ in INSTANTS:
        text = f"replace({text}, ' ', 'T')"
        return f"replace({text}, '+00', 'Z')" if "ZONE" in type_ else text
    return text


def _of_double(text: str, digits: int) -> str:
    """Decimal of a DOUBLE with so many significant digits, without exponent: 1e-06 is 0.000001, 5.0 is 5."""
    try:
        number = float(text)
    except ValueError:
        return text
    return without_zeros(format(Decimal(format(number, f".{digits}g")), "f")) if isfinite(number) else text
