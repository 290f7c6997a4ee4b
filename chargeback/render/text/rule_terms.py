"""Rule terms: a rule of any kind in sentences: prices, keys, pools served, members excluded. Pure text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction

from chargeback.model.money import to_cents
from chargeback.model.period import Period
from chargeback.model.rules import Rule
from chargeback.model.versions import Key, Version
from chargeback.render.text.labels import key_label, pool_label, rule_labels, unit_of
from chargeback.render.text.quantity_terms import quantity_text
from chargeback.render.text.version_terms import term_sentences
from chargeback.workspace.reports.wording import Wording


def rule_sentences(
    rule: Rule, version: Version, day: date, rules: Mapping[str, Rule], wording: Wording
) -> Iterator[str]:
    """Terms of a version that determine amounts, a sentence each; ``rules`` (by id) gives the labels of other rules."""
    yield from _price(rule, version, wording)
    if rule.kind == "allocation":
        yield from _method(version, wording)
        yield from _sharing(version, rules, wording)
    yield from term_sentences(rule, version, Period(day.year, day.month), wording)
    yield from _apart(rule, version, wording)
    if version.to:
        pools = wording.text("common.list").join(f"{pool} {part}" for pool, part in parts_to(version, wording))
        yield wording.text("rules.to", pools=pools)
    if rule.replaces:
        yield wording.text("savings.method.replaces", rules=", ".join(rule_labels(rule.replaces, rules, wording)))


def _price(rule: Rule, version: Version, wording: Wording) -> Iterator[str]:
    """Price of a rate without tiers; a percentage where it is on charges of other rules."""
    if version.price is None:
        return
    unit, price = unit_of(rule, wording), wording.unit_price(version.price)
    if unit:
        yield wording.text("rules.price_each", price=price, unit=unit)
    elif rule.quantity is not None and rule.quantity.charges:
        yield wording.text("rules.rate", rate=wording.percent(version.price, 6, trim=True))
    else:
        yield wording.text("rules.price", price=price)


def _apart(rule: Rule, version: Version, wording: Wording) -> Iterator[str]:
    """Object that is charged (each resource), and the span that the price is for."""
    if rule.quantity is not None and any(part.per == "resource" for part in rule.quantity.parts):
        yield wording.text("rules.per_resource")
    if version.every != "month":
        yield wording.text(f"rules.every.{version.every}")


def _method(version: Version, wording: Wording) -> Iterator[str]:
    """Method by which a pool is shared: keys, a game, or a cost curve."""
    if version.method == "keys":
        several = len(version.keys) > 1
        texts = [
            wording.text("rules.weighted", weight=w, key=k) if several else k for k, w in weights(version, wording)
        ]
        yield wording.text("rules.keys" if several else "rules.key", keys=wording.text("common.list").join(texts))
        return
    method = _capital(wording.text(f"basis.keys.{version.method}"))
    if version.game:
        yield wording.text("rules.game", method=method, game=version.game)
    if version.quantity is not None:
        yield wording.text("rules.curve_method", method=method, what=quantity_text(version.quantity, wording, version))
    if version.curve:
        yield wording.text("rules.curve", points=wording.text("common.list").join(points(version, wording)))


def _sharing(version: Version, rules: Mapping[str, Rule], wording: Wording) -> Iterator[str]:
    """Deductions from the pool, members excluded, and the member that bears unattributed use."""
    if version.less:
        yield wording.text("rules.less", rules=", ".join(rule_labels(version.less, rules, wording)))
    if version.less_floor is not None:
        yield wording.text("rules.less_floor", amount=wording.money(to_cents(Fraction(version.less_floor))))
    if version.exclude:
        yield wording.text("rules.excluded", members=", ".join(version.exclude))
    if version.unattributed:
        yield wording.text("rules.unattributed", member=version.unattributed)
    if version.prorate == "day":
        yield wording.text("rules.by_day")
    if version.calls == "advance":
        yield wording.text("rules.in_advance")


def weights(version: Version, wording: Wording) -> list[tuple[str, str]]:
    """(text, weight) of each key."""
    return [(key_text(k, version, wording), wording.percent(k.weight, 6, trim=True)) for k in version.keys]


def key_text(key: Key, version: Version, wording: Wording) -> str:
    """Text of a key: the quantity it counts; of fixed shares, each share."""
    if key.quantity is not None:
        text = quantity_text(key.quantity, wording, version)
        return wording.text("rules.from_zero", key=text) if key.negative == "zero" else text
    label = key_label(key.kind, key.name, wording)
    if not key.shares:
        return label
    fixed = sorted(key.shares.items())
    shares = ", ".join(wording.text("rules.share", name=n, value=wording.number(v)) for n, v in fixed)
    return wording.text("rules.shares", key=label, shares=shares)


def points(version: Version, wording: Wording) -> list[str]:
    """Points of a cost curve, in words."""
    return [
        wording.text("rules.point", cost=wording.unit_price(p.cost), at=wording.number(p.at)) for p in version.curve
    ]


def parts_to(version: Version, wording: Wording) -> list[tuple[str, str]]:
    """(label, percentage) of each pool that a transfer serves; the percentages add up to 100."""
    total = sum(version.to.values(), Decimal(0))
    return [
        (pool_label(pool, wording), wording.percent(Fraction(part) / Fraction(total), 6, trim=True))
        for pool, part in version.to.items()
    ]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
