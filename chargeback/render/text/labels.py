"""Labels on the pages: documents, rules, services, units, tiers, keys. Pure text from the month and the wording."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from fractions import Fraction
from itertools import groupby

from chargeback.model.charges import Charge
from chargeback.model.documents import Document, Line
from chargeback.model.facts import Member
from chargeback.model.month import Month
from chargeback.model.period import Period
from chargeback.model.rules import Quantity, Rule
from chargeback.model.succession import is_gone
from chargeback.model.versions import Version
from chargeback.workspace.reports.wording import Wording

TABLES = {"meter": "meters", "driver": "drivers", "subscription": "items"}
CATEGORIES = ("S", "E", "O")
MOST_NAMES = 4


def regime_text(wording: Wording, category: str, key: str, **values: object) -> str:
    """Text of the wording for a VAT category (EN 16931 BT-118, UNTDID 5305): S, E, O, or ``other``."""
    return wording.text(f"regimes.{category if category in CATEGORIES else 'other'}.{key}", **values)


def late_payment(wording: Wording, category: str) -> str:
    """Terms of late payment: penalties, recovery costs, discount; '' for a category without any."""
    parts = {key: regime_text(wording, category, key) for key in ("penalties", "recovery", "discount")}
    return regime_text(wording, category, "late", **parts)


def vat_point(document: Document, wording: Wording) -> str:
    """Sentence on the tax point of a taxed document (EN 16931 BT-8); '' for other categories."""
    return regime_text(wording, document.regime.category, f"due_{document.regime.tax_point}")


def settled_how(document: Document, wording: Wording) -> str:
    """How a credit note is settled (EN 16931 BT-20): a payer that has left has no later payment to deduct it from."""
    left = is_gone(document.payer, document.period)
    return wording.text("invoice.credit_refunded" if left else "invoice.credit_how")


def title_of(document: Document, wording: Wording) -> str:
    """Title of a document, by VAT category and kind: Facture, Appel de contribution, Avoir."""
    return regime_text(wording, document.regime.category, document.kind)


def named(document: Document, wording: Wording) -> str:
    """Title of a document with its number, or with the word for a draft."""
    title = title_of(document, wording)
    if document.number:
        return wording.text("common.numbered", title=title, number=document.number)
    return wording.text("common.unnumbered", title=title)


def rule_label(rule: Rule, wording: Wording) -> str:
    return rule.label.to(wording.language) or rule.id


def rule_labels(ids: Iterable[str], rules: Mapping[str, Rule], wording: Wording) -> list[str]:
    """Labels of rules; the id of a rule that is unknown."""
    return [rule_label(rules[rule_id], wording) if rule_id in rules else rule_id for rule_id in ids]


def service_label(service: str, wording: Wording) -> str:
    return wording.label("services", service) if service else wording.text("common.other_service")


def pool_label(pool: str, wording: Wording) -> str:
    return wording.label("pools", pool)


def member_name(month: Month, member_id: str) -> str:
    """Name of a member; its id where the month does not have it."""
    member = month.members.get(member_id)
    return member.name if member else member_id


def beneficiary_text(document: Document, beneficiary: str, month: Month, wording: Wording) -> str:
    """Heading of a beneficiary, on a document with lines of several members or of another member than the payer."""
    if beneficiary == document.payer.member_id:
        return wording.text("invoice.own_account")
    name, member = member_name(month, beneficiary), month.members.get(beneficiary)
    if member is not None and member.successor and member.valid_to is not None and is_gone(member, document.period):
        until = wording.date(member.valid_to - timedelta(days=1))
        return wording.text("invoice.taken_over", name=name, date=until)
    return wording.text("invoice.beneficiary", name=name)


def taken_over(members: Iterable[Member], wording: Wording) -> Iterator[str]:
    """Sentences on predecessors whose amounts are included, one for each last day: their names and that day."""
    by_end = sorted((m.valid_to, m.name) for m in members if m.valid_to is not None)
    for end, ended in groupby(by_end, key=lambda pair: pair[0]):
        names = [name for _, name in ended]
        more = (
            [wording.plural("statement.others_taken_over", len(names) - MOST_NAMES)] if len(names) > MOST_NAMES else []
        )
        listed = ", ".join([*names[:MOST_NAMES], *more])
        yield wording.text("statement.taken_over", names=listed, date=wording.date(end - timedelta(days=1)))


def version_of(rule: Rule, line: Line) -> Version:
    """Version that priced a line."""
    return next(v for v in rule.versions if v.valid_from == line.version)


def unit_of(rule: Rule, wording: Wording) -> str:
    """Unit of a rule's quantity: the rule's own, else that of the driver, meter or item, else ''."""
    if rule.unit is not None:
        return rule.unit.to(wording.language)
    return quantity_unit(rule.quantity, wording) if rule.quantity else ""


def measured_unit(rule: Rule, version: Version, wording: Wording) -> str:
    """Unit of the quantity measured; under ``package`` that of the meter, as the rule's unit may name the package."""
    raw = quantity_unit(rule.quantity, wording) if version.model == "package" and rule.quantity else ""
    return raw or unit_of(rule, wording)


def priced_unit(rule: Rule, version: Version, wording: Wording) -> str:
    """Unit that the price is for: a package, or the rule's unit."""
    return wording.text("invoice.line.package_unit") if version.model == "package" else unit_of(rule, wording)


def package_text(rule: Rule, version: Version, wording: Wording) -> str:
    """Size of a package with its unit: 50 Go."""
    return f"{wording.number(version.package_size or 0)} {measured_unit(rule, version, wording)}".rstrip()


def quantity_unit(quantity: Quantity, wording: Wording) -> str:
    return wording.unit(TABLES[quantity.kind], quantity.name) if quantity.kind in TABLES else ""


def key_label(kind: str, name: str, wording: Wording) -> str:
    """Label of an allocation key: of its driver, meter or item, else of its kind."""
    if kind in TABLES and name:
        return wording.label(TABLES[kind], name)
    return wording.text(f"basis.keys.{kind}")


def key_unit(kind: str, name: str, wording: Wording) -> str:
    """Unit of the values of a key; '' where they have none."""
    if kind in TABLES:
        return wording.unit(TABLES[kind], name)
    return wording.text(f"basis.keys.{kind}_unit") if kind in ("equal", "shares") else ""


def charge_object(charge: Charge, rule: Rule, wording: Wording) -> str:
    """Object of a charge: its resource, or its tag with the value; '' for a charge of the member as a whole."""
    tag = rule.quantity.tag if rule.quantity else ""
    if not tag or charge.kind not in ("usage", "fee"):
        return charge.resource_id
    return f"{tag} = {charge.resource_id}" if charge.resource_id else wording.text("basis.untagged", tag=tag)


def tier_bounds(version: Version, tier: int) -> tuple[Fraction, Fraction | None]:
    """Lower and upper bound of a tier (numbered from 1); None where there is no upper bound."""
    steps = version.steps
    lower = steps[tier - 2].upper if tier > 1 else None
    return lower or Fraction(0), steps[tier - 1].upper


def tier_range(version: Version, tier: int, unit: str, wording: Wording) -> str:
    """Range of a tier, after the years of membership that its price list is for."""
    years = years_text(version, tier, wording)
    if years and not in_tiers(version, tier):
        return years
    quantities = _quantity_range(version, tier, unit, wording)
    return wording.text("basis.years_range", years=years, range=quantities) if years else quantities


def _quantity_range(version: Version, tier: int, unit: str, wording: Wording) -> str:
    lower, upper = tier_bounds(version, tier)
    if upper is None:
        return wording.text("basis.range_last", **{"from": wording.number(lower), "unit": unit}).rstrip()
    key = "basis.range" if lower else "basis.range_first"
    return wording.text(key, **{"from": wording.number(lower), "to": wording.number(upper), "unit": unit}).rstrip()


def years_text(version: Version, tier: int, wording: Wording) -> str:
    """Years of membership that the price list of a tier is for; '' where prices do not depend on them."""
    if not version.seniority or not 1 <= tier <= len(version.steps):
        return ""
    place, _ = version.place(tier)
    before = version.seniority[place - 1].up_to if place else None
    first, last = int(before or 0) + 1, version.seniority[place].up_to
    if last is None:
        return wording.text("basis.years.last", first=first)
    if first == 1:
        return wording.text("basis.years.first" if last == 1 else "basis.years.until", last=int(last))
    return wording.text("basis.years.one" if first == last else "basis.years.range", first=first, last=int(last))


def in_tiers(version: Version, tier: int) -> bool:
    """Whether the price list of a tier has several tiers."""
    return len(version.lists[version.place(tier)[0]]) > 1


def tiered(version: Version, line: Line) -> bool:
    """Whether a version has several tiers and a line is of one of them."""
    return len(version.steps) > 1 and 1 <= line.tier <= len(version.steps)


def is_lump(version: Version, tier: int) -> bool:
    """Whether a tier is a lump sum: a fee, and a unit price of zero."""
    steps = version.steps
    return 1 <= tier <= len(steps) and steps[tier - 1].fee is not None and steps[tier - 1].price == 0


def shown_lines(lines: Iterable[Line], month: Month) -> list[Line]:
    """Lines to print: all but lines of zero for the units of a lump sum."""
    return [
        n for n in lines if n.amount or n.kind != "usage" or not is_lump(version_of(month.rules[n.rule], n), n.tier)
    ]


def line_label(line: Line, rule: Rule, wording: Wording) -> str:
    """Label of a line: that of the rule, with years of membership, tier and kind (fee, bound, adjustment, credit)."""
    label, version = rule_label(rule, wording), version_of(rule, line)
    if line.kind == "adjustment" and not line.reverses:
        return _adjustment_label(line, label, wording)
    if line.kind in ("minimum", "maximum") and not line.reverses:
        return wording.text(f"invoice.line.{line.kind}", label=label)
    tier = version.place(line.tier)[1] if tiered(version, line) and in_tiers(version, line.tier) else 0
    years = years_text(version, line.tier, wording)
    label = wording.text("invoice.line.years", label=label, years=years) if years else label
    if line.kind == "fee":
        key = "lump" if is_lump(version, line.tier) else "fee"
        return wording.text(f"invoice.line.{key if tier else 'fee_only'}", label=label, tier=tier)
    label = wording.text("invoice.line.tier", label=label, tier=tier) if tier else label
    return wording.text("corrections.label", label=label) if line.reverses else label


def _adjustment_label(line: Line, label: str, wording: Wording) -> str:
    """Label of an adjustment, with the month that it corrects or the year that it settles."""
    period, year = line.charges[0].adjusts, line.charges[0].settles
    if period is not None:
        return wording.text("invoice.line.adjustment_of", label=label, of_month=wording.of_month(period))
    if year is not None:
        return wording.text("invoice.line.true_up", label=label, year=year)
    return wording.text("invoice.line.adjustment", label=label)


def in_print_order(lines: Iterable[Line]) -> list[Line]:
    """Lines of one rule in the order of print: by version and tier, a fee after its tier, bounds last.

    Lines that reverse others are in the order of the original. Adjustments come after all others, month by month.
    """
    return sorted(lines, key=_print_key)


def _print_key(line: Line) -> tuple[str, date, int, bool, int, bool, str]:
    adjusts = line.kind == "adjustment" and not line.reverses
    period = str(line.charges[0].adjusts or "year") if adjusts else ""
    last = line.kind in ("minimum", "maximum")
    return (period, line.version, line.reverses, last, line.tier, line.kind != "usage", line.kind)


def factor_text(factor: Fraction, period: Period) -> str:
    """Proration factor as a fraction: over the days of the month where it is one (15/31), else in lowest terms."""
    if period.days % factor.denominator == 0:
        return f"{factor * period.days}/{period.days}"
    return f"{factor.numerator}/{factor.denominator}"


def is_full_credit(document: Document) -> bool:
    """Whether all lines reverse lines of an issued document: their calculation is printed there."""
    return bool(document.preceding) and all(line.reverses for line in document.lines)
