"""Calculations in words: quantity × price, pool × key value ÷ key total, the effect of bounds and of rounding.

A product is printed only where it gives the charge to the cent; else the amount is printed alone, with its reason.
"""

from __future__ import annotations

from fractions import Fraction

from chargeback.model.charges import Charge
from chargeback.model.documents import Document, Line, is_offset
from chargeback.model.money import to_cents
from chargeback.model.month import Month
from chargeback.model.pools import KeyTable
from chargeback.model.prices import Others
from chargeback.model.rules import Rule
from chargeback.model.versions import DriverBound, Version
from chargeback.render.text.adjustments import adjusted_text
from chargeback.render.text.labels import (
    charge_object,
    factor_text,
    in_tiers,
    is_lump,
    key_unit,
    priced_unit,
    rule_labels,
    tier_range,
    tiered,
    unit_of,
    version_of,
)
from chargeback.render.text.split_view import SplitView, key_parts, split_view, weight_of
from chargeback.workspace.reports.wording import Wording

ONE = Fraction(1)


def formulas(line: Line, document: Document, month: Month, wording: Wording) -> list[str]:
    """Sentences that give the amount of a line, as charged.

    ``month`` is the month that charged the line (see ``text.prior_months``). Empty for a line of resources: a table
    lists them.
    """
    if line.kind == "share":
        view = split_view(month, line)
        if view is None:
            return [_plain_amount(line.charges[0], line.amount, wording)]
        return share_sentences(view, line, month, wording)
    if line.kind in ("minimum", "maximum"):
        return [_bound(line, document, month, wording)]
    adjusted = adjusted_text(line, month, wording) if line.kind == "adjustment" and line.charges else None
    if adjusted is not None:
        return [adjusted]
    if is_offset(line):
        return [line.charges[0].reason]
    if is_by_resource(line):
        return []
    rule = month.rules[line.rule]
    return [_priced(line.charges[0], line, rule, month, wording)]


def is_by_resource(line: Line) -> bool:
    """Whether a line has a charge for each resource: a table lists them, not a sentence."""
    return len(line.charges) > 1


def _priced(charge: Charge, line: Line, rule: Rule, month: Month, wording: Wording) -> str:
    version = version_of(rule, line)
    formula = _spanned(charge, version, rule, month, wording)
    resource = charge_object(charge, rule, wording)
    if resource:
        formula = wording.text("basis.resource", resource=resource, formula=formula)
    if not tiered(version, line):
        return formula
    where = tier_range(version, line.tier, unit_of(rule, wording), wording)
    if not in_tiers(version, line.tier):
        return wording.text("basis.by_years", years=where, formula=formula)
    key = "tier" if line.kind != "fee" else "lump" if is_lump(version, line.tier) else "fee"
    return wording.text(f"basis.{key}", tier=version.place(line.tier)[1], range=where, formula=formula)


def _spanned(charge: Charge, version: Version, rule: Rule, month: Month, wording: Wording) -> str:
    """Formula of a charge; of a rule priced by year or quarter, the formula of the span and the month's part of it."""
    if charge.span_amount is None:
        return product(charge, charge.amount, version, rule, month, wording)
    return wording.text(
        "basis.span",
        formula=product(charge, charge.span_amount, version, rule, month, wording),
        every=wording.text(f"invoice.every.{version.every}"),
        amount=wording.money(charge.amount),
    )


def product(charge: Charge, amount: int, version: Version, rule: Rule, month: Month, wording: Wording) -> str:
    """Product of a charge: quantity × price × factor = amount (cents).

    Where the product does not give the amount to the cent, the amount with the reason of the charge.
    """
    steps = version.steps
    step = steps[charge.tier - 1] if 1 <= charge.tier <= len(steps) else steps[0]
    quantity = ONE if charge.kind == "fee" else charge.quantity
    price = step.fee if charge.kind == "fee" else charge.unit_price if charge.unit_price is not None else step.price
    if quantity is None or price is None or to_cents(quantity * Fraction(price) * charge.factor) != amount:
        return _plain_amount(charge, amount, wording)
    unit = priced_unit(rule, version, wording)
    parts = [] if charge.kind == "fee" else [f"{wording.number(quantity)} {unit}".rstrip()]
    parts.append(wording.unit_price(price))
    if charge.factor != ONE:
        parts.append(factor_text(charge.factor, month.period))
    if len(parts) == 1:
        return wording.money(amount)
    return wording.text("basis.amount", formula=" × ".join(parts), amount=wording.money(amount))


def _plain_amount(charge: Charge, amount: int, wording: Wording) -> str:
    if charge.accumulated:
        return wording.text("basis.accumulated", amount=wording.money(amount))
    if charge.reason and charge.kind != "share":
        return wording.text("basis.given_reason", reason=charge.reason, amount=wording.money(amount))
    return wording.money(amount)


def _bound(line: Line, document: Document, month: Month, wording: Wording) -> str:
    """Calculation of a minimum or a maximum: the amount charged, the bound, the difference."""
    rule = month.rules[line.rule]
    by_others = isinstance(version_of(rule, line).maximum, Others) and line.kind == "maximum"
    bounded = rule.stating(line.kind, by_others)
    bounded_lines = [
        n
        for n in document.lines
        if (n.beneficiary, n.rule, n.carried_from) == (line.beneficiary, line.rule, line.carried_from)
        and n is not line
        and n.kind != "adjustment"
        and (by_others or n.kind not in ("minimum", "maximum"))
        and n.version in bounded
    ]
    charges = (c for n in (*bounded_lines, line) for c in n.charges)
    no_product = any(c.span_amount is not None or c.accumulated for c in charges)
    if no_product and not by_others:
        return wording.text(f"basis.{line.kind}_plain", amount=wording.money(line.amount))
    charged = sum(n.amount for n in bounded_lines)
    return wording.text(
        "basis.maximum_others" if by_others else f"basis.{line.kind}",
        charged=wording.money(charged),
        bound=wording.money(charged + line.amount),
        amount=wording.money(abs(line.amount)),
    )


def share_sentences(view: SplitView, line: Line, month: Month, wording: Wording) -> list[str]:
    """Sentences that give a share of a pool: its formula, its bound, the effect of rounding."""
    split, member = view.split, line.beneficiary
    binding = (split.binding or {}).get(member)
    if binding:
        return [binding_text(binding, line.amount, wording)]
    exact = _exact(view, member)
    if exact is None or abs(exact - line.amount) > 1:
        return [wording.money(line.amount)]
    sentences = [f"{_formula(view, member, month, wording)} = {wording.money(line.amount)}"]
    if split.binding:
        sentences.insert(0, _others(view, wording))
    if to_cents(exact / 100) != line.amount:
        sentences.append(wording.text("basis.residue"))
    return sentences


def _exact(view: SplitView, member: str) -> Fraction | None:
    """The member's exact quota in cents."""
    if not view.unbound_weight:
        return None
    return view.unbound_amount * weight_of(view.split, view.totals, member) / view.unbound_weight


def _formula(view: SplitView, member: str, month: Month, wording: Wording) -> str:
    parts = key_parts(view, member, month)
    pool = wording.money(view.unbound_amount)
    if len(parts) == 1 and parts[0][0].weight == ONE:
        table, value, total = parts[0]
        return wording.text("basis.share", pool=pool, key=_ratio(table, value, total * view.unbound_weight, wording))
    terms = [
        wording.text(
            "basis.weighted", weight=wording.percent(t.weight, 6, trim=True), ratio=_ratio(t, v, total, wording)
        )
        for t, v, total in parts
    ]
    formula = wording.text("basis.sum", pool=pool, terms=" + ".join(terms))
    if view.unbound_weight == ONE:
        return formula
    return wording.text("basis.of_rest", formula=formula, weight=wording.percent(view.unbound_weight, 6, trim=True))


def _ratio(table: KeyTable, value: Fraction, total: Fraction, wording: Wording) -> str:
    unit = key_unit(table.kind, table.name, wording)
    whole = f"{wording.number(total)} {unit}".rstrip()
    own = wording.number(value) if table.kind in ("equal", "shares") else f"{wording.number(value)} {unit}".rstrip()
    return wording.text("basis.ratio", value=own, total=whole)


def binding_text(bound: str, amount: int, wording: Wording) -> str:
    """Sentence that a member pays its floor or its cap (``bound``), whatever the keys."""
    return wording.text(f"basis.held_{bound}", amount=wording.money(amount))


def _others(view: SplitView, wording: Wording) -> str:
    count = len(view.split.binding or {})
    amount, rest = wording.money(view.bound_amount), wording.money(view.unbound_amount)
    return wording.plural("basis.others_held", count, amount=amount, rest=rest)


def pool_sentence(view: SplitView, month: Month, pool: str, wording: Wording) -> str:
    """Amount shared: the pool less the charges of other rules, or an instalment of the budget.

    Of a version that is in force on some days only, its part of the pool.
    """
    split = view.split
    amounts = {"pool": pool, "pool_amount": wording.money(split.pool_amount), "amount": wording.money(split.amount)}
    instalment = split.instalment
    if instalment is not None:
        year = {"number": instalment.number, "year": instalment.year, "before": instalment.year - 1}
        return wording.text(
            "basis.instalment", budget=wording.money(instalment.budget), **year, **_less(amounts, "pool_amount")
        )
    if split.deducted:
        rule = month.rules[split.rule]
        version = next(v for v in rule.versions if v.valid_from == split.version)
        names = ", ".join(rule_labels(version.less, month.rules, wording))
        return wording.text("basis.pool_less", less=wording.money(split.deducted), rules=names, **amounts)
    if split.days != split.month_days:
        return wording.text("basis.pool_part", days=split.days, month_days=split.month_days, **amounts)
    return wording.text("basis.pool", **amounts)


def _less(values: dict[str, str], name: str) -> dict[str, str]:
    return {key: value for key, value in values.items() if key != name}


def bound_sentences(rule: Rule, version: Version, wording: Wording) -> list[str]:
    """Bounds of a version: the minimum and the maximum of a rate, the floor and the cap of an allocation."""
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
