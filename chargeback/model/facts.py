"""The facts of a workspace as frozen values: who, in what groups, with what drivers, subscriptions, costs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from chargeback.model.period import Period
from chargeback.model.problem import Place


@dataclass(frozen=True, slots=True)
class Titre:
    """The titre by which the finance software took an issued document: one row of titres/. ``year`` is its exercice."""

    invoice: str
    year: int
    bordereau: str
    titre: str
    where: Place


@dataclass(frozen=True, slots=True)
class Member:
    """Who pays, for a time: one row of members.csv. ``frequency`` '': that of the settings. ``successor``: who takes over its debts,
    credits, yearly totals and accumulations when its last row ends."""

    member_id: str
    name: str
    kind: str
    valid_from: date
    valid_to: date | None
    where: Place
    siret: str = ""
    vat_number: str = ""
    address: tuple[str, ...] = ()
    postal_code: str = ""
    city: str = ""
    country: str = "FR"
    service_code: str = ""
    engagement: str = ""
    payment_days: int | None = None
    email: str = ""
    payer: str = ""
    successor: str = ""
    frequency: str = ""


@dataclass(frozen=True, slots=True)
class GroupMember:
    """A member of a closed group, for a time: one row of groups.csv."""

    group: str
    member_id: str
    valid_from: date
    valid_to: date | None
    where: Place


@dataclass(frozen=True, slots=True)
class Level:
    """A slow fact of a member, for a time: one row of drivers.csv (``name`` is the driver) or subscriptions.csv (the item)."""

    member_id: str
    name: str
    value: Decimal
    valid_from: date
    valid_to: date | None
    where: Place


@dataclass(frozen=True, slots=True)
class Resource:
    """Which member a resource belongs to, for a time: one row of resources.csv."""

    resource_id: str
    member_id: str
    valid_from: date
    valid_to: date | None
    where: Place


@dataclass(frozen=True, slots=True)
class Cost:
    """What the operator really paid: one row of costs/. ``amount`` in cents, negative for a refund."""

    period: Period
    pool: str
    account: str
    label: str
    amount: int
    document: str
    where: Place


@dataclass(frozen=True, slots=True)
class CoalitionCost:
    """Stand-alone cost of a coalition of a game, for a time, in cents. ``coalition`` is sorted."""

    game: str
    coalition: tuple[str, ...]
    cost: int
    valid_from: date
    valid_to: date | None
    where: Place


@dataclass(frozen=True, slots=True)
class Budget:
    """What a pool is meant to cost in a civil year, in cents: one row of budget/."""

    year: int
    pool: str
    amount: int
    where: Place


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything the registers say, in no particular order; usage and costs are elsewhere."""

    members: tuple[Member, ...] = ()
    groups: tuple[GroupMember, ...] = ()
    drivers: tuple[Level, ...] = ()
    subscriptions: tuple[Level, ...] = ()
    resources: tuple[Resource, ...] = ()
    coalitions: tuple[CoalitionCost, ...] = ()
    budgets: tuple[Budget, ...] = ()
