"""Builders by keyword of what is measured: cells, questions, owners, rules; of September 2026, cut at the 11th."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from chargeback.charging.metering.attribution import Attribution, Ownership, Question, attribute
from chargeback.charging.metering.cells import Cell
from chargeback.charging.metering.timeline import Roster
from chargeback.model.facts import Facts
from chargeback.model.period import Period, Span
from chargeback.model.problem import Place
from chargeback.model.rules import Quantity, Rule
from kit.builders import LONG_AGO, member

SEPTEMBER = Period(2026, 9)
MONTH = SEPTEMBER.span
FIRST = Span(date(2026, 9, 1), date(2026, 9, 11))
REST = Span(date(2026, 9, 11), date(2026, 10, 1))
PARTS = (FIRST, REST)
HERE = Place("tariffs/r.toml", 6)
TAGS = ("class",)
AB = Facts(members=(member("a"), member("b")))


def cell(
    member_id: str | None = "a",
    *,
    resource: str | None = None,
    part: int = 0,
    tag: str | None = None,
    samples: int = 1,
    total: int | str | None = 1,
    **more: Any,
) -> Cell:
    """A cell of the meter q; samples without an end unless ``intervals`` says how many have one."""
    quantity = None if total is None else Decimal(total)
    head = {"meter": "q", "intervals": 0, "largest": quantity, "unit_seconds": None, "unit_microseconds": None}
    return Cell(
        member_id=member_id,
        resource_id=resource,
        part=part,
        tags=(tag,),
        samples=samples,
        quantities=quantity,
        **head | more,
    )


def reaching(member_id: str | None = "a", rows: int = 1, **more: Any) -> Cell:
    """A cell of rows that start before its part: two units, for an hour each, unless said otherwise."""
    head = {"samples": 0, "total": None, "reaching": rows, "unit_seconds": Decimal(7200 * rows)}
    return cell(member_id, **head | more)


def ask(measure: str = "sum", *, rule: str = "r", slot: str = "rate:0", **more: Any) -> Question:
    """A question about the meter q; what is not of the question itself is of its quantity."""
    own = {k: more.pop(k) for k in tuple(more) if k in Quantity.model_fields}
    quantity = Quantity.model_validate({"meter": "q", "measure": measure, **own})
    head = {"group": None, "exclude": frozenset(), "window": MONTH, "covered": (MONTH,), "where": HERE}
    return Question(rule=rule, slot=slot, quantity=quantity, **head | more)


def owners(facts: Facts = AB, parts: Sequence[Span] = PARTS) -> Ownership:
    """Owners of the cells of September."""
    return Ownership(facts, Roster(facts, MONTH), parts)


def attributed(cells: Sequence[Cell], *questions: Question, facts: Facts = AB) -> Attribution:
    """Which question counts each cell."""
    return attribute(cells, questions, owners(facts), TAGS)


def rule(name: str = "r", kind: str = "rate", *, versions: Sequence[dict[str, Any]] = ({},), **more: Any) -> Rule:
    """A rule whose versions have a reference; a rate is flat at 1.00 on the sum of q unless said otherwise."""
    flat = {"model": "flat", "price": "1.00"} if kind == "rate" else {}
    if kind == "rate":
        more.setdefault("quantity", {"meter": "q", "measure": "sum"})
    terms = [{"valid_from": LONG_AGO, "references": [{"title": "Act"}], **flat, **v} for v in versions]
    head = {"id": name, "kind": kind, "label": {"en": name}, "vat": "services", "path": f"tariffs/{name}.toml"}
    return Rule.model_validate({**head, **more, "version": terms})


def unanswered(question: Question) -> Question:
    """The same question of a pool without cost."""
    return replace(question, answered=False)
