"""Tariff rules as frozen values, read from ``tariffs/*.toml``. They price nothing: see ``charging/rating`` and
``charging/sharing``.

Unknown fields are refused. Numbers are exact decimals, quoted or not in the file.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag, model_validator

from chargeback.model.fields import Day, Exact, Regimes, Yes, mistake
from chargeback.model.period import Frequency, Span, clip, in_force
from chargeback.model.prices import Least, Limit, Others, PriceList, Step, Tier, steps_of
from chargeback.model.problem import Place
from chargeback.model.quantity import Frozen as Frozen
from chargeback.model.quantity import PerTag as PerTag
from chargeback.model.quantity import Quantity as Quantity
from chargeback.model.quantity import QuantityKind, found_sources

RuleKind = Literal["rate", "allocation", "transfer", "baseline"]
PricingModel = Literal["flat", "graduated", "volume", "package"]
AllocationMethod = Literal["keys", "shapley", "nucleolus", "scrb", "serial", "increments"]
KeyKind = Literal[QuantityKind, "equal", "shares"]
Proration = Literal["none", "day"]
BillingMode = Literal["costs", "instalments"]
AdjustmentTime = Literal["next", "year"]


class Text(Frozen):
    """Text in the languages of the product.

    Attributes:
        fr: in French; ``""``: not given.
        en: in English; ``""``: not given.
    """

    fr: str = ""
    en: str = ""

    def to(self, language: str) -> str:
        """The text in ``language`` (``fr`` or ``en``), else in the other one."""
        return (self.en or self.fr) if language == "en" else (self.fr or self.en)


class Unit(Text):
    """Unit of a quantity, in words.

    Attributes:
        code: UN/ECE Recommendation 20 code.
    """

    code: str = "C62"


class Key(Frozen):
    """Allocation key, from exactly one of quantity, equal and shares.

    Attributes:
        quantity: quantity of each member that counts.
        equal: True: every member counts the same.
        shares: fixed share by member, zero or more.
        weight: weight among the keys of the version.
    """

    quantity: Quantity | None = None
    equal: Yes | None = None
    shares: dict[str, Exact] | None = None
    weight: Exact = Decimal(1)

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
        included: units free of charge.
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
        retroactive: why a version may begin in a closed month.
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
    included: Exact = Decimal(0)
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
    # any
    retroactive: str = ""
    # transfer
    to: dict[str, Exact] = Field(default_factory=dict)

    @property
    def by_instalments(self) -> bool:
        """Whether members are called a budget by twelfths, and the year's cost is shared once, by the true-up."""
        return self.billing == "instalments"

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
        """``included``, as a rational."""
        return Fraction(self.included)


class Rule(Frozen):
    """Tariff rule: one file of ``tariffs/``.

    Attributes:
        id: its id.
        label: name on documents.
        service: service that groups its lines.
        kind: whether it prices a quantity, shares a pool, transfers between pools, or is compared only.
        vat: VAT regime, or regimes by kind of member.
        group: closed group that it is for; None: all members.
        quantity: quantity that a rate prices.
        unit: unit of that quantity.
        pool: pool that is shared or transferred; of a rate, the pool that its charges pay in advance.
        replaces: ids of the rules that a baseline is compared with.
        adjust: when a closed month is adjusted; None: as the kind of rule implies.
        adjust_min: euros; a smaller adjustment is billed once the year is over; None: as the settings say.
        version: versions, by ``valid_from``.
        path: file, relative to the workspace.
        lines: line of each key in the file.
    """

    id: str
    label: Text
    service: str = ""
    kind: RuleKind
    vat: Regimes = ""
    group: str | None = None
    quantity: Quantity | None = None
    unit: Unit | None = None
    pool: str | None = None
    replaces: tuple[str, ...] = ()
    adjust: AdjustmentTime | None = None
    adjust_min: Exact | None = None
    version: tuple[Version, ...] = Field(min_length=1)
    path: str = Field(default="", exclude=True)
    lines: dict[str, int] = Field(default_factory=dict, exclude=True)

    @property
    def versions(self) -> tuple[Version, ...]:
        """Its versions, by ``valid_from``."""
        return self.version

    @property
    def adjusted(self) -> AdjustmentTime:
        """When a closed month whose amount has changed is adjusted: in the next month, or once the year is over."""
        return self.adjust or ("year" if self.kind == "allocation" else "next")

    def on(self, day: date) -> Version | None:
        """The version in force on ``day``."""
        return next((v for v in self.version if in_force(v.valid_from, v.valid_to, day)), None)

    def stating(self, kind: str, by_others: bool = False) -> set[date]:
        """The versions that state a bound: one that is an amount, or a maximum that is what others are charged."""
        bounds = {v.valid_from: getattr(v, kind) for v in self.version}
        return {day for day, bound in bounds.items() if bound is not None and isinstance(bound, Others) == by_others}

    def where(self, key: str = "") -> Place:
        """Place of the rule, or of one of its keys (``version.0.price``)."""
        while key and key not in self.lines:
            key = key.rpartition(".")[0]
        return Place(self.path, self.lines.get(key, 1))

    def where_in(self, version: Version, key: str) -> Place:
        """Place of a key (``price``) of one of its versions."""
        return self.where(f"version.{self.version.index(version)}.{key}")

    def near(self, day: date) -> Place:
        """Place of the last version that ended by ``day``, else of the first one: for days that no version covers."""
        ended = [i for i, v in enumerate(self.version) if v.valid_to is not None and v.valid_to <= day]
        return self.where(f"version.{ended[-1]}.valid_to" if ended else "version.0.valid_from")

    def regime_of(self, member_id: str, kind: str) -> str:
        """The VAT regime for a member: by member, else by kind, else the default."""
        if isinstance(self.vat, str):
            return self.vat
        by_member: dict[str, str] = self.vat.get("by_member", {})
        return str(by_member.get(member_id) or self.vat.get(kind) or self.vat.get("default", ""))


def fraction(value: Decimal) -> Fraction:
    """A decimal as an exact rational."""
    return Fraction(value)


DatedVersion = tuple[Version, Span]


def parts_of(rule: Rule, month: Span) -> list[DatedVersion]:
    """The versions in force in a month, each with its days."""
    found = [(v, clip(v.valid_from, v.valid_to, month)) for v in rule.versions]
    return [(version, span) for version, span in found if span is not None]
