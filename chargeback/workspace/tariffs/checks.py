"""Checks of a well-formed rule by itself: tiers that increase, weights that add up, versions apart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import pairwise

from chargeback.model.prices import Others, PriceList
from chargeback.model.rules import Rule
from chargeback.model.versions import Version
from chargeback.workspace.tariffs.billing_checks import billing_sense
from chargeback.workspace.tariffs.dating_checks import adjusting_sense, dating_sense
from chargeback.workspace.tariffs.included_checks import included_sense
from chargeback.workspace.tariffs.unused_fields import idle

MODELS = ("flat", "graduated", "volume", "package")
Sense = tuple[str, str, str]


def sense(rule: Rule, ordered: Sequence[int]) -> Iterator[Sense]:
    """Mistakes of a well-formed rule by itself: (key, message, code)."""
    yield from _needs(rule)
    yield from _overlaps(rule, ordered)
    yield from adjusting_sense(rule)
    for number, version in enumerate(rule.version):
        key = f"version.{number}"
        yield from idle(version, key)
        if rule.kind != "baseline":
            yield from dating_sense(version, key)
        if version.valid_to is not None and version.valid_to <= version.valid_from:
            message = (
                f"valid_to {version.valid_to} is not after valid_from {version.valid_from}: "
                "the day valid_to is the first one not in force any more"
            )
            yield f"{key}.valid_to", message, "empty-validity"
        if rule.kind in ("rate", "baseline"):
            yield from _pricing(rule, version, key)
        elif rule.kind == "allocation":
            yield from _sharing(rule, version, key)
        elif not version.to or any(v < 0 for v in version.to.values()) or not sum(version.to.values()):
            yield (
                f"{key}.to",
                'to needs pools, each with a number of zero or more, not all zero, as { hosting = "70" }',
                "bad-to",
            )


def _needs(rule: Rule) -> Iterator[Sense]:
    needed = {
        "rate": ("vat", "quantity"),
        "baseline": ("quantity",),
        "allocation": ("vat", "pool"),
        "transfer": ("pool",),
    }
    for field in needed[rule.kind]:
        if not getattr(rule, field):
            yield "", f"{field} is missing: a rule of kind {rule.kind} needs it", "missing-field"
    if not rule.label.to("fr"):
        yield "label", 'label is empty: name the rule, as { fr = "…", en = "…" }', "missing-field"


def _overlaps(rule: Rule, ordered: Sequence[int]) -> Iterator[Sense]:
    for before, after in pairwise(ordered):
        first, second = rule.version[before], rule.version[after]
        if first.valid_to is None or first.valid_to > second.valid_from:
            until = "stays open" if first.valid_to is None else f"lasts until {first.valid_to}"
            message = (
                f"two versions of {rule.id} are in force on {second.valid_from}: "
                f"the one of {first.valid_from} {until}; close it with valid_to = {second.valid_from}"
            )
            yield f"version.{after}.valid_from", message, "versions-overlap"


def _pricing(rule: Rule, version: Version, key: str) -> Iterator[Sense]:
    if version.model is None:
        yield key, f"model is missing: expected {', '.join(MODELS)}", "missing-field"
        return
    yield from _seniority(version, key) if version.seniority else _prices(version, version, key)
    yield from _package(version, key)
    yield from included_sense(rule, version, key)
    maximum = version.maximum
    if version.minimum is not None and isinstance(maximum, Decimal) and version.minimum > maximum:
        message = f"minimum {version.minimum} is above maximum {version.maximum}: correct one of them"
        yield f"{key}.minimum", message, "bounds-crossed"
    yield from _spans(rule, version, key)


def _prices(version: Version, stated: Version | PriceList, key: str) -> Iterator[Sense]:
    """Price or tiers of a version, or of one of its price lists, that its model does not allow."""
    model = version.model
    needing = f"a {model} version needs it" if stated is version else f"every price list of a {model} version needs it"
    if model in ("graduated", "volume"):
        if stated.price is not None:
            message = f"a {model} version has tiers, not one price: put the price in the tiers"
            yield f"{key}.price", message, "bad-field"
        if not stated.tiers:
            yield key, f"tiers is missing: {needing}", "missing-field"
    else:
        if stated.tiers:
            message = f"a {model} version has one price, not tiers: take the tiers out, or use another model"
            yield f"{key}.tiers", message, "bad-field"
        if stated.price is None:
            yield key, f"price is missing: {needing}", "missing-field"
    yield from _tiers(stated, key)


def _seniority(version: Version, key: str) -> Iterator[Sense]:
    """Price lists by years of membership: whole years that increase, each list as the model needs it."""
    for field in ("price", "tiers"):
        if getattr(version, field):
            message = f"{field} stands beside seniority, whose lists have prices of their own: take {field} out"
            yield f"{key}.{field}", message, "bad-seniority"
    if version.accumulate is not None:
        message = (
            "accumulate and seniority exclude each other, a year of use may hold two years of membership: take one out"
        )
        yield f"{key}.accumulate", message, "bad-accumulate"
    lower = Decimal(0)
    for number, each in enumerate(version.seniority):
        at = f"{key}.seniority.{number}"
        yield from _years(each, number, number == len(version.seniority) - 1, lower, at)
        yield from _prices(version, each, at)
        lower = each.up_to if each.up_to is not None else lower


def _years(each: PriceList, number: int, last: bool, lower: Decimal, at: str) -> Iterator[Sense]:
    named = f"price list {number + 1} of seniority"
    if each.up_to is None:
        if not last:
            message = f"{named} has no up_to: only the last has none, say up to which year of membership this one holds"
            yield at, message, "bad-seniority"
    elif last:
        message = (
            f"the last price list of seniority ends at year {each.up_to}: "
            "leave its up_to out, so that every year has a price"
        )
        yield at, message, "bad-seniority"
    elif each.up_to != each.up_to.to_integral_value() or each.up_to < 1:
        message = f'{named} goes up to {each.up_to}: expected a whole number of years of membership, as "1"'
        yield f"{at}.up_to", message, "bad-seniority"
    elif each.up_to <= lower:
        message = f"{named} goes up to year {each.up_to}, not above {lower}: the years must increase"
        yield f"{at}.up_to", message, "bad-seniority"


def _package(version: Version, key: str) -> Iterator[Sense]:
    if version.model == "package" and (version.package_size is None or version.package_size <= 0):
        yield (
            f"{key}.package_size",
            "package_size is missing or not above zero: write how many units a package holds",
            "missing-field",
        )
    if version.model != "package" and version.package_size is not None:
        yield (
            f"{key}.package_size",
            f"package_size goes with model package, not {version.model}: take it out",
            "bad-field",
        )


def _tiers(stated: Version | PriceList, key: str) -> Iterator[Sense]:
    lower = Decimal(0)
    for number, tier in enumerate(stated.tiers):
        last = number == len(stated.tiers) - 1
        at = f"{key}.tiers.{number}"
        if tier.up_to is None and not last:
            yield (
                at,
                f"tier {number + 1} has no up_to: only the last tier has none, say where this one ends",
                "bad-tiers",
            )
        elif tier.up_to is not None and last:
            yield (
                at,
                f"the last tier ends at {tier.up_to}: leave its up_to out, so that every quantity has a price",
                "bad-tiers",
            )
        elif tier.up_to is not None and tier.up_to <= lower:
            message = f"tier {number + 1} goes up to {tier.up_to}, not above {lower}: the bounds of tiers must increase"
            yield at, message, "bad-tiers"
        lower = tier.up_to if tier.up_to is not None else lower


def _spans(rule: Rule, version: Version, key: str) -> Iterator[Sense]:
    parts = rule.quantity.parts if rule.quantity else ()
    if version.prorate == "day" and len(parts) > 1 and rule.quantity and not rule.quantity.whole:
        yield (
            f"{key}.prorate",
            "prorate by day goes with what a member has as a whole, not with meters measured apart: take it out",
            "bad-field",
        )
    if version.every != "month" and any(q.kind == "meter" for q in parts):
        yield (
            f"{key}.every",
            "every goes with a driver, a subscription or a constant: take it out; for a meter there is accumulate",
            "bad-every",
        )
    if version.every != "month" and any(q.kind == "charges" for q in parts):
        yield f"{key}.every", "every does not go with charges, which are the month's: take it out", "bad-every"
    if version.accumulate is not None:
        meter = rule.quantity if rule.quantity and rule.quantity.kind == "meter" else None
        if meter is None or meter.measure not in ("sum", "integral"):
            yield (
                f"{key}.accumulate",
                "accumulate goes with a meter measured by sum or integral: take it out",
                "bad-accumulate",
            )
        if version.every != "month":
            yield f"{key}.accumulate", "accumulate and every exclude each other: take one of them out", "bad-accumulate"
        if isinstance(version.maximum, Others):
            message = (
                "a maximum by what others pay is of the month, under accumulate bounds are of the year: take one out"
            )
            yield f"{key}.maximum", message, "bad-accumulate"
    month, _, day = version.year_starts.partition("-")
    if day != "01" or month not in {f"{n:02d}" for n in range(1, 13)}:
        message = f'year_starts is "{version.year_starts}": expected the first day of a month, as "04-01"'
        yield f"{key}.year_starts", message, "bad-field"


def _sharing(rule: Rule, version: Version, key: str) -> Iterator[Sense]:
    if version.method == "keys":
        yield from _keys(rule, version, key)
    else:
        yield from _game_or_curve(version, key)
    if version.method != "keys" and version.keys:
        yield f"{key}.keys", f"keys go with method keys, not {version.method}: take them out", "bad-field"
    yield from billing_sense(version, key)
    floor, cap = version.floor, version.cap
    for name, bound in (("floor", floor), ("cap", cap)):
        if isinstance(bound, Decimal) and bound < 0:
            message = f"{name} is {bound}: a {name} is an amount of zero or more; correct it, or take it out"
            yield f"{key}.{name}", message, "below-zero"
    if isinstance(floor, Decimal) and isinstance(cap, Decimal) and floor > cap:
        yield f"{key}.floor", f"floor {floor} is above cap {cap}: correct one of them", "bounds-crossed"
    lower = Decimal(0)
    for number, point in enumerate(version.curve):
        if point.at <= lower:
            message = (
                f"point {number + 1} of the curve is at {point.at}, not above {lower}: "
                "put the points in order, from above 0"
            )
            yield f"{key}.curve.{number}", message, "bad-curve"
        lower = point.at


def _game_or_curve(version: Version, key: str) -> Iterator[Sense]:
    """Games and cost curves of methods of fair division: a method shares one of them, shapley either."""
    if version.method in ("serial", "increments"):
        if version.quantity is None:
            yield key, f"quantity is missing: method {version.method} shares a cost curve over it", "missing-field"
    elif version.method == "shapley" and version.quantity is not None:
        if version.game is not None:
            message = (
                "game and quantity stand together: shapley shares a game, or a cost curve over a quantity; take one out"
            )
            yield f"{key}.game", message, "bad-field"
    elif not version.game:
        message = f"game is missing: method {version.method} shares a game of standalone/costs.csv"
        either = ", or a cost curve over a quantity" if version.method == "shapley" else ""
        yield key, message + either, "missing-field"


def _keys(rule: Rule, version: Version, key: str) -> Iterator[Sense]:
    if not version.keys:
        yield (
            key,
            'keys is missing: how the pool is shared, as keys = [{ equal = true, weight = "1" }]',
            "missing-field",
        )
        return
    total = sum(k.weight for k in version.keys)
    if total != 1:
        weights = " + ".join(str(k.weight) for k in version.keys)
        message = f"the weights of the keys of {rule.id} add up to {total}, not 1: correct a weight of {weights}"
        yield f"{key}.keys", message, "weights-not-one"
    for number, part in enumerate(version.keys):
        if part.quantity is None and part.negative is not None:
            message = f"negative goes with a quantity, and {part.kind} is never below zero: take it out"
            yield f"{key}.keys.{number}.negative", message, "bad-field"
        if part.quantity is not None and not part.quantity.whole:
            yield (
                f"{key}.keys.{number}",
                'a key is of a member as a whole: write per = "member" or leave it out',
                "bad-field",
            )
