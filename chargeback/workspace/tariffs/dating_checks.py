"""Dating of versions: acts that are not enforceable yet, reasons to reach back, adjustments of closed months."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from chargeback.model.rules import Rule
from chargeback.model.versions import Version

LONGEST_REASON = 300
DatingProblem = tuple[str, str, str]


def dating_sense(version: Version, key: str) -> Iterator[DatingProblem]:
    """Versions in force before an act that they cite is enforceable, without a reason: (key, message, code)."""
    if "retroactive" in version.model_fields_set:
        text = version.reason_to_reach_back
        if not text.isprintable() or not 3 <= len(text.strip()) <= LONGEST_REASON:
            message = (
                f"retroactive says why the version may reach back, in 3 to {LONGEST_REASON} characters: "
                "the documents print it"
            )
            yield f"{key}.retroactive", message, "bad-field"
        return
    later = [r for r in version.references if r.enforceable_on is not None and r.enforceable_on > version.valid_from]
    if later:
        act = max(later, key=lambda r: (r.enforceable_on, r.title))
        message = (
            f"the version is in force from {version.valid_from}, before {act.title} is enforceable, "
            f"on {act.enforceable_on}: "
            f'let it begin on {act.enforceable_on}, or say why it may reach back, as retroactive = "…"'
        )
        yield f"{key}.valid_from", message, "not-enforceable"


def adjusting_sense(rule: Rule) -> Iterator[DatingProblem]:
    """Smallest adjustment of a rule, where a smaller one waits for the end of the year: (key, message, code)."""
    least = rule.adjust_min
    if least is None:
        return
    if least < 0 or least != least.quantize(Decimal("0.01")):
        message = f'adjust_min is {least}: expected an amount of zero or more with at most two decimals, as "5.00"'
        yield "adjust_min", message, "bad-field"
    if rule.adjusted == "year":
        silent = ", which an allocation has when it says nothing" if rule.adjust is None else ""
        message = (
            f'adjust_min does nothing under adjust = "year"{silent}: what differs is billed once the year is over, '
            'however little it is; take it out, or write adjust = "next"'
        )
        yield "adjust_min", message, "bad-field"
