"""``fairness``: who pays more than alone, each group and each method, on stdout; its pages to a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from chargeback.cli.fairness_text import text_of
from chargeback.cli.output import print_json, say
from chargeback.cli.progress import progress_bar
from chargeback.ledger.book import period_status
from chargeback.ledger.issuing import refuse_other_than_billed
from chargeback.model.fairness import Blocking, Division, Fairness
from chargeback.model.money import euros, rounded
from chargeback.model.month import Month
from chargeback.model.period import Period
from chargeback.model.problem import Refused
from chargeback.workflows.session import loaded
from chargeback.workspace.inputs import Inputs, reports_folder
from chargeback.workspace.reports.formats import without_zeros
from chargeback.workspace.reports.theme import read_theme
from chargeback.workspace.reports.wording import read_wording

PLACES = 6


def fairness_month(root: Path, period: Period, game: str | None, file: Path | None, *, as_json: bool) -> None:
    """Report on the games of a month; nothing is written in the workspace but ``file``, the pages, when it is given.

    Raises Problems as a run does, Refused for a month that was issued and would differ today, or an unknown game.
    """
    with progress_bar() as progress, loaded(root, write=False, progress=progress) as (books, _):
        inputs, con = books.inputs, books.store.connection
        month = books.month(period)
        refuse_other_than_billed(con, month)
        issued = period_status(con, period).final
    month = _asked(month, game)
    if file is not None:
        _write(month, issued, inputs, file)
    if as_json:
        print_json(json_of(month, issued))
        return
    wording = read_wording(inputs.settings.locale, reports_folder(inputs), inputs.settings.currency)
    print("\n".join(text_of(month, issued, wording)))


def _asked(month: Month, game: str | None) -> Month:
    """The month with one game alone; Refused where it has none of that name."""
    if game is None:
        return month
    found = tuple(f for f in month.fairness if f.game == game)
    if not found:
        names = sorted({f.game for f in month.fairness})
        there = f"the games of the month are {', '.join(names)}" if names else "the month has none"
        raise Refused(f"there is no game {game!r} in {month.period}: {there}")
    return replace(month, fairness=found)


def _write(month: Month, issued: bool, inputs: Inputs, file: Path) -> None:
    """The pages as a PDF; none for a month without a game."""
    from chargeback.render.pages.fairness import fairness_pdf

    if not month.fairness:
        say(f"{month.period} has no game: {file} is not written")
        return
    reports = reports_folder(inputs)
    wording = read_wording(inputs.settings.locale, reports, inputs.settings.currency)
    file.write_bytes(fairness_pdf(month, wording, read_theme(reports), issued))
    say(f"written to {file}")


def json_of(month: Month, issued: bool) -> dict[str, Any]:
    """The report as data: amounts in the workspace's currency, as text."""
    return {
        "period": str(month.period),
        "issued": issued,
        "currency": month.settings.currency,
        "games": [_game(fairness) for fairness in month.fairness],
    }


def _game(f: Fairness) -> dict[str, Any]:
    return {
        "game": f.game,
        "curve": f.curve,
        "rules": list(f.rules),
        "versions": [str(version) for version in f.versions],
        "pools": list(f.pools),
        "method": f.method,
        "amount": str(euros(f.amount)),
        "outside": str(euros(f.outside)),
        "together": None if f.together is None else _amount(f.together),
        "looked_at": f.coalitions_tested,
        "looked_how": f.coalitions,
        "certain": f.conclusive,
        "dearer": None if f.not_subadditive is None else [list(side) for side in f.not_subadditive],
        "members": [_member(f, player) for player in f.players],
        "divisions": [_division(division) for division in f.divisions],
    }


def _member(f: Fairness, player: str) -> dict[str, str]:
    pays = Fraction(f.charged.shares.get(player, 0))
    saves = f.saving(player, f.charged)
    return {"member_id": player, "alone": _amount(f.alone[player]), "pays": _amount(pays), "saves": _amount(saves)}


def _division(d: Division) -> dict[str, Any]:
    return {
        "method": d.method,
        "in_core": d.in_core,
        "blocked": d.blocking_count,
        "unsolved": d.unsolved or None,
        "shares": _amounts({player: Fraction(share) for player, share in d.shares.items()}),
        "standard_errors": None if d.standard_errors is None else _amounts(d.standard_errors),
        "blocking": [_blocking(b) for b in d.blocking],
    }


def _blocking(b: Blocking) -> dict[str, Any]:
    amounts = {"pays": _amount(b.pays), "alone": _amount(b.alone), "excess": _amount(b.excess)}
    return {"coalition": list(b.coalition), **amounts}


def _amounts(of: Mapping[str, Fraction]) -> dict[str, str]:
    return {player: _amount(amount) for player, amount in sorted(of.items())}


def _amount(cents: Fraction) -> str:
    """Exact cents as an amount: two decimals, up to six where it has them."""
    if cents.denominator == 1:
        return str(euros(int(cents)))
    return format(without_zeros(rounded(cents / 100, PLACES)), "f")
