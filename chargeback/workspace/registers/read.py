"""Registers: members, groups, drivers, subscriptions, resources and stand-alone costs. All problems at once.

Identifiers are text. A validity is half-open, ``valid_to`` empty when open. Rows with a problem are not in the facts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable
from decimal import Decimal
from functools import partial
from pathlib import Path

from chargeback.model.facts import REQUIREMENTS, CoalitionCost, Facts, GroupMember, Level, Member, Resource
from chargeback.model.gc_pause import paused_gc
from chargeback.model.grammar import FieldError, bad_id
from chargeback.model.period import FREQUENCIES
from chargeback.model.problem import Place, Problem
from chargeback.workspace import paths
from chargeback.workspace.files.cells import QUANTITY_PLACES, cents, choice, country, days, number, quoted
from chargeback.workspace.files.csv_files import Columns
from chargeback.workspace.registers.misnamed import misnamed
from chargeback.workspace.registers.payers import payers_and_successors
from chargeback.workspace.registers.rows import D, KnownIds, RegisterRow, overlaps, read_rows
from chargeback.workspace.settings import identifiers

MEMBERS = Columns(
    ("member_id", "name", "kind", "valid_from"),
    (
        *("siret", "vat_number", "address", "postal_code", "city", "country", "service_code", "engagement"),
        *("payment_days", "email", "payer", "successor", "frequency", "requires", "valid_to"),
    ),
)
GROUPS = Columns(("group", "member_id", "valid_from"), ("valid_to",))
DRIVERS = Columns(("member_id", "driver", "value", "valid_from"), ("valid_to",))
SUBSCRIPTIONS = Columns(("member_id", "item", "quantity", "valid_from"), ("valid_to",))
RESOURCES = Columns(("resource_id", "member_id", "valid_from"), ("valid_to",))
COALITIONS = Columns(("game", "coalition", "cost", "valid_from"), ("valid_to",))

FORBIDDEN_IN_IDS = re.compile(r'[/\\:*?"<>|+]')

Parser = Callable[[RegisterRow], D | None]


def read_facts(root: Path) -> tuple[Facts, list[Problem]]:
    """Facts of the registers of the workspace, and every problem of theirs."""
    problems = list(misnamed(root))
    members, known = _members(root, problems)
    register = partial(_register, root, problems)
    facts = Facts(
        members=members,
        groups=register(paths.GROUPS, GROUPS, partial(_group, known), lambda g: (g.group, g.member_id), _group_name),
        drivers=register(
            paths.DRIVERS,
            DRIVERS,
            partial(_level, known, "driver", "value"),
            lambda v: (v.member_id, v.name),
            lambda v: f"the driver {quoted(v.name)} of member {quoted(v.member_id)}",
        ),
        subscriptions=register(
            paths.SUBSCRIPTIONS, SUBSCRIPTIONS, partial(_level, known, "item", "quantity"), None, str
        ),
        resources=register(
            paths.RESOURCES,
            RESOURCES,
            partial(_resource, known),
            lambda r: r.resource_id,
            lambda r: f"resource {quoted(r.resource_id)}",
        ),
        coalitions=register(
            paths.COALITIONS, COALITIONS, partial(_coalition, known), lambda c: (c.game, c.coalition), _coalition_name
        ),
    )
    return facts, problems


def _register(
    root: Path,
    problems: list[Problem],
    path: str,
    columns: Columns,
    parse: Parser[D],
    key: Callable[[D], Hashable] | None,
    what: Callable[[D], str],
) -> tuple[D, ...]:
    """Rows of one register that are right; rows with the same ``key`` may not be in force on a same day."""
    if not (root / path).exists():
        return ()
    with paused_gc():
        rows = read_rows(root, path, columns, parse, problems)
        problems += overlaps(rows, key, what) if key else []
    return tuple(rows)


def _members(root: Path, problems: list[Problem]) -> tuple[tuple[Member, ...], KnownIds]:
    path = paths.MEMBERS
    if not (root / path).exists():
        message = f"the file is missing: a workspace says who pays, with the columns {', '.join(MEMBERS.required)}"
        problems.append(Problem(Place(path), message, "missing-file"))
        return (), KnownIds(None)
    before = len(problems)
    named: set[str] = set()
    known = KnownIds(named)
    members = _register(
        root,
        problems,
        path,
        MEMBERS,
        partial(_member, named),
        lambda m: m.member_id,
        lambda m: f"member {quoted(m.member_id)}",
    )
    if any(problem.code == "broken-quotes" for problem in problems[before:]):
        return members, KnownIds(None)
    if not named:
        if len(problems) == before:
            problems.append(Problem(Place(path), "the file names no member: nobody could be billed", "no-member"))
        return (), KnownIds(None)
    problems += payers_and_successors(members, known)
    return members, known


def _member(named: set[str], row: RegisterRow) -> Member | None:
    name = row.read("member_id", _member_id, "")
    named.update({name, row.cells[row.at["member_id"]]} - {""})
    start, end = row.validity()
    member = Member(
        member_id=name,
        name=row.name("name"),
        kind=row.identifier("kind"),
        valid_from=start,
        valid_to=end,
        where=row.where,
        siret=row.optional("siret", identifiers.siret, ""),
        vat_number=row.optional("vat_number", identifiers.vat_number, ""),
        address=tuple(row.line("address").split("|")) if row.cell("address") else (),
        postal_code=row.line("postal_code"),
        city=row.line("city"),
        country=row.optional("country", country, "FR"),
        service_code=row.reference("service_code"),
        engagement=row.reference("engagement"),
        payment_days=row.optional("payment_days", days, None),
        email=row.reference("email"),
        payer=row.reference("payer"),
        successor=row.reference("successor"),
        frequency=row.optional("frequency", choice("bad-frequency", FREQUENCIES), ""),
        requires=row.optional("requires", choice("bad-requirement", REQUIREMENTS), ""),
    )
    return member if row.good else None


def _member_id(text: str) -> str:
    if not text.strip():
        raise FieldError("empty-cell", "is empty: every member needs one")
    if wrong := bad_id(text):
        raise wrong
    if FORBIDDEN_IN_IDS.search(text) or text in (".", ".."):
        raise FieldError(
            "bad-name",
            f'{quoted(text)} cannot name a member: it also names files and coalitions, so no / \\ : * ? " < > | +',
        )
    return text


def _group(known: KnownIds, row: RegisterRow) -> GroupMember | None:
    found = GroupMember(row.identifier("group"), row.member("member_id", known), *row.validity(), row.where)
    return found if row.good else None


def _group_name(row: GroupMember) -> str:
    return f"member {quoted(row.member_id)} of group {quoted(row.group)}"


def _quantity(text: str) -> Decimal:
    return number(text, QUANTITY_PLACES)


def _level(known: KnownIds, name: str, value: str, row: RegisterRow) -> Level | None:
    member = row.member("member_id", known)
    amount = row.read(value, _quantity, Decimal(0))
    found = Level(member, row.identifier(name), amount, *row.validity(), row.where)
    return found if row.good else None


def _resource(known: KnownIds, row: RegisterRow) -> Resource | None:
    found = Resource(row.identifier("resource_id"), row.member("member_id", known), *row.validity(), row.where)
    return found if row.good else None


def _coalition(known: KnownIds, row: RegisterRow) -> CoalitionCost | None:
    game, names = row.identifier("game"), tuple(row.identifier("coalition").split("+"))
    for name in names:
        if name and name not in known:
            message = (
                f"coalition {quoted('+'.join(names))} names {quoted(name)}, no member of members.csv{known.hint(name)}"
            )
            row.problem(message, "unknown-member")
    ordered = "+".join(sorted(set(names) - {""}))
    if ordered != "+".join(names) and any(names):
        message = (
            f"coalition {quoted('+'.join(names))} must name each member once, in order, joined by +: "
            f"write {quoted(ordered)}"
        )
        row.problem(message, "coalition-not-sorted")
    found = CoalitionCost(game, names, row.read("cost", cents, 0), *row.validity(), row.where)
    return found if row.good else None


def _coalition_name(row: CoalitionCost) -> str:
    return f"coalition {quoted('+'.join(row.coalition))} of game {quoted(row.game)}"
