"""Small workspaces to load, and what is in the store afterwards."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from chargeback.model.settings import Operator, Settings
from chargeback.store.database import Store, open_store
from chargeback.store.load.sync import LoadReport, synchronise

HEADER = "start,end,member_id,resource_id,meter,quantity"
COSTS = "period,pool,account,label,amount,document"
PARIS = Settings(operator=Operator(), zone=ZoneInfo("Europe/Paris"))


def put(root: Path, files: dict[str, str | bytes]) -> Path:
    """Write files below ``root``."""
    for path, content in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(content.encode() if isinstance(content, str) else content)
    return root


def usage(*rows: str, tags: str = "") -> str:
    """A usage file of these rows."""
    return "\n".join((HEADER + tags, *rows)) + "\n"


def costs(*rows: str) -> str:
    """A cost file of these rows."""
    return "\n".join((COSTS, *rows)) + "\n"


def load(root: Path, settings: Settings = PARIS) -> LoadReport:
    """Bring the store of ``root`` level."""
    with open_store(root / "chargeback.duckdb", write=True) as store:
        return synchronise(store, root, settings)


def codes(report: LoadReport) -> list[tuple[str, str]]:
    """Place and code of every problem."""
    return [(str(p.where), p.code) for p in report.problems]


def loaded(root: Path, settings: Settings = PARIS) -> tuple[list[tuple[Any, ...]], LoadReport]:
    """Load into a temporary store: all measurements in their order, and the report."""
    with open_store(None, write=True) as store:
        report = synchronise(store, root, settings)
        return measurements(store), report


def measurements(store: Store) -> list[tuple[Any, ...]]:
    """Start, end, member, resource, meter, quantity and tags of every measurement, by file then row."""
    columns = ("start_us", "end_us", "member_id", "resource_id", "meter", "quantity", *store.tag_columns())
    names = ", ".join(f'"{column}"' for column in columns)
    sql = f"select {names} from usage join files using (file_id) order by path, usage.rowid"
    return store.connection.execute(sql).fetchall()
