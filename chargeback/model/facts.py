"""Facts of a workspace: members, groups, drivers, subscriptions, resources, costs, budgets. Frozen values.

A fact is a row of a register. It holds for half-open days: ``valid_from`` included, ``valid_to`` excluded (None: open).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from chargeback.model.period import Frequency, Period
from chargeback.model.problem import Place

MemberFrequency = Literal[Frequency, ""]
Requirement = Literal["service_code", "engagement", "both", ""]
REQUIREMENTS: tuple[Requirement, ...] = ("service_code", "engagement", "both")
Hidden = Literal["sheet", "row", ""]


@dataclass(frozen=True, slots=True)
class Titre:
    """Titre de recettes: the entry by which the finance software took over an issued document; one row of titres/.

    Attributes:
        invoice: number of the document.
        year: exercice (budget year) of the titre.
        bordereau: number of its bordereau.
        titre: number of the titre.
        where: place of the row.
    """

    invoice: str
    year: int
    bordereau: str
    titre: str
    where: Place


@dataclass(frozen=True, slots=True)
class Member:
    """Member: who is charged, for a time; one row of members.csv.

    Attributes:
        member_id: its id.
        name: name on documents.
        kind: kind of body, in the words of the office (``commune``); VAT and accounts may depend on it.
        valid_from: first day.
        valid_to: day after the last; None: open.
        where: place of the row.
        siret: SIRET, 14 digits.
        vat_number: VAT number.
        address: lines of the postal address.
        postal_code: postal code.
        city: city.
        country: ISO 3166 code of the country.
        service_code: Chorus Pro: code du service.
        engagement: Chorus Pro: numéro d'engagement juridique.
        payment_days: days to pay; None: those of the settings.
        email: electronic address.
        payer: member that receives its documents; ``""``: itself.
        successor: member that takes over its debts, credits, yearly totals and accumulations when its last row ends.
        frequency: how often it is billed; ``""``: as the settings say.
        requires: what its Chorus Pro requires of a document addressed to it; ``""``: nothing.
    """

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
    frequency: MemberFrequency = ""
    requires: Requirement = ""


@dataclass(frozen=True, slots=True)
class GroupMember:
    """Member of a closed group, for a time; one row of groups.csv.

    Attributes:
        group: name of the group.
        member_id: the member.
        valid_from: first day.
        valid_to: day after the last; None: open.
        where: place of the row.
    """

    group: str
    member_id: str
    valid_from: date
    valid_to: date | None
    where: Place


@dataclass(frozen=True, slots=True)
class Level:
    """Level: a driver or a subscription of a member, for a time; one row of drivers.csv or subscriptions.csv.

    Attributes:
        member_id: the member.
        name: name of the driver, or item of the subscription.
        value: its value, in units of the driver or item.
        valid_from: first day.
        valid_to: day after the last; None: open.
        where: place of the row.
    """

    member_id: str
    name: str
    value: Decimal
    valid_from: date
    valid_to: date | None
    where: Place


@dataclass(frozen=True, slots=True)
class Resource:
    """Resource that belongs to a member, for a time; one row of resources.csv.

    Attributes:
        resource_id: id of the resource in the usage.
        member_id: member that owns it.
        valid_from: first day.
        valid_to: day after the last; None: open.
        where: place of the row.
    """

    resource_id: str
    member_id: str
    valid_from: date
    valid_to: date | None
    where: Place


@dataclass(frozen=True, slots=True)
class Cost:
    """Cost: what the operator paid; one row of costs/.

    Attributes:
        period: month that bears it.
        pool: cost pool that it is booked to.
        account: account in the general ledger.
        label: description.
        amount: cents; below zero for a refund.
        document: number of the supplier's document.
        where: place of the row.
        hidden: whether its row, or its whole sheet, is hidden in a workbook; ``""``: it is shown.
    """

    period: Period
    pool: str
    account: str
    label: str
    amount: int
    document: str
    where: Place
    hidden: Hidden = ""


@dataclass(frozen=True, slots=True)
class CoalitionCost:
    """Stand-alone cost of a coalition in a cost game, for a time; one row of standalone/costs.csv.

    Attributes:
        game: name of the game.
        coalition: ids of its members, sorted.
        cost: cents a month that it would pay by itself.
        valid_from: first day.
        valid_to: day after the last; None: open.
        where: place of the row.
    """

    game: str
    coalition: tuple[str, ...]
    cost: int
    valid_from: date
    valid_to: date | None
    where: Place


@dataclass(frozen=True, slots=True)
class Budget:
    """Budget of a pool for a civil year; one row of budget/.

    Attributes:
        year: civil year.
        pool: cost pool.
        amount: cents.
        where: place of the row.
    """

    year: int
    pool: str
    amount: int
    where: Place


@dataclass(frozen=True, slots=True)
class Facts:
    """Facts: everything the registers say, in no particular order. Usage and costs are read elsewhere.

    Attributes:
        members: rows of members.csv.
        groups: rows of groups.csv.
        drivers: rows of drivers.csv.
        subscriptions: rows of subscriptions.csv.
        resources: rows of resources.csv.
        coalitions: rows of standalone/costs.csv.
        budgets: rows of budget/.
    """

    members: tuple[Member, ...] = ()
    groups: tuple[GroupMember, ...] = ()
    drivers: tuple[Level, ...] = ()
    subscriptions: tuple[Level, ...] = ()
    resources: tuple[Resource, ...] = ()
    coalitions: tuple[CoalitionCost, ...] = ()
    budgets: tuple[Budget, ...] = ()
