"""``rules``: the rules in force on a day, or their changes between two; as words or JSON, on stdout."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from chargeback.cli.output import print_json
from chargeback.explain.rules.changes import changes_text
from chargeback.explain.rules.in_force import between, on_day
from chargeback.explain.rules.json_output import changes_json, listing_json
from chargeback.explain.rules.listing import listing_text
from chargeback.workspace.inputs import Inputs, read_rules_alone, reports_folder
from chargeback.workspace.reports.wording import Wording, read_wording


def list_rules(root: Path, day: date, *, as_json: bool) -> None:
    """The rules in force on a day; raises Problems of chargeback.toml, the rules and the wording."""
    inputs = read_rules_alone(root)
    listing = on_day(inputs.rules, day)
    wording = _wording(inputs)
    if as_json:
        print_json(listing_json(listing, wording))
    else:
        print("\n".join(listing_text(listing, wording)))


def compare_rules(root: Path, first: date, second: date, *, as_json: bool) -> None:
    """What changes from one day to another; raises Problems of chargeback.toml, the rules and the wording."""
    inputs = read_rules_alone(root)
    changes = between(inputs.rules, first, second)
    if as_json:
        print_json(changes_json(changes))
    else:
        print("\n".join(changes_text(changes, _wording(inputs))))


def _wording(inputs: Inputs) -> Wording:
    return read_wording(inputs.settings.locale, reports_folder(inputs), inputs.settings.currency)
