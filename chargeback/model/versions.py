"""Versions of a rule: its terms while they are in force, as frozen values read from ``tariffs/*.toml``.

Unknown fields are refused. Numbers are exact decimals, quoted or not in the file.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag, model_validator

from chargeback.model.fields import Day, Exact, Regimes, Yes, mistake
from chargeback.model.period import Frequency
from chargeback.model.prices import Least, Limit, PriceList, Step, Tier, steps_of
from chargeback.model.quantity import Frozen as Frozen
from chargeback.model.quantity import Quantity as Quantity
from chargeback.model.quantity import QuantityKind, found_sources

PricingModel = Literal["flat", "graduated", "volume", "package"]
AllocationMethod = Literal["keys", "shapley", "nucleolus", "scrb", "serial", "increments"]
KeyKind = Literal[QuantityKind, "equal", "shares"]
Proration = Literal["none", "day"]
BillingMode = Literal["costs", "instalments"]
CallTime = Literal["advance"]
Ground = Literal["law", "regularisation", "agreement"]


class Key(Frozen):
    """Allocation key, from exactly one of quantity, equal and shares.

    Attributes:
        quantity: quantity of each member that counts.
        equal: True: every member counts the same.
        shares: fixed share by member, zero or more.
        weight: weight among the keys of the version.
        negative: ``zero``: a value below zero counts as zero; None: it is a problem.
    """

    quantity: Quantity | None = None
    equal: Yes | None = None
    shares: dict[str, Exact] | None = None
    weight: Exact = Decimal(1)
    negative: Literal["zero"] | None = None

    @property
    def kind(self) -> KeyKind:
        """What it counts."""
        if self.quantity is not None:
            return self.quantity.kind
        return "equal" if self.equal else "shares"

    @property
    def name(self) -> str:
        """Name of the driver, item or meter; ``""`` where there is none."""
        return self.quantity.name if self.quantity is not None else ""

    @model_validator(mode="after")
    def _one_source(self) -> Key:
        given = [n for n in ("quantity", "equal", "shares") if getattr(self, n) is not None]
        if len(given) != 1:
            raise mistake("bad-key", f"has {found_sources(given)}: a key has exactly one of quantity, equal, shares")
        for name, share in (self.shares or {}).items():
            if share < 0:
                raise mistake("bad-key", f"gives {name} the share {share}: a share is zero or more")
        if self.weight < 0:
            raise mistake("bad-key", f"has the weight {self.weight}: a weight is zero or more")
        return self


class Point(Frozen):
    """Point of a cost curve.

    Attributes:
        at: quantity.
        cost: euros a month.
    """

    at: Exact
    cost: Exact


class DriverBound(Frozen):
    """Floor or cap of each member's own.

    Attributes:
        driver: driver whose value is the bound, in euros.
    """

    driver: str


class IncludedQuantity(Frozen):
    """Free quantity of each member's own: so many units for each of what it has, pooled for the member.

    Attributes:
        driver: driver whose value is counted.
        subscription: item of the subscriptions that are counted.
        times: units free of charge for each.
    """

    driver: str | None = None
    subscription: str | None = None
    times: Exact = Decimal(1)

    @property
    def quantity(self) -> Quantity:
        """The driver or the subscription that is counted."""
        return Quantity(driver=self.driver, subscription=self.subscription)

    @model_validator(mode="after")
    def _one_source(self) -> IncludedQuantity:
        given = [name for name in ("driver", "subscription") if getattr(self, name) is not None]
        if len(given) != 1:
            raise mistake("bad-quantity", f"has {found_sources(given)}: it counts either a driver or a subscription")
        return self


def _free(value: Any) -> str:
    return "Included" if isinstance(value, dict | IncludedQuantity) else "Number"


Included = Annotated[
    Annotated[Exact, Tag("Number")] | Annotated[IncludedQuantity, Tag("Included")], Discriminator(_free)
]


def _bound(value: Any) -> str:
    return "Driver" if isinstance(value, dict | DriverBound) else "Number"


Bound = Annotated[Annotated[Exact, Tag("Number")] | Annotated[DriverBound, Tag("Driver")], Discriminator(_bound)]


class Reference(Frozen):
    """Reference: the decision that a version is based on.

    Attributes:
        title: title of the decision.
        href: link to its text; ``""``: none.
        enforceable_on: day from which it is enforceable; None: not stated.
    """

    title: str = Field(min_length=1)
    href: str = ""
    enforceable_on: Day | None = None


class Retroactive(Frozen):
    """Reason why a version may begin in a closed month, and why it may raise what members pay for that month.

    Attributes:
        reason: the reason, as documents print it.
        ground: ``law`` allows it; it is a ``regularisation`` of unlawful terms; members gave their ``agreement``.
    """

    reason: str
    ground: Ground


def _reaching(value: Any) -> str:
    return "Retroactive" if isinstance(value, dict | Retroactive) else "Reason"


Reaching = Annotated[
    Annotated[str, Tag("Reason")] | Annotated[Retroactive, Tag("Retroactive")], Discriminator(_reaching)
]


class Version(Frozen):
    """Version: a rule's terms while they are in force.

    Attributes:
        valid_from: first day, included.
        valid_to: day after the last, excluded; None: open.
        references: decisions that it is based on.
        prorate: ``day``: levels count by day of presence; ``none``: those of the first day count whole.
        model: how the quantity of a rate is priced.
        price: euros a unit.
        tiers: tiers in place of one price.
        package_size: units of a package; a started one is charged whole.
        included: units free of charge, or what they are counted by for each member.
        minimum: euros a month at least.
        maximum: euros a month at most, or what others are charged.
        seniority: price lists by years of membership.
        every: span that is priced together and borne by its months.
        accumulate: ``year``: the use from the start of the year on is priced, less what earlier months priced.
        year_starts: first day of the year of ``every`` and ``accumulate``, as ``MM-01``.
        method: how an allocation shares its pool.
        keys: allocation keys.
        exclude: ids of members that do not take part.
        floor: least share of each member, in euros a month.
        cap: greatest share of each member, in euros a month.
        game: cost game that the method shares by, or that fairness compares with.
        quantity: demand of each member along a curve.
        curve: points of the cost curve; without any C(q) = q.
        less: ids of rules whose charges are deducted from the pool first.
        less_floor: euros to share at least after that deduction; None: no floor.
        unattributed: member that bears use without a member; None: nobody.
        billing: whether costs are shared each month, or a budget is called by twelfths.
        calls: ``advance``: a twelfth may be issued before its month is over; None: from the last day of the month on.
        vat: VAT regime, or regimes by kind of member, in place of the rule's; ``""``: the rule's.
        retroactive: why a version may begin in a closed month; the text alone: it lowers what members pay for it.
        to: proportion by pool that a transfer serves.
    """

    valid_from: Day
    valid_to: Day | None = None
    references: tuple[Reference, ...] = Field(min_length=1)
    prorate: Proration = "none"
    # rate, baseline
    model: PricingModel | None = None
    price: Exact | None = None
    tiers: tuple[Tier, ...] = ()
    package_size: Exact | None = None
    included: Included = Decimal(0)
    minimum: Least | None = None
    maximum: Limit | None = None
    seniority: tuple[PriceList, ...] = ()
    every: Frequency = "month"
    accumulate: Literal["year"] | None = None
    year_starts: str = "01-01"
    # allocation
    method: AllocationMethod = "keys"
    keys: tuple[Key, ...] = ()
    exclude: tuple[str, ...] = ()
    floor: Bound | None = None
    cap: Bound | None = None
    game: str | None = None
    quantity: Quantity | None = None
    curve: tuple[Point, ...] = ()
    less: tuple[str, ...] = ()
    less_floor: Exact | None = None
    unattributed: str | None = None
    billing: BillingMode = "costs"
    calls: CallTime | None = None
    # any
    vat: Regimes = ""
    retroactive: Reaching = ""
    # transfer
    to: dict[str, Exact] = Field(default_factory=dict)

    @property
    def by_instalments(self) -> bool:
        """Whether members are called a budget by twelfths, and the year's cost is shared once, by the true-up."""
        return self.billing == "instalments"

    @property
    def reason_to_reach_back(self) -> str:
        """Reason why it may begin in a closed month; ``""``: it may not."""
        return self.retroactive if isinstance(self.retroactive, str) else self.retroactive.reason

    @property
    def ground(self) -> Ground | None:
        """Ground on which it may raise what members pay for a closed month; None: it may not."""
        return None if isinstance(self.retroactive, str) else self.retroactive.ground

    @cached_property
    def lists(self) -> tuple[tuple[Step, ...], ...]:
        """The tiers of each list of ``seniority``, or of the one list that the version is."""
        if self.seniority:
            return tuple(steps_of(each.price, each.tiers) for each in self.seniority)
        return (steps_of(self.price, self.tiers),)

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """The tiers of all lists, one after the other: a charge of tier n was priced by the n-th."""
        return tuple(step for steps in self.lists for step in steps)

    def place(self, tier: int) -> tuple[int, int]:
        """(place of the price list from 0, number of the tier in it from 1) of a charge's tier."""
        for number, steps in enumerate(self.lists):
            if tier <= len(steps):
                return number, tier
            tier -= len(steps)
        raise AssertionError("a charge's tier is one of the version's")

    @cached_property
    def free(self) -> Fraction:
        """``included`` as a rational, zero where it is each member's own."""
        return Fraction(self.included) if isinstance(self.included, Decimal) else Fraction(0)
