"""Usage files: read exactly or refused with line, column and raw text; CSV and Parquet alike."""

from __future__ import annotations

import random
import struct
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chargeback.model.grammar import FieldError
from chargeback.store.database import open_store
from chargeback.store.load import parquet_files, usage_files
from chargeback.store.load.usage_records import csv_problems, csv_rows, line_of, lines_of_rows
from chargeback.store.load.zones import clock_changes
from chargeback.workspace.files.cells import instant_us, number
from kit.loading import HEADER, codes, loaded, put, usage
from kit.slow import examples

PARIS = ZoneInfo("Europe/Paris")
HOUR = 3_600_000_000
MIDNIGHT = 1_788_213_600_000_000  # 2026-09-01T00:00 in Paris


def test_instants_and_quantities_are_exact(tmp_path: Path) -> None:
    """Z, offsets, naive timestamps, seconds and microseconds, samples without end, nine decimals, 18 digits."""
    put(
        tmp_path,
        {
            "usage/a.csv": usage(
                "2026-08-31T22:00:00Z,2026-09-01T01:00:00+02:00,alpha,,m,1",
                "2026-09-01T00:00,,,vm,m,-0.000000001",
                "2026-09-01T00:00:00.000001,2026-08-31T19:30-03:30,alpha,vm,m,999999999999999999.999999999",
                "1969-12-31T23:59:59.5Z,,a,,m,007",
                "2250-06-01T12:00,,a,,m,1",
            )
        },
    )
    expected = [
        (MIDNIGHT, MIDNIGHT + HOUR, "alpha", None, "m", Decimal(1)),
        (MIDNIGHT, None, None, "vm", "m", Decimal("-0.000000001")),
        (MIDNIGHT + 1, MIDNIGHT + HOUR, "alpha", "vm", "m", Decimal("999999999999999999.999999999")),
        (-500_000, None, "a", None, "m", Decimal(7)),
        (instant_us("2250-06-01T12:00", PARIS), None, "a", None, "m", Decimal(1)),
    ]
    rows, report = loaded(tmp_path)
    assert (expected, ()) == (rows, report.problems)


def test_columns_in_any_order_and_tags(tmp_path: Path) -> None:
    """A BOM, CRLF, quoted cells, and any other column as a tag; a file without a tag has none; an empty tag is no
    tag."""
    put(
        tmp_path,
        {
            "usage/a.csv": '\ufeffquantity,env,meter,start,end,member_id,resource_id,Site "x"\r\n'.replace('"x"', "x")
            + '2,"p, q",m,2026-09-01T00:00,,alpha,,é\r\n3,,m,2026-09-01T01:00,,alpha,,NULL\r\n',
            "usage/b.csv": usage("2026-09-01T00:00,,bravo,,m,1"),
        },
    )
    expected = [
        (MIDNIGHT, None, "alpha", None, "m", Decimal(2), "é", "p, q"),
        (MIDNIGHT + HOUR, None, "alpha", None, "m", Decimal(3), "NULL", None),
        (MIDNIGHT, None, "bravo", None, "m", Decimal(1), None, None),
    ]
    rows, report = loaded(tmp_path)
    assert (expected, ()) == (rows, report.problems)


@pytest.mark.parametrize(
    ("content", "place", "code", "words"),
    [
        ("", "usage/a.csv", "empty-file", ""),
        (HEADER.replace(",", ";") + "\n", "usage/a.csv:1", "not-commas", ";"),
        (HEADER.replace("resource_id", "ressource_id") + "\n", "usage/a.csv:1", "missing-column", "ressource_id"),
        (HEADER + ",env,env\n", "usage/a.csv:1", "duplicate-column", "env"),
        (HEADER + ",env,\n", "usage/a.csv:1", "unknown-column", ""),
        (HEADER + ",env,Env\n", "usage/a.csv:1", "tags-differ-in-case", "Env"),
        (usage("2026-09-31T00:00,,a,,m,1"), "usage/a.csv:2", "bad-timestamp", "start 2026-09-31T00:00"),
        (usage("2026-09-01 00:00,,a,,m,1"), "usage/a.csv:2", "bad-timestamp", "start"),
        (usage("2026-09-01T24:00:00Z,,a,,m,1"), "usage/a.csv:2", "bad-timestamp", "T24:00"),
        (usage("2026-09-01T00:00:60Z,,a,,m,1"), "usage/a.csv:2", "bad-timestamp", "00:60"),
        (usage("2026-09-01T00:00:00.1234567Z,,a,,m,1"), "usage/a.csv:2", "bad-timestamp", "1234567"),
        (usage("2026-09-01T00:00[Europe/Paris],,a,,m,1"), "usage/a.csv:2", "bad-timestamp", "[Europe/Paris]"),
        (usage("2026-9-1T00:00Z,,a,,m,1"), "usage/a.csv:2", "bad-timestamp", "2026-9-1"),
        (usage(",,a,,m,1"), "usage/a.csv:2", "bad-timestamp", "start is empty"),
        (usage("2026-10-25T02:30,,a,,m,1"), "usage/a.csv:2", "bad-timestamp", "repeats"),
        (usage("2026-03-29T02:30,,a,,m,1"), "usage/a.csv:2", "bad-timestamp", "skips"),
        (usage("2026-09-01T00:00,2026-09-01T00:00,a,,m,1"), "usage/a.csv:2", "end-before-start", "not after"),
        (usage("2026-09-01T00:00,2026-09-31T00:00,a,,m,1"), "usage/a.csv:2", "bad-timestamp", "end"),
        (usage("2026-09-01T00:00,,a,,,1"), "usage/a.csv:2", "empty-cell", "meter"),
        (usage("2026-09-01T00:00,,a,,m,"), "usage/a.csv:2", "bad-number", "quantity is empty"),
        (usage("2026-09-01T00:00,,a,,m,1e3"), "usage/a.csv:2", "bad-number", "quantity 1e3"),
        (usage("2026-09-01T00:00,,a,,m,infinity"), "usage/a.csv:2", "bad-number", "infinity"),
        (usage("2026-09-01T00:00,,a,,m, 5"), "usage/a.csv:2", "bad-number", ""),
        (usage("2026-09-01T00:00,,a,,m,0.0000000001"), "usage/a.csv:2", "too-many-decimals", "10 decimals"),
        (usage("2026-09-01T00:00,,a,,m,1234567890123456789"), "usage/a.csv:2", "too-many-digits", ""),
        (usage("2026-09-01T00:00,,a,,m"), "usage/a.csv:2", "truncated-row", "2026-09-01T00:00,,a,,m"),
        (usage("2026-09-01T00:00,,a,,m,1,5"), "usage/a.csv:2", "too-long-row", ""),
        (usage('2026-09-01T00:00,,"a"b,,m,1'), "usage/a.csv:2", "broken-quotes", ""),
        (usage('2026-09-01T00:00,,"a" ,,m,1'), "usage/a.csv:2", "broken-quotes", ""),
        (usage('2026-09-01T00:00,,"a,,m,1'), "usage/a.csv:2", "broken-quotes", ""),
        (usage("2026-09-01T00:00,,a,,m,1").encode() + b"\xff,\n", "usage/a.csv:3", "not-utf-8", ""),
        (usage('2026-09-01T00:00,,"a\nb",,m,1'), "usage/a.csv:2", "bad-id", "ab"),
    ],
)
def test_a_mistake_has_its_line_and_its_words(
    tmp_path: Path, content: str | bytes, place: str, code: str, words: str
) -> None:
    """Nothing of the file is in the store, and the message holds the column and the raw text."""
    rows, report = loaded(put(tmp_path, {"usage/a.csv": content}))
    assert ([], [(place, code)]) == (rows, codes(report))
    missing = [word for word in words.split() if word not in report.problems[0].message]
    assert not missing


def test_all_mistakes_of_all_files_at_once_then_a_count(tmp_path: Path) -> None:
    """After 50 alike in a file, a count; other kinds are still told."""
    rows = [f"2026-09-01T00:00,,a,,m,x{i}" for i in range(60)] + ["someday,,a,,m,1"]
    _, report = loaded(put(tmp_path, {"usage/a.csv": usage(*rows), "usage/b.csv": usage("2026-09-01T00:00,,a,,m")}))
    expected = [("usage/a.csv", "more-rows"), ("usage/a.csv:62", "bad-timestamp"), ("usage/b.csv:2", "truncated-row")]
    assert expected == sorted(set(codes(report)) - {(f"usage/a.csv:{i + 2}", "bad-number") for i in range(50)})
    assert len(report.problems) == 53


def test_names_of_files_are_never_patterns(tmp_path: Path) -> None:
    """Brackets and stars in a name, and folders that look like partitions, stand for themselves."""
    files = {
        "usage/a[1].csv": usage("2026-09-01T00:00,,a,,m,1"),
        "usage/a1.csv": usage("2026-09-01T00:00,,a,,m,2").replace("T00", "T01"),
        "usage/*.csv": usage("2026-09-01T00:00,,a,,m,3").replace("T00", "T02"),
        "usage/month=09/it's.csv": usage("2026-09-01T00:00,,a,,m,4").replace("T00", "T03"),
    }
    rows, report = loaded(put(tmp_path, dict(files)))
    assert [Decimal(3), Decimal(2), Decimal(1), Decimal(4)] == [row[5] for row in rows]
    assert report.problems == ()


def test_what_sql_cannot_read_itself_is_read_in_python(tmp_path: Path) -> None:
    """Mixed line ends, dates beyond the tables, and quotes beside spaces are no mistakes: they load all the same."""
    mixed = usage("2026-09-01T00:00,,a,vm,m,1").replace("\n", "\r\n") + '2150-01-01T00:00,,a,"x ""q""",m,2\n'
    rows, report = loaded(put(tmp_path, {"usage/a.csv": mixed}))
    expected = [
        (MIDNIGHT, None, "a", "vm", "m", Decimal(1)),
        (instant_us("2150-01-01T00:00", PARIS), None, "a", 'x "q"', "m", Decimal(2)),
    ]
    assert (expected, ()) == (rows, report.problems)


@pytest.mark.parametrize("zone", ["Europe/Paris", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca"])
def test_sql_reads_timestamps_as_python_does(zone: str) -> None:
    """On thousands of texts, good and broken, around clock changes, SQL gives Python's instant or none."""
    chance, place = random.Random(2026), ZoneInfo(zone)
    texts = [_broken(chance, _timestamp(chance)) for _ in range(20_000)]
    texts += [
        f"2026-{m:02d}-{d:02d}T{h:02d}:{n}"
        for m in (2, 3, 4, 10, 11)
        for d in range(1, 29)
        for h in range(4)
        for n in ("00", "30")
    ]
    sql = (
        "select case when has_zone(t) then instant else in_zone(instant, $starts, $ends, $before, $after) end "
        "from (select t, "
        "written_us(case when has_zone(t) then t else t || 'Z' end) as instant from (select unnest($texts) as t))"
    )
    with open_store(None, write=True) as store:
        usage_files.prepare(store.connection)
        found = store.connection.execute(sql, {"texts": texts, **clock_changes(place)}).fetchall()
    wrong = [
        (text, us) for text, (us,) in zip(texts, found, strict=True) if us is not None and us != _read(text, place)
    ]
    missed = [text for text, (us,) in zip(texts, found, strict=True) if us is None and _read(text, place) is not None]
    assert not wrong
    assert not [text for text in missed if "2000" <= text[:4] < "2080"]


def _read(text: str, zone: ZoneInfo) -> int | None:
    try:
        return instant_us(text, zone)
    except FieldError:
        return None


def _timestamp(chance: random.Random) -> str:
    day = (
        f"{chance.choice((2026, 1999, 2090, 1))}".zfill(4) + f"-{chance.randint(1, 13):02d}-{chance.randint(1, 31):02d}"
    )
    second = chance.choice(("", ":00", ":60", ":07.5", ":07.123456", ":07.1234567"))
    zone = chance.choice(("", "Z", "+02:00", "-12:30", "+24:00", "+0200"))
    return f"{day}T{chance.choice((0, 2, 23, 24)):02d}:{chance.choice((0, 59, 60)):02d}{second}{zone}"


def _broken(chance: random.Random, text: str) -> str:
    for _ in range(chance.choice((0, 0, 1, 2))):
        at = chance.randrange(len(text) + 1)
        text = (
            text[:at]
            + chance.choice(("", " ", "\t", "0", "9", "-", ":", "T", "z", ".", "\u0662"))
            + text[at + chance.randint(0, 1) :]
        )
    return text


def test_sql_reads_numbers_as_python_does() -> None:
    """On thousands of texts, SQL takes a quantity exactly when Python does, with the same value."""
    chance = random.Random(2026)
    seeds = (
        "1",
        "12.5",
        "-3",
        "0" * 20,
        "123456789012345678",
        "1.123456789",
        "1.1234567890",
        "1e3",
        "1_0",
        ".5",
        "5.",
        "+5",
    )
    texts = [_broken(chance, chance.choice(seeds)) for _ in range(20_000)]
    with open_store(None, write=True) as store:
        usage_files.prepare(store.connection)
        found = store.connection.execute("select exact_quantity(unnest($texts))", {"texts": texts}).fetchall()
    expected = [_number(text) for text in texts]
    assert expected == [value for (value,) in found]


def _number(text: str) -> Decimal | None:
    try:
        return number(text, 9)
    except FieldError:
        return None


def test_sql_reads_csv_as_python_does(tmp_path: Path) -> None:
    """On a hundred files, good and broken, both refuse the same files and read the same rows in the same order."""
    chance = random.Random(2026)
    different = []
    with open_store(None, write=True) as store:
        usage_files.prepare(store.connection)
        for _ in range(100):
            content = _csv(chance)
            (tmp_path / "a.csv").write_bytes(content)
            expected, found = _both(store.connection, tmp_path, content)
            if expected != found:
                different.append((content, expected, found))
    assert not different


def _csv(chance: random.Random) -> bytes:
    end = chance.choice(("\n", "\r\n"))
    cells = ("", "a", '"a"', '"x,y"', '"two lines"', '"q""x"', "é", "a;b")
    rows = [
        f"2026-09-{chance.randint(1, 28):02d}T10:00{chance.choice(('Z', '', '+02:00'))},,"
        f"{chance.choice(cells)},{chance.choice(cells)},m,{chance.choice(('1', '2.5', '-3'))}"
        for _ in range(chance.randint(0, 5))
    ]
    text = end.join((HEADER, *rows)) + chance.choice(("", end))
    for _ in range(chance.choice((0, 0, 1, 2))):
        at = chance.randrange(len(HEADER), len(text) + 1)
        text = text[:at] + chance.choice((",", '"', "\n", "\r", " ", "a", "")) + text[at + chance.randint(0, 1) :]
    return text.encode()


def _both(connection: duckdb.DuckDBPyConnection, root: Path, content: bytes) -> tuple[object, object]:
    """What Python reads of a file (None: it is refused), and what SQL does; the same where SQL leaves it to Python."""
    file = usage_files.UsageFile(root, "a.csv", tuple(HEADER.split(",")), None)
    refused = bool(csv_problems(root, "a.csv", file.header, PARIS))
    expected = None if refused else [row[2:5] for row in csv_rows(root / "a.csv", 6)]
    for reading in usage_files.readings(file) if b'" ' not in content and b' "' not in content else ():
        connection.execute("begin")
        try:
            usage_files.insert(connection, file, 1, PARIS, reading)
            rows = connection.execute("select member_id, resource_id, meter from usage order by rowid").fetchall()
            return expected, [[cell or "" for cell in row] for row in rows]
        except duckdb.Error as error:
            if not usage_files.of_the_file(error):
                raise
        finally:
            connection.execute("rollback")
    return expected, expected


def parquet(root: Path, select: str) -> Path:
    """A Parquet usage file of one select; a column that is not named is empty text."""
    (root / "usage").mkdir(exist_ok=True)
    connection = duckdb.connect()
    connection.execute("set timezone = 'UTC'")
    connection.execute(f"copy ({select}) to '{root}/usage/a.parquet' (format parquet)")
    return root


ROW = (
    "select {start} as \"start\", {end} as \"end\", 'a' as member_id, '' as resource_id, 'm' as meter, {quantity} as "
    "quantity"
)
TYPED = {"start": "timestamptz '2026-08-31 22:00:00+00'", "end": "null::timestamp", "quantity": "1::decimal(9,2)"}


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({}, (MIDNIGHT, None, Decimal(1))),
        ({"start": "timestamp '2026-09-01'"}, (MIDNIGHT, None, Decimal(1))),
        ({"start": "'2026-09-01T00:00'"}, (MIDNIGHT, None, Decimal(1))),
        ({"start": "timestamp_ns '2026-09-01 00:00:00.000001'"}, (MIDNIGHT + 1, None, Decimal(1))),
        ({"start": "timestamp '2150-01-01'"}, (instant_us("2150-01-01T00:00", PARIS), None, Decimal(1))),
        ({"end": "'2026-09-01T01:00'"}, (MIDNIGHT, MIDNIGHT + HOUR, Decimal(1))),
        ({"quantity": "'2.50'"}, (MIDNIGHT, None, Decimal("2.5"))),
        ({"quantity": "-7::bigint"}, (MIDNIGHT, None, Decimal(-7))),
        ({"quantity": "1.5::decimal(38,12)"}, (MIDNIGHT, None, Decimal("1.5"))),
        ({"quantity": "0.1::double"}, (MIDNIGHT, None, Decimal("0.1"))),
        ({"quantity": "0.000001::double"}, (MIDNIGHT, None, Decimal("0.000001"))),
        ({"quantity": "12345678.25::double"}, (MIDNIGHT, None, Decimal("12345678.25"))),
        ({"quantity": "9007199254740993::double"}, (MIDNIGHT, None, Decimal(9007199254740990))),
        ({"quantity": "1e17::double"}, (MIDNIGHT, None, Decimal(10) ** 17)),
        ({"quantity": "0.1::float"}, (MIDNIGHT, None, Decimal("0.1"))),
        ({"quantity": "0.00012000000000000002::double"}, (MIDNIGHT, None, Decimal("0.00012"))),
        ({"quantity": "(0.1::double + 0.2::double)"}, (MIDNIGHT, None, Decimal("0.3"))),
        ({"quantity": "1234567.1234567891::double"}, (MIDNIGHT, None, Decimal("1234567.12345679"))),
        ({"quantity": "16777216::float"}, (MIDNIGHT, None, Decimal(16777220))),
    ],
)
def test_a_parquet_column_of_any_exact_type_is_read(
    tmp_path: Path, columns: dict[str, str], expected: tuple[int, int | None, Decimal]
) -> None:
    """Text, timestamps with and without zone, integers, decimals, and doubles that stand for a decimal of nine
    places."""
    rows, report = loaded(parquet(tmp_path, ROW.format(**TYPED | columns)))
    assert ([expected], ()) == ([(row[0], row[1], row[5]) for row in rows], report.problems)


@pytest.mark.parametrize(
    ("columns", "place", "code"),
    [
        ({"start": "date '2026-09-01'"}, "usage/a.parquet", "bad-type"),
        ({"start": "null::timestamp"}, "usage/a.parquet:1", "bad-timestamp"),
        ({"start": "timestamp '2026-10-25 02:30:00'"}, "usage/a.parquet:1", "bad-timestamp"),
        ({"start": "timestamp_ns '2026-09-01 00:00:00.000000001'"}, "usage/a.parquet:1", "bad-timestamp"),
        ({"start": "timestamp 'infinity'"}, "usage/a.parquet:1", "bad-timestamp"),
        ({"end": "timestamp '2026-09-01'"}, "usage/a.parquet:1", "end-before-start"),
        ({"quantity": "true"}, "usage/a.parquet", "bad-type"),
        ({"quantity": "[1]"}, "usage/a.parquet", "bad-type"),
        ({"quantity": "(1.0 / 3)::double"}, "usage/a.parquet:1", "too-many-decimals"),
        ({"quantity": "'nan'::double"}, "usage/a.parquet:1", "bad-number"),
        ({"quantity": "1e18::double"}, "usage/a.parquet:1", "too-many-digits"),
        ({"quantity": "null::double"}, "usage/a.parquet:1", "bad-number"),
        ({"quantity": "0.0000000001::decimal(38,12)"}, "usage/a.parquet:1", "too-many-decimals"),
        ({"quantity": "1.5::double as load, 1::double"}, "usage/a.parquet", "bad-type"),
    ],
)
def test_a_parquet_value_that_is_not_exact_is_refused(
    tmp_path: Path, columns: dict[str, str], place: str, code: str
) -> None:
    """The place is the row, counted from 1, or the file for the type of a column; nothing is rounded."""
    rows, report = loaded(parquet(tmp_path, ROW.format(**TYPED | columns)))
    assert ([], [(place, code)]) == (rows, codes(report))


def test_parquet_tags_and_columns(tmp_path: Path) -> None:
    """Integers and booleans are text as tags and identifiers; a missing column is named; a file that is none is
    refused."""
    rows, report = loaded(parquet(tmp_path, ROW.format(**TYPED) + ", '' as env, true as hot, 7 as node"))
    assert ([row[6:] for row in rows], report.problems) == ([(None, "true", "7")], ())
    _, report = loaded(parquet(tmp_path, "select 1 as meter"))
    assert {("usage/a.parquet", "missing-column")} == set(codes(report))
    _, report = loaded(put(tmp_path, {"usage/a.parquet": "hello"}))
    assert codes(report) == [("usage/a.parquet", "unreadable-file")]


def test_the_line_of_a_record_counts_quoted_line_breaks_and_blank_lines(tmp_path: Path) -> None:
    """The line is where the record begins, in plain files and in quoted ones."""
    put(tmp_path, {"usage/a.csv": usage("1", "2"), "usage/b.csv": '"h\n1"\n\n"r\n1"\nr2\n\nr3'})
    assert lines_of_rows(tmp_path, "usage/a.csv", [1, 2]) == {1: 2, 2: 3}
    assert lines_of_rows(tmp_path, "usage/b.csv", [3, 1, 2]) == {1: 4, 2: 6, 3: 8}
    assert line_of(tmp_path, "usage/b.csv", 4) is None
    assert line_of(tmp_path, "usage/a.parquet", 9) == 9


FLOATS = st.one_of(
    st.floats(),
    st.decimals(min_value=-(10**8), max_value=10**8, places=9).map(float),
    st.decimals(min_value=-1, max_value=1, places=9).map(lambda d: float(d) * 3 / 3),
    st.decimals(min_value=-(10**6), max_value=10**6, places=3).map(lambda d: float(d) + 0.1 + 0.2),
)


@settings(deadline=None, max_examples=examples(15, 100))
@given(numbers=st.lists(FLOATS, min_size=1, max_size=50))
@pytest.mark.parametrize(("digits", "macro"), [(15, "exact_double"), (7, "exact_float")])
def test_sql_reads_floats_with_so_many_digits(digits: int, macro: str, numbers: list[float]) -> None:
    """A number that SQL reads is that of its significant digits; one that it leaves to Python has an exponent."""
    wanted = [struct.unpack("f", struct.pack("f", x))[0] if digits == 7 and abs(x) < 3e38 else x for x in numbers]
    with open_store(None, write=True) as store:
        usage_files.prepare(store.connection)
        sql = f"select {macro}(n) from (select unnest(cast($numbers as double[])) as n)"
        found = [value for (value,) in store.connection.execute(sql, {"numbers": wanted}).fetchall()]
    for number_, value in zip(wanted, found, strict=True):
        shown = format(number_, f".{digits}g")
        expected = _number(parquet_files._of_double(repr(number_), digits))
        assert value == expected or (value is None and "e+" in shown), (number_, value, expected)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("0.00012000000000000002", "0.00012"),
        ("12.340000000000002", "12.34"),
        ("8.5E-3", "0.0085"),
        ("1e3", "1000"),
        ("0.33333333333333331", ""),
    ],
)
def test_the_message_shows_the_number_with_fifteen_digits(written: str, meant: str) -> None:
    """CSV stays strict: what a program probably meant is proposed, never taken."""
    with pytest.raises(FieldError) as wrong:
        number(written, 9)
    assert (f"with 15 significant digits it is {meant}: write that" in str(wrong.value)) == bool(meant)
