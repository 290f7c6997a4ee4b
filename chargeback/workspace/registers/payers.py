"""Payers and successors of members: checks of the columns ``payer`` and ``successor`` of members.csv."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date

from chargeback.model.facts import Member
from chargeback.model.period import in_force
from chargeback.model.problem import Problem
from chargeback.workspace.files.cells import quoted
from chargeback.workspace.registers.rows import KnownIds, unknown_member

MemberRows = Mapping[str, Sequence[Member]]
Mistake = tuple[str, str]


def payers_and_successors(members: Collection[Member], known: KnownIds) -> list[Problem]:
    """Problem of every payer and successor that cannot be, at its row."""
    rows = _by_member(members)
    named = [member for member in members if member.payer or member.successor]
    return [
        Problem(member.where, message, code)
        for member in named
        for message, code in (*_payer(member, rows, known), *_successor(member, rows, known))
    ]


def _by_member(members: Collection[Member]) -> dict[str, list[Member]]:
    rows: dict[str, list[Member]] = defaultdict(list)
    for member in sorted(members, key=lambda m: m.valid_from):
        rows[member.member_id].append(member)
    return dict(rows)


def _payer(member: Member, rows: MemberRows, known: KnownIds) -> Iterator[Mistake]:
    """Mistakes of a payer: it is another member, pays for itself, and is in force, or succeeded, while it is named."""
    payer = quoted(member.payer)
    if not member.payer:
        return
    if member.payer not in known:
        yield unknown_member("payer", member.payer, known), "unknown-member"
    elif member.payer == member.member_id:
        yield f"payer {payer} is the member itself: leave the cell empty", "payer-of-itself"
    else:
        for other in _paid_for(member, rows.get(member.payer, ())):
            yield (
                f"payer {payer} of member {quoted(member.member_id)} is itself paid for by "
                f"{quoted(other.payer)} (line {other.where.line}): "
                f"name {quoted(other.payer)} here, a payer has no payer",
                "payer-of-payer",
            )
        yield from _payer_ended(member, rows)


def _paid_for(member: Member, others: Sequence[Member], first_day: date = date.min) -> Iterator[Member]:
    """Rows of others that have a payer on days of the member's row, from ``first_day`` on."""
    start = max(member.valid_from, first_day)
    for other in others:
        ends = other.valid_to is not None and other.valid_to <= start
        if other.payer and not ends and (member.valid_to is None or other.valid_from < member.valid_to):
            yield other


def _payer_ended(member: Member, rows: MemberRows) -> Iterator[Mistake]:
    """Mistakes of a payer that ends while it is named: its successor pays, and has no payer either."""
    seen = {member.member_id}
    name = member.payer
    while name in rows and name not in seen:
        seen.add(name)
        last = rows[name][-1]
        if last.valid_to is None or (member.valid_to is not None and member.valid_to <= last.valid_to):
            return
        if not last.successor:
            yield (
                f"payer {quoted(member.payer)} of member {quoted(member.member_id)} cannot pay "
                f"from {last.valid_to} on: "
                f"{quoted(name)} ends on that day (line {last.where.line}) and has no successor; "
                "let this row end then and name who pays in the next one, or name the successor there",
                "payer-gone",
            )
            return
        name = last.successor
        for other in _paid_for(member, rows.get(name, ()), last.valid_to) if name not in seen else ():
            yield (
                f"payer {quoted(member.payer)} of member {quoted(member.member_id)} is succeeded by {quoted(name)} "
                f"on {last.valid_to}, which is itself paid for by {quoted(other.payer)} (line {other.where.line}): "
                f"let this row end then and name {quoted(other.payer)} in the next one, a payer has no payer",
                "payer-of-payer",
            )


def _successor(member: Member, rows: MemberRows, known: KnownIds) -> Iterator[Mistake]:
    """Mistakes of a successor: it is another member, in force or succeeded itself when the member's last row ends."""
    if not member.successor:
        return
    who, successor = quoted(member.member_id), quoted(member.successor)
    later = [row for row in rows[member.member_id] if row.valid_from > member.valid_from]
    if member.successor not in known:
        yield unknown_member("successor", member.successor, known), "unknown-member"
    elif member.successor == member.member_id:
        yield (
            f"successor {successor} is the member itself: name who takes over from it, or leave the cell empty",
            "successor-of-itself",
        )
    elif member.valid_to is None:
        yield (
            f"member {who} has the successor {successor}, but this row does not end: "
            "write in valid_to the first day without it, or leave successor empty",
            "successor-without-end",
        )
    elif later:
        yield (
            f"member {who} is succeeded by {successor} on {member.valid_to}, but goes on from {later[0].valid_from} "
            f"(line {later[0].where.line}): name the successor in its last row alone",
            "successor-before-the-end",
        )
    elif circle := _circle(member, rows):
        if member.where.line == min(rows[name][-1].where.line or 0 for name in circle):
            names = ", ".join(map(quoted, (*circle, circle[0])))
            yield (
                f"successors go in a circle ({names}): nobody is left in the end; leave one of them empty",
                "successors-in-a-circle",
            )
    else:
        yield from _absent(member, member.valid_to, rows)


def _circle(member: Member, rows: MemberRows) -> tuple[str, ...]:
    """Members from this one through its successors back to it; () when they do not lead back."""
    line = [member.member_id]
    name = member.successor
    while name in rows and name not in line:
        line.append(name)
        name = rows[name][-1].successor
    return tuple(line) if name == member.member_id else ()


def _absent(member: Member, day: date, rows: MemberRows) -> Iterator[Mistake]:
    """Mistake of successors none of whom is in force on the first day without the member."""
    seen: set[str] = set()
    name, last = member.successor, member
    while name in rows and name not in seen:
        seen.add(name)
        if any(in_force(row.valid_from, row.valid_to, day) for row in rows[name]):
            return
        last = rows[name][-1]
        if last.valid_to is None or last.valid_to > day or not last.successor:
            yield _not_in_force(member, day, rows[name]), "successor-not-in-force"
            return
        name = last.successor


def _not_in_force(member: Member, day: date, successor: Sequence[Member]) -> str:
    """Sentence about the row of the successor that begins next after that day, or about its last row."""
    row = next((r for r in successor if r.valid_from > day), successor[-1])
    when = f"begins on {row.valid_from}" if row.valid_from > day else f"ended on {row.valid_to} without a successor"
    return (
        f"successor {quoted(row.member_id)} of member {quoted(member.member_id)} {when} (line {row.where.line}): "
        f"it has to be in force on {day}, the first day without {quoted(member.member_id)}; "
        "correct one of the dates, or name another"
    )
