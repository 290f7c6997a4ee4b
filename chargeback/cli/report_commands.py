"""Commands that report and write nothing: rules, fairness, adjustments, true-up. Parsed by Typer, handed over."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from chargeback.cli.options import (
    CivilYear,
    ExportedPeriod,
    FairnessPagesOption,
    GameOption,
    PeriodArgument,
    ProofPage,
    RuleDays,
    json_option,
    parse_day,
)


def rules(
    ctx: typer.Context,
    asked: RuleDays = None,
    as_json: Annotated[bool, json_option("Print the rules as JSON on stdout.")] = False,
) -> None:
    """The rules in force on a day, or what changes between two.

    Prices, keys, validity and the decision each of them rests on.
    """
    from chargeback.cli.rules import compare_rules, list_rules

    words = asked or []
    if words[:1] == ["diff"] and len(words) == 3:
        first, second = parse_day(words[1]), parse_day(words[2])
        if second < first:
            raise typer.BadParameter(f"{second} is before {first}: write the earlier day first")
        compare_rules(ctx.obj, first, second, as_json=as_json)
    elif len(words) < 2 and words != ["diff"]:
        list_rules(ctx.obj, parse_day(words[0]) if words else date.today(), as_json=as_json)
    else:
        raise typer.BadParameter("expected a day, as 2026-11-05, or diff and two days")


def fairness(
    ctx: typer.Context,
    period: PeriodArgument,
    game: GameOption = None,
    as_json: Annotated[bool, json_option("Print the report as JSON.")] = False,
    file: FairnessPagesOption = None,
) -> None:
    """Does everyone pay less than alone? Each member, each group, each method.

    What was charged by or beside a game, against what each member and each group of members would pay by itself.
    """
    from chargeback.cli.fairness import fairness_month

    fairness_month(ctx.obj, period, game, file, as_json=as_json)


def adjustments(
    ctx: typer.Context,
    period: ExportedPeriod,
    as_json: Annotated[bool, json_option("Print the adjustments as JSON.")] = False,
) -> None:
    """What closed months come to that was not billed, member by member.

    Late data, corrected files, a tariff that reaches back. Nothing is written: it previews what the next month bills;
    of an issued month it shows what that billed.
    """
    from chargeback.cli.adjustments import adjustments_of

    adjustments_of(ctx.obj, period, as_json=as_json)


def true_up(
    ctx: typer.Context,
    year: CivilYear,
    as_json: Annotated[bool, json_option("Print the true-up as JSON.")] = False,
    file: ProofPage = None,
) -> None:
    """The year's cost shared once, less what each member was called for, and the proof that both are equal.

    Nothing is written. The month that [true_up] of chargeback.toml names bills the differences.
    """
    from chargeback.cli.true_up import true_up_year

    true_up_year(ctx.obj, year, file, as_json=as_json)
