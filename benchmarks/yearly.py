"""A month with a year of closed months behind it, against the same month alone: what looking back costs.

Two hundred members, forty rules (as in ``charging``): rates on meters of their own, and five pools shared by use.
Documents are entered in the ledger and not drawn.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from benchmarks.issuing import siret
from benchmarks.table import Line, against, limit
from benchmarks.timing import in_turn, repeated, timed
from chargeback.ledger.issuing import close, issue
from chargeback.model.month import Month
from chargeback.model.period import Period
from chargeback.model.problem import Problems
from chargeback.store.database import Store, open_store
from chargeback.store.input_hashes import input_hashes
from chargeback.store.load.sync import synchronise
from chargeback.workflows.adjustments import adjusted
from chargeback.workflows.monthly_run import compute_month, month_alone
from chargeback.workspace.inputs import Inputs, read_inputs

MEMBERS, RATES, POOLS = 200, 35, 5
FIRST, LAST = Period(2026, 1), Period(2027, 1)
TURNS = 5
SETTINGS = """\
[operator]
name = "A syndicate"
siren = "990000010"
siret = "99000001000019"
vat_number = "FR13990000010"
address = ["1 place de l'Exemple"]
postal_code = "95000"
city = "Exempleville"
country = "FR"

[billing]
timezone = "Europe/Paris"

[vat.services]
category = "S"
rate = "20.00"

[vat.sharing]
category = "E"
rate = "0.00"
reason = "Article 261 B"
reason_code = "VATEX-EU-132-1F"
"""
RATE = """\
id = "rate{n}"
label = {{ fr = "rate{n}" }}
service = "benchmark"
kind = "rate"
vat = "services"
quantity = {{ meter = "m{n}", measure = "sum" }}

[[version]]
valid_from = 2026-01-01
references = [{{ title = "A benchmark" }}]
model = "flat"
price = "0.0{n}1"
"""
POOL = """\
id = "pool{n}"
label = {{ fr = "pool{n}" }}
service = "benchmark"
kind = "allocation"
vat = "sharing"
pool = "p{n}"

[[version]]
valid_from = 2026-01-01
references = [{{ title = "A benchmark" }}]
keys = [{{ quantity = {{ meter = "m{n}", measure = "sum" }} }}]
"""
MEMBER = "member_id,name,kind,siret,address,postal_code,city,valid_from"
HEADER = "start,end,member_id,resource_id,meter,quantity\n"


def lines(folder: Path) -> Iterator[Line]:
    """The thirteenth month: alone, with twelve closed months, and when a row of one of them, or of each, comes late."""
    root = _workspace(folder / "year")
    with _closed(root) as (inputs, store):
        of = f"{MEMBERS} × {RATES + POOLS} rules, 12 closed months"
        pair = in_turn(
            timed(lambda: month_alone(inputs, store, LAST)), timed(lambda: compute_month(inputs, store, LAST)), TURNS
        )
        yield against("a month, nothing changed behind it", f"{of}, floor the month alone", pair, 1.2)
        look = repeated(lambda: _differences(inputs, store), TURNS)
        yield limit("of it looking back", of, look * 1000, None, "ms")
        (root / "usage" / "late.csv").write_text(HEADER + _row(Period(2026, 6), 7, 3, "11", "5"), encoding="utf-8")
        inputs = _level(root, store)
        pair = in_turn(
            timed(lambda: month_alone(inputs, store, LAST)), timed(lambda: compute_month(inputs, store, LAST)), TURNS
        )
        yield against("the same, one late row", f"{of}, floor the month alone", pair, 4)
        rows = "".join(_row(Period(2026, month), 7, 3, "11", "5") for month in range(1, 13))
        (root / "usage" / "late.csv").write_text(HEADER + rows, encoding="utf-8")
        inputs = _level(root, store)
        pair = in_turn(
            timed(lambda: month_alone(inputs, store, LAST)), timed(lambda: compute_month(inputs, store, LAST)), TURNS
        )
        yield against("the same, a late row in each", f"{of}, floor the month alone", pair, 30)


def _differences(inputs: Inputs, store: Store) -> object:
    def month_of(month: Period) -> Month:
        return month_alone(inputs, store, month).month

    return adjusted(inputs, store, LAST, month_of)


def _row(month: Period, member: int, meter: int, day: str, quantity: str) -> str:
    return f"{month}-{day}T08:00:00Z,,m{member:03d},,m{meter},{quantity}\n"


def _workspace(root: Path) -> Path:
    for name in ("usage", "costs", "tariffs"):
        (root / name).mkdir(parents=True, exist_ok=True)
    (root / "chargeback.toml").write_text(SETTINGS, encoding="utf-8")
    rows = [f"m{n:03d},Member {n},commune,{siret(n)},Mairie,95000,Cergy,2020-01-01" for n in range(MEMBERS)]
    (root / "members.csv").write_text("\n".join([MEMBER, *rows, ""]), encoding="utf-8")
    for n in range(RATES):
        (root / "tariffs" / f"rate{n}.toml").write_text(RATE.format(n=n), encoding="utf-8")
    for n in range(POOLS):
        (root / "tariffs" / f"pool{n}.toml").write_text(POOL.format(n=n), encoding="utf-8")
    month = FIRST
    while month <= LAST:
        used = (
            _row(month, m, n, "10", str(1 + (7 * m + 13 * n + month.month) % 97))
            for m in range(MEMBERS)
            for n in range(RATES)
        )
        (root / "usage" / f"{month}.csv").write_text(HEADER + "".join(used), encoding="utf-8")
        costs = "".join(f"{month},p{n},611,Cost,{1000 + n}.37,X\n" for n in range(POOLS))
        text = f"period,pool,account,label,amount,document\n{costs}"
        (root / "costs" / f"{month}.csv").write_text(text, encoding="utf-8")
        month = month.next
    return root


@contextmanager
def _closed(root: Path) -> Iterator[tuple[Inputs, Store]]:
    """The workspace with its twelve first months issued and closed."""
    with open_store(root / "chargeback.duckdb", write=True) as store:
        inputs, month = _level(root, store), FIRST
        while month < LAST:
            on = month.end + timedelta(days=4)
            found = compute_month(inputs, store, month).month
            issue(store.connection, root, found, on, input_hashes(inputs, store), _not_drawn)
            close(store.connection, root, month, on)
            month = month.next
        yield inputs, store


def _level(root: Path, store: Store) -> Inputs:
    found = read_inputs(root)
    if found.settings is None or found.inputs is None:
        raise Problems(found.problems)
    report = synchronise(store, root, found.settings, None)
    if report.problems:
        raise Problems(report.problems)
    return found.inputs


def _not_drawn(month: Month) -> Mapping[str, bytes]:
    return {f"invoices/{document.number}.pdf": b"" for document in month.documents}
