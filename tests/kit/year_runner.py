"""A random year played month by month through the wired functions: compute, issue, close; documents are not drawn."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

from chargeback.cli.app import main
from chargeback.ledger.book import changed_rules
from chargeback.ledger.issuing import close, close_without_documents, issue
from chargeback.ledger.ledger_file import sync_ledger
from chargeback.ledger.open_items import billed_amounts, invoices_of_month, open_invoices, still_carried
from chargeback.model.month import Month
from chargeback.model.period import Period
from chargeback.model.problem import Problems
from chargeback.store.database import Store, open_store
from chargeback.store.input_hashes import input_hashes
from chargeback.store.load.sync import synchronise
from chargeback.workflows.books import Books
from chargeback.workflows.session import static_problems
from chargeback.workspace.inputs import Inputs, read_inputs
from kit.random_year import Year

Json = dict[str, Any]


@dataclass
class Played:
    """A year that was played: each month as it was computed before it was issued, and what the ledger answers at the
    end."""

    year: Year
    root: Path
    months: list[Month] = field(default_factory=list)
    answers: tuple[Any, ...] = ()

    @property
    def entries(self) -> list[Json]:
        """The lines of out/ledger.jsonl."""
        path = self.root / "out" / "ledger.jsonl"
        return [json.loads(line) for line in path.read_bytes().splitlines()] if path.exists() else []

    def ask(self, store: Store) -> tuple[Any, ...]:
        """What waits after the last month, the invoices that billed each member for two months, the open ones of each
        payer, and what they billed of each rule."""
        con, last = store.connection, self.months[-1]
        names = [(name, regime) for name in sorted(last.members) for regime in sorted(last.settings.regimes)]
        some = (self.months[0].period, self.months[len(self.months) // 2].period)
        billed = [invoices_of_month(con, *pair, month) for pair in names for month in some]
        newest = [open_invoices(con, [name], regime) for name, regime in names]
        amounts = [billed_amounts(con, [name], rule) for name in sorted(last.members) for rule in sorted(last.rules)]
        return (still_carried(con, last.period.next, last.settings), *billed, *newest, *amounts)


def write(root: Path, files: Mapping[str, str]) -> None:
    """The workspace is those files and nothing else, but what the program wrote."""
    for old in [p for p in root.rglob("*") if p.is_file() and p.relative_to(root).parts[0] != "out"]:
        if old.relative_to(root).as_posix() not in files and old.suffix != ".duckdb":
            old.unlink()
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")


def leveled(root: Path, store: Store) -> Inputs:
    """The inputs, and the store level with them; raises Problems."""
    found = read_inputs(root)
    if found.settings is None or found.inputs is None:
        raise Problems(found.problems)
    report = synchronise(store, root, found.settings, None)
    wrong = (*report.problems, *static_problems(found.inputs), *changed_rules(store.connection, found.inputs.rules))
    if wrong:
        raise Problems(wrong)
    return found.inputs


def not_drawn(month: Month) -> Mapping[str, bytes]:
    """The files of documents, without any page."""
    return {f"invoices/{document.number}.pdf": b"" for document in month.documents}


def settle(root: Path, store: Store, period: Period) -> Month:
    """Compute, issue and close a month; as it was computed."""
    inputs = leveled(root, store)
    month = Books(inputs, store).month(period)
    on = period.end + timedelta(days=4)
    if month.documents:
        issue(store.connection, root, month, on, input_hashes(inputs, store), not_drawn)
        close(store.connection, root, period, on)
    else:
        close_without_documents(store.connection, root, month, on, input_hashes(inputs, store))
    return month


def play(year: Year, root: Path) -> Played:
    """A year, every month issued whole and closed before the next."""
    played = Played(year, root)
    with small_store() as store:
        for month, files in zip(year.months, year.steps, strict=True):
            write(root, files)
            played.months.append(settle(root, store, Period.parse(month)))
        played.answers = played.ask(store)
    return played


@contextmanager
def small_store() -> Iterator[Store]:
    """A store of its own, for little data: one thread is the fastest."""
    with open_store(None, write=True) as store:
        store.connection.execute("set threads = 1")
        yield store


@contextmanager
def level_again(played: Played) -> Iterator[tuple[Inputs, Store]]:
    """The workspace as it is at the end, with a store that is made from its files alone."""
    write(played.root, played.year.steps[-1])
    with small_store() as store:
        sync_ledger(store.connection, played.root, write=False)
        yield leveled(played.root, store), store


Plan = Callable[[str], Sequence[Sequence[str]]]  # a month → the words of each ``issue`` of it


def play_commands(year: Year, root: Path, plan: Plan) -> Played:
    """A year by the commands themselves: each month is issued in parts, then closed."""
    for month, files in zip(year.months, year.steps, strict=True):
        write(root, files)
        on = str(Period.parse(month).end + timedelta(days=4))
        for words in plan(month):
            main(["-C", str(root), "issue", *words, "--date", on])
        assert main(["-C", str(root), "close", month, "--date", on]) == 0, month
    return Played(year, root)


def play_corrected(year: Year, root: Path, chosen: Callable[[str], bool]) -> Played:
    """A year by the commands: in some months what is known a month later comes before the month is closed, and each of
    its invoices is corrected."""
    for at, (month, files) in enumerate(zip(year.months, year.steps, strict=True)):
        write(root, files)
        on = str(Period.parse(month).end + timedelta(days=4))
        main(["-C", str(root), "issue", month, "--date", on])
        issued = [d["number"] for e in Played(year, root).entries if e["period"] == month for d in e["documents"]]
        if issued and chosen(month) and at + 1 < len(year.months):
            write(root, year.steps[at + 1])
            for number in issued:
                main(["-C", str(root), "correct", number, "--reason", "données corrigées", "--yes", "--date", on])
        assert main(["-C", str(root), "close", month, "--date", on]) == 0, month
    return Played(year, root)


@cache
def played(year: Year) -> Played:
    """The same, once; its folder stays until the end of the tests."""
    root = Path(tempfile.mkdtemp(prefix="year-"))
    FOLDERS.append(root)
    return play(year, root)


FOLDERS: list[Path] = []


def clear() -> None:
    """Take the folders of all years away."""
    while FOLDERS:
        shutil.rmtree(FOLDERS.pop(), ignore_errors=True)
