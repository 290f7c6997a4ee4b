"""The basis of each amount in words: quantity × price, pool × key value ÷ key total, what bounds and rounding did.

A product is printed only where it gives the charge to the cent; else the amount stands alone with its reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from chargeback.model.charges import Charge
from chargeback.model.documents import Document, Line
from chargeback.model.money import to_cents
from chargeback.model.month import Month
from chargeback.model.pools import KeyTable, PoolSplit
from chargeback.model.prices import Others
from chargeback.model.rules import DriverBound, Rule, Version
from chargeback.render.text.adjustments import adjusted_text
from chargeback.render.text.labels import (
    charge_object,
    factor_text,
    in_tiers,
    is_lump,
    key_unit,
    priced_unit,
    rule_label,
    tier_range,
    tiered,
    unit_of,
    version_of,
)
from chargeback.render.text.per_month import PerMonth
from chargeback.workspace.reports.wording import Wording

ONE = Fraction(1)
ACCUMULATED = "accumulated"
BY_DAY = ("driver", "subscription", "constant", "equal", "shares", "greatest")


@dataclass(frozen=True, slots=True)
class SplitView:
    """A split with what all its members have in common: key totals, what the held members bear, the others' weight."""

    split: PoolSplit
    totals: tuple[Fraction, ...]
    held: int
    free_weight: Fraction

    @property
    def rest(self) -> int:
        """Cents that the members at no bound share."""
        return self.split.amount - self.held


_views: PerMonth[dict[tuple[str, date], SplitView]] = PerMonth()


def split_view(month: Month, line: Line) -> SplitView | None:
    """The split that a share comes from; worked out once a month, not once a document."""
    return _views.of(month, _all_views).get((line.rule, line.version))


def _all_views(month: Month) -> dict[tuple[str, date], SplitView]:
    return {(s.rule, s.version): _view(s) for s in month.splits}


def _view(split: PoolSplit) -> SplitView:
    totals = tuple(table.total for table in split.keys)
    bound = split.bound or {}
    held = sum(split.shares.get(member, 0) for member in bound)
    free = ONE if not bound else sum((_weight(split, totals, m) for m in split.shares if m not in bound), Fraction(0))
    return SplitView(split, totals, held, free)


def _weight(split: PoolSplit, totals: tuple[Fraction, ...], member: str) -> Fraction:
    """A member's part of all keys together, of one."""
    parts = (
        table.weight * table.values.get(member, Fraction(0)) / total
        for table, total in zip(split.keys, totals, strict=True)
        if total and table.weight
    )
    return sum(parts, Fraction(0))


def key_parts(view: SplitView, member: str, month: Month) -> list[tuple[KeyTable, Fraction, Fraction]]:
    """(key, the member's value, the total) of each key that weighs; a level by day is shown as its mean over the days."""
    pairs = [(t, total) for t, total in zip(view.split.keys, view.totals, strict=True) if total and t.weight]
    scales = [shown_scale(view.split, table, month) for table, _ in pairs]
    zero = Fraction(0)
    return [(t, t.values.get(member, zero) / s, total / s) for (t, total), s in zip(pairs, scales, strict=True)]


def shown_scale(split: PoolSplit, table: KeyTable, month: Month) -> int:
    """What the values of a key are divided by to be shown: the days over which the values of a level were added."""
    rule = month.rules.get(split.rule)
    version = next((v for v in rule.versions if v.valid_from == split.version), None) if rule else None
    return split.days if version and version.prorate == "day" and table.kind in BY_DAY else 1


def formulas(line: Line, document: Document, month: Month, wording: Wording) -> list[str]:
    """The sentences that give a line's amount, as charged. ``month``: the one behind the line (see ``render.earlier``)."""
    if line.kind == "share":
        view = split_view(month, line)
        return _share(view, line, month, wording) if view else [_given(line.charges[0], line.amount, wording)]
    if line.kind in ("minimum", "maximum"):
        return [_bound(line, document, month, wording)]
    adjusted = adjusted_text(line, month, wording) if line.kind == "adjustment" and line.charges else None
    if adjusted is not None:
        return [adjusted]
    if is_by_resource(line):
        return []
    rule = month.rules[line.rule]
    return [_priced(line.charges[0], line, rule, month, wording)]


def is_by_resource(line: Line) -> bool:
    """Whether a line is of resources, set out in a table rather than in a sentence."""
    return len(line.charges) > 1


def _priced(charge: Charge, line: Line, rule: Rule, month: Month, wording: Wording) -> str:
    version = version_of(rule, line)
    formula = _spanned(charge, version, rule, month, wording)
    of = charge_object(charge, rule, wording)
    if of:
        formula = wording.text("basis.resource", resource=of, formula=formula)
    if not tiered(version, line):
        return formula
    where = tier_range(version, line.tier, unit_of(rule, wording), wording)
    if not in_tiers(version, line.tier):
        return wording.text("basis.by_years", years=where, formula=formula)
    key = "tier" if line.kind != "fee" else "lump" if is_lump(version, line.tier) else "fee"
    return wording.text(f"basis.{key}", tier=version.place(line.tier)[1], range=where, formula=formula)


def _spanned(charge: Charge, version: Version, rule: Rule, month: Month, wording: Wording) -> str:
    """The formula of a charge; of a year or quarter, the formula of the span and the month's part."""
    if charge.span_amount is None:
        return product(charge, charge.amount, version, rule, month, wording)
    return wording.text(
        "basis.span",
        formula=product(charge, charge.span_amount, version, rule, month, wording),
        every=wording.text(f"invoice.every.{version.every}"),
        amount=wording.money(charge.amount),
    )


def product(charge: Charge, amount: int, version: Version, rule: Rule, month: Month, wording: Wording) -> str:
    """quantity × price × factor = amount, where that is so; else the amount with the reason that the charge gives."""
    steps = version.steps
    step = steps[charge.tier - 1] if 1 <= charge.tier <= len(steps) else steps[0]
    quantity = ONE if charge.kind == "fee" else charge.quantity
    price = step.fee if charge.kind == "fee" else charge.unit_price if charge.unit_price is not None else step.price
    if quantity is None or price is None or to_cents(quantity * Fraction(price) * charge.factor) != amount:
        return _given(charge, amount, wording)
    unit = priced_unit(rule, version, wording)
    parts = [] if charge.kind == "fee" else [f"{wording.number(quantity)} {unit}".rstrip()]
    parts.append(wording.unit_price(price))
    if charge.factor != ONE:
        parts.append(factor_text(charge.factor, month.period))
    if len(parts) == 1:
        return wording.money(amount)
    return wording.text("basis.amount", formula=" × ".join(parts), amount=wording.money(amount))


def _given(charge: Charge, amount: int, wording: Wording) -> str:
    if charge.reason == ACCUMULATED:
        return wording.text("basis.accumulated", amount=wording.money(amount))
    if charge.reason and charge.kind != "share":
        return wording.text("basis.given_reason", reason=charge.reason, amount=wording.money(amount))
    return wording.money(amount)


def _bound(line: Line, document: Document, month: Month, wording: Wording) -> str:
    """What a minimum adds or a maximum takes off: what was charged, what the bound is."""
    rule = month.rules[line.rule]
    by_others = isinstance(version_of(rule, line).maximum, Others) and line.kind == "maximum"
    bounded = rule.stating(line.kind, by_others)
    met = [
        n
        for n in document.lines
        if (n.beneficiary, n.rule, n.carried_from) == (line.beneficiary, line.rule, line.carried_from)
        and n is not line
        and n.kind != "adjustment"
        and (by_others or n.kind not in ("minimum", "maximum"))
        and n.version in bounded
    ]
    given = any(c.span_amount is not None or c.reason == ACCUMULATED for n in (*met, line) for c in n.charges)
    if given and not by_others:
        return wording.text(f"basis.{line.kind}_plain", amount=wording.money(line.amount))
    charged = sum(n.amount for n in met)
    return wording.text(
        "basis.maximum_others" if by_others else f"basis.{line.kind}",
        charged=wording.money(charged),
        bound=wording.money(charged + line.amount),
        amount=wording.money(abs(line.amount)),
    )


def _share(view: SplitView, line: Line, month: Month, wording: Wording) -> list[str]:
    split, member = view.split, line.beneficiary
    held = (split.bound or {}).get(member)
    if held:
        return [binding_text(held, line.amount, wording)]
    exact = _exact(view, member)
    if exact is None or abs(exact - line.amount) > 1:
        return [wording.money(line.amount)]
    sentences = [f"{_formula(view, member, month, wording)} = {wording.money(line.amount)}"]
    if split.bound:
        sentences.insert(0, _others(view, wording))
    if to_cents(exact / 100) != line.amount:
        sentences.append(wording.text("basis.residue"))
    return sentences


def _exact(view: SplitView, member: str) -> Fraction | None:
    """The member's exact quota in cents."""
    if not view.free_weight:
        return None
    return view.rest * _weight(view.split, view.totals, member) / view.free_weight


def _formula(view: SplitView, member: str, month: Month, wording: Wording) -> str:
    parts = key_parts(view, member, month)
    pool = wording.money(view.rest)
    if len(parts) == 1 and parts[0][0].weight == ONE:
        table, value, total = parts[0]
        return wording.text("basis.share", pool=pool, key=_ratio(table, value, total * view.free_weight, wording))
    terms = [
        wording.text(
            "basis.weighted", weight=wording.percent(t.weight, 6, trim=True), ratio=_ratio(t, v, total, wording)
        )
        for t, v, total in parts
    ]
    formula = wording.text("basis.sum", pool=pool, terms=" + ".join(terms))
    if view.free_weight == ONE:
        return formula
    return wording.text("basis.of_rest", formula=formula, weight=wording.percent(view.free_weight, 6, trim=True))


def _ratio(table: KeyTable, value: Fraction, total: Fraction, wording: Wording) -> str:
    unit = key_unit(table.kind, table.name, wording)
    whole = f"{wording.number(total)} {unit}".rstrip()
    own = wording.number(value) if table.kind in ("equal", "shares") else f"{wording.number(value)} {unit}".rstrip()
    return wording.text("basis.ratio", value=own, total=whole)


def binding_text(bound: str, amount: int, wording: Wording) -> str:
    """That a member is held at its floor or cap."""
    return wording.text(f"basis.held_{bound}", amount=wording.money(amount))


def _others(view: SplitView, wording: Wording) -> str:
    count = len(view.split.bound or {})
    held, rest = wording.money(view.held), wording.money(view.rest)
    return wording.plural("basis.others_held", count, amount=held, rest=rest)


def pool_sentence(view: SplitView, month: Month, pool: str, wording: Wording) -> str:
    """What is shared: the pool, less what other rules brought, and the part of a version that cuts the month."""
    split = view.split
    amounts = {"pool": pool, "pool_amount": wording.money(split.pool_amount), "amount": wording.money(split.amount)}
    called = split.instalment
    if called is not None:
        of = {"number": called.number, "year": called.year, "before": called.year - 1}
        return wording.text(
            "basis.instalment", budget=wording.money(called.budget), **of, **_less(amounts, "pool_amount")
        )
    if split.less:
        rule = month.rules[split.rule]
        version = next(v for v in rule.versions if v.valid_from == split.version)
        names = ", ".join(rule_label(month.rules[r], wording) if r in month.rules else r for r in version.less)
        return wording.text("basis.pool_less", less=wording.money(split.less), rules=names, **amounts)
    if split.days != split.month_days:
        return wording.text("basis.pool_part", days=split.days, month_days=split.month_days, **amounts)
    return wording.text("basis.pool", **amounts)


def _less(values: dict[str, str], name: str) -> dict[str, str]:
    return {key: value for key, value in values.items() if key != name}


def bound_sentences(rule: Rule, version: Version, wording: Wording) -> list[str]:
    """The floor and the cap of an allocation, the minimum and the maximum of a rate."""
    every = wording.text(f"invoice.every.{version.every}")
    found = []
    for key in ("minimum", "maximum", "floor", "cap"):
        bound = getattr(version, key)
        if isinstance(bound, Others):
            rules = ", ".join(bound.others)
            found.append(wording.text("basis.maximum_others_is", rules=rules))
        elif isinstance(bound, DriverBound):
            found.append(wording.text(f"basis.{key}_own", name=wording.label("drivers", bound.driver)))
        elif bound is not None:
            found.append(wording.text(f"basis.{key}_is", amount=wording.money(to_cents(Fraction(bound))), every=every))
    return found
