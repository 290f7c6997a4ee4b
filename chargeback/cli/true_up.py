"""``true-up``: the share of each member of each pool called by instalments, and the proof of every pool."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from chargeback.billing.proof import Figures, Proof, beside_cost, how_charged, ways_charged
from chargeback.cli.output import print_json, say
from chargeback.cli.progress import progress_bar
from chargeback.explain.field_text import table
from chargeback.ledger.book import period_status
from chargeback.model.money import euros
from chargeback.model.pools import TrueUp, TrueUpRow
from chargeback.model.problem import Refused
from chargeback.render.text.labels import pool_label
from chargeback.render.text.proof_columns import STATUS_WORDS, acts_text, column_heading
from chargeback.workflows.books import Books
from chargeback.workflows.proof import proofs
from chargeback.workflows.session import loaded
from chargeback.workflows.true_up import december_closed, waits
from chargeback.workspace.inputs import Inputs, reports_folder
from chargeback.workspace.reports.theme import read_theme
from chargeback.workspace.reports.wording import Wording, read_wording


def true_up_year(root: Path, year: int, file: Path | None, *, as_json: bool) -> None:
    """Show the true-up of a year and its proof; nothing is written but ``file``, the proof as a page, when it is given.

    Raises Problems as a run does, Refused before December is closed and where no pool has a proof.
    """
    with progress_bar() as progress, loaded(root, write=False, progress=progress) as (books, _):
        inputs, store = books.inputs, books.store
        if not december_closed(store, year):
            raise Refused(f"the true-up of {year} cannot be drawn up: {waits(year)}")
        found, proven = proofs(books, year)
        billed_in = _billed_in(year, books) if found else ""
    wording = read_wording(inputs.settings.locale, reports_folder(inputs), inputs.settings.currency)
    if file is not None:
        _write(found, proven, inputs, wording, file)
    if as_json:
        print_json(json_of(year, found, proven, inputs))
    else:
        print("\n".join(text_of(year, found, proven, wording)))
    if billed_in:
        say(billed_in)


def _billed_in(year: int, books: Books) -> str:
    """Message: the month that bills the differences, or how to name it."""
    period = books.inputs.settings.true_ups.get(year)
    if period is not None and period_status(books.store.connection, period).final:
        return f"the true-up was billed in {period}; what changes since is billed as an adjustment of {period}"
    if period is not None:
        return f"the differences are billed in {period}, as [true_up] of chargeback.toml says"
    return (
        "nothing bills these differences yet: name the month that does, in chargeback.toml, as [true_up] and below it "
        f'{year} = "{year + 1}-02"'
    )


def _write(found: Sequence[TrueUp], proven: Sequence[Proof], inputs: Inputs, wording: Wording, file: Path) -> None:
    from chargeback.render.pages.proof import proof_pdf

    file.write_bytes(proof_pdf(found, proven, inputs.settings, wording, read_theme(reports_folder(inputs))))
    say(f"written to {file}")


def text_of(year: int, found: Sequence[TrueUp], proven: Sequence[Proof], wording: Wording) -> list[str]:
    """Pools called by instalments with their members, the proof of all pools, the status of what is billed."""
    lines = [wording.text("proof.title_year", year=year)]
    for each in found:
        lines += ["", *_pool(each, wording)]
    lines += ["", wording.text("proof.title"), *_table(beside_cost(proven), proven, wording)]
    lines += ["", wording.text("proof.how"), *_table(how_charged(proven), proven, wording)]
    acts = acts_text(proven, wording)
    return [*lines, *(["", acts] if acts else [])]


def _pool(each: TrueUp, wording: Wording) -> Iterator[str]:
    yield f"{pool_label(each.pool, wording)} ({each.rule})"
    apart = [name for name in ("still_to_bill", "waived") if any(getattr(row, name) for row in each.rows)]
    heads = ["share", "instalments", "prefinanced", *apart, "difference"]
    paid = any(row.payer_id not in ("", row.member_id) for row in each.rows)
    names = ["member_id", *(["payer_id"] if paid else [])]
    titles = [*(["member", "payer"] if paid else ["member"]), *heads]
    rows = [tuple(wording.text(f"proof.columns.{title}") for title in titles)]
    for row in each.rows:
        own = [getattr(row, name) for name in names]
        rows.append((*own, *(wording.money(getattr(row, name)) for name in heads)))
    yield from (f"  {line}" for line in table(rows, "l" * len(names) + "r" * len(heads)))


def _table(figures: Figures, proven: Sequence[Proof], wording: Wording) -> Iterator[str]:
    rows = [tuple(column_heading(head, wording) for head in ("pool", *figures))]
    for place, each in enumerate(proven):
        rows.append((pool_label(each.pool, wording), *(wording.money(column[place]) for column in figures.values())))
    yield from (f"  {line}" for line in table(rows, "l" + "r" * len(figures)))


def json_of(year: int, found: Sequence[TrueUp], proven: Sequence[Proof], inputs: Inputs) -> dict[str, Any]:
    """The true-up and its proof as data: amounts in the workspace's currency, as text."""
    period = inputs.settings.true_ups.get(year)
    rows = {each.rule: each.rows for each in found}
    return {
        "year": year,
        "currency": inputs.settings.currency,
        "billed_in": str(period) if period else None,
        "pools": [_json_of_pool(each) | _json_of_members(rows.get(each.rule, ())) for each in proven],
    }


def _json_of_pool(each: Proof) -> dict[str, Any]:
    return {
        "pool": each.pool,
        "rule": each.rule,
        "billing": "instalments" if each.instalments else "costs",
        "cost": str(euros(each.cost)),
        **{name: str(euros(column[0])) for name, column in ways_charged([each]).items()},
        "charged": str(euros(each.charged)),
        "exempt": str(euros(each.exempt)),
        "billed": str(euros(each.billed)),
        "carried": str(euros(each.carried)),
        "equal": each.equal,
        "gap": str(euros(each.gap)),
        "gap_parts": {name: str(euros(cents)) for name, cents in each.gap_parts.items()},
        "acts": [{"kind": kind, "act": act, "amount": str(euros(cents))} for (kind, act), cents in each.acts.items()],
        "stands": {word: str(euros(each.at(status))) for status, word in STATUS_WORDS.items()},
        "months": [str(euros(cents)) for cents in each.costs],
    }


def _json_of_members(rows: Sequence[TrueUpRow]) -> dict[str, Any]:
    members = [
        {
            "member_id": row.member_id,
            "payer": row.payer_id or row.member_id,
            "share": str(euros(row.share)),
            "instalments": str(euros(row.instalments)),
            "prefinanced": str(euros(row.prefinanced)),
            "still_to_bill": str(euros(row.still_to_bill)),
            "waived": str(euros(row.waived)),
            "difference": str(euros(row.difference)),
            "documents": list(row.documents),
            "called": [{"document": number, "amount": str(euros(cents))} for number, cents in row.called],
        }
        for row in rows
    ]
    return {"members": members} if members else {}
