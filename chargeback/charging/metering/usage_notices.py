"""Notices of usage: without a member, without a price, without a tag, and the shares that this moves. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction

from chargeback.charging.metering.answers import Answer, Measured, metered_unit_of
from chargeback.charging.metering.attribution import Attribution, Question
from chargeback.charging.metering.cells import Cell, Piece, Series
from chargeback.charging.metering.rule_quantities import meters_named
from chargeback.model.facts import Member
from chargeback.model.money import rounded, short
from chargeback.model.month import Month
from chargeback.model.period import Period
from chargeback.model.pools import PoolSplit
from chargeback.model.problem import Notice, Place, counted
from chargeback.model.rules import Rule
from chargeback.model.succession import successor_of

USAGE = Place("usage")
NO_MEMBERS: Mapping[str, Member] = {}


def usage_notices(
    measured: Measured,
    rules: Sequence[Rule],
    period: Period,
    meters: Iterable[str],
    members: Mapping[str, Member] = NO_MEMBERS,
) -> Iterator[Notice]:
    """Notices of usage without a member, usage that no rule counts, and meters of rules that no usage has."""
    for meter, rows, total in _by_meter(measured.attribution.unattributed):
        message = (
            f"{counted(rows, 'row')} of {meter} ({short(total)} in all) without a member in force in {period}: billed "
            "to nobody"
        )
        yield Notice(USAGE, message + "".join(_succeeded(measured, meter, members, period)), "unattributed-usage", rows)
    for meter, rows, total in _by_meter(m.cell for m in measured.attribution.unpriced):
        message = (
            f"{counted(rows, 'row')} of {meter} ({short(total)} in all) that no rule counts in {period}: billed to "
            "nobody"
        )
        yield Notice(USAGE, message, "unpriced-usage", rows)
    known = set(meters)
    for rule, key, meter in meters_named(rules):
        if meter not in known:
            yield Notice(rule.where(key), f'no usage of any month has the meter "{meter}"', "meter-without-usage")


def _succeeded(measured: Measured, meter: str, members: Mapping[str, Member], period: Period) -> Iterator[str]:
    """Successors of the members that usage still names after their end, in words."""
    for name, cells in sorted(measured.attribution.not_in_force.items()):
        member = members.get(name)
        if member is not None and member.successor and member.valid_to is not None:
            late = [c for c in cells if c.meter == meter and measured.parts[c.part].start >= member.valid_to]
            if late:
                successor = successor_of(name, members, period)
                yield (
                    f"; {counted(sum(c.samples for c in late), 'row')} of {name}, which {successor} took over from on "
                    f"{member.valid_to}: let the usage, or resources.csv, name {successor} from then on"
                )


def time_of_nobody(measured: Measured, period: Period) -> Iterator[Notice]:
    """Notices of intervals that begin under a member and reach into days without one: that time is of nobody."""
    found: dict[str, list[Cell]] = defaultdict(list)
    for cell in measured.attribution.unattributed_time:
        found[cell.meter].append(cell)
    for meter, cells in sorted(found.items()):
        rows, hours = sum(c.reaching for c in cells), sum((c.unit_hours for c in cells), Fraction(0))
        message = (
            f"{counted(rows, 'row')} of {meter} with time on days of {period} without a member in force: "
            f"{short(hours)} unit-hours are billed to nobody"
        )
        yield Notice(USAGE, message, "time-of-nobody", rows)


def beyond_month(
    questions: Iterable[Question], found: Attribution, leaving: Iterable[Piece], period: str
) -> Iterator[Notice]:
    """Notices of sums whose rows end after the month: each counts whole in the month of its start."""
    pieces: dict[tuple[Series, int], list[Piece]] = defaultdict(list)
    for piece in leaving:
        pieces[piece.cell.series, piece.cell.part].append(piece)
    for question in questions if pieces else ():
        if question.quantity.measure == "sum" and not question.quantity.spread:
            matches = found.matches.get(question.key, ())
            own = [piece for m in matches for piece in pieces.get((m.cell.series, m.cell.part), ())]
            if own:
                yield _beyond(question, own, period)


def _beyond(question: Question, pieces: Sequence[Piece], period: str) -> Notice:
    rows = sum(piece.rows for piece in pieces)
    total = sum((piece.total for piece in pieces), Fraction(0))
    later = sum((piece.later for piece in pieces), Fraction(0))
    message = (
        f"{question.rule} counts {counted(rows, 'row')} of {question.quantity.meter} ({short(total)} in all) whole in "
        f"{period}, by start, but by time {short(later)} of it lies after the month: "
        'spread = "time" cuts such rows'
    )
    return Notice(question.where, message, "sum-beyond-month", rows)


def untagged_use(asked: Iterable[Question], measured: Measured, period: Period) -> Iterator[Notice]:
    """Notices of use without the tag by which its rule measures apart: it is priced together, for each member."""
    for question in asked:
        tag, meter = question.quantity.tag, question.quantity.meter
        unit = metered_unit_of(question.quantity, measured.tags)
        cells = [m.cell for m in measured.attribution.matches.get(question.key, ()) if not unit(m)[1]] if tag else []
        if cells:
            rows = sum(c.samples for c in cells)
            total = short(sum((c.total for c in cells), Fraction(0)))
            message = (
                f'{counted(rows, "row")} of {meter} ({total} in all) without the tag "{tag}" in {period}: '
                f"{question.rule} "
                "prices those of each member together, as one more value of the tag"
            )
            yield Notice(question.where, message, "usage-without-tag", rows)


def _by_meter(cells: Iterable[Cell]) -> Iterator[tuple[str, int, Fraction]]:
    found: dict[str, list[Cell]] = defaultdict(list)
    for cell in cells:
        found[cell.meter].append(cell)
    for meter, rows in sorted(found.items()):
        yield meter, sum(c.samples for c in rows), sum((c.total for c in rows), Fraction(0))


def moved_shares(month: Month, answers: Mapping[tuple[str, str], Answer]) -> Iterator[Notice]:
    """Notices, for each meter key, of use without a member and of the euros that it moved to the others."""
    for split in month.splits:
        for number, key in enumerate(split.keys):
            answer = answers.get((split.rule, f"{split.version}:{number}:0"))
            version = month.rules[split.rule].on(split.version)
            borne = version is not None and version.unattributed is not None
            if key.kind == "meter" and answer is not None and answer.unattributed and not borne:
                yield _moved(month, split, key.name, key.weight, key.total, answer.unattributed)


def _moved(month: Month, split: PoolSplit, name: str, weight: Fraction, total: Fraction, lost: Fraction) -> Notice:
    moved_cents = split.amount * weight * lost / (total + lost) if total + lost else Fraction(0)
    message = (
        f"pool {split.pool} is shared by {name} in {month.period}: {short(lost)} of it without a member, which moved "
        f"{rounded(moved_cents / 100, 2)} {month.settings.currency} to the others"
    )
    return Notice(month.rules[split.rule].where("pool"), message, "moved-by-unattributed")
