"""Fields of an explained line: labels, exact amounts, small tables, rows of the registers. Pure text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from chargeback.explain.calculation import levels
from chargeback.explain.explained_line import Explained
from chargeback.explain.explanation import Explanation
from chargeback.model.money import rounded
from chargeback.workspace.reports.formats import without_zeros
from chargeback.workspace.reports.wording import Wording

Label = Literal[
    "rule",
    "reference",
    "quantity",
    "measured",
    "registers",
    "part",
    "tier",
    "membership",
    "terms",
    "calculation",
    "rounding",
    "span",
    "pool",
    "costs",
    "method",
    "received",
    "held",
    "source",
    "key",
    "charges",
    "bound",
    "others",
    "rows",
    "today",
    "billed",
    "cause",
]
EXACT_PLACES = 12
SHOWN_PLACES = 8
PERCENT_PLACES = 6


@dataclass(frozen=True, slots=True)
class Field:
    """Field: a label and its texts, one under the other.

    Attributes:
        label: key of the wording, ``explain.labels.LABEL``.
        texts: in the workspace's language.
        whole: whether they are paths or tables, which are never broken.
        once: whether it is printed for one line alone; for others only its first text refers to that line.
    """

    label: Label
    texts: tuple[str, ...]
    whole: bool = False
    once: bool = False


def exact_money(euros: Fraction, wording: Wording) -> str:
    """An exact amount: all its decimals where they end within 12, else 8 of them and an ellipsis."""
    ends = (euros * 10**EXACT_PLACES).denominator == 1
    shown = without_zeros(rounded(euros, EXACT_PLACES)) if ends else rounded(euros, SHOWN_PLACES)
    exponent = shown.as_tuple().exponent
    if isinstance(exponent, int) and exponent > -2:
        shown = shown.quantize(Decimal("0.01"))
    text = wording.formats.amount(shown)
    suffix = wording.formats.money_suffix
    return text if ends else f"{text.removesuffix(suffix)}…{suffix}"


def exact_part(part: Fraction, wording: Wording) -> str:
    """A part of one: as a percentage where its decimals end within 6, else as a fraction."""
    ends = (part * 10 ** (PERCENT_PLACES + 2)).denominator == 1
    return wording.percent(part, PERCENT_PLACES, trim=True) if ends else f"{part.numerator}/{part.denominator}"


def registers(line: Explained, found: Explanation, wording: Wording) -> Iterator[Field]:
    """The rows of drivers.csv and subscriptions.csv that the line counts."""
    member, month = line.line.beneficiary, found.month.period.span
    rows = list(levels(line.rule, line.version, found.facts, member, month))
    width = max((len(str(row.where)) for row in rows), default=0)
    texts = []
    for row in rows:
        start = wording.text("explain.quantity.from", date=wording.date(row.valid_from))
        values: dict[str, object] = {"place": str(row.where).ljust(width), "from": start}
        values["value"] = f"{row.name} {wording.number(row.value)}"
        if row.valid_to is not None:
            values["until"] = wording.text("explain.quantity.until", date=wording.date(row.valid_to))
        texts.append(wording.text(f"explain.quantity.{'level' if row.valid_to is None else 'level_until'}", **values))
    if texts:
        yield Field("registers", tuple(texts), True)


def tidy(key: str, wording: Wording, **values: object) -> str:
    """A text with units, tidy where there is no unit."""
    return " ".join(wording.text(key, **values).split(" ")).replace("  ", " ").replace(" ,", ",").rstrip()


def table(rows: Sequence[Sequence[str]], sides: str) -> list[str]:
    """Rows as lines of aligned columns; ``sides`` says l or r for each."""
    if not rows:
        return []
    widths = [max(len(row[i]) for row in rows) for i in range(len(sides))]
    return [
        "  ".join(c.ljust(w) if s == "l" else c.rjust(w) for c, w, s in zip(row, widths, sides, strict=True)).rstrip()
        for row in rows
    ]
