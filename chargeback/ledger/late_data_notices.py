"""Notices of late data: closed months that amount to something else, by file, rule version and register. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from chargeback.billing.adjustments import Difference
from chargeback.charging.sharing.instalments import calls_instalments
from chargeback.ledger.difference_causes import accumulates, touches
from chargeback.ledger.late_data import LateFile, MonthChanges
from chargeback.model.money import euros
from chargeback.model.period import Period
from chargeback.model.problem import Notice, Place, Problem, counted
from chargeback.model.rules import Rule
from chargeback.workspace.paths import SETTINGS

MOST_MONTHS = 3
Rules = Mapping[str, Rule]


def late_notices(
    period: Period,
    found: Sequence[MonthChanges],
    rows: Sequence[Difference],
    rules: Rules,
    true_ups: Mapping[int, Period],
) -> Iterator[Notice]:
    """Notices of everything that has changed since a closed month was billed, with what ``period`` does about it.

    ``true_ups``: the month that bills the true-up of a year.
    """
    for changed in found:
        named = true_ups.get(changed.month.year)
        for file in changed.files:
            yield _of_file(period, changed.month, file, _becomes(period, changed.month, file, rows, rules, named))
    by_month = {each.month: each for each in found}
    yield from _of_earlier(period, by_month, rows, rules)
    yield from _of_versions(period, by_month, rows, rules)
    yield from _of_others(period, by_month, rows, rules)


def unexplained_versions(
    found: Iterable[MonthChanges], rows: Sequence[Difference], rules: Mapping[str, Rule]
) -> Iterator[Problem]:
    """Problems of new rule versions that reach into a closed month and do not say why."""
    new = {each.month: each.new_versions for each in found}
    seen: dict[tuple[str, int], list[Difference]] = defaultdict(list)
    for row in rows:
        rule = rules.get(row.rule)
        if rule is not None and rule.path in new[row.month]:
            for number, version in enumerate(rule.versions):
                if version.valid_from == row.version and not version.retroactive:
                    seen[row.rule, number].append(row)
    for (name, number), own in sorted(seen.items()):
        version, last = rules[name].versions[number], max(row.month for row in own)
        message = (
            f"the version of {version.valid_from} of {name}, which is new, reaches back into closed months and would "
            "change what "
            f"they come to by {euros(sum(row.amount for row in own)):,} net: let it begin on {last.end} or later, or "
            "say why, as "
            'retroactive = "…"'
        )
        yield Problem(rules[name].where(f"version.{number}.valid_from"), message, "reaches-back")


def _becomes(
    period: Period, month: Period, file: LateFile, rows: Sequence[Difference], rules: Rules, named: Period | None
) -> str:
    """Treatment of the rows of a file, in words. It is that of the differences of the file's rules in the month. Of
    pools called by instalments it is the true-up, billed in ``named``, or the differences of that once it is billed.
    Else it is that of all rules."""
    own = [row for row in rows if row.month == month]
    direct = [row for row in own if touches(file, rules.get(row.rule))]
    called = {r.id for r in rules.values() if calls_instalments(r, month.span) and _counts(file, r, rules)}
    if direct or not called:
        return treatment_text(period, direct or own)
    if named is None or named >= period:
        return f"the true-up of {month.year} counts it"
    return treatment_text(period, [row for row in rows if row.month == named and row.rule in called] or own)


def _counts(file: LateFile, rule: Rule, rules: Rules) -> bool:
    """Whether a true-up counts a file: its meters, or the costs of its pool or of one that serves others."""
    if file.cause == "usage" or not file.names:
        return touches(file, rule)
    return rule.pool in file.names or any(r.kind == "transfer" and r.pool in file.names for r in rules.values())


def _of_file(period: Period, month: Period, file: LateFile, what: str) -> Notice:
    """Notice of a file: how many rows are late, on which lines, and ``what`` is done with them."""
    if file.how == "taken out":
        message = f"the file was there when {month}, now closed, was billed, and is taken out: {what}"
    else:
        message = f"{_rows_of(file)} of {month}, which is closed, {file.how} ({file.lines}): {what}"
    return Notice(Place(file.path, file.first), message, "late-data", max(1, file.rows))


def _of_earlier(
    period: Period, found: Mapping[Period, MonthChanges], rows: Iterable[Difference], rules: Rules
) -> Iterator[Notice]:
    """Notices of files of months before the first closed one that a year to date counts: no month names them by
    itself."""
    named = {file.path for changed in found.values() for file in changed.files}
    of_path: dict[tuple[str, str], list[Difference]] = defaultdict(list)
    for row in rows:
        for file in found[row.month].before if accumulates(rules.get(row.rule)) else ():
            if file.path not in named:
                of_path[file.path, file.how].append(row)
    for (path, how), own in sorted(of_path.items()):
        message = (
            f"{how}, and counted in the year to date of {_months(own)}: {_sums(own)}, "
            f"{treatment_text(period, own)}; {_preview(period)}"
        )
        yield Notice(Place(path), message, "late-data", len(own))


def _own(row: Difference, changed: MonthChanges, rules: Rules) -> bool:
    """Whether a difference comes from the file of its own rule."""
    rule = rules.get(row.rule)
    return rule is not None and "rules" in row.causes and rule.path in changed.others


def _of_versions(
    period: Period, found: Mapping[Period, MonthChanges], rows: Iterable[Difference], rules: Rules
) -> Iterator[Notice]:
    """Notices of rule versions that make closed months amount to something else, as one dated into them does."""
    of_version: dict[tuple[str, int], list[Difference]] = defaultdict(list)
    for row in rows:
        if _own(row, found[row.month], rules):
            rule = rules[row.rule]
            place = [n for n, version in enumerate(rule.versions) if version.valid_from == row.version]
            of_version[row.rule, place[0] if place else 0].append(row)
    for (name, number), own in sorted(of_version.items()):
        rule = rules[name]
        message = (
            f"the version of {rule.versions[number].valid_from} of {name} reaches back to {_months(own)}: "
            f"{_sums(own)}, "
            f"{treatment_text(period, own)}; {_preview(period)}"
        )
        yield Notice(rule.where(f"version.{number}.valid_from"), message, "reaches-back", len(own))


def _of_others(
    period: Period, found: Mapping[Period, MonthChanges], rows: Iterable[Difference], rules: Rules
) -> Iterator[Notice]:
    """Notices of registers, rules of other charges and settings that alone make closed months amount to something else.
    Those that move no amount have none."""
    of_path: dict[str, list[Difference]] = defaultdict(list)
    for row in rows:
        changed = found[row.month]
        if {"registers", "rules"}.issuperset(row.causes) and not _own(row, changed, rules):
            of_path[", ".join(changed.beside(row.causes)) or SETTINGS].append(row)
    for names, own in sorted(of_path.items()):
        first, comma, others = names.partition(", ")
        beside = f" (with {others})" if comma else ""
        comes = "comes" if len({row.month for row in own}) == 1 else "come"
        message = (
            f"as it is now{beside}, {_months(own)}, {comes} to something else: {_sums(own)}, "
            f"{treatment_text(period, own)}; "
            f"{_preview(period)}"
        )
        yield Notice(Place(first), message, "reaches-back", len(own))


def _months(rows: Iterable[Difference]) -> str:
    """``2026-01, which is closed``, ``2026-01 to 2026-04, which are closed``."""
    months = sorted({row.month for row in rows})
    if len(months) == 1:
        return f"{months[0]}, which is closed"
    if len(months) <= MOST_MONTHS:
        return f"{', '.join(map(str, months[:-1]))} and {months[-1]}, which are closed"
    return f"{len(months)} months from {months[0]} to {months[-1]}, which are closed"


def _sums(rows: Sequence[Difference]) -> str:
    """``17 differences of 9 members, -71.57 net``."""
    members = counted(len({row.member_id for row in rows}), "member")
    return f"{counted(len(rows), 'difference')} of {members}, {euros(sum(row.amount for row in rows)):,} net"


def _preview(period: Period) -> str:
    return f"`chargeback adjustments {period}` lists them"


def _rows_of(file: LateFile) -> str:
    if file.cause == "usage":
        return counted(file.rows, "row")
    return "1 line of costs" if file.rows == 1 else f"{file.rows} lines of costs"


def treatment_text(period: Period, rows: Sequence[Difference]) -> str:
    """Treatment of the differences of a month, in words."""
    treatments = {row.treatment for row in rows}
    if not treatments:
        return "no amount changes"
    texts = [f"adjusted in {period}"] if "billed" in treatments else []
    texts += ["waits for the end of the year"] if "year_end" in treatments else []
    texts += ["below adjust_min, waits"] if "below_minimum" in treatments else []
    return "; the rest ".join(texts)
