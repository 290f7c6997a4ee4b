"""Causes of differences: which of the changes under a closed month explain a difference of one rule."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from chargeback.billing.adjustments import Difference
from chargeback.charging.sharing.instalments import calls_instalments
from chargeback.ledger.late_data import LateFile, MonthChanges, cause_of
from chargeback.model.charges import CAUSES, Cause
from chargeback.model.period import Period
from chargeback.model.quantity import Quantity
from chargeback.model.rules import Rule, parts_of
from chargeback.model.versions import DriverBound, IncludedQuantity


def explained(
    rows: Iterable[Difference], found: Iterable[MonthChanges], rules: Mapping[str, Rule], true_ups: Mapping[int, Period]
) -> tuple[Difference, ...]:
    """Differences with their causes and an explanation: files that the rule counts, registers, rules, a retroactive
    version.

    ``true_ups``: the month that bills the true-up of a year, which is based on the files of all its months.
    """
    by_month = {each.month: each for each in found}
    of_year = {
        (rule.id, true_ups.get(each.month.year)): [
            f for e in by_month.values() if e.month.year == each.month.year for f in e.files
        ]
        for each in by_month.values()
        for rule in rules.values()
        if calls_instalments(rule, each.month.span)
    }
    return tuple(
        _explained(row, by_month[row.month], rules.get(row.rule), of_year.get((row.rule, row.month), ()))
        for row in rows
    )


def accumulates(rule: Rule | None) -> bool:
    """Whether a rule counts the use of the year to date."""
    return rule is not None and any(version.accumulate for version in rule.versions)


def _explained(row: Difference, changed: MonthChanges, rule: Rule | None, of_year: Iterable[LateFile]) -> Difference:
    """Difference with those changes that its rule is based on; with all changes where there is none, as for a levy on
    other charges."""
    before = {f.path: f for f in changed.before} if accumulates(rule) else {}
    files = [f for f in dict.fromkeys((*changed.files, *of_year)) if touches(f, rule)]
    files += [before[path] for path in sorted(before.keys() - {f.path for f in files})]
    retroactive = _retroactive(row, rule) if "rules" in changed.causes else ""
    own = rule.path if rule is not None else ""
    tariffs = [p for p in changed.others if cause_of(p) == "rules" in changed.causes and (p == own or retroactive)]
    registers = [p for p in changed.others if cause_of(p) == "registers" in changed.causes and _uses(rule, p)]
    if not files and not tariffs and not registers and not retroactive:
        files = list(changed.files)
        registers = [p for p in changed.beside(changed.causes) if cause_of(p) == "registers"]
        tariffs = [p for p in changed.beside(changed.causes) if cause_of(p) == "rules"]
    causes: set[Cause] = {f.cause for f in files}
    causes |= {"rules"} if tariffs or retroactive else set()
    causes |= {"registers"} if registers else set()
    texts = [f"{f.how} {f.path}" for f in files]
    texts += [retroactive] if retroactive else [f"changed {p}" for p in tariffs]
    texts += [f"changed {p}" for p in registers]
    found = tuple(c for c in CAUSES if c in causes) or changed.causes
    return replace(row, causes=found, explanation=", ".join(texts))


def _retroactive(row: Difference, rule: Rule | None) -> str:
    """Retroactive version of the month, with its reason, in words; ``""`` where none is."""
    for version, _ in parts_of(rule, row.month.span) if rule is not None else ():
        if version.retroactive:
            return f"retroactive version of {version.valid_from}, {version.reason_to_reach_back}"
    return ""


def touches(file: LateFile, rule: Rule | None) -> bool:
    """Whether a rule counts a meter of a file or shares a pool of it; any file taken out may be counted."""
    if rule is None:
        return False
    if file.cause == "costs":
        return rule.kind == "allocation"
    meters = {part.meter for part in _parts(rule) if part.meter}
    return bool(meters & file.names) if file.names else bool(meters)


def _parts(rule: Rule) -> Iterator[Quantity]:
    """Quantities that a rule counts, those of its keys and versions included."""
    keys = [key.quantity for version in rule.versions for key in version.keys]
    free = [v.included.quantity for v in rule.versions if isinstance(v.included, IncludedQuantity)]
    for quantity in (rule.quantity, *free, *keys, *(version.quantity for version in rule.versions)):
        if quantity is not None:
            yield from quantity.parts


def _uses(rule: Rule | None, path: str) -> bool:
    """Whether the amounts of a rule are based on a register: members always, others by what it counts and for whom."""
    if rule is None or path == "members.csv":
        return True
    parts, versions = [*_parts(rule)], rule.versions
    bounds = [bound for v in versions for bound in (v.floor, v.cap)]
    used = {
        "groups.csv": bool(rule.group),
        "drivers.csv": any(p.driver for p in parts) or any(isinstance(bound, DriverBound) for bound in bounds),
        "subscriptions.csv": any(p.subscription for p in parts),
        "resources.csv": any(p.meter for p in parts),
        "standalone": any(v.game for v in versions),
        "budget": any(v.by_instalments for v in versions),
    }
    return used.get(path.partition("/")[0], True)
