"""Inputs: a workspace read from its files, all but usage and costs; every problem of all of them at once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from chargeback.model.facts import Facts
from chargeback.model.problem import Problem, Problems
from chargeback.model.receivables import Payment
from chargeback.model.rules import Rule
from chargeback.model.settings import Settings
from chargeback.workspace.paths import REPORTS, SETTINGS, TARIFFS
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
    """Inputs of a workspace: all that is read from its files but usage and costs, which are in the store.

    Attributes:
        root: folder of the workspace.
        settings: chargeback.toml.
        facts: the registers and budgets.
        rules: tariff rules, by id.
        payments: payments received, by file and line.
    """

    root: Path
    settings: Settings
    facts: Facts
    rules: tuple[Rule, ...]
    payments: tuple[Payment, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadResult:
    """Result of reading a workspace.

    Attributes:
        settings: None when chargeback.toml has a problem.
        inputs: None when anything has a problem.
        problems: every problem of every file.
    """

    settings: Settings | None
    inputs: Inputs | None
    problems: tuple[Problem, ...]


def read_inputs(root: Path) -> ReadResult:
    """Inputs of the workspace ``root``: settings, registers, rules and wording, with all problems of all of them."""
    settings, problems = read_settings(root)
    if not (root / SETTINGS).is_file():
        return ReadResult(None, None, tuple(problems))
    facts, found = read_facts(root)
    problems += found
    folder = settings.tariffs if settings and settings.tariffs else TARIFFS
    rules, found = read_rules(root / folder, folder)
    problems += found
    reports = settings.reports if settings and settings.reports else REPORTS
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
    """Inputs without the registers: chargeback.toml and the rules. Raises Problems, those of chargeback.toml first."""
    settings, problems = read_settings(root)
    if settings is None:
        raise Problems(problems)
    folder = settings.tariffs or TARIFFS
    rules, found = read_rules(root / folder, folder)
    if found:
        raise Problems(found)
    return Inputs(root, settings, Facts(), rules)


def reports_folder(inputs: Inputs) -> Path | None:
    """Folder of the workspace's own wording and theme; None when it has none."""
    return own_reports(inputs.root, inputs.settings)


def own_reports(root: Path, settings: Settings) -> Path | None:
    """Folder of a workspace's own wording and theme; None when it has none, or they are the shipped ones."""
    folder = root / (settings.reports or REPORTS)
    return folder if folder.is_dir() and folder.resolve() != shipped(REPORTS).resolve() else None
