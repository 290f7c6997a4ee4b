"""Explanation as JSON values: amounts as euros, exact rationals as texts (``31/2``). Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction

from chargeback.explain.calculation import (
    BOUNDS,
    bound,
    days_of,
    levels,
    place_in_span,
    product,
    quantities,
    quota,
    split_of,
)
from chargeback.explain.evidence import Evidence
from chargeback.explain.explained_line import Explained
from chargeback.explain.explanation import Explanation
from chargeback.explain.json_values import Json, exact, given, money
from chargeback.explain.text import local
from chargeback.explain.transfers import received_json, transfers_json
from chargeback.explain.usage_rows import UsageRow
from chargeback.model.charges import Charge
from chargeback.model.pools import PoolSplit
from chargeback.model.postings import PostingStatus
from chargeback.model.rules import Quantity

STATUS_NAMES: dict[PostingStatus, str] = {"issued": "issued", "carried_forward": "carried", "without_document": "other"}


def json_of(found: Explanation) -> Json:
    """The whole explanation."""
    splits = (split_of(found.month, e.rule.id, e.line.version) for e in _of_month(found))
    shared = {split.pool for split in splits if split}
    return given(
        {
            "asked": found.asked,
            "period": str(found.month.period),
            "issued": found.issued,
            "lines": [_line(line, replace(found, month=line.month)) for line in found.lines],
            "transfers": transfers_json(shared, found.month),
        }
    )


def _of_month(found: Explanation) -> Iterable[Explained]:
    """The shares of the month itself."""
    return (e for e in found.lines if e.line.kind == "share" and e.month is found.month)


def _line(line: Explained, found: Explanation) -> Json:
    rule, version = line.rule, line.version
    days = days_of(rule, version, found.month)
    content: Json = {
        "line": line.number,
        "document": (line.document.number or line.document.slug) if line.document else None,
        "member_id": line.line.beneficiary,
        "rule": rule.id,
        "version": str(version.valid_from),
        "place": str(rule.where(f"version.{rule.versions.index(version)}")),
        "label": rule.label.model_dump(),
        "references": [r.model_dump(mode="json", exclude_defaults=True) for r in version.references],
        "kind": line.line.kind,
        "tier": line.line.tier or None,
        "days": {"from": str(days.start), "to": str(days.end)} if days else None,
        "quantities": [_quantity(q) for q in quantities(rule, version)],
        "registers": _registers(line, found),
        "charges": [_charge(c, line, found) for c in line.line.charges],
        "pool": _pool(line, found),
        "usage": [_evidence(e, found) for e in line.evidence],
        "carried_from": str(line.line.carried_from) if line.line.carried_from else None,
        "adjustment": _adjustment(line, found) if line.adjusts else None,
        "amount": money(line.line.amount),
    }
    if line.today is not None:
        content["today"] = money(line.today)
    return {key: value for key, value in content.items() if value not in (None, [])}


def _adjustment(line: Explained, found: Explanation) -> Json:
    """An adjustment: its month, what is compared and why, where that was billed, and the lines recomputed."""
    charge = line.line.charges[0]
    basis = charge.adjustment_basis
    return given(
        {
            "month": str(charge.adjusts),
            "invoice": charge.original_invoice or None,
            "billed": money(basis.billed) if basis else None,
            "now": money(basis.recomputed) if basis else None,
            "cause": list(basis.causes) if basis else None,
            "billed_on": [
                {"document": each.number or None, "stands": STATUS_NAMES[each.status], "amount": money(each.amount)}
                for each in line.billed
            ],
            "again": [_line(part, replace(found, month=part.month)) for part in line.recomputed],
        }
    )


def _quantity(quantity: Quantity) -> Json:
    content: Json = quantity.model_dump(mode="json", exclude_defaults=True)
    return content


def _registers(line: Explained, found: Explanation) -> list[Json]:
    rows = levels(line.rule, line.version, found.facts, line.line.beneficiary, found.month.period.span)
    return [
        {"place": str(r.where), "name": r.name, "value": str(r.value), "from": str(r.valid_from)}
        | ({"to": str(r.valid_to)} if r.valid_to else {})
        for r in rows
    ]


def _charge(charge: Charge, line: Explained, found: Explanation) -> Json:
    multiplied = product(charge)
    content: Json = {
        **_of(charge, line),
        "quantity": exact(charge.quantity if charge.kind == "usage" else None),
        "unit_price": str(charge.unit_price) if charge.unit_price is not None else None,
        "factor": exact(charge.factor) if charge.kind != "share" else None,
        "exact": exact(multiplied.exact) if multiplied else None,
        "rounded": money(multiplied.cents) if multiplied else None,
        "amount": money(charge.amount),
    }
    if charge.span_amount is not None:
        number, months = place_in_span(line.version, found.month)
        content["span"] = {"amount": money(charge.span_amount), "month": number, "months": months}
    met = bound(charge, found.month) if charge.kind in BOUNDS else None
    if met is not None:
        content["bound"] = {"charged": money(met.charged), charge.kind: money(met.bound)}
    return given(content)


def _of(charge: Charge, line: Explained) -> Json:
    """The resource of a charge, or the tag and its value (null: use without the tag)."""
    tag = line.rule.quantity.tag if line.rule.quantity else ""
    if tag and charge.kind in ("usage", "fee"):
        return {"tag": {"name": tag, "value": charge.resource_id or None}}
    return {"resource_id": charge.resource_id or None}


def _pool(line: Explained, found: Explanation) -> Json | None:
    split = split_of(found.month, line.rule.id, line.line.version) if line.line.kind == "share" else None
    if split is None:
        return None
    pool = next((p for p in found.month.pools if p.name == split.pool), None)
    member = line.line.beneficiary
    part, error = quota(split, member), (split.standard_errors or {}).get(member)
    return given(
        {
            "name": split.pool,
            "booked": money(pool.booked) if pool else None,
            "received": received_json(split.pool, found.month) or None,
            "held": money(split.pool_amount),
            "less": money(split.deducted) if split.deducted else None,
            "shared": money(split.amount),
            "days": f"{split.days}/{split.month_days}",
            "costs": [
                {"place": str(c.where), "amount": money(c.amount), "label": c.label}
                for c in (pool.costs if pool else ())
            ],
            "keys": _keys(split, member),
            "bound": (split.binding or {}).get(member),
            "exact": exact(part.exact / 100) if part else None,
            "standard_error": exact(error / 100) if error is not None else None,
        }
    )


def _keys(split: PoolSplit, member: str) -> list[Json]:
    return [
        {
            "weight": exact(key.weight),
            "kind": key.kind,
            "name": key.name,
            "value": exact(key.values.get(member, Fraction(0))),
            "total": exact(key.total),
        }
        for key in split.keys
    ]


def _evidence(each: Evidence, found: Explanation) -> Json:
    return given(
        {
            "meter": each.question.quantity.meter,
            "measured": exact(each.measured),
            "under_this_version": exact(each.of_version) if each.of_version != each.measured else None,
            "rows": each.rows,
            "earlier_months": (each.of_earlier_months and not each.of_predecessors) or None,
            "predecessors": each.of_predecessors or None,
            "same_as_line": each.same_rows_as or None,
            "first": _rows(each.first, found),
        }
    )


def _rows(rows: Iterable[UsageRow], found: Explanation) -> list[Json]:
    zone = found.month.settings.zone
    return [
        {
            "file": row.path,
            "line": row.line,
            "start": local(row.start_us, zone).isoformat(),
            "end": local(row.end_us, zone).isoformat() if row.end_us is not None else None,
            "counted_seconds": row.counted_seconds,
            "member_id": row.member_id,
            "resource_id": row.resource_id,
            "quantity": format(row.quantity, "f"),
            "tags": dict(row.tags),
        }
        for row in rows
    ]
