"""Usage attribution: which member each cell belongs to, and which questions count it. Pure.

The scan groups usage by what the rows name and by *part*. The window is cut at every day on which a version, a
membership, a group or a resource changes, so within a part every row of a cell has one owner.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from chargeback.charging.metering.cells import Cell
from chargeback.charging.metering.timeline import Roster
from chargeback.model.facts import Facts, Resource
from chargeback.model.period import Span, in_force
from chargeback.model.problem import Place
from chargeback.model.rules import Quantity


@dataclass(frozen=True, slots=True)
class Question:
    """Question: one quantity asked of the usage, of a rate or of one key of an allocation.

    Attributes:
        rule: id of the rule.
        slot: name of the question within the rule.
        quantity: quantity of a meter.
        group: closed group whose use counts; None: all members.
        exclude: ids of members whose use does not count.
        window: days that it asks about.
        covered: days on which a version of the rule is in force; use on other days of the window is a problem.
        where: place of the quantity in the rule.
        bearer: member that bears use without a member; ``""``: nobody.
        bills: whether its rule is a rate or an allocation: use that it counts is billed.
        answered: whether it is measured; one that is not says which use its rule counts, though its pool has no cost.
    """

    rule: str
    slot: str
    quantity: Quantity
    group: str | None
    exclude: frozenset[str]
    window: Span
    covered: tuple[Span, ...]
    where: Place
    bearer: str = ""
    bills: bool = True
    answered: bool = True

    @property
    def key(self) -> tuple[str, str]:
        """Rule and slot, by which its answer is found."""
        return (self.rule, self.slot)


@dataclass(frozen=True, slots=True)
class Match:
    """Match: a cell that a question counts.

    Attributes:
        cell: the cell.
        owner: member that bears it.
    """

    cell: Cell
    owner: str


class Ownership:
    """Ownership: the owner of a cell is the member that it names, else that of its resource, if in force in its part.

    Attributes:
        parts: days of each part of the window.
    """

    def __init__(self, facts: Facts, roster: Roster, parts: Sequence[Span]) -> None:
        self.parts = parts
        self._roster = roster
        self._resources: dict[str, list[Resource]] = defaultdict(list)
        for resource in facts.resources:
            self._resources[resource.resource_id].append(resource)
        self._present: dict[tuple[str | None, int], frozenset[str]] = {}

    def present(self, group: str | None, part: int) -> frozenset[str]:
        """Members (of a group) in force during a part."""
        key = (group, part)
        if key not in self._present:
            day = self.parts[part].start
            spans = self._roster.of(group).items()
            self._present[key] = frozenset(m for m, days in spans if any(s.start <= day < s.end for s in days))
        return self._present[key]

    def of(self, cell: Cell) -> str | None:
        """The owner of a cell; None where it has none in force."""
        named = self.named(cell)
        return named if named is not None and named in self.present(None, cell.part) else None

    def named(self, cell: Cell) -> str | None:
        """The member that a cell, or its resource, names, in force or not."""
        return cell.member_id or self._resource_owner(cell.resource_id, self.parts[cell.part].start)

    def _resource_owner(self, resource_id: str | None, day: date) -> str | None:
        rows = self._resources.get(resource_id or "", ())
        return next((r.member_id for r in rows if in_force(r.valid_from, r.valid_to, day)), None)


def asks(question: Question, cell: Cell, tags: Sequence[str], part: Span) -> bool:
    """Whether a cell is of the question's meter, tags and window; without a row that starts in it, only by its time."""
    if not (cell.samples or question.quantity.by_time):
        return False
    return question.window.start <= part.start < question.window.end and _names(question, cell, tags)


def _names(question: Question, cell: Cell, tags: Sequence[str]) -> bool:
    """Whether a cell is of the question's meter and tags."""
    if question.quantity.meter != cell.meter:
        return False
    values = dict(zip(tags, cell.tags, strict=True))
    return all(values.get(tag) == wanted for tag, wanted in question.quantity.where.items())


@dataclass(slots=True)
class Attribution:
    """Attribution of all cells.

    Attributes:
        matches: cells that a question counts, by its key.
        unattributed_by_question: cells without an owner that a question asks for, by its key.
        uncovered: cells on days without a version of the rule that no other rate or allocation counts, by the key of
            the question.
        unattributed: all cells without an owner in which rows start.
        unattributed_time: cells without an owner in which no row starts, with time that a question asks for.
        not_in_force: those of them that name a member not in force, by that member.
        unpriced: cells with an owner that no question counts.
    """

    matches: dict[tuple[str, str], list[Match]] = field(default_factory=lambda: defaultdict(list))
    unattributed_by_question: dict[tuple[str, str], list[Cell]] = field(default_factory=lambda: defaultdict(list))
    uncovered: dict[tuple[str, str], list[Match]] = field(default_factory=lambda: defaultdict(list))
    unattributed: list[Cell] = field(default_factory=list)
    unattributed_time: list[Cell] = field(default_factory=list)
    not_in_force: dict[str, list[Cell]] = field(default_factory=lambda: defaultdict(list))
    unpriced: list[Match] = field(default_factory=list)

    def answer_again(self, other: Attribution, questions: Iterable[Question]) -> None:
        """Take the cells that some questions count from another attribution, of their own rows."""
        for question in questions:
            self.matches[question.key] = other.matches[question.key]
            self.unattributed_by_question[question.key] = other.unattributed_by_question[question.key]


def attribute(
    cells: Iterable[Cell], questions: Sequence[Question], owners: Ownership, tags: Sequence[str]
) -> Attribution:
    """Attribute each cell to its owner and to the questions that count it."""
    by_meter: dict[str, list[Question]] = defaultdict(list)
    billing: dict[str, list[Question]] = defaultdict(list)
    for question in questions:
        if question.answered:
            by_meter[question.quantity.meter or ""].append(question)
        if question.bills:
            billing[question.quantity.meter or ""].append(question)
    result = Attribution()
    asked: dict[tuple[str, int, tuple[str | None, ...], bool], list[Question]] = {}
    for cell in cells:
        owner = owners.of(cell)
        same = (cell.meter, cell.part, cell.tags, cell.samples > 0)
        asking = asked.get(same)
        if asking is None:
            part = owners.parts[cell.part]
            asking = asked[same] = [q for q in by_meter.get(cell.meter, ()) if asks(q, cell, tags, part)]
        if owner is None:
            _without_owner(result, asking, cell, owners.named(cell))
        elif not _with_owner(result, asking, Match(cell, owner), owners) and cell.samples:
            result.unpriced.append(Match(cell, owner))
    for key, matches in result.uncovered.items():
        result.uncovered[key] = [m for m in matches if not _is_billed(m, billing[m.cell.meter], owners, tags)]
    return result


def _without_owner(result: Attribution, asking: Sequence[Question], cell: Cell, named: str | None) -> None:
    if cell.samples:
        result.unattributed.append(cell)
    elif asking:
        result.unattributed_time.append(cell)
    if named is not None and cell.samples:
        result.not_in_force[named].append(cell)
    for question in asking:
        result.unattributed_by_question[question.key].append(cell)
        if question.bearer:
            result.matches[question.key].append(Match(cell, question.bearer))


def _with_owner(result: Attribution, asking: Sequence[Question], match: Match, owners: Ownership) -> bool:
    counted = False
    for question in asking:
        if _eligible(question, match, owners):
            covered = _covers(question, match, owners)
            (result.matches if covered else result.uncovered)[question.key].append(match)
            counted = True
    return counted


def _eligible(question: Question, match: Match, owners: Ownership) -> bool:
    """Whether a question counts the use of the owner: in its group and not excluded, or the bearer."""
    if match.owner == question.bearer:
        return True
    return match.owner not in question.exclude and match.owner in owners.present(question.group, match.cell.part)


def _covers(question: Question, match: Match, owners: Ownership) -> bool:
    """Whether a version of the question's rule is in force on the days of a cell."""
    start = owners.parts[match.cell.part].start
    return any(s.start <= start < s.end for s in question.covered)


def _is_billed(match: Match, billing: Iterable[Question], owners: Ownership, tags: Sequence[str]) -> bool:
    """Whether a rate or an allocation in force on its days counts a cell, by meter, tags, group and exclusions."""
    return any(
        _names(q, match.cell, tags) and _covers(q, match, owners) and _eligible(q, match, owners) for q in billing
    )
