"""What a version of a rate costs by the unit: tiers, lists of prices by years of membership, and a cap by others' charges."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Discriminator, Field, Tag

from chargeback.model.fields import Exact, exact, mistake
from chargeback.model.quantity import Frozen


class Tier(Frozen):
    """A tier: the quantity up to and with ``up_to``, at ``price`` a unit; ``fee`` once when it is entered."""

    up_to: Exact | None = None
    price: Exact
    fee: Exact | None = None


class PriceList(Frozen):
    """The price or the tiers of a member up to and in its ``up_to``-th year of membership; without it, from then on."""

    up_to: Exact | None = None
    price: Exact | None = None
    tiers: tuple[Tier, ...] = ()


class Others(Frozen):
    """A maximum that is what rules charge all other members in the month."""

    others: Annotated[tuple[str, ...], AfterValidator(lambda names: tuple(sorted(set(names))))] = Field(min_length=1)


def _least(value: Any) -> Decimal:
    if isinstance(value, dict):
        raise mistake("bad-number", 'expected a number, as "12.50"; only a maximum may be what others are charged')
    return exact(value)


def _limit(value: Any) -> str:
    return "Others" if isinstance(value, dict | Others) else "Number"


Least = Annotated[Decimal, BeforeValidator(_least)]
Limit = Annotated[Annotated[Exact, Tag("Number")] | Annotated[Others, Tag("Others")], Discriminator(_limit)]


@dataclass(frozen=True, slots=True)
class Step:
    """A tier as rationals, for pricing: ``upper`` None is no bound."""

    upper: Fraction | None
    price: Decimal
    exact_price: Fraction
    fee: Decimal | None
    exact_fee: Fraction


def steps_of(price: Decimal | None, tiers: Sequence[Tier]) -> tuple[Step, ...]:
    """The tiers, or the one price as a tier without bound."""
    stated = tiers or (Tier(price=price if price is not None else Decimal(0)),)
    return tuple(
        Step(
            None if tier.up_to is None else Fraction(tier.up_to),
            tier.price,
            Fraction(tier.price),
            tier.fee,
            Fraction(tier.fee or 0),
        )
        for tier in stated
    )
