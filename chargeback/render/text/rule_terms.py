"""The terms of a rule of any kind in sentences, for a list of rules: prices, keys, pools served, who is left out. Pure text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction

from chargeback.model.money import to_cents
from chargeback.model.period import Period
from chargeback.model.rules import Key, Rule, Version
from chargeback.render.text.labels import key_label, pool_label, quantity_text, rule_label, unit_of
from chargeback.render.text.version_terms import term_sentences
from chargeback.workspace.reports.wording import Wording

Rules = Mapping[str, Rule]


def rule_sentences(rule: Rule, version: Version, day: date, rules: Rules, wording: Wording) -> Iterator[str]:
    """What a version says of amounts, sentence by sentence; ``rules`` gives the names of other rules."""
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
        yield wording.text("savings.method.replaces", rules=_names(rule.replaces, rules, wording))


def _price(rule: Rule, version: Version, wording: Wording) -> Iterator[str]:
    """The one price of a rate without tiers; on charges of other rules, a percentage."""
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
    """What is priced apart, and over which span."""
    if rule.quantity is not None and any(part.per == "resource" for part in rule.quantity.parts):
        yield wording.text("rules.per_resource")
    if version.every != "month":
        yield wording.text(f"rules.every.{version.every}")


def _method(version: Version, wording: Wording) -> Iterator[str]:
    """By what a pool is shared: keys, a game, or a cost curve."""
    if version.method == "keys":
        weighty = len(version.keys) > 1
        texts = [
            wording.text("rules.weighted", weight=w, key=k) if weighty else k for k, w in weights(version, wording)
        ]
        yield wording.text("rules.keys" if weighty else "rules.key", keys=wording.text("common.list").join(texts))
        return
    method = _capital(wording.text(f"basis.keys.{version.method}"))
    if version.game:
        yield wording.text("rules.game", method=method, game=version.game)
    if version.quantity is not None:
        yield wording.text("rules.curve_method", method=method, what=quantity_text(version.quantity, wording, version))
    if version.curve:
        yield wording.text("rules.curve", points=wording.text("common.list").join(points(version, wording)))


def _sharing(version: Version, rules: Rules, wording: Wording) -> Iterator[str]:
    """What comes off the pool first, who is left out, who bears what leads to nobody."""
    if version.less:
        yield wording.text("rules.less", rules=_names(version.less, rules, wording))
    if version.less_floor is not None:
        yield wording.text("rules.less_floor", amount=wording.money(to_cents(Fraction(version.less_floor))))
    if version.exclude:
        yield wording.text("rules.excluded", members=", ".join(version.exclude))
    if version.unattributed:
        yield wording.text("rules.unattributed", member=version.unattributed)
    if version.prorate == "day":
        yield wording.text("rules.by_day")


def weights(version: Version, wording: Wording) -> list[tuple[str, str]]:
    """(what a key counts, its weight) of each key."""
    return [(key_text(k, version, wording), wording.percent(k.weight, 6, trim=True)) for k in version.keys]


def key_text(key: Key, version: Version, wording: Wording) -> str:
    """What a key counts; fixed shares one by one."""
    if key.quantity is not None:
        return quantity_text(key.quantity, wording, version)
    label = key_label(key.kind, key.name, wording)
    if not key.shares:
        return label
    given = sorted(key.shares.items())
    shares = ", ".join(wording.text("rules.share", name=n, value=wording.number(v)) for n, v in given)
    return wording.text("rules.shares", key=label, shares=shares)


def points(version: Version, wording: Wording) -> list[str]:
    """The points of a cost curve."""
    return [
        wording.text("rules.point", cost=wording.unit_price(p.cost), at=wording.number(p.at)) for p in version.curve
    ]


def parts_to(version: Version, wording: Wording) -> list[tuple[str, str]]:
    """(pool, its part) of each pool that a transfer serves; the parts add up to the whole."""
    total = sum(version.to.values(), Decimal(0))
    return [
        (pool_label(pool, wording), wording.percent(Fraction(part) / Fraction(total), 6, trim=True))
        for pool, part in version.to.items()
    ]


def _names(ids: Iterable[str], rules: Rules, wording: Wording) -> str:
    return ", ".join(rule_label(rules[r], wording) if r in rules else r for r in ids)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
