"""Version terms: the legal references of a rule's version, its dates, quantity, tiers and bounds. Pure text."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from chargeback.charging.rating.pricing import year_start
from chargeback.model.period import Period
from chargeback.model.rules import Rule, parts_of
from chargeback.model.versions import IncludedQuantity, Version
from chargeback.render.text.calculations import bound_sentences
from chargeback.render.text.labels import (
    TABLES,
    is_lump,
    measured_unit,
    package_text,
    tier_range,
    unit_of,
)
from chargeback.render.text.quantity_terms import quantity_text
from chargeback.workspace.reports.wording import Wording

ONE_DAY = timedelta(days=1)


def legal_sentences(version: Version, wording: Wording) -> Iterator[str]:
    """Legal references of a version, and the days on which it is in force."""
    titles = wording.text("common.list").join(
        f"{r.title} ({r.href})" if r.href else r.title for r in version.references
    )
    yield wording.text("basis.references", titles=titles)
    first = wording.date(version.valid_from)
    if version.valid_to is None:
        yield wording.text("basis.in_force", **{"from": first})
    else:
        yield wording.text("basis.in_force_until", **{"from": first, "until": wording.date(version.valid_to - ONE_DAY)})


def versions_in_force(rule: Rule, period: Period) -> list[Version]:
    """Versions of a rule that are in force on a day of a month, at least."""
    return [version for version, _ in parts_of(rule, period.span)]


def term_sentences(rule: Rule, version: Version, period: Period, wording: Wording) -> Iterator[str]:
    """Terms of a version: the quantity counted, the free quantity, the tiers, the bounds, the start of accumulation."""
    unit = unit_of(rule, wording)
    if rule.quantity is not None:
        yield wording.text("basis.counted", what=quantity_text(rule.quantity, wording, version))
    if version.included:
        yield _included(rule, version, wording)
    if version.model == "package" and version.package_size is not None:
        yield wording.text("basis.package", package=package_text(rule, version, wording))
    if len(version.steps) > 1:
        steps = wording.text("common.list").join(
            step_text(version, tier, unit, wording) for tier in range(1, len(version.steps) + 1)
        )
        model = wording.text(f"basis.models.{version.model or 'flat'}")
        if version.seniority:
            key = "seniority" if len(version.steps) == len(version.seniority) else "seniority_tiers"
            yield wording.text(f"basis.{key}", model=model.lower(), steps=steps)
        else:
            yield wording.text("basis.tiers", model=model, steps=steps)
    yield from bound_sentences(rule, version, wording)
    if version.accumulate:
        start = wording.date(year_start(version, period).first)
        yield wording.text("basis.accumulate", date=start)


def _included(rule: Rule, version: Version, wording: Wording) -> str:
    """Units free of charge: a number, or so many for each of what a member has."""
    unit, included = measured_unit(rule, version, wording), version.included
    if not isinstance(included, IncludedQuantity):
        return wording.text("basis.included", quantity=wording.number(included), unit=unit)
    return wording.text("basis.included_each", free=free_each(included, unit, wording))


def free_each(included: IncludedQuantity, unit: str, wording: Wording) -> str:
    """Units free of charge for each of what a member has: 20 Go for each unit (subscription “line”)."""
    kind, name = included.quantity.kind, included.quantity.name
    what = wording.text(f"basis.quantity_of.{kind}", name=wording.label(TABLES[kind], name))
    return wording.text("basis.each_of", quantity=f"{wording.number(included.times)} {unit}".rstrip(), what=what)


def step_text(version: Version, tier: int, unit: str, wording: Wording) -> str:
    """Tier in words: its range, its price, its fee or lump sum."""
    step = version.steps[tier - 1]
    values = {"range": tier_range(version, tier, unit, wording), "price": wording.unit_price(step.price)}
    if step.fee is None:
        return wording.text("basis.step", **values)
    key = "basis.step_lump" if is_lump(version, tier) else "basis.step_fee"
    return wording.text(key, **{**values, "fee": wording.unit_price(step.fee)})
