"""Tariff rules as frozen values, read from ``tariffs/*.toml``. They price nothing: see rating and allocation.

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
from chargeback.model.period import Span, clip, in_force
from chargeback.model.prices import Least, Limit, Others, PriceList, Step, Tier, steps_of
from chargeback.model.problem import Place
from chargeback.model.quantity import Frozen as Frozen
from chargeback.model.quantity import PerTag as PerTag
from chargeback.model.quantity import Quantity as Quantity
from chargeback.model.quantity import found_sources


class Text(Frozen):
    """A text in the languages of the product."""

    fr: str = ""
    en: str = ""

    def to(self, language: str) -> str:
        """The text in ``language`` (``fr`` or ``en``), else in the other one."""
        return (self.en or self.fr) if language == "en" else (self.fr or self.en)


class Unit(Text):
    """A unit, with its UN/ECE Recommendation 20 code."""

    code: str = "C62"


class Key(Frozen):
    """One allocation key of a composite: exactly one of quantity, equal, shares, with its weight."""

    quantity: Quantity | None = None
    equal: Yes | None = None
    shares: dict[str, Exact] | None = None
    weight: Exact = Decimal(1)

    @property
    def kind(self) -> str:
        if self.quantity is not None:
            return self.quantity.kind
        return "equal" if self.equal else "shares"

    @property
    def name(self) -> str:
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
    """A point of a cost curve."""

    at: Exact
    cost: Exact


class DriverBound(Frozen):
    """A floor or cap of each member's own: the value of a driver."""

    driver: str


def _bound(value: Any) -> str:
    return "Driver" if isinstance(value, dict | DriverBound) else "Number"


Bound = Annotated[Annotated[Exact, Tag("Number")] | Annotated[DriverBound, Tag("Driver")], Discriminator(_bound)]


class Reference(Frozen):
    """The decision a version rests on."""

    title: str = Field(min_length=1)
    href: str = ""
    enforceable_on: Day | None = None


class Version(Frozen):
    """A rule's terms while they are in force: ``valid_from`` included, ``valid_to`` excluded."""

    valid_from: Day
    valid_to: Day | None = None
    references: tuple[Reference, ...] = Field(min_length=1)
    prorate: Literal["none", "day"] = "none"
    # rate, baseline
    model: Literal["flat", "graduated", "volume", "package"] | None = None
    price: Exact | None = None
    tiers: tuple[Tier, ...] = ()
    package_size: Exact | None = None
    included: Exact = Decimal(0)
    minimum: Least | None = None
    maximum: Limit | None = None
    seniority: tuple[PriceList, ...] = ()
    every: Literal["month", "quarter", "year"] = "month"
    accumulate: Literal["year"] | None = None
    year_starts: str = "01-01"
    # allocation
    method: Literal["keys", "shapley", "nucleolus", "scrb", "serial", "increments"] = "keys"
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
    billing: Literal["costs", "instalments"] = "costs"
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
    """A tariff rule: one file of ``tariffs/``, with its versions by ``valid_from``."""

    id: str
    label: Text
    service: str = ""
    kind: Literal["rate", "allocation", "transfer", "baseline"]
    vat: Regimes = ""
    group: str | None = None
    quantity: Quantity | None = None
    unit: Unit | None = None
    pool: str | None = None
    replaces: tuple[str, ...] = ()
    adjust: Literal["next", "year"] | None = None
    adjust_min: Exact | None = None
    version: tuple[Version, ...] = Field(min_length=1)
    path: str = Field(default="", exclude=True)
    lines: dict[str, int] = Field(default_factory=dict, exclude=True)

    @property
    def versions(self) -> tuple[Version, ...]:
        return self.version

    @property
    def adjusted(self) -> str:
        """When a closed month that comes to something else is adjusted: in the ``next`` month, or once the ``year`` is over."""
        return self.adjust or ("year" if self.kind == "allocation" else "next")

    def on(self, day: date) -> Version | None:
        """The version in force on ``day``."""
        return next((v for v in self.version if in_force(v.valid_from, v.valid_to, day)), None)

    def stating(self, kind: str, by_others: bool = False) -> set[date]:
        """The versions that state a bound: one that is an amount, or a maximum that is what others are charged."""
        bounds = {v.valid_from: getattr(v, kind) for v in self.version}
        return {day for day, bound in bounds.items() if bound is not None and isinstance(bound, Others) == by_others}

    def where(self, key: str = "") -> Place:
        """Where the rule, or one of its keys (``version.0.price``), stands."""
        while key and key not in self.lines:
            key = key.rpartition(".")[0]
        return Place(self.path, self.lines.get(key, 1))

    def near(self, day: date) -> Place:
        """Where a version stops short of ``day``, or the first one begins too late: for days that no version covers."""
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
