"""A workspace read from its files, usage and costs apart: every problem of all of them at once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from chargeback.model.facts import Facts
from chargeback.model.problem import Problem, Problems
from chargeback.model.receivables import Payment
from chargeback.model.rules import Rule
from chargeback.model.settings import Settings
from chargeback.workspace.registers.budgets import read_budgets
from chargeback.workspace.registers.payments import read_payments
from chargeback.workspace.registers.read import read_facts
from chargeback.workspace.reports.theme import theme_problems
from chargeback.workspace.reports.wording import wording_problems
from chargeback.workspace.settings.read import read_settings
from chargeback.workspace.shipped import shipped
from chargeback.workspace.tariffs.read import read_rules


@dataclass(frozen=True, slots=True)
class Inputs:
    """A workspace as read from its files, usage and costs apart."""

    root: Path
    settings: Settings
    facts: Facts
    rules: tuple[Rule, ...]
    payments: tuple[Payment, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadResult:
    """What reading gave: the inputs when everything could be read, and every problem."""

    settings: Settings | None
    inputs: Inputs | None
    problems: tuple[Problem, ...]


def read_inputs(root: Path) -> ReadResult:
    """Read chargeback.toml, the registers, the rules and the wording; all problems of all of them at once."""
    settings, problems = read_settings(root)
    if not (root / "chargeback.toml").is_file():
        return ReadResult(None, None, tuple(problems))
    facts, found = read_facts(root)
    problems += found
    folder = settings.tariffs if settings and settings.tariffs else "tariffs"
    rules, found = read_rules(root / folder, folder)
    problems += found
    reports = settings.reports if settings and settings.reports else "reports"
    payments, found = read_payments(root)
    problems += found
    budgets, found = read_budgets(root)
    problems += found
    facts = replace(facts, budgets=budgets)
    problems += [*wording_problems(root / reports, reports), *theme_problems(root / reports, reports)]
    whole = settings is not None and not problems
    return ReadResult(
        settings, Inputs(root, settings, facts, rules, payments) if whole and settings else None, tuple(problems)
    )


def read_rules_alone(root: Path) -> Inputs:
    """chargeback.toml and the rules, without the registers; raises Problems, those of chargeback.toml first."""
    settings, problems = read_settings(root)
    if settings is None:
        raise Problems(problems)
    folder = settings.tariffs or "tariffs"
    rules, found = read_rules(root / folder, folder)
    if found:
        raise Problems(found)
    return Inputs(root, settings, Facts(), rules)


def reports_folder(inputs: Inputs) -> Path | None:
    """The workspace's own wording and theme, when it has some."""
    return own_reports(inputs.root, inputs.settings)


def own_reports(root: Path, settings: Settings) -> Path | None:
    """The folder of a workspace's own wording and theme, when it has some."""
    folder = root / (settings.reports or "reports")
    return folder if folder.is_dir() and folder.resolve() != shipped("reports").resolve() else None
