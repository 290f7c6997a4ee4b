"""What ``true-up`` says: per pool and member the year's share, what was called, the difference; and that bills equal cost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from chargeback.commands.words import print_json, say
from chargeback.explain.words import table
from chargeback.inputs import Inputs, reports_folder
from chargeback.money import euros
from chargeback.problem import Refused
from chargeback.progress import progress_bar
from chargeback.render.words import pool_label
from chargeback.result import TrueUp
from chargeback.run import loaded, without_true_up
from chargeback.wording import Wording, read_wording


def true_up_year(root: Path, year: int, file: Path | None, *, as_json: bool) -> None:
    """Preview the true-up of a year; nothing is written but ``file``, its proof, when it is given.

    Raises Problems as a run does, Refused before December is closed and where no pool is called by instalments.
    """
    from chargeback.year import december_closed, true_ups, waits

    with progress_bar() as progress, loaded(root, write=False, progress=progress) as (inputs, store, _):
        if not december_closed(store, year):
            raise Refused(f"the true-up of {year} cannot be drawn up: {waits(year)}")
        found = true_ups(inputs, store, year, lambda month: without_true_up(inputs, store, month))
    wording = read_wording(inputs.settings.locale, reports_folder(inputs), inputs.settings.currency)
    if file is not None:
        _write(found, inputs, wording, file)
    if as_json:
        print_json(json_of(year, found, inputs))
    else:
        print("\n".join(text_of(year, found, wording)))
    say(_billed_in(year, inputs))


def _billed_in(year: int, inputs: Inputs) -> str:
    """The month that bills the differences, or how to name it."""
    period = inputs.settings.true_ups.get(year)
    if period is not None:
        return f"the differences are billed in {period}, as [true_up] of chargeback.toml says"
    return (
        "nothing bills these differences yet: name the month that does, in chargeback.toml, as [true_up] and below it "
        f'{year} = "{year + 1}-02"'
    )


def _write(found: Sequence[TrueUp], inputs: Inputs, wording: Wording, file: Path) -> None:
    from chargeback.render.proof import proof_pdf
    from chargeback.render.theme import read_theme

    file.write_bytes(proof_pdf(found, inputs.settings, wording, read_theme(reports_folder(inputs))))
    say(f"written to {file}")


def text_of(year: int, found: Sequence[TrueUp], wording: Wording) -> list[str]:
    """Each pool with its members, then the proof of all pools."""
    lines = [wording.text("proof.title_year", year=year)]
    for each in found:
        lines += ["", *_pool(each, wording)]
    return [*lines, "", wording.text("proof.title"), *_proof(found, wording)]


def _pool(each: TrueUp, wording: Wording) -> Iterator[str]:
    yield f"{pool_label(each.pool, wording)} ({each.rule})"
    heads = ["member", "share", "instalments", "prefinanced", "difference"]
    rows = [tuple(wording.text(f"proof.columns.{head}") for head in heads)]
    for row in each.rows:
        amounts = (row.share, row.instalments, row.prefinanced, row.difference)
        rows.append((row.member_id, *map(wording.money, amounts)))
    yield from (f"  {line}" for line in table(rows, "lrrrr"))


def _proof(found: Sequence[TrueUp], wording: Wording) -> Iterator[str]:
    heads = ["pool", "cost", "instalments", "prefinanced", "true_up", "gap"]
    rows = [tuple(wording.text(f"proof.columns.{head}") for head in heads)]
    for each in found:
        amounts = (each.cost, each.instalments, each.prefinanced, each.billed, each.gap)
        rows.append((pool_label(each.pool, wording), *map(wording.money, amounts)))
    yield from (f"  {line}" for line in table(rows, "lrrrrr"))


def json_of(year: int, found: Sequence[TrueUp], inputs: Inputs) -> dict[str, Any]:
    """The true-up as data: amounts in the workspace's currency, as text."""
    period = inputs.settings.true_ups.get(year)
    return {
        "year": year,
        "currency": inputs.settings.currency,
        "billed_in": str(period) if period else None,
        "pools": [_json_of_pool(each) for each in found],
    }


def _json_of_pool(each: TrueUp) -> dict[str, Any]:
    proof = {name: str(euros(getattr(each, name))) for name in ("cost", "instalments", "prefinanced")}
    return {
        "pool": each.pool,
        "rule": each.rule,
        **proof,
        "true_up": str(euros(each.billed)),
        "difference": str(euros(each.gap)),
        "months": [str(euros(cents)) for cents in each.costs],
        "members": [
            {
                "member_id": row.member_id,
                "share": str(euros(row.share)),
                "instalments": str(euros(row.instalments)),
                "prefinanced": str(euros(row.prefinanced)),
                "difference": str(euros(row.difference)),
                "documents": list(row.documents),
            }
            for row in each.rows
        ],
    }
