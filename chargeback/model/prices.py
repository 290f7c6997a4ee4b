"""Prices of a version of a rate: tiers, price lists by years of membership, and a cap at what others are charged."""

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
    """Tier: a range of the quantity, with its price.

    Attributes:
        up_to: greatest quantity of the tier, included; None: no bound.
        price: euros a unit.
        fee: euros due once when the tier is entered; None: no fee.
    """

    up_to: Exact | None = None
    price: Exact
    fee: Exact | None = None


class PriceList(Frozen):
    """Price list for members up to a year of membership.

    Attributes:
        up_to: last year of membership that it is for, counted from 1; None: from the list before on.
        price: euros a unit; None where it has tiers.
        tiers: tiers in place of one price.
    """

    up_to: Exact | None = None
    price: Exact | None = None
    tiers: tuple[Tier, ...] = ()


class Others(Frozen):
    """Maximum that is what rules charge all other members in the month.

    Attributes:
        others: ids of the rules, sorted.
    """

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
    """Step: a tier as rationals, for pricing.

    Attributes:
        upper: greatest quantity, included; None: no bound.
        price: euros a unit, as written.
        exact_price: the same as a rational.
        fee: euros due once when the step is entered, as written; None: no fee.
        exact_fee: the same as a rational, 0 without fee.
    """

    upper: Fraction | None
    price: Decimal
    exact_price: Fraction
    fee: Decimal | None
    exact_fee: Fraction


def steps_of(price: Decimal | None, tiers: Sequence[Tier]) -> tuple[Step, ...]:
    """The tiers as steps, or the one price as a step without bound."""
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
