"""Fields of one explained line: rule, reference, quantity, calculation, rounding, usage. Pure text."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta

from chargeback.charging.metering.seniority import Memberships
from chargeback.charging.rating.pricing import year_start
from chargeback.explain.accumulated import accumulated
from chargeback.explain.adjustment_fields import adjustment_fields
from chargeback.explain.calculation import (
    BOUNDS,
    bound,
    capped_by_others,
    charges_of_others,
    days_of,
    place_in_span,
    product,
    quantities,
)
from chargeback.explain.explained_line import Explained
from chargeback.explain.explanation import Explanation
from chargeback.explain.field_text import Field, exact_money, registers, table, tidy
from chargeback.explain.free_units import included_text
from chargeback.explain.share_fields import share_fields
from chargeback.model.charges import Charge
from chargeback.model.period import clip
from chargeback.render.text.adjustments import true_up_text
from chargeback.render.text.calculations import bound_sentences
from chargeback.render.text.labels import (
    charge_object,
    factor_text,
    measured_unit,
    package_text,
    priced_unit,
    tier_range,
    tiered,
)
from chargeback.render.text.quantity_terms import quantity_text
from chargeback.workspace.reports.wording import Wording

EXACT_PLACES = 12
SHOWN_PLACES = 8
SHOWN_COSTS = 5
SHOWN_RESOURCES = 10


def fields(line: Explained, found: Explanation, wording: Wording) -> list[Field]:
    """All fields of a line, in the order in which one asks."""
    own = [*_rule(line, found, wording)]
    if line.adjusts:
        return [*own, *adjustment_fields(line, found, wording)]
    if line.line.kind == "share":
        own += share_fields(line, found, wording)
    else:
        own += _counted(line, found, wording)
        own += _tier(line, found, wording)
        own += _priced(line, found, wording)
    return [*own, *_today(line, found, wording)]


def _rule(line: Explained, found: Explanation, wording: Wording) -> Iterator[Field]:
    rule, version = line.rule, line.version
    where = rule.where(f"version.{rule.versions.index(version)}")
    named = wording.text("explain.rule.place", rule=rule.id, version=version.valid_from, place=where)
    yield Field("rule", (named,), True)
    titles = tuple(
        wording.text("explain.reference.linked" if r.href else "explain.reference.plain", title=r.title, href=r.href)
        for r in version.references
    )
    yield Field("reference", titles)
    days = days_of(rule, version, found.month)
    if days is not None:
        last = days.end - timedelta(days=1)
        dates = {"first": wording.date(days.start), "last": wording.date(last)}
        counts = {"days": days.days, "month_days": found.month.period.days}
        yield Field("part", (wording.text("explain.quantity.days", **dates, **counts),))


def _counted(line: Explained, found: Explanation, wording: Wording) -> Iterator[Field]:
    rule, version = line.rule, line.version
    asked = quantities(rule, version)
    texts = [quantity_text(quantity, wording, version) for quantity in asked]
    if version.included and line.line.kind == "usage":
        texts.append(included_text(line, found, wording))
    if version.model == "package":
        texts.append(
            wording.text("explain.quantity.package", size=package_text(rule, version, wording), unit="").rstrip()
        )
    yield Field("quantity", tuple(texts))
    yield from _measured(line, wording)
    yield from registers(line, found, wording)
    if any(part.charges for quantity in asked for part in quantity.parts):
        yield Field("charges", tuple(_charges(line, found, wording)), True)


def _measured(line: Explained, wording: Wording) -> Iterator[Field]:
    unit = measured_unit(line.rule, line.version, wording)
    texts = []
    for each in line.evidence:
        if each.measured is None or each.of_earlier_months:
            continue
        value = wording.number(each.measured)
        if each.of_version is not None and each.of_version != each.measured and line.line.kind == "usage":
            own = wording.number(each.of_version)
            texts.append(tidy("explain.quantity.of_version", wording, value=value, own=own, unit=unit))
        else:
            texts.append(tidy("explain.quantity.measured", wording, value=value, unit=unit))
    if texts:
        yield Field("measured", tuple(texts))


def _charges(line: Explained, found: Explanation, wording: Wording) -> Iterator[str]:
    """The charges of other rules that the line counts."""
    names = {n for q in quantities(line.rule, line.version) for part in q.parts for n in part.charges or ()}
    totals: dict[str, int] = defaultdict(int)
    for charge in found.month.charges:
        if charge.member_id == line.line.beneficiary and charge.rule in names and charge.kind != "adjustment":
            totals[charge.rule] += charge.amount
    return iter(table([(rule, wording.money(cents)) for rule, cents in sorted(totals.items())], "lr"))


def _tier(line: Explained, found: Explanation, wording: Wording) -> Iterator[Field]:
    version, tier = line.version, line.line.tier
    if not tiered(version, line.line):
        return
    values = {
        "tier": tier,
        "tiers": len(version.steps),
        "range": tier_range(version, tier, measured_unit(line.rule, version, wording), wording),
        "model": wording.text(f"basis.models.{version.model or 'flat'}").lower(),
    }
    key = "fee" if line.line.kind == "fee" else "range"
    yield Field("tier", (wording.text(f"explain.tier.{key}", **values),))
    if version.seniority:
        yield Field("membership", tuple(_memberships(line, found, wording)))


def _memberships(line: Explained, found: Explanation, wording: Wording) -> Iterator[str]:
    """First day from which the member belongs without a break, by which its years are counted."""
    month = found.month.period.span
    for run in Memberships(found.facts).of(line.rule.group).get(line.line.beneficiary, ()):
        if clip(run.start, run.end, month) is not None:
            yield wording.text("explain.tier.member_since", date=wording.date(run.start))


def _priced(line: Explained, found: Explanation, wording: Wording) -> Iterator[Field]:
    charges = line.line.charges
    if line.line.kind in BOUNDS:
        yield from _bound(line, charges[0], found, wording)
    elif len(charges) > 1:
        yield Field("calculation", tuple(_resources(line, found, wording)), True)
        yield Field("rounding", (wording.text(f"explain.rounding.{'tags' if _tag(line) else 'resources'}"),))
    else:
        yield from _one(line, charges[0], found, wording)
    for charge in charges[:1] if len(charges) == 1 else ():
        yield from _span(line, charge, found, wording)


def _one(line: Explained, charge: Charge, found: Explanation, wording: Wording) -> Iterator[Field]:
    multiplied = product(charge)
    if charge.accumulated:
        yield Field("calculation", tuple(accumulated(line, charge, found, wording)))
    if multiplied is None:
        text = true_up_text(line.line, found.month, wording) if charge.kind == "adjustment" else None
        if text is not None:
            yield Field("calculation", (text,))
        elif charge.reason and not charge.accumulated:
            yield Field("calculation", (wording.text("explain.calculation.given", reason=charge.reason),))
        return
    if not charge.accumulated:
        exact = exact_money(multiplied.exact, wording)
        formula = _formula(charge, line, found, wording)
        single = formula == wording.unit_price(multiplied.price)
        text = exact if single else wording.text("explain.calculation.product", formula=formula, exact=exact)
        if _tag(line):
            text = wording.text("basis.resource", resource=charge_object(charge, line.rule, wording), formula=text)
        yield Field("calculation", (*_part_of_version(line, charge, wording), text))
        amount = wording.money(multiplied.cents)
        key = "exact" if multiplied.exact * 100 == multiplied.cents else "rounded"
        yield Field("rounding", (wording.text(f"explain.rounding.{key}", exact=exact, amount=amount),))


def _part_of_version(line: Explained, charge: Charge, wording: Wording) -> Iterator[str]:
    """Sum or integral cut by versions: the month's units of the tier, and the version's part of them."""
    for each in line.evidence:
        cut = each.of_version is not None and each.of_version != each.measured and not each.of_earlier_months
        if (
            cut
            and each.of_version
            and each.measured
            and each.measured > 0
            and charge.kind == "usage"
            and charge.quantity
        ):
            unit = priced_unit(line.rule, line.version, wording)
            whole = wording.number(charge.quantity * each.measured / each.of_version)
            numbers = {"own": wording.number(each.of_version), "measured": wording.number(each.measured)}
            quantity = wording.number(charge.quantity)
            yield tidy("explain.calculation.part", wording, whole=whole, quantity=quantity, unit=unit, **numbers)


def _formula(charge: Charge, line: Explained, found: Explanation, wording: Wording) -> str:
    multiplied = product(charge)
    if multiplied is None:
        return ""
    parts = []
    if multiplied.quantity is not None:
        parts.append(f"{wording.number(multiplied.quantity)} {priced_unit(line.rule, line.version, wording)}".rstrip())
    parts.append(wording.unit_price(multiplied.price))
    if multiplied.factor != 1:
        parts.append(factor_text(multiplied.factor, found.month.period))
    return " × ".join(parts)


def _resources(line: Explained, found: Explanation, wording: Wording) -> list[str]:
    """The charges of a line by resource or value of the tag, the largest first as long as there is room."""
    ordered = sorted(line.line.charges, key=lambda c: (-abs(c.amount), c.resource_id))
    rows = []
    for charge in ordered[:SHOWN_RESOURCES]:
        multiplied = product(charge)
        exact = exact_money(multiplied.exact, wording) if multiplied else ""
        formula = _formula(charge, line, found, wording)
        rows.append(
            (
                charge_object(charge, line.rule, wording),
                formula,
                f"= {exact}" if exact else "",
                wording.money(charge.amount),
            )
        )
    texts = table(rows, "lrrr")
    omitted = len(ordered) - SHOWN_RESOURCES
    more = "more_values" if _tag(line) else "more"
    return [*texts, wording.plural(f"explain.calculation.{more}", omitted)] if omitted > 0 else texts


def _tag(line: Explained) -> str:
    """The tag by whose values the line was priced apart; '' when it was not."""
    return line.rule.quantity.tag if line.rule.quantity else ""


def _bound(line: Explained, charge: Charge, found: Explanation, wording: Wording) -> Iterator[Field]:
    met = bound(charge, found.month)
    if met is None:
        start = wording.date(year_start(line.version, found.month.period).first)
        yield Field("bound", (wording.text("explain.calculation.accumulated_bound", start=start),))
        return
    amount = wording.money(abs(met.bound - met.charged))
    values = {"charged": wording.money(met.charged), "bound": wording.money(met.bound), "amount": amount}
    yield Field("bound", (wording.text(f"explain.calculation.{charge.kind}", **values),))
    yield Field("terms", tuple(bound_sentences(line.rule, line.version, wording)))
    if capped_by_others(charge, line.rule):
        totals = charges_of_others(charge, line.rule, found.month)
        yield Field(
            "others", tuple(table([(rule, wording.money(cents)) for rule, cents in totals.items()], "lr")), True
        )


def _span(line: Explained, charge: Charge, found: Explanation, wording: Wording) -> Iterator[Field]:
    if charge.span_amount is None:
        return
    number, months = place_in_span(line.version, found.month)
    amounts = {"span": wording.money(charge.span_amount), "amount": wording.money(charge.amount)}
    text = wording.text(f"explain.span.{line.version.every}", number=number, months=months, **amounts)
    yield Field("span", (text,))


def _today(line: Explained, found: Explanation, wording: Wording) -> Iterator[Field]:
    if line.today is None:
        return
    key = (line.line.beneficiary, line.rule.id)
    billed = sum(c.amount for c in found.month.charges if (c.member_id, c.rule) == key and c.adjusts is None)
    amounts = {"now": wording.money(line.today), "billed": wording.money(billed)}
    yield Field("today", (wording.text("explain.today.differs", **amounts),))
