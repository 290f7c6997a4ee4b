"""Changes of the rules from one day to another in plain text: prices, tiers and keys line by line. Pure."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from chargeback.explain.rules.in_force import Changed, Changes, InForce
from chargeback.explain.rules.listing import WIDTH, broken
from chargeback.ledger.rule_terms import moving
from chargeback.model.prices import Others
from chargeback.model.rules import Quantity, Rule
from chargeback.model.versions import DriverBound, IncludedQuantity, Reference, Retroactive, Version
from chargeback.render.text.adjustments import reason_text
from chargeback.render.text.labels import measured_unit, rule_label, tier_range, unit_of
from chargeback.render.text.quantity_terms import quantity_text
from chargeback.render.text.rule_terms import key_text, parts_to, points
from chargeback.render.text.version_terms import free_each, step_text
from chargeback.workspace.reports.wording import Wording

TextLines = list[str]
Steps = dict[str, tuple[str, Decimal | None]]
PRICES = ("price", "minimum", "maximum", "floor", "cap", "less_floor")


def changes_text(changes: Changes, wording: Wording) -> TextLines:
    """A heading, the rules that begin and end, then each rule that changes, field by field."""
    days = {"first": wording.date(changes.first), "second": wording.date(changes.second)}
    if not (changes.begin or changes.end or changes.changed):
        return [wording.text("rules.diff.same", **days)]
    counts = {
        "begin": wording.plural("rules.diff.begin", len(changes.begin)),
        "end": wording.plural("rules.diff.end", len(changes.end)),
        "change": wording.plural("rules.diff.change", len(changes.changed)),
    }
    lines = [wording.text("rules.diff.heading", **days, **counts)]
    for key, found in (("begins", changes.begin), ("ends", changes.end)):
        lines += ["", wording.text(f"rules.diff.{key}"), *_named(found, wording)] if found else []
    if changes.changed:
        lines += ["", wording.text("rules.diff.changes")]
        for each in changes.changed:
            lines += [*_changed(each, wording), ""]
        del lines[-1]
    return lines


def _named(found: Sequence[InForce], wording: Wording) -> Iterator[str]:
    wide = max(len(each.rule.id) for each in found)
    for each in found:
        label = rule_label(each.rule, wording)
        version = wording.text("rules.version", version=wording.short_date(each.version.valid_from))
        yield f"  {each.rule.id:{wide}}  {label}, {version}"


def _changed(each: Changed, wording: Wording) -> Iterator[str]:
    """A rule, its two versions, and the fields that differ."""
    dates = [wording.short_date(v.valid_from) for v in (each.before, each.after)]
    versions = wording.text("rules.versions", before=dates[0], after=dates[1])
    yield f"  {each.rule.id}  {rule_label(each.rule, wording)}, {versions}"
    labels = {name: field_label(name, wording) for name in each.fields}
    wide = max(len(label) for label in labels.values())
    for name in each.fields:
        label = labels[name]
        for text in field_lines(each, name, wording):
            for part in broken(text, WIDTH - wide - 6):
                yield f"    {label:{wide}}  {part}"
                label = ""


def field_label(name: str, wording: Wording) -> str:
    """What a field is called; its name in the file when nothing says so."""
    return wording.texts.get(f"rules.fields.{name}", name)


def field_lines(each: Changed, name: str, wording: Wording) -> TextLines:
    """How a field differs, in one line or several."""
    if name in LISTED:
        before, after = (LISTED[name](each.rule, v, wording) for v in (each.before, each.after))
        return compared(before, after, wording)
    old, new = (shown_value(each.rule, version, name, wording) for version in (each.before, each.after))
    return [changed(old, new, getattr(each.before, name), getattr(each.after, name), wording)]


def changed(before: str, after: str, old: object, new: object, wording: Wording) -> str:
    """before → after, with the change in percent between two numbers."""
    text = wording.text("rules.changed", before=before, after=after)
    if isinstance(old, Decimal) and isinstance(new, Decimal) and old > 0:
        percent = wording.signed_percent((Fraction(new) - Fraction(old)) / Fraction(old))
        return wording.text("rules.by", change=text, percent=percent)
    return text


def compared(before: Steps, after: Steps, wording: Wording) -> TextLines:
    """Two lists by name, line by line: names that one alone has, and those with another value."""
    lines = []
    for name in before | after:
        old, new = before.get(name), after.get(name)
        if old is None and new is not None:
            lines.append(wording.text("rules.added", what=_whole(name, new[0], wording)))
        elif new is None and old is not None:
            lines.append(wording.text("rules.taken", what=_whole(name, old[0], wording)))
        elif old is not None and new is not None and old != new:
            lines.append(_whole(name, changed(old[0], new[0], old[1], new[1], wording), wording))
    return lines


def _whole(name: str, value: str, wording: Wording) -> str:
    return wording.text("rules.pair", name=name, value=value) if value else name


def _steps(field: str) -> Callable[[Rule, Version, Wording], Steps]:
    """Each tier by its range, where the field (tiers, or prices by years of membership) states some."""

    def steps(rule: Rule, version: Version, wording: Wording) -> Steps:
        numbers = range(1, len(version.steps) + 1) if getattr(version, field) else ()
        return dict(_step(version, number, unit_of(rule, wording), wording) for number in numbers)

    return steps


def _step(version: Version, number: int, unit: str, wording: Wording) -> tuple[str, tuple[str, Decimal | None]]:
    """(range, (words, the price or the lump sum)) of a tier; one with both has no single price."""
    where, step = tier_range(version, number, unit, wording), version.steps[number - 1]
    text = step_text(version, number, unit, wording).removeprefix(where).lstrip(", ")
    return where, (text, step.price if step.fee is None else None if step.price else step.fee)


def _keys(rule: Rule, version: Version, wording: Wording) -> Steps:
    return {key_text(k, version, wording): (wording.percent(k.weight, 6, trim=True), None) for k in version.keys}


def _titles(rule: Rule, version: Version, wording: Wording) -> Steps:
    return {reference_text(reference, wording): ("", None) for reference in version.references}


def reference_text(reference: Reference, wording: Wording) -> str:
    """The title, and the day from which it may be enforced, where it says one."""
    day = reference.enforceable_on
    return (
        wording.text("rules.enforceable", title=reference.title, date=wording.short_date(day))
        if day
        else reference.title
    )


def _to(rule: Rule, version: Version, wording: Wording) -> Steps:
    return {pool: (part, None) for pool, part in parts_to(version, wording)}


def _points(rule: Rule, version: Version, wording: Wording) -> Steps:
    return dict.fromkeys(points(version, wording), ("", None))


def _plainly(field: str) -> Callable[[Rule, Version, Wording], Steps]:
    def names(rule: Rule, version: Version, wording: Wording) -> Steps:
        return dict.fromkeys(getattr(version, field), ("", None))

    return names


LISTED: Mapping[str, Callable[[Rule, Version, Wording], Steps]] = {
    "tiers": _steps("tiers"),
    "seniority": _steps("seniority"),
    "keys": _keys,
    "references": _titles,
    "to": _to,
    "curve": _points,
    "exclude": _plainly("exclude"),
    "less": _plainly("less"),
}


def shown_value(rule: Rule, version: Version, name: str, wording: Wording) -> str:
    """A field of a version in words; as the file has it where there are none."""
    value = getattr(version, name)
    if value is None or value == "":
        return wording.text("rules.nothing")
    if isinstance(value, DriverBound):
        return wording.label("drivers", value.driver)
    if isinstance(value, IncludedQuantity):
        return free_each(value, measured_unit(rule, version, wording), wording)
    if isinstance(value, Retroactive):
        return reason_text(version, wording)
    if isinstance(value, Others):
        return wording.text("rules.others", rules=", ".join(value.others))
    if isinstance(value, Decimal):
        return wording.unit_price(value) if name in PRICES else wording.number(value)
    if isinstance(value, Quantity):
        return quantity_text(value, wording, version)
    text = value if isinstance(value, str) else json.dumps(moving(rule, version).get(name), ensure_ascii=False)
    return wording.texts.get(WORDS.get(name, "{}").format(value), text)


WORDS = {"model": "basis.models.{}", "method": "basis.keys.{}", "every": "invoice.every.{}"}
