"""The shares of a pool: keys or a method, floor and cap, then cents by largest remainder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

from oracle import games
from oracle.facts import number
from oracle.level import Scope, first_value, own_charges, value
from oracle.measure import attributed, measured_lots, of_nobody
from oracle.rates import Charge
from oracle.span import Part, hours_of, month_of, parts, split, whole_cents

Weights = dict[str, Fraction]


def allocation(scope: Scope, rule: dict[str, Any], pool: int) -> list[Charge]:
    """The shares of a pool in a month; ``scope`` leaves nobody out, each version does.

    Who has a part of the key has a share, even one of 0.00; who has none has no share.
    """
    if pool == 0:
        return []
    cut = parts(rule, scope.month)
    by_days = {index: Fraction(len(part.days)) for index, part in enumerate(cut)}
    held = split(pool, by_days)
    totals: dict[str, int] = {}
    for index, part in enumerate(cut):
        left = held[index] - split(named_by_less(scope, part), by_days)[index]
        if "less_floor" in part.version:
            left = max(left, int(number(part.version["less_floor"]) * 100))
        for member, share in shared(scope, part, left).items():
            totals[member] = totals.get(member, 0) + share
    return [Charge(member, rule["id"], share) for member, share in totals.items()]


def named_by_less(scope: Scope, part: Part) -> int:
    """The month's net charges, of all members, of the rules that come off the pool."""
    names = part.version.get("less", [])
    return sum(amount for (_, rule), amount in scope.charged.items() if rule in names)


def shared(scope: Scope, part: Part, cents: int) -> dict[str, int]:
    """The cents of a version's part of the pool, by its keys or its method, between floor and cap."""
    if cents == 0:
        return {}
    exclude = tuple(part.version.get("exclude", ()))
    scope = Scope(scope.world, scope.month, scope.group, exclude, scope.charged)
    key = weights(scope, part)
    total = sum(key.values(), Fraction(0))
    key = {member: weight / total for member, weight in key.items()}
    days = Fraction(len(part.days), len(scope.month.days))
    low = {m: bound(scope, part, "floor", m, days) if cents > 0 else None for m in key}
    high = {m: bound(scope, part, "cap", m, days) for m in key}
    if all(b is None for b in [*low.values(), *high.values()]):
        exact = {member: abs(cents) * weight for member, weight in key.items()}
    else:
        exact = held_between(abs(cents), key, low, high)
    sign = 1 if cents > 0 else -1
    return {member: sign * share for member, share in whole_cents(exact).items() if exact[member]}


def bound(scope: Scope, part: Part, side: str, member: str, days: Fraction) -> Fraction | None:
    """A member's floor or cap in cents for the days of a version, None for none."""
    stated = part.version.get(side)
    if stated is None:
        return None
    euros = first_value(scope, stated, member) if isinstance(stated, dict) else number(stated)
    return None if euros is None else euros * 100 * days


def held_between(
    cents: int, key: Weights, low: Mapping[str, Fraction | None], high: Mapping[str, Fraction | None]
) -> Weights:
    """One factor times the key, held between floor and cap, so that all adds up; exact cents."""

    def at(factor: Fraction) -> Weights:
        held = {}
        for member, weight in key.items():
            least, most = low[member], high[member]
            share = factor * weight
            share = share if least is None else max(share, least)
            held[member] = share if most is None else min(share, most)
        return held

    def total(factor: Fraction) -> Fraction:
        return sum(at(factor).values(), Fraction(0))

    turns = {b / key[m] for side in (low, high) for m, b in side.items() if b is not None and key[m]}
    below = max((turn for turn in turns if total(turn) <= cents), default=Fraction(0))
    above = min((turn for turn in turns if turn > below), default=below + 1)
    if total(below) == cents:
        return at(below)
    rise = (total(above) - total(below)) / (above - below)
    return at(below + (cents - total(below)) / rise)


def weights(scope: Scope, part: Part) -> Weights:
    """The part of each member present in the month, in any unit."""
    method = part.version.get("method", "keys")
    members = scope.members()
    if method == "keys":
        return composed(scope, part, members)
    if "quantity" in part.version:
        wanted = demands(scope, part, members)
        along = {"serial": games.serial, "increments": games.increments, "shapley": games.shapley_on_curve}
        return along[method](wanted, part.version.get("curve"))
    return played(scope, part, members, method)


def demands(scope: Scope, part: Part, members: list[str]) -> Weights:
    """What each member wants of a cost curve; with prorate a level is the mean over the days of the version."""
    quantity = part.version["quantity"]
    values = key_values(scope, part, {"quantity": quantity}, members)
    weighted = part.version.get("prorate") == "day" and "meter" not in quantity and "charges" not in quantity
    return {member: amount / (len(part.days) if weighted else 1) for member, amount in values.items()}


def played(scope: Scope, part: Part, members: list[str], method: str) -> Weights:
    """The shares of a game; who is not a player has none."""
    table = {
        row.members: row.cost
        for row in scope.world.coalitions
        if row.game == part.version["game"]
        and row.first <= part.days[0]
        and (row.end is None or part.days[0] < row.end)
    }
    players = [member for member in members if any(member in some for some in table)]
    solve = {"shapley": games.shapley, "nucleolus": games.nucleolus, "scrb": games.scrb}[method]
    return dict.fromkeys(members, Fraction(0)) | solve(players, table)


def composed(scope: Scope, part: Part, members: list[str]) -> Weights:
    """The parts of all keys, each by its weight, added exactly."""
    found = dict.fromkeys(members, Fraction(0))
    for key in part.version["keys"]:
        values = key_values(scope, part, key, members)
        if key.get("negative") == "zero":
            values = {member: max(amount, Fraction(0)) for member, amount in values.items()}
        total = sum(values.values(), Fraction(0))
        for member, amount in values.items() if number(key.get("weight", 1)) else ():
            found[member] = found.get(member, Fraction(0)) + number(key.get("weight", 1)) * amount / total
    return found


def key_values(scope: Scope, part: Part, key: dict[str, Any], members: list[str]) -> Weights:
    """What each member has in one key."""
    by_day = part.version.get("prorate") == "day"
    present = {m: Fraction(len(set(scope.days(m)) & set(part.days))) if by_day else Fraction(1) for m in members}
    if "equal" in key:
        return present
    if "shares" in key:
        return {m: number(key["shares"].get(m, 0)) * present[m] for m in members}
    quantity = key["quantity"]
    if "meter" in quantity:
        return metered(scope, part, quantity, members)
    if "charges" in quantity:
        return {m: own_charges(scope, m, quantity["charges"]) or Fraction(0) for m in members}
    if not by_day:
        return {m: first_value(scope, quantity, m) or Fraction(0) for m in members}
    days = {m: sorted(set(scope.days(m)) & set(part.days)) for m in members}
    return {m: sum((value(scope, quantity, m, d) or Fraction(0) for d in days[m]), Fraction(0)) for m in members}


def metered(scope: Scope, part: Part, quantity: dict[str, Any], members: list[str]) -> Weights:
    """What each member used on the days of a version, a mean being that of their hours, and the use of nobody with the
    member that bears it."""
    if part.version.get("billing") == "instalments":
        return metered_last_year(scope, quantity, members)
    uses = attributed(scope.world, quantity, part.days, scope.group, scope.exclude)
    hours = hours_of(part.days, scope.world.zone)
    found = dict.fromkeys(members, Fraction(0))
    for (member, _), amount in measured_lots(uses, quantity, hours).items():
        found[member] += amount
    bearer = part.version.get("unattributed")
    lost = of_nobody(scope.world, quantity, part.days) if bearer else []
    if bearer and lost:
        borne = [replace(use, owner=bearer) for use in lost]
        amounts = measured_lots(borne, quantity | {"per": "member"}, hours)
        found[bearer] = found.get(bearer, Fraction(0)) + amounts[bearer, ""]
    return found


def metered_last_year(scope: Scope, quantity: dict[str, Any], members: list[str]) -> Weights:
    """What each member of the month used in the months of the civil year before, each measured and all added; what
    those used whom it has taken over from before the month counts with it."""
    world, first = scope.world, scope.month.first
    found = dict.fromkeys(members, Fraction(0))
    for number_of_month in range(1, 13):
        month = month_of(f"{scope.month.first.year - 1}-{number_of_month:02d}", scope.world.zone)
        uses = attributed(scope.world, quantity, month.days, scope.group, scope.exclude)
        for (member, _), amount in measured_lots(uses, quantity, month.hours).items():
            for name in members:
                if name == member or (member not in members and member in world.taken_over(name, first)):
                    found[name] += amount
    return found
